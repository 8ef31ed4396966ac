extension DataCodes {
  // Workbooks.
  public static let notWorkbook = DiagnosticCode(
    "D150", "not an .xlsx workbook",
    """
    The file is named like a workbook and is something else: a workbook of the old binary form (.xls), a web page or a \
    text that a system named .xlsx, or another kind of archive. Open it in a spreadsheet application and save it as \
    “Excel workbook (.xlsx)”, or export the sheet as CSV.
    """)
  public static let damagedWorkbook = DiagnosticCode(
    "D151", "damaged workbook",
    """
    An .xlsx file is a zip archive of XML texts, and here the archive is not whole or one of the texts is not what the \
    format demands. The usual causes are a download or a copy that was cut off and a program that writes the format \
    wrongly. Nothing is read from such a file, because missing rows would look like missing sales. Fetch the file \
    again, or open it and save it under another name.
    """)
  public static let encryptedWorkbook = DiagnosticCode(
    "D152", "encrypted workbook",
    """
    The workbook has a password for opening. Sluice does not ask for passwords: save a copy without one, or export the \
    sheet as CSV. A password that only protects cells from changes does not matter for reading.
    """)
  public static let workbookTooLarge = DiagnosticCode(
    "D153", "workbook beyond the limits",
    """
    Unpacked, the workbook has more bytes (1 GiB) or more cells (20 million) than are read. A small file that unpacks \
    to so much is mostly made to do harm. A true table of this size is better kept as CSV, which is read without a limit.
    """)
  public static let sheetMissing = DiagnosticCode(
    "D154", "sheet not in the workbook",
    """
    A table names a sheet (`book.xlsx#Sheet name`) that the workbook does not have. Names are compared without regard to \
    upper and lower case. Without a name, the first sheet is read that is not hidden and not empty.
    """)

  static let spreadsheets: [DiagnosticCode] = [
    notWorkbook, damagedWorkbook, encryptedWorkbook, workbookTooLarge, sheetMissing,
  ]
}
