internal import ChannelTypes
internal import LinearAlgebra
public import TimeSeries

/// How the forecasts of a network's levels are made to add up.
public enum CoherenceChoice: Sendable, Hashable {
  /// The shrunk minimum-trace method where it was better than sums of the series on held-out periods, else sums.
  case automatic
  case method(ReconciliationMethod)
}

/// How the levels of a network did on held-out periods: mean absolute scaled errors, averaged over nodes.
public struct LevelAccuracy: Sendable, Hashable, Codable {
  /// The names of the level's keys joined by `/`; `total` for all series.
  public var level: String
  public var nodes: Int
  /// Of the level's own forecasts, which do not add up.
  public var own: Double
  /// Of sums of the series' forecasts.
  public var bottomUp: Double
  /// Of the forecasts of ``CoherenceReport/tested``, none negative where that was asked for.
  public var coherent: Double
}

/// Which way of adding up was taken, and why.
public struct CoherenceReport: Sendable, Hashable, Codable {
  public var method: ReconciliationMethod
  /// The method that `levels` compares with sums.
  public var tested: ReconciliationMethod
  /// Empty where no period could be held out.
  public var levels: [LevelAccuracy]
}

/// Forecasts of every level of a network, crossed with product, reconciled into coherent forecasts of its series.
///
/// 1. Every region, city and partner, every product, and every cross of them is a node. Its history is the sum of its
///    series, freed of the season and the events that their products share (``GroupSeason``); what a series had not
///    sold before it began, or did not report, is filled in at its own level, so that nodes are compared like for like
///    and a network's growth by recruiting is not taken for growth of its partners.
/// 2. Each node is forecast by the dynamic optimised Theta model, the series by the models chosen for them.
/// 3. The reconciled series replace the forecasts of the series; aggregates are their sums.
struct CoherentForecast {
  let panel: DemandPanel
  let hierarchy: Hierarchy
  /// The series of the panel that take part, in the order of the bottom nodes.
  let members: [Int]
  let nonNegative: Bool
  let threads: Int

  /// How many values at the start of a series say at which level it began.
  private static let startValues = 6

  /// - Parameter levels: from coarse to fine, of `region`, `city` and `partner`.
  /// - Returns: nil where fewer than two series are forecast.
  init?(_ panel: DemandPanel, levels: [String], nonNegative: Bool, threads: Int) {
    let members = (0..<panel.seriesCount).filter { series in
      panel.isActive[panel.series[series].partner] && panel.demand[panel.range(ofSeries: series)].contains { $0 > 0 }
    }
    func column(_ name: String) -> Hierarchy.KeyColumn {
      switch name {
      case "region": .init(name, members.map(panel.regionName))
      case "city": .init(name, members.map(panel.cityName))
      case "product": .init(name, members.map(panel.productName))
      default: .init(name, members.map(panel.partnerName))
      }
    }
    let columns = ["region", "city", "partner", "product"].map(column)
    guard members.count > 1, let hierarchy = try? Hierarchy(columns: columns, nests: [levels, ["product"]]) else {
      return nil
    }
    self.panel = panel
    self.hierarchy = hierarchy
    self.members = members
    self.nonNegative = nonNegative
    self.threads = threads
  }

  /// The forecasts of all nodes from one origin, with what is known of their errors.
  struct Base {
    /// Nodes × horizon.
    var means: [Double]
    /// One-step errors, nodes × periods before the origin.
    var errors: [Double]
    /// Nodes × periods before the origin: what the forecasts rest on.
    var history: [Double]
  }

  /// - Parameter run: of the models chosen for the series, from the same origin.
  func base(_ origin: ForecastOrigin, run: ModelRun) -> Base {
    let (end, horizon) = (origin.end, origin.horizon)
    let span = end + horizon
    // 1. Histories at one level, and the factors that bring back season and events.
    var adjusted: [Double] = []
    var seasonal: [Double] = []
    for series in members {
      let product = panel.series[series].product
      let factors = (0..<span).map { origin.season.factor(product: product, time: $0) }
      let start = series * panel.periodCount
      let values = Self.filled((0..<end).map { panel.demand[start + $0] / factors[$0] })
      let size = values.suffix(panel.frequency.periodsPerYear).reduce(0, +)
      adjusted += values
      seasonal += [size] + factors.map { $0 * size }
    }
    let histories = hierarchy.aggregated(adjusted, lanes: end)
    let sums = hierarchy.aggregated(seasonal, lanes: span + 1)
    func factor(_ node: Int, _ time: Int) -> Double {
      let size = sums[node * (span + 1)]
      return size > 0 ? sums[node * (span + 1) + 1 + time] / size : 1
    }
    // 2. Forecasts of the aggregates, then those of the series.
    let forecasts = parallelMap(count: hierarchy.aggregateCount, threads: threads) { [season = panel.frequency] node in
      let history = Array(histories[node * end..<(node + 1) * end])
      let fitted = try? DynamicOptimizedTheta().fit(history, season: season.periodsPerYear)
      return NodeForecast(
        means: fitted?.forecast(horizon: horizon).mean ?? [], errors: fitted?.residuals ?? [])
    }
    var base = Base(means: [], errors: [], history: [])
    for (node, forecast) in forecasts.enumerated() {
      for step in 0..<horizon {
        base.means.append(forecast.means.isEmpty ? 0 : forecast.means[step] * factor(node, end + step))
      }
      for time in 0..<end {
        base.errors.append(forecast.errors.isEmpty ? .nan : forecast.errors[time] * factor(node, time))
      }
    }
    for series in members {
      base.means += run.mean[run.range(ofSeries: series)].map { $0.isNaN ? 0 : $0 }
      base.errors += run.residuals[run.residualRange(ofSeries: series)]
    }
    base.history = histories.indices.map { histories[$0] * factor($0 / end, $0 % end) }
    return base
  }

