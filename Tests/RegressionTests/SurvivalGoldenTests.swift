import Foundation
import LinearAlgebra
import Regression
import Testing

/// Cox, Kaplan-Meier and accelerated failure time fits against values in 30-digit arithmetic (`cox_mp.json`) and of R's
/// survival package (`r_golden.json`).
@Suite(.enabled(if: ReferenceValues.areThere, "the reference data (shared/golden) are not here"))
struct SurvivalGoldenTests {
  struct Golden {
    let coefficients: [Double]
    let errors: [Double]
    let values: [String: Any]

    init(_ file: String, _ name: String) throws {
      values = try #require(try ReferenceValues.json(file)[name] as? [String: Any])
      coefficients = (values["coef"] as? [String] ?? []).compactMap(Double.init)
      errors = (values["se"] as? [String] ?? []).compactMap(Double.init)
    }

    func numbers(_ key: String, _ names: [String]) throws -> [Double] {
      let table = try #require(values[key] as? [String: Double])
      return try names.map { try #require(table[$0]) }
    }

    func number(_ key: String) throws -> Double {
      try #require(values[key] as? Double ?? (values[key] as? String).flatMap(Double.init))
    }
  }

  static func design(_ data: [String: [Double]], _ names: [String]) throws -> DesignMatrix {
    let columns = try names.map { try #require(data[$0]) }
    let matrix = Matrix(rows: columns[0].count, columns: names.count, elements: columns.flatMap { $0 })
    return DesignMatrix(matrix, names: names)
  }

  static let cases: [String: (data: String, time: String, event: String, names: [String])] = [
    "lung": ("lung", "time", "status", ["age", "sex", "ph.ecog", "wt.loss"]),
    "rossi": ("rossi", "week", "arrest", ["fin", "age", "race", "wexp", "mar", "paro", "prio"]),
  ]

  static func problem(_ name: String) throws -> (DesignMatrix, SurvivalResponse) {
    let spec = try #require(cases[name])
    let data = try ReferenceValues.columns(spec.data)
    let event = try #require(data[spec.event]).map { $0 == 1 }
    return (
      try design(data, spec.names), try SurvivalResponse(time: try #require(data[spec.time]), event: event)
    )
  }

  /// Limits: double precision on well-conditioned information matrices; the golden values have 18 digits.
  @Test(arguments: ["efron", "breslow"], ["lung", "rossi"])
  func coxInHighPrecision(ties: String, data: String) throws {
    let golden = try Golden("cox_mp.json", "\(ties)_\(data)")
    let (design, response) = try SurvivalGoldenTests.problem(data)
    let fit = try CoxRegression(ties: try #require(TiesMethod(rawValue: ties))).fit(design, response)
    #expect(ReferenceValues.digits(fit.coefficients, golden.coefficients) >= 12)
    #expect(ReferenceValues.digits(fit.terms.map(\.standardError), golden.errors) >= 12)
    #expect(ReferenceValues.digits([fit.logLikelihood], [try golden.number("loglik")]) >= 13)
    let pairs = try #require(golden.values["baseline_cumhaz_x0"] as? [[Any]])
    let (times, hazards) = fit.cumulativeHazardAtZero()
    var (ours, theirs): ([Double], [Double]) = ([], [])
    for pair in pairs {
      let time = try #require(pair[0] as? Double)
      let step = times.lastIndex { $0 <= time }
      ours.append(step.map { hazards[$0] } ?? 0)
      theirs.append(try #require((pair[1] as? String).flatMap(Double.init)))
    }
    #expect(pairs.count > 40)
    #expect(ReferenceValues.digits(ours, theirs) >= 12)
  }

  /// R prints 15 digits; its own iterations stop at about 13.
  @Test(arguments: ["efron", "breslow"], ["lung", "rossi"])
  func coxStatistics(ties: String, data: String) throws {
    let golden = try Golden("r_golden.json", "cox_\(ties)_\(data)")
    let (design, response) = try SurvivalGoldenTests.problem(data)
    let fit = try CoxRegression(ties: try #require(TiesMethod(rawValue: ties))).fit(design, response)
    #expect(ReferenceValues.digits([fit.nullLogLikelihood], [try golden.number("loglik_null")]) >= 13)
    #expect(ReferenceValues.digits([fit.scoreStatistic], [try golden.number("score")]) >= 12)
    #expect(ReferenceValues.digits([fit.waldStatistic], [try golden.number("wald")]) >= 12)
    let concordance = fit.concordance(design, response).index
    #expect(ReferenceValues.digits([concordance], [try golden.number("concordance")]) >= 14)
  }

  @Test(arguments: ["efron", "breslow"])
  func coxWithTimeVaryingCovariates(ties: String) throws {
    let golden = try Golden("r_golden.json", "cox_\(ties)_heart_tv")
    let data = try ReferenceValues.columns("heart_tv")
    let names = ["age", "year", "surgery", "transplant"]
    let response = try SurvivalResponse(
      time: try #require(data["stop"]), event: try #require(data["event"]).map { $0 == 1 }, entry: data["start"])
    let design = try SurvivalGoldenTests.design(data, names)
    let fit = try CoxRegression(ties: try #require(TiesMethod(rawValue: ties))).fit(design, response)
    let concordance = fit.concordance(design, response).index
    #expect(ReferenceValues.digits([concordance], [try golden.number("concordance")]) >= 14)
    let printed = ["age", "year", "surgery", "transplant1"]
    #expect(ReferenceValues.digits(fit.coefficients, try golden.numbers("coef", printed)) >= 12)
    #expect(ReferenceValues.digits(fit.terms.map(\.standardError), try golden.numbers("se", printed)) >= 12)
    #expect(ReferenceValues.digits([fit.logLikelihood], [try golden.number("loglik")]) >= 13)
    #expect(ReferenceValues.digits([fit.nullLogLikelihood], [try golden.number("loglik_null")]) >= 13)
    #expect(ReferenceValues.digits([fit.scoreStatistic], [try golden.number("score")]) >= 12)
  }

  /// `veteran` with the cell type as text.
  static func veteran() throws -> (columns: [String: [Double]], cells: [String]) {
    let text = try String(
      contentsOf: ReferenceValues.folder.appending(path: "data/veteran.csv"), encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",").map(String.init) }
    var columns: [String: [Double]] = [:]
    for (index, name) in lines[0].enumerated() where name != "celltype" {
      columns[name] = lines.dropFirst().compactMap { Double($0[index]) }
    }
    return (columns, lines.dropFirst().map { $0[1] })
  }

  @Test func coxWithStrata() throws {
    let golden = try Golden("r_golden.json", "cox_strata_veteran")
    var (data, cells) = try SurvivalGoldenTests.veteran()
    data["factor(trt)2"] = try #require(data["trt"]).map { $0 == 2 ? 1 : 0 }
    let names = ["factor(trt)2", "karno", "age"]
    let response = try SurvivalResponse(
      time: try #require(data["time"]), event: try #require(data["status"]).map { $0 == 1 }, strata: Strata(cells))
    let design = try SurvivalGoldenTests.design(data, names)
    let fit = try CoxRegression().fit(design, response)
    let concordance = fit.concordance(design, response).index
    #expect(ReferenceValues.digits([concordance], [try golden.number("concordance")]) >= 14)
    #expect(ReferenceValues.digits(fit.coefficients, try golden.numbers("coef", names)) >= 12)
    #expect(ReferenceValues.digits(fit.terms.map(\.standardError), try golden.numbers("se", names)) >= 12)
    #expect(ReferenceValues.digits([fit.logLikelihood], [try golden.number("loglik")]) >= 13)
    #expect(ReferenceValues.digits([fit.scoreStatistic], [try golden.number("score")]) >= 12)
    // R's strata are in the order squamous, smallcell, adeno, large.
    let first = try #require(response.strata?.names.firstIndex(of: "squamous"))
    let (times, hazards) = fit.cumulativeHazardAtZero(stratum: first)
    let goldenTimes = try #require(golden.values["basehaz_time"] as? [Double])
    let goldenHazards = try #require(golden.values["basehaz"] as? [Double])
    let ours = goldenTimes.map { time in times.lastIndex { $0 <= time }.map { hazards[$0] } ?? 0 }
    #expect(ReferenceValues.digits(ours, goldenHazards) >= 12)
  }

  @Test func kaplanMeier() throws {
    let golden = try Golden("r_golden.json", "km_lung")
    let (_, response) = try SurvivalGoldenTests.problem("lung")
    let curve = try #require(try KaplanMeier(response).curves.first)
    let times = try #require(golden.values["time"] as? [Double])
    #expect(Array(curve.times.prefix(times.count)) == times)
    let survival = try #require(golden.values["surv"] as? [Double])
    #expect(ReferenceValues.digits(Array(curve.survival.prefix(times.count)), survival) >= 14)
    let errors = try #require(golden.values["se"] as? [Double])
    #expect(ReferenceValues.digits(Array(curve.cumulativeHazardErrors.prefix(times.count)), errors) >= 13)
  }

  /// R's `cox.zph`; 15 digits are printed, and its fit stops at about 13.
  @Test func proportionalHazards() throws {
    let golden = try Golden("r_golden.json", "coxzph_lung")
    let (design, response) = try SurvivalGoldenTests.problem("lung")
    let fit = try CoxRegression().fit(design, response)
    let test = try ProportionalHazardsTest(fit, design, response)
    let table = try #require(golden.values["table"] as? [[Double]])
    let results = test.terms + [test.global]
    #expect(ReferenceValues.digits(results.map(\.statistic), table.map { $0[0] }) >= 9)
    #expect(results.map { Double($0.degreesOfFreedom) } == table.map { $0[1] })
    #expect(ReferenceValues.digits(results.map(\.pValue), table.map { $0[2] }) >= 9)
  }

  /// R's `survreg` stops when the log-likelihood changes by less than 1e-9.
  @Test func weibull() throws {
    let golden = try Golden("r_golden.json", "aft_weibull_lung")
    var data = try ReferenceValues.columns("lung")
    data["(Intercept)"] = try #require(data["time"]).map { _ in 1 }
    let names = ["(Intercept)", "age", "sex", "ph.ecog", "wt.loss"]
    let response = try SurvivalResponse(
      time: try #require(data["time"]), event: try #require(data["status"]).map { $0 == 1 })
    let fit = try AcceleratedFailureTimeRegression().fit(try SurvivalGoldenTests.design(data, names), response)
    #expect(ReferenceValues.digits(fit.coefficients, try golden.numbers("coef", names)) >= 9)
    #expect(ReferenceValues.digits([fit.scale], [try golden.number("scale")]) >= 9)
    let errors = try golden.numbers("se", names + ["Log(scale)"])
    #expect(ReferenceValues.digits(fit.terms.map(\.standardError), errors) >= 9)
    let values = try #require(golden.values["loglik"] as? [Double])
    #expect(ReferenceValues.digits([try #require(fit.nullLogLikelihood), fit.logLikelihood], values) >= 12)
  }
}
