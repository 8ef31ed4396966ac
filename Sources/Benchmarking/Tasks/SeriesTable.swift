internal import ChannelTypes
internal import Specifications
internal import Tables

/// The series of one group of a task, whole.
struct SeriesTable {
  /// The value of `groupBy`; nil without one.
  var group: String?
  var ids: [String] = []
  /// Known and unknown values of each series from its first time to its last.
  var values: [[Double]] = []
  /// Where each series begins, counted in steps of `step` from the epoch of `form`.
  var starts: [Int] = []
  /// How many values of each series are training; all of them where no condition tells the test part.
  var trainingCounts: [Int] = []
  var form = PeriodForm.number
  /// Ordinals from one value to the next: 7 for dates a week apart.
  var step = 1
  /// What is left over when an ordinal is divided by `step`.
  var offset = 0
  var horizon: Int?
  var season = 1
  var metricSeason: Int?

  func period(_ index: Int) -> Period { Period(form: form, ordinal: index * step + offset) }
}

/// Reads the table of a task and cuts it into groups and series.
struct SeriesTableReader {
  let suite: BenchmarkSuite
  let task: BenchmarkTask
  let dataOverride: String?

  /// The rows of one series while they are put together.
  struct Row {
    var ordinal: Int
    var value: Double
    var isTest: Bool
  }

  /// - Returns: the groups in order of first appearance; nil with an error among the findings.
  func read(findings: inout Findings) -> [SeriesTable]? {
    let path = suite.dataPath(task.data.value, override: dataOverride)
    guard FileSystem.exists(path) else {
      findings.add(dataMissing(task.data, path))
      return nil
    }
    let reference = TableReference(path: path, displayPath: path, at: task.data.place)
    guard let header = TableReader.columnNames(reference, findings: &findings) else { return nil }
    guard let joined = joinedTable(header, &findings) else { return nil }
    let texts = wantedTexts(header)
    guard check(texts + [task.value.value], header, joined.table, &findings) else { return nil }
    let own = texts.filter { header.contains($0) && $0 != task.value.value }
    let schema = Schema(
      "table", keepsOtherColumns: false,
      own.map { ColumnSchema($0, .text) } + [ColumnSchema(task.value.value, .real)])
    guard let table = TableReader.read(reference, schema: schema, findings: &findings) else { return nil }
    return groups(of: table, joined, &findings)
  }

  private func dataMissing(_ file: Located<String>, _ path: String) -> Diagnostic {
    suite.diagnostic(
      BenchmarkCodes.dataMissing, "there is no file `\(path)`", at: file.place,
      hint: FileSystem.closestNeighbour(of: path).map { "did you mean `\($0)`?" }
        ?? "name the folder of the data with --data DIR or the variable SLUICE_DATA")
  }

  // MARK: Columns

