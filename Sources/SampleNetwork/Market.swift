import ChannelTypes
import Glibc
import Probability
import Tables

/// What happens around the network: each region's market, its rivals, and the figures that outsiders publish.
struct Market {
  /// ln of the market's demand against the first year; [region][month].
  let level: [[Double]]
  /// A common shock of our own demand that managers foresee and no table shows; [region][month].
  let shock: [[Double]]
  /// [region][rival][month]
  let rivals: [[[Rival]]]
  /// Base stations of the 5G network per ten thousand people; [region][month].
  let baseStations: [[Double]]

  struct Rival {
    let outlets: Int
    /// 1 is our own price level.
    let price: Double
    let share: Double
    let promotionDays: Double
  }

  static let rivalNames = ["Tianhe Networks", "Beacon Telecom", "Zhidao Link"]

  init(_ specification: NetworkSpecification, _ geography: Geography, _ shift: Truth.RegionShift) {
    let months = specification.months
    level = geography.regions.indices.map { region in
      Market.level(specification, geography.regions[region].maturity, region, shift)
    }
    shock = geography.regions.indices.map { region in
      var stream = specification.stream("demand shock", region)
      var value = 0.0
      return (0..<months).map { _ in
        value = 0.5 * value + 0.04 * stream.normal()
        return value
      }
    }
    rivals = geography.regions.indices.map { region in
      Market.rivalNames.indices.map { Market.rival(specification, region, $0, shift) }
    }
    baseStations = geography.regions.indices.map { region in
      var stream = specification.stream("base stations", region)
      var value = stream.uniform(14, 24)
      return (0..<months).map { _ in
        value *= 1 + 0.012 * stream.uniform(0.4, 1.6)
        return value.rounded(digits: 1)
      }
    }
  }

  /// A trend by maturity, a slow random walk, and the planted fall of one region.
  private static func level(
    _ specification: NetworkSpecification, _ maturity: String, _ region: Int, _ shift: Truth.RegionShift
  ) -> [Double] {
    var stream = specification.stream("market", region)
    let yearly = maturity == "emerging" ? 0.16 : maturity == "growing" ? 0.09 : 0.03
    var walk = 0.0
    return (0..<specification.months).map { month in
      walk = 0.9 * walk + 0.018 * stream.normal()
      let fallen = region == shift.region && month >= shift.month ? shift.logChange : 0
      return yearly * Double(month) / 12 + walk + fallen
    }
  }

  private static func rival(
    _ specification: NetworkSpecification, _ region: Int, _ rival: Int, _ shift: Truth.RegionShift
  ) -> [Rival] {
    var stream = specification.stream("rival", region * 16 + rival)
    var outlets = stream.uniform(40, 220)
    var price = log(stream.uniform(0.88, 1.06))
    var share = stream.uniform(0.10, 0.24)
    return (0..<specification.months).map { month in
      let attacks = region == shift.region && rival == 0 && month >= shift.month
      price = 0.92 * price + (attacks ? -0.010 : -0.003) + 0.015 * stream.normal()
      outlets *= 1 + 0.01 * stream.normal() + (attacks ? 0.02 : 0.002)
      share = (share + 0.004 * stream.normal() + (attacks ? 0.003 : 0)).clamped(0.03...0.40)
      let sale = specification.season(month) == 5 || specification.season(month) == 10
      let days = stream.bernoulli(sale ? 0.8 : 0.3) ? stream.uniform(5, 20).rounded() : 0
      return Rival(
        outlets: Int(outlets), price: exp(price).rounded(digits: 3), share: share.rounded(digits: 4),
        promotionDays: days)
    }
  }

  /// What rivals do to our demand: their mean price and promotion.
  func rivalEffect(_ region: Int, _ month: Int) -> Double {
    let all = rivals[region].map { $0[month] }
    let count = Double(all.count)
    let price = all.reduce(0) { $0 + log($1.price) } / count
    let days = all.reduce(0) { $0 + $1.promotionDays } / count
    return Truth.rivalPrice * price + Truth.rivalPromotion * days / 30
  }

  /// The published index: the market with a little error of measurement, first year about 100.
  func indexTable(_ specification: NetworkSpecification, _ geography: Geography) -> Table {
    let rows = Market.rows(specification, geography)
    var stream = specification.stream("market index")
    let values = rows.map { (100 * exp(level[$0.region][$0.month] + 0.008 * stream.normal())).rounded(digits: 1) }
    return Table(
      name: "market_index",
      columns: [
        .months("period", rows.map { specification.month($0.month) }),
        .text("region", rows.map { geography.regions[$0.region].name }), .real("index", values),
      ])
  }

  func driversTable(_ specification: NetworkSpecification, _ geography: Geography) -> Table {
    let rows = Market.rows(specification, geography)
    let stations = rows.map { baseStations[$0.region][$0.month] }
    // An index of purchasing managers that moves nothing: a driver that a good engine drops.
    var stream = specification.stream("purchasing index")
    let purchasing = rows.map { _ in (50 + 1.1 * stream.normal()).rounded(digits: 1) }
    let names =
      Array(repeating: "base_stations", count: rows.count) + Array(repeating: "purchasing_index", count: rows.count)
    return Table(
      name: "drivers",
      columns: [
        .months("period", (rows + rows).map { specification.month($0.month) }),
        .text("region", (rows + rows).map { geography.regions[$0.region].name }), .text("name", names),
        .real("value", stations + purchasing),
      ])
  }

  func competitorsTable(_ specification: NetworkSpecification, _ geography: Geography) -> Table {
    let rows = Market.rows(specification, geography).flatMap { row in
      Market.rivalNames.indices.map { (month: row.month, region: row.region, rival: $0) }
    }
    let cells = rows.map { rivals[$0.region][$0.rival][$0.month] }
    return Table(
      name: "competitors",
      columns: [
        .months("period", rows.map { specification.month($0.month) }),
        .text("region", rows.map { geography.regions[$0.region].name }),
        .text("rival", rows.map { Market.rivalNames[$0.rival] }),
        .integer("outlets", cells.map(\.outlets)), .real("price", cells.map(\.price)),
        .real("share", cells.map(\.share)), .real("promo", cells.map(\.promotionDays)),
      ])
  }

  static func rows(
    _ specification: NetworkSpecification, _ geography: Geography
  ) -> [(month: Int, region: Int)] {
    (0..<specification.months).flatMap { month in geography.regions.indices.map { (month, $0) } }
  }
}
