import Foundation
import Probability
import Testing

@testable import TimeSeries

@Suite("Theta models")
struct ThetaTests {
  static let forms = ThetaForm.allCases

  /// Forecasts and objective, Σε²/mean|y| without the first three errors, of statsforecast 2.1.1 `auto_theta` on
  /// published series (Benchmarks/forecasting/theta_reference.py).
  struct Reference {
    let form: ThetaForm
    let objective: Double
    let forecasts: [Double]
  }
  static let nile = [
    Reference(
      form: .standard, objective: 2167.927479285338,
      forecasts: [800.885, 799.5278, 798.1707, 796.8135, 795.4564, 794.0992]),
    Reference(
      form: .optimized, objective: 2160.521104969426,
      forecasts: [799.195, 796.4814, 793.7678, 791.0542, 788.3406, 785.627]),
    Reference(
      form: .dynamic, objective: 2262.585988758099,
      forecasts: [783.0335, 781.677, 780.3221, 778.9688, 777.6176, 776.2686]),
    Reference(
      form: .dynamicOptimized, objective: 2180.194160649572,
      forecasts: [798.2302, 798.2302, 798.2302, 798.2302, 798.2302, 798.2302]),
  ]
  static let passengers = [
    Reference(
      form: .standard, objective: 54.4628595401732,
      forecasts: [440.9692, 429.2492, 490.6932, 476.6599, 480.631, 546.4555]),
    Reference(
      form: .optimized, objective: 53.08940577869708,
      forecasts: [442.9425, 432.231, 495.3079, 482.308, 487.4948, 555.5809]),
    Reference(
      form: .dynamic, objective: 55.28874952573386,
      forecasts: [440.7741, 429.0619, 490.4833, 476.4613, 480.437, 546.2428]),
    Reference(
      form: .dynamicOptimized, objective: 53.68038785251648,
      forecasts: [442.9272, 432.2984, 495.4825, 482.5753, 487.866, 556.1216]),
  ]

  @Test("agree with statsforecast on published series", arguments: [0, 1, 2, 3])
  func published(index: Int) throws {
    try check(PublishedSeries.nile, season: 1, Self.nile[index])
    try check(PublishedSeries.passengers, season: 12, Self.passengers[index])
  }

  private func check(_ values: [Double], season: Int, _ reference: Reference) throws {
    let fitted = try FittedTheta(reference.form, values, season: season)
    // The simplex there stops at a tolerance; ours is the least sum of squares.
    #expect(Self.objective(fitted, values) <= reference.objective * (1 + 1e-8))
    #expect(Self.objective(fitted, values) > reference.objective * 0.99)
    for (mean, expected) in zip(fitted.forecast(horizon: 6).mean, reference.forecasts) {
      #expect(abs(mean - expected) < 1e-3 * abs(expected))
    }
  }

  /// Σε²/mean|y| of the adjusted series without the first three errors.
  static func objective(_ fitted: FittedTheta, _ values: [Double]) -> Double {
    var (squares, size) = (0.0, 0.0)
    for (time, residual) in fitted.residuals.enumerated() {
      let phase = fitted.seasonal.phase(time)
      size += abs(fitted.seasonal.adjusted(values[time], phase: phase))
      let error = residual / fitted.seasonal.scale(phase: phase)
      if !error.isNaN { squares += error * error }
    }
    return squares / (size / Double(values.count))
  }

  @Test("find the least sum of squares that a search in all parameters finds", arguments: forms, [1, 2, 3, 4, 5, 6])
  func optimum(form: ThetaForm, seed: UInt64) throws {
    var stream = RandomStream(seed: seed)
    var level = 50.0
    let values = (0..<40).map { (time: Int) -> Double in
      level += 2 * stream.normal() + 0.3 * Double(seed)
      if seed == 4, time % 9 == 5 { return .nan }
      return level + 3 * stream.normal()
    }
    var columns = ThetaColumns()
    columns.read(values.span, season: 1, form: form)
    let optimum = ThetaSearch(form: form).minimise(columns)
    func squares(_ point: [Double]) -> Double {
      let weight = form.isOptimized ? point[2] : 0.5
      guard (0.1...0.99).contains(point[0]), (0...1).contains(weight) else { return .infinity }
      var sum = 0.0
      let parameters = ThetaParameters(alpha: point[0], lineWeight: weight, initialLevel: point[1])
      _ = columns.run(parameters, form: form) { if $0 >= 3, !$1.isNaN { sum += $1 * $1 } }
      return sum
    }
    let parameters = optimum.parameters
    let own = squares([parameters.alpha, parameters.initialLevel, parameters.lineWeight])
    #expect(abs(own - optimum.squares) < 1e-6 * own)
    for alpha in [0.15, 0.4, 0.7, 0.95] {
      let search = NelderMead(maximumEvaluations: 2000, tolerance: 1e-9)
      let found = search.minimiseWithRestarts(start: [alpha, values[0], 0.5], steps: [0.05, 5, 0.1], squares)
      #expect(optimum.squares <= found.value * (1 + 1e-6))
    }
  }

