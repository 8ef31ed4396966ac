internal import Tables

/// Planners' changes to single values of a forecast, kept apart from it with their reasons.
struct ForecastOverrides: Sendable {
  struct Change: Sendable, Hashable {
    enum Amount: Sendable, Hashable {
      /// In place of the forecast.
      case value(Double)
      /// Added to the forecast.
      case delta(Double)
    }

    var amount: Amount
    var reason: String
    var author: String
    /// The row in the file.
    var row: Int

    func applied(to baseline: Double) -> Double {
      switch amount {
      case .value(let value): value
      case .delta(let delta): baseline + delta
      }
    }
  }

  private struct Key: Hashable, Sendable {
    var name: String
    var time: String
  }

  private let table: Table
  private var changes: [Key: Change] = [:]
  /// The changes by time of the table; filled by ``resolve(_:ends:horizon:findings:)``.
  private var resolved: [String: [Int: Change]] = [:]
  /// The series that have a change.
  let names: Set<String>

  private static let schema = Schema(
    "overrides", keepsOtherColumns: false,
    [
      ColumnSchema("unique_id", .text, required: true, "the series, as the forecast names it"),
      ColumnSchema("ds", .text, required: true, "the time, as the forecast writes it"),
      ColumnSchema("value", .real, "what replaces the forecast"),
      ColumnSchema("delta", .real, "what is added to the forecast"),
      ColumnSchema("reason", .text, "why the forecast is changed"),
      ColumnSchema("author", .text, "who changes it"),
    ])

  /// Reads the file; nil where it cannot be read. Further problems of rows are findings.
  init?(_ reference: TableReference, findings: inout Findings) {
    guard let table = TableReader.read(reference, schema: ForecastOverrides.schema, findings: &findings),
      let names = table.text("unique_id"), let times = table.text("ds")
    else { return nil }
    self.table = table
    self.names = Set(names.dictionary)
    let values = table.numbers("value")
    let deltas = table.numbers("delta")
    let reasons = table.text("reason")
    let authors = table.text("author")
    var bad = BadRows()
    for row in 0..<table.rowCount {
      guard let name = names[row], let time = times[row] else { continue }
      let value = values?[row] ?? .nan
      let delta = deltas?[row] ?? .nan
      let reason = reasons?[row] ?? ""
      if reason.isEmpty { bad.withoutReason.append(row) }
      if value.isNaN == delta.isNaN { bad.withoutAmount.append(row) }
      let change = Change(
        amount: value.isNaN ? .delta(delta) : .value(value), reason: reason, author: authors?[row] ?? "", row: row)
      if changes.updateValue(change, forKey: Key(name: name, time: time)) != nil { bad.repeated.append(row) }
    }
    bad.report(table, &findings)
  }

  /// Matches every change with a value of the forecast; what matches none is a finding.
  /// - Parameter ends: the last place on the grid and the day of the month of each series that has a change.
  mutating func resolve(
    _ grid: TimeGrid, ends: [String: (last: Int, anchor: Int)], horizon: Int, findings: inout Findings
  ) {
    var unmatched: [Int] = []
    var times = TimeReader(grid.notation)
    for (key, change) in changes {
      let time = Array(key.time.utf8).withUnsafeBufferPointer { $0.isEmpty ? nil : times.read($0) }
      guard let time, let end = ends[key.name] else {
        unmatched.append(change.row)
        continue
      }
      let steps = (grid.ordinal(time) - end.last).floored(by: grid.step)
      let isInside = steps.remainder == 0 && (1...horizon).contains(steps.quotient)
      guard isInside, grid.time(atOrdinal: end.last + steps.quotient * grid.step, anchor: end.anchor) == time else {
        unmatched.append(change.row)
        continue
      }
      resolved[key.name, default: [:]][time] = change
    }
    guard let first = unmatched.min() else { return }
    let name = table.text("unique_id")?[first] ?? ""
    let time = table.text("ds")?[first] ?? ""
    let hint = ends[name].map { end in
      let first = grid.notation.text(grid.time(atOrdinal: end.last + grid.step, anchor: end.anchor))
      let last = grid.notation.text(grid.time(atOrdinal: end.last + horizon * grid.step, anchor: end.anchor))
      return "the forecast of `\(name)` goes from \(first) to \(last)"
    }
    findings.add(
      BadRows.finding(
        ForecastTaskCodes.overrideUnmatched, unmatched.sorted(), hint == nil ? "unique_id" : "ds",
        hint == nil ? "there is no series `\(name)` in the forecast" : "`\(time)` is not in the forecast of `\(name)`",
        hint ?? "names of several columns are joined with `/`", table))
  }

  func change(_ name: String, time: Int) -> Change? { resolved[name]?[time] }
}

/// Rows of a file of overrides that cannot be used.
private struct BadRows {
  var withoutReason: [Int] = []
  var withoutAmount: [Int] = []
  var repeated: [Int] = []

  func report(_ table: Table, _ findings: inout Findings) {
    if !withoutReason.isEmpty {
      findings.add(
        BadRows.finding(
          ForecastTaskCodes.overrideWithoutReason, withoutReason, "reason", "the override has no reason",
          "say in column `reason` why the forecast is changed", table))
    }
    if !withoutAmount.isEmpty {
      findings.add(
        BadRows.finding(
          ForecastTaskCodes.overrideAmount, withoutAmount, "value",
          "the override has not exactly one of value and delta",
          "fill in `value` to replace the forecast, or `delta` to add to it", table))
    }
    if !repeated.isEmpty {
      findings.add(
        BadRows.finding(
          ForecastTaskCodes.overrideRepeated, repeated, "unique_id",
          "the forecast has an earlier override for this time",
          "keep the one that counts", table))
    }
  }

  static func finding(
    _ code: DiagnosticCode, _ rows: [Int], _ column: String, _ message: String, _ hint: String, _ table: Table
  ) -> Diagnostic {
    let column = table.hasColumn(column) ? column : "unique_id"
    let found = table.source?.locate(rows.prefix(4).map { ($0, column) }) ?? []
    var notes: [String] = []
    if rows.count > 1 {
      let lines = found.dropFirst().compactMap(\.place.line).map(String.init).joined(separator: ", ")
      notes = ["\(rows.count - 1) more rows have the same problem (lines \(lines)\(rows.count > 4 ? ", …" : ""))"]
    }
    return Diagnostic(code, message, at: found.first?.place, excerpt: found.first?.excerpt, hint: hint, notes: notes)
  }
}
