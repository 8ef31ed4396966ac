/// Why a set of linear limits cannot be met, and the cheapest ways out.
///
/// A limit is a tag: all rows of a program with that tag. Rows without a tag, and the bounds of variables, are never
/// given up.
public struct ConflictExplanation: Sendable {
  /// The tags of an irreducible conflict, ascending: they contradict one another, and dropping any one resolves it.
  public var conflict: [Int]
  /// Ways to make the whole program feasible, cheapest first: first each tag that suffices alone, and, where none does
  /// or a mixture is cheaper still, the cheapest mixture.
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
}

extension ConflictExplanation {
  /// Explains an infeasible program; nil where it is feasible.
  ///
  /// 1. An elastic program, in which every tagged row may give way at a price of 1; the rows with a price in its
  ///    optimum already contradict one another (Farkas).
  /// 2. Deletion filter over their tags: a tag without which the rest is still infeasible is left out for good.
  /// 3. Repairs: the elastic program again with the caller's weights, all tags together and each tag alone.
  ///
  /// Complexity: one linear program per tag with a price in step 1, one per tag of the conflict in step 3.
  /// Source: Chinneck, *Feasibility and Infeasibility in Optimization* (2008), ch. 6 and 7.
  /// - Parameters:
  ///   - weights: the cost of a unit by which a row of the tag gives way; a tag that is not listed never does.
  public init?(
    of program: LinearProgram, weights: [Int: Double], solver: some Solver
  ) throws(SolverError) {
    var program = program
    for index in program.variables.indices { program.variables[index].objective = 0 }
    guard try solver.solve(program).status == .infeasible else { return nil }
    // 1.
    let tags = Set(program.rows.compactMap(\.tag)).sorted()
    var suspects = tags
    let elastic = Elastic(program) { _ in 1 }
    let answer = try solver.solve(elastic.program)
    if answer.status.hasValues {
      let priced = Set(program.rows.indices.compactMap { abs(answer.duals[$0]) > 1e-7 ? program.rows[$0].tag : nil })
      let candidate = tags.filter(priced.contains)
      if try solver.solve(program.keeping(Set(candidate))).status == .infeasible { suspects = candidate }
    }
    // 2.
    var kept = Set(suspects)
    for tag in suspects {
      kept.remove(tag)
      if try solver.solve(program.keeping(kept)).status != .infeasible { kept.insert(tag) }
    }
    conflict = kept.sorted()
    // 3.
    repairs = []
    for tag in tags where weights[tag] != nil {
      if let repair = try Elastic(program, weight: { $0 == tag ? weights[tag] : nil }).repair(solver) {
        repairs.append(repair)
      }
    }
    if let mixture = try Elastic(program, weight: { weights[$0] }).repair(solver),
      repairs.allSatisfy({ mixture.cost < $0.cost * (1 - 1e-9) })
    {
      repairs.append(mixture)
    }
    repairs.sort { $0.cost < $1.cost }
  }

  /// By how much the rows of some tags must give way, together and at least, so that no contradiction is left among
  /// them; rows of other tags are not looked at.
  public static func shortfall(
    of program: LinearProgram, among tags: Set<Int>, solver: some Solver
  ) throws(SolverError) -> Double {
    var program = program
    for index in program.variables.indices { program.variables[index].objective = 0 }
    return try Elastic(program.keeping(tags)) { tags.contains($0) ? 1 : nil }.repair(solver)?.cost ?? 0
  }
}

extension LinearProgram {
  /// The program without the rows of tags that are not in `tags`.
  fileprivate func keeping(_ tags: Set<Int>) -> LinearProgram {
    var reduced = self
    for index in rows.indices {
      guard let tag = rows[index].tag, !tags.contains(tag) else { continue }
      (reduced.rows[index].lower, reduced.rows[index].upper) = (-.infinity, .infinity)
    }
    return reduced
  }
}

/// A program in which some rows may give way: minimise Σ weight · (how much).
private struct Elastic {
  private(set) var program: LinearProgram
  private let original: LinearProgram
  /// Variables that were added, with the row and the direction in which they let it give way.
  private var slacks: [(variable: Int, row: Int, sign: Double)] = []

  /// - Parameter weight: the cost per unit by tag; nil where the tag's rows stay as they are.
  init(_ original: LinearProgram, weight: (Int) -> Double?) {
    self.original = original
    program = LinearProgram(.minimise)
    program.variables = original.variables
    for row in original.rows.indices {
      let terms = (original.rowStart[row]..<original.rowStart[row + 1]).map {
        (variable: original.columns[$0], coefficient: original.coefficients[$0])
      }
      var extended = terms
      let limits = original.rows[row]
      if let tag = limits.tag, let weight = weight(tag) {
        if limits.upper.isFinite { extended.append(addSlack(row, 1, weight)) }
        if limits.lower.isFinite { extended.append(addSlack(row, -1, weight)) }
      }
      program.addRow(extended, lower: limits.lower, upper: limits.upper, label: limits.label, tag: limits.tag)
    }
  }

  private mutating func addSlack(
    _ row: Int, _ sign: Double, _ weight: Double
  ) -> (variable: Int, coefficient: Double) {
    let variable = program.addVariable(objective: weight)
    slacks.append((variable, row, sign))
    return (variable, -sign)
  }

  /// The cheapest way in which these rows can give way so that the program becomes feasible; nil where none does.
  func repair(_ solver: some Solver) throws(SolverError) -> ConflictExplanation.Repair? {
    guard !slacks.isEmpty else { return nil }
    let answer = try solver.solve(program)
    guard answer.status == .optimal else { return nil }
    let changes = slacks.compactMap { slack -> (row: Int, amount: Double)? in
      let amount = answer.values[slack.variable]
      return amount > 1e-9 ? (slack.row, slack.sign * amount) : nil
    }
    return ConflictExplanation.Repair(changes: changes, cost: answer.objective)
  }
}
