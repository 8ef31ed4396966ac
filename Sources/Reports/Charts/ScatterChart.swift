/// Dots over two measures, with optional lines at thresholds or along the diagonal.
struct ScatterChart {
  struct Dot {
    var x: Double
    var y: Double
    /// Relative size from 0 to 1, drawn by area.
    var weight: Double
    var reading: String
    var style = "plan"
    /// Written beside the dot; empty for most.
    var label = ""
  }

  var dots: [Dot]
  var xTitle: String
  var yTitle: String
  /// Appended to tick labels.
  var xUnit = ""
  /// A vertical line that dots are judged against.
  var threshold: (x: Double, label: String)?
  /// A line where both measures agree.
  var hasDiagonal = false

  func drawing(width: Double, height: Double) -> SVG {
    var drawing = SVG(width: width, height: height)
    let dots = dots.filter { $0.x.isFinite && $0.y.isFinite }
    let y = LinearScale(covering: dots.map(\.y), from: height - 36, to: 32, tickCount: 4)
    let frame = Frame(width: width, height: height, labels: y.labels, top: 32, bottom: 36, right: 14)
    let x = LinearScale(
      covering: dots.map(\.x) + (threshold.map { [$0.x] } ?? []), from: frame.left, to: frame.right, tickCount: 5)
    frame.drawValueAxis(y, in: &drawing)
    frame.drawHorizontalAxis(x, in: &drawing) { $0 + xUnit }
    drawing.text(yTitle, at: Point(0, 24), .start, "axis-title")
    drawing.text(xTitle, at: Point(frame.right, height - 4), .end, "axis-title")
    if hasDiagonal {
      let end = min(x.upper, y.upper)
      drawing.line(Point(x(0), y(0)), Point(x(end), y(end)), "threshold")
    }
    if let threshold {
      let position = x(threshold.x)
      drawing.line(Point(position, frame.top), Point(position, frame.bottom), "threshold")
      let fits = position + Frame.textWidth(threshold.label) + 4 < width
      drawing.text(threshold.label, at: Point(position + (fits ? 4 : -4), frame.top + 10), fits ? .start : .end, "tick")
    }
    for dot in dots {
      let centre = Point(x(dot.x), y(dot.y))
      let radius = 2.5 + 6 * max(0, min(1, dot.weight.isFinite ? dot.weight : 0)).squareRoot()
      drawing.mark(dot.reading) { $0.circle(centre, radius: radius, "bubble \(dot.style)") }
      guard !dot.label.isEmpty else { continue }
      let fits = centre.x + radius + Frame.textWidth(dot.label) + 4 < width
      drawing.text(
        dot.label, at: Point(centre.x + (fits ? radius + 3 : -radius - 3), centre.y + 4), fits ? .start : .end, "tick")
    }
    return drawing
  }
}
