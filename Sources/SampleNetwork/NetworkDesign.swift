import ChannelTypes
import Glibc
import Probability
import Tables

/// What decisions about the network itself need: candidates, lanes between partners, prices, contracts.
enum NetworkDesign {
  /// Firms that may sign: most in cities without a partner, some as successors in cities with one.
  static func candidatesTable(_ specification: NetworkSpecification, _ geography: Geography) -> Table {
    var stream = specification.stream("candidates")
    let served = Set(geography.regions.flatMap(\.served))
    let open = geography.cities.indices.filter { !served.contains($0) }
    let opened = served.sorted()
    let count = max(20, min(600, specification.partners * 4 / 5))
    let cities = (0..<count).map { index in
      let pool = open.isEmpty || index % 4 == 3 ? opened : open
      return pool[stream.index(below: pool.count)]
    }
    let sizes = cities.map { city in
      0.5 * stream.normal() - 0.25 * Double(geography.cities[city].tier - 2)
    }
    func counts(_ median: Double, _ power: Double) -> [Int] {
      sizes.map { Int(median * exp(power * $0 + 0.35 * stream.normal())) }
    }
    return Table(
      name: "candidates",
      columns: [
        .text("candidate_id", cities.indices.map { identifier("K", $0, of: count) }),
        .text("name", cities.map { "Candidate \(geography.cities[$0].name) \(1 + stream.index(below: 900))" }),
        .text("region", cities.map { geography.regions[geography.cities[$0].region].name }),
        .text("city", cities.map { geography.cities[$0].name }),
        .text("channel_type", cities.map { _ in Channel.allCases[stream.index(weights: Channel.shares)].rawValue }),
        .integer("outlets", counts(3, 0.9)), .integer("staff", counts(9, 0.7)),
        .integer("dedicated_staff", counts(1.6, 0.5)), .integer("customers_n", counts(40, 0.8)),
        .money(
          "working_capital", sizes.map { money((180_000 * exp($0 + 0.3 * stream.normal()) / 1000).rounded() * 1000) }),
        .flag("fixed_office", cities.map { _ in stream.bernoulli(0.85) }),
        .flag("shares_data", cities.map { _ in stream.bernoulli(0.7) }),
        .real("years_in_trade", cities.map { _ in stream.waiting(mean: 6).clamped(0...30).rounded(digits: 1) }),
        .integer("rival_brands", cities.map { _ in Poisson(mean: 1.4).draw(&stream) }),
        .real("bureau_score", cities.map { _ in (670 + 60 * stream.normal()).clamped(300...850).rounded() }),
        .money("signing_cost", cities.map { _ in money((stream.uniform(12, 45)).rounded() * 1000) }),
        .money(
          "expected_monthly_sales",
          sizes.map { money((30_000 * exp($0 + 0.4 * stream.normal()) / 100).rounded() * 100) }),
      ])
  }

  /// From every partner to the eight nearest others of its region: freight grows with the distance.
  static func lanesTable(_ geography: Geography, _ partners: [Partner]) -> Table {
    let byRegion = geography.regions.indices.map { region in
      partners.indices.filter { partners[$0].region == region }
    }
    var (from, to, distances) = ([String?](), [String?](), [Double]())
    for (index, partner) in partners.enumerated() {
      let others = byRegion[partner.region].filter { $0 != index }
        .map { (kilometres: geography.kilometres(partner.city, partners[$0].city), partner: $0) }
        .sorted { $0 < $1 }
      for other in others.prefix(8) {
        from.append(partner.id)
        to.append(partners[other.partner].id)
        distances.append((other.kilometres * 1.3 + 8).rounded())
      }
    }
    return Table(
      name: "lanes",
      columns: [
        .text("from_partner", from), .text("to_partner", to),
        .money("cost_per_unit", distances.map { money(1.5 + 0.012 * $0) }),
        .real("days", distances.map { 1 + ($0 / 450).rounded(.up) }), .real("distance_km", distances),
        .money("truck_cost", distances.map { money((120 + 2.1 * $0).rounded()) }),
        .real("capacity", distances.map { _ in 400 }),
      ])
  }

