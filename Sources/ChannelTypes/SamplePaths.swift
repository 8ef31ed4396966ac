/// Simulated futures of many series on one set of draws: path k of every series belongs to the same world, so that
/// sums over series and periods are themselves sample paths.
///
/// Shape: series × horizon × draws, draws contiguous. Values in the unit of the series.
public struct SamplePaths: Sendable, Codable {
  public let seriesCount: Int
  public let horizon: Int
  public let drawCount: Int
  public private(set) var values: [Float]

  /// - Parameter values: `seriesCount · horizon · drawCount` values, draws fastest, then periods.
  public init(seriesCount: Int, horizon: Int, drawCount: Int, values: [Float]) {
    precondition(values.count == seriesCount * horizon * drawCount, "sample paths must fill series × horizon × draws")
    self.seriesCount = seriesCount
    self.horizon = horizon
    self.drawCount = drawCount
    self.values = values
  }

  /// Adds the draws of one cell to `sums`, draw by draw.
  public func add(series: Int, period: Int, to sums: inout [Float]) {
    let start = (series * horizon + period) * drawCount
    for draw in 0..<drawCount { sums[draw] += values[start + draw] }
  }

  /// The draws of one series in one future period (0 = the first), in order of draw.
  public func draws(series: Int, period: Int) -> ArraySlice<Float> {
    let start = (series * horizon + period) * drawCount
    return values[start..<start + drawCount]
  }

  /// The draws of the sum of one series over the first `periods` periods; a fractional part counts pro rata.
  public func cumulativeDraws(series: Int, periods: Double) -> [Double] {
    var total = [Double](repeating: 0, count: drawCount)
    var left = min(periods, Double(horizon))
    var period = 0
    while left > 0 {
      let weight = min(left, 1)
      for (draw, value) in draws(series: series, period: period).enumerated() { total[draw] += weight * Double(value) }
      left -= 1
      period += 1
    }
    return total
  }
}
