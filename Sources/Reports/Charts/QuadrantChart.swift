/// Subjects over two measures, cut into four fields by thresholds.
///
/// Up to `limit` subjects are bubbles, the heaviest; the others are counted in the squares of a grid, stronger in colour where
/// there are more, so that ten thousand subjects make a few hundred marks.
struct QuadrantChart {
  struct Subject {
    var x: Double
    var y: Double
    /// Relative size from 0 to 1, drawn by area.
    var weight: Double
    var reading: String
    /// `plan`, `gain`, `loss`, `muted`.
    var style = "plan"
  }

  struct Threshold {
    var value: Double
    var label: String
  }

  /// Heaviest first.
  var subjects: [Subject]
  var xTitle: String
  var yTitle: String
  var xUnit = ""
  var xThreshold: Threshold?
  var yThreshold: Threshold?
  /// Names of the fields: top left, top right, bottom left, bottom right; empty for none.
  var fields: [String] = []
  /// What the counts of the grid are of: `partners`.
  var countReading: (Int) -> String = { NumberText.grouped($0) }
  var limit = 300

  func drawing(width: Double, height: Double) -> SVG {
    var drawing = SVG(width: width, height: height)
    let known = subjects.filter { $0.x.isFinite && $0.y.isFinite }
    let y = LinearScale(
      covering: known.map(\.y) + (yThreshold.map { [$0.value] } ?? []), from: height - 36, to: 32, tickCount: 4)
    let frame = Frame(width: width, height: height, labels: y.labels, top: 32, bottom: 36, right: 14)
    let x = LinearScale(
      covering: known.map(\.x) + (xThreshold.map { [$0.value] } ?? []), from: frame.left, to: frame.right, tickCount: 5)
    frame.drawValueAxis(y, in: &drawing)
    frame.drawHorizontalAxis(x, in: &drawing) { $0 + xUnit }
    drawing.text(yTitle, at: Point(0, 24), .start, "axis-title")
    drawing.text(xTitle, at: Point(frame.right, height - 4), .end, "axis-title")
    drawGrid(Array(known.dropFirst(limit)), frame, x, y, in: &drawing)
    drawThresholds(frame, x, y, in: &drawing)
    // The heaviest come first in the list and are drawn first, so that small ones lie above them.
    for subject in known.prefix(limit) {
      let radius = 2.5 + 6.5 * max(0, min(1, subject.weight.isFinite ? subject.weight : 0)).squareRoot()
      drawing.mark(subject.reading) {
        $0.circle(Point(x(subject.x), y(subject.y)), radius: radius, "bubble \(subject.style)")
      }
    }
    drawFields(frame, in: &drawing)
    return drawing
  }

  private func drawGrid(
    _ rest: [Subject], _ frame: Frame, _ x: LinearScale, _ y: LinearScale, in drawing: inout SVG
  ) {
    guard !rest.isEmpty else { return }
    let (columns, rows) = (24, 14)
    let (wide, high) = ((frame.right - frame.left) / Double(columns), (frame.bottom - frame.top) / Double(rows))
    var counts = [Int](repeating: 0, count: columns * rows)
    for subject in rest {
      let column = Int(min(Double(columns - 1), max(0, (x(subject.x) - frame.left) / wide)))
      let row = Int(min(Double(rows - 1), max(0, (y(subject.y) - frame.top) / high)))
      counts[row * columns + column] += 1
    }
    let most = Double(counts.max() ?? 1).squareRoot()
    for (cell, count) in counts.enumerated() where count > 0 {
      let level = Int((Double(count).squareRoot() / most * 7).rounded()) + 1
      drawing.mark(countReading(count)) { drawing in
        drawing.rectangle(
          x: frame.left + Double(cell % columns) * wide, y: frame.top + Double(cell / columns) * high, width: wide,
          height: high, "heat q\(level) plan")
      }
    }
  }

  private func drawThresholds(_ frame: Frame, _ x: LinearScale, _ y: LinearScale, in drawing: inout SVG) {
    if let xThreshold, xThreshold.value.isFinite {
      let place = x(xThreshold.value)
      drawing.line(Point(place, frame.top), Point(place, frame.bottom), "threshold")
      let fits = place + Frame.textWidth(xThreshold.label) + 4 < drawing.width
      drawing.text(
        xThreshold.label, at: Point(place + (fits ? 4 : -4), frame.bottom - 5), fits ? .start : .end, "tick")
    }
    if let yThreshold, yThreshold.value.isFinite {
      drawing.line(Point(frame.left, y(yThreshold.value)), Point(frame.right, y(yThreshold.value)), "threshold")
      drawing.text(yThreshold.label, at: Point(frame.right - 2, y(yThreshold.value) - 4), .end, "tick")
    }
  }

  /// Names of the fields, above the bubbles.
  private func drawFields(_ frame: Frame, in drawing: inout SVG) {
    guard fields.count == 4 else { return }
    let corners: [(Point, SVG.Anchor)] = [
      (Point(frame.left + 5, frame.top + 11), .start), (Point(frame.right - 4, frame.top + 11), .end),
      (Point(frame.left + 5, frame.bottom - 18), .start), (Point(frame.right - 4, frame.bottom - 18), .end),
    ]
    for (name, corner) in zip(fields, corners) { drawing.text(name, at: corner.0, corner.1, "field") }
  }
}
