import ChannelTypes
import LinearAlgebra
import Probability
import Testing

@testable import Demand

@Suite struct ResponseBuildingBlockTests {
  @Test(arguments: ResponseCurve.Family.allCases)
  func curveThroughAPointWithAnElasticity(family: ResponseCurve.Family) {
    for elasticity in [0.05, 0.3, 0.6, 0.95] {
      let curve = ResponseCurve(family: family, elasticity: elasticity, value: 12_000, at: 7_000)
      // Bisection on ln z to 150 / 2^80 leaves rounding alone.
      #expect(abs(curve.value(at: 7_000) / 12_000 - 1) < 1e-12)
      #expect(abs(curve.elasticity(at: 7_000) - elasticity) < 1e-9)
      #expect(curve.value(at: 0) == 0)
      #expect(curve.slope(at: 3_000) > curve.slope(at: 9_000))
    }
  }

  @Test(arguments: ResponseCurve.Family.allCases)
  func aQuarterOfEvenMonthsReturnsThreeMonths(family: ResponseCurve.Family) {
    let month = ResponseCurve(family: family, elasticity: 0.4, value: 900, at: 500)
    let quarter = month.overPeriods(3)
    for spend in [100.0, 1_500, 6_000] {
      #expect(abs(quarter.value(at: spend) / (3 * month.value(at: spend / 3)) - 1) < 1e-12)
      #expect(abs(quarter.slope(at: spend) / month.slope(at: spend / 3) - 1) < 1e-12)
    }
  }

  @Test func carryOverKeepsAConstantSpendAndSpreadsAPulse() {
    let carryOver = CarryOver.geometric(retention: 0.6)
    #expect(carryOver.smoothed([5, 5, 5, 5][...]).allSatisfy { abs($0 - 5) < 1e-12 })
    var spend = [Double](repeating: 0, count: 20)
    spend[3] = 10
    let pulse = carryOver.smoothed(spend[...])
    #expect(pulse[3] == 4)
    #expect(abs(pulse[4] - 2.4) < 1e-12)
    // The weights sum to one: 17 periods of 0.6 leave 0.6^17 of the pulse.
    #expect(abs(pulse.reduce(0, +) - 10) < 10 * 2e-4)
  }

  @Test func aLateEffectPeaksAfterItsSpendAndLosesNothing() {
    let carryOver = CarryOver.weibull(shape: 2, scale: 3.5)
    #expect(carryOver.smoothed([5, 5, 5, 5, 5, 5][...]).allSatisfy { abs($0 - 5) < 1e-12 })
    var spend = [Double](repeating: 0, count: 24)
    spend[3] = 10
    let pulse = carryOver.smoothed(spend[...])
    #expect(pulse[5] > pulse[3] && pulse[5] > pulse[8])
    // Twenty periods hold all but exp(−(20 / 3.5)²) of the effect.
    #expect(abs(pulse.reduce(0, +) - 10) < 1e-10)
    #expect(abs(pulse[3] / 10 + carryOver.laterShare - 1) < 1e-12)
  }

