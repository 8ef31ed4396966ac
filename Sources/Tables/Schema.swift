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
  /// Arithmetic over the file's numeric columns, as written: `units * price`.
  case expression(String)
}

/// The file of a table and how its columns map to the schema's.
public struct TableReference: Sendable {
  /// The path to open.
  public var path: String
  /// The path as the user wrote it, for messages.
  public var displayPath: String
  /// Schema column → origin; columns that are not listed map by their own name.
  public var columns: [String: ColumnOrigin]
  /// Reads bare integers of period columns as running numbers (`frequency: week` with weeks 40…160).
  public var periodsAreNumbers: Bool
  /// Where the plan names the table; cited where the file itself has no place to show.
  public var place: SourcePlace?

  public init(
    path: String, displayPath: String? = nil, columns: [String: ColumnOrigin] = [:], periodsAreNumbers: Bool = false,
    at place: SourcePlace? = nil
  ) {
    self.path = path
    self.displayPath = displayPath ?? path
    self.columns = columns
    self.periodsAreNumbers = periodsAreNumbers
    self.place = place
  }
}
