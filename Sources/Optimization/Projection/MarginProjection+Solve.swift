import LinearAlgebra

extension MarginProjection {
  /// Solves the problem by a semismooth Newton method on the prices of the margins.
  ///
  /// The dual is concave and once differentiable: at prices d the best amount of a cell is f(1 + d) or f·eᵈ, clipped to
  /// its bounds, and only cells strictly inside their bounds respond to a change of the price.
  ///
  /// 1. Margins that no amounts within the bounds can meet alone: infeasible.
  /// 2. Newton direction on the margins that hold or are missed. The largest family is eliminated first, which costs
  ///    nothing because its margins share no cell; what is left is a Schur complement the size of the other families.
  /// 3. A step along it: the slope of the dual brackets its maximum; with ranges, where a price stops at zero, Armijo's
  ///    rule along the projected path.
  /// 4. Where the step is poor, one round of exact coordinate ascent, which cannot fail.
  /// 5. Where prices run away, Farkas' lemma on them: infeasible, with the margins of the proof.
  ///
  /// Complexity: one pass over the cells for each evaluation, 4 to 8 of them as a rule.
  /// Sources: Qi & Sun, "A nonsmooth version of Newton's method" (Mathematical Programming 58, 1993); Bertsekas,
  /// "Projected Newton methods for optimization problems with simple constraints" (SIAM Journal on Control and
  /// Optimization 20, 1982); for the coordinate rounds, Bregman's method with bounds (Censor & Lent, JOTA 34, 1981).
  /// - Parameters:
  ///   - tolerance: the largest relative miss of a margin that counts as none.
  ///   - iterations: Newton iterations before the solve stops.
  ///   - start: prices by family and margin to begin with: those of a similar problem.
  /// - Precondition: the problem is well formed (`defect` is nil).
  public func solve(
    tolerance: Double = 1e-12, iterations: Int = 400, startingAt start: [[Double]]? = nil
  ) -> MarginProjectionSolution {
    precondition(defect == nil, "the projection is not well formed")
    var search = MarginPriceSearch(self)
    if let impossible = search.impossibleMargins() { return search.solution(.infeasible(impossible)) }
    if let start { search.begin(at: start) }
    search.evaluate()
    var best = search.error
    var stalled = 0
    while search.error > tolerance && search.iterations < iterations {
      search.iterations += 1
      let before = search.error
      let step = search.newtonStep()
      if step < (search.hasRanges ? 1 : 0.01) {
        search.sweep()
        search.evaluate()
      }
      if step < 1 || search.iterations > 8, let proof = search.farkasProof() {
        return search.solution(.infeasible(proof))
      }
      // Rounding ends the descent a little above the tolerance where margins are large sums.
      stalled = search.error < 0.5 * min(best, before) ? 0 : stalled + 1
      best = min(best, search.error)
      if stalled >= 4 && search.error <= 1e-10 { break }
    }
    return search.solution(search.error <= max(tolerance, 1e-9) ? .optimal : .stopped)
  }
}

/// The state of a search for the prices that clear all margins.
struct MarginPriceSearch {
  let problem: MarginProjection
  let classes: PriceClasses
  /// By margin id.
  let lower: [Double]
  let upper: [Double]
  let hasRanges: Bool
  /// Σ f over the cells of each margin: its curvature where no bound holds.
  let fullCurvature: [Double]
  private(set) var prices: [Double]
  var iterations = 0

  // What `evaluate` finds at the prices. By class:
  private(set) var classPrice: [Double]
  private(set) var amount: [Double]
  private(set) var inside: [Double]
  /// dx/d(price).
  private(set) var response: [Double]
  // By margin id:
  private(set) var values: [Double]
  /// What each margin still lacks; 0 where its range is met at a price of zero.
  private(set) var residuals: [Double]
  /// The largest |residual| relative to its total.
  private(set) var error = Double.infinity
  private let scale: [Double]

