import Probability

/// The cost of a serial system stage by stage, from the customer up:
///
///     G_0(x) = (p + Σ h_i) · max(−x, 0)
///     Ĝ_j(x) = h_j · x + G_{j−1}(min(S_{j−1}, x))        (G_0 without the minimum)
///     G_j(y) = E Ĝ_j(y − D_j),   S_j = argmin G_j
///
/// h_j: echelon holding cost, p: stockout cost, D_j: demand over the stage's lead time; stage 1 serves the customer. The
/// expected cost per period is G_N(S_N), with units on the way counted as held.
///
/// Source: Clark & Scarf (1960) in the form of Chen & Zheng (1994); Snyder & Shen, Fundamentals of Supply Chain Theory
/// (2nd edition, 2019), section 6.2.
struct SerialRecursion {
  /// From the customer up.
  let holding: [Double]
  let leadTimes: [Double]
  let stockout: Double

  struct Result: Sendable {
    /// Echelon base-stock levels, from the customer up.
    var levels: [Double]
    var cost: Double
  }

  init(_ problem: SerialStockProblem) {
    holding = problem.stages.reversed().map(\.echelonHoldingCost)
    leadTimes = problem.stages.reversed().map(\.leadTime)
    stockout = problem.stockoutCost
  }

  var backlog: Double { stockout + holding.reduce(0, +) }

  // MARK: Poisson demand: exact on whole numbers

  /// Below zero every G is a line, so that a table from zero to the largest level is all there is to know.
  ///
  /// - Parameter levels: echelon levels to evaluate, from the customer up; nil for the best.
  func poisson(mean: Double, levels given: [Double]? = nil) -> Result {
    let total = mean * leadTimes.reduce(0, +)
    let reach = Int(total + 12 * total.squareRoot() + 40) + Int(given?.max() ?? 0)
    // Ĝ at 0...reach, and its slope below zero.
    var values = [Double](repeating: 0, count: reach + 1)
    var slope = -backlog
    var levels: [Double] = []
    var cost = 0.0
    for (stage, rate) in holding.enumerated() {
      for x in 0...reach { values[x] += rate * Double(x) }
      slope += rate
      let (first, masses) = Self.masses(mean * leadTimes[stage])
      var next = [Double](repeating: 0, count: reach + 1)
      for y in 0...reach {
        var sum = 0.0
        for (offset, mass) in masses.enumerated() {
          let x = y - first - offset
          sum += mass * (x >= 0 ? values[x] : values[0] + slope * Double(x))
        }
        next[y] = sum
      }
      var level = 0
      if let given {
        level = min(max(0, Int(given[stage].rounded())), reach)
      } else {
        for y in 0...reach where next[y] < next[level] { level = y }
      }
      levels.append(Double(level))
      cost = next[level]
      for x in level...reach { next[x] = next[level] }
      values = next
    }
    return Result(levels: levels, cost: cost)
  }

  /// Probabilities of counts, all that matter to sixteen digits, summing to one.
  static func masses(_ mean: Double) -> (first: Int, masses: [Double]) {
    guard mean > 0 else { return (0, [1]) }
    let spread = 9 * mean.squareRoot() + 40
    let first = max(0, Int(mean - spread))
    let poisson = Poisson(mean: mean)
    var masses = (first...Int(mean + spread)).map(poisson.mass)
    let sum = masses.reduce(0, +)
    for index in masses.indices { masses[index] /= sum }
    return (first, masses)
  }

  // MARK: Normal demand: exact up to the interpolation of smooth functions

  /// Richardson's extrapolation of two grids: lines between points overstate a smooth convex function by a multiple of
  /// the square of the step.
  func normal(mean: Double, deviation: Double, levels given: [Double]? = nil) -> Result {
    let total = leadTimes.reduce(0, +)
    let spread = deviation * total.squareRoot()
    guard spread > 0 else { return certain(mean: mean) }
    let coarse = normal(mean, deviation, spread / 20, given)
    let fine = normal(mean, deviation, spread / 40, given)
    return Result(levels: fine.levels, cost: (4 * fine.cost - coarse.cost) / 3)
  }

