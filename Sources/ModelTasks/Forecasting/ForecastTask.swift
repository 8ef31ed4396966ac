internal import Demand
internal import Dispatch
public import Tables
internal import TimeSeries

/// Forecasts any long table: `sluice forecast`.
///
/// 1. A first pass finds everything that is wrong, the step of the times, and keeps the rows, or a sample of the series
///    where the table is large.
/// 2. Each model learns what the series share.
/// 3. Chunk after chunk of series is forecast and written. Where the rows are grouped by series, memory does not grow
///    with the table but for some fifty bytes a series.
public struct ForecastTask {
  /// Where rows go.
  public enum Output {
    /// A file that appears whole or not at all; compressed where its name ends in `.gz`.
    case file(String)
    /// Anything that takes bytes, and says whether it wants more.
    case stream(([UInt8]) -> Bool)
  }

  private let request: ForecastRequest
  /// Nil for the regression on drivers.
  private let models: [(any PanelModel)?]
  private let survey: ForecastSurvey
  private let grid: TimeGrid
  private let season: Int
  /// Takes what is being done, and how far it is where that is counted.
  public typealias Progress = (_ work: String, _ counted: (done: Int, total: Int)?) -> Void

  private let progress: Progress

  /// Reads a table and writes its forecasts.
  /// - Parameters:
  ///   - progress: takes what is being done, and how far it is.
  ///   - findings: everything that is wrong or worth knowing.
  /// - Returns: false where there is an error among the findings; nothing is written then.
  public static func run(
    _ request: ForecastRequest, to output: Output, progress: @escaping Progress = { _, _ in },
    findings: inout Findings
  ) -> Bool {
    var own = Findings(limit: findings.limit)
    defer { findings.merge(own) }
    guard let task = ForecastTask(request, progress, &own) else { return false }
    do throws(FileError) {
      try task.write(to: output, findings: &own)
    } catch {
      own.add(error.diagnostic)
    }
    return !own.hasErrors
  }

  private init?(_ request: ForecastRequest, _ progress: @escaping Progress, _ findings: inout Findings) {
    ForecastTask.checkModels(request, &findings)
    var overrides: ForecastOverrides?
    if let reference = request.overrides { overrides = ForecastOverrides(reference, findings: &findings) }
    progress("reading \(request.table.displayPath)", nil)
    let survey = ForecastSurvey(request, overrides, findings: &findings)
    guard !findings.hasErrors, let survey, let grid = survey.grid else { return nil }
    self.request = request
    models = request.models.map { name in
      if !request.drivers.isEmpty, ChunkModel.isDriverRegression(name) { return nil }
      return ForecastModels.model(named: name, threads: request.threads, seriesCount: survey.seriesCount)
    }
    self.survey = survey
    self.grid = grid
    self.progress = progress
    season = request.season ?? grid.season
  }

  /// Refuses names of models that do not exist.
  private static func checkModels(_ request: ForecastRequest, _ findings: inout Findings) {
    for name in request.models where ForecastModels.canonicalName(name) == nil {
      if !request.drivers.isEmpty, ChunkModel.isDriverRegression(name) { continue }
      let near = Suggestion.closest(to: name, among: ForecastModels.names).map { "did you mean `\($0)`?" }
      findings.add(
        Diagnostic(
          ForecastTaskCodes.unknownModel, "--model: there is no model `\(name)`",
          hint: near ?? "the models are \(ForecastModels.names.joined(separator: ", "))"))
    }
  }

  // MARK: Forecasts

