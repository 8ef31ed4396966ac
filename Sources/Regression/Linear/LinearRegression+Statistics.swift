public import LinearAlgebra

extension LinearRegression {
  /// A fit without the rows, from sufficient statistics that may have been gathered over partitions and merged:
  /// coefficients, model standard errors, R². Residuals are empty, and the log-likelihood leaves out ½ Σ log w.
  ///
  /// Equal to the fit over the rows up to the rounding of the sums: to the last digits with `CrossProducts.addExtended`,
  /// to about condition² units in the last place with `CrossProducts.add`. A ridge penalty, and R² from the mean, need
  /// the intercept's column. Cost: p³ in double-double arithmetic.
  /// - Parameters:
  ///   - statistics: XᵀWX, XᵀWy and yᵀWy.
  ///   - names: one per column; the intercept's is `(intercept)`.
  public func fit(statistics: CrossProducts, names: [String]) throws(RegressionError) -> LinearFit {
    precondition(names.count == statistics.columns, "one name per column is needed")
    try check()
    guard statistics.observations > 0 else { throw .noRows(leftOut: 0) }
    guard statistics.isFinite else {
      throw .notFinite(
        column: names.indices.first { !statistics.gram[$0, $0].isFinite }.map { names[$0] } ?? "response")
    }
    let intercept = names.firstIndex(of: Design.interceptName)
    let penalty = try ridgePenalty(statistics, intercept)
    // Sums rounded to double precision cannot tell a remainder of less than √(2⁻⁵²) from dependence.
    let tolerance = statistics.isExtended ? LinearRegression.dependence : 1e-7
    let equations = ExtendedNormalEquations(statistics, penalty, names: names, tolerance: tolerance)
    if ridge == 0, statistics.observations < equations.kept.count {
      throw .tooFewRows(rows: statistics.observations, coefficients: equations.kept.count)
    }
    let solution = LinearSolution(
      kept: equations.kept, coefficients: equations.solution.map(\.value), inverse: equations.inverse, penalty: penalty,
      products: statistics, residuals: [], residualSquares: equations.residualSquares(statistics),
      dropped: equations.dropped, method: .extended)
    return LinearFit(
      self, solution, names: names, hasConstant: intercept != nil,
      totalSquares: statistics.centredSquares(intercept), weights: nil
    ) { (solution.modelCovariance(variance: $0), nil) }
  }

  /// n λ sⱼ² per column, sⱼ from the sums that the intercept's column holds.
  private func ridgePenalty(_ statistics: CrossProducts, _ intercept: Int?) throws(RegressionError) -> [Double] {
    guard ridge > 0 else { return [Double](repeating: 0, count: statistics.columns) }
    guard let intercept else {
      throw .badSpecification("a ridge penalty on sufficient statistics needs the intercept's column")
    }
    return (0..<statistics.columns).map { column in
      guard column != intercept else { return 0 }
      let sum = statistics.element(intercept, column)
      let square = statistics.element(column, column) - sum * sum / DoubleDouble(statistics.totalWeight)
      return ridge * max(0, square.value)
    }
  }
}

extension CrossProducts {
  func element(_ row: Int, _ column: Int) -> DoubleDouble {
    DoubleDouble(high: gram[row, column], low: gramRemainder[row, column])
  }

  /// Σ w (y − ȳ)² from the sums, or Σ w y² without an intercept.
  fileprivate func centredSquares(_ intercept: Int?) -> Double {
    let squares = DoubleDouble(high: responseSquares, low: responseSquaresRemainder)
    guard let intercept, totalWeight > 0 else { return squares.value }
    let sum = DoubleDouble(high: cross[intercept], low: crossRemainder[intercept])
    return max(0, (squares - sum * sum / DoubleDouble(totalWeight)).value)
  }
}

extension ExtendedNormalEquations {
  /// yᵀWy − 2 bᵀ XᵀWy + bᵀ XᵀWX b; never below zero.
  fileprivate func residualSquares(_ statistics: CrossProducts) -> Double {
    var sum = DoubleDouble(high: statistics.responseSquares, low: statistics.responseSquaresRemainder)
    for (k, column) in kept.enumerated() {
      let cross = DoubleDouble(high: statistics.cross[column], low: statistics.crossRemainder[column])
      var term = cross * -2
      for (m, other) in kept.enumerated() { term += statistics.element(column, other) * solution[m] }
      sum += solution[k] * term
    }
    return max(0, sum.value)
  }
}
