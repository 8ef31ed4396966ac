internal import Glibc
internal import LinearAlgebra
internal import Probability

extension GeneralizedLinearRegression {
  /// Coefficients and size by turns: the likelihood's cross-derivative has expectation zero, so that a few turns settle
  /// both. Source: Lawless, "Negative binomial and mixed Poisson regression" (Canadian Journal of Statistics 15, 1987);
  /// Venables and Ripley, "Modern Applied Statistics with S" (4th ed., 2002), section 7.4.
  func fitWithSize(
    _ data: Data, _ standardErrors: StandardErrors
  ) throws(RegressionError) -> GeneralizedLinearFit {
    var iterations = 0
    // 1. Means from a Poisson fit, size from their residuals.
    let first = try solve(data, family: .poisson, start: nil)
    var means = FitSummary(first.problem, first.rows.predictor).means
    var coefficients = first.point.coefficients
    var size = NegativeBinomialSize(data.response, means, data.weights).estimate(from: nil)
    // 2. By turns until the size stands still.
    for turn in 1... {
      guard turn <= iterationLimit else {
        throw .notConverged(
          iterations: turn, cause: "the size of the negative binomial is still moving at \(size.value)")
      }
      let family = Family.negativeBinomial(size: size.value)
      let start = first.kept.count == data.design.names.count && data.design.factors.isEmpty ? coefficients : nil
      let solution = try solve(data, family: family, start: start)
      iterations += solution.iterations
      coefficients = solution.point.coefficients
      means = FitSummary(solution.problem, solution.rows.predictor).means
      let next = NegativeBinomialSize(data.response, means, data.weights).estimate(from: size.value)
      let change = abs(next.value - size.value) / size.value
      size = next
      if change < 1e-14 || size.value >= NegativeBinomialSize.largest {
        var last = solution
        last.iterations = iterations
        return GeneralizedLinearFit(self, data, last, sizeError: size.error, standardErrors: standardErrors)
      }
    }
    preconditionFailure("the loop returns or throws")
  }
}

/// The maximum-likelihood size of a negative binomial whose means are known.
struct NegativeBinomialSize {
  private let response: [Double]
  private let means: [Double]
  private let weights: [Double]?

  /// Beyond this size the distribution is a Poisson to working precision.
  static let largest = 1e9

  init(_ response: [Double], _ means: [Double], _ weights: [Double]?) {
    self.response = response
    self.means = means
    self.weights = weights
  }

  /// Newton's method on log size, kept inside what is sensible.
  func estimate(from start: Double?) -> (value: Double, error: Double) {
    var size = start ?? moment()
    for _ in 0..<100 {
      let (score, information) = derivatives(size)
      // By log size: score · size and information · size² − score · size.
      let slope = score * size
      let curvature = information * size * size - slope
      var step = curvature > 0 ? slope / curvature : (slope > 0 ? 1 : -1)
      step = min(max(step, -2), 2)
      size = min(max(size * exp(step), 1e-8), NegativeBinomialSize.largest)
      if abs(step) < 1e-15 || size == NegativeBinomialSize.largest { break }
    }
    let information = derivatives(size).information
    return (size, information > 0 ? 1 / information.squareRoot() : .nan)
  }

  private func moment() -> Double {
    var (sum, count) = (0.0, 0.0)
    for (i, y) in response.enumerated() {
      let weight = weights?[i] ?? 1
      sum += weight * (y / means[i] - 1) * (y / means[i] - 1)
      count += weight
    }
    return sum > 0 ? count / sum : 1
  }

  /// Score and observed information of the size.
  private func derivatives(_ r: Double) -> (score: Double, information: Double) {
    var (score, information) = (0.0, 0.0)
    let (digammaSize, trigammaSize) = (digamma(r), trigamma(r))
    for (i, y) in response.enumerated() {
      let (weight, mean) = (weights?[i] ?? 1, means[i])
      score += weight * (digamma(r + y) - digammaSize + log(r / (r + mean)) + 1 - (y + r) / (mean + r))
      information +=
        weight
        * (trigammaSize - trigamma(r + y) - 1 / r + 2 / (mean + r) - (y + r) / ((mean + r) * (mean + r)))
    }
    return (score, information)
  }
}
