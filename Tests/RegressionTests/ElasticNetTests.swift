import Foundation
import LinearAlgebra
import Probability
import Regression
import Testing

/// Seeded designs and checks that elastic-net tests share.
enum ElasticNetData {
  /// An intercept and `columns` correlated normal columns; the response depends on every third of them.
  static func gaussian(rows: Int, columns: Int, noise: Double = 1, seed: UInt64 = 7) -> (DesignMatrix, [Double]) {
    var stream = RandomStream(seed: seed, key: RandomStream.key("elastic net test"))
    let common = (0..<rows).map { _ in stream.normal() }
    var elements = [Double](repeating: 1, count: rows)
    var response = (0..<rows).map { _ in 3 + noise * stream.normal() }
    for column in 0..<columns {
      let scale = 1 + Double(column % 4)
      for row in 0..<rows {
        let value = scale * (0.6 * common[row] + stream.normal()) + Double(column)
        elements.append(value)
        let slope = column % 3 == 0 ? 1 / (1 + Double(column)) : 0
        response[row] += column % 2 == 0 ? slope * value : -slope * value
      }
    }
    let names = ["(intercept)"] + (0..<columns).map { "x\($0)" }
    return (DesignMatrix(Matrix(rows: rows, columns: columns + 1, elements: elements), names: names), response)
  }

  /// The optimality conditions from the data: with z = (x − mean) / deviation and r = y − μ, zᵀr / n must be
  /// λα sign b + λ(1 − α) b at nonzero coefficients and within ±λα at zeros. The largest violation as a share of λ.
  static func violation(
    _ fit: ElasticNetFit, _ design: DesignMatrix, _ response: [Double], weights: [Double]? = nil,
    offset: [Double]? = nil, alpha: Double
  ) -> Double {
    let weights = weights ?? response.map { _ in 1 }
    let total = weights.reduce(0, +)
    let predicted = fit.predict(design, offset: offset)
    let errors = response.indices.map { weights[$0] * (response[$0] - predicted[$0]) / total }
    var worst = abs(errors.reduce(0, +))
    for column in 1..<design.names.count {
      let values = Array(design.matrix.column(column))
      let mean = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
      let variance = zip(values, weights).reduce(0) { $0 + $1.1 * ($1.0 - mean) * ($1.0 - mean) } / total
      let deviation = variance.squareRoot()
      guard deviation > 1e-9 else { continue }
      let gradient = zip(values, errors).reduce(0) { $0 + ($1.0 - mean) / deviation * $1.1 }
      let coefficient = fit.coefficients[column] * deviation
      let absolute = fit.lambda * alpha
      worst =
        coefficient == 0
        ? max(worst, abs(gradient) - absolute)
        : max(
          worst,
          abs(gradient - fit.lambda * (1 - alpha) * coefficient - (coefficient > 0 ? absolute : -absolute)))
    }
    return worst / fit.lambda
  }
}

struct ElasticNetTests {
  @Test(arguments: [1.0, 0.5, 0.0])
  func gaussianPathMeetsTheOptimalityConditionsOfTheData(alpha: Double) throws {
    let (design, response) = ElasticNetData.gaussian(rows: 120, columns: 30)
    let path = try ElasticNetRegression(alpha: alpha, pathLength: 25).fit(design, response: response)
    #expect(path.fits.count == 25)
    #expect(path.worstOptimalityResidual < 1e-11)
    for fit in path.fits {
      #expect(ElasticNetData.violation(fit, design, response, alpha: alpha) < 1e-10)
    }
    #expect(path[0].nonzeroCount == 0 || alpha == 0)
    #expect(path[24].devianceExplained > 0.5)
  }

  @Test(arguments: [1.0, 0.3])
  func moreColumnsThanRows(alpha: Double) throws {
    let (design, response) = ElasticNetData.gaussian(rows: 25, columns: 60)
    let path = try ElasticNetRegression(alpha: alpha, pathLength: 30).fit(design, response: response)
    for fit in path.fits {
      #expect(ElasticNetData.violation(fit, design, response, alpha: alpha) < 1e-9)
      #expect(alpha < 1 || fit.nonzeroCount < 25)
    }
  }

