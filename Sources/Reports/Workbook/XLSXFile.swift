import CXLSXWriter
import Tables

/// How a cell looks and whether it may be edited.
struct CellFormat: Hashable, Sendable {
  /// A number format of the application: `#,##0.00`; empty for the general one.
  var number = ""
  var isBold = false
  /// Red, green and blue, a byte each; nil for none.
  var fill: UInt32?
  var ink: UInt32?
  var isInput = false
  var isRightAligned = false
  var size: Double?
  var isUnderlined = false

  /// A marked cell for the user's own amount, the only kind that a protected sheet lets anyone edit.
  static func input(_ number: String = "", isBold: Bool = false) -> CellFormat {
    CellFormat(number: number, isBold: isBold, fill: 0xFFF4CC, ink: 0x1F3FBF, isInput: true)
  }
}

/// A workbook that is being written, row after row; the one place that touches libxlsxwriter.
///
/// Sheets are kept in temporary files and not in memory (“constant memory”), so rows must come in order. Text is always
/// written as text, whatever its first character. The same calls give the same bytes: the file carries no date but a
/// fixed one.
struct XLSXFile: ~Copyable {
  /// The most of a sheet (ECMA-376, 18.3.1.73 and 18.3.1.13), and of the text of a cell, in UTF-16 units.
  static let rowLimit = 1_048_576
  static let columnLimit = 16_384
  static let textLimit = 32_767

  private let path: String
  private let workbook: UnsafeMutablePointer<lxw_workbook>
  private var formats: [CellFormat: UnsafeMutablePointer<lxw_format>] = [:]
  private var isClosed = false

  /// 2020-01-01: a file needs some date of its creation.
  private static let created = 1_577_836_800

  /// - Parameter path: where the file is written, a temporary name: it is not whole before `close`.
  init(path: String, title: String) throws(FileError) {
    var options = lxw_workbook_options()
    options.constant_memory = 1
    guard let workbook = workbook_new_opt(path, &options) else {
      throw .writeFailed(path: path, reason: "libxlsxwriter cannot make a workbook")
    }
    self.path = path
    self.workbook = workbook
    Self.printable(title).withCString { text in
      var properties = lxw_doc_properties()
      properties.title = UnsafeMutablePointer(mutating: text)
      properties.created = Self.created
      workbook_set_properties(workbook, &properties)
    }
  }

  deinit { if !isClosed { lxw_workbook_free(workbook) } }

  /// - Parameter name: legal and unique: see `SheetNames`.
  func sheet(_ name: String) throws(FileError) -> XLSXSheet {
    guard let sheet = workbook_add_worksheet(workbook, name) else {
      throw .writeFailed(path: path, reason: "the sheet `\(name)` cannot be made")
    }
    return XLSXSheet(sheet)
  }

  /// Gives a cell a name that other programs find it by.
  func define(_ name: String, sheet: String, row: Int, column: Int) {
    let address = "$\(CellAddress.letters(ofColumn: column))$\(row)"
    workbook_define_name(workbook, name, "='\(SheetNames.quoted(sheet))'!\(address)")
  }

  /// The format of a look, made once.
  mutating func format(_ look: CellFormat) -> XLSXFormat {
    if let known = formats[look] { return XLSXFormat(known) }
    guard let format = workbook_add_format(workbook) else { return XLSXFormat(nil) }
    if !look.number.isEmpty { format_set_num_format(format, look.number) }
    if look.isBold { format_set_bold(format) }
    if let fill = look.fill {
      format_set_pattern(format, UInt8(LXW_PATTERN_SOLID.rawValue))
      format_set_fg_color(format, fill)
    }
    if let ink = look.ink { format_set_font_color(format, ink) }
    if look.isInput {
      format_set_unlocked(format)
      format_set_border(format, UInt8(LXW_BORDER_HAIR.rawValue))
    }
    if look.isRightAligned { format_set_align(format, UInt8(LXW_ALIGN_RIGHT.rawValue)) }
    if let size = look.size { format_set_font_size(format, size) }
    if look.isUnderlined { format_set_underline(format, UInt8(LXW_UNDERLINE_SINGLE.rawValue)) }
    formats[look] = format
    return XLSXFormat(format)
  }

  /// Packs the sheets into the file.
  consuming func close() throws(FileError) {
    isClosed = true
    let status = workbook_close(workbook)
    guard status == LXW_NO_ERROR else {
      let reason = lxw_strerror(status).map { String(cString: $0) } ?? "libxlsxwriter failed"
      throw .writeFailed(path: path, reason: reason)
    }
  }

  /// A text as a cell can hold it: without characters that XML forbids, with `_x0041_` kept from being read as a
  /// character's number (ECMA-376, 22.9.2.19), and no longer than a cell.
  static func printable(_ text: String) -> String {
    var text = Markup.printable(text)
    if text.utf8.count > textLimit, text.utf16.count > textLimit {
      text = String(text.prefix(textLimit / 2)) + "…"
    }
    guard text.contains("_x") else { return text }
    return text.replacing(/_x([0-9A-Fa-f]{4})_/) { "_x005F_x\($0.output.1)_" }
  }
}

