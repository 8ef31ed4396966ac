/// The parameters of complex exponential smoothing, α₀ + iα₁ and β₀ + iβ₁, in this order; those that a form does not
/// have are 0.
typealias ComplexParameters = SIMD4<Double>

/// Eight points of the parameter space, which go through a series together, one in each lane.
struct ComplexPoints {
  typealias Lanes = SIMD8<Double>
  var alpha0 = Lanes.zero
  var alpha1 = Lanes.zero
  var beta0 = Lanes.zero
  var beta1 = Lanes.zero

  subscript(lane: Int) -> ComplexParameters {
    get { ComplexParameters(alpha0[lane], alpha1[lane], beta0[lane], beta1[lane]) }
    set {
      (alpha0[lane], alpha1[lane], beta0[lane], beta1[lane]) = (newValue[0], newValue[1], newValue[2], newValue[3])
    }
  }

  init() {}

  init(repeating point: ComplexParameters) {
    for lane in 0..<8 { self[lane] = point }
  }
}

/// How a form of complex smoothing keeps its season. The loop is generic over it, so that each form compiles to its own
/// loop without a branch.
protocol ComplexSeason {
  /// Whether a level and its potential run from period to period.
  static var hasLevel: Bool { get }
  /// Whether a seasonal term of each phase runs from season to season.
  static var hasTerm: Bool { get }
  /// Whether the seasonal term has a potential of its own.
  static var hasPotential: Bool { get }
}

enum ComplexNone: ComplexSeason {
  static var hasLevel: Bool { true }
  static var hasTerm: Bool { false }
  static var hasPotential: Bool { false }
}

enum ComplexSimple: ComplexSeason {
  static var hasLevel: Bool { false }
  static var hasTerm: Bool { true }
  static var hasPotential: Bool { true }
}

enum ComplexPartial: ComplexSeason {
  static var hasLevel: Bool { true }
  static var hasTerm: Bool { true }
  static var hasPotential: Bool { false }
}

enum ComplexFull: ComplexSeason {
  static var hasLevel: Bool { true }
  static var hasTerm: Bool { true }
  static var hasPotential: Bool { true }
}

/// One complex pair: a value and its information potential.
struct ComplexPair<Value> {
  var value: Value
  var potential: Value
}

extension ComplexPair where Value == SIMD8<Double> {
  /// v' = v − (1 − a₁)p + (a₀ − a₁)ε, p' = v + (1 − a₀)p + (a₀ + a₁)ε: equation (10) of the paper.
  @inline(__always)
  func advanced(_ a0: Value, _ a1: Value, error: Value) -> ComplexPair {
    ComplexPair(
      value: value - (1 - a1) * potential + (a0 - a1) * error,
      potential: value + (1 - a0) * potential + (a0 + a1) * error)
  }

  @inline(__always)
  func advanced(_ a0: Value, _ a1: Value) -> ComplexPair {
    ComplexPair(value: value - (1 - a1) * potential, potential: value + (1 - a0) * potential)
  }
}

/// The states of eight points while they run over a series: the level, and a ring of seasonal terms, that of time t at
/// t mod m.
struct ComplexRun {
  typealias Lanes = SIMD8<Double>
  var level: ComplexPair<Lanes>
  var terms: [Lanes]
  var potentials: [Lanes]

  init(_ start: borrowing ComplexStart) {
    level = ComplexPair(
      value: Lanes(repeating: start.level.value), potential: Lanes(repeating: start.level.potential))
    terms = start.terms.map { Lanes(repeating: $0) }
    potentials = start.potentials.map { Lanes(repeating: $0) }
  }

  mutating func reset(_ start: borrowing ComplexStart) {
    level = ComplexPair(
      value: Lanes(repeating: start.level.value), potential: Lanes(repeating: start.level.potential))
    for phase in terms.indices { terms[phase] = Lanes(repeating: start.terms[phase]) }
    for phase in potentials.indices { potentials[phase] = Lanes(repeating: start.potentials[phase]) }
  }

  /// Forward, backward and forward again, in the loop of the form.
  @inline(__always)
  mutating func backcastAndRun(
    _ form: ComplexExponentialSmoothing.Form, _ values: Span<Double>, _ points: ComplexPoints,
    _ onError: (Int, Lanes) -> Void
  ) {
    switch form {
    case .none: backcastAndRun(values, points, ComplexNone.self, onError)
    case .simple: backcastAndRun(values, points, ComplexSimple.self, onError)
    case .partial: backcastAndRun(values, points, ComplexPartial.self, onError)
    case .full: backcastAndRun(values, points, ComplexFull.self, onError)
    }
  }

