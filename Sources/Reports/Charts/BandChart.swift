import ChannelTypes

/// A quantity over periods between its lower and upper line.
struct BandChart {
  struct Step {
    var period: Period
    var value: Double
    var lower: Double
    var upper: Double
  }

  var steps: [Step]
  var unit: String

  func drawing(width: Double, height: Double) -> SVG {
    var drawing = SVG(width: width, height: height)
    let scale = LinearScale(
      covering: steps.flatMap { [$0.value, $0.lower, $0.upper] }, from: height - 20, to: 18,
      tickCount: height < 170 ? 3 : 4)
    let frame = Frame(width: width, height: height, labels: scale.labels)
    let step = (frame.right - frame.left) / Double(max(1, steps.count - 1))
    func x(_ index: Int) -> Double { frame.left + Double(index) * step }
    func line(_ value: (Step) -> Double) -> [Point] {
      steps.enumerated().map { index, step in
        value(step).isFinite ? Point(x(index), scale(value(step))) : Point(.nan, .nan)
      }
    }
    frame.drawValueAxis(scale, in: &drawing)
    frame.drawPeriodAxis(steps.map(\.period), position: x, in: &drawing)
    drawing.area(line(\.upper), line(\.lower), "band corridor")
    drawing.path(line(\.upper), "line limit")
    drawing.path(line(\.lower), "line limit")
    drawing.path(line(\.value), "line plan")
    for (index, entry) in steps.enumerated() where entry.value.isFinite {
      let reading =
        say(
          "\(entry.period): \(NumberText.compact(entry.value)) \(unit), "
            + "lines \(NumberText.compact(entry.lower)) to \(NumberText.compact(entry.upper))")
      drawing.mark(reading) { drawing in
        frame.drawHitArea(around: x(index), step: step, in: &drawing)
        drawing.circle(Point(x(index), scale(entry.value)), radius: 3, "dot hidden plan")
      }
    }
    return drawing
  }
}

/// Which time each table covers: a bar a table on one axis.
struct CoverageChart {
  struct Row {
    var name: String
    var first: CivilDate
    /// The day after the last one covered.
    var end: CivilDate
    var reading: String
    var hasGaps: Bool
  }

  var rows: [Row]

  func drawing(width: Double) -> SVG {
    let row = 22.0
    var drawing = SVG(width: width, height: 18 + Double(max(1, rows.count)) * row + 22)
    let names = min((rows.map { Frame.textWidth($0.name) }.max() ?? 0) + 10, width * 0.35)
    var frame = Frame(width: width, height: drawing.height, labels: [])
    frame.left = names
    let first = rows.map(\.first).min() ?? CivilDate(daysSinceEpoch: 0)
    let days = max(1, Double((rows.map(\.end).max() ?? first).daysSinceEpoch - first.daysSinceEpoch))
    func x(_ date: CivilDate) -> Double {
      frame.left + Double(date.daysSinceEpoch - first.daysSinceEpoch) / days * (frame.right - frame.left)
    }
    let years = first.year...max(first.year, first.year + Int(days / 365.25) + 1)
    let every = max(1, years.count * 40 / max(1, Int(frame.right - frame.left)) + 1)
    for year in years {
      let newYear = CivilDate(year: year, month: 1, day: 1)
      guard newYear >= first, x(newYear) <= frame.right else { continue }
      drawing.line(Point(x(newYear), frame.top), Point(x(newYear), frame.bottom), "grid")
      guard (year - years.lowerBound) % every == 0, x(newYear) + 14 < width else { continue }
      drawing.text(String(year), at: Point(x(newYear), frame.bottom + 15), .middle, "tick")
    }
    for (index, entry) in rows.enumerated() {
      let y = 18 + Double(index) * row
      drawing.name(entry.name, toWidth: names - 8, at: Point(names - 8, y + 14), .end)
      drawing.mark(entry.reading) { drawing in
        drawing.rectangle(
          x: x(entry.first), y: y + 5, width: max(3, x(entry.end) - x(entry.first)), height: row - 10,
          entry.hasGaps ? "bar loss" : "bar plan")
      }
    }
    return drawing
  }
}
