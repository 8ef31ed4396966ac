/// Lines over a measure: curves, steps, shares by age, with an interval around them and reference lines.
///
/// Series differ by colour and by dashes, and carry their names at their ends where there is room.
struct LineChart {
  struct Node {
    var x: Double
    var y: Double
    /// The interval around `y`; none where either end is not finite.
    var lower = Double.nan
    var upper = Double.nan
    /// Told on hover; a node without it is a corner of the line only.
    var reading = ""
  }

  struct Series {
    var name: String
    /// `plan`, `ink`, `gain`, `loss`, `muted`.
    var style: String
    var nodes: [Node]
    /// Whether the value holds until the next node: survival, step functions.
    var isStepped = false
  }

  struct Reference {
    enum Axis { case horizontal, vertical }
    var axis: Axis
    var value: Double
    var label: String
  }

  var series: [Series]
  var xTitle = ""
  var yTitle = ""
  /// Appended to tick labels.
  var xUnit = ""
  var yUnit = ""
  var references: [Reference] = []
  /// Whether the axes start at zero.
  var includesZero = (x: true, y: true)
  /// Written below the axis in place of numbers, at whole values of x from 0 on.
  var xNames: [String] = []

  func drawing(width: Double, height: Double) -> SVG {
    var drawing = SVG(width: width, height: height)
    let nodes = series.flatMap(\.nodes).filter { $0.x.isFinite }
    func values(_ axis: Reference.Axis) -> [Double] { references.filter { $0.axis == axis }.map(\.value) }
    let y = LinearScale(
      covering: nodes.flatMap { [$0.y, $0.lower, $0.upper] } + values(.horizontal), includesZero: includesZero.y,
      from: height - 36, to: 32, tickCount: height < 200 ? 3 : 4)
    // Names at the ends of lines, where there are several and the drawing is wide enough.
    let names = series.count > 1 && width > 500 ? series.map { Frame.textWidth($0.name) }.max() ?? 0 : 0
    let frame = Frame(
      width: width, height: height, labels: y.labels.map { $0 + yUnit }, top: 32, bottom: 36, right: names + 14)
    let x =
      xNames.isEmpty
      ? LinearScale(
        covering: nodes.map(\.x) + values(.vertical), includesZero: includesZero.x, from: frame.left, to: frame.right,
        tickCount: width > 500 ? 6 : 4)
      : LinearScale(places: xNames.count, from: frame.left, to: frame.right)
    drawAxes(frame, x, y, in: &drawing)
    for entry in series { draw(entry, x, y, in: &drawing) }
    drawReferences(frame, x, y, in: &drawing)
    if names > 0 { drawNames(frame, y, in: &drawing) }
    drawMarks(frame, x, y, in: &drawing)
    return drawing
  }

  private func drawAxes(_ frame: Frame, _ x: LinearScale, _ y: LinearScale, in drawing: inout SVG) {
    for (tick, label) in zip(y.ticks, y.labels) {
      drawing.line(Point(frame.left, y(tick)), Point(frame.right, y(tick)), tick == 0 ? "axis" : "grid")
      drawing.text(label + yUnit, at: Point(frame.left - 6, y(tick) + 3.5), .end, "tick")
    }
    if xNames.isEmpty {
      frame.drawHorizontalAxis(x, in: &drawing) { $0 + xUnit }
    } else {
      drawing.line(Point(frame.left, frame.bottom), Point(frame.right, frame.bottom), "axis")
      let step = (x(1) - x(0)).magnitude
      let every = max(1, Int(((xNames.map(Frame.textWidth).max() ?? 0) + 8) / max(1, step)) + 1)
      // The last one always has its name; it may stand further in than its place, and the one before gives way.
      var free = Double.infinity
      for (index, name) in xNames.enumerated().reversed() where (xNames.count - 1 - index) % every == 0 {
        let half = Frame.textWidth(name) / 2
        let centre = min(max(x(Double(index)), half), drawing.width - half)
        guard centre + half <= free else { continue }
        drawing.text(name, at: Point(centre, frame.bottom + 14), .middle, "tick")
        free = centre - half - 8
      }
    }
    drawing.text(yTitle, at: Point(0, 24), .start, "axis-title")
    drawing.text(xTitle, at: Point(frame.right, drawing.height - 4), .end, "axis-title")
  }

  private func draw(_ entry: Series, _ x: LinearScale, _ y: LinearScale, in drawing: inout SVG) {
    func line(_ value: (Node) -> Double) -> [Point] {
      var points: [Point] = []
      for node in entry.nodes {
        let point = value(node).isFinite ? Point(x(node.x), y(value(node))) : Point(.nan, .nan)
        if entry.isStepped, let last = points.last, last.isFinite, point.isFinite {
          points.append(Point(point.x, last.y))
        }
        points.append(point)
      }
      return points
    }
    if entry.nodes.contains(where: { $0.lower.isFinite && $0.upper.isFinite }) {
      drawing.area(line(\.upper), line(\.lower), "band \(entry.style)")
    }
    drawing.path(line(\.y), "line \(entry.style)")
  }

  private func drawReferences(_ frame: Frame, _ x: LinearScale, _ y: LinearScale, in drawing: inout SVG) {
    for (index, reference) in references.enumerated() {
      switch reference.axis {
      case .horizontal:
        let height = y(reference.value)
        drawing.line(Point(frame.left, height), Point(frame.right, height), "threshold")
        drawing.text(reference.label, at: Point(frame.right - 2, height - 4), .end, "tick")
      case .vertical:
        let place = x(reference.value)
        drawing.line(Point(place, frame.top), Point(place, frame.bottom), "threshold")
        let fits = place + Frame.textWidth(reference.label) + 4 < drawing.width
        drawing.text(
          reference.label, at: Point(place + (fits ? 4 : -4), frame.top + 10 + Double(index) * 13),
          fits ? .start : .end, "tick over")
      }
    }
  }

  /// Names beside the ends of their lines, moved apart where they would touch.
  private func drawNames(_ frame: Frame, _ y: LinearScale, in drawing: inout SVG) {
    let ends = series.enumerated().compactMap { index, entry in
      entry.nodes.last { $0.y.isFinite }.map { (index: index, y: y($0.y)) }
    }.sorted { ($0.y, $0.index) < ($1.y, $1.index) }
    var free = frame.top
    for end in ends {
      let place = max(end.y + 4, free)
      drawing.text(
        series[end.index].name, at: Point(frame.right + 6, place), .start, "value \(series[end.index].style)")
      free = place + 13
    }
  }

  private func drawMarks(_ frame: Frame, _ x: LinearScale, _ y: LinearScale, in drawing: inout SVG) {
    for entry in series {
      for node in entry.nodes where node.y.isFinite && !node.reading.isEmpty {
        drawing.mark(node.reading) { drawing in
          drawing.circle(Point(x(node.x), y(node.y)), radius: 7, "hit")
          drawing.circle(Point(x(node.x), y(node.y)), radius: 2.5, "dot \(entry.style)")
        }
      }
    }
  }
}
