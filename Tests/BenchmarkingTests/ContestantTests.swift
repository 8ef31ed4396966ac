import Foundation
import Tables
import Testing
import TimeSeries

@testable import Benchmarking

@Suite("Contestants and leaderboards")
struct ContestantTests {
  @Test("models compete: a season wins where there is one")
  func models() throws {
    let folder = try SuiteFolder()
    try folder.writeMonths()
    let (results, findings) = try folder.results(suiteText(models: "[naive, Seasonal-Naive, naive2]"))
    #expect(findings.count == 0)
    let board = try #require(results?.tasks.first)
    #expect(board.seriesCount == 2 && board.horizon == 4 && results?.overall == nil)
    let entries = Dictionary(uniqueKeysWithValues: board.entries.map { ($0.name, $0) })
    let naive2 = try #require(entries["naive2"])
    #expect(abs(naive2.scores.owa - 1) < 1e-12)
    // The rise of four a season is missed by four; `b` repeats itself exactly and so has no scale.
    let seasonal = try #require(entries["Seasonal-Naive"])
    #expect(abs(seasonal.scores.mase - 1) < 1e-12)
    #expect(abs(seasonal.scores.wape - 16.0 / 561) < 1e-12)
    #expect(abs(try #require(entries["naive"]).scores.wape - 35.0 / 561) < 1e-12)
    let ranks = board.entries.map(\.meanRank)
    #expect(abs(ranks.reduce(0, +) - 6) < 1e-12)
  }

  @Test("with one series its times are compared; a point forecast has a CRPS")
  func oneSeries() throws {
    let folder = try SuiteFolder()
    try folder.writeMonths(count: 36)
    let lines = ["where: id=b", "horizon: 4", "season: 4", "windows: {count: 6, step: 4}"]
    let (results, findings) = try folder.results(
      "measure: crps\n" + suiteText(models: "[naive, seasonal_naive, naive2]", lines))
    #expect(findings.count == 0)
    let board = try #require(results?.tasks.first)
    #expect(board.seriesCount == 1 && board.comparison?.blocks == 24)
    #expect(board.entries.first?.name == "seasonal_naive")
    #expect(try #require(board.entries.last?.pAgainstBest) < 0.05)
  }

  @Test("an unknown model is an error at its place")
  func unknownModel() throws {
    let folder = try SuiteFolder()
    try folder.writeMonths()
    let (results, findings) = try folder.results(suiteText(models: "[seasonal_nave]"))
    #expect(results == nil)
    #expect(findings.kept.first?.code == BenchmarkCodes.unknownModel)
    #expect(findings.kept.first?.place?.line == 1)
    #expect(findings.kept.first?.hint?.contains("seasonal_naive") == true)
  }