/// A format of one workbook.
struct XLSXFormat {
  fileprivate let pointer: UnsafeMutablePointer<lxw_format>?
  fileprivate init(_ pointer: UnsafeMutablePointer<lxw_format>?) { self.pointer = pointer }
}

/// A sheet of a workbook that is being written. Rows and columns count from 1; rows come in order.
struct XLSXSheet {
  private let sheet: UnsafeMutablePointer<lxw_worksheet>

  fileprivate init(_ sheet: UnsafeMutablePointer<lxw_worksheet>) { self.sheet = sheet }

  func write(_ text: String, _ row: Int, _ column: Int, _ format: XLSXFormat) {
    worksheet_write_string(sheet, UInt32(row - 1), UInt16(column - 1), XLSXFile.printable(text), format.pointer)
  }

  func write(_ number: Double, _ row: Int, _ column: Int, _ format: XLSXFormat) {
    guard number.isFinite else { return blank(row, column, format) }
    worksheet_write_number(sheet, UInt32(row - 1), UInt16(column - 1), number, format.pointer)
  }

  func blank(_ row: Int, _ column: Int, _ format: XLSXFormat) {
    worksheet_write_blank(sheet, UInt32(row - 1), UInt16(column - 1), format.pointer)
  }

  /// - Parameter value: what the formula gives, for readers that compute nothing.
  func write(formula: String, _ value: Double, _ row: Int, _ column: Int, _ format: XLSXFormat) {
    worksheet_write_formula_num(
      sheet, UInt32(row - 1), UInt16(column - 1), "=" + formula, format.pointer, value.isFinite ? value : 0)
  }

  /// A link to the first cell of another sheet.
  func write(linkTo name: String, _ text: String, _ row: Int, _ column: Int, _ format: XLSXFormat) {
    worksheet_write_url_opt(
      sheet, UInt32(row - 1), UInt16(column - 1), "internal:'\(SheetNames.quoted(name))'!A1", format.pointer,
      XLSXFile.printable(text), nil)
  }

  /// In characters of the standard font.
  func setWidth(_ width: Double, column: Int) {
    worksheet_set_column(sheet, UInt16(column - 1), UInt16(column - 1), width, nil)
  }

  /// Keeps the rows above and the columns left of a cell in view.
  func freeze(row: Int, column: Int) { worksheet_freeze_panes(sheet, UInt32(row - 1), UInt16(column - 1)) }

  func setFilter(row: Int, lastRow: Int, lastColumn: Int) {
    worksheet_autofilter(sheet, UInt32(row - 1), 0, UInt32(lastRow - 1), UInt16(lastColumn - 1))
  }

  func setTab(_ colour: UInt32) { worksheet_set_tab_color(sheet, colour) }

  /// Landscape, as wide as a page, the header on every page.
  func setPrint(headerRow: Int) {
    worksheet_set_landscape(sheet)
    worksheet_fit_to_pages(sheet, 1, 0)
    worksheet_repeat_rows(sheet, UInt32(headerRow - 1), UInt32(headerRow - 1))
  }

  /// Lets only input cells be edited; without a password, so that everyone can lift it. Filters and widths stay free.
  func protect() {
    var options = lxw_protection()
    options.autofilter = 1
    options.format_columns = 1
    options.format_rows = 1
    worksheet_protect(sheet, nil, &options)
  }

  /// Allows numbers of 0 or more in a range of cells, and tells the user so.
  func validateAmounts(_ cells: CellRange, title: String, message: String) {
    var rule = lxw_data_validation()
    rule.validate = UInt8(LXW_VALIDATION_TYPE_DECIMAL.rawValue)
    rule.criteria = UInt8(LXW_VALIDATION_CRITERIA_GREATER_THAN_OR_EQUAL_TO.rawValue)
    rule.value_number = 0
    apply(&rule, cells, title, message)
  }

  /// Allows one of some words in a range of cells.
  func validate(_ cells: CellRange, words: [String], title: String, message: String) {
    var rule = lxw_data_validation()
    rule.validate = UInt8(LXW_VALIDATION_TYPE_LIST.rawValue)
    var list: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for word in list { free(word) } }
    list.withUnsafeMutableBufferPointer { words in
      rule.value_list = words.baseAddress
      apply(&rule, cells, title, message)
    }
  }

  /// Titles are cut at 32 characters and messages at 255, the most that the format allows.
  private func apply(_ rule: inout lxw_data_validation, _ cells: CellRange, _ title: String, _ message: String) {
    let title = strdup(String(title.prefix(32)))
    let message = strdup(String(message.prefix(255)))
    defer {
      free(title)
      free(message)
    }
    (rule.error_title, rule.error_message) = (title, message)
    worksheet_data_validation_range(
      sheet, UInt32(cells.first.row - 1), UInt16(cells.first.column - 1), UInt32(cells.last.row - 1),
      UInt16(cells.last.column - 1), &rule)
  }
}
