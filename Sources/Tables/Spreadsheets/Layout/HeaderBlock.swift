import ChannelTypes

/// One column of a header: what its cells, from top to bottom, say together.
struct HeaderColumn {
  var column: Int
  /// The lowest cell of the header that holds something, for messages.
  var row: Int
  /// What the cells say, as it is written, from top to bottom, each once.
  var texts: [String] = []
  /// The same without periods and their units.
  var words: [String] = []
  var period: HeaderPeriod?
  /// The unit that stands beside the period: `1月（万元）`.
  var unit: MeasureUnit?
  /// What the lowest cell says.
  var name: String { words.last ?? "" }
  var isEmpty: Bool { words.isEmpty && period == nil }
}

/// The rows of a sheet that name its columns, and what stands above them.
///
/// Titles above the header, merged cells, and headers of two or three rows (a year over its months, months over
/// figures) are recognised. Which row is the header is decided by the names that are looked for, then by the periods
/// in it, then by its being text where the rows below have numbers.
struct HeaderBlock {
  /// A text above the table, with its place.
  struct Caption {
    var text: String
    var address: CellAddress
  }

  /// Row numbers of the sheet.
  private(set) var rows: ClosedRange<Int>
  private(set) var captions: [Caption] = []
  private(set) var columns: [HeaderColumn] = []

  /// Looked at for a header.
  private static let deepest = 60
  private static let mostRows = 3

  /// Nil for a sheet without any text or number.
  init?(_ sheet: Spreadsheet.Sheet, _ request: LayoutRequest) {
    let view = HeaderView(sheet, depth: Self.deepest)
    guard let first = Self.headerRow(view, request) else { return nil }
    rows = first...first
    extend(view, request)
    for row in view.rowNumbers where row < rows.lowerBound {
      for column in view.columns(row) where view.isOwn(row, column) {
        if let text = view.label(row, column)?.text {
          captions.append(.init(text: text, address: .init(row: row, column: column)))
        }
      }
    }
    readColumns(view)
  }

  // MARK: Which row

  private static func headerRow(_ view: HeaderView, _ request: LayoutRequest) -> Int? {
    var best: (row: Int, score: Int)?
    let rowNumbers = view.rowNumbers.filter { !view.titleRows.contains($0) }
    for row in rowNumbers {
      let labels = view.columns(row).compactMap { view.label(row, $0) }
      var score = 10 * labels.count { label in label.text.map { request.names($0) } ?? false }
      if request.period != nil {
        let periods = labels.count { $0.period(isYearLikely: true) != nil }
        if periods >= 2 { score += 3 * periods }
      }
      if score > best?.score ?? 0 { best = (row, score) }
    }
    if let best, best.score >= (request.targets.count > 1 ? 12 : 10) || view.filled(best.row) == 1 { return best.row }
    // No name is known: the first row of text as wide as the rows usually are, else the first row.
    let widths = rowNumbers.map(view.filled).sorted()
    guard let usual = widths.isEmpty ? nil : widths[widths.count / 2] else { return nil }
    let textual = rowNumbers.first { row in
      2 * view.filled(row) >= usual + 1 && view.filled(row) >= min(2, usual)
        && view.columns(row).allSatisfy { view.label(row, $0)?.text != nil }
    }
    return best?.row ?? textual ?? rowNumbers.first
  }

  // MARK: How many rows

  private mutating func extend(_ view: HeaderView, _ request: LayoutRequest) {
    while rows.count < Self.mostRows, isHeader(rows.upperBound + 1, view, request) {
      rows = rows.lowerBound...(rows.upperBound + 1)
    }
    while rows.count < Self.mostRows, isGroup(rows.lowerBound - 1, view, request) {
      rows = (rows.lowerBound - 1)...rows.upperBound
    }
  }

  /// Whether the row below goes on with the header: names under merged cells, or months under a year.
  private func isHeader(_ row: Int, _ view: HeaderView, _ request: LayoutRequest) -> Bool {
    let above = row - 1
    let columns = view.columns(row).filter { view.isOwn(row, $0) }
    guard !columns.isEmpty else { return false }
    let labels = columns.compactMap { view.label(row, $0) }
    let isPeriods =
      request.period != nil && labels.count { $0.period(isYearLikely: true) != nil } >= 2
      && labels.allSatisfy { $0.text != nil || $0.period(isYearLikely: true) != nil }
    let isText = labels.allSatisfy { $0.text != nil }
    let numbers = labels.filter { $0.text == nil }
    let isRun = numbers.count >= 3 && numbers.enumerated().allSatisfy { $1 == .number(Double($0 + 1)) }
    guard isPeriods || isText || isRun else { return false }
    if view.merges.contains(where: { $0.first.row <= above && $0.last.row >= row && $0.first.column == $0.last.column })
    {
      return true
    }
    let groups = view.merges.filter {
      $0.first.row == above && $0.last.row == above && $0.first.column < $0.last.column
    }
    if groups.contains(where: { group in columns.contains { (group.first.column...group.last.column).contains($0) } }) {
      return true
    }
    // Unmerged: the cells above are empty, but for a year or a group that begins there.
    return (isPeriods || isRun) && columns.count { view.label(above, $0) == nil } >= 2
  }