  @Test(arguments: ["binomial", "poisson"], [1.0, 0.4])
  func otherFamiliesMeetTheOptimalityConditionsOfTheData(name: String, alpha: Double) throws {
    let family = try #require(ElasticNetRegression.Family(rawValue: name))
    let (design, latent) = ElasticNetData.gaussian(rows: 150, columns: 12)
    let mean = latent.reduce(0, +) / 150
    let response = latent.map { family == .binomial ? ($0 > mean ? 1 : 0) : max(0, $0.rounded()) }
    let weights = response.indices.map { 0.5 + Double($0 % 3) }
    let offset = response.indices.map { 0.1 * Double($0 % 5) }
    let path = try ElasticNetRegression(family: family, alpha: alpha, pathLength: 12).fit(
      design, response: response, weights: weights, offset: offset)
    #expect(path.worstOptimalityResidual < 1e-11)
    for fit in path.fits {
      let violation = ElasticNetData.violation(
        fit, design, response, weights: weights, offset: offset, alpha: alpha)
      #expect(violation < 1e-10)
    }
    #expect(path[11].devianceExplained > path[5].devianceExplained)
  }

  @Test func shiftedColumnsOfLargeMeanKeepTheirDigits() throws {
    let (design, response) = ElasticNetData.gaussian(rows: 80, columns: 6)
    var shifted = design.matrix
    for column in 1...6 { shifted.setColumn(column, design.matrix.column(column).map { $0 + 1e6 }) }
    let regression = ElasticNetRegression(alpha: 0.7, lambdas: [0.3, 0.05])
    let near = try regression.fit(design, response: response)
    let far = try regression.fit(DesignMatrix(shifted, names: design.names), response: response)
    for index in 0..<2 {
      // Adding 1e6 rounds the columns themselves at 1e-10.
      for column in 1...6 { #expect(abs(near[index].coefficients[column] - far[index].coefficients[column]) < 1e-8) }
      #expect(far[index].optimalityResidual < 1e-12)
    }
  }

  @Test(arguments: ["gaussian", "binomial"])
  func weightsAreRepeatedRows(name: String) throws {
    let family = try #require(ElasticNetRegression.Family(rawValue: name))
    let (design, latent) = ElasticNetData.gaussian(rows: 60, columns: 8)
    let response = family == .binomial ? latent.map { $0 > 2 ? 1 : 0 } : latent
    let copies = (0..<60).map { $0 % 4 }
    let rows = copies.indices.flatMap { row in [Int](repeating: row, count: copies[row]) }
    let regression = ElasticNetRegression(family: family, alpha: 0.8, pathLength: 8)
    let weighted = try regression.fit(design, response: response, weights: copies.map(Double.init))
    let repeated = try regression.fit(design.selecting(rows: rows), response: rows.map { response[$0] })
    for (left, right) in zip(weighted.fits, repeated.fits) {
      #expect(abs(left.lambda - right.lambda) < 1e-12 * left.lambda)
      #expect(abs(left.deviance - right.deviance) < 1e-9 * right.deviance)
      for (one, other) in zip(left.coefficients, right.coefficients) { #expect(abs(one - other) < 1e-9) }
    }
  }

  @Test func unitsOfColumnsDoNotMatter() throws {
    let (design, response) = ElasticNetData.gaussian(rows: 70, columns: 9)
    var scaled = design.matrix
    for column in 1...9 { scaled.setColumn(column, design.matrix.column(column).map { $0 * 1024 }) }
    let regression = ElasticNetRegression(alpha: 0.5, pathLength: 10)
    let path = try regression.fit(design, response: response)
    let other = try regression.fit(DesignMatrix(scaled, names: design.names), response: response)
    for (left, right) in zip(path.fits, other.fits) {
      for column in 1...9 { #expect(abs(left.coefficients[column] - 1024 * right.coefficients[column]) < 1e-11) }
      #expect(abs(left.intercept - right.intercept) < 1e-10)
    }
  }

  @Test func freeColumnsAreNotPenalized() throws {
    let (design, response) = ElasticNetData.gaussian(rows: 70, columns: 9)
    let path = try ElasticNetRegression(alpha: 1, pathLength: 5, unpenalized: ["x1"]).fit(design, response: response)
    // At the largest λ only the free column is in, with its least-squares coefficient.
    let alone = try LinearRegression().fit(
      DesignMatrix(design.matrix.selecting(columns: [0, 2]), names: ["(intercept)", "x1"]), response: response)
    #expect(path[0].nonzeroCount == 1)
    #expect(abs(path[0].coefficients[2] - alone.coefficients[1]) < 1e-11)
    #expect(abs(path[0].devianceExplained) < 1e-12)
  }

  @Test func copiesOfColumnsShareWhatOneOfThemWouldHave() throws {
    let (design, response) = ElasticNetData.gaussian(rows: 70, columns: 5)
    let twice = DesignMatrix(
      design.matrix.selecting(columns: [0, 1, 2, 3, 4, 5, 1, 4]), names: design.names + ["copy of x0", "copy of x3"])
    let regression = ElasticNetRegression(alpha: 1, pathLength: 15)
    let single = try regression.fit(design, response: response)
    let path = try regression.fit(twice, response: response)
    for (left, right) in zip(single.fits, path.fits) {
      #expect(abs(left.deviance - right.deviance) < 1e-9 * left.deviance)
      #expect(abs(left.coefficients[1] - right.coefficients[1] - right.coefficients[6]) < 1e-9)
      #expect(ElasticNetData.violation(right, twice, response, alpha: 1) < 1e-9)
    }
  }

  @Test func withoutInterceptColumnsAreNotCentred() throws {
    let (design, response) = ElasticNetData.gaussian(rows: 50, columns: 3)
    let bare = DesignMatrix(design.matrix.selecting(columns: [1, 2, 3]), names: ["a", "b", "c"])
    let fit = try ElasticNetRegression(lambdas: [0]).fit(bare, response: response)[0]
    let squares = try LinearRegression().fit(bare, response: response)
    for column in 0..<3 { #expect(abs(fit.coefficients[column] - squares.coefficients[column]) < 1e-10) }
    #expect(fit.intercept == 0)
  }

  @Test func badInputIsNamed() throws {
    let (design, response) = ElasticNetData.gaussian(rows: 20, columns: 3)
    #expect(throws: RegressionError.constantOutcome(value: 4)) {
      try ElasticNetRegression().fit(design, response: response.map { _ in 4 })
    }
    #expect(throws: RegressionError.badResponse(row: 3, value: -1, allowed: "0 and above")) {
      try ElasticNetRegression(family: .poisson).fit(
        design, response: response.indices.map { $0 == 3 ? -1 : 2 })
    }
    #expect(throws: RegressionError.unknownPredictor("y")) {
      try ElasticNetRegression(unpenalized: ["y"]).fit(design, response: response)
    }
    var spoiled = design.matrix
    spoiled[2, 1] = .nan
    #expect(throws: RegressionError.notFinite(column: "x0")) {
      try ElasticNetRegression().fit(DesignMatrix(spoiled, names: design.names), response: response)
    }
  }
}

