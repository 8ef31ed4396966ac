/// Rounds amounts that meet their margins to whole numbers that meet them too.
///
/// Every class of cells (those in the same margins) goes to the whole number below or above its amount; inside a class
/// the units go to the largest remainders.
///
/// With two families of margins this is a flow in a bipartite network with whole capacities, and a whole solution exists
/// whenever a fractional one does: greedy by remainder, then augmenting paths. With more families, or where a range is
/// left by it, it is the cheapest flow through two trees of margins (`MarginChains`), and where the margins make no two
/// trees, an integer program.
///
/// Sources: Bacharach, "Matrix rounding problems" (Management Science 12, 1966); Cox, "A constructive procedure for
/// unbiased controlled rounding" (JASA 82, 1987); largest remainders: Hamilton's method, Balinski & Young,
/// *Fair Representation* (1982).
public struct ControlledRounding {
  private let problem: MarginProjection
  let classes: PriceClasses
  private let amounts: [Double]
  /// By class: the amount, and the least and the most in whole numbers that its cells allow.
  private var exact: [Double]
  private var least: [Double]
  private var most: [Double]

  /// - Parameters:
  ///   - problem: its margins are whole numbers; bounds that are not are taken to the whole numbers inside.
  ///   - amounts: by cell; they meet the margins up to rounding.
  public init(_ problem: MarginProjection, amounts: [Double]) {
    self.problem = problem
    self.amounts = amounts
    classes = PriceClasses(problem)
    exact = [Double](repeating: 0, count: classes.count)
    least = exact
    most = exact
    for index in 0..<classes.count {
      for position in classes.start[index]..<classes.start[index + 1] {
        let cell = Int(classes.cells[position])
        let range = wholeRange(cell)
        exact[index] += amounts[cell]
        least[index] += range.lowerBound
        most[index] += range.upperBound
      }
    }
  }

  /// The whole numbers that a cell may take.
  private func wholeRange(_ cell: Int) -> ClosedRange<Double> {
    let (low, high) = ((problem.lower[cell] - 1e-9).rounded(.up), (problem.upper[cell] + 1e-9).rounded(.down))
    // A pin between two whole numbers leaves none inside: the nearest.
    guard low <= high else { return problem.lower[cell].rounded()...problem.lower[cell].rounded() }
    return low...high
  }

  /// Whole amounts by cell; nil where there are none within one of the exact amounts' classes.
  public func rounded(with solver: some Solver = HiGHSSolver()) throws(SolverError) -> [Double]? {
    let families = independentFamilies()
    var totals: [Double]?
    if families.count <= 2 {
      var flow = RoundingFlow(bases(), remainders: exact.indices.map { exact[$0] - base($0) }) { most[$0] }
      flow.sides = (nodes(families.first), nodes(families.dropFirst().first))
      totals = flow.solve().flatMap { meetsMargins($0) ? $0 : nil }
    }
    if totals == nil {
      let chains = MarginChains(classes)
      for width in [0.0, 1, 3] where totals == nil {
        if let chains {
          totals = chains.nearest(windows(width), problem)
        } else {
          totals = try wholeProgram(width: width, solver)
        }
      }
    }
    return totals.map(spread)
  }

  /// The whole number below a class's amount, inside its cells' bounds; amounts that are whole up to rounding are whole.
  private func base(_ index: Int) -> Double {
    let below = (exact[index] + 1e-9 * max(1, abs(exact[index]) * 1e-3)).rounded(.down)
    return max(least[index], min(most[index], below))
  }

  private func bases() -> [Double] { exact.indices.map(base) }

  // MARK: Families

  /// The families that do not follow from another one: a family whose margins are unions of another's is met with it.
  private func independentFamilies() -> [Int] {
    var kept = Array(problem.families.indices)
    for coarse in problem.families.indices.reversed() {
      if kept.contains(where: { $0 != coarse && isUnion(coarse, of: $0) }) { kept.removeAll { $0 == coarse } }
    }
    return kept.filter { family in
      let margins = problem.families[family]
      // One total over every cell is held by every way to round; ranges mostly are, and are looked at afterwards.
      if margins.lower.count == 1 && !margins.marginOfCell.contains(-1) { return false }
      return zip(margins.lower, margins.upper).contains { $0 == $1 }
    }
  }

