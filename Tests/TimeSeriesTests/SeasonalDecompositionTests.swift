import Probability
import Testing
import TimeSeries

@Suite("Seasonality test and classical indices")
struct SeasonalDecompositionTests {
  /// statsmodels 0.14 `seasonal_decompose(...).seasonal[:12]`; printed with eight digits.
  static let ratios = [
    0.91023037, 0.88362532, 1.0073663, 0.97590601, 0.98137803, 1.1127758, 1.2265555, 1.219911, 1.0604919, 0.92175724,
    0.80117808, 0.89882439,
  ]
  static let differences = [
    -24.748737, -36.188131, -2.2411616, -8.0366162, -4.5063131, 35.402778, 63.830808, 62.823232, 16.520202, -20.642677,
    -53.593434, -28.619949,
  ]

  @Test("agrees with the classical decomposition of the passengers")
  func passengers() {
    let passengers = PublishedSeries.passengers
    let multiplicative = SeasonalDecomposition(.multiplicative, passengers.span, season: 12)
    let additive = SeasonalDecomposition(.additive, passengers.span, season: 12)
    for phase in 0..<12 {
      #expect(abs(multiplicative.indices[phase] - Self.ratios[phase]) < 1e-7)
      #expect(abs(additive.indices[phase] - Self.differences[phase]) < 1e-5)
    }
    let tested = SeasonalDecomposition(testing: passengers.span, season: 12)
    #expect(tested == multiplicative)
    // A value of zero cannot be divided by a trend that it is part of.
    let falling = passengers.map { $0 - 104 }
    let shifted = SeasonalDecomposition(testing: falling.span, season: 12)
    #expect(shifted.kind == .additive)
  }

  private func isSeasonal(_ values: [Double], season: Int, minimumSeasons: Int = 2) -> Bool {
    SeasonalDecomposition.isSeasonal(values.span, season: season, minimumSeasons: minimumSeasons)
  }

  @Test("finds a season where one is, and seldom where none is")
  func test() {
    #expect(isSeasonal(PublishedSeries.passengers, season: 12))
    #expect(!isSeasonal(PublishedSeries.nile, season: 1))
    #expect(!isSeasonal([Double](repeating: 0.1, count: 60), season: 12))
    #expect(!isSeasonal(Array(PublishedSeries.passengers.prefix(23)), season: 12))
    #expect(
      !isSeasonal(
        Array(PublishedSeries.passengers.prefix(35)), season: 12, minimumSeasons: 3))
    var found = 0
    for seed in 0..<300 {
      var stream = RandomStream(seed: UInt64(seed))
      let noise = (0..<80).map { (_: Int) -> Double in stream.normal() }
      if isSeasonal(noise, season: 12) { found += 1 }
    }
    // A 10 % test of 300 series of noise; the autocorrelation at a long lag is a little smaller than in theory.
    #expect(found > 5 && found < 45)
  }

  @Test("is little moved by unknown values", arguments: [1, 2, 3])
  func unknown(seed: UInt64) {
    var stream = RandomStream(seed: seed)
    let gappy = PublishedSeries.passengers.map { (value: Double) -> Double in stream.uniform() < 0.15 ? .nan : value }
    let decomposition = SeasonalDecomposition(testing: gappy.span, season: 12)
    #expect(decomposition.kind == .multiplicative)
    for phase in 0..<12 { #expect(abs(decomposition.indices[phase] - Self.ratios[phase]) < 0.03) }
  }
}
