internal import Glibc
internal import LinearAlgebra
internal import Probability
public import TimeSeries

/// What was learnt from a panel of series with drivers, ready to forecast.
public struct FittedDriverForecaster: Sendable {
  /// Periods ahead.
  public let horizon: Int
  /// What the drivers do: on average, and by the levels of each factor.
  public let effects: [PooledDriverEffect]
  /// Mean absolute error on held-out periods in units of the mean absolute change of each series; NaN where the
  /// histories are too short to hold anything out.
  public let heldOutError: Double
  private let regression: PooledDriverRegression
  /// Errors in units of the series' deviation, ascending, by step.
  private let errors: [[Double]]
  private let threads: Int

  /// Fewer errors at a step than this are taken together over steps.
  static let enoughErrors = 40

  init(
    _ panel: DriverPanel, _ regression: PooledDriverRegression, errors: [[Double]], heldOutError: Double,
    level: Double, threads: Int
  ) {
    horizon = panel.horizon
    self.regression = regression
    self.threads = threads
    self.heldOutError = heldOutError.isFinite ? heldOutError : .nan
    self.errors = Self.pooled(errors)
    effects = PooledDriverEffect.all(regression, panel, level: level)
  }

  /// What was decided on held-out periods: `level discount 0.9, price of others in store, season`.
  public var description: String { regression.choice.description(regression.names) }

  /// Forecasts from the end of each series of a panel with the same drivers; a level of a factor that was not seen has
  /// the mean effects. Where drivers of other series count, the panel must hold these.
  /// - Parameter probabilities: ascending, each between 0 and 1.
  public func forecast(_ panel: DriverPanel, probabilities: [Double]) -> PanelForecast {
    precondition(panel.drivers.count == regression.transform.forms.count, "the drivers differ from those of the fit")
    let table = DriverTable(panel, regression.transform)
    let regressors = DriverRegressors(table, regression.choice.terms)
    let forecasts = parallelMap(count: panel.count, threads: threads) { series in
      regression.forecast(series, table, regressors, back: 0, steps: panel.horizon)
    }
    var result = PanelForecast(seriesCount: panel.count, horizon: panel.horizon, probabilities: probabilities)
    let shifts = (0..<panel.horizon).map { step in probabilities.map { shift(step, $0) } }
    for (series, forecast) in forecasts.enumerated() {
      let isNonNegative = panel.series.values(ofSeries: series).allSatisfy { $0.isNaN || $0 >= 0 }
      for (step, response) in forecast.responses.enumerated() {
        let place = series * panel.horizon + step
        func value(_ shift: Double) -> Double {
          let value = regression.transform.value(
            ofResponse: response + shift * forecast.deviation, unit: forecast.unit)
          return isNonNegative ? max(0, value) : value
        }
        result.median[place] = value(0)
        for index in probabilities.indices {
          result.quantiles[place * probabilities.count + index] = value(shifts[step][index])
        }
      }
    }
    return result
  }

  /// The quantile of the errors at a step, on its side of the median.
  private func shift(_ step: Int, _ probability: Double) -> Double {
    let sorted = errors.isEmpty ? [] : errors[min(step, errors.count - 1)]
    guard sorted.count >= 5 else { return Normal.standard.quantile(probability) * Double(step + 1).squareRoot() }
    let position = probability * Double(sorted.count - 1)
    let lower = min(sorted.count - 1, Int(position))
    let upper = min(sorted.count - 1, lower + 1)
    let quantile = sorted[lower] + (position - Double(lower)) * (sorted[upper] - sorted[lower])
    return probability < 0.5 ? min(0, quantile) : max(0, quantile)
  }

  /// Errors by step with those of the neighbouring steps, or of all where there are few; ascending.
  private static func pooled(_ errors: [[Double]]) -> [[Double]] {
    errors.indices.map { step in
      var window = 1
      var sample: [Double] = []
      repeat {
        sample = errors[max(0, step - window)...min(errors.count - 1, step + window)].flatMap(\.self)
        window += 1
      } while sample.count < enoughErrors && window < errors.count
      return sample.sorted()
    }
  }
}

/// What one driver does, on average or at one level of a factor.
public struct PooledDriverEffect: Sendable, Hashable {
  public var driver: String
  public var form: DriverColumn.Form
  /// Empty for the mean over all series.
  public var factor: String
  public var level: String
  /// Percent for one percent (elasticity), or the change of the logarithm for one unit (semi-elasticity); where values
  /// do not enter as logarithms, the change in units of the mean size of the series.
  public var estimate: Double
  public var standardError: Double
  public var lower: Double
  public var upper: Double

  static func all(_ regression: PooledDriverRegression, _ panel: DriverPanel, level: Double) -> [PooledDriverEffect] {
    let coefficients = regression.coefficients
    let margin = Normal.standard.quantile((1 + level) / 2)
    var effects: [PooledDriverEffect] = []
    func add(_ column: Int, _ factor: String, _ name: String, _ estimate: Double, _ variance: Double) {
      let (estimate, error) = (estimate / regression.scales[column], variance.squareRoot() / regression.scales[column])
      effects.append(
        PooledDriverEffect(
          driver: regression.names[column], form: regression.forms[column], factor: factor, level: name,
          estimate: estimate, standardError: error, lower: estimate - margin * error,
          upper: estimate + margin * error))
    }
    let reported = regression.names.indices.filter {
      !regression.names[$0].hasPrefix("season_") && regression.scales[$0].isFinite
    }
    for column in reported {
      add(column, "", "", coefficients.mean[column], max(0, coefficients.meanCovariance[column, column]))
    }
    for (used, factor) in coefficients.factors.enumerated() {
      for (code, name) in panel.levels[factor].enumerated() {
        for column in reported {
          let place = code * coefficients.width + column
          add(
            column, panel.factors[factor], name, coefficients.mean[column] + coefficients.deviations[used][place],
            max(0, coefficients.levelVariances[used][place]))
        }
      }
    }
    return effects
  }
}

extension DriverChoice {
  func description(_ names: [String]) -> String {
    var parts = ["level discount \((discount * 100).rounded() / 100)"]
    parts += names.filter { $0.contains("_of_others_in_") }
    if terms.harmonics > 0 { parts.append("season of \(terms.harmonics) harmonics") }
    if terms.lag { parts.append("drivers of the period before") }
    if terms.trend { parts.append("trend") }
    return parts.joined(separator: ", ")
  }
}
