import LinearAlgebra
import Probability
import Regression
import Testing

/// Outcomes drawn from a logistic model on a design.
func simulatedOutcomes(_ design: DesignMatrix, _ coefficients: [Double], seed: UInt64) -> [Double] {
  var stream = RandomStream(seed: seed, key: RandomStream.key("outcomes"))
  return (design.matrix * coefficients).map { stream.uniform() < logistic($0) ? 1 : 0 }
}

struct BinomialRegressionTests {
  /// Ten rows with x = 0, of which 2 events; ten with x = 1, of which 6.
  static let table: (design: DesignMatrix, outcomes: [Double]) = {
    let x = (0..<20).map { $0 < 10 ? 0.0 : 1 }
    let y = (0..<20).map { $0 < 2 || (10..<16).contains($0) ? 1.0 : 0 }
    let matrix = Matrix(rows: 20, columns: 2, elements: [Double](repeating: 1, count: 20) + x)
    return (DesignMatrix(matrix, names: ["(intercept)", "x"]), y)
  }()

  @Test func fourfoldTableByHand() throws {
    let fit = try GeneralizedLinearRegression(.binomial).fit(Self.table.design, response: Self.table.outcomes)
    // log odds 2:8 and the log of the odds ratio 6; variances are sums of reciprocal counts.
    #expect(abs(fit.coefficients[0] - -1.386_294_361_119_890_6) < 1e-13)
    #expect(abs(fit.coefficients[1] - 1.791_759_469_228_055) < 1e-13)
    #expect(abs(fit.terms[0].standardError - (1.0 / 2 + 1.0 / 8).squareRoot()) < 1e-13)
    #expect(abs(fit.terms[1].standardError - (1.0 / 2 + 1.0 / 8 + 1.0 / 6 + 1.0 / 4).squareRoot()) < 1e-13)
    // 2 log 0.2 + 8 log 0.8 + 6 log 0.6 + 4 log 0.4.
    #expect(abs(fit.logLikelihood - -11.734_140_905_474_444) < 1e-12)
    #expect(abs(fit.deviance - 2 * 11.734_140_905_474_444) < 1e-12)
    #expect(abs(fit.aic - (fit.deviance + 4)) < 1e-12)
    let (probability, interval) = fit.predict(Self.table.design, level: 0.95)[0]
    #expect(abs(probability - 0.2) < 1e-14)
    // logit 0.2 ± 1.96 · √0.625.
    #expect(
      abs(logit(interval.lowerBound) - (-1.386_294_361_119_890_6 - 1.959_963_984_540_054 * 0.625.squareRoot())) < 1e-10)
    #expect(interval.upperBound > 0.5 && interval.upperBound < 0.6)
  }

  @Test func sharesWithTrialsAsWeights() throws {
    let design = DesignMatrix(Matrix(rows: 2, columns: 2, elements: [1, 1, 0, 1]), names: ["(intercept)", "x"])
    let grouped = try GeneralizedLinearRegression(.binomial).fit(design, response: [0.2, 0.6], weights: [10, 10])
    let single = try GeneralizedLinearRegression(.binomial).fit(Self.table.design, response: Self.table.outcomes)
    #expect(largestDifference(grouped.coefficients, single.coefficients) < 1e-13)
    #expect(largestDifference(grouped.terms.map(\.standardError), single.terms.map(\.standardError)) < 1e-13)
    #expect(abs(grouped.deviance) < 1e-12)  // saturated
  }

  @Test(arguments: [0, 0.05]) func penalisedGradientVanishes(ridge: Double) throws {
    let design = simulatedDesign(rows: 800, columns: 8, seed: 31)
    let y = simulatedOutcomes(design, [-1, 0.01, 40, 0.3, 0, -50, -0.5, 0], seed: 32)
    let fit = try GeneralizedLinearRegression(.binomial, ridge: ridge).fit(design, response: y)
    #expect(fit.scaledGradient < 1e-14)
    // The same by hand, column by column.
    let residuals = zip(y, fit.predict(design)).map { $0 - $1 }
    let gradient = design.matrix.transposedTimes(residuals)
    for j in 0..<8 {
      let column = Array(design.matrix.column(j))
      let mean = column.reduce(0, +) / 800
      let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 800
      let penalised = gradient[j] / 800 - ridge * variance * fit.coefficients[j]
      #expect(abs(penalised) / max(variance.squareRoot(), 0.01) < 1e-10)
    }
  }

  @Test(arguments: [0, 0.1]) func unitsAndOrderDoNotMatter(ridge: Double) throws {
    let design = simulatedDesign(rows: 500, columns: 5, seed: 33)
    let y = simulatedOutcomes(design, [0.2, 0.01, 30, -0.4, 0], seed: 34)
    let base = try GeneralizedLinearRegression(.binomial, ridge: ridge).fit(design, response: y)
    let order = [4, 0, 2, 1, 3]
    let units = [1, 1e5, 1e-5, 3, 0.1]
    let reversed = Array((0..<500).reversed())
    var matrix = design.matrix.selecting(columns: order).selecting(rows: reversed)
    for j in 0..<5 {
      for i in 0..<500 { matrix[i, j] *= units[j] }
    }
    let other = try GeneralizedLinearRegression(.binomial, ridge: ridge).fit(
      DesignMatrix(matrix, names: order.map { design.names[$0] }), response: reversed.map { y[$0] })
    for (index, column) in order.enumerated() {
      #expect(abs(other.coefficients[index] * units[index] / base.coefficients[column] - 1) < 1e-9)
    }
    #expect(abs(other.logLikelihood - base.logLikelihood) < 1e-10)
  }

  @Test func weightsAreReplications() throws {
    let design = simulatedDesign(rows: 100, columns: 4, seed: 35)
    let y = simulatedOutcomes(design, [0, 0.01, 30, -0.4], seed: 36)
    let counts = (0..<100).map { $0 % 3 }
    let rows = counts.indices.flatMap { Array(repeating: $0, count: counts[$0]) }
    let repeated = try GeneralizedLinearRegression(.binomial, ridge: 0.02).fit(
      design.selecting(rows: rows), response: rows.map { y[$0] })
    let weighted = try GeneralizedLinearRegression(.binomial, ridge: 0.02).fit(
      design, response: y, weights: counts.map(Double.init))
    #expect(largestDifference(repeated.coefficients, weighted.coefficients) < 1e-10)
    #expect(largestDifference(repeated.terms.map(\.standardError), weighted.terms.map(\.standardError)) < 1e-10)
  }

  @Test func anIndependentRouteGivesTheSameOptimum() throws {
    // Gradient ascent with the fixed step 4/λmax(XᵀX) needs no second derivative and no linear solve.
    let (design, y) = Self.table
    let fit = try GeneralizedLinearRegression(.binomial).fit(design, response: y)
    var b = [0.0, 0.0]
    for _ in 0..<4000 {
      let scores = zip(y, design.matrix * b).map { $0 - logistic($1) }
      let gradient = design.matrix.transposedTimes(scores)
      for j in 0..<2 { b[j] += 4 / 30 * gradient[j] }
    }
    #expect(largestDifference(b, fit.coefficients) < 1e-10)
  }

  @Test func startingElsewhereEndsInTheSamePlace() throws {
    let design = simulatedDesign(rows: 300, columns: 4, seed: 37)
    let y = simulatedOutcomes(design, [0, 0.01, 30, -0.4], seed: 38)
    let fit = try GeneralizedLinearRegression(.binomial).fit(design, response: y)
    // Far enough for full Newton steps to overshoot.
    let other = try GeneralizedLinearRegression(.binomial).fit(design, response: y, start: [3, -0.05, 300, 4])
    #expect(zip(other.terms, fit.terms).allSatisfy { abs($0.estimate - $1.estimate) < 1e-9 * $1.standardError })
  }

  @Test func completeSeparationIsNamed() throws {
    let design = simulatedDesign(rows: 60, columns: 4, seed: 39)
    let y = (0..<60).map { design.matrix[$0, 2] > 0.004 ? 1.0 : 0 }
    #expect(throws: RegressionError.separation(columns: ["x2"], rows: 60)) {
      try GeneralizedLinearRegression(.binomial).fit(design, response: y)
    }
    // A penalty gives a finite answer.
    let fit = try GeneralizedLinearRegression(.binomial, ridge: 0.01).fit(design, response: y)
    #expect(fit.coefficients.allSatisfy { $0.isFinite })
    #expect(fit.scaledGradient < 1e-12)
  }

  @Test func quasiCompleteSeparationIsNamed() throws {
    // Every row with the mark has the event; the others are mixed.
    var design = simulatedDesign(rows: 200, columns: 4, seed: 40)
    var y = simulatedOutcomes(design, [0, 0, 30, 0.3], seed: 41)
    var matrix = design.matrix
    for i in 0..<200 {
      matrix[i, 1] = i % 20 == 0 ? 1 : 0
      if i % 20 == 0 { y[i] = 1 }
    }
    design = DesignMatrix(matrix, names: design.names)
    #expect(throws: RegressionError.separation(columns: ["x1"], rows: 200)) {
      try GeneralizedLinearRegression(.binomial).fit(design, response: y)
    }
  }

  @Test(arguments: 0..<20) func overlappingDataAreNotCalledSeparated(seed: Int) throws {
    // Small samples with strong effects: some are truly separated, and then a penalised fit must separate them.
    let design = simulatedDesign(rows: 30, columns: 3, seed: UInt64(100 + seed))
    let y = simulatedOutcomes(design, [0, 0.03, 150], seed: UInt64(200 + seed))
    guard Set(y).count == 2 else { return }
    if let fit = try? GeneralizedLinearRegression(.binomial).fit(design, response: y) {
      #expect(fit.scaledGradient < 1e-12)
      #expect(fit.deviance > 1e-3)
    } else {
      let fit = try GeneralizedLinearRegression(.binomial, ridge: 1e-7).fit(design, response: y)
      let probabilities = fit.predict(design)
      let least = zip(probabilities, y).filter { $0.1 == 1 }.map(\.0).min() ?? 1
      let most = zip(probabilities, y).filter { $0.1 == 0 }.map(\.0).max() ?? 0
      #expect(least > most)
    }
  }

  @Test func dependentColumnsAreDroppedByName() throws {
    let design = simulatedDesign(rows: 100, columns: 3, seed: 42)
    let y = simulatedOutcomes(design, [0, 0.01, 30], seed: 43)
    let doubled = Matrix(
      rows: 100, columns: 4, elements: design.matrix.elements + design.matrix.column(1).map { 2 * $0 })
    let fit = try GeneralizedLinearRegression(.binomial).fit(
      DesignMatrix(doubled, names: design.names + ["copy"]), response: y)
    let base = try GeneralizedLinearRegression(.binomial).fit(design, response: y)
    #expect(fit.dropped.map(\.description) == ["copy = 2 × x1"])
    #expect(largestDifference(fit.coefficients, base.coefficients + [0]) < 1e-12)
  }

  @Test func refusalsNameTheCause() {
    let (design, y) = Self.table
    #expect(throws: RegressionError.constantOutcome(value: 1)) {
      try GeneralizedLinearRegression(.binomial).fit(design, response: y.map { _ in 1 })
    }
    #expect(throws: RegressionError.badResponse(row: 3, value: 2, allowed: "0 to 1")) {
      try GeneralizedLinearRegression(.binomial).fit(design, response: y.enumerated().map { $0 == 3 ? 2 : $1 })
    }
    #expect(throws: RegressionError.self) {
      try GeneralizedLinearRegression(.binomial, iterationLimit: 1).fit(design, response: y)
    }
  }

  @Test func clusteredErrorsOfRepeatedRows() throws {
    // Every row five times over, clustered: but for the small-sample factors the robust errors of single rows.
    let design = simulatedDesign(rows: 200, columns: 3, seed: 44)
    let y = simulatedOutcomes(design, [0, 0.01, 30], seed: 45)
    let rows = (0..<200).flatMap { Array(repeating: $0, count: 5) }
    let clustered = try GeneralizedLinearRegression(.binomial).fit(
      design.selecting(rows: rows), response: rows.map { y[$0] }, standardErrors: .clustered(rows))
    let robust = try GeneralizedLinearRegression(.binomial).fit(design, response: y, standardErrors: .robust)
    let factor = (200.0 / 199 * 999 / 997 / (200.0 / 197)).squareRoot()
    for (left, right) in zip(clustered.terms, robust.terms) {
      #expect(abs(left.standardError / (right.standardError * factor) - 1) < 1e-10)
    }
  }
}
