import Glibc

/// One form of exponential smoothing with the parameters and initial states that fit a series best.
struct SmoothingFit {
  let form: ExponentialSmoothing.Form
  /// Periods in a season; 1 where the form has none.
  let season: Int
  var parameters: SmoothingParameters
  var start: SmoothingState
  /// AICc; infinite where the series cannot carry the form.
  var criterion: Double

  /// The state after the last value, the seasonal terms in the order of the periods that follow.
  func run(_ values: Span<Double>, onError: (Int, Double) -> Void) -> SmoothingState {
    var state = start
    state.seasonal.withUnsafeMutableBufferPointer { ring in
      switch form.season {
      case .none: smooth(values, parameters, &state.level, &state.slope, ring, NoSeason.self, onError)
      case .additive: smooth(values, parameters, &state.level, &state.slope, ring, AdditiveSeason.self, onError)
      case .multiplicative:
        smooth(values, parameters, &state.level, &state.slope, ring, MultiplicativeSeason.self, onError)
      }
    }
    let phase = values.count % season
    state.seasonal = Array(state.seasonal[phase...] + state.seasonal[..<phase])
    return state
  }
}

/// α, β, γ and φ of the recursions.
struct SmoothingParameters {
  var alpha = 0.0
  var beta = 0.0
  var gamma = 0.0
  var phi = 0.0
}

/// ℓ, b and a ring of seasonal terms (one neutral term where there is no season).
struct SmoothingState {
  var level: Double
  var slope: Double
  var seasonal: [Double]
}

extension SmoothingFit {
  /// Level smoothing with a given weight, for series too short to estimate one.
  init(fixedWeight alpha: Double, _ values: Span<Double>) {
    form = .init()
    season = 1
    parameters = SmoothingParameters(alpha: alpha)
    var first = 0.0
    for time in values.indices.reversed() where !values[time].isNaN { first = values[time] }
    start = SmoothingState(level: first, slope: 0, seasonal: [0])
    criterion = .infinity
  }

  /// Maximum likelihood over smoothing parameters and initial states.
  init(_ form: ExponentialSmoothing.Form, _ values: Span<Double>, season: Int, maximumEvaluations: Int) {
    let layout = SmoothingLayout(form: form, season: season)
    let guess = SmoothingState(initial: form, values, season: season)
    var ring = guess.seasonal
    var known = 0
    for time in values.indices where !values[time].isNaN { known += 1 }
    let observations = Double(known)

    /// n·log Σε²; infinite outside the domain of the parameters.
    func objective(_ point: [Double]) -> Double {
      let parameters = layout.parameters(point)
      guard parameters.isAdmissible(form) else { return .infinity }
      layout.fill(&ring, from: point)
      var level = point[layout.level]
      var slope = form.trend == .none ? 0 : point[layout.level + 1]
      let squares = ring.withUnsafeMutableBufferPointer { ring in
        switch form.season {
        case .none: sumOfSquares(values, parameters, &level, &slope, ring, NoSeason.self)
        case .additive: sumOfSquares(values, parameters, &level, &slope, ring, AdditiveSeason.self)
        case .multiplicative: sumOfSquares(values, parameters, &level, &slope, ring, MultiplicativeSeason.self)
        }
      }
      // The values have unit variance: a smaller sum than this is rounding.
      return observations * log(max(squares, observations * 1e-18))
    }

    let minimum = NelderMead(maximumEvaluations: maximumEvaluations)
      .minimiseWithRestarts(start: layout.scout(guess, objective), steps: layout.steps, objective)
    self.form = form
    self.season = season
    parameters = layout.parameters(minimum.point)
    layout.fill(&ring, from: minimum.point)
    start = SmoothingState(
      level: minimum.point[layout.level], slope: form.trend == .none ? 0 : minimum.point[layout.level + 1],
      seasonal: ring)
    let k = Double(form.parameterCount(season: season))
    criterion = minimum.value + 2 * k + 2 * k * (k + 1) / (observations - k - 1)
  }
}

extension SmoothingParameters {
  /// The usual region, in which every state is a weighted mean of the past (section 5.1 of the book).
  func isAdmissible(_ form: ExponentialSmoothing.Form) -> Bool {
    guard alpha >= 1e-4, alpha <= 0.9999 else { return false }
    if form.trend != .none, beta < 1e-4 || beta > alpha { return false }
    if form.trend == .damped, phi < 0.8 || phi > 0.98 { return false }
    if form.season != .none, gamma < 1e-4 || gamma > 1 - alpha { return false }
    return true
  }
}

/// Where the unknowns of a form lie in the vector that the simplex method moves: α, β, φ, γ, ℓ, b, s₁ … s₍m₋₁₎. The
/// last seasonal term follows from the others: they add up to 0, or to m where they multiply.
private struct SmoothingLayout {
  let form: ExponentialSmoothing.Form
  let season: Int
  let level: Int
  let seasonal: Int

  init(form: ExponentialSmoothing.Form, season: Int) {
    self.form = form
    self.season = season
    level = 1 + (form.trend == .none ? 0 : 1) + (form.trend == .damped ? 1 : 0) + (form.season == .none ? 0 : 1)
    seasonal = level + (form.trend == .none ? 1 : 2)
  }

  func parameters(_ point: [Double]) -> SmoothingParameters {
    SmoothingParameters(
      alpha: point[0], beta: form.trend == .none ? 0 : point[1], gamma: form.season == .none ? 0 : point[level - 1],
      phi: form.trend == .none ? 0 : form.trend == .damped ? point[2] : 1)
  }

  /// The likeliest point of a coarse grid of smoothing parameters, with the guessed states: the likelihood of a
  /// seasonal form often has one optimum where the season is fixed and one where it moves.
  func scout(_ guess: SmoothingState, _ objective: ([Double]) -> Double) -> [Double] {
    var best = point(guess, alpha: 0.3, gamma: 0.05)
    var bestValue = objective(best)
    for alpha in [0.05, 0.6, 0.9] {
      for gamma in form.season == .none ? [0] : [0.01, 0.3, 0.6] where gamma + alpha < 1 {
        let candidate = point(guess, alpha: alpha, gamma: gamma)
        let value = objective(candidate)
        if value < bestValue { (best, bestValue) = (candidate, value) }
      }
    }
    return best
  }

  private func point(_ guess: SmoothingState, alpha: Double, gamma: Double) -> [Double] {
    var point = [alpha]
    if form.trend != .none { point.append(alpha / 10) }
    if form.trend == .damped { point.append(0.95) }
    if form.season != .none { point.append(gamma) }
    point.append(guess.level)
    if form.trend != .none { point.append(guess.slope) }
    if form.season != .none { point.append(contentsOf: guess.seasonal.dropLast()) }
    return point
  }

  /// The widths of the first simplex, in units of the spread of the series.
  var steps: [Double] {
    var steps = [0.05]
    if form.trend != .none { steps.append(0.01) }
    if form.trend == .damped { steps.append(0.02) }
    if form.season != .none { steps.append(0.03) }
    steps.append(0.2)
    if form.trend != .none { steps.append(0.02) }
    if form.season != .none {
      steps.append(contentsOf: [Double](repeating: form.season == .additive ? 0.2 : 0.05, count: season - 1))
    }
    return steps
  }

  func fill(_ ring: inout [Double], from point: [Double]) {
    guard form.season != .none else { return }
    var left = form.season == .additive ? 0 : Double(season)
    for index in 0..<season - 1 {
      ring[index] = point[seasonal + index]
      left -= ring[index]
    }
    ring[season - 1] = left
  }
}
