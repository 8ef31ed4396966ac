import ChannelTypes

extension SheetLayout {
  /// What stands around the header: captions, the corner, the name of the sheet, and that of the file, nearest first.
  private func context(_ sheet: Spreadsheet.Sheet, file: String) -> [(text: String, place: String)] {
    var texts = header.captions.reversed().map { ($0.text, $0.address.description) }
    if let first = header.columns.first, isWide { texts.insert((first.name, "the corner of the header"), at: 0) }
    texts.append((sheet.name, "the name of the sheet"))
    let name = file.split(separator: "/").last.map(String.init) ?? file
    texts.append((String(name.prefix { $0 != "." }), "the name of the file"))
    return texts
  }

  // MARK: Years

  /// Finds the year of periods that name none.
  mutating func findYear(_ sheet: Spreadsheet.Sheet, file: String) {
    guard periods.contains(where: { $0.period.year == nil }) else { return }
    let words: Set<String> = ["年", "年份", "年度", "year"]
    if let field = fields.firstIndex(where: { words.contains($0.name.lowercased()) }) {
      yearField = field
      return
    }
    for (text, place) in context(sheet, file: file) {
      let narrow = FullWidth.narrowed(text)
      // `2024-2025年` names no year of its months.
      let numbers = narrow.split { !("0"..."9").contains($0) }.filter { $0.count == 4 }.compactMap { Int($0) }
      let years = Set(numbers.filter((1900..<2100).contains))
      guard years.count == 1, let year = years.first else { continue }
      self.year = (year, place)
      return
    }
  }

  // MARK: Units

  /// Applies the units of headers, and the one that a caption gives for the whole table.
  mutating func applyUnits(_ sheet: Spreadsheet.Sheet, file: String, findings: inout Findings) {
    for index in fields.indices {
      guard let unit = fields[index].unit, fields[index].target?.isNumber ?? true else { continue }
      fields[index].shift = unit.shift
      if unit.shift > 0 { state(unit, at: cell(fields[index].column), fields[index].name) }
    }
    var isStated = false
    for period in periods where period.shift > 0 && !isStated {
      guard let unit = figures[period.figure].unit else { continue }
      state(unit, at: cell(period.column), figures[period.figure].name)
      isStated = true
    }
    let found = context(sheet, file: file).dropLast().lazy.compactMap { text, place in
      MeasureUnit.ofCaption(text).map { ($0, place) }
    }.first
    guard let (unit, place) = found, unit.shift > 0 else { return }
    if isWide {
      for index in periods.indices where figures[periods[index].figure].unit == nil {
        periods[index].shift = unit.shift
      }
      let names = figures.filter { $0.unit == nil }.map(\.name)
      for name in names { state(unit, at: place, name) }
      return
    }
    let numbers = fields.indices.filter { fields[$0].unit == nil && fields[$0].target?.isNumber == true }
    var wanted = numbers.filter { unit.isMoney != false && fields[$0].target?.type == .money }
    if unit.isMoney != true, numbers.count == 1 { wanted = numbers }
    guard unit.isMoney == true || numbers.count <= 1 || numbers.count == wanted.count else {
      findings.add(unclear(unit, place, sheet, file))
      return
    }
    for index in wanted {
      fields[index].shift = unit.shift
      state(unit, at: place, fields[index].name)
    }
  }

  private func cell(_ column: Int) -> String {
    CellAddress(row: header.columns.first { $0.column == column }?.row ?? header.rows.upperBound, column: column)
      .description
  }

  private mutating func state(_ unit: MeasureUnit, at place: String, _ name: String) {
    if let index = units.firstIndex(where: { $0.unit.shift == unit.shift && $0.unit.text == unit.text }) {
      if !units[index].names.contains(name) { units[index].names.append(name) }
    } else {
      units.append((unit, place, [name]))
    }
  }

  private func unclear(
    _ unit: MeasureUnit, _ place: String, _ sheet: Spreadsheet.Sheet, _ file: String
  ) -> Diagnostic {
    Diagnostic(
      DataCodes.unclearUnit, .warning,
      "the unit `\(unit.text)` in \(place) is not applied: several columns hold numbers",
      at: sheet.place(in: file),
      hint: "write the unit into the headers of its columns: `sell_out_qty (\(unit.text))`")
  }

  // MARK: Figures

  /// Decides which figure the columns of periods hold where their headers do not say it.
  mutating func nameFigures(_ sheet: Spreadsheet.Sheet, file: String, findings: inout Findings) {
    guard isWide else { return }
    for index in figures.indices where figures[index].target == nil {
      // A caption over all months that is no column of the table: `计划`.
      let isCaption = figures.count == 1 && !figures[index].name.isEmpty
      guard figures[index].name.isEmpty || isCaption else { continue }
      if let figure = request.figure ?? onlyFigure(sheet, file) {
        figures[index].name = figure.name
        figures[index].target = request.targets[figure.name]
      } else if !isCaption {
        findings.add(unknownFigure(sheet, file))
      }
    }
  }

  /// The figure that the surroundings name, else the one that the table cannot do without.
  private func onlyFigure(_ sheet: Spreadsheet.Sheet, _ file: String) -> LayoutRequest.Figure? {
    let present = Set(fields.map(\.name))
    let open = request.figures.filter { !present.contains($0.name) }
    for (text, _) in context(sheet, file: file) {
      let named = open.filter { text.lowercased().contains($0.name.lowercased()) }
      if let longest = named.max(by: { $0.name.count < $1.name.count }),
        named.allSatisfy({ longest.name.lowercased().contains($0.name.lowercased()) })
      {
        return longest
      }
    }
    for group in [open.filter(\.isRequired), open.filter(\.isMapped)] where group.count == 1 { return group[0] }
    return open.count == 1 ? open[0] : nil
  }

  private func unknownFigure(_ sheet: Spreadsheet.Sheet, _ file: String) -> Diagnostic {
    let names = request.figures.map(\.column)
    let list = names.prefix(6).joined(separator: ", ") + (names.count > 6 ? ", …" : "")
    return Diagnostic(
      DataCodes.unknownFigure, "the sheet has a column for each period, and does not say which figure they hold",
      at: sheet.place(in: file, row: header.rows.upperBound, column: periods.first?.column),
      hint: "say it beside `file:` in the plan, such as `wide: \(names.first ?? "amount")` (one of \(list))")
  }
}
