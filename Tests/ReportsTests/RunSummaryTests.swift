import ChannelTypes
import Tables
import Testing

@testable import Reports

@Suite struct RunSummaryTests {
  @Test func theBudgetIsPrintedAsPlannersReadIt() {
    let text = RunSummary(SampleRun.view()).text
    #expect(
      text.contains(
        """
        budget, CNY         now      plan     change   marginal return   held by
        xian            610,000   793,000   +183,000              1.55   max_move_pct 30
        east          1,050,000   909,000   -141,000              1.42
        shanghai        880,000   980,000   +100,000              1.42
        """))
    #expect(
      text.contains(
        """
        reserve         288,000   288,000          0
        not spent             0         0          0
        expected margin +412,000, of which +148,000 from placing the money better, +264,000 from the extra 120,000
          (80 %: +54,000..+770,000; chance of earning more than now, spend paid, 93 %; nothing better exists)

        """))
  }

  @Test func everyStageHasItsPart() {
    let text = RunSummary(SampleRun.view()).text
    #expect(text.contains("transfers: feasible, worth 81,000 CNY; at most 0.04 % better exists\n"))
    #expect(text.contains("no action       200\n"))
    #expect(text.contains("华北                      12,717           12,732   +0.1 %"))
    #expect(text.hasSuffix("files: out/telecom-dealers-base-1a2b3c4d (35 tables, report.html)\n"))
  }

  /// A part of a year is held against the same part: sales that double every December say nothing of January.
  @Test func aForecastOfSomeMonthsIsHeldAgainstTheSameMonths() throws {
    func rows(_ months: [(Period, Double)], _ value: String) -> Table {
      Table(
        name: value == "mean" ? "forecast" : "history", rows: months,
        columns: [
          .text("level") { _ in "total" }, .text("region") { _ in nil }, .period("period", form: .month) { $0.0 },
          .real(value) { $0.1 },
        ])
    }
    let history = (1...24).map { (Period.month(2024, 1).advanced(by: $0 - 1), $0 % 12 == 0 ? 200.0 : 100) }
    func figures(_ horizon: Int) throws -> ForecastFigures {
      let ahead = (0..<horizon).map { (Period.month(2026, 1).advanced(by: $0), $0 == 11 ? 220.0 : 110) }
      return try #require(ForecastFigures(SampleRun.view([rows(history, "value"), rows(ahead, "mean")])))
    }
    let part = try figures(3)
    #expect(part.total.earlier == 300 && abs((part.total.change ?? 0) - 0.1) < 1e-12)
    #expect(part.earlier == "same months a year before")
    let whole = try figures(12)
    #expect(whole.total.earlier == 1300 && whole.earlier == "last 12 months")
    // Beyond what is known of the year before there is nothing to compare with.
    #expect(try figures(15).total.earlier == nil)
  }

  @Test func aRunWithoutTablesPrintsWhatHappened() {
    let text = RunSummary(SampleRun.view([])).text
    #expect(text.contains("skipped  scores: needs the table incidents"))
    #expect(!text.contains("budget, CNY"))
  }

  @Test func theReceivingEndOfATransferIsNoActionOfItsOwn() throws {
    let table = SampleRun.table(
      "inventory_actions",
      [
        ("partner_id", SampleRun.text(["P1", "P2", "P3"])), ("product_id", SampleRun.text(["cpe", "cpe", "cpe"])),
        ("action", SampleRun.text(["transfer", "receive", "none"])), ("quantity", .integer([40, 25, 0])),
        ("to_partner", SampleRun.text(["P2|P4", "", ""])),
      ])
    let figures = try #require(StockFigures(SampleRun.view([table])))
    #expect(figures.actions.map(\.sentence) == ["Transfer 40 cpe from P1 to P2 and P4"])
    #expect(figures.pairs == 3)
    #expect(figures.kinds.map(\.count) == [1])
  }

  @Test(arguments: [
    (0.0, "nothing better exists"), (4e-4, "at most 0.04 % better exists"), (0.1, "at most 10.00 % better exists"),
    (3.14e-7, "at most 0.00004 % better exists"), (.infinity, "no bound is known"),
  ])
  func theGapIsSaidInWords(gap: Double, words: String) { #expect(CertificateText.better(gap) == words) }
}