struct ElasticNetCrossValidationTests {
  /// Fits on the training rows of each fold, judged on its rows, without the statistics that the folds share.
  @Test(arguments: ["gaussian", "poisson"])
  func sameAsFittingEachFold(name: String) throws {
    let family = try #require(ElasticNetRegression.Family(rawValue: name))
    let (design, latent) = ElasticNetData.gaussian(rows: 90, columns: 10)
    let response = family == .poisson ? latent.map { max(0, $0.rounded()) } : latent
    let folds = Folds.random(rows: 90, count: 4, seed: 5)
    var regression = ElasticNetRegression(family: family, alpha: 0.9, pathLength: 12)
    let result = try regression.crossValidated(design, response: response, folds: folds)
    regression.lambdas = result.path.lambdas
    var losses = [Double](repeating: 0, count: 12)
    for fold in 0..<4 {
      let (training, held) = (folds.training(fold), folds.held(fold))
      let path = try regression.fit(design.selecting(rows: training), response: training.map { response[$0] })
      for index in 0..<12 {
        for (mean, row) in zip(path[index].predict(design.selecting(rows: held)), held) {
          let y = response[row]
          losses[index] +=
            family == .gaussian ? (y - mean) * (y - mean) : 2 * ((y > 0 ? y * log(y / mean) : 0) - (y - mean))
        }
      }
    }
    for index in 0..<12 { #expect(abs(result.heldOutDeviance[index] - losses[index] / 90) < 1e-9) }
    #expect(result.heldOutDeviance.min() == result.heldOutDeviance[result.bestIndex])
    #expect(result.oneStandardErrorIndex <= result.bestIndex)
    let bound = result.heldOutDeviance[result.bestIndex] + result.standardErrors[result.bestIndex]
    #expect(result.heldOutDeviance[result.oneStandardErrorIndex] <= bound)
    #expect(result.oneStandardErrorIndex == 0 || result.heldOutDeviance[result.oneStandardErrorIndex - 1] > bound)
  }

  @Test func noiseIsLeftOut() throws {
    let (design, response) = ElasticNetData.gaussian(rows: 200, columns: 20, noise: 3)
    let regression = ElasticNetRegression(pathLength: 30)
    let result = try regression.crossValidated(design, response: response, foldCount: 5, seed: 1)
    let again = try regression.crossValidated(design, response: response, foldCount: 5, seed: 1)
    #expect(result.heldOutDeviance == again.heldOutDeviance)
    #expect(result.bestIndex > 0 && result.bestIndex < 29)
    // The largest effect is in, and the least held-out error is above the noise and below the spread of the response.
    #expect(result.oneStandardError.coefficients[1] != 0)
    #expect(result.heldOutDeviance[result.bestIndex] > 4 && result.heldOutDeviance[result.bestIndex] < 14)
  }
}

@Suite(.enabled(if: ReferenceValues.areThere, "the reference data (shared/golden) are not here"))
struct ElasticNetReferenceTests {
  static let names = ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"]

