import Glibc

/// The tree of a separable allocation without crossing sets, over the concave envelopes of its items: groups in
/// preorder, items in the order of their groups and, inside a group, of the form of their response, all in flat arrays.
///
/// At price λ a group takes clip(Σ of what its parts take at λ, floor, cap). That is all a tree needs: one root for the
/// top, and one more below every group that is held at its floor or cap, where the parts clear at a price of their own.
/// At the slope of a chord an item takes anything between the chord's ends; responses are therefore intervals.
///
/// Source: Hochbaum, "Lower and upper bounds for the allocation problem and other nonlinear optimization problems"
/// (Mathematics of Operations Research 19, 1994); Patriksson & Strömberg, "Algorithms for the continuous nonlinear
/// resource allocation problem" (EJOR 243, 2015) for Newton's method on the price.
struct NestedTree {
  /// The forms of response, in the order in which a node's items lie.
  enum Form: Int, CaseIterable {
    case hill, logarithm, exponential, power, sCurve, envelope
  }

  // Items, by position.
  var itemAt: [Int] = []
  var lower: [Double] = []
  var upper: [Double] = []
  /// x = clip(gain · z + shift); for powers exp of that.
  var gain: [Double] = []
  var shift: [Double] = []
  var amounts: [Double] = []
  /// By position too, where there are such items; otherwise empty.
  var curves: [EnvelopedCurve] = []
  var envelopes: [ConcaveEnvelope?] = []

  // Nodes, in preorder; a subtree is the range node..<end[node].
  var groupAt: [Int] = []
  var nodeOfGroup: [Int] = []
  var parent: [Int] = []
  var end: [Int] = []
  /// The positions of a node's items of a form are segment[6·node + form]..<segment[6·node + form + 1].
  var segment: [Int] = []
  var floor: [Double] = []
  var cap: [Double] = []
  var price: [Double] = []
  /// What a node's parts take at the price last asked for, least and most, its own limits aside.
  var least: [Double] = []
  var most: [Double] = []
  /// By how much that falls per unit of price.
  var weight: [Double] = []

  let valueOfUnspent: Double
  /// The magnitude of prices: the average slope over all items.
  var priceScale = 1.0
  /// The form that most items have: in its z the totals are nearly straight, and Newton's method nearly exact.
  var leading = Form.hill
  /// Evaluations of some subtree at a price, for the record.
  private(set) var evaluations = 0

  var positions: Range<Int> { 0..<itemAt.count }

  func range(_ node: Int, _ form: Form) -> Range<Int> {
    segment[6 * node + form.rawValue]..<segment[6 * node + form.rawValue + 1]
  }

  func items(of node: Int) -> Range<Int> { segment[6 * node]..<segment[6 * node + 6] }

  init(_ problem: SeparableAllocation) throws(AllocationError) {
    valueOfUnspent = problem.valueOfUnspent
    layOut(problem)
    try pinForced(tolerance: 1e-12 * max(problem.groups[0].cap, .leastNormalMagnitude))
    buildEnvelopes(problem)
  }

  // MARK: Prices

  /// Prices every node, and fills `amounts`.
  /// - Parameter start: a price to begin with, of the parent in a search tree.
  mutating func clear(start: Double? = nil) {
    // 1. At the value of what is not spent the root may be within its limits.
    evaluate(0, at: valueOfUnspent)
    let limited = min(max(least[0], floor[0]), cap[0])
    if limited <= most[0], limited >= least[0] {
      assign(0, Clearing(up: valueOfUnspent, down: valueOfUnspent), jump: limited - least[0], share: 0)
      return
    }
    // 2. Otherwise it is held at one of them.
    let target = least[0] > cap[0] ? cap[0] : floor[0]
    settle(0, target: target, start: start ?? max(valueOfUnspent, priceScale))
  }

  /// Two prices between which the target lies: equal, but where no price in floating point hits it.
  struct Clearing {
    /// At which the least is no more than the target.
    var up: Double
    /// At which the most is no less than the target.
    var down: Double
  }

  private mutating func settle(_ top: Int, target: Double, start: Double) {
    let clearing = clearingPrice(top, target: target, start: start)
    if clearing.up != clearing.down {
      evaluate(top, at: clearing.down)
      let mostThere = most[top..<end[top]]
      evaluate(top, at: clearing.up)
      most.replaceSubrange(top..<end[top], with: mostThere)
    }
    let missing = target - least[top]
    let jump = max(0, min(missing, most[top] - least[top]))
    let rest = missing - jump
    assign(top, clearing, jump: jump, share: rest != 0 && weight[top] > 0 ? rest / weight[top] : 0)
  }

