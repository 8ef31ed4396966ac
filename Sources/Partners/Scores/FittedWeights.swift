internal import ChannelTypes
internal import LinearAlgebra
internal import Probability
internal import Regression

/// Weights that would have foretold next year's sales, and how well each set of weights did on quarters that the fit
/// did not see.
///
/// Response: the rank of the next four quarters' sales among the partners of the same channel type, 0 … 100.
/// Predictors: the indicators of the plan on 0 … 100, unknown ones at 50. Ridge regression (Hoerl and Kennard,
/// *Technometrics* 12, 1970); coefficients below zero are left out, because a score must not fall when an indicator
/// improves, and the rest is made to add up to 1. Training stops a year before the judged quarters, so that no sales
/// are seen twice.
public struct FittedWeights: Sendable {
  public struct Line: Sendable, Hashable {
    public var indicator: ScoreIndicator
    public var plan: Double
    public var fitted: Double
  }

  public struct Quality: Sendable, Hashable {
    /// `equal`, `plan`, `fitted`.
    public var weights: String
    /// Rank correlation (Spearman) of the score with next year's sales on the held-out quarters.
    public var rankCorrelation: Double
    public var observations: Int
  }

  public let lines: [Line]
  public let quality: [Quality]

  /// Nil with fewer than nine quarters, or where too few partners have a next year.
  public init?(_ evaluation: ScoreEvaluation) {
    let panel = evaluation.panel
    let heldOut = panel.quarters.count - 5
    guard heldOut >= 4 else { return nil }
    let set = evaluation.card.weightSets.filter { $0.channels.isEmpty && $0.tiers.isEmpty }.max { $0.from < $1.from }
    guard let set = set ?? evaluation.card.weightSets.last else { return nil }
    let indicators = set.weights.map(\.indicator)
    // 1. Rows of the training quarters and of the held-out quarter.
    var training: [[Double]] = []
    var outcomes: [Double] = []
    for quarter in 0...heldOut - 4 {
      for row in Self.rows(evaluation, indicators, quarter) {
        training.append(row.features)
        outcomes.append(row.outcome)
      }
    }
    let judged = Self.rows(evaluation, indicators, heldOut)
    guard training.count > 3 * indicators.count, judged.count > 5 else { return nil }
    // 2. The fit.
    let columns = indicators.count + 1
    let design = DesignMatrix(
      Matrix(columns: columns, rowByRow: training.flatMap { [1] + $0 }),
      names: ["(intercept)"] + indicators.map(\.rawValue))
    guard let fit = try? LinearRegression(ridge: evaluation.card.ridge).fit(design, response: outcomes) else {
      return nil
    }
    let positive = fit.coefficients.dropFirst().map { max(0, $0) }
    let total = positive.reduce(0, +)
    let equal = [Double](repeating: 1 / Double(indicators.count), count: indicators.count)
    let fitted = total > 0 ? positive.map { $0 / total } : equal
    lines = indicators.indices.map { Line(indicator: indicators[$0], plan: set.weights[$0].weight, fitted: fitted[$0]) }
    // 3. How each set of weights does on what it has not seen.
    quality = [("equal", equal), ("plan", set.weights.map(\.weight)), ("fitted", fitted)].map { name, weights in
      let scores = judged.map { row in zip(weights, row.features).reduce(0) { $0 + $1.0 * $1.1 } }
      return Quality(
        weights: name, rankCorrelation: Self.rankCorrelation(scores, judged.map(\.outcome)),
        observations: judged.count)
    }
  }

  private static func rows(
    _ evaluation: ScoreEvaluation, _ indicators: [ScoreIndicator], _ quarter: Int
  ) -> [(features: [Double], outcome: Double)] {
    let panel = evaluation.panel
    let active = panel.partners.indices.filter { evaluation.weightSet($0, quarter) != nil }
    var next: [String: [Double]] = [:]
    func sales(_ partner: Int) -> Double {
      (quarter + 1...quarter + 4).reduce(0) { $0 + panel.revenue[panel.cell(partner, $1)].double }
    }
    for partner in active { next[panel.partners[partner].channelType ?? "", default: []].append(sales(partner)) }
    let ranks = next.mapValues { RobustScale($0, method: .quantile) }
    return active.compactMap { partner in
      guard let rank = ranks[panel.partners[partner].channelType ?? ""]?.percentile(sales(partner)), rank.isFinite
      else {
        return nil
      }
      let features = indicators.map { indicator in
        let height = evaluation.scaled(indicator, partner, quarter)
        return height.isNaN ? 50 : height
      }
      return (features, rank)
    }
  }

  /// The correlation of midranks; 0 where one of the two is constant. Source: Spearman, *American Journal of
  /// Psychology* 15 (1904).
  public static func rankCorrelation(_ left: [Double], _ right: [Double]) -> Double {
    let (a, b) = (RobustScale(left, method: .quantile), RobustScale(right, method: .quantile))
    let pairs = zip(left, right).map { (a.percentile($0) - 50, b.percentile($1) - 50) }
    let product = pairs.reduce(0) { $0 + $1.0 * $1.1 }
    let squares = pairs.reduce((0, 0)) { ($0.0 + $1.0 * $1.0, $0.1 + $1.1 * $1.1) }
    let scale = (squares.0 * squares.1).squareRoot()
    return scale > 0 ? product / scale : 0
  }
}
