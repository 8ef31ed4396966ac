internal import Glibc

/// Whether a series has a season, and its classical indices.
///
/// The test is that of the M-competitions: the autocorrelation at one season lies outside the 90 % limits that the
/// autocorrelations before it leave. The indices are means by phase of the ratios (differences) to a centred moving
/// average over one season, scaled to a mean of 1 (0).
///
/// Unknown values (NaN) leave the average over those that are known; as such an average leans to the phases that it
/// sees, the indices are then estimated a second time from an average of adjusted values.
///
/// Source: Makridakis, Spiliotis & Assimakopoulos, "The M4 Competition: 100,000 time series and 61 forecasting
/// methods" (International Journal of Forecasting 36, 2020), section 2.3; Kendall & Stuart, *The Advanced Theory of
/// Statistics*, vol. 3 (1983), pp. 410-414. Complexity: O(n·m).
public struct SeasonalDecomposition: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable { case none, additive, multiplicative }

  public private(set) var kind: Kind = .none
  /// The index of the times t with t mod m = phase, t counted from the first value; empty without a season.
  public private(set) var indices: [Double] = []

  /// What a departure keeps of its weight from one season to the next.
  private var memory = 1.0

  /// No season.
  public init() {}

  /// Indices of the given kind; neutral ones where no value tells. `multiplicative` asks for positive values.
  public init(_ kind: Kind, _ values: Span<Double>, season: Int) {
    estimate(kind, values, season: season)
  }

  /// The same with indices that forget: a departure weighs `memory` to the power of the seasons since, so that the
  /// indices follow a season that changes. `memory` 1 is the mean over the whole series.
  public init(testing values: Span<Double>, season: Int, memory: Double) {
    self.memory = memory
    testAndEstimate(values, season: season)
  }

  /// Tests for a season, and estimates its indices where there is one: multiplicative for positive values, additive
  /// where a value or an index is not clearly above zero.
  public init(testing values: Span<Double>, season: Int) {
    testAndEstimate(values, season: season)
  }

  /// The smallest multiplicative index that may divide a value.
  private static let smallestRatio = 0.01

  /// The same as `init(testing:season:)` in the storage that is there.
  package mutating func testAndEstimate(_ values: Span<Double>, season: Int) {
    guard Self.isSeasonal(values, season: season) else { return estimate(.none, values, season: season) }
    estimate(values.allPositive ? .multiplicative : .additive, values, season: season)
    if kind == .multiplicative, indices.contains(where: { $0 < Self.smallestRatio }) {
      estimate(.additive, values, season: season)
    }
  }

  /// The value without its season.
  @inline(__always)
  package func adjusted(_ value: Double, phase: Int) -> Double {
    switch kind {
    case .none: value
    case .additive: value - indices[phase]
    case .multiplicative: value / indices[phase]
    }
  }

  /// The adjusted value with its season again.
  @inline(__always)
  package func seasonal(_ value: Double, phase: Int) -> Double {
    switch kind {
    case .none: value
    case .additive: value + indices[phase]
    case .multiplicative: value * indices[phase]
    }
  }

  /// The factor from the unit of adjusted values to that of the series.
  @inline(__always)
  package func scale(phase: Int) -> Double { kind == .multiplicative ? indices[phase] : 1 }

  /// The phase of a time, 0 without a season.
  @inline(__always)
  package func phase(_ time: Int) -> Int { indices.isEmpty ? 0 : time % indices.count }
}

// MARK: - The test

