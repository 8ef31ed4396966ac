internal import Glibc

/// The distribution of occasional demand, learnt over a whole panel.
///
/// Single intermittent series say little: a handful of demands, and nothing about the tail. Here every past period of
/// every series gives one row: what the series had shown by then (``DemandState``) and what came `h` periods later.
///
/// 1. The chance of any demand is a logistic regression on the state, then brought to the present level of the panel by
///    a second one on the latest rows alone.
/// 2. The size of a demand is one plus a negative binomial variable where a series has small whole numbers, mixed with
///    the sizes that it has shown; otherwise a gamma variable or one whose logarithm has the panel's errors, whichever is
///    likelier. Mean and shape are regressed on the state.
/// 3. Both regressions are drawn towards what smoothing the series by itself would give, so that ten series, or one,
///    are forecast sensibly too.
///
/// Negative values count as no demand. Unknown values are passed over. Series need no common calendar.
///
/// The hurdle form is that of Mullahy, "Specification and testing of some modified count data models" (Journal of
/// Econometrics 33, 1986); states that decay with the time since the last demand follow Teunter, Syntetos & Babai,
/// "Intermittent demand: linking forecasting to inventory obsolescence" (European Journal of Operational Research 214,
/// 2011). Cost: O(rows · p²) with at most ``maximumRows`` rows, then O(1) a value and step.
public struct PooledIntermittent: PanelModel {
  public static let name = "pooled_intermittent"

  /// Rows of the regressions; longer panels are thinned evenly.
  public var maximumRows: Int
  /// The strength of the pull towards smoothing each series by itself, in rows.
  public var ridge: Double
  /// Origins at the end of each series that tell the present level of the panel.
  public var recentOrigins: Int

  public init(maximumRows: Int = 60_000, ridge: Double = 20, recentOrigins: Int = 12) {
    precondition(maximumRows > 0 && ridge > 0 && recentOrigins >= 0, "a regression needs rows and a positive penalty")
    self.maximumRows = maximumRows
    self.ridge = ridge
    self.recentOrigins = recentOrigins
  }

  /// - Throws: ``TimeSeriesError/infiniteValue(position:)`` with the position in its series.
  public func fit(_ panel: SeriesPanel, horizon: Int) throws(TimeSeriesError) -> any FittedPanelModel {
    for series in 0..<panel.count {
      for (position, value) in panel.values(ofSeries: series).enumerated() where value.isInfinite {
        throw .infiniteValue(position: position)
      }
    }
    return fitSteps(panel, horizon: horizon)
  }

  /// Learns the distribution of each of the next `horizon` values.
  public func fitSteps(_ panel: SeriesPanel, horizon: Int) -> FittedPooledIntermittent {
    fit(panel, DemandWindow(horizon: max(1, horizon), length: 1))
  }

  /// Learns the distribution of the sum of the next `periods` values, the demand over a lead time and a review period,
  /// from sums in the past: what one period says about the next is in it.
  public func fitTotal(_ panel: SeriesPanel, periods: Int) -> FittedPooledIntermittent {
    fit(panel, DemandWindow(horizon: 1, length: max(1, periods)))
  }

  private func fit(_ panel: SeriesPanel, _ window: DemandWindow) -> FittedPooledIntermittent {
    // 1. What is typical: of series of counts, and of the others.
    let occurrence = panel.occurrenceRate
    let measures = (0..<panel.count).map { panel.measure(ofSeries: $0) }
    let groups = [true, false].map { counts in
      TypicalDemand(
        panel, (0..<panel.count).filter { (measures[$0] == .counts) == counts }, counts: counts, occurrence: occurrence)
    }
    // 2. A row for every origin.
    let rows = IntermittentRows(panel, measures, groups, window, maximum: maximumRows, recentOrigins: recentOrigins)
    // 3. The regressions.
    let offset = logit(occurrence)
    let coefficients = logisticRegression(
      rows.occurrences, columns: DemandFeatures.count, offset: offset, start: DemandFeatures.occurrenceStart,
      ridge: ridge)
    var present = FeatureRows()
    for index in rows.occurrences.rows.indices where rows.isRecent[index] {
      present.rows.append(levelRow(dot(rows.occurrences.rows[index], coefficients)))
      present.targets.append(rows.occurrences.targets[index])
    }
    let level = logisticRegression(present, columns: 3, offset: offset, start: levelStart, ridge: ridge)
    let sizes = groups.indices.map { SizeRegression.fitted(rows.sizes[$0], typical: groups[$0], ridge: ridge) }
    return FittedPooledIntermittent(
      window: window, offset: offset, occurrence: coefficients, level: level, sizes: sizes)
  }
}

/// Which values are forecast: the sums of `length` values that start 1 … `horizon` steps ahead.
struct DemandWindow: Sendable, Hashable, Codable {
  var horizon: Int
  var length: Int
}

/// Rows of the second logistic regression: a line and a bend through the logit of the first.
@inline(__always) func levelRow(_ relative: Double) -> SIMD16<Double> {
  var row = SIMD16<Double>()
  row[0] = 1
  row[1] = relative
  row[2] = relative * relative / 4
  return row
}

let levelStart: SIMD16<Double> = {
  var start = SIMD16<Double>()
  start[1] = 1
  return start
}()

/// The rows that a panel gives.
private struct IntermittentRows {
  /// Targets 1 with demand and 0 without.
  var occurrences = FeatureRows()
  /// Whether a row is among the last origins of its series.
  var isRecent: [Bool] = []
  /// Rows with demand: of series of counts, and of the others.
  var sizes = [FeatureRows(), FeatureRows()]

  init(
    _ panel: SeriesPanel, _ measures: [DemandMeasure], _ groups: [TypicalDemand], _ window: DemandWindow, maximum: Int,
    recentOrigins: Int
  ) {
    // Each origin looks at one step only, every series at another: neighbours on the same values say little more.
    let stride = max(1, (panel.values.count + maximum - 1) / maximum)
    var phases = SeasonalDemand(season: panel.season)
    var history = SizeHistory(length: window.length)
    for series in 0..<panel.count {
      let values = panel.values(ofSeries: series)
      let group = measures[series].group
      var state = DemandState()
      phases.removeAll()
      history.removeAll()
      for (time, value) in values.enumerated() {
        state.observe(value)
        phases.observe(value, time: time)
        history.observe(values, time: time)
        guard (time + series) % stride == 0, state.periods[0] >= 4 else { continue }
        let step = 1 + (series + time / stride) % window.horizon
        let first = values.startIndex + time + step
        guard first + window.length <= values.endIndex else { continue }
        var target = 0.0
        for ahead in values[first..<first + window.length] { target += ahead.isNaN ? .nan : max(0, ahead) }
        guard !target.isNaN else { continue }
        let row = DemandFeatures(state, groups[group])
          .row(step: step, length: window.length, time: time, phases)
        occurrences.rows.append(row)
        occurrences.targets.append(target > 0 ? 1 : 0)
        isRecent.append(time + recentOrigins + window.length >= values.count)
        if target > 0 {
          sizes[group].rows.append(row)
          sizes[group].targets.append(target)
          sizes[group].matches.append(history.matches(target))
        }
      }
    }
  }
}