  @Test("are near the same whether the search starts near or from nothing", arguments: forms)
  func warmStart(form: ThetaForm) throws {
    let panel = SeriesPanel([PublishedSeries.passengers, Array(PublishedSeries.passengers.dropFirst(24))], season: 12)
    let model = ThetaPanel(form)
    let earlier = model.forecast(panel.withoutLast(12), horizon: 3)
    let (cold, warm) = (
      model.forecast(panel, horizon: 3), model.forecast(panel, horizon: 3, near: earlier.fits)
    )
    for (a, b) in zip(cold.mean, warm.mean) { #expect(abs(a - b) < 1e-4 * abs(a)) }
  }

  @Test("give the same forecasts over a panel as one by one, on any number of threads", arguments: forms)
  func panel(form: ThetaForm) throws {
    let series = [PublishedSeries.passengers, [3, .nan, 5], [], PublishedSeries.nile, [.nan, .infinity, 3]]
    let panel = SeriesPanel(series, season: 12)
    let result = ThetaPanel(form).forecast(panel, horizon: 5)
    for (index, values) in series.enumerated() {
      let means = Array(result.mean[index * 5..<index * 5 + 5])
      let variances = Array(result.variance[index * 5..<index * 5 + 5])
      guard let fitted = try? FittedTheta(form, values, season: 12) else {
        #expect(means.allSatisfy(\.isNaN) && variances.allSatisfy(\.isNaN))
        continue
      }
      #expect(fitted.forecast(horizon: 5) == Forecast(mean: means, variance: variances))
    }
    let other = ThetaPanel(form, threads: 3).forecast(panel, horizon: 5)
    #expect(zip(result.mean, other.mean).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
  }

  @Test("go along a straight line", arguments: [ThetaForm.optimized, .dynamicOptimized])
  func line(form: ThetaForm) throws {
    let line = (0..<30).map { 10 + 2 * Double($0) }
    let fitted = try FittedTheta(form, line, season: 1)
    for (step, mean) in fitted.forecast(horizon: 8).mean.enumerated() {
      #expect(abs(mean - (70 + 2 * Double(step))) < 1e-6)
    }
  }

  @Test("state how an error now moves later forecasts", arguments: forms)
  func weights(form: ThetaForm) throws {
    let fitted = try FittedTheta(form, PublishedSeries.nile, season: 1)
    var (plain, moved) = (fitted, fitted)
    let next = fitted.forecast(horizon: 1).mean[0]
    let (expected, missed) = ([next], [next + 1])
    plain.update(expected.span)
    moved.update(missed.span)
    let weights = fitted.errorWeights(horizon: 6)
    let (before, after) = (plain.forecast(horizon: 5).mean, moved.forecast(horizon: 5).mean)
    for step in 0..<5 { #expect(abs(after[step] - before[step] - weights[step + 1]) < 1e-9) }
    if !form.isDynamic { #expect(weights.dropFirst().allSatisfy { abs($0 - fitted.parameters.alpha) < 1e-12 }) }
  }

  @Test("bridge unknown values", arguments: forms)
  func unknown(form: ThetaForm) throws {
    var values = PublishedSeries.passengers
    for time in [7, 30, 31, 77, 120] { values[time] = .nan }
    let full = try FittedTheta(form, PublishedSeries.passengers, season: 12).forecast(horizon: 12)
    let gappy = try FittedTheta(form, values, season: 12).forecast(horizon: 12)
    for (a, b) in zip(full.mean, gappy.mean) { #expect(abs(a - b) < 0.03 * a) }
    // At the end, a forecast goes on from the last known value.
    let open = PublishedSeries.passengers + [.nan, .nan]
    let ended = try FittedTheta(form, open, season: 12)
    for (a, b) in zip(full.mean.dropFirst(2), ended.forecast(horizon: 10).mean) { #expect(abs(a - b) < 0.02 * a) }
  }
}

extension FittedTheta {
  init(_ form: ThetaForm, _ values: [Double], season: Int) throws {
    try self.init(form, values.span, season: season)
  }
}
