/// What a table is expected to hold: the contract between files and the stages that read them.
public struct Schema: Sendable {
  public let table: String
  public let columns: [ColumnSchema]
  /// Columns that together name a row; no two rows may agree on all of them. Empty where rows have no key. One that is
  /// not required counts where the file has it.
  public let key: [String]
  /// Groups of columns of which at least one must be there.
  public let oneOf: [[String]]
  /// Whether columns of the file that the schema does not name are read too.
  public let keepsOtherColumns: Bool

  public init(
    _ table: String, key: [String] = [], oneOf: [[String]] = [], keepsOtherColumns: Bool = true,
    _ columns: [ColumnSchema]
  ) {
    self.keepsOtherColumns = keepsOtherColumns
    self.table = table
    self.columns = columns
    self.key = key
    self.oneOf = oneOf
  }

  public subscript(column name: String) -> ColumnSchema? { columns.first { $0.name == name } }
}

public struct ColumnSchema: Sendable {
  public let name: String
  public let type: ColumnType
  /// A required column must be there and have no empty cell.
  public let isRequired: Bool
  /// The only texts allowed; nil for any.
  public let vocabulary: [String]?
  /// The range of numbers allowed, ends included.
  public let range: ClosedRange<Double>?
  /// `CNY`, `days`, `units`; empty where there is none.
  public let unit: String
  /// What the column means, for documentation and hints.
  public let meaning: String

  public init(
    _ name: String, _ type: ColumnType, required: Bool = false, vocabulary: [String]? = nil,
    range: ClosedRange<Double>? = nil, unit: String = "", _ meaning: String = ""
  ) {
    self.name = name
    self.type = type
    isRequired = required
    self.vocabulary = vocabulary
    self.range = range
    self.unit = unit
    self.meaning = meaning
  }
}

/// Where one column of a table comes from.
public enum ColumnOrigin: Sendable, Hashable {
  /// The file's column of this name.
  case named(String)
  /// The same value in every row.
  case constant(String)
  /// Arithmetic over the file's numeric columns, as written: `units * price`. For a period column the result is read
  /// as the digits of a date: `year * 100 + month`.
  case expression(String)
  /// The file's column of this name, whose cells are written in another way than tables are.
  case converted(String, CellConversion)
  /// The number of the row, from 1: what tells the lines of a file without order numbers apart.
  case rowNumber
}

/// How the cells of a column are turned into what a table holds. A cell that cannot be turned stays as it is, so that
/// the finding shows it as it was written.
public enum CellConversion: Sendable, Hashable {
  /// Dates and periods written by people: `2024/1/5`, `2024年1月`, `Jan-24`, `202401`; see ``DateNotation``.
  case dates(DateOrder)
  /// Words of the user for words of the schema: 线上 for `online`; in the order of the plan.
  case words([WordPair])
  /// Numbers with thousands separators, currency signs or blanks: `¥1,234.50`.
  case groupedNumbers

  /// One word and what it stands for.
  public struct WordPair: Sendable, Hashable {
    public let written: String
    public let meant: String

    public init(written: String, meant: String) {
      self.written = written
      self.meant = meant
    }
  }
}

/// In which order the parts of a date stand.
public enum DateOrder: String, Sendable, Hashable, CaseIterable { case ymd, mdy, dmy }

/// The file of a table and how its columns map to the schema's.
public struct TableReference: Sendable {
  /// The path to open.
  public var path: String
  /// The sheet of a workbook; nil for the first one that is visible and not empty.
  public var sheet: String?
  /// The path as the user wrote it, for messages.
  public var displayPath: String
  /// Schema column → origin; columns that are not listed map by their own name.
  public var columns: [String: ColumnOrigin]
  /// Reads bare integers of period columns as running numbers (`frequency: week` with weeks 40…160).
  public var periodsAreNumbers: Bool
  /// Which figure the columns of a sheet with a column for each period hold, by its name in the schema; nil where the
  /// sheet says it, or there is only one that it can be.
  public var wideFigure: String?
  /// Where the plan names the table; cited where the file itself has no place to show.
  public var place: SourcePlace?

  /// - Parameter path: a file, or a workbook and a sheet of it: `book.xlsx#Sheet name`.
  public init(
    path: String, displayPath: String? = nil, columns: [String: ColumnOrigin] = [:], periodsAreNumbers: Bool = false,
    wideFigure: String? = nil, at place: SourcePlace? = nil
  ) {
    (self.path, sheet) = Self.parts(path)
    self.displayPath = Self.parts(displayPath ?? path).file
    self.wideFigure = wideFigure
    self.columns = columns
    self.periodsAreNumbers = periodsAreNumbers
    self.place = place
  }
  /// Whether the path names a workbook (`.xlsx`, `.xlsm`).
  public var isWorkbook: Bool { Self.namesWorkbook(path) }

  private static func namesWorkbook(_ path: some StringProtocol) -> Bool {
    let ending = path.suffix(5).lowercased()
    return ending == ".xlsx" || ending == ".xlsm"
  }

  /// The file and the sheet of a path as it is written.
  private static func parts(_ path: String) -> (file: String, sheet: String?) {
    guard let mark = path.indices.first(where: { path[$0] == "#" && namesWorkbook(path[..<$0]) }) else {
      return (path, nil)
    }
    let sheet = path[path.index(after: mark)...]
    return (String(path[..<mark]), sheet.isEmpty ? nil : String(sheet))
  }
}
