/// An exponential smoothing model at the end of its history.
public struct FittedExponentialSmoothing: FittedLocalModel {
  public let form: ExponentialSmoothing.Form
  /// Weights of the error in level, slope and season; 0 where the form has none.
  public let alpha: Double
  public let beta: Double
  public let gamma: Double
  /// The damping of the slope: 1 for an additive trend, 0 without one.
  public let phi: Double
  /// The level, the slope and the seasonal terms of the next periods after the last observation.
  public private(set) var level: Double
  public private(set) var slope: Double
  public private(set) var seasonal: [Double]
  public private(set) var residuals: [Double]
  /// σ² of the errors, relative ones where errors multiply: Σe² / (n − parameters), at least one degree of freedom.
  public let variance: Double
  /// n·log Σe² + 2Σ log f + 2k + 2k(k+1)/(n−k−1), in the unit of the series, the middle term for relative errors only;
  /// NaN where no form was fitted.
  public let aicc: Double

  public mutating func update(_ values: Span<Double>) {
    let before = residuals.count
    residuals.append(contentsOf: repeatElement(.nan, count: values.count))
    var added = [Double](repeating: .nan, count: values.count)
    let end = form.run(values, parameters, from: state) { added[$0] = $1 }
    residuals.replaceSubrange(before..., with: added)
    (level, slope, seasonal) = (end.level, end.slope, end.seasonal)
  }

  private var parameters: SmoothingParameters {
    SmoothingParameters(alpha: alpha, beta: beta, gamma: gamma, phi: phi)
  }

  private var state: SmoothingState { SmoothingState(level: level, slope: slope, seasonal: seasonal) }
}

extension FittedExponentialSmoothing {
  /// A fit in scaled units, brought back to the unit of the series and run to its end.
  /// - Parameter first: the position of the first known value, where the model starts.
  init(_ fit: SmoothingFit, _ values: Span<Double>, first: Int, scale: Double) {
    let unit = fit.form.season == .multiplicative ? 1 : scale
    let start = SmoothingState(
      level: fit.start.level * scale, slope: fit.start.slope * scale, seasonal: fit.start.seasonal.map { $0 * unit })
    var residuals = [Double](repeating: .nan, count: values.count)
    var known = 0
    var squares = 0.0
    let isRelative = fit.form.error == .multiplicative
    let end = fit.form.run(values.extracting(first...), fit.parameters, from: start) { time, error in
      residuals[first + time] = error
      known += 1
      let relative = isRelative ? error / (values[first + time] - error) : error
      squares += relative * relative
    }
    self.init(
      form: fit.form, alpha: fit.parameters.alpha, beta: fit.parameters.beta, gamma: fit.parameters.gamma,
      phi: fit.parameters.phi, level: end.level, slope: end.slope, seasonal: end.seasonal, residuals: residuals,
      variance: squares / Double(max(1, known - fit.form.parameterCount(season: end.seasonal.count) + 1)),
      aicc: fit.criterion)
  }

  /// The model of a series whose known values are all equal.
  static func constant(_ mean: Double, values: Span<Double>) -> FittedExponentialSmoothing {
    FittedExponentialSmoothing(
      form: .init(), alpha: 0, beta: 0, gamma: 0, phi: 0, level: mean, slope: 0, seasonal: [0],
      residuals: values.indices.map { values[$0].isNaN ? .nan : 0 }, variance: 0, aicc: .nan)
  }
}
