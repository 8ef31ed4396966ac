internal import LinearAlgebra

/// Linear mixed models: fixed effects, and random effects by the levels of nested or crossed grouping factors whose
/// variances are estimated.
///
/// y = Xβ + Zb + e, b normal with covariance Σ per level and e normal with variance σ² / weight. Source: Bates, Mächler,
/// Bolker, Walker, "Fitting linear mixed-effects models using lme4" (J. Stat. Softw. 67, 2015). The data are reduced to
/// cross-products once; the variances are then found by Newton's method on the exact gradient of the profiled deviance,
/// to the rounding level of the gradient.
///
/// The factor with the most effects is absorbed level by level, so that cost and memory are linear in rows and in its
/// levels; the other factors and the fixed effects form a dense border: keep their number of columns b below a few
/// thousand (b³ an evaluation). Per evaluation, of which there are usually 30 to 100: Σ levels q b², b counting only the
/// border columns that occur with the level.
public struct MixedRegression: Sendable, Hashable, Codable {
  /// Which likelihood is maximised.
  public enum Estimation: String, Sendable, Hashable, Codable, CaseIterable {
    /// Restricted: variances without the bias from estimating the fixed effects; not comparable between different
    /// fixed effects.
    case reml
    /// Full.
    case ml
  }

  public var estimation: Estimation
  /// Iterations after which the fit gives up.
  public var iterationLimit: Int

  public init(estimation: Estimation = .reml, iterationLimit: Int = 200) {
    self.estimation = estimation
    self.iterationLimit = iterationLimit
  }

  /// - Parameters:
  ///   - design: n × p, the fixed effects.
  ///   - response: n finite values.
  ///   - weights: n values ≥ 0, the residual variance being σ² / weight; nil for ones.
  ///   - random: at least one term over the same n rows.
  public func fit(
    _ design: DesignMatrix, response: [Double], weights: [Double]? = nil, random: [RandomTerm]
  ) throws(RegressionError) -> MixedFit {
    // 1. Check, and bring fixed and random effects into well-conditioned bases.
    try check(design, response, weights, random)
    let fixed = try FixedBasis(design, response, weights)
    let factors = try RandomFactor.gather(random, weights)
    // 2. Cross-products, in one pass over the rows.
    let products = MixedProducts(factors, fixed, weights)
    try check(products, factors, response, weights)
    let deviance = ProfiledDeviance(
      products: products, parameters: CovarianceParameters(factors), restricted: estimation == .reml,
      basisLogDeterminant: fixed.logDeterminant)
    // 3. The variances that minimise the deviance.
    let optimum = try deviance.minimize(iterationLimit: iterationLimit)
    // 4. Effects, standard errors, fitted values.
    return try MixedFit(self, design, response, weights, random, fixed, deviance, optimum)
  }

  static let factorsRefused =
    "a factor of many levels is a random term of a mixed model, or has dense columns; it is not a fixed effect by codes"

  private func check(
    _ design: DesignMatrix, _ response: [Double], _ weights: [Double]?, _ random: [RandomTerm]
  ) throws(RegressionError) {
    precondition(response.count == design.matrix.rows, "the response does not fit the design")
    precondition(weights.map { $0.count == response.count } ?? true, "the weights do not fit the design")
    precondition(random.allSatisfy { $0.codes.count == response.count }, "a random term does not fit the design")
    guard !random.isEmpty else { throw .badSpecification("a mixed model needs at least one random term") }
    guard design.factors.isEmpty else { throw .badSpecification(MixedRegression.factorsRefused) }
    guard !response.isEmpty else { throw .noRows(leftOut: design.treatment.leftOut.values.reduce(0, +)) }
    if let column = design.notFiniteColumn { throw .notFinite(column: column) }
    guard response.isAllFinite else { throw .notFinite(column: "response") }
    try checkWeights(weights)
  }

