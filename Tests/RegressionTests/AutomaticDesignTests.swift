import Foundation
import Glibc
import LinearAlgebra
import Probability
import Regression
import Testing

/// A table of every sort of column, whose outcome depends on some of them.
struct MixedTable {
  var predictors: Predictors
  var outcomes: [Double] = []

  init(rows: Int, seed: UInt64, missing: Double = 0, unit: Double = 1) {
    var stream = RandomStream(seed: seed, key: 3)
    var (usage, tenure, noise): ([Double], [Double], [Double]) = ([], [], [])
    var (city, plan): ([Int32], [Int32]) = ([], [])
    for _ in 0..<rows {
      let amount = exp(1 + 1.2 * (stream.uniform() + stream.uniform() + stream.uniform() - 1.5) * 2)
      let months = (-20 * log(stream.uniform())).rounded(.down)
      let place = Int32(min(19, Int(3 / stream.uniform()) - 3))
      let kind = Int32(stream.index(below: 3))
      let isUnknown = stream.uniform() < missing
      let score = -0.5 - 0.7 * log(amount) + (months < 1 ? 1.5 : 0) - 0.02 * months + (kind == 2 ? 1 : 0)
      usage.append(isUnknown ? .nan : amount * unit)
      tenure.append(months)
      noise.append(stream.uniform())
      city.append(place)
      plan.append(kind)
      outcomes.append(stream.uniform() < logistic(score) ? 1 : 0)
    }
    predictors = Predictors(rowCount: rows)
    predictors["usage"] = .numeric(usage)
    predictors["tenure"] = .numeric(tenure)
    predictors["noise"] = .numeric(noise)
    predictors["city"] = .factor(codes: city, levels: (0..<20).map { "c\($0)" })
    predictors["plan"] = .factor(codes: plan, levels: ["a", "b", "c"])
    predictors["flag"] = .numeric(tenure.map { $0 > 10 ? 1 : 0 })
  }
}

struct AutomaticDesignTests {
  @Test func columnsThatTellNothingAreLeftOutWithANote() throws {
    var table = MixedTable(rows: 200, seed: 1).predictors
    table["constant"] = .numeric([Double](repeating: 7, count: 200))
    table["empty"] = .numeric([Double](repeating: .nan, count: 200))
    table["number"] = .numeric((0..<200).map { Double(200 - $0) })
    table["key"] = .factor(codes: (0..<200).map { Int32($0) }, levels: (0..<200).map { "k\($0)" })
    table["same"] = .factor(codes: [Int32](repeating: 0, count: 200), levels: ["x"])
    let choice = try AutomaticDesign().choose(table)
    #expect(choice.specification.terms.flatMap(\.predictors) == ["city", "flag", "noise", "plan", "tenure", "usage"])
    for name in ["constant", "empty", "number", "key", "same"] {
      #expect(choice.notes.contains { $0.hasPrefix("`\(name)` is left out") }, "\(name)")
    }
  }

  @Test func curvesAdaptToTheirNumbers() throws {
    let table = MixedTable(rows: 2000, seed: 2).predictors
    let design = try AutomaticDesign().choose(table).specification.fit(table)
    for case .smooth(let name, let curve, let marks) in design.encodings {
      #expect(!marks)
      if name == "usage" { #expect(curve.transform == .logarithm && curve.heaps.isEmpty) }
      if name == "noise" { #expect(curve.transform == .identity && curve.heaps.isEmpty) }
      if name == "tenure" { #expect(curve.heaps.contains(0)) }
    }
    #expect(design.names.contains("smooth(usage)[1]"))
    #expect(design.names.contains("tenure[= 0]"))
    #expect(design.names.contains("flag"))
  }

  /// The columns of a curve are uncorrelated with deviation one, the first is straight, and the rest are penalised more.
  @Test func columnsOfACurveAreOrderedFromStraightToWiggly() throws {
    var table = Predictors(rowCount: 400)
    let x: [Double] = (0..<400).map { index in
      let jitter = Double(index * 7919 % 400)
      return Double(index) * 0.1 + jitter * 0.001
    }
    table["x"] = .numeric(x)
    let design = try DesignSpecification([.smooth("x", knots: 7)]).fit(table)
    let matrix = try design.matrix(table)
    let columns = (1..<matrix.names.count).map { Array(matrix.matrix.column($0)) }
    for (i, left) in columns.enumerated() {
      for (j, right) in columns.enumerated() {
        let product = zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } / 400
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-8)
      }
    }
    let straight = columns[0]
    let slopes: [Double] = (1..<400).map { row in
      let rise = straight[row] - straight[row - 1]
      return rise / (x[row] - x[row - 1])
    }
    #expect((slopes.max() ?? 0) - (slopes.min() ?? 0) < 1e-8)
    let factors = try #require(matrix.penaltyFactors)
    #expect(factors == factors.sorted() && factors[1] == 1 && (factors.last ?? 0) > 100)
  }

  @Test func rareAndNewLevelsShareAColumn() throws {
    var table = Predictors(rowCount: 100)
    let counted: [(code: Int32, rows: Int)] = [(0, 60), (1, 30), (2, 5), (3, 3), (-1, 2)]
    let codes = counted.flatMap { [Int32](repeating: $0.code, count: $0.rows) }
    table["f"] = .factor(codes: codes, levels: ["a", "b", "c", "d"])
    let design = try AutomaticDesign().choose(table).specification.fit(table)
    #expect(design.names == ["(intercept)", "f[b]", "f[(other)]", "f[missing]"])
    let counts = try (1..<4).map { try design.matrix(table).matrix.column($0).reduce(0, +) }
    #expect(counts == [30, 8, 2])
    var later = Predictors(rowCount: 3)
    later["f"] = .factor(codes: [0, 1, -1], levels: ["never seen", "b"])
    let matrix = try design.matrix(later).matrix
    #expect(matrix.row(0) == [1, 0, 1, 0])
    #expect(matrix.row(1) == [1, 1, 0, 0])
    #expect(matrix.row(2) == [1, 0, 0, 1])
  }

  @Test func aDesignSurvivesItsFile() throws {
    let table = MixedTable(rows: 300, seed: 4, missing: 0.1).predictors
    let design = try AutomaticDesign().choose(table).specification.fit(table)
    let copy = try JSONDecoder().decode(Design.self, from: JSONEncoder().encode(design))
    let (first, second) = (try design.matrix(table), try copy.matrix(table))
    #expect(first.matrix == second.matrix)
  }
}

struct CalibratedLogisticTests {
  @Test func findsWhatTheOutcomeDependsOn() throws {
    let (known, later) = (MixedTable(rows: 1500, seed: 5, missing: 0.2), MixedTable(rows: 3000, seed: 6, missing: 0.2))
    let fit = try CalibratedLogistic().fit(known.predictors, response: known.outcomes)
    let held = Calibration(try fit.predict(later.predictors), later.outcomes)
    let rate = known.outcomes.reduce(0, +) / 1500
    let chance = Calibration.logLoss([Double](repeating: rate, count: 3000), later.outcomes)
    #expect(held.logLoss < 0.93 * chance)
    #expect((held.auc ?? 0) > 0.7)
    #expect(abs((held.slope ?? 0) - 1) < 0.2)
    // The estimate from the folds is honest.
    #expect(abs(fit.calibration.logLoss - held.logLoss) < 0.03)
  }

