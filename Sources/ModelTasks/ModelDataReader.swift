internal import Regression
internal import Specifications
internal import Tables

/// Reads the table and the one joined to it, and puts their columns together.
struct ModelDataReader {
  let path: String
  let specification: RegressionSpecification
  let file: RegressionFile?
  let wanted: WantedColumns
  let isFit: Bool

  func read(findings: inout Findings) -> ModelData? {
    // 1. Which columns there are, and which of them become terms by themselves.
    guard let main = ColumnReading(TableReference(path: path), findings: &findings) else { return nil }
    var wanted = wanted
    let roles = Set(specification.roles)
    let isAutomatic = isFit && specification.terms == nil && specification.survival?.model != .kaplanMeier
    let automatic = isAutomatic ? main.header.filter { !roles.contains($0) } : []
    wanted.addAutomatic(automatic)

    // 2. What the table does not have must come from the joined one.
    let own = wanted.columns.filter { main.has($0.name) }
    let others = wanted.columns.filter { !main.has($0.name) }
    let joined = joinedTable(others, findings: &findings)
    let known = main.header + (joined?.reading.header ?? [])
    let missing = others.filter { column in
      !column.isOptional && !(joined?.reading.has(column.name) ?? (joined == nil && needsJoin(others)))
    }
    for column in missing { findings.add(unknown(column.name, among: known)) }

    // 3. The cells.
    let keyNames = keyNames(main.header)
    let joinKey = joined.flatMap { main.header.contains($0.key) ? $0.key : nil }
    let texts = keyNames + (joinKey.map { [$0] } ?? [])
    guard let table = main.read(own, texts: unique(texts), findings: &findings), !findings.hasErrors else {
      return nil
    }
    var predictors = Predictors(rowCount: table.rowCount)
    let automaticNames = Set(automatic)
    for column in own {
      guard let cells = table[column: column.name] else { continue }
      let values = cells.predictor
      if automaticNames.contains(column.name), isKey(values, table.rowCount) {
        findings.add(
          Diagnostic(
            ModelTaskCodes.keyLikeColumn, .note,
            "`\(column.name)` has a value of its own in most rows and is left out of the automatic terms",
            hint: "list it under `ignore`, or name it in `terms`"))
        continue
      }
      predictors[column.name] = values
    }
    if let joined { join(joined, to: table, &predictors, findings: &findings) }
    let keys = keyNames.compactMap { table[column: $0] }
    return ModelData(
      predictors: predictors,
      keys: keys.isEmpty ? [Column.integer("row", 0..<table.rowCount)] : keys, specification: specification,
      source: table.source)
  }

  /// Columns whose values name the rows.
  private func keyNames(_ header: [String]) -> [String] {
    unique((specification.join.map { [$0.key] } ?? []) + specification.ignore).filter(header.contains)
  }

  private func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  /// Whether a column of text is a key or a remark: most rows have a value of their own.
  private func isKey(_ values: Predictors.Values, _ rowCount: Int) -> Bool {
    guard case .factor(_, let levels) = values else { return false }
    return levels.count > max(10, rowCount / 2)
  }

  private func unknown(_ name: String, among known: [String]) -> Diagnostic {
    let nearest = Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
    let shown = known.prefix(12).joined(separator: ", ") + (known.count > 12 ? ", …" : "")
    let message = "`\(name)` is not a column of `\(path)`"
    let hint = nearest ?? "it has the columns \(shown)"
    guard let file else {
      return Diagnostic(ModelTaskCodes.unknownColumn, message, at: SourcePlace(file: path), hint: hint)
    }
    return file.diagnostic(ModelTaskCodes.unknownColumn, message, atColumn: name, hint: hint)
  }

  // MARK: The joined table

  struct Joined {
    var reading: ColumnReading
    var key: String
    var table: Table
    var columns: [WantedColumns.Column]
  }

  private func needsJoin(_ others: [WantedColumns.Column]) -> Bool {
    specification.join != nil && !others.isEmpty
  }

  /// The joined table with the columns that are wanted of it; nil where none is wanted, or with findings.
  private func joinedTable(_ others: [WantedColumns.Column], findings: inout Findings) -> Joined? {
    guard let join = specification.join, needsJoin(others) else { return nil }
    let reference = TableReference(path: located(join.file), displayPath: join.file)
    guard let reading = ColumnReading(reference, findings: &findings) else { return nil }
    guard reading.header.contains(join.key) else {
      let nearest = Suggestion.closest(to: join.key, among: reading.header).map { "did you mean `\($0)`?" }
      findings.add(
        about(
          join.key, "`\(join.key)` is not a column of `\(join.file)`", nearest ?? "`on` names a column of both tables"))
      return nil
    }
    let columns = others.filter { reading.has($0.name) && $0.name != join.key }
    guard let table = reading.read(columns, texts: [join.key], unique: join.key, findings: &findings) else {
      return nil
    }
    return Joined(reading: reading, key: join.key, table: table, columns: columns)
  }

  /// The path relative to the model file, where there is such a file, else to the working folder.
  private func located(_ name: String) -> String {
    guard !name.hasPrefix("/"), let model = file?.path, let slash = model.lastIndex(of: "/") else { return name }
    let beside = model[...slash] + name
    return FileSystem.exists(String(beside)) ? String(beside) : name
  }

  private func about(_ column: String, _ message: String, _ hint: String) -> Diagnostic {
    file?.diagnostic(ModelTaskCodes.joinKey, message, atColumn: column, hint: hint)
      ?? Diagnostic(ModelTaskCodes.joinKey, message, hint: hint)
  }

  private func join(_ joined: Joined, to table: Table, _ predictors: inout Predictors, findings: inout Findings) {
    guard let key = joined.table.text(ifText: joined.key) else { return }
    let own: TextColumn
    if let column = table.text(ifText: joined.key) {
      own = column
    } else if joined.key == "row" {
      own = TextColumn((0..<table.rowCount).map { Optional(String($0)) })
    } else {
      findings.add(
        about(joined.key, "`\(joined.key)` is not a column of `\(path)`", "`on` names a column of both tables"))
      return
    }
    let matches = RowLookup(key).matching(own)
    let unmatched = matches.count { $0 == nil }
    if unmatched > 0 {
      findings.add(
        Diagnostic(
          ModelTaskCodes.unmatchedRows, .note,
          "\(unmatched) of \(table.rowCount) rows of `\(path)` have no partner in the joined table",
          at: SourcePlace(file: joined.reading.reference.displayPath),
          hint: "their `\(joined.columns.map(\.name).joined(separator: "`, `"))` is unknown"))
    }
    for column in joined.columns {
      guard let cells = joined.table[column: column.name] else { continue }
      predictors[column.name] = cells.predictor.matched(to: matches)
    }
  }
}

extension Column {
  /// The column as a model reads it: numbers, or levels for everything else.
  var predictor: Predictors.Values {
    switch values {
    case .text(let column): return .factor(codes: column.codes, levels: column.dictionary)
    case .real(let values): return .numeric(values)
    case .integer, .money: return .numeric((0..<count).map { number($0) })
    case .period:
      let column = TextColumn((0..<count).map { text($0) })
      return .factor(codes: column.codes, levels: column.dictionary)
    }
  }
}

extension Predictors.Values {
  /// The values of the rows given; missing where there is none.
  fileprivate func matched(to rows: [Int?]) -> Predictors.Values {
    switch self {
    case .numeric(let values): .numeric(rows.map { $0.map { values[$0] } ?? .nan })
    case .factor(let codes, let levels): .factor(codes: rows.map { $0.map { codes[$0] } ?? -1 }, levels: levels)
    }
  }
}
