/// Best-first branch and bound over the parts of items' domains, for items that are not concave.
///
/// A relaxation over concave envelopes leaves few items on a chord: one per price that is set. Splitting such an item's
/// domain where the curve turns (or between two of its points) makes both parts' envelopes closer; every relaxation's
/// amounts are feasible for S-curves, and better ones come from a local problem in which every item stays on the part
/// of its curve where it is.
///
/// Identical items are kept in order: of two items with the same function, bounds and group the earlier one gets no
/// less, so that a split of one says something about all the others.
///
/// Source: Falk & Soland, "An algorithm for separable nonconvex programming problems" (Management Science 15, 1969).
struct EnvelopeSearch<Relaxation: EnvelopeRelaxation> {
  private struct Node {
    var parent: Int
    var changes: [(item: Int, bounds: ItemBounds)]
    var bound: Double
    /// The split that the relaxation asks for.
    var split: Split
  }

  private struct Split {
    var item: Int
    var below: Double
    var above: Double
  }

  private let problem: SeparableAllocation
  private var relaxation: Relaxation
  private let tolerance: Double
  private let maximumNodes: Int
  private let base: [Int: ItemBounds]
  private var changed: [Int: ItemBounds] = [:]
  /// Items → the ones that are identical to them, in order; only where there are any.
  private let twins: [Int: [Int]]
  private var nodes: [Node] = []
  private var open = BoundHeap()
  private var relaxations = 0
  private var best: (objective: Double, magnitude: Double, amounts: [Double], prices: LimitPrices)?
  /// The largest bound of what was given up within the tolerance.
  private var closedBound = -Double.infinity

  init(_ problem: SeparableAllocation, _ relaxation: Relaxation, _ limits: SolverLimits) {
    self.problem = problem
    self.relaxation = relaxation
    tolerance = max(limits.relativeGap, 1e-13)
    maximumNodes = limits.nodes ?? max(200, 2_000_000 / max(1, problem.itemCount))
    var base: [Int: ItemBounds] = [:]
    for item in relaxation.curvedItems { base[item] = relaxation.bounds(of: item) }
    self.base = base
    twins = problem.twins(among: relaxation.curvedItems)
  }

  mutating func solve() throws(AllocationError) -> SeparableSolution {
    // 1. The root.
    let root = try evaluate(parent: -1, changes: [])
    guard root || best != nil else { throw .infeasible }
    // 2. The most promising part first.
    var unfinished = -Double.infinity
    while let index = open.popFirst() {
      let node = nodes[index]
      if isClosed(node.bound) {
        closedBound = max(closedBound, node.bound)
        continue
      }
      if relaxations >= maximumNodes {
        unfinished = max(unfinished, node.bound)
        break
      }
      let split = node.split
      let ordered = twins[split.item] ?? [split.item]
      let place = ordered.firstIndex(of: split.item) ?? 0
      // Below for it and its later twins; above for it and its earlier ones.
      _ = try evaluate(
        parent: index, changes: ordered[place...].map { ($0, .init(lower: -.infinity, upper: split.below)) })
      _ = try evaluate(
        parent: index, changes: ordered[...place].map { ($0, .init(lower: split.above, upper: .infinity)) })
    }
    guard let best else { throw unfinished > -.infinity ? .noWholeUnits : .infeasible }
    var solution = SeparableSolution(
      problem, amounts: best.amounts, bound: max(best.objective, closedBound, unfinished), prices: best.prices,
      method: .search)
    solution.nodes = relaxations
    if problem.crossings.isEmpty, problem.linearLimits.isEmpty { solution.setLocalPrices() }
    return solution
  }

  private func isClosed(_ bound: Double) -> Bool {
    guard let best else { return false }
    // Relative also where all values are far below 1.
    return bound <= best.objective + tolerance * max(min(1, best.magnitude), abs(best.objective))
  }

