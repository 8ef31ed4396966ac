import ChannelTypes
import Foundation
import Testing

@testable import Reports

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A drawing as a list of elements, to look at coordinates.
final class Elements: NSObject, XMLParserDelegate {
  private(set) var all: [(name: String, attributes: [String: String])] = []
  private(set) var error: String?

  init(_ xml: String) {
    super.init()
    let parser = XMLParser(data: Data(xml.utf8))
    parser.delegate = self
    if !parser.parse() { error = parser.parserError.map { "\($0)" } ?? "not well-formed" }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) { all.append((name, attributes)) }

  func named(_ name: String, class style: String) -> [[String: String]] {
    all.filter { $0.name == name && $0.attributes["class"] == style }.map(\.attributes)
  }
}

@Suite struct ChartTests {
  private let months = (0..<6).map { Period.month(2025, 7).advanced(by: $0) }

  private func fan(history: Int, steps: Int) -> FanChart {
    FanChart(
      history: months.prefix(history).enumerated().map { ($1, 10 + Double($0)) },
      forecast: (0..<steps).map { step in
        let mean = 20 + Double(step)
        return FanChart.Step(
          period: months[history % 6].advanced(by: step), mean: mean, bands: [mean - 6...mean + 6, mean - 2...mean + 2])
      }, levels: [80, 50], unit: "units")
  }

  /// Every kind of chart, with usual, empty, single and broken data.
  private var drawings: [(name: String, drawing: SVG)] {
    let bar = BarChart.Bar(name: "<b>&\"'", value: 3, label: "3")
    let dot = ScatterChart.Dot(x: 1, y: 2, weight: 0.5, reading: "华东 😀 <script>", label: "a&b")
    let row = ChangeChart.Row(name: "a", now: 1, plan: 2, label: "+1", reading: "a: 1 to 2")
    let step = WaterfallChart.Step(name: "a", value: -2, label: "−2")
    let total = WaterfallChart.Step(name: "sum", value: -2, label: "−2")
    let band = BandChart.Step(period: months[0], value: 5, lower: 2, upper: 9)
    let broken = BandChart.Step(period: months[1], value: .nan, lower: .nan, upper: .infinity)
    let interval = IntervalChart.Row(name: "a", estimate: 1, lower: .nan, upper: 3, label: "1")
    let coverage = CoverageChart.Row(
      name: "sales", first: CivilDate(year: 2023, month: 1, day: 1), end: CivilDate(year: 2023, month: 1, day: 1),
      reading: "sales", hasGaps: false)
    let points = [(0.0, 0.0, false), (1, 5, true), (2, 8, true), (.nan, 1, true), (3, 9, false)].map {
      (spend: $0.0, margin: $0.1, isInRange: $0.2)
    }
    let response = ResponseChart(curve: points, now: (1, 5), plan: (.nan, 3), currency: "CNY")
    return [
      ("fan", fan(history: 4, steps: 3).drawing(width: 340, height: 160)),
      ("fan without history", fan(history: 0, steps: 1).drawing(width: 340, height: 160)),
      ("fan without forecast", fan(history: 1, steps: 0).drawing(width: 340, height: 160)),
      ("empty fan", fan(history: 0, steps: 0).drawing(width: 340, height: 160)),
      (
        "bars",
        BarChart(bars: [bar, .init(name: "b", value: -1, label: "−1"), .init(name: "c", value: .nan, label: "")])
          .drawing(width: 340)
      ),
      ("no bars", BarChart(bars: []).drawing(width: 340)),
      ("intervals", IntervalChart(rows: [interval]).drawing(width: 340)),
      ("no intervals", IntervalChart(rows: []).drawing(width: 340)),
      (
        "scatter",
        ScatterChart(
          dots: [dot, .init(x: .nan, y: 1, weight: .nan, reading: "")], xTitle: "x", yTitle: "y",
          threshold: (75, "line"), hasDiagonal: true
        ).drawing(width: 340, height: 200)
      ),
      ("no dots", ScatterChart(dots: [], xTitle: "x", yTitle: "y").drawing(width: 340, height: 200)),
      ("changes", ChangeChart(rows: [row]).drawing(width: 340)),
      ("no changes", ChangeChart(rows: []).drawing(width: 340)),
      ("waterfall", WaterfallChart(steps: [step], total: total).drawing(width: 340)),
      ("no steps", WaterfallChart(steps: [], total: .init(name: "sum", value: .nan, label: "")).drawing(width: 340)),
      ("band", BandChart(steps: [band, broken, band], unit: "units").drawing(width: 340, height: 150)),
      ("no band", BandChart(steps: [], unit: "units").drawing(width: 340, height: 150)),
      ("coverage", CoverageChart(rows: [coverage]).drawing(width: 340)),
      ("no coverage", CoverageChart(rows: []).drawing(width: 340)),
      ("response", response.drawing(width: 340, height: 160)),
      ("no response", ResponseChart(curve: [], now: nil, plan: nil, currency: "CNY").drawing(width: 340, height: 160)),
    ]
  }

