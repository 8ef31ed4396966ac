import Foundation
import LinearAlgebra
import Regression
import Testing

struct LinearDiagnosticsTests {
  let design = simulatedDesign(rows: 50, columns: 4, seed: 71)
  let y = draws(50, seed: 72)
  let weights = draws(50, seed: 73).map { 0.2 + abs($0) }

  @Test(arguments: [false, true])
  func influenceAgreesWithLeavingRowsOut(weighted: Bool) throws {
    let weights = weighted ? self.weights : nil
    let fit = try LinearRegression().fit(design, response: y, weights: weights)
    let influence = fit.influence(design, weights: weights)
    #expect(abs(influence.leverage.reduce(0, +) - 4) < 1e-12)
    for row in [0, 7, 49] {
      let others = (0..<50).filter { $0 != row }
      let without = try LinearRegression().fit(
        design.selecting(rows: others), response: others.map { y[$0] },
        weights: weights.map { all in others.map { all[$0] } })
      // The residual of the left-out row is r / (1 − h).
      let x = design.matrix.row(row)
      let leftOut = y[row] - without.predict(x).mean
      #expect(abs(leftOut - fit.residuals[row] / (1 - influence.leverage[row])) < 1e-12)
      // It is t-distributed over its own standard error.
      let weight = weights?[row] ?? 1
      let variance =
        without.residualVariance / weight + without.predict(x).standardError * without.predict(x).standardError
      #expect(abs(influence.studentisedResiduals[row] - leftOut / variance.squareRoot()) < 1e-11)
      // Cook's distance is the change of all fitted values over p σ².
      let change = zip(fit.coefficients, without.coefficients).map { $0 - $1 }
      let fitted = design.matrix * change
      let squares = fitted.indices.reduce(0) { $0 + (weights?[$1] ?? 1) * fitted[$1] * fitted[$1] }
      #expect(abs(influence.cooksDistances[row] - squares / (4 * fit.residualVariance)) < 1e-12)
    }
  }

  @Test func aRowThatDecidesItsOwnFitHasNoResidual() throws {
    let matrix = Matrix(rows: 4, columns: 2, elements: [1, 1, 1, 1, 0, 0, 0, 1])
    let lone = DesignMatrix(matrix, names: ["(intercept)", "x"])
    let influence = try LinearRegression().fit(lone, response: [1, 2, 4, 9]).influence(lone)
    #expect(abs(influence.leverage[3] - 1) < 1e-12)
    #expect(influence.studentisedResiduals[3] == 0 && influence.cooksDistances[3] == 0)
    #expect(influence.studentisedResiduals.allSatisfy { $0.isFinite })
  }

  @Test func varianceInflationIsThatOfTheAuxiliaryRegression() throws {
    var matrix = design.matrix
    for i in 0..<50 { matrix[i, 3] = matrix[i, 1] + 0.3 * matrix[i, 3] }
    let correlated = DesignMatrix(matrix, names: design.names)
    let fit = try LinearRegression().fit(correlated, response: y, weights: weights)
    let factors = fit.varianceInflation(correlated, weights: weights)
    #expect(factors.map(\.name) == ["x1", "x2", "x3"])
    for (index, column) in [1, 2, 3].enumerated() {
      let others = [0, 1, 2, 3].filter { $0 != column }
      let auxiliary = try LinearRegression().fit(
        DesignMatrix(matrix.selecting(columns: others), names: others.map { design.names[$0] }),
        response: Array(matrix.column(column)), weights: weights)
      #expect(abs(factors[index].factor * (1 - auxiliary.rSquared) - 1) < 1e-11)
    }
  }

  @Test func overallTestAndCriteria() throws {
    // y on x for x = 1…4, y = (2, 4, 5, 4): R² = 2.45 / 4.75, F = t² = 2.45 / 1.15.
    let line = DesignMatrix(
      Matrix(rows: 4, columns: 2, elements: [1, 1, 1, 1, 1, 2, 3, 4]), names: ["(intercept)", "x"])
    let fit = try LinearRegression().fit(line, response: [2, 4, 5, 4])
    let test = try #require(fit.overallTest)
    #expect(abs(test.statistic - 2.45 / 1.15) < 1e-13)
    #expect(test.degreesOfFreedom == 1 && test.residualDegreesOfFreedom == 2)
    #expect(abs(test.pValue - (fit["x"]?.pValue ?? 0)) < 1e-13)
    #expect(abs(fit.adjustedRSquared - (1 - 2.3 / 2 / (4.75 / 3))) < 1e-13)
    #expect(abs(fit.sigma - 1.15.squareRoot()) < 1e-14)
    #expect(abs(fit.bic - fit.aic - 3 * (1.3862943611198906 - 2)) < 1e-12)  // log 4
  }