  /// Relaxes a part; keeps it open where it may hold something better. False where it is infeasible.
  private mutating func evaluate(
    parent: Int, changes: [(Int, ItemBounds)]
  ) throws(AllocationError) -> Bool {
    relaxations += 1
    guard let merged = activate(parent, changes) else { return false }
    guard let relaxed = try relaxation.relax() else { return false }
    let bound = parent >= 0 ? min(relaxed.bound, nodes[parent].bound) : relaxed.bound
    consider(relaxed.amounts, relaxed.prices)
    guard !isClosed(bound) else {
      closedBound = max(closedBound, bound)
      return true
    }
    guard let split = split(at: relaxed.amounts) else {
      // Envelope and function agree: these amounts are the best of the part, to rounding.
      closedBound = max(closedBound, bound)
      return true
    }
    let bounds = relaxation.bounds(of: split.item)
    let index = nodes.count
    nodes.append(Node(parent: parent, changes: merged, bound: bound, split: split))
    try polish(relaxed.amounts, around: split, within: bounds)
    if isClosed(bound) { closedBound = max(closedBound, bound) } else { open.insert(index, bound: bound) }
    return true
  }

  /// Puts the items' bounds of a part in place; nil where they exclude one another.
  private mutating func activate(
    _ parent: Int, _ changes: [(Int, ItemBounds)]
  ) -> [(item: Int, bounds: ItemBounds)]? {
    var wanted: [Int: ItemBounds] = [:]
    var path: [Int] = []
    var node = parent
    while node >= 0 {
      path.append(node)
      node = nodes[node].parent
    }
    for node in path.reversed() { for change in nodes[node].changes { wanted[change.item] = change.bounds } }
    var merged: [(item: Int, bounds: ItemBounds)] = []
    for (item, change) in changes {
      guard var bounds = wanted[item] ?? base[item] else { continue }
      bounds.lower = max(bounds.lower, change.lower)
      bounds.upper = min(bounds.upper, change.upper)
      guard bounds.lower <= bounds.upper else { return nil }
      wanted[item] = bounds
      merged.append((item, bounds))
    }
    place(wanted)
    return merged
  }

  private mutating func place(_ wanted: [Int: ItemBounds]) {
    for (item, bounds) in changed where wanted[item] != bounds {
      if wanted[item] == nil, let original = base[item] { relaxation.restrict(item, to: original) }
    }
    for (item, bounds) in wanted where changed[item] != bounds { relaxation.restrict(item, to: bounds) }
    changed = wanted
  }

  private mutating func consider(_ amounts: [Double], _ prices: LimitPrices) {
    let objective = problem.objective(at: amounts)
    guard objective > (best?.objective ?? -.infinity) else { return }
    guard problem.domains.isEmpty || problem.keepsDomains(amounts) else { return }
    let magnitude = amounts.indices.reduce(0) { $0 + abs(problem.function(of: $1).value(at: amounts[$1])) }
    best = (objective, magnitude, amounts, prices)
  }

  /// The item whose envelope is furthest above its function, split where that helps most.
  private func split(at amounts: [Double]) -> Split? {
    var worst = 0.0
    var item: Int?
    for candidate in relaxation.curvedItems {
      let x = amounts[candidate]
      guard relaxation.chord(candidate, over: x) != nil else { continue }
      let gap = relaxation.envelopeValue(candidate, at: x) - problem.function(of: candidate).value(at: x)
      let isOutside = problem.domains[candidate].map { $0.violation(at: x) > 1e-9 * max(1, x) } ?? false
      let weight = isOutside ? max(gap, .leastNormalMagnitude) : gap
      if weight > worst { (worst, item) = (weight, candidate) }
    }
    guard let item, let chord = relaxation.chord(item, over: amounts[item]) else { return nil }
    let bounds = relaxation.bounds(of: item)
    let ends = (problem.domains[item] ?? .everything).split(
      problem.function(of: item), at: amounts[item], lower: bounds.lower, upper: bounds.upper, chord: chord)
    return Split(item: item, below: ends.below, above: ends.above)
  }