  private func write(to output: Output, findings: inout Findings) throws(FileError) {
    let writer = ForecastWriter(request, grid: grid, overrides: survey.overrides)
    progress("learning from \(survey.store.count) series", nil)
    let sample = ChunkSource.whole(survey, request, grid, season: season)
    let fitted = fit(sample, &findings)
    guard !findings.hasErrors else { return }
    var forecaster = ChunkForecaster(
      models: fitted, horizon: request.horizon, step: grid.step, probabilities: writer.probabilities,
      peers: peers(sample, fitted, writer.probabilities))
    switch output {
    case .file(let path):
      var file = try TextFileWriter(path: path)
      try file.append(writer.header)
      try forEachChunk(writer, &forecaster) { (parts) throws(FileError) in
        for bytes in parts { try file.append(bytes) }
        return true
      }
      try file.commit()
    case .stream(let take):
      guard take(writer.header) else { return }
      try forEachChunk(writer, &forecaster) { parts in parts.allSatisfy(take) }
    }
    forecaster.report(request, &findings)
  }

  /// Every model after it has learnt what the series share.
  private func fit(_ sample: SeriesChunk, _ findings: inout Findings) -> [ChunkModel] {
    var fitted: [ChunkModel] = []
    for (name, model) in zip(request.models, models) {
      do {
        if let model {
          fitted.append(.panel(try model.fit(sample.panel, horizon: request.horizon)))
        } else {
          let factors = request.peerColumns
          let panel = sample.driverPanel(request.drivers, factors, horizon: request.horizon, step: grid.step)
          let forecaster = try DriverForecaster(threads: request.threads).fit(panel)
          fitted.append(.drivers(forecaster, names: request.drivers, factors: factors))
        }
      } catch {
        findings.add(ForecastTask.unusable(name, error, request))
      }
    }
    for model in fitted {
      if let finding = model.finding { findings.add(finding) }
    }
    return fitted
  }

  private static func unusable(_ name: String, _ error: any Error, _ request: ForecastRequest) -> Diagnostic {
    Diagnostic(
      ForecastTaskCodes.noHistory, "`\(name)` cannot forecast this table: \(error)",
      at: SourcePlace(file: request.table.displayPath))
  }

  private func peers(
    _ sample: SeriesChunk, _ fitted: [ChunkModel], _ probabilities: [Double]
  ) -> PeerForecasts? {
    // A regression on drivers forecasts short series itself, from the effects of the others.
    let panelModels = fitted.compactMap(\.panelModel)
    guard !survey.coldTexts.isEmpty, panelModels.count == fitted.count else { return nil }
    let wanted = survey.coldTexts.map { texts in
      texts.enumerated().map { $1 < 0 ? "" : survey.reader.text($0, $1) }
    }
    return PeerForecasts(
      sample, wanted: Set(wanted), grid: grid, horizon: request.horizon, probabilities: probabilities
    ) { panel in panelModels.map { $0.forecast(panel, probabilities: probabilities) } }
  }

  /// Forecasts chunk after chunk; while one is forecast, the next is read.
  private func forEachChunk(
    _ writer: ForecastWriter, _ forecaster: inout ChunkForecaster,
    _ write: ([[UInt8]]) throws(FileError) -> Bool
  ) throws(FileError) {
    // Drivers of one series may explain another: then all are forecast together.
    let isWhole = models.contains { $0 == nil }
    var source = ChunkSource(survey, request, grid, season: season, isWhole: isWhole)
    var current = source.nextChunk()
    var done = 0
    progress("forecasting series", (0, survey.seriesCount))
    while let chunk = current {
      var parts: [[UInt8]] = []
      var next: SeriesChunk?
      ForecastTask.both(
        threads: request.threads, { next = source.nextChunk() },
        { parts = writer.rows(chunk, forecaster.forecasts(chunk), threads: request.threads) })
      guard try write(parts) else { return }
      done += chunk.entries.count
      progress("forecasting series", (done, survey.seriesCount))
      current = next
    }
  }

  /// Runs two pieces of work that do not touch each other, side by side where there is more than one thread.
  private static func both(threads: Int, _ first: () -> Void, _ second: () -> Void) {
    guard threads > 1 else {
      first()
      second()
      return
    }
    withoutActuallyEscaping(first) { first in
      withoutActuallyEscaping(second) { second in
        nonisolated(unsafe) let work = [first, second]
        DispatchQueue.concurrentPerform(iterations: 2) { work[$0]() }
      }
    }
  }
}

