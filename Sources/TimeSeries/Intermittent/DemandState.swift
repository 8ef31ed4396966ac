internal import Glibc

/// What a series of occasional demand has shown so far: how often, how much, how long ago.
///
/// Every sum is kept at four rates of forgetting side by side, in the lanes of one vector; the first lane forgets
/// nothing. An unknown period ages what is known and adds nothing.
struct DemandState {
  /// Weight that a period loses with each later one. Chosen on held-out origins; results hardly depend on them.
  static let rates = SIMD4(0, 0.03, 0.1, 0.25)

  /// Σ (1 − a)ʲ over the known periods, j periods ago.
  private(set) var periods = SIMD4<Double>()
  /// The same over periods with demand.
  private(set) var occurrences = SIMD4<Double>()
  /// The same over amounts.
  private(set) var amounts = SIMD4<Double>()
  /// Σ of squared amounts.
  private(set) var squares = 0.0
  /// Known periods since the last demand, or since the start.
  private(set) var idle = 0.0

  /// Takes in the next value; a negative value is no demand.
  @inline(__always) mutating func observe(_ value: Double) {
    let retention = 1 - DemandState.rates
    periods *= retention
    occurrences *= retention
    amounts *= retention
    guard !value.isNaN else { return }
    periods += 1
    idle += 1
    if value > 0 {
      occurrences += 1
      amounts += value
      squares += value * value
      idle = 0
    }
  }

  init() {}

  init(_ values: ArraySlice<Double>) {
    for value in values { observe(value) }
  }
}

/// The columns of a row of the pooled regressions: a state as numbers of order one, most of them logarithms of ratios.
struct DemandFeatures {
  /// Columns in use; the rest of the vector stays zero.
  static let count = 12
  /// The column of the logarithm of the step, filled in by whoever asks for that step.
  static let step = 11

  /// Where the state alone would put the probability: the three forgetful rates share the weight.
  static let occurrenceStart: SIMD16<Double> = {
    var start = SIMD16<Double>()
    for column in 1...3 { start[column] = 1.0 / 3 }
    return start
  }()

  /// Where the state alone would put the logarithm of the size.
  static let sizeStart: SIMD16<Double> = {
    var start = SIMD16<Double>()
    for column in 4...7 { start[column] = column == 4 ? 1 : 1.0 / 3 }
    return start
  }()

  /// 1; logit of the rate of occurrence at three memories, over the panel's; logarithm of the mean size over the
  /// panel's; logarithm of the mean size at three memories over that; periods idle; spread of the sizes; number of
  /// demands; step.
  static func row(_ state: DemandState, _ typical: TypicalDemand) -> SIMD16<Double> {
    var row = SIMD16<Double>()
    row[0] = 1
    // 1. Occurrence, drawn towards the panel's rate as if one more period had shown it.
    let rates = (state.occurrences + typical.occurrence) / (state.periods + 1)
    for lane in 1...3 { row[lane] = logit(rates[lane]) - typical.logitOccurrence }
    // 2. Size, drawn towards that of the panel by credibility, and each memory towards the whole.
    let excess = state.amounts - typical.least * state.occurrences
    let mean = (excess[0] + typical.credibility * typical.excess) / (state.occurrences[0] + typical.credibility)
    let recent = (excess + 3 * mean) / (state.occurrences + 3)
    row[4] = log(mean) - typical.logExcess
    for lane in 1...3 { row[4 + lane] = log(recent[lane] / mean) }
    // 3. The rest.
    row[8] = log(1 + state.idle)
    let size =
      (state.amounts[0] + typical.credibility * typical.size) / (state.occurrences[0] + typical.credibility)
    let square =
      (state.squares + typical.credibility * (1 + typical.dispersion) * typical.size * typical.size)
      / (state.occurrences[0] + typical.credibility)
    row[9] = log(square / (size * size))
    row[10] = log(1 + state.occurrences[0])
    return row
  }
}

func logit(_ probability: Double) -> Double { log(probability / (1 - probability)) }
