/// The sizes that a series of counts has shown itself: what a smooth distribution misses, such as sales by the dozen or
/// a rare large order.
struct OwnSizes: Sendable, Hashable {
  /// Ascending, each once.
  private(set) var values: [Double] = []
  /// The share of the sizes up to each value; the last is 1.
  private(set) var cumulative: [Double] = []
  /// How many were seen; a sum over several periods counts as one over their number, as such sums overlap.
  private(set) var count = 0.0

  /// Sizes above this are left to the smooth distribution: nothing repeats there.
  static let largest = 2000.0

  init() {}

  /// - Parameter sizes: above zero.
  init(_ sizes: [Double], length: Int) {
    guard !sizes.isEmpty, sizes.allSatisfy({ $0 <= OwnSizes.largest }) else { return }
    count = Double(sizes.count) / Double(length)
    for (index, size) in sizes.sorted().enumerated() {
      let share = Double(index + 1) / Double(sizes.count)
      if size == values.last {
        cumulative[cumulative.count - 1] = share
      } else {
        values.append(size)
        cumulative.append(share)
      }
    }
  }

  /// The mean of the sizes, and of their squares.
  var moments: (mean: Double, square: Double) {
    var (mean, square, before) = (0.0, 0.0, 0.0)
    for (value, share) in zip(values, cumulative) {
      mean += (share - before) * value
      square += (share - before) * value * value
      before = share
    }
    return (mean, square)
  }
}

/// The sizes of a series as they come: sums above zero of `length` periods.
struct SizeHistory {
  let length: Int
  private(set) var sizes: [Double] = []

  init(length: Int) { self.length = length }

  /// Takes in the sum that ends with the value at `time`.
  mutating func observe(_ values: ArraySlice<Double>, time: Int) {
    guard time + 1 >= length else { return }
    let last = values.startIndex + time
    var sum = 0.0
    for value in values[last + 1 - length...last] { sum += value.isNaN ? .nan : max(0, value) }
    if sum > 0 { sizes.append(sum) }
  }

  mutating func removeAll() { sizes.removeAll(keepingCapacity: true) }

  /// How often a size was seen, and how many sizes were seen, as ``OwnSizes`` counts them.
  func matches(_ size: Double) -> (hits: Double, count: Double) {
    var (hits, count) = (0, 0)
    for value in sizes {
      guard value <= OwnSizes.largest else { return (0, 0) }
      count += 1
      if value == size { hits += 1 }
    }
    return (Double(hits) / Double(length), Double(count) / Double(length))
  }
}
