import Planning

/// A linear map from values to drawing units, with round numbers for its axis.
///
/// Positions are always finite: an empty or single-valued domain is widened, and a value that is not finite is drawn
/// at the start of the range.
struct LinearScale {
  let lower: Double
  let upper: Double
  let start: Double
  let end: Double
  /// Round values from `lower` to `upper`, ascending and evenly spaced.
  let ticks: [Double]

  /// A scale whose domain covers `values`, rounded outwards to about `tickCount` steps.
  init(
    covering values: some Sequence<Double>, includesZero: Bool = true, from start: Double, to end: Double,
    tickCount: Int = 4
  ) {
    let known = values.filter { $0.isFinite && $0.magnitude < 1e300 }
    var low = known.min() ?? 0
    var high = known.max() ?? 0
    if includesZero {
      low = min(low, 0)
      high = max(high, 0)
    }
    if low == high {
      // Room around a single value; zero stays at the foot of the chart.
      let room = low == 0 ? 1 : low.magnitude * 0.5
      if low < 0 || !includesZero { low -= room }
      if high >= 0 || !includesZero { high += room }
    }
    let step = Self.niceStep((high - low) / Double(max(1, tickCount)))
    let first = (low / step).rounded(.down)
    let last = max((high / step).rounded(.up), first + 1)
    lower = first * step
    upper = last * step
    self.start = start
    self.end = end
    ticks = stride(from: first, through: last, by: 1).map { $0 * step }
  }

  /// A scale over the places 0, 1, … of so many names, without room beyond the last.
  init(places count: Int, from start: Double, to end: Double) {
    let last = max(1, count - 1)
    (lower, upper) = (0, Double(last))
    (self.start, self.end) = (start, end)
    ticks = (0...last).map(Double.init)
  }

  /// Where a value is drawn; values outside the domain are drawn outside the range.
  func callAsFunction(_ value: Double) -> Double {
    guard value.isFinite else { return start }
    return start + (value - lower) / (upper - lower) * (end - start)
  }

  /// The smallest of 1, 2, 2.5, 5 times a power of ten that is at least `rough`.
  ///
  /// After P. Heckbert, “Nice Numbers for Graph Labels”, in *Graphics Gems* (1990).
  static func niceStep(_ rough: Double) -> Double {
    guard rough.isFinite, rough > 1e-300 else { return 1 }
    var power = 1.0
    while power * 10 <= rough { power *= 10 }
    while power > rough { power /= 10 }
    let fraction = rough / power
    // A hair above a round number is still that number.
    for nice in [1, 2, 2.5, 5, 10] where fraction <= nice * (1 + 1e-9) { return nice * power }
    return 10 * power
  }

  /// The unit that labels up to `largest` are written in, and what stands after them.
  private static func unit(_ largest: Double) -> (Double, String) {
    if Language.current == .chinese { return largest >= 2e8 ? (1e8, " 亿") : largest >= 2e4 ? (1e4, " 万") : (1, "") }
    return largest >= 2e9 ? (1e9, " bn") : largest >= 1e6 ? (1e6, " M") : largest >= 2e4 ? (1e3, " k") : (1, "")
  }

  /// Tick labels that all have the same unit and number of decimals: `0, 0.5 M, 1.0 M`.
  var labels: [String] {
    let largest = max(lower.magnitude, upper.magnitude)
    let (unit, suffix) = Self.unit(largest)
    let step = ticks.count > 1 ? (ticks[1] - ticks[0]) / unit : 1
    let decimals = (0...6).first { digits in
      let scaled = step * (0..<digits).reduce(1.0) { value, _ in value * 10 }
      return (scaled - scaled.rounded()).magnitude < 1e-6 * scaled
    }
    // Steps below a millionth are written with an exponent.
    guard let decimals else { return ticks.map { $0 == 0 ? "0" : "\($0 / unit)".typographic + suffix } }
    return ticks.map { tick in
      let text = NumberText.grouped(tick / unit, decimals: decimals)
      return tick == 0 ? NumberText.grouped(0) : text.typographic + suffix
    }
  }
}
