internal import Glibc
internal import LinearAlgebra

/// How a response curve is known.
public enum ResponseEvidence: String, Sendable, Hashable, Codable, CaseIterable {
  /// A controlled trial measured it.
  case experiment
  /// Spend varied independently of demand, enough to measure it.
  case history
  /// The history cannot tell; the curve is a cautious belief.
  case assumption
}

/// Why the history of one spend type says nothing about its effect.
public enum ResponseDoubt: Sendable, Hashable, Codable {
  /// Spend followed sales: so much of its variation (R²) is sales of the same or earlier periods.
  case followsSales(share: Double)
  /// Spend hardly varied once levels, season and controls are taken out.
  case noVariation
}

extension ResponsePanel {
  /// Spend whose own variation is below this share of its level tells nothing.
  static let leastVariation = 0.01
  /// Spend of which sales explain more than this share followed sales.
  static let mostFollowing = 0.8
  /// An effect of spend on sales of elasticity e makes ln spend rise by about 1/e with ln sales; a budget rule makes
  /// it rise by about 1. Above this slope a close relation is read as an effect.
  static let steepestRule = 1.6

  /// Whether the history can identify the effect of a spend type at all; nil where it can.
  ///
  /// Compares ln spend with ln sales of the same period, of the period before, of the mean of three before and of a
  /// year before, each freed from the columns of `controlColumns()`.
  func doubt(type: Int, sizes: [Double]) -> ResponseDoubt? {
    let spend = spend[type]
    let typical = spend.reduce(0, +) / Double(rowCount)
    guard typical > 0 else { return .noVariation }
    let everything = ErrorModel(autocorrelation: 0, weights: [Double](repeating: 1, count: rowCount))
    let intensity = spend.enumerated().map { $1 / sizes[$0 / periodCount] }
    let space = controlSpace(everything)
    let variation = squaredNorm(space.residual(intensity)) / squaredNorm(intensity)
    guard variation > Self.leastVariation * Self.leastVariation else { return .noVariation }

    let share = followedShare(type: type)
    return share > Self.mostFollowing ? .followsSales(share: share) : nil
  }

  /// How much of the variation of a spend type sales of the same or earlier periods explain, where they do so as a
  /// budget rule would.
  func followedShare(type: Int) -> Double { salesLags.map { followedShare(spend[type], sales: $0) }.max() ?? 0 }

  /// Sales that a budget rule may have looked at, NaN where there is none.
  private var salesLags: [[Double]] {
    func lagged(_ lags: ClosedRange<Int>) -> [Double] {
      (0..<rowCount).map { row in
        guard row % periodCount >= lags.upperBound else { return .nan }
        return lags.reduce(0) { $0 + outcome[row - $1] } / Double(lags.count)
      }
    }
    let yearAgo = periodCount > 2 * seasonLength ? [lagged(seasonLength...seasonLength)] : []
    return [outcome, lagged(1...1), lagged(1...3)] + yearAgo
  }

  /// R² of ln spend on ln sales, 0 where the slope is not that of a budget rule.
  private func followedShare(_ spend: [Double], sales: [Double]) -> Double {
    let usable = (0..<rowCount).map { spend[$0] > 0 && sales[$0] > 0 }
    let errors = ErrorModel(autocorrelation: 0, weights: usable.map { $0 ? 1 : 0 })
    let space = controlSpace(errors)
    guard usable.count(where: { $0 }) >= space.dimension + 8 else { return 0 }
    let x = space.residual(zip(spend, usable).map { $1 ? log($0) : 0 })
    let y = space.residual(zip(sales, usable).map { $1 ? log($0) : 0 })
    let (xx, yy, xy) = (squaredNorm(x), squaredNorm(y), dot(x, y))
    guard xx > 0, yy > 0, xy > 0, xy / yy < Self.steepestRule else { return 0 }
    return xy * xy / (xx * yy)
  }
}
