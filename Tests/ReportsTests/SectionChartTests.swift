import ChannelTypes
import Planning
import Tables
import Testing

@testable import Reports

/// The charts of the sections beyond the forecast and the budget.
@Suite struct SectionChartTests {
  private func marks(_ drawing: SVG) -> Int {
    drawing.document(title: "t", description: "d").components(separatedBy: "class=\"mark\"").count - 1
  }

  @Test func tenThousandSubjectsMakeFewMarks() {
    let subjects = (0..<10_000).map { index in
      QuadrantChart.Subject(
        x: Double(index % 101), y: Double(index % 97), weight: Double(index % 7) / 7, reading: "P\(index)")
    }
    let chart = QuadrantChart(
      subjects: subjects, xTitle: "x", yTitle: "y", xThreshold: .init(value: 50, label: "half"))
    #expect(marks(chart.drawing(width: 700, height: 300)) <= 300 + 24 * 14)
    #expect(marks(chart.drawing(width: 340, height: 300)) <= 300 + 24 * 14)
  }

  @Test(arguments: [340.0, 760]) func nothingUnknownIsDrawn(width: Double) {
    let nan = Double.nan
    let drawings = [
      QuadrantChart(
        subjects: [
          .init(x: nan, y: 1, weight: nan, reading: "a"), .init(x: 1e308, y: -1e308, weight: 2, reading: "b"),
        ],
        xTitle: "", yTitle: "", xThreshold: .init(value: nan, label: "")
      ).drawing(width: width, height: 200),
      LineChart(
        series: [.init(name: "a", style: "plan", nodes: [.init(x: 0, y: nan), .init(x: nan, y: 1, reading: "c")])]
      ).drawing(width: width, height: 200),
      LineChart(series: []).drawing(width: width, height: 200),
      ColumnChart(bins: [.init(from: 0, to: 1, value: nan, reading: "d")], xTitle: "", yTitle: "")
        .drawing(width: width, height: 200),
      ColumnChart(bins: [], xTitle: "", yTitle: "", references: [.init(value: nan, label: "x")])
        .drawing(width: width, height: 200),
      BulletChart(rows: [.init(name: "a", parts: [.init(value: nan, style: "plan")], mark: nan, label: "", reading: "")]
      )
      .drawing(width: width),
      StageChart(stages: [
        .init(name: "a", value: nan, label: "", reading: ""),
        .init(
          name: "b", value: 3, label: "", reading: ""),
      ]).drawing(width: width),
    ]
    for drawing in drawings {
      let text = drawing.document(title: "", description: "")
      #expect(!text.contains("nan") && !text.contains("inf"))
    }
  }

  /// A line that holds its value until the next one has a corner for every step.
  @Test func stepsHaveCorners() {
    let nodes = [(0.0, 10.0), (1, 5), (2, 1)].map { LineChart.Node(x: $0.0, y: $0.1) }
    func corners(_ isStepped: Bool) -> Int {
      let chart = LineChart(series: [.init(name: "a", style: "plan", nodes: nodes, isStepped: isStepped)])
      let text = chart.drawing(width: 600, height: 200).document(title: "", description: "")
      let path = text.components(separatedBy: "class=\"line plan\" d=\"").dropFirst().first ?? ""
      return path.prefix { $0 != "\"" }.count { $0 == "L" }
    }
    #expect(corners(false) == 2 && corners(true) == 4)
  }

