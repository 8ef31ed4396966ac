public import ChannelTypes
internal import Glibc

extension ResponseCurve {
  /// The member of a family that passes through (`spend`, `value`) with the elasticity f′(x)·x/f(x) given.
  ///
  /// In every family the elasticity runs from 1 (no saturation yet) to 0 (saturated), so that it says how far along
  /// the curve a spend lies in the same terms for all of them.
  /// - Parameters:
  ///   - elasticity: at `spend`; held within 0.01…0.99.
  ///   - spend: positive.
  public init(family: Family, elasticity: Double, value: Double, at spend: Double) {
    let elasticity = min(max(elasticity, 0.01), 0.99)
    switch family {
    case .hill:
      // x/(x+s) has elasticity s/(x+s).
      let scale = spend * elasticity / (1 - elasticity)
      self.init(family: .hill, amplitude: value * (spend + scale) / spend, scale: scale)
    case .power:
      self.init(family: .power, amplitude: value, scale: spend, shape: elasticity)
    case .logarithm:
      let z = ResponseCurve.argument { $0 / ((1 + $0) * log1p($0)) - elasticity }
      self.init(family: .logarithm, amplitude: value / log1p(z), scale: spend / z)
    case .exponentialSaturation:
      let z = ResponseCurve.argument { $0 / expm1($0) - elasticity }
      self.init(family: .exponentialSaturation, amplitude: -value / expm1(-z), scale: spend / z)
    }
  }

  /// The root of a decreasing function of z > 0, by bisection on ln z.
  private static func argument(_ excess: (Double) -> Double) -> Double {
    var (low, high) = (-40.0, 110.0)
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if excess(exp(middle)) > 0 { low = middle } else { high = middle }
    }
    return exp((low + high) / 2)
  }

  /// f′(x)·x/f(x): by how many percent the return grows when spend grows by one percent.
  public func elasticity(at spend: Double) -> Double {
    guard spend > 0 else { return family == .power ? shape : 1 }
    let value = value(at: spend)
    return value > 0 ? slope(at: spend) * spend / value : 1
  }

  /// The curve over `count` periods in each of which the same amount is spent: F(X) = count · f(X / count).
  ///
  /// This turns a monthly curve into a quarterly one. It is exact for even spending; uneven spending returns less.
  public func overPeriods(_ count: Double) -> ResponseCurve {
    ResponseCurve(family: family, amplitude: amplitude * count, scale: scale * count, shape: shape)
  }
}
