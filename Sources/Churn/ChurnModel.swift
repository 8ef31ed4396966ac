internal import Glibc
internal import LinearAlgebra
internal import Regression

/// The hazard of leaving in each coming period given what was known at the origin, with an honest evaluation.
///
/// 1. Every period of the horizon up to the departure is a row of a discrete-time hazard; the calibrated logistic
///    regression (`CalibratedLogistic`) is fitted to them, whole partners held out to choose its penalty. Its errors are
///    clustered by partner, because a partner's rows overlap in time.
/// 2. The chance of leaving within k periods is 1 − Π (1 − hazard), so that it rises with k.
/// 3. Another division into folds and a division in time judge these chances on rows that the fit did not see.
struct ChurnModel {
  let kind: ChurnKind
  let horizon: Int
  let fit: CalibratedLogisticFit
  let evaluations: [ChurnEstimate.Evaluation]
  /// What each number of periods ahead adds to the log-odds.
  private let leadEffects: [Double]

  static let foldCount = 5
  /// Predictors that say what kind of occasion a row is: the end of a contract and a month without one have nothing to
  /// do with each other, so that no penalty draws their hazards together.
  static let structural: Set<String> = ["contract"]

  /// - Parameters:
  ///   - features: those expected to matter most first; few departures leave room for the first ones only.
  ///   - factors: used where there are at least ten departures for each of their levels.
  init(
    _ kind: ChurnKind, _ rows: ChurnRows, features: [ChurnFeature], factors: [String], departures: Int, horizon: Int,
    seed: UInt64
  ) throws(ChurnError) {
    self.kind = kind
    self.horizon = horizon
    var names = rows.informative(features, departures: departures).map(\.name)
    names += factors.filter { factor in
      let count = Set(rows.levels[factor] ?? []).count
      return count > 1 && departures >= 10 * count
    }
    let occasions = ChurnOccasions(rows)
    if Set(occasions.leads).count > 1 { names.append(ChurnRows.lead) }
    do {
      // 1.
      let predictors = rows.predictors(occasions.rows, leads: occasions.leads)
      let choice = try AutomaticDesign().choose(predictors, names: names)
      let design = try choice.specification.fit(predictors)
      let matrix = ChurnModel.free(ChurnModel.structural, design, try design.matrix(predictors))
      fit = try CalibratedLogistic(seed: seed).fit(
        design, matrix, response: occasions.left, groups: occasions.rows.map { rows.clusters[$0] }, notes: choice.notes)
      leadEffects = try ChurnModel.leadEffects(fit, rows, horizon: horizon)
      // 3.
      let judge = try ChurnJudge(fit, rows, occasions, matrix, leadEffects: leadEffects)
      evaluations = judge.evaluations(horizon: horizon, seed: seed &+ 1)
    } catch {
      throw .regression(kind: kind, error)
    }
  }

  /// The same columns without a penalty on those of some predictors.
  private static func free(_ predictors: Set<String>, _ design: Design, _ matrix: DesignMatrix) -> DesignMatrix {
    let owners = design.predictors
    let usual = matrix.penaltyFactors ?? [Double](repeating: 1, count: matrix.names.count)
    return DesignMatrix(
      matrix.matrix, names: matrix.names, rows: matrix.rows, treatment: matrix.treatment,
      penaltyFactors: zip(owners, usual).map { predictors.contains($0) ? 0 : $1 })
  }

  /// The effects are additive, so that the first row shows them.
  private static func leadEffects(
    _ fit: CalibratedLogisticFit, _ rows: ChurnRows, horizon: Int
  ) throws(RegressionError) -> [Double] {
    let leads = Array(1...horizon)
    let matrix = try fit.design.matrix(rows.predictors([Int](repeating: 0, count: horizon), leads: leads))
    let predictor = fit.regression.linearPredictor(matrix)
    return predictor.map { $0 - predictor[0] }
  }

  /// Chances with 95 % intervals, and for each row the reason.
  struct Prediction {
    /// Chance of having left after 1, 2, … of the row's occasions.
    var left: [Double]
    /// Of the last of them.
    var interval: ClosedRange<Double>
    var reason: String
  }

