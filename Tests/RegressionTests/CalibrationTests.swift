import Probability
import Regression
import Testing

struct CalibrationTests {
  @Test func measuresByHand() throws {
    let calibration = Calibration([0.1, 0.4, 0.4, 0.8], [0, 1, 0, 1], binCount: 2)
    // Pairs event × other: (0.4, 0.1) right, (0.4, 0.4) tied, (0.8, 0.1) and (0.8, 0.4) right: 3.5 of 4.
    #expect(calibration.auc == 0.875)
    #expect(abs(calibration.brier - (0.01 + 0.36 + 0.16 + 0.04) / 4) < 1e-15)
    // −(log 0.9 + log 0.4 + log 0.6 + log 0.8) / 4.
    #expect(abs(calibration.logLoss - 0.438_905_105_653_045_4) < 1e-12)
    // The tie at 0.4 keeps the first bin open.
    #expect(calibration.bins.map(\.rows) == [3, 1])
    #expect(abs(calibration.bins[0].predicted - 0.3) < 1e-15)
    #expect(abs(calibration.bins[0].observed - 1.0 / 3) < 1e-15)
  }

  @Test func degenerateInputs() {
    let one = Calibration([0.2, 0.3], [0, 0])
    #expect(one.auc == nil && one.slope == nil && one.intercept == nil)
    #expect(one.logLoss.isFinite)
    let empty = Calibration([], [])
    #expect(empty.bins.isEmpty && empty.logLoss == 0 && empty.brier == 0)
    #expect(Calibration([0, 1], [1, 0]).logLoss.isFinite)
    let constant = Calibration([0.5, 0.5, 0.5], [1, 0, 0])
    #expect(constant.auc == 0.5 && constant.slope == nil && constant.bins.count == 1)
  }

  @Test func trueProbabilitiesAreCalibrated() throws {
    var stream = RandomStream(seed: 5, key: 1)
    let p = (0..<40_000).map { _ in logistic(stream.normal(mean: -1, standardDeviation: 1)) }
    let y = p.map { stream.uniform() < $0 ? 1.0 : 0 }
    let right = Calibration(p, y)
    // Standard error of the slope about 0.014, of the intercept 0.012.
    let slope = try #require(right.slope)
    #expect(abs(slope - 1) < 0.05)
    #expect(try abs(#require(right.intercept)) < 0.05)
    #expect(right.bins.count == 10)
    #expect(right.bins.allSatisfy { abs($0.predicted - $0.observed) < 0.03 })
    // Logits twice as far apart have half the slope.
    let extreme = Calibration(p.map { logistic(2 * logit($0)) }, y)
    #expect(try abs(#require(extreme.slope) * 2 - slope) < 1e-6)
    #expect(extreme.auc == right.auc)
  }

  @Test func foldsKeepGroupsTogetherAndShareEvents() {
    let groups = (0..<500).map { $0 / 5 }
    let events = groups.map { $0 % 10 == 0 ? 1.0 : 0 }
    let folds = Folds.grouped(groups, events: events, count: 5, seed: 3)
    for group in 0..<100 {
      #expect(Set((0..<5).map { folds.assignment[group * 5 + $0] }).count == 1)
    }
    for fold in 0..<5 {
      let held = folds.held(fold)
      #expect(held.count == 100)
      #expect(held.reduce(0) { $0 + events[$1] } == 10)
      #expect(held.count + folds.training(fold).count == 500)
    }
    #expect(folds == Folds.grouped(groups, events: events, count: 5, seed: 3))
    #expect(folds != Folds.grouped(groups, events: events, count: 5, seed: 4))
    #expect(Folds(column: [7, 3, 7]).assignment == [1, 0, 1])
  }

  @Test func ridgeIsChosenByHeldOutLogLoss() throws {
    // Thirty columns of noise on few rows: no penalty overfits, and the choice must beat it.
    let design = simulatedDesign(rows: 150, columns: 30, seed: 51)
    let y = simulatedOutcomes(design, [-1, 0.015] + [Double](repeating: 0, count: 28), seed: 52)
    let folds = Folds.random(rows: 150, events: y, count: 5, seed: 1)
    let regression = GeneralizedLinearRegression(.binomial)
    let (ridge, deviance) = try #require(
      regression.choosingRidge(among: [1e-4, 1e-2, 1e-1, 1], design, response: y, folds: folds))
    #expect(ridge >= 1e-2)
    let weak = try #require(regression.choosingRidge(among: [1e-4], design, response: y, folds: folds))
    #expect(deviance < weak.deviance)
  }
}
