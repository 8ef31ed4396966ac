internal import Glibc

/// What an unknown series of a panel is taken for, and how much a series must show before it is believed instead.
///
/// The weight of the panel's mean size against a series' own is the credibility coefficient of Bühlmann, "Experience
/// rating and credibility" (ASTIN Bulletin 4, 1967): variance within a series over variance between series, here of
/// logarithms, so that panels of series of very different scale lend each other nothing.
struct TypicalDemand: Sendable, Hashable, Codable {
  /// The smallest demand: 1 where demands are counts, 0 where they are amounts.
  var least: Double
  /// The share of periods with demand.
  var occurrence = 0.5
  /// The typical size of a demand.
  var size = 1.0
  /// The typical squared coefficient of variation of the sizes within a series.
  var dispersion = 1.0
  /// Demands of its own that weigh as much as the panel.
  var credibility = 1.0

  var logitOccurrence: Double { logit(occurrence) }
  /// How much a typical demand exceeds the least.
  var logExcess: Double { log(excess(of: size)) }

  func excess(of size: Double) -> Double { max(size - least, 0.05 * size) }

  /// What a series is drawn towards: the typical size, but within three times its own, as the mean of sizes of very
  /// different scale is a size of neither.
  func size(besides state: DemandState) -> Double {
    guard state.occurrences[0] > 0 else { return size }
    let own = state.amounts[0] / state.occurrences[0]
    return min(max(size, own / 3), own * 3)
  }

  init(least: Double) { self.least = least }

  /// Of those series of the panel whose demands are counts, or of those whose demands are not.
  init(_ panel: SeriesPanel, _ series: [Int], counts: Bool, occurrence: Double) {
    self.init(least: counts ? 1 : 0)
    self.occurrence = occurrence
    var (logSum, logSquares, withDemand, noise) = (0.0, 0.0, 0.0, 0.0)
    var (spread, freedom) = (0.0, 0.0)
    var sizes: [(mean: Double, count: Double)] = []
    for index in series {
      let state = DemandState(panel.values(ofSeries: index))
      let count = state.occurrences[0]
      guard count > 0 else { continue }
      let mean = state.amounts[0] / count
      sizes.append((mean, count))
      spread += max(0, state.squares / (mean * mean) - count)
      freedom += count - 1
      withDemand += 1
      logSum += log(mean)
      logSquares += log(mean) * log(mean)
    }
    guard withDemand > 0 else { return }
    if freedom > 0 { dispersion = min(max(spread / freedom, 0.02), 20) }
    let centre = logSum / withDemand
    size = exp(centre)
    for entry in sizes { noise += dispersion / entry.count }
    let between = max(0.01, (logSquares / withDemand - centre * centre) - noise / withDemand)
    credibility = min(max(dispersion / between, 0.02), 20)
  }
}

/// What the demands of a series are: a few pieces, a quantity in whole units, or any quantity.
enum DemandMeasure: Sendable {
  case counts, wholeAmounts, amounts

  /// Up to this mean size whole numbers are modelled as counts; above it single units do not matter, and series of very
  /// different scale are better told apart by their logarithms.
  static let largestCount = 50.0

  /// Counts, and all others, are regressed apart.
  var group: Int { self == .counts ? 0 : 1 }
  var isWhole: Bool { self != .amounts }
}

extension SeriesPanel {
  /// How a series is measured: by its known values; a series without demand has counts.
  func measure(ofSeries series: Int) -> DemandMeasure {
    var (sum, count) = (0.0, 0.0)
    for value in values(ofSeries: series) where !value.isNaN {
      if value != value.rounded() { return .amounts }
      if value > 0 {
        sum += value
        count += 1
      }
    }
    return sum <= DemandMeasure.largestCount * count ? .counts : .wholeAmounts
  }

  /// Demands over known periods, as if half a demand more had been seen in one period more.
  var occurrenceRate: Double {
    var (known, demands) = (0.0, 0.0)
    for value in values where !value.isNaN {
      known += 1
      if value > 0 { demands += 1 }
    }
    return (demands + 0.5) / (known + 1)
  }
}
