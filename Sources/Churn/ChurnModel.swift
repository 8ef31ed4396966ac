internal import LinearAlgebra
internal import Regression

/// Logistic regression of leaving within the horizon on what was known at the origin, with an honest evaluation.
///
/// 1. The design (levels, means) is learnt from all past rows.
/// 2. A ridge penalty is chosen by held-out log-loss, whole partners held out.
/// 3. Another division into folds and a division in time judge that penalty on rows it did not see.
/// 4. The final fit uses all past rows; its errors are clustered by partner, because a partner's rows overlap in time.
struct ChurnModel {
  let kind: ChurnKind
  let design: Design
  let fit: LogisticFit
  let ridge: Double
  let evaluations: [ChurnEstimate.Evaluation]

  static let penalties = [0.1, 0.03, 0.01, 0.003, 0.001]
  static let foldCount = 5

  /// - Parameters:
  ///   - features: those expected to matter most first; few departures leave room for the first ones only.
  ///   - factors: used where there are at least ten departures for each of their levels.
  init(
    _ kind: ChurnKind, _ rows: ChurnRows, features: [ChurnFeature], factors: [String], departures: Int, horizon: Int,
    seed: UInt64
  ) throws(ChurnError) {
    self.kind = kind
    let terms =
      rows.informative(features, departures: departures).map {
        DesignSpecification.Term.numeric($0.name, standardised: false)
      }
      + factors.filter { factor in
        let count = Set(rows.levels[factor] ?? []).count
        return count > 1 && departures >= 10 * count
      }.map { .factor($0, reference: nil) }
    let predictors = rows.predictors
    do {
      // 1.
      design = try DesignSpecification(terms, missing: .mark).fit(predictors)
      let matrix = try design.matrix(predictors)
      // 2.
      let choice = Folds.grouped(rows.clusters, events: rows.outcomes, count: ChurnModel.foldCount, seed: seed)
      let best = LogisticRegression.choosingRidge(
        among: ChurnModel.penalties, matrix, response: rows.outcomes, folds: choice)
      let model = best?.chosen ?? LogisticRegression(ridge: ChurnModel.penalties[0])
      ridge = model.ridge
      // 3.
      evaluations = ChurnModel.evaluations(model, matrix, rows, horizon: horizon, seed: seed &+ 1)
      // 4.
      fit = try model.fit(matrix, response: rows.outcomes, standardErrors: .clustered(rows.clusters))
    } catch {
      throw .regression(kind: kind, error)
    }
  }

  private static func evaluations(
    _ model: LogisticRegression, _ matrix: DesignMatrix, _ rows: ChurnRows, horizon: Int, seed: UInt64
  ) -> [ChurnEstimate.Evaluation] {
    var evaluations: [ChurnEstimate.Evaluation] = []
    let folds = Folds.grouped(rows.clusters, events: rows.outcomes, count: foldCount, seed: seed)
    let heldOut = model.heldOutProbabilities(matrix, response: rows.outcomes, folds: folds)
    let known = heldOut.indices.filter { heldOut[$0] != nil }
    if !known.isEmpty {
      let calibration = Calibration(known.compactMap { heldOut[$0] }, known.map { rows.outcomes[$0] })
      evaluations.append(.init(name: "held-out partners", calibration: calibration))
    }
    if let later = laterPeriods(model, matrix, rows, horizon: horizon) {
      evaluations.append(.init(name: "later periods", calibration: later))
    }
    let rate = rows.outcomes.reduce(0, +) / Double(max(rows.count, 1))
    let constant = Calibration([Double](repeating: rate, count: rows.count), rows.outcomes)
    evaluations.append(.init(name: "without covariates", calibration: constant))
    return evaluations
  }

  /// Fitted on the earlier origins, judged on the last quarter of them; origins whose outcome reaches into the judged
  /// periods stand on neither side. Nil where one side has no events.
  private static func laterPeriods(
    _ model: LogisticRegression, _ matrix: DesignMatrix, _ rows: ChurnRows, horizon: Int
  ) -> Calibration? {
    let origins = Set(rows.origins).filter { $0 <= rows.comparableUntil }.sorted()
    guard origins.count >= 4 else { return nil }
    let first = origins[origins.count * 3 / 4]
    let training = rows.origins.indices.filter { rows.origins[$0] + horizon <= first }
    let later = rows.origins.indices.filter { rows.origins[$0] >= first && rows.origins[$0] <= rows.comparableUntil }
    let outcomes = later.map { rows.outcomes[$0] }
    guard outcomes.contains(1), outcomes.contains(0),
      let fit = try? model.fit(
        matrix.selecting(rows: training), response: training.map { rows.outcomes[$0] })
    else { return nil }
    return Calibration(fit.predict(matrix.selecting(rows: later)), outcomes)
  }

  /// Chances with 95 % intervals, and for each row the reason.
  struct Prediction {
    var probability: Double
    var interval: ClosedRange<Double>
    var reason: String
  }

  func predict(_ current: ChurnRows, features: [ChurnFeature], factorPhrases: [String: String]) throws(ChurnError)
    -> [Prediction]
  {
    let matrix: DesignMatrix
    do { matrix = try design.matrix(current.predictors) } catch { throw .regression(kind: kind, error) }
    let chances = fit.predict(matrix, level: 0.95)
    let reasons = mainReasons(matrix, current, features, factorPhrases)
    return zip(chances, reasons).map { Prediction(probability: $0.probability, interval: $0.interval, reason: $1) }
  }

  /// The predictor that raises a row's log-odds most above the average of the current rows.
  private func mainReasons(
    _ matrix: DesignMatrix, _ current: ChurnRows, _ features: [ChurnFeature], _ factorPhrases: [String: String]
  ) -> [String] {
    let (columns, count) = (matrix.names.indices, matrix.matrix.rows)
    let owner = design.predictors
    var contribution: [String: [Double]] = [:]
    for column in columns where !owner[column].isEmpty {
      let values = matrix.matrix.column(column)
      let mean = values.reduce(0, +) / Double(max(count, 1))
      var sums = contribution[owner[column]] ?? [Double](repeating: 0, count: count)
      for (row, value) in values.enumerated() { sums[row] += fit.coefficients[column] * (value - mean) }
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
