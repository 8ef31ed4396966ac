internal import ChannelTypes
internal import Glibc
internal import Specifications
internal import Tables
internal import TimeSeries

/// A contestant that is ready to forecast panels.
struct Contestant {
  enum Way {
    case model(any PanelModel)
    case program(ExternalProgram)
    case file(ForecastFile, model: String?)
  }

  let name: String
  let way: Way

  /// What came of one panel.
  struct Attempt {
    /// Nil where the contestant failed.
    var forecast: PanelForecast?
    var use = ResourceUse.none
    /// Why it failed, or what is wrong with the forecast.
    var findings: [Diagnostic] = []
  }

  func attempt(_ panel: BenchmarkPanel, suite: BenchmarkSuite, place: SourcePlace) -> Attempt {
    let report = AttemptReport(suite: suite, contestant: name, panel: panel, place: place)
    var attempt: Attempt
    switch way {
    case .model(let model):
      do {
        let (forecast, use) = try ResourceUse.of {
          try model.fit(panel.history, horizon: panel.horizon).forecast(
            panel.history, probabilities: suite.probabilities)
        }
        attempt = Attempt(forecast: forecast, use: use)
      } catch { attempt = Attempt(findings: [report.failure("\(error)")]) }
    case .program(let program): attempt = self.attempt(panel, program, suite, report)
    case .file(let file, let model):
      let (forecast, strays) = file.forecast(panel, model: model, probabilities: suite.probabilities)
      attempt = Attempt(forecast: forecast)
      if strays > 0, suite.tasks.count == 1 { attempt.findings.append(report.strays(strays)) }
    }
    if let forecast = attempt.forecast { attempt.findings += report.missing(forecast) }
    if let forecast = attempt.forecast, forecast.median.allSatisfy({ !$0.isFinite }) { attempt.forecast = nil }
    return attempt
  }

  private func attempt(
    _ panel: BenchmarkPanel, _ program: ExternalProgram, _ suite: BenchmarkSuite, _ report: AttemptReport
  ) -> Attempt {
    let folder: TemporaryFolder
    do throws(FileError) {
      folder = try TemporaryFolder()
      try AtomicFile.write(HistoryText.csv(panel), to: folder.path + "/history.csv")
    } catch { return Attempt(findings: [report.failure(error.diagnostic.message)]) }
    let levels = suite.levels.map(\.written).joined(separator: ",")
    let arguments = [
      "--horizon", String(panel.horizon), "--season", String(panel.history.season), "--levels", levels,
    ]
    do throws(ExternalProgram.Failure) {
      let use = try program.run(
        input: folder.path + "/history.csv", output: folder.path + "/forecast.csv",
        messages: folder.path + "/messages.txt", arguments: arguments)
      var findings = Findings(limit: 3)
      let file = ForecastFile.read(
        folder.path + "/forecast.csv", displayPath: "output of \(name)", findings: &findings)
      guard let file else {
        return Attempt(use: use, findings: [report.failure("its output cannot be read")] + findings.kept)
      }
      let (forecast, strays) = file.forecast(panel, model: nil, probabilities: suite.probabilities)
      return Attempt(forecast: forecast, use: use, findings: strays > 0 ? [report.strays(strays)] : [])
    } catch {
      switch error {
      case .cannotStart(let reason): return Attempt(findings: [report.failure("it cannot be started: \(reason)")])
      case .ended(let status, let message):
        let said = message.isEmpty ? "" : ": \(message.prefix(200))"
        return Attempt(findings: [report.failure("it ended with status \(status)\(said)")])
      case .ranOutOfTime(let seconds):
        return Attempt(findings: [report.failure("it was ended after \(seconds.written) seconds")])
      case .file(let error): return Attempt(findings: [report.failure(error.diagnostic.message)])
      }
    }
  }
}

/// Findings about one contestant in one panel.
struct AttemptReport {
  let suite: BenchmarkSuite
  let contestant: String
  let panel: BenchmarkPanel
  let place: SourcePlace

  private var spot: String {
    "`\(panel.task)`" + (panel.window.isEmpty ? "" : " (\(panel.window))")
  }

  func failure(_ reason: String) -> Diagnostic {
    suite.diagnostic(
      BenchmarkCodes.contestantFailed, .warning, "`\(contestant)` failed in \(spot): \(reason)", at: place,
      hint: "it is ranked last there")
  }

  func strays(_ count: Int) -> Diagnostic {
    suite.diagnostic(
      BenchmarkCodes.strayForecasts, .warning,
      "`\(contestant)` gives \(count) forecasts that are not part of \(spot)",
      at: place, hint: "they are left out")
  }

  /// A finding where forecasts are missing.
  func missing(_ forecast: PanelForecast) -> [Diagnostic] {
    let steps = panel.horizon
    let bad = panel.ids.indices.filter { series in
      !(0..<steps).allSatisfy { forecast.median[series * steps + $0].isFinite }
    }
    guard let first = bad.first else { return [] }
    if bad.count == panel.ids.count, forecast.median.allSatisfy({ !$0.isFinite }) {
      return [failure("it gives no forecast of any series")]
    }
    return [
      suite.diagnostic(
        BenchmarkCodes.missingForecasts, .warning,
        "`\(contestant)` misses \(bad.count) of \(panel.ids.count) series in \(spot), such as `\(panel.ids[first])`",
        at: place, hint: "Naive2 stands in for them; by rank it is last in these series")
    ]
  }
}

/// A history as contestants read it.
enum HistoryText {
  /// `unique_id,ds,y`; an unknown value is an empty cell.
  static func csv(_ panel: BenchmarkPanel) -> String {
    var ids: [String] = []
    var times: [String] = []
    var values: [Double] = []
    for (series, id) in panel.ids.enumerated() {
      let history = panel.history.values(ofSeries: series)
      for (index, value) in history.enumerated() {
        ids.append(id)
        times.append(
          panel.lastPeriods[series].advanced(by: (index + 1 - history.count) * panel.periodStep).description)
        values.append(value)
      }
    }
    return CSVWriter.text(
      Table(
        name: "history",
        columns: [.text("unique_id", ids), .text("ds", times), Column(name: "y", values: .real(values))]))
  }
}

/// A folder that goes when nothing holds it any more.
final class TemporaryFolder {
  let path: String

  init() throws(FileError) {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((base + "/sluice-bench-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw .notWritable(path: base, reason: String(cString: strerror(errno))) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    for name in ["history.csv", "forecast.csv", "messages.txt"] { unlink(path + "/" + name) }
    rmdir(path)
  }
}
