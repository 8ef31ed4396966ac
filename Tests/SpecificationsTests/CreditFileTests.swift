import Allocation
import Foundation
import Specifications
import Tables
import Testing

@Suite("Credit files")
struct CreditFileTests {
  private func parse(_ text: String) -> (file: AllocationFile?, findings: Findings) {
    var findings = Findings()
    let file = AllocationFile.parse(text, file: "credit.yaml", findings: &findings)
    return (file, findings)
  }

  private let pair = """
    kind: credit
    partners:
      A: {cap: 20, margin: 1}
      B: {cap: 20, margin: 1.5}
    tail:
      confidence: 0.9
      limit: 10
      scenarios: {count: 20, defaults: {A: [1, 2], B: [3]}}
    """

  /// The mean of the two worst of twenty losses by hand: all of B, none of A.
  @Test func solvesThePairOfTheTextbook() throws {
    let (file, findings) = parse(pair)
    #expect(findings.kept.isEmpty)
    let answer = try #require(file).problem.answer(within: AllocationLimits())
    #expect(answer.status == .optimal && abs((answer.objective ?? 0) - 30) < 1e-9)
    #expect(answer.binding.contains("tail"))
  }

  @Test func readsLossesAsRows() throws {
    let rows = "losses: [{scenario: 1, partner: A}, {scenario: 2, partner: A, loss: 1}, {scenario: 3, partner: B}]"
    let (file, findings) = parse(
      pair.replacingOccurrences(of: "defaults: {A: [1, 2], B: [3]}", with: rows))
    #expect(findings.kept.isEmpty)
    let answer = try #require(file).problem.answer(within: AllocationLimits())
    #expect(abs((answer.objective ?? 0) - 30) < 1e-9)
  }

  @Test func namesEveryMistakeWithItsPlace() {
    let (file, findings) = parse(
      pair.replacingOccurrences(of: "margin: 1.5", with: "margn: 1.5, default_probability: 2")
        .replacingOccurrences(of: "confidence: 0.9", with: "confidence: 1"))
    #expect(file == nil)
    #expect(findings.kept.map { $0.place?.line ?? 0 }.sorted() == [4, 4, 4, 6])
    let unknown = parse(pair.replacingOccurrences(of: "B: [3]", with: "C: [3]"))
    #expect(unknown.file == nil && unknown.findings.kept.first?.place?.line == 8)
  }

  @Test func namesTheFloorsThatTheTailCannotBear() throws {
    let (file, _) = parse(pair.replacingOccurrences(of: "A: {cap: 20,", with: "A: {floor: 20, cap: 20,"))
    let answer = try #require(file).problem.answer(within: AllocationLimits())
    let conflict = try #require(answer.conflict)
    #expect(answer.status == .infeasible && Set(conflict.limits) == ["tail", "floors.A"])
    #expect(conflict.diagnostic.place?.line == 3)
    #expect(conflict.repairs.count == 2)
  }

  @Test func solvesTheCommentedFile() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    var findings = Findings()
    let path = root.appending(path: "Models/allocation/credit.yaml").path
    let file = try #require(AllocationFile.read(path, findings: &findings))
    #expect(findings.kept.isEmpty)
    let answer = try file.problem.answer(within: AllocationLimits())
    // Whole units cost a little.
    #expect(answer.status == .feasible && (answer.relativeGap ?? 1) < 2e-3)
    #expect(answer.prices.allSatisfy { $0.left >= $0.right - 1e-9 })
  }
}
