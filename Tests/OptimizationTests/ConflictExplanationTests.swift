import Optimization
import Probability
import Testing

@Suite("Conflict explanation")
struct ConflictExplanationTests {
  @Test("a feasible program has no conflict")
  func feasible() throws {
    var program = LinearProgram(.minimise)
    let x = program.addVariable()
    program.addRow([(x, 1.0)], lower: 1, tag: 0)
    #expect(try ConflictExplanation(of: program, weights: [0: 1], solver: HiGHSSolver()) == nil)
  }

  @Test("two floors and a total: the third floor is not in the conflict")
  func floors() throws {
    var program = LinearProgram(.minimise)
    for _ in 0..<3 { program.addVariable() }
    program.addSumRow([0], lower: 60, label: "a", tag: 0)
    program.addSumRow([1], lower: 50, label: "b", tag: 1)
    program.addSumRow([2], lower: 0, label: "c", tag: 2)
    program.addSumRow([0, 1, 2], upper: 100, label: "total", tag: 3)
    let explanation = try #require(
      try ConflictExplanation(of: program, weights: [0: 1, 1: 3, 3: 2], solver: HiGHSSolver()))
    #expect(explanation.conflict == [0, 1, 3])
    #expect(explanation.repairs.map(\.cost).first.map { abs($0 - 10) < 1e-9 } == true)
    #expect(explanation.repairs.count == 3)
  }

  @Test("random conflicts are irreducible, and every repair works", arguments: 0..<25)
  func random(seed: Int) throws {
    let program = Self.program(seed: UInt64(seed), limits: 12, items: 8)
    let solver = HiGHSSolver()
    let tags = Set(program.rows.compactMap(\.tag))
    let weights = Dictionary(uniqueKeysWithValues: tags.map { ($0, 1 + Double($0 % 3)) })
    guard let explanation = try ConflictExplanation(of: program, weights: weights, solver: solver) else { return }
    try checkIrreducible(program, explanation.conflict)
    #expect(!explanation.repairs.isEmpty)
    for repair in explanation.repairs {
      #expect(try solver.solve(program.applying(repair)).status.hasValues)
    }
    #expect(explanation.repairs.map(\.cost) == explanation.repairs.map(\.cost).sorted())
  }

  @Test("500 limits: an irreducible conflict, and every repair works")
  func many() throws {
    let program = Self.program(seed: 99, limits: 500, items: 200)
    let weights = Dictionary(uniqueKeysWithValues: (0...500).map { ($0, 1.0) })
    let explanation = try #require(try ConflictExplanation(of: program, weights: weights, solver: HiGHSSolver()))
    try checkIrreducible(program, explanation.conflict)
    #expect(!explanation.repairs.isEmpty)
    for repair in explanation.repairs {
      #expect(try HiGHSSolver().solve(program.applying(repair)).status.hasValues)
    }
  }

  @Test("whole numbers: limits that only fractions could meet")
  func integers() throws {
    // Three pairs, each with at most one open and three together at least two: fractions of a half would do.
    var program = LinearProgram(.minimise)
    for _ in 0..<4 { program.addVariable(upper: 1, isInteger: true) }
    for (tag, pair) in [(0, 1), (1, 2), (0, 2)].enumerated() {
      program.addSumRow([pair.0, pair.1], upper: 1, tag: tag)
    }
    program.addSumRow([0, 1, 2], lower: 1.5, tag: 3)
    program.addSumRow([0, 3], upper: 2, tag: 4)
    let weights = [0: 1.0, 1: 1, 2: 1, 3: 1, 4: 1]
    let explanation = try #require(try ConflictExplanation(of: program, weights: weights, solver: HiGHSSolver()))
    #expect(explanation.conflict == [0, 1, 2, 3])
    try checkIrreducible(program, explanation.conflict)
    #expect(explanation.repairs.map { ($0.cost * 1e6).rounded() / 1e6 } == [0.5, 1, 1, 1])
    for repair in explanation.repairs {
      #expect(try HiGHSSolver().solve(program.applying(repair)).status.hasValues)
    }
  }

  @Test("bounds that contradict rows without a tag leave nothing to name, and nothing to repair")
  func untagged() throws {
    var program = LinearProgram(.minimise)
    program.addVariable(upper: 1)
    program.addRow([(0, 1.0)], lower: 2)
    program.addRow([(0, 1.0)], lower: 0.5, tag: 0)
    let explanation = try #require(try ConflictExplanation(of: program, weights: [0: 1], solver: HiGHSSolver()))
    #expect(explanation.conflict.isEmpty && explanation.repairs.isEmpty)
  }

  @Test("two conflicts apart: a mixture repairs both and touches no limit without need")
  func apart() throws {
    var program = LinearProgram(.minimise)
    for item in 0..<2 {
      program.addVariable()
      program.addRow([(item, 1.0)], lower: 5, tag: 2 * item)
      program.addRow([(item, 1.0)], upper: 3, tag: 2 * item + 1)
    }
    let weights = [0: 1.0, 1: 2, 2: 2, 3: 1]
    let explanation = try #require(try ConflictExplanation(of: program, weights: weights, solver: HiGHSSolver()))
    #expect(explanation.conflict.count == 2)
    let cheapest = try #require(explanation.repairs.first)
    #expect(abs(cheapest.cost - 4) < 1e-9 && Set(cheapest.changes.map(\.row)) == [0, 3])
  }

  private func checkIrreducible(_ program: LinearProgram, _ conflict: [Int]) throws {
    func isFeasible(_ tags: Set<Int>) throws -> Bool {
      var reduced = program
      for row in reduced.rows.indices where !tags.contains(reduced.rows[row].tag ?? -1) {
        (reduced.rows[row].lower, reduced.rows[row].upper) = (-.infinity, .infinity)
      }
      return try HiGHSSolver().solve(reduced).status.hasValues
    }
    #expect(try !isFeasible(Set(conflict)))
    for member in conflict { #expect(try isFeasible(Set(conflict).subtracting([member]))) }
  }

  /// Random floors and caps on random sets of items under a total that is a little too small.
  private static func program(seed: UInt64, limits: Int, items: Int) -> LinearProgram {
    var stream = RandomStream(seed: 7, key: seed)
    var program = LinearProgram(.minimise)
    for _ in 0..<items { program.addVariable() }
    for tag in 0..<limits {
      let size = 1 + stream.index(below: 4)
      let members = Set((0..<size).map { _ in stream.index(below: items) }).sorted()
      let isFloor = stream.uniform() < 0.7
      let amount = stream.uniform(1, 10) * Double(members.count)
      if isFloor {
        program.addSumRow(members, lower: amount, tag: tag)
      } else {
        program.addSumRow(members, upper: amount + 8, tag: tag)
      }
    }
    program.addSumRow(0..<items, upper: 2.2 * Double(items), tag: limits)
    return program
  }
}
