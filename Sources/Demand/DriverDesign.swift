internal import ChannelTypes
internal import Glibc
internal import LinearAlgebra

/// The regressors of the driver regression, seen from one origin: what the history before `end` holds, and what can be
/// said at `end` about the periods after it.
///
/// Columns: the drivers (prices as logarithms), a trend in years, Fourier terms of the yearly season, and the calendar's
/// events. The trend is damped after the origin with a half-life of one year.
struct DriverDesign: Sendable {
  let names: [String]
  let forms: [DriverColumn.Form?]
  let end: Int
  let horizon: Int
  let driverCount: Int
  /// Drivers of which nobody has said what they will be.
  let assumedDrivers: [Int]
  let season: Int
  /// Driver × series × (end + horizon): transformed values, NaN where unknown.
  private let drivers: [Double]
  private let seriesCount: Int
  /// Time × common column.
  private let common: [Double]

  var columnCount: Int { names.count }
  private var span: Int { end + horizon }

  /// - Parameter knownAhead: takes the drivers after the origin from the history, as if they had been planned.
  init(_ panel: DemandPanel, end: Int, horizon: Int, events: Bool, knownAhead: Bool) {
    self.end = end
    self.horizon = horizon
    drivers = panel.drivers.flatMap { Self.transformed($0, panel, end, horizon, knownAhead) }
    driverCount = panel.drivers.count
    seriesCount = panel.seriesCount
    assumedDrivers = knownAhead ? [] : panel.drivers.indices.filter { panel.drivers[$0].planned.isEmpty }
    let season = panel.frequency.periodsPerYear
    self.season = season
    let harmonics = Self.harmonics(season: season, periods: end)
    let span = end + horizon
    // 1. A trend in years, zero at the origin.
    var columns = (0..<span).map { Self.trend($0, end: end, season: season) }
    var commonNames = ["trend"]
    // 2. Fourier terms of the season.
    for harmonic in 0..<harmonics {
      let turn = 2 * Double.pi * Double(harmonic + 1) / Double(season)
      columns.append(contentsOf: (0..<span).map { sin(turn * Double($0)) })
      commonNames.append("season_sin\(harmonic + 1)")
      guard 2 * (harmonic + 1) < season else { continue }
      columns.append(contentsOf: (0..<span).map { cos(turn * Double($0)) })
      commonNames.append("season_cos\(harmonic + 1)")
    }
    // 3. Events, where the history has seen them in two years at least. A full season has those of fixed date already.
    if events, panel.firstPeriod.form != .number, end >= 2 * season {
      let shares = (0..<span).map { ChineseEvents.shares(of: panel.firstPeriod.advanced(by: $0)) }
      for (index, name) in ChineseEvents.names.enumerated() {
        let column = shares.map { $0[index] }
        let isSeasonal = ChineseEvents.fixedNames.contains(name) && 2 * harmonics >= season
        guard !isSeasonal, column[..<end].contains(where: { $0 > 0 }) else { continue }
        columns.append(contentsOf: column)
        commonNames.append(name)
      }
    }
    common = columns
    names = panel.drivers.map(\.name) + commonNames
    forms = panel.drivers.map(\.form) + commonNames.map { _ in nil }
  }

  /// The regressors of a series at a time; NaN where a driver is unknown.
  @inline(__always)
  func value(_ column: Int, series: Int, time: Int) -> Double {
    column < driverCount
      ? drivers[(column * seriesCount + series) * span + time]
      : common[(column - driverCount) * span + time]
  }

  /// Whether any of the series states the column before the origin.
  func isKnown(_ column: Int, inAnyOf members: [Int]) -> Bool {
    members.contains { series in (0..<end).contains { !value(column, series: series, time: $0).isNaN } }
  }

  /// The trend, and after it the columns of season and events, which are the same for all series.
  var trendColumn: Int { driverCount }
  var seasonColumns: Range<Int> { driverCount + 1..<columnCount }

  /// The part of xᵀb that season and events make.
  func season(_ coefficients: ArraySlice<Double>, time: Int) -> Double {
    seasonColumns.reduce(0) { sum, column in
      sum + coefficients[coefficients.startIndex + column] * common[(column - driverCount) * span + time]
    }
  }

