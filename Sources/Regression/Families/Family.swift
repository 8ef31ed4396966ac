internal import Glibc
internal import Probability

/// The distribution of the response around its mean: the variance is dispersion × V(μ) / weight.
///
/// Source: McCullagh and Nelder, "Generalized Linear Models" (2nd ed., 1989), table 2.1; Jørgensen, "Exponential
/// dispersion models" (1987) for Tweedie.
public enum Family: Sendable, Hashable {
  case gaussian
  /// Shares of events in 0…1; a weight is the number of trials.
  case binomial
  case poisson
  case gamma
  /// V(μ) = μ^power; between 1 and 2 the response is zero with positive probability.
  case tweedie(power: Double)
  /// V(μ) = μ + μ² / size; nil lets the size be estimated by maximum likelihood.
  case negativeBinomial(size: Double?)

  /// The link that is used where none is named; canonical but for gamma, Tweedie and negative binomial, where the log
  /// keeps means positive.
  public var defaultLink: Link {
    switch self {
    case .gaussian: .identity
    case .binomial: .logit
    case .poisson, .gamma, .tweedie, .negativeBinomial: .log
    }
  }

  /// Links under which every mean that the family allows can be reached.
  public var links: [Link] {
    switch self {
    case .gaussian: [.identity, .log, .inverse]
    case .binomial: [.logit, .probit, .complementaryLogLog]
    case .poisson, .negativeBinomial: [.log, .identity]
    case .gamma: [.log, .inverse, .identity]
    case .tweedie: [.log, .identity, .inverse]
    }
  }

  /// Whether the dispersion is estimated; one otherwise.
  public var estimatesDispersion: Bool {
    switch self {
    case .gaussian, .gamma, .tweedie: true
    case .binomial, .poisson, .negativeBinomial: false
    }
  }

  /// What the response may be, in words; nil where every number will do.
  func allowed() -> String? {
    switch self {
    case .gaussian: nil
    case .binomial: "0 to 1"
    case .poisson, .negativeBinomial: "0 and above"
    case .gamma: "numbers above 0"
    case .tweedie(let power): power < 2 ? "0 and above" : "numbers above 0"
    }
  }

  func allows(_ response: Double) -> Bool {
    switch self {
    case .gaussian: true
    case .binomial: response >= 0 && response <= 1
    case .poisson, .negativeBinomial: response >= 0
    case .gamma: response > 0
    case .tweedie(let power): power < 2 ? response >= 0 : response > 0
    }
  }

  /// Whether the link is canonical, so that expected and observed information are the same.
  func isCanonical(_ link: Link) -> Bool {
    switch self {
    case .gaussian: link == .identity
    case .binomial: link == .logit
    case .poisson: link == .log
    case .gamma: link == .inverse
    case .tweedie, .negativeBinomial: false
    }
  }

  /// V(μ) and its derivative.
  @inline(__always)
  func variance(_ mean: Double) -> (value: Double, slope: Double) {
    switch self {
    case .gaussian: return (1, 0)
    case .binomial: return (mean * (1 - mean), 1 - 2 * mean)
    case .poisson: return (mean, 1)
    case .gamma: return (mean * mean, 2 * mean)
    case .tweedie(let power):
      let value = pow(mean, power)
      return (value, power * value / mean)
    case .negativeBinomial(let size):
      let share = mean / (size ?? .infinity)
      return (mean * (1 + share), 1 + 2 * share)
    }
  }

  /// The unit deviance: twice the distance of the log-likelihood from that of a perfect fit, per unit of weight and of
  /// dispersion.
  func deviance(_ y: Double, _ mean: Double) -> Double {
    switch self {
    case .gaussian: return (y - mean) * (y - mean)
    case .binomial: return 2 * (y * Family.logRatio(y, mean) + (1 - y) * Family.logRatio(1 - y, 1 - mean))
    case .poisson: return 2 * (y * Family.logRatio(y, mean) - (y - mean))
    case .gamma:
      let excess = (y - mean) / mean
      return 2 * (excess - log1p(excess))
    case .tweedie(let p) where p == 1: return Family.poisson.deviance(y, mean)
    case .tweedie(let p) where p == 2: return Family.gamma.deviance(y, mean)
    case .tweedie(let p):
      let saturated = y > 0 ? pow(y, 2 - p) / ((1 - p) * (2 - p)) : 0
      return 2 * (saturated - y * pow(mean, 1 - p) / (1 - p) + pow(mean, 2 - p) / (2 - p))
    case .negativeBinomial(let size):
      let r = size ?? .infinity
      guard r.isFinite else { return Family.poisson.deviance(y, mean) }
      return 2 * (y * Family.logRatio(y, mean) - (y + r) * Glibc.log((y + r) / (mean + r)))
    }
  }