  /// Whether the row above belongs to the header: cells merged over some of its columns, or periods over figures.
  private func isGroup(_ row: Int, _ view: HeaderView, _ request: LayoutRequest) -> Bool {
    let columns = view.columns(row)
    guard !columns.isEmpty, !view.titleRows.contains(row),
      columns.allSatisfy({ view.label(row, $0)?.isHeaderLike == true })
    else { return false }
    let table = view.columns(rows.lowerBound)
    guard let first = table.first, let last = table.last, first < last else { return false }
    let groups = view.merges.filter { $0.first.row == row && $0.first.column < $0.last.column }
    if groups.contains(where: { $0.first.column > first || $0.last.column < last }),
      groups.allSatisfy({ $0.last.row == row })
    {
      return true
    }
    if view.merges.contains(where: { $0.first.row <= row && $0.last.row > row }) { return true }
    guard request.period != nil else { return false }
    return columns.contains { $0 > first && view.label(row, $0)?.period(isYearLikely: true) != nil }
  }

  // MARK: What the columns say

  private mutating func readColumns(_ view: HeaderView) {
    let last = rows.map { view.columns($0).last ?? 0 }.max() ?? 0
    guard last > 0 else { return }
    var found: [HeaderColumn] = []
    for column in 1...last {
      var entry = HeaderColumn(column: column, row: rows.upperBound)
      for row in rows {
        guard let label = view.label(row, column) ?? group(row, column, view) else { continue }
        entry.row = row
        entry.add(label)
      }
      if !entry.isEmpty || view.hasContent(column) { found.append(entry) }
    }
    // 1 to 12 under a year are months; alone they are names.
    columns = found
    readRunningMonths(view)
    qualifyNames()
  }

  /// A group that is not merged reaches to the next cell of its row: the year over the first of its months.
  private func group(_ row: Int, _ column: Int, _ view: HeaderView) -> HeaderLabel? {
    guard row < rows.upperBound else { return nil }
    // No year has more columns than days.
    var place = column - 1
    while place > max(0, column - 370) {
      if let label = view.label(row, place) {
        guard view.isOwn(row, place), label.period(isYearLikely: true) != nil else { return nil }
        // A total beside the months is no longer under the year.
        return view.label(rows.upperBound, column)?.text.flatMap { TotalWord($0) } == nil ? label : nil
      }
      place -= 1
    }
    return nil
  }

  /// Bare numbers that run 1, 2, 3, … are months where a year stands over them.
  private mutating func readRunningMonths(_ view: HeaderView) {
    var expected = 1
    var run: [Int] = []
    for index in columns.indices {
      guard case .number(let number)? = view.label(rows.upperBound, columns[index].column) else { continue }
      if number == Double(expected), expected <= 12 {
        run.append(index)
        expected += 1
      }
    }
    guard run.count >= 3, run.allSatisfy({ columns[$0].period.map { $0.part == .year } ?? false }) else { return }
    for (month, index) in run.enumerated() {
      columns[index].period?.part = .month(month + 1)
      columns[index].words.removeLast()
    }
  }

  /// Names that the lowest row repeats get the group above: `销售/数量`, `销售/金额`.
  private mutating func qualifyNames() {
    var counts: [String: Int] = [:]
    for column in columns where column.period == nil { counts[column.name, default: 0] += 1 }
    for index in columns.indices where columns[index].period == nil && columns[index].words.count > 1 {
      let isRepeated = counts[columns[index].name, default: 0] > 1
      columns[index].words = [isRepeated ? columns[index].words.joined(separator: "/") : columns[index].name]
    }
  }
}

extension HeaderColumn {
  /// Takes the next cell from above.
  fileprivate mutating func add(_ label: HeaderLabel) {
    if texts.last != label.written { texts.append(label.written) }
    if let found = label.leadingPeriod {
      // The finer part counts, with the year of either.
      let year = found.period.year ?? period?.year
      if period == nil || found.period.part != .year { period = found.period }
      period?.year = year
      if let unit = MeasureUnit.bare(found.rest) {
        self.unit = unit
      } else if !found.rest.isEmpty, words.last != found.rest {
        words.append(found.rest)
      }
    } else {
      let text = label.written
      if words.last != text { words.append(text) }
    }
  }
}

extension LayoutRequest {
  /// Whether a header is one that is looked for, with a unit behind it too.
  func names(_ header: String) -> Bool {
    if targets[header] != nil || operands.contains(header) { return true }
    return MeasureUnit.ofHeader(header).map { targets[$0.name] != nil } ?? false
  }
}
