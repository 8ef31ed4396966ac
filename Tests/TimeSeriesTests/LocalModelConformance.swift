import Foundation
import Probability
import Testing
import TimeSeries

/// What every local model owes, whatever its method. A model added to `LocalModels.all` is tested here at once.
@Suite("Every local model")
struct LocalModelConformance {
  static let models: [any LocalModel] = LocalModels.all
  static let horizon = 15

  /// Awkward histories: short, constant, all-zero, intermittent, gappy, huge, tiny, with a jump.
  static let awkward: [String: [Double]] = {
    var series: [String: [Double]] = [:]
    series["one value"] = [5]
    series["two values"] = [5, 7]
    series["three values"] = [0, 0, 1]
    series["constant"] = [Double](repeating: 42, count: 40)
    series["all zero"] = [Double](repeating: 0, count: 40)
    series["intermittent"] = (0..<60).map { (time: Int) -> Double in time % 7 == 3 ? Double(1 + time % 3) : 0 }
    series["gappy"] = (0..<60).map { (time: Int) -> Double in time % 4 == 1 ? .nan : Double(10 + time % 12) }
    series["late start"] = [Double](repeating: .nan, count: 20) + seasonal(count: 25, seed: 3)
    series["early end"] = seasonal(count: 40, seed: 4) + [Double](repeating: .nan, count: 14)
    series["huge"] = seasonal(count: 40, seed: 5).map { (value: Double) -> Double in value * 1e12 }
    series["tiny"] = seasonal(count: 40, seed: 6).map { (value: Double) -> Double in value * 1e-12 }
    series["jump"] = [Double](repeating: 1, count: 30) + [Double](repeating: 1000, count: 10)
    series["last zero"] = seasonal(count: 47, seed: 7) + [0]
    series["negative"] = seasonal(count: 40, seed: 8).map { (value: Double) -> Double in value - 200 }
    return series
  }()

