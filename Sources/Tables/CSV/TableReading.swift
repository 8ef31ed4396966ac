import ChannelTypes

/// The reading of one table whose text is at hand: passes over the rows, then what needs whole columns.
struct TableReading {
  private let source: SourceText
  private let header: TableHeader
  private let schema: Schema
  private let reference: TableReference
  private var problems = CellProblems()
  private var rowCount = 0

  init(_ source: SourceText, _ header: TableHeader, _ schema: Schema, _ reference: TableReference) {
    self.source = source
    self.header = header
    self.schema = schema
    self.reference = reference
  }

  /// Nil where columns are missing; cells that are wrong become unknown, with a finding.
  /// - Parameter summary: how a sheet was read.
  mutating func table(_ findings: inout Findings, summary: String = "") -> Table? {
    // 1. Which column comes from where.
    let sample = RowSample(source.bytes, source.dialect, from: header.end)
    let bound = ColumnBindings(header, schema, reference, source, sample, findings: &findings).bindings

    // 2. The columns that are in the file, and those that expressions use.
    let fromFile = readFields(bound, expected: sample.expectedRowCount)

    // 3. Columns that are computed from whole columns.
    var columns: [Column] = []
    var fields: [String: Int] = [:]
    for binding in bound {
      switch binding.origin {
      case .field(let field):
        if let column = fromFile.columns[binding.rules.name] { columns.append(column) }
        fields[binding.rules.name] = field
      case .constant(let text):
        if let column = constant(text, binding.rules, &findings) { columns.append(column) }
      case .expression(let expression, let operands):
        let inputs = operands.map { fromFile.operands[$0] ?? [] }
        columns.append(evaluate(expression, inputs, operands, binding.rules))
        fields[binding.rules.name] = operands.first
      case .rowNumber: columns.append(rowNumbers(binding.rules))
      }
    }

    // 4. What rows say about one another, and all findings by place.
    if !problems.groups.contains(where: { schema.key.contains($0.column) }) { checkKeys(columns, fields) }
    problems.findings(in: source, into: &findings)
    if rowCount == 0, !findings.hasErrors {
      findings.add(
        Diagnostic(
          DataCodes.noRows, .warning, "`\(reference.displayPath)` has a header and no rows",
          at: source.place(header.ranges[0].lowerBound, line: 1)))
    }
    guard !findings.hasErrors else { return nil }
    let origin: any TableSource =
      if let origins = source.origins {
        SheetSource(origins: origins, summary: summary, fields: fields)
      } else {
        CSVSource(reference: reference, dialect: source.dialect, rowCount: rowCount, fields: fields)
      }
    return Table(name: schema.table, columns: columns, source: origin)
  }

  // MARK: Passes over the file

  private mutating func readFields(
    _ bindings: [ColumnBindings.Binding], expected: Int
  ) -> (columns: [String: Column], operands: [Int: [Double]]) {
    var tasks: [FieldTask] = []
    var operandFields: Set<Int> = []
    for binding in bindings {
      switch binding.origin {
      case .field(let field): tasks.append(FieldTask(binding.rules, field, expected))
      case .constant, .rowNumber: break
      case .expression(_, let fields): operandFields.formUnion(fields)
      }
    }
    let columnCount = tasks.count
    for field in operandFields.sorted() {
      let rules = ColumnRules(name: header.names[field], type: .real, mark: source.dialect.decimalMark)
      tasks.append(FieldTask(rules, field, expected))
    }
    pass(&tasks, isFirst: true)
    // Guessed types that some cell disagreed with: the next wider type, in another pass.
    while true {
      let fallen = tasks.indices.filter { tasks[$0].parser.hasFallen }
      guard !fallen.isEmpty else { break }
      var again = fallen.map { tasks[$0].widened(expected) }
      pass(&again, isFirst: false)
      for (position, index) in fallen.enumerated() { tasks[index] = again[position] }
    }
    var columns: [String: Column] = [:]
    for task in tasks[..<columnCount] {
      columns[task.rules.name] = Column(name: task.rules.name, values: task.parser.values)
    }
    var operands: [Int: [Double]] = [:]
    for task in tasks[columnCount...] {
      if case .real(let values) = task.parser.values { operands[task.field] = values }
    }
    return (columns, operands)
  }

