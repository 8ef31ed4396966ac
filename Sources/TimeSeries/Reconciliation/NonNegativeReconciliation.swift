internal import LinearAlgebra

/// Coherent forecasts of which none is negative, and how they were found.
public struct NonNegativeReconciliation: Sendable {
  /// Nodes × horizon.
  public var values: [Double]
  /// Index sets that were tried, over all steps ahead.
  public var steps = 0
  /// Those of them that changed a single series (Murty's rule).
  public var singleSteps = 0
  /// The largest violation of the optimality conditions, in the unit of the forecasts: max |min(b, g/A_ii)| with
  /// g = A b − Sᵀ W⁻¹ ŷ, of the step ahead that is worst.
  public var violation = 0.0
  /// Whether every step ahead met the conditions before the bound on its index sets; otherwise the values are
  /// coherent and not negative, but not the nearest ones.
  public var isOptimal = true
}

extension Reconciler {
  /// The coherent forecasts nearest to `base` among those that are nowhere negative:
  /// min (ŷ − S b)ᵀ W⁻¹ (ŷ − S b) over b ≥ 0. Bottom-up and top-down forecasts are held at zero instead.
  ///
  /// Block principal pivoting on the optimality conditions b ≥ 0, g = A b − Sᵀ W⁻¹ ŷ ≥ 0, b g = 0 with A = Sᵀ W⁻¹ S: all
  /// series that violate them change between free and held at zero at once. Where that has not lowered the number of
  /// violations for three index sets, only the last violating series changes, which is finite for every positive
  /// definite A (Murty 1974). So at most 4 · series blocks are tried, and `maximumSteps` bounds the index sets in all.
  ///
  /// Sources: Portugal, Júdice & Vicente, "A comparison of block pivoting and interior-point algorithms for linear least
  /// squares problems with nonnegative variables" (Mathematics of Computation 63, 1994), algorithm 3; Wickramasuriya,
  /// Turlach & Hyndman, "Optimal non-negative forecast reconciliation" (Statistics and Computing 30, 2020).
  ///
  /// Cost of an index set: while few series are held, a Cholesky factorization of their number and, once per series, a
  /// column of A⁻¹; else a run of conjugate gradients over the free series.
  public func reconcileNonNegative(_ base: [Double], horizon: Int, maximumSteps: Int = 500)
    throws(ReconciliationError) -> NonNegativeReconciliation
  {
    let free = try bottom(base, horizon: horizon)
    var bottom = free
    var result = NonNegativeReconciliation(values: [])
    if method == .bottomUp || method == .topDown {
      for index in bottom.indices { bottom[index] = max(0, bottom[index]) }
    } else if free.contains(where: { $0 < 0 }) {
      var problem = try HeldSeriesProblem(self)
      for step in 0..<horizon {
        let unbounded = (0..<hierarchy.bottomCount).map { free[$0 * horizon + step] }
        guard unbounded.contains(where: { $0 < 0 }) else { continue }
        let pivoting = try BlockPivoting(&problem, unbounded: unbounded, maximumSteps: maximumSteps)
        result.steps += pivoting.steps
        result.singleSteps += pivoting.singleSteps
        result.isOptimal = result.isOptimal && pivoting.isOptimal
        let violation = problem.violation(of: pivoting.values, unbounded: unbounded)
        result.violation = max(result.violation, violation)
        for series in 0..<hierarchy.bottomCount { bottom[series * horizon + step] = pivoting.values[series] }
      }
    }
    result.values = hierarchy.aggregated(bottom, lanes: horizon)
    return result
  }
}

/// The pivoting for one step ahead.
struct BlockPivoting {
  /// Bottom series.
  private(set) var values: [Double]
  private(set) var steps = 0
  private(set) var singleSteps = 0
  private(set) var isOptimal = false

  /// Blocks that may be tried without fewer violations.
  private static let patience = 3
  /// What counts as zero, relative to the largest forecast.
  private static let tolerance = 1e-10

  init(_ problem: inout HeldSeriesProblem, unbounded: [Double], maximumSteps: Int) throws(ReconciliationError) {
    let zero = Self.tolerance * unbounded.reduce(0) { max($0, abs($1)) }
    var held = unbounded.indices.filter { unbounded[$0] < 0 }
    values = unbounded
    var (fewest, patience) = (unbounded.count + 1, Self.patience)
    while steps < maximumSteps {
      // 1. Solve with the held series at zero.
      steps += 1
      let solution = try problem.solve(unbounded: unbounded, held: held, near: values)
      values = solution.values
      // 2. Free series below zero, and held ones that would rise.
      var isHeld = [Bool](repeating: false, count: values.count)
      var violating = [Bool](repeating: false, count: values.count)
      for (series, pull) in zip(held, solution.pulls) {
        isHeld[series] = true
        violating[series] = pull < -zero
      }
      for series in values.indices where !isHeld[series] { violating[series] = values[series] < -zero }
      let count = violating.count { $0 }
      guard count > 0 else {
        isOptimal = true
        break
      }
      // 3. Change them all, or only the last one where that has not helped for a while.
      var changes = violating
      if count < fewest {
        (fewest, patience) = (count, Self.patience)
      } else if patience > 0 {
        patience -= 1
      } else {
        singleSteps += 1
        changes = [Bool](repeating: false, count: values.count)
        if let last = violating.lastIndex(of: true) { changes[last] = true }
      }
      held = values.indices.filter { isHeld[$0] != changes[$0] }
    }
    for series in values.indices { values[series] = max(0, values[series]) }
  }
}