  init(_ problem: MarginProjection) {
    self.problem = problem
    let classes = PriceClasses(problem)
    self.classes = classes
    lower = problem.families.flatMap(\.lower)
    upper = problem.families.flatMap(\.upper)
    hasRanges = zip(lower, upper).contains { $0 != $1 }
    let empty = [Double](repeating: 0, count: classes.marginCount)
    (prices, values, residuals) = (empty, empty, empty)
    let emptyClass = [Double](repeating: 0, count: classes.count)
    (classPrice, amount, inside, response) = (emptyClass, emptyClass, emptyClass, emptyClass)
    var full = empty
    for index in 0..<classes.count {
      var sum = 0.0
      for position in classes.start[index]..<classes.start[index + 1] { sum += classes.reference[position] }
      for margin in classes.marginRange(index) where margin >= 0 { full[Int(margin)] += sum }
    }
    fullCurvature = full
    let sizes = zip(lower, upper).map { low, high in
      max(low.isFinite ? abs(low) : 0, high.isFinite ? abs(high) : 0)
    }
    let mean = sizes.reduce(0, +) / Double(max(1, sizes.count))
    scale = sizes.map { max($0, 1e-3 * mean, .leastNormalMagnitude) }
  }

  /// The end of its range that a margin has to meet.
  func target(_ margin: Int, price: Double, value: Double) -> Double {
    if price > 0 { return lower[margin] }
    if price < 0 { return upper[margin] }
    return min(max(value, lower[margin]), upper[margin])
  }

  mutating func begin(at start: [[Double]]) {
    let flat = start.flatMap { $0 }
    guard flat.count == prices.count, flat.isAllFinite else { return }
    for margin in prices.indices {
      // A price on an end that the range does not have means nothing.
      let hasEnd = flat[margin] >= 0 ? lower[margin] > -.infinity : upper[margin] < .infinity
      prices[margin] = hasEnd ? flat[margin] : 0
    }
  }

  // MARK: Evaluation

  /// Amounts, margins and residuals at the prices.
  mutating func evaluate() {
    for index in values.indices { values[index] = 0 }
    for index in 0..<classes.count {
      var price = 0.0
      for margin in classes.marginRange(index) where margin >= 0 { price += prices[Int(margin)] }
      let s = classes.ratio(price)
      let total = classes.total(index, ratio: s)
      (classPrice[index], amount[index], inside[index]) = (price, total.amount, total.inside)
      response[index] = classes.curvature(total.inside, ratio: s)
      for margin in classes.marginRange(index) where margin >= 0 { values[Int(margin)] += total.amount }
    }
    error = 0
    for margin in values.indices {
      residuals[margin] = target(margin, price: prices[margin], value: values[margin]) - values[margin]
      error = max(error, abs(residuals[margin]) / scale[margin])
    }
  }

  /// The dual at the prices: Σ D − Σ price · amount + Σ price · target.
  private func dualValue() -> Double {
    var value = 0.0
    for index in 0..<classes.count {
      value += classes.distance(index, ratio: classes.ratio(classPrice[index])) - classPrice[index] * amount[index]
    }
    for margin in prices.indices where prices[margin] != 0 {
      value += prices[margin] * target(margin, price: prices[margin], value: values[margin])
    }
    return value
  }

  // MARK: Newton

  /// One Newton iteration; returns 1 where it halved the error, else the length of the step up to a half, 0 where none
  /// helped.
  mutating func newtonStep() -> Double {
    let free = residuals.indices.map { residuals[$0] != 0 || prices[$0] != 0 || lower[$0] == upper[$0] }
    guard let direction = MarginNewtonSystem(self, free: free).direction() else { return 0 }
    let (oldPrices, oldError) = (prices, error)
    let slope = zip(direction, residuals).reduce(0) { $0 + $1.0 * $1.1 }
    guard slope > 0, slope.isFinite else { return 0 }
    let step = hasRanges ? projectedStep(direction) : bracketedStep(direction, slope)
    if step == 0 {
      prices = oldPrices
      evaluate()
      return 0
    }
    return error <= 0.5 * oldError ? 1 : min(step, 0.5)
  }

  /// Moves along the direction; a price of a range stops at zero rather than change its sign.
  private mutating func move(from old: [Double], _ direction: [Double], _ step: Double) {
    for margin in prices.indices {
      var price = old[margin] + step * direction[margin]
      if lower[margin] != upper[margin] {
        if old[margin] * price < 0 { price = 0 }
        if price > 0 && lower[margin] == -.infinity || price < 0 && upper[margin] == .infinity { price = 0 }
      }
      prices[margin] = price
    }
    evaluate()
  }

