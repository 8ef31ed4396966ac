/// One measure over another as lines: a response, a frontier, a sweep; with a band around a line where it is uncertain
/// and points that are named.
struct CurveChart {
  struct Line {
    /// `plan`, `curve`, `limit`.
    var style: String
    var points: [Sample]
  }

  struct Sample {
    var x: Double
    var y: Double
    /// The interval of `y`; nil where it is not known.
    var range: ClosedRange<Double>?
    /// What the mark tells; an empty one makes no mark.
    var reading = ""
  }

  struct Marker {
    var x: Double
    var y: Double
    /// `now` or `plan`.
    var style: String
    var label: String
  }

  var lines: [Line]
  var markers: [Marker] = []
  var xTitle: String
  var yTitle: String
  /// Whether the value axis begins at zero.
  var includesZero = false

  func drawing(width: Double, height: Double) -> SVG {
    var drawing = SVG(width: width, height: height)
    let lines = lines.map { line in
      Line(style: line.style, points: line.points.filter { $0.x.isFinite && $0.y.isFinite }.sorted { $0.x < $1.x })
    }
    let points = lines.flatMap(\.points)
    let markers = markers.filter { $0.x.isFinite && $0.y.isFinite }
    let bounds = points.compactMap(\.range).flatMap { [$0.lowerBound, $0.upperBound] }
    let y = LinearScale(
      covering: points.map(\.y) + bounds + markers.map(\.y), includesZero: includesZero, from: height - 36, to: 32,
      tickCount: 4)
    let frame = Frame(width: width, height: height, labels: y.labels, top: 32, bottom: 36, right: 14)
    let x = LinearScale(
      covering: points.map(\.x) + markers.map(\.x), includesZero: includesZero, from: frame.left, to: frame.right,
      tickCount: 5)
    frame.drawValueAxis(y, in: &drawing)
    frame.drawHorizontalAxis(x, in: &drawing)
    drawing.text(yTitle, at: Point(0, 24), .start, "axis-title")
    drawing.text(xTitle, at: Point(frame.right, height - 4), .end, "axis-title")
    for line in lines {
      let known = line.points.filter { $0.range != nil }
      drawing.area(
        known.map { Point(x($0.x), y($0.range?.upperBound ?? $0.y)) },
        known.map { Point(x($0.x), y($0.range?.lowerBound ?? $0.y)) }, "band corridor")
      drawing.path(line.points.map { Point(x($0.x), y($0.y)) }, "line \(line.style)")
    }
    for line in lines {
      for point in line.points where !point.reading.isEmpty {
        let centre = Point(x(point.x), y(point.y))
        drawing.mark(point.reading) { $0.circle(centre, radius: 3.5, "dot \(line.style)") }
      }
    }
    for marker in markers {
      let centre = Point(x(marker.x), y(marker.y))
      drawing.mark(marker.label) { $0.circle(centre, radius: 5, "dot \(marker.style)") }
      let fits = centre.x + Frame.textWidth(marker.label) + 10 < width
      drawing.text(
        marker.label, at: Point(centre.x + (fits ? 8 : -8), centre.y + 14), fits ? .start : .end, "tick strong")
    }
    return drawing
  }
}
