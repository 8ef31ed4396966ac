internal import Glibc
public import LinearAlgebra

/// Survival at horizons, one row per row of a design.
public struct SurvivalPrediction: Sendable, Hashable {
  public let horizons: [Double]
  /// rows × horizons: P(no event by the horizon).
  public let survival: Matrix
  /// rows × horizons: the standard error of the survival (delta method); nil where it was not asked for.
  public let standardErrors: Matrix?

  public init(horizons: [Double], survival: Matrix, standardErrors: Matrix? = nil) {
    precondition(survival.columns == horizons.count, "one column per horizon is needed")
    self.horizons = horizons
    self.survival = survival
    self.standardErrors = standardErrors
  }
}

extension CoxFit {
  /// (x − centre)ᵀb for every row: the log of the hazard relative to a row at the fit's mean.
  public func linearPredictor(_ design: DesignMatrix, offset: [Double]? = nil) -> [Double] {
    precondition(design.matrix.columns == names.count, "the design does not fit the model")
    var predictor = offset ?? [Double](repeating: 0, count: design.matrix.rows)
    for (index, column) in kept.enumerated() {
      let (slope, centre) = (coefficients[column], baseline.centre[index])
      for (i, value) in design.matrix.column(column).enumerated() { predictor[i] += slope * (value - centre) }
    }
    return predictor
  }

  /// The standard error of the linear predictor of every row. Cost: n p².
  public func linearPredictorErrors(_ design: DesignMatrix) -> [Double] {
    let reduced = keptCovariance
    var row = [Double](repeating: 0, count: kept.count)
    return (0..<design.matrix.rows).map { i in
      for (index, column) in kept.enumerated() { row[index] = design.matrix[i, column] - baseline.centre[index] }
      return max(0, dot(row, reduced * row)).squareRoot()
    }
  }

  /// P(no event by each horizon) for rows whose covariates stay as they are.
  /// - Parameters:
  ///   - strata: the strata of the rows; nil where the fit has none.
  ///   - from: per row a time that it is known to have reached without the event: survival is then conditional on it,
  ///     and horizons before it give one. Nil for time zero.
  ///   - errors: whether to give standard errors, from the uncertainty of both b and the baseline.
  ///
  /// Source of the errors: Therneau and Grambsch (2000), section 10.2; Tsiatis (1981). Beyond the last event of a
  /// stratum survival stays constant: the data do not say more. Cost: O(n h), with errors O(n h p²).
  public func survival(
    _ design: DesignMatrix, horizons: [Double], strata: Strata? = nil, from: [Double]? = nil,
    offset: [Double]? = nil, errors: Bool = false
  ) throws(RegressionError) -> SurvivalPrediction {
    let n = design.matrix.rows
    let codes = try codes(strata, rows: n)
    let predictor = linearPredictor(design, offset: offset)
    var survival = Matrix(rows: n, columns: horizons.count)
    var standardErrors = errors ? Matrix(rows: n, columns: horizons.count) : nil
    let reduced = errors ? keptCovariance : Matrix(rows: 0, columns: 0)
    let steps = baseline.curves.map { curve in horizons.map { curve.steps(upTo: $0) } }
    for i in 0..<n {
      let curve = baseline.curves[codes?[i] ?? 0]
      let start = from.map { curve.steps(upTo: $0[i]) } ?? 0
      let risk = exp(predictor[i])
      for h in horizons.indices {
        let end = max(start, steps[codes?[i] ?? 0][h])
        let hazard = curve.difference(curve.cumulativeHazard, start, end)
        let value = exp(-risk * hazard)
        survival[i, h] = value
        guard errors, end > start else { continue }
        let row = kept.indices.map { index in
          hazard * (design.matrix[i, kept[index]] - baseline.centre[index]) - curve.meanDifference(index, start, end)
        }
        let variance = curve.difference(curve.variance, start, end) + dot(row, reduced * row)
        standardErrors?[i, h] = value * risk * max(0, variance).squareRoot()
      }
    }
    return SurvivalPrediction(horizons: horizons, survival: survival, standardErrors: standardErrors)
  }

  /// The first event time at which survival falls to this share or below; nil where the data do not reach it.
  public func quantiles(
    _ design: DesignMatrix, share: Double = 0.5, strata: Strata? = nil, offset: [Double]? = nil
  ) throws(RegressionError) -> [Double?] {
    let codes = try codes(strata, rows: design.matrix.rows)
    return linearPredictor(design, offset: offset).enumerated().map { i, predictor in
      let curve = baseline.curves[codes?[i] ?? 0]
      let needed = -log(share) * exp(-predictor) * (1 - 1e-12)
      let (times, hazards) = (curve.times, curve.cumulativeHazard)
      let below = RiskSets.countUpTo(needed.nextDown, hazards, 0..<hazards.count)
      return below < times.count ? times[below] : nil
    }
  }

  private var keptCovariance: Matrix {
    var reduced = Matrix(rows: kept.count, columns: kept.count)
    for (j, column) in kept.enumerated() {
      for (i, row) in kept.enumerated() { reduced[i, j] = covariance[row, column] }
    }
    return reduced
  }

  private func codes(_ strata: Strata?, rows: Int) throws(RegressionError) -> [Int]? {
    guard baseline.curves.count > 1 else { return nil }
    guard let strata else { throw .badSpecification("the model has strata, and the rows to predict have none") }
    precondition(strata.codes.count == rows, "the strata do not fit the design")
    return try strata.codes(among: baseline.strataNames)
  }
}

extension BaselineHazard.Curve {
  /// The part of a cumulated amount that falls after `start` and up to `end` steps.
  func difference(_ cumulated: [Double], _ start: Int, _ end: Int) -> Double {
    guard end > start else { return 0 }
    return cumulated[end - 1] - (start > 0 ? cumulated[start - 1] : 0)
  }

  func meanDifference(_ column: Int, _ start: Int, _ end: Int) -> Double {
    guard end > start else { return 0 }
    return means[end - 1, column] - (start > 0 ? means[start - 1, column] : 0)
  }
}
