/// The kinds of finding that reading and writing of files can give.
public enum DataCodes {
  // Files.
  public static let fileMissing = DiagnosticCode(
    "D101", "file not found",
    """
    A table names a file that does not exist. Paths in a plan are taken from the folder of the plan file, not from \
    the folder you are in. The usual causes are a typing error, a file that was not copied along, and `.csv` where \
    the file is `.csv.gz`. Correct the path, or remove the table from `data:` where it is optional.
    """)
  public static let fileIsDirectory = DiagnosticCode(
    "D102", "folder in place of a file",
    """
    The path leads to a folder. A table is read from one file: name the file in the folder. Where a table is split \
    over several files, join them first, with one header line.
    """)
  public static let fileUnreadable = DiagnosticCode(
    "D103", "file cannot be read",
    """
    The file exists but the operating system refuses to read it, mostly because its permissions do not allow it for \
    the current user. `ls -l` shows the permissions; `chmod +r FILE` gives the right to read to everybody.
    """)
  public static let notNumber = DiagnosticCode(
    "D104", "not a number",
    """
    A cell of a numeric column holds something else. A number is written with digits, an optional sign, the decimal \
    mark of the file and an optional exponent: `1200`, `-3.5`, `1.2e6`. Units, currency signs, percent signs and \
    texts such as `n/a` are not part of a number. Leave the cell empty where the value is unknown; an empty cell is \
    unknown, and 0 is zero.
    """)
  public static let damagedArchive = DiagnosticCode(
    "D105", "damaged gzip file",
    """
    A `.gz` file ends early or its content does not match its checksum. This happens when a download or a copy was \
    cut off, or the disk was full when the file was written. Nothing is read from such a file, because the missing \
    rows would look like missing sales. Fetch the file again; `gzip -t FILE` tells whether it is whole.
    """)
  public static let emptyFile = DiagnosticCode(
    "D106", "empty file",
    """
    The file has no content, not even a header line. A table needs a first line with the names of its columns. \
    Where there is nothing to tell, remove the table from `data:` so that it counts as unknown rather than empty.
    """)
  public static let noRows = DiagnosticCode(
    "D107", "header without rows",
    """
    The file has a header line and no rows. That is allowed, and stages that need the table will say that they have \
    nothing to work with. If rows were expected, look at the export that made the file.
    """)
  public static let nulBytes = DiagnosticCode(
    "D108", "NUL bytes in a text file",
    """
    A text table has no NUL bytes. They appear where the file is a spreadsheet or another binary file with the \
    wrong name, where it is UTF-16 text without its mark, or where a disk lost part of it. Save the table as UTF-8 CSV again.
    """)
  public static let badEncoding = DiagnosticCode(
    "D109", "text that is neither UTF-8 nor GB18030",
    """
    The bytes at this place do not form a character. Tables are UTF-8 or GB18030 (which includes GBK and GB2312), \
    and the whole file is in one of them. The usual causes are a file put together from parts in different \
    encodings and a Western European (Latin-1) export. Save the file as UTF-8; `iconv -f LATIN1 -t UTF-8` converts.
    """)
  public static let wideEncoding = DiagnosticCode(
    "D110", "UTF-32 text",
    """
    The file begins with the mark of UTF-32. Save it as “CSV UTF-8”, or convert it with \
    `iconv -f UTF-32 -t UTF-8 FILE`. UTF-16 with its mark (“Unicode text” of spreadsheets) is read as it is.
    """)

  // Rows and quoting.
  public static let openQuote = DiagnosticCode(
    "D111", "quote without an end",
    """
    A cell begins with a quotation mark that is never closed, so that everything after it would belong to this one \
    cell. A quotation mark inside a quoted cell is written twice. Reading stops here, because it is not known where \
    the next row begins.
    """)
  public static let textAfterQuote = DiagnosticCode(
    "D112", "text after a closing quote",
    """
    Between the quotation mark that closes a cell and the next separator there is further text. Either the quotation \
    mark belongs to the text and must be written twice, or a separator is missing.
    """)
  public static let tooFewFields = DiagnosticCode(
    "D113", "row with too few cells",
    """
    A row has fewer cells than the header has names, so that it is not known which are missing. The usual causes \
    are a line end inside a cell that is not quoted, a file that was cut off, and notes below the table.
    """)
  public static let tooManyFields = DiagnosticCode(
    "D114", "row with too many cells",
    """
    A row has more cells than the header has names. The usual cause is a separator inside a cell that is not quoted \
    (an address, or a number written as 1,200). Put the cell in quotation marks.
    """)
  public static let repeatedColumn = DiagnosticCode(
    "D115", "column name twice in the header",
    """
    Two columns have the same name, so that it is not known which one is meant. Rename or remove one of them.
    """)
  public static let namelessColumn = DiagnosticCode(
    "D116", "column without a name",
    """
    The header has an empty name. The column is left out. Such columns come from row numbers that a tool writes in \
    front, or from separators at the end of each line. Give the column a name if you need it.
    """)

