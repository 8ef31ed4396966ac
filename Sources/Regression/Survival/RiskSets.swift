/// Who is at risk when: the distinct event times of every stratum ("blocks"), and per row the blocks during which it is
/// at risk.
///
/// A row is at risk at the event times of its stratum in (entry, time]. As event times are numbered in ascending order,
/// these are consecutive blocks, so that sums over risk sets are differences of cumulated sums, and no row ever has to
/// be sorted.
struct RiskSets: Sendable {
  /// The event time of each block; ascending within a stratum.
  let times: [Double]
  /// The blocks of each stratum.
  let strata: [Range<Int>]
  /// Per row the last block at whose time it is at risk; −1 where it is never at risk.
  let last: [Int32]
  /// Per row the block before the first one at whose time it is at risk, −1 where that is the first of its stratum;
  /// nil where this holds for all rows.
  let before: [Int32]?
  /// The rows with an event, ascending; the event is in the row's last block.
  let eventRows: [Int32]
  /// Events per block.
  let events: [Int]
  /// Sum of the weights of the events per block.
  let eventWeights: [Double]

  var blockCount: Int { times.count }

  /// - Parameter weights: rows of weight zero are never at risk. Cost: O(n log n) for the sort of the event times.
  init(_ response: SurvivalResponse, weights: [Double]?) throws(RegressionError) {
    let (time, event) = (response.time, response.event)
    let codes = response.strata?.codes
    let stratumCount = response.strata?.names.count ?? 1
    // 1. The distinct event times of every stratum.
    var eventTimes = [[Double]](repeating: [], count: stratumCount)
    for i in time.indices where event[i] && (weights?[i] ?? 1) > 0 { eventTimes[codes?[i] ?? 0].append(time[i]) }
    var times: [Double] = []
    var strata: [Range<Int>] = []
    for stratum in 0..<stratumCount {
      let start = times.count
      eventTimes[stratum].sort()
      for value in eventTimes[stratum] where times.count == start || times[times.count - 1] != value {
        times.append(value)
      }
      strata.append(start..<times.count)
    }
    guard !times.isEmpty else { throw .noEvents }
    // 2. The blocks of every row.
    var last = [Int32](repeating: -1, count: time.count)
    var before = response.entry.map { _ in last }
    var eventRows: [Int32] = []
    var events = [Int](repeating: 0, count: times.count)
    var eventWeights = [Double](repeating: 0, count: times.count)
    for i in time.indices {
      let weight = weights?[i] ?? 1
      guard weight > 0 else { continue }
      let blocks = strata[codes?[i] ?? 0]
      let end = RiskSets.countUpTo(time[i], times, blocks)
      let start = response.entry.map { RiskSets.countUpTo($0[i], times, blocks) } ?? blocks.lowerBound
      guard start < end else { continue }
      last[i] = Int32(end - 1)
      if start > blocks.lowerBound { before?[i] = Int32(start - 1) }
      if event[i] {
        eventRows.append(Int32(i))
        events[end - 1] += 1
        eventWeights[end - 1] += weight
      }
    }
    if let all = before, all.allSatisfy({ $0 < 0 }) { before = nil }
    self.times = times
    self.strata = strata
    self.last = last
    self.before = before
    self.eventRows = eventRows
    self.events = events
    self.eventWeights = eventWeights
  }

  /// The first block of the range whose time is later.
  static func countUpTo(_ time: Double, _ times: [Double], _ blocks: Range<Int>) -> Int {
    var (low, high) = (blocks.lowerBound, blocks.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Turns amounts that rows add to their last block, and take from the block before their first, into sums over the
  /// rows at risk: cumulates from the last block of each stratum backwards.
  func cumulateBackwards(_ sums: inout [Double], from offset: Int = 0) {
    for blocks in strata {
      var sum = 0.0
      for block in blocks.reversed() {
        sum += sums[offset + block]
        sums[offset + block] = sum
      }
    }
  }

  /// The same with sums that keep what rounding takes, as differences of large sums need it.
  func cumulatedBackwards(_ sums: [CompensatedSum]) -> [Double] {
    var totals = [Double](repeating: 0, count: sums.count)
    for blocks in strata {
      var sum = CompensatedSum()
      for block in blocks.reversed() {
        sum.add(sums[block])
        totals[block] = sum.value
      }
    }
    return totals
  }

  /// Sums up to and including each block within its stratum.
  func cumulatedForwards(_ values: [Double]) -> [CompensatedSum] {
    var result = [CompensatedSum](repeating: CompensatedSum(), count: values.count)
    for blocks in strata {
      var sum = CompensatedSum()
      for block in blocks {
        sum.add(values[block])
        result[block] = sum
      }
    }
    return result
  }
}

/// A sum that keeps what rounding took from it.
///
/// Source: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen" (1974), with Knuth's
/// branch-free exact addition of two numbers.
struct CompensatedSum: Sendable {
  private(set) var high = 0.0
  private(set) var low = 0.0

  var value: Double { high + low }

  @inline(__always) mutating func add(_ term: Double) {
    let sum = high + term
    let part = sum - high
    low += (high - (sum - part)) + (term - part)
    high = sum
  }

  @inline(__always) mutating func add(_ other: CompensatedSum) {
    add(other.high)
    low += other.low
  }

  /// The difference of two sums that may be close to one another.
  @inline(__always) static func - (left: CompensatedSum, right: CompensatedSum) -> Double {
    (left.high - right.high) + (left.low - right.low)
  }
}
