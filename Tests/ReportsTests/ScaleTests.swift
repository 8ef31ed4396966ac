import ChannelTypes
import Testing

@testable import Reports

@Suite struct ScaleTests {
  static let samples: [[Double]] = [
    [], [0], [5], [-5], [1e-9], [1e12], [0, 0, 0], [3, 97], [-20, 35], [0.1, 0.3], [1e-12, 1e12], [.nan, 2],
    [.infinity, 1, -.infinity], [-1e-15, 1e-15], [Double.greatestFiniteMagnitude, 1], [2.5, 7.5, 12.5],
  ]

  @Test(arguments: samples)
  func ticksAreRoundEvenAndAscendingAndCoverTheValues(values: [Double]) {
    for includesZero in [true, false] {
      let scale = LinearScale(covering: values, includesZero: includesZero, from: 200, to: 10)
      #expect(scale.lower < scale.upper)
      #expect(scale.ticks.count >= 2 && scale.ticks.count <= 12)
      #expect(zip(scale.ticks, scale.ticks.dropFirst()).allSatisfy { $0 < $1 })
      for value in values where value.isFinite && value.magnitude < 1e300 {
        #expect(scale.lower <= value && value <= scale.upper)
      }
      if includesZero { #expect(scale.lower <= 0 && scale.upper >= 0) }
      #expect(scale.labels.count == scale.ticks.count)
      #expect(Set(scale.labels).count == scale.labels.count, "labels that repeat say nothing: \(scale.labels)")
    }
  }

  @Test func positionsAreLinearAndFinite() {
    let scale = LinearScale(covering: [0, 100], from: 180, to: 20)
    #expect(scale(0) == 180)
    #expect(scale(100) == 20)
    #expect(scale(25) == 140)
    // A value outside goes outside, an unknown one to the start: never NaN.
    #expect(scale(200) == -140)
    #expect(scale(.nan) == 180)
    #expect(scale(.infinity) == 180)
  }

  @Test(arguments: [
    (0.7, 1.0), (1.0, 1.0), (1.2, 2.0), (2.2, 2.5), (3.0, 5.0), (6.0, 10.0), (0.03, 0.05), (12_000.0, 20_000.0),
    (0.0, 1.0), (.nan, 1.0),
  ])
  func stepsAreRound(rough: Double, nice: Double) {
    // The powers of ten are reached by repeated multiplication or division: a few units in the last place.
    #expect((LinearScale.niceStep(rough) - nice).magnitude <= nice * 1e-12)
  }

  @Test func labelsShareOneUnit() {
    #expect(LinearScale(covering: [0, 1_400_000], from: 0, to: 1).labels == ["0", "0.5 M", "1.0 M", "1.5 M"])
    #expect(LinearScale(covering: [0, 40_000], from: 0, to: 1).labels == ["0", "10 k", "20 k", "30 k", "40 k"])
    #expect(LinearScale(covering: [-3, 1], from: 0, to: 1).labels == ["−3", "−2", "−1", "0", "1"])
    #expect(LinearScale(covering: [0, 0.1], from: 0, to: 1, tickCount: 4).labels[1] == "0.025")
  }

  @Test func yearsAreMarkedWhereTheyBegin() {
    let months = (0..<30).map { Period.month(2023, 4).advanced(by: $0) }
    let labels = Frame.periodLabels(months)
    #expect(labels.map(\.label) == ["2024", "2025"])
    #expect(labels.map(\.index) == [9, 21])
    let year = (0..<12).map { Period.month(2026, 1).advanced(by: $0) }
    #expect(Frame.periodLabels(year).map(\.label) == ["2026-01", "2026-07", "2026-12"])
    #expect(Frame.periodLabels([.month(2026, 3)]).map(\.label) == ["2026-03"])
    #expect(Frame.periodLabels([]).isEmpty)
    #expect(Frame.periodLabels((40...160).map { .number($0) }).map(\.label) == ["50", "75", "100", "125", "150"])
  }

  @Test func coordinatesHaveOneDecimalAndAreNeverNaN() {
    #expect(Markup.number(1.25) == "1.3")
    #expect(Markup.number(-0.04) == "0")
    #expect(Markup.number(-12.5) == "-12.5")
    #expect(Markup.number(.nan) == "0")
    #expect(Markup.number(1e300) == "0")
  }
}