  /// Walks a subtree that was evaluated at a price: parts take their least, then from left to right what of `jump` they
  /// can, and their part of what rounding left over. Groups outside their limits are cleared at a price of their own.
  private mutating func assign(_ node: Int, _ clearing: Clearing, jump: Double, share: Double) {
    price[node] = clearing.up
    var jump = jump
    let isSplit = clearing.up != clearing.down
    let prices = PricePowers(clearing.up)
    let pricesBelow = isSplit ? PricePowers(clearing.down) : prices
    for form in Form.allCases {
      for position in range(node, form) {
        let taken = respond(position, form, to: prices)
        var x = taken.least + share * taken.moves
        if jump > 0, isSplit || taken.most > taken.least {
          let most = isSplit ? respond(position, form, to: pricesBelow).most : taken.most
          let extra = max(0, min(jump, most - taken.least))
          x += extra
          jump -= extra
        }
        amounts[position] = min(max(x, lower[position]), upper[position])
      }
    }
    var child = node + 1
    while child < end[node] {
      let (low, high) = (limited(least[child], child), limited(most[child], child))
      let extra = min(jump, high - low)
      jump -= extra
      if least[child] > cap[child] {
        settle(child, target: cap[child], start: clearing.up)
      } else if most[child] < floor[child] {
        settle(child, target: floor[child], start: clearing.up)
      } else {
        let raised = max(0, low - least[child])
        let moves = low == least[child] ? share : 0
        assign(child, clearing, jump: raised + extra, share: moves)
      }
      child = end[child]
    }
  }

  @inline(__always)
  private func limited(_ total: Double, _ node: Int) -> Double { min(max(total, floor[node]), cap[node]) }

  /// Finds the price at which a subtree takes `target`: Newton's method in the z of the leading form, kept inside a
  /// bracket; where a step does not pay, the slope of a chord inside the bracket, or bisection.
  mutating func clearingPrice(_ top: Int, target: Double, start: Double) -> Clearing {
    let tolerance = 2e-16 * max(abs(target), abs(cap[top].isFinite ? cap[top] : 0))
    var (low, high) = (-Double.infinity, Double.infinity)
    var price = start
    var lastExcess = Double.infinity
    for _ in 0..<300 {
      // 1. Evaluate and shrink the bracket.
      evaluate(top, at: price)
      if least[top] <= target + tolerance, most[top] >= target - tolerance { return Clearing(up: price, down: price) }
      let excess = least[top] > target ? least[top] - target : most[top] - target
      if excess > 0 { low = price } else { high = price }
      // 2. Close by, the rest is shared by responsiveness: what is lost that way is the square of what is missing.
      let newton = newtonPrice(from: price, excess: excess, weight: weight[top])
      if abs(excess) <= 64 * tolerance, weight[top] > 0 { return Clearing(up: price, down: price) }
      let paid = abs(excess) <= 0.5 * lastExcess
      lastExcess = abs(excess)
      // 3. The next price.
      if low.isFinite, high.isFinite {
        guard low.nextUp < high else { return Clearing(up: high, down: low) }
        if paid, newton > low, newton < high {
          price = newton
        } else if let chord = middleChord(of: top, between: low, and: high) {
          price = chord
          lastExcess = .infinity
        } else {
          price = middle(low, high)
          lastExcess = .infinity
        }
      } else if newton.isFinite, newton != price, price > 0, newton > price / 64, newton < price * 64 {
        price = newton
      } else {
        price = outward(from: price, rising: excess > 0)
      }
    }
    return high.isFinite
      ? Clearing(up: high, down: max(low, -Double.greatestFiniteMagnitude)) : Clearing(up: price, down: price)
  }

  /// One Newton step: totals are straight lines in z between the bounds of items.
  private func newtonPrice(from price: Double, excess: Double, weight: Double) -> Double {
    guard weight > 0 else { return .nan }
    guard price > 0 else { return price + excess / weight }
    switch leading {
    case .hill:
      let z = 1 / price.squareRoot() - excess / (2 * weight * price * price.squareRoot())
      return z > 0 ? 1 / (z * z) : .nan
    case .logarithm:
      let z = 1 / price - excess / (weight * price * price)
      return z > 0 ? 1 / z : .nan
    case .exponential, .power, .sCurve, .envelope:
      return price * exp(min(max(excess / (weight * price), -40), 40))
    }
  }

  private func outward(from price: Double, rising: Bool) -> Double {
    let least = 1e-12 * priceScale
    if rising { return price > 0 ? max(price, least) * 16 : price < -least ? price / 16 : 1e-6 * priceScale }
    return price > least ? price / 16 : price > 0 ? 0 : min(price, -least) * 16
  }

  private func middleChord(of top: Int, between low: Double, and high: Double) -> Double? {
    guard !curves.isEmpty || !envelopes.isEmpty else { return nil }
    var inside: [Double] = []
    for node in top..<end[top] {
      for position in range(node, .sCurve) {
        let slope = curves[position].jumpPrice
        if slope > low, slope < high { inside.append(slope) }
      }
      for position in range(node, .envelope) {
        guard let envelope = envelopes[position] else { continue }
        for slope in envelope.chords where slope > low && slope < high { inside.append(slope) }
      }
    }
    guard inside.count > 1 else { return inside.first }
    inside.sort()
    return inside[inside.count / 2]
  }

