/// Divides an amount over items with a return each, under floors and caps on every node of a tree, on sets of items that
/// cross it, and under any other linear limits:
///
///     maximise   Σᵢ fᵢ(xᵢ) + v · (B − Σᵢ xᵢ)
///     subject to lᵢ ≤ xᵢ ≤ uᵢ, or xᵢ in the domain that the item states
///                floorₙ ≤ Σ over items below n of xᵢ ≤ capₙ      for every group n (the root's cap is B)
///                floorₖ ≤ Σ over items of k of xᵢ ≤ capₖ         for every crossing set k
///                lowerᵣ ≤ Σ aᵣᵢ·xᵢ ≤ upperᵣ                      for every other limit r
///
/// v is the value of a unit that is not spent. Amounts and values are in any units; all results scale with them.
///
/// Returns are concave or S-curves (`ReturnFunction`), alone or averaged over draws, less a penalty for moving, through
/// tiers of unit prices; amounts are continuous, whole multiples of a step, or nothing below a minimum (`ItemDomain`).
///
///     var allocation = SeparableAllocation(cap: 60, valueOfUnspent: 0)
///     let region = allocation.addGroup(floor: 10, cap: 50)
///     allocation.addItem(.hill(amplitude: 100, scale: 50, shape: 4), in: region, upper: 100)
///     allocation.addItem(.logarithm(amplitude: 60, scale: 10))
///     let best = try allocation.solve()                             // amounts, objective, bound, prices
///     let prices = try allocation.limitPrices(of: best)             // two-sided, with their ranges
///     let curve = try allocation.frontier(from: 0, to: 120, points: 25)
///     let trap = try allocation.stationaryTrap(at: [30, 30])
///
/// A hundred thousand items are best added as arrays (`addItems`), which the problem keeps as they are.
///
/// Source: the problem without crossing sets is nested resource allocation; Hochbaum, "Lower and upper bounds for the
/// allocation problem and other nonlinear optimization problems" (Mathematics of Operations Research 19, 1994);
/// Patriksson, "A survey on the continuous nonlinear resource allocation problem" (EJOR 185, 2008).
public struct SeparableAllocation: Sendable {
  public struct Item: Sendable {
    public var function: ReturnFunction
    public var lower: Double
    public var upper: Double
    /// The group that the item belongs to; 0 is the root.
    public var group: Int
    public var domain = ItemDomain.everything
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

  /// lower ≤ Σ coefficient · amount ≤ upper
  public struct LinearLimit: Sendable {
    public var items: [Int]
    public var coefficients: [Double]
    public var lower: Double
    public var upper: Double
  }

  /// One limit of the problem, as results name it.
  public enum Limit: Hashable, Sendable {
    case lower(item: Int)
    case upper(item: Int)
    case floor(group: Int)
    case cap(group: Int)
    case crossingFloor(Int)
    case crossingCap(Int)
    case linearLower(Int)
    case linearUpper(Int)
  }

  // Items, in arrays.
  private(set) var families: [ReturnFunction.Family] = []
  private(set) var amplitudes: [Double] = []
  private(set) var scales: [Double] = []
  private(set) var shapes: [Double] = []
  private(set) var itemLowers: [Double] = []
  private(set) var itemUppers: [Double] = []
  private(set) var itemGroups: [Int] = []
  /// Of the few items that are composed or have a domain of their own.
  private var details: [Int: ReturnFunction] = [:]
  private(set) var domains: [Int: ItemDomain] = [:]

  /// The tree; a group comes after its parent, the root first.
  public private(set) var groups: [Group]
  public private(set) var crossings: [CrossingSet] = []
  public private(set) var linearLimits: [LinearLimit] = []
  /// What a unit is worth that the root does not spend.
  public var valueOfUnspent: Double

  /// - Parameters:
  ///   - cap: the whole amount B.
  ///   - floor: what must be spent at least; equal to `cap` where everything must be.
  public init(cap: Double, floor: Double = 0, valueOfUnspent: Double) {
    groups = [Group(parent: nil, floor: floor, cap: cap)]
    self.valueOfUnspent = valueOfUnspent
  }

  /// The same problem with another total: the root's cap, and its floor where everything had to be spent.
  public func withTotal(_ total: Double) -> Self {
    var other = self
    if groups[0].floor == groups[0].cap { other.groups[0].floor = total }
    other.groups[0].cap = total
    return other
  }

  @discardableResult
  public mutating func addGroup(under parent: Int = 0, floor: Double = 0, cap: Double = .infinity) -> Int {
    groups.append(Group(parent: parent, floor: floor, cap: cap))
    return groups.count - 1
  }