  @Test func unitsAndOrderOfRowsDoNotMatter() throws {
    let (first, scaled) = (MixedTable(rows: 400, seed: 7), MixedTable(rows: 400, seed: 7, unit: 1000))
    let model = CalibratedLogistic()
    let one = try model.fit(first.predictors, response: first.outcomes)
    let two = try model.fit(scaled.predictors, response: scaled.outcomes)
    for (left, right) in zip(try one.predict(first.predictors), try two.predict(scaled.predictors)) {
      #expect(abs(left - right) < 1e-6)
    }
    // The same penalty and the same rows in another order.
    let order = (0..<400).map { ($0 * 149) % 400 }
    let table = first.predictors.selecting(rows: order)
    let fixed = CalibratedLogistic(penalties: [0.01])
    let plain = try fixed.fit(first.predictors, response: first.outcomes)
    let mixed = try fixed.fit(table, response: order.map { first.outcomes[$0] })
    for (left, right) in zip(plain.regression.coefficients, mixed.regression.coefficients) {
      #expect(abs(left - right) < 1e-7)
    }
  }

  @Test func nothingToFindGivesTheShareOfEvents() throws {
    var stream = RandomStream(seed: 9, key: 1)
    var table = Predictors(rowCount: 300)
    table["x"] = .numeric((0..<300).map { _ in stream.uniform() })
    let outcomes = (0..<300).map { $0 % 5 == 0 ? 1.0 : 0 }
    let fit = try CalibratedLogistic().fit(table, response: outcomes)
    for chance in try fit.predict(table) { #expect(abs(chance - 0.2) < 0.08) }
    #expect(throws: RegressionError.constantOutcome(value: 0)) {
      try CalibratedLogistic().fit(table, response: outcomes.map { _ in 0 })
    }
    #expect(throws: RegressionError.self) { try CalibratedLogistic().fit(table, response: outcomes.map { _ in 0.5 }) }
  }

  /// Outcomes that a column tells apart have no maximum without a penalty; here they have.
  @Test func separatedOutcomesHaveAnAnswer() throws {
    var table = Predictors(rowCount: 60)
    table["x"] = .numeric((0..<60).map { Double($0 * 37 % 60) * 1.5 })
    let outcomes = (0..<60).map { $0 * 37 % 60 >= 30 ? 1.0 : 0 }
    let fit = try CalibratedLogistic().fit(table, response: outcomes)
    #expect((fit.calibration.auc ?? 0) > 0.99)
    #expect(fit.regression.coefficients.isAllFinite)
  }

  @Test func liftCountsWhatTheTopTenthsHold() {
    // 20 rows, 4 events: three in the top tenth pair, one further down.
    let probabilities = (0..<20).map { 1 - Double($0) / 20 }
    let outcomes = (0..<20).map { [0.0, 1, 2, 9].contains(Double($0)) ? 1.0 : 0 }
    let figures = Calibration(probabilities, outcomes)
    #expect(figures.lift.count == 10)
    #expect(figures.lift[0].events == 2 && abs(figures.lift[0].lift - 5) < 1e-12)
    #expect(abs(figures.lift[1].captured - 0.75) < 1e-12)
    #expect(abs(figures.lift[9].cumulativeLift - 1) < 1e-12)
    // (1 + 1 + 1 + 4/10) / 4.
    #expect(abs((figures.precisionRecallArea ?? 0) - 0.85) < 1e-12)
    // Equal predictions say nothing about the order, whatever the order of the rows.
    let flat = Calibration([Double](repeating: 0.2, count: 20), outcomes)
    #expect(flat.lift.allSatisfy { abs($0.lift - 1) < 1e-12 })
    #expect(abs((flat.precisionRecallArea ?? 0) - 0.2) < 1e-12)
    #expect(abs(flat.expectedCalibrationError) < 1e-12)
  }
}
