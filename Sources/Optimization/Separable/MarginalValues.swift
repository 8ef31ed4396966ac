/// What one unit more or less is worth in every part of a tree at given amounts, to first order and on either side.
///
/// Limits of a tree are nested, so that a small change of one of them moves a unit along one path: into the part that
/// gains most, out of the part that loses least. That makes one-sided derivatives of the best objective exact where the
/// amounts are optimal, also at kinks and where everything is at a limit.
struct MarginalValues {
  /// By group: the gain of one more unit inside, its own cap aside; −∞ where nothing inside has room.
  private(set) var right: [Double]
  /// By group: the loss of one unit less inside, its own floor aside; +∞ where nothing inside can give.
  private(set) var left: [Double]
  /// By group: what a unit is worth that the group gives up, or costs that it takes, at the best place outside.
  private(set) var outsideRight: [Double]
  private(set) var outsideLeft: [Double]
  let isAtCap: [Bool]
  let isAtFloor: [Bool]
  private let problem: SeparableAllocation
  private let amounts: [Double]
  private let tolerance: Double
  private var best: [Extremes]

  /// The two best parts of a group to give a unit to, and to take one from.
  private struct Extremes {
    var gain = (-Double.infinity, -1)
    var secondGain = -Double.infinity
    var loss = (Double.infinity, -1)
    var secondLoss = Double.infinity

    mutating func add(_ part: Int, gain value: Double) {
      if value > gain.0 { (secondGain, gain) = (gain.0, (value, part)) } else { secondGain = max(secondGain, value) }
    }
    mutating func add(_ part: Int, loss value: Double) {
      if value < loss.0 { (secondLoss, loss) = (loss.0, (value, part)) } else { secondLoss = min(secondLoss, value) }
    }
    func gain(without part: Int) -> Double { gain.1 == part ? secondGain : gain.0 }
    func loss(without part: Int) -> Double { loss.1 == part ? secondLoss : loss.0 }
  }

  init(_ problem: SeparableAllocation, at amounts: [Double]) {
    self.problem = problem
    self.amounts = amounts
    let tolerance = 1e-11 * max(problem.groups[0].cap, .leastNormalMagnitude)
    self.tolerance = tolerance
    let totals = problem.groupTotals(of: amounts)
    isAtCap = zip(problem.groups, totals).map { $1 >= $0.cap - tolerance }
    isAtFloor = zip(problem.groups, totals).map { $1 <= $0.floor + tolerance }
    let count = problem.groups.count
    best = [Extremes](repeating: Extremes(), count: count)
    right = [Double](repeating: -.infinity, count: count)
    left = [Double](repeating: .infinity, count: count)
    outsideRight = [Double](repeating: -.infinity, count: count)
    outsideLeft = [Double](repeating: .infinity, count: count)
    // 1. From the leaves up. Items are parts count, count + 1, …; groups are their own numbers.
    for index in amounts.indices {
      let slopes = slopes(of: index)
      best[problem.itemGroups[index]].add(count + index, gain: slopes.right)
      best[problem.itemGroups[index]].add(count + index, loss: slopes.left)
    }
    for group in (0..<count).reversed() {
      (right[group], left[group]) = (best[group].gain.0, best[group].loss.0)
      guard let parent = problem.groups[group].parent else { continue }
      if !isAtCap[group] { best[parent].add(group, gain: right[group]) }
      if !isAtFloor[group] { best[parent].add(group, loss: left[group]) }
    }
    // 2. From the root down.
    for group in 1..<max(1, count) {
      guard let parent = problem.groups[group].parent else { continue }
      outsideRight[group] = max(best[parent].gain(without: group), release(from: parent))
      outsideLeft[group] = min(best[parent].loss(without: group), demand(from: parent))
    }
  }

  /// What a unit is worth that a group passes up, and what one costs that it asks for from above.
  private func release(from group: Int) -> Double {
    if isAtFloor[group] { return -.infinity }
    return group == 0 ? problem.valueOfUnspent : outsideRight[group]
  }
  private func demand(from group: Int) -> Double {
    if isAtCap[group] { return .infinity }
    return group == 0 ? problem.valueOfUnspent : outsideLeft[group]
  }

  /// The slopes of an item on either side; −∞ and +∞ at its bounds.
  func slopes(of item: Int) -> (right: Double, left: Double) {
    let x = amounts[item]
    if let domain = problem.domains[item], domain.step > 0 { return (-.infinity, .infinity) }
    let bounds = bounds(of: item)
    let hasRoomAbove = x < bounds.upper - tolerance
    let hasRoomBelow = x > bounds.lower + tolerance
    guard problem.families[item] == .composed else {
      guard hasRoomAbove || hasRoomBelow else { return (-.infinity, .infinity) }
      let slope = problem.function(of: item).slope(at: x)
      return (hasRoomAbove ? slope : -.infinity, hasRoomBelow ? slope : .infinity)
    }
    let function = problem.function(of: item)
    return (hasRoomAbove ? function.slope(at: x) : -.infinity, hasRoomBelow ? function.slopeBefore(x) : .infinity)
  }

