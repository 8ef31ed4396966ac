import Glibc
import Probability

/// What the maker spends to support sales, as in the plan's `spend_types`.
enum SpendType: String, CaseIterable {
  case rebateTopup = "rebate_topup"
  case adsSearch = "ads_search"
  case adsSocial = "ads_social"
  case training, exhibition
  case storeFit = "store_fit"

  /// Its share of all spend.
  var share: Double {
    switch self {
    case .rebateTopup: 0.34
    case .adsSearch: 0.18
    case .adsSocial: 0.14
    case .training: 0.10
    case .exhibition: 0.12
    case .storeFit: 0.12
    }
  }
}

/// How a region's margin responds to one spend: a carry-over, then a saturating curve. Amounts are CNY a month.
///
/// The curve's value counts at average demand; in a month with twice the demand the same spend causes twice the margin.
struct SpendTruth {
  /// The families of curve. S-curves and delayed carry-over lie outside what concave models with geometric carry-over
  /// can say.
  enum Curve: Equatable {
    /// amplitude · ln(1 + x / scale)
    case logarithm
    /// amplitude · (1 − e^(−x / scale))
    case exponentialSaturation
    /// amplitude · x^s / (x^s + scale^s): an S for s above 1
    case hill(slope: Double)
    /// amplitude · (x / scale)^p
    case power(exponent: Double)

    var name: String {
      switch self {
      case .logarithm: "logarithm"
      case .exponentialSaturation: "exponential_saturation"
      case .hill: "hill"
      case .power: "power"
      }
    }
    var shape: Double {
      switch self {
      case .logarithm, .exponentialSaturation: 1
      case .hill(let slope): slope
      case .power(let exponent): exponent
      }
    }
  }

  enum CarryOver: Equatable {
    /// Weights ∝ rate^lag
    case geometric(rate: Double)
    /// Weights ∝ the Weibull density at lag + ½: the effect may come late
    case weibull(shape: Double, scale: Double)

    /// Weights by lag, summing to 1, so that a steady spend x acts as x.
    var weights: [Double] {
      let raw = (0..<12).map { lag -> Double in
        switch self {
        case .geometric(let rate): return pow(rate, Double(lag))
        case .weibull(let shape, let scale):
          let u = (Double(lag) + 0.5) / scale
          return pow(u, shape - 1) * exp(-pow(u, shape))
        }
      }
      let total = raw.reduce(0, +)
      return raw.map { $0 / total }
    }
  }

  let type: SpendType
  let curve: Curve
  let carryOver: CarryOver
  let amplitude: Double
  let scale: Double
  /// The steady spend around which the history varies.
  let usual: Double
  let weights: [Double]
  /// How strongly managers raise the spend with the demand that they expect: amount ∝ demand^follow.
  let follow: Double
  /// Standard deviation of the part of ln(amount) that has nothing to do with demand.
  let independent: Double

  /// The margin caused by a steady spend `x`.
  func margin(_ x: Double) -> Double { amplitude * SpendTruth.unit(curve, x / scale) }

  /// What one more yuan a month causes at a steady spend `x`.
  func slope(_ x: Double) -> Double { amplitude / scale * SpendTruth.unitSlope(curve, x / scale) }

  private static func unit(_ curve: Curve, _ u: Double) -> Double {
    guard u > 0 else { return 0 }
    switch curve {
    case .logarithm: return log1p(u)
    case .exponentialSaturation: return -expm1(-u)
    case .hill(let slope): return pow(u, slope) / (pow(u, slope) + 1)
    case .power(let exponent): return pow(u, exponent)
    }
  }

  private static func unitSlope(_ curve: Curve, _ u: Double) -> Double {
    switch curve {
    case .logarithm: return 1 / (1 + u)
    case .exponentialSaturation: return exp(-u)
    case .hill(let slope):
      let power = pow(u, slope)
      return slope * power / u / ((power + 1) * (power + 1))
    case .power(let exponent): return exponent * pow(u, exponent - 1)
    }
  }

  /// Draws every region's responses. Each curve is scaled so that one more yuan at the usual spend causes a margin around
  /// its type's value; regions differ by a third, so that moving money between them pays.
  static func draw(_ specification: NetworkSpecification, _ geography: Geography) -> [[SpendTruth]] {
    let sales = Truth.salesPerPartner * Double(specification.partners)
    return geography.regions.enumerated().map { index, region in
      var stream = specification.stream("spend response", index)
      let tilt = LogNormal(median: 1, logDeviation: 0.18).draw(&stream)
      let productivity = LogNormal(median: 1, logDeviation: 0.22).draw(&stream)
      return SpendType.allCases.map { type in
        let usual =
          sales * region.weight * Truth.spendShare * type.share * tilt
          * LogNormal(median: 1, logDeviation: 0.12).draw(&stream)
        let saturation = LogNormal(median: 1, logDeviation: 0.20).draw(&stream)
        let response = LogNormal(median: productivity, logDeviation: 0.15).draw(&stream)
        return SpendTruth(type, usual: usual, saturation: saturation, response: response)
      }
    }
  }

  /// - Parameters:
  ///   - usual: the steady spend of the region.
  ///   - saturation: stretches the scale of the curve.
  ///   - response: multiplies the marginal margin at the usual spend.
  init(_ type: SpendType, usual: Double, saturation: Double, response: Double) {
    self.type = type
    self.usual = usual
    let marginal: Double
    switch type {
    case .rebateTopup:
      (curve, carryOver, marginal) = (.power(exponent: 0.55), .geometric(rate: 0), 0.80)
      (scale, follow, independent) = (usual * saturation, 1.0, 0.15)
    case .adsSearch:
      (curve, carryOver, marginal) = (.hill(slope: 1), .geometric(rate: 0.25), 1.25)
      (scale, follow, independent) = (usual * 1.5 * saturation, 0.7, 0.40)
    case .adsSocial:
      (curve, carryOver, marginal) = (.hill(slope: 1.8), .weibull(shape: 1.6, scale: 2.2), 1.15)
      (scale, follow, independent) = (usual * 1.2 * saturation, 0.5, 0.45)
    case .training:
      (curve, carryOver, marginal) = (.logarithm, .geometric(rate: 0.70), 1.50)
      (scale, follow, independent) = (usual * 0.8 * saturation, 0.2, 0.50)
    case .exhibition:
      (curve, carryOver, marginal) = (.hill(slope: 2.5), .weibull(shape: 2.0, scale: 3.0), 0.85)
      (scale, follow, independent) = (usual * 0.9 * saturation, 0.3, 0.35)
    case .storeFit:
      (curve, carryOver, marginal) = (.exponentialSaturation, .geometric(rate: 0.80), 1.10)
      (scale, follow, independent) = (usual * 1.1 * saturation, 0.4, 0.45)
    }
    weights = carryOver.weights
    amplitude = marginal * response * scale / SpendTruth.unitSlope(curve, usual / scale)
  }
}