  /// A column to read and the parser that reads it.
  private struct FieldTask {
    let rules: ColumnRules
    let field: Int
    var parser: ColumnParser

    init(_ rules: ColumnRules, _ field: Int, _ expectedRows: Int) {
      self.rules = rules
      self.field = field
      parser = ColumnParser(rules, field: field, expectedRows: expectedRows)
    }

    /// The same column with the next wider type: whole numbers, numbers, text.
    func widened(_ expectedRows: Int) -> FieldTask {
      var wider = rules
      wider.type = rules.type == .integer ? .real : .text
      wider.isGuess = wider.type != .text
      return FieldTask(wider, field, expectedRows)
    }
  }

  private mutating func pass(_ tasks: inout [FieldTask], isFirst: Bool) {
    var tokenizer = Tokenizer(source.bytes, source.dialect, position: header.end)
    var block = Tokenizer.Block(width: header.width)
    while tokenizer.position < source.bytes.count {
      tokenizer.next(&block)
      for index in tasks.indices { tasks[index].parser.parse(block, source.bytes, &problems) }
      if isFirst {
        rowCount += block.rowCount
        for irregularity in block.irregularities { problems.add(irregularity, width: header.width) }
      }
    }
  }

  // MARK: Computed columns

  private func constant(_ text: String, _ rules: ColumnRules, _ findings: inout Findings) -> Column? {
    var rules = rules
    rules.mark = UInt8(ascii: ".")
    var parser = ColumnParser(rules, field: 0, expectedRows: 1)
    var found = CellProblems()
    let bytes = Array(text.utf8)
    bytes.withUnsafeBufferPointer { bytes in
      var block = Tokenizer.Block(width: 1)
      block.rowCount = 1
      block.bounds[0] = -1
      block.bounds[1] = bytes.count
      parser.parse(block, bytes, &found)
    }
    if let problem = found.groups.first?.problem {
      findings.add(
        Diagnostic(
          DataCodes.badConstant, "the constant `\(text)` does not fit column `\(rules.name)` (\(rules.type.rawValue))",
          at: SourcePlace(file: reference.displayPath), hint: problem.hint))
      return nil
    }
    return Column(name: rules.name, values: parser.values).selecting(repeatElement(0, count: rowCount))
  }

  /// 1, 2, 3, …: as text where the column holds names.
  private func rowNumbers(_ rules: ColumnRules) -> Column {
    let values: Column.Values =
      switch rules.type {
      case .integer: .integer((0..<rowCount).map { Int64($0 + 1) })
      case .real: .real((0..<rowCount).map { Double($0 + 1) })
      case .money: .money((0..<rowCount).map { Money($0 + 1) })
      case .period: .period(PeriodColumn(form: .number, ordinals: (0..<rowCount).map { Int32(clamping: $0 + 1) }))
      case .text, .flag:
        .text(
          TextColumn(codes: (0..<rowCount).map { Int32(clamping: $0) }, dictionary: (0..<rowCount).map { "\($0 + 1)" }))
      }
    return Column(name: rules.name, values: values)
  }

