import Foundation
import LinearAlgebra
import Regression
import Testing

/// The eleven linear sets of the NIST Statistical Reference Datasets.
struct CertifiedSet {
  let name: String
  let design: DesignMatrix
  let response: [Double]
  let coefficients: [Double]
  let errors: [Double]
  let residualSquares: Double
  let rSquared: Double

  static let names = [
    "norris", "pontius", "noint1", "noint2", "filip", "longley", "wampler1", "wampler2", "wampler3", "wampler4",
    "wampler5",
  ]

  /// - Parameter exactPowers: whether powers keep the digits that rounding to double would lose.
  init(_ name: String, exactPowers: Bool) throws {
    let sets = try #require(try ReferenceValues.json("nist.json")["sets"] as? [String: Any])
    let set = try #require(sets[name] as? [String: Any])
    let data = try ReferenceValues.columns("nist_\(name)")
    self.name = name
    coefficients = try #require(set["coef"] as? [String]).compactMap(Double.init)
    errors = try #require(set["se"] as? [String]).compactMap(Double.init)
    residualSquares = try #require((set["rss"] as? String).flatMap(Double.init))
    rSquared = try #require((set["r2"] as? String).flatMap(Double.init))
    response = try #require(data["y"])
    let rows = response.count
    let constant: [Double] = name.hasPrefix("noint") ? [] : response.map { _ in 1 }
    let columns = constant.count / rows
    var (high, low) = (constant, constant.map { _ in 0.0 })
    if let x = data["x"] {
      let powers = PolynomialPowers.columns(of: x, degree: coefficients.count - columns)
      high += powers.high.elements
      low += powers.low.elements
    } else {
      for index in 1...6 { high += try #require(data["x\(index)"]) }
      low = high.map { _ in 0 }
    }
    let names = coefficients.indices.map { "b\($0)" }
    design = DesignMatrix(
      Matrix(rows: rows, columns: names.count, elements: high),
      lowOrder: exactPowers ? Matrix(rows: rows, columns: names.count, elements: low) : nil, names: names)
  }

  /// Correct digits of the least accurate value, 15 at most; a certified zero is right where it lies within 1e-13 of the
  /// coefficients' scale, and then counts as 15.
  func digits(_ values: [Double], _ certified: [Double]) -> Double {
    guard values.count == certified.count else { return 0 }
    return values.indices.reduce(15) { worst, index in
      if certified[index] == 0 { return abs(values[index]) <= 1e-13 * abs(coefficients[index]) ? worst : 0 }
      let error = abs(values[index] - certified[index]) / abs(certified[index])
      return min(worst, error == 0 ? 15 : -log10(error))
    }
  }
}

@Suite(.enabled(if: ReferenceValues.areThere, "the reference data (shared/golden) are not here"))
struct CertifiedLinearTests {
  /// Both precisions, with powers formed in double-double arithmetic: the data themselves, rounded to double, leave 13.2
  /// digits of Wampler 2 and 13.5 of Pontius, and more of the others.
  @Test(arguments: CertifiedSet.names, RegressionPrecision.allCases.map(\.rawValue))
  func thirteenDigits(name: String, precision: String) throws {
    let set = try CertifiedSet(name, exactPowers: true)
    let fit = try LinearRegression(precision: try #require(RegressionPrecision(rawValue: precision))).fit(
      set.design, response: set.response)
    try #require(fit.dropped.isEmpty)
    let (reached, reachedErrors) = (
      set.digits(fit.coefficients, set.coefficients), set.digits(fit.terms.map(\.standardError), set.errors)
    )
    #expect(reached >= 13)
    #expect(reachedErrors >= 13)
    #expect(abs(fit.rSquared - set.rSquared) <= 1e-14)
    #expect(abs(fit.residualSumOfSquares - set.residualSquares) <= 1e-13 * max(set.residualSquares, 1e-10))
  }

  /// Powers rounded to double leave 7.6 digits of Filip; the other sets keep theirs.
  @Test(arguments: CertifiedSet.names)
  func roundedPowers(name: String) throws {
    let set = try CertifiedSet(name, exactPowers: false)
    let fit = try LinearRegression().fit(set.design, response: set.response)
    let floor = name == "filip" ? 7.5 : 13
    #expect(set.digits(fit.coefficients, set.coefficients) >= floor)
    #expect(set.digits(fit.terms.map(\.standardError), set.errors) >= floor)
  }
}
