/// Stages of a funnel, one bar below the other: what came so far, and pale what was lost on the way from the stage above.
struct StageChart {
  struct Stage {
    var name: String
    var value: Double
    /// Written after the bar.
    var label: String
    var reading: String
  }

  var stages: [Stage]

  func drawing(width: Double) -> SVG {
    let row = 30.0
    var drawing = SVG(width: width, height: 18 + Double(max(1, stages.count)) * row + 4)
    let names = min((stages.map { Frame.textWidth($0.name) }.max() ?? 0) + 10, width * 0.34)
    let labels = min((stages.map { Frame.textWidth($0.label) }.max() ?? 0) + 10, width * 0.4)
    let largest = stages.map(\.value).filter(\.isFinite).max() ?? 0
    let room = max(40, width - names - labels)
    func length(_ value: Double) -> Double { largest > 0 && value.isFinite ? max(0, value) / largest * room : 0 }
    for (index, stage) in stages.enumerated() {
      let y = 18 + Double(index) * row
      let before = index > 0 ? stages[index - 1].value : stage.value
      drawing.name(stage.name, toWidth: names - 8, at: Point(names - 8, y + 18), .end)
      drawing.mark(stage.reading) { drawing in
        drawing.rectangle(x: names, y: y, width: width - names, height: row, "hit")
        drawing.rectangle(x: names, y: y + 4, width: length(stage.value), height: row - 8, "bar plan")
        if before > stage.value {
          drawing.rectangle(
            x: names + length(stage.value), y: y + 4, width: length(before) - length(stage.value), height: row - 8,
            "bar lost")
        }
      }
      drawing.text(stage.label, at: Point(names + length(max(before, stage.value)) + 6, y + 18), .start, "value")
    }
    return drawing
  }
}
