import Foundation
import LinearAlgebra
import Regression
import Testing

struct FirthRegressionTests {
  /// Ten rows that x = 5.5 tells apart.
  static func separated() -> (DesignMatrix, [Double]) {
    let x = (1...10).map(Double.init)
    let matrix = Matrix(rows: 10, columns: 2, elements: x.map { _ in 1 } + x)
    return (DesignMatrix(matrix, names: ["(intercept)", "x"]), x.map { $0 > 5 ? 1 : 0 })
  }

  @Test func separatedOutcomesHaveFiniteEstimates() throws {
    let (design, response) = Self.separated()
    let fit = try FirthRegression().fit(design, response: response)
    let slope = try #require(fit["x"])
    // The data are the same read backwards: the boundary lies in the middle.
    #expect(abs(fit.coefficients[0] + 5.5 * fit.coefficients[1]) < 1e-12)
    #expect(slope.estimate > 0.5 && slope.estimate < 2)
    #expect(throws: RegressionError.self) { try GeneralizedLinearRegression(.binomial).fit(design, response: response) }
  }

  /// With an intercept alone the estimate is log((k + ½) / (n − k + ½)) (Firth 1993, section 4.1).
  @Test func interceptAlone() throws {
    let design = DesignMatrix(Matrix(rows: 7, columns: 1, elements: [Double](repeating: 1, count: 7)), names: ["a"])
    for events in 0...7 {
      let response = (0..<7).map { $0 < events ? 1.0 : 0 }
      let fit = try FirthRegression().fit(design, response: response)
      #expect(abs(fit.coefficients[0] - log((Double(events) + 0.5) / (7.5 - Double(events)))) < 1e-13)
    }
  }

  @Test func weightsAreRepeatedRowsAndUnitsDoNotMatter() throws {
    let (design, response) = Self.separated()
    let copies = (0..<10).map { 1 + $0 % 3 }
    let rows = copies.indices.flatMap { row in [Int](repeating: row, count: copies[row]) }
    let weighted = try FirthRegression().fit(design, response: response, weights: copies.map(Double.init))
    let repeated = try FirthRegression().fit(design.selecting(rows: rows), response: rows.map { response[$0] })
    #expect(abs(weighted.coefficients[1] - repeated.coefficients[1]) < 1e-12)
    #expect(abs(weighted.penalizedLogLikelihood - repeated.penalizedLogLikelihood) < 1e-12)
    var scaled = design.matrix
    scaled.setColumn(1, design.matrix.column(1).map { $0 * 1024 })
    let other = try FirthRegression().fit(
      DesignMatrix(scaled, names: design.names), response: response, weights: copies.map(Double.init))
    #expect(abs(other.coefficients[1] * 1024 - weighted.coefficients[1]) < 1e-12)
  }

  @Test func dependentColumnsAreNamed() throws {
    let (design, response) = Self.separated()
    let matrix = Matrix(rows: 10, columns: 3, elements: design.matrix.elements + design.matrix.column(1).map { 2 * $0 })
    let fit = try FirthRegression().fit(DesignMatrix(matrix, names: design.names + ["twice x"]), response: response)
    #expect(fit.dropped.count == 1)
    #expect(fit.terms.count == 2)
    let alone = try FirthRegression().fit(design, response: response)
    #expect(abs(fit.penalizedLogLikelihood - alone.penalizedLogLikelihood) < 1)
    #expect(
      zip(fit.predict(DesignMatrix(matrix, names: fit.names)), alone.predict(design)).allSatisfy {
        abs($0 - $1) < 1e-10
      })
  }

  /// The ends of a profile interval are where the penalised likelihood, maximised over the rest, has fallen by half the
  /// quantile of χ²; with an offset in place of the coefficient the likelihood alone would miss the information of x.
  @Test func profileIntervalOfOneCoefficient() throws {
    let design = DesignMatrix(Matrix(rows: 7, columns: 1, elements: [Double](repeating: 1, count: 7)), names: ["a"])
    let response = [1.0, 1, 0, 0, 0, 0, 0]
    let regression = FirthRegression()
    let fit = try regression.fit(design, response: response)
    let interval = try regression.profileInterval(of: "a", fit, design, response: response)
    func penalized(_ b: Double) -> Double {
      let p = logistic(b)
      return 2 * log(p) + 5 * log1p(-p) + 0.5 * log(7 * p * (1 - p))
    }
    let target = penalized(fit.coefficients[0]) - 3.841458820694124 / 2
    #expect(abs(penalized(interval.lowerBound) - target) < 1e-10)
    #expect(abs(penalized(interval.upperBound) - target) < 1e-10)
    #expect(interval.lowerBound < fit.coefficients[0] && fit.coefficients[0] < interval.upperBound)
  }
}

@Suite(.enabled(if: ReferenceValues.areThere, "the reference data (shared/golden) are not here"))
struct FirthReferenceTests {
  static func birthWeights() throws -> (DesignMatrix, [Double]) {
    let data = try ReferenceValues.columns("birthwt")
    let race = try #require(data["race"])
    var columns: [[Double]] = [race.map { _ in 1 }]
    for name in ["age", "lwt"] { columns.append(try #require(data[name])) }
    columns.append(race.map { $0 == 2 ? 1 : 0 })
    columns.append(race.map { $0 == 3 ? 1 : 0 })
    for name in ["smoke", "ptl", "ht", "ui"] { columns.append(try #require(data[name])) }
    let matrix = Matrix(rows: race.count, columns: 9, elements: columns.flatMap { $0 })
    let names = ["(intercept)", "age", "lwt", "race[2]", "race[3]", "smoke", "ptl", "ht", "ui"]
    return (DesignMatrix(matrix, names: names), try #require(data["low"]))
  }

  /// Heinze and Schemper's estimates in 40-digit arithmetic, printed to 16 digits.
  @Test(arguments: ["firth_birthwt", "firth_separated_x1to10"])
  func goldenFirth(name: String) throws {
    let golden = try #require(try ReferenceValues.json("extra.json")[name] as? [String: Any])
    let certified = try #require(golden["coef"] as? [String]).compactMap(Double.init)
    let errors = try #require(golden["se_inverse_fisher"] as? [String]).compactMap(Double.init)
    let likelihood = try #require((golden["penalised_loglik"] as? String).flatMap(Double.init))
    let (design, response) = name == "firth_birthwt" ? try Self.birthWeights() : FirthRegressionTests.separated()
    let fit = try FirthRegression().fit(design, response: response)
    let digits = ReferenceValues.digits(fit.coefficients, certified)
    let errorDigits = ReferenceValues.digits(fit.terms.map(\.standardError), errors)
    let likelihoodDigits = ReferenceValues.digits([fit.penalizedLogLikelihood], [likelihood])
    #expect(digits >= 12)
    #expect(errorDigits >= 12)
    #expect(likelihoodDigits >= 13)
  }
}
