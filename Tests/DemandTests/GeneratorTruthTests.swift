import ChannelTypes
import Foundation
import Probability
import SampleNetwork
import Tables
import Testing

@testable import Demand

/// What the engine finds in data whose truth is known.
@Suite("Known truth")
struct GeneratorTruthTests {
  /// Sales of a network at some period, as a panel.
  private static func panel(_ network: SampleNetwork, start: Period? = nil) throws -> DemandPanel {
    var settings = PanelSettings()
    settings.drivers = ["net_price", "promo_days"]
    settings.start = start
    let sales = try #require(network[table: "sales"])
    return try DemandPanel.build(sales: sales, partners: network[table: "partners"], settings: settings).panel
  }

  @Test("the Lunar New Year's terms cut the error of the two months around it by far more than a fifth")
  func lunarNewYear() throws {
    var (without, with) = (0.0, 0.0)
    for seed in [2, 3] as [UInt64] {
      let network = try SampleNetwork.generate(
        NetworkSpecification(partners: 60, servedCities: 40, products: 8, months: 26, seed: seed))
      // From the end of 2024: the New Year of 2025 falls on 29 January, that of 2024 on 10 February.
      let end = 24
      let known = try Self.panel(network, start: .month(2025, 1))
      let later = try Self.panel(network)
      for events in [false, true] {
        let run = DriverDemandModel().run(ForecastOrigin(known, end: end, horizon: 2, events: events))
        // Totals of products: single series are mostly noise.
        var differences = [Double](repeating: 0, count: known.products.count * 2)
        for (series, key) in known.series.enumerated() where known.isActive[key.partner] {
          let name = (known.partnerName(series), known.productName(series))
          let other = (0..<later.seriesCount).first { (later.partnerName($0), later.productName($0)) == name }
          guard let other else { continue }
          for step in 0..<2 {
            let actual = later.demand[other * later.periodCount + end + step]
            let error = run.mean[series * 2 + step] - actual
            if !error.isNaN { differences[key.product * 2 + step] += error }
          }
        }
        let error = differences.reduce(0) { $0 + abs($1) }
        if events { with += error } else { without += error }
      }
    }
    #expect(with < 0.7 * without, "\(with / without)")
  }

  @Test("demand behind empty shelves comes back without much bias")
  func stockOuts() throws {
    var stream = RandomStream(seed: 4, key: RandomStream.key("stock-outs"))
    let (seriesCount, periods) = (60, 36)
    var (observed, days, truth): ([Double], [Double], [Double]) = ([], [], [])
    for _ in 0..<seriesCount {
      let level = exp(2.5 + 0.6 * stream.normal())
      for _ in 0..<periods {
        let demand = Double(Poisson(mean: level * exp(0.3 * stream.normal())).draw(&stream))
        // Shelves are often filled for less than a month's demand; they are emptied at an even pace.
        let stock = (level * stream.uniform(0.5, 3)).rounded()
        let sold = min(demand, stock)
        let share = demand > 0 ? 1 - sold / demand : 0
        truth.append(demand)
        observed.append(sold)
        days.append((30 * share).rounded())
      }
    }
    var panel = DemandPanel(
      partners: (0..<seriesCount).map { "P\($0)" }, products: ["x"], regions: [""], cities: [""],
      series: (0..<seriesCount).map { SeriesKey(partner: $0, product: 0, region: 0, city: 0) },
      firstPeriod: .month(2023, 1), periodCount: periods, frequency: .month, observed: observed)
    var report = PanelReport()
    panel.treatStockOuts(days: days, &report)
    let cells = observed.indices.filter { !panel.demand[$0].isNaN }
    func sum(_ values: [Double]) -> Double { cells.reduce(0) { $0 + values[$1] } }
    let (sold, found) = (sum(observed) / sum(truth), sum(panel.demand) / sum(truth))
    #expect(report.raisedForStockOuts > 200 && sold < 0.94, "\(report.raisedForStockOuts) \(sold)")
    #expect(abs(found - 1) < 0.025 && abs(found - 1) < 0.3 * (1 - sold), "\(found)")
    #expect(report.hiddenByStockOuts < report.raisedForStockOuts / 10)
  }

  @Test("prices that fall where demand is weak do not hide how elastic demand is")
  func simultaneity() throws {
    var stream = RandomStream(seed: 6, key: RandomStream.key("simultaneity"))
    let (regions, partners, products, periods) = (6, 8, 3, 36)
    var (keys, demand, prices): ([SeriesKey], [Double], [Double]) = ([], [], [])
    let shocks = (0..<regions).map { _ in
      var value = 0.0
      return (0..<periods).map { _ in
        value = 0.5 * value + 0.1 * stream.normal()
        return value
      }
    }
    for partner in 0..<regions * partners {
      for product in 0..<products {
        keys.append(SeriesKey(partner: partner, product: product, region: partner / partners, city: 0))
        let level = 4 + 0.5 * stream.normal()
        for time in 0..<periods {
          let shock = shocks[partner / partners][time]
          let price = 0.5 * min(0, shock) + 0.04 * stream.normal()
          prices.append(100 * exp(price))
          demand.append(exp(level + shock - 1.7 * price + 0.2 * stream.normal()).rounded())
        }
      }
    }
    let panel = DemandPanel(
      partners: (0..<regions * partners).map { "P\($0)" }, products: ["a", "b", "c"],
      regions: (0..<regions).map { "r\($0)" }, cities: [""], series: keys, firstPeriod: .month(2023, 1),
      periodCount: periods, frequency: .month, observed: demand,
      drivers: [DriverColumn(name: "net_price", form: .elasticity, values: prices)])
    let effects = try DriverEffects(panel, events: false).effects
    let price = try #require(effects.first { $0.product.isEmpty && $0.driver == "net_price" })
    // Without the controls the estimate is near −0.8.
    #expect(abs(price.estimate + 1.7) < 0.35 && price.standardError < 0.15, "\(price.estimate)")
  }
}
