import ChannelTypes
public import Specifications
public import Tables

/// A run as its folder keeps it: the record `run.json` and every table, with the types that they were written with.
public struct SavedRun: Sendable {
  /// The folder, without a slash at its end.
  public let path: String
  /// `run.json` as it was written.
  public let record: LocatedNode
  /// In the order in which the run wrote them.
  public let tables: [Table]

  /// Reads a run folder.
  ///
  /// A folder that is no run, a table that is gone and one that is not as the run wrote it are errors among the
  /// findings: a report of them would tell something else than the run did.
  ///
  /// - Parameter wanted: the tables to read; all where it is nil.
  /// - Returns: nil where there is an error.
  /// - Complexity: O(bytes of the tables).
  public init?(_ folder: String, only wanted: Set<String>? = nil, findings: inout Findings) {
    let path = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    let errors = findings.errorCount
    var parsing = Findings()
    guard let text = try? TextFile.read(path + "/run.json"),
      let record = SpecificationDocument.parse(text, file: path + "/run.json", findings: &parsing)?.root,
      let listed = record["tables"]?.plainItems
    else {
      findings.add(
        Diagnostic(
          SavedRunCodes.noRun, "`\(folder)` is no run folder: it has no run.json that lists its tables",
          at: SourcePlace(file: path + "/run.json"),
          hint: "give a folder that `sluice run` wrote with this version, such as out/telecom-dealers-base-1a2b3c4d"))
      return nil
    }
    var tables: [Table] = []
    for entry in listed where wanted?.contains(entry["table"]?.plainText ?? "") ?? true {
      if let table = Self.table(entry, in: path, &findings) { tables.append(table) }
    }
    guard findings.errorCount == errors else { return nil }
    self.path = path
    self.record = record
    self.tables = tables
  }

  private static func table(_ entry: LocatedNode, in folder: String, _ findings: inout Findings) -> Table? {
    let name = entry["table"]?.plainText ?? ""
    let path = "\(folder)/\(name).csv"
    // The name becomes part of a path: none that a run cannot have written.
    guard !name.isEmpty, !name.contains("/"), let hash = ContentHash.ofFile(path) else {
      findings.add(
        Diagnostic(
          SavedRunCodes.missingTable, "the run wrote a table `\(name)` that is not there", at: SourcePlace(file: path),
          hint: "restore the file, or run the plan again"))
      return nil
    }
    let columns = (entry["columns"]?.plainItems ?? []).compactMap(Column.init)
    guard hash == entry["sha256"]?.plainText else {
      findings.add(
        Diagnostic(
          SavedRunCodes.changedTable, "the table `\(name)` is not as the run wrote it", at: SourcePlace(file: path),
          hint: "restore the file, or run the plan again"))
      return nil
    }
    guard !columns.isEmpty else { return Table(name: name, columns: []) }
    let schema = Schema(name, keepsOtherColumns: false, columns.map { ColumnSchema($0.name, $0.type) })
    let reference = TableReference(path: path, periodsAreNumbers: columns.contains(where: \.isNumbered))
    var reading = Findings()
    guard let table = CSVReader.read(reference, schema: schema, findings: &reading) else {
      findings.merge(reading)
      return nil
    }
    return Table(name: name, columns: columns.compactMap { table[column: $0.name] }, source: table.source)
  }

  /// What the record says of a column.
  private struct Column {
    var name: String
    var type: ColumnType
    /// Whether its periods are running numbers.
    var isNumbered: Bool

    init?(_ node: LocatedNode) {
      guard let words = node.plainItems, words.count >= 2, let name = words[0].plainText,
        let type = words[1].plainText.flatMap(ColumnType.init)
      else { return nil }
      (self.name, self.type) = (name, type)
      isNumbered = words.count > 2
    }
  }

  /// The record of a table that stands in a file: its name, rows, columns with their types, and a hash of the file.
  static func record(of table: Table, at path: String) -> JSONValue {
    let columns = table.columns.map { column -> JSONValue in
      var words: [JSONValue] = [.string(column.name), .string(column.type.rawValue)]
      if case .period(let periods) = column.values, periods.form == .number { words.append("number") }
      return .array(words)
    }
    return [
      "table": .string(table.name), "rows": .integer(table.rowCount), "columns": .array(columns),
      "sha256": .string(ContentHash.ofFile(path) ?? ""),
    ]
  }
}

/// Findings about run folders.
public enum SavedRunCodes {
  public static let noRun = DiagnosticCode(
    "S030", "A folder is no run",
    """
    `sluice report`, `sluice compare` and `sluice run --since` take folders that `sluice run` wrote: run.json lists \
    every table with a hash.
    """)
  public static let missingTable = DiagnosticCode(
    "S031", "A table of a run is missing",
    "A report is made from the tables that the run wrote; run.json lists one that is not in the folder.")
  public static let changedTable = DiagnosticCode(
    "S032", "A table of a run was changed",
    """
    The file has another hash than run.json tells, so the report would show figures that the run did not compute. To \
    change a result, change the plan and run it again; to edit amounts, use the workbook that `sluice report` writes.
    """)

  public static let nothingShared = DiagnosticCode(
    "S033", "An earlier run has nothing in common with this one",
    """
    `--since RUN` shows how key figures moved, what came of promises and how forecasts did. The folder that was named \
    has none of the figures of this run: it may be of another plan, or of other stages.
    """)

  public static let all = [noRun, missingTable, changedTable, nothingShared]
}

extension LocatedNode {
  /// The text of a single value; nil for nothing and for lists.
  package var plainText: String? {
    guard case .scalar(let scalar) = content, !scalar.isNull else { return nil }
    return scalar.text
  }

  package var plainItems: [LocatedNode]? {
    guard case .sequence(let items) = content else { return nil }
    return items
  }
}
