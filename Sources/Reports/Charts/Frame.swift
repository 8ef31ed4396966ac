import ChannelTypes

/// The plot area of a drawing, and its axes.
struct Frame {
  var left: Double
  var right: Double
  var top: Double
  var bottom: Double

  /// The room that text takes at the size of axis labels, in drawing units; a little generous.
  static func textWidth(_ text: String) -> Double {
    // Capitals are wider than other letters.
    let capitals = text.utf8.count { (0x41...0x5A).contains($0) }
    return Double(TerminalText.width(text)) * 7 + Double(capitals) * 1.5
  }

  /// A frame whose left margin fits the longest of `labels`.
  init(width: Double, height: Double, labels: [String], top: Double = 18, bottom: Double = 20, right: Double = 8) {
    let longest = labels.map(Self.textWidth).max() ?? 0
    left = min(longest + 8, width * 0.45)
    self.right = width - right
    self.top = top
    self.bottom = height - bottom
  }

  /// Light lines across at the ticks, with their labels to the left; a darker one at zero.
  func drawValueAxis(_ scale: LinearScale, in drawing: inout SVG) {
    for (tick, label) in zip(scale.ticks, scale.labels) {
      let y = scale(tick)
      drawing.line(Point(left, y), Point(right, y), tick == 0 ? "axis" : "grid")
      drawing.text(label, at: Point(left - 6, y + 3.5), .end, "tick")
    }
  }

  /// Light lines down at the ticks, with their labels below.
  func drawHorizontalAxis(_ scale: LinearScale, in drawing: inout SVG, unit: (String) -> String = { $0 }) {
    // Labels that would touch are left out, every second or third one stays.
    let labels = scale.labels.map(unit)
    let room = (scale.end - scale.start) / Double(max(1, labels.count - 1))
    let widest = (labels.map(Self.textWidth).max() ?? 0) + 6
    let every = max(1, Int((widest / max(1, room)).rounded(.up)))
    for (index, (tick, label)) in zip(scale.ticks, labels).enumerated() {
      let x = scale(tick)
      drawing.line(Point(x, top), Point(x, bottom), tick == 0 ? "axis" : "grid")
      guard index % every == 0 else { continue }
      let half = Self.textWidth(label) / 2
      let anchor: SVG.Anchor = x + half > drawing.width ? .end : x - half < 0 ? .start : .middle
      drawing.text(label, at: Point(x, bottom + 14), anchor, "tick")
    }
  }

  /// The invisible area around a period that takes the pointer, cut off at the frame.
  func drawHitArea(around x: Double, step: Double, in drawing: inout SVG) {
    let (start, end) = (max(left, x - max(step, 2) / 2), min(right, x + max(step, 2) / 2))
    drawing.rectangle(x: start, y: top, width: end - start, height: bottom - top, "hit")
  }

  /// Years (or the first, middle and last of periods without years) along the foot.
  func drawPeriodAxis(_ periods: [Period], position: (Int) -> Double, in drawing: inout SVG) {
    drawing.line(Point(left, bottom), Point(right, bottom), "axis")
    var free = -Double.infinity
    for (index, label) in Self.periodLabels(periods) {
      let x = position(index)
      drawing.line(Point(x, bottom), Point(x, bottom + 4), "axis")
      let half = Self.textWidth(label) / 2
      let centre = min(max(x, half), drawing.width - half)
      guard centre - half > free else { continue }
      drawing.text(label, at: Point(centre, bottom + 15), .middle, "tick")
      free = centre + half + 8
    }
  }

  /// The periods that get a label: the first of each year, or round numbers of a running count.
  static func periodLabels(_ periods: [Period]) -> [(index: Int, label: String)] {
    guard let first = periods.first, let last = periods.last else { return [] }
    if first.form == .number {
      let step = LinearScale.niceStep(Double(last.ordinal - first.ordinal) / 5)
      return periods.enumerated().compactMap { index, period in
        period.ordinal % max(1, Int(step)) == 0 ? (index, period.description) : nil
      }
    }
    let labels = periods.indices.compactMap { index -> (index: Int, label: String)? in
      guard let year = periods[index].containing(.year) else { return nil }
      guard index == 0 || periods[index - 1].containing(.year) != year else { return nil }
      // A first period in the middle of a year is not where the year begins.
      if index == 0, first.advanced(by: -1).containing(.year) == year { return nil }
      return (index, year.description)
    }
    guard labels.count < 2, periods.count > 2 else { return labels.isEmpty ? [(0, first.description)] : labels }
    // Within one year: the first period, the middle one and the last.
    return [0, periods.count / 2, periods.count - 1].map { ($0, periods[$0].description) }
  }
}
