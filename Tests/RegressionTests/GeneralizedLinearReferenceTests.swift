import Foundation
import LinearAlgebra
import Regression
import Testing

extension ReferenceValues {
  /// The columns of a small CSV file: numbers where every field is one, levels otherwise or where asked.
  static func predictors(_ name: String, levels: Set<String> = []) throws -> Predictors {
    let text = try String(contentsOf: folder.appending(path: "data/\(name).csv"), encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline)
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: ["\""]) } }
    var predictors = Predictors(rowCount: lines.count - 1)
    for (index, column) in lines[0].enumerated() {
      let fields = lines.dropFirst().map { $0[index] }
      let numbers = fields.compactMap { $0.isEmpty || $0 == "NA" ? Double.nan : Double($0) }
      if numbers.count == fields.count, !levels.contains(column) {
        predictors[column] = .numeric(numbers)
      } else {
        let names = Array(Set(fields)).sorted()
        predictors[column] = .factor(codes: fields.map { Int32(names.firstIndex(of: $0) ?? -1) }, levels: names)
      }
    }
    return predictors
  }

  static func numbers(_ predictors: Predictors, _ name: String) throws -> [Double] {
    guard case .numeric(let values) = predictors[name] else { throw RegressionError.unknownPredictor(name) }
    return values
  }
}

/// Fits in 40-digit arithmetic; deviance and log-likelihood as R prints them, with 15 digits.
struct GeneralizedLinearCase: Sendable, CustomTestStringConvertible {
  var name: String
  var data: String
  var response: String
  var terms: [DesignSpecification.Term]
  var family: Family
  var link: Link?

  var testDescription: String { name }

  static let quine: [DesignSpecification.Term] = ["Sex", "Age", "Eth", "Lrn"].map { .factor($0, reference: nil) }
  static let birthwt: [DesignSpecification.Term] =
    [.numeric("age", standardised: false), .numeric("lwt", standardised: false), .factor("race", reference: nil)]
    + ["smoke", "ptl", "ht", "ui"].map { .numeric($0, standardised: false) }
  static let insurance: [DesignSpecification.Term] = ["District", "Group", "Age"].map { .factor($0, reference: nil) }
  static let clotting: [DesignSpecification.Term] = [.numeric("log(u)", standardised: false)]

  static let all = [
    GeneralizedLinearCase(name: "poisson_quine", data: "quine", response: "Days", terms: quine, family: .poisson),
    .init(name: "tweedie15_quine", data: "quine", response: "Days", terms: quine, family: .tweedie(power: 1.5)),
    .init(
      name: "poisson_offset_insurance", data: "insurance", response: "Claims", terms: insurance, family: .poisson),
    .init(
      name: "gamma_inverse_clotting", data: "clotting", response: "lot1", terms: clotting, family: .gamma,
      link: .inverse),
    .init(name: "gamma_log_clotting", data: "clotting", response: "lot1", terms: clotting, family: .gamma),
    .init(name: "logit_birthwt", data: "birthwt", response: "low", terms: birthwt, family: .binomial),
    .init(
      name: "probit_birthwt", data: "birthwt", response: "low", terms: birthwt, family: .binomial, link: .probit),
    .init(
      name: "cloglog_birthwt", data: "birthwt", response: "low", terms: birthwt, family: .binomial,
      link: .complementaryLogLog),
    .init(
      name: "nb2_quine", data: "quine", response: "Days", terms: quine, family: .negativeBinomial(size: nil)),
  ]
}

@Suite(.enabled(if: ReferenceValues.areThere, "the reference data (shared/golden) are not here"))
struct GeneralizedLinearReferenceTests {
  /// 12 digits of coefficients and standard errors: the data's own rounding and double arithmetic leave 13 to 15.
  @Test(arguments: GeneralizedLinearCase.all.map(\.name))
  func goldenModels(name: String) throws {
    let example = try #require(GeneralizedLinearCase.all.first { $0.name == name })
    var data = try ReferenceValues.predictors(
      example.data,
      levels: ["race", "District", "Group", "Age"].filter {
        $0 != "Age" || example.data != "birthwt"
      }.reduce(into: []) { $0.insert($1) })
    if example.data == "clotting" { data["log(u)"] = .numeric(try ReferenceValues.numbers(data, "u").map { log($0) }) }
    let offset =
      example.data == "insurance" ? try ReferenceValues.numbers(data, "Holders").map { log($0) } : nil
    let design = try DesignSpecification(example.terms).fit(data).matrix(data)
    let fit = try GeneralizedLinearRegression(example.family, link: example.link).fit(
      design, response: try ReferenceValues.numbers(data, example.response), offset: offset)
    let golden = try #require(try ReferenceValues.json("glm_mp.json")[name] as? [String: Any])
    let coefficients = try #require(golden["coef"] as? [String]).compactMap(Double.init)
    let digits = ReferenceValues.digits(fit.terms.map(\.estimate), coefficients)
    #expect(digits >= 12, "coefficients")
    let errors = try #require((golden["se_unscaled"] ?? golden["se_expected_info"]) as? [String]).compactMap(
      Double.init)
    let scale = fit.dispersion.squareRoot()
    let errorDigits = ReferenceValues.digits(fit.terms.map { $0.standardError / scale }, errors)
    #expect(errorDigits >= 12, "standard errors")
    // R prints 15 digits of these and stops its own iterations a little early.
    if let deviance = golden["deviance_R"] as? Double {
      let deviancDigits = ReferenceValues.digits([fit.deviance], [deviance])
      #expect(deviancDigits >= 13, "deviance")
    }
    if let logLikelihood = (golden["loglik_R"] as? Double) ?? (golden["loglik"] as? String).flatMap(Double.init) {
      let reached = ReferenceValues.digits([fit.logLikelihood], [logLikelihood])
      #expect(reached >= 13, "log-likelihood")
    }
    if case .negativeBinomial(let size?) = fit.family, let theta = (golden["theta"] as? String).flatMap(Double.init) {
      #expect(ReferenceValues.digits([size], [theta]) >= 12)
    }
    if ProcessInfo.processInfo.environment["SLUICE_SHOW_DIGITS"] != nil {
      print(name, digits, errorDigits, fit.iterations, fit.logLikelihood, golden["loglik_R"] ?? golden["loglik"] ?? "")
    }
  }
}
