import Foundation
import LinearAlgebra
import Regression
import Testing

@Suite struct SurvivalCoxTests {
  let simulation = SurvivalSimulation(rows: 400, seed: 5)

  /// Relative distance of the farthest pair.
  func distance(_ left: [Double], _ right: [Double]) -> Double {
    left.count == right.count
      ? zip(left, right).reduce(0) { max($0, abs($1.0 - $1.1) / (abs($1.1) + 1e-300)) } : .infinity
  }

  @Test(arguments: [TiesMethod.efron, .breslow])
  func findsTheCoefficients(ties: TiesMethod) throws {
    let large = SurvivalSimulation(rows: 4000, seed: 9, wholeTimes: false)
    let fit = try CoxRegression(ties: ties).fit(large.design(), try large.response())
    for (term, truth) in zip(fit.terms, SurvivalSimulation.coefficients) {
      #expect(abs(term.estimate - truth) < 4 * term.standardError)
    }
    #expect(fit.terms.allSatisfy { $0.standardError < 0.08 })
  }

  /// The gradient and the information are those of the value, by central differences.
  @Test(arguments: [TiesMethod.efron, .breslow])
  func derivativesMatchTheValue(ties: TiesMethod) throws {
    let (design, response, rows) = try simulation.pieces()
    let weights = rows.map { 1 + Double($0 % 3) }
    let likelihood = try CoxLikelihood(design.matrix, response, weights: weights, ties: ties)
    let point = [0.5, -0.2, 0.1]
    let (_, gradient, information) = likelihood.evaluate(at: point)
    for j in point.indices {
      let step = 1e-5
      var (up, down) = (point, point)
      up[j] += step
      down[j] -= step
      let (high, low) = (likelihood.evaluate(at: up), likelihood.evaluate(at: down))
      #expect(abs((high.logLikelihood - low.logLikelihood) / (2 * step) - gradient[j]) < 1e-5 * (1 + abs(gradient[j])))
      for k in point.indices {
        let slope = -(high.gradient[k] - low.gradient[k]) / (2 * step)
        #expect(abs(slope - information[j, k]) < 1e-5 * information[j, j].squareRoot() * information[k, k].squareRoot())
      }
    }
  }

  /// A row cut into consecutive intervals says the same: every figure stays, and errors clustered by the original row
  /// equal the robust ones of the whole rows.
  @Test(arguments: [TiesMethod.efron, .breslow])
  func cuttingRowsChangesNothing(ties: TiesMethod) throws {
    let (design, response, rows) = try simulation.pieces()
    let whole = try CoxRegression(ties: ties).fit(
      simulation.design(), try simulation.response(), standardErrors: .robust)
    let cut = try CoxRegression(ties: ties).fit(design, response, standardErrors: .clustered(rows))
    #expect(design.matrix.rows > 2 * simulation.time.count)
    #expect(distance(cut.coefficients, whole.coefficients) < 1e-11)
    #expect(distance(cut.terms.map(\.standardError), whole.terms.map(\.standardError)) < 1e-11)
    #expect(distance([cut.logLikelihood], [whole.logLikelihood]) < 1e-13)
    let (left, right) = (cut.cumulativeHazardAtZero(), whole.cumulativeHazardAtZero())
    #expect(distance(left.values, right.values) < 1e-10)
    let concordance = whole.concordance(simulation.design(), try simulation.response())
    #expect(abs(cut.concordance(design, response).index - concordance.index) < 1e-12)
  }

  /// With Breslow ties a weight is the same as so many equal rows.
  @Test func weightsAreRepeatedRows() throws {
    let rows = simulation.time.indices.flatMap { Array(repeating: $0, count: 1 + $0 % 3) }
    let weights = simulation.time.indices.map { 1 + Double($0 % 3) }
    let model = CoxRegression(ties: .breslow, ridge: 0.01)
    let weighted = try model.fit(simulation.design(), try simulation.response(), weights: weights)
    let repeated = try model.fit(simulation.design(rows), try simulation.response(rows))
    #expect(distance(weighted.coefficients, repeated.coefficients) < 1e-11)
    #expect(distance(weighted.covariance.elements, repeated.covariance.elements) < 1e-10)
    #expect(distance([weighted.logLikelihood], [repeated.logLikelihood]) < 1e-12)
  }

