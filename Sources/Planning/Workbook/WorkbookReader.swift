import ChannelTypes
public import Tables

extension WorkbookEdits {
  /// Reads what was edited; everything that cannot be understood is a finding with its sheet and cell.
  ///
  /// - Returns: nil where the file is no workbook of a run, or one of its cells is wrong.
  /// - Complexity: O(cells of the workbook).
  public static func read(_ path: String, findings: inout Findings) -> WorkbookEdits? {
    var own = Findings(limit: findings.limit)
    defer { findings.merge(own) }
    guard let workbook = Spreadsheet.read(path, findings: &own) else { return nil }
    var reader = WorkbookReader(edits: WorkbookEdits(file: workbook.file), findings: own)
    var isPlanning = false
    for sheet in workbook.sheets {
      guard case .text(let text) = sheet.cell(PlanningSheet.identityRow, PlanningSheet.kindColumn),
        let kind = PlanningSheet.Kind(rawValue: text)
      else { continue }
      isPlanning = true
      reader.identify(sheet)
      reader.reportLostFormulas(sheet, kind)
      switch kind {
      case .budget: reader.readBudget(sheet)
      case .targets: reader.readTargets(sheet)
      }
    }
    own = reader.findings
    guard isPlanning else {
      own.add(
        Diagnostic(
          WorkbookCodes.noPlanningSheet, "the workbook has no sheet that can be edited",
          at: SourcePlace(file: workbook.file),
          hint: "write one with `sluice report RUN --excel plan.xlsx` and edit that"))
      return nil
    }
    return own.hasErrors ? nil : reader.edits
  }
}

/// The cells of the editable sheets, turned into changes of the plan.
private struct WorkbookReader {
  var edits: WorkbookEdits
  var findings: Findings

  mutating func identify(_ sheet: Spreadsheet.Sheet) {
    if let run = sheet.words(PlanningSheet.identityRow, PlanningSheet.runColumn) { edits.run = run }
    if let plan = sheet.words(PlanningSheet.identityRow, PlanningSheet.planColumn) { edits.plan = plan }
  }

  /// Formulas of the user whose result nobody has computed: the amount is not in the file.
  mutating func reportLostFormulas(_ sheet: Spreadsheet.Sheet, _ kind: PlanningSheet.Kind) {
    let count = sheet.periods.count
    let inputs =
      kind == .budget
      ? PlanningSheet.Budget.yours...PlanningSheet.Budget.lock
      : PlanningSheet.Targets.yours(0, of: count)...PlanningSheet.Targets.lock(count)
    for cell in sheet.formulasWithoutResult where cell.row >= PlanningSheet.totalRow && inputs.contains(cell.column) {
      findings.add(
        Diagnostic(
          WorkbookCodes.improperAmount, "the formula here has no stored result",
          at: place(sheet, cell.row, cell.column),
          hint: "open the workbook in a spreadsheet application and save it, or type the amount"))
    }
  }

  // MARK: Budget

  mutating func readBudget(_ sheet: Spreadsheet.Sheet) {
    typealias Place = PlanningSheet.Budget
    let stated = sheet.amount(PlanningSheet.totalRow, Place.plan)
    if let total = amount(sheet, PlanningSheet.totalRow, Place.yours), total != stated {
      edits.set(["budget", "quarter"], total, at: place(sheet, PlanningSheet.totalRow, Place.yours))
    }
    for row in sheet.rows where row >= PlanningSheet.firstRow {
      let typed = amount(sheet, row, Place.yours)
      let isLocked = lock(sheet, row, Place.lock)
      guard typed != nil || isLocked else { continue }
      let column = typed == nil ? Place.lock : Place.yours
      guard let region = sheet.words(row, Place.region), let held = typed ?? sheet.amount(row, Place.plan),
        sheet.words(row, Place.spendType) != nil || !Self.remainder.contains(region)
      else {
        reportRow(sheet, row, column)
        continue
      }
      let scope = sheet.words(row, Place.spendType).map { ["cell", region, $0] } ?? ["region", region]
      edits.set(["budget", "locked"] + scope, held, at: place(sheet, row, column))
    }
  }

  /// Rows that follow from the others: see the table `region_allocation`.
  private static let remainder = ["retention", "reserve", "not_spent"]

  // MARK: Targets

  mutating func readTargets(_ sheet: Spreadsheet.Sheet) {
    typealias Place = PlanningSheet.Targets
    let periods = sheet.periods
    guard !periods.isEmpty, periods.allSatisfy({ $0 != nil }) else {
      findings.add(
        Diagnostic(
          WorkbookCodes.unknownPeriod, "a heading here is no quarter or year",
          at: place(sheet, PlanningSheet.headerRow, Place.firstPeriod), hint: "leave the headings as they were written")
      )
      return
    }
    let known = periods.compactMap(\.self)
    for (index, period) in known.enumerated() {
      let column = Place.yours(index, of: known.count)
      guard let total = amount(sheet, PlanningSheet.totalRow, column, decimals: Money.decimals),
        total != sheet.amount(PlanningSheet.totalRow, Place.plan(index))
      else { continue }
      let place = place(sheet, PlanningSheet.totalRow, column)
      if period.form == .year {
        edits.set(["targets", "annual", period.description], total, at: place)
      } else {
        edits.lockTarget(nil, period, total, at: place)
      }
    }
    for row in sheet.rows where row >= PlanningSheet.firstRow { readTargets(sheet, row, known) }
  }

