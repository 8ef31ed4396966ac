/// What a spend brings: solid where the spend was observed or is allowed, dashed outside, with the current and the
/// planned point.
struct ResponseChart {
  var curve: [(spend: Double, margin: Double, isInRange: Bool)]
  var now: (spend: Double, margin: Double)?
  var plan: (spend: Double, margin: Double)?
  var currency: String

  func drawing(width: Double, height: Double) -> SVG {
    var drawing = SVG(width: width, height: height)
    let points = curve.filter { $0.spend.isFinite && $0.margin.isFinite }.sorted { $0.spend < $1.spend }
    let marked = [now, plan].compactMap(\.self).filter { $0.spend.isFinite && $0.margin.isFinite }
    let y = LinearScale(
      covering: points.map(\.margin) + marked.map(\.margin), from: height - 20, to: 18, tickCount: 3)
    let frame = Frame(width: width, height: height, labels: y.labels, right: 12)
    let x = LinearScale(
      covering: points.map(\.spend) + marked.map(\.spend), from: frame.left, to: frame.right, tickCount: 3)
    frame.drawValueAxis(y, in: &drawing)
    frame.drawHorizontalAxis(x, in: &drawing)
    for run in Self.runs(points.map(\.isInRange)) {
      let line = points[run.range].map { Point(x($0.spend), y($0.margin)) }
      drawing.path(line, run.isInRange ? "line curve" : "line curve outside")
    }
    // Every second point tells its values: enough to read the curve, half the size.
    let step = 2 * (x.end - x.start) / Double(max(1, points.count - 1))
    for point in points.enumerated().filter({ $0.offset % 2 == 0 }).map(\.element) {
      drawing.mark(Self.reading(point.spend, point.margin, currency)) { drawing in
        frame.drawHitArea(around: x(point.spend), step: step, in: &drawing)
        drawing.circle(Point(x(point.spend), y(point.margin)), radius: 3, "dot hidden history")
      }
    }
    for (mark, name, style) in [(now, say("now"), "now"), (plan, say("plan"), "plan")] {
      guard let mark, mark.spend.isFinite, mark.margin.isFinite else { continue }
      let reading =
        say("\(name): spend \(NumberText.compact(mark.spend)) brings \(NumberText.compact(mark.margin)) \(currency)")
      drawing.mark(reading) { $0.circle(Point(x(mark.spend), y(mark.margin)), radius: 4.5, "dot \(style)") }
    }
    return drawing
  }

  private static func reading(_ spend: Double, _ margin: Double, _ currency: String) -> String {
    say("\(NumberText.compact(spend)) brings \(NumberText.compact(margin)) \(currency)")
  }

  /// Stretches of equal state; neighbours share their end point, so that the line has no hole. A segment is solid
  /// where both of its ends are in range.
  static func runs(_ states: [Bool]) -> [(range: ClosedRange<Int>, isInRange: Bool)] {
    guard states.count > 1 else { return [] }
    let segments = (1..<states.count).map { states[$0 - 1] && states[$0] }
    var runs: [(range: ClosedRange<Int>, isInRange: Bool)] = []
    for (index, state) in segments.enumerated() {
      if let last = runs.last, last.isInRange == state {
        runs[runs.count - 1].range = last.range.lowerBound...(index + 1)
      } else {
        runs.append((index...(index + 1), state))
      }
    }
    return runs
  }
}
