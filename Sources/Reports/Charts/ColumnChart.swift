/// How many fall into each class of a measure: columns over bins of equal width, with reference lines.
struct ColumnChart {
  struct Bin {
    var from: Double
    var to: Double
    var value: Double
    var reading: String
    var style = "plan"
  }

  struct Reference {
    var value: Double
    var label: String
  }

  var bins: [Bin]
  var xTitle: String
  var yTitle: String
  var xUnit = ""
  var references: [Reference] = []

  func drawing(width: Double, height: Double) -> SVG {
    var drawing = SVG(width: width, height: height)
    let bottom = height - 36
    let y = LinearScale(covering: bins.map(\.value), from: bottom, to: 32, tickCount: 3)
    let frame = Frame(width: width, height: height, labels: y.labels, top: 32, bottom: 36, right: 14)
    let x = LinearScale(
      covering: bins.flatMap { [$0.from, $0.to] } + references.map(\.value), from: frame.left, to: frame.right,
      tickCount: width > 500 ? 6 : 4)
    frame.drawValueAxis(y, in: &drawing)
    for bin in bins where bin.value.isFinite {
      drawing.mark(bin.reading) { drawing in
        drawing.rectangle(
          x: x(bin.from), y: frame.top, width: x(bin.to) - x(bin.from), height: bottom - frame.top, "hit")
        drawing.rectangle(
          x: x(bin.from) + 0.5, y: y(bin.value), width: max(1, x(bin.to) - x(bin.from) - 1),
          height: max(bin.value > 0 ? 1 : 0, bottom - y(bin.value)), "bar \(bin.style)")
      }
    }
    drawing.line(Point(frame.left, bottom), Point(frame.right, bottom), "axis")
    drawTicks(frame, x, in: &drawing)
    drawing.text(yTitle, at: Point(0, 24), .start, "axis-title")
    drawing.text(xTitle, at: Point(frame.right, height - 4), .end, "axis-title")
    for (index, reference) in references.enumerated() where reference.value.isFinite {
      let place = x(reference.value)
      drawing.line(Point(place, frame.top), Point(place, bottom), "threshold strong")
      let fits = place + Frame.textWidth(reference.label) + 4 < width
      drawing.text(
        reference.label, at: Point(place + (fits ? 4 : -4), frame.top + 10 + Double(index) * 14), fits ? .start : .end,
        "value")
    }
    return drawing
  }

  private func drawTicks(_ frame: Frame, _ x: LinearScale, in drawing: inout SVG) {
    let labels = x.labels.map { $0 + xUnit }
    let room = (x.end - x.start) / Double(max(1, labels.count - 1))
    let every = max(1, Int((((labels.map(Frame.textWidth).max() ?? 0) + 6) / max(1, room)).rounded(.up)))
    for (index, (tick, label)) in zip(x.ticks, labels).enumerated() where index % every == 0 {
      let half = Frame.textWidth(label) / 2
      let centre = min(max(x(tick), half), drawing.width - half)
      drawing.line(Point(x(tick), frame.bottom), Point(x(tick), frame.bottom + 4), "axis")
      drawing.text(label, at: Point(centre, frame.bottom + 15), .middle, "tick")
    }
  }
}
