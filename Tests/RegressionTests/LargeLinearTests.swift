import LinearAlgebra
import Regression
import Testing

/// Designs of more rows than double-double arithmetic is spent on, and fits without the rows.
struct LargeLinearTests {
  let design = simulatedDesign(rows: 6000, columns: 10, seed: 51)
  let y = draws(6000, seed: 52)
  let weights = draws(6000, seed: 53).map { abs($0) }

  @Test(arguments: [0, 0.2], [false, true])
  func doublePrecisionAgreesWithExtended(ridge: Double, weighted: Bool) throws {
    let weights = weighted ? self.weights : nil
    let plain = try LinearRegression(ridge: ridge).fit(design, response: y, weights: weights)
    let extended = try LinearRegression(ridge: ridge, precision: .extended).fit(design, response: y, weights: weights)
    #expect(plain.method == .normalEquations && extended.method == .extended)
    for (left, right) in zip(plain.terms, extended.terms) {
      // Coefficients near zero are right to a share of their standard errors.
      #expect(abs(left.estimate - right.estimate) < 1e-13 * right.standardError)
      #expect(abs(left.standardError / right.standardError - 1) < 1e-13)
    }
    #expect(largestDifference(plain.residuals, extended.residuals) < 1e-13)
    #expect(abs(plain.residualSumOfSquares / extended.residualSumOfSquares - 1) < 1e-13)
    #expect(abs(plain.effectiveParameters - extended.effectiveParameters) < 1e-12)
  }

  @Test func dependentColumnsAreNamedWithoutExtendedArithmetic() throws {
    // x3 = x1 − 2 x2 + 1 to rounding; x10 is a copy of x4 in other units.
    var matrix = Matrix(rows: 6000, columns: 11)
    for j in 0..<10 { matrix.setColumn(j, design.matrix.column(j)) }
    for i in 0..<6000 {
      matrix[i, 3] = matrix[i, 1] - 2 * matrix[i, 2] + 1
      matrix[i, 10] = 100 * matrix[i, 4]
    }
    let names = (0..<11).map { $0 == 0 ? "(intercept)" : "x\($0)" }
    let fit = try LinearRegression().fit(DesignMatrix(matrix, names: names), response: y)
    #expect(fit.method == .normalEquations)
    #expect(fit.dropped.map(\.name) == ["x3", "x10"])
    #expect(fit.dropped[0].description == "x3 = (intercept) + x1 - 2 × x2")
    #expect(fit.dropped[1].description == "x10 = 100 × x4")
    let kept = [0, 1, 2, 4, 5, 6, 7, 8, 9]
    let without = try LinearRegression().fit(
      DesignMatrix(matrix.selecting(columns: kept), names: kept.map { names[$0] }), response: y)
    #expect(largestDifference(kept.map { fit.coefficients[$0] }, without.coefficients) < 1e-13)
    #expect(largestDifference(fit.terms.map(\.standardError), without.terms.map(\.standardError)) < 1e-14)
  }

  @Test func nearlyDependentColumnsKeepTheirDigits() throws {
    // x9 = x8 + 1e-8 noise: condition 1e8, its square is beyond double precision.
    var matrix = design.matrix
    let noise = draws(6000, seed: 54)
    for i in 0..<6000 { matrix[i, 9] = matrix[i, 8] + 1e-8 * noise[i] }
    let fit = try LinearRegression().fit(DesignMatrix(matrix, names: design.names), response: y)
    #expect(fit.method == .extended)
    #expect(fit.dropped.isEmpty)
    // The same space of columns: the residuals are those of the noise itself.
    matrix.setColumn(9, noise)
    let same = try LinearRegression().fit(DesignMatrix(matrix, names: design.names), response: y)
    #expect(abs(fit.residualSumOfSquares / same.residualSumOfSquares - 1) < 1e-8)
  }

  @Test(arguments: [0, 0.2], [false, true])
  func mergedStatisticsGiveTheFitOverTheWhole(ridge: Double, extended: Bool) throws {
    let whole = try LinearRegression(ridge: ridge, precision: .extended).fit(design, response: y, weights: weights)
    var statistics = CrossProducts(columns: 10)
    for start in stride(from: 0, to: 6000, by: 1234) {
      let rows = Array(start..<min(6000, start + 1234))
      let (part, values) = (design.selecting(rows: rows).matrix, rows.map { y[$0] })
      var products = CrossProducts(columns: 10)
      if extended {
        products.addExtended(part, response: values, weights: rows.map { weights[$0] })
      } else {
        products.add(part, response: values, weights: rows.map { weights[$0] })
      }
      statistics.merge(products)
    }
    let merged = try LinearRegression(ridge: ridge).fit(statistics: statistics, names: design.names)
    // Double-double sums: the last bit. Sums in double precision: condition² units in the last place.
    let tolerance = extended ? 1e-15 : 1e-12
    for (left, right) in zip(merged.terms, whole.terms) {
      #expect(abs(left.estimate - right.estimate) <= tolerance * max(abs(right.estimate), right.standardError))
      #expect(abs(left.standardError / right.standardError - 1) < 4 * tolerance)
    }
    #expect(abs(merged.rSquared - whole.rSquared) < tolerance * 10)
    #expect(merged.observations == whole.observations)
    #expect(merged.residuals.isEmpty)
  }

  @Test func statisticsRefuseWhatTheyCannotHold() {
    let names = design.names
    #expect(throws: RegressionError.noRows(leftOut: 0)) {
      try LinearRegression().fit(statistics: CrossProducts(columns: 10), names: names)
    }
    var statistics = CrossProducts(columns: 10)
    statistics.add(design.matrix, response: y)
    #expect(throws: RegressionError.self) {
      try LinearRegression(ridge: 1).fit(statistics: statistics, names: names.map { "z\($0)" })
    }
  }

  @Test func valuesOutOfRangeAreNamed() {
    let line = Matrix(rows: 3, columns: 2, elements: [1, 1, 1, 1e200, 2e200, 4e200])
    #expect(throws: RegressionError.outOfRange(column: "x")) {
      try LinearRegression().fit(DesignMatrix(line, names: ["(intercept)", "x"]), response: [1, 2, 3])
    }
    let small = Matrix(rows: 3, columns: 2, elements: [1, 1, 1, 1e-200, 2e-200, 4e-200])
    #expect(throws: RegressionError.outOfRange(column: "x")) {
      try LinearRegression().fit(DesignMatrix(small, names: ["(intercept)", "x"]), response: [1, 2, 3])
    }
  }
}
