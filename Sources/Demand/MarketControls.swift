internal import ChannelTypes
internal import Glibc

/// What moved all demand of a region in a period, beside what moved the whole network: columns that are held constant
/// when the effects of drivers are estimated.
///
/// Discounts are deepest where demand is weak. A regression that does not see the weakness takes it for an effect of the
/// low price, and finds demand less elastic than it is. The cross-section averages of demand and of the drivers over the
/// other series of the region stand in for what nobody recorded: the common correlated effects estimator (Pesaran,
/// "Estimation and inference in large heterogeneous panels with a multifactor error structure", Econometrica 74, 2006).
/// Averages are taken as differences to the whole network, so that season, trend and events stay with their own columns;
/// a series does not enter its own average.
///
/// The columns are for estimation alone: nobody knows them ahead.
struct MarketControls: Sendable {
  /// Demand and each driver; none where fewer than two regions have series.
  let count: Int
  private let end: Int
  /// Region × column × period: sums over the region, and what the series' own levels would give.
  private var sums: [Double]
  private var weights: [Double]
  /// Column × period: over the network.
  private var totalSums: [Double]
  private var totalWeights: [Double]
  /// Series × column × period, and per series its mean demand.
  private var own: [Double]
  private var sizes: [Double]
  private let regionOf: [Int]

  /// A region with less than this share of the average beside a series tells nothing about it.
  static let smallestShare = 0.5

  init(_ panel: DemandPanel, _ design: DriverDesign) {
    let end = design.end
    let regions = Set(panel.series.map(\.region))
    let count = regions.count > 1 ? design.driverCount + 1 : 0
    self.count = count
    self.end = end
    regionOf = panel.series.map(\.region)
    sums = [Double](repeating: 0, count: count > 0 ? panel.regions.count * count * end : 0)
    weights = sums
    totalSums = [Double](repeating: 0, count: count * end)
    totalWeights = totalSums
    own = [Double](repeating: .nan, count: panel.seriesCount * count * end)
    sizes = [Double](repeating: 0, count: panel.seriesCount)
    guard count > 0 else { return }
    for series in 0..<panel.seriesCount {
      let demand = panel.demand[series * panel.periodCount..<series * panel.periodCount + end]
      guard let size = Self.mean(demand), size > 0 else { continue }
      sizes[series] = size
      for column in 0..<count {
        let values =
          column == 0 ? Array(demand) : (0..<end).map { design.value(column - 1, series: series, time: $0) }
        let mean = column == 0 ? 0 : Self.mean(values[...]) ?? .nan
        for time in 0..<end where !values[time].isNaN && !mean.isNaN {
          // Demand adds up in units, drivers as deviations from the series' own mean, weighted by its size.
          let part = column == 0 ? values[time] : size * (values[time] - mean)
          own[(series * count + column) * end + time] = part
          sums[(regionOf[series] * count + column) * end + time] += part
          weights[(regionOf[series] * count + column) * end + time] += size
          totalSums[column * end + time] += part
          totalWeights[column * end + time] += size
        }
      }
    }
  }

  /// The difference of the region's average, without the series, to the network's; 0 where there is no other series.
  func value(_ column: Int, series: Int, time: Int) -> Double {
    let place = (regionOf[series] * count + column) * end + time
    let part = own[(series * count + column) * end + time]
    let sum = sums[place] - (part.isNaN ? 0 : part)
    let weight = weights[place] - (part.isNaN ? 0 : sizes[series])
    let (total, totalWeight) = (totalSums[column * end + time], totalWeights[column * end + time])
    guard weight > Self.smallestShare * sizes[series], totalWeight > 0 else { return 0 }
    guard column == 0 else { return sum / weight - total / totalWeight }
    guard sum > 0, total > 0 else { return 0 }
    return min(3, max(-3, log(sum / weight) - log(total / totalWeight)))
  }

  private static func mean(_ values: ArraySlice<Double>) -> Double? {
    var (sum, count) = (0.0, 0.0)
    for value in values where !value.isNaN {
      sum += value
      count += 1
    }
    return count > 0 ? sum / count : nil
  }
}