  /// Local optima near a relaxation: every item stays on the concave part of its curve where it is, the split one is
  /// tried on either side.
  private mutating func polish(
    _ amounts: [Double], around split: Split, within bounds: ItemBounds
  ) throws(AllocationError) {
    var pattern: [Int: ItemBounds] = [:]
    for item in relaxation.curvedItems where item != split.item {
      pattern[item] = part(of: item, around: amounts[item], relaxation.bounds(of: item))
    }
    let restricted = changed
    for side in [bounds.lower...max(bounds.lower, split.below), min(split.above, bounds.upper)...bounds.upper] {
      let x = side.upperBound == split.below ? side.lowerBound : side.lowerBound
      pattern[split.item] = part(of: split.item, around: x, ItemBounds(lower: side.lowerBound, upper: side.upperBound))
      relaxations += 1
      place(pattern)
      if let relaxed = try relaxation.relax() { consider(relaxed.amounts, relaxed.prices) }
    }
    place(restricted)
  }

  /// The concave piece of an item's curve that holds x; the point itself where there is none.
  private func part(of item: Int, around x: Double, _ bounds: ItemBounds) -> ItemBounds {
    let domain = problem.domains[item] ?? .everything
    if let nearest = domain.nearestStep(to: x, within: bounds) { return ItemBounds(lower: nearest, upper: nearest) }
    let pieces = domain.pieces(of: problem.function(of: item), from: bounds.lower, to: bounds.upper)
    if let own = pieces.last(where: { x >= $0.from && x <= $0.to && $0.isConcave }) {
      return ItemBounds(lower: own.from, upper: own.to)
    }
    let nearest = pieces.flatMap { [$0.from, $0.to] }.min { abs($0 - x) < abs($1 - x) } ?? x
    return ItemBounds(lower: nearest, upper: nearest)
  }
}

extension SeparableAllocation {
  func keepsDomains(_ amounts: [Double]) -> Bool {
    domains.allSatisfy { $0.value.violation(at: amounts[$0.key]) <= 1e-9 * max(1, amounts[$0.key]) }
  }

  /// Groups items that are interchangeable, among items in no crossing set or linear limit.
  func twins(among items: [Int]) -> [Int: [Int]] {
    struct Key: Hashable {
      var function: ReturnFunction
      var bounds: ItemBounds
      var group: Int
      var domain: ItemDomain
    }
    guard crossings.isEmpty, linearLimits.isEmpty else { return [:] }
    var classes: [Key: [Int]] = [:]
    for item in items.sorted() {
      let key = Key(
        function: function(of: item), bounds: ItemBounds(lower: itemLowers[item], upper: itemUppers[item]),
        group: itemGroups[item], domain: domains[item] ?? .everything)
      classes[key, default: []].append(item)
    }
    var twins: [Int: [Int]] = [:]
    for members in classes.values where members.count > 1 { for item in members { twins[item] = members } }
    return twins
  }
}

/// Indices of nodes, the largest bound first; of equal bounds the latest.
private struct BoundHeap {
  private var entries: [(bound: Double, index: Int)] = []

  mutating func insert(_ index: Int, bound: Double) {
    entries.append((bound, index))
    var place = entries.count - 1
    while place > 0, isBefore(place, (place - 1) / 2) {
      entries.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func popFirst() -> Int? {
    guard let first = entries.first else { return nil }
    let last = entries.removeLast()
    if !entries.isEmpty {
      entries[0] = last
      var place = 0
      while true {
        var largest = place
        for child in [2 * place + 1, 2 * place + 2] where child < entries.count && isBefore(child, largest) {
          largest = child
        }
        guard largest != place else { break }
        entries.swapAt(place, largest)
        place = largest
      }
    }
    return first.index
  }

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    (entries[a].bound, entries[a].index) > (entries[b].bound, entries[b].index)
  }
}
