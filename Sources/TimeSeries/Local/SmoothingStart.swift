/// Initial states before fitting: the classical decomposition of the first seasons, then a line through the seasonally
/// adjusted start of the series.
///
/// Source: section 2.6.1 of Hyndman, Koehler, Ord & Snyder (2008).
extension SmoothingState {
  init(initial form: ExponentialSmoothing.Form, _ values: Span<Double>, season: Int) {
    let seasonal =
      form.season == .none ? [0] : seasonalMeans(values, season: season, multiplicative: form.season == .multiplicative)
    var adjusted: [Double] = []
    for time in 0..<min(values.count, max(10, 2 * season)) {
      adjusted.append(
        form.season == .multiplicative ? values[time] / seasonal[time % season] : values[time] - seasonal[time % season]
      )
    }
    let line = lineThrough(adjusted)
    self.init(
      level: form.trend == .none ? line.mean : line.intercept, slope: form.trend == .none ? 0 : line.slope,
      seasonal: seasonal)
  }
}

/// Means by phase of the values without their moving average, centred on 0 or scaled to a mean of 1.
private func seasonalMeans(_ values: Span<Double>, season: Int, multiplicative: Bool) -> [Double] {
  var sums = [Double](repeating: 0, count: season)
  var counts = [Int](repeating: 0, count: season)
  let half = season / 2
  for time in half..<max(half, values.count - half) where !values[time].isNaN {
    // 1. The centred moving average over one season; with an even length the two ends count half.
    var sum = 0.0
    var weights = 0.0
    for near in max(0, time - half)...min(values.count - 1, time + half) where !values[near].isNaN {
      let weight = season.isMultiple(of: 2) && abs(near - time) == half ? 0.5 : 1
      sum += weight * values[near]
      weights += weight
    }
    let trend = sum / weights
    let ratio = multiplicative ? values[time] / trend : values[time] - trend
    guard ratio.isFinite else { continue }
    // 2. Its departures by phase.
    sums[time % season] += ratio
    counts[time % season] += 1
  }
  let neutral = multiplicative ? 1.0 : 0.0
  let means = zip(sums, counts).map { $1 > 0 ? $0 / Double($1) : neutral }
  // 3. Terms that add up to nothing.
  let average = means.reduce(0, +) / Double(season)
  if multiplicative { return average > 0 ? means.map { max($0 / average, 0.01) } : means.map { _ in 1 } }
  return means.map { $0 - average }
}

/// The least-squares line v(t) = intercept + slope·(t + 1) through the known values; t counts from 0.
private func lineThrough(_ values: [Double]) -> (mean: Double, intercept: Double, slope: Double) {
  var (n, sumT, sumV, sumTT, sumTV) = (0.0, 0.0, 0.0, 0.0, 0.0)
  for (index, value) in values.enumerated() where !value.isNaN {
    let t = Double(index + 1)
    n += 1
    sumT += t
    sumV += value
    sumTT += t * t
    sumTV += t * value
  }
  guard n > 0 else { return (0, 0, 0) }
  let mean = sumV / n
  let spread = sumTT - sumT * sumT / n
  guard spread > 0 else { return (mean, mean, 0) }
  let slope = (sumTV - sumT * sumV / n) / spread
  return (mean, mean - slope * sumT / n, slope)
}
