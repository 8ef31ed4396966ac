/// The CSV file behind a table: how it is written, and where its cells are.
public struct CSVSource: TableSource {
  public let file: String
  /// What the reader took the file for.
  public let dialect: CSVDialect
  /// How many rows were read.
  public let rowCount: Int
  private let path: String
  /// The field of the file that each column of the table was read from.
  private let fields: [String: Int]

  init(reference: TableReference, dialect: CSVDialect, rowCount: Int, fields: [String: Int]) {
    file = reference.displayPath
    path = reference.path
    self.dialect = dialect
    self.rowCount = rowCount
    self.fields = fields
  }

  /// Reads the file again; O(bytes). Where it has changed or gone, places name the file only.
  public func locate(
    _ cells: [(row: Int, column: String)]
  ) -> [(place: SourcePlace, excerpt: Diagnostic.Excerpt?)] {
    let unknown = [(place: SourcePlace, excerpt: Diagnostic.Excerpt?)](
      repeating: (SourcePlace(file: file), nil), count: cells.count)
    guard let text = try? EncodedText.open(path) else { return unknown }
    return text.withBytes { bytes in
      guard let header = TableHeader(bytes, dialect) else { return unknown }
      let source = SourceText(bytes: bytes, dialect: dialect, file: file)
      let bounds = RowLocator.bounds(
        of: cells.map(\.row), bytes, dialect, headerEnd: header.end, width: header.width)
      let ranges = cells.map { cell -> Range<Int>? in
        guard let row = bounds[cell.row] else { return nil }
        guard let field = fields[cell.column], field < header.width else { return row.cell(0) }
        return CellText.content(row.cell(field), bytes).range
      }
      let lines = source.lines(of: ranges.map { $0?.lowerBound ?? 0 })
      return zip(ranges, lines).map { range, line in
        guard let range else { return (SourcePlace(file: file), nil) }
        return (source.place(range.lowerBound, line: line), source.excerpt(range))
      }
    }
  }
}

extension Table {
  /// How the file of the table is written; nil for a computed table.
  public var dialect: CSVDialect? { (source as? CSVSource)?.dialect }
}
