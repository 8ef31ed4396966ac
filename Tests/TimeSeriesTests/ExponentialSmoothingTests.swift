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

  /// AICc of statsforecast 2.1.1 `ets_f` for every form whose parameters it finds in our region (its additive-error,
  /// additive-season form without trend has γ > 1 − α on the passengers).
  static let references: [(series: String, form: String, aicc: Double)] = [
    ("nile", "A,N,N", 1459.0310864449282), ("nile", "A,A,N", 1462.549836916182),
    ("nile", "A,Ad,N", 1464.1859993265582), ("nile", "M,N,N", 1458.5520070929672),
    ("nile", "M,A,N", 1462.2393893165804), ("nile", "M,Ad,N", 1461.2144726158208),
    ("passengers", "A,N,N", 1733.9581671475883), ("passengers", "A,A,N", 1737.5999067687903),
    ("passengers", "A,Ad,N", 1740.0303810995283), ("passengers", "A,A,A", 1518.6889993256311),
    ("passengers", "A,Ad,A", 1550.8943756347865), ("passengers", "M,N,N", 1674.0716308283095),
    ("passengers", "M,A,N", 1673.4114909278542), ("passengers", "M,Ad,N", 1677.8083117772346),
    ("passengers", "M,N,A", 1502.2516402618376), ("passengers", "M,A,A", 1470.6866643661353),
    ("passengers", "M,Ad,A", 1501.646287468281), ("passengers", "M,N,M", 1458.1018072045513),
    ("passengers", "M,A,M", 1511.9926471560223), ("passengers", "M,Ad,M", 1582.7913612010218),
  ]

  /// The reference may stop short of an optimum, or at a local one; ours must not be worse than its AICc.
  @Test("is at least as likely as the reference in every form")
  func likelihood() throws {
    for (series, name, reference) in Self.references {
      let form = try #require(ExponentialSmoothing.allForms.first { $0.name == name })
      let isNile = series == "nile"
      let values = isNile ? PublishedSeries.nile : PublishedSeries.passengers
      let fitted = try Self.fit(form, values, season: isNile ? 1 : 12)
      // The forms without a sharp optimum agree to the tolerance of the search.
      #expect(fitted.aicc < reference + 0.001, "\(series) \(name)")
    }
  }

  /// Where the reference is far from the optimum: seasonal forms of the passengers. The values are the lowest that any
  /// start led to.
  @Test("leaves local optima behind")
  func globalOptimum() throws {
    for (name, optimum) in [("A,A,A", 1475.81), ("M,N,M", 1401.94), ("M,A,M", 1390.83), ("M,Ad,M", 1400.21)] {
      let form = try #require(ExponentialSmoothing.allForms.first { $0.name == name })
      #expect(try Self.fit(form, PublishedSeries.passengers, season: 12).aicc < optimum + 0.02)
    }
  }

  /// statsforecast 2.1.1 `AutoETS` chooses ETS(M,N,N) for the Nile, with this forecast.
  @Test("chooses the form with the smallest AICc")
  func selection() throws {
    let fitted = try ExponentialSmoothing().fit(PublishedSeries.passengers, season: 12)
    #expect(fitted.form.season == .multiplicative && fitted.form.error == .multiplicative)
    let nile = try ExponentialSmoothing().fit(PublishedSeries.nile, season: 1)
    #expect(nile.form == Form(error: .multiplicative))
    #expect(abs(nile.aicc - 1458.5520070929672) < 0.001)
    #expect(abs(nile.forecast(horizon: 1).mean[0] - 839.1465144663104) < 0.5)
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

  /// Classes 2 and 3 of the book: exact without a season that multiplies, close with one.
  @Test("states the variance of relative errors that simulated futures have")
  func relativeVariance() throws {
    for name in ["M,A,N", "M,N,A", "M,Ad,M"] {
      let form = try #require(ExponentialSmoothing.allForms.first { $0.name == name })
      let fitted = try Self.fit(form, PublishedSeries.passengers, season: 12)
      let forecast = fitted.forecast(horizon: 14)
      var stream = RandomStream(seed: 11)
      let draws = 10_000
      var squares = 0.0
      for _ in 0..<draws {
        let value = Self.simulated(fitted, steps: 14, &stream)
        squares += (value - forecast.mean[13]) * (value - forecast.mean[13])
      }
      // The variance of a variance over 10,000 nearly normal draws: 1.4 % standard error.
      #expect(abs(squares / Double(draws) / forecast.variance[13] - 1) < 0.06, "\(name)")
    }
  }

  /// The last value of a future drawn from a fit with relative errors.
  static func simulated(_ fitted: FittedExponentialSmoothing, steps: Int, _ stream: inout RandomStream) -> Double {
    var (level, slope, seasonal) = (fitted.level, fitted.slope, fitted.seasonal)
    let isProduct = fitted.form.season == .multiplicative
    var value = 0.0
    for step in 0..<steps {
      let base = level + fitted.phi * slope
      let term = seasonal[step % seasonal.count]
      let forecast = isProduct ? base * term : base + term
      let error = forecast * stream.normal(mean: 0, standardDeviation: fitted.variance.squareRoot())
      value = forecast + error
      level = base + fitted.alpha * (isProduct ? error / term : error)
      slope = fitted.phi * slope + fitted.beta * (isProduct ? error / term : error)
      seasonal[step % seasonal.count] += fitted.gamma * (isProduct ? error / base : error)
    }
    return value
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
