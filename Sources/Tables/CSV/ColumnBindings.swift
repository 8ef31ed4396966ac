/// Which column of the result comes from where: the schema, the plan's mapping and the header brought together.
struct ColumnBindings {
  enum Origin {
    case field(Int)
    case constant(String)
    case expression(Expression, fields: [Int])
    case rowNumber
  }

  struct Binding {
    var rules: ColumnRules
    var origin: Origin
  }

  private(set) var bindings: [Binding] = []
  private let header: TableHeader
  private let schema: Schema
  private let reference: TableReference
  private let dialect: CSVDialect
  private let text: SourceText
  private let sample: RowSample
  private var usedByName: Set<Int> = []

  init(
    _ header: TableHeader, _ schema: Schema, _ reference: TableReference, _ text: SourceText,
    _ sample: RowSample, findings: inout Findings
  ) {
    self.header = header
    self.schema = schema
    self.reference = reference
    self.text = text
    self.sample = sample
    dialect = text.dialect
    checkHeader(&findings)
    for column in schema.columns { bind(column, &findings) }
    for (name, origin) in reference.columns.sorted(by: { $0.key < $1.key }) where schema[column: name] == nil {
      bindExtra(name, origin, &findings)
    }
    for group in schema.oneOf where !group.contains(where: { name in bindings.contains { $0.rules.name == name } }) {
      let names = group.map { "`\($0)`" }.joined(separator: ", ")
      findings.add(
        atHeader(
          DataCodes.noneOfColumns, "table \(schema.table) has none of the columns \(names)",
          hint: "it needs at least one of them" + headerHint))
    }
    keepOtherColumns()
  }

  private func rules(_ column: ColumnSchema) -> ColumnRules {
    ColumnRules(
      name: column.name, type: column.type, isRequired: column.isRequired, vocabulary: column.vocabulary,
      range: column.range, unit: column.unit, periodsAreNumbers: reference.periodsAreNumbers, mark: dialect.decimalMark
    )
  }

  private func rules(extra name: String, _ type: ColumnType) -> ColumnRules {
    ColumnRules(name: name, type: type, mark: dialect.decimalMark)
  }

  // MARK: The columns of the schema

  private mutating func bind(_ column: ColumnSchema, _ findings: inout Findings) {
    guard let origin = reference.columns[column.name] else {
      if let field = header.firstIndex(of: column.name) {
        usedByName.insert(field)
        bindings.append(Binding(rules: rules(column), origin: .field(field)))
      } else if column.isRequired {
        addMissing(column, &findings)
      }
      return
    }
    var rules = rules(column)
    if case .converted(_, let conversion) = origin { rules.conversion = conversion }
    if let origin = resolve(origin, for: rules, &findings) {
      bindings.append(Binding(rules: rules, origin: origin))
    }
  }

  private func addMissing(_ column: ColumnSchema, _ findings: inout Findings) {
    let taken = Set(schema.columns.map(\.name))
    let near = Suggestion.closest(to: column.name, among: header.names.filter { !taken.contains($0) })
    let hint =
      near.map { "is it the column `\($0)`? then write in the plan: columns: {\(column.name): \($0)}" }
      ?? "the file has the columns \(headerNames)"
      + (header.width > 12 ? ", …" : "") + headerHint
    let words = column.meaning.prefix(1).lowercased() + column.meaning.dropFirst()
    let meaning = words.isEmpty ? [] : ["what `\(column.name)` holds: \(words)"]
    findings.add(
      atHeader(
        DataCodes.missingColumn, "required column `\(column.name)` of table \(schema.table) is not in the header",
        hint: hint, notes: meaning))
  }

  /// The first names of the header, each cut where it is long.
  private var headerNames: String {
    let names = header.names.prefix(12).map { $0.count > 40 ? $0.prefix(40) + "…" : $0 }
    return names.joined(separator: ", ") + (header.width > 12 ? ", …" : "")
  }

  /// What a header of one column probably means.
  private var headerHint: String {
    guard header.width == 1, let name = header.names.first else { return "" }
    let lookalikes: [Character] = ["，", "；", "｜"]
    guard let found = lookalikes.first(where: { name.contains($0) }) else { return "" }
    return "; cells are separated by `,`, `;`, `|` or tab, and this header has `\(found)`"
  }

  private mutating func bindExtra(_ name: String, _ origin: ColumnOrigin, _ findings: inout Findings) {
    var type: ColumnType = .text
    switch origin {
    case .expression: type = .real
    case .constant: type = .text
    case .named(let source): type = header.firstIndex(of: source).map(guess) ?? .text
    case .converted(_, .words): type = .text
    case .converted(_, .dates): type = .period
    case .converted(_, .groupedNumbers): type = .real
    case .rowNumber: type = .integer
    }
    var rules = rules(extra: name, type)
    if case .converted(_, let conversion) = origin { rules.conversion = conversion }
    guard let resolved = resolve(origin, for: rules, &findings) else { return }
    if case .field = resolved { rules.isGuess = type != .text }
    bindings.append(Binding(rules: rules, origin: resolved))
  }

