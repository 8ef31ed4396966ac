import ChannelTypes
import Foundation
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
    let subjects = (0..<10_000).map { (index: Int) -> QuadrantChart.Subject in
      let (x, y, weight) = (Double(index % 101), Double(index % 97), Double(index % 7) / 7)
      return QuadrantChart.Subject(x: x, y: y, weight: weight, reading: "P\(index)")
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

  /// Of categories every one keeps its name, turned and cut where it must; of periods some go without.
  @Test(arguments: [340.0, 900]) func everyColumnOfAMatrixHasItsName(width: Double) {
    let names = (0..<12).map { "region \($0) " + String(repeating: "long", count: 20) }
    let cells = names.flatMap { _ in names.map { HeatChart.Cell(depth: 0.5, label: "1", reading: $0) } }
    func ticks(_ isTime: Bool) -> [String] {
      HeatChart(rowNames: names, columnNames: names, cells: cells, isTime: isTime).drawing(width: width).body
        .components(separatedBy: "<text class=\"tick\"").dropFirst().map { $0.components(separatedBy: "</text>")[0] }
    }
    #expect(ticks(false).count == 12 && ticks(true).count < 12)
    #expect(
      zip(ticks(false).reversed(), names).allSatisfy { $0.contains("rotate(") && $0.contains("…<title>\($1)</title>") })
    let short = HeatChart(rowNames: ["a"], columnNames: ["b", "c"], cells: []).drawing(width: width).body
    #expect(!short.contains("rotate(") && short.contains(">b<") && short.contains(">c<"))
  }

  @Test func namedPlacesFillTheAxis() {
    let scale = LinearScale(places: 12, from: 40, to: 330)
    #expect(scale(0) == 40 && scale(11) == 330 && scale.ticks.count == 12)
    let names = (0..<12).map { Period.quarter(2023, 1).advanced(by: $0).description }
    let nodes = names.indices.map { LineChart.Node(x: Double($0), y: 1, reading: "a") }
    let text = LineChart(series: [.init(name: "a", style: "plan", nodes: nodes)], xNames: names)
      .drawing(width: 340, height: 170).body
    #expect(text.contains(">2025Q4<"))
  }

  @Test func fieldsAreNamedAboveTheirBubbles() throws {
    let chart = QuadrantChart(
      subjects: [.init(x: 1, y: 1, weight: 1, reading: "P1")], xTitle: "x", yTitle: "y", fields: ["a", "b", "c", "d"])
    let text = chart.drawing(width: 400, height: 300).body
    let (bubble, field) = (text.range(of: "class=\"bubble"), text.range(of: "class=\"field\""))
    #expect(try #require(bubble).lowerBound < #require(field).lowerBound)
  }

  /// A word that no column has room for may break; a sentence gets a wide column.
  @Test func longNamesBreakInTheirCells() {
    var table = TextTable([.init("who", .left), .init("what", .left), .init(String(repeating: "x", count: 300))])
    table.add("P1", String(repeating: "two words ", count: 9), "1")
    table.add(String(repeating: "N", count: 300), "short", "-2")
    let page = PageTable(table, name: "t")
    #expect(page.columns.map(\.style) == ["t l", "t l", "n w"])
    #expect(page.rows.map { $0.cells.map(\.style) } == [["t l", "t l", "n"], ["t l w", "t l", "n"]])
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

  private static let definitions = Table(
    name: "kpi_definitions",
    columns: [
      .text("kpi", ["sales"]), .text("label", ["Sales"]), .text("formula", ["sum of sell_in_value"]),
      .text("unit", ["CNY"]), .text("change", ["value / earlier value - 1"]), .text("source", ["sales"]),
    ])

  /// The network and two regions in eight quarters; in the second year one grows and one shrinks.
  private static var series: Table {
    let regions: [String?] = [nil, "east", "west"]
    let quarters = (0..<8).map { Period.quarter(2024, 1).advanced(by: $0).description }
    let growth: [Double] = [0.2, 0.2, -0.1]
    let changes: [Double] = growth.flatMap { rate in (0..<8).map { $0 < 4 ? Double.nan : rate } }
    return Table(
      name: "kpi_series",
      columns: [
        .constant("kpi", "sales", count: 24), .text("region", regions.flatMap { Array(repeating: $0, count: 8) }),
        .constant("channel_type", nil, count: 24), .constant("grain", "quarter", count: 24),
        .text("period", quarters + quarters + quarters), .real("value", [Double](repeating: 1_000, count: 24)),
        .constant("unit", "CNY", count: 24), .real("yoy", changes), .real("pop", [Double](repeating: .nan, count: 24)),
        .integer("new_year_differs", [Int](repeating: 0, count: 24)),
      ])
  }

  private static let funnel = Table(
    name: "funnel",
    columns: [
      .text("kind", ["leads", "leads"]), .text("stage", ["contacted", "customer"]), .integer("count", [100, 40]),
      .money("amount", [Money(100), Money(40)]), .real("share_of_previous", [.nan, 0.4]), .integer("lost", [nil, 60]),
    ])

  private static let gaps = Table(
    name: "price_gaps",
    columns: [
      .text("from_region", ["east", "west"]), .text("to_region", ["west", "east"]), .real("gap", [0.1, -0.1]),
      .real("freight", [0.02, 0.02]), .real("net_gap", [0.08, -0.12]), .text("widest_product", ["box", "box"]),
      .real("widest_net_gap", [0.08, -0.12]),
    ])

  private static let potential = Table(
    name: "high_potential",
    columns: [
      .text("level", ["area", "area", "area"]), .text("region", ["east", "east", "east"]),
      .text("group", ["tier 1", "tier 2", "tier 3"]), .integer("members", [4, 8, 12]),
      .integer("untouched", [1, 2, 3]),
      .money("potential", [Money(1_000), Money(2_000), Money(3_000)]), .real("penetration", [0.3, 0.15, 0.1]),
      .money("gap", [Money(900), Money(1_800), Money(2_700)]), .integer("high", [0, 0, 1]),
    ])

  private var tables: [Table] { [Self.definitions, Self.series, Self.funnel, Self.gaps, Self.potential] }

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
