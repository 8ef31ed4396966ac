/// Rows of the regression on smoothing states: one for each origin of each series, compactly stored, expanded in panels.
///
/// A row has `featureCount` states times `modifierCount` modifiers as columns that serve every horizon, and for a season
/// `echoCount` columns of its own for each step ahead: what the season of that step was above its surroundings in the
/// last years, which lets the regression mend an index that lags behind.
struct StateRows: Sendable {
  let horizon: Int
  let season: Int
  /// rows × features, row after row.
  private(set) var features: [Double] = []
  private(set) var modifiers: [Double] = []
  /// rows × (start, slope): the theta anchor.
  private(set) var anchors: [Double] = []
  /// rows × horizon × echoes.
  private(set) var echoes: [Double] = []
  /// rows × horizon: departures from the last value in units of the recent size; empty where nothing follows.
  private(set) var targets: [Double] = []
  private(set) var lasts: [Double] = []
  private(set) var units: [Double] = []
  private(set) var volatilities: [Double] = []
  /// The weight of a row before it is known how well it fits: what an error costs in sMAPE and MASE, over the rows of
  /// its series.
  private(set) var weights: [Double] = []

  var count: Int { lasts.count }
  var echoCount: Int { season > 1 ? 3 : 0 }
  /// Columns that serve every step ahead.
  static let sharedCount = StateBank.featureCount * StateBank.modifierCount

  /// Targets further away say little about the middle and much about one series.
  private static let targetRange = -1.5...3.0

  /// - Parameter originsPerSeries: rows of a series at most, the latest ones; nil for a single row at its end, without
  ///   targets.
  init(_ panel: AdjustedPanel, minimumHistory: Int, originsPerSeries: Int?) {
    horizon = panel.horizon
    season = panel.season
    panel.values.withUnsafeBufferPointer { values in
      var sums: [Double] = []
      for series in 0..<panel.count {
        let range = panel.range(ofSeries: series)
        let column = UnsafeBufferPointer(rebasing: values[range])
        prefixSums(column, into: &sums)
        let end = originsPerSeries == nil ? column.count : column.count - horizon
        let first = originsPerSeries.map { max(minimumHistory, end - $0 + 1) } ?? max(1, end)
        let rows = max(0, end - first + 1)
        var bank = StateBank()
        for time in 0..<max(0, end) {
          bank.observe(column[time])
          guard time + 1 >= first else { continue }
          append(bank, column, sums, end: time + 1)
          if originsPerSeries != nil {
            let unit = bank.unit
            for step in 0..<horizon {
              let target = (column[time + 1 + step] - bank.last) / unit
              targets.append(min(Self.targetRange.upperBound, max(Self.targetRange.lowerBound, target)))
            }
            weights.append((1 / 0.1 + unit / panel.scales[series] / 1.2) / Double(rows))
          }
        }
        if originsPerSeries == nil, end == 0 { appendEmpty() }
      }
    }
  }

  private func prefixSums(_ column: UnsafeBufferPointer<Double>, into sums: inout [Double]) {
    guard season > 1 else { return }
    sums.removeAll(keepingCapacity: true)
    sums.append(0)
    var sum = 0.0
    for value in column {
      sum += value
      sums.append(sum)
    }
  }

  private mutating func append(
    _ bank: StateBank, _ column: UnsafeBufferPointer<Double>, _ sums: [Double], end: Int
  ) {
    let start = features.count
    features.append(contentsOf: repeatElement(0, count: StateBank.featureCount))
    features.withUnsafeMutableBufferPointer {
      bank.fill($0.baseAddress! + start, history: UnsafeBufferPointer(rebasing: column[..<end]), season: season)
    }
    let modifierStart = modifiers.count
    modifiers.append(contentsOf: repeatElement(0, count: StateBank.modifierCount))
    modifiers.withUnsafeMutableBufferPointer { bank.fillModifiers($0.baseAddress! + modifierStart) }
    let theta = bank.theta
    anchors.append(theta.start)
    anchors.append(theta.slope)
    lasts.append(bank.last)
    units.append(bank.unit)
    volatilities.append(bank.volatility)
    if echoCount > 0 { appendEchoes(column, sums, end: end, unit: bank.unit) }
  }

  /// The departure of the same phase from the mean of the season around it, one, two and three seasons before each step.
  private mutating func appendEchoes(
    _ column: UnsafeBufferPointer<Double>, _ sums: [Double], end: Int, unit: Double
  ) {
    let half = season / 2
    for step in 0..<horizon {
      for age in 1...echoCount {
        let time = end + step - (step / season + age) * season
        guard time >= 0 else {
          echoes.append(0)
          continue
        }
        let (from, to) = (max(0, time - half), min(end, time + half + 1))
        let mean = (sums[to] - sums[from]) / Double(to - from)
        echoes.append(min(1, max(-1, (column[time] - mean) / unit)))
      }
    }
  }

  /// A series without any value.
  private mutating func appendEmpty() {
    features.append(contentsOf: repeatElement(0, count: StateBank.featureCount))
    modifiers.append(contentsOf: repeatElement(0, count: StateBank.modifierCount))
    echoes.append(contentsOf: repeatElement(0, count: horizon * echoCount))
    anchors.append(contentsOf: [0, 0])
    lasts.append(.nan)
    units.append(1)
    volatilities.append(0)
  }

  /// Writes features × modifiers of some rows into a column-major panel.
  func expand(_ range: Range<Int>, into panel: inout [Double]) {
    let rows = range.count
    let (featureCount, modifierCount) = (StateBank.featureCount, StateBank.modifierCount)
    features.withUnsafeBufferPointer { features in
      modifiers.withUnsafeBufferPointer { modifiers in
        panel.withUnsafeMutableBufferPointer { panel in
          for row in 0..<rows {
            let f = (range.lowerBound + row) * featureCount
            let z = (range.lowerBound + row) * modifierCount
            for modifier in 0..<modifierCount {
              let value = modifiers[z + modifier]
              let column = modifier * featureCount * rows + row
              for feature in 0..<featureCount { panel[column + feature * rows] = features[f + feature] * value }
            }
          }
        }
      }
    }
  }
}