  private struct NodeForecast: Sendable {
    var means: [Double]
    var errors: [Double]
  }

  /// Unknown values take the last known one; those before the first known one the mean of the first few.
  private static func filled(_ values: [Double]) -> [Double] {
    let known = values.filter { !$0.isNaN }
    let first = known.prefix(startValues)
    var last = first.isEmpty ? 0 : first.reduce(0, +) / Double(first.count)
    return values.map { value in
      if !value.isNaN { last = value }
      return last
    }
  }

  /// The coherent forecasts of all nodes; nil where the errors do not carry the method.
  func coherent(_ base: Base, _ method: ReconciliationMethod, horizon: Int) -> [Double]? {
    guard
      let reconciler = try? Reconciler(
        hierarchy, method: method, residuals: method.needsResiduals ? base.errors : [])
    else { return nil }
    return nonNegative
      ? try? reconciler.reconcileNonNegative(base.means, horizon: horizon).values
      : try? reconciler.reconcile(base.means, horizon: horizon)
  }
}

extension CoherentForecast {
  /// What was forecast at earlier origins, level by level, and the method that `choice` stands for.
  /// - Parameter windows: earlier origins with the runs of the models chosen for the series.
  func report(_ choice: CoherenceChoice, windows: [(origin: ForecastOrigin, run: ModelRun)]) -> CoherenceReport {
    let tested: ReconciliationMethod
    switch choice {
    case .automatic: tested = .minimumTrace
    case .method(let method): tested = method
    }
    var errors = LevelErrors(hierarchy)
    for (origin, run) in windows {
      let base = base(origin, run: run)
      let horizon = origin.horizon
      guard
        let coherent = self.coherent(base, tested, horizon: horizon),
        let sums = self.coherent(base, .bottomUp, horizon: horizon)
      else { continue }
      errors.add(actual(origin), base, [base.means, sums, coherent], origin, season: panel.frequency.periodsPerYear)
    }
    let levels = errors.rows
    switch choice {
    case .method(let method): return CoherenceReport(method: method, tested: tested, levels: levels)
    case .automatic:
      // Every level counts alike; and the series, which decisions rest on, must not pay for the others.
      let gain = levels.reduce(0) { $0 + $1.bottomUp - $1.coherent }
      let isSafe = levels.last.map { $0.coherent <= $0.bottomUp * 1.005 } ?? false
      return CoherenceReport(method: gain > 0 && isSafe ? tested : .bottomUp, tested: tested, levels: levels)
    }
  }

  /// What became of the tested periods, nodes × horizon; unknown where a member did not report.
  private func actual(_ origin: ForecastOrigin) -> [Double] {
    hierarchy.aggregated(
      members.flatMap { series in
        let start = series * panel.periodCount + origin.end
        return panel.demand[start..<start + origin.horizon]
      }, lanes: origin.horizon)
  }
}

/// Absolute scaled errors by level.
private struct LevelErrors {
  private let hierarchy: Hierarchy
  /// Level × way of forecasting.
  private var sums: [Double]
  private var counts: [Int]
  private static let ways = 3

  init(_ hierarchy: Hierarchy) {
    self.hierarchy = hierarchy
    sums = [Double](repeating: 0, count: hierarchy.levels.count * Self.ways)
    counts = [Int](repeating: 0, count: hierarchy.levels.count)
  }

  mutating func add(
    _ actual: [Double], _ base: CoherentForecast.Base, _ forecasts: [[Double]], _ origin: ForecastOrigin, season: Int
  ) {
    let (end, horizon) = (origin.end, origin.horizon)
    for (index, level) in hierarchy.levels.enumerated() {
      for node in level.nodes {
        let history = base.history[node * end..<(node + 1) * end]
        let scale = Accuracy.seasonalScale(history.span, season: season < end ? season : 1)
        guard scale > 0 else { continue }
        let range = node * horizon..<(node + 1) * horizon
        let losses = forecasts.map { Accuracy.mase(actual[range].span, $0[range].span, scale: scale) }
        guard losses.allSatisfy(\.isFinite) else { continue }
        counts[index] += 1
        for (way, loss) in losses.enumerated() { sums[index * Self.ways + way] += loss }
      }
    }
  }

  var rows: [LevelAccuracy] {
    hierarchy.levels.indices.filter { counts[$0] > 0 }.map { level in
      let means = (0..<Self.ways).map { sums[level * Self.ways + $0] / Double(counts[level]) }
      return LevelAccuracy(
        level: hierarchy.levels[level].name, nodes: hierarchy.levels[level].nodes.count, own: means[0],
        bottomUp: means[1], coherent: means[2])
    }
  }
}