  @Test("a program reads the history and writes a forecast")
  func program() throws {
    let folder = try SuiteFolder()
    try folder.writeMonths()
    // The last value of each series, for as many periods as are asked for; times are left to the order.
    try folder.write(
      """
      #!/bin/sh
      [ "$1 $3" = "--horizon --season" ] && [ "$5 $6" = "--levels 80,95" ] || exit 9
      awk -F, -v h="$2" 'NR > 1 {last[$1] = $3}
        END {print "unique_id,ds,y_hat,lo-95,hi-95"
          for (id in last) for (i = 1; i <= h; i++) print id "," i "," last[id] "," last[id] - 9 "," last[id] + 9}'
      """, "last.sh", isExecutable: true)
    let (results, _) = try folder.results(suiteText(models: "[naive, {exec: ./last.sh, name: last}]"))
    let board = try #require(results?.tasks.first)
    let entries = Dictionary(uniqueKeysWithValues: board.entries.map { ($0.name, $0) })
    let (own, other) = (try #require(entries["naive"]), try #require(entries["last"]))
    #expect(other.status == .complete && other.scores.mase == own.scores.mase)
    #expect(other.scores.coverage[1].isFinite && other.scores.coverage[0].isNaN)
    #expect((other.use.peakMemory ?? 0) > 0)
  }

  @Test("a contestant that fails or leaves out series is reported and ranked last")
  func failures() throws {
    let folder = try SuiteFolder()
    try folder.writeMonths()
    try folder.write("#!/bin/sh\necho oh dear >&2\nexit 3\n", "broken.sh", isExecutable: true)
    try folder.write("#!/bin/sh\nsleep 20\n", "slow.sh", isExecutable: true)
    try folder.write(
      "unique_id,ds,y_hat\na,2021-09,120\na,2021-10,121\na,2021-11,122\na,2021-12,123\nb,2021-09,\nz,2021-09,1\n",
      "half.csv")
    let models = "[naive, {exec: ./broken.sh}, {exec: ./slow.sh}, {exec: ./none.sh}, {import: half.csv}]"
    let (results, _) = try folder.results("timeLimit: 0.3\n" + suiteText(models: models))
    let board = try #require(results?.tasks.first)
    #expect(board.entries.count == 5)
    let status = Dictionary(uniqueKeysWithValues: board.entries.map { ($0.name, $0.status) })
    #expect(status["./broken.sh"] == .failed && status["./slow.sh"] == .failed && status["./none.sh"] == .failed)
    #expect(status["half.csv"] == .partial(missing: 1))
    #expect(board.entries.suffix(3).allSatisfy { $0.status == .failed && $0.scores.owa.isNaN })
    let messages = results?.findings.kept.map(\.message) ?? []
    #expect(messages.contains { $0.contains("status 3: oh dear") })
    #expect(messages.contains { $0.contains("ended after 0.3 seconds") })
    #expect(messages.contains { $0.contains("misses 1 of 2 series") && $0.contains("`b`") })
  }

  @Test("kept forecasts can be imported again, and steps be judged")
  func kept() throws {
    let folder = try SuiteFolder()
    try folder.writeMonths()
    let text = suiteText(models: "[naive, seasonal_naive]", ["horizon: 4", "season: 4", "windows: {count: 2}"])
    var (suite, findings) = try folder.suite(text)
    var kept = KeptForecasts(levels: [80, 95])
    let run = BenchmarkRun(try #require(suite))
    let first = run.results(findings: &findings, keep: { kept.keep($0, $1, $2) })
    try CSVWriter.write(kept.table, to: folder.path + "/kept.csv")
    let again = suiteText(
      models: "[naive, {import: kept.csv, as: naive, name: n}, {import: kept.csv, as: seasonal_naive, name: s}]",
      ["horizon: 4", "season: 4", "windows: {count: 2}", "valueAdded: [n, s]"])
    (suite, findings) = try folder.suite(again)
    let second = BenchmarkRun(try #require(suite)).results(findings: &findings)
    #expect(findings.count == 0)
    let old = try #require(first?.tasks.first?.entries.first { $0.name == "seasonal_naive" })
    let board = try #require(second?.tasks.first)
    let new = try #require(board.entries.first { $0.name == "s" })
    #expect(abs(new.scores.mase - old.scores.mase) < 1e-12 && abs(new.scores.crps - old.scores.crps) < 1e-9)
    let added = try #require(board.valueAdded)
    #expect(added.steps.map(\.name) == ["n", "s"] && added.count == 16 && added.steps[1].addedToPrevious > 0)
    var found = Findings()
    #expect(KeptForecasts.snapshots(folder.path + "/kept.csv", findings: &found)?.count == 32)
  }

  @Test("a file with a column for each model is read too")
  func columns() throws {
    let folder = try SuiteFolder()
    try folder.writeMonths()
    var text = "unique_id,ds,auto,auto-lo-95,auto-hi-95,final,reason\n"
    for (index, month) in ["2021-09-01", "2021-10-01", "2021-11-01", "2021-12-01"].enumerated() {
      text += "a,\(month),\(120 + index),110,130,\(121 + index),fair\n"
      text += "b,\(month),\([10, 20, 30, 15][index]),5,40,\([10, 20, 30, 15][index]),\n"
    }
    try folder.write(text, "wide.csv")
    let models = "[naive, {import: wide.csv, as: auto}, {import: wide.csv, as: final}]"
    let (results, findings) = try folder.results(suiteText(models: models))
    #expect(findings.count == 0 && results?.findings.count == 0)
    let board = try #require(results?.tasks.first)
    let entries = Dictionary(uniqueKeysWithValues: board.entries.map { ($0.name, $0) })
    #expect(try #require(entries["auto"]).scores.mase == 0)
    #expect(try #require(entries["auto"]).scores.coverage[1] == 1)
    #expect(abs(try #require(entries["final"]).scores.mase - 0.25) < 1e-12)
    #expect(try #require(entries["final"]).scores.coverage[1].isNaN)
  }

  @Test("the folder is written whole; a worse score in a later one is found")
  func compare() throws {
    let folder = try SuiteFolder()
    try folder.writeMonths()
    let (results, _) = try folder.results(suiteText())
    let written = try #require(results)
    for name in ["old", "new"] {
      try BenchmarkFolder.write(written, page: "<p>", forecasts: nil, to: folder.path + "/" + name)
    }
    var findings = Findings()
    func compared() -> BenchmarkComparison? {
      BenchmarkComparison.read(old: folder.path + "/old", new: folder.path + "/new", findings: &findings)
    }
    #expect(try #require(compared()).regressions.isEmpty)
    // A model that becomes worse, and one that is gone.
    let path = folder.path + "/new/leaderboard.csv"
    var lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    let row = try #require(lines.firstIndex { $0.contains(",naive,") })
    var cells = lines[row].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let owa = try #require(lines[0].split(separator: ",").firstIndex(of: "owa"))
    cells[owa] = "9.5"
    lines[row] = cells.joined(separator: ",")
    lines.removeAll { $0.contains(",seasonal_naive,") }
    try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    #expect(Set(try #require(compared()).regressions.map(\.verdict)) == [.worse, .gone])
    #expect(BenchmarkComparison.read(old: folder.path, new: folder.path, findings: &findings) == nil)
    #expect(findings.kept.last?.code == BenchmarkCodes.noResults)
  }
}
