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

  /// The program with rows for those scenarios only, and its solution: near the solution it is the whole program.
  struct Reduced {
    var program: LinearProgram
    var solution: LinearSolution
    /// The variable that holds CVaR.
    var tail: Int
  }
  var reduced: Reduced?
}

extension TailLimitedProgram {
  /// A limit of a tail-limited program.
  public enum Limit: Sendable {
    /// Bounds of the base program.
    case base(LimitShift)
    /// The limit on CVaR.
    case tail
  }

  /// The two-sided shadow prices of limits at the optimum.
  ///
  /// Slopes are those of the program with rows for the scenarios at the edge of the tail, ties included. Further away
  /// other scenarios come in, so that how far a slope holds is tried on the whole program and halved until it does: the
  /// reach is never too long, but may be too short.
  ///
  /// Complexity: one solve of the whole program, and two or more for each limit.
  public func shadowPrices(
    of limits: [Limit], solver: some Solver
  ) throws(SolverError) -> [ShadowPrice] {
    let here = try solve(with: solver, limits: SolverLimits(), observer: nil, keepsReduced: true)
    guard here.linear.status == .optimal else { throw .refused("prices without an optimum") }
    guard let reduced = here.reduced else {
      return try base.shadowPrices(
        of: limits.map { if case .base(let shift) = $0 { shift } else { LimitShift([]) } }, at: here.linear,
        solver: solver)
    }
    let shifts = limits.map { limit in
      switch limit {
      case .base(let shift): shift
      case .tail: LimitShift.variable(reduced.tail, .upper)
      }
    }
    var prices = try reduced.program.shadowPrices(of: shifts, at: reduced.solution, solver: solver)
    for index in prices.indices {
      prices[index].rightReach = try reach(
        prices[index].rightReach, of: prices[index].right, along: limits[index], from: here.linear.objective, solver)
      prices[index].leftReach = try -reach(
        -prices[index].leftReach, of: prices[index].left, along: limits[index], from: here.linear.objective, solver)
    }
    return prices
  }

  /// The step, halved until the whole program agrees with the slope.
  private func reach(
    _ step: Double, of slope: Double, along limit: Limit, from optimum: Double, _ solver: some Solver
  ) throws(SolverError) -> Double {
    guard slope.isFinite, step.isFinite, step != 0 else { return step }
    var step = step
    for _ in 0..<30 {
      let there = try moving(limit, by: step * (1 - 1e-9)).solve(with: solver).linear
      let line = optimum + slope * step
      if there.status == .optimal, abs(there.objective - line) <= 1e-7 * max(1, abs(line)) { return step }
      step /= 2
    }
    return 0
  }

  private func moving(_ limit: Limit, by step: Double) -> TailLimitedProgram {
    var moved = self
    switch limit {
    case .tail: moved.limit += step
    case .base(let shift): moved.base.move(shift, by: step)
    }
    return moved
  }
}
