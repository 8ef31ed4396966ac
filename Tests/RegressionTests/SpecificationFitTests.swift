import Foundation
import LinearAlgebra
import Probability
import Regression
import Testing

/// The model file's value, from the table to predictions.
struct SpecificationFitTests {
  private static func data(rows: Int, seed: UInt64) -> Predictors {
    var stream = RandomStream(seed: seed, key: 1)
    var data = Predictors(rowCount: rows)
    let x = (0..<rows).map { _ in stream.uniform(-1, 1) }
    let codes = (0..<rows).map { _ in Int32(stream.index(below: 3)) }
    let effect = [0.0, 0.5, -0.7]
    data["x"] = .numeric(x)
    data["region"] = .factor(codes: codes, levels: ["north", "south", "west"])
    data["y"] = .numeric((0..<rows).map { 1 + 2 * x[$0] + effect[Int(codes[$0])] + 0.1 * stream.uniform(-1, 1) })
    let bought = (0..<rows).map { logistic(x[$0] + effect[Int(codes[$0])]) > stream.uniform() }
    data["bought"] = .factor(codes: bought.map { $0 ? 1 : 0 }, levels: ["no", "yes"])
    data["fold"] = .numeric((0..<rows).map { Double($0 % 4) })
    return data
  }

  private static let terms: [DesignSpecification.Term] = [
    .numeric("x", standardised: false), .factor("region", reference: nil),
  ]

  @Test func leastSquaresFromASpecification() throws {
    let data = Self.data(rows: 300, seed: 1)
    let fit = try RegressionSpecification(response: "y", terms: Self.terms).fit(data)
    #expect(fit.terms.map(\.name) == ["(intercept)", "x", "region[south]", "region[west]"])
    #expect(abs(fit.terms[1].estimate - 2) < 0.05)
    #expect(abs(fit.terms[2].estimate - 0.5) < 0.05)
    let predictions = try fit.predict(data)
    #expect(predictions.rows.count == 300)
    #expect(try #require(predictions.errors).allSatisfy { $0 > 0 && $0 < 0.1 })
  }

  /// A level as event, held-out scores by fold, and rows that miss a value.
  @Test func eventFoldsAndMissingRows() throws {
    var data = Self.data(rows: 400, seed: 2)
    guard case .numeric(var x) = data["x"] else { return }
    x[3] = .nan
    data["x"] = .numeric(x)
    var specification = RegressionSpecification(response: "bought", family: .binomial, terms: Self.terms)
    specification.event = "yes"
    specification.folds = ["fold"]
    let fit = try specification.fit(data)
    #expect(fit.statistics.observations == 399)
    #expect(fit.treatment.leftOut == ["x": 1])
    let scores = try #require(try specification.heldOut(data).first)
    #expect(scores.folds.map(\.name) == ["0", "1", "2", "3"])
    #expect(scores.predictions[3] == nil)
    #expect(scores.predictions.count { $0 != nil } == 399)
    let auc = try #require(scores.means.first { $0.name == "auc" })
    #expect(auc.value > 0.6)
    // The prediction of a held-out row comes from the fit without its fold.
    let without = try specification.fit(data.selecting(rows: (0..<400).filter { $0 % 4 != 1 }))
    let expected = try without.predict(data.selecting(rows: [5])).values[0]
    #expect(scores.predictions[5] == expected)
  }

  /// A saved model predicts the same.
  @Test func savedModelsPredictTheSame() throws {
    let data = Self.data(rows: 200, seed: 3)
    var specification = RegressionSpecification(response: "bought", family: .binomial, terms: Self.terms)
    specification.event = "yes"
    let fit = try specification.fit(data)
    let text = try JSONEncoder().encode(fit)
    let loaded = try JSONDecoder().decode(FittedRegression.self, from: text)
    #expect(try loaded.predict(data).values == fit.predict(data).values)
    #expect(try loaded.predict(data).errors == fit.predict(data).errors)
    #expect(loaded.terms == fit.terms)
  }

