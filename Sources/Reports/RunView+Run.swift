import ChannelTypes
public import Planning
import Specifications
import Tables

extension RunView {
  /// The view of a run that has just been evaluated.
  ///
  /// - Parameters:
  ///   - folder: where its files are, as it is to be printed.
  ///   - timings: what the run cost; nil where it is not to be shown, so that equal runs give equal bytes.
  public init(_ run: Run, folder: String, timings: RunTimings? = nil) {
    self.init(
      run: run.name, plan: run.plan.name, scenario: run.plan.scenario, currency: run.plan.currency,
      seed: run.plan.seed, version: EngineVersion.current, inputHash: run.inputHash, folder: folder,
      inputs: RunView.inputs(run.plan, run.data), stages: run.stages.map(StageStatus.init),
      settings: run.loaded.resolved.values.map { Setting($0.name, $0.text, origin: $0.source) },
      indicators: run.stages.flatMap { $0.output?.indicators ?? [] },
      certificates: run.stages.flatMap { $0.output?.certificates ?? [] },
      findings: run.findings,
      tables: Dictionary(run.tables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
    self.timings = timings
  }

  /// The tables that were read, in the order of the catalogue.
  private static func inputs(_ plan: Plan, _ data: DataCatalogue) -> [Input] {
    DataProfile.profiles(plan, data.tables).compactMap { profile in
      data.entries[profile.table].map { Input(profile, $0) }
    }
  }
}

extension RunView.StageStatus {
  fileprivate init(_ record: StageRecord) {
    // The stage stands beside its note already.
    let prefix = "stage `\(record.name.rawValue)` was skipped: "
    let outcome: Outcome =
      switch record.status {
      case .ran, .reused: .ran
      case .skipped: .skipped
      case .infeasible, .invalid: .failed
      }
    self.init(
      record.name, outcome, note: record.status.diagnostics.map { $0.message.trimming(prefix) }.joined(separator: "; "))
  }
}

extension RunView.Input {
  fileprivate init(_ profile: DataProfile, _ entry: DataCatalogue.Entry) {
    var periods: ClosedRange<Period>?
    if let first = profile.first, let last = profile.last { periods = first...last }
    self.init(
      table: profile.table.rawValue, file: profile.file, rows: entry.table.rowCount,
      columns: entry.table.columns.count, periods: periods, gaps: profile.gaps, hash: entry.contentHash)
  }
}

extension String {
  /// The text without `prefix`, where it begins so.
  fileprivate func trimming(_ prefix: String) -> String { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self }
}
