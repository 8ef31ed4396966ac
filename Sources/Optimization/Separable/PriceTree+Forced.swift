extension SeparableAllocation {
  /// Checks floors against caps from the leaves up. Where a group can only be at the least (or the most) that its parts
  /// allow, fixes the parts: no finite price would hold a steep function at zero.
  func fixForced(_ tree: inout PriceTree) throws(AllocationError) {
    let tolerance = 1e-12 * groups[0].cap
    var positionOf = [Int](repeating: 0, count: items.count)
    for (position, item) in tree.itemAt.enumerated() { positionOf[item] = position }
    for position in tree.lower.indices {
      guard tree.lower[position] <= tree.upper[position] + tolerance else { throw .infeasible }
      tree.upper[position] = max(tree.lower[position], tree.upper[position])
    }
    for set in crossings {
      let positions = set.items.map { positionOf[$0] }
      let least = positions.reduce(0) { $0 + tree.lower[$1] }
      let most = positions.reduce(0) { $0 + tree.upper[$1] }
      guard set.floor <= set.cap + tolerance, least <= set.cap + tolerance, most >= set.floor - tolerance else {
        throw .infeasible
      }
      if least >= set.cap { for position in positions { tree.upper[position] = tree.lower[position] } }
      if most <= set.floor { for position in positions { tree.lower[position] = tree.upper[position] } }
    }
    let nodes = tree.groupAt.count
    var least = zeros(nodes)
    var most = zeros(nodes)
    for node in (0..<nodes).reversed() {
      for position in tree.firstItem[node]..<tree.firstItem[node + 1] {
        least[node] += tree.lower[position]
        most[node] += tree.upper[position]
      }
      guard tree.floor[node] <= tree.cap[node] + tolerance, least[node] <= tree.cap[node] + tolerance,
        most[node] >= tree.floor[node] - tolerance
      else { throw .infeasible }
      least[node] = max(least[node], tree.floor[node])
      most[node] = min(most[node], tree.cap[node])
      if node > 0 {
        least[tree.parent[node]] += least[node]
        most[tree.parent[node]] += most[node]
      }
    }
    for node in 0..<nodes {
      let parts = tree.partSums(of: node, least: least, most: most)
      let atLeast = tree.cap[node] <= parts.least
      guard atLeast || tree.floor[node] >= parts.most else { continue }
      for position in tree.firstItem[node]..<tree.firstItem[node + 1] {
        if atLeast { tree.upper[position] = tree.lower[position] } else { tree.lower[position] = tree.upper[position] }
      }
      for child in node + 1..<tree.end[node] where tree.parent[child] == node {
        if atLeast { tree.cap[child] = least[child] } else { tree.floor[child] = most[child] }
      }
      // Its parts now say the same: the limit needs no price.
      (tree.floor[node], tree.cap[node]) = (-.infinity, .infinity)
    }
  }
}

extension PriceTree {
  /// The least and the most that a node's items and children can take together, its own limits aside.
  func partSums(of node: Int, least: [Double], most: [Double]) -> (least: Double, most: Double) {
    var sums = (least: 0.0, most: 0.0)
    for position in firstItem[node]..<firstItem[node + 1] {
      sums.least += lower[position]
      sums.most += upper[position]
    }
    for child in node + 1..<end[node] where parent[child] == node {
      sums.least += least[child]
      sums.most += most[child]
    }
    return sums
  }
}

extension SeparableAllocation {
  /// Drops caps of groups that the caps of crossing sets imply: held together, their prices would not be unique, and
  /// Newton's method would have no direction between them.
  func dropImpliedCaps(_ tree: inout PriceTree) {
    // Every item counts for the first set that has it, or for its own bound.
    var setOf = [Int](repeating: -1, count: itemCount)
    for (index, set) in crossings.enumerated() { for item in set.items where setOf[item] < 0 { setOf[item] = index } }
    for node in tree.groupAt.indices where tree.cap[node].isFinite {
      var through = zeros(crossings.count)
      var most = 0.0
      for position in tree.firstItem[node]..<tree.firstItem[tree.end[node]] {
        let set = setOf[tree.itemAt[position]]
        if set < 0 { most += tree.upper[position] } else { through[set] += tree.upper[position] }
      }
      for (index, set) in crossings.enumerated() { most += min(set.cap, through[index]) }
      if most <= tree.cap[node] { tree.cap[node] = .infinity }
    }
  }
}
