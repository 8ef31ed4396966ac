import Foundation
import Probability
import Testing

@testable import TimeSeries

@Suite("Complex exponential smoothing")
struct ComplexSmoothingTests {
  typealias Form = ComplexExponentialSmoothing.Form

  /// n·log Σε² and forecasts of statsforecast 2.1.1 `auto_ces` on published series
  /// (Benchmarks/forecasting/theta_reference.py names the functions).
  struct Reference {
    let form: Form
    let criterion: Double
    let forecasts: [Double]
  }
  static let nile = Reference(
    form: .none, criterion: 1451.3194748047076, forecasts: [800.1278, 797.5095, 794.1923, 791.0389, 787.8662, 784.7129])
  static let passengers = [
    Reference(
      form: .none, criterion: 1747.2662666260853,
      forecasts: [425.491, 418.2377, 417.2022, 411.309, 409.3186, 404.3007]),
    Reference(
      form: .simple, criterion: 1583.346015356925,
      forecasts: [445.9959, 422.5181, 480.0863, 501.8884, 523.1925, 582.5259]),
    Reference(
      form: .partial, criterion: 1482.3562862053673,
      forecasts: [452.3482, 445.4567, 493.068, 544.5514, 531.883, 590.8364]),
    Reference(
      form: .full, criterion: 1422.9259055527004,
      forecasts: [453.0182, 429.3229, 488.6277, 500.2764, 519.7828, 586.4556]),
  ]

  @Test("agrees with statsforecast on published series", arguments: [0, 1, 2, 3])
  func published(index: Int) throws {
    try check(PublishedSeries.passengers, season: 12, Self.passengers[index])
    if index == 0 { try check(PublishedSeries.nile, season: 1, Self.nile) }
  }

  private func check(_ values: [Double], season: Int, _ reference: Reference) throws {
    let fitted = try ComplexExponentialSmoothing(forms: [reference.form]).fit(values, season: season)
    #expect(fitted.form == reference.form)
    let squares = fitted.residuals.reduce(0) { $0 + $1 * $1 }
    // The simplex there stops at 1e-4 of the criterion; the search here goes on.
    let criterion = Double(values.count) * log(squares)
    #expect(criterion <= reference.criterion + 1e-3)
    // With a partial season the search here finds a deeper valley.
    guard reference.form != .partial else { return }
    #expect(criterion > reference.criterion - 0.1)
    for (mean, expected) in zip(fitted.forecast(horizon: 6).mean, reference.forecasts) {
      #expect(abs(mean - expected) < 2e-3 * abs(expected))
    }
  }

  @Test("chooses the form by AICc")
  func choice() throws {
    let automatic = try ComplexExponentialSmoothing().fit(PublishedSeries.passengers, season: 12)
    #expect(automatic.form == .full && automatic.aicc <= 1433.3606881613962 + 1e-3)
    for form in Form.allCases {
      let fitted = try ComplexExponentialSmoothing(forms: [form]).fit(PublishedSeries.passengers, season: 12)
      #expect(fitted.aicc >= automatic.aicc)
    }
    #expect(try ComplexExponentialSmoothing().fit(PublishedSeries.nile, season: 1).form == .none)
  }

  /// The recursion as it is printed, one point at a time.
  private func squares(_ form: Form, _ values: [Double], _ season: Int, _ point: [Double]) -> Double {
    let start = ComplexStart(form, values.span, season: season)
    var points = ComplexPoints()
    points[0] = ComplexParameters(point[0], point[1], point.count > 2 ? point[2] : 0, point.count > 3 ? point[3] : 0)
    for axis in point.indices
    where point[axis] < ComplexSearch.lower[axis] || point[axis] > ComplexSearch.upper[axis] { return .infinity }
    var run = ComplexRun(start)
    var sum = 0.0
    run.backcastAndRun(form, values.span, points) { sum += $1[0] * $1[0] }
    return sum
  }

  @Test("ends its search where no small move makes the errors smaller", arguments: Form.allCases, [1, 2, 3])
  func optimum(form: Form, seed: UInt64) throws {
    let season = form == .none ? 1 : 12
    let values = LocalModelConformance.seasonal(count: 60, seed: seed)
    let start = ComplexStart(form, values.span, season: season)
    let found = ComplexSearch(form).minimise(values.span, start)
    let optimum = try #require(found)
    let point = (0..<form.weightCount).map { optimum.parameters[$0] }
    #expect(abs(squares(form, values, season, point) - optimum.squares) < 1e-9 * optimum.squares)
    let nearby = NelderMead(maximumEvaluations: 300, tolerance: 1e-9)
      .minimise(start: point, steps: point.map { _ in -0.005 }) { squares(form, values, season, $0) }
    #expect(optimum.squares <= nearby.value * (1 + 1e-4))
  }

  @Test("states how an error now moves later forecasts", arguments: Form.allCases)
  func weights(form: Form) throws {
    let fitted = try ComplexExponentialSmoothing(forms: [form]).fit(PublishedSeries.passengers, season: 12)
    var (plain, moved) = (fitted, fitted)
    let next = fitted.forecast(horizon: 1).mean[0]
    let (expected, missed) = ([next], [next + 1])
    plain.update(expected.span)
    moved.update(missed.span)
    let weights = fitted.errorWeights(horizon: 26)
    let (before, after) = (plain.forecast(horizon: 25).mean, moved.forecast(horizon: 25).mean)
    for step in 0..<25 { #expect(abs(after[step] - before[step] - weights[step + 1]) < 1e-9) }
  }

  @Test("bridges unknown values", arguments: Form.allCases)
  func unknown(form: Form) throws {
    let model = ComplexExponentialSmoothing(forms: [form])
    var values = PublishedSeries.passengers
    for time in [7, 30, 31, 77, 120] { values[time] = .nan }
    let full = try model.fit(PublishedSeries.passengers, season: 12).forecast(horizon: 12)
    let gappy = try model.fit([.nan, .nan] + values, season: 12).forecast(horizon: 12)
    for (a, b) in zip(full.mean, gappy.mean) { #expect(abs(a - b) < 0.15 * a) }
    // At the end, a forecast goes on from the last known value.
    let ended = try model.fit(PublishedSeries.passengers + [.nan, .nan], season: 12).forecast(horizon: 10)
    for (a, b) in zip(full.mean.dropFirst(2), ended.mean) { #expect(abs(a - b) < 1e-9 * a) }
  }
}
