import Foundation
import LinearAlgebra
import Regression
import Testing

/// Certified values of the NIST Statistical Reference Datasets and golden logistic regressions; the tests skip where
/// the reference data are not there.
enum ReferenceValues {
  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["SLUICE_DATA"] {
      return URL(fileURLWithPath: path).deletingLastPathComponent().appending(path: "golden")
    }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/golden")
  }()

  static var areThere: Bool { FileManager.default.fileExists(atPath: folder.appending(path: "nist.json").path) }

  static func json(_ name: String) throws -> [String: Any] {
    let data = try Data(contentsOf: folder.appending(path: name))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// The columns of a small CSV file of numbers.
  static func columns(_ name: String) throws -> [String: [Double]] {
    let text = try String(contentsOf: folder.appending(path: "data/\(name).csv"), encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline)
    let names = lines[0].split(separator: ",").map(String.init)
    var columns: [String: [Double]] = [:]
    for line in lines.dropFirst() {
      for (name, field) in zip(names, line.split(separator: ",")) { columns[name, default: []].append(Double(field)!) }
    }
    return columns
  }

  /// Correct digits of the least accurate value; a certified zero counts by its distance from zero.
  static func digits(_ values: [Double], _ certified: [Double]) -> Double {
    guard values.count == certified.count else { return 0 }
    return zip(values, certified).reduce(15) { worst, pair in
      let error = pair.1 == 0 ? abs(pair.0) : abs(pair.0 - pair.1) / abs(pair.1)
      return min(worst, error == 0 ? 15 : -log10(error))
    }
  }
}

@Suite(.enabled(if: ReferenceValues.areThere, "the reference data (shared/golden) are not here"))
struct ReferenceValueTests {
  /// Low birth weight by maximum likelihood in 40-digit arithmetic.
  @Test func goldenLogisticRegression() throws {
    let golden = try #require(try ReferenceValues.json("glm_mp.json")["logit_birthwt"] as? [String: Any])
    let certified = try #require(golden["coef"] as? [String]).compactMap(Double.init)
    let errors = try #require(golden["se_unscaled"] as? [String]).compactMap(Double.init)
    let data = try ReferenceValues.columns("birthwt")
    let race = try #require(data["race"])
    var columns: [[Double]] = [race.map { _ in 1 }]
    for name in ["age", "lwt"] { columns.append(try #require(data[name])) }
    columns.append(race.map { $0 == 2 ? 1 : 0 })
    columns.append(race.map { $0 == 3 ? 1 : 0 })
    for name in ["smoke", "ptl", "ht", "ui"] { columns.append(try #require(data[name])) }
    let matrix = Matrix(rows: race.count, columns: 9, elements: columns.flatMap { $0 })
    let fit = try GeneralizedLinearRegression(.binomial).fit(
      DesignMatrix(matrix, names: (0..<9).map { "b\($0)" }), response: try #require(data["low"]))
    #expect(ReferenceValues.digits(fit.coefficients, certified) >= 12)
    #expect(ReferenceValues.digits(fit.terms.map(\.standardError), errors) >= 12)
    let logLikelihood = try #require(golden["loglik_R"] as? Double)
    #expect(ReferenceValues.digits([fit.logLikelihood], [logLikelihood]) >= 13)
    let deviance = try #require(golden["deviance_R"] as? Double)
    #expect(ReferenceValues.digits([fit.deviance], [deviance]) >= 13)
  }
}
