public import Tables

extension MappingCursor {
  /// Reads the rows under a key: a list of sections, a mapping of ids to sections where the schema's key is one column,
  /// or the path of a CSV file beside the problem file.
  ///
  /// - Returns: nil where the key is absent (a finding if it is required) or something in it is wrong (findings with
  ///   the place of each).
  public mutating func table(_ key: String, _ schema: Schema, isRequired: Bool = true) -> ProblemTable? {
    guard let node = take(key) else {
      if isRequired {
        report(
          SpecificationCodes.missingKey, "`\(name(key))` is missing", at: origin,
          hint: "list its rows below it, or name a CSV file: columns "
            + schema.columns.map(\.name).joined(separator: ", "))
      }
      return nil
    }
    switch node.content {
    case .scalar(let scalar): return csv(scalar.text ?? "", key, node, schema)
    case .sequence(let items): return inline(items, key, node, schema)
    case .mapping(let entries):
      guard schema.key.count == 1 else {
        report(
          SpecificationCodes.wrongShape, "`\(name(key))` is a section, where rows are expected", at: node.origin,
          hint: "write a list of rows, `- {\(schema.columns.prefix(2).map(\.name).joined(separator: ": …, ")): …}`")
        return nil
      }
      return inline(entries.map { $0.asRow(idUnder: schema.key[0]) }, key, node, schema)
    }
  }

  /// Adds a finding about a cell of a table of this document.
  public mutating func report(
    _ code: DiagnosticCode, _ message: String, severity: Diagnostic.Severity = .error, in table: ProblemTable, row: Int,
    _ column: String, hint: String? = nil, notes: [String] = []
  ) {
    let (place, excerpt) = table.located(row: row, column)
    guard excerpt != nil else { return report(code, message, severity: severity, at: place, hint: hint, notes: notes) }
    decoder.findings.add(
      Diagnostic(code, severity, message, at: place, excerpt: excerpt, hint: hint, notes: notes))
  }

  /// Reads a list of numbers, of which any may repeat.
  public mutating func numbers(
    _ key: String, _ bounds: Bounds<Double> = .any, count: Int? = nil, isRequired: Bool = true
  ) -> [Double]? {
    guard let node = take(key) else {
      if isRequired {
        report(
          SpecificationCodes.missingKey, "`\(name(key))` is missing", at: origin, hint: "add `\(key): [1, 2.5, …]`")
      }
      return nil
    }
    return numbers(node, name(key), bounds, count: count)
  }

  /// Reads a matrix: a list of lists of numbers; a mapping of row names to mappings of column names; or the path of a
  /// CSV file whose first column names the rows and whose header names the columns.
  ///
  /// - Parameters: rows, columns: names in the order wanted; a named matrix is brought into that order, a plain one must
  ///   have their count.
  public mutating func matrix(
    _ key: String, rows: [String]? = nil, columns: [String]? = nil, _ bounds: Bounds<Double> = .any,
    isRequired: Bool = true
  ) -> ProblemMatrix? {
    guard let node = take(key) else {
      if isRequired {
        report(
          SpecificationCodes.missingKey, "`\(name(key))` is missing", at: origin,
          hint: "write a list of rows of numbers, or name a CSV file")
      }
      return nil
    }
    switch node.content {
    case .sequence(let items): return matrix(items, key, node, rows?.count, columns?.count, bounds)
    case .mapping(let entries): return matrix(entries, key, node, rows, columns, bounds)
    case .scalar(let scalar): return matrix(file: scalar.text ?? "", key, node, rows, columns, bounds)
    }
  }
}

// MARK: Rows

extension MappingCursor {
  private mutating func csv(_ path: String, _ key: String, _ node: LocatedNode, _ schema: Schema) -> ProblemTable? {
    guard !path.isEmpty else {
      report(
        SpecificationCodes.wrongShape, "`\(name(key))` has no value", at: node.origin,
        hint: "list rows below it, or name a CSV file")
      return nil
    }
    decoder.record(self.path + [key], path, source: node.origin.description)
    let reference = TableReference(path: decoder.resolved(path), displayPath: decoder.resolved(path))
    return TableReader.read(reference, schema: schema, findings: &decoder.findings).map { ProblemTable($0) }
  }

  private mutating func inline(
    _ items: [LocatedNode], _ key: String, _ node: LocatedNode, _ schema: Schema
  ) -> ProblemTable? {
    let errors = decoder.findings.errorCount
    let recorded = decoder.values.count
    var builder = RowBuilder(schema)
    for (index, item) in items.enumerated() {
      section(item, as: "\(key)[\(index + 1)]") { row in builder.add(&row) }
    }
    decoder.recordList(
      path + [key], "\(items.count) row\(items.count == 1 ? "" : "s")", source: node.origin.description,
      since: recorded)
    for (row, first) in builder.repeatedKeys() {
      let names = schema.key.map { column in builder.keyText(row, column) }.joined(separator: ", ")
      decoder.report(
        AllocationFileCodes.repeatedRow, "\(names) appears twice in `\(name(key))`",
        at: Origin(.file, at: builder.rowPlaces[row]), hint: "name every row once",
        notes: ["it is first written at \(builder.rowPlaces[first])"])
    }
    return decoder.findings.errorCount > errors ? nil : builder.table(named: key)
  }
}

