import Foundation
import LinearAlgebra
import Probability
import Testing

@testable import TimeSeries

@Suite("Automatic ARIMA")
struct ArimaTests {
  /// Printed to four digits in the sources; the likelihood is flat near its top, so that the last digit of a coefficient
  /// depends on where another search stopped.
  static let printed = 6e-4

  private func fit(_ values: [Double], _ order: ArimaOrder, _ regressors: Matrix? = nil) throws -> FittedArima {
    try AutomaticArima(order: order).fit(values.span, season: order.season, regressors: regressors)
  }

  /// Error variance of maximum likelihood, as the sources print it.
  private func likelihoodVariance(_ fitted: FittedArima, count: Int, parameters: Int) -> Double {
    fitted.variance * Double(count - parameters) / Double(count)
  }

  @Test("fits the airline model as printed in the literature")
  func airline() throws {
    // R's `arima(log(AirPassengers), c(0,1,1), c(0,1,1))`: -0.4018, -0.5569, sigma^2 0.001348, log-likelihood 244.7.
    let values = PublishedSeries.passengers.map { log($0) }
    let order = ArimaOrder(.init(d: 1, q: 1), seasonal: .init(d: 1, q: 1), season: 12)
    let fitted = try fit(values, order)
    #expect(abs(fitted.movingAverage[0] + 0.4018) < Self.printed)
    #expect(abs(fitted.seasonalMovingAverage[0] + 0.5569) < Self.printed)
    #expect(abs(fitted.logLikelihood - 244.70) < 0.005)
    #expect(abs(likelihoodVariance(fitted, count: 131, parameters: 2) - 0.001348) < 1e-6)
  }

  @Test("fits the lake's level with a trend as a regressor")
  func lake() throws {
    // R's `arima(LakeHuron, c(2,0,0), xreg = time(LakeHuron) - 1920)`: ar 1.0048, -0.2913, slope -0.0216, sigma^2 0.4566,
    // log-likelihood -101.2; Brockwell & Davis (1991), example 9.2.
    let years = Matrix(rows: 98, columns: 1, elements: (0..<98).map { Double($0) - 45 })
    let fitted = try fit(PublishedSeries.lakeHuron, ArimaOrder(.init(p: 2), hasConstant: true), years)
    #expect(abs(fitted.autoregressive[0] - 1.0048) < Self.printed)
    #expect(abs(fitted.autoregressive[1] + 0.2913) < Self.printed)
    #expect(abs(fitted.effects[0] + 0.0216) < 1e-4)
    #expect(abs(fitted.logLikelihood + 101.2) < 0.05)
    #expect(abs(likelihoodVariance(fitted, count: 98, parameters: 4) - 0.4566) < 2e-4)
  }

  @Test("fits the number of users of a server")
  func users() throws {
    // R's `arima(WWWusage, c(3,1,0))`: 1.1513, -0.6612, 0.3407, sigma^2 9.363, log-likelihood -252.
    let fitted = try fit(PublishedSeries.webUsers, ArimaOrder(.init(p: 3, d: 1)))
    for (own, printed) in zip(fitted.autoregressive, [1.1513, -0.6612, 0.3407]) {
      #expect(abs(own - printed) < Self.printed)
    }
    #expect(abs(fitted.logLikelihood + 252) < 0.05)
    #expect(abs(likelihoodVariance(fitted, count: 99, parameters: 3) - 9.363) < 2e-3)
  }

  @Test("chooses the published model of the Nile, and knows its local level")
  func nile() throws {
    // R's `auto.arima(Nile)`: (1,1,1) with 0.2544, -0.8741, sigma^2 20177, log-likelihood -630.63, AICc 1267.51.
    let chosen = try AutomaticArima().fit(PublishedSeries.nile, season: 1)
    #expect(chosen.order == ArimaOrder(.init(p: 1, d: 1, q: 1)))
    #expect(abs(chosen.autoregressive[0] - 0.2544) < Self.printed)
    #expect(abs(chosen.movingAverage[0] + 0.8741) < Self.printed)
    #expect(abs(chosen.logLikelihood + 630.63) < 0.005 && abs(chosen.aicc - 1267.51) < 0.005)
    #expect(abs(chosen.variance - 20177) < 5)
    // A local level with variances 1469 and 15099 (Durbin & Koopman 2012, section 2.2) is (0,1,1) with this θ.
    let ratio = 1469.0 / 15099
    let theta = ((ratio * ratio + 4 * ratio).squareRoot() - 2 - ratio) / 2
    let level = try fit(PublishedSeries.nile, ArimaOrder(.init(d: 1, q: 1)))
    #expect(abs(level.movingAverage[0] - theta) < Self.printed)
  }

