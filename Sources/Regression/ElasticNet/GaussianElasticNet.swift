internal import LinearAlgebra

/// The path of a gaussian elastic net from the sufficient statistics of its rows.
struct GaussianElasticNet {
  let regression: ElasticNetRegression
  let design: DesignMatrix
  let products: GaussianProducts
  let standardization: ColumnStandardization
  let problem: QuadraticElasticNet
  let null: QuadraticElasticNet.Solution

  init(_ regression: ElasticNetRegression, _ design: DesignMatrix, _ products: GaussianProducts) {
    self.regression = regression
    self.design = design
    self.products = products
    standardization = products.standardization(standardizes: regression.standardizes)
    problem = products.problem(
      standardization, alpha: regression.alpha,
      penaltyFactors: regression.penaltyFactors(standardization, names: design.names))
    null = problem.null()
  }

  /// The penalties asked for, or a path from the least λ that leaves nothing in.
  var lambdas: [Double] {
    regression.path(
      from: problem.largestLambda(null), rows: products.observations,
      columns: standardization.columns.count)
  }

  func path(_ lambdas: [Double]) -> ElasticNetPath {
    ElasticNetPath(
      fits: problem.path(lambdas).map(fit), nullDeviance: deviance(null),
      observations: products.observations,
      constantColumns: regression.constantColumns(design, standardization))
  }

  /// Σ w (y − η)².
  private func deviance(_ solution: QuadraticElasticNet.Solution) -> Double {
    let square = standardization.intercept == nil ? products.responseSquare : products.responseVariance
    return max(0, products.totalWeight * (square + problem.twiceLoss(solution)))
  }

  private func fit(_ solution: QuadraticElasticNet.Solution) -> ElasticNetFit {
    regression.fit(
      design, standardization, lambda: solution.lambda, parameters: solution.coefficients,
      centre: standardization.intercept == nil ? 0 : products.responseShift + products.shiftedResponseMean,
      deviance: deviance(solution), nullDeviance: deviance(null), residual: solution.optimalityResidual,
      iterations: solution.iterations)
  }
}
