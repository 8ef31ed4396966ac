import Probability
import Testing
import TimeSeries

@Suite("Exponential smoothing")
struct ExponentialSmoothingTests {
  typealias Form = ExponentialSmoothing.Form

  static func fit(_ form: Form, _ values: [Double], season: Int = 1) throws -> FittedExponentialSmoothing {
    try ExponentialSmoothing(forms: [form], maximumEvaluations: 20_000).fit(values, season: season)
  }

  /// Reference: statsforecast 2.1.1 `ets_f`, same likelihood. The optimum of the level form is sharp, so that α agrees
  /// to the tolerance of the search; the AICc to 0.01.
  @Test("finds the published fit of the Nile")
  func nile() throws {
    let fitted = try Self.fit(Form(), PublishedSeries.nile)
    #expect(abs(fitted.aicc - 1459.0310864449282) < 0.01)
    #expect(abs(fitted.alpha - 0.2452417) < 0.005)
    let forecast = fitted.forecast(horizon: 12)
    #expect(abs(forecast.mean[0] - 805.4791) < 2)
    // √(σ²(1 + 11α²)): the reference's 187.84 at step 12 with 96 degrees of freedom; ours are 100 − 2.
    #expect(abs(forecast.variance[11].squareRoot() - 187.8447 * (96.0 / 98).squareRoot()) < 0.5)
  }

  /// The reference may stop at a local optimum; ours must not be worse than its AICc.
  @Test(
    "is at least as likely as the reference",
    arguments: [
      (Form(trend: .additive), 1, 1462.549836916182), (Form(trend: .damped), 1, 1464.1859993265582),
      (Form(trend: .additive, season: .additive), 12, 1518.68899932563),
    ])
  func likelihood(form: Form, season: Int, reference: Double) throws {
    let values = season == 1 ? PublishedSeries.nile : PublishedSeries.passengers
    #expect(try Self.fit(form, values, season: season).aicc < reference + 0.05)
  }

  @Test("chooses a season and, where it grows with the level, a multiplicative one")
  func selection() throws {
    let fitted = try ExponentialSmoothing().fit(PublishedSeries.passengers, season: 12)
    #expect(fitted.form.season == .multiplicative)
    #expect(try ExponentialSmoothing().fit(PublishedSeries.nile, season: 1).form == Form())
  }

  @Test("adds a constant to the forecast where it is added to an additive series")
  func shiftEquivariance() throws {
    let values = LocalModelConformance.seasonal(count: 60, seed: 21)
    for form in [Form(), Form(trend: .additive), Form(season: .additive)] {
      let plain = try Self.fit(form, values, season: 12).forecast(horizon: 12)
      let shifted = try Self.fit(form, values.map { $0 + 512 }, season: 12).forecast(horizon: 12)
      // The search takes the same path up to rounding; rounding may end it one step earlier or later.
      for step in 0..<12 { #expect(abs(shifted.mean[step] - 512 - plain.mean[step]) < 0.05) }
    }
  }

  @Test("states the variance that simulated futures have")
  func variance() throws {
    let fitted = try Self.fit(Form(trend: .damped, season: .additive), PublishedSeries.passengers, season: 12)
    let forecast = fitted.forecast(horizon: 18)
    let weights = fitted.errorWeights(horizon: 18)
    var stream = RandomStream(seed: 9)
    let draws = 20_000
    for step in [0, 5, 17] {
      var squares = 0.0
      for _ in 0..<draws {
        let error = (0...step).reduce(0.0) { $0 + weights[$1] * stream.normal() }
        squares += error * error
      }
      let simulated = squares / Double(draws) * fitted.variance
      // The variance of a variance over 20,000 normal draws: 1 % standard error.
      #expect(abs(simulated / forecast.variance[step] - 1) < 0.05)
    }
  }

  @Test("first-order variance of a multiplicative season is near the simulated one")
  func multiplicativeVariance() throws {
    let fitted = try Self.fit(Form(season: .multiplicative), PublishedSeries.passengers, season: 12)
    let forecast = fitted.forecast(horizon: 12)
    var stream = RandomStream(seed: 10)
    var squares = 0.0
    let draws = 20_000
    for _ in 0..<draws {
      var level = fitted.level
      var seasonal = fitted.seasonal
      var value = 0.0
      for step in 0..<12 {
        let error = stream.normal(mean: 0, standardDeviation: fitted.variance.squareRoot())
        value = level * seasonal[step] + error
        let base = level
        level += fitted.alpha * error / seasonal[step]
        seasonal[step] += fitted.gamma * error / base
      }
      squares += (value - forecast.mean[11]) * (value - forecast.mean[11])
    }
    #expect(abs(squares / Double(draws) / forecast.variance[11] - 1) < 0.1)
  }

  @Test("skips unknown values")
  func missing() throws {
    var values = PublishedSeries.passengers
    for index in [5, 40, 41, 42, 100] { values[index] = .nan }
    let form = Form(trend: .additive, season: .multiplicative)
    let complete = try Self.fit(form, PublishedSeries.passengers, season: 12).forecast(horizon: 12)
    let gappy = try Self.fit(form, values, season: 12).forecast(horizon: 12)
    for step in 0..<12 { #expect(abs(gappy.mean[step] / complete.mean[step] - 1) < 0.03) }
  }
}
