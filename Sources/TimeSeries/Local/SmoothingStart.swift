/// Initial states before fitting: the classical decomposition of the first seasons, then a line through the seasonally
/// adjusted start of the series.
///
/// Source: section 2.6.1 of Hyndman, Koehler, Ord & Snyder (2008).
extension SmoothingWorkspace {
  /// Writes level, slope and seasonal terms into the unknowns.
  func writeStart(
    _ unknowns: UnsafeMutablePointer<Double>, trend: ExponentialSmoothing.Trend,
    season rule: ExponentialSmoothing.Season,
    terms: [Double]
  ) {
    let m = terms.count
    for index in 0..<m { unknowns[SmoothingUnknown.seasonal + index] = terms[index] }
    let line = LineThroughStart(count: min(count, max(10, 2 * m))) { time in
      rule == .multiplicative ? values[time] / terms[time % m] : values[time] - terms[time % m]
    }
    unknowns[SmoothingUnknown.level] = trend == .none ? line.mean : line.intercept
    unknowns[SmoothingUnknown.slope] = trend == .none ? 0 : line.slope
  }

  /// Level and slope of the line through the first two known values.
  func writeSteepStart(_ unknowns: UnsafeMutablePointer<Double>) {
    var (first, second) = (-1, -1)
    for time in 0..<count where second < 0 && !values[time].isNaN {
      if first < 0 { first = time } else { second = time }
    }
    guard second > 0 else { return }
    let slope = (values[second] - values[first]) / Double(second - first)
    unknowns[SmoothingUnknown.level] = values[first] - Double(first + 1) * slope
    unknowns[SmoothingUnknown.slope] = slope
  }

  /// Means by phase of the values without their moving average, centred on 0 or scaled to a mean of 1; one neutral term
  /// without a season.
  func seasonalTerms(_ rule: ExponentialSmoothing.Season) -> [Double] {
    guard rule != .none else { return [0] }
    let isMultiplicative = rule == .multiplicative
    var sums = [Double](repeating: 0, count: season)
    var counts = [Double](repeating: 0, count: season)
    let half = season / 2
    for time in half..<max(half, count - half) where !values[time].isNaN {
      // 1. The departure from the centred moving average over one season.
      let trend = movingAverage(at: time, half: half)
      let departure = isMultiplicative ? values[time] / trend : values[time] - trend
      guard departure.isFinite else { continue }
      // 2. Its mean by phase.
      sums[time % season] += departure
      counts[time % season] += 1
    }
    let neutral = isMultiplicative ? 1.0 : 0.0
    let means = zip(sums, counts).map { $1 > 0 ? $0 / $1 : neutral }
    // 3. Terms that add up to nothing.
    let average = means.reduce(0, +) / Double(season)
    if isMultiplicative { return average > 0 ? means.map { max($0 / average, 0.01) } : means.map { _ in 1 } }
    return means.map { $0 - average }
  }

  /// The mean of the known values within half a season; with an even season the two ends count half.
  private func movingAverage(at time: Int, half: Int) -> Double {
    var (sum, weights) = (0.0, 0.0)
    for near in max(0, time - half)...min(count - 1, time + half) where !values[near].isNaN {
      let weight = season.isMultiple(of: 2) && abs(near - time) == half ? 0.5 : 1
      sum += weight * values[near]
      weights += weight
    }
    return sum / weights
  }
}

/// The least-squares line v(t) = intercept + slope·(t + 1) through the known values; t counts from 0.
private struct LineThroughStart {
  var mean = 0.0
  var intercept = 0.0
  var slope = 0.0

  init(count: Int, _ value: (Int) -> Double) {
    var (n, sumT, sumV, sumTT, sumTV) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for index in 0..<count {
      let (t, v) = (Double(index + 1), value(index))
      guard !v.isNaN else { continue }
      n += 1
      sumT += t
      sumV += v
      sumTT += t * t
      sumTV += t * v
    }
    guard n > 0 else { return }
    mean = sumV / n
    intercept = mean
    let spread = sumTT - sumT * sumT / n
    guard spread > 0 else { return }
    slope = (sumTV - sumT * sumV / n) / spread
    intercept = mean - slope * sumT / n
  }
}
