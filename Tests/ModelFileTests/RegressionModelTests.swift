import Foundation
import ModelTasks
import Regression
import Specifications
import Tables
import Testing

/// Accepted values beside the package, or where `SLUICE_GOLDEN` says.
enum Golden {
  static let folder: URL = {
    let named = ProcessInfo.processInfo.environment["SLUICE_GOLDEN"].map { URL(fileURLWithPath: $0) }
    return named ?? ModelFileTests.package.appending(path: "../shared/golden")
  }()

  static let isThere = FileManager.default.fileExists(atPath: folder.appending(path: "nist.json").path)

  /// A member of a file of accepted values, by its path.
  static func value(_ file: String, _ path: String...) throws -> Any {
    let bytes = try Data(contentsOf: folder.appending(path: file))
    var value: Any = try JSONSerialization.jsonObject(with: bytes)
    for key in path { value = try #require((value as? [String: Any])?[key], "\(file) has no \(path)") }
    return value
  }

  /// Numbers, written as numbers or, with all their digits, as texts.
  static func numbers(_ value: Any) -> [Double] {
    if let list = value as? [Any] { return list.flatMap { numbers($0) } }
    if let text = value as? String { return Double(text).map { [$0] } ?? [] }
    return (value as? NSNumber).map { [$0.doubleValue] } ?? []
  }

  static func numbers(_ file: String, _ case: String, _ key: String) throws -> [Double] {
    numbers(try value(file, `case`, key))
  }
}

/// The model files of Models/regression and Models/churn: all of them are read, and those with accepted values are
/// fitted and compared.
@Suite struct RegressionModelTests {
  static let names: [String] = ["regression", "churn"].flatMap { folder in
    let path = ModelFileTests.package.appending(path: "Models/\(folder)").path
    return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted().map { "\(folder)/\($0)" }
  }

  static func path(_ name: String) -> String { ModelFileTests.package.appending(path: "Models/\(name)").path }

  static func file(_ name: String) throws -> RegressionFile {
    var findings = Findings()
    let file = RegressionFile.read(path(name), findings: &findings)
    return try #require(file, "\(name): \(findings.kept.map(\.message))")
  }

  private func fit(
    _ name: String, _ table: String, _ change: (inout RegressionFile) -> Void = { _ in }
  ) throws -> FittedRegression {
    var file = try Self.file("regression/\(name).yaml")
    change(&file)
    var findings = Findings()
    let data = Golden.folder.appending(path: "data/\(table).csv").path
    let task = RegressionTask.fit(file, to: data, findings: &findings)
    return try #require(task, "\(name): \(findings.kept.map(\.message))").fitted
  }

  /// The least number of digits that agree, relative to the accepted value, or to `scale` where that is zero.
  private func digits(_ found: [Double], _ accepted: [Double], scale: Double = 1) -> Double {
    guard found.count == accepted.count, !found.isEmpty else { return 0 }
    return zip(found, accepted).map { found, accepted in
      let error = abs(found - accepted) / (accepted == 0 ? scale : abs(accepted))
      return error == 0 ? 15.9 : -log10(error)
    }.min() ?? 0
  }

  @Test(arguments: names)
  func `every model file is read, and says what it is for and how to run it`(name: String) throws {
    _ = try Self.file(name)
    let text = try String(contentsOfFile: Self.path(name), encoding: .utf8)
    #expect(text.hasPrefix("# "), "\(name) opens with no comment")
    #expect(text.contains("#   sluice regress ") && text.contains("--spec Models/\(name)"))
  }

