/// α, β, γ and φ of the recursions; φ = 0 and β = 0 without a trend, γ = 0 without a season.
struct SmoothingParameters: Hashable {
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

/// How a seasonal term enters the recursions of exponential smoothing. The loops are generic over the rule, so that each
/// form compiles to its own loop without a branch.
protocol SeasonRule {
  static var isSeasonal: Bool { get }
  static var isMultiplicative: Bool { get }
}

enum NoSeason: SeasonRule {
  static var isSeasonal: Bool { false }
  static var isMultiplicative: Bool { false }
}

enum AdditiveSeason: SeasonRule {
  static var isSeasonal: Bool { true }
  static var isMultiplicative: Bool { false }
}

enum MultiplicativeSeason: SeasonRule {
  static var isSeasonal: Bool { true }
  static var isMultiplicative: Bool { true }
}

/// Runs the recursions over a series and hands every one-step error, value minus forecast, to `onError`. States do not
/// depend on whether errors are additive or relative, see ``ExponentialSmoothing``.
/// The ring holds the seasonal terms; the term of time t is at t mod m, and is replaced where it was read.
@inline(__always)
func smooth<Rule: SeasonRule>(
  _ values: Span<Double>, _ parameters: SmoothingParameters, _ state: inout SmoothingState, _: Rule.Type,
  _ onError: (Int, Double) -> Void
) {
  let (alpha, beta, gamma, phi) = (parameters.alpha, parameters.beta, parameters.gamma, parameters.phi)
  let season = state.seasonal.count
  var phase = 0
  for time in values.indices {
    let damped = phi * state.slope
    let base = state.level + damped
    let seasonal = state.seasonal[phase]
    let forecast = Rule.isMultiplicative ? base * seasonal : base + seasonal
    let error = values[time] - forecast
    if error.isNaN {
      (state.level, state.slope) = (base, damped)
    } else {
      let levelError = Rule.isMultiplicative ? error / seasonal : error
      state.level = base + alpha * levelError
      state.slope = damped + beta * levelError
      if Rule.isSeasonal {
        state.seasonal[phase] = seasonal + gamma * (Rule.isMultiplicative ? error / base : error)
      }
      onError(time, error)
    }
    phase = phase + 1 == season ? 0 : phase + 1
  }
}

extension ExponentialSmoothing.Form {
  /// Runs a form over a series; the state after it has the seasonal terms in the order of the periods that follow.
  func run(
    _ values: Span<Double>, _ parameters: SmoothingParameters, from start: SmoothingState,
    onError: (Int, Double) -> Void
  ) -> SmoothingState {
    var state = start
    switch season {
    case .none: smooth(values, parameters, &state, NoSeason.self, onError)
    case .additive: smooth(values, parameters, &state, AdditiveSeason.self, onError)
    case .multiplicative: smooth(values, parameters, &state, MultiplicativeSeason.self, onError)
    }
    let phase = values.count % state.seasonal.count
    state.seasonal = Array(state.seasonal[phase...] + state.seasonal[..<phase])
    return state
  }
}
