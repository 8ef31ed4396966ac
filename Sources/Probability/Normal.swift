import Glibc

/// The normal distribution.
public struct Normal: Sendable, Hashable {
  public let mean: Double
  public let standardDeviation: Double

  public static let standard = Normal(mean: 0, standardDeviation: 1)

  public init(mean: Double, standardDeviation: Double) {
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  public func density(_ x: Double) -> Double {
    let z = (x - mean) / standardDeviation
    return exp(-z * z / 2) / (standardDeviation * (2 * Double.pi).squareRoot())
  }

  /// P(X ≤ x), accurate in both tails.
  public func cumulative(_ x: Double) -> Double {
    erfc((mean - x) / (standardDeviation * 2.0.squareRoot())) / 2
  }

  /// The value below which a share `probability` lies; infinite at 0 and 1.
  ///
  /// Source: Wichura, "Algorithm AS 241: The percentage points of the normal distribution" (Applied Statistics 37,
  /// 1988), PPND16: relative error about 1e-16.
  public func quantile(_ probability: Double) -> Double {
    mean + standardDeviation * Normal.standardQuantile(probability)
  }

  static func standardQuantile(_ p: Double) -> Double {
    guard p > 0 else { return p == 0 ? -.infinity : .nan }
    guard p < 1 else { return p == 1 ? .infinity : .nan }
    let q = p - 0.5
    if abs(q) <= 0.425 {
      let r = 0.180625 - q * q
      return q * ratio(r, centralTop, centralBottom)
    }
    let r = (-log(q < 0 ? p : 1 - p)).squareRoot()
    let z = r <= 5 ? ratio(r - 1.6, middleTop, middleBottom) : ratio(r - 5, tailTop, tailBottom)
    return q < 0 ? -z : z
  }

  private static func ratio(_ r: Double, _ top: [Double], _ bottom: [Double]) -> Double {
    top.reversed().reduce(0) { $0 * r + $1 } / bottom.reversed().reduce(0) { $0 * r + $1 }
  }

  private static let centralTop = [
    3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
    45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
  ]
  private static let centralBottom = [
    1.0, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077, 21213.794301586595867,
    39307.895800092710610, 28729.085735721942674, 5226.4952788528545610,
  ]
  private static let middleTop = [
    1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
    1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4,
  ]
  private static let middleBottom = [
    1.0, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550, 0.148103976427480074590,
    0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
  ]
  private static let tailTop = [
    6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
    0.0265321895265761230930, 0.00124266094738807843860, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
  ]
  private static let tailBottom = [
    1.0, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525, 7.86869131145613259100e-4,
    1.84631831751005481800e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
  ]
}

extension RandomStream {
  /// A standard normal draw, by inversion: one uniform each, so that common random numbers stay aligned.
  public mutating func normal() -> Double { Normal.standardQuantile(uniform()) }

  public mutating func normal(mean: Double, standardDeviation: Double) -> Double {
    mean + standardDeviation * normal()
  }
}