  private var tables: [Table] {
    let quarters = (0..<8).map { Period.quarter(2024, 1).advanced(by: $0) }
    let series = ["", "east", "west"].flatMap { region in
      quarters.enumerated().map {
        (region: region, period: $1, yoy: $0 < 4 ? Double.nan : region == "west" ? -0.1 : 0.2)
      }
    }
    return [
      Table(
        name: "kpi_definitions", rows: ["sales"],
        columns: [
          .text("kpi") { $0 }, .text("label") { _ in "Sales" }, .text("formula") { _ in "sum of sell_in_value" },
          .text("unit") { _ in "CNY" }, .text("change") { _ in "value / earlier value - 1" },
          .text("source") { _ in "" },
        ]),
      Table(
        name: "kpi_series", rows: series,
        columns: [
          .text("kpi") { _ in "sales" }, .text("region") { $0.region.isEmpty ? nil : $0.region },
          .text("channel_type") { _ in nil }, .text("grain") { _ in "quarter" },
          .text("period") { $0.period.description }, .real("value") { _ in 1_000 }, .text("unit") { _ in "CNY" },
          .real("yoy") { $0.yoy }, .real("pop") { _ in .nan }, .integer("new_year_differs") { _ in 0 },
        ]),
      Table(
        name: "funnel", rows: [("contacted", 100), ("customer", 40)],
        columns: [
          .text("kind") { _ in "leads" }, .text("stage") { $0.0 }, .integer("count") { $0.1 },
          .money("amount") { Money($0.1) }, .real("share_of_previous") { $0.1 == 40 ? 0.4 : .nan },
          .integer("lost") { $0.1 == 40 ? 60 : nil },
        ]),
      Table(
        name: "price_gaps", rows: [("east", "west", 0.08), ("west", "east", -0.12)],
        columns: [
          .text("from_region") { $0.0 }, .text("to_region") { $0.1 }, .real("gap") { $0.2 + 0.02 },
          .real("freight") { _ in 0.02 }, .real("net_gap") { $0.2 }, .text("widest_product") { _ in "box" },
          .real("widest_net_gap") { $0.2 },
        ]),
      Table(
        name: "high_potential", rows: 1...3,
        columns: [
          .text("level") { _ in "area" }, .text("region") { _ in "east" }, .text("group") { "tier \($0)" },
          .integer("members") { $0 * 4 }, .integer("untouched") { $0 }, .money("potential") { Money($0 * 1_000) },
          .real("penetration") { 0.3 / Double($0) }, .money("gap") { Money($0 * 900) },
          .integer("high") { $0 == 3 ? 1 : 0 },
        ]),
    ]
  }

  @Test func sectionsTellTheNumberThatMatters() throws {
    let html = try HTMLReport(SampleRun.view(SampleRun.tables + tables)).render()
    for id in ["monitor", "funnel", "coverage", "conflict"] { #expect(html.contains("<section id=\"\(id)\"")) }
    #expect(html.contains("Sales of 2025Q4: 1,000 CNY, +20.0 % on the year before and n/a on the period before."))
    #expect(html.contains("In 2025Q4 1 of 2 regions sold less than the year before: west."))
    #expect(html.contains("Of 100, 40 come to the end, 40 %."))
    #expect(html.contains("1 of 2 pairs of regions pay, most of all east to west: 8.0 %"))
    #expect(html.contains("18 of 24 cities are served"))
    #expect(html.contains("sum of sell_in_value"))
  }

  @Test func tablesWithoutRowsLeaveTheirSectionsOut() throws {
    let empty = tables.map { $0.keeping([]) }
    let html = try HTMLReport(SampleRun.view(SampleRun.tables + empty)).render()
    for id in ["monitor", "funnel", "coverage", "conflict"] { #expect(!html.contains("<section id=\"\(id)\"")) }
  }

  @Test func theSectionsSpeakChinese() throws {
    let gaps = Glossary.Gaps()
    let html = try Glossary.$gaps.withValue(gaps) {
      try Language.$current.withValue(.chinese) { try HTMLReport(SampleRun.view(tables)).render() }
    }
    #expect(html.contains("渠道监测") && html.contains("漏斗") && html.contains("空白市场"))
    let known = Set(Chinese.monitor.keys).union(Chinese.sectionCharts.keys)
    #expect(Set(gaps.sorted).isDisjoint(with: known))
    #expect(!gaps.sorted.contains { $0.hasPrefix("Sales of") || $0.contains("come to the end") })
  }
}
