import Foundation
import LinearAlgebra
import Probability
import Regression
import Testing

@Suite struct SurvivalDurationTests {
  let simulation = SurvivalSimulation(rows: 300, seed: 8, wholeTimes: false)

  func design(_ rows: [Int]? = nil) -> DesignMatrix {
    let plain = simulation.design(rows)
    let count = plain.matrix.rows
    let columns = [Double](repeating: 1, count: count) + plain.matrix.elements.prefix(2 * count)
    return DesignMatrix(Matrix(rows: count, columns: 3, elements: columns), names: ["(intercept)", "x", "treated"])
  }

  func distance(_ left: [Double], _ right: [Double]) -> Double {
    left.count == right.count
      ? zip(left, right).reduce(0) { max($0, abs($1.0 - $1.1) / (abs($1.1) + 1e-300)) } : .infinity
  }

  /// Rows cut into pieces say the same, for every distribution: the likelihood telescopes.
  @Test(arguments: DurationDistribution.allCases)
  func cuttingRowsChangesNothing(distribution: DurationDistribution) throws {
    let model = AcceleratedFailureTimeRegression(distribution: distribution)
    let whole = try model.fit(design(), try simulation.response(), standardErrors: .robust)
    let (_, response, rows) = try simulation.pieces()
    let cut = try model.fit(design(rows), response, standardErrors: .clustered(rows))
    #expect(distance(cut.coefficients, whole.coefficients) < 1e-10)
    #expect(distance([cut.scale], [whole.scale]) < 1e-11)
    #expect(distance(cut.terms.map(\.standardError), whole.terms.map(\.standardError)) < 1e-9)
    #expect(distance([cut.logLikelihood], [whole.logLikelihood]) < 1e-12)
  }

  /// At the optimum moving any parameter does not raise the likelihood, and its curvature is the inverse covariance:
  /// both read from fits with an offset that moves the intercept.
  @Test(arguments: DurationDistribution.allCases)
  func unitsOfTimeOnlyMoveTheIntercept(distribution: DurationDistribution) throws {
    let model = AcceleratedFailureTimeRegression(distribution: distribution)
    let days = try model.fit(design(), try simulation.response())
    let scaled = try SurvivalResponse(time: simulation.time.map { $0 * 30 }, event: simulation.event)
    let months = try model.fit(design(), scaled)
    let events = Double(simulation.event.count { $0 })
    #expect(abs(months.coefficients[0] - days.coefficients[0] - log(30)) < 1e-10)
    #expect(distance(Array(months.coefficients[1...]), Array(days.coefficients[1...])) < 1e-9)
    #expect(abs(months.logLikelihood - days.logLikelihood + events * log(30)) < 1e-9)
    #expect(distance(months.terms.dropLast().map(\.standardError), days.terms.dropLast().map(\.standardError)) < 1e-9)
    let repeated = try model.fit(design(), try simulation.response(), weights: simulation.time.map { _ in 2 })
    #expect(distance(repeated.coefficients, days.coefficients) < 1e-10)
    #expect(abs(repeated.logLikelihood - 2 * days.logLikelihood) < 1e-9)
  }

  /// The simulated hazards are constant: σ is one, and coefficients are minus those of the hazard.
  @Test func findsTheTruth() throws {
    let large = SurvivalSimulation(rows: 4000, seed: 10, wholeTimes: false)
    let elements = [Double](repeating: 1, count: 4000) + large.design().matrix.elements
    let design = DesignMatrix(
      Matrix(rows: 4000, columns: 4, elements: elements), names: ["(intercept)", "x", "treated", "year"])
    let fit = try AcceleratedFailureTimeRegression().fit(design, try large.response())
    for (term, truth) in zip(fit.terms.dropFirst(), SurvivalSimulation.coefficients.map { -$0 } + [0]) {
      #expect(abs(term.estimate - truth) < 4 * term.standardError)
      #expect(term.standardError < 0.1)
    }
    let exponential = try AcceleratedFailureTimeRegression(distribution: .exponential).fit(design, try large.response())
    #expect(exponential.scale == 1)
    #expect(fit.logLikelihood >= exponential.logLikelihood)
  }

