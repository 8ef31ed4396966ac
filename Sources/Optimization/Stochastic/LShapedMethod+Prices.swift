extension LShapedMethod.Session {
  /// The slopes of the optimum V in the upper bound of a row, on either side of its value.
  ///
  /// V is convex and piecewise linear. From V(b + t) with its slope, the line there either passes through V(b), so that
  /// V is straight between, or it meets the line at b nearer to b: the next t.
  ///
  /// Complexity: a few warm solves a side. The reach is a distance over which the slope is known to hold, not the
  /// largest.
  /// - Parameters:
  ///   - row: of the first stage.
  ///   - solution: the optimum at the row's bound.
  public func shadowPrice(ofUpper row: Int, at solution: LShapedMethod.Solution) throws(SolverError) -> ShadowPrice {
    let bound = rowUpper[row]
    let value = first.rowValues(at: solution.values)[row]
    guard bound - value <= 1e-7 * max(1, abs(bound)) else {
      return ShadowPrice(left: 0, right: 0, leftReach: bound - value, rightReach: .infinity)
    }
    defer { try? setRowBounds(row, lower: rowLower[row], upper: bound) }
    let (right, rightReach) = try slope(row, bound, 1, solution)
    // How far the bound can fall at all: to the least that the variables' bounds allow.
    var least = 0.0
    for entry in first.rowStart[row]..<first.rowStart[row + 1] {
      let variable = first.columns[entry]
      let coefficient = first.coefficients[entry]
      least += coefficient * (coefficient > 0 ? lower[variable] : upper[variable])
    }
    guard bound - max(least, rowLower[row]) > 1e-9 * max(1, abs(bound)) else {
      return ShadowPrice(left: -.infinity, right: right, leftReach: 0, rightReach: rightReach)
    }
    let (left, leftReach) = try slope(row, bound, -1, solution, most: bound - max(least, rowLower[row]))
    return ShadowPrice(left: left, right: right, leftReach: leftReach, rightReach: rightReach)
  }

  private func slope(
    _ row: Int, _ bound: Double, _ direction: Double, _ solution: LShapedMethod.Solution, most: Double = .infinity
  ) throws(SolverError) -> (slope: Double, reach: Double) {
    var step = min(2e-4 * max(1, abs(bound)), most)
    var (slope, reach) = (solution.duals.isEmpty ? 0 : solution.duals[row], 0.0)
    let exactness = 1e-10 * max(1, abs(solution.objective))
    for _ in 0..<20 {
      try setRowBounds(row, lower: rowLower[row], upper: bound + direction * step)
      let there = try solve()
      let secant = (there.objective - solution.objective) / (direction * step)
      let tangent = there.duals.isEmpty ? secant : there.duals[row]
      (slope, reach) = (secant, step)
      let miss = solution.objective - (there.objective - tangent * direction * step)
      if miss <= exactness || step <= 1e-6 * max(1, abs(bound)) { break }
      // Where the line there meets the line here.
      let here = solution.duals.isEmpty ? secant : solution.duals[row]
      let meeting = abs(here - tangent) > 1e-12 ? step - abs(miss / (here - tangent)) : step / 4
      step = min(max(step - abs(step - meeting), 0.02 * step), 0.6 * step)
    }
    return (slope, reach)
  }
}
