internal import Glibc
internal import LinearAlgebra

/// Deviance, Pearson's statistic and log-likelihood at the optimum, in one pass over the rows.
struct FitSummary {
  private(set) var means: [Double]
  private(set) var deviance = 0.0
  private(set) var pearson = 0.0
  private(set) var nullDeviance: Double?

  init(_ problem: GeneralizedLinearProblem, _ predictor: [Double]) {
    means = predictor
    let (family, link, weights) = (problem.family, problem.link, problem.weights)
    for i in predictor.indices {
      let (y, weight) = (problem.response[i], weights?[i] ?? 1)
      let mean = link.mean(predictor[i])
      means[i] = mean
      guard weight > 0 else { continue }
      let residual = y - mean
      if family == .binomial {
        let p = max(mean, 1e-300)
        let q = max(link.complement(predictor[i]), 1e-300)
        deviance += 2 * weight * ((y > 0 ? y * log(y / p) : 0) + (y < 1 ? (1 - y) * log((1 - y) / q) : 0))
        pearson += weight * residual * residual / p / q
      } else {
        deviance += weight * family.deviance(y, mean)
        pearson += weight * residual * residual / family.variance(mean).value
      }
    }
    deviance = max(0, deviance)
    nullDeviance = FitSummary.nullDeviance(problem)
  }

  private static func nullDeviance(_ problem: GeneralizedLinearProblem) -> Double? {
    guard problem.offset == nil else { return nil }
    let hasIntercept = problem.design.names.contains(Design.interceptName)
    var (sum, total) = (0.0, 0.0)
    for (i, y) in problem.response.enumerated() {
      sum += y * (problem.weights?[i] ?? 1)
      total += problem.weights?[i] ?? 1
    }
    let mean = hasIntercept ? sum / total : problem.link.mean(0)
    guard mean.isFinite else { return nil }
    var deviance = 0.0
    for (i, y) in problem.response.enumerated() {
      deviance += (problem.weights?[i] ?? 1) * problem.family.deviance(y, mean)
    }
    return deviance
  }

  /// With the dispersion at its maximum-likelihood value for the gaussian, deviance over total weight for the gamma, and
  /// Pearson's estimate for Tweedie.
  func logLikelihood(_ problem: GeneralizedLinearProblem, dispersion: Double) -> Double {
    let used: Double
    switch problem.family {
    case .gaussian: used = pearson / Double(problem.rowCount)
    case .gamma: used = deviance / problem.totalWeight
    default: used = dispersion
    }
    guard used > 0 else { return .greatestFiniteMagnitude }
    var sum = 0.0
    var compensation = 0.0
    for (i, y) in problem.response.enumerated() {
      let weight = problem.weights?[i] ?? 1
      guard weight > 0 else { continue }
      // Neumaier's summation: a million terms keep their digits.
      let term = problem.family.logLikelihood(y, means[i], weight: weight, dispersion: used)
      let next = sum + term
      compensation += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum
      sum = next
    }
    return sum + compensation
  }
}
