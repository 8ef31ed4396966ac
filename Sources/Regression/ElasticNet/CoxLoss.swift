internal import Glibc
internal import LinearAlgebra

/// The negative log partial likelihood of a Cox model per unit of weight, over standardised columns. It has no
/// intercept: a constant belongs to the baseline hazard.
struct CoxLoss: SmoothLoss {
  private let likelihood: CoxLikelihood
  private let deviations: [Double]
  private let totalWeight: Double

  init(
    _ likelihood: CoxLikelihood, _ standardization: ColumnStandardization, totalWeight: Double
  ) {
    self.likelihood = likelihood.selecting(columns: standardization.columns)
    deviations = standardization.deviations
    self.totalWeight = totalWeight
  }

  var count: Int { deviations.count }

  private func original(_ parameters: [Double]) -> [Double] { zip(parameters, deviations).map { $0 / $1 } }

  func evaluate(at parameters: [Double]) -> (value: Double, gradient: [Double], hessian: Matrix) {
    let all = likelihood.evaluate(at: original(parameters))
    var hessian = all.information
    for j in 0..<count {
      for i in 0..<count { hessian[i, j] /= deviations[i] * deviations[j] * totalWeight }
    }
    let gradient = zip(all.gradient, deviations).map { -$0 / ($1 * totalWeight) }
    return (-all.logLikelihood / totalWeight, gradient, hessian)
  }

  /// Parameters that do not take part must be zero.
  func hessian(at parameters: [Double], over indices: [Int]) -> Matrix {
    let part = likelihood.selecting(columns: indices)
    let chosen = indices.map { parameters[$0] / deviations[$0] }
    var hessian = part.evaluate(at: chosen).information
    for (j, column) in indices.enumerated() {
      for (i, row) in indices.enumerated() { hessian[i, j] /= deviations[row] * deviations[column] * totalWeight }
    }
    return hessian
  }

  /// The largest log partial likelihood that any risks can give: events at each time share all of it.
  var saturatedLogLikelihood: Double {
    let risk = likelihood.risk
    var sum = 0.0
    for block in risk.events.indices {
      let (count, weight) = (risk.events[block], risk.eventWeights[block])
      for k in 0..<count {
        let left = likelihood.ties == .efron ? 1 - Double(k) / Double(count) : 1
        sum -= weight / Double(count) * log(weight * left)
      }
    }
    for row in risk.eventRows {
      let weight = likelihood.weights?[Int(row)] ?? 1
      sum += weight * log(weight)
    }
    return sum
  }

  /// 2 (largest log partial likelihood − log partial likelihood).
  func deviance(_ loss: Double) -> Double { max(0, 2 * (saturatedLogLikelihood + loss * totalWeight)) }
}

extension ElasticNetRegression {
  /// A Cox model: the loss is the negative log partial likelihood per unit of weight.
  /// - Parameters:
  ///   - design: n × p; constant columns have no coefficient.
  ///   - ties: Breslow's method is what glmnet uses.
  /// - Returns: a fit per λ, in decreasing λ; `predict` gives exp(xᵀb), the hazard relative to a row of zeros.
  public func fit(
    _ design: DesignMatrix, _ response: SurvivalResponse, ties: TiesMethod = .efron, weights: [Double]? = nil,
    offset: [Double]? = nil
  ) throws(RegressionError) -> ElasticNetPath {
    guard family == .cox else { throw .badSpecification("times and events need the family cox") }
    precondition(response.count == design.matrix.rows, "the response does not fit the design")
    try checkSpecification(design)
    try checkRows(design, weights, offset)
    let standardization = ColumnStandardization(
      design, weights: weights, standardizes: standardizes, hasIntercept: false)
    let likelihood = try CoxLikelihood(design.matrix, response, weights: weights, offset: offset, ties: ties)
    let loss = CoxLoss(
      likelihood, standardization, totalWeight: weights?.reduce(0, +) ?? Double(response.count))
    return try path(
      loss, design, standardization, from: [Double](repeating: 0, count: loss.count),
      observations: weights?.count { $0 > 0 } ?? response.count, deviance: loss.deviance)
  }
}
