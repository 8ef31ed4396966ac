/// A table in a sheet of a workbook before anybody knows which table it is.
public struct SheetSample: Sendable {
  /// The name of the sheet; nil where it is the only one that a person sees.
  public let sheet: String?
  /// What stands around the table, nearest first: titles, the names of sheet and file.
  public let captions: [String]
  /// For a sheet with a column for each period: the column that holds their figures in the sample.
  public let wideFigure: String?
  public let sample: TableSample

  /// The tables in the sheets of a workbook that a person sees, as the reader would lay them out.
  ///
  /// - Parameter figure: names the column of figures of a sheet with a column for each period, by its header
  ///   and captions.
  public static func read(
    _ path: String, displayPath: String, figure: (_ captions: [String]) -> String
  ) throws(TableSample.Failure) -> [SheetSample] {
    var findings = Findings()
    guard let book = Spreadsheet.read(path, displayPath: displayPath, findings: &findings) else {
      throw findings.kept.first.map { .unreadable($0) } ?? .empty
    }
    let sheets = book.sheets.filter { !$0.isHidden && !$0.grid.cells.isEmpty }
    let samples = sheets.compactMap { sheet in
      SheetSample(sheet, isOnly: sheets.count == 1, path: path, displayPath: displayPath, figure)
    }
    guard !samples.isEmpty else { throw .empty }
    return samples
  }

  /// Nil where the sheet holds no table.
  private init?(
    _ sheet: Spreadsheet.Sheet, isOnly: Bool, path: String, displayPath: String, _ figure: ([String]) -> String
  ) {
    var request = LayoutRequest(table: "table")
    request.period = "period"
    guard let header = HeaderBlock(sheet, request) else { return nil }
    let layout = SheetLayout(sheet, header, request)
    let file = displayPath.split(separator: "/").last.map(String.init) ?? displayPath
    let captions = header.captions.reversed().map(\.text) + [sheet.name, String(file.prefix { $0 != "." })]
    var figureName: String?
    if layout.periods.count > 1, layout.periodsHoldFigures(sheet.grid) {
      if layout.figures.count == 1 {
        let name = figure([layout.figures[0].name, header.columns[0].name] + captions)
        figureName = name
        request.figure = LayoutRequest.Figure(name: name, column: name, isRequired: true, isMapped: true)
      }
    } else {
      request.period = nil
    }
    var findings = Findings()
    let reference = TableReference(path: path, displayPath: displayPath)
    guard let text = SheetReading.text(sheet, [], reference, request, &findings),
      let sample = TableSample(path: isOnly ? path : path + "#" + sheet.name, text), !sample.columns[0].isEmpty
    else { return nil }
    self.sheet = isOnly ? nil : sheet.name
    self.captions = captions.filter { !$0.isEmpty }
    wideFigure = figureName
    self.sample = sample
  }
}

extension SheetLayout {
  /// Whether the cells below the periods are numbers: a row of dates looks like a header of periods.
  fileprivate func periodsHoldFigures(_ grid: SheetGrid) -> Bool {
    let columns = Set(periods.map(\.column))
    var figures = 0
    var others = 0
    let start = grid.rows.firstIndex { Int($0.number) > header.rows.upperBound } ?? grid.rows.count
    for row in start..<min(grid.rows.count, start + 500) {
      for cell in grid.cells[grid.range(ofRow: row)] where columns.contains(Int(cell.column)) {
        if cell.kind == .number { figures += 1 } else { others += 1 }
      }
    }
    return figures > others
  }
}
