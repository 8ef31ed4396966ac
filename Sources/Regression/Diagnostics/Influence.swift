public import LinearAlgebra

/// How much single rows weigh in a linear fit.
///
/// Source: Belsley, Kuh, Welsch, "Regression Diagnostics" (1980), chapter 2; Cook, "Detection of influential
/// observation in linear regression" (1977).
public struct Influence: Sendable, Hashable {
  /// The diagonal of the hat matrix, 0…1, which sums to the fit's effective parameters: how far a row lies from the
  /// others in the space of the columns.
  public let leverage: [Double]
  /// Residual over its own standard deviation σ √((1 − h) / w); zero where the leverage is one or nothing is left over.
  public let standardisedResiduals: [Double]
  /// The same with σ estimated without the row: t-distributed with one degree of freedom less than the fit.
  public let studentisedResiduals: [Double]
  /// Cook's distance: how far the coefficients move if the row is left out, in units of their uncertainty.
  public let cooksDistances: [Double]
}

extension LinearFit {
  /// Leverage, studentised residuals and Cook's distances of the rows that the fit has seen. Cost: 2 n p².
  /// - Parameters:
  ///   - design: the design of the fit.
  ///   - weights: the weights of the fit.
  public func influence(_ design: DesignMatrix, weights: [Double]? = nil) -> Influence {
    precondition(residuals.count == design.matrix.rows, "influence needs the design of the fit")
    var leverage = design.matrix.quadraticForms(inverseGram)
    let freedom = residualDegreesOfFreedom
    var standardised = [Double](repeating: 0, count: leverage.count)
    var (studentised, distances) = (standardised, standardised)
    for i in leverage.indices {
      let weight = weights?[i] ?? 1
      leverage[i] = min(1, max(0, weight * leverage[i]))
      // A row that decides its own fitted value has no residual but rounding.
      let left = 1 - leverage[i]
      guard left > 1e-12, sigma > 0 else { continue }
      let value = residuals[i] * weight.squareRoot() / (sigma * left.squareRoot())
      standardised[i] = value
      let others = (freedom - value * value) / (freedom - 1)
      studentised[i] = freedom > 1 && others > 0 ? value / others.squareRoot() : value
      distances[i] = value * value * leverage[i] / (left * effectiveParameters)
    }
    return Influence(
      leverage: leverage, standardisedResiduals: standardised, studentisedResiduals: studentised,
      cooksDistances: distances)
  }

  /// Per kept column that is not constant the factor by which its coefficient's variance exceeds that of a design in
  /// which the column is unrelated to the others: 1 / (1 − R² of the column on the others).
  ///
  /// Source: Belsley, Kuh, Welsch, "Regression Diagnostics" (1980), section 3.2; (XᵀWX)⁻¹ⱼⱼ Σ w (xⱼ − x̄ⱼ)². Measured
  /// from zero where the design has no constant column. Cost: 2 n p.
  public func varianceInflation(_ design: DesignMatrix, weights: [Double]? = nil) -> [(name: String, factor: Double)] {
    let total = weights?.reduce(0, +) ?? Double(design.matrix.rows)
    let isDropped = Set(dropped.map(\.name))
    return names.indices.compactMap { column in
      guard !isDropped.contains(names[column]) else { return nil }
      let (mean, deviation) = design.moments(column, weights: weights)
      guard deviation > 0 else { return nil }
      let square = deviation * deviation + (hasConstant ? 0 : mean * mean)
      return (names[column], inverseGram[column, column] * total * square)
    }
  }
}

/// How the prediction moves with some columns while the others stay at their means.
public struct PartialEffect: Sendable, Hashable {
  /// The linear predictor per point, and its standard error.
  public let means: [Double]
  public let standardErrors: [Double]

  /// - Parameters:
  ///   - coefficients: one per column of the design, with their covariance.
  ///   - base: the values that the other columns keep, one per column of the design: their means.
  ///   - columns: those that move together, such as the columns of one spline or factor.
  ///   - values: one row per point, one column per moving column.
  public init(
    coefficients: [Double], covariance: Matrix, base: [Double], moving columns: [Int], to values: Matrix
  ) {
    precondition(
      values.columns == columns.count && base.count == coefficients.count, "the values do not fit the columns")
    var points = Matrix(rows: values.rows, columns: base.count)
    for (column, value) in base.enumerated() {
      if let index = columns.firstIndex(of: column) {
        points.setColumn(column, values.column(index))
      } else {
        points.setColumn(column, repeatElement(value, count: values.rows))
      }
    }
    means = points * coefficients
    standardErrors = linearPredictorErrors(points, covariance)
  }
}

extension LinearFit {
  /// The prediction as some columns move and the others stay at their means over the design. Cost: one pass for the
  /// means.
  public func partialEffect(
    of columns: [Int], at values: Matrix, over design: DesignMatrix, weights: [Double]? = nil
  ) -> PartialEffect {
    let base = names.indices.map { design.moments($0, weights: weights).mean }
    return PartialEffect(
      coefficients: coefficients, covariance: covariance, base: base, moving: columns, to: values)
  }
}
