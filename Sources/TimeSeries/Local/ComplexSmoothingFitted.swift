/// A complex smoothing model at the end of its history.
public struct FittedComplexSmoothing: FittedLocalModel {
  public let form: ComplexExponentialSmoothing.Form
  /// α₀, α₁, β₀, β₁; those that the form does not have are 0.
  public let weights: [Double]
  public private(set) var level: Double
  /// The information potential of the level.
  public private(set) var potential: Double
  /// The seasonal terms of the next periods, and their potentials; empty without them.
  public private(set) var terms: [Double]
  public private(set) var termPotentials: [Double]
  public private(set) var residuals: [Double]
  /// σ²: Σε² / (n − parameters), at least one degree of freedom.
  public let variance: Double
  /// n·log Σε² + 2k + 2k(k+1)/(n−k−1); NaN where no form was fitted.
  public let aicc: Double

  init(_ fit: ComplexFit, _ values: Span<Double>, first: Int, last: Int) {
    // 1. The run that was fitted, in the first lane.
    let points = ComplexPoints(repeating: fit.parameters)
    var run = ComplexRun(fit.start)
    var residuals = [Double](repeating: .nan, count: last + 1)
    var squares = 0.0
    var count = 0
    let known = values.extracting(first...last)
    run.backcastAndRun(fit.form, known, points) { time, error in
      residuals[first + time] = error[0]
      squares += error[0] * error[0]
      count += 1
    }
    form = fit.form
    weights = (0..<4).map { fit.parameters[$0] }
    (level, potential) = (run.level.value[0], run.level.potential[0])
    let season = max(1, run.terms.count)
    terms = run.terms.indices.map { run.terms[(known.count + $0) % season][0] }
    termPotentials = run.potentials.indices.map { run.potentials[(known.count + $0) % season][0] }
    variance = squares / Double(max(1, count - fit.form.criterionCount))
    aicc = fit.criterion.isFinite ? fit.criterion : .nan
    self.residuals = residuals
    // 2. Unknown values at the end.
    update(values.extracting((last + 1)...))
  }

  public mutating func update(_ values: Span<Double>) {
    var state = ComplexState(self)
    for index in values.indices { residuals.append(state.advance(values[index])) }
    (level, potential) = (state.level, state.potential)
    terms = state.orderedTerms(state.terms)
    termPotentials = state.orderedTerms(state.potentials)
  }

  /// Mean: the recursion without errors. Variance: σ²·Σ_{j<h} c_j², exact as the model is linear.
  public func forecast(horizon: Int) -> Forecast {
    var state = ComplexState(self)
    var mean: [Double] = []
    var variances: [Double] = []
    var squares = 0.0
    for weight in errorWeights(horizon: horizon) {
      mean.append(state.forecast)
      _ = state.advance(.nan)
      squares += weight * weight
      variances.append(variance * squares)
    }
    return Forecast(mean: mean, variance: variances)
  }

  /// The run from nothing with one unit of error first.
  public func errorWeights(horizon: Int) -> [Double] {
    var state = ComplexState(self)
    state.clear()
    var weights = [Double](repeating: 1, count: horizon)
    for step in weights.indices {
      if step > 0 { weights[step] = state.forecast }
      _ = state.advance(step == 0 ? 1 : .nan)
    }
    return weights
  }
}

/// The states of a fitted model while they run ahead.
private struct ComplexState {
  let form: ComplexExponentialSmoothing.Form
  let weights: [Double]
  var level: Double
  var potential: Double
  var terms: [Double]
  var potentials: [Double]
  private var phase = 0

  init(_ fitted: FittedComplexSmoothing) {
    form = fitted.form
    weights = fitted.weights
    (level, potential) = (fitted.level, fitted.potential)
    (terms, potentials) = (fitted.terms, fitted.termPotentials)
  }

  mutating func clear() {
    (level, potential) = (0, 0)
    for index in terms.indices { terms[index] = 0 }
    for index in potentials.indices { potentials[index] = 0 }
  }

  /// Rotated so that the next period comes first.
  func orderedTerms(_ ring: [Double]) -> [Double] { ring.isEmpty ? ring : Array(ring[phase...] + ring[..<phase]) }

  var forecast: Double { (form == .simple ? 0 : level) + (terms.isEmpty ? 0 : terms[phase]) }

  /// Goes on by one value, unknown where NaN, and returns its error.
  mutating func advance(_ value: Double) -> Double {
    let miss = value - forecast
    let error = miss.isNaN ? 0 : miss
    if form != .simple { Self.advance(&level, &potential, weights[0], weights[1], error) }
    switch form {
    case .none: break
    case .simple: Self.advance(&terms[phase], &potentials[phase], weights[0], weights[1], error)
    case .partial: terms[phase] += weights[2] * error
    case .full: Self.advance(&terms[phase], &potentials[phase], weights[2], weights[3], error)
    }
    phase += 1
    if phase >= terms.count { phase = 0 }
    return miss
  }

  private static func advance(
    _ value: inout Double, _ potential: inout Double, _ a0: Double, _ a1: Double, _ error: Double
  ) {
    let old = value
    value += (a0 - a1) * error - (1 - a1) * potential
    potential = old + (1 - a0) * potential + (a0 + a1) * error
  }
}