  /// Forward, backward and forward again: the first two passes give the initial states of the last ("backcasting").
  @inline(__always)
  mutating func backcastAndRun<Season: ComplexSeason>(
    _ values: Span<Double>, _ points: ComplexPoints, _ season: Season.Type, _ onError: (Int, Lanes) -> Void
  ) {
    run(values, points, season, isForward: true) { _, _ in }
    turn(points, season)
    run(values, points, season, isForward: false) { _, _ in }
    turn(points, season)
    run(values, points, season, isForward: true, onError)
  }

  /// The states just beyond the end of a pass, where the pass in the other direction starts.
  @inline(__always)
  private mutating func turn<Season: ComplexSeason>(_ points: ComplexPoints, _: Season.Type) {
    if Season.hasLevel { level = level.advanced(points.alpha0, points.alpha1) }
    guard Season.hasTerm, Season.hasPotential else { return }
    let (a0, a1) = Season.hasLevel ? (points.beta0, points.beta1) : (points.alpha0, points.alpha1)
    for phase in terms.indices {
      let pair = ComplexPair(value: terms[phase], potential: potentials[phase]).advanced(a0, a1)
      (terms[phase], potentials[phase]) = (pair.value, pair.potential)
    }
  }

  @inline(__always)
  private mutating func run<Season: ComplexSeason>(
    _ values: Span<Double>, _ points: ComplexPoints, _: Season.Type, isForward: Bool, _ onError: (Int, Lanes) -> Void
  ) {
    let (a0, a1, b0, b1) = (points.alpha0, points.alpha1, points.beta0, points.beta1)
    let season = terms.count
    let last = values.count - 1
    var phase = Season.hasTerm ? (isForward ? 0 : last % season) : 0
    var current = level
    for step in values.indices {
      let time = isForward ? step : last - step
      // 1. The error; an unknown value has none.
      let term = Season.hasTerm ? terms[phase] : Lanes.zero
      var error = Lanes(repeating: values[time])
      if Season.hasLevel { error -= current.value }
      if Season.hasTerm { error -= term }
      if values[time].isNaN { error = .zero } else { onError(time, error) }
      // 2. The level with its potential.
      if Season.hasLevel { current = current.advanced(a0, a1, error: error) }
      // 3. The seasonal term, with or without one.
      if Season.hasPotential {
        let pair = ComplexPair(value: term, potential: potentials[phase])
        let next = Season.hasLevel ? pair.advanced(b0, b1, error: error) : pair.advanced(a0, a1, error: error)
        (terms[phase], potentials[phase]) = (next.value, next.potential)
      } else if Season.hasTerm {
        terms[phase] = term + b0 * error
      }
      if Season.hasTerm {
        phase = isForward ? (phase + 1 == season ? 0 : phase + 1) : (phase == 0 ? season - 1 : phase - 1)
      }
    }
    level = current
  }
}

/// Where the first pass starts; the passes after it correct this.
struct ComplexStart {
  var level = ComplexPair(value: 0.0, potential: 0.0)
  var terms: [Double] = []
  var potentials: [Double] = []

  /// The potential of a steady state is a little below its value.
  private static let potentialShare = 1 / 1.1
  /// The values whose mean starts a level without a season.
  private static let levelCount = 10

  init(_ form: ComplexExponentialSmoothing.Form, _ values: Span<Double>, season: Int) {
    let mean = Self.mean(values, first: form == .none ? Self.levelCount : season)
    level = ComplexPair(value: mean, potential: mean * Self.potentialShare)
    switch form {
    case .none: return
    case .simple:
      level = ComplexPair(value: 0, potential: 0)
      terms = (0..<season).map { values[$0].isNaN ? mean : values[$0] }
    case .partial, .full:
      terms = SeasonalDecomposition(.additive, values, season: season).indices
    }
    if form != .partial { potentials = terms.map { $0 * Self.potentialShare } }
  }

  /// The mean of the first known values.
  private static func mean(_ values: Span<Double>, first count: Int) -> Double {
    var sum = 0.0
    var known = 0.0
    for time in values.indices where !values[time].isNaN {
      if time >= count, known > 0 { break }
      sum += values[time]
      known += 1
    }
    return sum / known
  }
}
