/// How a seasonal term enters the recursions of exponential smoothing. The loop is generic over the rule, so that each
/// form compiles to its own loop without a branch.
protocol SeasonRule {
  static var isSeasonal: Bool { get }
  static func forecast(base: Double, seasonal: Double) -> Double
  /// The error in the unit of the level.
  static func levelError(_ error: Double, seasonal: Double) -> Double
  /// The error in the unit of the seasonal term.
  static func seasonalError(_ error: Double, base: Double) -> Double
}

enum NoSeason: SeasonRule {
  static var isSeasonal: Bool { false }
  @inline(__always) static func forecast(base: Double, seasonal: Double) -> Double { base }
  @inline(__always) static func levelError(_ error: Double, seasonal: Double) -> Double { error }
  @inline(__always) static func seasonalError(_ error: Double, base: Double) -> Double { error }
}

enum AdditiveSeason: SeasonRule {
  static var isSeasonal: Bool { true }
  @inline(__always) static func forecast(base: Double, seasonal: Double) -> Double { base + seasonal }
  @inline(__always) static func levelError(_ error: Double, seasonal: Double) -> Double { error }
  @inline(__always) static func seasonalError(_ error: Double, base: Double) -> Double { error }
}

enum MultiplicativeSeason: SeasonRule {
  static var isSeasonal: Bool { true }
  @inline(__always) static func forecast(base: Double, seasonal: Double) -> Double { base * seasonal }
  @inline(__always) static func levelError(_ error: Double, seasonal: Double) -> Double { error / seasonal }
  @inline(__always) static func seasonalError(_ error: Double, base: Double) -> Double { error / base }
}

/// Runs the recursions over a series and hands every one-step error to `onError`.
/// The ring holds the seasonal terms; the term of time t is at t mod m, and is replaced where it was read.
@inline(__always)
func smooth<Rule: SeasonRule>(
  _ values: Span<Double>, _ parameters: SmoothingParameters, _ level: inout Double, _ slope: inout Double,
  _ ring: UnsafeMutableBufferPointer<Double>, _: Rule.Type, _ onError: (Int, Double) -> Void
) {
  let (alpha, beta, gamma, phi) = (parameters.alpha, parameters.beta, parameters.gamma, parameters.phi)
  let season = ring.count
  var phase = 0
  var (currentLevel, currentSlope) = (level, slope)
  for time in values.indices {
    let damped = phi * currentSlope
    let base = currentLevel + damped
    let seasonal = Rule.isSeasonal ? ring[phase] : 0
    let error = values[time] - Rule.forecast(base: base, seasonal: seasonal)
    if error.isNaN {
      currentLevel = base
      currentSlope = damped
    } else {
      let levelError = Rule.levelError(error, seasonal: seasonal)
      currentLevel = base + alpha * levelError
      currentSlope = damped + beta * levelError
      if Rule.isSeasonal { ring[phase] = seasonal + gamma * Rule.seasonalError(error, base: base) }
      onError(time, error)
    }
    if Rule.isSeasonal {
      phase += 1
      if phase == season { phase = 0 }
    }
  }
  (level, slope) = (currentLevel, currentSlope)
}

/// Σε²: the whole of the likelihood that depends on the parameters. Infinite where the recursion breaks down.
@inline(never)
func sumOfSquares<Rule: SeasonRule>(
  _ values: Span<Double>, _ parameters: SmoothingParameters, _ level: inout Double, _ slope: inout Double,
  _ ring: UnsafeMutableBufferPointer<Double>, _ rule: Rule.Type
) -> Double {
  var squares = 0.0
  smooth(values, parameters, &level, &slope, ring, rule) { _, error in squares += error * error }
  // A multiplicative season that passes through zero gives errors without meaning from there on.
  return squares.isFinite && level.isFinite && slope.isFinite ? squares : .infinity
}
