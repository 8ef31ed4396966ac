import ChannelTypes
public import Planning
import Specifications
import Tables

extension RunView {
  /// The view of a run that has just been evaluated.
  ///
  /// - Parameters:
  ///   - folder: where its files are, as it is to be printed.
  ///   - timings: whether to show how long each stage took; a report leaves it out, so that equal runs give equal
  ///     bytes.
  public init(_ run: Run, folder: String, timings: Bool = false) {
    self.init(
      run: run.name, plan: run.plan.name, scenario: run.plan.scenario, currency: run.plan.currency,
      seed: run.plan.seed, version: EngineVersion.current, folder: folder,
      inputs: RunView.inputs(run.data), stages: run.stages.map { StageStatus($0, timings: timings) },
      settings: run.loaded.resolved.values.map { Setting($0.name, $0.text, origin: $0.source) },
      indicators: run.stages.flatMap { $0.output?.indicators ?? [] },
      certificates: run.stages.flatMap { $0.output?.certificates ?? [] },
      findings: run.findings,
      tables: Dictionary(run.tables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
  }

  /// The tables that were read, in the order of the catalogue.
  public static func inputs(_ data: DataCatalogue) -> [Input] {
    InputTable.allCases.compactMap { name in data.entries[name].map { Input(name, $0) } }
  }
}

extension RunView.StageStatus {
  fileprivate init(_ record: StageRecord, timings: Bool) {
    let outcome: Outcome =
      switch record.status {
      case .ran, .reused: .ran
      case .skipped: .skipped
      case .infeasible, .invalid: .failed
      }
    self.init(
      record.name, outcome, note: record.status.diagnostics.map(\.message).joined(separator: "; "),
      seconds: timings ? record.seconds : nil)
  }
}

extension RunView.Input {
  fileprivate init(_ name: InputTable, _ entry: DataCatalogue.Entry) {
    let span = entry.table.periodSpan
    self.init(
      table: name.rawValue, file: entry.reference.displayPath, rows: entry.table.rowCount,
      columns: entry.table.columns.count, periods: span?.range, gaps: span?.gaps ?? 0, hash: entry.contentHash)
  }
}

extension Table {
  /// The range of the table's key period and how many periods in it have no row; nil where it has no such column.
  fileprivate var periodSpan: (range: ClosedRange<Period>, gaps: Int)? {
    for name in ["period", "snapshot", "date", "year"] {
      guard let column = self[column: name], case .period(let periods) = column.values else { continue }
      let known = Set(periods.ordinals.filter { $0 != Unknown.ordinal })
      guard let first = known.min(), let last = known.max() else { return nil }
      let range = Period(form: periods.form, ordinal: Int(first))...Period(form: periods.form, ordinal: Int(last))
      // Days are events, not a grid: a day without a row is no gap.
      return (range, periods.form == .day ? 0 : Int(last - first) + 1 - known.count)
    }
    return nil
  }
}
