/// Sums of a series over several lengths at once, each smoothed, for forecasts by temporal aggregation.
///
/// The sums of length k that end at the last value are smoothed one after the other. So that a new value can be taken in
/// at once, the k interleaved columns of sums that end 0 … k − 1 periods earlier are kept as well. Periods of unknown
/// value are left out.
struct AggregationLevels: Sendable, Hashable, Codable {
  /// The lengths with their weights.
  private(set) var lengths: [Int]
  private(set) var weights: [Double]
  /// The last smoothed sums of each length, k of them, the oldest first; fewer until that many are known.
  private var levels: [[Double]]
  /// The last known values: as many as the longest sum needs.
  private var recent: [Double] = []
  /// Known values so far.
  private var count = 0

  /// Nothing seen yet.
  init(lengths: [Int], weights: [Double]) {
    precondition(lengths.count == weights.count && lengths.allSatisfy { $0 >= 1 }, "each length has a weight")
    self.lengths = lengths
    self.weights = weights
    levels = lengths.map { _ in [] }
  }

  /// The mean over the lengths of the smoothed sum per period; zero before the first value, and the mean of the values
  /// for lengths longer than the history.
  var rate: Double {
    guard count > 0, !lengths.isEmpty else { return 0 }
    var total = 0.0
    for (index, length) in lengths.enumerated() {
      total +=
        levels[index].last.map { $0 / Double(length) } ?? recent.reduce(0, +) / Double(max(1, recent.count))
    }
    return total / Double(lengths.count)
  }

  /// Takes in the next known value. O(lengths), and O(longest length) for the sums.
  mutating func observe(_ value: Double) {
    recent.append(value)
    if recent.count > lengths.max() ?? 1 { recent.removeFirst() }
    count += 1
    var sum = 0.0
    var summed = 0
    for (index, length) in lengths.enumerated() where count >= length {
      // 1. The sum of the last values, the shorter one continued.
      while summed < length {
        summed += 1
        sum += recent[recent.count - summed]
      }
      // 2. It follows the sum that ended just before it began, where there is one.
      guard levels[index].count == length else {
        levels[index].append(sum)
        continue
      }
      let before = levels[index].removeFirst()
      levels[index].append(before + weights[index] * (sum - before))
    }
  }
}

/// A forecast from aggregated sums at the end of its history.
public struct FittedAggregation: FittedLocalModel {
  private var levels: AggregationLevels
  private var errors = FlatErrors()
  /// The mean squared one-step error of the history that the model was fitted to.
  public private(set) var variance = 0.0

  /// - Parameters:
  ///   - lengths: ascending, of the sums.
  ///   - values: with at least one known value.
  init(lengths: [Int], _ values: Span<Double>) {
    var known: [Double] = []
    for index in values.indices where !values[index].isNaN { known.append(values[index]) }
    // The weight of each length from the sums that end with the last value.
    let weights = lengths.map { length in
      let skipped = known.count % length
      let sums = stride(from: skipped, to: known.count - length + 1, by: length).map { start in
        known[start..<start + length].reduce(0, +)
      }
      return sums.isEmpty ? 0.1 : LevelSmoothing.bestWeight(sums.span, from: 0.1, to: 0.3)
    }
    levels = AggregationLevels(lengths: lengths, weights: weights)
    update(values)
    variance = errors.variance
  }

  public var residuals: [Double] { errors.residuals }
  /// Periods summed over.
  public var lengths: [Int] { levels.lengths }
  /// The smoothing weight of each length.
  public var weights: [Double] { levels.weights }

  public mutating func update(_ values: Span<Double>) {
    for index in values.indices {
      errors.append(values[index], forecast: levels.rate)
      if !values[index].isNaN { levels.observe(values[index]) }
    }
  }

  /// How much of an error the rate takes in per period, the mean over the lengths.
  private var weight: Double {
    zip(levels.weights, lengths).reduce(0) { $0 + $1.0 / Double($1.1) } / Double(lengths.count)
  }

  public func forecast(horizon: Int) -> Forecast {
    flatForecast(levels.rate, variance: variance, weight: weight, horizon: horizon)
  }

  public func errorWeights(horizon: Int) -> [Double] { flatErrorWeights(weight, horizon: horizon) }
}

/// The mean interval between demands, in whole known periods, from the start to the last demand: the length over which
/// sums are mostly above zero. 1 for a series without demand, or with negative values.
func meanInterval(_ values: Span<Double>, longest: Int) -> Int {
  var (known, last, demands) = (0, 0, 0)
  for index in values.indices where !values[index].isNaN {
    known += 1
    if values[index] < 0 { return 1 }
    if values[index] > 0 {
      demands += 1
      last = known
    }
  }
  guard demands > 0 else { return 1 }
  return min(longest, max(1, Int((Double(last) / Double(demands)).rounded(.toNearestOrEven))))
}