  /// Errors of survival by numerical slopes, medians where survival is one half, and conditional survival.
  @Test(arguments: DurationDistribution.allCases)
  func predictions(distribution: DurationDistribution) throws {
    let fit = try AcceleratedFailureTimeRegression(distribution: distribution).fit(design(), try simulation.response())
    let row = DesignMatrix(Matrix(columns: 3, rowByRow: [1, 0.5, 1]), names: fit.names)
    let median = fit.quantiles(row)[0]
    let prediction = fit.survival(row, horizons: [median / 2, median], errors: true)
    #expect(abs(prediction.survival[0, 1] - 0.5) < 1e-12)
    let conditional = fit.survival(row, horizons: [median], from: [median / 2])
    #expect(abs(conditional.survival[0, 0] - 0.5 / prediction.survival[0, 0]) < 1e-12)
    // Moving the predictor by h through the offset gives ∂S/∂η, and with it the error where σ is fixed.
    if distribution == .exponential {
      let step = 1e-5
      let high = fit.survival(row, horizons: [median], offset: [step]).survival[0, 0]
      let low = fit.survival(row, horizons: [median], offset: [-step]).survival[0, 0]
      let x = row.matrix.row(0) + [0]
      let error = (high - low) / (2 * step) * dot(x, fit.covariance * x).squareRoot()
      #expect(abs(try #require(prediction.standardErrors)[0, 1] - error) < 1e-8)
    }
    let loaded = try JSONDecoder().decode(AcceleratedFailureTimeFit.self, from: JSONEncoder().encode(fit))
    #expect(loaded.survival(row, horizons: [3], errors: true) == fit.survival(row, horizons: [3], errors: true))
  }

  @Test func dependentColumnsAndBadTimes() throws {
    let plain = design()
    let elements =
      plain.matrix.elements + (0..<300).map { 1 - plain.matrix[$0, 2] } + [Double](repeating: 0, count: 300)
    let wide = DesignMatrix(
      Matrix(rows: 300, columns: 5, elements: elements), names: plain.names + ["untreated", "zero"])
    let fit = try AcceleratedFailureTimeRegression().fit(wide, try simulation.response())
    #expect(fit.dropped.map(\.description) == ["untreated = (intercept) - treated", "zero is zero in every row"])
    let response = try SurvivalResponse(time: [0, 1], event: [true, true])
    #expect(throws: RegressionError.badResponse(row: 0, value: 0, allowed: "times above zero")) {
      try AcceleratedFailureTimeRegression().fit(design([0, 1]), response)
    }
  }
}

/// Effects that change over time are found, those that do not are not.
@Suite struct SurvivalProportionalHazardsTests {
  @Test(arguments: ProportionalHazardsTest.TimeTransform.allCases)
  func findsAnEffectThatChanges(transform: ProportionalHazardsTest.TimeTransform) throws {
    var simulation = SurvivalSimulation(rows: 1500, seed: 12)
    var stream = RandomStream(seed: 14)
    // The group's hazard falls with time while that of the others is constant.
    for row in simulation.time.indices {
      let duration = -log(stream.uniform())
      simulation.time[row] = 10 * (simulation.columns[1][row] == 1 ? pow(duration, 2.5) : duration)
      simulation.event[row] = true
    }
    let (design, response) = (simulation.design(), try simulation.response())
    let fit = try CoxRegression().fit(design, response)
    let test = try ProportionalHazardsTest(fit, design, response, transform: transform)
    #expect(test.terms[1].pValue < 1e-6)
    #expect(test.global.pValue < 1e-6)
    let plain = SurvivalSimulation(rows: 1500, seed: 13)
    let good = try CoxRegression().fit(plain.design(), try plain.response())
    let calm = try ProportionalHazardsTest(good, plain.design(), try plain.response(), transform: transform)
    #expect(calm.global.pValue > 1e-3)
    #expect(calm.scaledResiduals.rows == calm.eventTimes.count)
    // Scaled residuals average to the coefficients, as the residuals sum to the gradient, which is zero.
    for (column, estimate) in good.coefficients.enumerated() {
      let mean = calm.scaledResiduals.column(column).reduce(0, +) / Double(calm.eventTimes.count)
      #expect(abs(mean - estimate) < 1e-9)
    }
  }
}
