/// Why a set of linear limits cannot be met, and the cheapest ways out.
///
/// A limit is a tag: all rows of a program with that tag. Rows without a tag, and the bounds of variables, are never
/// given up.
public struct ConflictExplanation: Sendable {
  /// The tags of an irreducible conflict, ascending: they contradict one another, and dropping any one resolves it.
  /// Empty where the rows without a tag already contradict one another or the bounds.
  public var conflict: [Int]
  /// Ways to make the whole program feasible, cheapest first: each tag that suffices alone, and, where none does or a
  /// mixture is cheaper still, the cheapest mixture and one that touches no tag without need.
  public var repairs: [Repair]

  public struct Repair: Sendable {
    /// By how much each row gives way: its upper bound goes up (positive) or its lower bound goes down (negative).
    public var changes: [(row: Int, amount: Double)]
    /// Σ weight · |amount|.
    public var cost: Double
  }
}

extension LinearProgram {
  /// The program with a repair applied.
  public func applying(_ repair: ConflictExplanation.Repair) -> LinearProgram {
    var repaired = self
    for change in repair.changes {
      if change.amount > 0 {
        repaired.rows[change.row].upper += change.amount
      } else {
        repaired.rows[change.row].lower += change.amount
      }
    }
    return repaired
  }

  /// The program with nothing to optimise.
  fileprivate var withoutObjective: LinearProgram {
    var program = self
    program.sense = .minimise
    for index in variables.indices { program.variables[index].objective = 0 }
    return program
  }

  /// The program with every variable allowed to be fractional.
  fileprivate var relaxed: LinearProgram {
    var program = self
    for index in variables.indices { program.variables[index].isInteger = false }
    return program
  }
}

extension ConflictExplanation {
  /// Explains an infeasible program; nil where it is feasible.
  ///
  /// 1. Ray filter: the rows with a weight in a proof of infeasibility (Farkas) already contradict one another; at a
  ///    vertex of the proofs they are irreducible as rows (Gleeson & Ryan).
  /// 2. Deletion filter over their tags: a tag without which the rest is still infeasible is left out for good, and
  ///    with it every tag that the new proof does not need.
  /// 3. Programs with integers: the same on their relaxation first, then deletion with the integers.
  /// 4. Repairs by elastic programs, in which the rows of some tags may give way at their weight. A tag that suffices
  ///    alone is part of every conflict, so that only those of this conflict are tried.
  ///
  /// Complexity: a warm linear program per tag of the first proof, and one per tag of the conflict.
  /// Source: Chinneck, *Feasibility and Infeasibility in Optimization* (2008), ch. 6 and 7; Gleeson & Ryan,
  /// "Identifying minimally infeasible subsystems of inequalities" (ORSA Journal on Computing 2, 1990).
  /// - Parameters:
  ///   - weights: the cost of a unit by which a row of the tag gives way; a tag that is not listed never does.
  public init?(
    of program: LinearProgram, weights: [Int: Double], solver: some Solver
  ) throws(SolverError) {
    let plain = program.withoutObjective
    let tags = Set(program.rows.compactMap(\.tag)).sorted()
    var suspects = tags
    // 1. and 2.
    let isSearch = plain.hasIntegers
    if let found = try DeletionFilter(isSearch ? plain.relaxed : plain, solver).conflict(among: tags) {
      suspects = found
    } else if !isSearch {
      return nil
    }
    // 3.
    if isSearch {
      guard let found = try DeletionFilter(plain, solver).conflict(among: suspects) else { return nil }
      suspects = found
    }
    conflict = suspects
    // 4.
    let elastic = try Elastic(plain, weights: weights, solver)
    repairs = []
    for tag in conflict where weights[tag] != nil {
      if let repair = try elastic.repair(giving: [tag]) { repairs.append(repair) }
    }
    if let mixture = try elastic.repair(giving: Set(weights.keys)),
      repairs.allSatisfy({ mixture.cost < $0.cost * (1 - 1e-9) })
    {
      if let sparse = try elastic.thinned(mixture, tags: program.rows.map(\.tag)) { repairs.append(sparse) }
      repairs.append(mixture)
    }
    repairs.sort { $0.cost < $1.cost }
  }

  /// By how much the rows of some tags must give way, together and at least, so that no contradiction is left among
  /// them; rows of other tags are not looked at.
  public static func shortfall(
    of program: LinearProgram, among tags: Set<Int>, solver: some Solver
  ) throws(SolverError) -> Double {
    var program = program.withoutObjective
    for index in program.rows.indices {
      guard let tag = program.rows[index].tag, !tags.contains(tag) else { continue }
      (program.rows[index].lower, program.rows[index].upper) = (-.infinity, .infinity)
    }
    let weights = Dictionary(uniqueKeysWithValues: tags.map { ($0, 1.0) })
    return try Elastic(program, weights: weights, solver).repair(giving: tags)?.cost ?? 0
  }
}

/// Looks for an irreducible conflict among tags by leaving them out one after the other, in one warm session.
private final class DeletionFilter<Session: SolverSession> {
  private let program: LinearProgram
  private let session: Session
  private let rowsOfTag: [Int: [Int]]
  private let isLinear: Bool

  init<S: Solver>(_ program: LinearProgram, _ solver: S) throws(SolverError) where S.Session == Session {
    self.program = program
    session = try solver.session(for: program)
    isLinear = !program.hasIntegers
    rowsOfTag = Dictionary(grouping: program.rows.indices.filter { program.rows[$0].tag != nil }) {
      program.rows[$0].tag ?? 0
    }
  }

