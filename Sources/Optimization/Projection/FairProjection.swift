/// Amounts whose largest growth over the reference is as small as margins and bounds allow; then the largest of the
/// rest, and so on; what is left open is settled by least squares.
///
/// A level is a linear program over the classes of cells: a class of cells in the same margins can take at most
/// Σ min(hi, f(1 + t)) at growth t, which is concave in t and enters by its tangents (Kelley's cutting planes), so that
/// every program bounds the level from below and the last one meets it. A class with a price is at its cap in every
/// optimum and stays there.
///
/// Sources: Kelley, "The cutting-plane method for solving convex programs" (SIAM Journal 8, 1960); lexicographic levels:
/// Ogryczak & Śliwiński, "On direct methods for lexicographic min-max optimization" (ICCSA 2006).
public struct FairProjection: Sendable {
  public enum Measure: String, Sendable, Hashable {
    /// x / f − 1.
    case growth
    /// |x / f − 1|.
    case change
  }

  public struct Solution: Sendable {
    /// The projection under the levels' caps; its objective is the least-squares distance.
    public var projection: MarginProjectionSolution
    /// The largest growth, then the largest of the rest, …; each as small as those before it allow.
    public var levels: [Double]
    /// No amounts have a smaller largest growth.
    public var bound: Double
    /// The largest growth of `projection`.
    public var largest: Double
  }

  private var problem: MarginProjection
  private let measure: Measure
  /// Cells whose growth is no choice: pinned, or without a reference.
  private let isGiven: [Bool]
  /// Cells that an earlier level settled, and those whose growth is no choice.
  private var isSettled: [Bool]
  /// Amounts are divided by this, so that programs hold numbers near one.
  private let scale: Double

  public init(_ problem: MarginProjection, _ measure: Measure = .growth) {
    self.problem = problem
    self.problem.distance = .leastSquares
    self.measure = measure
    isGiven = problem.reference.indices.map {
      problem.reference[$0] <= 0 || problem.lower[$0] == problem.upper[$0]
    }
    isSettled = isGiven
    let total = problem.reference.reduce(0, +)
    scale = total > 0 ? total / Double(problem.reference.count) : 1
  }

  /// - Parameter levels: how many levels are minimised one after the other; at least 1.
  /// - Returns: nil where the margins cannot be met.
  public func solve(
    levels: Int = 1, with solver: some Solver = HiGHSSolver(tolerance: 1e-9)
  ) throws(SolverError) -> Solution? {
    var fair = self
    var found: [Double] = []
    while found.count < max(1, levels), fair.isSettled.contains(false) {
      guard let level = try fair.minimiseLevel(solver) else { break }
      found.append(level)
    }
    let projection = fair.problem.solve()
    guard projection.status == .optimal else { return nil }
    let largest = largestGrowth(projection.amounts)
    return Solution(projection: projection, levels: found, bound: found.first ?? largest, largest: largest)
  }

  /// The largest growth (or change) of the cells that have a choice; −1 without any.
  public func largestGrowth(_ amounts: [Double]) -> Double {
    var largest = measure == .growth ? -1.0 : 0
    for cell in amounts.indices where !isGiven[cell] {
      let growth = amounts[cell] / problem.reference[cell] - 1
      largest = max(largest, measure == .growth ? growth : abs(growth))
    }
    return largest
  }

  // MARK: One level

