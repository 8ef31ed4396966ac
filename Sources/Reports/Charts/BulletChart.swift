/// Bars made of parts against a mark: what is expected against the target, what is owed against the limit.
struct BulletChart {
  struct Part {
    var value: Double
    /// `plan`, `muted`, `gain`, `loss`.
    var style: String
  }

  struct Row {
    var name: String
    var parts: [Part]
    /// Where the mark stands; NaN for none.
    var mark: Double
    /// Written at the right.
    var label: String
    var reading: String
  }

  var rows: [Row]

  func drawing(width: Double) -> SVG {
    let row = 24.0
    var drawing = SVG(width: width, height: 18 + Double(max(1, rows.count)) * row + 22)
    let names = min((rows.map { Frame.textWidth($0.name) }.max() ?? 0) + 8, width * 0.34)
    let labels = (rows.map { Frame.textWidth($0.label) }.max() ?? 0) + 10
    let scale = LinearScale(
      covering: rows.flatMap { [$0.parts.reduce(0) { $0 + ($1.value.isFinite ? $1.value : 0) }, $0.mark] },
      from: names, to: max(names + 60, width - labels), tickCount: width > 500 ? 5 : 3)
    var frame = Frame(width: width, height: drawing.height, labels: [])
    (frame.left, frame.right) = (scale.start, scale.end)
    frame.drawHorizontalAxis(scale, in: &drawing)
    for (index, entry) in rows.enumerated() {
      let y = 18 + Double(index) * row
      drawing.name(entry.name, toWidth: names - 8, at: Point(names - 6, y + 15), .end)
      drawing.mark(entry.reading) { drawing in
        drawing.rectangle(x: names, y: y, width: width - names, height: row, "hit")
        var from = 0.0
        for part in entry.parts where part.value.isFinite && part.value != 0 {
          drawing.rectangle(
            x: min(scale(from), scale(from + part.value)), y: y + 6,
            width: abs(scale(from + part.value) - scale(from)), height: row - 12, "bar \(part.style)")
          from += part.value
        }
        if entry.mark.isFinite {
          drawing.line(Point(scale(entry.mark), y + 2), Point(scale(entry.mark), y + row - 2), "target")
        }
      }
      drawing.text(entry.label, at: Point(width, y + 15), .end, "value")
    }
    return drawing
  }
}