  @Test func `there is a model file for every kind of model`() { #expect(Self.names.count >= 40) }

  // MARK: Against accepted values

  @Test(
    .enabled(if: Golden.isThere, "the accepted values are not there; set SLUICE_GOLDEN"),
    arguments: [
      "norris", "pontius", "noint1", "noint2", "filip", "longley", "wampler1", "wampler2", "wampler3", "wampler4",
      "wampler5",
    ])
  func `NIST's linear sets come out to the last digits`(name: String) throws {
    let fitted = try fit(name, "nist_\(name)")
    let sets = try #require(try Golden.value("nist.json", "sets", name) as? [String: Any])
    let estimates = Golden.numbers(try #require(sets["coef_30"] ?? sets["coef"]))
    let errors = Golden.numbers(try #require(sets["se"]))
    #expect(digits(fitted.terms.map(\.estimate), estimates) >= 13)
    // Errors that are certified as zero are zero to rounding of the coefficients.
    let scale = estimates.map(abs).max() ?? 1
    for (term, accepted) in zip(fitted.terms, errors) {
      if accepted == 0 {
        #expect(term.standardError <= 1e-13 * scale, "\(name) \(term.name)")
      } else {
        #expect(digits([term.standardError], [accepted]) >= 13, "\(name) \(term.name)")
      }
    }
  }

  @Test(
    .enabled(if: Golden.isThere, "the accepted values are not there; set SLUICE_GOLDEN"),
    arguments: [
      ("quine_poisson", "quine", "poisson_quine"), ("quine_tweedie", "quine", "tweedie15_quine"),
      ("insurance_poisson", "insurance", "poisson_offset_insurance"),
      ("clotting_gamma", "clotting", "gamma_inverse_clotting"),
      ("clotting_gamma_log", "clotting", "gamma_log_clotting"), ("birthwt_logit", "birthwt", "logit_birthwt"),
      ("birthwt_probit", "birthwt", "probit_birthwt"), ("birthwt_cloglog", "birthwt", "cloglog_birthwt"),
    ])
  func `generalized linear models agree to twelve digits`(name: String, table: String, key: String) throws {
    let fitted = try fit(name, table)
    let estimates = try Golden.numbers("glm_mp.json", key, "coef")
    // The file has errors for a dispersion of one.
    let root = (fitted.statistics.dispersion ?? 1).squareRoot()
    let errors = try Golden.numbers("glm_mp.json", key, "se_unscaled").map { $0 * root }
    #expect(digits(fitted.terms.map(\.estimate), estimates) >= 12)
    #expect(digits(fitted.terms.map(\.standardError), errors) >= 12)
    // R's deviance has 15 digits where R converged to them; its optimum is flat.
    let deviance = try Golden.numbers("glm_mp.json", key, "deviance_R")
    #expect(digits([fitted.statistics.deviance ?? 0], deviance) >= 12)
  }

  @Test(.enabled(if: Golden.isThere, "the accepted values are not there; set SLUICE_GOLDEN"))
  func `a negative binomial with its size agrees`() throws {
    let fitted = try fit("quine_negative_binomial", "quine")
    #expect(digits(fitted.terms.map(\.estimate), try Golden.numbers("glm_mp.json", "nb2_quine", "coef")) >= 12)
    #expect(digits([fitted.statistics.size ?? 0], try Golden.numbers("glm_mp.json", "nb2_quine", "theta")) >= 11)
    #expect(
      digits([fitted.statistics.logLikelihood ?? 0], try Golden.numbers("glm_mp.json", "nb2_quine", "loglik")) >= 13)
  }

  @Test(
    .enabled(if: Golden.isThere, "the accepted values are not there; set SLUICE_GOLDEN"),
    arguments: [
      ("lung_cox", "lung", "efron_lung"), ("lung_cox_breslow", "lung", "breslow_lung"),
      ("rossi_cox", "rossi", "efron_rossi"), ("rossi_cox_breslow", "rossi", "breslow_rossi"),
    ])
  func `Cox regressions agree to twelve digits, with their baseline`(name: String, table: String, key: String) throws {
    let fitted = try fit(name, table)
    #expect(digits(fitted.terms.map(\.estimate), try Golden.numbers("cox_mp.json", key, "coef")) >= 12)
    #expect(digits(fitted.terms.map(\.standardError), try Golden.numbers("cox_mp.json", key, "se")) >= 12)
    #expect(
      digits([fitted.statistics.logLikelihood ?? 0], try Golden.numbers("cox_mp.json", key, "loglik")) >= 13)
    let baseline = try Golden.numbers("cox_mp.json", key, "baseline_cumhaz_x0")
    let times = stride(from: 0, to: baseline.count, by: 2).map { baseline[$0] }
    for (index, time) in times.enumerated() {
      let step = try #require(fitted.baseline.last { $0.time <= time })
      #expect(digits([step.cumulativeHazard], [baseline[2 * index + 1]]) >= 11)
    }
  }

  @Test(
    .enabled(if: Golden.isThere, "the accepted values are not there; set SLUICE_GOLDEN"),
    arguments: [
      ("veteran_cox", "veteran", "cox_efron_veteran"), ("veteran_strata", "veteran", "cox_strata_veteran"),
      ("heart_tv_cox", "heart_tv", "cox_efron_heart_tv"),
    ])
  func `strata and columns that change with time agree with R`(name: String, table: String, key: String) throws {
    let fitted = try fit(name, table)
    let names = fitted.terms.map(\.name)
    // R's file keeps the coefficients by name; their order is the terms' here and there.
    let accepted = try #require(try Golden.value("r_golden.json", key, "coef") as? [String: Any])
    let pairs = matched(names, accepted)
    #expect(pairs.count == accepted.count && names.count == accepted.count)
    for (term, (_, value)) in zip(fitted.terms, pairs) {
      #expect(digits([term.estimate], Golden.numbers(value)) >= 9, "\(term.name)")
    }
    #expect(digits([fitted.statistics.logLikelihood ?? 0], try Golden.numbers("r_golden.json", key, "loglik")) >= 12)
  }

  /// R's members in the order of our names: `factor(trt)2` is `trt[2]`, `transplant1` is `transplant`.
  private func matched(_ names: [String], _ members: [String: Any]) -> [(String, Any)] {
    names.compactMap { name in
      let parts = name.split(whereSeparator: { "[]".contains($0) }).map(String.init)
      let found = members.first { key, _ in
        parts.count == 2 ? key.contains("(\(parts[0])") && key.hasSuffix(")" + parts[1]) : key.hasPrefix(name)
      }
      return found.map { ($0.key, $0.value) }
    }
  }

  @Test(
    .enabled(if: Golden.isThere, "the accepted values are not there; set SLUICE_GOLDEN"),
    arguments: [
      "alpha1.0_lambda20.0", "alpha1.0_lambda5.0", "alpha1.0_lambda1.0", "alpha1.0_lambda0.1", "alpha0.5_lambda5.0",
      "alpha0.5_lambda1.0", "alpha0.5_lambda0.1",
    ])
  func `elastic nets agree to twelve digits`(key: String) throws {
    let numbers = key.replacing("alpha", with: "").split(separator: "_lambda").compactMap { Double($0) }
    let fitted = try fit("diabetes_elastic_net", "diabetes") {
      $0.specification.penalty = .elasticNet(lambda: numbers[1], alpha: numbers[0])
    }
    let accepted =
      try Golden.numbers("enet_mp.json", key, "intercept_raw") + Golden.numbers("enet_mp.json", key, "coef_raw")
    #expect(digits(fitted.terms.map(\.estimate), accepted) >= 12)
  }

  @Test(
    .enabled(if: Golden.isThere, "the accepted values are not there; set SLUICE_GOLDEN"), arguments: [1.0, 0.01])
  func `ridge agrees to twelve digits`(lambda: Double) throws {
    let fitted = try fit("diabetes_ridge", "diabetes") { $0.specification.penalty = .ridge(lambda) }
    let key = "alpha0.0_lambda\(lambda)"
    let accepted =
      try Golden.numbers("enet_mp.json", key, "intercept_raw") + Golden.numbers("enet_mp.json", key, "coef_raw")
    #expect(digits(fitted.terms.map(\.estimate), accepted) >= 12)
  }

  @Test(.enabled(if: Golden.isThere, "the accepted values are not there; set SLUICE_GOLDEN"))
  func `Firth's penalty agrees to twelve digits`() throws {
    let fitted = try fit("birthwt_firth", "birthwt")
    #expect(digits(fitted.terms.map(\.estimate), try Golden.numbers("extra.json", "firth_birthwt", "coef")) >= 12)
  }

  @Test(.enabled(if: Golden.isThere, "the accepted values are not there; set SLUICE_GOLDEN"))
  func `mixed models agree with their closed forms`() throws {
    let dyestuff = try fit("dyestuff", "dyestuff")
    let variances = dyestuff.varianceComponents.map(\.estimate)
    let accepted = try ["sigma2_batch", "sigma2_within"].flatMap {
      try Golden.numbers("extra.json", "dyestuff_closed_form", $0)
    }
    #expect(digits(variances, accepted) >= 9)
    #expect(
      digits(
        [dyestuff.terms[0].estimate, dyestuff.terms[0].standardError],
        try ["mean", "se_mean"].flatMap { try Golden.numbers("extra.json", "dyestuff_closed_form", $0) }) >= 9)

    let key = "sleepstudy_random_intercept_closed_form"
    let sleep = try fit("sleepstudy", "sleepstudy")
    #expect(
      digits(
        sleep.varianceComponents.map(\.estimate) + sleep.terms.map(\.estimate),
        try ["sigma2_subject", "sigma2", "b0", "b1"].flatMap { try Golden.numbers("extra.json", key, $0) }) >= 9)
  }

