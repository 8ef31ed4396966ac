import ChannelTypes
import Planning
import Tables

/// What both editable sheets share: the head that tells where the sheet comes from, and the looks of its cells.
struct PlanningSheetWriter {
  let view: RunView
  let sheet: XLSXSheet
  let header: XLSXFormat
  let plain: XLSXFormat
  let bold: XLSXFormat
  let faint: XLSXFormat
  let money: XLSXFormat
  let boldMoney: XLSXFormat
  let share: XLSXFormat
  let input: XLSXFormat
  let boldInput: XLSXFormat
  let lockInput: XLSXFormat
  private let title: XLSXFormat

  init(_ view: RunView, _ name: String, to file: inout XLSXFile) throws(FileError) {
    self.view = view
    sheet = try file.sheet(name)
    let amount = CellFormat.money(view.currency)
    title = file.format(.title)
    header = file.format(.header)
    plain = file.format(CellFormat())
    bold = file.format(CellFormat(isBold: true))
    faint = file.format(.faint)
    money = file.format(CellFormat(number: amount))
    boldMoney = file.format(CellFormat(number: amount, isBold: true))
    share = file.format(CellFormat(number: "0.0%"))
    input = file.format(.input(amount))
    boldInput = file.format(.input(amount, isBold: true))
    lockInput = file.format(.input())
    sheet.setTab(0xF2C94C)
  }

  /// The title, the run that the sheet was written from, and how to edit it.
  func writeHead(_ kind: PlanningSheet.Kind, title text: String, instructions: [String]) {
    sheet.write(text, PlanningSheet.titleRow, 1, title)
    let row = PlanningSheet.identityRow
    for (label, value, column) in [
      (say("run"), view.run, PlanningSheet.runColumn), (say("plan file"), view.plan, PlanningSheet.planColumn),
      (say("input hash"), view.inputHash, PlanningSheet.hashColumn),
    ] {
      sheet.write(label, row, column - 1, faint)
      sheet.write(value, row, column, plain)
    }
    sheet.write(kind.rawValue, row, PlanningSheet.kindColumn, faint)
    for (index, instruction) in instructions.enumerated() {
      sheet.write(instruction, PlanningSheet.firstInstructionRow + index, 1, plain)
    }
  }

  /// Marks the input cells of the rows below the header: amounts of 0 or more, and `yes` to hold.
  func validate(amounts columns: ClosedRange<Int>, lock: Int, lastRow: Int) {
    let lastRow = max(lastRow, PlanningSheet.firstRow)
    func cells(_ columns: ClosedRange<Int>, from row: Int, to last: Int) -> CellRange {
      CellRange(CellAddress(row: row, column: columns.lowerBound), CellAddress(row: last, column: columns.upperBound))
    }
    let title = say("No amount")
    let message = say("Type a number of 0 or more, or empty the cell.")
    let total = cells(columns, from: PlanningSheet.totalRow, to: PlanningSheet.totalRow)
    sheet.validateAmounts(total, title: title, message: message)
    sheet.validateAmounts(cells(columns, from: PlanningSheet.firstRow, to: lastRow), title: title, message: message)
    sheet.validate(
      cells(lock...lock, from: PlanningSheet.firstRow, to: lastRow), words: [PlanningSheet.lockWord],
      title: say("No lock"), message: say("Write `\(PlanningSheet.lockWord)` to hold the amount, or empty the cell."))
  }

  func finish() {
    sheet.freeze(row: PlanningSheet.firstRow, column: 3)
    sheet.setPrint(headerRow: PlanningSheet.headerRow)
    sheet.protect()
  }

  /// `D9`
  static func cell(_ row: Int, _ column: Int) -> String { CellAddress(row: row, column: column).description }
}

extension PlanningSheet {
  /// The word that locks, in the language of the workbook.
  static var lockWord: String { Language.current == .chinese ? lockWords[1] : lockWords[0] }
}

extension Table {
  /// A column of amounts, exact where it holds money.
  func amounts(_ name: String) -> [Money?] {
    guard let column = self[column: name] else { return Array(repeating: nil, count: rowCount) }
    if case .money(let values) = column.values { return values.map { $0 == Unknown.money ? nil : $0 } }
    let cells = cells(name)
    return (0..<rowCount).map { Money(rounding: cells.number($0), decimals: Money.decimals) }
  }
}