  @Test("has the likelihood of the multivariate normal", arguments: [0, 1, 2, 3, 4, 5])
  func exactLikelihood(index: Int) throws {
    let orders: [ArimaOrder] = [
      .init(.init(p: 1)), .init(.init(p: 2, q: 1)), .init(.init(q: 2)),
      .init(.init(p: 1, q: 1), seasonal: .init(p: 1), season: 4),
      .init(.init(q: 1), seasonal: .init(q: 1), season: 4),
      .init(.init(p: 2, q: 1), seasonal: .init(p: 1, q: 1), season: 4),
    ]
    let order = orders[index]
    var stream = RandomStream(seed: 7, key: UInt64(index))
    let values = (0..<40).map { _ in stream.normal() }
    let partials = (0..<order.coefficientCount).map { _ in stream.uniform(-0.8, 0.8) }
    var coefficients = partials
    ArimaEstimation.setCoefficients(&coefficients, partials, order)
    var filter = ArimaFilter(count: values.count, columns: 1)
    let isUsable = filter.run(values, order: order, coefficients: coefficients)
    #expect(isUsable)
    let dense = try DenseLikelihood(values, filter.autoregressive, filter.movingAverage)
    let squares = filter.errors.reduce(0) { $0 + $1 * $1 }
    // The two differ by rounding and by the 2000 weights after which the dense covariance is cut off.
    #expect(abs(squares - dense.squares) < 1e-7 * dense.squares)
    #expect(abs(filter.logDeterminant - dense.logDeterminant) < 1e-7)
  }

  @Test("gives unknown values no weight")
  func unknownValues() throws {
    let order = ArimaOrder(.init(p: 1, q: 1), hasConstant: true)
    var stream = RandomStream(seed: 8)
    var values: [Double] = [0]
    for _ in 0..<79 { values.append(0.7 * values[values.count - 1] + stream.normal()) }
    for position in [5, 6, 30, 55, 56, 57] { values[position] = .nan }
    let fitted = try fit(values, order)
    // At the estimated coefficients, the likelihood is that of the known values alone.
    let known = values.indices.filter { !values[$0].isNaN }
    var polynomials = (LagPolynomial(), LagPolynomial())
    ArimaFilter.setPolynomials(
      &polynomials.0, &polynomials.1, order, fitted.autoregressive + fitted.movingAverage)
    let centred = known.map { values[$0] - fitted.constant }
    let dense = try DenseLikelihood(centred, polynomials.0, polynomials.1, positions: known)
    let n = Double(known.count)
    let expected = -(n * (log(2 * .pi) + 1 + log(dense.squares / n)) + dense.logDeterminant) / 2
    #expect(abs(fitted.logLikelihood - expected) < 1e-6 * abs(expected))
    #expect(fitted.residuals[30].isNaN && !fitted.residuals[31].isNaN)
  }

