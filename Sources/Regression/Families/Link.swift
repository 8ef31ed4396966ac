internal import Glibc
internal import Probability

/// The function g that ties the mean of the response to the linear predictor: g(μ) = η.
///
/// Source: McCullagh and Nelder, "Generalized Linear Models" (2nd ed., 1989), sections 2.2.4 and 4.3.
public enum Link: String, Sendable, Hashable, Codable, CaseIterable {
  case identity, log, inverse, logit, probit
  case complementaryLogLog = "cloglog"

  /// μ with its first two derivatives by η.
  struct Mean {
    var value: Double
    var slope: Double
    var curvature: Double
  }

  /// η at which the mean is μ.
  public func predictor(_ mean: Double) -> Double {
    switch self {
    case .identity: mean
    case .log: Glibc.log(mean)
    case .inverse: 1 / mean
    case .logit: Glibc.log(mean) - log1p(-mean)
    case .probit: Normal.standard.quantile(mean)
    case .complementaryLogLog: Glibc.log(-log1p(-mean))
    }
  }

  /// The mean at η.
  public func mean(_ predictor: Double) -> Double {
    switch self {
    case .identity: predictor
    case .log: exp(predictor)
    case .inverse: 1 / predictor
    case .logit: logistic(predictor)
    case .probit: Link.normalTail(-predictor)
    case .complementaryLogLog: -expm1(-exp(predictor))
    }
  }

  @inline(__always)
  func derivatives(_ eta: Double) -> Mean {
    switch self {
    case .identity: return Mean(value: eta, slope: 1, curvature: 0)
    case .log:
      let mean = exp(eta)
      return Mean(value: mean, slope: mean, curvature: mean)
    case .inverse:
      let mean = 1 / eta
      return Mean(value: mean, slope: -mean * mean, curvature: 2 * mean * mean * mean)
    case .logit:
      let small = exp(-abs(eta))
      let mean = (eta < 0 ? small : 1) / (1 + small)
      let slope = small / ((1 + small) * (1 + small))
      return Mean(value: mean, slope: slope, curvature: slope * (1 - 2 * mean))
    case .probit:
      let density = exp(-eta * eta / 2) * 0.398942280401432677939946
      return Mean(value: Link.normalTail(-eta), slope: density, curvature: -eta * density)
    case .complementaryLogLog:
      let hazard = exp(eta)
      let slope = hazard * exp(-hazard)
      return Mean(value: -expm1(-hazard), slope: slope, curvature: slope * (1 - hazard))
    }
  }

  /// 1 − μ without cancellation, for links of probabilities.
  @inline(__always)
  func complement(_ eta: Double) -> Double {
    switch self {
    case .logit: logistic(-eta)
    case .probit: Link.normalTail(eta)
    case .complementaryLogLog: exp(-exp(eta))
    case .identity, .log, .inverse: 1 - mean(eta)
    }
  }

  /// P(Z > x) of the standard normal distribution.
  private static func normalTail(_ x: Double) -> Double { erfc(x * 0.707106781186547524400844) / 2 }
}

/// 1 / (1 + e^−x), without overflow.
public func logistic(_ x: Double) -> Double {
  let small = exp(-abs(x))
  return (x < 0 ? small : 1) / (1 + small)
}

/// log(p / (1 − p)), the inverse of `logistic`.
public func logit(_ p: Double) -> Double { log(p) - log1p(-p) }
