/// A linear program whose losses in the worst scenarios are limited, or cost capital:
///
///     optimise   c·x ∓ price · CVaR(L·x)        (− when maximising)
///     subject to the rows and bounds of the base program, and CVaR(L·x) ≤ limit
///
/// L holds a row of losses per unit of x for each of S equally likely scenarios. CVaR at confidence α is the mean loss
/// of the worst (1 − α)·S scenarios, a fraction of the last one included.
public struct TailLimitedProgram: Sendable {
  /// The program without the tail; continuous variables only.
  public var base: LinearProgram
  /// Per scenario: (variable, loss per unit); a gain is a negative loss.
  public var losses: SparseVectors
  /// α, above 0 and below 1: the share of scenarios that are not looked at.
  public var confidence: Double
  /// The largest CVaR allowed; infinite for none.
  public var limit: Double
  /// What a unit of CVaR costs, 0 or more.
  public var price: Double

  public init(
    base: LinearProgram, losses: SparseVectors, confidence: Double, limit: Double = .infinity, price: Double = 0
  ) {
    self.base = base
    self.losses = losses
    self.confidence = confidence
    self.limit = limit
    self.price = price
  }

  /// The scenarios that make up the tail: (1 − α)·S, not always whole.
  public var tailCount: Double { (1 - confidence) * Double(losses.count) }

  /// The loss of every scenario at x.
  public func losses(at values: [Double]) -> [Double] {
    (0..<losses.count).map { losses.dot($0, values) }
  }

  /// The mean of the worst `tailCount` losses, and the least of them (VaR).
  public func tail(of losses: [Double]) -> (conditionalValueAtRisk: Double, valueAtRisk: Double) {
    guard !losses.isEmpty else { return (0, 0) }
    let sorted = losses.sorted(by: >)
    // Guards against 0.05 · 2,000 = 100.00000000000009.
    let count = min(max(tailCount, 1e-9), Double(sorted.count))
    let whole = min(Int((count + 1e-9).rounded(.down)), sorted.count)
    let part = max(0, count - Double(whole))
    let sum = sorted[..<whole].reduce(0, +) + (part > 1e-9 && whole < sorted.count ? part * sorted[whole] : 0)
    return (sum / count, sorted[max(0, part > 1e-9 ? min(whole, sorted.count - 1) : whole - 1)])
  }
}

/// The answer to a tail-limited program.
public struct TailLimitedSolution: Sendable {
  /// Values, rows and duals of the base program; objective and bound with the price of the tail.
  public var linear: LinearSolution
  /// CVaR and VaR of the losses at the values; NaN without values.
  public var conditionalValueAtRisk: Double
  public var valueAtRisk: Double
  /// The change of the optimum per unit of the CVaR limit.
  public var limitPrice: Double
  public var rounds: Int
  /// Scenarios that needed a row of their own.
  public var scenarioRows: Int
}
