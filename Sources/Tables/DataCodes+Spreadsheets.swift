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

  // Layouts of sheets.
  public static let sheetLayout = DiagnosticCode(
    "D160", "how a sheet was read",
    """
    People put titles above tables, years over months, a column for each month, sums under their parts and units into \
    corners. What was recognised in a sheet is listed here with its place, so that nothing is changed in silence: which \
    rows and columns were left out, what was multiplied, which columns became rows. Where something was taken for what \
    it is not, rename the header or move the table to a sheet of its own. A sum in the last row of a CSV file is left \
    out in the same way.
    """)
  public static let sumDiffers = DiagnosticCode(
    "D161", "sum that differs from its parts",
    """
    A row or column of sums (合计, 小计, total, subtotal) is left out of the table, and is held against the sum of its \
    parts first. Here they differ: a row is missing or there twice, a figure was typed over a formula, or the sum covers \
    something else. The parts are read as they stand.
    """)
  public static let unknownFigure = DiagnosticCode(
    "D162", "periods in columns, and the figure is not said",
    """
    The sheet has a column for each month (or week, quarter, year), and the table has several columns of numbers that the \
    months could hold. Say which, beside the file in the plan: `sales: {file: plan.xlsx, wide: sell_out_qty}`. A title \
    or a corner cell that has the name of the column says it too.
    """)
  public static let periodWithoutYear = DiagnosticCode(
    "D163", "period without a year",
    """
    The header has months, quarters or weeks without a year, and no year was found above them, in a column `年份` or \
    `year`, in a title, in the name of the sheet or in that of the file. Write it above the periods; a year that is only \
    known to the reader of the sheet is not guessed.
    """)
  public static let formulaWithoutResult = DiagnosticCode(
    "D164", "formula without a stored result",
    """
    Workbooks store the result of a formula beside it, and Sluice reads the result. A program that wrote this workbook \
    stored none. Open the workbook in a spreadsheet application, which computes all formulas, and save it.
    """)
  public static let unclearUnit = DiagnosticCode(
    "D165", "unit that may belong to several columns",
    """
    A caption gives a unit (`k`, `万`) that does not say whether it counts money, and several columns hold numbers. \
    Nothing was multiplied. Write the unit into the header of each column that it belongs to.
    """)

  static let spreadsheets: [DiagnosticCode] = [
    notWorkbook, damagedWorkbook, encryptedWorkbook, workbookTooLarge, sheetMissing, sheetLayout, sumDiffers,
    unknownFigure, periodWithoutYear, formulaWithoutResult, unclearUnit,
  ]
}
