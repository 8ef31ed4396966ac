import Foundation
import SampleNetwork
import Synchronization
import Tables
import Testing

@testable import Planning

/// A run that goes on gives what an uninterrupted one gives, and takes over only what is still right.
@Suite struct RunCheckpointTests {
  /// The smallest sample network in a folder of its own, with models that are quick.
  private struct Fixture: ~Copyable {
    let folder: String

    init() throws {
      folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      var specification = NetworkSpecification()
      specification.partners = 10
      specification.servedCities = 10
      specification.seed = 4
      try SampleNetwork.generate(specification).write(to: folder, compressed: false)
      let plan = URL(fileURLWithPath: folder + "/plan.yaml")
      let text = try String(contentsOf: plan, encoding: .utf8)
      try Data(text.replacing("models: auto", with: "models: [seasonal_naive, exponential_smoothing]").utf8)
        .write(to: plan)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func run(
      _ checkpoint: RunCheckpoint? = nil, set overrides: [String] = [],
      only stages: Set<StageName> = [.forecast, .drivers, .churn, .targets, .budget]
    ) async throws -> Run {
      var findings = Findings()
      let loaded = Plan.load(
        path: folder + "/plan.yaml", overrides: overrides, environment: [:], findings: &findings)
      let run = await Run.evaluate(
        try #require(loaded), only: stages, threads: 2,
        checkpoint: checkpoint, findings: &findings)
      return try #require(run, "\(findings.kept.map(\.message))")
    }

    func checkpoint(atOnce: Bool = false) throws -> RunCheckpoint {
      try RunCheckpoint(forOutput: folder + "/out", writesAtOnce: atOnce, command: "sluice run plan.yaml --resume")
    }

    func names() -> [String] {
      ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/out.partial")) ?? []).sorted()
    }
  }

  private func content(_ run: Run) -> [String] {
    run.tables.map { CSVWriter.text($0) } + [run.record(files: []).indented]
      + run.stages.flatMap { $0.output?.notes.map(\.message) ?? [] }
  }

  @Test func `what was kept is taken over and gives the same run`() async throws {
    let fixture = try Fixture()
    let first = try fixture.checkpoint()
    let whole = try await fixture.run(first)
    #expect(fixture.names().isEmpty, "an undisturbed run writes nothing")
    let kept = try first.write()
    #expect(kept.contains("forecast") && kept.contains("drivers") && kept.contains("churn (customers)"), "\(kept)")
    #expect(fixture.names().contains("partial.json") && fixture.names().count == kept.count + 1)

    let second = try fixture.checkpoint()
    second.resume()
    let resumed = try await fixture.run(second)
    #expect(content(resumed) == content(whole))
    #expect(second.notes.count == kept.count)
    #expect(second.notes.map(\.code) == [DiagnosticCode](repeating: CheckpointCodes.takenOver, count: kept.count))
    // Written as they come, the same results lie there.
    let before = fixture.names()
    second.remove()
    #expect(fixture.names().isEmpty)
    let third = try fixture.checkpoint(atOnce: true)
    _ = try await fixture.run(third, only: [.churn, .targets])
    #expect(!fixture.names().isEmpty && Set(fixture.names()).isSubset(of: before), "\(fixture.names())")
    #expect(third.notes.isEmpty)
  }

  /// Stages that take no time, and keep something all the same.
  private static let quick: Set<StageName> = [.churn, .targets]

  @Test func `only what is still right is taken over, and the rest says why not`() async throws {
    let fixture = try Fixture()
    let first = try fixture.checkpoint()
    _ = try await fixture.run(first, only: Self.quick)
    try first.write()
    // 1. Another seed: nothing is right any more.
    let seeded = try fixture.checkpoint()
    seeded.resume()
    _ = try await fixture.run(seeded, set: ["seed=99"], only: Self.quick)
    #expect(!seeded.notes.isEmpty && seeded.notes.allSatisfy { $0.code == CheckpointCodes.recomputed })
    #expect(seeded.notes.allSatisfy { $0.message.contains("`seed`") })
    // 2. A damaged file, and one that is none.
    let path = fixture.folder + "/out.partial/"
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + "targets-result.checkpoint")))
    bytes[bytes.count / 2] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: path + "targets-result.checkpoint"))
    try Data("nothing".utf8).write(to: URL(fileURLWithPath: path + "churn-customers.checkpoint"))
    let damaged = try fixture.checkpoint()
    damaged.resume()
    let run = try await fixture.run(damaged, only: Self.quick)
    let complaints = damaged.notes.filter { $0.code == CheckpointCodes.damaged }.map(\.message)
    #expect(complaints.contains { $0.contains("targets-result") && $0.contains("checksum") }, "\(complaints)")
    #expect(complaints.contains { $0.contains("churn-customers") && $0.contains("no checkpoint") }, "\(complaints)")
    #expect(content(run) == content(try await fixture.run(only: Self.quick)))
  }

  @Test func `a folder of somebody else is left alone`() throws {
    let fixture = try Fixture()
    let path = fixture.folder + "/out.partial"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: path + "/notes.txt"))
    #expect(throws: FileError.self) { try fixture.checkpoint() }
    #expect(fixture.names() == ["notes.txt"])
  }

  @Test func `without an interrupted run there is nothing to go on with, and that is said`() throws {
    let fixture = try Fixture()
    let checkpoint = try fixture.checkpoint()
    checkpoint.resume()
    #expect(checkpoint.notes.map(\.code) == [CheckpointCodes.nothingToResume])
  }

  @Test func `stages tell how far they are`() async throws {
    let fixture = try Fixture()
    let seen = Mutex<[StageName: [(done: Int, total: Int)]]>([:])
    var findings = Findings()
    let loaded = Plan.load(path: fixture.folder + "/plan.yaml", environment: [:], findings: &findings)
    _ = await Run.evaluate(try #require(loaded), only: [.forecast], threads: 2, findings: &findings) { event in
      if case .advanced(let stage, let done, let total) = event {
        seen.withLock { $0[stage, default: []].append((done, total)) }
      }
    }
    let steps = try #require(seen.withLock { $0[.forecast] })
    #expect(steps.count > 2 && steps.first?.done == 0)
    #expect(steps.last.map { $0.done == $0.total } == true)
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.done < $1.done && $0.total == $1.total })
  }
}