  // Columns and the plan's mapping.
  public static let missingColumn = DiagnosticCode(
    "D120", "required column missing",
    """
    The table needs a column that the header does not have. Where the file has it under another name, say so in the \
    plan: `columns: {partner_id: store}`. Where it is the same for all rows, use `{const: all}`; where it can be \
    computed from numeric columns of the file, use `{expr: units * price}`.
    """)
  public static let noneOfColumns = DiagnosticCode(
    "D121", "none of several columns is there",
    """
    The table needs at least one of a group of columns: sales, for instance, need sell-in or sell-out quantities. \
    Add one of them, or map one in the plan under `columns:`.
    """)
  public static let mappedColumnMissing = DiagnosticCode(
    "D122", "mapped column not in the file",
    """
    The plan maps a column of a table to a column of the file, and the file has no column of that name. Names are \
    compared exactly, with upper and lower case.
    """)
  public static let badExpression = DiagnosticCode(
    "D123", "expression that cannot be read",
    """
    An expression uses numbers, names of numeric columns of the file, `+ - * / ^`, parentheses, and the functions \
    `exp` and `log` (natural logarithm). A name with blanks or signs in it stands in backquotes: `` `net price` ``.
    """)
  public static let expressionColumnMissing = DiagnosticCode(
    "D124", "column of an expression not in the file",
    """
    An expression in the plan uses a name that is not a column of the file. Expressions see the names of the file, \
    not the names they are mapped to.
    """)
  public static let undefinedResult = DiagnosticCode(
    "D125", "expression without a value",
    """
    For this row the expression has no value: a division by zero, the logarithm of a number that is not positive, a \
    result too large for a number, or a fraction in a column of whole numbers. A row in which a used cell is empty \
    has an unknown result and is no error.
    """)
  public static let badConstant = DiagnosticCode(
    "D126", "constant that does not fit the column",
    """
    The plan gives a column the same value in every row, and that value is not of the column's type, not one of its \
    allowed words, or out of its range. Correct the value after `const:`; it is written as it would be in a file, with \
    a decimal point.
    """)

