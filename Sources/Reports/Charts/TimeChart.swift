import ChannelTypes

/// Several quantities over the same periods, a line for each.
struct TimeChart {
  struct Line {
    var name: String
    var style: String
    /// One for each period; NaN where unknown.
    var values: [Double]
  }

  var periods: [Period]
  var lines: [Line]
  var unit: String

  func drawing(width: Double, height: Double) -> SVG {
    var drawing = SVG(width: width, height: height)
    let scale = LinearScale(
      covering: lines.flatMap(\.values), from: height - 20, to: 18, tickCount: height < 170 ? 3 : 4)
    let frame = Frame(width: width, height: height, labels: scale.labels)
    let step = (frame.right - frame.left) / Double(max(1, periods.count - 1))
    func x(_ index: Int) -> Double { frame.left + Double(index) * step }
    func point(_ line: Line, _ index: Int) -> Point {
      guard index < line.values.count, line.values[index].isFinite else { return Point(.nan, .nan) }
      return Point(x(index), scale(line.values[index]))
    }
    frame.drawValueAxis(scale, in: &drawing)
    frame.drawPeriodAxis(periods, position: x, in: &drawing)
    for line in lines { drawing.path(periods.indices.map { point(line, $0) }, "line \(line.style)") }
    for index in periods.indices {
      let known = lines.filter { point($0, index).isFinite }
      guard !known.isEmpty else { continue }
      let parts = known.map { "\($0.name) \(NumberText.compact($0.values[index]))" }
      let reading = "\(periods[index]): \(parts.joined(separator: Typography.comma)) \(unit)"
      drawing.mark(reading) { drawing in
        frame.drawHitArea(around: x(index), step: step, in: &drawing)
        for line in known { drawing.circle(point(line, index), radius: 3, "dot hidden \(line.style)") }
      }
    }
    return drawing
  }
}
