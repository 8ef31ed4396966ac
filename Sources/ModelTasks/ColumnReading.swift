internal import Tables

/// Reads some columns of a table, each as what it is wanted as.
struct ColumnReading {
  let reference: TableReference
  let header: [String]

  init?(_ reference: TableReference, findings: inout Findings) {
    guard let names = TableReader.columnNames(reference, findings: &findings) else { return nil }
    self.reference = reference
    header = names
  }

  /// Whether the table has the column, or can compute it: `log(price)` from `price`.
  func has(_ name: String) -> Bool { header.contains(name) || isExpression(name) }

  /// Arithmetic in place of a name; a hyphen belongs to names unless blanks stand around it.
  func isExpression(_ name: String) -> Bool {
    !header.contains(name) && (name.contains { "(*/^+".contains($0) } || name.contains(" - "))
  }

  /// Reads the columns; nil, with findings, where a cell is wrong.
  func read(
    _ columns: [WantedColumns.Column], texts: [String] = [], unique: String? = nil, findings: inout Findings
  ) -> Table? {
    guard let table = table(columns, texts, unique, numbers: [], &findings) else { return nil }
    // A column of numbers with a few slips is read again as numbers, so that every slip is reported with its place.
    let slips = columns.filter { column in
      column.kind == .open && (table.text(ifText: column.name).map(Self.isMostlyNumbers) ?? false)
    }.map(\.name)
    guard !slips.isEmpty else { return table }
    let before = findings.errorCount
    guard let again = self.table(columns, texts, unique, numbers: Set(slips), &findings) else {
      if findings.errorCount > before {
        for name in slips {
          findings.add(
            Diagnostic(
              ModelTaskCodes.mixedColumn, .note,
              "most cells of `\(name)` are numbers, so that the others count as errors",
              hint: "correct or empty the cells; if the column holds levels, write {factor: \(name)}"))
        }
      }
      return nil
    }
    return again
  }

  private func table(
    _ columns: [WantedColumns.Column], _ texts: [String], _ unique: String?, numbers: Set<String>,
    _ findings: inout Findings
  ) -> Table? {
    var reference = reference
    var schema: [ColumnSchema] = []
    for column in columns {
      if isExpression(column.name) {
        reference.columns[column.name] = .expression(column.name)
        schema.append(ColumnSchema(column.name, .real))
      } else if column.kind == .number || numbers.contains(column.name) {
        schema.append(ColumnSchema(column.name, .real))
      } else if column.kind == .level {
        schema.append(ColumnSchema(column.name, .text))
      } else {
        // A mapped column that the schema does not name takes the narrowest type that fits all its cells.
        reference.columns[column.name] = .named(column.name)
      }
    }
    let wanted = Set(columns.map(\.name))
    for name in texts where !wanted.contains(name) {
      schema.append(ColumnSchema(name, .text, required: name == unique))
    }
    let key = unique.map { [$0] } ?? []
    return TableReader.read(
      reference, schema: Schema("table", key: key, keepsOtherColumns: false, schema), findings: &findings)
  }

  /// Whether at least half of the known cells are numbers, and not all: codes such as 0012 are no numbers.
  private static func isMostlyNumbers(_ column: TextColumn) -> Bool {
    var counts = [Int](repeating: 0, count: column.dictionary.count)
    for code in column.codes where code >= 0 { counts[Int(code)] += 1 }
    var numbers = 0
    var known = 0
    for (text, count) in zip(column.dictionary, counts) {
      known += count
      if text.count > 1, text.hasPrefix("0"), text.allSatisfy(\.isNumber) { return false }
      if isNumber(text) { numbers += count }
    }
    return numbers < known && numbers * 2 >= known
  }

  private static func isNumber(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, "+-.0123456789".unicodeScalars.contains(first) else { return false }
    return Double(text)?.isFinite ?? false
  }
}

extension Table {
  /// A column's text, nil where it holds something else.
  func text(ifText name: String) -> TextColumn? {
    guard case .text(let values)? = self[column: name]?.values else { return nil }
    return values
  }
}