  private mutating func resolve(
    _ origin: ColumnOrigin, for rules: ColumnRules, _ findings: inout Findings
  ) -> Origin? {
    switch origin {
    case .constant(let text): return .constant(text)
    case .rowNumber: return .rowNumber
    case .named(let name), .converted(let name, _):
      if let field = header.firstIndex(of: name) {
        usedByName.insert(field)
        return .field(field)
      }
      let near = Suggestion.closest(to: name, among: header.names)
      findings.add(
        atHeader(
          DataCodes.mappedColumnMissing,
          "column `\(name)`, which the plan maps to `\(rules.name)`, is not in the header",
          hint: near.map { "did you mean `\($0)`?" }
            ?? "the file has the columns \(headerNames)"))
      return nil
    case .expression(let text): return resolve(expression: text, for: rules, &findings)
    }
  }

  private func resolve(expression text: String, for rules: ColumnRules, _ findings: inout Findings) -> Origin? {
    func add(_ code: DiagnosticCode, _ message: String, _ offset: Int, _ length: Int, hint: String?) {
      let excerpt = Diagnostic.Excerpt(text: text, caret: offset, length: length)
      findings.add(
        Diagnostic(
          code, "in the expression for column `\(rules.name)`, \(message)",
          at: SourcePlace(file: reference.displayPath), excerpt: excerpt, hint: hint))
    }
    guard [.integer, .real, .money, .period].contains(rules.type) else {
      add(
        DataCodes.badExpression, "the result is a number, and the column holds \(rules.type.rawValue)s", 0, text.count,
        hint: "map the column by name or with {const: …}")
      return nil
    }
    do throws(Expression.Problem) {
      let expression = try Expression(text)
      var fields: [Int] = []
      for (name, offset) in expression.operands {
        if let field = header.firstIndex(of: name) {
          fields.append(field)
        } else {
          let near = Suggestion.closest(to: name, among: header.names)
          add(
            DataCodes.expressionColumnMissing, "`\(name)` is not a column of the file", offset, name.count,
            hint: near.map { "did you mean `\($0)`?" })
        }
      }
      return fields.count == expression.operands.count ? .expression(expression, fields: fields) : nil
    } catch {
      add(
        DataCodes.badExpression, error.message, error.offset, error.length,
        hint: "an expression has numbers, column names, + - * / ^, parentheses, exp and log")
      return nil
    }
  }

  // MARK: The other columns of the file

  private mutating func keepOtherColumns() {
    guard schema.keepsOtherColumns else { return }
    let names = Set(bindings.map(\.rules.name)).union(schema.columns.map(\.name))
    for (field, name) in header.names.enumerated()
    where !name.isEmpty && !usedByName.contains(field) && !names.contains(name) && header.firstIndex(of: name) == field
    {
      var rules = rules(extra: name, guess(field))
      rules.isGuess = rules.type != .text
      bindings.append(Binding(rules: rules, origin: .field(field)))
    }
  }

  /// The narrowest type that all cells of a sample agree on.
  private func guess(_ field: Int) -> ColumnType {
    let cells = sample.cells(field, text.bytes)
    guard !cells.isEmpty else { return .text }
    let mark = dialect.decimalMark
    func all(_ test: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool {
      cells.allSatisfy { $0.withUnsafeBufferPointer(test) }
    }
    // 0012 is a name made of digits.
    if cells.contains(where: { $0.count > 1 && $0[0] == 48 && (49..<58).contains($0[1]) || $0.starts(with: [48, 48]) })
    {
      return .text
    }
    if all({ NumberParsing.integer($0, mark: mark) != nil && !$0.contains(mark) }) { return .integer }
    if all({ NumberParsing.real($0, mark: mark) != nil }) { return .real }
    var period = PeriodFormat(isNumber: false)
    if cells.allSatisfy({ cell in cell.withUnsafeBufferPointer { period.read($0) } != nil }) { return .period }
    return .text
  }

  // MARK: Findings about the header

  private func atHeader(
    _ code: DiagnosticCode, _ message: String, severity: Diagnostic.Severity = .error, field: Int = 0, hint: String?,
    notes: [String] = []
  ) -> Diagnostic {
    let range = header.ranges[field]
    let line = text.lines(of: [range.lowerBound])[0]
    return Diagnostic(
      code, severity, message, at: text.place(range.lowerBound, line: line), excerpt: text.excerpt(range), hint: hint,
      notes: notes)
  }

  private func checkHeader(_ findings: inout Findings) {
    var firstField: [String: Int] = [:]
    for (field, name) in header.names.enumerated() {
      if name.isEmpty {
        findings.add(
          atHeader(
            DataCodes.namelessColumn, "column \(text.columnName(field)) has no name and is left out",
            severity: .warning,
            field: field,
            hint: "give it a name if you need it"))
      } else if let first = firstField[name] {
        findings.add(
          atHeader(
            DataCodes.repeatedColumn, "column `\(name)` is in the header twice", field: field,
            hint: "rename or remove one of them", notes: ["the first is column \(text.columnName(first))"]))
      } else {
        firstField[name] = field
      }
    }
  }
}
