import LinearAlgebra
import Probability
import Regression
import Testing

/// A seeded design with an intercept and columns of different scales.
func simulatedDesign(rows: Int, columns: Int, seed: UInt64) -> DesignMatrix {
  var stream = RandomStream(seed: seed, key: RandomStream.key("design"))
  var matrix = Matrix(rows: rows, columns: columns)
  for j in 0..<columns {
    let scale = [1, 100, 0.01][j % 3]
    matrix.setColumn(j, (0..<rows).map { _ in j == 0 ? 1 : scale * (stream.normal() + 0.5) })
  }
  return DesignMatrix(matrix, names: (0..<columns).map { $0 == 0 ? "(intercept)" : "x\($0)" })
}

func draws(_ count: Int, seed: UInt64) -> [Double] {
  var stream = RandomStream(seed: seed, key: RandomStream.key("draws"))
  return (0..<count).map { _ in stream.normal() }
}

func largestDifference(_ left: [Double], _ right: [Double]) -> Double {
  left.count == right.count ? zip(left, right).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
}

struct LinearRegressionTests {
  /// y on x for x = 1…4, y = (2, 4, 5, 4): by hand, slope 7/10, intercept 2, residual sum 23/10.
  let x = [1.0, 2, 3, 4]
  let y = [2.0, 4, 5, 4]
  var line: DesignMatrix {
    DesignMatrix(Matrix(rows: 4, columns: 2, elements: [1, 1, 1, 1] + x), names: ["(intercept)", "x"])
  }

  @Test func straightLineByHand() throws {
    let fit = try LinearRegression().fit(line, response: y)
    #expect(largestDifference(fit.coefficients, [2, 0.7]) < 1e-14)
    #expect(abs(fit.residualSumOfSquares - 2.3) < 1e-14)
    #expect(abs(fit.residualVariance - 1.15) < 1e-14)
    #expect(abs(fit.totalSumOfSquares - 4.75) < 1e-14)
    #expect(abs(fit.rSquared - (1 - 2.3 / 4.75)) < 1e-14)
    // σ² / Σ(x − 2.5)² = 1.15 / 5, and 1.15 (1/4 + 2.5²/5).
    let slope = try #require(fit["x"])
    #expect(abs(slope.standardError - 0.23.squareRoot()) < 1e-14)
    #expect(abs((fit["(intercept)"]?.standardError ?? 0) - 1.725.squareRoot()) < 1e-14)
    #expect(slope.degreesOfFreedom == 2)
    // t on 2 degrees of freedom: p = 1 − t / √(2 + t²).
    let t = 0.7 / 0.23.squareRoot()
    #expect(abs(slope.pValue - (1 - t / (2 + t * t).squareRoot())) < 1e-13)
    let (mean, error) = fit.predict([1, 2.5])
    #expect(abs(mean - 3.75) < 1e-14)
    #expect(abs(error - (1.15 / 4).squareRoot()) < 1e-14)
    #expect(largestDifference(fit.predictionErrors(line), x.map { fit.predict([1, $0]).standardError }) < 1e-14)
    // −n/2 (log 2π RSS/n + 1) = −2 (log(2π · 0.575) + 1).
    #expect(abs(fit.logLikelihood - -4.5689836564491175) < 1e-9)
  }

  @Test(arguments: [0, 0.1]) func gradientVanishes(ridge: Double) throws {
    let design = simulatedDesign(rows: 400, columns: 9, seed: 1)
    let y = draws(400, seed: 2)
    let weights = draws(400, seed: 3).map { abs($0) }
    let fit = try LinearRegression(ridge: ridge).fit(design, response: y, weights: weights)
    let gradient = design.matrix.transposedTimes(zip(fit.residuals, weights).map { $0 * $1 })
    let total = weights.reduce(0, +)
    for j in 0..<9 {
      let mean = zip(design.matrix.column(j), weights).reduce(0) { $0 + $1.0 * $1.1 } / total
      let variance =
        zip(design.matrix.column(j), weights).reduce(0) { $0 + $1.1 * ($1.0 - mean) * ($1.0 - mean) } / total
      let scale = max(variance.squareRoot(), 0.01)
      let penalised = gradient[j] / total - ridge * variance * fit.coefficients[j]
      #expect(abs(penalised) / scale < 1e-13)
    }
  }

  @Test func replicationByWeights() throws {
    let design = simulatedDesign(rows: 60, columns: 4, seed: 4)
    let y = draws(60, seed: 5)
    let counts = (0..<60).map { $0 % 4 }
    let rows = counts.indices.flatMap { Array(repeating: $0, count: counts[$0]) }
    let repeated = try LinearRegression().fit(design.selecting(rows: rows), response: rows.map { y[$0] })
    let weighted = try LinearRegression(weightMeaning: .replication).fit(
      design, response: y, weights: counts.map(Double.init))
    #expect(largestDifference(repeated.coefficients, weighted.coefficients) < 1e-12)
    #expect(largestDifference(repeated.terms.map(\.standardError), weighted.terms.map(\.standardError)) < 1e-12)
    #expect(abs(repeated.logLikelihood - weighted.logLikelihood) < 1e-10)
    #expect(abs(repeated.rSquared - weighted.rSquared) < 1e-12)
  }