  private func bounds(of item: Int) -> ItemBounds {
    let upper = problem.itemUppers[item]
    guard let domain = problem.domains[item], domain.minimumIfAny > 0 else {
      return ItemBounds(lower: problem.itemLowers[item], upper: upper)
    }
    return amounts[item] < 0.5 * domain.minimumIfAny
      ? ItemBounds(lower: 0, upper: 0)
      : ItemBounds(lower: max(domain.minimumIfAny, problem.itemLowers[item]), upper: upper)
  }

  /// What a unit is worth, or costs, at the best place but this item, from the item's group upwards.
  func outside(ofItem item: Int) -> (right: Double, left: Double) {
    let group = problem.itemGroups[item]
    let part = problem.groups.count + item
    return (
      max(best[group].gain(without: part), release(from: group)),
      min(best[group].loss(without: part), demand(from: group))
    )
  }

  /// The most that moving one unit would gain to first order, within the limits.
  var steepestGain: Double {
    var steepest = 0.0
    func consider(_ gain: Double) { if gain > steepest { steepest = gain } }
    if !isAtCap[0] { consider(right[0] - problem.valueOfUnspent) }
    if !isAtFloor[0] { consider(problem.valueOfUnspent - left[0]) }
    for group in 1..<max(1, problem.groups.count) {
      if !isAtCap[group] { consider(right[group] - outsideLeft[group]) }
      if !isAtFloor[group] { consider(outsideRight[group] - left[group]) }
    }
    for item in amounts.indices {
      let (own, others) = (slopes(of: item), outside(ofItem: item))
      consider(own.right - others.left)
      consider(others.right - own.left)
    }
    return steepest
  }

  /// The one-sided derivatives of the best objective in a limit of the tree: left where it falls, right where it rises.
  func price(of limit: SeparableAllocation.Limit) -> (left: Double, right: Double)? {
    switch limit {
    case .cap(let group):
      guard group > 0 else { return totalPrice }
      guard isAtCap[group] else { return (0, 0) }
      return (left[group] - outsideRight[group], max(0, right[group] - outsideLeft[group]))
    case .floor(let group):
      guard isAtFloor[group] else { return (0, 0) }
      guard group > 0 else { return (min(0, left[0] - problem.valueOfUnspent), right[0] - problem.valueOfUnspent) }
      return (min(0, left[group] - outsideRight[group]), right[group] - outsideLeft[group])
    case .upper(let item):
      guard amounts[item] >= problem.itemUppers[item] - tolerance else { return (0, 0) }
      let (slopes, others) = (freeSlopes(of: item), outside(ofItem: item))
      return (slopes.left - others.right, max(0, slopes.right - others.left))
    case .lower(let item):
      guard amounts[item] <= problem.itemLowers[item] + tolerance else { return (0, 0) }
      let (slopes, others) = (freeSlopes(of: item), outside(ofItem: item))
      return (min(0, slopes.left - others.right), slopes.right - others.left)
    case .crossingFloor, .crossingCap, .linearLower, .linearUpper: return nil
    }
  }

  /// A unit more or less of the whole, with what is not spent.
  private var totalPrice: (left: Double, right: Double) {
    let value = problem.valueOfUnspent
    let mustSpend = problem.groups[0].floor == problem.groups[0].cap
    if mustSpend { return (left[0], right[0]) }
    return (isAtCap[0] ? max(value, left[0]) : value, isAtCap[0] ? max(value, right[0]) : value)
  }

  private func freeSlopes(of item: Int) -> (right: Double, left: Double) {
    let function = problem.function(of: item)
    return (function.slope(at: amounts[item]), amounts[item] > 0 ? function.slopeBefore(amounts[item]) : .infinity)
  }
}

extension SeparableSolution {
  /// Replaces the prices of a relaxation by those of the amounts themselves, in a tree: the nearest to the former that
  /// one unit more or less is worth.
  mutating func setLocalPrices() {
    let values = MarginalValues(problem, at: amounts)
    for group in problem.groups.indices {
      let above = problem.groups[group].parent.map { groupPrices[$0] } ?? problem.valueOfUnspent
      guard values.isAtCap[group] || values.isAtFloor[group] else {
        (groupPrices[group], groupLimitPrices[group]) = (above, 0)
        continue
      }
      var price = groupPrices[group]
      if values.right[group] <= values.left[group] {
        price = min(max(price, values.right[group]), values.left[group])
      }
      // A cap is worth no less than nothing, a floor no more.
      if !values.isAtFloor[group] { price = max(price, above) }
      if !values.isAtCap[group] { price = min(price, above) }
      (groupPrices[group], groupLimitPrices[group]) = (price, price - above)
    }
  }
}
