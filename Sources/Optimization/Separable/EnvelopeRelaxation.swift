/// A separable allocation over the concave envelopes of its items on parts of their domains.
protocol EnvelopeRelaxation {
  /// Restricts an item to `lower...upper` from now on.
  mutating func restrict(_ item: Int, to bounds: ItemBounds)
  /// The best amounts over the envelopes; nil where no amounts satisfy the limits.
  mutating func relax() throws(AllocationError) -> RelaxedAllocation?
  /// The value of the item's envelope at x, and the chord over x if there is one.
  func envelopeValue(_ item: Int, at x: Double) -> Double
  func chord(_ item: Int, over x: Double) -> (from: Double, to: Double)?
  func bounds(of item: Int) -> ItemBounds
  /// The items that may lie on a chord.
  var curvedItems: [Int] { get }
}

struct ItemBounds: Hashable {
  var lower: Double
  var upper: Double
}

struct RelaxedAllocation {
  var amounts: [Double]
  /// No amounts in the restricted domains are better.
  var bound: Double
  var prices: LimitPrices
}

/// Relaxations in a tree: by prices.
struct TreeRelaxation: EnvelopeRelaxation {
  let problem: SeparableAllocation
  private var tree: NestedTree
  private var positionOf: [Int: Int] = [:]
  let curvedItems: [Int]
  private var lastPrice: Double?
  /// Over the whole domains: parts of them are cut out of these.
  private let whole: [ConcaveEnvelope?]

  init(_ problem: SeparableAllocation, _ tree: NestedTree) {
    self.problem = problem
    self.tree = tree
    whole = tree.envelopes
    var curved: [Int] = []
    for node in tree.groupAt.indices {
      for form in [NestedTree.Form.sCurve, .envelope] {
        for position in tree.range(node, form) {
          positionOf[tree.itemAt[position]] = position
          curved.append(tree.itemAt[position])
        }
      }
    }
    curvedItems = curved
  }

  mutating func restrict(_ item: Int, to bounds: ItemBounds) {
    guard let position = positionOf[item] else { return }
    tree.restrict(position, from: bounds.lower, to: bounds.upper, problem, whole: whole.isEmpty ? nil : whole[position])
  }

  mutating func relax() -> RelaxedAllocation? {
    guard tree.hasRoom(tolerance: 1e-12 * problem.groups[0].cap) else { return nil }
    tree.clear(start: lastPrice)
    lastPrice = tree.price[0] > 0 ? tree.price[0] : nil
    var prices = LimitPrices(groups: zeros(problem.groups.count), crossings: [], linear: [])
    for (node, group) in tree.groupAt.enumerated() {
      prices.groups[group] = tree.price[node] - (node == 0 ? tree.valueOfUnspent : tree.price[tree.parent[node]])
    }
    return RelaxedAllocation(amounts: problem.amounts(of: tree), bound: tree.bound(problem), prices: prices)
  }

  func envelopeValue(_ item: Int, at x: Double) -> Double {
    guard let position = positionOf[item] else { return problem.function(of: item).value(at: x) }
    if !tree.curves.isEmpty, tree.curves[position].isUsed { return tree.curves[position].value(at: x) }
    return tree.envelopes[position]?.value(at: x) ?? 0
  }

  func chord(_ item: Int, over x: Double) -> (from: Double, to: Double)? {
    guard let position = positionOf[item] else { return nil }
    if !tree.curves.isEmpty, tree.curves[position].isUsed {
      let curve = tree.curves[position]
      return x > curve.lower && x < curve.tangent ? (curve.lower, curve.tangent) : nil
    }
    return tree.envelopes[position]?.chord(over: x).map { ($0.from, $0.to) }
  }

  func bounds(of item: Int) -> ItemBounds {
    guard let position = positionOf[item] else {
      return ItemBounds(lower: problem.itemLowers[item], upper: problem.itemUppers[item])
    }
    return ItemBounds(lower: tree.lower[position], upper: tree.upper[position])
  }
}

extension NestedTree {
  mutating func restrict(
    _ position: Int, from lower: Double, to upper: Double, _ problem: SeparableAllocation, whole: ConcaveEnvelope?
  ) {
    if !curves.isEmpty, curves[position].isUsed {
      curves[position].restrict(from: lower, to: upper)
      (self.lower[position], self.upper[position]) = (lower, upper)
    } else if let whole {
      let envelope = whole.restricted(on: problem.domains[itemAt[position]] ?? .everything, from: lower, to: upper)
      envelopes[position] = envelope
      (self.lower[position], self.upper[position]) = (envelope.lower, envelope.upper)
    }
  }

  /// Whether the bounds of items, as they stand, leave amounts within the limits of groups.
  func hasRoom(tolerance: Double) -> Bool {
    var (leastOf, mostOf) = (zeros(groupAt.count), zeros(groupAt.count))
    for node in groupAt.indices.reversed() {
      for position in items(of: node) {
        guard lower[position] <= upper[position] else { return false }
        leastOf[node] += lower[position]
        mostOf[node] += upper[position]
      }
      guard leastOf[node] <= cap[node] + tolerance, mostOf[node] >= floor[node] - tolerance else { return false }
      guard node > 0 else { break }
      leastOf[parent[node]] += max(leastOf[node], floor[node])
      mostOf[parent[node]] += min(mostOf[node], cap[node])
    }
    return true
  }
}

/// Relaxations with crossing sets or linear limits: by linear programs over tangents.
struct TangentRelaxation<S: Solver>: EnvelopeRelaxation {
  let problem: SeparableAllocation
  private let solver: S
  private var refinement: TangentRefinement
  let curvedItems: [Int]

  init(_ problem: SeparableAllocation, _ solver: S) {
    self.problem = problem
    self.solver = solver
    refinement = TangentRefinement(problem)
    curvedItems = problem.items.indices.filter { index in
      switch problem.families[index] {
      case .generalHill, .logistic, .composed: true
      case .zero, .logarithm, .exponentialSaturation, .hill, .power: problem.domains[index] != nil
      }
    }
  }

  mutating func restrict(_ item: Int, to bounds: ItemBounds) {
    refinement.restrict(item, from: bounds.lower, to: bounds.upper)
  }

  mutating func relax() throws(AllocationError) -> RelaxedAllocation? {
    guard let solved = try refinement.solve(with: solver) else { return nil }
    return RelaxedAllocation(amounts: solved.amounts, bound: solved.bound, prices: solved.prices)
  }

  func envelopeValue(_ item: Int, at x: Double) -> Double { refinement.envelopes[item].value(at: x) }

  func chord(_ item: Int, over x: Double) -> (from: Double, to: Double)? {
    refinement.envelopes[item].chord(over: x).map { ($0.from, $0.to) }
  }

  func bounds(of item: Int) -> ItemBounds {
    ItemBounds(lower: refinement.envelopes[item].lower, upper: refinement.envelopes[item].upper)
  }
}
