/// What one figure becomes at the two ends of each uncertainty, the widest first, around where it stands now.
struct TornadoChart {
  struct Row {
    var name: String
    var atLow: Double
    var atHigh: Double
    /// What the two ends are: `0.8`, `1.2`.
    var low: String
    var high: String
    var reading: String
  }

  var rows: [Row]
  var base: Double

  func drawing(width: Double) -> SVG {
    let row = 28.0
    var drawing = SVG(width: width, height: 18 + Double(max(1, rows.count)) * row + 22)
    let names = min((rows.map { Frame.textWidth($0.name) }.max() ?? 0) + 10, width * 0.35)
    let ends = rows.flatMap { [Frame.textWidth($0.low), Frame.textWidth($0.high)] }.max() ?? 0
    let room = min(ends + 6, width * 0.15)
    let scale = LinearScale(
      covering: rows.flatMap { [$0.atLow, $0.atHigh] } + [base], includesZero: false, from: names + room,
      to: max(names + 2 * room + 40, width - room), tickCount: 4)
    var frame = Frame(width: width, height: drawing.height, labels: [])
    (frame.left, frame.right) = (scale.start, scale.end)
    frame.drawHorizontalAxis(scale, in: &drawing)
    for (index, entry) in rows.enumerated() {
      let y = 18 + Double(index) * row
      drawing.name(entry.name, toWidth: names - 8, at: Point(names - 8, y + 18), .end)
      drawing.mark(entry.reading) { drawing in
        drawing.rectangle(x: names, y: y, width: width - names, height: row, "hit")
        for (value, style) in [(entry.atLow, "low"), (entry.atHigh, "high")] where value.isFinite {
          drawing.rectangle(
            x: min(scale(base), scale(value)), y: y + 6, width: abs(scale(value) - scale(base)), height: row - 12,
            "bar \(style)")
        }
      }
      for (value, label) in [(entry.atLow, entry.low), (entry.atHigh, entry.high)] where value.isFinite {
        let isLeft = value < base || (value == base && label == entry.low)
        drawing.text(
          label, at: Point(scale(value) + (isLeft ? -4 : 4), y + 18), isLeft ? .end : .start, "tick")
      }
    }
    drawing.line(Point(scale(base), 16), Point(scale(base), frame.bottom), "axis")
    return drawing
  }
}
