import Allocation
import Foundation
import Specifications
import Tables
import Testing

private func parse(_ text: String) -> (file: AllocationFile?, findings: Findings) {
  var findings = Findings()
  let file = AllocationFile.parse(text, file: "problem.yaml", findings: &findings)
  return (file, findings)
}

/// A file of Models/allocation.
private func model(_ name: String) throws -> String {
  let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Models/allocation")
  return try String(contentsOf: folder.appending(path: name), encoding: .utf8)
}

extension JSONValue {
  fileprivate subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }
}

@Suite("Problem files of targets and incentives")
struct TargetFileTests {
  @Test func targetsOfTheDocumentedFile() throws {
    let (file, findings) = parse(try model("targets.yaml"))
    #expect(findings.kept.map(\.message) == [])
    let answer = try #require(file).problem.answer(within: AllocationLimits())
    #expect(answer.status != .infeasible)
    #expect(answer.solution["total"]?.compact == "1200000.00")
    #expect(answer.solution["regions"]?["west"]?.compact == "520000.00")
    #expect(answer.solution["months"]?["2026-11"]?.compact == "132000.00")
    #expect(answer.binding.contains("cap.partner.P001.2026-02"))
    #expect(answer.solution["prepayments"] != nil)
  }

  @Test func payoutsOfTheDocumentedFile() throws {
    let (file, findings) = parse(try model("tier_payout.yaml"))
    #expect(findings.kept.map(\.message) == [])
    let answer = try #require(file).problem.answer(within: AllocationLimits())
    // 125999.85, 30000 + 36000 + 21345, 30000 + 1200 with a bonus of 600.
    let expected: Double = 245_144.85
    #expect(answer.objective == expected)
    let textbook = """
      kind: tier_payout
      mode: on_whole
      sales: 250
      tiers: [{from: 0, rate: 0}, {from: 100, rate: 0.02}, {from: 200, rate: 0.05}]
      """
    #expect(try #require(parse(textbook).file).problem.answer(within: AllocationLimits()).objective == 12.5)
  }

  @Test func designOfTheDocumentedFile() throws {
    let (file, findings) = parse(try model("tier_design.yaml"))
    #expect(findings.kept.map(\.message) == [])
    let answer = try #require(file).problem.answer(within: AllocationLimits())
    #expect(abs(try #require(answer.objective) - 275.84) < 1e-9)
    #expect(answer.solution["mode"] == .string("on_excess"))
  }

  @Test func namesMistakesWithTheirPlace() throws {
    let text = try model("targets.yaml").replacingOccurrences(
      of: "region: west, exactly", with: "region: westt, exactly")
    let (file, _) = parse(text)
    do {
      _ = try #require(file).problem.answer(within: AllocationLimits())
      Issue.record("there is no region weast")
    } catch let error as AllocationProblemError {
      guard case .invalid(let findings) = error else { throw error }
      let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("westt") }
      #expect(findings.first?.place?.line == line.map { $0 + 1 })
      #expect(findings.first?.hint == "did you mean `west`?")
    }
    let broken = try model("tier_payout.yaml").replacingOccurrences(of: "mode: on_excess", with: "mode: marginal")
    #expect(parse(broken).file == nil)
    #expect(parse(broken).findings.kept.first?.place?.line == 6)
  }

  @Test func explainsLimitsThatCollide() throws {
    let text = try model("targets.yaml").replacingOccurrences(
      of: "{region: west, exactly: 520000}", with: "{region: west, exactly: 1300000}")
    let answer = try #require(parse(text).file).problem.answer(within: AllocationLimits())
    #expect(answer.status == .infeasible)
    #expect(answer.conflict?.limits.contains("exactly.region.west") == true)
    #expect(answer.conflict?.repairs.isEmpty == false)
  }
}