  func predict(_ current: ChurnRows, features: [ChurnFeature], factorPhrases: [String: String]) throws(ChurnError)
    -> [Prediction]
  {
    let rows = Array(0..<current.count)
    let matrix: DesignMatrix
    do { matrix = try fit.design.matrix(current.predictors(rows, leads: rows.map { _ in 1 })) } catch {
      throw .regression(kind: kind, error)
    }
    let predictor = fit.regression.linearPredictor(matrix)
    let ranges = fit.regression.predict(matrix, level: 0.95).map(\.interval)
    let reasons = mainReasons(matrix, current, features, factorPhrases)
    return rows.map { row in
      let effects = leadEffects.prefix(current.outcomes[row].span)
      func curve(_ first: Double) -> [Double] { fit.recalibration.chanceWithin(first, effects) }
      let ends = [ranges[row].lowerBound, ranges[row].upperBound].map { chance in
        curve(logit(min(max(chance, 1e-12), 1 - 1e-12))).last ?? 0
      }
      let left = curve(predictor[row])
      let last = left.last ?? 0
      return Prediction(left: left, interval: min(ends[0], last)...max(ends[1], last), reason: reasons[row])
    }
  }

  /// The predictor that raises a row's log-odds most above the average of the current rows.
  private func mainReasons(
    _ matrix: DesignMatrix, _ current: ChurnRows, _ features: [ChurnFeature], _ factorPhrases: [String: String]
  ) -> [String] {
    let (columns, count) = (matrix.names.indices, matrix.matrix.rows)
    let owner = fit.design.predictors
    var contribution: [String: [Double]] = [:]
    for column in columns where !owner[column].isEmpty && owner[column] != ChurnRows.lead {
      let values = matrix.matrix.column(column)
      let mean = values.reduce(0, +) / Double(max(count, 1))
      var sums = contribution[owner[column]] ?? [Double](repeating: 0, count: count)
      let effect = fit.regression.coefficients[column]
      for (row, value) in values.enumerated() { sums[row] += effect * (value - mean) }
      contribution[owner[column]] = sums
    }
    let names = contribution.keys.sorted()
    let phrases = Dictionary(uniqueKeysWithValues: features.map { ($0.name, $0.phrase) })
    return (0..<count).map { row in
      let largest = names.max { (contribution[$0]?[row] ?? 0) < (contribution[$1]?[row] ?? 0) }
      guard let name = largest, (contribution[name]?[row] ?? 0) > 0.1 else { return "nothing above average" }
      if let level = current.levels[name]?[row] { return "\(factorPhrases[name] ?? name) \(level)" }
      guard let value = current.numbers[name]?[row], !value.isNaN else { return "no figures on \(name)" }
      return phrases[name]?(value) ?? name
    }
  }
}

extension Recalibration {
  /// 1 − Π (1 − hazard) after each period, for log-odds of the first one and what later ones add.
  func chanceWithin(_ logOdds: Double, _ effects: some Sequence<Double>) -> [Double] {
    var staying = 1.0
    return effects.map { effect in
      staying *= 1 - logistic(apply(logOdds + effect))
      return 1 - staying
    }
  }
}

/// Judges a churn model on rows that its coefficients were not fitted to.
private struct ChurnJudge {
  private let fit: CalibratedLogisticFit
  private let rows: ChurnRows
  private let occasions: ChurnOccasions
  /// The design of the occasions, and that of the rows' first ones.
  private let matrix: DesignMatrix
  private let first: DesignMatrix
  private let leadEffects: [Double]

  init(
    _ fit: CalibratedLogisticFit, _ rows: ChurnRows, _ occasions: ChurnOccasions, _ matrix: DesignMatrix,
    leadEffects: [Double]
  ) throws(RegressionError) {
    (self.fit, self.rows, self.occasions, self.matrix, self.leadEffects) = (fit, rows, occasions, matrix, leadEffects)
    let all = Array(0..<rows.count)
    first = try fit.design.matrix(rows.predictors(all, leads: all.map { _ in 1 }))
  }

