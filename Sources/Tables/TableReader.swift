/// Reads tables from files of any kind that Sluice knows: text (CSV) and sheets of workbooks (`book.xlsx#Sheet`).
///
/// Both go through the same checks of the schema. A sheet may have what people put around and into tables: titles, headers
/// of two rows, a column for each month, sums, units; what was recognised is told as a note.
public enum TableReader {
  /// Reads a table and adds everything that is wrong with it to `findings`, all in one pass.
  ///
  /// - Returns: nil where there is an error among the findings of this table.
  /// - Complexity: O(bytes of the file).
  public static func read(_ reference: TableReference, schema: Schema, findings: inout Findings) -> Table? {
    guard reference.isWorkbook else { return CSVReader.read(reference, schema: schema, findings: &findings) }
    var own = Findings(limit: findings.limit)
    let text = SheetReading.text(reference, LayoutRequest(schema, reference), &own)
    let table = text.flatMap { CSVReader.table($0, reference, schema, &own) }
    findings.merge(own)
    return own.hasErrors ? nil : table
  }

  /// The names in the header of a table, without those that are empty; nil, with a finding, where there is none.
  ///
  /// A reader that derives its schema from the columns of the file asks for them first.
  public static func columnNames(_ reference: TableReference, findings: inout Findings) -> [String]? {
    guard reference.isWorkbook else { return CSVReader.columnNames(reference, findings: &findings) }
    return SheetReading.columnNames(reference, &findings)
  }
}

extension Table {
  /// How the file of the table was read: `comma-separated, decimal point, UTF-8`, `sheet 2025年, 12 months in columns`;
  /// nil for a computed table.
  public var readAs: String? { dialect?.description ?? (source as? SheetSource)?.summary }
}
