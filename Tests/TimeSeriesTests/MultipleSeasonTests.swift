import Foundation
import Probability
import Testing
import TimeSeries

@Suite("Decomposition with several seasons")
struct MultipleSeasonTests {
  /// A trend, a week and a month of 28 days.
  static func hourglass(count: Int, noise: Double, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed)
    return (0..<count).map { time in
      let trend = 100 + 0.05 * Double(time)
      let week = 6 * sin(2 * .pi * Double(time % 7) / 7)
      let month = 12 * cos(2 * .pi * Double(time % 28) / 28)
      return trend + week + month + noise * stream.normal()
    }
  }

  @Test("adds up to the series and finds both seasons")
  func twoSeasons() throws {
    let values = Self.hourglass(count: 280, noise: 1, seed: 1)
    let parts = try MultipleSeasonDecomposition().decompose(values, seasons: [28, 7])
    #expect(parts.seasonal.map(\.season) == [7, 28])
    let total = parts.seasonalTotal
    for time in values.indices {
      #expect(abs(parts.trend[time] + total[time] + parts.remainder[time] - values[time]) < 1e-9)
      let truth = 6 * sin(2 * .pi * Double(time % 7) / 7) + 12 * cos(2 * .pi * Double(time % 28) / 28)
      // Ten months of unit noise: a season is known to about a third of it at the ends.
      #expect(abs(total[time] - truth) < 2.5)
    }
    #expect(parts.seasonalStrength > 0.9)
  }

  /// Reference: `STL` of statsmodels 0.14 with the settings of statsforecast's MSTL; see
  /// Benchmarks/forecasting/decomposition_reference.py. Both compute the same sums in another order: rounding only.
  @Test("agrees with the reference on the airline series")
  func reference() throws {
    let parts = try MultipleSeasonDecomposition().decompose(PublishedSeries.passengers, seasons: [12])
    for (position, trend, seasonal) in Self.airlineReference {
      #expect(abs(parts.trend[position] - trend) < 1e-9)
      #expect(abs(parts.seasonal[0].values[position] - seasonal) < 1e-9)
    }
  }

  @Test("fills gaps with trend and season")
  func gaps() throws {
    let whole = Self.hourglass(count: 140, noise: 0, seed: 2)
    var gappy = whole
    for position in [20, 21, 22, 63, 100] { gappy[position] = .nan }
    let parts = try MultipleSeasonDecomposition().decompose(gappy, seasons: [7, 28])
    let total = parts.seasonalTotal
    for position in [20, 21, 22, 63, 100] {
      #expect(parts.remainder[position].isNaN)
      #expect(abs(parts.trend[position] + total[position] - whole[position]) < 2)
    }
  }

  @Test("lets outliers count little where it is asked to")
  func robust() throws {
    var values = Self.hourglass(count: 140, noise: 0.5, seed: 3)
    let plain = try MultipleSeasonDecomposition(robustPasses: 5).decompose(values, seasons: [7])
    values[70] += 500
    let robust = try MultipleSeasonDecomposition(robustPasses: 5).decompose(values, seasons: [7])
    let soft = try MultipleSeasonDecomposition().decompose(values, seasons: [7])
    let season = (plain.seasonal[0].values[77], robust.seasonal[0].values[77], soft.seasonal[0].values[77])
    #expect(abs(season.1 - season.0) < 3)
    #expect(abs(season.2 - season.0) > 10)
  }

  @Test("leaves out a season that does not fit twice, and a season of one")
  func unusable() throws {
    let values = Self.hourglass(count: 30, noise: 1, seed: 4)
    let parts = try MultipleSeasonDecomposition().decompose(values, seasons: [1, 28])
    #expect(parts.seasonal.isEmpty && parts.seasonalStrength == 0)
    #expect(throws: TimeSeriesError.badSeason(0)) {
      try MultipleSeasonDecomposition().decompose(values, seasons: [0])
    }
  }

  @Test("forecasts both seasons")
  func forecast() throws {
    let values = Self.hourglass(count: 308, noise: 0.5, seed: 5)
    let fitted = try MultipleSeasonModel().fit(Array(values[..<280]), seasons: [7, 28])
    let forecast = fitted.forecast(horizon: 28)
    // The swing of the seasons is 18 to either side.
    for step in 0..<28 { #expect(abs(forecast.mean[step] - values[280 + step]) < 5) }
  }
}

extension MultipleSeasonTests {
  /// Position, trend, season.
  static let airlineReference: [(Int, Double, Double)] = [
    (0, 122.887635150073, -16.520518686318407),
    (1, 123.4264877993744, -16.804820737438973),
    (11, 130.5799328774595, -20.643421071716773),
    (30, 170.9905276337652, 43.794485541266376),
    (71, 258.49262616129414, -28.409622536904685),
    (100, 363.56900848482826, -5.419426721725103),
    (131, 450.9993018540789, -43.97093452828525),
    (142, 493.5324830479925, -76.05669414906407),
    (143, 497.06356462622324, -44.7880862559062),
  ]
}