  /// Armijo's rule along the projected path.
  private mutating func projectedStep(_ direction: [Double]) -> Double {
    let (old, oldError, start, oldResiduals) = (prices, error, dualValue(), residuals)
    let noise = 1e-14 * zip(old, values).reduce(abs(start)) { $0 + abs($1.0 * $1.1) }
    var step = 1.0
    for _ in 0..<30 {
      move(from: old, direction, step)
      if error <= 0.5 * oldError { return step }
      var ascent = 0.0
      for margin in old.indices { ascent += oldResiduals[margin] * (prices[margin] - old[margin]) }
      let value = dualValue()
      if value.isFinite, value >= start + 1e-4 * ascent - noise, ascent > noise || value > start { return step }
      step *= 0.4
    }
    return 0
  }

  /// The step at which the slope of the dual, which only falls, has lost most of its size.
  private mutating func bracketedStep(_ direction: [Double], _ slope: Double) -> Double {
    let (old, oldError) = (prices, error)
    var (below, above) = ((step: 0.0, slope: slope), (step: Double.infinity, slope: -Double.infinity))
    var step = 1.0
    for attempt in 0..<40 {
      move(from: old, direction, step)
      if error <= 0.5 * oldError { return step }
      var now = 0.0
      for margin in prices.indices { now += direction[margin] * residuals[margin] }
      if now >= 0 && now <= 0.5 * slope { return step }
      if now > 0 { below = (step, now) } else { above = (step, now) }
      if above.step == .infinity {
        if attempt > 20 { return step }
        step *= 4
      } else {
        // Regula falsi, held away from the ends of the bracket.
        let share = above.slope.isFinite ? below.slope / (below.slope - above.slope) : 0.1
        step = below.step + min(max(share, 0.05), 0.9) * (above.step - below.step)
      }
      if above.step.isFinite, above.step - below.step <= 1e-12 * above.step { break }
    }
    guard below.step > 0 else { return 0 }
    move(from: old, direction, below.step)
    return below.step
  }

  // MARK: Coordinate ascent

  /// Clears every margin alone, one after the other.
  mutating func sweep() {
    for margin in prices.indices {
      let price = clearingPrice(margin)
      let change = price - prices[margin]
      guard change != 0 else { continue }
      prices[margin] = price
      for place in classes.memberStart[margin]..<classes.memberStart[margin + 1] {
        classPrice[Int(classes.members[place])] += change
      }
    }
  }

  private func value(of margin: Int, shift: Double) -> (amount: Double, curvature: Double) {
    var (sum, curvature) = (0.0, 0.0)
    for place in classes.memberStart[margin]..<classes.memberStart[margin + 1] {
      let index = Int(classes.members[place])
      let s = classes.ratio(classPrice[index] + shift)
      let total = classes.total(index, ratio: s)
      sum += total.amount
      curvature += classes.curvature(total.inside, ratio: s)
    }
    return (sum, curvature)
  }

  /// The price at which the margin meets its target while all others keep theirs: Newton inside a bracket.
  private func clearingPrice(_ margin: Int) -> Double {
    let old = prices[margin]
    var goal = lower[margin]
    if lower[margin] != upper[margin] {
      let free = value(of: margin, shift: -old).amount
      if free >= lower[margin] && free <= upper[margin] { return 0 }
      goal = free < lower[margin] ? lower[margin] : upper[margin]
    }
    var (low, high, price, span) = (-Double.infinity, Double.infinity, old, 0.25)
    for _ in 0..<80 {
      let here = value(of: margin, shift: price - old)
      let missing = goal - here.amount
      if abs(missing) <= 1e-13 * scale[margin] { break }
      if missing > 0 { low = price } else { high = price }
      var next = here.curvature > 1e-9 * fullCurvature[margin] ? price + missing / here.curvature : .nan
      if !(next > low && next < high) || abs(next - price) > 4 * span {
        if low > -.infinity && high < .infinity {
          next = low + (high - low) / 2
        } else {
          next = missing > 0 ? price + span : price - span
          span *= 2
        }
      }
      if next == price || abs(next) > 1e15 { break }
      price = next
    }
    return price
  }