  private mutating func evaluate(
    _ expression: Expression, _ inputs: [[Double]], _ fields: [Int], _ rules: ColumnRules
  ) -> Column {
    let results = expression.evaluate(inputs, rowCount: rowCount)
    var money: [Money] = []
    var integers: [Int64] = []
    var reals: [Double] = []
    var periods = PeriodDigits(isNumber: rules.periodsAreNumbers)
    var undefined: [Int] = []
    var outside: [Int] = []
    for row in 0..<rowCount {
      var value = results[row]
      let isKnown = inputs.allSatisfy { !$0[row].isNaN }
      let amount = rules.type == .money ? Money(rounding: value, decimals: Money.decimals) : nil
      let fits =
        switch rules.type {
        case .money: amount != nil
        case .integer: value == value.rounded() && value.magnitude < 9e18
        case .period: !isKnown || periods.read(value)
        default: value.isFinite
        }
      if isKnown, !fits { undefined.append(row) }
      if isKnown, fits, let range = rules.range, !range.contains(value) { outside.append(row) }
      if !isKnown || !fits { value = .nan }
      switch rules.type {
      case .money: money.append(amount ?? Unknown.money)
      case .integer: integers.append(value.isNaN ? Unknown.integer : Int64(value))
      case .period: periods.append(isKnown: isKnown && fits)
      default: reals.append(value)
      }
    }
    add(
      undefined, DataCodes.undefinedResult, "the expression for column `\(rules.name)` has no value here", rules, fields
    )
    add(outside, DataCodes.outOfRange, "", rules, fields) { results[$0].written }
    let values: Column.Values =
      switch rules.type {
      case .money: .money(money)
      case .integer: .integer(integers)
      case .period: .period(periods.column)
      default: .real(reals)
      }
    return Column(name: rules.name, values: values)
  }

  /// One group of problems for rows that are known by number.
  private mutating func add(
    _ rows: [Int], _ code: DiagnosticCode, _ detail: String, _ rules: ColumnRules, _ fields: [Int],
    text: (Int) -> String = { _ in "" }
  ) {
    guard let first = rows.first else { return }
    let shown = rows.prefix(1 + CellProblems.furtherShown)
    let bounds = RowLocator.bounds(
      of: shown, source.bytes, source.dialect, headerEnd: header.end, width: header.width)
    let places = shown.compactMap { bounds[$0]?.cell(fields.first ?? 0) }
    guard let place = places.first else { return }
    var group = CellProblems.Group(
      problem: CellProblem(code, text: text(first), detail: detail), column: rules.name, field: fields.first ?? 0,
      first: place)
    group.further = places.dropFirst().map(\.lowerBound)
    group.furtherCount = rows.count - 1
    problems.add(group)
  }

  // MARK: Keys

  private mutating func checkKeys(_ columns: [Column], _ fields: [String: Int]) {
    // A column of the key that may be absent (the order of a sale) counts where the file has it.
    let names = schema.key.filter { name in columns.contains { $0.name == name } }
    let absent = schema.key.filter { !names.contains($0) }
    guard !absent.contains(where: { schema[column: $0]?.isRequired ?? true }), rowCount > 1 else { return }
    let keyColumns = names.compactMap { name in columns.first { $0.name == name } }
    guard !keyColumns.isEmpty else { return }
    let groups = GroupIndex(keyColumns, rowCount: rowCount)
    guard groups.count < rowCount else { return }
    let repeated = (0..<rowCount).filter { groups.firstRow(Int(groups.groups[$0])) != $0 }
    guard let second = repeated.first else { return }
    let first = groups.firstRow(Int(groups.groups[second]))
    let field = keyColumns.lazy.compactMap { fields[$0.name] }.first ?? 0
    let shown = repeated.prefix(1 + CellProblems.furtherShown)
    let bounds = RowLocator.bounds(
      of: shown + [first], source.bytes, source.dialect, headerEnd: header.end, width: header.width)
    let places = shown.compactMap { bounds[$0]?.cell(field) }
    guard let place = places.first else { return }
    let key = keyColumns.map { "\($0.name) \($0.text(second) ?? "(empty)")" }.joined(separator: ", ")
    var group = CellProblems.Group(
      problem: CellProblem(
        DataCodes.duplicateKey, detail: "the row of \(key) is there twice",
        hint: "remove one, or add the rows up in the export"), column: "", field: -1, first: place)
    group.further = places.dropFirst().map(\.lowerBound)
    group.furtherCount = repeated.count - 1
    group.earlier = bounds[first]?.cell(field).lowerBound
    problems.add(group)
  }
}
