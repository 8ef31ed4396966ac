/// Horizontal bars with their names to the left and values to the right: amounts of one kind, longest first.
struct BarChart {
  struct Bar {
    var name: String
    var value: Double
    /// What is written at the end of the bar.
    var label: String
    /// `plan`, `muted`, `gain`, `loss`.
    var style = "plan"
  }

  var bars: [Bar]
  /// Values that the axis covers as well, so that charts of one kind have the same scale.
  var alsoCovering: [Double] = []

  func drawing(width: Double) -> SVG {
    let row = 24.0
    var drawing = SVG(width: width, height: 18 + Double(max(1, bars.count)) * row + 4)
    let names = min((bars.map { Frame.textWidth($0.name) }.max() ?? 0) + 8, width * 0.42)
    let labels = (bars.map { Frame.textWidth($0.label) }.max() ?? 0) + 8
    let hasNegative = bars.contains { $0.value < 0 }
    let scale = LinearScale(
      covering: bars.map(\.value) + alsoCovering, from: names + (hasNegative ? labels : 0),
      to: max(names + 40, width - labels),
      tickCount: 20)
    drawing.line(Point(scale(0), 16), Point(scale(0), drawing.height - 2), "axis")
    for (index, bar) in bars.enumerated() {
      let y = 18 + Double(index) * row
      drawing.name(bar.name, toWidth: names - 8, at: Point(names - 6, y + 15), .end)
      guard bar.value.isFinite else { continue }
      drawing.mark("\(bar.name): \(bar.label)") { drawing in
        drawing.rectangle(x: names, y: y, width: width - names, height: row, "hit")
        drawing.rectangle(
          x: min(scale(0), scale(bar.value)), y: y + 4, width: abs(scale(bar.value) - scale(0)), height: row - 8,
          "bar \(bar.style)")
      }
      drawing.text(
        bar.label, at: Point(scale(bar.value) + (bar.value < 0 ? -5 : 5), y + 15), bar.value < 0 ? .end : .start,
        "value")
    }
    return drawing
  }
}

/// Estimates with their intervals against a reference line.
struct IntervalChart {
  struct Row {
    var name: String
    var estimate: Double
    var lower: Double
    var upper: Double
    var label: String
  }

  var rows: [Row]
  /// Written after the tick labels: ` %`.
  var unit = ""

  func drawing(width: Double) -> SVG {
    let row = 24.0
    var drawing = SVG(width: width, height: 18 + Double(max(1, rows.count)) * row + 24)
    let names = min((rows.map { Frame.textWidth($0.name) }.max() ?? 0) + 10, width * 0.4)
    let labels = min((rows.map { Frame.textWidth($0.label) }.max() ?? 0) + 10, width * 0.3)
    let scale = LinearScale(
      covering: rows.flatMap { [$0.lower, $0.estimate, $0.upper] }, from: names, to: width - labels, tickCount: 5)
    var frame = Frame(width: width, height: drawing.height, labels: [])
    (frame.left, frame.right) = (scale.start, scale.end)
    frame.drawHorizontalAxis(scale, in: &drawing) { $0 + unit }
    for (index, entry) in rows.enumerated() {
      let y = 18 + Double(index) * row + row / 2
      drawing.name(entry.name, toWidth: names - 8, at: Point(names - 8, y + 4), .end)
      guard entry.estimate.isFinite else { continue }
      drawing.mark("\(entry.name): \(entry.label)") { drawing in
        drawing.rectangle(x: names, y: y - row / 2, width: width - names, height: row, "hit")
        if entry.lower.isFinite, entry.upper.isFinite {
          drawing.line(Point(scale(entry.lower), y), Point(scale(entry.upper), y), "interval")
        }
        drawing.circle(Point(scale(entry.estimate), y), radius: 4, "dot plan")
      }
      drawing.text(entry.label, at: Point(width, y + 4), .end, "value")
    }
    return drawing
  }
}

extension String {
  /// The text cut to a width in drawing units, with an ellipsis where something was cut.
  func shortened(toWidth width: Double) -> String {
    guard Frame.textWidth(self) > width + 0.01 else { return self }
    var text = self
    while !text.isEmpty, Frame.textWidth(text) + 6 > width { text.removeLast() }
    return text + "…"
  }
}