  @discardableResult
  public mutating func addItem(
    _ function: ReturnFunction, in group: Int = 0, lower: Double = 0, upper: Double = .infinity,
    domain: ItemDomain = .everything
  ) -> Int {
    let index = itemCount
    families.append(function.family)
    amplitudes.append(function.amplitude)
    scales.append(function.scale)
    shapes.append(function.shape)
    itemLowers.append(lower)
    itemUppers.append(upper)
    itemGroups.append(group)
    if function.family == .composed { details[index] = function }
    if !domain.isEverything { domains[index] = domain }
    return index
  }

  /// Adds many items of one plain family; arrays of one length, shapes only where the family has one. The arrays are
  /// kept as they are where these are the first items.
  public mutating func addItems(
    _ family: ReturnFunction.Family, amplitudes: [Double], scales: [Double], shapes: [Double]? = nil,
    lowers: [Double], uppers: [Double], groups: [Int]
  ) {
    let count = amplitudes.count
    precondition(
      family != .composed
        && [scales.count, shapes?.count ?? count, lowers.count, uppers.count, groups.count]
          .allSatisfy { $0 == count },
      "arrays of one length, of a plain family")
    func append<Element>(_ new: [Element], to old: inout [Element]) { if old.isEmpty { old = new } else { old += new } }
    append([ReturnFunction.Family](repeating: family, count: count), to: &families)
    append(amplitudes, to: &self.amplitudes)
    append(scales, to: &self.scales)
    append(shapes ?? [Double](repeating: 1, count: count), to: &self.shapes)
    append(lowers, to: &itemLowers)
    append(uppers, to: &itemUppers)
    append(groups, to: &itemGroups)
  }

  @discardableResult
  public mutating func addCrossing(_ members: [Int], floor: Double = 0, cap: Double = .infinity) -> Int {
    crossings.append(CrossingSet(items: members, floor: floor, cap: cap))
    return crossings.count - 1
  }

  /// Adds lower ≤ Σ coefficient · amount ≤ upper. Such problems are solved by linear programs over tangents.
  @discardableResult
  public mutating func addLimit(
    _ terms: [(item: Int, coefficient: Double)], lower: Double = -.infinity, upper: Double = .infinity
  ) -> Int {
    linearLimits.append(
      LinearLimit(items: terms.map(\.item), coefficients: terms.map(\.coefficient), lower: lower, upper: upper))
    return linearLimits.count - 1
  }

  /// Holds a group between two shares of what its parent has. Where the parent is the root and all of it must be spent,
  /// that is a floor and a cap; otherwise two linear limits over the items that the problem has by now.
  public mutating func addShareBand(of group: Int, from least: Double, to most: Double) {
    guard let parent = groups[group].parent else { return }
    if parent == 0, groups[0].floor == groups[0].cap {
      groups[group].floor = max(groups[group].floor, least * groups[0].cap)
      groups[group].cap = min(groups[group].cap, most * groups[0].cap)
      return
    }
    let own = membership(of: group)
    let family = membership(of: parent)
    for (share, isFloor) in [(least, true), (most, false)] {
      let terms = itemGroups.indices.filter { family[$0] }.map { (item: $0, coefficient: (own[$0] ? 1 : 0) - share) }
      if isFloor, least > 0 { addLimit(terms, lower: 0) }
      if !isFloor, most < 1 { addLimit(terms, upper: 0) }
    }
  }

  private func membership(of group: Int) -> [Bool] {
    var inside = [Bool](repeating: false, count: groups.count)
    for index in groups.indices { inside[index] = index == group || groups[index].parent.map { inside[$0] } ?? false }
    return itemGroups.map { inside[$0] }
  }

  mutating func setLimits(of group: Int, floor: Double, cap: Double) {
    groups[group].floor = floor
    groups[group].cap = cap
  }

  mutating func setBounds(of item: Int, lower: Double, upper: Double) {
    itemLowers[item] = lower
    itemUppers[item] = upper
  }

  mutating func setLimits(ofLinear limit: Int, lower: Double, upper: Double) {
    linearLimits[limit].lower = lower
    linearLimits[limit].upper = upper
  }

  mutating func dropDomains() { domains = [:] }

  mutating func setLimits(ofCrossing set: Int, floor: Double, cap: Double) {
    crossings[set].floor = floor
    crossings[set].cap = cap
  }

  /// Σ fᵢ(xᵢ) + v · (B − Σ xᵢ).
  public func objective(at amounts: [Double]) -> Double {
    let returns = returns(of: amounts)
    guard valueOfUnspent != 0 else { return returns }
    return returns + valueOfUnspent * (groups[0].cap - amounts.reduce(0, +))
  }

  /// Σ fᵢ(xᵢ).
  public func returns(of amounts: [Double]) -> Double {
    var sum = 0.0
    for index in amounts.indices {
      switch families[index] {
      case .hill: sum += amplitudes[index] * amounts[index] / (amounts[index] + scales[index])
      case .composed: sum += details[index]?.value(at: amounts[index]) ?? 0
      case let family:
        sum += ReturnFunction.value(family, amplitudes[index], scales[index], shapes[index], at: amounts[index])
      }
    }
    return sum
  }

