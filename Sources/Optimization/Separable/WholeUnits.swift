/// Amounts in whole units (cents, pieces) that keep every limit, with the objective and the gap that they have.
public struct WholeUnitAllocation: Sendable {
  /// Per item; the amount is `units · unit`.
  public var units: [Int64]
  public var unit: Double
  /// The objective at the whole units.
  public var objective: Double
  /// The bound of the solution that was rounded: it holds for whole units all the more.
  public var bound: Double

  public var amounts: [Double] { units.map { Double($0) * unit } }
  public var relativeGap: Double { abs(bound - objective) / max(1, abs(objective)) }
}

extension SeparableAllocation {
  /// Rounds a solution to whole units so that no limit is broken and every group that is held at a limit stays exactly
  /// there. Limits that are no whole number of units count as the nearest whole number inside.
  ///
  /// In a tree: largest remainders, from the root down, which always works because a part's amount rounded down or up
  /// stays between limits that are whole. With crossing sets: the rounding is itself a small transportation problem,
  /// solved by `solver`; items without return are free to move in it, as nothing is lost by moving them.
  ///
  /// Source: Balinski & Young, *Fair Representation* (1982), for largest remainders; Cox, "Controlled rounding"
  /// (INFOR 20, 1982) for two crossing directions.
  public func wholeUnits(
    of solution: SeparableSolution, unit: Double, solver: some Solver
  ) throws(AllocationError) -> WholeUnitAllocation {
    precondition(unit > 0, "a unit must be positive")
    let snapped = solution.amounts.map { amount in
      let scaled = amount / unit
      return abs(scaled - scaled.rounded()) < 1e-6 ? scaled.rounded() : scaled
    }
    var units = crossings.isEmpty ? largestRemainders(of: snapped, unit: unit) : nil
    if units.map({ !isWithinLimits($0, unit: unit) }) ?? true {
      units = try transported(snapped, unit: unit, solver: solver)
    }
    guard let units else { throw .noWholeUnits }
    let amounts = units.map { Double($0) * unit }
    return WholeUnitAllocation(
      units: units, unit: unit, objective: objective(at: amounts), bound: solution.bound)
  }

  /// The whole numbers of units between two limits.
  private func whole(_ floor: Double, _ cap: Double, unit: Double) -> (floor: Double, cap: Double) {
    ((floor / unit - 1e-6).rounded(.up), (cap / unit + 1e-6).rounded(.down))
  }

  private func isWithinLimits(_ units: [Int64], unit: Double) -> Bool {
    func holds(_ total: Double, _ floor: Double, _ cap: Double) -> Bool {
      let limits = whole(floor, cap, unit: unit)
      return total >= limits.floor && total <= limits.cap
    }
    let amounts = units.map { Double($0) }
    return zip(items, amounts).allSatisfy { holds($1, $0.lower, $0.upper) }
      && zip(groups, groupTotals(of: amounts)).allSatisfy { holds($1, $0.floor, $0.cap) }
      && zip(crossings, crossingTotals(of: amounts)).allSatisfy { holds($1, $0.floor, $0.cap) }
  }

  /// Rounds the root, then gives each group's units to its parts: all rounded down, the units left over to the largest
  /// remainders. Nil where the amounts are not what their limits say.
  private func largestRemainders(of amounts: [Double], unit: Double) -> [Int64]? {
    var parts = [[(remainder: Double, isItem: Bool, index: Int)]](repeating: [], count: groups.count)
    let totals = groupTotals(of: amounts).map { abs($0 - $0.rounded()) < 1e-4 ? $0.rounded() : $0 }
    for (index, amount) in amounts.enumerated() {
      parts[items[index].group].append((amount - amount.rounded(.down), true, index))
    }
    for group in groups.indices.dropFirst() {
      let remainder = totals[group] - totals[group].rounded(.down)
      parts[groups[group].parent ?? 0].append((remainder, false, group))
    }
    var units = amounts.map { Int64($0.rounded(.down)) }
    var groupUnits = totals.map { Int64($0.rounded(.down)) }
    let limits = whole(groups[0].floor, groups[0].cap, unit: unit)
    groupUnits[0] = Int64(min(max(totals[0].rounded(), limits.floor), limits.cap))
    for group in groups.indices {
      let given = parts[group].reduce(Int64(0)) { $0 + ($1.isItem ? units[$1.index] : groupUnits[$1.index]) }
      let left = groupUnits[group] - given
      let order = parts[group].sorted {
        ($1.remainder, $0.isItem ? 0 : 1, $0.index) < ($0.remainder, $1.isItem ? 0 : 1, $1.index)
      }
      guard left >= 0, left <= order.count else { return nil }
      for part in order.prefix(Int(left)) {
        if part.isItem { units[part.index] += 1 } else { groupUnits[part.index] += 1 }
      }
    }
    return units
  }

  /// The best whole units under all limits in a window around the amounts, to first order, which is all that matters a
  /// unit away from the optimum; the window is widened until there are some.
  private func transported(
    _ amounts: [Double], unit: Double, solver: some Solver
  ) throws(AllocationError) -> [Int64]? {
    for window in [1.0, 16, 4096, .infinity] {
      var program = LinearProgram(.maximise)
      var base = zeros(items.count)
      for (index, item) in items.enumerated() {
        let limits = whole(item.lower, item.upper, unit: unit)
        base[index] = min(max(amounts[index].rounded(.down), limits.floor), limits.cap)
        let reach = item.function.family == .zero ? .infinity : window
        program.addVariable(
          lower: max(limits.floor - base[index], -reach), upper: min(limits.cap - base[index], reach + 1),
          objective: item.function.slope(at: max(base[index], 1) * unit) - valueOfUnspent, isInteger: true)
      }
      let all = limitProgram()
      let baseTotals = all.rowValues(at: base)
      for row in all.rows.indices {
        let limits = whole(all.rows[row].lower, all.rows[row].upper, unit: unit)
        program.addSumRow(
          all.columns[all.rowStart[row]..<all.rowStart[row + 1]], lower: limits.floor - baseTotals[row],
          upper: limits.cap - baseTotals[row])
      }
      keepTotals(of: amounts, base: base, in: &program)
      let answer: LinearSolution
      do { answer = try solver.solve(program) } catch { throw .solver(error) }
      if answer.status.hasValues { return zip(base, answer.values).map { Int64(($0 + $1).rounded()) } }
    }
    return nil
  }

  /// A root that is held at its cap stays there: what is spent does not fall below its rounded amount.
  private func keepTotals(of amounts: [Double], base: [Double], in program: inout LinearProgram) {
    let spent = amounts.reduce(0, +)
    let spentBase = base.reduce(0, +)
    let limit = program.rows[0].upper
    program.rows[0].lower = max(program.rows[0].lower, min(limit, (spent + 1e-4).rounded(.down) - spentBase))
  }
}