  @Test("finds the effect of a regressor and forecasts with its future")
  func regressor() throws {
    var stream = RandomStream(seed: 9)
    let promotion = (0..<132).map { _ in stream.uniform() < 0.2 ? 1.0 : 0 }
    let values = (0..<120).map { time in
      200 + 10 * sin(Double(time) * .pi / 6) + 30 * promotion[time] + 2 * stream.normal()
    }
    let known = Matrix(rows: 120, columns: 1, elements: Array(promotion[..<120]))
    let model = AutomaticArima(maximumOrder: 1, maximumSeasonalOrder: 1)
    let fitted = try model.fit(values.span, season: 12, regressors: known)
    #expect(abs(fitted.effects[0] - 30) < 2)
    let with = try fitted.forecast(
      regressors: Matrix(rows: 12, columns: 1, elements: [Double](repeating: 1, count: 12)))
    let without = try fitted.forecast(
      regressors: Matrix(rows: 12, columns: 1, elements: [Double](repeating: 0, count: 12)))
    for step in 0..<12 { #expect(abs(with.mean[step] - without.mean[step] - fitted.effects[0]) < 1e-9) }
    // Goes on with both.
    var updated = fitted
    let (next, rows) = ([250.0, 210.0], Matrix(rows: 2, columns: 1, elements: [1, 0]))
    try updated.update(next.span, regressors: rows)
    #expect(abs(updated.residuals[120] - (250 - with.mean[0])) < 1e-9)
    #expect(throws: TimeSeriesError.regressorRows(3, expected: 120)) {
      try AutomaticArima().fit(values.span, season: 12, regressors: Matrix(rows: 3, columns: 1))
    }
    var broken = known
    broken[4, 0] = .nan
    #expect(throws: TimeSeriesError.unknownRegressor(row: 4, column: 0)) {
      try AutomaticArima().fit(values.span, season: 12, regressors: broken)
    }
  }

  @Test("does a bounded amount of work, whatever the season", arguments: [12, 24, 52, 168, 365])
  func boundedWork(season: Int) throws {
    var stream = RandomStream(seed: 10)
    let values = (0..<3 * season + 20).map { time in
      50 + 8 * sin(2 * .pi * Double(time) / Double(season)) + stream.normal()
    }
    let model = AutomaticArima(maximumEvaluations: 400)
    let fitted = try model.fit(values, season: season)
    #expect(fitted.evaluations <= 400 + 40 * (model.maximumHarmonics + 1) + 400)
    // The season is followed: half of its swing would be missed by far.
    let forecast = fitted.forecast(horizon: season)
    for step in stride(from: 0, to: season, by: max(1, season / 12)) {
      let truth = 50 + 8 * sin(2 * .pi * Double(values.count + step) / Double(season))
      #expect(abs(forecast.mean[step] - truth) < 4)
    }
  }

  @Test("turns partial autocorrelations into stationary coefficients and back")
  func partials() {
    var stream = RandomStream(seed: 11)
    for count in 1...6 {
      let partials = (0..<count).map { _ in stream.uniform(-0.99, 0.99) }
      var values = partials
      PartialAutocorrelations.toCoefficients(&values, 0..<count)
      let isStationary = PartialAutocorrelations.fromCoefficients(&values, 0..<count)
      #expect(isStationary)
      for index in 0..<count { #expect(abs(values[index] - partials[index]) < 1e-9) }
    }
    #expect(!PartialAutocorrelations.hasRootsBeyond(1.01, [0.995]))
    #expect(PartialAutocorrelations.hasRootsBeyond(1.01, [0.98]))
  }

  @Test("takes the differences that a series needs")
  func differences() {
    var stream = RandomStream(seed: 12)
    var (noise, walk, twice): ([Double], [Double], [Double]) = ([], [0], [0])
    for _ in 0..<200 {
      noise.append(stream.normal())
      walk.append(walk[walk.count - 1] + stream.normal())
      twice.append(twice[twice.count - 1] + walk[walk.count - 1])
    }
    #expect(ArimaDifferences.regular(noise, limit: 2) == 0)
    #expect(ArimaDifferences.regular(walk, limit: 2) == 1)
    #expect(ArimaDifferences.regular(twice, limit: 2) == 2)
    let seasonal = (0..<96).map { time in Double(time % 12) + 0.5 * stream.normal() }
    #expect(ArimaDifferences.seasonal(seasonal, season: 12) == 1)
    #expect(ArimaDifferences.seasonal(Array(noise.prefix(96)), season: 12) == 0)
  }
}

/// The likelihood by brute force: the covariance matrix from ψ weights, and its Cholesky factor.
struct DenseLikelihood {
  let squares: Double
  let logDeterminant: Double

  init(
    _ values: [Double], _ autoregressive: LagPolynomial, _ movingAverage: LagPolynomial, positions: [Int]? = nil
  ) throws {
    let places = positions ?? Array(values.indices)
    let length = 2000
    var weights = [Double](repeating: 0, count: length)
    weights[0] = 1
    for (lag, weight) in zip(movingAverage.lags, movingAverage.weights) { weights[lag] += weight }
    for step in 1..<length {
      for (lag, weight) in zip(autoregressive.lags, autoregressive.weights) where lag <= step {
        weights[step] += weight * weights[step - lag]
      }
    }
    var covariances: [Double] = []
    for lag in 0...(places.last ?? 0) {
      var sum = 0.0
      for step in 0..<length - lag { sum += weights[step] * weights[step + lag] }
      covariances.append(sum)
    }
    var matrix = Matrix(rows: places.count, columns: places.count)
    for i in places.indices {
      for j in places.indices { matrix[i, j] = covariances[abs(places[i] - places[j])] }
    }
    let factor = try Cholesky(matrix)
    squares = factor.solveLower(values).reduce(0) { $0 + $1 * $1 }
    logDeterminant = factor.logDeterminant
  }
}