  /// The least t for which the margins can be met with no open cell above f(1 + t) (and, for change, none below
  /// f(1 − t)); settles the cells that hold it there and caps the others. Nil where the margins cannot be met.
  private mutating func minimiseLevel(_ solver: some Solver) throws(SolverError) -> Double? {
    let classes = PriceClasses(problem)
    var program = LinearProgram(.minimise)
    for index in 0..<classes.count {
      let range = amountRange(classes, index)
      program.addVariable(lower: range.lower / scale, upper: range.upper / scale)
    }
    let level = program.addVariable(lower: forcedLevel(), upper: .infinity, objective: 1)
    for margin in 0..<classes.marginCount {
      let family = classes.family(of: margin)
      let place = margin - classes.familyStart[family]
      program.addSumRow(
        classes.members[classes.memberStart[margin]..<classes.memberStart[margin + 1]].map { Int($0) },
        lower: problem.families[family].lower[place] / scale, upper: problem.families[family].upper[place] / scale)
    }
    let firstCut = program.rows.count
    var classOfCut: [Int] = []
    for _ in 0..<100 {
      let answer = try solver.solve(program)
      guard answer.status == .optimal else { return nil }
      let t = answer.values[level]
      var isMet = true
      for index in 0..<classes.count {
        for side in measure == .growth ? [1.0] : [1.0, -1.0] {
          let cap = tangent(classes, index, at: t, side: side)
          guard cap.isOpen else { continue }
          let excess = side * (answer.values[index] - cap.value / scale)
          guard excess > 1e-8 * max(1, abs(cap.value / scale)) else { continue }
          isMet = false
          // side · X ≤ side · (value + slope · (t' − t))
          let constant = side * (cap.value - cap.slope * t) / scale
          program.addRow([(index, side), (level, -side * cap.slope / scale)], upper: constant)
          classOfCut.append(index)
        }
      }
      guard isMet else { continue }
      let holding = classOfCut.indices.filter { abs(answer.duals[firstCut + $0]) > 1e-9 }.map { classOfCut[$0] }
      settle(t, classes, Set(holding))
      return t
    }
    return nil
  }

  /// The level below which some open cell cannot go for its own bounds.
  private func forcedLevel() -> Double {
    var level = measure == .growth ? -1.0 : 0
    for cell in isSettled.indices where !isSettled[cell] {
      level = max(level, problem.lower[cell] / problem.reference[cell] - 1)
      if measure == .change { level = max(level, 1 - problem.upper[cell] / problem.reference[cell]) }
    }
    return level
  }

  private func amountRange(_ classes: PriceClasses, _ index: Int) -> (lower: Double, upper: Double) {
    var range = (lower: classes.fixed[index], upper: classes.fixed[index])
    for position in classes.start[index]..<classes.start[index + 1] where classes.reference[position] > 0 {
      range.lower += problem.lower[Int(classes.cells[position])]
      range.upper += problem.upper[Int(classes.cells[position])]
    }
    return range
  }

  /// The most (side 1) or the least (side −1) that a class can amount to at level t, and how that grows with t.
  private func tangent(
    _ classes: PriceClasses, _ index: Int, at t: Double, side: Double
  ) -> (value: Double, slope: Double, isOpen: Bool) {
    var result = (value: classes.fixed[index], slope: 0.0, isOpen: false)
    for position in classes.start[index]..<classes.start[index + 1] where classes.reference[position] > 0 {
      let cell = Int(classes.cells[position])
      let own = side > 0 ? problem.upper[cell] : problem.lower[cell]
      let level = classes.reference[position] * (1 + side * t)
      if isSettled[cell] || side * own <= side * level {
        result.value += own
      } else {
        result.value += level
        result.slope += side * classes.reference[position]
      }
      if !isSettled[cell] { result.isOpen = true }
    }
    return result
  }

  /// Caps every open cell at the level; those of the holding classes, or at the level by their own bounds, are settled.
  private mutating func settle(_ t: Double, _ classes: PriceClasses, _ holding: Set<Int>) {
    // The programs are solved to 1e-9: caps must not exclude what they allow.
    let slack = 1e-8 * (1 + abs(t))
    var anySettled = false
    for index in 0..<classes.count {
      for position in classes.start[index]..<classes.start[index + 1] {
        let cell = Int(classes.cells[position])
        guard !isSettled[cell] else { continue }
        let f = problem.reference[cell]
        problem.upper[cell] = max(problem.lower[cell], min(problem.upper[cell], f * (1 + t + slack)))
        if measure == .change {
          problem.lower[cell] = min(problem.upper[cell], max(problem.lower[cell], f * (1 - t - slack)))
        }
        let isForced =
          problem.lower[cell] >= f * (1 + t - slack) || measure == .change && problem.upper[cell] <= f * (1 - t + slack)
        if holding.contains(index) || isForced {
          isSettled[cell] = true
          anySettled = true
        }
      }
    }
    if !anySettled { for cell in isSettled.indices { isSettled[cell] = true } }
  }
}