  @Test(arguments: [0, 0.3]) func unitsAndOrderDoNotMatter(ridge: Double) throws {
    let design = simulatedDesign(rows: 120, columns: 5, seed: 6)
    let y = draws(120, seed: 7)
    let base = try LinearRegression(ridge: ridge).fit(design, response: y)
    // Columns in another order and other units, rows reversed.
    let order = [0, 3, 1, 4, 2]
    let units = [1, 1e6, 1e-6, 3, 0.1]
    var matrix = design.matrix.selecting(columns: order).selecting(rows: (0..<120).reversed())
    for j in 0..<5 {
      for i in 0..<120 { matrix[i, j] *= units[j] }
    }
    let other = try LinearRegression(ridge: ridge).fit(
      DesignMatrix(matrix, names: order.map { design.names[$0] }), response: y.reversed())
    for (index, column) in order.enumerated() {
      #expect(abs(other.coefficients[index] * units[index] / base.coefficients[column] - 1) < 1e-10)
      #expect(
        abs(other.terms[index].standardError * units[index] / base.terms[column].standardError - 1) < 1e-10)
    }
    #expect(abs(other.residualSumOfSquares - base.residualSumOfSquares) < 1e-10)
    #expect(abs(other.effectiveParameters - base.effectiveParameters) < 1e-10)
  }

  @Test func dependentColumnsAreNamed() throws {
    // A dummy per level beside the intercept: the last one is the intercept minus the others.
    let codes = (0..<30).map { $0 % 3 }
    var matrix = Matrix(rows: 30, columns: 4)
    for i in 0..<30 {
      matrix[i, 0] = 1
      matrix[i, 1 + codes[i]] = 1
    }
    let y = zip(draws(30, seed: 8), codes).map { $0 + Double($1) }
    let fit = try LinearRegression().fit(
      DesignMatrix(matrix, names: ["(intercept)", "a", "b", "c"]), response: y)
    #expect(fit.method == .extended)
    #expect(fit.dropped.map(\.description) == ["c = (intercept) - a - b"])
    #expect(fit.terms.map(\.name) == ["(intercept)", "a", "b"])
    #expect(fit.coefficients[3] == 0)
    #expect(fit.effectiveParameters == 3)
    let meanOfC = (0..<30).filter { codes[$0] == 2 }.reduce(0) { $0 + y[$1] } / 10
    #expect(abs(fit.coefficients[0] - meanOfC) < 1e-13)
  }

  @Test func ridgeOfOneColumnByHand() throws {
    // Centred x of variance 1 and slope s: the penalised slope is s / (1 + λ).
    let design = DesignMatrix(Matrix(rows: 2, columns: 2, elements: [1, 1, -1, 1]), names: ["(intercept)", "x"])
    let fit = try LinearRegression(ridge: 0.25).fit(design, response: [1, 6])
    #expect(largestDifference(fit.coefficients, [3.5, 2]) < 1e-14)
    #expect(abs(fit.effectiveParameters - 1.8) < 1e-14)
  }

  @Test func clusteredErrorsByHand() throws {
    // Mean of two clusters of two: residuals −3, −1, 1, 3; cluster sums −4 and 4; (1/4)² · 32 · (2/1) · (3/3).
    let design = DesignMatrix(Matrix(rows: 4, columns: 1, elements: [1, 1, 1, 1]), names: ["(intercept)"])
    let y = [1.0, 3, 5, 7]
    let clustered = try LinearRegression().fit(design, response: y, standardErrors: .clustered([8, 8, 5, 5]))
    #expect(abs(clustered.terms[0].standardError - 2) < 1e-14)
    #expect(clustered.terms[0].degreesOfFreedom == 1)
    // HC1: (1/4)² · (9 + 1 + 1 + 9) · 4/3.
    let robust = try LinearRegression().fit(design, response: y, standardErrors: .robust)
    #expect(abs(robust.terms[0].standardError - (20.0 / 16 * 4 / 3).squareRoot()) < 1e-14)
    // Every row its own cluster is the robust estimate.
    let single = try LinearRegression().fit(design, response: y, standardErrors: .clustered([0, 1, 2, 3]))
    #expect(abs(single.terms[0].standardError - robust.terms[0].standardError) < 1e-14)
  }

  @Test func refusalsNameTheCause() {
    let y = [1.0, 2, 3, 4]
    #expect(throws: RegressionError.notFinite(column: "response")) {
      try LinearRegression().fit(line, response: [1, .nan, 2, 3])
    }
    #expect(throws: RegressionError.badWeights(row: 1)) {
      try LinearRegression().fit(line, response: y, weights: [1, -1, 1, 1])
    }
    #expect(throws: RegressionError.badWeights(row: nil)) {
      try LinearRegression().fit(line, response: y, weights: [0, 0, 0, 0])
    }
    #expect(throws: RegressionError.self) { try LinearRegression(ridge: -1).fit(line, response: y) }
    #expect(throws: RegressionError.noRows(leftOut: 0)) {
      try LinearRegression().fit(line.selecting(rows: []), response: [])
    }
    var bad = line.matrix
    bad[2, 1] = .infinity
    #expect(throws: RegressionError.notFinite(column: "x")) {
      try LinearRegression().fit(DesignMatrix(bad, names: ["(intercept)", "x"]), response: y)
    }
  }

  @Test func moreColumnsThanRowsDropsTheRest() throws {
    let design = simulatedDesign(rows: 3, columns: 5, seed: 9)
    let fit = try LinearRegression().fit(design, response: [1, 2, 3])
    #expect(fit.terms.count == 3)
    #expect(fit.dropped.map(\.name) == ["x3", "x4"])
    #expect(fit.residualVariance == 0)
    #expect(fit.terms.allSatisfy { $0.standardError.isFinite })
  }
}
