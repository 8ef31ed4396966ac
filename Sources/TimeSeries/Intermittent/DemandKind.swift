/// How a series of demand behaves: how often there is any, and how much its size varies.
///
/// Source: Syntetos, Boylan & Croston, "On the categorization of demand patterns" (Journal of the Operational Research
/// Society 56, 2005), with their limits for the mean interval between demands and for the squared coefficient of
/// variation of their sizes.
public enum DemandKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// Regular, of even size.
  case smooth
  /// Regular, of uneven size.
  case erratic
  /// With gaps, of even size.
  case intermittent
  /// With gaps, of uneven size.
  case lumpy

  /// The limit of the mean interval between demands, in periods.
  public static let intervalLimit = 1.32
  /// The limit of the squared coefficient of variation of the sizes.
  public static let variationLimit = 0.49

  /// Whether there are gaps between demands.
  public var hasGaps: Bool { self == .intermittent || self == .lumpy }
}

/// The figures that tell kinds of demand apart. Negative values count as no demand, unknown ones are left out.
public struct DemandPattern: Sendable, Hashable {
  public let known: Int
  public let demands: Int
  /// Known periods per demand; infinite without demand.
  public let interval: Double
  /// The squared coefficient of variation of the sizes (divided by n); 0 with fewer than two demands.
  public let variation: Double

  /// The share of known periods without demand; 0 where nothing is known.
  public var zeroShare: Double { known > 0 ? 1 - Double(demands) / Double(known) : 0 }

  /// The kind; nil for a series without demand.
  public var kind: DemandKind? {
    guard demands > 0 else { return nil }
    if interval < DemandKind.intervalLimit { return variation < DemandKind.variationLimit ? .smooth : .erratic }
    return variation < DemandKind.variationLimit ? .intermittent : .lumpy
  }

  /// One pass over the values.
  public init(_ values: Span<Double>) {
    var (known, demands) = (0, 0)
    var (mean, squares) = (0.0, 0.0)
    for index in values.indices where !values[index].isNaN {
      known += 1
      let value = values[index]
      guard value > 0 else { continue }
      demands += 1
      let change = value - mean
      mean += change / Double(demands)
      squares += change * (value - mean)
    }
    self.known = known
    self.demands = demands
    interval = demands > 0 ? Double(known) / Double(demands) : .infinity
    variation = demands > 1 ? squares / Double(demands) / (mean * mean) : 0
  }

  public init(_ values: [Double]) { self.init(values.span) }
}
