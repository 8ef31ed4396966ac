/// Divides an amount over items of concave return, under floors and caps on every node of a tree and on sets of items
/// that cross it:
///
///     maximise   Σᵢ fᵢ(xᵢ) + v · (B − Σᵢ xᵢ)
///     subject to lᵢ ≤ xᵢ ≤ uᵢ
///                floorₙ ≤ Σ over items below n of xᵢ ≤ capₙ      for every group n (the root's cap is B)
///                floorₖ ≤ Σ over items of k of xᵢ ≤ capₖ         for every crossing set k
///
/// v is the value of a unit that is not spent. Amounts and values are in any units; all results scale with them.
///
/// Source: the problem without crossing sets is nested resource allocation; Hochbaum, "Lower and upper bounds for the
/// allocation problem and other nonlinear optimization problems" (Mathematics of Operations Research 19, 1994);
/// Patriksson, "A survey on the continuous nonlinear resource allocation problem" (EJOR 185, 2008).
public struct SeparableAllocation: Sendable {
  public struct Item: Sendable {
    public var function: ConcaveFunction
    public var lower: Double
    public var upper: Double
    /// The group that the item belongs to; 0 is the root.
    public var group: Int
  }

  public struct Group: Sendable {
    /// nil for the root.
    public var parent: Int?
    public var floor: Double
    public var cap: Double
  }

  public struct CrossingSet: Sendable {
    public var items: [Int]
    public var floor: Double
    public var cap: Double
  }

  /// One limit of the problem, as results name it.
  public enum Limit: Hashable, Sendable {
    case lower(item: Int)
    case upper(item: Int)
    case floor(group: Int)
    case cap(group: Int)
    case crossingFloor(Int)
    case crossingCap(Int)
  }

  public private(set) var items: [Item] = []
  /// The tree; a group comes after its parent, the root first.
  public private(set) var groups: [Group]
  public private(set) var crossings: [CrossingSet] = []
  /// What a unit is worth that the root does not spend.
  public var valueOfUnspent: Double

  /// - Parameters:
  ///   - cap: the whole amount B.
  ///   - floor: what must be spent at least; equal to `cap` where everything must be.
  public init(cap: Double, floor: Double = 0, valueOfUnspent: Double) {
    groups = [Group(parent: nil, floor: floor, cap: cap)]
    self.valueOfUnspent = valueOfUnspent
  }

  @discardableResult
  public mutating func addGroup(under parent: Int = 0, floor: Double = 0, cap: Double = .infinity) -> Int {
    groups.append(Group(parent: parent, floor: floor, cap: cap))
    return groups.count - 1
  }

  @discardableResult
  public mutating func addItem(
    _ function: ConcaveFunction, in group: Int = 0, lower: Double = 0, upper: Double = .infinity
  ) -> Int {
    items.append(Item(function: function, lower: lower, upper: upper, group: group))
    return items.count - 1
  }

  @discardableResult
  public mutating func addCrossing(_ members: [Int], floor: Double = 0, cap: Double = .infinity) -> Int {
    crossings.append(CrossingSet(items: members, floor: floor, cap: cap))
    return crossings.count - 1
  }

  /// Σ fᵢ(xᵢ) + v · (B − Σ xᵢ).
  public func objective(at amounts: [Double]) -> Double {
    let spent = amounts.reduce(0, +)
    return returns(of: amounts) + valueOfUnspent * (groups[0].cap - spent)
  }

  /// Σ fᵢ(xᵢ).
  public func returns(of amounts: [Double]) -> Double {
    zip(items, amounts).reduce(0) { $0 + $1.0.function.value(at: $1.1) }
  }

  /// The largest amount by which `amounts` leave a limit.
  public func violation(at amounts: [Double]) -> Double {
    var worst = 0.0
    for (item, amount) in zip(items, amounts) { worst = max(worst, item.lower - amount, amount - item.upper) }
    for (group, total) in zip(groups, groupTotals(of: amounts)) {
      worst = max(worst, group.floor - total, total - group.cap)
    }
    for (set, total) in zip(crossings, crossingTotals(of: amounts)) {
      worst = max(worst, set.floor - total, total - set.cap)
    }
    return worst
  }

  /// The amount of every group, children included.
  public func groupTotals(of amounts: [Double]) -> [Double] {
    var totals = [Double](repeating: 0, count: groups.count)
    for (item, amount) in zip(items, amounts) { totals[item.group] += amount }
    for group in groups.indices.reversed() {
      if let parent = groups[group].parent { totals[parent] += totals[group] }
    }
    return totals
  }

  public func crossingTotals(of amounts: [Double]) -> [Double] {
    crossings.map { $0.items.reduce(0) { $0 + amounts[$1] } }
  }

  /// The limits as rows of a linear program without an objective: one variable per item.
  public func limitProgram() -> LinearProgram {
    var program = LinearProgram(.minimise)
    for item in items { program.addVariable(lower: item.lower, upper: item.upper) }
    var members = [[Int]](repeating: [], count: groups.count)
    for (index, item) in items.enumerated() {
      var group: Int? = item.group
      while let node = group {
        members[node].append(index)
        group = groups[node].parent
      }
    }
    for (group, items) in zip(groups, members) { program.addSumRow(items, lower: group.floor, upper: group.cap) }
    for set in crossings { program.addSumRow(set.items, lower: set.floor, upper: set.cap) }
    return program
  }

  func validate() throws(AllocationError) {
    for (index, item) in items.enumerated() {
      guard item.function.isProper else { throw .improper("the function of item \(index)") }
      guard item.lower >= 0, item.lower.isFinite, item.upper.isFinite || groups[0].cap.isFinite else {
        throw .improper("a bound of item \(index)")
      }
      guard groups.indices.contains(item.group) else { throw .improper("the group of item \(index)") }
    }
    for (index, group) in groups.enumerated() {
      guard !group.floor.isNaN, !group.cap.isNaN, group.parent.map({ $0 >= 0 && $0 < index }) ?? (index == 0) else {
        throw .improper("group \(index)")
      }
    }
    for (index, set) in crossings.enumerated() {
      guard !set.floor.isNaN, !set.cap.isNaN, set.items.allSatisfy(items.indices.contains),
        Set(set.items).count == set.items.count
      else { throw .improper("crossing set \(index)") }
    }
    guard groups[0].cap.isFinite, valueOfUnspent.isFinite, valueOfUnspent >= 0 else { throw .improper("the total") }
  }
}

public enum AllocationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A parameter is outside its range; the text names it.
  case improper(String)
  /// No amounts satisfy all limits.
  case infeasible
  /// No whole units satisfy all limits.
  case noWholeUnits
  case solver(SolverError)

  public var description: String {
    switch self {
    case .improper(let what): "\(what) is out of range"
    case .infeasible: "no amounts satisfy all limits"
    case .noWholeUnits: "no whole units satisfy all limits"
    case .solver(let error): error.description
    }
  }
}
