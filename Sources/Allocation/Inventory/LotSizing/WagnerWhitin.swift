/// Orders of one item without limits.
///
/// With P_j the units that must have arrived before period j, f_i the fixed cost of an order that arrives in period i, and
/// p_i the cost of a unit that arrives in i and stays to the end (its price and all holding costs from i on), the least
/// cost of periods i, i + 1, … that start with nothing to spare is
///
///     C(i) = min over j > i of f_i + p_i (P_j − P_i) + C(j),   C(T) = 0,   and at most C(i + 1) where i needs nothing.
///
/// The minimum over j is a tangent of slope −p_i to the lower hull of the points (P_j, C(j)), which grows on one side only:
/// the hull is a stack, and the tangent is found by bisection. O(T log T).
///
/// Source: Wagner & Whitin, "Dynamic version of the economic lot size model" (Management Science 5, 1958); Wagelmans, van
/// Hoesel & Kolen, "Economic lot sizing: an O(n log n) algorithm that runs in linear time in the Wagner-Whitin case"
/// (Operations Research 40, 1992).
enum WagnerWhitin {
  /// - Returns: units by period of the order; nil where something is needed before an order can arrive.
  static func orders(_ item: LotSizingProblem.Item) -> [Double]? {
    let net = NetDemand(item)
    let count = item.demand.count
    var orders = [Double](repeating: 0, count: count)
    // What stays to the end from its arrival in i on.
    var holding = [Double](repeating: 0, count: count + 1)
    for period in (0..<count).reversed() { holding[period] = holding[period + 1] + item.holdingCost[period] }
    func before(_ period: Int) -> Double { period > 0 ? net.cumulated[period - 1] : 0 }

    // 1. Backwards over the periods. The top of the stack is the leftmost point of the hull.
    var hull = [count]
    var cost = [Double](repeating: .infinity, count: count + 1)
    cost[count] = 0
    /// The next period with an order; i itself where it has none.
    var next = [Int](repeating: 0, count: count)
    for i in (0..<count).reversed() {
      next[i] = i
      let needsNothing = net.units(i) <= 0
      if needsNothing { cost[i] = cost[i + 1] }
      if i >= item.leadTime {
        let price = item.unitCost[i - item.leadTime] + holding[i]
        let j = tangent(hull, slope: price, before, cost)
        let ordered = item.fixedCost[i - item.leadTime] + price * (before(j) - before(i)) + cost[j]
        if ordered < cost[i] { (cost[i], next[i]) = (ordered, j) }
      }
      if cost[i].isFinite { push(i, &hull, before, cost) }
    }
    guard cost[0].isFinite else { return nil }
    // 2. Forwards along the choices.
    var i = 0
    while i < count {
      let j = next[i]
      if j > i { orders[i - item.leadTime] = before(j) - before(i) }
      i = max(j, i + 1)
    }
    return orders
  }

  /// The point of the hull with the least slope · P + C.
  private static func tangent(
    _ hull: [Int], slope: Double, _ position: (Int) -> Double, _ cost: [Double]
  ) -> Int {
    func value(_ index: Int) -> Double { slope * position(hull[index]) + cost[hull[index]] }
    var (low, high) = (0, hull.count - 1)
    while low < high {
      let middle = (low + high) / 2
      // Values fall and then rise along the hull.
      if value(middle) > value(middle + 1) { low = middle + 1 } else { high = middle }
    }
    return hull[low]
  }

  /// Adds a point on the left, and drops what is no longer on the lower hull.
  private static func push(_ point: Int, _ hull: inout [Int], _ position: (Int) -> Double, _ cost: [Double]) {
    while let top = hull.last {
      // A point at the same place counts only where it is lower.
      if position(top) <= position(point) {
        if cost[top] <= cost[point] { return }
        hull.removeLast()
        continue
      }
      guard hull.count >= 2 else { break }
      let second = hull[hull.count - 2]
      let one = (cost[top] - cost[point]) * (position(second) - position(point))
      let other = (cost[second] - cost[point]) * (position(top) - position(point))
      guard one >= other else { break }
      hull.removeLast()
    }
    hull.append(point)
  }
}
