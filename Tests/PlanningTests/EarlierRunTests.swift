import ChannelTypes
import Tables
import Testing

@testable import Planning

/// Earlier runs against a later one, on tables small enough to work out by hand.
@Suite struct EarlierRunTests {
  private typealias Figure = (name: String, label: String, unit: String, value: Double)

  private static func figures(_ rows: [Figure]) -> Table {
    Table(
      name: "kpis", rows: rows,
      columns: [
        .text("stage") { _ in "forecast" }, .text("name", \.name), .text("label", \.label), .real("value", \.value),
        .text("unit", \.unit), .text("better") { _ in "higher" },
      ])
  }

  private static func series(
    _ name: String, _ column: String, from start: Period, _ regions: [(region: String?, values: [Double])]
  ) -> Table {
    let rows = regions.flatMap { entry in
      entry.values.enumerated().map { (entry.region, start.advanced(by: $0.offset), $0.element) }
    }
    return Table(
      name: name, rows: rows,
      columns: [
        .text("level") { $0.0 == nil ? "total" : "region" }, .text("region") { $0.0 },
        .period("period", form: start.form) { $0.1 }, .real(column) { $0.2 }, .real("p10") { $0.2 - 5 },
        .real("p90") { $0.2 + 5 },
      ])
  }

  /// History from January 2024 on counts 1, 2, 3, … in the region and twice that in the network.
  private static func run(_ name: String, months: Int, measure: String = "sell_out_qty", worth: Double) -> ComparedRun {
    let start = Period.month(2024, 1)
    let past = (1...months).map(Double.init)
    let next = (1...3).map { Double(months + $0) + 0.5 }
    return ComparedRun(
      name: name, measure: measure,
      tables: [
        figures([
          ("worth", "Worth", "CNY", worth), ("last", "Sales of month \(months)", "CNY", past[months - 1]),
          ("share", "Share", "share", 0.5),
        ]),
        series("history", "value", from: start, [(nil, past.map { $0 * 2 }), ("east", past)]),
        series("forecast", "mean", from: start.advanced(by: months), [(nil, next.map { $0 * 2 }), ("east", next)]),
        LedgerEntry.table(
          "promises",
          (0..<3).map { .init(.revenue, "east", start.advanced(by: months + $0), 10, basis: "target") }),
        LedgerEntry.table(
          "realised",
          (0..<months).map { .init(.revenue, "east", start.advanced(by: $0), Double($0 + 1), basis: "sales") }),
      ])
  }

  private static func words(_ table: Table, _ column: String) -> [String?] {
    (0..<table.rowCount).map { table.text(column)?[$0] }
  }

  @Test func whatMovedWhatCameAndWhatWasForecast() throws {
    let earlier = EarlierRuns(
      [Self.run("old", months: 20, worth: 80)], against: Self.run("new", months: 22, worth: 100))
    #expect(earlier.tables.map(\.name) == ["earlier_kpis", "earlier_outcomes", "earlier_forecasts"])

    // `last` names another month in either run: it is no figure that moved.
    let figures = earlier.tables[0]
    #expect(Self.words(figures, "name") == ["worth", "share"])
    #expect(figures.numbers("change") == [20, 0] && figures.numbers("change_pct") == [25, 0])

    // Of the three months promised, two have passed.
    let outcomes = earlier.tables[1]
    #expect(Self.words(outcomes, "period") == ["2025-09", "2025-10"])
    #expect(outcomes.numbers("realised") == [21, 22] && outcomes.numbers("difference") == [11, 12])

    // Months 21 and 22 were forecast as 21.5 and 22.5; a year before they were 9 and 10.
    let forecasts = earlier.tables[2]
    #expect(Self.words(forecasts, "level") == ["total", "total", "region", "region"])
    #expect(forecasts.numbers("mean") == [43, 45, 21.5, 22.5])
    #expect(forecasts.numbers("value") == [42, 44, 21, 22])
    #expect(forecasts.numbers("seasonal_naive") == [18, 20, 9, 10])
    #expect(forecasts.numbers("step") == [1, 2, 1, 2])
  }

  @Test func anotherMeasureIsNoForecastOfThisOne() {
    let money = Self.run("old", months: 20, measure: "sell_out_value", worth: 80)
    let earlier = EarlierRuns([money], against: Self.run("new", months: 22, worth: 100))
    #expect(earlier.tables.map(\.name) == ["earlier_kpis", "earlier_outcomes"])
  }

  /// Further ahead than a year, the last year that the run could know is two years back.
  @Test func theRepeatedYearIsOneThatTheRunKnew() throws {
    let start = Period.month(2025, 1)
    func run(_ name: String, _ months: Int) -> ComparedRun {
      ComparedRun(
        name: name, measure: "",
        tables: [
          Self.series(
            "history", "value", from: .month(2023, 1), [(nil, (0..<months).map(Double.init))]),
          Self.series("forecast", "mean", from: start, [(nil, (0..<14).map(Double.init))]),
        ])
    }
    let outcomes = ForecastOutcome.of(run("old", 24), seenBy: run("new", 40))
    #expect(outcomes.map(\.step) == Array(1...14))
    // January 2025 repeats January 2024; so does January 2026, the thirteenth month ahead.
    #expect(outcomes[0].repeated == 12 && outcomes[11].repeated == 23 && outcomes[12].repeated == 12)
  }

  @Test func foldersThatAreNoRunAreRefused() {
    var findings = Findings()
    #expect(ComparedRun.read(["nowhere/a"], findings: &findings) == nil)
    #expect(findings.kept.map(\.code.id) == ["S030"])
    var none = Findings()
    #expect(ComparedRun.read([], findings: &none)?.isEmpty == true)
  }

  @Test func nothingInCommonGivesNoTable() {
    let other = ComparedRun(name: "other", measure: "", tables: [Self.figures([("x", "X", "CNY", 1)])])
    #expect(EarlierRuns([other], against: Self.run("new", months: 22, worth: 100)).tables.isEmpty)
  }
}