  @Test(arguments: 1...40)
  func nonNegativeLeastSquaresMeetsItsOptimalityConditions(seed: UInt64) throws {
    var stream = RandomStream(seed: seed, key: RandomStream.key("nnls"))
    let (rows, columns) = (20, 1 + Int(seed % 8))
    let x = Matrix(rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in stream.normal() })
    let y = (0..<rows).map { _ in stream.normal() }
    let (gram, products) = (x.transposedTimes(x), x.transposedTimes(y))
    let beta = try NonNegativeLeastSquares(gram: gram, products: products).solution
    let gradient = zip(gram * beta, products).map { $0 - $1 }
    for (value, slope) in zip(beta, gradient) {
      #expect(value >= 0)
      #expect(slope > -1e-9)
      #expect(abs(value * slope) < 1e-9)
    }
  }

  @Test func gammaDrawsHaveTheMeanAndVarianceOfTheirShape() {
    var stream = RandomStream(seed: 3)
    let draws = (0..<20_000).map { _ in stream.gamma(shape: 6.5) }
    let mean = draws.reduce(0, +) / 20_000
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    // Four standard errors: 4 · √(6.5 / 20,000) and about 4 · 6.5 · √(3 / 20,000).
    #expect(abs(mean - 6.5) < 0.075)
    #expect(abs(variance - 6.5) < 0.32)
  }

  @Test func sliceDrawsFollowTheirDensity() {
    var stream = RandomStream(seed: 4)
    var value = 0.0
    var (sum, square) = (0.0, 0.0)
    for _ in 0..<20_000 {
      value = sliceDraw(from: value, &stream) { -($0 - 2) * ($0 - 2) / (2 * 0.49) }
      sum += value
      square += value * value
    }
    let mean = sum / 20_000
    #expect(abs(mean - 2) < 0.05)
    #expect(abs((square / 20_000 - mean * mean).squareRoot() - 0.7) < 0.05)
  }

  @Test func whiteningStartsAgainAfterAGap() {
    let errors = ErrorModel(autocorrelation: 0.6, weights: [1, 1, 0, 1, 2, 1, 1, 1])
    let white = errors.whitened([1, 2, 3, 4, 5, 6, 7, 8], periodCount: 4)
    let expected: [Double] = [0.8, 2 - 0.6, 0, 0.8 * 4, 2 * 0.8 * 5, 6 - 3, 7 - 3.6, 8 - 4.2]
    for (got, want) in zip(white, expected) { #expect(abs(got - want) < 1e-12) }
  }
}

/// Estimation on simulated panels with known curves. Settings are small: the intervals are checked on many seeds by the
/// benchmark, here on few.
@Suite struct ResponseModelTests {
  static var quick: ResponseModel {
    var model = ResponseModel()
    (model.warmUp, model.drawCount, model.thinning) = (60, 100, 1)
    return model
  }

  @Test func intervalsCoverTheTruthWhereSpendVaries() throws {
    var (inside, all, history) = (0, 0, 0)
    for seed in 1...3 {
      let simulated = SimulatedResponse(seed: UInt64(seed)).make()
      let fit = try Self.quick.fit(simulated.panel, seed: 1)
      for type in fit.spendTypes.indices {
        for region in fit.regions.indices {
          let spend = fit.typicalSpend(region: region, type: type)
          let slopes = fit.returns(region: region, type: type, at: spend).slopes.sorted()
          let truth =
            (simulated.truth(region, type, spend * 1.01) - simulated.truth(region, type, spend * 0.99)) / (0.02 * spend)
          all += 1
          if slopes[5] <= truth, truth <= slopes[94] { inside += 1 }
          if fit.evidence(region: region, type: type) == .history { history += 1 }
        }
      }
    }
    // 150 intervals of 90 %, in 15 groups that share a pooled height: 75 % is about three standard errors below.
    #expect(Double(inside) / Double(all) > 0.75)
    #expect(history > 0)
  }

  @Test func strongIndependentVariationIsEvidence() throws {
    var simulation = SimulatedResponse(seed: 5)
    simulation.noise = 0.01
    simulation.spendVariation = 0.6
    let simulated = simulation.make()
    let fit = try Self.quick.fit(simulated.panel, seed: 1)
    #expect(fit.doubts.allSatisfy { $0 == nil })
    let graded = fit.spendTypes.indices.flatMap { type in
      fit.regions.indices.map { fit.evidence(region: $0, type: type) }
    }
    #expect(graded.count { $0 == .history } >= 45)
    // The best and the worst type are told apart in every region: true returns 2.5 and 0.4.
    for region in fit.regions.indices {
      func averageReturn(_ type: Int) -> Double {
        let spend = fit.typicalSpend(region: region, type: type)
        return fit.curve(region: region, type: type, near: spend).value(at: spend) / spend
      }
      #expect(averageReturn(0) > averageReturn(3))
    }
  }

