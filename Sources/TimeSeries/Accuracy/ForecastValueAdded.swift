/// A forecast that was made and kept: what a plan said at its time.
public struct ForecastSnapshot: Sendable, Hashable {
  /// What was known when it was made: the last period with data, in the order of time.
  public var madeOn: Int
  public var series: String
  /// The period that it is about.
  public var period: Int
  /// Who or what made it: `naive`, `auto`, `override`.
  public var step: String
  public var value: Double
  /// Why a person changed it.
  public var reason: String?

  public init(madeOn: Int, series: String, period: Int, step: String, value: Double, reason: String? = nil) {
    self.madeOn = madeOn
    self.series = series
    self.period = period
    self.step = step
    self.value = value
    self.reason = reason
  }
}

/// What each step of a planning process adds to accuracy: the naive forecast, the statistical baseline, the planners'
/// overrides. All steps are judged by the same forecasts, those that every step made.
///
/// Source: Gilliland, "The Business Forecasting Deal" (2010), chapter 4, the stairstep report.
public struct ForecastValueAdded: Sendable, Hashable {
  public struct Step: Sendable, Hashable {
    public let name: String
    /// Σ|error| / Σ|actual|.
    public let wape: Double
    /// Σ(forecast − actual) / Σ|actual|: positive where the step forecasts too much.
    public let bias: Double
    /// How many points of WAPE the step takes away from the one before it, and from the first; negative where it harms.
    public let addedToPrevious: Double
    public let addedToFirst: Double
    /// Of the forecasts that the step changed, the share that it brought nearer to the actual value; NaN where it
    /// changed none.
    public let improvedShare: Double
    /// Forecasts that differ from the step before.
    public let changed: Int
  }

  public let steps: [Step]
  /// Forecasts that every step made and whose outcome is known.
  public let count: Int

  /// - Parameters:
  ///   - actual: what happened, one value for each kept forecast; NaN where it is not known yet.
  ///   - steps: in the order of the process, each with forecasts in the order of `actual`; NaN where there is none.
  public init(actual: [Double], steps: [(name: String, forecasts: [Double])]) {
    precondition(steps.allSatisfy { $0.forecasts.count == actual.count }, "every step has a forecast for each actual")
    let known = actual.indices.filter { index in
      !actual[index].isNaN && steps.allSatisfy { !$0.forecasts[index].isNaN }
    }
    let size = known.reduce(0) { $0 + abs(actual[$1]) }
    func share(_ sum: Double) -> Double { size > 0 ? sum / size : .nan }
    var scored: [Step] = []
    for (place, step) in steps.enumerated() {
      let wape = share(known.reduce(0) { $0 + abs(step.forecasts[$1] - actual[$1]) })
      let bias = share(known.reduce(0) { $0 + step.forecasts[$1] - actual[$1] })
      let before = place > 0 ? steps[place - 1].forecasts : step.forecasts
      let changed = known.filter { before[$0] != step.forecasts[$0] }
      let better = changed.count { abs(step.forecasts[$0] - actual[$0]) < abs(before[$0] - actual[$0]) }
      scored.append(
        Step(
          name: step.name, wape: wape, bias: bias, addedToPrevious: (scored.last?.wape ?? wape) - wape,
          addedToFirst: (scored.first?.wape ?? wape) - wape,
          improvedShare: changed.isEmpty ? .nan : Double(better) / Double(changed.count), changed: changed.count))
    }
    self.steps = scored
    count = known.count
  }

  /// Joins kept forecasts with what happened. A step that made no forecast of its own for a period keeps that of the
  /// step before, as a plan without an override does; what the first step did not forecast is left out.
  /// - Parameters:
  ///   - order: of the steps in the process.
  ///   - actual: the value of a series in a period; nil where it is not known yet.
  /// - Complexity: O(n log n).
  public init(_ snapshots: [ForecastSnapshot], order: [String], actual: (_ series: String, _ period: Int) -> Double?) {
    struct Key: Hashable { let madeOn: Int, series: String, period: Int }
    var rows: [Key: Int] = [:]
    var columns = order.map { _ in [Double]() }
    var outcomes: [Double] = []
    let places = Dictionary(order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    for snapshot in snapshots {
      guard let place = places[snapshot.step] else { continue }
      let key = Key(madeOn: snapshot.madeOn, series: snapshot.series, period: snapshot.period)
      let row: Int
      if let known = rows[key] {
        row = known
      } else {
        row = outcomes.count
        rows[key] = row
        outcomes.append(actual(snapshot.series, snapshot.period) ?? .nan)
        for column in columns.indices { columns[column].append(.nan) }
      }
      columns[place][row] = snapshot.value
    }
    for place in columns.indices.dropFirst() {
      for row in outcomes.indices where columns[place][row].isNaN { columns[place][row] = columns[place - 1][row] }
    }
    self.init(actual: outcomes, steps: zip(order, columns).map { ($0, $1) })
  }
}