  private func check(
    _ products: MixedProducts, _ factors: [RandomFactor], _ response: [Double], _ weights: [Double]?
  ) throws(RegressionError) {
    let rows = products.observations
    guard rows > products.rank else { throw .tooFewRows(rows: rows, coefficients: products.rank + 1) }
    for factor in factors {
      for part in factor.parts where part.columns.count * factor.levels.count >= rows {
        throw .badSpecification(
          "a random term of factor `\(factor.name)` has \(part.columns.count * factor.levels.count) effects for "
            + "\(rows) rows, so that its variance cannot be told from the residual's")
      }
    }
    // Rounding of the least squares residuals leaves about 1e-16 of the response's own size.
    let squares = response.indices.reduce(0) { $0 + (weights?[$1] ?? 1) * response[$1] * response[$1] }
    guard products.border[products.order, products.order] > 1e-26 * squares else {
      throw .badSpecification("the fixed effects explain the response without error, so that no variance is left")
    }
  }
}

extension ProfiledDeviance {
  /// The θ of the least deviance, in canonical form, with its solution.
  struct Optimum {
    var theta: [Double]
    var solution: Solution
    var gradient: Gradient
    /// Of the deviance in θ; nil on the boundary of the domain.
    var hessian: Matrix?
    /// Iterations and evaluations of the search.
    var iterations: Int
    var evaluations: Int
  }

  func minimize(iterationLimit: Int) throws(RegressionError) -> Optimum {
    // 1. Starting scales: Λ = s I, then each column of each factor in turn.
    let scales = startingScales()
    let scale = parameters.byRow(scales)
    // 2. Newton's method.
    let search = NewtonSearch(scale: scale, iterationLimit: iterationLimit) { result in
      // r² is the difference of sums of squares of the response, and keeps their rounding.
      let squares = self.products.border[self.products.order, self.products.order]
      let rest = self.solution(result.point)?.penalizedSquares ?? squares
      return 1e-11 * self.degreesOfFreedom * squares / rest
    }
    let function: NewtonSearch.Function = { theta in
      guard let solution = self.solution(theta), let gradient = self.gradient(solution) else { return nil }
      return (solution.deviance, gradient.deviance)
    }
    var result = try search.minimize(from: parameters.diagonal(scales), function)
    // 3. The same covariance with a diagonal ≥ 0, and zeros where the search ended next to them.
    result.point = parameters.canonical(snapped(result.point, scale, value: result.value))
    guard let solution = solution(result.point), let gradient = gradient(solution) else {
      throw .notConverged(iterations: result.iterations, cause: "the deviance is not defined at its minimum")
    }
    var hessian = search.hessian(&result, function)
    if let scaled = hessian {
      for j in scale.indices {
        for i in scale.indices { hessian?[i, j] = scaled[i, j] / (scale[i] * scale[j]) }
      }
    }
    return Optimum(
      theta: result.point, solution: solution, gradient: gradient, hessian: hessian, iterations: result.iterations,
      evaluations: result.evaluations)
  }

  private func startingScales() -> [Double] {
    func value(_ scales: [Double]) -> Double { solution(parameters.diagonal(scales))?.deviance ?? .infinity }
    var scales = [Double](repeating: 1, count: parameters.columns)
    var best = value(scales)
    for scale in [0.03, 0.1, 0.3, 3, 10, 30, 100, 1000] {
      let trial = scales.map { _ in scale }
      let deviance = value(trial)
      if deviance < best { (best, scales) = (deviance, trial) }
    }
    guard scales.count > 1 else { return scales }
    for column in scales.indices {
      let centre = scales
      for ratio in [0.001, 0.01, 0.1, 0.3, 3, 10, 100] {
        var trial = centre
        trial[column] *= ratio
        let deviance = value(trial)
        if deviance < best { (best, scales) = (deviance, trial) }
      }
    }
    return scales.map { max($0, 0.03) }
  }

  /// Entries that rounding left beside zero are set to zero where the deviance does not rise by it.
  private func snapped(_ theta: [Double], _ scale: [Double], value: Double) -> [Double] {
    var snapped = theta
    for i in theta.indices where abs(theta[i]) < 1e-6 * scale[i] { snapped[i] = 0 }
    guard snapped != theta, let deviance = solution(snapped)?.deviance else { return theta }
    return deviance <= value + 1e-13 * abs(value) ? snapped : theta
  }
}
