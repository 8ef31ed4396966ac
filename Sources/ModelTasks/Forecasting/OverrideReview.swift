public import Tables
public import TimeSeries

/// What planners' overrides were worth, once it is known what happened.
public enum OverrideReview {
  /// Compares the baseline and the overridden values of a kept forecast with what happened: the stairstep report of
  /// forecast value added.
  /// - Parameters:
  ///   - forecast: what `sluice forecast --overrides` wrote, with the columns `unique_id`, `ds`, the model and `final`.
  ///   - model: the column of the baseline.
  ///   - actual: a long table with what happened; its request's horizon, models and levels are not looked at.
  ///   - findings: what is wrong with the files.
  /// - Returns: nil where there is an error among the findings. Periods that have no actual value yet do not count.
  public static func score(
    _ forecast: TableReference, model: String, actual: ForecastRequest, findings: inout Findings
  ) -> ForecastValueAdded? {
    let schema = Schema(
      "forecast", keepsOtherColumns: false,
      [
        ColumnSchema("unique_id", .text, required: true, "the series"),
        ColumnSchema("ds", .text, required: true, "the time"),
        ColumnSchema(model, .real, required: true, "the baseline"),
        ColumnSchema("final", .real, required: true, "the baseline with overrides"),
      ])
    let table = TableReader.read(forecast, schema: schema, findings: &findings)
    let values = values(actual, &findings)
    guard let table, let values, let names = table.text("unique_id"), let times = table.text("ds"),
      let baseline = table.numbers(model), let final = table.numbers("final")
    else { return nil }
    let outcomes = (0..<table.rowCount).map { row in
      values[Cell(series: names[row] ?? "", time: times[row] ?? "")] ?? .nan
    }
    return ForecastValueAdded(actual: outcomes, steps: [(model, baseline), ("final", final)])
  }

  private struct Cell: Hashable {
    var series: String
    var time: String
  }

  /// The values of a long table by series and time.
  private static func values(_ request: ForecastRequest, _ findings: inout Findings) -> [Cell: Double]? {
    guard var table = LongTable.open(request.table, request.columns, findings: &findings) else { return nil }
    var values: [Cell: Double] = [:]
    while true {
      let reader = table.reader()
      var rows = LongRows()
      while reader.next(&rows) {
        for row in 0..<rows.count where rows.series[row] >= 0 {
          let cell = Cell(series: reader.name(ofSeries: rows.series[row]), time: table.notation.text(rows.times[row]))
          values[cell] = rows.values[row]
        }
      }
      var own = Findings(limit: findings.limit)
      reader.report(&own)
      findings.merge(own)
      switch reader.stop {
      case nil: return own.hasErrors ? nil : values
      case .failure(let finding)?:
        findings.add(finding)
        return nil
      case .needsWholeText?:
        guard let whole = table.holdingText(findings: &findings) else { return nil }
        (table, values) = (whole, [:])
      }
    }
  }
}
