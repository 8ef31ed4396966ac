/// Losses that are equally likely, and the money that covers them.
public struct LossDistribution: Sendable {
  /// Ascending.
  public let sorted: [Double]

  public init(_ losses: [Double]) { sorted = losses.sorted() }

  public var mean: Double { sorted.isEmpty ? 0 : sorted.reduce(0, +) / Double(sorted.count) }

  /// The least amount that covers the loss with this confidence: P(loss > fund) ≤ 1 − p among the losses, exactly.
  public func fund(confidence: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    let rank = Int((confidence * Double(sorted.count) - 1e-9).rounded(.up))
    return sorted[min(sorted.count, max(1, rank)) - 1]
  }

  /// P(loss ≤ reserve): the chance of staying within it; 1 without losses. Complexity: O(log n).
  public func chanceWithin(_ reserve: Double) -> Double {
    guard !sorted.isEmpty else { return 1 }
    return Double(firstAbove(reserve)) / Double(sorted.count)
  }

  /// The mean of what a reserve does not cover, E[(loss − reserve)⁺]. Complexity: O(n).
  public func meanBeyond(_ reserve: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    return sorted[firstAbove(reserve)...].reduce(0) { $0 + ($1 - reserve) } / Double(sorted.count)
  }

  /// The mean of the worst 1 − p of the losses, a part of the last one included. Source: Rockafellar and Uryasev,
  /// "Conditional value-at-risk for general loss distributions" (*Journal of Banking & Finance* 26, 2002).
  public func expectedShortfall(confidence: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    let count = max(1e-9, (1 - confidence) * Double(sorted.count))
    var (left, sum) = (count, 0.0)
    for loss in sorted.reversed() {
      let part = min(1, left)
      sum += part * loss
      left -= part
      if left <= 1e-12 { break }
    }
    return sum / count
  }

  private func firstAbove(_ amount: Double) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] > amount { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
