import Testing

@testable import Reports

/// Tables that a run writes are told in the report, each by a sentence with its numbers.
@Suite struct WrittenTablesTests {
  private static let sections = HTMLReport(SampleRun.view()).sections

  private func block(_ source: String, in section: String) throws -> Block {
    let section = try #require(Self.sections.first { $0.id == section })
    return try #require(section.blocks.first { $0.source == source })
  }

  @Test(arguments: [
    ("policy_effects.csv", "scenarios"), ("reserve_curve.csv", "credit"), ("loss_sharing.csv", "credit"),
    ("failure_sharing.csv", "credit"), ("credit_extension.csv", "credit"), ("cross_sell.csv", "churn"),
  ])
  func everyTableHasItsBlock(source: String, section: String) throws {
    let block = try block(source, in: section)
    #expect(!block.sentences.isEmpty && !block.charts.isEmpty)
    let rows = try #require(block.foldedTable).rows.count
    #expect((1...40).contains(rows))
  }

  @Test func scenariosOpenWithWhoGains() throws {
    let section = try #require(Self.sections.first { $0.id == "scenarios" })
    let first = try #require(section.blocks.first)
    let text = first.sentences.joined(separator: " ")
    #expect(first.source == "policy_effects.csv")
    #expect(text.contains("The maker gains most in budget_cut, 172,000 CNY over the planned year"))
    #expect(text.contains("Dealers lose most in demand_dip, 283,000 CNY"))
    #expect(text.contains("Margins on sales, incentives and stock stay in no_change;"))
    #expect(first.openTable?.rows.count == 3)
  }

  @Test func risksAreTold() throws {
    func text(_ source: String) throws -> String {
      try block(source, in: "credit").sentences.joined(separator: " ")
    }
    let reserve = try text("reserve_curve.csv")
    #expect(reserve.contains("To cover the losses of 95 of 100 years takes a reserve of 1.25 M CNY."))
    #expect(
      reserve.contains("Credit alone would take 100,000 and demand below the plan alone would take 1.20 M: less"))
    #expect(reserve.contains("The plan’s reserve of 1.00 M covers 90.0 % of years."))
    #expect(try text("loss_sharing.csv").contains("the maker bears 3,000 of it, the partners 24,000"))
    #expect(try text("loss_sharing.csv").contains("The shareholding is not known at 1 partner."))
    #expect(try text("failure_sharing.csv").contains("0.7 alone, 0.3 where"))
    #expect(try text("failure_sharing.csv").contains("It helps P1 most: from 50.0 % to 25.0 %."))
    #expect(try text("credit_extension.csv").contains("Longer terms for 2 partners are worth 15,000 CNY a year"))
  }

  /// What the summary says to see is a link to it; what the page does not have is plain text.
  @Test func theSummaryLeadsToItsLists() throws {
    let html = try HTMLReport(SampleRun.view()).render()
    #expect(html.contains("<a href=\"#churn\">Churn</a>") && html.contains("<a href=\"#credit\">Credit and risk</a>"))
    let alone = try HTMLReport(SampleRun.view([SampleRun.crossSell])).render()
    #expect(alone.contains("<section id=\"churn\"") && alone.contains("<a href=\"#churn\">Churn</a>"))
    var section = PageSection.summary(SampleRun.view([SampleRun.crossSell]))
    section.keepLinks(to: [])
    #expect(
      section.blocks.allSatisfy { $0.openTable?.rows.allSatisfy { $0.cells.allSatisfy { $0.link == nil } } ?? true })
  }

  // MARK: Scenarios

  private func figure(_ name: String, _ base: Double, _ value: Double) -> ScenarioFigures.KPI {
    let share = base == 0 ? Double.nan : (value - base) / base.magnitude
    return ScenarioFigures.KPI(
      stage: "", name: name, label: name, unit: "CNY", better: "higher", base: base, value: value,
      change: value - base, share: share, noiseLow: .nan, noiseHigh: .nan)
  }

  @Test func perCentsOfNextToNothingAreLeftOut() {
    #expect(figure("a", 100, 1_100).hasShare && !figure("a", 100, 1_101).hasShare && !figure("a", 0, 5).hasShare)
    #expect(
      figure("expected_margin_gain_low", 1, 2).isIntervalEnd && !figure("expected_margin_gain", 1, 2).isIntervalEnd)
    let order = ScenarioFigures.mainFirst([
      figure("other", 1, 5), figure("planned_revenue", 100, 99), figure("small", 100, 101),
      figure("planned_units", 9, 8),
    ]).map(\.name)
    #expect(order == ["planned_units", "planned_revenue", "other", "small"])
  }

  @Test func oneIsSingularAndNothingIsLeftOut() {
    #expect(Prose.gainsAndLosses([], [-16.9], "CNY") == "One partner loses 16.9 CNY.")
    #expect(
      Prose.gainsAndLosses([1_000], [-20, -30], "CNY")
        == "One partner gains 1,000 CNY, 2 partners lose 50 CNY together.")
  }
}
