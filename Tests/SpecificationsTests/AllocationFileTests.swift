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

private let program = """
  kind: linear_program
  sense: maximise
  variables:
    router: {objective: 30}
    switch: {objective: 50, upper: 60}
  constraints:
    - {name: assembly, terms: {router: 1, switch: 2}, at_most: 140}
    - {name: test, terms: {router: 1, switch: 1}, at_most: 100}
  """

@Suite struct AllocationFileTests {
  @Test func readsAndSolvesAProblem() throws {
    let (file, findings) = parse(program)
    #expect(findings.kept.isEmpty)
    let answer = try #require(file).problem.answer(within: AllocationLimits())
    // 60 routers and 40 switches: both machines are full.
    #expect(answer.status == .optimal)
    #expect(abs((answer.objective ?? 0) - 3800) < 1e-6)
    #expect(answer.binding == ["assembly", "test"])
  }

  @Test func readsTheSameProblemFromJSONAndFromRows() throws {
    let json = """
      {"kind": "linear_program", "sense": "maximise",
       "variables": [{"name": "router", "objective": 30}, {"name": "switch", "objective": 50, "upper": 60}],
       "constraints": [{"name": "assembly", "terms": {"router": 1, "switch": 2}, "at_most": 140},
                       {"name": "test", "terms": {"router": 1, "switch": 1}, "at_most": 100}]}
      """
    let answers = try [program, json].map { try #require(parse($0).file).problem.answer(within: AllocationLimits()) }
    #expect(answers[0].solution == answers[1].solution)
  }

  @Test func readsTablesFromCSVBesideTheFile() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try "name,objective,upper\nrouter,30,\nswitch,50,60\n".write(
      to: folder.appending(path: "variables.csv"), atomically: true, encoding: .utf8)
    let lines = program.split(separator: "\n", omittingEmptySubsequences: false)
    let text = (lines[0..<2] + ["variables: variables.csv"] + lines[5...]).joined(separator: "\n")
    let path = folder.appending(path: "problem.yaml")
    try text.write(to: path, atomically: true, encoding: .utf8)
    var findings = Findings()
    let file = try #require(AllocationFile.read(path.path, findings: &findings))
    #expect(abs((try file.problem.answer(within: AllocationLimits()).objective ?? 0) - 3800) < 1e-6)
  }

  @Test func namesEveryMistakeWithItsPlace() {
    let (file, findings) = parse(
      program.replacingOccurrences(of: "objective: 30", with: "objectve: 30, lower: 1O")
        .replacingOccurrences(of: "at_most: 140", with: "at_mots: 140"))
    #expect(file == nil)
    #expect(
      findings.kept.map { "\($0.code.id) \($0.place?.description ?? "")" } == [
        "P113 problem.yaml:4:33", "P110 problem.yaml:4:12", "P110 problem.yaml:7:53",
      ])
  }

  @Test func suggestsTheNearestKind() throws {
    let finding = try #require(parse("kind: linear_programm\n").findings.kept.first)
    #expect(finding.code == AllocationFileCodes.unknownKind)
    #expect(finding.hint?.hasPrefix("did you mean `linear_program`?") == true)
  }

  @Test func refusesARowThatIsWrittenTwice() throws {
    let text = """
      kind: linear_program
      sense: minimise
      variables: [{name: x}, {name: x}]
      """
    let finding = try #require(parse(text).findings.kept.first)
    #expect(finding.code == AllocationFileCodes.repeatedRow)
    #expect(finding.place?.line == 3)
  }

  @Test func explainsAConflictInTheFilesWords() throws {
    let (file, _) = parse(
      program + "\n  - {name: order, terms: {router: 1}, at_least: 120}\n")
    let answer = try #require(file).problem.answer(within: AllocationLimits())
    #expect(answer.status == .infeasible)
    #expect(answer.conflict?.limits == ["test", "order"])
    #expect(answer.conflict?.diagnostic.place?.line == 8)
    #expect(answer.conflict?.repairs.isEmpty == false)
  }
}
