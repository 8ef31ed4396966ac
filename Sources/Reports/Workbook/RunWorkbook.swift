import Planning
public import Tables

/// A run as a workbook (`.xlsx`): an overview with links, the sheets on which budget and targets can be edited and
/// given back to `sluice run --workbook`, and a sheet for every output table.
///
/// Text from data is always written as text: nothing runs as a formula. The same run gives the same bytes.
public struct RunWorkbook: Sendable {
  private let view: RunView
  /// Rows of a sheet, its header included.
  private let rowLimit: Int

  public init(_ view: RunView) { self.init(view, rowLimit: XLSXFile.rowLimit) }

  /// - Parameter rowLimit: what a sheet holds; a table with more rows is cut, and the overview says so.
  init(_ view: RunView, rowLimit: Int) {
    self.view = view
    self.rowLimit = rowLimit
  }

  /// Writes the workbook as one file that appears whole or not at all.
  /// - Complexity: O(cells); sheets are kept in temporary files and not in memory.
  public func write(to path: String) throws(FileError) {
    try AtomicFile.write(to: path) { (temporary) throws(FileError) in try fill(temporary) }
  }

  private func fill(_ path: String) throws(FileError) {
    var names = SheetNames()
    let overview = names.add(say("Overview"))
    let budget = BudgetPlanSheet(view).map { (sheet: $0, name: names.add(say("Plan budget"))) }
    let targets = TargetsPlanSheet(view).map { (sheet: $0, name: names.add(say("Plan targets"))) }
    let tables = view.tables.values.sorted { $0.name < $1.name }.map {
      (sheet: TableSheet($0, currency: view.currency, rowLimit: rowLimit), name: names.add($0.name))
    }
    var entries: [OverviewSheet.Entry] = []
    if let budget { entries.append(.init(sheet: budget.name, about: say("budget by region and spend type, to edit"))) }
    if let targets { entries.append(.init(sheet: targets.name, about: say("targets by quarter and year, to edit"))) }
    entries += tables.map { entry(of: $0.sheet, $0.name) }

    var file = try XLSXFile(path: path, title: view.plan)
    try OverviewSheet(view: view, entries: entries).write(overview, to: &file)
    if let budget { try budget.sheet.write(budget.name, to: &file) }
    if let targets { try targets.sheet.write(targets.name, to: &file) }
    for table in tables { try table.sheet.write(table.name, to: &file) }
    if let name = budget?.name ?? targets?.name {
      let row = PlanningSheet.identityRow
      file.define("sluice_run", sheet: name, row: row, column: PlanningSheet.runColumn)
      file.define("sluice_plan", sheet: name, row: row, column: PlanningSheet.planColumn)
      file.define("sluice_input_hash", sheet: name, row: row, column: PlanningSheet.hashColumn)
    }
    try file.close()
  }

  private func entry(of sheet: TableSheet, _ name: String) -> OverviewSheet.Entry {
    let file = "\(sheet.table.name).csv"
    let cut =
      sheet.isCut
      ? say(
        "\(NumberText.grouped(sheet.rowCount)) of \(NumberText.grouped(sheet.table.rowCount)) rows; all are in \(file)")
      : ""
    return .init(sheet: name, about: file, rows: sheet.rowCount, cut: cut)
  }
}
