import Foundation
import LinearAlgebra
import Regression
import Testing

@Suite struct SurvivalDiscreteTests {
  let simulation = SurvivalSimulation(rows: 250, seed: 6)

  func distance(_ left: [Double], _ right: [Double]) -> Double {
    left.count == right.count
      ? zip(left, right).reduce(0) { max($0, abs($1.0 - $1.1) / (abs($1.1) + 1e-3)) } : .infinity
  }

  /// One record per row and period, written out with a column per period, by logistic regression.
  @Test func equalsTheRegressionOnRecords() throws {
    let plain = simulation.design()
    let last = 12.0
    let time = simulation.time.map { min($0, last) }
    let event = simulation.time.indices.map { simulation.event[$0] && simulation.time[$0] <= last }
    let response = try SurvivalResponse(time: time, event: event)
    let fit = try DiscreteTimeHazard(baseline: .factor).fit(plain, response)
    var (rows, periods, outcome): ([Int], [Int], [Double]) = ([], [], [])
    for row in time.indices {
      for period in 1...Int(time[row]) {
        rows.append(row)
        periods.append(period)
        outcome.append(event[row] && Double(period) == time[row] ? 1 : 0)
      }
    }
    let levels = fit.baselineNames.compactMap { Int($0.dropFirst(7).dropLast()) }
    #expect(levels == Array(1...12))
    var elements = plain.matrix.selecting(rows: rows).elements
    for level in levels { elements += periods.map { $0 == level ? 1.0 : 0 } }
    let names = plain.names + fit.baselineNames
    let long = DesignMatrix(Matrix(rows: rows.count, columns: names.count, elements: elements), names: names)
    let binary = try GeneralizedLinearRegression(.binomial).fit(long, response: outcome)
    #expect(fit.records == rows.count)
    #expect(distance(fit.coefficients, Array(binary.coefficients.prefix(3))) < 1e-8)
    #expect(abs(fit.logLikelihood - binary.logLikelihood) < 1e-9)
    #expect(distance(fit.terms.prefix(3).map(\.standardError), binary.terms.prefix(3).map(\.standardError)) < 1e-7)
    // Survival is the product of what the records' hazards leave.
    let probabilities = binary.predict(long)
    let prediction = try fit.survival(plain, horizons: [time[7]])
    var product = 1.0
    for (index, row) in rows.enumerated() where row == 7 { product *= 1 - probabilities[index] }
    #expect(abs(prediction.survival[7, 0] - product) < 1e-9)
  }

  /// The factor baseline with complementary log-log is the grouped proportional hazards model: coefficients near Cox's.
  @Test func complementaryLogLogIsNearCox() throws {
    let large = SurvivalSimulation(rows: 1500, seed: 16)
    let cox = try CoxRegression().fit(large.design(), try large.response())
    let fit = try DiscreteTimeHazard(link: .complementaryLogLog, baseline: .factor)
      .fit(large.design(), try large.response(), standardErrors: .robust)
    for (left, right) in zip(fit.terms, cox.terms) {
      #expect(abs(left.estimate - right.estimate) < 0.5 * right.standardError)
      #expect(abs(left.standardError / right.standardError - 1) < 0.15)
    }
  }