  @Test func partialEffectsAreThePredictionsAtTheMeans() throws {
    let fit = try LinearRegression().fit(design, response: y)
    let values = Matrix(rows: 3, columns: 2, elements: [1, 2, 3, 0, 5, 0])
    let effect = fit.partialEffect(of: [1, 3], at: values, over: design)
    let mean = design.matrix.column(2).reduce(0, +) / 50
    for point in 0..<3 {
      let expected = fit.predict([1, values[point, 0], mean, values[point, 1]])
      #expect(abs(effect.means[point] - expected.mean) < 1e-12)
      #expect(abs(effect.standardErrors[point] - expected.standardError) < 1e-12)
    }
  }
}

struct AdditiveBridgeTests {
  @Test func productOfPriceAndVolumeByHand() {
    // 2 · 3 = 6 to 3 · 5 = 15: L(15, 6) = 9 / log 2.5; log 3/2 and log 5/3 of it.
    func period(_ price: Double, _ volume: Double, _ actual: Double) -> AdditiveBridge.Period {
      .init(design: Matrix(rows: 1, columns: 2, elements: [logarithm(price), logarithm(volume)]), actual: [actual])
    }
    let bridge = AdditiveBridge(
      from: period(2, 3, 6), to: period(3, 5, 16), coefficients: [1, 1], drivers: ["price", "volume"], form: .product)
    #expect(bridge.contributions.map(\.name) == ["price", "volume"])
    #expect(abs(bridge.contributions[0].amount - 9 * 0.4054651081081644 / 0.9162907318741551) < 1e-13)
    #expect(abs(bridge.contributions[1].amount - 9 * 0.5108256237659907 / 0.9162907318741551) < 1e-13)
    #expect(abs(bridge.residual - 1) < 1e-13)
    #expect(bridge.difference == 10)
  }

  /// log of 2, 3, 5.
  func logarithm(_ value: Double) -> Double {
    [2: 0.6931471805599453, 3: 1.0986122886681098, 5: 1.6094379124341003][value] ?? .nan
  }

  @Test(arguments: [AdditiveBridge.Form.sum, .product], [false, true])
  func partsAddUpToTheDifference(form: AdditiveBridge.Form, reversed: Bool) {
    var (first, second) = (
      simulatedDesign(rows: 30, columns: 5, seed: 81), simulatedDesign(rows: 26, columns: 5, seed: 82)
    )
    if reversed { swap(&first, &second) }
    func period(_ design: DesignMatrix, _ seed: UInt64, _ keys: Int) -> AdditiveBridge.Period {
      let n = design.matrix.rows
      return .init(
        design: design.matrix, actual: draws(n, seed: seed).map { 10 + $0 }, offset: draws(n, seed: seed + 1),
        keys: (0..<n).map { $0 + keys })
    }
    let (before, after) = (period(first, 83, 0), period(second, 85, 4))
    let coefficients = [0.5, 0.002, 5, -0.3, 0.001]
    let drivers = ["", "a", "b", "a", "c"]
    let bridge = AdditiveBridge(from: before, to: after, coefficients: coefficients, drivers: drivers, form: form)
    #expect(bridge.contributions.map(\.name) == ["(intercept)", "a", "b", "c", "(offset)"])
    #expect(bridge.contributions[0].amount == 0)
    let parts = bridge.contributions.reduce(bridge.entered + bridge.left + bridge.residual) { $0 + $1.amount }
    #expect(abs(parts - bridge.difference) < 1e-11)
    // The residual is the change of what the model leaves, which is computed on its own here.
    func unexplained(_ period: AdditiveBridge.Period) -> Double {
      let terms = period.design * coefficients
      return period.actual.indices.reduce(0) { sum, row in
        let eta = terms[row] + (period.offset?[row] ?? 0)
        return sum + period.actual[row] - (form == .sum ? eta : exp(eta))
      }
    }
    #expect(abs(bridge.residual - (unexplained(after) - unexplained(before))) < 1e-10)
    // Back again every part changes its sign.
    let back = AdditiveBridge(from: after, to: before, coefficients: coefficients, drivers: drivers, form: form)
    for (left, right) in zip(bridge.contributions, back.contributions) {
      #expect(abs(left.amount + right.amount) < 1e-11)
    }
    #expect(abs(bridge.entered + back.left) < 1e-11)
  }

  @Test func noChangeIsNoContribution() {
    let design = simulatedDesign(rows: 8, columns: 3, seed: 87).matrix
    let period = AdditiveBridge.Period(design: design, actual: draws(8, seed: 88))
    for form in [AdditiveBridge.Form.sum, .product] {
      let bridge = AdditiveBridge(
        from: period, to: period, coefficients: [1, 2, 3], drivers: ["", "a", "b"], form: form)
      #expect(bridge.contributions.allSatisfy { $0.amount == 0 })
      #expect(bridge.residual == 0 && bridge.entered == 0 && bridge.left == 0)
    }
  }
}