extension SeasonalDecomposition {
  /// Whether |r_m| > 1.645·√((1 + 2 Σ_{k<m} r_k²)/n), for a series of at least `minimumSeasons` seasons.
  ///
  /// No allocation. Where values are unknown, each covariance is that of the pairs that are known.
  public static func isSeasonal(_ values: Span<Double>, season: Int, minimumSeasons: Int = 2) -> Bool {
    // 1. Mean and variance of what is known.
    var known = 0
    var sum = 0.0
    for time in values.indices where !values[time].isNaN {
      known += 1
      sum += values[time]
    }
    guard season > 1, known >= minimumSeasons * season else { return false }
    let mean = sum / Double(known)
    let variance = meanProduct(values, mean, lag: 0)
    guard variance > 1e-24 * mean * mean, variance.isFinite else { return false }

    // 2. Autocorrelations up to one season, with the usual weight (n − k)/n of lag k.
    var squares = 0.0
    var last = 0.0
    let count = Double(values.count)
    for lag in 1...season {
      if lag > 1 { squares += last * last }
      last = meanProduct(values, mean, lag: lag) / variance * (count - Double(lag)) / count
    }
    return abs(last) > 1.6448536269514722 * ((1 + 2 * squares) / Double(known)).squareRoot()
  }

  /// The mean product of deviations that are `lag` apart, over pairs of known values.
  private static func meanProduct(_ values: Span<Double>, _ mean: Double, lag: Int) -> Double {
    var sum = 0.0
    var pairs = 0.0
    for time in stride(from: lag, to: values.count, by: 1) {
      let product = (values[time] - mean) * (values[time - lag] - mean)
      guard !product.isNaN else { continue }
      sum += product
      pairs += 1
    }
    return pairs > 0 ? sum / pairs : 0
  }
}

// MARK: - The indices

extension SeasonalDecomposition {
  /// Replaces the indices by those of `values`.
  package mutating func estimate(_ kind: Kind, _ values: Span<Double>, season: Int) {
    self.kind = kind
    indices.removeAll(keepingCapacity: true)
    guard kind != .none else { return }
    indices.append(contentsOf: repeatElement(kind == .multiplicative ? 1 : 0, count: season))
    let passes = values.hasUnknown ? 2 : 1
    for _ in 0..<passes { updateIndices(values) }
  }

  private mutating func updateIndices(_ values: Span<Double>) {
    let previous = self
    let season = indices.count
    let neutral = kind == .multiplicative ? 1.0 : 0
    var total = 0.0
    for phase in 0..<season {
      // 1. Ratios (differences) to the moving average, where a whole season lies around the value.
      var sum = 0.0
      var count = 0.0
      let half = season / 2
      let first = phase >= half ? phase : phase + season
      var weight = 1.0
      for time in stride(from: first, to: values.count - half, by: season) where !values[time].isNaN {
        let trend = previous.movingAverage(values, at: time)
        let departure = kind == .multiplicative ? values[time] / trend : values[time] - trend
        guard departure.isFinite else { continue }
        sum += weight * departure
        count += weight
        weight = min(weight / memory, 1e200)
      }
      // 2. Their mean by phase.
      indices[phase] = count > 0 ? sum / count : neutral
      total += indices[phase]
    }
    // 3. Indices that change no yearly mean.
    let mean = total / Double(season)
    for phase in 0..<season {
      if kind == .multiplicative { indices[phase] /= mean } else { indices[phase] -= mean }
    }
  }

  /// The average over one season around a time, of values adjusted by the indices so far; with an even length the two
  /// ends count half.
  private func movingAverage(_ values: Span<Double>, at time: Int) -> Double {
    let season = indices.count
    let half = season / 2
    var sum = 0.0
    var weights = 0.0
    var phase = (time - half) % season
    for near in time - half...time + half {
      let value = adjusted(values[near], phase: phase)
      phase = phase + 1 == season ? 0 : phase + 1
      guard !value.isNaN else { continue }
      let weight = season.isMultiple(of: 2) && abs(near - time) == half ? 0.5 : 1
      sum += weight * value
      weights += weight
    }
    return sum / weights
  }
}

extension Span where Element == Double {
  /// Whether every known value is above zero.
  package var allPositive: Bool {
    for index in indices where self[index] <= 0 { return false }
    return true
  }

  package var hasUnknown: Bool {
    for index in indices where self[index].isNaN { return true }
    return false
  }
}