  @Test func orderAndUnitsOfRowsAndColumnsDoNotMatter() throws {
    let rows = Array(simulation.time.indices.reversed())
    let fit = try CoxRegression().fit(simulation.design(), try simulation.response())
    let other = try CoxRegression().fit(simulation.design(rows, scale: 1000, shift: 7), try simulation.response(rows))
    #expect(distance(other.coefficients.map { $0 * 1000 }, fit.coefficients) < 1e-11)
    #expect(distance([other.logLikelihood], [fit.logLikelihood]) < 1e-12)
    let here = try fit.survival(simulation.design(), horizons: [5, 20], errors: true)
    let there = try other.survival(
      simulation.design(scale: 1000, shift: 7), horizons: [5, 20], errors: true)
    #expect(distance(there.survival.elements, here.survival.elements) < 1e-10)
    let (left, right) = (try #require(there.standardErrors), try #require(here.standardErrors))
    #expect(distance(left.elements, right.elements) < 1e-9)
  }

  /// Strata that are fitted apart and one fit with strata share the likelihood; a factor of the strata is the baseline's.
  @Test func strataHaveTheirOwnBaselines() throws {
    let names = simulation.time.indices.map { $0 % 3 == 0 ? "a" : "b" }
    let response = try SurvivalResponse(time: simulation.time, event: simulation.event, strata: Strata(names))
    let indicator = names.map { $0 == "a" ? 1.0 : 0 }
    let plain = simulation.design()
    let matrix = Matrix(
      rows: 400, columns: 5, elements: [Double](repeating: 1, count: 400) + indicator + plain.matrix.elements)
    let design = DesignMatrix(matrix, names: ["(intercept)", "group[a]"] + plain.names)
    let fit = try CoxRegression().fit(design, response)
    #expect(fit.dropped.map(\.description) == ["(intercept) = (baseline)", "group[a] = (baseline)"])
    let reduced = try CoxRegression().fit(plain, response)
    #expect(distance(fit.terms.map(\.estimate), reduced.coefficients) < 1e-12)
    // The same baseline for rows of one stratum as its own data give at these coefficients.
    let rows = simulation.time.indices.filter { names[$0] == "a" }
    let offset = rows.map { row in zip(reduced.coefficients, plain.matrix.row(row)).reduce(0) { $0 + $1.0 * $1.1 } }
    let empty = DesignMatrix(Matrix(rows: rows.count, columns: 0), names: [])
    let apart = try CoxRegression().fit(empty, try simulation.response(rows), offset: offset)
    #expect(distance(reduced.cumulativeHazardAtZero(stratum: 0).values, apart.cumulativeHazardAtZero().values) < 1e-9)
    #expect(throws: RegressionError.self) {
      try reduced.survival(plain, horizons: [3], strata: Strata(names.map { _ in "c" }))
    }
  }

  @Test func dependentColumnsAreNamed() throws {
    let plain = simulation.design()
    let sum = (0..<400).map { plain.matrix[$0, 0] + 2 * plain.matrix[$0, 2] }
    let design = DesignMatrix(
      Matrix(rows: 400, columns: 4, elements: plain.matrix.elements + sum), names: plain.names + ["sum"])
    let fit = try CoxRegression().fit(design, try simulation.response())
    #expect(fit.dropped.map(\.description) == ["sum = x + 2 × year"])
    let reduced = try CoxRegression().fit(plain, try simulation.response())
    #expect(distance(Array(fit.coefficients.prefix(3)), reduced.coefficients) < 1e-11)
    #expect(fit.coefficients[3] == 0)
  }

