/// What distinguishes the models of the theta family.
public enum ThetaForm: String, Sendable, Hashable, Codable, CaseIterable {
  /// The line through the whole series, θ = 2.
  case standard
  /// The line through the whole series, θ fitted.
  case optimized
  /// The line through the series so far, θ = 2.
  case dynamic
  /// The line through the series so far, θ fitted.
  case dynamicOptimized

  public var isDynamic: Bool { self == .dynamic || self == .dynamicOptimized }
  public var isOptimized: Bool { self == .optimized || self == .dynamicOptimized }
}

/// The parameters of a theta model, in the unit of the seasonally adjusted series.
public struct ThetaParameters: Sendable, Hashable, Codable {
  /// The weight of a new value in the level, 0.1 … 0.99.
  public var alpha: Double
  /// ω = 1 − 1/θ, the weight of the line: 0 … 1; ½ for θ = 2.
  public var lineWeight: Double
  /// ℓ₀, the level before the first value.
  public var initialLevel: Double

  /// θ; infinite where the line has its full weight.
  public var theta: Double { 1 / (1 - lineWeight) }

  public init(alpha: Double, lineWeight: Double, initialLevel: Double) {
    self.alpha = alpha
    self.lineWeight = lineWeight
    self.initialLevel = initialLevel
  }

  /// Where too few values are there to tell: no line, and a level that follows at half speed.
  static func unfitted(_ first: Double) -> ThetaParameters {
    ThetaParameters(alpha: 0.5, lineWeight: 0, initialLevel: first)
  }
}

/// The state of a theta model after a number of values: equations (8)-(12) of Fiorucci et al. (2016), seasonally
/// adjusted.
///
/// With the line A + B·t through the values so far (through all for the forms that are not dynamic),
///
///     μ(t+1) = ℓ(t) + ω·((1 − α)ᵗ·A + (1 − (1 − α)ᵗ⁺¹)/α·B)
///     ℓ(t+1) = α·y(t+1) + (1 − α)·ℓ(t)
///
/// At an unknown value the forecast stands in for it in the level, and the line's own value in the line.
struct ThetaState: Sendable, Hashable, Codable {
  let parameters: ThetaParameters
  let isDynamic: Bool
  /// Values so far, t.
  private(set) var count: Int
  private(set) var level: Double
  /// The mean of the values so far.
  private(set) var mean: Double
  private(set) var intercept: Double
  private(set) var slope: Double
  /// (1 − α)ᵗ.
  private(set) var decay: Double

  /// The state after the first value.
  init(_ parameters: ThetaParameters, isDynamic: Bool, first: Double, intercept: Double, slope: Double) {
    self.parameters = parameters
    self.isDynamic = isDynamic
    count = 1
    level = parameters.alpha * first + (1 - parameters.alpha) * parameters.initialLevel
    mean = first
    self.intercept = intercept
    self.slope = slope
    decay = 1 - parameters.alpha
  }

  /// The line's part in the next forecast.
  private var lineStep: Double {
    let alpha = parameters.alpha
    return parameters.lineWeight * (intercept * decay + slope * (1 - decay * (1 - alpha)) / alpha)
  }

  var forecast: Double { level + lineStep }

  /// Goes on by one value, unknown where NaN.
  mutating func advance(_ value: Double) {
    let alpha = parameters.alpha
    level = value.isNaN ? level + alpha * lineStep : level + alpha * (value - level)
    if isDynamic {
      let point = value.isNaN ? intercept + slope * Double(count + 1) : value
      (intercept, slope, mean) = ThetaLine.after(point, count: count, slope: slope, mean: mean)
    }
    count += 1
    decay *= 1 - alpha
    if decay < ThetaLine.negligible { decay = 0 }
  }

  /// The next values, each forecast standing in for the value that it forecasts.
  @inline(__always)
  func forecast(horizon: Int, _ onStep: (Int, Double) -> Void) {
    var ahead = self
    for step in 0..<horizon {
      let value = ahead.forecast
      onStep(step, value)
      ahead.advance(value)
    }
  }

  /// How much a new value changes the forecasts after it, 1 for itself: the recursions are linear in the values, so that
  /// the effect is the run from nothing, with one unit now.
  @inline(__always)
  func impulseResponse(horizon: Int, _ onStep: (Int, Double) -> Void) {
    var effect = self
    (effect.level, effect.mean, effect.intercept, effect.slope) = (0, 0, 0, 0)
    var weight = 1.0
    for step in 0..<horizon {
      onStep(step, weight)
      effect.advance(weight)
      weight = effect.forecast
    }
  }
}

/// The least-squares line of the values so far, one value at a time.
enum ThetaLine {
  /// Powers of 1 − α below this are 0: they no longer change a sum, and denormal numbers are slow.
  static let negligible = 1e-100

  /// Intercept, slope and mean of `count` + 1 values, from the slope and the mean of the first `count`.
  @inline(__always)
  static func after(
    _ value: Double, count: Int, slope: Double, mean: Double
  ) -> (intercept: Double, slope: Double, mean: Double) {
    let t = Double(count)
    let newSlope = ((t - 1) * slope + 6 * (value - mean) / (t + 1)) / (t + 2)
    let newMean = mean + (value - mean) / (t + 1)
    return (newMean - newSlope * (t + 2) / 2, newSlope, newMean)
  }

  /// The line through all known values of a column, t counted from 1.
  static func through(_ values: Span<Double>) -> (intercept: Double, slope: Double) {
    var (n, sumT, sumV) = (0.0, 0.0, 0.0)
    for index in values.indices where !values[index].isNaN {
      n += 1
      sumT += Double(index + 1)
      sumV += values[index]
    }
    let (meanT, meanV) = (sumT / n, sumV / n)
    var (squares, products) = (0.0, 0.0)
    for index in values.indices where !values[index].isNaN {
      let t = Double(index + 1) - meanT
      squares += t * t
      products += t * (values[index] - meanV)
    }
    let slope = squares > 0 ? products / squares : 0
    return (meanV - slope * meanT, slope)
  }
}
