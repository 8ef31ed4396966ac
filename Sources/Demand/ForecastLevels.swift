internal import ChannelTypes
internal import LinearAlgebra
internal import Probability

/// The levels at which a forecast is published. The means of every level are sums of the leaves', exactly as printed.
public enum ForecastLevel: String, Sendable, Hashable, CaseIterable {
  case total, region, city, partner, product, series
}

/// A set of series that is published as one.
public struct SeriesGroup: Sendable, Hashable {
  public var level: ForecastLevel
  public var region = ""
  public var city = ""
  public var partner = ""
  public var product = ""
  /// Indexes of the series in the panel.
  public var members: [Int]
}

/// The forecast of one group.
public struct GroupForecast: Sendable {
  public let group: SeriesGroup
  /// Thousandths of a unit by step: the exact sums of the members' means.
  public let meanThousandths: [Int64]
  /// Units, step × quantile.
  public let quantiles: [Double]
  /// Units over the whole horizon: quantiles of the paths' sums, narrower than sums of the steps' quantiles.
  public let totalQuantiles: [Double]
}

extension DemandPanel {
  /// The groups of a level in the order of their ids.
  public func groups(of level: ForecastLevel) -> [SeriesGroup] {
    func id(_ index: Int) -> SeriesGroup {
      var group = SeriesGroup(level: level, members: [])
      switch level {
      case .total: break
      case .region: group.region = regionName(index)
      case .city: (group.region, group.city) = (regionName(index), cityName(index))
      case .product: group.product = productName(index)
      case .partner:
        (group.region, group.city, group.partner) = (regionName(index), cityName(index), partnerName(index))
      case .series:
        (group.region, group.city) = (regionName(index), cityName(index))
        (group.partner, group.product) = (partnerName(index), productName(index))
      }
      return group
    }
    var members: [SeriesGroup: [Int]] = [:]
    for index in 0..<seriesCount { members[id(index), default: []].append(index) }
    return members.map { group, indexes in
      var group = group
      group.members = indexes
      return group
    }
    .sorted { ($0.region, $0.city, $0.partner, $0.product) < ($1.region, $1.city, $1.partner, $1.product) }
  }

  /// Reported units of a group by period; NaN where no member reported.
  public func history(of group: SeriesGroup) -> [Double] {
    (0..<periodCount).map { time in
      var total = Double.nan
      for series in group.members {
        let value = observed[series * periodCount + time]
        if !value.isNaN { total = total.isNaN ? value : total + value }
      }
      return total
    }
  }
}

extension ForecastResult {
  /// The forecasts of all groups of a level, with the quantiles of the summed paths.
  /// - Parameter probabilities: ascending, each between 0 and 1.
  public func forecasts(of level: ForecastLevel, probabilities: [Double], threads: Int = 1) -> [GroupForecast] {
    let groups = panel.groups(of: level)
    return parallelMap(count: groups.count, threads: threads) { index in
      let group = groups[index]
      var means = [Int64](repeating: 0, count: horizon)
      var quantiles: [Double] = []
      var totals = [Float](repeating: 0, count: paths.drawCount)
      var horizonTotals = [Float](repeating: 0, count: paths.drawCount)
      for step in 0..<horizon {
        for draw in totals.indices { totals[draw] = 0 }
        for series in group.members {
          means[step] += meanThousandths[series * horizon + step]
          paths.add(series: series, period: step, to: &totals)
        }
        for draw in totals.indices { horizonTotals[draw] += totals[draw] }
        let sorted = totals.sorted()
        for probability in probabilities { quantiles.append(sorted.quantileOfAscending(probability)) }
      }
      let sorted = horizonTotals.sorted()
      return GroupForecast(
        group: group, meanThousandths: means, quantiles: quantiles,
        totalQuantiles: probabilities.map { sorted.quantileOfAscending($0) })
    }
  }
}