  /// Whether whole amounts of the classes meet every margin, ranges included.
  private func meetsMargins(_ totals: [Double]) -> Bool {
    for (place, family) in problem.families.enumerated() {
      for margin in family.lower.indices {
        let id = classes.familyStart[place] + margin
        let members = classes.members[classes.memberStart[id]..<classes.memberStart[id + 1]]
        let sum = members.reduce(0) { $0 + totals[Int($1)] }
        if sum < family.lower[margin] - 1e-6 || sum > family.upper[margin] + 1e-6 { return false }
      }
    }
    return true
  }

  private func isUnion(_ coarse: Int, of fine: Int) -> Bool {
    guard problem.families[fine].lower == problem.families[fine].upper else { return false }
    var parent = [Int32](repeating: -2, count: problem.families[fine].lower.count)
    for (fineMargin, coarseMargin) in zip(problem.families[fine].marginOfCell, problem.families[coarse].marginOfCell) {
      if fineMargin < 0 {
        if coarseMargin >= 0 { return false }
        continue
      }
      if parent[Int(fineMargin)] == -2 { parent[Int(fineMargin)] = coarseMargin }
      if parent[Int(fineMargin)] != coarseMargin { return false }
    }
    return true
  }

  /// One side of the network: the margin of each class and what each has to sum to. Cells outside all margins, or in
  /// one with a range, make one more, which takes what is left of the whole.
  private func nodes(_ family: Int?) -> RoundingFlow.Side {
    let whole = exact.reduce(0, +).rounded()
    guard let family else { return RoundingFlow.Side(nodeOfClass: exact.map { _ in 0 }, totals: [whole]) }
    let (lower, upper) = (problem.families[family].lower, problem.families[family].upper)
    let rest = lower.count
    let labels = exact.indices.map { index -> Int in
      let margin = classes.margins[index * classes.familyCount + family]
      guard margin >= 0 else { return rest }
      let place = Int(margin) - classes.familyStart[family]
      return lower[place] == upper[place] ? place : rest
    }
    let totals = lower.indices.map { lower[$0] == upper[$0] ? lower[$0].rounded() : 0 }
    return RoundingFlow.Side(nodeOfClass: labels, totals: totals + [whole - totals.reduce(0, +)])
  }

  // MARK: Nearest whole amounts

  /// Whole numbers at most `width` beyond the neighbours of each class's amount.
  func windows(_ width: Double) -> [MarginChains.Window] {
    exact.indices.map { index in
      let base = base(index)
      let range = max(least[index], base - width)...min(most[index], base + 1 + width)
      return MarginChains.Window(exact: exact[index], base: base, range: range)
    }
  }

  /// The same by an integer program, whatever the margins.
  func wholeProgram(width: Double, _ solver: some Solver) throws(SolverError) -> [Double]? {
    var program = LinearProgram(.minimise)
    let bases = bases()
    for (index, window) in windows(width).enumerated() {
      let step = program.addVariable(
        lower: window.range.lowerBound - bases[index], upper: window.range.upperBound - bases[index], isInteger: true)
      // |base + step − exact| through a variable above both signs of it.
      let miss = program.addVariable(objective: 1)
      let remainder = exact[index] - bases[index]
      program.addRow([(miss, 1), (step, -1)], lower: -remainder)
      program.addRow([(miss, 1), (step, 1)], lower: remainder)
    }
    for margin in 0..<classes.marginCount {
      let family = classes.family(of: margin)
      let place = margin - classes.familyStart[family]
      let members = classes.members[classes.memberStart[margin]..<classes.memberStart[margin + 1]].map { Int($0) }
      let base = members.reduce(0) { $0 + bases[$1] }
      let (low, high) = (problem.families[family].lower[place], problem.families[family].upper[place])
      program.addSumRow(
        members.map { 2 * $0 }, lower: (low - 1e-9).rounded(.up) - base, upper: (high + 1e-9).rounded(.down) - base)
    }
    let answer = try solver.solve(program, limits: SolverLimits(nodes: 2000, relativeGap: 1e-3))
    guard answer.status.hasValues else { return nil }
    return exact.indices.map { bases[$0] + answer.values[2 * $0].rounded() }
  }

  // MARK: Inside a class

