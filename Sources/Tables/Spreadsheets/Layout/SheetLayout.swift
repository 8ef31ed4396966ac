import ChannelTypes

/// What the columns of a sheet are: which are columns of the table, which hold the figure of a period each, and which
/// are sums of others.
struct SheetLayout {
  /// A column of the sheet that is a column of the table.
  struct Field {
    var column: Int
    var name: String
    var target: LayoutRequest.Target?
    /// Figures are multiplied with this power of ten.
    var shift = 0
    var unit: MeasureUnit?
  }

  /// A column that holds a figure of one period.
  struct PeriodColumn {
    var column: Int
    var period: HeaderPeriod
    /// Which of the figures.
    var figure: Int
    var shift = 0
  }

  /// A column that is the sum of others; left out of the table.
  struct SumColumn {
    var column: Int
    var label: String
    var parts: [Int]
  }

  var request: LayoutRequest
  var header: HeaderBlock
  var fields: [Field] = []
  /// Empty where the table has a row for each period already.
  var periods: [PeriodColumn] = []
  /// The names of the figures of a wide table.
  var figures: [Field] = []
  var sums: [SumColumn] = []
  /// Columns of shares, averages and growth beside the periods; left out.
  var derived: [Int] = []
  /// The year of periods that do not name theirs, and where it was found.
  var year: (value: Int, place: String)?
  /// The field whose cells give the year of the row.
  var yearField: Int?
  /// Units that were applied, with the place where they were found.
  var units: [(unit: MeasureUnit, place: String, names: [String])] = []

  var isWide: Bool { !periods.isEmpty }
  /// The column of the table that holds the periods of a wide sheet.
  var periodName: String { request.period ?? "period" }

  /// Columns from the first to the last that are used.
  var lastColumn: Int { header.columns.last?.column ?? 0 }

  init(_ sheet: Spreadsheet.Sheet, _ header: HeaderBlock, _ request: LayoutRequest) {
    self.request = request
    self.header = header
    let isPeriodNamed = header.columns.contains { column in
      column.period == nil && request.period.map { column.words.contains($0) } ?? false
    }
    let wide = request.period != nil && !isPeriodNamed ? Self.periodColumns(header) : []
    for entry in header.columns where !wide.contains(where: { $0.column == entry.column }) {
      if !wide.isEmpty, !Self.holdsText(entry.column, below: header, sheet.grid), place(entry, beside: wide) {
        continue
      }
      if let field = field(entry) { fields.append(field) }
    }
    if !wide.isEmpty { placePeriods(wide) }
  }

  /// Whether a column has names below its header, and no more figures than names: it adds nothing up.
  private static func holdsText(_ column: Int, below header: HeaderBlock, _ grid: SheetGrid) -> Bool {
    var texts = 0
    var figures = 0
    let start = grid.rows.firstIndex { Int($0.number) > header.rows.upperBound } ?? grid.rows.count
    for row in start..<min(grid.rows.count, start + 500) {
      guard let index = grid.index(inRow: row, column) else { continue }
      let cell = grid.cells[index]
      switch cell.kind {
      case .sharedText, .ownText:
        let text = grid.text(cell)
        if GroupedNumbers.number(text, isCertain: true) != nil {
          figures += 1
        } else if !text.trimmed.isEmpty {
          texts += 1
        }
      case .number: figures += 1
      default: break
      }
    }
    return texts > figures
  }

  /// The columns whose header names a period, of the finest kind that there is.
  private static func periodColumns(_ header: HeaderBlock) -> [HeaderColumn] {
    let found = header.columns.filter { column in
      column.period != nil && !column.words.contains { TotalWord($0) != nil }
    }
    guard let finest = found.compactMap({ $0.period?.part.form.rawValue }).min() else { return [] }
    return found.filter { $0.period?.part.form.rawValue == finest }
  }

  // MARK: Columns of the table

  private func field(_ entry: HeaderColumn) -> Field? {
    // A column that is named like a period in a table that is not wide keeps its name.
    let isKnown = entry.period == nil || request.targets[entry.name] != nil
    let name = isKnown ? entry.name : entry.texts.joined(separator: "/")
    guard !name.isEmpty else { return Field(column: entry.column, name: "") }
    if let target = request.targets[name] {
      let unit = MeasureUnit.ofHeader(name)?.unit
      return Field(column: entry.column, name: name, target: target, unit: unit)
    }
    guard !request.operands.contains(name), let (bare, unit) = MeasureUnit.ofHeader(name), !bare.isEmpty else {
      return Field(column: entry.column, name: name)
    }
    guard !request.operands.contains(bare) else { return Field(column: entry.column, name: bare) }
    return Field(column: entry.column, name: bare, target: request.targets[bare], unit: unit)
  }

  // MARK: Beside the periods

  /// Places a column that is no period of the finest kind; false where it is a column of the table.
  private mutating func place(_ entry: HeaderColumn, beside periods: [HeaderColumn]) -> Bool {
    let word = entry.words.lazy.compactMap { TotalWord($0) }.first
    guard request.targets[entry.name] == nil, entry.period != nil || word != nil else { return false }
    if word == .derived {
      derived.append(entry.column)
      return true
    }
    let figure = entry.words.first { TotalWord($0) == nil }
    var parts = periods.filter { figure == nil || $0.words.contains(figure ?? "") }
    if let period = entry.period {
      parts = parts.filter { $0.period?.isPart(of: period) ?? false }
    } else if word == .subtotal {
      let previous = sums.last { $0.column < entry.column }?.column ?? 0
      parts = parts.filter { (previous..<entry.column).contains($0.column) }
    }
    // One sum over several figures is none that can be checked.
    if figure == nil, Set(parts.map(\.words)).count > 1 { parts = [] }
    let label = entry.words.last ?? entry.period?.written ?? ""
    sums.append(SumColumn(column: entry.column, label: label, parts: parts.map(\.column)))
    return true
  }

  private mutating func placePeriods(_ columns: [HeaderColumn]) {
    var names: [String: Int] = [:]
    for entry in columns {
      var name = entry.name
      var unit = entry.unit
      if request.targets[name] == nil, let (bare, found) = MeasureUnit.ofHeader(name) {
        name = bare
        unit = unit ?? found
      }
      if names[name] == nil {
        names[name] = figures.count
        figures.append(Field(column: entry.column, name: name, target: request.targets[name], unit: unit))
      }
      periods.append(
        PeriodColumn(
          column: entry.column, period: entry.period ?? HeaderPeriod(year: nil, part: .year), figure: names[name] ?? 0,
          shift: unit?.shift ?? 0))
    }
  }
}

extension HeaderPeriod {
  /// Whether this lies in a longer period, as far as the years are known.
  func isPart(of other: HeaderPeriod) -> Bool {
    if let own = year, let theirs = other.year, own != theirs { return false }
    switch (part, other.part) {
    case (_, .year): return part != .year
    case (.month(let month), .quarter(let quarter)): return (month - 1) / 3 + 1 == quarter
    case (.day(let month, _), .month(let whole)): return month == whole
    case (.day(let month, _), .quarter(let quarter)): return (month - 1) / 3 + 1 == quarter
    default: return false
    }
  }

  /// As a name in messages.
  var written: String {
    if let period = period(year: nil) { return period.description }
    switch part {
    case .month(let month): return "month \(month)"
    case .quarter(let quarter): return "quarter \(quarter)"
    case .week(let week): return "week \(week)"
    default: return "year"
    }
  }
}
