internal import Glibc
internal import TimeSeries

/// Which columns beside the drivers themselves enter the regression.
struct DriverTerms: Sendable, Hashable {
  /// The factor within whose levels the drivers of the other series count (prices of competing goods); nil for none.
  var othersWithin: Int?
  /// Pairs of Fourier terms of the season.
  var harmonics = 0
  /// A trend by series, damped after the origin.
  var trend = false
  /// The drivers of the period before (stocking up when it is cheap, buying less afterwards).
  var lag = false
}

/// The columns of the regression, written for one series at a time: drivers, drivers of the period before, drivers of
/// other series, season, trend.
struct DriverRegressors: Sendable {
  let names: [String]
  let forms: [DriverColumn.Form]
  private let terms: DriverTerms
  private let table: DriverTable
  private let othersOf: [Int]
  /// Per driver of others: its values over all series.
  private let others: [[Double]]

  var count: Int { names.count }

  init(_ table: DriverTable, _ terms: DriverTerms) {
    let drivers = table.panel.drivers.indices
    self.table = table
    self.terms = terms
    let othersOf = terms.othersWithin == nil ? [] : drivers.filter { table.transform.forms[$0] == .elasticity }
    self.othersOf = othersOf
    others = terms.othersWithin.map { factor in othersOf.map { table.others($0, factor: factor) } } ?? []
    var names = table.panel.drivers
    var forms = table.transform.forms
    if terms.lag {
      names += drivers.map { table.panel.drivers[$0] + "_before" }
      forms += table.transform.forms
    }
    if let factor = terms.othersWithin {
      names += othersOf.map { "\(table.panel.drivers[$0])_of_others_in_\(table.panel.factors[factor])" }
      forms += othersOf.map { table.transform.forms[$0] }
    }
    for harmonic in 0..<terms.harmonics { names += ["season_sin\(harmonic + 1)", "season_cos\(harmonic + 1)"] }
    if terms.trend { names.append("trend") }
    forms += repeatElement(.semiElasticity, count: names.count - forms.count)
    self.names = names
    self.forms = forms
  }

  /// Writes the regressors of a series, period after period, for `end` periods of its history and `steps` after them;
  /// NaN where a driver is unknown in the history. After the origin no value is unknown.
  func fill(_ rows: inout [Double], series: Int, end: Int, steps: Int) {
    let width = count
    let span = end + steps
    rows.removeAll(keepingCapacity: true)
    rows.append(contentsOf: repeatElement(0, count: span * width))
    var column = 0
    for driver in table.panel.drivers.indices {
      let values = table.known(driver, series: series, end: end, steps: steps)
      for time in 0..<span { rows[time * width + column] = values[time] }
      if terms.lag {
        let lagged = column + table.panel.drivers.count
        for time in 0..<span { rows[time * width + lagged] = values[max(0, time - 1)] }
      }
      column += 1
    }
    if terms.lag { column += table.panel.drivers.count }
    for (driver, values) in zip(othersOf, others) {
      table.others(values, driver: driver, series: series, end: end, steps: steps) { time, value in
        rows[time * width + column] = value
      }
      column += 1
    }
    let season = Double(table.panel.series.season)
    let first = table.panel.firstTimes[series]
    for harmonic in 0..<terms.harmonics {
      let turn = 2 * Double.pi * Double(harmonic + 1) / season
      for time in 0..<span {
        rows[time * width + column] = sin(turn * Double(first + time))
        rows[time * width + column + 1] = cos(turn * Double(first + time))
      }
      column += 2
    }
    guard terms.trend else { return }
    // In seasons, or in dozens of periods without one; damped after the origin with a half-life of one.
    let unit = season > 1 ? season : 12
    for time in 0..<span {
      let age = Double(time - end + 1) / unit
      rows[time * width + column] = age <= 0 ? age : (1 - exp2(-age)) / log(2)
    }
  }
}

/// The transformed drivers of a panel.
struct DriverTable: Sendable {
  let panel: DriverPanel
  let transform: DriverTransform
  /// Per driver: whether anything is known about it after the histories.
  private let isPlanned: [Bool]
  /// Factor × level → series.
  private let members: [[[Int]]]
  /// Mean size of each series: its weight among others.
  private let sizes: [Double]
  /// Where the periods of each series lie in a column over all series, histories and horizons.
  private let starts: [Int]
  /// Series after series, driver after driver.
  private let transformed: [Double]

