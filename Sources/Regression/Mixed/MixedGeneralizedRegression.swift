internal import LinearAlgebra

/// Generalised linear mixed models: a binomial, Poisson or negative binomial response with fixed effects and normal
/// random effects, by the Laplace approximation or, for a single random column, by adaptive Gauss-Hermite quadrature.
///
/// Source: Bates, Mächler, Bolker, Walker (lme4's `glmer`); Pinheiro and Bates (1995). Variances and fixed effects are
/// optimised together by Newton's method on the exact gradient. Cost: some hundred passes over the rows, as many more as
/// there are parameters; see `MixedRegression` about the factors.
public struct MixedGeneralizedRegression: Sendable, Hashable, Codable {
  public var family: Family
  /// Nil for the family's usual one.
  public var link: Link?
  /// Nodes of the quadrature; 1 for the Laplace approximation.
  public var quadraturePoints: Int
  /// Iterations after which the fit gives up.
  public var iterationLimit: Int

  public init(_ family: Family, link: Link? = nil, quadraturePoints: Int = 1, iterationLimit: Int = 200) {
    self.family = family
    self.link = link
    self.quadraturePoints = quadraturePoints
    self.iterationLimit = iterationLimit
  }

  public var usedLink: Link { link ?? family.defaultLink }

  /// - Parameters:
  ///   - design: n × p, the fixed effects.
  ///   - response: n values that the family allows; shares of events with the number of trials as weight.
  ///   - weights: n values ≥ 0; nil for ones.
  ///   - offset: n known parts of the linear predictor; nil for zeros.
  ///   - random: at least one term over the same n rows.
  public func fit(
    _ design: DesignMatrix, response: [Double], weights: [Double]? = nil, offset: [Double]? = nil,
    random: [RandomTerm]
  ) throws(RegressionError) -> MixedGeneralizedFit {
    precondition(random.allSatisfy { $0.codes.count == response.count }, "a random term does not fit the design")
    try check(design, random)
    // 1. Without random effects: checks of the data, dropped columns, a start.
    let plain = try GeneralizedLinearRegression(family, link: link).fit(
      design, response: response, weights: weights, offset: offset)
    let fixed = FixedBasis(design, dropped: plain.dropped, coefficients: plain.coefficients, weights: weights)
    let factors = try RandomFactor.gather(random, weights)
    guard quadraturePoints == 1 || (factors.count == 1 && factors[0].width == 1) else {
      throw .badSpecification("quadrature needs a single random column; the Laplace approximation takes any number")
    }
    let base = zip(design.matrix * plain.coefficients, offset ?? response.map { _ in 0 }).map { $0 + $1 }
    let problem = LaplaceProblem(
      family, usedLink, response: response, weights: weights ?? response.map { _ in 1 }, base: base,
      design: fixed.transformed(), factors: factors)
    // 2. The parameters of the least deviance.
    let optimum = try problem.minimize(quadraturePoints: quadraturePoints, iterationLimit: iterationLimit)
    // 3. Effects and standard errors.
    return try MixedGeneralizedFit(self, design, offset, random, fixed, problem, optimum)
  }

  private func check(_ design: DesignMatrix, _ random: [RandomTerm]) throws(RegressionError) {
    guard !random.isEmpty else { throw .badSpecification("a mixed model needs at least one random term") }
    guard design.factors.isEmpty else { throw .badSpecification(MixedRegression.factorsRefused) }
    guard (1...100).contains(quadraturePoints) else {
      throw .badSpecification("quadrature takes 1 to 100 points, not \(quadraturePoints)")
    }
    switch family {
    case .binomial, .poisson, .negativeBinomial(.some): break
    case .gaussian: throw .badSpecification("a gaussian response takes the linear mixed model")
    case .negativeBinomial(nil): throw .badSpecification("a mixed model needs the size of the negative binomial")
    case .gamma, .tweedie:
      throw .badSpecification("mixed models take binomial, Poisson and negative binomial responses, not \(family)")
    }
  }
}

extension LaplaceProblem {
  struct Optimum {
    var theta: [Double]
    /// β̃.
    var fixed: [Double]
    var mode: Mode
    /// Of the deviance in θ, then β̃; nil where it is not defined.
    var hessian: Matrix?
    var value: Double
    var gradient: [Double]
    var iterations: Int
    var evaluations: Int
  }

  func minimize(quadraturePoints: Int, iterationLimit: Int) throws(RegressionError) -> Optimum {
    let count = parameters.count
    let rule = quadraturePoints > 1 ? GaussHermite(count: quadraturePoints) : nil
    // The modes of the last point are the start at the next one.
    var warm = zeros
    func mode(_ point: [Double]) -> Mode? {
      let (theta, fixed) = (Array(point[..<count]), Array(point[count...]))
      return self.mode(theta, fixed: fixed, from: warm) ?? self.mode(theta, fixed: fixed, from: zeros)
    }
    let function: NewtonSearch.Function = { point in
      guard let mode = mode(point) else { return nil }
      warm = mode.effects
      let theta = Array(point[..<count])
      if let rule { return self.quadrature(rule, theta, fixed: Array(point[count...]), mode) }
      return self.gradient(theta, mode).map { (mode.value, $0) }
    }
    // 1. Λ = s I with the best of a few s.
    let still = [Double](repeating: 0, count: design.columns)
    var start: (scale: Double, value: Double) = (1, .infinity)
    for scale in [0.1, 0.3, 1, 3] {
      let point = parameters.diagonal([Double](repeating: scale, count: parameters.columns)) + still
      if let value = function(point)?.value, value < start.value { start = (scale, value) }
    }
    // 2. Newton's method; X̃ has unit length, so that a unit of β̃ is about a standard error.
    let search = NewtonSearch(
      scale: [Double](repeating: start.scale, count: count) + still.map { _ in 1 }, iterationLimit: iterationLimit,
      rounding: { _ in 0 })
    let begin = parameters.diagonal([Double](repeating: start.scale, count: parameters.columns)) + still
    var result = try search.minimize(from: begin, function)
    // 3. The same covariance with a diagonal ≥ 0, and zeros where the search ended next to them.
    var theta = Array(result.point[..<count])
    for i in theta.indices where abs(theta[i]) < 1e-5 * start.scale { theta[i] = 0 }
    result.point = parameters.canonical(theta) + result.point[count...]
    guard let final = function(result.point), let mode = mode(result.point) else {
      throw .notConverged(iterations: result.iterations, cause: "the deviance is not defined at its minimum")
    }
    var hessian = search.hessian(&result, function)
    for (j, first) in search.scale.enumerated() {
      for (i, second) in search.scale.enumerated() {
        if let value = hessian?[i, j] { hessian?[i, j] = value / (first * second) }
      }
    }
    return Optimum(
      theta: Array(result.point[..<count]), fixed: Array(result.point[count...]), mode: mode, hessian: hessian,
      value: final.value, gradient: final.gradient, iterations: result.iterations, evaluations: result.evaluations)
  }
}
