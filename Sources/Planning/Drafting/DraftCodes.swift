public import Tables

/// Findings about drafting a plan from a folder of files.
public enum DraftCodes {
  public static let noFolder = DiagnosticCode(
    "P030", "The folder to draft a plan from cannot be read",
    """
    `sluice init --from DIR` looks at the files of a folder: CSV exports and workbooks (.xlsx) under any names and with any column names. \
    Name a folder that exists and that you may read.
    """)
  public static let noTables = DiagnosticCode(
    "P031", "The folder holds no table",
    """
    None of the files is a text table (.csv, .tsv or .txt, plain or gzipped, with a line of column names first) or a \
    workbook (.xlsx) with a table in one of its sheets. Save spreadsheets of other forms as .xlsx or CSV.
    """)
  public static let planExists = DiagnosticCode(
    "P032", "A plan is there already",
    """
    `sluice init` never writes over a plan. Name another folder for the new one: `sluice init --from exports FOLDER`.
    """)

  public static let all = [noFolder, noTables, planExists]
}
