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
  /// stays between limits that are whole. With crossing sets: the rounding is itself a small network flow; sets that
  /// overlap and other linear limits make it an integer program for `solver`. Items without return are free to move in
  /// it, as nothing is lost by moving them.
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
  fileprivate static func whole(
    _ floor: Double, _ cap: Double, unit: Double
  ) -> (floor: Double, cap: Double) {
    ((floor / unit - 1e-6).rounded(.up), (cap / unit + 1e-6).rounded(.down))
  }

  private func isWithinLimits(_ units: [Int64], unit: Double) -> Bool {
    func holds(_ total: Double, _ floor: Double, _ cap: Double) -> Bool {
      let limits = Self.whole(floor, cap, unit: unit)
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
    let limits = Self.whole(groups[0].floor, groups[0].cap, unit: unit)
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
      let choice = WholeChoice(self, near: amounts, window: window, unit: unit)
      if let units = isFlow ? try choice.byFlow() : try choice.byProgram(solver) { return units }
    }
    return nil
  }

  /// Whether whole units flow from the root through groups and items to at most one crossing set each.
  private var isFlow: Bool {
    guard linearLimits.isEmpty else { return false }
    var seen = Set<Int>()
    return crossings.allSatisfy { set in set.items.allSatisfy { seen.insert($0).inserted } }
  }
}

/// Whole units of every item within its range and near its amount, all limits kept.
private struct WholeChoice {
  private let allocation: SeparableAllocation
  private let unit: Double
  /// Per item.
  private var lower: [Double] = []
  private var upper: [Double] = []
  private var worth: [Double] = []
  /// What is placed together.
  private var total: (floor: Double, cap: Double)

  init(_ allocation: SeparableAllocation, near amounts: [Double], window: Double, unit: Double) {
    self.allocation = allocation
    self.unit = unit
    for (index, item) in allocation.items.enumerated() {
      let limits = SeparableAllocation.whole(item.lower, item.upper, unit: unit)
      let base = min(max(amounts[index].rounded(.down), limits.floor), limits.cap)
      let reach = item.function.family == .zero ? .infinity : window
      lower.append(max(limits.floor, base - reach))
      upper.append(min(limits.cap, base + reach + 1))
      worth.append(item.function.slope(at: max(base, 1) * unit) - allocation.valueOfUnspent)
    }
    total = SeparableAllocation.whole(allocation.groups[0].floor, allocation.groups[0].cap, unit: unit)
    // A root that is held at its cap stays there: what is spent does not fall below its rounded amount.
    total.floor = max(total.floor, min(total.cap, (amounts.reduce(0, +) + 1e-4).rounded(.down)))
  }

  private func limits(_ floor: Double, _ cap: Double) -> (floor: Double, cap: Double) {
    SeparableAllocation.whole(floor, cap, unit: unit)
  }

  /// A circulation root → groups → items → crossing sets → root: with whole limits its cheapest flow is whole.
  func byFlow() throws(AllocationError) -> [Int64]? {
    let groups = allocation.groups
    let end = groups.count + allocation.crossings.count
    var setOf = [Int](repeating: end, count: allocation.itemCount)
    for (set, crossing) in allocation.crossings.enumerated() {
      for item in crossing.items { setOf[item] = groups.count + set }
    }
    var flow = NetworkFlow(supplies: [Double](repeating: 0, count: end + 1))
    for (item, group) in allocation.itemGroups.enumerated() {
      guard lower[item] <= upper[item] else { return nil }
      flow.arcs.append(
        .init(from: group, to: setOf[item], lower: lower[item], upper: upper[item], cost: -worth[item]))
    }
    func join(_ from: Int, _ to: Int, _ limits: (floor: Double, cap: Double)) -> Bool {
      flow.arcs.append(.init(from: from, to: to, lower: limits.floor, upper: limits.cap, cost: 0))
      return limits.floor <= limits.cap
    }
    var isPossible = join(end, 0, total)
    for (index, group) in groups.enumerated() {
      guard let parent = group.parent else { continue }
      isPossible = join(parent, index, limits(max(0, group.floor), group.cap)) && isPossible
    }
    for (set, crossing) in allocation.crossings.enumerated() {
      isPossible = join(groups.count + set, end, limits(max(0, crossing.floor), crossing.cap)) && isPossible
    }
    guard isPossible, flow.defect == nil else { return nil }
    let found: NetworkFlowSolution
    do { found = try flow.solve() } catch { throw .improper(error.description) }
    guard found.status == .optimal else { return nil }
    return found.flows.prefix(allocation.itemCount).map { Int64($0.rounded()) }
  }

  /// The same with any other limits: an integer program in the distances from the lower ends.
  func byProgram(_ solver: some Solver) throws(AllocationError) -> [Int64]? {
    var program = LinearProgram(.maximise)
    for item in lower.indices {
      program.addVariable(
        lower: 0, upper: upper[item] - lower[item], objective: worth[item], isInteger: true)
    }
    let all = allocation.limitProgram()
    let below = all.rowValues(at: lower)
    for row in all.rows.indices {
      let limits = row == 0 ? total : limits(all.rows[row].lower, all.rows[row].upper)
      program.addSumRow(
        all.columns[all.rowStart[row]..<all.rowStart[row + 1]], lower: limits.floor - below[row],
        upper: limits.cap - below[row])
    }
    let answer: LinearSolution
    do { answer = try solver.solve(program) } catch { throw .solver(error) }
    return answer.status.hasValues ? zip(lower, answer.values).map { Int64(($0 + $1).rounded()) } : nil
  }
}