  /// The columns of text that the task names, own or joined, each once.
  private func wantedTexts(_ header: [String]) -> [String] {
    var names = task.ids.map(\.value) + [task.time.value] + task.conditions.map(\.value.column)
    if case .test(let filter) = task.split { names.append(filter.column) }
    if let join = task.join, header.contains(join.key.value) { names.append(join.key.value) }
    if let groupBy = task.groupBy { names.append(groupBy.value) }
    for case .column(let name)? in [task.horizon, task.season, task.metricSeason].map({ $0?.value }) {
      names.append(name)
    }
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  private func check(
    _ names: [String], _ header: [String], _ joined: Table?, _ findings: inout Findings
  ) -> Bool {
    let known = header + (joined?.columns.map(\.name) ?? [])
    let unknown = names.filter { !known.contains($0) }
    for name in unknown {
      findings.add(
        suite.diagnostic(
          BenchmarkCodes.unknownColumn, "`\(name)` is not a column of `\(task.data.value)`",
          at: place(of: name), hint: Suggestion.hint(for: name, among: known)))
    }
    return unknown.isEmpty
  }

  private func place(of column: String) -> SourcePlace {
    let named = task.ids + [task.time, task.value] + [task.groupBy].compactMap(\.self)
    if let found = named.first(where: { $0.value == column }) { return found.place }
    if let found = task.conditions.first(where: { $0.value.column == column }) { return found.place }
    for setting in [task.horizon, task.season, task.metricSeason] where setting?.value == .column(column) {
      return setting?.place ?? task.place
    }
    return task.place
  }

  // MARK: The joined table

  struct Joined {
    var table: Table?
    var rows: RowLookup?
  }

  private func joinedTable(_ header: [String], _ findings: inout Findings) -> Joined? {
    guard let join = task.join else { return Joined() }
    let path = suite.dataPath(join.file.value, override: dataOverride)
    guard FileSystem.exists(path) else {
      findings.add(dataMissing(join.file, path))
      return nil
    }
    let reference = TableReference(path: path, at: join.file.place)
    guard let names = TableReader.columnNames(reference, findings: &findings) else { return nil }
    for (columns, file) in [(names, join.file.value), (header, task.data.value)]
    where !columns.contains(join.key.value) {
      findings.add(
        suite.diagnostic(
          BenchmarkCodes.unknownColumn, "`\(join.key.value)` is not a column of `\(file)`", at: join.key.place,
          hint: Suggestion.hint(for: join.key.value, among: columns)))
      return nil
    }
    let schema = Schema("joined", keepsOtherColumns: false, names.map { ColumnSchema($0, .text) })
    guard let table = TableReader.read(reference, schema: schema, findings: &findings) else { return nil }
    return Joined(table: table, rows: table.text(join.key.value).map { RowLookup($0) })
  }

  // MARK: Rows

  private func groups(of table: Table, _ joined: Joined, _ findings: inout Findings) -> [SeriesTable]? {
    let cells = RowCells(table: table, joined: joined, key: task.join?.key.value)
    // 1. The rows that take part, by series in order of first appearance.
    var test: RowCondition?
    if case .test(let filter) = task.split { test = filter }
    let ids = task.ids.compactMap { table.text($0.value) }
    guard let values = table.numbers(task.value.value) else { return nil }
    var times = TimeColumn(cells, task.time.value)
    var numbers: [String: Int] = [:]
    var names: [String] = []
    var rows: [[Row]] = []
    var firstRows: [Int] = []
    var forms: [PeriodForm] = []
    for row in 0..<table.rowCount {
      guard task.conditions.allSatisfy({ $0.value.holds(cells.text($0.value.column, row) ?? "") }) else { continue }
      guard let period = times.period(row) else { continue }
      let id = ids.count == 1 ? ids[0][row] ?? "" : ids.map { $0[row] ?? "" }.joined(separator: "/")
      let isTest = test.map { $0.holds(cells.text($0.column, row) ?? "") } ?? false
      let entry = Row(ordinal: period.ordinal, value: values[row], isTest: isTest)
      if let number = numbers[id] {
        if forms[number] == period.form { rows[number].append(entry) } else { times.unreadable += 1 }
      } else {
        numbers[id] = names.count
        names.append(id)
        rows.append([entry])
        firstRows.append(row)
        forms.append(period.form)
      }
    }
    if times.unreadable > 0 {
      findings.add(
        suite.diagnostic(
          BenchmarkCodes.badTime, .warning,
          "\(times.unreadable) of \(table.rowCount) rows have a `\(task.time.value)` that cannot be read, such as "
            + "`\(times.example)`", at: task.time.place, hint: "these rows are left out"))
    }
    // 2. Groups of series.
    var order: [String] = []
    var members: [String: [Int]] = [:]
    for series in names.indices {
      let group = task.groupBy.flatMap { cells.text($0.value, firstRows[series]) } ?? ""
      if members[group] == nil { order.append(group) }
      members[group, default: []].append(series)
    }
    // 3. Values at equal distances.
    return order.compactMap { group -> SeriesTable? in
      let series = members[group] ?? []
      var assembly = SeriesAssembly(suite: suite, task: task, group: task.groupBy == nil ? nil : group)
      return assembly.table(
        series.map { (id: names[$0], rows: rows[$0], form: forms[$0], firstRow: firstRows[$0]) }, cells, &findings)
    }
  }
}

/// Cells of the table or, by key, of the joined one.
struct RowCells {
  let table: Table
  let joined: SeriesTableReader.Joined
  let key: String?

  func text(_ column: String, _ row: Int) -> String? {
    if table.hasColumn(column) { return table[column: column]?.text(row) }
    guard let key, let id = table.text(key)?[row], let other = joined.rows?[id] else { return nil }
    return joined.table?[column: column]?.text(other)
  }
}

/// The times of a table; each distinct text is read once.
struct TimeColumn {
  private let codes: [Int32]
  private let periods: [Period?]
  private let dictionary: [String]
  var unreadable = 0
  var example = ""

  init(_ cells: RowCells, _ name: String) {
    let column = cells.table.text(name) ?? TextColumn(codes: [], dictionary: [])
    codes = column.codes
    dictionary = column.dictionary
    periods = column.dictionary.map(Self.period)
  }

  static func period(_ text: String) -> Period? {
    let day = text.split(whereSeparator: { $0 == " " || $0 == "T" }).first.map(String.init) ?? text
    guard let period = Period(text, asNumber: true) ?? Period(text) ?? Period(day) else { return nil }
    return period
  }

  mutating func period(_ row: Int) -> Period? {
    guard codes[row] >= 0 else {
      unreadable += 1
      return nil
    }
    if let period = periods[Int(codes[row])] { return period }
    unreadable += 1
    example = dictionary[Int(codes[row])]
    return nil
  }
}
