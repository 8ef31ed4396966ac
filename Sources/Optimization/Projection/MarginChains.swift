/// The margins of a projection as two trees over its classes, where there are such: the margins of a tree are nested or
/// share no class. Whole amounts are then a circulation that goes down the first tree, through a class, and up the
/// second; with whole ranges on the arcs, the cheapest one is whole.
///
/// Cost: families² · classes to find the trees; the network has an arc per margin and class.
/// Source: Cox & Ernst, "Controlled rounding" (INFOR 20, 1982), who round tables with subtotals this way.
struct MarginChains {
  private let classes: PriceClasses
  /// By family: the tree that it belongs to.
  private let isSecond: [Bool]
  /// By margin: the smallest margin of the same tree that holds all its classes.
  private var parents: [Int?]

  /// Nil where the families need more than two trees.
  init?(_ classes: PriceClasses) {
    self.classes = classes
    let sizes = (0..<classes.marginCount).map { classes.memberStart[$0 + 1] - classes.memberStart[$0] }
    // 1. Margins that hold others, and families that cross.
    var holders = [[Int]](repeating: [], count: classes.marginCount)
    var crossing = [[Int]](repeating: [], count: classes.familyCount)
    for later in 0..<classes.familyCount {
      for earlier in 0..<later {
        var cross = false
        for (pair, common) in Self.overlaps(earlier, later, classes) {
          // Of two equal margins the earlier holds the later.
          if common == sizes[pair.later] {
            holders[pair.later].append(pair.earlier)
          } else if common == sizes[pair.earlier] {
            holders[pair.earlier].append(pair.later)
          } else {
            cross = true
          }
        }
        guard cross else { continue }
        crossing[earlier].append(later)
        crossing[later].append(earlier)
      }
    }
    // 2. Families that cross belong to different trees.
    guard let isSecond = Self.twoColours(crossing) else { return nil }
    self.isSecond = isSecond
    // 3. The smallest holder in the same tree.
    parents = holders.indices.map { margin in
      let own = isSecond[classes.family(of: margin)]
      let inTree = holders[margin].filter { isSecond[classes.family(of: $0)] == own }
      return inTree.min { (sizes[$0], -$0) < (sizes[$1], -$1) }
    }
  }

  private struct MarginPair: Hashable {
    var earlier: Int
    var later: Int
  }

  /// How many classes the margins of two families have in common, where they have any.
  private static func overlaps(_ earlier: Int, _ later: Int, _ classes: PriceClasses) -> [MarginPair: Int] {
    var counts: [MarginPair: Int] = [:]
    for index in 0..<classes.count {
      let place = index * classes.familyCount
      let (one, other) = (classes.margins[place + earlier], classes.margins[place + later])
      if one >= 0 && other >= 0 { counts[MarginPair(earlier: Int(one), later: Int(other)), default: 0] += 1 }
    }
    return counts
  }

  /// Colours such that neighbours differ; nil where an odd cycle forbids it.
  private static func twoColours(_ neighbours: [[Int]]) -> [Bool]? {
    var colours = [Bool?](repeating: nil, count: neighbours.count)
    for start in neighbours.indices where colours[start] == nil {
      colours[start] = false
      var pending = [start]
      while let node = pending.popLast() {
        for next in neighbours[node] {
          if colours[next] == colours[node] { return nil }
          if colours[next] == nil {
            colours[next] = colours[node] == false
            pending.append(next)
          }
        }
      }
    }
    return colours.map { $0 ?? false }
  }

  /// What a class may take: whole numbers of a range, as near to its exact amount as can be.
  struct Window {
    var exact: Double
    /// The whole number below, inside the range.
    var base: Double
    var range: ClosedRange<Double>

    private var above: Double { min(base + 1, range.upperBound) }

    var nearest: Double { exact - base > 0.5 ? above : base }

    /// |x − exact| as a sum of convex pieces: up to the number below, the unit that holds the amount, and beyond.
    var pieces: [(lower: Double, upper: Double, slope: Double)] {
      [
        (range.lowerBound, base, -1), (0, above - base, min(1, max(-1, 1 - 2 * (exact - base)))),
        (0, range.upperBound - above, 1),
      ]
    }
  }

  /// The whole amounts of classes nearest to their exact ones, Σ |x − exact|, such that every margin is in its range;
  /// nil where the windows hold none.
  func nearest(_ windows: [Window], _ problem: MarginProjection) -> [Double]? {
    let end = classes.marginCount
    var flow = NetworkFlow(supplies: [Double](repeating: 0, count: end + 1))
    var owner: [Int] = []
    var amounts = [Double](repeating: 0, count: windows.count)
    for (index, window) in windows.enumerated() {
      let (from, to) = (leaf(index, second: false), leaf(index, second: true))
      guard from != to else {
        amounts[index] = window.nearest
        continue
      }
      for piece in window.pieces where piece.lower != 0 || piece.upper != 0 {
        flow.arcs.append(.init(from: from, to: to, lower: piece.lower, upper: piece.upper, cost: piece.slope))
        owner.append(index)
      }
    }
    for margin in 0..<classes.marginCount {
      let place = classes.family(of: margin)
      let family = problem.families[place]
      let members = classes.members[classes.memberStart[margin]..<classes.memberStart[margin + 1]]
      let least = members.reduce(0) { $0 + windows[Int($1)].range.lowerBound }
      let most = members.reduce(0) { $0 + windows[Int($1)].range.upperBound }
      let (low, high) = (
        family.lower[margin - classes.familyStart[place]], family.upper[margin - classes.familyStart[place]]
      )
      let (lower, upper) = (max(least, (low - 1e-9).rounded(.up)), min(most, (high + 1e-9).rounded(.down)))
      guard lower <= upper else { return nil }
      let above = parents[margin] ?? end
      let (from, to) = isSecond[place] ? (margin, above) : (above, margin)
      flow.arcs.append(.init(from: from, to: to, lower: lower, upper: upper, cost: 0))
    }
    guard flow.defect == nil, let answer = try? flow.solve(), answer.status == .optimal else { return nil }
    for (arc, index) in owner.enumerated() { amounts[index] += answer.flows[arc].rounded() }
    return amounts
  }

  /// The smallest margin of a tree that holds a class; the end of the circulation where there is none.
  private func leaf(_ index: Int, second: Bool) -> Int {
    let own = classes.margins[index * classes.familyCount..<(index + 1) * classes.familyCount]
    let inTree = zip(own, isSecond).filter { $0 >= 0 && $1 == second }.map { Int($0.0) }
    return inTree.min { (size($0), -$0) < (size($1), -$1) } ?? classes.marginCount
  }

  private func size(_ margin: Int) -> Int { classes.memberStart[margin + 1] - classes.memberStart[margin] }
}
