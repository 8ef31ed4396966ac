import ChannelTypes
import Tables

/// A table as a sheet: the column names in a frozen header with filters, below it a typed cell for each known value.
///
/// Amounts are numbers in a money format with the currency, percentages carry their sign, days are dates; months,
/// quarters and running numbers stay the text that they are in the CSV file. What a cell's 15 digits cannot hold
/// exactly is written as text.
struct TableSheet {
  let table: Table
  let currency: String

  /// How many rows and columns of the table the sheet holds; what goes beyond the format is only in the CSV file.
  let rowCount: Int
  let columnCount: Int

  init(_ table: Table, currency: String, rowLimit: Int = XLSXFile.rowLimit) {
    self.table = table
    self.currency = currency
    rowCount = min(table.rowCount, rowLimit - 1)
    columnCount = min(table.columns.count, XLSXFile.columnLimit)
  }

  var isCut: Bool { rowCount < table.rowCount || columnCount < table.columns.count }

  func write(_ name: String, to file: inout XLSXFile) throws(FileError) {
    let sheet = try file.sheet(name)
    guard columnCount > 0 else { return }
    let header = file.format(.header)
    var columns: [ColumnWriter] = []
    for (index, column) in table.columns.prefix(columnCount).enumerated() {
      let writer = ColumnWriter(column, currency, &file)
      sheet.setWidth(writer.width(rows: rowCount), column: index + 1)
      columns.append(writer)
    }
    for (index, column) in columns.enumerated() { sheet.write(column.name, 1, index + 1, header) }
    for row in 0..<rowCount {
      for index in columns.indices { columns[index].write(row, to: sheet, row + 2, index + 1) }
    }
    sheet.freeze(row: 2, column: 2)
    sheet.setFilter(row: 1, lastRow: rowCount + 1, lastColumn: columnCount)
    sheet.setPrint(headerRow: 1)
  }
}

extension CellFormat {
  static let header = CellFormat(isBold: true, fill: 0xE3EAF2)
  static let title = CellFormat(isBold: true, size: 15)
  static let heading = CellFormat(isBold: true, size: 12)
  static let faint = CellFormat(ink: 0x6B7480)
  static let link = CellFormat(ink: 0x1F3FBF, isUnderlined: true)

  /// An amount with its currency.
  static func money(_ currency: String, decimals: Int = 2) -> String {
    let digits = decimals == 0 ? "#,##0" : "#,##0." + String(repeating: "0", count: decimals)
    let unit = currency.filter { $0.isASCII && $0.isLetter }
    return unit.isEmpty ? digits : digits + "\\ \"\(unit)\""
  }
}

/// Writes the cells of one column.
private struct ColumnWriter {
  let name: String
  private let column: Column
  private let format: XLSXFormat
  private let plain: XLSXFormat
  /// The first number of days after which the calendar of the format has no fault: 1 March 1900.
  private static let firstDate = CivilDate(year: 1900, month: 3, day: 1).daysSinceEpoch
  /// Days from the start of the format's calendar to 1970-01-01.
  private static let epoch = 25_569
  /// What a cell holds exactly.
  private static let exact = 999_999_999_999_999.0

  init(_ column: Column, _ currency: String, _ file: inout XLSXFile) {
    name = column.name
    self.column = column
    format = file.format(CellFormat(number: Self.numberFormat(column, currency)))
    plain = file.format(CellFormat())
  }

  func write(_ row: Int, to sheet: XLSXSheet, _ sheetRow: Int, _ sheetColumn: Int) {
    guard column.isKnown(row) else { return }
    switch column.values {
    case .text(let texts):
      // A file cannot tell an empty text from an unknown one, so that neither has a cell.
      if let text = texts[row], !text.isEmpty { sheet.write(text, sheetRow, sheetColumn, plain) }
    case .real(let values): sheet.write(values[row], sheetRow, sheetColumn, format)
    case .integer(let values):
      let value = Double(values[row])
      if abs(value) <= Self.exact { return sheet.write(value, sheetRow, sheetColumn, format) }
      sheet.write(String(values[row]), sheetRow, sheetColumn, plain)
    case .money(let values):
      if Double(values[row].tenThousandths.magnitude) <= Self.exact {
        return sheet.write(values[row].double, sheetRow, sheetColumn, format)
      }
      sheet.write(values[row].description, sheetRow, sheetColumn, plain)
    case .period(let periods):
      guard let period = periods[row] else { return }
      if period.form == .day, period.ordinal >= Self.firstDate {
        return sheet.write(Double(period.ordinal + Self.epoch), sheetRow, sheetColumn, format)
      }
      sheet.write(period.description, sheetRow, sheetColumn, plain)
    }
  }

  // MARK: Looks

  /// So many rows are looked at for formats and widths.
  private static let sample = 500

  private static func numberFormat(_ column: Column, _ currency: String) -> String {
    switch column.values {
    case .text: return ""
    case .money(let values):
      let hasSmall = values.prefix(sample).contains { $0 != Unknown.money && $0.tenThousandths % 100 != 0 }
      return CellFormat.money(currency, decimals: hasSmall ? 4 : 2)
    case .period(let values): return values.form == .day ? "yyyy\\-mm\\-dd" : ""
    case .integer: return column.name == "year" || column.name.hasSuffix("_year") ? "0" : "#,##0"
    case .real(let values):
      let known = values.prefix(sample).lazy.filter(\.isFinite).map(\.magnitude)
      if column.name.hasSuffix("_pct") { return "0.00\" %\"" }
      if shares.contains(where: { column.name == $0 || column.name.hasSuffix("_" + $0) }),
        known.allSatisfy({ $0 <= 1 })
      {
        return "0.0%"
      }
      let largest = known.max() ?? 0
      return largest >= 1000 ? "#,##0.00" : largest >= 10 ? "0.00" : "0.0000"
    }
  }

  /// Endings of columns that hold parts of one.
  private static let shares = ["share", "probability", "chance", "rate"]

  /// In characters: of the header with room for its filter, and of the widest of some cells.
  func width(rows: Int) -> Double {
    var widest = Self.width(of: name) + 3
    for row in 0..<min(rows, Self.sample) {
      let cell: Int
      switch column.values {
      case .money: cell = (column.text(row)?.count ?? 0) * 4 / 3 + 4
      case .real: cell = min(14, column.text(row)?.count ?? 0)
      default: cell = column.text(row).map(Self.width) ?? 0
      }
      widest = max(widest, cell + 1)
    }
    return Double(min(max(widest, 8), 50))
  }

  /// Wide characters, such as Chinese ones, count twice.
  private static func width(of text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x1100 ? 2 : 1) }
  }
}
