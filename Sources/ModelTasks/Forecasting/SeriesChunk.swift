internal import Tables
internal import TimeSeries

/// Some series of a table, evenly spaced, with what is needed to write their forecasts.
struct SeriesChunk: Sendable {
  struct Entry: Sendable {
    var name: String
    /// The place of the last known value on the grid; one step before the first row where none is known.
    var last: Int
    /// The day of the month that the series falls on.
    var anchor: Int
    /// The place of the series in the panel; -1 where it has no known value.
    var place: Int
    var knownCount: Int
    /// What it has in the columns of peers; empty where a cell is.
    var attributes: [String]
  }

  var entries: [Entry] = []
  var panel: SeriesPanel
  /// Driver after driver: the values over each history and the horizon after it, series after series.
  var drivers: [[[Double]]]

  init(season: Int, drivers: Int) {
    panel = SeriesPanel(season: season)
    self.drivers = [[[Double]]](repeating: [], count: drivers)
  }

  /// Adds the rows of a series; O(periods).
  mutating func append(_ run: SeriesRun, name: String, attributes: [String], grid: TimeGrid, horizon: Int) {
    let history = run.history
    let first = grid.ordinal(run.times[history?.lowerBound ?? 0])
    let last = history.map { grid.ordinal(run.times[$0.upperBound - 1]) } ?? first - grid.step
    var entry = Entry(
      name: name, last: last, anchor: grid.anchor(run.times), place: -1, knownCount: 0, attributes: attributes)
    if let history {
      var values = [Double](repeating: .nan, count: (last - first) / grid.step + 1)
      for index in history {
        values[(grid.ordinal(run.times[index]) - first) / grid.step] = run.values[index]
        if !run.values[index].isNaN { entry.knownCount += 1 }
      }
      entry.place = panel.count
      panel.append(values.span)
      for driver in drivers.indices {
        drivers[driver].append(column(run, driver, first: first, count: values.count + horizon, grid))
      }
    }
    entries.append(entry)
  }

  /// A driver on the grid of the history and the horizon; NaN where no row says.
  private func column(_ run: SeriesRun, _ driver: Int, first: Int, count: Int, _ grid: TimeGrid) -> [Double] {
    var column = [Double](repeating: .nan, count: count)
    for (index, time) in run.times.enumerated() {
      let place = (grid.ordinal(time) - first) / grid.step
      if place >= 0, place < count { column[place] = run.numbers[driver][index] }
    }
    return column
  }
}

/// Gives a table's series a chunk at a time: from the rows that the survey kept, or in a second pass over the file.
struct ChunkSource {
  /// The most values of a chunk, so that memory is bounded; a longer series is a chunk of its own.
  private static let mostValues = 1 << 20
  /// The most numbers in the forecasts of a chunk.
  private static let mostResults = 1 << 23

  private enum Origin {
    case store(SeriesStore, LongTableReader)
    case file(LongTableReader)
  }

  private let origin: Origin
  private let request: ForecastRequest
  private let grid: TimeGrid
  private let season: Int
  private let isWhole: Bool
  private let mostSeries: Int
  private var next = 0
  private var run: SeriesRun
  private var rows = LongRows()
  private var place = 0
  private var code: Int32 = -1

  /// - Parameter isWhole: whether series that are kept come in one chunk.
  init(
    _ survey: ForecastSurvey, _ request: ForecastRequest, _ grid: TimeGrid, season: Int, isWhole: Bool = false
  ) {
    self.isWhole = isWhole && survey.isComplete
    let results = request.horizon * (1 + 2 * request.levels.count) * request.models.count
    mostSeries = max(1, min(1 << 14, Self.mostResults / results))
    self.request = request
    self.grid = grid
    self.season = season
    run = SeriesRun(numberColumns: request.drivers.count)
    origin = survey.isComplete ? .store(survey.store, survey.reader) : .file(survey.table.reader())
  }

  /// Every series of the store, or of its sample, as one chunk.
  static func whole(_ survey: ForecastSurvey, _ request: ForecastRequest, _ grid: TimeGrid, season: Int) -> SeriesChunk
  {
    var chunk = SeriesChunk(season: season, drivers: request.drivers.count)
    var run = SeriesRun(numberColumns: request.drivers.count)
    for series in 0..<survey.store.count {
      survey.store.read(series, into: &run)
      append(run, survey.store.codes[series], survey.reader, request, grid, &chunk)
    }
    return chunk
  }

  private static func append(
    _ run: SeriesRun, _ code: Int32, _ reader: LongTableReader, _ request: ForecastRequest, _ grid: TimeGrid,
    _ chunk: inout SeriesChunk
  ) {
    let attributes = run.texts.enumerated().map { $1 < 0 ? "" : reader.text($0, $1) }
    chunk.append(
      run, name: reader.name(ofSeries: code), attributes: attributes, grid: grid, horizon: request.horizon)
  }

  /// The next series; nil after the last.
  mutating func nextChunk() -> SeriesChunk? {
    var chunk = SeriesChunk(season: season, drivers: request.drivers.count)
    switch origin {
    case .store(let store, let reader):
      while next < store.count, hasRoom(chunk) {
        store.read(next, into: &run)
        ChunkSource.append(run, store.codes[next], reader, request, grid, &chunk)
        next += 1
      }
    case .file(let reader): fill(&chunk, reader)
    }
    return chunk.entries.isEmpty ? nil : chunk
  }

  private func hasRoom(_ chunk: SeriesChunk) -> Bool {
    isWhole
      || chunk.panel.values.count < ChunkSource.mostValues && chunk.entries.count < mostSeries
  }

  private mutating func fill(_ chunk: inout SeriesChunk, _ reader: LongTableReader) {
    while hasRoom(chunk) {
      if place >= rows.count {
        place = 0
        guard reader.next(&rows) else {
          rows = LongRows()
          if !run.isEmpty { close(&chunk, reader) }
          return
        }
      }
      let own = rows.series[place]
      if own != code, !run.isEmpty {
        close(&chunk, reader)
        continue
      }
      code = own
      var end = place + 1
      while end < rows.count, rows.series[end] == own { end += 1 }
      run.append(rows, place..<end)
      place = end
    }
  }

  private mutating func close(_ chunk: inout SeriesChunk, _ reader: LongTableReader) {
    _ = run.sort()
    ChunkSource.append(run, code, reader, request, grid, &chunk)
    run.removeAll()
  }
}
