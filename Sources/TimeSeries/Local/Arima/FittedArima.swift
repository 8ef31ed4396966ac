import Glibc
public import LinearAlgebra

/// An ARIMA model at the end of its history.
public struct FittedArima: FittedLocalModel {
  public let order: ArimaOrder
  /// φ, θ, Φ and Θ in the signs of (1 − φB …)(…) = (1 + θB …)(…).
  public let autoregressive: [Double]
  public let movingAverage: [Double]
  public let seasonalAutoregressive: [Double]
  public let seasonalMovingAverage: [Double]
  /// The mean of the differenced series: the mean of the series without differences, the drift a period with one.
  /// Regressors count from their own means.
  public let constant: Double
  /// What one unit of each regressor adds; harmonics of a long season come last.
  public let effects: [Double]
  /// The log-likelihood at the error variance of maximum likelihood.
  public let logLikelihood: Double
  public let aicc: Double
  /// σ²: the sum of squares over the values that are left after coefficients and constant.
  public let variance: Double
  /// Evaluations of a likelihood that the fit took.
  public let evaluations: Int
  public private(set) var residuals: [Double]

  private var state: ArimaState
  /// The last values without regressors, as many as the differences reach back.
  private var past: [Double]
  private let differences: LagPolynomial
  private let harmonics: ArimaHarmonics
  private let means: [Double]
  /// Regressors that the caller gives.
  private let regressorCount: Int
  private var time: Int

  /// Goes on with new values; regressors that the model has are taken at their mean.
  public mutating func update(_ values: Span<Double>) {
    for index in values.indices { advance(values[index], shift: shift(nil, row: 0, ahead: 0)) }
  }

  /// Goes on with new values and the regressors that belong to them.
  /// - Parameter regressors: one row for each value, columns as in the fit.
  public mutating func update(_ values: Span<Double>, regressors: Matrix) throws(TimeSeriesError) {
    try check(regressors, rows: values.count)
    for index in values.indices { advance(values[index], shift: shift(regressors, row: index, ahead: 0)) }
  }

  /// Mean: the recursion of the model with future errors zero. Variance: σ²F Σψ², ψ the weights of
  /// ``errorWeights(horizon:)`` and F ≥ 1 what a short history adds. Regressors are taken at their mean.
  public func forecast(horizon: Int) -> Forecast { forecast(horizon, nil) }

  /// - Parameter regressors: one row for each step ahead, columns as in the fit.
  public func forecast(regressors: Matrix) throws(TimeSeriesError) -> Forecast {
    try check(regressors, rows: regressors.rows)
    return forecast(regressors.rows, regressors)
  }

  private func forecast(_ horizon: Int, _ regressors: Matrix?) -> Forecast {
    var ahead = state
    var history = past
    var means: [Double] = []
    var variances: [Double] = []
    var squares = 0.0
    let spread = variance * state.variance
    let weights = errorWeights(horizon: horizon)
    for step in 0..<horizon {
      let level = ahead.prediction + constant + carried(history)
      means.append(level + shift(regressors, row: step, ahead: step))
      push(level, onto: &history)
      ahead.advance(error: 0)
      squares += weights[step] * weights[step]
      variances.append(spread * squares)
    }
    return Forecast(mean: means, variance: variances)
  }

  /// ψ of φ(B)Φ(Bᵐ)δ(B) ψ(B) = θ(B)Θ(Bᵐ). Cost: O(horizon · lags).
  public func errorWeights(horizon: Int) -> [Double] {
    var weights = [Double](repeating: 0, count: horizon)
    guard horizon > 0 else { return weights }
    weights[0] = 1
    for (lag, weight) in zip(state.movingAverage.lags, state.movingAverage.weights) where lag < horizon {
      weights[lag] += weight
    }
    let full = state.autoregressive.multiplied(by: differences)
    for step in 1..<max(1, horizon) {
      for (lag, weight) in zip(full.lags, full.weights) where lag <= step {
        weights[step] += weight * weights[step - lag]
      }
    }
    return weights
  }

  private func check(_ regressors: Matrix, rows: Int) throws(TimeSeriesError) {
    guard regressors.rows == rows, regressors.columns == regressorCount else {
      throw .regressorRows(regressors.rows, expected: rows)
    }
    for column in 0..<regressorCount {
      for row in 0..<rows where !regressors[row, column].isFinite {
        throw .unknownRegressor(row: row, column: column)
      }
    }
  }

