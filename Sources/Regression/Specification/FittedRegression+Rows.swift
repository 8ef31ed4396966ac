internal import Glibc
internal import LinearAlgebra

/// What a fit says about single rows.
public struct RowDiagnostics: Sendable {
  /// Which rows of the data they are.
  public var rows: [Int]
  /// The response; for survival 1 for an event and 0 without.
  public var observed: [Double]
  /// The mean; for survival the number of events expected up to the row's time.
  public var fitted: [Double]
  /// observed − fitted; for survival the martingale residual.
  public var residual: [Double]
  /// The residual in units of its standard deviation √(φ V(μ) / w); empty for survival.
  public var pearson: [Double] = []
  /// The root of the row's part of the deviance, with the sign of the residual; empty for mixed models.
  public var deviance: [Double] = []
  /// The diagonal of the hat matrix; empty where the fit has none, as with a penalty or clustered errors.
  public var leverage: [Double] = []
  /// Cook's distance; empty like `leverage`.
  public var cooksDistance: [Double] = []
}

extension FittedRegression {
  /// Residuals, leverage and Cook's distances of rows with a known outcome.
  ///
  /// Source: McCullagh and Nelder, "Generalized Linear Models" (2nd ed., 1989), sections 2.4 and 12.4 to 12.7; for
  /// survival Therneau, Grambsch, Fleming, "Martingale-based residuals for survival models" (1990). Cost: 2 n p².
  public func rowDiagnostics(_ data: Predictors) throws(RegressionError) -> RowDiagnostics {
    let known = try ModelFrame.completeRows(specification.fittedRoles, data)
    let part = data.selecting(rows: known)
    switch kind {
    case .cox, .duration, .discrete, .kaplanMeier: return try survivalRows(part, known)
    default: break
    }
    let predicted = try predict(part)
    let used = part.selecting(rows: predicted.rows)
    let observed = try used.response(specification.response ?? "", event: specification.event)
    var weights = [Double](repeating: 1, count: observed.count)
    if let name = specification.weights { weights = try used.numbers(name) }
    var result = RowDiagnostics(
      rows: predicted.rows.map { known[$0] }, observed: observed, fitted: predicted.values,
      residual: zip(observed, predicted.values).map { $0 - $1 })
    let dispersion = statistics.dispersion ?? 1
    result.pearson = observed.indices.map { row in
      let variance = family.variance(predicted.values[row]).value * dispersion
      return variance > 0 ? result.residual[row] * (weights[row] / variance).squareRoot() : 0
    }
    guard case .generalized(let predictor, let family, let link) = kind else { return result }
    result.deviance = observed.indices.map { row in
      let part = max(0, weights[row] * family.deviance(observed[row], predicted.values[row])).squareRoot()
      return result.residual[row] < 0 ? -part : part
    }
    let isPlain = specification.penalty == .none && specification.cluster == nil && specification.errors == .model
    let matrix = try design.matrix(used, keepingLargeFactors: specification.takesLargeFactors)
    guard isPlain, dispersion > 0, matrix.factors.isEmpty, let covariance = predictor.covariance else { return result }
    addInfluence(matrix, covariance, link, weights, dispersion, &result)
    return result
  }

  /// hᵢ = wᵢ μ′² / V xᵢᵀ (XᵀWX)⁻¹ xᵢ.
  private func addInfluence(
    _ matrix: DesignMatrix, _ covariance: Matrix, _ link: Link, _ weights: [Double], _ dispersion: Double,
    _ result: inout RowDiagnostics
  ) {
    let errors = Regression.linearPredictorErrors(matrix.matrix, covariance)
    let parameters = statistics.effectiveParameters ?? Double(terms.count)
    for row in errors.indices {
      let slope = link.derivatives(link.predictor(result.fitted[row])).slope
      let weight = weights[row] * slope * slope / family.variance(result.fitted[row]).value
      let leverage = weight.isFinite ? min(1, max(0, weight * errors[row] * errors[row] / dispersion)) : 0
      let left = 1 - leverage
      result.leverage.append(leverage)
      result.cooksDistance.append(
        left > 1e-12 ? result.pearson[row] * result.pearson[row] * leverage / (left * left * max(parameters, 1)) : 0)
    }
  }

  private func survivalRows(_ data: Predictors, _ known: [Int]) throws(RegressionError) -> RowDiagnostics {
    guard let survival = specification.survival else { preconditionFailure("the model is one of survival") }
    let response = try data.survivalResponse(survival, event: specification.event, strata: nil)
    // Survival at every time that occurs, looked up by row.
    let times = Set(response.time + (response.entry ?? [])).sorted()
    let position = Dictionary(uniqueKeysWithValues: times.enumerated().map { ($1, $0) })
    var result = RowDiagnostics(rows: [], observed: [], fitted: [], residual: [])
    // Blocks of rows, so that the table of survival stays small.
    let block = max(1, 2_000_000 / max(times.count, 1))
    for start in stride(from: 0, to: data.rowCount, by: block) {
      let rows = Array(start..<min(data.rowCount, start + block))
      let predicted = try predict(data.selecting(rows: rows), horizons: times)
      guard let curves = predicted.survival else { continue }
      for (index, local) in predicted.rows.enumerated() {
        let row = rows[local]
        func hazard(_ time: Double) -> Double {
          time > 0 ? -log(max(curves[index, position[time] ?? 0], 1e-300)) : 0
        }
        let expected = hazard(response.time[row]) - (response.entry.map { hazard($0[row]) } ?? 0)
        let event = response.event[row] ? 1.0 : 0
        let martingale = event - expected
        result.rows.append(known[row])
        result.observed.append(event)
        result.fitted.append(expected)
        result.residual.append(martingale)
        let square = -2 * (martingale + (event > 0 && expected > 0 ? log(expected) : 0))
        result.deviance.append(martingale < 0 ? -max(0, square).squareRoot() : max(0, square).squareRoot())
      }
    }
    return result
  }
}