  @Test(
    .enabled(if: Golden.isThere, "the accepted values are not there; set SLUICE_GOLDEN"),
    arguments: [
      ("sleepstudy_ml", "sleepstudy", "lmm_ri_ml_sleepstudy"),
      ("sleepstudy_slopes", "sleepstudy", "lmm_rs_reml_sleepstudy"),
      ("penicillin", "penicillin", "lmm_crossed_reml_penicillin"),
    ])
  func `slopes and crossed effects agree with lme4 as far as it goes`(
    name: String, table: String, key: String
  ) throws {
    let fitted = try fit(name, table)
    // lme4's variances are good to seven digits; the log-likelihood is flat at its optimum.
    #expect(digits([fitted.statistics.logLikelihood ?? 0], try Golden.numbers("r_golden.json", key, "loglik")) >= 11)
    let components = try #require(try Golden.value("r_golden.json", key, "varcorr") as? [[String: Any]])
    let accepted = components.flatMap { Golden.numbers($0["vcov"] ?? 0) }
    #expect(digits(fitted.varianceComponents.map(\.estimate), accepted) >= 5)
  }

  @Test(.enabled(if: Golden.isThere, "the accepted values are not there; set SLUICE_GOLDEN"))
  func `a Weibull model and a Kaplan-Meier curve agree with R`() throws {
    let weibull = try fit("lung_weibull", "lung")
    let accepted = try #require(try Golden.value("r_golden.json", "aft_weibull_lung", "coef") as? [String: Any])
    let errors = try #require(try Golden.value("r_golden.json", "aft_weibull_lung", "se") as? [String: Any])
    // survreg stops at a relative change of 1e-9, so that eight digits are its own.
    for term in weibull.terms.dropLast() {
      let name = term.name == "(intercept)" ? "(Intercept)" : term.name
      #expect(digits([term.estimate], Golden.numbers(accepted[name] ?? 0)) >= 8, "\(name)")
      #expect(digits([term.standardError], Golden.numbers(errors[name] ?? 0)) >= 8, "\(name)")
    }
    let scale = try Golden.numbers("r_golden.json", "aft_weibull_lung", "scale").map { log($0) }
    #expect(digits([try #require(weibull.terms.last).estimate], scale) >= 8)

    let curve = try fit("lung_kaplan_meier", "lung").baseline
    let times = try Golden.numbers("r_golden.json", "km_lung", "time")
    let survival = try Golden.numbers("r_golden.json", "km_lung", "surv")
    #expect(times.count == survival.count && !times.isEmpty)
    for (time, value) in zip(times, survival) {
      let step = try #require(curve.last { $0.time <= time })
      #expect(digits([step.survival], [value]) >= 12)
    }
  }
}