  func evaluations(horizon: Int, seed: UInt64) -> [ChurnEstimate.Evaluation] {
    var evaluations: [ChurnEstimate.Evaluation] = []
    let judged = (0..<rows.count).filter { isJudged($0) }
    if let heldOut = heldOutPartners(judged, seed: seed) {
      evaluations.append(.init(name: "held-out partners", calibration: heldOut))
    }
    if let later = laterPeriods(horizon: horizon) {
      evaluations.append(.init(name: "later periods", calibration: later))
    }
    let outcomes = judged.map(outcome)
    let rate = outcomes.reduce(0, +) / Double(max(outcomes.count, 1))
    let constant = Calibration([Double](repeating: rate, count: outcomes.count), outcomes)
    evaluations.append(.init(name: "without covariates", calibration: constant))
    return evaluations
  }

  /// Rows whose whole span the history shows: of the others only departures would be known.
  private func isJudged(_ row: Int) -> Bool { rows.outcomes[row].seen >= rows.outcomes[row].span }
  private func outcome(_ row: Int) -> Double { rows.outcomes[row].leftAt == nil ? 0 : 1 }

  private func heldOutPartners(_ judged: [Int], seed: UInt64) -> Calibration? {
    let folds = Folds.grouped(
      rows.clusters, events: (0..<rows.count).map(outcome), count: ChurnModel.foldCount, seed: seed)
    var known: [Int] = []
    var foreseen: [Double] = []
    for fold in 0..<folds.count {
      let held = judged.filter { folds.assignment[$0] == fold }
      guard let predicted = chances(of: held, fittedOn: { folds.assignment[$0] != fold }) else { continue }
      known += held
      foreseen += predicted
    }
    return known.isEmpty ? nil : Calibration(foreseen, known.map(outcome))
  }

  /// Fitted on the earlier origins, judged on the last quarter of them; origins whose outcome reaches into the judged
  /// periods stand on neither side. Nil where one side has no events.
  private func laterPeriods(horizon: Int) -> Calibration? {
    let origins = Set(rows.origins.indices.filter { isJudged($0) }.map { rows.origins[$0] })
      .filter { $0 <= rows.comparableUntil }.sorted()
    guard origins.count >= 4 else { return nil }
    let start = origins[origins.count * 3 / 4]
    let later = rows.origins.indices.filter {
      rows.origins[$0] >= start && rows.origins[$0] <= rows.comparableUntil && isJudged($0)
    }
    let outcomes = later.map(outcome)
    guard outcomes.contains(1), outcomes.contains(0),
      let predicted = chances(of: later, fittedOn: { rows.origins[$0] + horizon <= start })
    else { return nil }
    return Calibration(predicted, outcomes)
  }

  /// Chances of leaving within their spans for some rows, from a fit on other rows; nil where that has no answer.
  private func chances(of held: [Int], fittedOn isUsed: (Int) -> Bool) -> [Double]? {
    let training = occasions.of(isUsed)
    let regression = GeneralizedLinearRegression(.binomial, ridge: fit.ridge)
    guard !held.isEmpty, !training.isEmpty,
      let refit = try? regression.fit(
        matrix.selecting(rows: training), response: training.map { occasions.left[$0] },
        start: fit.regression.coefficients)
    else { return nil }
    let effects = effects(of: refit)
    return zip(held, refit.linearPredictor(first.selecting(rows: held))).map { row, logOdds in
      fit.recalibration.chanceWithin(logOdds, effects.prefix(rows.outcomes[row].span)).last ?? 0
    }
  }

  /// The refitted effects of the periods ahead: coefficients of other columns do not enter the differences.
  private func effects(of refit: GeneralizedLinearFit) -> [Double] {
    guard leadEffects.count > 1 else { return leadEffects }
    let leads = Array(1...leadEffects.count)
    guard
      let design = try? fit.design.matrix(
        rows.predictors([Int](repeating: 0, count: leads.count), leads: leads))
    else { return leadEffects }
    let predictor = refit.linearPredictor(design)
    return predictor.map { $0 - predictor[0] }
  }
}
