import ChannelTypes
import Glibc
import Probability
import Tables

/// What partners were paid: quarterly commission by the sample plan's tiers, points, first orders of new products,
/// store fitting, and loyalty at the end of the year.
enum IncentiveLedger {
  /// Commission on the excess: each rate applies to the part of a quarter's sell-in between its threshold and the next.
  static let tiers: [(from: Int, percent: Int)] = [(0, 10), (100_000, 12), (200_000, 15), (400_000, 20)]

  struct Entry {
    var date: CivilDate
    var partner: Int
    var kind: String
    var amount: Money
    var period: Period?
    var points: Int?
    var product: Int?
    var reference: String?
  }

  /// The commission on a quarter's sell-in, rounded once to the cent.
  static func commission(on sellIn: Money) -> Money {
    var hundredths = 0
    for (index, tier) in tiers.enumerated() {
      let upper = index + 1 < tiers.count ? Money(tiers[index + 1].from) : sellIn
      let part = min(sellIn, upper) - Money(tier.from)
      if part > .zero { hundredths += Int(part.tenThousandths) * tier.percent }
    }
    return Money(tenThousandths: Int64(hundredths / 100)).rounded()
  }

  static func table(
    _ specification: NetworkSpecification, _ products: [Product], _ partners: [Partner], _ histories: [PartnerHistory]
  ) -> Table {
    var entries: [Entry] = []
    for index in partners.indices {
      var stream = specification.stream("incentives", index)
      entries += settlements(specification, index, histories[index], &stream)
      entries += firstOrders(specification, products, index, partners[index], histories[index], &stream)
      entries += support(specification, index, histories[index], &stream)
    }
    let lastDay = specification.firstDay(specification.months).advanced(days: -1)
    let kept = entries.indices.filter { entries[$0].date <= lastDay }
      .sorted { (entries[$0].date, $0) < (entries[$1].date, $1) }.map { entries[$0] }
    return Table(
      name: "incentive_ledger",
      columns: [
        .text("entry_id", kept.indices.map { identifier("L", $0, of: 99_999) }), .days("date", kept.map(\.date)),
        .text("partner_id", kept.map { partners[$0.partner].id }), .text("kind", kept.map(\.kind)),
        .money("amount", kept.map(\.amount)),
        Column(name: "period", values: .period(PeriodColumn(form: .quarter, kept.map(\.period)))),
        .integer("points", kept.map(\.points)), .text("product_id", kept.map { $0.product.map { products[$0].id } }),
        .text("ref", kept.map(\.reference)),
      ])
  }

  /// Quarter by quarter: commission on the 15th after its end, points on its last day; now and then an advance in the
  /// middle month, netted at the settlement.
  private static func settlements(
    _ specification: NetworkSpecification, _ index: Int, _ history: PartnerHistory, _ stream: inout RandomStream
  ) -> [Entry] {
    var entries: [Entry] = []
    for quarter in 0..<(specification.months / 3) {
      let months = (quarter * 3..<quarter * 3 + 3).filter(history.months.contains)
      guard !months.isEmpty else { continue }
      let sellIn = months.map { history.sellIn[$0 - history.firstMonth] }.total()
      let earned = commission(on: sellIn)
      let period = Period.quarter(2023 + quarter / 4, quarter % 4 + 1)
      let isAdvanced = stream.bernoulli(0.12)
      let advance = isAdvanced ? money((earned.double * 0.4 / 1000).rounded() * 1000) : .zero
      if advance > .zero {
        let date = specification.firstDay(quarter * 3 + 1).advanced(days: 19)
        entries.append(
          Entry(date: date, partner: index, kind: "commission", amount: advance, period: period, reference: "advance"))
      }
      let end = specification.firstDay(quarter * 3 + 3)
      if earned > .zero {
        entries.append(
          Entry(
            date: end.advanced(days: 14), partner: index, kind: "commission", amount: earned - advance, period: period,
            reference: "settlement"))
      }
      let points = Int(sellIn.double / 1000) + stream.index(below: 40)
      entries.append(
        Entry(
          date: end.advanced(days: -1), partner: index, kind: "points", amount: .zero, period: period, points: points))
    }
    return entries
  }

  /// Double points and money for the first order of a product that was launched within the history.
  private static func firstOrders(
    _ specification: NetworkSpecification, _ products: [Product], _ index: Int, _ partner: Partner,
    _ history: PartnerHistory, _ stream: inout RandomStream
  ) -> [Entry] {
    partner.lines.compactMap { line in
      let launch = products[line.product].launch
      guard launch > 0, history.months.contains(launch) else { return nil }
      let date = specification.firstDay(launch).advanced(days: 3 + stream.index(below: 24))
      return Entry(
        date: date, partner: index, kind: "award", amount: Money(500), period: nil, points: 200, product: line.product,
        reference: "first order")
    }
  }

  /// Store fitting for those that sell enough, loyalty in the last month of a year.
  private static func support(
    _ specification: NetworkSpecification, _ index: Int, _ history: PartnerHistory, _ stream: inout RandomStream
  ) -> [Entry] {
    var entries: [Entry] = []
    for month in history.months where month % 12 == 11 && month - history.firstMonth >= 11 {
      let year = history.sellOut.dropFirst(month - history.firstMonth - 11).prefix(12).total().double
      let date = specification.firstDay(month).advanced(days: 19)
      if year > 600_000 {
        let amount = min(20_000, (year * 0.01 / 100).rounded() * 100)
        entries.append(
          Entry(date: date, partner: index, kind: "store_fit", amount: money(amount), reference: "volume step"))
      }
      if year > 300_000, stream.bernoulli(0.25) {
        let amount = (year * stream.uniform(0.01, 0.03) / 100).rounded() * 100
        entries.append(
          Entry(date: date, partner: index, kind: "loyalty", amount: money(amount), reference: "star dealer"))
      }
    }
    return entries
  }
}