  // Cells.
  public static let fullWidthNumber = DiagnosticCode(
    "D130", "full-width digits",
    """
    The number is written with full-width characters, as a Chinese or Japanese input method produces them. They look \
    like digits and are other characters. Sluice does not guess: write the number with ASCII digits.
    """)
  public static let thousandsSeparators = DiagnosticCode(
    "D131", "thousands separators in a number",
    """
    The number is grouped: 1,200 or 1.200 or 1 200. Since the same text means 1.2 in another country, it is not \
    read. Export numbers without grouping.
    """)
  public static let notWhole = DiagnosticCode(
    "D132", "not a whole number",
    """
    The column counts things and the cell holds a fraction, or a number too large to count with. Look for shifted \
    columns, for a decimal mark in place of a thousands separator, and for averages among counts.
    """)
  public static let notMoney = DiagnosticCode(
    "D133", "not an exact amount",
    """
    Amounts are exact decimals with at most four digits after the decimal mark, up to 922 trillion. A number with \
    more decimals, or with an exponent, has been through floating-point arithmetic somewhere. Round it in the export, \
    so that totals here agree with totals there.
    """)
  public static let notPeriod = DiagnosticCode(
    "D134", "not a date or period",
    """
    Periods are written as `2026-03-14`, `2026-W11` (ISO week), `2026-03`, `2026Q1` or `2026`. Other ways of writing \
    a date differ between countries in the order of day and month, so they are not guessed. Running numbers of weeks \
    or months are read where the plan says `calendar: {frequency: week}`.
    """)
  public static let mixedPeriods = DiagnosticCode(
    "D135", "different kinds of period in one column",
    """
    A column holds periods of one kind: all days, all weeks, all months, all quarters or all years. Here the kind \
    changes. Rows of different kinds would be added up twice or not at all, so separate them into two files.
    """)
  public static let notFlag = DiagnosticCode(
    "D136", "neither yes nor no",
    """
    The column says yes or no: `yes`/`no`, `true`/`false`, `1`/`0` or 是/否, in any case. An empty cell is unknown.
    """)
  public static let emptyCell = DiagnosticCode(
    "D137", "empty cell in a required column",
    """
    The column identifies or places the row, so it must be filled in every row. Fill the cell or remove the row. \
    Rows of separators only, which spreadsheets leave below a table, are to be removed too.
    """)
  public static let notInVocabulary = DiagnosticCode(
    "D138", "word that the column does not know",
    """
    The column takes one of a few words, listed in the hint. They are compared exactly. Correct the word; where your \
    system uses other words, replace them in the export.
    """)
  public static let outOfRange = DiagnosticCode(
    "D140", "number out of range",
    """
    The number is outside what the column can mean: a negative stock, a share above 100, a date part that does not \
    exist. Negative stock mostly comes from bookings that arrived in the wrong order; set the true count, or leave \
    the cell empty where it is unknown.
    """)
  public static let duplicateKey = DiagnosticCode(
    "D141", "row that is there twice",
    """
    The columns of the table's key name a row, and two rows agree in all of them. Adding them up would be right for \
    split bookings and wrong for a file that was exported twice, so Sluice does not choose. Add the rows up in the \
    export, or remove the repeated ones.
    """)
  public static let ambiguousDecimal = DiagnosticCode(
    "D143", "decimal comma or thousands comma",
    """
    The file is separated by semicolons or tabs, and every number of a column that has a comma has exactly three digits \
    after it, so that 1,200 may be 1.2 or 1200. A decimal point anywhere in a column of numbers (45.5, 1,250.5), or a \
    second comma (1,234,567), says that commas divide thousands; without any, Sluice takes the comma as the decimal \
    mark and warns. Where the file has numbers of both kinds, nothing is read. Say that numbers are grouped in the plan, \
    `credit_limit: {column: credit, numbers: grouped}`, or export them without grouping.
    """)

  // Output.
  public static let outputFolderMissing = DiagnosticCode(
    "D190", "output folder does not exist",
    """
    A file was to be written into a folder that does not exist. Create the folder, or give another with `--output`.
    """)
  public static let outputNotWritable = DiagnosticCode(
    "D191", "output cannot be written",
    """
    The operating system does not allow writing here: the folder or the whole disk is read-only for this user. \
    Choose another folder with `--output`. Nothing was left half-written.
    """)
  public static let outputNoSpace = DiagnosticCode(
    "D192", "no space left for output",
    """
    The disk is full, or the quota of the user is used up. Files are written beside their place and renamed at the \
    end, so earlier results are untouched and nothing is half-written. Free some space and run again.
    """)
  public static let outputFailed = DiagnosticCode(
    "D193", "output failed",
    """
    Writing a file failed for a reason that the operating system gives in the message. Files are written beside \
    their place and renamed at the end, so earlier results are untouched and nothing is half-written.
    """)
  public static let outputOccupied = DiagnosticCode(
    "D194", "output folder holds other files",
    """
    A run replaces an earlier run in the same folder, and `init` writes into a new or empty one; neither ever removes \
    a file that it did not write. Name another folder with `--output`, or move the files away.
    """)

  /// Every code, in order of its name.
  public static let all: [DiagnosticCode] = text + spreadsheets + output

  private static let text: [DiagnosticCode] = [
    fileMissing, fileIsDirectory, fileUnreadable, notNumber, damagedArchive, emptyFile, noRows, nulBytes, badEncoding,
    wideEncoding, openQuote, textAfterQuote, tooFewFields, tooManyFields, repeatedColumn, namelessColumn,
    missingColumn, noneOfColumns, mappedColumnMissing, badExpression, expressionColumnMissing, undefinedResult,
    badConstant, fullWidthNumber, thousandsSeparators, notWhole, notMoney, notPeriod, mixedPeriods, notFlag, emptyCell,
    notInVocabulary, outOfRange, duplicateKey, ambiguousDecimal,
  ]

  private static let output: [DiagnosticCode] = [
    outputFolderMissing, outputNotWritable, outputNoSpace, outputFailed, outputOccupied,
  ]
}
