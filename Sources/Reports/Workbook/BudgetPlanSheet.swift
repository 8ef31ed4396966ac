import ChannelTypes
import Planning
import Tables

/// The sheet on which the budget can be edited: each region's money and, below it, that of its spend types; what is
/// spent now, what the run plans, and cells for one's own amounts and locks.
struct BudgetPlanSheet {
  private typealias Place = PlanningSheet.Budget

  /// A row of the sheet; a whole region has no spend type.
  private struct Line {
    var region: String
    var spendType = ""
    var now: Money
    var plan: Money
    var canBeHeld = true
  }

  private let view: RunView
  private var lines: [Line] = []
  private let total: Money
  private let now: Money

  /// - Returns: nil where the run divided no budget.
  init?(_ view: RunView) {
    guard let regions = view.filled("region_allocation"), let allocation = view.filled("allocation") else { return nil }
    self.view = view
    var own: [String: [Line]] = [:]
    let (names, types) = (allocation.cells("region"), allocation.cells("spend_type"))
    let (nows, plans) = (allocation.amounts("now"), allocation.amounts("plan"))
    for row in 0..<allocation.rowCount where !types.text(row).isEmpty {
      own[names.text(row), default: []].append(
        Line(
          region: names.text(row), spendType: types.text(row), now: nows[row] ?? .zero, plan: plans[row] ?? .zero))
    }
    let regionNames = regions.cells("region")
    let (regionNows, regionPlans) = (regions.amounts("now"), regions.amounts("plan"))
    for row in 0..<regions.rowCount {
      let name = regionNames.text(row)
      let below = own[name] ?? []
      lines.append(
        Line(region: name, now: regionNows[row] ?? .zero, plan: regionPlans[row] ?? .zero, canBeHeld: !below.isEmpty))
      lines += below
    }
    now = regionNows.compactMap(\.self).total()
    total = view.setting("budget.quarter").flatMap { Money($0) } ?? regionPlans.compactMap(\.self).total()
  }

  func write(_ name: String, to file: inout XLSXFile) throws(FileError) {
    let writer = try PlanningSheetWriter(view, name, to: &file)
    let widths: [Double] = [18, 18, 18, 18, 20, 10, 12, 18]
    for (index, width) in widths.enumerated() { writer.sheet.setWidth(width, column: index + 1) }
    writer.writeHead(
      .budget, title: say("Budget to edit, in \(view.currency)"),
      instructions: [
        say("Type your own amounts into the marked cells; what you type is held, the rest is spread anew."),
        say(
          "`\(PlanningSheet.lockWord)` in the lock column holds the planned amount; type over the total to change it."),
        say("Then: sluice run plan.yaml --workbook FILE.xlsx"),
      ])
    writeTotal(writer)
    let titles = [
      say("region"), say("spend type"), say("now"), say("plan"), say("your amount"), say("lock"), say("share of plan"),
      say("held"),
    ]
    for (index, title) in titles.enumerated() {
      writer.sheet.write(title, PlanningSheet.headerRow, index + 1, writer.header)
    }
    var blocks = lines.indices.filter { lines[$0].spendType.isEmpty }[...]
    while let start = blocks.popFirst() {
      let end = blocks.first ?? lines.count
      for index in start..<end { write(lines[index], at: index, lastOfRegion: end - 1, writer) }
    }
    writer.validate(amounts: Place.yours...Place.yours, lock: Place.lock, lastRow: lastRow)
    writer.finish()
  }

  private var lastRow: Int { PlanningSheet.firstRow + lines.count - 1 }

  private func writeTotal(_ writer: PlanningSheetWriter) {
    let (sheet, row) = (writer.sheet, PlanningSheet.totalRow)
    let range = "\(held(PlanningSheet.firstRow)):\(held(lastRow))"
    let kept = lines.first { $0.region == "reserve" && $0.spendType.isEmpty }?.plan ?? .zero
    let free = total - kept
    sheet.write(say("left for the rest"), PlanningSheet.bandRow, Place.share, writer.faint)
    let yours = PlanningSheetWriter.cell(row, Place.yours)
    let kept100 = total > .zero ? kept.double / total.double : 0
    sheet.write(
      formula: "\(yours)*\((1 - kept100).written)-\(held(row))", free.double, PlanningSheet.bandRow, Place.held,
      writer.money)
    sheet.write(say("total"), row, Place.region, writer.bold)
    sheet.write(now.double, row, Place.now, writer.boldMoney)
    sheet.write(total.double, row, Place.plan, writer.boldMoney)
    sheet.write(total.double, row, Place.yours, writer.boldInput)
    // Spend types are counted in the row of their region.
    let types =
      "\(PlanningSheetWriter.cell(PlanningSheet.firstRow, Place.spendType)):"
      + PlanningSheetWriter.cell(lastRow, Place.spendType)
    sheet.write(formula: "SUMIF(\(types),\"=\",\(range))", 0, row, Place.held, writer.boldMoney)
  }

  private func held(_ row: Int) -> String { PlanningSheetWriter.cell(row, Place.held) }

  private func write(_ line: Line, at index: Int, lastOfRegion: Int, _ writer: PlanningSheetWriter) {
    let (sheet, row) = (writer.sheet, PlanningSheet.firstRow + index)
    let isRegion = line.spendType.isEmpty
    sheet.write(line.region, row, Place.region, isRegion ? writer.bold : writer.plain)
    if !isRegion { sheet.write(line.spendType, row, Place.spendType, writer.plain) }
    let money = isRegion ? writer.boldMoney : writer.money
    sheet.write(line.now.double, row, Place.now, money)
    sheet.write(line.plan.double, row, Place.plan, money)
    let total = "$\(CellAddress.letters(ofColumn: Place.plan))$\(PlanningSheet.totalRow)"
    if line.canBeHeld {
      sheet.blank(row, Place.yours, isRegion ? writer.boldInput : writer.input)
      sheet.blank(row, Place.lock, writer.lockInput)
    }
    sheet.write(
      formula: "IF(\(total)=0,0,\(PlanningSheetWriter.cell(row, Place.plan))/\(total))",
      self.total > .zero ? line.plan.double / self.total.double : 0, row, Place.share, writer.share)
    guard line.canBeHeld else { return }
    // What the row holds: the typed amount, else the planned one where it is locked, else that of its spend types.
    let (yours, lock) = (PlanningSheetWriter.cell(row, Place.yours), PlanningSheetWriter.cell(row, Place.lock))
    let plan = PlanningSheetWriter.cell(row, Place.plan)
    let below =
      isRegion && lastOfRegion > index ? "SUM(\(held(row + 1)):\(held(PlanningSheet.firstRow + lastOfRegion)))" : "0"
    sheet.write(
      formula: "IF(\(yours)<>\"\",\(yours),IF(\(lock)<>\"\",\(plan),\(below)))", 0, row, Place.held, money)
  }
}