  private static func logRatio(_ y: Double, _ mean: Double) -> Double { y > 0 ? Glibc.log(y / mean) : 0 }

  /// The log-likelihood of one observation of weight `weight`.
  /// - Parameter dispersion: used by gaussian, gamma and Tweedie.
  func logLikelihood(_ y: Double, _ mean: Double, weight w: Double, dispersion: Double) -> Double {
    switch self {
    case .gaussian:
      return -(Glibc.log(2 * .pi * dispersion / w) + w * (y - mean) * (y - mean) / dispersion) / 2
    case .binomial:
      let events = w * y
      return Family.logProduct(events, mean) + Family.logProduct(w - events, 1 - mean)
        + (y > 0 && y < 1 ? logGamma(w + 1) - logGamma(events + 1) - logGamma(w - events + 1) : 0)
    case .poisson: return w * (Family.logProduct(y, mean) - mean - logGamma(y + 1))
    case .gamma:
      // With Stirling's formula for Γ(shape) the large parts cancel by algebra instead of by subtraction.
      let shape = 1 / dispersion
      let constant = Glibc.log(shape / (2 * .pi)) / 2 - stirlingError(shape)
      return w * (constant - Glibc.log(y) - shape * deviance(y, mean) / 2)
    case .tweedie(let power): return TweedieDensity(power: power).logDensity(y, mean: mean, dispersion: dispersion / w)
    case .negativeBinomial(let size):
      let r = size ?? .infinity
      guard r.isFinite else { return Family.poisson.logLikelihood(y, mean, weight: w, dispersion: 1) }
      let ratio = mean / r
      return w
        * (logGamma(y + r) - logGamma(r) - logGamma(y + 1) - r * log1p(ratio)
          + (y > 0 ? y * (Glibc.log(mean) - Glibc.log(r + mean)) : 0))
    }
  }

  private static func logProduct(_ count: Double, _ p: Double) -> Double { count > 0 ? count * Glibc.log(p) : 0 }

  /// Where iterations start: the response pulled towards what every family allows.
  func startingMean(_ y: Double, weight: Double, overall: Double) -> Double {
    switch self {
    case .gaussian: y
    case .binomial: (weight * y + 0.5) / (weight + 1)
    case .gamma: y
    case .poisson, .tweedie, .negativeBinomial: max((y + overall) / 2, 1e-8)
    }
  }
}

extension Family: CustomStringConvertible {
  public var description: String {
    switch self {
    case .gaussian: "gaussian"
    case .binomial: "binomial"
    case .poisson: "poisson"
    case .gamma: "gamma"
    case .tweedie(let power): "tweedie(\(power))"
    case .negativeBinomial(let size): size.map { "negativeBinomial(\($0))" } ?? "negativeBinomial"
    }
  }
}

extension Family: Codable {
  private enum Keys: String, CodingKey { case name, power, size }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    let name = try container.decode(String.self, forKey: .name)
    switch name {
    case "gaussian": self = .gaussian
    case "binomial": self = .binomial
    case "poisson": self = .poisson
    case "gamma": self = .gamma
    case "tweedie": self = .tweedie(power: try container.decode(Double.self, forKey: .power))
    case "negativeBinomial": self = .negativeBinomial(size: try container.decodeIfPresent(Double.self, forKey: .size))
    default:
      throw DecodingError.dataCorruptedError(forKey: .name, in: container, debugDescription: "unknown family \(name)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    switch self {
    case .tweedie(let power):
      try container.encode("tweedie", forKey: .name)
      try container.encode(power, forKey: .power)
    case .negativeBinomial(let size):
      try container.encode("negativeBinomial", forKey: .name)
      try container.encodeIfPresent(size, forKey: .size)
    default: try container.encode(description, forKey: .name)
    }
  }
}
