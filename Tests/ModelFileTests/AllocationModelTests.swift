import Allocation
import Foundation
import ModelTasks
import Specifications
import Tables
import Testing

/// Every problem file that users copy from: read, solved, and held to its own certificate.
@Suite struct AllocationModelTests {
  private static let folder = ModelFileTests.package.appending(path: "Models/allocation")

  private static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".json") }.sorted()

  private static func file(_ name: String) throws -> AllocationFile {
    var findings = Findings()
    let file = AllocationFile.read(folder.appending(path: name).path, findings: &findings)
    return try #require(file, "\(name): \(findings.kept.map(\.message))")
  }

  @Test func `there is a file for every kind of problem`() throws {
    #expect(Set(try Self.names.map { try Self.file($0).kind }) == Set(AllocationFile.kinds))
  }

  @Test(arguments: names)
  func `every file says what it is for and how to run it`(name: String) throws {
    let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    #expect(text.hasPrefix("# "), "\(name) opens with no comment")
    #expect(text.contains("sluice allocate Models/allocation/\(name)"), "\(name) does not say how to run it")
  }

  @Test(arguments: names)
  func `every file is solved, with a bound on the right side`(name: String) throws {
    var findings = Findings()
    let task = try #require(
      AllocationTask.solve(try Self.file(name), findings: &findings), "\(findings.kept.map(\.message))")
    let answer = task.answer
    #expect(answer.status == .optimal || answer.status == .feasible, "\(name): \(answer.status)")
    if let objective = answer.objective, let bound = answer.bound {
      let excess = answer.sense == .maximise ? objective - bound : bound - objective
      #expect(excess <= 1e-7 * max(1, abs(objective)), "\(name): objective \(objective) beyond its bound \(bound)")
    }
    if answer.status == .optimal, let gap = answer.relativeGap { #expect(gap <= 1e-5, "\(name): gap \(gap)") }
    for price in answer.prices { #expect(!price.limit.isEmpty && !price.left.isNaN && !price.right.isNaN, "\(name)") }
    #expect(!task.json.indented.isEmpty)
  }
}
