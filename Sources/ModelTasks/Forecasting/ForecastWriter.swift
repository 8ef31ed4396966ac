internal import LinearAlgebra
internal import Tables
internal import TimeSeries

/// Turns forecasts of a chunk into rows: `unique_id,ds,MODEL,MODEL-lo-95,MODEL-hi-95,…`.
struct ForecastWriter: Sendable {
  let grid: TimeGrid
  let horizon: Int
  let models: [String]
  let levels: [ForecastRequest.Level]
  let overrides: ForecastOverrides?
  /// Of the quantiles in the forecasts, ascending.
  let probabilities: [Double]
  /// For each level, the places of its ends among the probabilities.
  private let ends: [(lower: Int, upper: Int)]

  init(
    _ request: ForecastRequest, grid: TimeGrid, overrides: ForecastOverrides?
  ) {
    self.grid = grid
    self.overrides = overrides
    horizon = request.horizon
    models = request.models
    levels = request.levels
    let probabilities = PanelForecast.probabilities(levels: levels.map(\.percent))
    self.probabilities = probabilities
    ends = levels.map { level in
      (
        probabilities.firstIndex(of: (100 - level.percent) / 200) ?? 0,
        probabilities.firstIndex(of: (100 + level.percent) / 200) ?? 0
      )
    }
  }

  var header: [UInt8] {
    var names = ["unique_id", "ds"]
    for model in models {
      names.append(model)
      for level in levels { names += ["\(model)-lo-\(level.text)", "\(model)-hi-\(level.text)"] }
    }
    if overrides != nil { names += ["final", "reason", "author"] }
    var bytes: [UInt8] = []
    for (index, name) in names.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      CSVCell.append(name, to: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  /// The rows of a chunk.
  /// - Parameter forecasts: one for each model, series in the order of the panel.
  func rows(_ chunk: SeriesChunk, _ forecasts: [ChunkForecast], threads: Int) -> [[UInt8]] {
    let part = 512
    let count = (chunk.entries.count + part - 1) / part
    return parallelMap(count: count, threads: threads) { [self] index in
      var bytes: [UInt8] = []
      var times: (last: Int, anchor: Int, texts: [[UInt8]]) = (.min, 0, [])
      for entry in index * part..<min(chunk.entries.count, (index + 1) * part) {
        append(entry, chunk.entries[entry], forecasts, &times, to: &bytes)
      }
      return bytes
    }
  }

  private func append(
    _ index: Int, _ entry: SeriesChunk.Entry, _ forecasts: [ChunkForecast],
    _ times: inout (last: Int, anchor: Int, texts: [[UInt8]]), to bytes: inout [UInt8]
  ) {
    guard forecasts[0].isKnown(index) else { return }
    // Most series end at the same time.
    if times.last != entry.last || times.anchor != entry.anchor {
      times = (entry.last, entry.anchor, (1...horizon).map { text(entry, step: $0) })
    }
    var name: [UInt8] = []
    CSVCell.append(name: entry.name, to: &name)
    name.append(UInt8(ascii: ","))
    for step in 0..<horizon {
      bytes.append(contentsOf: name)
      bytes.append(contentsOf: times.texts[step])
      for forecast in forecasts { append(forecast, index, step, to: &bytes) }
      if let overrides {
        append(overrides, entry, step, forecasts[0].median(index, step), to: &bytes)
      }
      bytes.append(UInt8(ascii: "\n"))
    }
  }

  private func append(_ forecast: ChunkForecast, _ index: Int, _ step: Int, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: ","))
    CSVCell.append(forecast.median(index, step), to: &bytes)
    for (lower, upper) in ends {
      bytes.append(UInt8(ascii: ","))
      CSVCell.append(forecast.quantile(index, step, lower), to: &bytes)
      bytes.append(UInt8(ascii: ","))
      CSVCell.append(forecast.quantile(index, step, upper), to: &bytes)
    }
  }

  private func text(_ entry: SeriesChunk.Entry, step: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    grid.notation.append(time(entry, step: step), to: &bytes)
    return bytes
  }

  /// The time of a step ahead, from 1.
  private func time(_ entry: SeriesChunk.Entry, step: Int) -> Int {
    grid.time(atOrdinal: entry.last + step * grid.step, anchor: entry.anchor)
  }

  private func append(
    _ overrides: ForecastOverrides, _ entry: SeriesChunk.Entry, _ step: Int, _ baseline: Double,
    to bytes: inout [UInt8]
  ) {
    let change =
      overrides.names.contains(entry.name)
      ? overrides.change(entry.name, time: time(entry, step: step + 1)) : nil
    bytes.append(UInt8(ascii: ","))
    CSVCell.append(change?.applied(to: baseline) ?? baseline, to: &bytes)
    bytes.append(UInt8(ascii: ","))
    CSVCell.append(change?.reason ?? "", to: &bytes)
    bytes.append(UInt8(ascii: ","))
    CSVCell.append(change?.author ?? "", to: &bytes)
  }
}

/// A model's forecasts of the series of a chunk, by entry.
struct ChunkForecast: Sendable {
  let horizon: Int
  let probabilityCount: Int
  /// entry × step; NaN where a series has no forecast.
  private(set) var medians: [Double]
  /// entry × step × probability.
  private(set) var quantiles: [Double]

  init(entries: Int, horizon: Int, probabilityCount: Int) {
    self.horizon = horizon
    self.probabilityCount = probabilityCount
    medians = [Double](repeating: .nan, count: entries * horizon)
    quantiles = [Double](repeating: .nan, count: entries * horizon * probabilityCount)
  }

  func median(_ entry: Int, _ step: Int) -> Double { medians[entry * horizon + step] }

  func quantile(_ entry: Int, _ step: Int, _ probability: Int) -> Double {
    quantiles[(entry * horizon + step) * probabilityCount + probability]
  }

  /// Whether an entry has a forecast.
  func isKnown(_ entry: Int) -> Bool { !medians[entry * horizon].isNaN }

  /// Whether every number of an entry is finite.
  func isFinite(_ entry: Int) -> Bool {
    medians[entry * horizon..<(entry + 1) * horizon].allSatisfy(\.isFinite)
      && quantiles[entry * horizon * probabilityCount..<(entry + 1) * horizon * probabilityCount].allSatisfy(\.isFinite)
  }

  /// Takes over the forecast of a series of a panel.
  mutating func set(_ entry: Int, from forecast: PanelForecast, series: Int) {
    let width = horizon * probabilityCount
    for step in 0..<horizon { medians[entry * horizon + step] = forecast.median[series * horizon + step] }
    for place in 0..<width { quantiles[entry * width + place] = forecast.quantiles[series * width + place] }
  }

  mutating func set(_ entry: Int, step: Int, median: Double, quantiles values: [Double]) {
    medians[entry * horizon + step] = median
    for (index, value) in values.enumerated() {
      quantiles[(entry * horizon + step) * probabilityCount + index] = value
    }
  }
}
