public import TimeSeries

/// Many series with drivers: variables that explain them, known over the history and, where somebody has said so, over
/// the periods to come.
///
/// Series may begin and end in different periods; `firstTimes` places them on a common calendar, which matters where
/// drivers of one series explain another. NaN is unknown, for values and for drivers alike.
public struct DriverPanel: Sendable {
  /// Periods after the end of each series for which drivers may be stated.
  public let horizon: Int
  public let drivers: [String]
  /// Names of the keys by which series are grouped: `store`, `brand`.
  public let factors: [String]
  /// The histories.
  public private(set) var series: SeriesPanel
  /// The running number of the first period of each series.
  public private(set) var firstTimes: [Int] = []
  /// Levels of each factor in the order in which they were met.
  public private(set) var levels: [[String]]
  /// Series × factor: index into the factor's levels.
  private var codes: [Int] = []
  /// Series after series, driver after driver: history and horizon.
  private var values: [Double] = []
  private var starts: [Int] = [0]
  private var positions: [[String: Int]]

  public init(drivers: [String], factors: [String] = [], horizon: Int, season: Int) {
    precondition(horizon >= 1, "a forecast has at least one period")
    self.drivers = drivers
    self.factors = factors
    self.horizon = horizon
    series = SeriesPanel(season: season)
    levels = factors.map { _ in [] }
    positions = factors.map { _ in [:] }
  }

  public var count: Int { series.count }

  /// Adds a series at the end.
  /// - Parameters:
  ///   - history: oldest first.
  ///   - drivers: one column per driver, each over the history and the `horizon` periods after it. Shorter columns are
  ///     unknown from there on.
  ///   - levels: one per factor.
  ///   - firstTime: the running number of the first period.
  public mutating func append(_ history: [Double], drivers: [[Double]], levels: [String] = [], firstTime: Int = 0) {
    precondition(drivers.count == self.drivers.count && levels.count == factors.count, "a series of another shape")
    let length = history.count + horizon
    for column in drivers {
      values.append(contentsOf: column.prefix(length))
      values.append(contentsOf: repeatElement(.nan, count: max(0, length - column.count)))
    }
    starts.append(values.count)
    for (factor, level) in levels.enumerated() {
      let next = self.levels[factor].count
      let code = positions[factor][level] ?? next
      if code == next {
        positions[factor][level] = next
        self.levels[factor].append(level)
      }
      codes.append(code)
    }
    firstTimes.append(firstTime)
    series.append(history.span)
  }

  /// The values of a driver of a series, over its history and the horizon.
  public func values(ofDriver driver: Int, series index: Int) -> ArraySlice<Double> {
    let length = series.length(ofSeries: index) + horizon
    let start = starts[index] + driver * length
    return values[start..<start + length]
  }

  /// The index of the level of a series in ``levels``.
  public func level(ofFactor factor: Int, series: Int) -> Int { codes[series * factors.count + factor] }
}
