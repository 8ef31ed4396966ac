import Optimization

/// Prepayment targets back from revenue targets.
///
/// Of a prepayment the share hₐ turns into revenue a months later, Σ h = H in all. In a steady network the part hₐ / H of
/// a month's revenue therefore comes from prepayments a months before, and each unit of it took 1 / H of prepayment:
///
///     P_m = Σₐ (hₐ / H) · R_{m+a} / H
///
/// Months beyond the plan take the revenue of the same month of its last year, so that the year's prepayments times H
/// are the year's revenue exactly.
struct Prepayments {
  private let conversion: [Double]
  private let solution: TargetSolution
  private let unit: Double

  init(_ conversion: [Double], solution: TargetSolution, unit: Double) {
    self.conversion = conversion
    self.solution = solution
    self.unit = unit
  }

  /// By member and month, in whole units; sums by month and by member are the exact ones, rounded.
  func targets(_ solver: some Solver) throws(SolverError) -> [Double] {
    let months = solution.months.count
    let rate = conversion.reduce(0, +)
    var exact = [Double](repeating: 0, count: solution.amounts.count)
    for member in solution.members.indices {
      for month in 0..<months {
        for (age, share) in conversion.enumerated() where share > 0 {
          exact[member * months + month] += share / rate * solution[member, wrapped(month + age)] / rate / unit
        }
      }
    }
    let total = exact.reduce(0, +).rounded()
    let byMonth = Self.largestRemainders(
      (0..<months).map { month in
        stride(from: month, to: exact.count, by: months).reduce(0) { $0 + exact[$1] }
      }, total)
    let byMember = Self.largestRemainders(
      solution.members.indices.map { member in
        exact[member * months..<(member + 1) * months].reduce(0, +)
      }, total)
    // The exact amounts miss the whole sums by less than a unit: rounding to either neighbour may not reach them, so
    // they are first projected.
    let problem = MarginProjection(
      .leastSquares, reference: exact, lower: exact.map { max(0, $0.rounded(.down) - 1) },
      upper: exact.map { $0.rounded(.up) + 1 },
      families: [
        .init(marginOfCell: exact.indices.map { Int32($0 / months) }, totals: byMember),
        .init(marginOfCell: exact.indices.map { Int32($0 % months) }, totals: byMonth),
      ])
    let projected = problem.solve()
    guard projected.status == .optimal,
      let whole = try ControlledRounding(problem, amounts: projected.amounts).rounded(with: solver)
    else { return exact.map { $0.rounded() * unit } }
    return whole.map { $0 * unit }
  }

  private func wrapped(_ month: Int) -> Int {
    var month = month
    let year = min(12, solution.months.count)
    while month >= solution.months.count { month -= year }
    return month
  }

  /// Whole numbers with a whole sum, nearest by largest remainder; ties go to the earlier.
  static func largestRemainders(_ amounts: [Double], _ total: Double) -> [Double] {
    var whole = amounts.map { $0.rounded(.down) }
    let left = Int(total - whole.reduce(0, +))
    let order = amounts.indices.sorted { one, other in
      let (first, second) = (amounts[one] - whole[one], amounts[other] - whole[other])
      return first != second ? first > second : one < other
    }
    guard left > 0, !order.isEmpty else { return whole }
    for place in 0..<left { whole[order[place % order.count]] += 1 }
    return whole
  }
}
