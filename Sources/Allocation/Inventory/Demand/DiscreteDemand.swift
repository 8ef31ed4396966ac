/// Demand that takes finitely many amounts.
public struct DiscreteDemand: Sendable, Hashable {
  /// Ascending, each once.
  public let values: [Double]
  /// P(D = value); above zero, their sum 1.
  public let probabilities: [Double]
  /// P(D ≤ value).
  private let cumulated: [Double]
  /// P(D > value), and E[D; D > value].
  private let tail: [Double]
  private let tailMean: [Double]
  public let mean: Double

  /// - Returns: nil where the two lists differ in length or have nothing in common, a value is not finite, a
  ///   probability is negative, or their sum is not 1 within 1e-6; the sum is then made 1.
  public init?(values: [Double], probabilities: [Double]) {
    guard values.count == probabilities.count, values.allSatisfy({ $0.isFinite }) else { return nil }
    let sum = probabilities.reduce(0, +)
    guard probabilities.allSatisfy({ $0 >= 0 && $0.isFinite }), abs(sum - 1) <= 1e-6 else { return nil }
    self.init(sorted: zip(values, probabilities).sorted { $0.0 < $1.0 }, sum: sum)
  }

  /// Equally likely draws; nil where there are none, or one is not finite.
  public init?(draws: [Double]) {
    guard !draws.isEmpty, draws.allSatisfy({ $0.isFinite }) else { return nil }
    self.init(sorted: draws.sorted().map { ($0, 1) }, sum: Double(draws.count))
  }

  private init(sorted pairs: [(Double, Double)], sum: Double) {
    var (values, weights): ([Double], [Double]) = ([], [])
    for (value, weight) in pairs where weight > 0 {
      if value == values.last {
        weights[weights.count - 1] += weight
      } else {
        values.append(value)
        weights.append(weight)
      }
    }
    let probabilities = weights.map { $0 / sum }
    var cumulated = [Double](repeating: 0, count: values.count)
    var (tail, tailMean) = (cumulated, cumulated)
    var below = 0.0
    for (index, probability) in probabilities.enumerated() {
      below += probability
      cumulated[index] = min(1, below)
    }
    if !values.isEmpty { cumulated[values.count - 1] = 1 }
    for index in values.indices.dropLast().reversed() {
      tail[index] = tail[index + 1] + probabilities[index + 1]
      tailMean[index] = tailMean[index + 1] + probabilities[index + 1] * values[index + 1]
    }
    (self.values, self.probabilities, self.cumulated) = (values, probabilities, cumulated)
    (self.tail, self.tailMean) = (tail, tailMean)
    mean = zip(values, probabilities).reduce(0) { $0 + $1.0 * $1.1 }
  }

  public var variance: Double {
    zip(values, probabilities).reduce(0) { $0 + $1.1 * ($1.0 - mean) * ($1.0 - mean) }
  }

  /// P(D ≤ stock).
  public func cumulative(_ stock: Double) -> Double {
    let index = countAtMost(stock)
    return index > 0 ? cumulated[index - 1] : 0
  }

  /// The smallest value with P(D ≤ value) ≥ probability, where 1e-12 counts as nothing.
  public func quantile(_ probability: Double) -> Double {
    var (low, high) = (0, values.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulated[middle] >= probability - 1e-12 { high = middle } else { low = middle + 1 }
    }
    return values[low]
  }

  /// E (D − stock)⁺.
  public func expectedShortage(_ stock: Double) -> Double {
    let index = countAtMost(stock)
    guard index > 0 else { return mean - stock }
    return max(0, tailMean[index - 1] - stock * tail[index - 1])
  }

  /// How many values are at most `stock`.
  private func countAtMost(_ stock: Double) -> Int {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if values[middle] <= stock { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The sum of `count` independent such demands, by repeated squaring; nil where it would take more than a million
  /// different values.
  func sum(of count: Int) -> DiscreteDemand? {
    var result = DiscreteDemand(sorted: [(0, 1)], sum: 1)
    var (power, left) = (self, count)
    while left > 0 {
      if left & 1 == 1 {
        guard let next = result.plus(power) else { return nil }
        result = next
      }
      left >>= 1
      if left > 0 {
        guard let square = power.plus(power) else { return nil }
        power = square
      }
    }
    return result
  }

  private func plus(_ other: DiscreteDemand) -> DiscreteDemand? {
    guard values.count <= 4_000_000 / max(1, other.values.count) else { return nil }
    var sums: [Double: Double] = [:]
    for (value, probability) in zip(values, probabilities) {
      for (more, chance) in zip(other.values, other.probabilities) {
        sums[value + more, default: 0] += probability * chance
      }
    }
    return DiscreteDemand(sorted: sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, sum: 1)
  }
}