  /// xβ at `ahead` periods after the next one.
  private func shift(_ regressors: Matrix?, row: Int, ahead: Int) -> Double {
    var sum = 0.0
    if let regressors {
      for column in 0..<regressorCount { sum += effects[column] * (regressors[row, column] - means[column]) }
    }
    for index in 0..<harmonics.count {
      sum +=
        effects[regressorCount + index] * (harmonics.value(index, time: time + ahead) - means[regressorCount + index])
    }
    return sum
  }

  /// Σ over the lags of the differences, for the value after `history`.
  private func carried(_ history: [Double]) -> Double {
    var sum = 0.0
    for (lag, weight) in zip(differences.lags, differences.weights) { sum += weight * history[history.count - lag] }
    return sum
  }

  private func push(_ value: Double, onto history: inout [Double]) {
    guard !history.isEmpty else { return }
    history.removeFirst()
    history.append(value)
  }

  private mutating func advance(_ value: Double, shift: Double) {
    let prediction = state.prediction + constant + carried(past)
    let error = value - shift - prediction
    residuals.append(error)
    state.advance(error: error.isNaN ? 0 : error)
    push(error.isNaN ? prediction : value - shift, onto: &past)
    time += 1
  }
}

extension FittedArima {
  /// Runs an estimate over its history.
  init(
    _ estimate: ArimaEstimate, _ series: ArimaSeries, _ harmonics: ArimaHarmonics, _ values: Span<Double>,
    userRegressors: Int
  ) {
    let order = estimate.order
    let coefficients = FittedArima.parts(estimate)
    let base = order.hasConstant ? 1 : 0
    let constant = order.hasConstant ? estimate.effects[0] : 0
    let effects = series.unscaled(estimate)
    let room = max(1, estimate.knownCount - estimate.parameterCount + 1)
    let lost = order.lostValues
    // 1. What the differences use up.
    var past: [Double] = []
    var residuals = [Double](repeating: .nan, count: series.lead + lost)
    let plain = series.values.indices.map { time in
      var value = series.values[time]
      for index in series.scales.indices {
        value -= estimate.effects[base + index] * series.regressors[index * series.count + time]
      }
      return value
    }
    past.append(contentsOf: plain.prefix(lost))
    // 2. A model of which rounding leaves nothing stationary has no coefficients to run.
    let start = ArimaState(order: order, coefficients: estimate.coefficients)
    self.init(
      order: order, autoregressive: coefficients.0, movingAverage: coefficients.1,
      seasonalAutoregressive: coefficients.2, seasonalMovingAverage: coefficients.3, constant: constant,
      effects: effects, logLikelihood: -estimate.deviance / 2, aicc: estimate.criterion,
      variance: estimate.squares / Double(room), evaluations: estimate.evaluations, residuals: [],
      state: start ?? ArimaState(), past: past,
      differences: LagPolynomial.differences(order), harmonics: harmonics, means: series.means,
      regressorCount: userRegressors, time: series.lead + lost)
    // 3. The rest, one value after another; then those after the last known one.
    self.residuals = residuals
    for time in lost..<max(lost, plain.count) { advance(plain[time], shift: 0) }
    residuals = self.residuals
    for position in series.unknown { residuals[series.lead + position] = .nan }
    self.residuals = residuals
    for _ in residuals.count..<max(residuals.count, values.count) { advance(.nan, shift: 0) }
  }

  private static func parts(_ estimate: ArimaEstimate) -> ([Double], [Double], [Double], [Double]) {
    let (p, q, seasonalP) = (estimate.order.regular.p, estimate.order.regular.q, estimate.order.seasonal.p)
    let all = estimate.coefficients
    return (
      Array(all[..<p]), Array(all[p..<p + q]), Array(all[(p + q)..<(p + q + seasonalP)]),
      Array(all[(p + q + seasonalP)...])
    )
  }

  /// The model of a series whose known values are all equal.
  init(constant: Double, values: Span<Double>, regressorCount: Int) {
    self.init(
      order: ArimaOrder(.init(), hasConstant: true), autoregressive: [], movingAverage: [],
      seasonalAutoregressive: [], seasonalMovingAverage: [], constant: constant,
      effects: [Double](repeating: 0, count: regressorCount), logLikelihood: .nan, aicc: .nan, variance: 0,
      evaluations: 0, residuals: values.indices.map { values[$0].isNaN ? .nan : 0 }, state: ArimaState(), past: [],
      differences: LagPolynomial(), harmonics: ArimaHarmonics(season: 1, pairs: 0),
      means: [Double](repeating: 0, count: regressorCount), regressorCount: regressorCount, time: values.count)
  }
}
