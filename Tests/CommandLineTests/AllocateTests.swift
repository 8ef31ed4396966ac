import Foundation
import Testing

/// `sluice allocate` as a user runs it.
@Suite struct AllocateTests {
  private static let problem = """
    kind: linear_program
    name: two machines
    sense: maximise
    variables:
      router: {objective: 30}
      switch: {objective: 50, upper: 60}
    constraints:
      - {name: assembly, terms: {router: 1, switch: 2}, at_most: 140}
      - {name: test, terms: {router: 1, switch: 1}, at_most: 100}

    """

  private func run(_ text: String, _ words: String = "problem.yaml") throws -> Command.Result {
    let folder = try ScratchFolder()
    try folder.write(text, to: "problem.yaml")
    return try Command.run(["allocate"] + words.split(separator: " ").map(String.init), in: folder.url)
  }

  @Test func `JSON has the members that the documentation names`() throws {
    let result = try run(Self.problem)
    #expect(result.status == 0 && result.messages.isEmpty, "\(result.messages)")
    let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(json["status"] as? String == "optimal" && json["sense"] as? String == "maximise")
    #expect(abs((json["objective"] as? Double ?? 0) - 3800) < 1e-6)
    #expect(json["relativeGap"] as? Double == 0)
    let prices = try #require(json["prices"] as? [[String: Any]])
    #expect(Set(prices.compactMap { $0["limit"] as? String }) == ["assembly", "test"])
    for key in ["kind", "bound", "solution", "binding", "seconds"] { #expect(json[key] != nil, "no \(key)") }
  }

  @Test func `the table for people says what to do and what limits are worth`() throws {
    let result = try run(Self.problem, "problem.yaml --format table")
    #expect(result.status == 0)
    try Snapshot.check(result.output, "allocate-table")
  }

  @Test func `limits that collide end with 3, the lines that collide and a repair`() throws {
    let result = try run(Self.problem + "  - {name: order, terms: {router: 1}, at_least: 120}\n")
    #expect(result.status == 3)
    let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let conflict = try #require(json["conflict"] as? [String: Any])
    #expect(conflict["limits"] as? [String] == ["test", "order"])
    #expect((conflict["repairs"] as? [Any])?.isEmpty == false)
    try Snapshot.check(result.messages, "allocate-conflict")
  }

  @Test func `a misspelt key, a letter in a number and an unknown kind are told with their places`() throws {
    let broken = Self.problem.replacingOccurrences(of: "upper: 60", with: "uper: 6O")
    let result = try run(broken)
    #expect(result.status == 2 && result.output.isEmpty)
    try Snapshot.check(result.messages, "allocate-bad-key")
    #expect(try run(Self.problem.replacingOccurrences(of: "linear_program", with: "budgets")).status == 2)
  }

  @Test func `nothing is written where the problem is wrong`() throws {
    let folder = try ScratchFolder()
    try folder.write("kind: linear_program\n", to: "problem.yaml")
    let result = try Command.run(["allocate", "problem.yaml", "--output", "answer.json"], in: folder.url)
    #expect(result.status == 2)
    #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "answer.json").path))
  }
}