  /// The prices of every product from its launch on, cut each March, the same in all regions.
  static func priceBookTable(_ specification: NetworkSpecification, _ products: [Product]) -> Table {
    var (ids, from, until) = ([String?](), [CivilDate?](), [CivilDate?]())
    var (list, dealer, floor, cost) = ([Money?](), [Money?](), [Money?](), [Money?]())
    for product in products {
      let starts = (0..<specification.months).filter {
        product.isSold($0) && ($0 == max(0, product.launch) || product.listPrice($0) != product.listPrice($0 - 1))
      }
      for (index, start) in starts.enumerated() {
        let price = product.listPrice(start)
        ids.append(product.id)
        from.append(specification.firstDay(start))
        let end =
          index + 1 < starts.count
          ? starts[index + 1] : product.phaseOut.flatMap { $0 < specification.months ? $0 : nil }
        until.append(end.map { specification.firstDay($0).advanced(days: -1) })
        list.append(money(price))
        dealer.append(money(price * 0.86, decimals: 1))
        floor.append(money(price * 0.78, decimals: 0))
        cost.append(money(price * (1 - product.margin) * 0.86))
      }
    }
    return Table(
      name: "price_book",
      columns: [
        .text("product_id", ids), .text("region", ids.map { _ in "all" }), .days("valid_from", from),
        .days("valid_to", until), .money("list_price", list), .money("dealer_price", dealer),
        .money("floor_price", floor), .money("unit_cost", cost),
      ])
  }

  /// One contract a year from the day of signing, those that ran within the history.
  static func contractsTable(
    _ specification: NetworkSpecification, _ geography: Geography, _ partners: [Partner], _ histories: [PartnerHistory]
  ) -> Table {
    var rows: [(partner: Int, start: CivilDate, end: CivilDate)] = []
    for (index, partner) in partners.enumerated() {
      let last = PartnersTable.contractEnd(specification, partner, histories[index])
      var start = partner.signed
      while start <= last {
        let end = min(start.advanced(days: 364), last)
        if end >= specification.firstDay(0) { rows.append((index, start, end)) }
        start = start.advanced(days: 365)
      }
    }
    var stream = specification.stream("contracts")
    let isProvincial = partners.map { $0.size > 0.7 }
    return Table(
      name: "contracts",
      columns: [
        .text("contract_id", rows.indices.map { identifier("T", $0, of: max(9_999, rows.count)) }),
        .text("partner_id", rows.map { partners[$0.partner].id }), .days("starts_on", rows.map(\.start)),
        .days("ends_on", rows.map(\.end)),
        .text("tier", rows.map { isProvincial[$0.partner] ? "provincial_agent" : "city_distributor" }),
        .text("territory", rows.map { territory(geography, partners[$0.partner], isProvincial[$0.partner]) }),
        .flag("exclusive", rows.map { isProvincial[$0.partner] && partners[$0.partner].channel == .agent }),
        .money(
          "annual_target",
          rows.map {
            money((histories[$0.partner].monthlySales * 12 * stream.uniform(0.9, 1.2) / 1000).rounded() * 1000)
          }),
        .integer("notice_days", rows.map { isProvincial[$0.partner] ? 90 : 60 }),
        .money("deposit", rows.map { isProvincial[$0.partner] ? Money(50_000) : Money(20_000) }),
        .real("buyback_pct", rows.map { _ in [70, 80, 90][stream.index(below: 3)] }),
        .real("compensation_pct", rows.map { isProvincial[$0.partner] ? 4 : 2 }),
        .real("profit_split_pct", rows.map { isProvincial[$0.partner] ? 40 : 30 }),
      ])
  }

  /// Its own city, and for a provincial agent the neighbours in the same province.
  private static func territory(_ geography: Geography, _ partner: Partner, _ isProvincial: Bool) -> String {
    let home = geography.cities[partner.city]
    let near = isProvincial ? home.neighbours.filter { geography.cities[$0].province == home.province } : []
    return ([partner.city] + near).map { geography.cities[$0].name }.joined(separator: "|")
  }
}
