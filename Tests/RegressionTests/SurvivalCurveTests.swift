import Foundation
import Regression
import Testing

@Suite struct SurvivalCurveTests {
  /// By hand: five rows, two of them censored.
  @Test func kaplanMeierByHand() throws {
    let response = try SurvivalResponse(time: [1, 2, 2, 3, 4], event: [true, true, false, true, false])
    let curve = try #require(try KaplanMeier(response).curves.first)
    #expect(curve.times == [1, 2, 3])
    #expect(curve.atRisk == [5, 4, 2])
    for (value, truth) in zip(curve.survival, [0.8, 0.6, 0.3]) { #expect(abs(value - truth) < 1e-15) }
    let greenwood = 0.3 * (1 / 20.0 + 1 / 12.0 + 1 / 2.0).squareRoot()
    #expect(abs(curve.standardErrors[2] - greenwood) < 1e-15)
    #expect(curve.survival(at: 2.5) == curve.survival[1])
    #expect(curve.survival(at: 0.5) == 1)
    #expect(curve.median == 3)
    #expect(curve.quantile(0.1) == nil)
    let interval = curve.intervals(level: 0.95)[2]
    let expected = exp(-1.959963984540054 * (1 / 20.0 + 1 / 12.0 + 1 / 2.0).squareRoot() / log(0.3))
    #expect(abs(interval.lowerBound - pow(0.3, expected)) < 1e-12)
    #expect(curve.intervals(scale: .log).allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= 1 })
  }

  /// Weights are repeated rows, and rows cut into pieces say the same.
  @Test func kaplanMeierOfTheSameDataWrittenDifferently() throws {
    let simulation = SurvivalSimulation(rows: 200, seed: 3)
    let whole = try KaplanMeier(try simulation.response(), weights: simulation.time.indices.map { Double(1 + $0 % 2) })
    let repeated = try KaplanMeier(
      try simulation.response(simulation.time.indices.flatMap { Array(repeating: $0, count: 1 + $0 % 2) }))
    #expect(whole == repeated)
    let (_, response, _) = try simulation.pieces()
    #expect(try KaplanMeier(response) == KaplanMeier(try simulation.response()))
  }

  /// The tree's count equals that of all pairs.
  @Test(arguments: [0.0, 0.3])
  func concordanceCountsAllPairs(tolerance: Double) throws {
    let simulation = SurvivalSimulation(rows: 150, seed: 4)
    let risk = simulation.columns[0].map { ($0 * 4).rounded() / 4 }
    let (time, event) = (simulation.time, simulation.event)
    let weights = time.indices.map { 0.5 + Double($0 % 4) }
    var (concordant, discordant, tied) = (0.0, 0.0, 0.0)
    for i in time.indices where event[i] {
      for j in time.indices where time[j] > time[i] || (time[j] == time[i] && !event[j]) {
        let weight = weights[i] * weights[j]
        if abs(risk[i] - risk[j]) <= tolerance {
          tied += weight
        } else if risk[j] < risk[i] {
          concordant += weight
        } else {
          discordant += weight
        }
      }
    }
    let result = Concordance(risk: risk, try simulation.response(), weights: weights, tolerance: tolerance)
    #expect(abs(result.concordant - concordant) < 1e-8)
    #expect(abs(result.discordant - discordant) < 1e-8)
    #expect(abs(result.tiedRisk - tied) < 1e-8)
    #expect(tied > 0)
  }
}