/// Forecasts chunks with every model, and fills in where a model or a series gives nothing.
struct ChunkForecaster {
  let models: [ChunkModel]
  let horizon: Int
  /// Of the grid.
  let step: Int
  let probabilities: [Double]
  let peers: PeerForecasts?
  private var coldCount = 0
  private var coldNames: [String] = []
  private var leftOutCount = 0
  private var leftOutNames: [String] = []
  private var replacedCounts: [Int]

  init(models: [ChunkModel], horizon: Int, step: Int, probabilities: [Double], peers: PeerForecasts?) {
    self.models = models
    self.horizon = horizon
    self.step = step
    self.probabilities = probabilities
    self.peers = peers
    replacedCounts = models.map { _ in 0 }
  }

  /// One forecast for each model.
  mutating func forecasts(_ chunk: SeriesChunk) -> [ChunkForecast] {
    var all: [ChunkForecast] = []
    for (index, model) in models.enumerated() {
      let forecast = model.forecast(chunk, step: step, probabilities: probabilities)
      var result = ChunkForecast(
        entries: chunk.entries.count, horizon: horizon, probabilityCount: probabilities.count)
      for (place, entry) in chunk.entries.enumerated() {
        let isShort = entry.knownCount < PeerForecasts.fewest
        if isShort, let peers, peers.fill(entry, at: place, chunk, model: index, into: &result) {
          if index == 0 { noteCold(entry) }
          continue
        }
        guard entry.place >= 0 else {
          if index == 0 { noteLeftOut(entry) }
          continue
        }
        result.set(place, from: forecast, series: entry.place)
        if !result.isFinite(place) { replace(place, entry, chunk, model: index, &result) }
      }
      all.append(result)
    }
    return all
  }

  private mutating func noteCold(_ entry: SeriesChunk.Entry) {
    coldCount += 1
    if coldNames.count < 5 { coldNames.append(entry.name) }
  }

  private mutating func noteLeftOut(_ entry: SeriesChunk.Entry) {
    leftOutCount += 1
    if leftOutNames.count < 5 { leftOutNames.append(entry.name) }
  }

  /// The seasonal naive forecast in place of one with a number that is not finite.
  private mutating func replace(
    _ place: Int, _ entry: SeriesChunk.Entry, _ chunk: SeriesChunk, model: Int, _ result: inout ChunkForecast
  ) {
    replacedCounts[model] += 1
    let panel = chunk.panel.selecting([entry.place])
    let naive = LocalPanelModel(SeasonalNaive())
    guard let forecast = try? naive.fit(panel, horizon: horizon).forecast(panel, probabilities: probabilities) else {
      return
    }
    result.set(place, from: forecast, series: 0)
  }

  func report(_ request: ForecastRequest, _ findings: inout Findings) {
    let file = SourcePlace(file: request.table.displayPath)
    func list(_ names: [String], _ count: Int) -> String {
      names.joined(separator: ", ") + (count > names.count ? ", …" : "")
    }
    if coldCount > 0 {
      findings.add(
        Diagnostic(
          ForecastTaskCodes.coldStart, .note,
          "\(coldCount) series have fewer than \(PeerForecasts.fewest) values and are forecast from their peers",
          at: file,
          notes: [list(coldNames, coldCount)]))
    }
    if leftOutCount > 0 {
      findings.add(
        Diagnostic(
          ForecastTaskCodes.noHistory, .warning, "\(leftOutCount) series have no value and are left out", at: file,
          hint: "`--peers COLUMN` forecasts them from series that are alike", notes: [list(leftOutNames, leftOutCount)])
      )
    }
    for (name, count) in zip(request.models, replacedCounts) where count > 0 {
      findings.add(
        Diagnostic(
          ForecastTaskCodes.replaced, .warning,
          "`\(name)` gives no finite forecast for \(count) series; they have the seasonal naive one", at: file))
    }
  }
}
