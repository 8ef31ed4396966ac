import ChannelTypes
import Specifications
public import Tables

/// Earlier runs held against a later one: how key figures moved, what came of promises, and how forecasts did.
public struct EarlierRuns: Sendable {
  /// `earlier_kpis`, `earlier_outcomes`, `earlier_forecasts`, without those that have no row.
  public let tables: [Table]

  public init(_ earlier: [ComparedRun], against run: ComparedRun) {
    let all = [
      Self.figures(earlier, run),
      Self.outcomes(earlier.flatMap { old in RunComparison([old, run]).outcomes.map { (old.name, $0) } }),
      Self.forecasts(earlier.flatMap { old in ForecastOutcome.of(old, seenBy: run).map { (old.name, $0) } }),
    ]
    tables = all.filter { $0.rowCount > 0 }
  }

  /// Figures whose label is another one speak of other periods ("Sales of 2025Q4"): they did not move, they are others.
  private static func figures(_ earlier: [ComparedRun], _ run: ComparedRun) -> Table {
    let now = Dictionary(run.figures.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let rows = earlier.flatMap { old in
      old.figures.compactMap { figure -> (run: String, figure: RunComparison.Figure, before: Double, now: Double)? in
        guard let later = now[figure.name], later.label == figure.label, later.unit == figure.unit,
          let before = figure.values[0], let value = later.values[0]
        else { return nil }
        return (old.name, later, before, value)
      }
    }
    return Table(
      name: "earlier_kpis", rows: rows,
      columns: [
        .text("run", \.run), .text("name", \.figure.name), .text("label", \.figure.label),
        .text("unit", \.figure.unit), .text("better", \.figure.better), .real("before") { tabled($0.before, 6) },
        .real("now") { tabled($0.now, 6) }, .real("change") { tabled($0.now - $0.before, 6) },
        .real("change_pct") { tabled($0.before == 0 ? .nan : ($0.now - $0.before) / abs($0.before) * 100, 4) },
      ])
  }

  private static func outcomes(_ rows: [(run: String, outcome: RunComparison.Outcome)]) -> Table {
    Table(
      name: "earlier_outcomes", rows: rows,
      columns: [
        .text("run", \.run), .text("measure", \.outcome.measure.rawValue), .text("id", \.outcome.id),
        .text("period", \.outcome.period.description), .real("promised") { tabled($0.outcome.promised, 4) },
        .real("realised") { tabled($0.outcome.realised, 4) },
        .real("difference") { tabled($0.outcome.difference, 4) }, .text("basis", \.outcome.basis),
      ])
  }

  private static func forecasts(_ rows: [(run: String, outcome: ForecastOutcome)]) -> Table {
    Table(
      name: "earlier_forecasts", rows: rows,
      columns: [
        .text("run", \.run), .text("level") { $0.outcome.place.region == nil ? "total" : "region" },
        .text("region", \.outcome.place.region),
        .period("period", form: rows.first?.outcome.place.period.form ?? .month, \.outcome.place.period),
        .integer("step", \.outcome.step), .real("mean") { tabled($0.outcome.mean) },
        .real("p10") { tabled($0.outcome.lower) }, .real("p90") { tabled($0.outcome.upper) },
        .real("value") { tabled($0.outcome.observed) }, .real("seasonal_naive") { tabled($0.outcome.repeated) },
      ])
  }
}

/// What a run forecast of a period that a later run has observed.
struct ForecastOutcome {
  var place: ComparedRun.Place
  /// Periods ahead, 1 for the first.
  var step: Int
  var mean: Double
  var lower: Double
  var upper: Double
  var observed: Double
  /// The same period of the last year that the earlier run could know: the forecast that costs nothing.
  var repeated: Double

  /// None where the two runs forecast different measures.
  static func of(_ run: ComparedRun, seenBy later: ComparedRun) -> [ForecastOutcome] {
    guard run.measure == later.measure else { return [] }
    let (seen, known) = (later.observations, run.observations)
    let expectations = run.expectations
    guard let start = expectations.map(\.place.period).min() else { return [] }
    let year = start.form.frequency?.periodsPerYear
    return expectations.compactMap { expectation in
      let place = expectation.place
      guard let observed = seen[place], place.period.form == start.form else { return nil }
      let step = place.period.ordinal - start.ordinal + 1
      var repeated = Double.nan
      if let year {
        let back = (step + year - 1) / year * year
        repeated = known[.init(region: place.region, period: place.period.advanced(by: -back))] ?? .nan
      }
      return ForecastOutcome(
        place: place, step: step, mean: expectation.mean, lower: expectation.lower, upper: expectation.upper,
        observed: observed, repeated: repeated)
    }
  }
}

extension Run {
  /// The run with earlier ones held against it; one that shares nothing with it becomes a note.
  public func held(against earlier: [ComparedRun]) -> Run {
    var run = self
    let compared = ComparedRun(
      name: name, measure: loaded.resolved.values.first { $0.name == "forecast.measure" }?.text ?? "", tables: tables)
    run.earlier = EarlierRuns(earlier, against: compared)
    for old in earlier where EarlierRuns([old], against: compared).tables.isEmpty {
      run.findings.add(
        Diagnostic(
          SavedRunCodes.nothingShared, .note, "the run `\(old.name)` has no figure in common with this one",
          hint: "name a run of the same plan, with stages that this one has too"))
    }
    return run
  }
}