  @Test func largeFactorsGiveWhatTheirColumnsGive() throws {
    var stream = RandomStream(seed: 4, key: 2)
    let rows = 3000
    var data = Predictors(rowCount: rows)
    let x = (0..<rows).map { _ in stream.uniform(-1, 1) }
    let shop = (0..<rows).map { _ in Int32(stream.index(below: 80)) }
    let city = (0..<rows).map { _ in Int32(stream.index(below: 70)) }
    data["x"] = .numeric(x)
    data["shop"] = .factor(codes: shop, levels: (0..<80).map { "s\($0)" })
    data["city"] = .factor(codes: city, levels: (0..<70).map { "c\($0)" })
    let y = (0..<rows).map { row in
      Double(Poisson(mean: exp(0.5 + x[row] + 0.01 * Double(shop[row]) - 0.02 * Double(city[row]))).draw(&stream))
    }
    let terms: [DesignSpecification.Term] = [
      .numeric("x", standardised: false), .factor("shop", reference: nil), .factor("city", reference: nil),
    ]
    let design = try DesignSpecification(terms).fit(data)
    let regression = GeneralizedLinearRegression(.poisson)
    let wide = try regression.fit(try design.matrix(data), response: y)
    let blocks = try design.matrix(data, keepingLargeFactors: true)
    #expect(blocks.matrix.columns == 2)
    let absorbed = try regression.fit(blocks, response: y)
    for term in wide.terms {
      let other = try #require(absorbed[term.name])
      #expect(abs(other.estimate - term.estimate) < 1e-9)
      #expect(abs(other.standardError - term.standardError) < 1e-9)
    }
    #expect(abs(wide.logLikelihood - absorbed.logLikelihood) < 1e-8)
    // Clustered errors of the columns outside the absorbed factor.
    let clusters = shop.map(Int.init)
    let wideClustered = try regression.fit(
      try design.matrix(data), response: y, standardErrors: .clustered(clusters))
    let absorbedClustered = try regression.fit(blocks, response: y, standardErrors: .clustered(clusters))
    let (left, right) = (try #require(wideClustered["x"]), try #require(absorbedClustered["x"]))
    #expect(abs(left.standardError / right.standardError - 1) < 0.05)
  }

  /// Regions are sums of shops: one column of zeros and ones too many, which is named with what it depends on.
  @Test func nestedLargeFactorIsResolvedInTheOpen() throws {
    var stream = RandomStream(seed: 5, key: 2)
    let rows = 2000
    var data = Predictors(rowCount: rows)
    let shop = (0..<rows).map { _ in Int32(stream.index(below: 90)) }
    data["shop"] = .factor(codes: shop, levels: (0..<90).map { "s\($0)" })
    data["region"] = .factor(codes: shop.map { $0 % 3 }, levels: ["east", "north", "west"])
    let y = (0..<rows).map { Double(Poisson(mean: 2 + Double(shop[$0] % 3)).draw(&stream)) }
    let design = try DesignSpecification([.factor("region", reference: nil), .factor("shop", reference: nil)]).fit(data)
    let fit = try GeneralizedLinearRegression(.poisson).fit(
      try design.matrix(data, keepingLargeFactors: true), response: y)
    #expect(fit.dropped.map(\.name) == ["region[north]", "region[west]"])
    #expect(fit.dropped[0].combination.contains { $0.column.hasPrefix("shop[") })
    let free = try GeneralizedLinearRegression(.poisson).fit(
      try DesignSpecification([.factor("shop", reference: nil)]).fit(data).matrix(data), response: y)
    #expect(abs(free.logLikelihood - fit.logLikelihood) < 1e-8)
  }
}

/// Survival models from their specification: every model gives falling survival, saves, and is judged on folds.
struct SurvivalSpecificationTests {
  static func data(rows: Int) -> Predictors {
    var stream = RandomStream(seed: 8, key: 3)
    var data = Predictors(rowCount: rows)
    let x = (0..<rows).map { _ in stream.uniform(-1, 1) }
    let group = (0..<rows).map { _ in Int32(stream.index(below: 2)) }
    let life = (0..<rows).map { row in
      (-log(1 - stream.uniform()) / exp(x[row] + Double(group[row]) - 2.5)).rounded(.up)
    }
    let end = (0..<rows).map { _ in 1 + Double(stream.index(below: 30)) }
    data["x"] = .numeric(x)
    data["group"] = .factor(codes: group, levels: ["a", "b"])
    data["time"] = .numeric(zip(life, end).map { min($0, $1) })
    data["event"] = .numeric(zip(life, end).map { $0 <= $1 ? 1 : 0 })
    data["fold"] = .numeric((0..<rows).map { Double($0 % 3) })
    return data
  }