  // MARK: Responses

  /// What a subtree takes at one price, its own floor and cap aside; leaves the totals of all its nodes behind.
  mutating func evaluate(_ top: Int, at price: Double) {
    evaluations += 1
    let prices = PricePowers(price)
    for node in top..<end[top] { (least[node], most[node], weight[node]) = (0, 0, 0) }
    for node in (top..<end[top]).reversed() {
      let start = 6 * node
      var sum = 0.0
      var moves = 0.0
      if price > 0 {
        for form in [Form.hill, .logarithm, .exponential] where !range(node, form).isEmpty {
          let part = affineSums(range(node, form), z: prices.z(form))
          sum += part.amount
          moves += part.activeGain * prices.movesPerGain(form)
        }
        for position in segment[start + 3]..<segment[start + 4] {
          let x = exp(shift[position] - gain[position] * prices.logarithm)
          if x <= lower[position] {
            sum += lower[position]
          } else if x >= upper[position] {
            sum += upper[position]
          } else {
            sum += x
            moves += gain[position] * x * prices.inverse
          }
        }
      } else {
        for position in segment[start]..<segment[start + 4] { sum += upper[position] }
      }
      var jump = 0.0
      for position in segment[start + 4]..<segment[start + 5] {
        let taken = curves[position].respond(to: price, logPrice: prices.logarithm)
        sum += taken.least
        jump += taken.most - taken.least
        moves += taken.moves
      }
      for position in segment[start + 5]..<segment[start + 6] {
        guard let taken = envelopes[position]?.respond(to: price) else { continue }
        sum += taken.least
        jump += taken.most - taken.least
        moves += taken.moves
      }
      least[node] += sum
      most[node] += sum + jump
      weight[node] += moves
      guard node > top else { break }
      let (low, high) = (limited(least[node], node), limited(most[node], node))
      least[parent[node]] += low
      most[parent[node]] += high
      if low == least[node], high == most[node] { weight[parent[node]] += weight[node] }
    }
  }

  private func affineSums(_ range: Range<Int>, z: Double) -> (amount: Double, activeGain: Double) {
    gain.withUnsafeBufferPointer { gain in
      shift.withUnsafeBufferPointer { shift in
        lower.withUnsafeBufferPointer { lower in
          upper.withUnsafeBufferPointer { upper in
            guard let g = gain.baseAddress, let s = shift.baseAddress, let l = lower.baseAddress,
              let u = upper.baseAddress
            else { return (0, 0) }
            return AffineResponse(gain: g, shift: s, lower: l, upper: u).sums(range, z: z)
          }
        }
      }
    }
  }

  /// What one item takes at the price of its node.
  @inline(__always)
  mutating func respond(
    _ position: Int, _ form: Form, to prices: PricePowers
  ) -> (least: Double, most: Double, moves: Double) {
    let x: Double
    let moves: Double
    switch form {
    case .sCurve: return curves[position].respond(to: prices.price, logPrice: prices.logarithm)
    case .envelope:
      return envelopes[position]?.respond(to: prices.price) ?? (lower[position], lower[position], 0)
    case .hill, .logarithm, .exponential:
      x = gain[position] * prices.z(form) + shift[position]
      moves = gain[position] * prices.movesPerGain(form)
    case .power:
      x = exp(shift[position] - gain[position] * prices.logarithm)
      moves = gain[position] * x * prices.inverse
    }
    guard prices.price > 0 else { return (upper[position], upper[position], 0) }
    if x <= lower[position] { return (lower[position], lower[position], 0) }
    if x >= upper[position] { return (upper[position], upper[position], 0) }
    return (x, x, moves)
  }
}

/// The powers of a price in which responses are straight lines.
struct PricePowers {
  let price: Double
  let root: Double
  let inverse: Double
  let logarithm: Double

  init(_ price: Double) {
    self.price = price
    root = price > 0 ? 1 / price.squareRoot() : 0
    inverse = price > 0 ? 1 / price : 0
    logarithm = price > 0 ? log(price) : 0
  }

  @inline(__always)
  func z(_ form: NestedTree.Form) -> Double {
    switch form {
    case .hill: root
    case .logarithm: inverse
    case .exponential, .power, .sCurve, .envelope: -logarithm
    }
  }

  /// −dz/dλ
  @inline(__always)
  func movesPerGain(_ form: NestedTree.Form) -> Double {
    switch form {
    case .hill: 0.5 * root * inverse
    case .logarithm: inverse * inverse
    case .exponential, .power, .sCurve, .envelope: inverse
    }
  }
}

/// A point between two prices that halves their distance, in ratio where both are positive and far apart.
func middle(_ low: Double, _ high: Double) -> Double {
  if low > 0, high > 4 * low { return low.squareRoot() * high.squareRoot() }
  let middle = low + (high - low) / 2
  return middle > low && middle < high ? middle : low.nextUp
}
