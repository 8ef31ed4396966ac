/// Why a workbook could not be read, in the user's terms.
enum SpreadsheetFailure: Error {
  case file(FileError)
  case empty
  /// The file is something else: `what` it is, and what to do.
  case notWorkbook(what: String, hint: String)
  case encrypted
  case tooManyBytes
  case tooManyCells(sheet: String)
  case damaged(reason: String)
  case damagedSheet(sheet: String, cell: CellAddress?, reason: String)
  case sheetMissing(name: String, names: [String])

  func diagnostic(file: String, path: String) -> Diagnostic {
    let place = SourcePlace(file: file)
    switch self {
    case .file(let error):
      var finding = error.diagnostic
      finding.place = place
      finding.message = finding.message.replacing(path, with: file)
      return finding
    case .empty:
      return Diagnostic(
        DataCodes.emptyFile, "`\(file)` is empty", at: place, hint: "save the workbook again, as .xlsx")
    case .notWorkbook(let what, let hint):
      return Diagnostic(
        DataCodes.notWorkbook, "`\(file)` is not an .xlsx workbook: it is \(what)", at: place, hint: hint)
    case .encrypted:
      return Diagnostic(
        DataCodes.encryptedWorkbook, "`\(file)` is encrypted", at: place,
        hint: "save it without a password, or export the sheet as CSV")
    case .tooManyBytes:
      return Diagnostic(
        DataCodes.workbookTooLarge, "`\(file)` unpacks to more than a workbook of tables has", at: place,
        hint: "export the sheet as CSV, which has no limit")
    case .tooManyCells(let sheet):
      return Diagnostic(
        DataCodes.workbookTooLarge, "sheet `\(sheet)` has more cells than are read",
        at: SourcePlace(file: file, sheet: sheet), hint: "export the sheet as CSV, which has no limit")
    case .damaged(let reason):
      return Diagnostic(
        DataCodes.damagedWorkbook, "`\(file)` is damaged: \(reason)", at: place,
        hint: "copy or download the file again, or open it and save it under another name")
    case .damagedSheet(let sheet, let cell, let reason):
      return Diagnostic(
        DataCodes.damagedWorkbook, "sheet `\(sheet)` is damaged: \(reason)",
        at: SourcePlace(file: file, line: cell?.row, column: cell?.column, sheet: sheet),
        hint: "copy or download the file again, or open it and save it under another name")
    case .sheetMissing(let name, let names):
      let near = Suggestion.closest(to: name, among: names)
      let list = names.prefix(8).map { "`\($0)`" }.joined(separator: ", ") + (names.count > 8 ? ", …" : "")
      return Diagnostic(
        DataCodes.sheetMissing, "the workbook has no sheet `\(name)`", at: place,
        hint: near.map { "did you mean `\($0)`? (it has \(list))" } ?? "it has \(list)")
    }
  }
}
