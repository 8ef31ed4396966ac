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

  @Test func moreColumnsThanRows() throws {
    let (design, response) = ElasticNetData.gaussian(rows: 25, columns: 60)
    let path = try ElasticNetRegression(pathLength: 30).fit(design, response: response)
    for fit in path.fits {
      #expect(ElasticNetData.violation(fit, design, response, alpha: 1) < 1e-9)
      #expect(fit.nonzeroCount < 25)
    }
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
}
