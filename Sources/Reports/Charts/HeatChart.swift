/// A grid of figures, stronger in colour where they are larger: regions by months, likelihood by impact.
struct HeatChart {
  struct Cell {
    /// From 0 (lightest) to 1; NaN for an empty cell.
    var depth: Double
    /// Written in the cell.
    var label: String
    var reading: String
    /// `plan` or `loss`.
    var style = "plan"
  }

  var rowNames: [String]
  var columnNames: [String]
  /// Row by row; as many as rows × columns.
  var cells: [Cell]
  /// Of columns that follow in time some may go without a name; of others each has its own, turned where it must.
  var isTime = false

  func drawing(width: Double) -> SVG {
    let row = 26.0
    let names = min((rowNames.map { Frame.textWidth($0) }.max() ?? 0) + 10, width * 0.3)
    let step = (width - names) / Double(max(1, columnNames.count))
    let longest = columnNames.map { Frame.textWidth($0) }.max() ?? 0
    let isTurned = !isTime && longest + 6 > step
    // A turned name runs down to its column from the left, where the first one has the room above the rows.
    let room = min(longest, 120, max(40, (names + step / 2) * 2.0.squareRoot() - 10))
    let top = isTurned ? 26 + room / 2.0.squareRoot() : 34
    var drawing = SVG(width: width, height: top + Double(max(1, rowNames.count)) * row + 4)
    // Nearly all labels or none: a few would look like the only values.
    let isLabelled = cells.count { !Self.fits($0, step) } * 10 <= cells.count
    // Periods that do not fit are written at every second or third column.
    let every = isTurned ? 1 : max(1, Int(((longest + 6) / step).rounded(.up)))
    var free = Double.infinity
    for (column, name) in columnNames.enumerated().reversed() where (columnNames.count - 1 - column) % every == 0 {
      let x = names + (Double(column) + 0.5) * step
      if isTurned {
        drawing.name(name, toWidth: room, at: Point(x + 2, top - 5), .end, "tick", turned: 45)
      } else {
        // The last one stays inside the drawing, and the one before gives way.
        let half = Frame.textWidth(name) / 2
        let centre = min(x, width - half)
        guard centre + half + 4 <= free else { continue }
        drawing.text(name, at: Point(centre, top - 6), .middle, "tick")
        free = centre - half
      }
    }
    for (line, name) in rowNames.enumerated() {
      let y = top + Double(line) * row
      drawing.name(name, toWidth: names - 10, at: Point(names - 8, y + row * 0.65), .end)
      for column in columnNames.indices {
        let index = line * columnNames.count + column
        guard index < cells.count else { continue }
        draw(
          cells[index], x: names + Double(column) * step, y: y, width: step, height: row, isLabelled: isLabelled,
          in: &drawing)
      }
    }
    return drawing
  }

  private static func fits(_ cell: Cell, _ width: Double) -> Bool { Frame.textWidth(cell.label) + 4 <= width }

  private func draw(
    _ cell: Cell, x: Double, y: Double, width: Double, height: Double, isLabelled: Bool, in drawing: inout SVG
  ) {
    guard cell.depth.isFinite else { return }
    let level = Int((max(0, min(1, cell.depth)) * 9).rounded())
    drawing.mark(cell.reading) { drawing in
      drawing.rectangle(x: x + 1, y: y + 1, width: width - 2, height: height - 2, "heat q\(level) \(cell.style)")
    }
    guard isLabelled, Self.fits(cell, width) else { return }
    drawing.text(cell.label, at: Point(x + width / 2, y + height * 0.65), .middle, "cell")
  }
}
