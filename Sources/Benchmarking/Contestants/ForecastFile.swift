internal import ChannelTypes
internal import Tables
internal import TimeSeries

/// A table of forecasts as programs and people hand them in: `unique_id, ds, y_hat`, with `lo-95, hi-95` for intervals
/// where there are any; kept forecasts also have `cutoff` (or `made_on`) and `model`.
struct ForecastFile {
  let table: Table
  private let ids: TextColumn
  private let times: TextColumn
  private let rowsOfSeries: [Int32: [Int]]
  private let codes: [String: Int32]

  /// Nil with an error among the findings.
  static func read(_ path: String, displayPath: String, findings: inout Findings) -> ForecastFile? {
    let reference = TableReference(path: path, displayPath: displayPath)
    guard let names = CSVReader.columnNames(reference, findings: &findings) else { return nil }
    let bounds = names.filter { $0.hasPrefix("lo-") || $0.hasPrefix("hi-") }
    let texts = ["cutoff", "made_on", "model", "reason"].filter(names.contains)
    let schema = Schema(
      "forecasts", keepsOtherColumns: false,
      [
        ColumnSchema("unique_id", .text, required: true), ColumnSchema("ds", .text, required: true),
        ColumnSchema("y_hat", .real),
      ] + texts.map { ColumnSchema($0, .text) } + bounds.map { ColumnSchema($0, .real) })
    guard names.contains("y_hat") else {
      findings.add(
        Diagnostic(
          BenchmarkCodes.contestantFailed, "`\(displayPath)` has no column `y_hat`",
          at: SourcePlace(file: displayPath), hint: "a forecast has the columns unique_id, ds, y_hat, lo-95, hi-95"))
      return nil
    }
    return CSVReader.read(reference, schema: schema, findings: &findings).flatMap { ForecastFile($0) }
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

  /// The models named in the file, in order of first appearance; empty without such a column.
  var models: [String] { table.text("model")?.dictionary ?? [] }

  /// The forecast for a panel.
  /// - Parameter model: which of the file's models; nil for all rows.
  /// - Returns: NaN where the file has none; and how many rows belong to no series or time of the panel.
  func forecast(
    _ panel: BenchmarkPanel, model: String?, probabilities: [Double]
  ) -> (forecast: PanelForecast, strays: Int) {
    var result = PanelForecast(seriesCount: panel.ids.count, horizon: panel.horizon, probabilities: probabilities)
    let values = table.numbers("y_hat") ?? []
    let bounds = probabilities.map { table.numbers(Self.column(ofProbability: $0)) }
    let models = table.text("model")
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