  init(_ panel: DriverPanel, _ transform: DriverTransform) {
    self.panel = panel
    self.transform = transform
    var (starts, transformed) = ([0], [Double]())
    for series in 0..<panel.count {
      starts.append(starts[series] + panel.series.length(ofSeries: series) + panel.horizon)
      for driver in panel.drivers.indices {
        for value in panel.values(ofDriver: driver, series: series) {
          transformed.append(transform.driver(value, driver))
        }
      }
    }
    self.starts = starts
    self.transformed = transformed
    isPlanned = panel.drivers.indices.map { driver in
      (0..<panel.count).contains { series in
        panel.values(ofDriver: driver, series: series).suffix(panel.horizon).contains { !$0.isNaN }
      }
    }
    members = panel.factors.indices.map { factor in
      var members = [[Int]](repeating: [], count: panel.levels[factor].count)
      for series in 0..<panel.count { members[panel.level(ofFactor: factor, series: series)].append(series) }
      return members
    }
    sizes = (0..<panel.count).map { series in
      let known = panel.series.values(ofSeries: series).filter { !$0.isNaN }
      return known.isEmpty ? 0 : known.reduce(0) { $0 + abs($1) } / Double(known.count)
    }
  }

  /// A driver as it is known at the origin: a driver that nobody has planned takes its mean over the last season where
  /// it acts by differences, and over the last quarter of a season where it acts by ratios, as prices do.
  func known(_ driver: Int, series: Int, end: Int, steps: Int) -> [Double] {
    let start = starts[series] * panel.drivers.count + driver * length(series)
    var values = Array(transformed[start..<start + end + steps])
    if !isPlanned[driver] { for time in end..<end + steps { values[time] = .nan } }
    guard values[end...].contains(where: \.isNaN) || values[..<end].allSatisfy(\.isNaN) else { return values }
    let season = max(4, panel.series.season)
    let span = transform.forms[driver] == .elasticity ? max(1, season / 4) : season
    var recent = values[max(0, end - span)..<end].filter { !$0.isNaN }
    if recent.isEmpty { recent = values[..<end].last { !$0.isNaN }.map { [$0] } ?? [] }
    let typical = recent.isEmpty ? 0 : recent.reduce(0, +) / Double(recent.count)
    for time in end..<end + steps where values[time].isNaN { values[time] = typical }
    // A driver that this series never states must not cost it all its rows.
    if recent.isEmpty { for time in 0..<end { values[time] = typical } }
    return values
  }

  /// What ``others(_:factor:)`` has for a series, as it is known at the origin.
  func others(_ values: [Double], driver: Int, series: Int, end: Int, steps: Int, _ write: (Int, Double) -> Void) {
    let start = starts[series]
    for time in 0..<end + steps {
      write(time, values[start + (isPlanned[driver] || time < end ? time : max(0, end - 1))])
    }
  }

  /// The mean of a driver over the other series of the same level, weighted by their size, for every series; unknown
  /// values go on as they were. Constant zero where there is no other series.
  /// Complexity: O(levels · members · periods), through sums over the level that each series takes itself out of.
  func others(_ driver: Int, factor: Int) -> [Double] {
    var result = [Double](repeating: 0, count: starts.last ?? 0)
    for group in members[factor] {
      let first = group.reduce(Int.max) { min($0, panel.firstTimes[$1]) }
      let last = group.reduce(Int.min) { max($0, panel.firstTimes[$1] + length($1)) }
      guard first < last else { continue }
      var (sums, weights) = ([Double](repeating: 0, count: last - first), [Double](repeating: 0, count: last - first))
      for series in group {
        visit(driver, series, until: last) { time, value in
          sums[time - first] += sizes[series] * value
          weights[time - first] += sizes[series]
        }
      }
      for series in group {
        var own = [Double](repeating: .nan, count: last - first)
        visit(driver, series, until: last) { time, value in own[time - first] = value }
        var current = 0.0
        for time in 0..<length(series) {
          let place = panel.firstTimes[series] + time - first
          let isOwnKnown = !own[place].isNaN
          let weight = weights[place] - (isOwnKnown ? sizes[series] : 0)
          if weight > 1e-9 * weights[place], weight > 0 {
            current = (sums[place] - (isOwnKnown ? sizes[series] * own[place] : 0)) / weight
          }
          result[starts[series] + time] = current
        }
      }
    }
    return result
  }

  private func length(_ series: Int) -> Int { starts[series + 1] - starts[series] }

  /// Hands on the last known value of a driver for each period from the first known one on.
  private func visit(_ driver: Int, _ series: Int, until last: Int, _ body: (Int, Double) -> Void) {
    let length = length(series)
    let first = panel.firstTimes[series]
    let start = starts[series] * panel.drivers.count + driver * length
    var current = Double.nan
    for time in 0..<max(0, last - first) {
      if time < length, !transformed[start + time].isNaN { current = transformed[start + time] }
      if !current.isNaN { body(first + time, current) }
    }
  }
}
