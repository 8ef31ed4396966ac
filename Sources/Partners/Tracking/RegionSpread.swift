import ChannelTypes

/// How far a partner's attainment is from its region's, in the region's own spread: differentiated by region, since a
/// tenth below is much where partners move together and little where they do not.
///
///     z = (a − A) / s,   s = 1.4826 · median |aᵢ − Aᵢ|
///
/// with a the partner's attainment of a quarter, A its region's, and s over all partners and finished quarters of the
/// region; 1.4826 makes the median absolute deviation the standard deviation of normal deviations (Rousseeuw & Croux,
/// "Alternatives to the median absolute deviation", 1993). NaN with fewer than eight of them.
struct RegionSpread {
  private var deviations: [String: [Double]] = [:]
  private var spread: [String: Double] = [:]

  static let fewest = 8

  mutating func add(_ deviation: Double, region: String) {
    if deviation.isFinite { deviations[region, default: []].append(abs(deviation)) }
  }

  mutating func settle() {
    for (region, values) in deviations where values.count >= Self.fewest {
      let sorted = values.sorted()
      let middle = sorted.count / 2
      let median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
      if median > 0 { spread[region] = 1.4826 * median }
    }
  }

  func score(_ deviation: Double, region: String) -> Double {
    guard let spread = spread[region] else { return .nan }
    return deviation / spread
  }
}
