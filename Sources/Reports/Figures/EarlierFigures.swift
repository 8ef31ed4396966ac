import ChannelTypes
import Tables

/// Earlier runs against this one, read from `earlier_kpis`, `earlier_outcomes` and `earlier_forecasts`.
struct EarlierFigures {
  /// A key figure then and now.
  struct Movement {
    var run: String
    var name: String
    var label: String
    var unit: String
    var before: Double
    var now: Double

    var change: Double { now - before }
    /// Relative to what it was; NaN where that was nothing.
    var relative: Double { before == 0 ? .nan : change / abs(before) }

    /// How much it moved, for the order of figures: what was nothing before comes first.
    var size: Double { relative.isFinite ? abs(relative) : .infinity }

    /// `+3.2 %`, `−1.4 points`; nil where nothing changed as far as a reader can see.
    var changeText: String? {
      guard change != 0, before.isFinite, now.isFinite else { return nil }
      let visible = unit == "share" || before == 0 ? change : relative
      guard before == 0 || (visible * 1000).rounded() != 0 else { return nil }
      return FigureText.change(from: before, to: now, unit: unit).typographic
    }

    func value(_ value: Double) -> String {
      unit == "share" ? NumberText.percent(value) : NumberText.compact(value).typographic
    }
  }

  /// What was promised of a measure for one period, over all regions, and what came.
  struct Outcome {
    var run: String
    var measure: String
    var basis: String
    var period: Period
    var promised: Double
    var realised: Double
  }

  /// What was forecast of the network or a region for one period, and what was observed.
  struct Forecast {
    var run: String
    /// Nil for the whole network.
    var region: String?
    var period: Period
    var step: Double
    var mean: Double
    var lower: Double
    var upper: Double
    var value: Double
    /// What repeating the last known year would have said.
    var repeated: Double
  }

  /// In the order in which the runs were named.
  let runs: [String]
  let movements: [Movement]
  /// By run, measure and basis, periods ascending.
  let outcomes: [Outcome]
  /// By run and region, periods ascending.
  let forecasts: [Forecast]

  init?(_ view: RunView) {
    movements = view.filled("earlier_kpis").map(Self.movements) ?? []
    outcomes = view.filled("earlier_outcomes").map(Self.outcomes) ?? []
    forecasts = view.filled("earlier_forecasts").map(Self.forecasts) ?? []
    var seen: Set<String> = []
    runs = (movements.map(\.run) + outcomes.map(\.run) + forecasts.map(\.run)).filter { seen.insert($0).inserted }
    guard !runs.isEmpty else { return nil }
  }

  /// The change of a key figure since the run that was named last, where this run's figure is `value`.
  func since(_ name: String, showing value: Double) -> String? {
    guard let run = runs.last,
      let movement = movements.first(where: { $0.run == run && $0.name == name }),
      abs(movement.now - value) <= 1e-3 * abs(value)
    else { return nil }
    return movement.changeText.map { say("\($0) since \(run)") } ?? say("unchanged since \(run)")
  }

  // MARK: - Reading

  private static func movements(_ table: Table) -> [Movement] {
    let (run, name, label) = (table.cells("run"), table.cells("name"), table.cells("label"))
    let unit = table.cells("unit")
    let (before, now) = (table.cells("before"), table.cells("now"))
    return (0..<table.rowCount).filter { before.number($0).isFinite && now.number($0).isFinite }.map { row in
      Movement(
        run: run.text(row), name: name.text(row), label: say(label: label.text(row)), unit: unit.text(row),
        before: before.number(row), now: now.number(row))
    }
  }

  private static func outcomes(_ table: Table) -> [Outcome] {
    struct Group: Hashable {
      var run: String
      var measure: String
      var basis: String
      var period: Period
    }
    let (run, measure, basis) = (table.cells("run"), table.cells("measure"), table.cells("basis"))
    let (period, promised, realised) = (table.cells("period"), table.cells("promised"), table.cells("realised"))
    var order: [Group] = []
    var sums: [Group: (promised: Double, realised: Double)] = [:]
    for row in 0..<table.rowCount {
      guard let when = period.period(row) else { continue }
      let group = Group(run: run.text(row), measure: measure.text(row), basis: basis.text(row), period: when)
      if sums[group] == nil { order.append(group) }
      sums[group, default: (0, 0)].promised += knownSum([promised.number(row)])
      sums[group, default: (0, 0)].realised += knownSum([realised.number(row)])
    }
    return order.map { group in
      let sum = sums[group] ?? (0, 0)
      return Outcome(
        run: group.run, measure: group.measure, basis: group.basis, period: group.period, promised: sum.promised,
        realised: sum.realised)
    }
  }

  private static func forecasts(_ table: Table) -> [Forecast] {
    let (run, level, region) = (table.cells("run"), table.cells("level"), table.cells("region"))
    let (period, step, mean) = (table.cells("period"), table.cells("step"), table.cells("mean"))
    let (lower, upper) = (table.cells("p10"), table.cells("p90"))
    let (value, repeated) = (table.cells("value"), table.cells("seasonal_naive"))
    return (0..<table.rowCount).compactMap { row in
      guard let when = period.period(row), mean.number(row).isFinite, value.number(row).isFinite else { return nil }
      return Forecast(
        run: run.text(row), region: level.text(row) == "total" ? nil : region.text(row), period: when,
        step: step.number(row), mean: mean.number(row), lower: lower.number(row), upper: upper.number(row),
        value: value.number(row), repeated: repeated.number(row))
    }
  }
}

/// How forecasts did against what came: sums over periods, relative to what came.
struct ForecastRecord {
  let count: Int
  /// Σ|forecast − value| / Σ value.
  let error: Double
  /// Σ(forecast − value) / Σ value: positive where too much was expected.
  let bias: Double
  /// The error of repeating the last year on the same periods; NaN where it is not known for all of them.
  let errorOfRepeating: Double
  /// Periods inside the 80 % range, of those that have one.
  let inside: Int
  let ranged: Int

  init(_ forecasts: [EarlierFigures.Forecast]) {
    let total = forecasts.reduce(0) { $0 + $1.value }
    func relative(_ miss: (EarlierFigures.Forecast) -> Double) -> Double {
      total > 0 ? forecasts.reduce(0) { $0 + miss($1) } / total : .nan
    }
    count = forecasts.count
    error = relative { abs($0.mean - $0.value) }
    bias = relative { $0.mean - $0.value }
    errorOfRepeating = relative { abs($0.repeated - $0.value) }
    let ranges = forecasts.filter { $0.lower <= $0.upper }
    ranged = ranges.count
    inside = ranges.count { ($0.lower...$0.upper).contains($0.value) }
  }
}