  /// The tags of an irreducible conflict among `tags` and the rows without a tag; nil where there is none.
  func conflict(among tags: [Int]) throws(SolverError) -> [Int]? {
    for tag in rowsOfTag.keys where !tags.contains(tag) { try leaveOut(tag) }
    guard try isInfeasible() else { return nil }
    var kept = tags
    try narrow(&kept, sure: [])
    var sure: Set<Int> = []
    while let tag = kept.first(where: { !sure.contains($0) }) {
      try leaveOut(tag)
      if try isInfeasible() {
        kept.removeAll { $0 == tag }
        try narrow(&kept, sure: sure)
      } else {
        try putBack(tag)
        sure.insert(tag)
      }
    }
    return kept
  }

  /// Leaves out every tag that the present proof of infeasibility does not need.
  private func narrow(_ kept: inout [Int], sure: Set<Int>) throws(SolverError) {
    guard isLinear, let ray = try session.dualRay() else { return }
    let largest = ray.reduce(0) { max($0, abs($1)) }
    let needed = kept.filter { tag in
      sure.contains(tag) || (rowsOfTag[tag] ?? []).contains { abs(ray[$0]) > 1e-9 * largest }
    }
    if needed.count == kept.count { return }
    let others = kept.filter { !needed.contains($0) }
    for tag in others { try leaveOut(tag) }
    if try isInfeasible() {
      kept = needed
    } else {
      // A proof within rounding only: nothing is left out on its word.
      for tag in others { try putBack(tag) }
    }
  }

  private func leaveOut(_ tag: Int) throws(SolverError) {
    for row in rowsOfTag[tag] ?? [] { try session.setRowBounds(row, lower: -.infinity, upper: .infinity) }
  }

  private func putBack(_ tag: Int) throws(SolverError) {
    for row in rowsOfTag[tag] ?? [] {
      try session.setRowBounds(row, lower: program.rows[row].lower, upper: program.rows[row].upper)
    }
  }

  private func isInfeasible() throws(SolverError) -> Bool { try session.solve().status == .infeasible }
}

/// A program in which rows may give way: minimise Σ weight · (how much), where only the rows of chosen tags may.
private final class Elastic<Session: SolverSession> {
  private let session: Session
  private let weights: [Int: Double]
  private var slacks: [(variable: Int, row: Int, sign: Double, tag: Int)] = []

  init<S: Solver>(
    _ original: LinearProgram, weights: [Int: Double], _ solver: S
  ) throws(SolverError) where S.Session == Session {
    self.weights = weights
    var program = LinearProgram(.minimise)
    program.variables = original.variables
    for (row, limits) in original.rows.enumerated() {
      var terms = (original.rowStart[row]..<original.rowStart[row + 1]).map {
        (variable: original.columns[$0], coefficient: original.coefficients[$0])
      }
      if let tag = limits.tag, let weight = weights[tag] {
        for (bound, sign) in [(limits.upper, 1.0), (limits.lower, -1.0)] where bound.isFinite {
          let variable = program.addVariable(upper: 0, objective: weight)
          slacks.append((variable, row, sign, tag))
          terms.append((variable, -sign))
        }
      }
      // Bounds that exclude every value do no longer once a side can give way: a row for each.
      if limits.lower > limits.upper, terms.count > original.rowStart[row + 1] - original.rowStart[row] {
        program.addRow(terms, upper: limits.upper)
        program.addRow(terms, lower: limits.lower)
      } else {
        program.addRow(terms, lower: limits.lower, upper: limits.upper)
      }
    }
    session = try solver.session(for: program)
  }

  /// The cheapest way in which the rows of these tags can give way so that the program becomes feasible; nil where
  /// none does.
  func repair(giving tags: Set<Int>) throws(SolverError) -> ConflictExplanation.Repair? {
    let free = slacks.filter { tags.contains($0.tag) }
    guard !free.isEmpty else { return nil }
    for slack in free { try session.setBounds(of: slack.variable, lower: 0, upper: .infinity) }
    let answer = try session.solve()
    for slack in free { try session.setBounds(of: slack.variable, lower: 0, upper: 0) }
    guard answer.status == .optimal else { return nil }
    let changes = free.compactMap { slack -> (row: Int, amount: Double)? in
      let amount = answer.values[slack.variable]
      return amount > 1e-9 ? (slack.row, slack.sign * amount) : nil
    }
    return ConflictExplanation.Repair(changes: changes, cost: answer.objective)
  }

  /// A repair by a part of the tags of another, none of which can be spared; those that give way least are spared
  /// first. Nil where the other cannot spare any.
  func thinned(
    _ repair: ConflictExplanation.Repair, tags: [Int?]
  ) throws(SolverError) -> ConflictExplanation.Repair? {
    var spent: [Int: Double] = [:]
    for change in repair.changes {
      if let tag = tags[change.row] { spent[tag, default: 0] += (weights[tag] ?? 0) * abs(change.amount) }
    }
    var kept = Set(spent.keys)
    var best: ConflictExplanation.Repair?
    for tag in spent.keys.sorted(by: { (spent[$0] ?? 0, $0) < (spent[$1] ?? 0, $1) }) {
      guard let thinner = try self.repair(giving: kept.subtracting([tag])) else { continue }
      kept.remove(tag)
      best = thinner
    }
    return best
  }
}
