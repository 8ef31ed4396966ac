import Foundation

/// Monthly series that are watched together: each is measured against the movement of the others.
public struct WatchedPanel: Sendable {
  /// Units, series after series, months contiguous; NaN is unknown.
  public var values: [Double]
  public let seriesCount: Int
  public let monthCount: Int
  /// Ways to group the series (by channel, by region): a group's number of every series.
  public var groupings: [[Int]]

  public init(values: [Double], seriesCount: Int, monthCount: Int, groupings: [[Int]] = []) {
    precondition(values.count == seriesCount * monthCount, "a panel must fill series × months")
    self.values = values
    self.seriesCount = seriesCount
    self.monthCount = monthCount
    self.groupings = groupings
  }
}

/// What was to be expected of every series in every month, as seen from the month before, and how far off it was.
///
/// In logarithms, yᵢₜ = ln(1 + units):
///
///     yᵢₜ = ℓᵢₜ + cₜ + g(i)ₜ + eᵢₜ,    ℓᵢ,ₜ₊₁ = ℓᵢₜ + α·ψ(eᵢₜ),    Var eᵢₜ = fᵢ·(a + b / e^ℓᵢ)
///
/// The season is taken out by the other series, which live in the same month: cₜ is the robust mean of all deviations
/// yᵢₜ − ℓᵢₜ, and g that of a group, shrunk towards none; so holidays that move in the calendar, price rounds and
/// whatever else moves everybody is no alarm. With fewer than four series the same month of the year before takes
/// their place (yₜ − yₜ₋₁₂ is watched). ψ cuts errors off at 2.5 spreads, so that one outlier does not move the level.
/// The variance follows the size of the series; fᵢ is the series' own factor, drawn to 1 with the weight of six months.
///
/// Sources: the local level and its prediction error of Harvey, *Forecasting, Structural Time Series Models and the
/// Kalman Filter* (1989); robust updates after Gelper, Fried & Croux, "Robust forecasting with exponential and
/// Holt–Winters smoothing" (Journal of Forecasting 29, 2010); M-estimation of location after Huber (Annals of
/// Mathematical Statistics 35, 1964). Cost: O(series · months), and a sort of each month's deviations.
public struct ExpectedCourse: Sendable {
  public let seriesCount: Int
  public let monthCount: Int
  /// ln(1 + units); NaN where unknown.
  public private(set) var logs: [Double]
  /// The level before the month; NaN before the second month of a series.
  public private(set) var level: [Double]
  /// What the month brings to everybody of its kind.
  public private(set) var offset: [Double]
  /// The standard deviation of a forecast of the month, with the uncertainty of the level.
  public private(set) var spread: [Double]
  /// The standardised error; NaN where the month cannot be judged.
  public private(set) var error: [Double]

  /// The smoothing weight α.
  static let weight = 0.25
  /// A series is judged from its seventh month on.
  static let warmUp = 6
  static let cut = 2.5
  /// Mean of min(z², 6.25) for a standard normal z.
  private static let cutVariance = 0.925
  private static let fewestPeers = 4
  /// Variance of group effects: a tenth of a group's movement is its own.
  private static let groupVariance = 0.0036
  /// The weight of the common variance in a series' own, in months.
  private static let priorMonths = 6.0

  public init(_ panel: WatchedPanel) {
    let cells = panel.values.count
    (seriesCount, monthCount) = (panel.seriesCount, panel.monthCount)
    logs = panel.values.map { $0 >= 0 ? log(1 + $0) : .nan }
    level = [Double](repeating: .nan, count: cells)
    (offset, spread, error) = ([Double](repeating: 0, count: cells), level, level)
    var state = State(seriesCount: seriesCount)
    for month in 0..<monthCount { step(month, panel.groupings, &state) }
  }

  private struct State {
    var level: [Double]
    var months: [Int]
    var squares: [Double]
    var noise = NoiseModel()

    init(seriesCount: Int) {
      level = Array(repeating: .nan, count: seriesCount)
      months = Array(repeating: 0, count: seriesCount)
      squares = Array(repeating: 0, count: seriesCount)
    }

    /// Variance of an error around a level that is known.
    func variance(_ series: Int) -> Double {
      let priors = ExpectedCourse.priorMonths
      let factor =
        (priors + squares[series] / ExpectedCourse.cutVariance) / (priors + Double(max(0, months[series] - 1)))
      return noise.variance(level[series]) * factor
    }
  }

  private mutating func step(_ month: Int, _ groupings: [[Int]], _ state: inout State) {
    // 1. Whom the month tells something about, and the movement that they share.
    let present = (0..<seriesCount).filter { !logs[$0 * monthCount + month].isNaN }
    let judged = present.filter { state.months[$0] >= Self.warmUp }
    let isAlone = present.count < Self.fewestPeers
    if isAlone {
      for series in present { offset[series * monthCount + month] = lastYear(series, month) }
    } else {
      let common = movement(month, judged.isEmpty ? present : judged, groupings, state)
      for series in 0..<seriesCount { offset[series * monthCount + month] = common[series] }
    }
    // 2. Errors, and the next levels.
    for series in present {
      let cell = series * monthCount + month
      let deviation = logs[cell] - offset[cell]
      guard !deviation.isNaN else { continue }
      guard !state.level[series].isNaN else {
        state.level[series] = deviation
        state.months[series] = 1
        continue
      }
      let weight = max(Self.weight, 1 / Double(state.months[series] + 1))
      let inflation = 1 + weight / (2 - weight)
      let variance = state.variance(series)
      let miss = deviation - state.level[series]
      level[cell] = state.level[series]
      spread[cell] = (variance * inflation).squareRoot()
      if state.months[series] >= Self.warmUp { error[cell] = miss / spread[cell] }
      let limit = state.months[series] >= Self.warmUp ? Self.cut * variance.squareRoot() : .infinity
      let base = state.noise.variance(state.level[series]) * inflation
      state.level[series] += weight * min(max(miss, -limit), limit)
      state.months[series] += 1
      state.squares[series] += min(miss * miss / base, Self.cut * Self.cut)
      if state.months[series] > 3 { state.noise.add(level: state.level[series], square: miss * miss / inflation) }
    }
    if month >= 8, month % 3 == 0 { state.noise.fit() }
  }

