import Probability

/// Demand known by quantiles of its forecast.
///
/// Between two quantiles, and beyond the outermost, demand is a piece of a normal distribution: linear in the normal
/// score z = Φ⁻¹(p). Quantiles of a normal distribution give that distribution back, and tails go on where straight
/// lines in p would stop. Demand below zero counts as zero.
public struct QuantileDemand: Sendable, Hashable {
  /// Ascending normal scores of the probabilities, and the values there.
  private let scores: [Double]
  private let values: [Double]
  public let mean: Double

  /// - Parameters:
  ///   - probabilities: ascending, between 0 and 1 exclusive; at least two.
  ///   - values: not descending.
  /// - Returns: nil where they are not so.
  public init?(probabilities: [Double], values: [Double]) {
    guard probabilities.count == values.count, probabilities.count >= 2, values.allSatisfy({ $0.isFinite }),
      probabilities.allSatisfy({ $0 > 0 && $0 < 1 }),
      zip(probabilities, probabilities.dropFirst()).allSatisfy({ $0 < $1 }),
      zip(values, values.dropFirst()).allSatisfy({ $0 <= $1 })
    else { return nil }
    scores = probabilities.map { Normal.standardQuantile($0) }
    self.values = values
    mean = Self.shortage(0, scores, values)
  }

  /// The piece k runs from score k − 1 to score k; the first and the last have no end.
  private static func slope(_ k: Int, _ scores: [Double], _ values: [Double]) -> Double {
    let right = min(max(k, 1), scores.count - 1)
    return (values[right] - values[right - 1]) / (scores[right] - scores[right - 1])
  }

  /// The score of the largest probability at which no more than `stock` is asked for.
  private static func score(_ stock: Double, _ scores: [Double], _ values: [Double]) -> Double {
    let k = values.firstIndex { $0 > stock } ?? values.count
    let slope = slope(k, scores, values)
    let anchor = min(k, values.count - 1)
    if k == 0 || k == values.count, slope == 0 { return k == 0 ? -.infinity : .infinity }
    return scores[anchor] + (stock - values[anchor]) / slope
  }

  private static func shortage(_ stock: Double, _ scores: [Double], _ values: [Double]) -> Double {
    // ∫ P(D > x) dx from the stock up, piece by piece: slope · ∫ (1 − Φ(z)) dz.
    var from = score(stock, scores, values)
    // Where nothing below the first quantile is possible, it is missing for certain.
    var sum = from == -.infinity ? values[0] - stock : 0.0
    for k in 0...scores.count {
      let to = k < scores.count ? scores[k] : .infinity
      guard to > from else { continue }
      let slope = slope(k, scores, values)
      if slope > 0 { sum += slope * (StandardLoss.first(from) - StandardLoss.first(to)) }
      from = to
    }
    return max(0, sum)
  }

  public var variance: Double {
    // ∫ over the pieces of v(z)² φ(z) dz by the midpoint rule in p; for reports only.
    let steps = 2000
    return (0..<steps).reduce(0) { sum, step in
      let off = quantile((Double(step) + 0.5) / Double(steps)) - mean
      return sum + off * off / Double(steps)
    }
  }

  public func cumulative(_ stock: Double) -> Double {
    guard stock >= 0 else { return 0 }
    let score = Self.score(stock, scores, values)
    return score.isFinite ? Normal.standard.cumulative(score) : score > 0 ? 1 : 0
  }

  public func quantile(_ probability: Double) -> Double {
    let z = Normal.standardQuantile(probability)
    let k = scores.firstIndex { $0 >= z } ?? scores.count
    let anchor = min(k, scores.count - 1)
    let slope = Self.slope(k, scores, values)
    return max(0, slope == 0 ? values[anchor] : values[anchor] + slope * (z - scores[anchor]))
  }

  /// Whether no amount has a probability of its own, but for zero.
  var isSmooth: Bool { zip(values, values.dropFirst()).allSatisfy { $0 < $1 } }

  func density(_ stock: Double) -> Double {
    guard stock >= 0 else { return 0 }
    let score = Self.score(stock, scores, values)
    let slope = Self.slope(values.firstIndex { $0 > stock } ?? values.count, scores, values)
    return score.isFinite && slope > 0 ? Normal.standard.density(score) / slope : 0
  }

  public func expectedShortage(_ stock: Double) -> Double {
    stock > 0 ? Self.shortage(stock, scores, values) : mean - stock
  }
}
