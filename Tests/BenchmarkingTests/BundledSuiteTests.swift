import Foundation
import Specifications
import Tables
import Testing

@testable import Benchmarking

/// The suites in `Benchmarks/suites`, and what they give on the data where these are.
@Suite("Bundled suites")
struct BundledSuiteTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let folder = root.appending(path: "Benchmarks/suites").path
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
    $0.hasSuffix(".yaml")
  }.sorted()
  /// Beside the package, or where `SLUICE_DATA` says.
  static let data =
    ProcessInfo.processInfo.environment["SLUICE_DATA"]
    ?? root.deletingLastPathComponent().appending(path: "shared/data").path
  static let hasData = FileManager.default.fileExists(atPath: data + "/forecasting/m1_long.csv.gz")

  @Test("every suite is read, and its built-in models exist", arguments: names)
  func reads(name: String) throws {
    var findings = Findings()
    let suite = try #require(BenchmarkSuite.read(Self.folder + "/" + name, findings: &findings))
    #expect(findings.count == 0)
    for contestant in suite.contestants {
      guard case .model(let model) = contestant.kind, model != "auto" else { continue }
      #expect(ModelCatalogue.model(named: model) != nil, "\(model)")
    }
  }

  @Test("the suites of the competitions are there")
  func areThere() {
    #expect(Set(Self.names).isSuperset(of: ["m1.yaml", "tourism_competition.yaml", "common_origin.yaml"]))
  }

  /// sMAPE and MASE of Naive2 by the competition's own formulas in numpy, three and four decimals.
  @Test(
    "Naive2 on the M1 competition has the accepted scores",
    .enabled(if: hasData, "the M1 data (shared/data) are not here"))
  func naive2() throws {
    var findings = Findings()
    let suite = try #require(BenchmarkSuite.read(Self.folder + "/m1.yaml", findings: &findings))
    let run = BenchmarkRun(suite, data: Self.data, only: ["naive2"])
    let results = try #require(run.results(findings: &findings))
    let expected = [(181, 22.431, 4.8931), (203, 17.909, 1.8816), (617, 16.517, 1.1883)]
    #expect(results.tasks.map(\.name) == ["M1 YEARLY", "M1 QUARTERLY", "M1 MONTHLY"])
    for (task, (series, smape, mase)) in zip(results.tasks, expected) {
      let entry = try #require(task.entries.first)
      #expect(task.seriesCount == series)
      #expect(abs(entry.scores.smape - smape) < 5.1e-4 && abs(entry.scores.mase - mase) < 5.1e-5)
      #expect(abs(entry.scores.owa - 1) < 1e-12)
    }
    #expect(results.overall?.seriesCount == 1001)
  }
}