  // MARK: Proofs

  /// Margins that the bounds of their own cells exclude.
  func impossibleMargins() -> [MarginProjection.MarginIndex]? {
    let ranges = classRanges()
    for margin in prices.indices {
      var (least, most) = (0.0, 0.0)
      for place in classes.memberStart[margin]..<classes.memberStart[margin + 1] {
        least += ranges.least[Int(classes.members[place])]
        most += ranges.most[Int(classes.members[place])]
      }
      let slack = 1e-9 * scale[margin]
      if least > upper[margin] + slack || most < lower[margin] - slack { return [index(of: margin)] }
    }
    return nil
  }

  /// The margins with a price in a proof that no amounts meet them all; nil where the prices prove nothing.
  ///
  /// Farkas: for any prices u, every feasible x has Σ uₖ·(margin k) ≥ Σ uₖ·targetₖ; where even the best amounts within
  /// the bounds stay below that, there is none.
  func farkasProof() -> [MarginProjection.MarginIndex]? {
    let ranges = classRanges()
    let largest = prices.reduce(0) { max($0, abs($1)) }
    guard largest > 0, largest.isFinite else { return nil }
    var (demanded, possible, size) = (0.0, 0.0, 0.0)
    for margin in prices.indices where prices[margin] != 0 {
      let term = prices[margin] * target(margin, price: prices[margin], value: 0)
      demanded += term
      size += abs(term)
    }
    for index in 0..<classes.count where abs(classPrice[index]) > 1e-12 * largest {
      possible += classPrice[index] * (classPrice[index] > 0 ? ranges.most[index] : ranges.least[index])
    }
    guard demanded - possible > 1e-9 * size else { return nil }
    return prices.indices.filter { abs(prices[$0]) > 1e-6 * largest }.map(index(of:))
  }

  /// The least and the most that each class can amount to.
  private func classRanges() -> (least: [Double], most: [Double]) {
    var (least, most) = (classes.fixed, classes.fixed)
    let isNonNegative = problem.distance == .kullbackLeibler
    for index in 0..<classes.count {
      for position in classes.start[index]..<classes.start[index + 1] where classes.reference[position] > 0 {
        // Kullback-Leibler amounts are never negative.
        let low = isNonNegative ? max(0, classes.low[position]) : classes.low[position]
        least[index] += low * classes.reference[position]
        most[index] += classes.high[position] * classes.reference[position]
      }
    }
    return (least, most)
  }

  func index(of margin: Int) -> MarginProjection.MarginIndex {
    let family = classes.familyStart.lastIndex { $0 <= margin && margin < classes.marginCount } ?? 0
    return MarginProjection.MarginIndex(family: family, margin: margin - classes.familyStart[family])
  }

  // MARK: Result

  func solution(_ status: MarginProjectionSolution.Status) -> MarginProjectionSolution {
    var amounts = [Double](repeating: 0, count: problem.reference.count)
    var objective = 0.0
    for index in 0..<classes.count {
      let s = classes.ratio(classPrice[index])
      objective += classes.distance(index, ratio: s)
      for position in classes.start[index]..<classes.start[index + 1] {
        let cell = Int(classes.cells[position])
        // A bound is met exactly, not up to the rounding of its ratio.
        amounts[cell] =
          classes.reference[position] == 0
          ? problem.valueWithoutReference(cell)
          : s <= classes.low[position]
            ? problem.lower[cell] : s >= classes.high[position] ? problem.upper[cell] : classes.reference[position] * s
      }
    }
    var bound = objective
    for margin in prices.indices where prices[margin] != 0 {
      bound += prices[margin] * (target(margin, price: prices[margin], value: 0) - values[margin])
    }
    let perFamily = (0..<classes.familyCount).map {
      Array(prices[classes.familyStart[$0]..<classes.familyStart[$0 + 1]])
    }
    return MarginProjectionSolution(
      status: status, amounts: amounts, objective: objective, bound: bound, prices: perFamily, largestError: error,
      iterations: iterations)
  }
}

extension PriceClasses {
  /// The margin ids of a class, −1 for none.
  @inline(__always)
  func marginRange(_ index: Int) -> ArraySlice<Int32> { margins[index * familyCount..<(index + 1) * familyCount] }
}