  @Test func monotoneLikelihoodIsNamed() throws {
    var simulation = simulation
    // Nobody in the group ever has the event.
    let group = simulation.time.indices.map { $0 % 5 == 0 ? 1.0 : 0 }
    for row in simulation.time.indices where group[row] == 1 { simulation.event[row] = false }
    simulation.columns[1] = group
    let (design, response) = (simulation.design(), try simulation.response())
    #expect(throws: RegressionError.monotoneLikelihood(columns: ["treated"])) {
      try CoxRegression().fit(design, response)
    }
    let ridge = try CoxRegression(ridge: 0.01).fit(design, response)
    #expect(ridge.coefficients[1] < -0.5)
    #expect(ridge.effectiveParameters < 3)
  }

  /// The standard error of a predicted survival is that of the delta method: the slope of the cumulative hazard by b,
  /// here by differences of baselines at shifted coefficients, and the variance that it would have with b known.
  @Test func errorsOfSurvivalFollowTheDeltaMethod() throws {
    let (design, response) = (simulation.design(), try simulation.response())
    let fit = try CoxRegression(ties: .breslow).fit(design, response)
    let row = [1.0, 1, 2012]
    let empty = DesignMatrix(Matrix(rows: 400, columns: 0), names: [])
    func hazard(_ coefficients: [Double]) throws -> Double {
      let offset = (0..<400).map { dot(zip(design.matrix.row($0), row).map { $0 - $1 }, coefficients) }
      let base = try CoxRegression(ties: .breslow).fit(empty, response, offset: offset)
      return base.cumulativeHazardAtZero().values[base.cumulativeHazardAtZero().times.lastIndex { $0 <= 12 } ?? 0]
    }
    let slopes = try (0..<3).map { j in
      var (up, down) = (fit.coefficients, fit.coefficients)
      up[j] += 1e-5
      down[j] -= 1e-5
      return (try hazard(up) - hazard(down)) / 2e-5
    }
    let alone = try CoxRegression(ties: .breslow).fit(
      empty, response, offset: (0..<400).map { dot(zip(design.matrix.row($0), row).map { $0 - $1 }, fit.coefficients) })
    let known = try #require(
      try alone.survival(DesignMatrix(Matrix(rows: 1, columns: 0), names: []), horizons: [12], errors: true)
        .standardErrors)
    let cumulative = try hazard(fit.coefficients)
    let variance = pow(known[0, 0] / exp(-cumulative), 2) + dot(slopes, fit.covariance * slopes)
    let new = DesignMatrix(Matrix(columns: 3, rowByRow: row), names: design.names)
    let prediction = try fit.survival(new, horizons: [12], errors: true)
    #expect(abs(prediction.survival[0, 0] - exp(-cumulative)) < 1e-12)
    let error = try #require(prediction.standardErrors)[0, 0]
    #expect(abs(error - exp(-cumulative) * variance.squareRoot()) < 1e-6 * error)
    // Survival beyond 4 given survival to 4 is the ratio of the two.
    let both = try fit.survival(new, horizons: [4, 12])
    let conditional = try fit.survival(new, horizons: [12], from: [4])
    #expect(abs(conditional.survival[0, 0] - both.survival[0, 1] / both.survival[0, 0]) < 1e-14)
  }

  @Test func aSavedFitPredictsTheSame() throws {
    let fit = try CoxRegression().fit(simulation.design(), try simulation.response(), standardErrors: .robust)
    let loaded = try JSONDecoder().decode(CoxFit.self, from: JSONEncoder().encode(fit))
    let horizons = [1.0, 10, 30]
    let (saved, again) = (
      try fit.survival(simulation.design(), horizons: horizons, errors: true),
      try loaded.survival(simulation.design(), horizons: horizons, errors: true)
    )
    #expect(saved == again)
    #expect(try fit.quantiles(simulation.design()) == loaded.quantiles(simulation.design()))
    #expect(loaded.terms == fit.terms)
  }

  @Test func badDataAreErrors() throws {
    #expect(throws: RegressionError.badInterval(row: 1, entry: 3, time: 3)) {
      try SurvivalResponse(time: [1, 3], event: [true, false], entry: [0, 3])
    }
    #expect(throws: RegressionError.badInterval(row: 0, entry: nil, time: -1)) {
      try SurvivalResponse(time: [-1, 3], event: [true, false])
    }
    #expect(throws: RegressionError.noEvents) { try SurvivalResponse(time: [1, 3], event: [false, false]) }
    #expect(throws: RegressionError.notFinite(column: "time")) {
      try SurvivalResponse(time: [.nan, 3], event: [true, false])
    }
    #expect(throws: RegressionError.notFinite(column: "x")) {
      try CoxRegression().fit(
        DesignMatrix(Matrix(rows: 2, columns: 1, elements: [1, .infinity]), names: ["x"]),
        try SurvivalResponse(time: [1, 3], event: [true, false]))
    }
  }
}