  @Test func spendThatIsAShareOfSalesProvesNothing() throws {
    var simulation = SimulatedResponse(seed: 2)
    simulation.rules = [.shareOfSales, .independent, .shareOfSales, .independent, .independent]
    let panel = simulation.make().panel
    let fit = try Self.quick.fit(panel, seed: 1)
    for type in [0, 2] {
      guard case .followsSales(let share) = fit.doubts[type] else {
        Issue.record("type \(type) followed sales and was believed")
        continue
      }
      #expect(share > 0.99)
      for region in fit.regions.indices {
        #expect(fit.evidence(region: region, type: type) == .assumption)
        // The cautious curve: break-even at the margin at the usual spend of the last year.
        let usual = panel.spend[type][(region * 36 + 24)..<(region * 36 + 36)].reduce(0, +) / 12
        let curve = fit.curve(region: region, type: type, near: 3 * usual)
        #expect(abs(curve.slope(at: usual) - 1) < 1e-9)
      }
    }
    #expect(fit.doubts[1] == nil)
  }

  @Test func anExperimentTellsWhatFollowingSalesCannot() throws {
    var simulation = SimulatedResponse(seed: 9)
    simulation.regionCount = 5
    simulation.rules = [.shareOfSales, .independent, .independent, .independent, .independent]
    var panel = simulation.make().panel
    // Spend of type 0 raised by a fifth of its level in two regions for four periods; each unit brought 2.2.
    for region in 0...1 {
      let extra = 0.2 * panel.spend[0][region * 36 + 20]
      panel.experiments.append(
        ResponsePanel.Experiment(
          region: region, spendType: 0, periods: 20..<24, extraSpend: extra, lift: 2.2 * 4 * extra,
          standardError: 0.2 * 4 * extra))
    }
    let fit = try Self.quick.fit(panel, seed: 1)
    #expect(fit.doubts[0] == nil)
    for region in 0...1 {
      #expect(fit.evidence(region: region, type: 0) == .experiment)
      let slope = fit.curve(region: region, type: 0, near: panel.spend[0][region * 36 + 20])
        .slope(at: panel.spend[0][region * 36 + 20])
      // Carry-over beyond the trial adds to the steady state; its length is unknown here.
      #expect(slope > 1.6 && slope < 4)
    }
    panel.experiments[0].periods = 30..<40
    #expect(throws: ResponseError.badExperiment(index: 0)) { try Self.quick.fit(panel, seed: 1) }
  }

  @Test func constantSpendProvesNothing() throws {
    var panel = SimulatedResponse(seed: 3).make().panel
    panel.spend[1] = panel.spend[1].map { _ in 4_000 }
    panel.spend[3] = panel.spend[3].map { _ in 0 }
    let fit = try Self.quick.fit(panel, seed: 1)
    #expect(fit.doubts[3] == .noVariation)
    #expect(fit.doubts[1] == .noVariation)
    #expect(fit.evidence(region: 0, type: 3) == .assumption)
    // Money never spent: one unit returns at most itself.
    #expect(fit.curve(region: 0, type: 3, near: 0).amplitude > 0)
    #expect(fit.curve(region: 0, type: 3, near: 0).slope(at: 0) <= 1)
    #expect(fit.observationCount(region: 0, type: 3) == 0)
  }

  @Test func everyDrawIsPositiveIncreasingAndConcave() throws {
    let panel = SimulatedResponse(seed: 4).make().panel
    let fit = try Self.quick.fit(panel, seed: 1)
    for type in fit.spendTypes.indices {
      for region in fit.regions.indices {
        let spend = fit.typicalSpend(region: region, type: type)
        let curves =
          (0..<fit.drawCount).map { fit.drawnCurve($0, region: region, type: type) }
          + [fit.curve(region: region, type: type, near: spend)]
        for curve in curves {
          #expect(curve.amplitude > 0 && curve.scale > 0)
          #expect(curve.slope(at: spend / 2) > curve.slope(at: spend))
          #expect(curve.slope(at: spend) >= 0 && curve.value(at: spend).isFinite)
        }
      }
    }
  }

