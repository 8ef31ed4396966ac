internal import TimeSeries

/// Forecasts series from drivers: prices, promotions, holidays, anything that is known for the periods to come.
///
/// 1. Values enter as logarithms where all are above zero, and so does each driver: coefficients are then elasticities.
/// 2. Each series has its own coefficients, drawn towards those of its store, its brand (whatever keys the panel has) and
///    all series, as far as its own data say little (``RandomCoefficients``).
/// 3. What drivers do not explain is a level that wanders (``DiscountedRegression``); both are estimated together, so
///    that a level shift is not taken for an effect of price.
/// 4. How fast levels wander, and whether prices of the other series of a store, a season, a trend and the drivers of
///    the period before help, is decided on held-out origins inside the history.
/// 5. Quantiles are those of the errors on held-out origins, in units of each series' own one-step deviation, pooled
///    over series and by step: conformal calibration (Vovk, Gammerman & Shafer, *Algorithmic Learning in a Random World*,
///    2005).
///
/// Cost: about twenty regressions at four origins each; one takes series · periods · columns².
public struct DriverForecaster: Sendable {
  /// The probability of the intervals of effects.
  public var level: Double
  public var threads: Int

  public init(level: Double = 0.95, threads: Int = 1) {
    self.level = level
    self.threads = threads
  }

  /// Learns effects, the movement of levels and the distribution of errors.
  /// - Throws: ``DemandError`` where no value is known, none is explained by any driver, or one is infinite.
  public func fit(_ panel: DriverPanel) throws(DemandError) -> FittedDriverForecaster {
    guard panel.series.values.contains(where: { !$0.isNaN }) else { throw .noSeries }
    guard panel.series.values.allSatisfy({ !$0.isInfinite }), panel.hasFiniteDrivers else { throw .infiniteValue }
    let search = DriverSearch(DriverTable(panel, DriverTransform(panel)), threads: threads)
    let choice = search.best()
    let regression = PooledDriverRegression(
      search.table, DriverRegressors(search.table, choice.terms), choice, back: 0,
      iterations: RandomCoefficients.iterationLimit, threads: threads)
    guard let regression else { throw .nothingToExplain }
    return FittedDriverForecaster(
      panel, regression, errors: search.errors(choice), heldOutError: search.loss(choice), level: level,
      threads: threads)
  }
}

extension DriverPanel {
  fileprivate var hasFiniteDrivers: Bool {
    (0..<count).allSatisfy { series in
      drivers.indices.allSatisfy { driver in
        values(ofDriver: driver, series: series).allSatisfy { !$0.isInfinite }
      }
    }
  }
}

/// What a driver regression is made of.
struct DriverChoice: Sendable, Hashable {
  var terms = DriverTerms()
  /// Of a past period.
  var discount = 0.85
}

/// Tries regressions on held-out origins inside the histories.
struct DriverSearch: Sendable {
  let table: DriverTable
  private let threads: Int
  /// Periods taken off the end of the histories, the farthest first.
  let origins: [Int]
  /// Periods tested from each origin.
  let steps: Int

  static let discounts = [0.7, 0.8, 0.9, 0.95, 0.98]
  static let originCount = 4
  /// What a further term must gain, over all origins and at all of them but one.
  static let gain = 0.005

  init(_ table: DriverTable, threads: Int) {
    self.table = table
    self.threads = threads
    let longest = (0..<table.panel.count).reduce(0) { max($0, table.panel.series.length(ofSeries: $1)) }
    // Half of the history at least stays in training.
    steps = max(1, min(table.panel.horizon, longest / 6))
    let step = steps
    origins = (1...Self.originCount).reversed().map { $0 * step }.filter { longest - $0 >= max(4, longest / 2) }
  }

