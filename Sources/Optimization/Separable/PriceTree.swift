/// The tree of a separable allocation, ready to be asked what it takes at a price: groups in preorder, items in the
/// order of their groups, everything in flat arrays.
///
/// At price λ a group takes clip(Σ of what its parts take at λ, floor, cap). That is all a tree needs: one root for the
/// top, and one more below every group that is held at its floor or cap, where the parts clear at a price of their own.
struct PriceTree: PriceResponse {
  // Items, by position.
  /// Position → index of the item in the problem.
  private(set) var itemAt: [Int] = []
  private(set) var functions: [ConcaveFunction] = []
  var lower: [Double] = []
  var upper: [Double] = []
  /// What the crossing sets of an item add to its price.
  var surcharge: [Double] = []
  /// Position → node.
  private(set) var nodeOf: [Int] = []
  private(set) var amounts: [Double] = []
  private(set) var responsiveness: [Double] = []

  // Nodes, in preorder; a subtree is the range node..<end[node], its own items firstItem[node]..<firstItem[node + 1].
  private(set) var groupAt: [Int] = []
  private(set) var parent: [Int] = []
  private(set) var end: [Int] = []
  private(set) var firstItem: [Int] = []
  var floor: [Double] = []
  var cap: [Double] = []
  private(set) var price: [Double] = []
  /// The node at which the price of a node is set; -1 where it is the value of what is not spent.
  private(set) var pool: [Int] = []
  /// What the items of a pool take together per unit of price: filled for every node that is a pool.
  private(set) var weight: [Double] = []
  private var total: [Double] = []
  private var correction: [Double] = []
  private var current = 0

  let valueOfUnspent: Double
  /// The magnitude of prices: the average slope over all items.
  let priceScale: Double
  /// The slope that stands for none, in items without return: they take x = −p / tieSlope of their range at a price
  /// −tieSlope ≤ p ≤ 0, so that what they take changes without a jump. Small enough not to show in the objective.
  let tieSlope: Double

  init(_ problem: SeparableAllocation) {
    valueOfUnspent = problem.valueOfUnspent
    var gain = 0.0
    var range = 0.0
    for item in problem.items where item.function.family != .zero {
      let upper = min(item.upper, problem.groups[0].cap)
      guard upper > item.lower else { continue }
      gain += item.function.value(at: upper) - item.function.value(at: item.lower)
      range += upper - item.lower
    }
    let average = gain > 0 && range > 0 ? gain / range : 0
    priceScale = average > 0 ? average : (valueOfUnspent > 0 ? valueOfUnspent : 1)
    tieSlope = priceScale * 1e-10
    layOut(problem)
  }

  private mutating func layOut(_ problem: SeparableAllocation) {
    var children = [[Int]](repeating: [], count: problem.groups.count)
    for (group, value) in problem.groups.enumerated() {
      if let parent = value.parent { children[parent].append(group) }
    }
    var members = [[Int]](repeating: [], count: problem.groups.count)
    for (index, item) in problem.items.enumerated() { members[item.group].append(index) }

    func visit(_ group: Int, under parentNode: Int, into tree: inout PriceTree) {
      let node = tree.groupAt.count
      tree.groupAt.append(group)
      tree.parent.append(parentNode)
      tree.end.append(node)
      tree.firstItem.append(tree.itemAt.count)
      tree.floor.append(problem.groups[group].floor)
      tree.cap.append(problem.groups[group].cap)
      for index in members[group] {
        let item = problem.items[index]
        tree.itemAt.append(index)
        tree.functions.append(item.function)
        tree.lower.append(item.lower)
        // Some finite end beyond the whole, which no feasible amount reaches.
        tree.upper.append(min(item.upper, item.lower + 2 * problem.groups[0].cap))
        tree.nodeOf.append(node)
      }
      for child in children[group] { visit(child, under: node, into: &tree) }
      tree.end[node] = tree.groupAt.count
    }
    visit(0, under: -1, into: &self)
    firstItem.append(itemAt.count)
    let nodes = groupAt.count
    (price, weight, total, correction) = (zeros(nodes), zeros(nodes), zeros(nodes), zeros(nodes))
    pool = [Int](repeating: -1, count: nodes)
    (surcharge, amounts, responsiveness) = (zeros(itemAt.count), zeros(itemAt.count), zeros(itemAt.count))
  }

