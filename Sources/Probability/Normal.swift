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

  /// The quantile of the standard normal distribution at `p`; infinite at 0 and 1, NaN outside.
  package static func standardQuantile(_ p: Double) -> Double {
    let q = p - 0.5
    if abs(q) <= 0.425 { return q * centralRatio(0.180625 - q * q) }
    guard p > 0 else { return p == 0 ? -.infinity : .nan }
    guard p < 1 else { return p == 1 ? .infinity : .nan }
    let r = (-log(q < 0 ? p : 1 - p)).squareRoot()
    let z = r <= 5 ? middleRatio(r - 1.6) : tailRatio(r - 5)
    return q < 0 ? -z : z
  }

  // Written out, because a loop over arrays of coefficients takes five times as long.

  @inline(__always)
  private static func centralRatio(_ r: Double) -> Double {
    var top = 2509.0809287301226727 * r + 33430.575583588128105
    top = top * r + 67265.770927008700853
    top = top * r + 45921.953931549871457
    top = top * r + 13731.693765509461125
    top = top * r + 1971.5909503065514427
    top = top * r + 133.14166789178437745
    top = top * r + 3.3871328727963666080
    var bottom = 5226.4952788528545610 * r + 28729.085735721942674
    bottom = bottom * r + 39307.895800092710610
    bottom = bottom * r + 21213.794301586595867
    bottom = bottom * r + 5394.1960214247511077
    bottom = bottom * r + 687.18700749205790830
    bottom = bottom * r + 42.313330701600911252
    bottom = bottom * r + 1.0
    return top / bottom
  }

  @inline(__always)
  private static func middleRatio(_ r: Double) -> Double {
    var top = 7.74545014278341407640e-4 * r + 0.0227238449892691845833
    top = top * r + 0.241780725177450611770
    top = top * r + 1.27045825245236838258
    top = top * r + 3.64784832476320460504
    top = top * r + 5.76949722146069140550
    top = top * r + 4.63033784615654529590
    top = top * r + 1.42343711074968357734
    var bottom = 1.05075007164441684324e-9 * r + 5.47593808499534494600e-4
    bottom = bottom * r + 0.0151986665636164571966
    bottom = bottom * r + 0.148103976427480074590
    bottom = bottom * r + 0.689767334985100004550
    bottom = bottom * r + 1.67638483018380384940
    bottom = bottom * r + 2.05319162663775882187
    bottom = bottom * r + 1.0
    return top / bottom
  }

  @inline(__always)
  private static func tailRatio(_ r: Double) -> Double {
    var top = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5
    top = top * r + 0.00124266094738807843860
    top = top * r + 0.0265321895265761230930
    top = top * r + 0.296560571828504891230
    top = top * r + 1.78482653991729133580
    top = top * r + 5.46378491116411436990
    top = top * r + 6.65790464350110377720
    var bottom = 2.04426310338993978564e-15 * r + 1.42151175831644588870e-7
    bottom = bottom * r + 1.84631831751005481800e-5
    bottom = bottom * r + 7.86869131145613259100e-4
    bottom = bottom * r + 0.0148753612908506148525
    bottom = bottom * r + 0.136929880922735805310
    bottom = bottom * r + 0.599832206555887937690
    bottom = bottom * r + 1.0
    return top / bottom
  }
}

extension RandomStream {
  /// A standard normal draw, by inversion: one uniform each, so that common random numbers stay aligned.
  public mutating func normal() -> Double { Normal.standardQuantile(uniform()) }

  public mutating func normal(mean: Double, standardDeviation: Double) -> Double {
    mean + standardDeviation * normal()
  }
}
