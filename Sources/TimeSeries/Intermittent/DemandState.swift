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
  static let count = 15

  private var row: SIMD16<Double>
  /// The mean excess of the series over the least demand, and its rate of demand.
  private let mean: Double
  private let rate: Double
  private let least: Double

  /// Where the state alone would put the probability: all memories share the weight.
  static let occurrenceStart: SIMD16<Double> = {
    var start = SIMD16<Double>()
    for column in [1, 2, 3, 14] { start[column] = 0.25 }
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
  /// demands; logit of the rate of occurrence without forgetting. The columns of the step are left open.
  init(_ state: DemandState, _ typical: TypicalDemand) {
    row = SIMD16()
    row[0] = 1
    // 1. Occurrence, drawn towards the panel's rate as if one more period had shown it.
    let rates = (state.occurrences + typical.occurrence) / (state.periods + 1)
    for lane in 1...3 { row[lane] = logit(rates[lane]) - typical.logitOccurrence }
    // 2. Size, drawn towards that of the panel by credibility, and each memory towards the whole.
    let occurrences = state.occurrences[0]
    let (size, weight) = (typical.size(besides: state), typical.credibility)
    let excess = state.amounts - typical.least * state.occurrences
    let mean = (excess[0] + weight * typical.excess(of: size)) / (occurrences + weight)
    let recent = (excess + 3 * mean) / (state.occurrences + 3)
    row[4] = log(mean) - typical.logExcess
    for lane in 1...3 { row[4 + lane] = log(recent[lane] / mean) }
    // 3. The rest.
    row[8] = log(1 + state.idle)
    let meanSize = (state.amounts[0] + weight * size) / (occurrences + weight)
    let square = (state.squares + weight * (1 + typical.dispersion) * size * size) / (occurrences + weight)
    row[9] = log(square / (meanSize * meanSize))
    row[10] = log(1 + occurrences)
    row[14] = logit(rates[0]) - typical.logitOccurrence
    self.mean = mean
    least = typical.least
    rate = rates[0]
  }

  /// The row for what happens in the `length` periods that start `step` ahead: logarithm of the step; how much more often
  /// there was demand in those phases of the season than in others, and how much larger it was.
  func row(step: Int, length: Int, time: Int, _ phases: SeasonalDemand) -> SIMD16<Double> {
    var complete = row
    complete[11] = log(Double(step))
    guard phases.season > 1 else { return complete }
    // Each phase is drawn towards the whole series as if it had been seen twice more, with three more demands.
    var (chance, size) = (0.0, 0.0)
    for ahead in step..<step + min(length, phases.season) {
      let (periods, occurrences, amounts) = phases[time + ahead]
      let share = (occurrences + 2 * rate) / (periods + 2)
      chance += share
      size += share * (amounts - least * occurrences + 3 * mean) / (occurrences + 3)
    }
    size /= chance
    chance /= Double(min(length, phases.season))
    complete[12] = logit(chance) - logit(rate)
    complete[13] = log(size / mean)
    return complete
  }
}

/// Demand by phase of the season, without forgetting.
struct SeasonalDemand {
  let season: Int
  /// Known periods, periods with demand and amounts of each phase.
  private var sums: [Double]

  init(season: Int) {
    self.season = season
    sums = [Double](repeating: 0, count: season > 1 ? 3 * season : 0)
  }

  mutating func observe(_ value: Double, time: Int) {
    guard season > 1, !value.isNaN else { return }
    let place = time % season * 3
    sums[place] += 1
    guard value > 0 else { return }
    sums[place + 1] += 1
    sums[place + 2] += value
  }

  mutating func removeAll() {
    for index in sums.indices { sums[index] = 0 }
  }

  subscript(time: Int) -> (periods: Double, occurrences: Double, amounts: Double) {
    let place = time % season * 3
    return (sums[place], sums[place + 1], sums[place + 2])
  }
}

func logit(_ probability: Double) -> Double { log(probability / (1 - probability)) }