  /// Rows cut into pieces, and strata fitted apart, say the same.
  @Test(arguments: DiscreteTimeHazard.HazardLink.allCases)
  func theSameDataWrittenDifferently(link: DiscreteTimeHazard.HazardLink) throws {
    let model = DiscreteTimeHazard(link: link, baseline: .spline(degreesOfFreedom: 3), ridge: 0.001)
    let (design, response) = (simulation.design(), try simulation.response())
    let whole = try DiscreteTimeHazard(link: link, baseline: .spline(degreesOfFreedom: 3))
      .fit(design, response, standardErrors: .robust)
    let (cutDesign, cutResponse, rows) = try simulation.pieces()
    let cut = try DiscreteTimeHazard(link: link, baseline: .spline(degreesOfFreedom: 3))
      .fit(cutDesign, cutResponse, standardErrors: .clustered(rows))
    #expect(distance(cut.coefficients, whole.coefficients) < 1e-9)
    #expect(distance(cut.terms.prefix(3).map(\.standardError), whole.terms.prefix(3).map(\.standardError)) < 1e-8)
    #expect(abs(cut.logLikelihood - whole.logLikelihood) < 1e-9)
    let ridge = try model.fit(design, response)
    #expect(ridge.effectiveParameters < whole.effectiveParameters)
    #expect(abs(ridge.coefficients[0]) < abs(whole.coefficients[0]))
    // An empty design leaves each stratum to itself.
    let names = simulation.time.indices.map { $0 % 2 == 0 ? "even" : "odd" }
    let empty = DesignMatrix(Matrix(rows: 250, columns: 0), names: [])
    let both = try DiscreteTimeHazard(link: link, baseline: .factor)
      .fit(empty, try SurvivalResponse(time: response.time, event: response.event, strata: Strata(names)))
    let horizon = 6.0
    let kept = simulation.time.indices.filter { names[$0] == "even" }
    let one = DesignMatrix(Matrix(rows: 1, columns: 0), names: [])
    // The order of the strata's names does not matter.
    let flipped = Strata(codes: names.map { $0 == "even" ? 1 : 0 }, names: ["odd", "even"])
    let other = try DiscreteTimeHazard(link: link, baseline: .factor)
      .fit(empty, try SurvivalResponse(time: response.time, event: response.event, strata: flipped))
    let value = try both.survival(one, horizons: [9, 40], strata: Strata(["even"]), errors: true)
    let same = try other.survival(one, horizons: [9, 40], strata: Strata(["even"]), errors: true)
    #expect(distance(value.survival.elements, same.survival.elements) < 1e-10)
    #expect(distance(try #require(value.standardErrors).elements, try #require(same.standardErrors).elements) < 1e-9)
    let odd = try both.survival(one, horizons: [9, 40], strata: Strata(["odd"]))
    #expect(distance(value.survival.elements, odd.survival.elements) > 1e-3)
    let alone = try DiscreteTimeHazard(link: link, baseline: .factor)
      .fit(DesignMatrix(Matrix(rows: kept.count, columns: 0), names: []), try simulation.response(kept))
    // Without covariates the product over periods is the Kaplan-Meier curve.
    let curve = try KaplanMeier(try simulation.response(kept)).curves[0]
    let survival = try alone.survival(one, horizons: [horizon, 3], errors: true)
    #expect(abs(survival.survival[0, 0] - curve.survival(at: horizon)) < 1e-9)
    #expect(abs(survival.survival[0, 1] - curve.survival(at: 3)) < 1e-9)
    let step = try #require(curve.times.firstIndex(of: horizon))
    #expect(abs(try #require(survival.standardErrors)[0, 0] - curve.standardErrors[step]) < 1e-8)
    let conditional = try alone.survival(one, horizons: [horizon], from: [3])
    #expect(abs(conditional.survival[0, 0] - survival.survival[0, 0] / survival.survival[0, 1]) < 1e-12)
    let loaded = try JSONDecoder().decode(DiscreteTimeFit.self, from: JSONEncoder().encode(alone))
    #expect(try loaded.survival(one, horizons: [3, 9]) == alone.survival(one, horizons: [3, 9]))
  }

  @Test func badDataAreErrors() throws {
    let half = try SurvivalResponse(time: [0.5, 2], event: [true, true])
    let design = DesignMatrix(Matrix(rows: 2, columns: 1, elements: [1, 2]), names: ["x"])
    #expect(throws: RegressionError.self) { try DiscreteTimeHazard().fit(design, half) }
    // A group without events has no finite coefficient; a constant column is the baseline's.
    let group = simulation.time.indices.map { $0 % 5 == 0 ? 1.0 : 0 }
    let event = simulation.event.indices.map { simulation.event[$0] && group[$0] == 0 }
    let wide = DesignMatrix(
      Matrix(rows: 250, columns: 2, elements: group.map { _ in 1 } + group), names: ["(intercept)", "group"])
    let response = try SurvivalResponse(time: simulation.time, event: event)
    #expect(throws: RegressionError.separation(columns: ["group"], rows: 250)) {
      try DiscreteTimeHazard().fit(wide, response)
    }
    let ridge = try DiscreteTimeHazard(ridge: 0.01).fit(wide, response)
    #expect(ridge.dropped.map(\.description) == ["(intercept) = (baseline)"])
    #expect(ridge.coefficients[1] < 0)
  }
}
