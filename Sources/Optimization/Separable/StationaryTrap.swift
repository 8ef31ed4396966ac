/// Whether a point is stationary, so that a local method that starts there stays there, although something better exists.
public struct StationaryTrap: Sendable {
  /// The largest amount by which the point leaves a limit.
  public var violation: Double
  /// The objective at the point.
  public var value: Double
  /// The most that moving one unit would gain there to first order, within the limits.
  public var steepestGain: Double
  /// Whether no small move gains anything to first order: the Karush-Kuhn-Tucker conditions hold.
  public var isStationary: Bool
  /// The certified optimum.
  public var best: SeparableSolution

  /// What the point leaves on the table.
  public var loss: Double { best.objective - value }
  /// Whether the point is feasible and stationary, and yet worse than the optimum by more than its gap.
  public var isTrap: Bool {
    isStationary && loss > best.bound - best.objective + 1e-9 * max(1, abs(best.objective))
  }
}

extension SeparableAllocation {
  /// Judges a point: the present amounts, an equal split. In a concave problem every stationary point is the optimum;
  /// with S-curves the equal split of equal items is stationary and can be the worst of all.
  ///
  /// - Parameter tolerance: gains below this share of the highest slope count as none.
  public func stationaryTrap(
    at amounts: [Double], tolerance: Double = 1e-7, with solver: some Solver = HiGHSSolver(tolerance: 1e-9),
    limits: SolverLimits = SolverLimits(relativeGap: 1e-9)
  ) throws(AllocationError) -> StationaryTrap {
    try validate()
    guard amounts.count == itemCount, !amounts.contains(where: { !$0.isFinite || $0 < 0 }) else {
      throw .improper("the point")
    }
    let best = try solve(with: solver, limits: limits)
    let gain: Double
    if crossings.isEmpty, linearLimits.isEmpty {
      gain = MarginalValues(self, at: amounts).steepestGain
    } else {
      gain = try bestMove(at: amounts, holding(at: amounts), moving: nil, by: 0, reach: 1, solver) ?? .infinity
    }
    let scale = amounts.indices.reduce(valueOfUnspent) { highest, item in
      let slope = function(of: item).slope(at: amounts[item])
      return slope.isFinite ? max(highest, abs(slope)) : highest
    }
    let violation = violation(at: amounts)
    let isFeasible = violation <= 1e-9 * max(groups[0].cap, .leastNormalMagnitude)
    return StationaryTrap(
      violation: violation, value: objective(at: amounts), steepestGain: gain,
      isStationary: isFeasible && gain <= tolerance * max(scale, .leastNormalMagnitude), best: best)
  }
}