  /// xᵀb, over the columns with a coefficient.
  @inline(__always)
  func predictor(_ coefficients: ArraySlice<Double>, series: Int, time: Int) -> Double {
    var sum = 0.0
    for (column, coefficient) in coefficients.enumerated() where coefficient != 0 {
      sum += coefficient * value(column, series: series, time: time)
    }
    return sum
  }

  /// What the ups and downs of assumed drivers add to the logarithm of expected demand, beyond their means:
  /// log of the mean of exp(d − d̄) over the last year, d their part of xᵀb. A promotion that runs in some weeks lifts
  /// demand by more than its mean lifts the logarithm.
  func swing(_ coefficients: ArraySlice<Double>, series: Int) -> Double {
    var parts: [Double] = []
    for time in max(0, end - season)..<end {
      let part = assumedDrivers.reduce(0.0) { sum, column in
        let coefficient = coefficients[coefficients.startIndex + column]
        return coefficient == 0 ? sum : sum + coefficient * value(column, series: series, time: time)
      }
      if !part.isNaN { parts.append(part) }
    }
    guard !parts.isEmpty else { return 0 }
    let mean = parts.reduce(0, +) / Double(parts.count)
    return min(0.5, log(parts.reduce(0) { $0 + exp($1 - mean) } / Double(parts.count)))
  }

  /// As many harmonics as the seen seasons can tell apart from noise; none below a season and a half. Three years of
  /// months give each month its own term: a month that stands out alone is beyond four harmonics.
  private static func harmonics(season: Int, periods: Int) -> Int {
    guard season > 1, 2 * periods >= 3 * season else { return 0 }
    let seasons = Double(periods) / Double(season)
    return min(season / 2, seasons < 2 ? 2 : seasons < 3 ? 3 : season <= 12 ? 6 : 4)
  }

  private static func trend(_ time: Int, end: Int, season: Int) -> Double {
    let years = Double(time - end + 1) / Double(season)
    // ∫ 2^(−u) du from 0 to `years`.
    return years <= 0 ? years : (1 - exp2(-years)) / log(2)
  }

  /// Values before the origin; then what is planned; else a price takes its mean over the last quarter-year (of
  /// logarithms), and anything else the mean of the same period in earlier years (over a long season: of the last year).
  private static func transformed(
    _ driver: DriverColumn, _ panel: DemandPanel, _ end: Int, _ horizon: Int, _ knownAhead: Bool
  ) -> [Double] {
    let count = panel.periodCount
    let season = panel.frequency.periodsPerYear
    let form = driver.form
    let isPlanned = knownAhead || !driver.planned.isEmpty
    let plannedCount = panel.seriesCount > 0 ? driver.planned.count / panel.seriesCount : 0
    var result: [Double] = []
    result.reserveCapacity(panel.seriesCount * (end + horizon))
    for series in 0..<panel.seriesCount {
      let history = driver.values[series * count..<series * count + end].map { form == .elasticity ? ratio($0) : $0 }
      let recent = history.suffix(max(1, season / 4)).filter { !$0.isNaN }
      let last = recent.isEmpty ? history.last { !$0.isNaN } ?? .nan : recent.reduce(0, +) / Double(recent.count)
      result.append(contentsOf: history)
      for time in end..<end + horizon {
        var value = Double.nan
        if isPlanned, time < count { value = driver.values[series * count + time] }
        if time >= count, time - count < plannedCount { value = driver.planned[series * plannedCount + time - count] }
        if form == .elasticity { value = ratio(value) }
        if value.isNaN { value = form == .elasticity ? last : typical(history, time: time, season: season) }
        result.append(value)
      }
    }
    return result
  }

  /// Prices act by their ratios.
  private static func ratio(_ price: Double) -> Double { price > 0 ? log(price) : .nan }

  private static func typical(_ history: [Double], time: Int, season: Int) -> Double {
    var same: [Double] = []
    if season <= 12 {
      for earlier in stride(from: time - season, through: 0, by: -season) where earlier < history.count {
        if !history[earlier].isNaN { same.append(history[earlier]) }
      }
    }
    if same.isEmpty { same = history.suffix(season).filter { !$0.isNaN } }
    return same.isEmpty ? .nan : same.reduce(0, +) / Double(same.count)
  }
}