  static func diabetes() throws -> (DesignMatrix, [Double]) {
    let data = try ReferenceValues.columns("diabetes")
    let response = try #require(data["y"])
    var columns: [[Double]] = [response.map { _ in 1 }]
    for name in names { columns.append(try #require(data[name])) }
    let matrix = Matrix(rows: response.count, columns: 11, elements: columns.flatMap { $0 })
    return (DesignMatrix(matrix, names: ["(intercept)"] + names), response)
  }

  /// Diabetes, exact on the active set in 40-digit arithmetic.
  @Test(arguments: [
    (1.0, 20.0), (1, 5), (1, 1), (1, 0.1), (0.5, 5), (0.5, 1), (0.5, 0.1), (0, 1), (0, 0.01),
  ])
  func goldenGaussian(alpha: Double, lambda: Double) throws {
    let golden = try #require(
      try ReferenceValues.json("enet_mp.json")["alpha\(alpha)_lambda\(lambda)"] as? [String: Any])
    let certified = try #require(golden["coef_raw"] as? [String]).compactMap(Double.init)
    let intercept = try #require((golden["intercept_raw"] as? String).flatMap(Double.init))
    let (design, response) = try Self.diabetes()
    let path = try ElasticNetRegression(alpha: alpha, lambdas: [lambda]).fit(design, response: response)
    let digits = ReferenceValues.digits(path[0].coefficients, [intercept] + certified)
    #expect(digits >= 12)
  }

  /// The other convention: glmnet divides a gaussian response by its deviation, which makes its ridge part
  /// λ(1 − α) / sd(y).
  ///
  /// The reference was solved in double precision: of `s3`, a thousandth as large as the coefficients of the columns
  /// that it nearly depends on, it has 11 digits. So errors are measured by the largest coefficient.
  @Test(arguments: [1.0, 0.5], [20.0, 5, 1, 0.1])
  func goldenOtherConvention(alpha: Double, lambda: Double) throws {
    let golden = try #require(
      try ReferenceValues.json("enet_mp.json")["glmnet_convention_alpha\(alpha)_lambda\(lambda)"] as? [String: Any])
    let deviation = try #require((golden["sd_y"] as? String).flatMap(Double.init))
    let active = try #require(golden["active"] as? [Int])
    let listed = try #require(golden["coef_standardised_active"] as? [Any])
    let certified = listed.compactMap { value in
      value as? Double
        ?? (value as? String).flatMap {
          Double($0.replacingOccurrences(of: "np.float64(", with: "").replacingOccurrences(of: ")", with: ""))
        }
    }
    let (design, response) = try Self.diabetes()
    let total = lambda * alpha + lambda * (1 - alpha) / deviation
    let fit = try ElasticNetRegression(alpha: lambda * alpha / total, lambdas: [total]).fit(
      design, response: response)[0]
    #expect(fit.coefficients.indices.dropFirst().filter { fit.coefficients[$0] != 0 } == active.map { $0 + 1 })
    let standardized = active.map { column -> Double in
      let values = Array(design.matrix.column(column + 1))
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      return fit.coefficients[column + 1] * variance.squareRoot()
    }
    let largest = try #require(certified.map(abs).max())
    #expect(standardized.count == certified.count)
    for (value, reference) in zip(standardized, certified) { #expect(abs(value - reference) <= 1e-12 * largest) }
  }

  /// R's glmnet stops at its own tolerance, which leaves it 10 digits; the optimality conditions say that ours are right.
  @Test func goldenBinomial() throws {
    let golden = try #require(try ReferenceValues.json("r_golden.json")["glmnet_binomial_alpha0.5"] as? [String: Any])
    let lambdas = try #require(golden["lambda"] as? [Double])
    let certified = try #require(golden["beta"] as? [[Double]])
    let (design, response) = try FirthReferenceTests.birthWeights()
    let path = try ElasticNetRegression(family: .binomial, alpha: 0.5, lambdas: lambdas).fit(
      design, response: response)
    let shares = try #require(golden["dev_ratio"] as? [Double])
    for index in lambdas.indices {
      let digits = ReferenceValues.digits(Array(path[index].coefficients.dropFirst()), certified.map { $0[index] })
      #expect(digits >= 9.5)
      #expect(abs(path[index].devianceExplained - shares[index]) < 1e-9)
      #expect(ElasticNetData.violation(path[index], design, response, alpha: 0.5) < 1e-11)
    }
  }

  /// glmnet ranks an event before a censored time by adding 100 machine epsilons to the latter, which vanishes from day
  /// 256 on: three rows censored on the day of an event (269, 364, 444) are not at risk in its fit, though they were. With
  /// their times set back by half a day its coefficients agree.
  @Test func goldenCox() throws {
    let golden = try #require(try ReferenceValues.json("r_golden.json")["glmnet_cox_alpha0.5"] as? [String: Any])
    let lambdas = try #require(golden["lambda"] as? [Double])
    let certified = try #require(golden["beta"] as? [[Double]])
    let data = try ReferenceValues.columns("lung")
    let event = try #require(data["status"]).map { $0 == 1 }
    let time = zip(try #require(data["time"]), event).map { time, event in
      !event && [269, 364, 444].contains(time) ? time - 0.5 : time
    }
    var elements: [Double] = []
    let names = ["age", "sex", "ph.ecog", "wt.loss"]
    for name in names { elements += try #require(data[name]) }
    let design = DesignMatrix(Matrix(rows: time.count, columns: 4, elements: elements), names: names)
    let path = try ElasticNetRegression(family: .cox, alpha: 0.5, lambdas: lambdas).fit(
      design, try SurvivalResponse(time: time, event: event), ties: .breslow)
    for index in lambdas.indices {
      let digits = ReferenceValues.digits(path[index].coefficients, certified.map { $0[index] })
      #expect(digits >= 9)
      #expect(path[index].optimalityResidual < 1e-11)
    }
  }
}
