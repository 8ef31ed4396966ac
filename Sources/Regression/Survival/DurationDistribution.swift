internal import Glibc
internal import Probability

/// The distribution of the time to the event, through that of z = (log t − η) / σ.
public enum DurationDistribution: String, Sendable, Hashable, Codable, CaseIterable {
  /// z has the (smallest) extreme value distribution: hazards are proportional too.
  case weibull
  /// Weibull with σ = 1: a constant hazard.
  case exponential
  case logNormal
  case logLogistic

  /// A logarithm of a density or of a survival at z with its first two derivatives.
  struct Terms {
    var value: Double
    var slope: Double
    var curvature: Double
  }

  var hasFixedScale: Bool { self == .exponential }

  /// log f(z).
  func logDensity(_ z: Double) -> Terms {
    switch self {
    case .weibull, .exponential:
      let e = exp(z)
      return Terms(value: z - e, slope: 1 - e, curvature: -e)
    case .logNormal:
      return Terms(value: -z * z / 2 - log(2 * Double.pi) / 2, slope: -z, curvature: -1)
    case .logLogistic:
      let p = logistic(z)
      return Terms(value: z - 2 * softPlus(z), slope: 1 - 2 * p, curvature: -2 * p * (1 - p))
    }
  }

  /// log S(z).
  func logSurvival(_ z: Double) -> Terms {
    switch self {
    case .weibull, .exponential:
      let e = exp(z)
      return Terms(value: -e, slope: -e, curvature: -e)
    case .logNormal:
      let (value, hazard) = DurationDistribution.normalTail(z)
      return Terms(value: value, slope: -hazard, curvature: -hazard * (hazard - z))
    case .logLogistic:
      let p = logistic(z)
      return Terms(value: -softPlus(z), slope: -p, curvature: -p * (1 - p))
    }
  }

  /// S(z).
  func survival(_ z: Double) -> Double {
    switch self {
    case .weibull, .exponential: exp(-exp(z))
    case .logNormal: Normal.standard.cumulative(-z)
    case .logLogistic: logistic(-z)
    }
  }

  /// The z with S(z) = share.
  func quantile(survival share: Double) -> Double {
    switch self {
    case .weibull, .exponential: log(-log(share))
    case .logNormal: -Normal.standard.quantile(share)
    case .logLogistic: -logit(share)
    }
  }

  /// log P(Z > z) and the hazard of the standard normal; far in the tail by the asymptotic series of Mills' ratio
  /// (Abramowitz & Stegun, 26.2.12).
  private static func normalTail(_ z: Double) -> (value: Double, hazard: Double) {
    let logDensity = -z * z / 2 - log(2 * Double.pi) / 2
    guard z > 30 else {
      let tail = Normal.standard.cumulative(-z)
      return (z < -8 ? log1p(-Normal.standard.cumulative(z)) : log(tail), exp(logDensity) / tail)
    }
    let square = 1 / (z * z)
    let ratio = (1 - square * (1 - 3 * square * (1 - 5 * square * (1 - 7 * square)))) / z
    return (logDensity + log(ratio), 1 / ratio)
  }
}

/// log(1 + e^x), without overflow.
func softPlus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
