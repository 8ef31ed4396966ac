import ChannelTypes
import Tables
import Testing
import TimeSeries

@testable import Benchmarking

@Suite("Tasks and windows")
struct WindowTests {
  private func panels(_ folder: SuiteFolder, _ lines: [String]) throws -> ([BenchmarkPanel], Findings) {
    var (suite, findings) = try folder.suite(suiteText(lines))
    return (suite?.panels(findings: &findings)?.flatMap(\.panels) ?? [], findings)
  }

  @Test("the test part of a competition, the last periods and a common date agree where they must")
  func splits() throws {
    let folder = try SuiteFolder()
    try folder.writeMonths()
    let (test, _) = try panels(folder, ["test: split=test", "season: 4"])
    let (ends, _) = try panels(folder, ["horizon: 4", "season: 4"])
    let (dates, _) = try panels(folder, ["horizon: 4", "season: 4", "windows: {cutoffs: [2021-08]}"])
    for panels in [test, ends, dates] {
      let panel = try #require(panels.first)
      #expect(panels.count == 1 && panel.ids == ["a", "b"] && panel.horizon == 4)
      #expect(Array(panel.history.values(ofSeries: 0)) == (100..<120).map(Double.init))
      #expect(panel.outcome.actual == [120, 121, 122, 123, 10, 20, 30, 15])
      #expect(panel.lastPeriods[0].description == "2021-08")
      #expect(panel.period(series: 0, step: 0).description == "2021-09")
    }
  }

  @Test("windows move back from the end")
  func rolling() throws {
    let folder = try SuiteFolder()
    try folder.writeMonths()
    let (ends, _) = try panels(folder, ["horizon: 4", "season: 4", "windows: {count: 3, step: 2}"])
    #expect(ends.map { $0.history.length(ofSeries: 0) } == [20, 18, 16])
    let (dates, _) = try panels(
      folder, ["horizon: 4", "season: 4", "minimumTraining: 12", "windows: {count: 2, at: dates}"])
    // The earliest date that fits both series, then one horizon earlier, where none has twelve months before it.
    #expect(dates.map { $0.lastPeriods[0].description } == ["2020-12"])
  }

  @Test("gaps are unknown, not zero, and rows in any order are put in order")
  func gaps() throws {
    let folder = try SuiteFolder()
    try folder.write("id,month,y\na,2020-05,5\na,2020-01,1\na,2020-02,\na,2020-06,6\na,2020-07,\n", "table.csv")
    let (panels, findings) = try panels(folder, ["horizon: 1"])
    #expect(findings.count == 0)
    let values = try #require(panels.first).history.values
    #expect(values.count == 5 && values[0] == 1 && values[4] == 5)
    #expect(values[1...3].filter { !$0.isNaN }.isEmpty)
  }

  @Test("first days of months are months, and days a week apart weeks")
  func calendars() throws {
    let folder = try SuiteFolder()
    try folder.write("id,month,y\na,2020-01-01,1\na,2020-02-01,2\na,2020-03-01,3\n", "table.csv")
    #expect(try panels(folder, ["horizon: 1"]).0.first?.history.values == [1, 2])
    try folder.write("id,month,y\na,2020-01-06,1\na,2020-01-13,2\na,2020-01-27,3\na,2020-02-03,4\n", "table.csv")
    let (weeks, _) = try panels(folder, ["horizon: 1"])
    #expect(weeks.first?.periodStep == 7 && weeks.first?.history.values.count == 4)
    #expect(weeks.first?.period(series: 0, step: 0).description == "2020-02-03")
  }

  @Test("a joined table gives groups, horizons and seasons")
  func groups() throws {
    let folder = try SuiteFolder()
    try folder.writeMonths()
    try folder.write("id,kind,h,m\na,X,3,1\nb,Y,2,4\n", "meta.csv")
    let join = ["join: {file: meta.csv, key: id}", "groupBy: kind"]
    let (panels, findings) = try panels(folder, join + ["horizon: h", "season: m"])
    #expect(findings.count == 0)
    #expect(panels.map(\.task) == ["months X", "months Y"] && panels.map(\.horizon) == [3, 2])
    #expect(panels.map(\.history.season) == [1, 4])
    let (_, missing) = try self.panels(folder, join + ["horizon: {X: 3}"])
    #expect(missing.kept.first?.message.contains("`Y`") == true)
    let (_, mixed) = try self.panels(folder, ["join: {file: meta.csv, key: id}", "horizon: h"])
    #expect(mixed.kept.first?.code == BenchmarkCodes.badTask)
  }

  @Test("data that cannot be used are refused with the reason")
  func refusals() throws {
    let folder = try SuiteFolder()
    func code(_ lines: [String]) throws -> String? { try panels(folder, lines).1.kept.first?.code.id }
    #expect(try code(["horizon: 1"]) == "B103")
    try folder.write("id,month,y\na,2020-01,1\na,2020-01,2\n", "table.csv")
    #expect(try code(["horizon: 1"]) == "B104")
    try folder.writeMonths()
    #expect(try code(["horizon: 30"]) == "B105")
    #expect(try code(["horizon: steps"]) == "B102")
    try folder.write("id,month,y\na,soon,1\na,2020-01,1\na,2020-02,2\n", "table.csv")
    #expect(try code(["horizon: 1"]) == "B104")
  }
}