  /// Nothing is random: levels are the demand on the way.
  private func certain(mean: Double) -> Result {
    var (levels, demand, cost) = ([Double](), 0.0, 0.0)
    for (stage, leadTime) in leadTimes.enumerated() {
      // Of a stage's echelon, what is on the way to the stages below it is held.
      cost += holding[stage] * demand
      demand += mean * leadTime
      levels.append(demand)
    }
    return Result(levels: levels, cost: cost)
  }

  /// Every Ĝ is taken for a chain of lines with knots x_k, so that E Ĝ(y − D) is a sum of normal loss functions. Stock is
  /// counted beyond the mean demand of the lead times below, so that one grid serves every stage.
  private func normal(_ mean: Double, _ deviation: Double, _ step: Double, _ given: [Double]?) -> Result {
    let spread = deviation * leadTimes.reduce(0, +).squareRoot()
    // A grid with a knot at zero, from where everything is short to where nothing is.
    let half = Int((10 * spread / step).rounded(.up))
    let points = (-half...half).map { Double($0) * step }
    var values = points.map { backlog * max(-$0, 0) }
    var slopeBelow = -backlog
    var slopeAbove = 0.0
    var demand = 0.0
    var levels: [Double] = []
    var cost = 0.0
    for (stage, rate) in holding.enumerated() {
      for index in points.indices { values[index] += rate * (points[index] + demand) }
      slopeBelow += rate
      slopeAbove += rate
      demand += mean * leadTimes[stage]
      // Knots: changes of slope.
      var knots = [Double](repeating: 0, count: points.count)
      var slope = slopeBelow
      for index in points.indices {
        let next = index + 1 < points.count ? (values[index + 1] - values[index]) / step : slopeAbove
        knots[index] = next - slope
        slope = next
      }
      let function = SmoothedChain(
        start: values[0], slope: slopeBelow, first: points[0], step: step, knots: knots,
        deviation: deviation * leadTimes[stage].squareRoot())
      let level = given.map { $0[stage] - demand } ?? function.least(from: points[0], to: points[points.count - 1])
      levels.append(level + demand)
      cost = function.value(level)
      values = function.values()
      for index in points.indices where points[index] >= level { values[index] = cost }
      slopeAbove = 0
    }
    return Result(levels: levels, cost: cost)
  }
}

/// y ↦ E f(y − D) for a chain of lines f and a normal D with mean zero.
private struct SmoothedChain {
  /// f at the first knot, and its slope before it.
  var start: Double
  var slope: Double
  var first: Double
  var step: Double
  /// Changes of slope at first, first + step, …
  var knots: [Double]
  var deviation: Double

  /// E (u − D)⁺
  private func loss(_ u: Double) -> Double {
    guard deviation > 0 else { return max(0, u) }
    let z = u / deviation
    return deviation * (z * Normal.standard.cumulative(z) + Normal.standard.density(z))
  }

  func value(_ y: Double) -> Double {
    let shifted = y - first
    var sum = start + slope * shifted
    for (index, knot) in knots.enumerated() where knot != 0 { sum += knot * loss(shifted - Double(index) * step) }
    return sum
  }

  private func derivative(_ y: Double) -> Double {
    let shifted = y - first
    var sum = slope
    for (index, knot) in knots.enumerated() where knot != 0 {
      let u = shifted - Double(index) * step
      sum += knot * (deviation > 0 ? Normal.standard.cumulative(u / deviation) : u > 0 ? 1 : 0)
    }
    return sum
  }

  /// At all points of the grid; the loss at every distance is computed once.
  func values() -> [Double] {
    let count = knots.count
    let losses = (0..<(2 * count - 1)).map { loss(Double($0 - count + 1) * step) }
    return losses.withUnsafeBufferPointer { losses in
      knots.withUnsafeBufferPointer { knots in
        (0..<count).map { position in
          var sum = start + slope * Double(position) * step
          for index in 0..<count { sum += knots[index] * losses[position - index + count - 1] }
          return sum
        }
      }
    }
  }

  /// Where the convex function is least: bisection of its slope.
  func least(from lower: Double, to upper: Double) -> Double {
    guard deviation > 0 else {
      var slope = slope
      for (index, knot) in knots.enumerated() {
        slope += knot
        if slope >= 0 { return first + Double(index) * step }
      }
      return upper
    }
    var (lower, upper) = (lower, upper)
    for _ in 0..<50 {
      let middle = (lower + upper) / 2
      if derivative(middle) < 0 { lower = middle } else { upper = middle }
    }
    return (lower + upper) / 2
  }
}
