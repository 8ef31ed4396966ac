import Foundation
import LinearAlgebra
import Regression
import Testing

/// Data and accepted values for mixed models.
enum MixedReference {
  /// A column of text.
  static func text(_ file: String, _ column: String) throws -> [String] {
    let url = ReferenceValues.folder.appending(path: "data/\(file).csv")
    let lines = try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline)
    let index = try #require(lines[0].split(separator: ",").firstIndex { $0 == column })
    return lines.dropFirst().map { String($0.split(separator: ",")[index]) }
  }

  static func numbers(_ file: String, _ column: String) throws -> [Double] {
    try text(file, column).map { try #require(Double($0)) }
  }

  /// Codes by order of first occurrence.
  static func coded(_ values: [String]) -> (codes: [Int32], levels: [String]) {
    var position: [String: Int32] = [:]
    var levels: [String] = []
    let codes = values.map { value in
      if let code = position[value] { return code }
      position[value] = Int32(levels.count)
      levels.append(value)
      return Int32(levels.count - 1)
    }
    return (codes, levels)
  }

  static func term(_ file: String, _ factor: String, slope: String? = nil) throws -> RandomTerm {
    let (codes, levels) = coded(try text(file, factor))
    let slopes = try slope.map { [RandomTerm.Slope(name: $0, values: try numbers(file, $0))] } ?? []
    return RandomTerm(factor: factor, codes: codes, levels: levels, slopes: slopes)
  }

  /// An intercept and the columns given.
  static func design(_ columns: [(name: String, values: [Double])], rows: Int) -> DesignMatrix {
    let elements = [Double](repeating: 1, count: rows) + columns.flatMap(\.values)
    return DesignMatrix(
      Matrix(rows: rows, columns: columns.count + 1, elements: elements),
      names: ["(intercept)"] + columns.map(\.name))
  }

  static func sleepstudy(
    slope: Bool = false, _ estimation: MixedRegression.Estimation = .reml
  ) throws -> MixedFit {
    let days = try numbers("sleepstudy", "Days")
    return try MixedRegression(estimation: estimation).fit(
      design([("Days", days)], rows: days.count), response: try numbers("sleepstudy", "Reaction"),
      random: [try term("sleepstudy", "Subject", slope: slope ? "Days" : nil)])
  }

  static func dyestuff() throws -> MixedFit {
    let yield = try numbers("dyestuff", "Yield")
    return try MixedRegression().fit(
      design([], rows: yield.count), response: yield, random: [try term("dyestuff", "Batch")])
  }

  static func penicillin() throws -> MixedFit {
    let diameter = try numbers("penicillin", "diameter")
    return try MixedRegression().fit(
      design([], rows: diameter.count), response: diameter,
      random: [try term("penicillin", "plate"), try term("penicillin", "sample")])
  }
}

@Suite(.enabled(if: ReferenceValues.areThere, "the reference data (shared/golden) are not here"))
struct MixedReferenceTests {
  /// Estimates from sums of squares of the balanced one-way layout, which REML equals: to the rounding of double.
  @Test func dyestuffEqualsItsClosedForm() throws {
    let fit = try MixedReference.dyestuff()
    let known = try #require(try ReferenceValues.json("extra.json")["dyestuff_closed_form"] as? [String: Any])
    let values = try ["sigma2_batch", "sigma2_within", "mean", "se_mean"].map { try #require(known[$0] as? Double) }
    let reached = [
      fit.components[0].estimate, fit.residualVariance, fit.coefficients[0], fit.terms[0].standardError,
    ]
    #expect(ReferenceValues.digits(reached, values) >= 12)
  }

  @Test func sleepstudyInterceptEqualsItsClosedForm() throws {
    let fit = try MixedReference.sleepstudy()
    let known = try #require(
      try ReferenceValues.json("extra.json")["sleepstudy_random_intercept_closed_form"] as? [String: Any])
    let values = try ["sigma2_subject", "sigma2", "b0", "b1"].map { try #require(known[$0] as? Double) }
    let reached = [fit.components[0].estimate, fit.residualVariance] + fit.coefficients
    #expect(ReferenceValues.digits(reached, values) >= 12)
  }

  /// lme4 stops its search at 7 to 8 digits of the variances; fixed effects, errors and likelihood are better.
  @Test(arguments: [
    ("lmm_ri_reml_sleepstudy", 6.5), ("lmm_ri_ml_sleepstudy", 6.5), ("lmm_rs_reml_sleepstudy", 6),
    ("lmm_ri_reml_dyestuff", 6.5), ("lmm_crossed_reml_penicillin", 6),
  ])
  func agreesWithLme4(name: String, digits: Double) throws {
    let golden = try #require(try ReferenceValues.json("r_golden.json")[name] as? [String: Any])
    let fit =
      switch name {
      case "lmm_ri_reml_sleepstudy": try MixedReference.sleepstudy()
      case "lmm_ri_ml_sleepstudy": try MixedReference.sleepstudy(.ml)
      case "lmm_rs_reml_sleepstudy": try MixedReference.sleepstudy(slope: true)
      case "lmm_ri_reml_dyestuff": try MixedReference.dyestuff()
      default: try MixedReference.penicillin()
      }
    let fixed = try #require(golden["fixef"] as? [String: Double])
    let errors = try #require(golden["se"] as? [String: Double])
    for term in fit.terms {
      let key = term.name == "(intercept)" ? "(Intercept)" : term.name
      #expect(ReferenceValues.digits([term.estimate], [try #require(fixed[key])]) >= 10)
      #expect(ReferenceValues.digits([term.standardError], [try #require(errors[key])]) >= digits)
    }
    let variances = try #require(golden["varcorr"] as? [[String: Any]])
    try #require(variances.count == fit.components.count)
    for (component, entry) in zip(fit.components, variances) {
      #expect(ReferenceValues.digits([component.estimate], [try #require(entry["vcov"] as? Double)]) >= digits)
      #expect(ReferenceValues.digits([component.deviation], [try #require(entry["sdcor"] as? Double)]) >= digits)
    }
    #expect(ReferenceValues.digits([fit.logLikelihood], [try #require(golden["loglik"] as? Double)]) >= 12)
    let effects = try #require(golden["ranef"] as? [String: [[Double]]])
    for random in fit.randomEffects {
      let known = try #require(effects[random.factor]).flatMap { $0 }
      for (ours, theirs) in zip(random.effects, known) {
        #expect(abs(ours - theirs) < 1e-5 * random.standardDeviations[0])
      }
    }
  }
}
