import ChannelTypes
import Planning
import Tables

/// The sheet on which targets can be edited: regions, and below them partners and lines, by quarter and year; first the
/// planned amounts, then cells for one's own.
struct TargetsPlanSheet {
  private typealias Place = PlanningSheet.Targets

  /// A row of the sheet; a whole region has no partner.
  private struct Line {
    var region: String
    var partner = ""
    var line = ""
    /// One for each period.
    var amounts: [Money]
  }

  private let view: RunView
  private var lines: [Line] = []
  /// Quarters, each year behind its own.
  private var periods: [Period] = []
  private var totals: [Money] = []

  /// - Returns: nil where the run divided no targets.
  init?(_ view: RunView) {
    guard let table = view.filled("targets_plan") else { return nil }
    self.view = view
    let months = table.cells("period")
    let known = (0..<table.rowCount).map { months.period($0) }
    let quarters = Set(known.compactMap { $0?.containing(.quarter) }).sorted()
    for quarter in quarters {
      periods.append(quarter)
      if let year = quarter.containing(.year), quarter == quarters.last(where: { $0.containing(.year) == year }) {
        periods.append(year)
      }
    }
    guard !periods.isEmpty else { return nil }
    addLines(table, known)
  }

  /// Sums the months of the table by member and by region.
  private mutating func addLines(_ table: Table, _ months: [Period?]) {
    let position = Dictionary(uniqueKeysWithValues: periods.enumerated().map { ($1, $0) })
    let (regions, partners, kinds) = (table.cells("region"), table.cells("partner_id"), table.cells("line"))
    let amounts = table.amounts("amount")
    let none = [Money](repeating: .zero, count: periods.count)
    totals = none
    var rowOf: [String: Int] = [:]
    var regionRow: [String: Int] = [:]
    var members: [Line] = []
    var sums: [Line] = []
    for row in 0..<table.rowCount {
      guard let amount = amounts[row], let month = months[row] else { continue }
      let (region, partner) = (regions.text(row), partners.text(row))
      let member = rowOf[partner] ?? members.count
      if member == members.count {
        rowOf[partner] = member
        members.append(Line(region: region, partner: partner, line: kinds.text(row), amounts: none))
      }
      let whole = regionRow[region] ?? sums.count
      if whole == sums.count {
        regionRow[region] = whole
        sums.append(Line(region: region, amounts: none))
      }
      for form in [PeriodForm.quarter, .year] {
        guard let index = month.containing(form).flatMap({ position[$0] }) else { continue }
        members[member].amounts[index] += amount
        sums[whole].amounts[index] += amount
        totals[index] += amount
      }
    }
    // A member without a region has no sum to stand in.
    lines = sums.filter { !$0.region.isEmpty } + members
  }

  func write(_ name: String, to file: inout XLSXFile) throws(FileError) {
    let writer = try PlanningSheetWriter(view, name, to: &file)
    let (sheet, count) = (writer.sheet, periods.count)
    for column in 1...3 { sheet.setWidth(16, column: column) }
    for column in Place.firstPeriod..<Place.lock(count) { sheet.setWidth(18, column: column) }
    sheet.setWidth(12, column: Place.share(count))
    writer.writeHead(
      .targets, title: say("Targets to edit, in \(view.currency)"),
      instructions: [
        say("Type your own amounts into the marked cells; what you type is held, the rest is spread anew."),
        say(
          "`\(PlanningSheet.lockWord)` in the lock column holds the quarters as planned; type over the total to change it."
        ),
        say("Then: sluice run plan.yaml --workbook FILE.xlsx"),
      ])
    sheet.write(say("plan"), PlanningSheet.bandRow, Place.plan(0), writer.bold)
    sheet.write(say("your amount"), PlanningSheet.bandRow, Place.yours(0, of: count), writer.bold)
    writeTotal(writer)
    writeHeader(writer)
    for (index, line) in lines.enumerated() { write(line, PlanningSheet.firstRow + index, writer) }
    let lastRow = PlanningSheet.firstRow + lines.count - 1
    writer.validate(
      amounts: Place.yours(0, of: count)...Place.yours(count - 1, of: count), lock: Place.lock(count), lastRow: lastRow)
    sheet.setFilter(row: PlanningSheet.headerRow, lastRow: lastRow, lastColumn: Place.share(count))
    writer.finish()
  }

  private func writeTotal(_ writer: PlanningSheetWriter) {
    let row = PlanningSheet.totalRow
    writer.sheet.write(say("total"), row, Place.region, writer.bold)
    for index in periods.indices { writer.sheet.write(totals[index].double, row, Place.plan(index), writer.boldMoney) }
    for (index, period) in periods.enumerated() {
      let column = Place.yours(index, of: periods.count)
      if period.form == .year {
        writer.sheet.write(totals[index].double, row, column, writer.boldInput)
      } else {
        writer.sheet.blank(row, column, writer.boldInput)
      }
    }
  }

  /// The periods stand in the header as they are, twice: the reader goes by them.
  private func writeHeader(_ writer: PlanningSheetWriter) {
    let count = periods.count
    var titles = [say("region"), say("partner"), say("line")]
    titles += periods.map(\.description) + periods.map(\.description) + [say("lock"), say("share of year")]
    for (index, title) in titles.enumerated() {
      writer.sheet.write(title, PlanningSheet.headerRow, index + 1, writer.header)
    }
    precondition(titles.count == Place.share(count), "a heading for every column")
  }

  private func write(_ line: Line, _ row: Int, _ writer: PlanningSheetWriter) {
    let (sheet, count) = (writer.sheet, periods.count)
    let isRegion = line.partner.isEmpty
    sheet.write(line.region, row, Place.region, isRegion ? writer.bold : writer.plain)
    if !isRegion { sheet.write(line.partner, row, Place.partner, writer.plain) }
    sheet.write(line.line == "new customers" ? say("new customers") : "", row, Place.line, writer.plain)
    for index in periods.indices {
      sheet.write(line.amounts[index].double, row, Place.plan(index), isRegion ? writer.boldMoney : writer.money)
    }
    for index in periods.indices {
      sheet.blank(row, Place.yours(index, of: count), isRegion ? writer.boldInput : writer.input)
    }
    sheet.blank(row, Place.lock(count), writer.lockInput)
    guard let year = periods.firstIndex(where: { $0.form == .year }) else { return }
    let column = CellAddress.letters(ofColumn: Place.plan(year))
    let total = "$\(column)$\(PlanningSheet.totalRow)"
    sheet.write(
      formula: "IF(\(total)=0,0,\(column)\(row)/\(total))",
      totals[year] > .zero ? line.amounts[year].double / totals[year].double : 0, row, Place.share(count), writer.share)
  }
}
