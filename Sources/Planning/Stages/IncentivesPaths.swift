import ChannelTypes
import Demand
import LinearAlgebra
import Partners
import Tables

/// Joint sample paths of what partners buy in the planned months, in money: units of the forecast times the value of a
/// unit in the last twelve months of the partner and product, or of the product where the partner had none.
///
/// A forecast of sell-out stands for what is bought: over a year the two agree.
struct IncentivesPaths: Sendable {
  private let forecast: ForecastResult
  /// Units at the prices of the plan.
  private let paths: SamplePaths
  /// By distinct basis: the value of a unit of each series.
  private let prices: [[Float]]
  /// The distinct basis of each version.
  private let basisOfVersion: [Int]
  /// The series of each partner of the panel.
  private let series: [String: Range<Int>]

  /// - Returns: nil where the forecast is not monthly or the sales table has no values.
  init?(_ context: StageContext, _ inputs: IncentiveInputs, _ forecast: ForecastResult) {
    guard forecast.frequency == .month, forecast.paths.drawCount > 0, let table = context.table(.sales) else {
      return nil
    }
    self.forecast = forecast
    paths = forecast.valuePaths
    var series: [String: Range<Int>] = [:]
    var start = 0
    for index in 0..<forecast.seriesCount {
      let isLast = index + 1 == forecast.seriesCount
      guard isLast || forecast.panel.series[index + 1].partner != forecast.panel.series[index].partner else { continue }
      series[forecast.panel.partnerName(index)] = start..<index + 1
      start = index + 1
    }
    self.series = series
    let factors = MultiplierTable(context.table(.products))
    var bases: [Basis] = []
    var basisOfVersion: [Int] = []
    for version in inputs.rules.versions {
      let isSellOut = version.basis.isSellOut || !inputs.history.hasSellIn
      let basis = Basis(isSellOut: isSellOut, multipliers: version.multipliers)
      if !bases.contains(basis) { bases.append(basis) }
      basisOfVersion.append(bases.firstIndex(of: basis) ?? 0)
    }
    self.basisOfVersion = basisOfVersion
    let measure = context.plan.forecast.measure
    var plain: [Bool: [Double]] = [:]
    for isSellOut in Set(bases.map(\.isSellOut)) {
      plain[isSellOut] = UnitValues.bySeries(
        table, forecast.panel, isSellOut: isSellOut, measure: measure, before: inputs.history.nextMonth.ordinal)
    }
    prices = bases.map { basis in
      let weights = forecast.panel.products.map { factors.factor($0, basis.multipliers).fraction }
      return (plain[basis.isSellOut] ?? []).enumerated().map {
        Float($1 * weights[forecast.panel.series[$0].product])
      }
    }
  }

  private struct Basis: Hashable {
    var isSellOut: Bool
    var multipliers: [IncentiveRule.Multiplier]
  }

  /// Draws of a partner's sales; nil where the forecast does not know it.
  func draws(partner: String) -> PartnerDraws? {
    guard let range = series[partner] else { return nil }
    let (horizon, count) = (forecast.horizon, paths.drawCount)
    let sums = prices.map { prices -> [Double] in
      var sum = [Double](repeating: 0, count: horizon * count)
      paths.values.withUnsafeBufferPointer { paths in
        for series in range where prices[series] > 0 {
          let (price, start) = (Double(prices[series]), series * horizon * count)
          for cell in 0..<horizon * count { sum[cell] += price * Double(paths[start + cell]) }
        }
      }
      return sum
    }
    return PartnerDraws(drawCount: count, sales: basisOfVersion.map { sums[$0] })
  }

  /// The expected lines of all partners, in the order of the history, and the draws of what all are paid.
  func lines(
    _ expectation: IncentiveForecast, threads: Int
  ) -> (lines: [IncentiveForecast.Line], totals: IncentiveDraws) {
    let partners = expectation.inputs.history.partners.map(\.id)
    // Blocks of one size for any number of threads, so that sums do not depend on it.
    let size = 64
    let blocks = parallelMap(count: (partners.count + size - 1) / size, threads: threads) { block in
      var totals = IncentiveDraws()
      var lines: [IncentiveForecast.Line] = []
      for partner in block * size..<min(partners.count, (block + 1) * size) {
        guard let draws = draws(partner: partners[partner]) else { continue }
        lines += expectation.lines(partner: partner, draws: draws, totals: &totals)
      }
      return (lines: lines, totals: totals)
    }
    var totals = IncentiveDraws()
    for block in blocks { totals.add(block.totals) }
    return (blocks.flatMap(\.lines), totals)
  }
}
