import Specifications
import Tables
import Testing

@testable import Benchmarking

@Suite("Suite files")
struct SuiteTests {
  private func findings(_ text: String) -> Findings {
    var findings = Findings()
    _ = BenchmarkSuite.parse(text, file: "suite.yaml", findings: &findings)
    return findings
  }

  @Test("everything that a suite may say is read")
  func whole() throws {
    var findings = Findings()
    let text = """
      name: All
      dataFolder: ../data
      levels: [95, 50]
      measure: crps
      seed: 7
      timeLimit: 10
      models:
        - auto
        - {exec: ./statsforecast.py AutoETS}
        - {exec: ./lags.py, name: lags}
        - {import: kept.csv, as: override}
      tasks:
        - name: M1
          data: m1.csv.gz
          where: [kind=demand, year>=1990]
          id: [store, brand]
          time: t
          value: y
          join: {file: meta.csv, key: series_id}
          groupBy: frequency
          horizon: {YEARLY: 6, MONTHLY: 18}
          season: freq
          metricSeason: 1
          minimumTraining: 9
          windows: {count: 3, step: 2, at: dates}
          bars: [{model: auto, atMost: 0.9, group: YEARLY}]
          valueAdded: [naive2, auto]
      """
    let suite = try #require(BenchmarkSuite.parse(text, file: "suites/all.yaml", findings: &findings))
    #expect(findings.count == 0)
    #expect(suite.levels == [50, 95] && suite.measure == .crps && suite.seed == 7)
    #expect(suite.contestants.map(\.name) == ["auto", "AutoETS", "lags", "override"])
    #expect(suite.contestants[3].kind == .file("kept.csv", model: "override"))
    let task = try #require(suite.tasks.first)
    #expect(task.horizon?.value == .byGroup(["YEARLY": 6, "MONTHLY": 18]))
    #expect(task.season?.value == .column("freq") && task.metricSeason?.value == .fixed(1))
    #expect(task.split == .dates(count: 3, step: 2, cutoffs: []))
    #expect(task.conditions.map(\.value.column) == ["kind", "year"])
    #expect(task.bars.first?.atMost == 0.9)
    #expect(suite.dataPath("m1.csv", override: nil) == "suites/../data/m1.csv")
    #expect(suite.dataPath("m1.csv", override: "/data") == "/data/m1.csv")
    #expect(suite.probabilities.count == 5)
  }

  @Test("an unknown key is an error with its place and the nearest key")
  func unknownKey() throws {
    let found = findings(suiteText(["horizn: 4", "season: 4"]))
    let key = try #require(found.kept.first { $0.code == SpecificationCodes.unknownKey })
    #expect(key.place?.line == 8 && key.place?.column == 5)
    #expect(key.hint?.contains("horizon") == true)
    #expect(found.kept.contains { $0.code == SpecificationCodes.missingKey && $0.message.contains("horizon") })
  }

  @Test("what does not go together is refused")
  func refusals() {
    func codes(_ lines: [String]) -> [String] { findings(suiteText(lines)).kept.map(\.code.id) }
    #expect(codes(["horizon: 4", "test: split=test", "windows: {count: 2}"]).contains("B101"))
    #expect(codes(["horizon: {A: 4}"]).contains("B101"))
    #expect(codes(["horizon: 0"]).contains("P114"))
    #expect(codes(["horizon: 4", "where: nonsense"]).contains("P113"))
    #expect(codes(["horizon: 4", "models: [naive, naive]"]).contains("P116"))
    #expect(codes(["horizon: 4", "models: [{exec: a, import: b}]"]).contains("P111"))
    #expect(findings("models: [auto]\ntasks: []\n").kept.map(\.code.id) == ["P111"])
    #expect(findings("tasks:\n  - {name: a, data: b, id: c, time: d, value: e, horizon: 1}\n").hasErrors)
  }

  @Test("conditions compare numbers as numbers and all else as text")
  func filters() throws {
    let week = try #require(RowCondition("week >= 40"))
    #expect(week.column == "week" && week.holds("100") && week.holds("40") && !week.holds("9") && !week.holds(""))
    let split = try #require(RowCondition("split=train"))
    #expect(split.holds("train") && !split.holds("test"))
    let month = try #require(RowCondition("month<2020-03"))
    #expect(month.holds("2020-02") && !month.holds("2020-03"))
    #expect(try #require(RowCondition("a!=b")).holds("c"))
    #expect(RowCondition("=x") == nil && RowCondition("plain") == nil)
  }
}
