import Foundation
import Probability
import TimeSeries

/// A way in which a month can stand out.
public enum AlarmTest: String, Sendable, Hashable, CaseIterable {
  /// Far below, far above what was to be expected of the month.
  case outsideBelow = "outside_below"
  case outsideAbove = "outside_above"
  /// Two or three months together below, above: the level has changed.
  case changeBelow = "change_below"
  case changeAbove = "change_above"

  public var isBelow: Bool { self == .outsideBelow || self == .changeBelow }

  /// The part of the false-alarm budget that the test may use. Falls get most of it: they cost money, and they are what
  /// an early warning is for. The tests often fire together, so that all of them stay about a tenth below the budget.
  var budgetShare: Double {
    switch self {
    case .outsideBelow: 0.30
    case .changeBelow: 0.52
    case .outsideAbove, .changeAbove: 0.10
    }
  }
}

/// How far each month stands out by each test.
///
/// With errors r of one-step forecasts, the deviations from the level *before* the window of k months ending at t are
/// uⱼ = rⱼ + α Σ_{i<j} ψ(rᵢ); a change of level at the window's begin shifts all of them, and its likelihood ratio with
/// known variances is
///
///     Gₖ = Σ u / √(k + k²·v),   v the variance of the level against that of an error.
///
/// `outside` is |G₁|; `change` is the largest of G₂, G₃ with single errors cut off at 4, so that one outlier is no
/// change. Sources: Willsky & Jones, "A generalized likelihood ratio approach to the detection and estimation of jumps
/// in linear systems" (IEEE Transactions on Automatic Control 21, 1976); windows as in Lai (Journal of the Royal
/// Statistical Society B 57, 1995).
struct AlarmStatistics {
  static let longestWindow = 3
  private static let levelVariance = ExpectedCourse.weight / (2 - ExpectedCourse.weight)

  /// The four statistics at the end of standardised errors; the larger, the further out. NaN counts as no window.
  static func at(_ end: Int, of errors: some RandomAccessCollection<Double>) -> (values: [Double], months: [Int]) {
    func error(_ index: Int) -> Double { errors[errors.index(errors.startIndex, offsetBy: index)] }
    let last = error(end)
    var values = [-last, last, -Double.infinity, -Double.infinity]
    var months = [1, 1, 1, 1]
    guard !last.isNaN else { return ([.nan, .nan, .nan, .nan], months) }
    let scale = (1 + levelVariance).squareRoot()
    for length in 2...longestWindow where end + 1 >= length {
      var (moved, total) = (0.0, 0.0)
      for index in end - length + 1...end {
        let miss = min(max(error(index), -4), 4) * scale
        total += miss + moved
        moved += ExpectedCourse.weight * min(max(miss, -ExpectedCourse.cut), ExpectedCourse.cut)
      }
      guard !total.isNaN else { break }
      let count = Double(length)
      let statistic = total / (count + count * count * levelVariance).squareRoot()
      if -statistic > values[2] { (values[2], months[2]) = (-statistic, length) }
      if statistic > values[3] { (values[3], months[3]) = (statistic, length) }
    }
    return (values, months)
  }
}

/// From where on a month is an alarm, so that quiet history gives no more than the budget.
public struct AlarmThresholds: Sendable, Hashable {
  /// By `AlarmTest.allCases`.
  public private(set) var values: [Double]
  /// Alarms by each test in a hundred simulated series-months, and by any of them.
  public private(set) var simulatedRates: [Double]
  public private(set) var simulatedTotal: Double
  /// Series of quiet history that the simulation drew from.
  public private(set) var quietSeries: Int

  public subscript(test: AlarmTest) -> Double { values[AlarmTest.allCases.firstIndex(of: test)!] }

  /// More series do not make the thresholds better.
  private static let mostSeries = 400
  private static let simulatedMonths = 40_000
  private static let block = 3
  private static let seriesMonths = 24

  /// Thresholds from a simulation: quiet series put together from blocks of three errors in a row of the history.
  ///
  /// Quiet are the series in which `AnomalyScan` sees no shift of the level; outliers stay, since they belong to what is
  /// usual. With fewer than 200 errors normal ones with heavy tails (Student's t, five degrees of freedom) take their
  /// place.
  ///
  /// - Parameters:
  ///   - courses: the panels that are watched; they share the thresholds.
  ///   - falseAlarms: the budget, in series-months out of a hundred.
  public init(_ courses: [ExpectedCourse], falseAlarms: Double, seed: UInt64) {
    // 1. What chance did in quiet series.
    var pool: [Double] = []
    var starts: [Int] = []
    quietSeries = 0
    for course in courses {
      let every = max(1, course.seriesCount / Self.mostSeries)
      for series in stride(from: 0, to: course.seriesCount, by: every) where course.isQuiet(series) {
        let cells = series * course.monthCount..<(series + 1) * course.monthCount
        for errors in course.error[cells].split(whereSeparator: \.isNaN) where errors.count >= Self.block {
          starts += (pool.count...pool.count + errors.count - Self.block)
          pool += errors
        }
        quietSeries += 1
      }
    }
    // 2. Series of such errors, and how far they stand out.
    var stream = RandomStream(seed: seed, key: RandomStream.key("alarm thresholds"))
    let tail = StudentT(degreesOfFreedom: 5)
    let isKnown = pool.count >= 200
    var statistics = [[Double]](repeating: [], count: AlarmTest.allCases.count)
    for _ in 0..<Self.simulatedMonths / Self.seriesMonths {
      var errors: [Double] = []
      while errors.count < Self.seriesMonths {
        if isKnown {
          let start = starts[stream.index(below: starts.count)]
          errors += pool[start..<start + Self.block]
        } else {
          errors.append(tail.quantile(stream.uniform()) / (5.0 / 3).squareRoot())
        }
      }
      for month in Self.block..<Self.seriesMonths {
        let values = AlarmStatistics.at(month, of: errors).values
        for test in statistics.indices { statistics[test].append(values[test]) }
      }
    }
    // 3. The quantiles that the budget asks for.
    values = zip(AlarmTest.allCases, statistics).map { test, values in
      values.sorted().quantileOfAscending(1 - min(0.5, falseAlarms / 100 * test.budgetShare))
    }
    simulatedRates = []
    simulatedTotal = 0
    let months = statistics[0].count
    simulatedRates = zip(values, statistics).map { limit, values in
      100 * Double(values.count { $0 > limit }) / Double(months)
    }
    let alarms = (0..<months).count { month in
      statistics.indices.contains { statistics[$0][month] > values[$0] }
    }
    simulatedTotal = 100 * Double(alarms) / Double(months)
  }
}

extension ExpectedCourse {
  /// Whether the level of a series, without what moved everybody, never shifted.
  func isQuiet(_ series: Int) -> Bool {
    let cells = series * monthCount..<(series + 1) * monthCount
    let adjusted = cells.map { logs[$0] - offset[$0] }
    guard let report = try? AnomalyScan().scan(adjusted, season: 1) else { return false }
    return !report.anomalies.contains { $0.kind == .levelShift }
  }
}
