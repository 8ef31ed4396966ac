/// A workbook that is open: what all its sheets share has been read, sheets are read one at a time.
final class SpreadsheetReader {
  struct SheetEntry {
    let name: String
    let isHidden: Bool
    /// The part that holds the cells; nil for a sheet that is a chart.
    let part: String?
  }

  let sheets: [SheetEntry]
  private let archive: ZipArchive
  private let is1904: Bool
  private let styles: [CellStyle]
  private let shared: [String]
  private var cellsLeft: Int

  init(path: String, limits: Spreadsheet.Limits) throws(SpreadsheetFailure) {
    let file: FileBytes
    do throws(FileError) { file = try FileBytes(path: path) } catch { throw .file(error) }
    try file.withBytes { (bytes) throws(SpreadsheetFailure) in try FileKind.demandArchive(bytes) }
    let archive = try ZipArchive(file, byteLimit: limits.bytes)
    self.archive = archive
    cellsLeft = limits.cells

    // 1. The package says where the workbook is (ECMA-376 part 2, 6.5), the workbook which sheets it has.
    let roots = archive.has("_rels/.rels") ? try archive.relationships("_rels/.rels", base: "") : []
    let main = roots.first { $0.type.hasSuffix("/officeDocument") }?.target ?? "xl/workbook.xml"
    guard archive.has(main), main.lowercased().hasSuffix(".xml") else { throw FileKind.otherArchive(archive) }
    let workbook = WorkbookVisitor()
    try archive.visit(main, workbook)
    guard workbook.isWorkbook else { throw FileKind.otherArchive(archive) }
    is1904 = workbook.is1904

    // 2. Its relationships lead to sheets, styles and texts.
    let folder = PartPath.folder(of: main)
    let links = PartPath.relationships(of: main)
    let parts = archive.has(links) ? try archive.relationships(links, base: folder) : []
    let byID = Dictionary(parts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    sheets = workbook.sheets.map { sheet in
      let part = byID[sheet.relationship].flatMap { $0.type.hasSuffix("/worksheet") ? $0.target : nil }
      return SheetEntry(name: sheet.name, isHidden: sheet.isHidden, part: part)
    }
    func part(_ ending: String) -> String? {
      parts.first { $0.type.hasSuffix(ending) }.flatMap { archive.has($0.target) ? $0.target : nil }
    }
    let styles = StylesVisitor()
    if let part = part("/styles") { try archive.visit(part, styles) }
    self.styles = styles.styles
    let texts = SharedStringsVisitor()
    if let part = part("/sharedStrings") { try archive.visit(part, texts) }
    shared = texts.strings
  }

  /// Reads the cells of a sheet.
  func sheet(_ index: Int) throws(SpreadsheetFailure) -> Spreadsheet.Sheet {
    let entry = sheets[index]
    let visitor = SheetVisitor(
      name: entry.name, shared: shared, styles: styles, is1904: is1904, cellLimit: cellsLeft)
    if let part = entry.part {
      do throws(SpreadsheetFailure) {
        try archive.visit(part, visitor)
      } catch {
        guard case .damaged(let reason) = error else { throw error }
        throw .damagedSheet(sheet: entry.name, cell: visitor.lastCell, reason: reason)
      }
    }
    let sheet = visitor.sheet(isHidden: entry.isHidden)
    cellsLeft -= sheet.grid.cells.count
    return sheet
  }
}

/// Telling workbooks from what is often named like one.
private enum FileKind {
  /// Refuses what is no zip archive.
  static func demandArchive(_ bytes: UnsafeRawBufferPointer) throws(SpreadsheetFailure) {
    guard !bytes.isEmpty else { throw .empty }
    if bytes.starts(with: [0x50, 0x4B]) { return }
    // The compound files of MS-CFB hold old workbooks, and new ones that are encrypted (MS-OFFCRYPTO, 2.3.2).
    if bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
      if contains(bytes, Array("EncryptedPackage".utf8).flatMap { [$0, 0] }) { throw .encrypted }
      throw .notWorkbook(
        what: "a workbook of the old binary form (.xls)", hint: "open it and save it as “Excel workbook (.xlsx)”")
    }
    let head = String(decoding: bytes.prefix(512), as: UTF8.self).lowercased()
    if head.contains("<html") || head.contains("<table") {
      throw .notWorkbook(
        what: "a web page with a table", hint: "open it and save it as “Excel workbook (.xlsx)” or as CSV")
    }
    if !bytes.prefix(512).contains(0) {
      throw .notWorkbook(what: "text", hint: "if it is CSV, name it .csv")
    }
    throw .notWorkbook(what: "neither a zip archive nor text", hint: "save the workbook again, as .xlsx")
  }

  /// What an archive without a workbook is.
  static func otherArchive(_ archive: ZipArchive) -> SpreadsheetFailure {
    if archive.has("xl/workbook.bin") {
      return .notWorkbook(
        what: "a workbook of the binary form (.xlsb)", hint: "open it and save it as “Excel workbook (.xlsx)”")
    }
    if archive.has("content.xml") {
      return .notWorkbook(what: "an OpenDocument file (.ods)", hint: "open it and save it as .xlsx or as CSV")
    }
    if archive.has("word/document.xml") {
      return .notWorkbook(what: "a text document (.docx)", hint: "name the workbook")
    }
    return .notWorkbook(what: "a zip archive without a workbook", hint: "unpack it and name the workbook in it")
  }

  private static func contains(_ bytes: UnsafeRawBufferPointer, _ pattern: [UInt8]) -> Bool {
    guard bytes.count >= pattern.count, let first = pattern.first else { return false }
    for start in 0...(bytes.count - pattern.count) where bytes[start] == first {
      if zip(bytes[start...], pattern).allSatisfy(==) { return true }
    }
    return false
  }
}
