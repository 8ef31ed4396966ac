internal import ChannelTypes
internal import Tables
internal import TimeSeries

/// A table of forecasts as programs and people hand them in.
///
/// Either `unique_id, ds, y_hat`, with `lo-95, hi-95` for intervals where there are any and `cutoff` (or `made_on`) and
/// `model` in kept forecasts; or a column for each model, as `sluice forecast` and others write them:
/// `unique_id, ds, auto, auto-lo-95, auto-hi-95, final`.
struct ForecastFile {
  let table: Table
  private let ids: TextColumn
  private let times: TextColumn
  private let rowsOfSeries: [Int32: [Int]]
  private let codes: [String: Int32]

  /// Nil with an error among the findings.
  static func read(_ path: String, displayPath: String, findings: inout Findings) -> ForecastFile? {
    let reference = TableReference(path: path, displayPath: displayPath)
    guard let names = TableReader.columnNames(reference, findings: &findings) else { return nil }
    let texts = ["cutoff", "made_on", "model", "reason"].filter(names.contains)
    let reals = names.filter { $0 == "y_hat" || Self.isBound($0) }
    let schema = Schema(
      "forecasts",
      [ColumnSchema("unique_id", .text, required: true), ColumnSchema("ds", .text, required: true)]
        + texts.map { ColumnSchema($0, .text) } + reals.map { ColumnSchema($0, .real) })
    guard names.contains("y_hat") || !Self.modelColumns(names).isEmpty else {
      findings.add(
        Diagnostic(
          BenchmarkCodes.contestantFailed, "`\(displayPath)` has no column `y_hat`",
          at: SourcePlace(file: displayPath), hint: "a forecast has the columns unique_id, ds, y_hat, lo-95, hi-95"))
      return nil
    }
    return TableReader.read(reference, schema: schema, findings: &findings).flatMap { ForecastFile($0) }
  }

  init?(_ table: Table) {
    guard let ids = table.text("unique_id"), let times = table.text("ds") else { return nil }
    self.table = table
    self.ids = ids
    self.times = times
    var rows: [Int32: [Int]] = [:]
    for (row, code) in ids.codes.enumerated() where code >= 0 { rows[code, default: []].append(row) }
    rowsOfSeries = rows
    codes = Dictionary(
      ids.dictionary.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
  }

  /// Columns that hold the forecasts of a model.
  private static func modelColumns(_ names: [String]) -> [String] {
    let others: Set<String> = ["unique_id", "ds", "y", "y_hat", "cutoff", "made_on", "model", "reason"]
    return names.filter { !others.contains($0) && !isBound($0) }
  }

  /// `lo-95`, `auto-hi-80`.
  private static func isBound(_ name: String) -> Bool {
    let parts = name.split(separator: "-")
    return parts.count > 1 && Double(parts[parts.count - 1]) != nil && ["lo", "hi"].contains(parts[parts.count - 2])
  }

  /// A column's numbers; nil where there is none, or text.
  private func numbers(_ name: String) -> [Double]? {
    switch table[column: name]?.values {
    case .real, .integer: table.numbers(name)
    default: nil
    }
  }

  /// The forecast for a panel.
  /// - Parameter model: which of the file's models; nil for all rows.
  /// - Returns: NaN where the file has none; and how many rows belong to no series or time of the panel.
  func forecast(
    _ panel: BenchmarkPanel, model: String?, probabilities: [Double]
  ) -> (forecast: PanelForecast, strays: Int) {
    var result = PanelForecast(seriesCount: panel.ids.count, horizon: panel.horizon, probabilities: probabilities)
    // The column of the forecasts, and what the names of its bounds begin with.
    let isLong = table.hasColumn("y_hat")
    let column = isLong ? "y_hat" : model ?? Self.modelColumns(table.columns.map(\.name)).first ?? ""
    guard let values = numbers(column) else { return (result, 0) }
    let bounds = probabilities.map { numbers((isLong ? "" : column + "-") + Self.column(ofProbability: $0)) }
    let models = isLong ? table.text("model") : nil
    let cutoffs = table.text("cutoff") ?? table.text("made_on")
    var (used, offered) = (0, 0)
    for (series, id) in panel.ids.enumerated() {
      let last = panel.lastPeriods[series]
      let rows = (codes[id].flatMap { rowsOfSeries[$0] } ?? []).filter { row in
        if let model, let models, models[row] != model { return false }
        guard let cutoffs, let text = cutoffs[row] else { return true }
        return Self.period(text, like: last) == last
      }
      offered += rows.count
      for (row, step) in Self.steps(rows.map { times[$0] }, panel, series, rows) {
        used += 1
        result.median[series * panel.horizon + step] = values[row]
        for (index, column) in bounds.enumerated() {
          let value = column.map { $0[row] } ?? (probabilities[index] == 0.5 ? values[row] : .nan)
          result.quantiles[(series * panel.horizon + step) * probabilities.count + index] = value
        }
      }
    }
    return (result, offered - used)
  }

  /// Which step each row is: by its time, or by its order where no time is one of the panel's and the count fits.
  private static func steps(
    _ texts: [String?], _ panel: BenchmarkPanel, _ series: Int, _ rows: [Int]
  ) -> [(row: Int, step: Int)] {
    let last = panel.lastPeriods[series]
    let found = zip(texts, rows).compactMap { text, row -> (row: Int, step: Int)? in
      guard let text, let period = period(text, like: last) else { return nil }
      let distance = period.ordinal - last.ordinal
      guard distance > 0, distance.isMultiple(of: panel.periodStep) else { return nil }
      let step = distance / panel.periodStep - 1
      return step < panel.horizon ? (row, step) : nil
    }
    if found.isEmpty, rows.count == panel.horizon { return rows.enumerated().map { ($1, $0) } }
    return found
  }

  /// A time written in any form that has the panel's periods: `2024-01-01` for `2024-01`.
  static func period(_ text: String, like other: Period) -> Period? {
    guard let period = TimeColumn.period(text) else { return nil }
    return period.form == other.form ? period : period.containing(other.form)
  }

  /// `lo-95` for .025, `hi-80` for .9.
  static func column(ofProbability probability: Double) -> String {
    let isLower = probability < 0.5
    let level = (isLower ? 1 - 2 * probability : 2 * probability - 1) * 100
    let rounded = (level * 1e6).rounded() / 1e6
    return (isLower ? "lo-" : "hi-") + rounded.written
  }
}