  private mutating func readTargets(_ sheet: Spreadsheet.Sheet, _ row: Int, _ periods: [Period]) {
    typealias Place = PlanningSheet.Targets
    let columns = periods.indices.map { Place.yours($0, of: periods.count) }
    let typed = columns.map { amount(sheet, row, $0, decimals: Money.decimals) }
    let lockColumn = Place.lock(periods.count)
    let isLocked = lock(sheet, row, lockColumn)
    guard isLocked || typed.contains(where: { $0 != nil }) else { return }
    let partner = sheet.words(row, Place.partner)
    guard let id = partner ?? sheet.words(row, Place.region) else {
      reportRow(sheet, row, columns.first ?? lockColumn)
      return
    }
    let scope = (level: partner == nil ? "region" : "partner", id: id)
    for (index, period) in periods.enumerated() {
      if let amount = typed[index] {
        edits.lockTarget(scope, period, amount, at: place(sheet, row, columns[index]))
      } else if isLocked, period.form != .year, !isYearTyped(period, periods, typed),
        let amount = sheet.amount(row, Place.plan(index))
      {
        edits.lockTarget(scope, period, amount, at: place(sheet, row, lockColumn))
      }
    }
  }

  /// Whether the year around a quarter has an amount of its own: then a lock holds the year and not its quarters.
  private func isYearTyped(_ quarter: Period, _ periods: [Period], _ typed: [Money?]) -> Bool {
    guard let year = quarter.containing(.year), let index = periods.firstIndex(of: year) else { return false }
    return typed[index] != nil
  }

  // MARK: Cells

  /// An amount that stands in a cell; nil where it is empty or wrong, which is then a finding.
  private mutating func amount(
    _ sheet: Spreadsheet.Sheet, _ row: Int, _ column: Int, decimals: Int = 2
  ) -> Money? {
    let wrong: String
    switch sheet.cell(row, column) {
    case nil: return nil
    case .text(let text) where text.allSatisfy(\.isWhitespace): return nil
    case .number(let number) where number < 0: wrong = "\(number.written) is negative"
    case .number(let number):
      if let amount = Money(rounding: number, decimals: decimals), amount <= Money(1_000_000_000_000) {
        reportRounding(number, amount, place(sheet, row, column))
        return amount
      }
      wrong = "\(number.written) is too large"
    case .text(let text): wrong = "`\(text.prefix(60))` is a text and no amount"
    case .boolean(let value): wrong = "`\(value ? "TRUE" : "FALSE")` is no amount"
    case .date(let date): wrong = "\(date) is a date and no amount"
    case .error(let text): wrong = "the formula here gives `\(text)`"
    }
    findings.add(
      Diagnostic(
        WorkbookCodes.improperAmount, wrong, at: place(sheet, row, column),
        hint: "type a number of 0 or more, or empty the cell"))
    return nil
  }

  /// Says where an amount has more decimals than can be held; what binary numbers cannot write does not count.
  private mutating func reportRounding(_ number: Double, _ amount: Money, _ place: SourcePlace) {
    guard abs(number - amount.double) > 1e-9 * max(1, abs(number)) else { return }
    findings.add(
      Diagnostic(
        WorkbookCodes.fraction, .note, "\(number.written) was rounded to \(amount.plainDescription)", at: place))
  }

  private mutating func lock(_ sheet: Spreadsheet.Sheet, _ row: Int, _ column: Int) -> Bool {
    switch sheet.cell(row, column) {
    case nil: return false
    case .boolean(let value): return value
    case .text(let text):
      let word = text.lowercased().filter { !$0.isWhitespace }
      if PlanningSheet.lockWords.contains(word) { return true }
      if word.isEmpty { return false }
    default: break
    }
    findings.add(
      Diagnostic(
        WorkbookCodes.improperLock, "the lock here is neither `yes` nor empty", at: place(sheet, row, column),
        hint: "write `yes` to hold the amount of the row, or empty the cell"))
    return false
  }

  private mutating func reportRow(_ sheet: Spreadsheet.Sheet, _ row: Int, _ column: Int) {
    findings.add(
      Diagnostic(
        WorkbookCodes.nothingToHold, "the row of this cell cannot be held", at: place(sheet, row, column),
        hint: "edit the marked cells of rows that name a region or partner"))
  }

  private func place(_ sheet: Spreadsheet.Sheet, _ row: Int, _ column: Int) -> SourcePlace {
    SourcePlace(file: edits.file, line: row, column: column, sheet: sheet.name)
  }
}

extension Spreadsheet.Sheet {
  fileprivate var rows: ClosedRange<Int> { 1...max(1, lastRow) }

  fileprivate func cell(_ row: Int, _ column: Int) -> Spreadsheet.Value? { cell(row: row, column: column)?.value }

  /// A text without blanks at its ends; also a number that stands where a name is expected. Nil where there is none.
  fileprivate func words(_ row: Int, _ column: Int) -> String? {
    switch cell(row, column) {
    case .text(let text):
      let characters = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace)
      return characters.isEmpty ? nil : String(characters.reversed())
    case .number(let number): return number.written
    default: return nil
    }
  }

  /// An amount that the writer put there.
  fileprivate func amount(_ row: Int, _ column: Int) -> Money? {
    guard case .number(let number) = cell(row, column) else { return nil }
    return Money(rounding: number, decimals: Money.decimals)
  }

  /// The periods of the user's amounts; nil where a heading is none.
  fileprivate var periods: [Period?] {
    var headings: [Period?] = []
    var column = PlanningSheet.Targets.firstPeriod
    while let text = words(PlanningSheet.headerRow, column), let period = Period(text) {
      headings.append([.quarter, .year].contains(period.form) ? period : nil)
      column += 1
    }
    return headings.count % 2 == 0 ? Array(headings.suffix(headings.count / 2)) : [nil]
  }
}
