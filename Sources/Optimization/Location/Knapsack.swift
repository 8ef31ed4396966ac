/// The knapsack max Σ pₖ xₖ, Σ wₖ xₖ ≤ q, solved anew many times with changing items.
///
/// Whole weights: dynamic programming over the capacity, x ∈ {0, 1}. Otherwise, and where asked for: the continuous
/// one, 0 ≤ x ≤ 1, by the order of pₖ / wₖ (Dantzig 1957).
struct Knapsack {
  /// Items with a profit above zero.
  var demand: [Int] = []
  var profit: [Double] = []
  var weight: [Double] = []
  /// Of the last solve, by item.
  private(set) var taken: [Double] = []
  private var value: [Double] = []
  private var keep: [UInt8] = []
  private var order: [Int] = []

  mutating func clear() {
    demand.removeAll(keepingCapacity: true)
    profit.removeAll(keepingCapacity: true)
    weight.removeAll(keepingCapacity: true)
  }

  mutating func add(demand: Int, profit: Double, weight: Double) {
    self.demand.append(demand)
    self.profit.append(profit)
    self.weight.append(weight)
  }

  private mutating func takeAllIfTheyFit(_ capacity: Double) -> Double? {
    taken.removeAll(keepingCapacity: true)
    var total = 0.0
    for item in weight { total += item }
    guard total <= capacity else { return nil }
    for _ in profit { taken.append(1) }
    return profit.reduce(0, +)
  }

  /// x ∈ {0, 1}; weights and capacity are whole and not above `Int32.max`.
  /// - Complexity: items · capacity.
  mutating func solveWhole(_ capacity: Double) -> Double {
    if let all = takeAllIfTheyFit(capacity) { return all }
    let size = Int(capacity)
    table(size)
    for _ in profit { taken.append(0) }
    var left = size
    for item in profit.indices.reversed() where keep[item * (size + 1) + left] != 0 {
      taken[item] = 1
      left -= Int(weight[item])
    }
    return value[size]
  }

  /// `value[c]`: the best profit with capacity c.
  private mutating func table(_ size: Int) {
    let width = size + 1
    if value.count < width { value = [Double](repeating: 0, count: width) }
    if keep.count < width * profit.count { keep = [UInt8](repeating: 0, count: width * profit.count * 2) }
    // The hot kernel of single-source location: bounds checks cost half of its time.
    value.withUnsafeMutableBufferPointer { value in
      keep.withUnsafeMutableBufferPointer { keep in
        for capacity in 0..<width { value[capacity] = 0 }
        for item in profit.indices {
          let (gain, need) = (profit[item], Int(weight[item]))
          let row = item * width
          for capacity in 0..<min(need, width) { keep[row + capacity] = 0 }
          guard need < width else { continue }
          var capacity = size
          while capacity >= need {
            let with = value[capacity - need] + gain
            let isBetter = with > value[capacity]
            keep[row + capacity] = isBetter ? 1 : 0
            value[capacity] = isBetter ? with : value[capacity]
            capacity -= 1
          }
        }
      }
    }
  }

  /// Best profits for every capacity up to `capacity`, of the present items.
  mutating func profile(_ capacity: Double) -> ArraySlice<Double> {
    table(Int(capacity))
    return value[0...Int(capacity)]
  }

  /// 0 ≤ x ≤ 1.
  mutating func solveContinuous(_ capacity: Double) -> Double {
    if let all = takeAllIfTheyFit(capacity) { return all }
    order.removeAll(keepingCapacity: true)
    for item in profit.indices {
      order.append(item)
      taken.append(0)
    }
    let (profit, weight) = (profit, weight)
    order.sort { profit[$0] * weight[$1] > profit[$1] * weight[$0] }
    var (left, sum) = (capacity, 0.0)
    for item in order {
      let part = weight[item] <= left ? 1 : left / weight[item]
      taken[item] = part
      sum += part * profit[item]
      left -= part * weight[item]
      if part < 1 { break }
    }
    return sum
  }
}
