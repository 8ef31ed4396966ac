internal import ChannelTypes
public import Tables
public import TimeSeries

/// Forecasts as they are kept for later: `unique_id, ds, cutoff, model, y_hat, lo-95, hi-95, …`. A suite reads them
/// back with `import:`, also after people changed some and gave a reason.
public struct KeptForecasts: Sendable {
  private let levels: [Double]
  private var ids: [String] = []
  private var times: [String] = []
  private var cutoffs: [String] = []
  private var models: [String] = []
  private var values: [Double] = []
  private var bounds: [[Double]]

  public init(levels: [Double]) {
    self.levels = levels
    bounds = levels.flatMap { _ in [[], []] }
  }

  public mutating func keep(_ model: String, _ panel: BenchmarkPanel, _ forecast: PanelForecast) {
    let places = levels.flatMap { level in
      [(100 - level) / 200, (100 + level) / 200].map { forecast.index(ofProbability: $0) }
    }
    for (series, id) in panel.ids.enumerated() {
      for step in 0..<panel.horizon {
        ids.append(id)
        times.append(panel.period(series: series, step: step).description)
        cutoffs.append(panel.lastPeriods[series].description)
        models.append(model)
        values.append(forecast.median(series: series, step: step))
        for (index, place) in places.enumerated() {
          bounds[index].append(place.map { forecast.quantile(series: series, step: step, probability: $0) } ?? .nan)
        }
      }
    }
  }

  public var table: Table {
    let names = levels.flatMap { ["lo-\($0.written)", "hi-\($0.written)"] }
    return Table(
      name: "forecasts",
      columns: [
        .text("unique_id", ids), .text("ds", times), .text("cutoff", cutoffs), .text("model", models),
        Column(name: "y_hat", values: .real(values)),
      ] + zip(names, bounds).map { Column(name: $0, values: .real($1)) })
  }

  /// Reads kept forecasts for a report of the value that each step added: `cutoff` or `made_on`, `unique_id`, `ds`,
  /// `model`, `y_hat`, and `reason` where a person gave one.
  /// - Returns: nil with an error among the findings.
  public static func snapshots(_ path: String, findings: inout Findings) -> [ForecastSnapshot]? {
    guard let file = ForecastFile.read(path, displayPath: path, findings: &findings) else { return nil }
    let table = file.table
    guard let ids = table.text("unique_id"), let times = table.text("ds"), let values = table.numbers("y_hat") else {
      return nil
    }
    let (made, models) = (table.text("cutoff") ?? table.text("made_on"), table.text("model"))
    return (0..<table.rowCount).compactMap { row in
      guard let id = ids[row], let time = times[row].flatMap({ TimeColumn.period($0) }) else { return nil }
      let madeOn = made?[row].flatMap { TimeColumn.period($0) }
      return ForecastSnapshot(
        madeOn: madeOn?.ordinal ?? time.ordinal, series: id, period: time.ordinal, step: models?[row] ?? "forecast",
        value: values[row], reason: table.text("reason")?[row])
    }
  }
}
