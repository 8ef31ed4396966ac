internal import Glibc
internal import LinearAlgebra

/// The default model of a binary outcome: a ridge-penalised logistic regression on smooth curves and grouped factors that
/// `AutomaticDesign` makes of any table, with the penalty chosen by cross-validation and the probabilities calibrated.
///
/// 1. The design is learnt from the predictors; the outcome is not looked at.
/// 2. The penalty with the smallest held-out log-loss over the folds, from large to small with warm starts, until two
///    smaller ones in a row were no better.
/// 3. The held-out predictions of that penalty give a shift and a slope that calibrate the log-odds (Platt, 1999); the
///    slope is drawn towards 1 by a normal prior of deviation 0.2, which few rows do not overcome.
/// 4. The final fit uses all rows.
///
/// Cost: some thirty penalised fits, each n p² times a few Newton steps.
public struct CalibratedLogistic: Sendable, Hashable, Codable {
  public var design: AutomaticDesign
  /// λ in falling order.
  public var penalties: [Double]
  public var foldCount: Int
  /// Of the folds.
  public var seed: UInt64

  public static let standardPenalties = [3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001, 0.00003]

  public init(
    design: AutomaticDesign = AutomaticDesign(), penalties: [Double] = CalibratedLogistic.standardPenalties,
    foldCount: Int = 5, seed: UInt64 = 1
  ) {
    self.design = design
    self.penalties = penalties.sorted(by: >)
    self.foldCount = foldCount
    self.seed = seed
  }

  /// - Parameters:
  ///   - response: 0 or 1 per row.
  ///   - names: the predictors to use; nil for all.
  ///   - groups: rows of one group are held out together; nil for independent rows. They cluster the standard errors too.
  public func fit(
    _ predictors: Predictors, response: [Double], names: [String]? = nil, groups: [Int]? = nil
  ) throws(RegressionError) -> CalibratedLogisticFit {
    let choice = try design.choose(predictors, names: names)
    let fitted = try choice.specification.fit(predictors)
    return try fit(fitted, try fitted.matrix(predictors), response: response, groups: groups, notes: choice.notes)
  }

  /// The same on a design that is already there, all of whose rows are used.
  public func fit(
    _ design: Design, _ matrix: DesignMatrix, response: [Double], groups: [Int]? = nil, notes: [String] = []
  ) throws(RegressionError) -> CalibratedLogisticFit {
    precondition(response.count == matrix.matrix.rows, "the response does not fit the design")
    guard penalties.contains(where: { $0 > 0 }) else { throw .badSpecification("no ridge penalty is there to choose") }
    guard foldCount >= 2 else { throw .badSpecification("cross-validation needs two folds or more") }
    if let column = matrix.notFiniteColumn { throw .notFinite(column: column) }
    if let row = response.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw .badResponse(row: row, value: response[row], allowed: "0 and 1")
    }
    // Columns that depend on others would send every fold through a QR factorization.
    let independent = try matrix.independentColumns(weights: nil).kept
    let folds = Folds.grouped(
      groups ?? Array(response.indices), events: response, count: min(foldCount, max(2, response.count)), seed: seed)
    let path = try heldOutPath(matrix.selecting(columns: independent), response, folds)
    let recalibration = Recalibration(path.predictor, response)
    let regression = try GeneralizedLinearRegression(.binomial, ridge: path.ridge).fit(
      matrix, response: response, standardErrors: groups.map { .clustered($0) } ?? .model)
    return CalibratedLogisticFit(
      design: design, regression: regression, ridge: path.ridge, recalibration: recalibration,
      heldOut: path.predictor.map { logistic(recalibration.apply($0)) }, response: response, notes: notes)
  }

  /// The best penalty with the linear predictor that it gives rows of each fold when fitted on the others.
  private func heldOutPath(
    _ matrix: DesignMatrix, _ response: [Double], _ folds: Folds
  ) throws(RegressionError) -> (ridge: Double, predictor: [Double]) {
    let rows = (0..<folds.count).map { (training: folds.training($0), held: folds.held($0)) }.filter {
      !$0.held.isEmpty
    }
    let known = rows.map { matrix.selecting(rows: $0.training) }
    let unseen = rows.map { matrix.selecting(rows: $0.held) }
    var starts = [[Double]?](repeating: nil, count: rows.count)
    var best: (ridge: Double, loss: Double, predictor: [Double])?
    var worse = 0
    var failure: RegressionError?
    for ridge in penalties where ridge > 0 && worse < 2 {
      var predictor = [Double](repeating: 0, count: response.count)
      do throws(RegressionError) {
        for fold in rows.indices {
          let fit = try GeneralizedLinearRegression(.binomial, ridge: ridge).fit(
            known[fold], response: rows[fold].training.map { response[$0] }, start: starts[fold])
          starts[fold] = fit.coefficients
          for (row, value) in zip(rows[fold].held, fit.linearPredictor(unseen[fold])) { predictor[row] = value }
        }
      } catch {
        failure = error
        worse += 1
        continue
      }
      let loss = Calibration.logLoss(predictor.map(logistic), response)
      if best.map({ loss < $0.loss }) ?? true {
        best = (ridge, loss, predictor)
        worse = 0
      } else {
        worse += 1
      }
    }
    guard let best else {
      throw failure ?? .notConverged(iterations: 0, cause: "no penalty could be judged on held-out rows")
    }
    return (best.ridge, best.predictor)
  }
}