  @Test func everyChartIsWellFormedInsideItsFrameAndFreeOfNaN() {
    for (name, drawing) in drawings {
      let document = drawing.document(title: "<title> & \"quotes\"", description: "d")
      let elements = Elements(document)
      #expect(elements.error == nil, "\(name): \(elements.error ?? "")")
      #expect(!document.contains("nan") && !document.contains("inf"), "\(name)")
      for (tag, attributes) in elements.all where tag != "svg" {
        for (key, limit) in [
          ("x", drawing.width), ("x1", drawing.width), ("x2", drawing.width), ("cx", drawing.width),
          ("y", drawing.height), ("y1", drawing.height), ("y2", drawing.height), ("cy", drawing.height),
        ] {
          guard let value = attributes[key].flatMap(Double.init) else { continue }
          #expect((-3...limit + 3).contains(value), "\(name): \(tag) \(attributes)")
        }
      }
      let root = elements.all[0].attributes
      #expect(root["role"] == "group")
      #expect(root["aria-label"] == "<title> & \"quotes\"")
    }
  }

  @Test func theFanStartsAtTheLastObservationAndItsBandsNest() throws {
    let drawing = fan(history: 4, steps: 2).drawing(width: 340, height: 160)
    let elements = Elements(drawing.document(title: "t", description: "d"))
    func points(_ style: String) throws -> [(Double, Double)] {
      let path = try #require(elements.named("path", class: style).first?["d"])
      return path.dropFirst().split(whereSeparator: { $0 == "L" || $0 == "Z" }).map { pair in
        let numbers = pair.split(separator: " ").compactMap { Double($0) }
        return (numbers[0], numbers[1])
      }
    }
    let history = try points("line history")
    let plan = try points("line plan")
    #expect(history.count == 4 && plan.count == 3)
    #expect(history[3] == plan[0])
    #expect(
      zip(history, history.dropFirst()).allSatisfy { $0.0 < $1.0 && $0.1 > $1.1 }, "rising values go right and up")
    let wide = try points("band band1")
    let narrow = try points("band band2")
    // Points run along the upper edge and back along the lower: anchor, 1, 2, 2, 1, anchor.
    #expect(wide.count == 6 && narrow.count == 6)
    #expect(wide[0] == plan[0] && wide[5] == plan[0])
    for index in [1, 2] { #expect(wide[index].1 < narrow[index].1 && narrow[index].1 < plan[index].1) }
    for index in [3, 4] { #expect(wide[index].1 > narrow[index].1) }
    // One mark for each observation and each expectation; one of them is a stop of the tab key.
    #expect(elements.named("g", class: "mark").count == 6)
    #expect(elements.named("g", class: "mark").map { $0["tabindex"] } == ["0", nil, nil, nil, nil, nil])
  }

  @Test func theResponseCurveIsSolidOnlyWhereBothEndsAreInRange() {
    let runs = ResponseChart.runs([false, false, true, true, true, false])
    #expect(runs.map(\.range) == [0...2, 2...4, 4...5])
    #expect(runs.map(\.isInRange) == [false, true, false])
    #expect(ResponseChart.runs([true]).isEmpty)
    #expect(ResponseChart.runs([]).isEmpty)
  }

  @Test func waterfallStepsConnectAndTheTotalIsTheirSum() {
    let steps = [3.0, 2, -4].enumerated().map { WaterfallChart.Step(name: "\($0)", value: $1, label: "\($1)") }
    let chart = WaterfallChart(steps: steps, total: .init(name: "sum", value: 1, label: "1"))
    let elements = Elements(chart.drawing(width: 520).document(title: "t", description: "d"))
    func span(_ attributes: [String: String]) -> ClosedRange<Double> {
      let x = Double(attributes["x"] ?? "") ?? 0
      return x...(x + (Double(attributes["width"] ?? "") ?? 0))
    }
    let gains = elements.named("rect", class: "bar gain").map(span)
    let losses = elements.named("rect", class: "bar loss").map(span)
    let totals = elements.named("rect", class: "bar plan").map(span)
    // Coordinates are written with one decimal.
    #expect(abs(gains[0].upperBound - gains[1].lowerBound) < 0.15)
    #expect(abs(gains[1].upperBound - losses[0].upperBound) < 0.15)
    #expect(abs(losses[0].lowerBound - totals[0].upperBound) < 0.15)
    #expect(abs(gains[0].lowerBound - totals[0].lowerBound) < 0.15)
  }
}
