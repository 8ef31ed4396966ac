internal import LinearAlgebra

/// The covariance of a generalized linear model's coefficients: from the model, or from the sandwich of scores.
struct CoefficientErrors {
  /// Covariance of the border's coefficients.
  let border: Matrix
  /// Variances of the absorbed factor's levels; always those of the model.
  let levelVariances: [Double]
  /// Number of clusters; nil where rows are not clustered.
  let groups: Int?

  init(
    _ solution: GeneralizedLinearRegression.Solution, bread: Matrix, levelVariances: [Double], dispersion: Double,
    _ standardErrors: StandardErrors
  ) {
    self.levelVariances = levelVariances.map { $0 * dispersion }
    switch standardErrors {
    case .model:
      var scaled = bread
      for index in scaled.storage.indices { scaled.storage[index] *= dispersion }
      border = scaled
      groups = nil
    case .robust, .clustered:
      let clusters: [Int]? = if case .clustered(let clusters) = standardErrors { clusters } else { nil }
      let result = SandwichCovariance.covariance(
        bread: bread, design: CoefficientErrors.residualised(solution), scores: solution.rows.score, clusters: clusters)
      border = result.covariance
      groups = clusters == nil ? nil : result.groups
    }
  }

  /// The border's columns, less what the absorbed factor's levels explain of them: by the theorem of Frisch, Waugh and
  /// Lovell the scores of the border's coefficients with the levels profiled out.
  private static func residualised(_ solution: GeneralizedLinearRegression.Solution) -> Matrix {
    let problem = solution.problem
    guard let absorbed = problem.factors.last else { return problem.design.matrix }
    let n = problem.response.count
    let means = solution.factor.levelMeans()
    var columns = problem.design.matrix.elements
    for factor in problem.factors.dropLast() {
      for level in factor.levels.indices {
        columns.append(contentsOf: factor.codes.lazy.map { Int($0) == level ? 1 : 0 })
      }
    }
    for j in 0..<problem.borderCount {
      for (i, code) in absorbed.codes.enumerated() where code >= 0 { columns[j * n + i] -= means[Int(code), j] }
    }
    return Matrix(rows: n, columns: problem.borderCount, elements: columns)
  }
}