/// The map shift + slope · η from raw to calibrated log-odds.
public struct Recalibration: Sendable, Hashable, Codable {
  public let shift: Double
  public let slope: Double

  static let slopeDeviation = 0.2

  public func apply(_ logOdds: Double) -> Double { shift + slope * logOdds }

  /// The most likely shift and slope, the slope with a normal prior around 1: Newton's method on two parameters.
  init(_ logOdds: [Double], _ outcomes: [Double]) {
    let precision = 1 / (Recalibration.slopeDeviation * Recalibration.slopeDeviation)
    var (shift, slope) = (0.0, 1.0)
    for _ in 0..<50 {
      var (g0, g1, h00, h01, h11) = (0.0, -precision * (slope - 1), 1e-9, 0.0, precision)
      for (eta, y) in zip(logOdds, outcomes) {
        let p = logistic(shift + slope * eta)
        let curve = p * (1 - p)
        g0 += y - p
        g1 += (y - p) * eta
        h00 += curve
        h01 += curve * eta
        h11 += curve * eta * eta
      }
      let determinant = h00 * h11 - h01 * h01
      guard determinant > 0 else { break }
      let (d0, d1) = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant)
      // Short steps: far out the curvature says nothing about the way.
      let length = min(1, 1 / max(abs(d0), abs(d1), 1e-300))
      shift += length * d0
      slope += length * d1
      if abs(d0) + abs(d1) < 1e-10 { break }
    }
    self.shift = shift
    self.slope = slope
  }
}

/// A fitted `CalibratedLogistic`.
public struct CalibratedLogisticFit: Sendable {
  public let design: Design
  /// The penalised regression on all rows, before calibration.
  public let regression: GeneralizedLinearFit
  /// λ that cross-validation chose.
  public let ridge: Double
  public let recalibration: Recalibration
  /// Calibrated probability of each row from the folds without it.
  public let heldOut: [Double]
  /// How good those are: an honest figure but for the choice of the penalty, which also used them.
  public let calibration: Calibration
  /// What was left out of the design and why, in plain sentences.
  public let notes: [String]

  init(
    design: Design, regression: GeneralizedLinearFit, ridge: Double, recalibration: Recalibration, heldOut: [Double],
    response: [Double], notes: [String]
  ) {
    self.design = design
    self.regression = regression
    self.ridge = ridge
    self.recalibration = recalibration
    self.heldOut = heldOut
    self.notes = notes
    calibration = Calibration(heldOut, response)
  }

  /// P(y = 1) for every row of a table with the same predictors.
  public func predict(_ predictors: Predictors) throws(RegressionError) -> [Double] {
    predict(try design.matrix(predictors))
  }

  public func predict(_ matrix: DesignMatrix) -> [Double] {
    regression.linearPredictor(matrix).map { logistic(recalibration.apply($0)) }
  }

  /// P(y = 1) with an interval for every row: the uncertainty of the coefficients alone.
  public func predict(
    _ matrix: DesignMatrix, level: Double
  ) -> [(probability: Double, interval: ClosedRange<Double>)] {
    regression.predict(matrix, level: level).map { raw in
      func mapped(_ p: Double) -> Double {
        logistic(recalibration.apply(logit(min(max(p, 1e-12), 1 - 1e-12))))
      }
      let (lower, upper) = (mapped(raw.interval.lowerBound), mapped(raw.interval.upperBound))
      return (mapped(raw.mean), min(lower, upper)...max(lower, upper))
    }
  }
}
