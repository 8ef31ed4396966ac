public import Specifications
public import Tables

/// Factors on what a plan takes as given, by name: the share of supply that arrives, net prices, unit costs.
///
/// The factors of all names that fit a product in a region multiply; what no name fits is taken as it is.
public struct NamedFactors: Sendable {
  public struct Entry: Sendable {
    public var name: FactorName
    public var factor: Located<Double>
    /// Where the name is written.
    public var place: SourcePlace

    public init(_ name: FactorName, _ factor: Located<Double>, at place: SourcePlace = .default) {
      self.name = name
      self.factor = factor
      self.place = place
    }
  }

  /// In the order of the plan.
  public var entries: [Entry] = []
  /// For how many periods from the start of the plan; nil for all.
  public var periods: Located<Int>?

  public init() {}

  /// Whether nothing is changed.
  public var isNeutral: Bool { entries.allSatisfy { $0.factor.value == 1 } }

  /// The factor of a product in a region in the `step`-th planned period (0 = the first).
  public func factor(region: String, product: String, family: String?, step: Int) -> Double {
    if let periods, step >= periods.value { return 1 }
    return entries.reduce(1) {
      $1.name.fits(region: region, product: product, family: family) ? $0 * $1.factor.value : $0
    }
  }

  /// Where the first factor that is not 1 is written.
  var place: SourcePlace? { entries.first { $0.factor.value != 1 }?.factor.place }
}

/// What a factor holds for: `all`, `east`, `switch-24`, or, where a name could be several things, `region:east`,
/// `family:switch`, `product:switch-24`.
public enum FactorName: Sendable, Hashable, CustomStringConvertible {
  case all
  case region(String)
  case family(String)
  case product(String)
  /// A region, family or product of that name.
  case any(String)

  public init(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    self =
      switch (parts.first, parts.count) {
      case ("region", 2): .region(parts[1])
      case ("family", 2): .family(parts[1])
      case ("product", 2): .product(parts[1])
      case ("all", 1): .all
      default: .any(text)
      }
  }

  public var description: String {
    switch self {
    case .all: "all"
    case .region(let id): "region:\(id)"
    case .family(let id): "family:\(id)"
    case .product(let id): "product:\(id)"
    case .any(let id): id
    }
  }

  func fits(region: String, product: String, family: String?) -> Bool {
    switch self {
    case .all: true
    case .region(let id): id == region
    case .family(let id): id == family
    case .product(let id): id == product
    case .any(let id): id == region || id == product || id == family
    }
  }
}

/// `supply:` the share of what partners order that arrives.
public struct SupplySettings: Sendable {
  /// Shares, 0 … 1. What does not arrive is delivered when supply is back.
  public var factors = NamedFactors()
  /// Share of buyers, in percent, that wait for goods that are out of stock; the others buy elsewhere.
  public var waiting = Located(0.0)
  /// Shares of what is missing, in percent, that a second supplier could deliver.
  public var backup: [Located<Double>] = [Located(25), Located(50), Located(100)]
  /// What the second supplier asks above the unit cost, in percent of it.
  public var backupPremium = Located(10.0)

  public init() {}
}

/// `price:` net prices against those of today; demand follows by its elasticity.
public struct PriceSettings: Sendable {
  public var factors = NamedFactors()
  /// Percent of demand for one percent of price, where the history gives no elasticity of a product; nil for −1, with a
  /// warning where it is used.
  public var elasticity: Located<Double>?

  public init() {}
}
