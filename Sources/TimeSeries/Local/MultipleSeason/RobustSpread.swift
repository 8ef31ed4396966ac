/// Location and spread that outliers hardly move.
enum RobustSpread {
  /// The middle value; the mean of the two middle values of an even number; 0 for none. Cost: O(n log n).
  static func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The median distance from the median, times 1.4826: the standard deviation of normal values (Hampel, JASA 69,
  /// 1974).
  static func deviation(_ values: [Double]) -> Double {
    let centre = median(values)
    return 1.4826 * median(values.map { abs($0 - centre) })
  }
}
