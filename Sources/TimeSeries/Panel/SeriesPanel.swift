/// Many series of one frequency in one contiguous column, oldest value first; NaN is unknown.
///
/// What all pooled models read, and what local models are run over.
public struct SeriesPanel: Sendable {
  /// The values of series after series.
  public private(set) var values: [Double] = []
  /// Where each series starts, and where the last one ends: one more than there are series.
  public private(set) var starts: [Int] = [0]
  /// Periods in a season; 1 for none.
  public let season: Int

  public init(season: Int) {
    precondition(season >= 1, "a season has at least one period")
    self.season = season
  }

  public init(_ series: [[Double]], season: Int) {
    self.init(season: season)
    values.reserveCapacity(series.reduce(0) { $0 + $1.count })
    for values in series { append(values.span) }
  }

  public var count: Int { starts.count - 1 }

  public func range(ofSeries series: Int) -> Range<Int> { starts[series]..<starts[series + 1] }

  public func length(ofSeries series: Int) -> Int { starts[series + 1] - starts[series] }

  public func values(ofSeries series: Int) -> ArraySlice<Double> { values[range(ofSeries: series)] }

  /// Adds a series at the end.
  public mutating func append(_ series: Span<Double>) {
    for index in series.indices { values.append(series[index]) }
    starts.append(values.count)
  }

  public mutating func removeAll() {
    values.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
  }

  /// The same series without their last `periods` values: what was known that much earlier. Series as short as that
  /// become empty, so that series keep their numbers.
  public func withoutLast(_ periods: Int) -> SeriesPanel {
    var earlier = SeriesPanel(season: season)
    earlier.values.reserveCapacity(max(0, values.count - periods * count))
    for series in 0..<count {
      let end = max(starts[series], starts[series + 1] - periods)
      earlier.values.append(contentsOf: values[starts[series]..<end])
      earlier.starts.append(earlier.values.count)
    }
    return earlier
  }

  /// Whether all values are the same bits, unknown ones too.
  func isIdentical(to other: SeriesPanel) -> Bool {
    season == other.season && starts == other.starts
      && values.elementsEqual(other.values) { $0.bitPattern == $1.bitPattern }
  }

  /// Some of the series, in the given order.
  public func selecting(_ series: [Int]) -> SeriesPanel {
    var selected = SeriesPanel(season: season)
    for index in series {
      selected.values.append(contentsOf: values(ofSeries: index))
      selected.starts.append(selected.values.count)
    }
    return selected
  }
}
