internal import Glibc
internal import LinearAlgebra

/// Maximum likelihood for models with a few positive parameters.
///
/// Newton's method on the logarithms of the parameters, so that they stay positive, with the exact gradient and Hessian.
/// Where the negative Hessian is not positive definite, a multiple of the identity is added to it until it is; a step
/// that does not raise the likelihood is halved. Source: Nocedal and Wright, "Numerical Optimization" (2nd ed., 2006),
/// section 3.4.
enum LikelihoodSearch {
  /// A log-likelihood with its derivatives by the parameters themselves.
  struct Derivatives {
    var value: Double
    var gradient: [Double]
    /// Second derivatives; symmetric, q × q.
    var hessian: Matrix

    init(parameters: Int) {
      value = 0
      gradient = [Double](repeating: 0, count: parameters)
      hessian = Matrix(rows: parameters, columns: parameters)
    }

    /// The derivatives by the logarithms of the parameters.
    func byLogarithms(_ parameters: [Double]) -> Derivatives {
      var result = self
      for i in parameters.indices {
        result.gradient[i] = gradient[i] * parameters[i]
        for j in parameters.indices { result.hessian[i, j] = hessian[i, j] * parameters[i] * parameters[j] }
        result.hessian[i, i] += result.gradient[i]
      }
      return result
    }
  }

  struct Maximum {
    var parameters: [Double]
    var value: Double
    var iterations: Int
  }

  static let iterationLimit = 200
  /// Parameters are held within this factor of one: beyond it the likelihood only creeps towards a limit model.
  static let largestLogarithm = 25.0

  /// - Parameters:
  ///   - start: positive parameters.
  ///   - likelihood: value and derivatives at positive parameters.
  /// - Returns: nil where the likelihood has no maximum at finite positive parameters.
  static func maximise(from start: [Double], _ likelihood: ([Double]) -> Derivatives) -> Maximum? {
    var logarithms = start.map { log($0) }
    var point = likelihood(start).byLogarithms(start)
    for iteration in 1...iterationLimit {
      guard let direction = ascent(point) else { return nil }
      let gain = dot(point.gradient, direction)
      // 1. The Newton decrement says how far the maximum still is, in units of log-likelihood.
      if gain < 1e-14 * (1 + abs(point.value)) {
        return Maximum(parameters: logarithms.map { exp($0) }, value: point.value, iterations: iteration)
      }
      // 2. The longest of the steps 1, ½, ¼, … that raises the likelihood; never more than a factor e² at once.
      var length = min(1, 2 / (direction.map(abs).max() ?? 1))
      var next: (logarithms: [Double], point: Derivatives)?
      while next == nil, length > 1e-10 {
        let trial = zip(logarithms, direction).map { $0 + length * $1 }
        guard trial.allSatisfy({ abs($0) < largestLogarithm }) else { return nil }
        let parameters = trial.map { exp($0) }
        let there = likelihood(parameters)
        if there.value >= point.value + 1e-4 * length * gain - 1e-13 * abs(point.value) {
          next = (trial, there.byLogarithms(parameters))
        }
        length /= 2
      }
      guard let next else {
        // Rounding hides any further gain.
        return gain < 1e-6
          ? Maximum(parameters: logarithms.map { exp($0) }, value: point.value, iterations: iteration) : nil
      }
      (logarithms, point) = next
    }
    return nil
  }

  /// (−H + τI)⁻¹ g with the smallest τ of 0, 1e-3 s, 1e-2 s, … (s the largest element of H) that makes it positive
  /// definite.
  private static func ascent(_ point: Derivatives) -> [Double]? {
    let count = point.gradient.count
    guard point.value.isFinite, point.gradient.allSatisfy(\.isFinite) else { return nil }
    let size = (0..<count).map { abs(point.hessian[$0, $0]) }.max() ?? 1
    var shift = 0.0
    for _ in 0..<12 {
      var negative = Matrix(rows: count, columns: count)
      for i in 0..<count {
        for j in 0..<count { negative[i, j] = -point.hessian[i, j] }
        negative[i, i] += shift
      }
      if let factor = try? Cholesky(negative) { return factor.solve(point.gradient) }
      shift = shift == 0 ? 1e-3 * max(size, 1e-12) : 10 * shift
    }
    return nil
  }
}