  static func seasonal(count: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed)
    let profile: [Double] = [0, 4, 9, 3, -2, -6, -8, -3, 1, 5, 2, -5]
    return (0..<count).map { (time: Int) -> Double in
      let level = 100 + 0.3 * Double(time)
      return level + profile[time % 12] + 3 * stream.normal()
    }
  }

  static func forecast(_ model: some LocalModel, _ values: [Double], season: Int = 12) throws -> Forecast {
    try model.fit(values, season: season).forecast(horizon: horizon)
  }

  @Test("gives finite means and variances that do not shrink below zero", arguments: models, awkward.keys.sorted())
  func finite(model: any LocalModel, name: String) throws {
    let values = try #require(Self.awkward[name])
    for season in [1, 12] {
      let fitted = try model.fit(values, season: season)
      let forecast = fitted.forecast(horizon: Self.horizon)
      #expect(forecast.mean.count == Self.horizon)
      #expect(forecast.mean.allSatisfy(\.isFinite) && forecast.variance.allSatisfy { $0.isFinite && $0 >= 0 })
      #expect(fitted.residuals.count == values.count)
      #expect(zip(values, fitted.residuals).allSatisfy { $1.isNaN || ($1.isFinite && !$0.isNaN) })
      let weights = fitted.errorWeights(horizon: Self.horizon)
      #expect(weights.count == Self.horizon && weights.first == 1 && weights.allSatisfy(\.isFinite))
      #expect(fitted.forecast(horizon: 0).mean.isEmpty)
    }
  }

  @Test("goes on with a constant, without doubt", arguments: models)
  func constant(model: any LocalModel) throws {
    for value in [42.0, 0, -3] {
      let forecast = try Self.forecast(model, [Double](repeating: value, count: 40))
      #expect(forecast.mean.allSatisfy { $0 == value } && forecast.variance.allSatisfy { $0 == 0 })
    }
  }

  @Test("does not care about the unit of a series", arguments: models)
  func scaleEquivariance(model: any LocalModel) throws {
    let values = Self.seasonal(count: 48, seed: 11)
    let plain = try Self.forecast(model, values)
    let scaled = try Self.forecast(model, values.map { $0 * 1024 })
    // Powers of two scale without rounding, so that the search takes the same path.
    for step in 0..<Self.horizon {
      #expect(abs(scaled.mean[step] / 1024 - plain.mean[step]) <= 1e-9 * abs(plain.mean[step]))
      #expect(abs(scaled.variance[step] / (1024 * 1024) - plain.variance[step]) <= 1e-9 * plain.variance[step])
    }
  }

  @Test("gives the same result each time", arguments: models)
  func determinism(model: any LocalModel) throws {
    let values = Self.seasonal(count: 48, seed: 12)
    #expect(try Self.forecast(model, values) == Self.forecast(model, values))
  }

  @Test("can be saved, and goes on with new values as if it had always known them", arguments: models)
  func update(model: any LocalModel) throws {
    let values = Self.seasonal(count: 60, seed: 14)
    for season in [1, 12] { try checkUpdate(model, values, season: season) }
  }

  private func checkUpdate(_ model: some LocalModel, _ values: [Double], season: Int) throws {
    let fitted = try model.fit(Array(values.prefix(50)), season: season)
    var once = try reloaded(fitted)
    #expect(once.forecast(horizon: Self.horizon) == fitted.forecast(horizon: Self.horizon))
    once.update(Array(values[50...]).span)
    var stepwise = try reloaded(fitted)
    for value in values[50...] { stepwise.update([value].span) }
    // The state after one update with ten values is the state after ten updates with one.
    let (all, single) = (once.forecast(horizon: Self.horizon), stepwise.forecast(horizon: Self.horizon))
    for step in 0..<Self.horizon { #expect(abs(all.mean[step] - single.mean[step]) <= 1e-9 * abs(all.mean[step])) }
    #expect(
      once.residuals.count == 60
        && once.residuals.prefix(50).elementsEqual(fitted.residuals) { $0 == $1 || $0.isNaN && $1.isNaN })
    // New values move the forecast, and the first new error is what the forecast missed.
    #expect(all != fitted.forecast(horizon: Self.horizon))
    let missed = values[50] - fitted.forecast(horizon: 1).mean[0]
    #expect(abs(once.residuals[50] - missed) <= 1e-6 * abs(values[50]))
  }

  private func reloaded<Fitted: FittedLocalModel>(_ fitted: Fitted) throws -> Fitted {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(Fitted.self, from: encoder.encode(fitted))
  }

  @Test("can be held at zero or above", arguments: models)
  func nonNegative(model: any LocalModel) throws {
    let falling = (0..<48).map { Double(48 - $0) }
    let forecast = try Self.forecast(model, falling).nonNegative()
    #expect(forecast.mean.allSatisfy { $0 >= 0 })
  }

  @Test("refuses a series that says nothing", arguments: models)
  func refusals(model: any LocalModel) {
    #expect(throws: TimeSeriesError.noKnownValue) { try Self.forecast(model, []) }
    #expect(throws: TimeSeriesError.noKnownValue) { try Self.forecast(model, [.nan, .nan]) }
    #expect(throws: TimeSeriesError.infiniteValue(position: 1)) { try Self.forecast(model, [1, .infinity]) }
    #expect(throws: TimeSeriesError.badSeason(0)) { try Self.forecast(model, [1, 2], season: 0) }
  }

  @Test("states a variance near the errors that it makes", arguments: models)
  func variance(model: any LocalModel) throws {
    // White noise of variance 9 around a seasonal level. A model that sees the season is within a factor of 3 or 4;
    // one that does not makes errors of up to 9 + 9 + 22, noise twice and the squared steps of the profile.
    let fitted = try model.fit(Self.seasonal(count: 120, seed: 13), season: 12)
    let variance = fitted.forecast(horizon: 1).variance[0]
    #expect(variance > 3 && variance < 60)
    let errors = fitted.residuals.filter { !$0.isNaN }
    let meanSquare = errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)
    #expect(variance > 0.5 * meanSquare && variance < 2 * meanSquare)
  }

  @Test("has a name of its own")
  func names() {
    let names = Self.models.map { type(of: $0).name }
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "_" } })
  }
}