  /// The largest amount by which `amounts` leave a limit.
  public func violation(at amounts: [Double]) -> Double {
    var worst = 0.0
    for index in amounts.indices {
      let lower = domains[index].map { $0.minimumIfAny > 0 } ?? false ? 0 : itemLowers[index]
      worst = max(worst, lower - amounts[index], amounts[index] - itemUppers[index])
    }
    for (item, domain) in domains {
      worst = max(worst, domain.violation(at: amounts[item]))
    }
    for (group, total) in zip(groups, groupTotals(of: amounts)) {
      worst = max(worst, group.floor - total, total - group.cap)
    }
    for (set, total) in zip(crossings, crossingTotals(of: amounts)) {
      worst = max(worst, set.floor - total, total - set.cap)
    }
    for limit in linearLimits {
      let total = zip(limit.items, limit.coefficients).reduce(0) { $0 + amounts[$1.0] * $1.1 }
      worst = max(worst, limit.lower - total, total - limit.upper)
    }
    return worst
  }

  /// The amount of every group, children included.
  public func groupTotals(of amounts: [Double]) -> [Double] {
    var totals = [Double](repeating: 0, count: groups.count)
    for index in amounts.indices { totals[itemGroups[index]] += amounts[index] }
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
    for index in itemGroups.indices {
      var group: Int? = itemGroups[index]
      while let node = group {
        members[node].append(index)
        group = groups[node].parent
      }
    }
    for (group, items) in zip(groups, members) { program.addSumRow(items, lower: group.floor, upper: group.cap) }
    for set in crossings { program.addSumRow(set.items, lower: set.floor, upper: set.cap) }
    for limit in linearLimits {
      program.addRow(
        zip(limit.items, limit.coefficients).map { (variable: $0, coefficient: $1) }, lower: limit.lower,
        upper: limit.upper)
    }
    return program
  }

  func validate() throws(AllocationError) {
    guard groups[0].cap.isFinite, valueOfUnspent.isFinite, valueOfUnspent >= 0 else { throw .improper("the total") }
    for index in itemGroups.indices {
      let isProper =
        families[index] == .composed
        ? details[index]?.isProper ?? false
        : ReturnFunction.isProper(families[index], amplitudes[index], scales[index], shapes[index])
      guard isProper else { throw .improper("the function of item \(index)") }
      guard itemLowers[index] >= 0, itemLowers[index] < .infinity, !itemUppers[index].isNaN else {
        throw .improper("a bound of item \(index)")
      }
      guard groups.indices.contains(itemGroups[index]) else { throw .improper("the group of item \(index)") }
    }
    for (item, domain) in domains {
      guard domain.isProper else { throw .improper("the domain of item \(item)") }
      let range = min(itemUppers[item], groups[0].cap) - itemLowers[item]
      guard domain.step == 0 || range <= domain.step * ItemDomain.largestCount else {
        throw .improper("the step of item \(item), far below its range: round to whole units instead,")
      }
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
    for (index, limit) in linearLimits.enumerated() {
      guard !limit.lower.isNaN, !limit.upper.isNaN, limit.items.allSatisfy(items.indices.contains),
        limit.coefficients.allSatisfy({ $0.isFinite }), Set(limit.items).count == limit.items.count
      else { throw .improper("linear limit \(index)") }
    }
  }
}

extension SeparableAllocation {
  /// The items one by one, made from the arrays on demand.
  public struct Items: RandomAccessCollection, Sendable {
    let problem: SeparableAllocation

    public var startIndex: Int { 0 }
    public var endIndex: Int { problem.itemCount }
    public subscript(index: Int) -> Item {
      Item(
        function: problem.function(of: index), lower: problem.itemLowers[index], upper: problem.itemUppers[index],
        group: problem.itemGroups[index], domain: problem.domains[index] ?? .everything)
    }
  }

  public var items: Items { Items(problem: self) }
  public var itemCount: Int { itemGroups.count }

  public func function(of item: Int) -> ReturnFunction {
    families[item] == .composed
      ? details[item] ?? .zero
      : ReturnFunction(families[item], amplitude: amplitudes[item], scale: scales[item], shape: shapes[item])
  }

  /// Whether the problem is concave with nothing to branch on.
  public var isConcave: Bool {
    guard domains.isEmpty else { return false }
    return families.indices.allSatisfy { index in
      switch families[index] {
      case .zero, .logarithm, .exponentialSaturation, .hill, .power: true
      case .generalHill, .logistic, .composed: function(of: index).isConcave
      }
    }
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