  /// The same month of the year before, in place of peers; NaN where it is unknown.
  private func lastYear(_ series: Int, _ month: Int) -> Double {
    month >= 12 ? logs[series * monthCount + month - 12] : .nan
  }

  /// The shared movement of every series: of all, of its groups.
  private func movement(_ month: Int, _ known: [Int], _ groupings: [[Int]], _ state: State) -> [Double] {
    let measured = known.filter { !state.level[$0].isNaN }
    guard !measured.isEmpty else { return [Double](repeating: 0, count: seriesCount) }
    let weights = measured.map { 1 / state.variance($0) }
    var rest = measured.map { logs[$0 * monthCount + month] - state.level[$0] }
    let all = Self.centre(rest, weights)
    var movement = [Double](repeating: all, count: seriesCount)
    for index in rest.indices { rest[index] -= all }
    for grouping in groupings {
      // Members of each group, by their place among those measured.
      let count = (grouping.max() ?? -1) + 1
      var members = [[Int]](repeating: [], count: count)
      for (place, series) in measured.enumerated() { members[grouping[series]].append(place) }
      var effects = [Double](repeating: 0, count: count)
      for (group, places) in members.enumerated() where places.count >= 3 {
        let weight = places.reduce(0) { $0 + weights[$1] }
        let shrink = Self.groupVariance / (Self.groupVariance + 1.2 / weight)
        effects[group] = shrink * Self.centre(places.map { rest[$0] }, places.map { weights[$0] })
      }
      for (place, series) in measured.enumerated() { rest[place] -= effects[grouping[series]] }
      for series in 0..<seriesCount { movement[series] += effects[grouping[series]] }
    }
    return movement
  }

  /// Huber's location of values with weights 1/variance: from the weighted median, ten steps.
  static func centre(_ values: [Double], _ weights: [Double]) -> Double {
    let order = values.indices.sorted { values[$0] < values[$1] }
    let half = weights.reduce(0, +) / 2
    var (sum, centre) = (0.0, 0.0)
    for index in order {
      sum += weights[index]
      centre = values[index]
      if sum >= half { break }
    }
    for _ in 0..<10 {
      var (top, bottom) = (0.0, 0.0)
      for (value, weight) in zip(values, weights) {
        let distance = abs(value - centre) * weight.squareRoot()
        let tempered = distance <= 1.5 ? weight : weight * 1.5 / distance
        top += tempered * value
        bottom += tempered
      }
      guard bottom > 0 else { break }
      centre = top / bottom
    }
    return centre
  }

  /// Units below which the month lies with the chance of a standard normal value below `z`; NaN where unknown.
  public func units(series: Int, month: Int, z: Double = 0, level known: Double? = nil) -> Double {
    let cell = series * monthCount + month
    let value = (known ?? level[cell]) + offset[cell] + (z == 0 ? 0 : z * spread[cell])
    return value.isFinite ? max(0, exp(min(value, 700)) - 1) : .nan
  }
}

/// Variance of monthly errors by the size of a series: a + b / units, the first for what moves a market, the second for
/// the chance of single orders. Least squares on squared errors, weighted by 1/variance², each cut off at 6.25 times
/// what was expected of it.
struct NoiseModel {
  private var common = 0.08
  private var single = 1.0
  private var inverses: [Double] = []
  private var squares: [Double] = []
  private var next = 0
  private static let memory = 4000

  func variance(_ level: Double) -> Double { common + single / max(0.5, exp(min(level, 50))) }

  mutating func add(level: Double, square: Double) {
    let inverse = 1 / max(0.5, exp(min(level, 50)))
    if inverses.count < Self.memory {
      inverses.append(inverse)
      squares.append(square)
    } else {
      (inverses[next], squares[next]) = (inverse, square)
      next = (next + 1) % Self.memory
    }
  }

  mutating func fit() {
    guard inverses.count >= 30 else { return }
    for _ in 0..<6 {
      var (n, x, xx, y, xy) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for (inverse, square) in zip(inverses, squares) {
        let expected = common + single * inverse
        let value = min(square, 6.25 * expected) / 0.925
        let weight = 1 / (expected * expected)
        n += weight
        x += weight * inverse
        xx += weight * inverse * inverse
        y += weight * value
        xy += weight * inverse * value
      }
      let determinant = n * xx - x * x
      guard determinant > 1e-12 * n * xx else {
        // All of one size: there is only one variance to know.
        common = max(0.0005, y / n - single * x / n)
        continue
      }
      common = max(0.0005, (xx * y - x * xy) / determinant)
      single = max(0.1, (n * xy - x * y) / determinant)
    }
  }
}