  /// Gives each class's whole number to its cells, by largest remainder.
  private func spread(_ totals: [Double]) -> [Double] {
    var whole = [Double](repeating: 0, count: amounts.count)
    for index in totals.indices {
      let cells = classes.cells[classes.start[index]..<classes.start[index + 1]].map { Int($0) }
      var left = totals[index]
      for cell in cells {
        let range = wholeRange(cell)
        whole[cell] = max(range.lowerBound, min(range.upperBound, (amounts[cell] + 1e-9).rounded(.down)))
        left -= whole[cell]
      }
      let step: Double = left > 0 ? 1 : -1
      // Ties go to the earlier cell.
      let order = cells.sorted { first, second in
        let (one, other) = ((amounts[first] - whole[first]) * step, (amounts[second] - whole[second]) * step)
        return one != other ? one > other : first < second
      }
      var moved = true
      while left != 0 && moved {
        moved = false
        for cell in order where left != 0 && wholeRange(cell).contains(whole[cell] + step) {
          whole[cell] += step
          left -= step
          moved = true
        }
      }
    }
    return whole
  }
}

/// Which classes go up by one so that both sides of a bipartite network get their whole totals.
struct RoundingFlow {
  struct Side {
    var nodeOfClass: [Int]
    var totals: [Double]
  }

  private let bases: [Double]
  private let remainders: [Double]
  private let mayRise: [Bool]
  var sides = (Side(nodeOfClass: [], totals: []), Side(nodeOfClass: [], totals: []))

  init(_ bases: [Double], remainders: [Double], most: (Int) -> Double) {
    self.bases = bases
    self.remainders = remainders
    mayRise = bases.indices.map { bases[$0] + 1 <= most($0) }
  }

  /// The whole amount of each class; nil where no choice meets the totals.
  func solve() -> [Double]? {
    var (left, right) = (needs(sides.0), needs(sides.1))
    guard left.allSatisfy({ $0 >= 0 }), right.allSatisfy({ $0 >= 0 }) else { return nil }
    var isUp = [Bool](repeating: false, count: bases.count)
    // 1. Greedy: the largest remainders first.
    let order = bases.indices.filter { mayRise[$0] }.sorted {
      remainders[$0] != remainders[$1] ? remainders[$0] > remainders[$1] : $0 < $1
    }
    for index in order {
      let (a, b) = (sides.0.nodeOfClass[index], sides.1.nodeOfClass[index])
      guard left[a] > 0 && right[b] > 0 else { continue }
      isUp[index] = true
      left[a] -= 1
      right[b] -= 1
    }
    // 2. Augmenting paths for what is left.
    var byLeft = [[Int]](repeating: [], count: left.count)
    var byRight = [[Int]](repeating: [], count: right.count)
    for index in order {
      byLeft[sides.0.nodeOfClass[index]].append(index)
      byRight[sides.1.nodeOfClass[index]].append(index)
    }
    for node in left.indices {
      while left[node] > 0 {
        guard let end = augment(from: node, right, byLeft, byRight, &isUp) else { return nil }
        left[node] -= 1
        right[end] -= 1
      }
    }
    guard right.allSatisfy({ $0 == 0 }) else { return nil }
    return bases.indices.map { bases[$0] + (isUp[$0] ? 1 : 0) }
  }

  private func needs(_ side: Side) -> [Int] {
    var needs = side.totals
    for (index, node) in side.nodeOfClass.enumerated() { needs[node] -= bases[index] }
    return needs.map { Int($0) }
  }

  /// A shortest path over classes that alternately rise and fall, from a left node to a right node in need.
  private func augment(
    from start: Int, _ right: [Int], _ byLeft: [[Int]], _ byRight: [[Int]], _ isUp: inout [Bool]
  ) -> Int? {
    var cameToRight = [Int](repeating: -1, count: byRight.count)
    var cameToLeft = [Int](repeating: -1, count: byLeft.count)
    var queue = [start]
    var head = 0
    while head < queue.count {
      let node = queue[head]
      head += 1
      for rising in byLeft[node] where !isUp[rising] && cameToRight[sides.1.nodeOfClass[rising]] < 0 {
        let reached = sides.1.nodeOfClass[rising]
        cameToRight[reached] = rising
        if right[reached] > 0 {
          var place = reached
          while true {
            let up = cameToRight[place]
            isUp[up] = true
            let from = sides.0.nodeOfClass[up]
            if from == start { return reached }
            let down = cameToLeft[from]
            isUp[down] = false
            place = sides.1.nodeOfClass[down]
          }
        }
        for falling in byRight[reached] where isUp[falling] {
          let next = sides.0.nodeOfClass[falling]
          guard next != start, cameToLeft[next] < 0 else { continue }
          cameToLeft[next] = falling
          queue.append(next)
        }
      }
    }
    return nil
  }
}
