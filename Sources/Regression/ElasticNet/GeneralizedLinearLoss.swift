internal import Glibc
internal import LinearAlgebra

/// The mean negative log-likelihood of a generalized linear model with its canonical link, over standardised columns:
/// the parameters are one coefficient per standardised column, then the intercept where there is one.
///
/// Constants that do not depend on the parameters are left out. Cost of a gradient: 4 n p; of a Hessian over k columns:
/// n k². Memory: a panel of rows.
struct GeneralizedLinearLoss: SmoothLoss {
  let family: CanonicalFamily
  let design: DesignMatrix
  let standardization: ColumnStandardization
  let response: [Double]
  let weights: [Double]?
  let offset: [Double]?
  let totalWeight: Double

  private static let panelRows = 512

  init(
    _ family: CanonicalFamily, _ design: DesignMatrix, _ standardization: ColumnStandardization,
    response: [Double], weights: [Double]?, offset: [Double]?
  ) {
    self.family = family
    self.design = design
    self.standardization = standardization
    self.response = response
    self.weights = weights
    self.offset = offset
    totalWeight = weights?.reduce(0, +) ?? Double(response.count)
  }

  var hasIntercept: Bool { standardization.intercept != nil }
  var count: Int { standardization.columns.count + (hasIntercept ? 1 : 0) }

  /// Zeros, and the intercept that fits the mean where there is no offset.
  var start: [Double] {
    var parameters = [Double](repeating: 0, count: count)
    guard hasIntercept else { return parameters }
    var sum = 0.0
    for i in response.indices { sum += (weights?[i] ?? 1) * response[i] }
    parameters[count - 1] = family.linked(sum / totalWeight)
    return parameters
  }

  func gradient(at parameters: [Double]) -> (value: Double, gradient: [Double]) {
    var value = 0.0
    var gradient = [Double](repeating: 0, count: count)
    forEachPanel(over: Array(0..<count)) { panel, rows in
      let predictor = panel * parameters
      var slopes = [Double](repeating: 0, count: rows.count)
      for i in 0..<rows.count {
        let row = rows.lowerBound + i
        let weight = weights?[row] ?? 1
        guard weight > 0 else { continue }
        let terms = family.loss(predictor[i] + (offset?[row] ?? 0), response[row])
        value += weight * terms.value
        slopes[i] = weight * terms.slope
      }
      let part = panel.transposedTimes(slopes)
      for j in part.indices { gradient[j] += part[j] }
    }
    return (value / totalWeight, gradient.map { $0 / totalWeight })
  }

  func hessian(at parameters: [Double], over indices: [Int]) -> Matrix {
    var hessian = Matrix(rows: indices.count, columns: indices.count)
    let chosen = indices.map { parameters[$0] }
    forEachPanel(over: indices) { panel, rows in
      var roots = panel * chosen
      for i in 0..<rows.count {
        let row = rows.lowerBound + i
        let curvature = family.curvature(roots[i] + (offset?[row] ?? 0))
        roots[i] = ((weights?[row] ?? 1) * curvature / totalWeight).squareRoot()
      }
      panel.scaleRows(by: roots)
      hessian.addUpperGram(of: panel)
    }
    hessian.mirrorUpper()
    return hessian
  }

  func evaluate(at parameters: [Double]) -> (value: Double, gradient: [Double], hessian: Matrix) {
    let (value, slopes) = gradient(at: parameters)
    return (value, slopes, hessian(at: parameters, over: Array(0..<count)))
  }

  /// Panels of rows of the standardised columns named, which the body may use up; the last parameter's column is ones
  /// where there is an intercept.
  private func forEachPanel(over indices: [Int], _ body: (inout Matrix, Range<Int>) -> Void) {
    let columns = standardization.columns.count
    let positions = indices.filter { $0 < columns }
    let ones = indices.firstIndex(of: columns)
    precondition(ones == nil || ones == indices.count - 1, "the intercept is the last parameter")
    var panel = Matrix(rows: 0, columns: indices.count)
    var start = 0
    while start < response.count {
      let rows = start..<min(response.count, start + GeneralizedLinearLoss.panelRows)
      if panel.rows != rows.count { panel = Matrix(rows: rows.count, columns: indices.count) }
      if let ones {
        for i in 0..<rows.count { panel.storage[ones * rows.count + i] = 1 }
      }
      standardization.fill(&panel, from: design.matrix, rows: rows, positions: positions)
      body(&panel, rows)
      start = rows.upperBound
    }
  }

  /// 2 Σ w (loss − least possible loss of the row).
  func deviance(_ loss: Double) -> Double {
    var least = 0.0
    for i in response.indices { least += (weights?[i] ?? 1) * family.leastLoss(response[i]) }
    return max(0, 2 * (loss * totalWeight - least))
  }
}

/// A distribution with its canonical link: what a row adds to the loss, and its derivatives by η.
enum CanonicalFamily: Sendable {
  case gaussian, binomial, poisson

  /// η from μ by the canonical link; bounded where μ lies on the border.
  func linked(_ mean: Double) -> Double {
    switch self {
    case .gaussian: mean
    case .binomial: mean <= 0 ? -20 : mean >= 1 ? 20 : log(mean) - log1p(-mean)
    case .poisson: mean > 0 ? log(mean) : -20
    }
  }

  /// The negative log-likelihood of a row, up to a constant, and its derivative μ − y by η.
  func loss(_ predictor: Double, _ response: Double) -> (value: Double, slope: Double) {
    switch self {
    case .gaussian:
      let error = predictor - response
      return (error * error / 2, error)
    case .binomial:
      let small = exp(-abs(predictor))
      let mean = (predictor < 0 ? small : 1) / (1 + small)
      return (max(predictor, 0) + log1p(small) - response * predictor, mean - response)
    case .poisson:
      let mean = exp(predictor)
      return (mean - response * predictor, mean - response)
    }
  }

  /// The second derivative of the loss by η.
  func curvature(_ predictor: Double) -> Double {
    switch self {
    case .gaussian: return 1
    case .binomial:
      let small = exp(-abs(predictor))
      return small / ((1 + small) * (1 + small))
    case .poisson: return exp(predictor)
    }
  }

  /// The loss of a row that is fitted perfectly.
  func leastLoss(_ response: Double) -> Double {
    switch self {
    case .gaussian: return 0
    case .binomial:
      guard response > 0 && response < 1 else { return 0 }
      return -response * log(response) - (1 - response) * log1p(-response)
    case .poisson: return response > 0 ? response - response * log(response) : 0
    }
  }
}
