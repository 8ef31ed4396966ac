import Foundation
import Testing
import TimeSeries

@Suite("Models of occasional demand")
struct IntermittentModelTests {
  struct Reference: Decodable {
    let series: [[Double]]
    let forecasts: [String: [Double]]
  }

  static let models: [any LocalModel] = [
    Croston(), OptimizedCroston(), SyntetosBoylan(), TeunterSyntetosBabai(), AggregateDisaggregate(),
    IntermittentMultipleAggregation(),
  ]

  /// Written by Benchmarks/forecasting/intermittent_reference.py.
  static func reference() throws -> Reference {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appending(path: "References/intermittent.json"))
    return try JSONDecoder().decode(Reference.self, from: data)
  }

  @Test("agree with statsforecast 2.1.1", arguments: models)
  func agreement(model: any LocalModel) throws {
    let reference = try Self.reference()
    let name = type(of: model).name
    // The same sums, but where a weight is searched for: the minimum of a sum of squares is known to half the digits.
    let tolerance = ["croston", "syntetos_boylan", "teunter_syntetos_babai"].contains(name) ? 1e-12 : 1e-6
    for (series, expected) in zip(reference.series, try #require(reference.forecasts[name])) {
      let forecast = try model.fit(series, season: 1).forecast(horizon: 2).mean
      #expect(abs(forecast[0] - expected) <= tolerance * max(1, expected))
      #expect(forecast[1] == forecast[0])
    }
  }

  @Test("leave unknown periods out", arguments: models)
  func unknown(model: any LocalModel) throws {
    let series: [Double] = [0, 2, 0, 0, 3, 0, 1, 0, 0, 0, 4, 0]
    let gappy = series.flatMap { [$0, .nan] }
    let plain = try model.fit(series, season: 1).forecast(horizon: 1)
    #expect(try model.fit(gappy, season: 1).forecast(horizon: 1) == plain)
  }

  @Test("smooth a series with negative values as it is", arguments: models)
  func negative(model: any LocalModel) throws {
    let series: [Double] = [-2, 3, 0, -1, 4, 2, -3, 0, 1, -2]
    let forecast = try model.fit(series, season: 1).forecast(horizon: 1)
    #expect(forecast.mean[0] > -3 && forecast.mean[0] < 4)
    // Moving all values by a constant moves the forecast by as much.
    let moved = try model.fit(series.map { $0 - 10 }, season: 1).forecast(horizon: 1)
    #expect(abs(moved.mean[0] - (forecast.mean[0] - 10)) < 1e-6)
  }

  @Test("TSB forgets what is no longer sold, Croston does not")
  func obsolescence() throws {
    let series: [Double] = Array(repeating: [0, 3], count: 12).flatMap { $0 } + [Double](repeating: 0, count: 24)
    let croston = try Croston().fit(series, season: 1).forecast(horizon: 1).mean[0]
    let forgetful = try TeunterSyntetosBabai().fit(series, season: 1).forecast(horizon: 1).mean[0]
    #expect(abs(croston - 1.5) < 1e-9 && forgetful < 0.2)
  }

  @Test("sums of all lengths are taken up by new values as by a fit")
  func aggregation() throws {
    let series: [Double] = [0, 0, 2, 0, 0, 0, 1, 0, 3, 0, 0, 0, 0, 2, 0, 0, 1, 0, 0, 4]
    let model = IntermittentMultipleAggregation()
    let whole = try model.fit(series, season: 1)
    #expect(whole.lengths == [1, 2, 3])
    // The length-3 sums that end with the last value.
    let sums: [Double] = [2, 1, 3, 2, 1, 4]
    let weight = whole.weights[2]
    let level = sums.dropFirst().reduce(sums[0]) { $0 + weight * ($1 - $0) }
    let next = level + weight * (5 - level)
    let onlyThree = try AggregateDisaggregate().fit(series, season: 1)
    #expect(onlyThree.lengths == [3] && abs(onlyThree.forecast(horizon: 1).mean[0] - level / 3) < 1e-9)
    var updated = onlyThree
    updated.update([0.0, 0, 5].span)
    #expect(abs(updated.forecast(horizon: 1).mean[0] - next / 3) < 1e-9)
    #expect(updated.residuals.count == 23)
  }
}