  @Test(arguments: RegressionSpecification.Survival.Model.allCases)
  func everySurvivalModel(model: RegressionSpecification.Survival.Model) throws {
    let data = Self.data(rows: 600)
    var specification = RegressionSpecification(
      survival: .init(time: "time", event: "event", model: model), terms: [.numeric("x", standardised: false)])
    if model == .cox || model == .kaplanMeier { specification.strata = "group" }
    specification.horizons = [2, 5, 10, 20]
    specification.folds = ["fold"]
    let fit = try specification.fit(data)
    let predictions = try fit.predict(data)
    let survival = try #require(predictions.survival)
    for row in 0..<survival.rows {
      for horizon in 1..<survival.columns { #expect(survival[row, horizon] <= survival[row, horizon - 1]) }
      #expect(survival[row, 0] <= 1 && survival[row, 3] >= 0)
    }
    let loaded = try JSONDecoder().decode(FittedRegression.self, from: JSONEncoder().encode(fit))
    #expect(try loaded.predict(data).survival == survival)
    let scores = try #require(try specification.heldOut(data).first)
    let means = Dictionary(uniqueKeysWithValues: scores.means.map { ($0.name, $0.value) })
    #expect(try #require(means["integratedBrier"]) < 0.25)
    if model != .kaplanMeier { #expect(try #require(means["harrellC"]) > 0.6) }
  }
}

/// What a fit says about single rows.
struct RowDiagnosticsTests {
  @Test func leveragesSumToParametersAndScoresToZero() throws {
    var stream = RandomStream(seed: 12, key: 1)
    let rows = 250
    var data = Predictors(rowCount: rows)
    let x = (0..<rows).map { _ in stream.uniform(-1, 1) }
    data["x"] = .numeric(x)
    data["count"] = .numeric(x.map { Double(Poisson(mean: exp(0.5 + $0)).draw(&stream)) })
    data["y"] = .numeric(x.map { 1 + 2 * $0 + stream.uniform(-1, 1) })
    let terms: [DesignSpecification.Term] = [.polynomial("x", degree: 3)]
    for (response, family) in [("count", Family.poisson), ("y", .gaussian)] {
      let fit = try RegressionSpecification(response: response, family: family, terms: terms).fit(data)
      let result = try fit.rowDiagnostics(data)
      #expect(abs(result.leverage.reduce(0, +) - 4) < 1e-8)
      #expect(abs(result.residual.reduce(0, +)) < 1e-8)
      #expect(result.cooksDistance.allSatisfy { $0 >= 0 })
      let deviance = result.deviance.reduce(0) { $0 + $1 * $1 }
      let expected = try #require(fit.statistics.deviance)
      #expect(abs(deviance - expected) < 1e-8 * deviance)
    }
    let linear = try RegressionSpecification(response: "y", terms: terms).fit(data)
    #expect(linear.varianceInflation.count == 3)
    #expect(linear.varianceInflation.values.allSatisfy { $0 >= 1 - 1e-9 })
  }

  /// Events and those expected are equally many in total: martingale residuals of a Cox model sum to zero.
  @Test func martingaleResidualsSumToZero() throws {
    let data = SurvivalSpecificationTests.data(rows: 400)
    let specification = RegressionSpecification(
      survival: .init(time: "time", event: "event", ties: .breslow), terms: [.numeric("x", standardised: false)])
    let result = try specification.fit(data).rowDiagnostics(data)
    #expect(result.rows.count == 400)
    #expect(abs(result.residual.reduce(0, +)) < 1e-8)
    #expect(result.residual.allSatisfy { $0 <= 1 })
    let isFinite = result.deviance.allSatisfy { $0.isFinite }
    #expect(isFinite)
  }
}
