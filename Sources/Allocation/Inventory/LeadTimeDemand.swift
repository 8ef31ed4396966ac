public import ChannelTypes
import Probability

/// What is known about the demand for one product at one partner.
public enum DemandDistribution: Sendable {
  /// Draws of one series of a forecast, whose periods are `periodDays` long.
  case paths(SamplePaths, series: Int, periodDays: Double)
  /// Independent days of a mean and a standard deviation, in units a day.
  case normal(meanPerDay: Double, deviationPerDay: Double)
  /// Nothing is sold.
  case none

  /// P(the demand of the next `days` days is below `units`). Complexity: O(draws), without the sort of `over(days:)`.
  public func probability(below units: Double, days: Double) -> Double {
    guard let draws = draws(days: days) else {
      return units > 0 ? 1 - over(days: days).probability(above: units * (1 - 1e-12)) : 0
    }
    return draws.isEmpty ? 0 : Double(draws.count { $0 < units }) / Double(draws.count)
  }

  /// E[the demand of the next `days` days]. Complexity: O(draws).
  public func mean(days: Double) -> Double {
    guard let draws = draws(days: days) else { return over(days: days).mean }
    return draws.reduce(0, +) / Double(max(1, draws.count))
  }

  /// The demand of the next `days` days in every draw; nil where there are no draws.
  private func draws(days: Double) -> [Double]? {
    guard case .paths(let paths, let series, let periodDays) = self, days > 0 else { return nil }
    let periods = days / periodDays
    let draws = paths.cumulativeDraws(series: series, periods: periods)
    // Beyond the horizon demand goes on as it was on average within it.
    let beyond = max(1, periods / Double(max(1, paths.horizon)))
    return beyond == 1 ? draws : draws.map { $0 * beyond }
  }

  /// The demand of the next `days` days together.
  public func over(days: Double) -> LeadTimeDemand {
    guard days > 0 else { return LeadTimeDemand(draws: [0]) }
    switch self {
    case .paths:
      return LeadTimeDemand(draws: draws(days: days) ?? [0])
    case .normal(let mean, let deviation):
      guard deviation > 0 else { return LeadTimeDemand(draws: [mean * days]) }
      return LeadTimeDemand(normal: Normal(mean: mean * days, standardDeviation: deviation * days.squareRoot()))
    case .none:
      return LeadTimeDemand(draws: [0])
    }
  }
}

/// The distribution of the demand of a stretch of time, in units.
public struct LeadTimeDemand: Sendable {
  private enum Form: Sendable {
    /// Ascending, with their sums from the top: `above[i]` is the sum of draws i and later.
    case draws([Double], above: [Double])
    case normal(Normal)
  }

  private let form: Form
  public let mean: Double

  init(draws: [Double]) {
    let sorted = draws.sorted()
    var above = [Double](repeating: 0, count: sorted.count + 1)
    for index in sorted.indices.reversed() { above[index] = above[index + 1] + sorted[index] }
    form = .draws(sorted, above: above)
    mean = sorted.isEmpty ? 0 : above[0] / Double(sorted.count)
  }

  init(normal: Normal) {
    form = .normal(normal)
    mean = normal.mean
  }

  /// Ascending draws; none of a normal distribution.
  var draws: [Double] { if case .draws(let sorted, _) = form { sorted } else { [] } }

  var normalMoments: (mean: Double, deviation: Double)? {
    if case .normal(let normal) = form { (normal.mean, normal.standardDeviation) } else { nil }
  }

  /// The demand that is not exceeded with this probability; between draws, linear.
  public func quantile(_ probability: Double) -> Double {
    switch form {
    case .normal(let normal): return max(0, normal.quantile(probability))
    case .draws(let sorted, _):
      return sorted.isEmpty ? 0 : sorted.quantileOfAscending(probability)
    }
  }

  /// P(demand > stock).
  public func probability(above stock: Double) -> Double {
    switch form {
    case .normal(let normal): 1 - normal.cumulative(stock)
    case .draws(let sorted, _):
      sorted.isEmpty ? 0 : Double(sorted.count - firstAbove(stock, in: sorted)) / Double(sorted.count)
    }
  }

  /// E[(demand − stock)⁺]: the units that are expected to be missing.
  public func expectedShortage(stock: Double) -> Double {
    switch form {
    case .normal(let normal):
      let z = (stock - normal.mean) / normal.standardDeviation
      let loss = Normal.standard.density(z) - z * (1 - Normal.standard.cumulative(z))
      return max(0, normal.standardDeviation * loss)
    case .draws(let sorted, let above):
      guard !sorted.isEmpty else { return 0 }
      let first = firstAbove(stock, in: sorted)
      return max(0, above[first] - stock * Double(sorted.count - first)) / Double(sorted.count)
    }
  }

  private func firstAbove(_ stock: Double, in sorted: [Double]) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] > stock { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