  /// Prices every node and fills `amounts` for the surcharges as they stand.
  mutating func clear() {
    _ = evaluate(0, at: valueOfUnspent)
    settle(0..<groupAt.count, price: valueOfUnspent, pool: -1)
    for node in groupAt.indices {
      let share = pool[node] < 0 ? 0 : correction[pool[node]]
      for position in firstItem[node]..<firstItem[node + 1] {
        let (amount, moves) = take(position, at: price[node])
        amounts[position] = min(max(amount + share * moves, lower[position]), upper[position])
        responsiveness[position] = moves
      }
    }
  }

  /// Walks a subtree that was evaluated at `price`: groups within their limits keep that price; a group outside them is
  /// cleared at the limit, at a price of its own.
  private mutating func settle(_ range: Range<Int>, price shared: Double, pool sharedPool: Int) {
    var node = range.lowerBound
    while node < range.upperBound {
      let limited = min(max(total[node], floor[node]), cap[node])
      if limited == total[node] {
        price[node] = shared
        pool[node] = sharedPool
        node += 1
      } else {
        current = node
        let cleared = clearingPrice(
          target: limited, start: shared, step: priceScale, scale: max(abs(total[node]), abs(limited)))
        price[node] = cleared.price
        pool[node] = node
        weight[node] = cleared.responsiveness
        correction[node] = cleared.responsiveness > 0 ? cleared.shortfall / cleared.responsiveness : 0
        settle(node + 1..<end[node], price: cleared.price, pool: node)
        node = end[node]
      }
    }
  }

  mutating func respond(to price: Double) -> (amount: Double, responsiveness: Double) {
    evaluate(current, at: price)
  }

  /// What a subtree takes at one price, its own floor and cap aside; leaves the totals of all its nodes behind.
  private mutating func evaluate(_ top: Int, at price: Double) -> (amount: Double, responsiveness: Double) {
    for node in top..<end[top] { (total[node], weight[node]) = (0, 0) }
    for node in (top..<end[top]).reversed() {
      var sum = 0.0
      var moves = 0.0
      for position in firstItem[node]..<firstItem[node + 1] {
        let taken = take(position, at: price)
        sum += taken.amount
        moves += taken.responsiveness
      }
      total[node] += sum
      weight[node] += moves
      guard node > top else { break }
      let limited = min(max(total[node], floor[node]), cap[node])
      total[parent[node]] += limited
      if limited == total[node] { weight[parent[node]] += weight[node] }
    }
    return (total[top], weight[top])
  }

  /// What one item takes at the price of its node.
  @inline(__always)
  private func take(_ position: Int, at nodePrice: Double) -> (amount: Double, responsiveness: Double) {
    functions[position].taken(
      at: nodePrice + surcharge[position], lower: lower[position], upper: upper[position], tieSlope: tieSlope)
  }
}

extension ConcaveFunction {
  /// The x in lower...upper where f(x) − price · x is largest, and how far it falls per unit of price.
  @inline(__always)
  func taken(
    at price: Double, lower: Double, upper: Double, tieSlope: Double
  ) -> (amount: Double, responsiveness: Double) {
    if family == .zero {
      let share = -price / tieSlope
      if share <= 0 { return (lower, 0) }
      return share >= 1 ? (upper, 0) : (lower + (upper - lower) * share, (upper - lower) / tieSlope)
    }
    guard price > 0 else { return (upper, 0) }
    let x = argument(atSlope: price)
    if x <= lower { return (lower, 0) }
    if x >= upper { return (upper, 0) }
    return (x, responsiveness(at: x, price: price))
  }
}

func zeros(_ count: Int) -> [Double] { [Double](repeating: 0, count: count) }
