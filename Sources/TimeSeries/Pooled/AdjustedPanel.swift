/// The series of a panel as pooled models see them: seasonally adjusted, gaps bridged, cut to what still tells.
struct AdjustedPanel: Sendable {
  let season: Int
  let horizon: Int
  /// The adjusted values of series after series; no NaN.
  private(set) var values: [Double] = []
  private(set) var starts: [Int] = [0]
  /// How an adjusted value of each step ahead becomes one in the unit of the series: value · factor + shift;
  /// series × horizon.
  private(set) var factors: [Double] = []
  private(set) var shifts: [Double] = []
  /// The mean absolute change over one season, the unit of MASE; at least a billionth of the level.
  private(set) var scales: [Double] = []
  /// Whether no known value is below zero.
  private(set) var isNonNegative: [Bool] = []

  var count: Int { starts.count - 1 }

  func range(ofSeries series: Int) -> Range<Int> { starts[series]..<starts[series + 1] }
  func length(ofSeries series: Int) -> Int { starts[series + 1] - starts[series] }

  /// - Parameters:
  ///   - isAdjusted: whether a season that passes its test is taken out.
  ///   - memory: what a season keeps of its weight in the indices to the next (``SeasonalDecomposition``).
  ///   - longest: values per series, the latest ones.
  init(_ panel: SeriesPanel, horizon: Int, isAdjusted: Bool = true, memory: Double, longest: Int) {
    season = panel.season
    self.horizon = horizon
    values.reserveCapacity(panel.values.count)
    var column: [Double] = []
    for series in 0..<panel.count {
      let range = panel.range(ofSeries: series)
      // 1. The latest values from the first known one on, gaps bridged.
      column.removeAll(keepingCapacity: true)
      let lastKnown = panel.values[range].lastIndex { $0.isFinite } ?? range.lowerBound
      column.append(contentsOf: panel.values[max(range.lowerBound, lastKnown + 1 - longest)..<range.upperBound])
      bridgeGaps(&column)
      isNonNegative.append(column.allSatisfy { $0 >= 0 })
      scales.append(Self.scale(column, season: season))
      // 2. Without their season.
      let seasonal =
        isAdjusted
        ? SeasonalDecomposition(testing: column.span, season: season, memory: memory) : SeasonalDecomposition()
      for time in column.indices { values.append(seasonal.adjusted(column[time], phase: seasonal.phase(time))) }
      starts.append(values.count)
      for step in 0..<horizon {
        let phase = seasonal.phase(column.count + step)
        let shift = seasonal.seasonal(0, phase: phase)
        factors.append(seasonal.scale(phase: phase))
        shifts.append(shift)
      }
    }
  }

  /// An adjusted value of a step ahead in the unit of the series, not below zero where the series never was; NaN stays.
  func inUnit(_ value: Double, series: Int, step: Int) -> Double {
    let place = series * horizon + step
    let seasonal = value * factors[place] + shifts[place]
    return isNonNegative[series] && seasonal < 0 ? 0 : seasonal
  }

  /// A straight line between the known neighbours of a gap, the last known value after the end; values before the first
  /// known one are dropped.
  private func bridgeGaps(_ column: inout [Double]) {
    guard let first = column.firstIndex(where: { $0.isFinite }) else { return column.removeAll() }
    column.removeFirst(first)
    var known = 0
    for time in column.indices where column[time].isFinite {
      for gap in known + 1..<max(known + 1, time) {
        let share = Double(gap - known) / Double(time - known)
        column[gap] = column[known] + share * (column[time] - column[known])
      }
      known = time
    }
    for time in known + 1..<max(known + 1, column.count) { column[time] = column[known] }
  }

  private static func scale(_ column: [Double], season: Int) -> Double {
    let lag = column.count > season ? season : 1
    guard column.count > lag else { return max(1e-9, abs(column.first ?? 0)) }
    var (changes, size) = (0.0, 0.0)
    for time in lag..<column.count {
      changes += abs(column[time] - column[time - lag])
      size += abs(column[time])
    }
    return max(changes, 1e-9 * size, .leastNormalMagnitude) / Double(column.count - lag)
  }
}