  @Test func returnsDoNotDependOnTheCurrency() throws {
    // A power of two scales every intermediate exactly, so that the chains are the same draw by draw.
    var simulation = SimulatedResponse(seed: 6)
    simulation.regionCount = 5
    let small = try Self.quick.fit(simulation.make().panel, seed: 1)
    simulation.currency = 8
    let large = try Self.quick.fit(simulation.make().panel, seed: 1)
    for type in small.spendTypes.indices {
      for region in small.regions.indices {
        let spend = small.typicalSpend(region: region, type: type)
        let (a, b) = (
          small.curve(region: region, type: type, near: spend), large.curve(region: region, type: type, near: 8 * spend)
        )
        #expect(a.family == b.family)
        #expect(abs(b.value(at: 8 * spend) / a.value(at: spend) - 8) < 1e-6)
        #expect(abs(b.slope(at: 8 * spend) - a.slope(at: spend)) < 1e-6)
      }
    }
  }

  @Test func unknownOutcomesAreLeftOutAndASilentRegionIsPooled() throws {
    var simulation = SimulatedResponse(seed: 7)
    simulation.regionCount = 6
    var panel = simulation.make().panel
    for row in 0..<36 { panel.outcome[row] = .nan }
    panel.outcome[100] = .nan
    let fit = try Self.quick.fit(panel, seed: 1)
    #expect(fit.observationCount(region: 0, type: 0) == 0)
    #expect(fit.observationCount(region: 2, type: 0) == 35)
    #expect(fit.sizes[0] > 0)
    #expect(fit.curve(region: 0, type: 0, near: 1_000).value(at: 1_000) > 0)
  }

  @Test func theSameSeedGivesTheSameCurves() throws {
    var simulation = SimulatedResponse(seed: 8)
    simulation.regionCount = 3
    let panel = simulation.make().panel
    let (first, second, other) = (
      try Self.quick.fit(panel, seed: 1), try Self.quick.fit(panel, seed: 1), try Self.quick.fit(panel, seed: 2)
    )
    #expect(first.drawnCurve(5, region: 1, type: 2) == second.drawnCurve(5, region: 1, type: 2))
    #expect(first.drawnCurve(5, region: 1, type: 2) != other.drawnCurve(5, region: 1, type: 2))
  }

  @Test func badPanelsAreRefused() {
    func error(_ change: (inout ResponsePanel) -> Void) -> ResponseError? {
      var panel = ResponsePanel(
        regions: ["a"], spendTypes: ["ads"], periodCount: 24, outcome: [Double](repeating: 5, count: 24),
        spend: [[Double](repeating: 1, count: 24)])
      change(&panel)
      do {
        _ = try Self.quick.fit(panel, seed: 1)
        return nil
      } catch {
        return error
      }
    }
    #expect(error { _ in } == nil)
    #expect(error { $0.spend[0][3] = -1 } == .badSpend(type: "ads"))
    #expect(error { $0.spend[0].removeLast() } == .shape(name: "ads"))
    #expect(error { $0.outcome = [Double](repeating: .nan, count: 24) } == .noOutcome)
    #expect(error { $0.controls = [.init(name: "index", values: [1])] } == .shape(name: "index"))
    #expect(
      error {
        $0 = ResponsePanel(regions: [], spendTypes: ["ads"], periodCount: 24, outcome: [], spend: [[]])
      } == .empty)
    #expect(
      error {
        $0 = ResponsePanel(
          regions: ["a"], spendTypes: ["ads"], periodCount: 3, outcome: [1, 1, 1], spend: [[1, 1, 1]])
      } == .tooShort(periods: 3))
  }
}
