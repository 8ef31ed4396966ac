internal import LinearAlgebra

/// Minimises a smooth loss plus an elastic-net penalty by Newton's method: the loss is replaced by its quadratic model at
/// the current point, the penalised model is minimised exactly, and a line search decides how far to go.
///
/// Source: Lee, Sun and Saunders, "Proximal Newton-type methods for minimizing composite functions" (SIAM J. Optim.,
/// 2014); with the columns screened as in Tibshirani et al. (2012). Where the active set and the signs no longer change it
/// is Newton's method itself, and converges quadratically. Cost of an iteration: a gradient over all columns, a Hessian
/// over the screened ones.
package struct ProximalNewton<Loss: SmoothLoss>: Sendable {
  package let loss: Loss
  /// Share of the absolute penalty.
  package let alpha: Double
  /// vⱼ ≥ 0 per parameter; zero for free ones such as the intercept.
  package let penaltyFactors: [Double]
  package var iterationLimit = 100

  /// A point with what is known about it.
  package struct Point: Sendable {
    package var lambda: Double
    package var parameters: [Double]
    /// The loss, without the penalty.
    package var loss: Double
    /// Of the loss.
    package var gradient: [Double]
    /// The largest violation of the optimality conditions, as a share of λ; in units of the loss where λ is zero.
    package var optimalityResidual: Double
    /// Quadratic models solved.
    package var iterations: Int
  }

  package init(_ loss: Loss, alpha: Double, penaltyFactors: [Double]) {
    precondition(penaltyFactors.count == loss.count, "one penalty factor per parameter is needed")
    self.loss = loss
    self.alpha = alpha
    self.penaltyFactors = penaltyFactors
  }

  /// The minimum over the free parameters, with all others at zero.
  package func null(from start: [Double]) throws(RegressionError) -> Point {
    var point = point(start, lambda: 0)
    try minimise(&point, over: penaltyFactors.indices.filter { penaltyFactors[$0] == 0 })
    return point
  }

  /// The least λ at which all penalised parameters are zero; for α below 0.001 that of α = 0.001.
  package func largestLambda(_ null: Point) -> Double {
    penaltyFactors.indices.reduce(0) { largest, j in
      penaltyFactors[j] > 0 ? max(largest, abs(null.gradient[j]) / (penaltyFactors[j] * max(alpha, 0.001))) : largest
    }
  }

  /// The minima for decreasing λ, each found from the one before.
  package func path(_ lambdas: [Double], from null: Point, nullLambda: Double) throws(RegressionError) -> [Point] {
    var points: [Point] = []
    var previous = null
    previous.lambda = nullLambda
    for lambda in lambdas {
      previous = try minimum(at: lambda, from: previous)
      points.append(previous)
    }
    return points
  }

  /// The minimum at λ, found from that at another λ.
  package func minimum(at lambda: Double, from start: Point) throws(RegressionError) -> Point {
    var point = start
    let bound = alpha * (2 * lambda - start.lambda)
    point.lambda = lambda
    point.iterations = 0
    // 1. The strong rule says which parameters can be nonzero.
    var screened = penaltyFactors.indices.filter {
      penaltyFactors[$0] == 0 || alpha * lambda == 0 || point.parameters[$0] != 0
        || abs(point.gradient[$0]) >= penaltyFactors[$0] * bound
    }
    let penalty = ElasticNetPenalty(lambda: lambda, alpha: alpha, factors: penaltyFactors)
    while true {
      // 2. The minimum over these.
      try minimise(&point, over: screened)
      // 3. Those that it was wrong about join them.
      let isScreened = Set(screened)
      let violators = penaltyFactors.indices.filter {
        !isScreened.contains($0) && abs(point.gradient[$0]) > penalty.absolute[$0] * (1 + 1e-10)
      }
      point.optimalityResidual =
        penalty.violation(point.parameters, residual: point.gradient.map { -$0 }) / (lambda > 0 ? lambda : 1)
      if violators.isEmpty { return point }
      screened = (screened + violators).sorted()
    }
  }

  private func point(_ parameters: [Double], lambda: Double) -> Point {
    let (value, gradient) = loss.gradient(at: parameters)
    return Point(
      lambda: lambda, parameters: parameters, loss: value, gradient: gradient, optimalityResidual: .infinity,
      iterations: 0)
  }

  /// Newton's method over some of the parameters, until rounding stops it.
  private func minimise(_ point: inout Point, over screened: [Int]) throws(RegressionError) {
    guard !screened.isEmpty else { return }
    let factors = screened.map { penaltyFactors[$0] }
    let penalty = ElasticNetPenalty(lambda: point.lambda, alpha: alpha, factors: factors)
    func violation(_ point: Point) -> Double {
      penalty.violation(screened.map { point.parameters[$0] }, residual: screened.map { -point.gradient[$0] })
    }
    let scale = point.lambda > 0 ? point.lambda : 1
    var reached = violation(point)
    while reached > 1e-15 * scale {
      guard point.iterations < iterationLimit else {
        throw .notConverged(
          iterations: point.iterations, cause: "the optimality conditions still miss by \(reached) at λ \(point.lambda)"
        )
      }
      point.iterations += 1
      // 1. The quadratic model at b: G = H, q = H b − g.
      let current = screened.map { point.parameters[$0] }
      let hessian = loss.hessian(at: point.parameters, over: screened)
      guard hessian.isFinite else {
        throw .notConverged(iterations: point.iterations, cause: "the curvature of the loss is not finite")
      }
      let cross = zip(hessian * current, screened).map { $0 - point.gradient[$1] }
      let model = QuadraticElasticNet(gram: hessian, cross: cross, alpha: alpha, penaltyFactors: factors)
      // 2. Its penalised minimum.
      let target = model.minimum(at: point.lambda, from: current).coefficients
      // 3. As far towards it as the objective falls.
      let isClose = reached <= 1e-6 * scale
      guard let next = step(from: point, to: target, screened, penalty, isClose: isClose) else {
        if reached <= 1e-8 * scale { return }
        throw .notConverged(
          iterations: point.iterations, cause: "no step along Newton's direction lowers the objective")
      }
      let left = violation(next)
      if isClose && left >= reached / 2 {
        if left < reached { point = next }
        return
      }
      point = next
      reached = left
    }
  }

  /// The first of the steps 1, ½, ¼, … that lowers the objective enough; close to the minimum the full step, unseen: what
  /// it gains is then below what rounding lets one see.
  private func step(
    from point: Point, to target: [Double], _ screened: [Int], _ penalty: ElasticNetPenalty, isClose: Bool
  ) -> Point? {
    let current = screened.map { point.parameters[$0] }
    let before = point.loss + penalty.value(current)
    var slope = penalty.value(target) - penalty.value(current)
    for (position, index) in screened.enumerated() {
      slope += point.gradient[index] * (target[position] - current[position])
    }
    var length = 1.0
    for _ in 0..<50 {
      var next = point
      for (position, index) in screened.enumerated() {
        // Exactly the target at full length, so that zeros stay zeros.
        next.parameters[index] =
          length == 1 ? target[position] : current[position] + length * (target[position] - current[position])
      }
      (next.loss, next.gradient) = loss.gradient(at: next.parameters)
      let after = next.loss + penalty.value(screened.map { next.parameters[$0] })
      let isEnough = after <= before + 1e-4 * length * min(slope, 0) + 1e-15 * abs(before)
      if after.isFinite, next.gradient.isAllFinite, isEnough || isClose { return next }
      length /= 2
    }
    return nil
  }
}
