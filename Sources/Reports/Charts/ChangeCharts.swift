/// From now to plan, a row per name: a hollow dot for now, a full one for the plan, the change at the right.
struct ChangeChart {
  struct Row {
    var name: String
    var now: Double
    var plan: Double
    var label: String
    var reading: String
  }

  var rows: [Row]
  /// Written after the tick labels: ` %`.
  var unit = ""
  var isLessBetter = false

  func drawing(width: Double) -> SVG {
    let row = 26.0
    var drawing = SVG(width: width, height: 18 + Double(max(1, rows.count)) * row + 22)
    let names = min((rows.map { Frame.textWidth($0.name) }.max() ?? 0) + 10, width * 0.35)
    let labels = (rows.map { Frame.textWidth($0.label) }.max() ?? 0) + 12
    let values = rows.flatMap { [$0.now, $0.plan] }
    let scale = LinearScale(covering: values, from: names, to: max(names + 60, width - labels), tickCount: 4)
    var frame = Frame(width: width, height: drawing.height, labels: [])
    (frame.left, frame.right) = (scale.start, scale.end)
    frame.drawHorizontalAxis(scale, in: &drawing) { $0 + unit }
    for (index, entry) in rows.enumerated() where entry.now.isFinite && entry.plan.isFinite {
      let y = 18 + Double(index) * row + row / 2
      let style = entry.plan == entry.now ? "muted" : (entry.plan > entry.now) == isLessBetter ? "loss" : "gain"
      drawing.name(entry.name, toWidth: names - 8, at: Point(names - 8, y + 4), .end)
      drawing.mark(entry.reading) { drawing in
        drawing.rectangle(x: names, y: y - row / 2, width: width - names, height: row, "hit")
        drawing.line(Point(scale(entry.now), y), Point(scale(entry.plan), y), "change \(style)")
        drawing.circle(Point(scale(entry.now), y), radius: 4, "dot now")
        drawing.circle(Point(scale(entry.plan), y), radius: 4.5, "dot \(style)")
      }
      drawing.text(entry.label, at: Point(width, y + 4), .end, "value \(style)")
    }
    return drawing
  }
}

/// How a sum comes about: steps up and down from zero, and the total below.
struct WaterfallChart {
  struct Step {
    var name: String
    var value: Double
    var label: String
  }

  var steps: [Step]
  var total: Step

  func drawing(width: Double) -> SVG {
    let row = 24.0
    var drawing = SVG(width: width, height: 18 + Double(steps.count + 1) * row + 24)
    var level = 0.0
    // Where each step begins and ends.
    let spans = steps.map { step -> (from: Double, to: Double) in
      let from = level
      level += step.value.isFinite ? step.value : 0
      return (from, level)
    }
    let entries = steps + [total]
    let names = min((entries.map { Frame.textWidth($0.name) }.max() ?? 0) + 10, width * 0.35)
    let labels = (entries.map { Frame.textWidth($0.label) }.max() ?? 0) + 10
    let scale = LinearScale(
      covering: spans.flatMap { [$0.from, $0.to] } + [total.value], from: names, to: max(names + 60, width - labels))
    var frame = Frame(width: width, height: drawing.height, labels: [])
    (frame.left, frame.right) = (scale.start, scale.end)
    frame.drawHorizontalAxis(scale, in: &drawing)
    for (index, entry) in entries.enumerated() {
      let y = 18 + Double(index) * row
      let isTotal = index == steps.count
      let span = isTotal ? (from: 0, to: total.value) : spans[index]
      let style = isTotal ? "plan" : entry.value < 0 ? "loss" : "gain"
      drawing.name(
        entry.name, toWidth: names - 8, at: Point(names - 8, y + 15), .end, isTotal ? "label strong" : "label"
      )
      drawing.mark("\(entry.name): \(entry.label)") { drawing in
        drawing.rectangle(x: names, y: y, width: width - names, height: row, "hit")
        drawing.rectangle(
          x: min(scale(span.from), scale(span.to)), y: y + 4, width: abs(scale(span.to) - scale(span.from)),
          height: row - 8, "bar \(style)")
      }
      if !isTotal {
        drawing.line(Point(scale(span.to), y + row - 4), Point(scale(span.to), y + row + 4), "connector")
      }
      drawing.text(entry.label, at: Point(width, y + 15), .end, isTotal ? "value strong" : "value \(style)")
    }
    return drawing
  }
}