extension LocatedNode.Entry {
  /// The section under an id, with the id as one of its keys.
  fileprivate func asRow(idUnder column: String) -> LocatedNode {
    let id = LocatedNode(.scalar(LocatedNode.Scalar(text: key, style: .quoted)), from: keyOrigin)
    var entries = [LocatedNode.Entry(key: column, keyOrigin: keyOrigin, value: id)]
    switch value.content {
    case .mapping(let own): entries += own
    case .scalar(let scalar) where scalar.isNull: break
    case .scalar, .sequence: return value
    }
    return LocatedNode(.mapping(entries), from: keyOrigin)
  }
}

// MARK: Matrices

extension MappingCursor {
  private mutating func numbers(
    _ node: LocatedNode, _ name: String, _ bounds: Bounds<Double>, count: Int?
  ) -> [Double]? {
    guard case .sequence(let items) = node.content else {
      decoder.report(
        SpecificationCodes.wrongShape, "`\(name)` is \(node.kind), where a list of numbers is expected",
        at: node.origin, hint: "write [1, 2.5, …]")
      return nil
    }
    if let count, items.count != count {
      decoder.report(
        AllocationFileCodes.wrongCount, "`\(name)` has \(items.count) numbers where \(count) are expected",
        at: node.origin)
      return nil
    }
    var values: [Double] = []
    values.reserveCapacity(items.count)
    let format = ScalarFormat<Double>.number(bounds)
    for (index, item) in items.enumerated() {
      guard let read = value(of: item, "\(name) item \(index + 1)", format, default: nil, path: nil) else { continue }
      values.append(read.value)
    }
    return values.count == items.count ? values : nil
  }

  private mutating func matrix(
    _ items: [LocatedNode], _ key: String, _ node: LocatedNode, _ rows: Int?, _ columns: Int?, _ bounds: Bounds<Double>
  ) -> ProblemMatrix? {
    if let rows, items.count != rows {
      report(
        AllocationFileCodes.wrongCount, "`\(name(key))` has \(items.count) rows where \(rows) are expected",
        at: node.origin)
      return nil
    }
    var values: [Double] = []
    var width = columns
    var isWhole = true
    for (index, item) in items.enumerated() {
      guard let row = numbers(item, "\(name(key)) row \(index + 1)", bounds, count: width) else {
        isWhole = false
        continue
      }
      width = row.count
      values += row
    }
    decoder.record(path + [key], "\(items.count) rows", source: node.origin.description)
    guard isWhole else { return nil }
    return ProblemMatrix(
      rowCount: items.count, columnCount: width ?? 0, values: values, rowNames: nil, columnNames: nil)
  }

  private mutating func matrix(
    _ entries: [LocatedNode.Entry], _ key: String, _ node: LocatedNode, _ rows: [String]?, _ columns: [String]?,
    _ bounds: Bounds<Double>
  ) -> ProblemMatrix? {
    let rowNames = rows ?? entries.map(\.key)
    var columnNames = columns
    if columnNames == nil, case .mapping(let first)? = entries.first?.value.content {
      columnNames = first.map(\.key)
    }
    let names = columnNames ?? []
    let errors = decoder.findings.errorCount
    var values: [Double] = []
    section(node, as: key) { matrix in
      for row in rowNames {
        matrix.section(row) { cells in
          for column in names {
            values.append(cells.require(column, as: .number(bounds))?.value ?? .nan)
          }
        }
      }
    }
    guard decoder.findings.errorCount == errors else { return nil }
    return ProblemMatrix(
      rowCount: rowNames.count, columnCount: names.count, values: values, rowNames: rowNames, columnNames: names)
  }

  private mutating func matrix(
    file: String, _ key: String, _ node: LocatedNode, _ rows: [String]?, _ columns: [String]?, _ bounds: Bounds<Double>
  ) -> ProblemMatrix? {
    decoder.record(path + [key], file, source: node.origin.description)
    let reference = TableReference(path: decoder.resolved(file), displayPath: decoder.resolved(file))
    guard let header = TableReader.columnNames(reference, findings: &decoder.findings), let first = header.first else {
      return nil
    }
    let names = columns ?? Array(header.dropFirst())
    let schema = Schema(
      key, key: [first], keepsOtherColumns: false,
      [ColumnSchema(first, .text, required: true, "the name of the row")]
        + names.map { ColumnSchema($0, .real, required: true) })
    guard let table = TableReader.read(reference, schema: schema, findings: &decoder.findings) else { return nil }
    let read = ProblemTable(table)
    let rowOf = Dictionary(uniqueKeysWithValues: read.names(first).enumerated().map { ($1, $0) })
    let rowNames = rows ?? read.names(first)
    let missing = rowNames.filter { rowOf[$0] == nil }
    guard missing.isEmpty else {
      report(
        AllocationFileCodes.missingName, "`\(file)` has no row for \(missing.prefix(3).joined(separator: ", "))",
        at: node.origin, hint: "its first column, `\(first)`, names the rows")
      return nil
    }
    let numbers = names.map { read.numbers($0) }
    let values = rowNames.flatMap { row in numbers.map { $0[rowOf[row] ?? 0] } }
    let errors = decoder.findings.errorCount
    for (index, value) in values.enumerated() where !bounds.contains(value) {
      let row = rowOf[rowNames[index / names.count]] ?? 0
      report(
        SpecificationCodes.outOfRange, "\(value.written) is out of range: it must be \(bounds.description(\.written))",
        in: read, row: row, names[index % names.count])
    }
    guard decoder.findings.errorCount == errors else { return nil }
    return ProblemMatrix(
      rowCount: rowNames.count, columnCount: names.count, values: values, rowNames: rowNames, columnNames: names)
  }
}