  /// The choice of the smallest held-out loss: how fast the level wanders, then term by term what helps.
  func best() -> DriverChoice {
    var choice = DriverChoice()
    guard !origins.isEmpty else { return choice }
    choice = slide(choice)
    var losses = losses(choice)
    for change in changes {
      var trial = choice
      change(&trial.terms)
      let found = self.losses(trial)
      let better = zip(found, losses).count { $0 < $1 }
      guard Self.mean(found) < Self.mean(losses) * (1 - Self.gain), better >= losses.count - 1 else { continue }
      (choice, losses) = (trial, found)
    }
    return slide(choice)
  }

  private var changes: [(inout DriverTerms) -> Void] {
    let panel = table.panel
    var changes: [(inout DriverTerms) -> Void] = []
    let hasPrices = table.transform.forms.contains(.elasticity)
    for factor in panel.factors.indices where hasPrices && panel.levels[factor].count < panel.count {
      changes.append { $0.othersWithin = factor }
    }
    let longest = (0..<panel.count).reduce(0) { max($0, panel.series.length(ofSeries: $1)) }
    if panel.series.season > 1, 2 * longest >= 3 * panel.series.season {
      changes.append { $0.harmonics = min(2, panel.series.season / 2) }
      if panel.series.season >= 12 { changes.append { $0.harmonics = 4 } }
    }
    changes.append { $0.lag = true }
    changes.append { $0.trend = true }
    return changes
  }

  /// The best discount for the terms of a choice.
  private func slide(_ choice: DriverChoice) -> DriverChoice {
    var best = (choice: choice, loss: Double.infinity)
    for discount in Self.discounts {
      var trial = choice
      trial.discount = discount
      let loss = Self.mean(losses(trial))
      if loss < best.loss { best = (trial, loss) }
    }
    return best.choice
  }

  /// The mean absolute error on all held-out periods.
  func loss(_ choice: DriverChoice) -> Double { origins.isEmpty ? .nan : Self.mean(losses(choice)) }

  private static func mean(_ losses: [Double]) -> Double { losses.reduce(0, +) / Double(max(1, losses.count)) }

  /// By origin the mean absolute error on the held-out periods in units of the mean absolute change of each series.
  func losses(_ choice: DriverChoice) -> [Double] {
    let panel = table.panel
    var losses: [Double] = []
    let scales = (0..<panel.count).map { series in
      let training = Array(panel.series.values(ofSeries: series).dropLast(origins[0]))
      return Accuracy.seasonalScale(training.span, season: 1)
    }
    let regressors = DriverRegressors(table, choice.terms)
    for origin in origins {
      guard let regression = PooledDriverRegression(table, regressors, choice, back: origin, threads: threads) else {
        return origins.map { _ in .infinity }
      }
      var (sum, count) = (0.0, 0.0)
      for series in 0..<panel.count where scales[series] > 0 {
        let forecast = regression.forecast(series, table, regressors, back: origin, steps: steps)
        let actual = panel.series.values(ofSeries: series).suffix(origin)
        for (step, value) in forecast.values.enumerated() where step < actual.count {
          let error = abs(actual[actual.startIndex + step] - value) / scales[series]
          guard !error.isNaN else { continue }
          sum += error
          count += 1
        }
      }
      losses.append(count > 0 ? sum / count : .infinity)
    }
    return losses
  }

  /// Errors on held-out origins in units of the deviation of each series, by step.
  func errors(_ choice: DriverChoice) -> [[Double]] {
    var errors = [[Double]](repeating: [], count: steps)
    let regressors = DriverRegressors(table, choice.terms)
    for origin in origins {
      guard let regression = PooledDriverRegression(table, regressors, choice, back: origin, threads: threads) else {
        continue
      }
      for series in 0..<table.panel.count {
        let forecast = regression.forecast(series, table, regressors, back: origin, steps: steps)
        let actual = table.panel.series.values(ofSeries: series).suffix(origin)
        for (step, expected) in forecast.responses.enumerated() where step < actual.count {
          let response = table.transform.response(actual[actual.startIndex + step], unit: forecast.unit)
          let error = (response - expected) / forecast.deviation
          if error.isFinite { errors[step].append(error) }
        }
      }
    }
    return errors
  }
}
