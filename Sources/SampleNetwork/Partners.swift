import ChannelTypes
import Glibc
import Probability
import Tables

/// What a partner is, as drawn when it signs.
struct Partner {
  /// A product that it carries.
  struct Line {
    let product: Int
    /// ln of how much better than others it sells the product.
    let affinity: Double
  }

  let id: String
  let name: String
  let city: Int
  let region: Int
  let channel: Channel
  /// ln of its size against the median partner.
  let size: Double
  let lines: [Line]
  let signed: CivilDate
  /// The first month with sales in the history.
  let firstMonth: Int
  /// Change of ln demand a month that is its own.
  let drift: Double
  /// Its own level shift: from which month, by how much.
  let shift: (month: Int, logChange: Double)?
  /// The size parameter of the negative binomial: small is bursty.
  let spread: Double
  /// Negotiated discount off the list price.
  let discount: Double
  /// Months of sales that it wants to hold after an order.
  let cover: Double
  /// The chance that it orders at all in a month.
  let orderChance: Double
  let leadTimeDays: Double
  let paysAhead: Bool
  let termsDays: Int
  /// Takes goods at quarter ends that it has no buyers for.
  let isStuffed: Bool
  let baseSatisfaction: Double
  let outlets: Int
  let staff: Int
  let dedicatedStaff: Int

  /// Draws one partner; the first ones open one served city each, later ones settle by population.
  init(_ index: Int, _ specification: NetworkSpecification, _ geography: Geography, _ products: [Product]) {
    var stream = specification.stream("partner", index)
    id = identifier("P", index, of: specification.partners)
    let served = geography.regions.flatMap(\.served)
    city =
      index < served.count
      ? served[index]
      : Partner.settle(geography, &stream)
    region = geography.cities[city].region
    channel = Channel.allCases[stream.index(weights: Channel.shares)]
    name = Partner.name(index, geography.cities[city].name, &stream)

    // One in seven is a small dealer with sales now and then.
    let isSmall = stream.bernoulli(0.14)
    size = (isSmall ? -1.6 : 0) + 0.75 * stream.normal() + (channel == .online ? 0.35 : 0)
    spread = isSmall ? stream.uniform(0.5, 1.2) : stream.uniform(2.5, 9)
    orderChance = isSmall ? 0.55 : 0.97
    let carried = isSmall ? stream.uniform(0.2, 0.4) : (0.72 + 0.12 * size).clamped(0.45...0.97)
    lines = Partner.lines(products, share: carried, &stream)

    // A third joins within the history.
    let joinsLate = stream.bernoulli(0.32)
    let latest = Double(specification.months) * 0.85
    firstMonth = joinsLate ? 1 + Int(stream.uniform() * (latest - 1)) : 0
    signed =
      joinsLate
      ? specification.firstDay(firstMonth - 1).advanced(days: stream.index(below: 28))
      : specification.firstDay(0).advanced(days: -30 - Int(stream.waiting(mean: 1200)).clampedDays)
    drift = 0.006 * stream.normal()
    let shifts = stream.bernoulli(0.08) && specification.months > 20
    let shiftMonth = 8 + stream.index(below: specification.months - 14)
    shift = shifts ? (shiftMonth, stream.bernoulli(0.65) ? -0.55 : 0.40) : nil

    discount = stream.uniform(0, 0.045)
    cover = stream.uniform(1.7, 3.1)
    leadTimeDays = stream.uniform(3, 16).rounded()
    paysAhead = stream.bernoulli(0.45)
    termsDays = paysAhead ? 0 : [30, 45, 60][stream.index(weights: [0.5, 0.2, 0.3])]
    isStuffed = stream.bernoulli(0.12)
    baseSatisfaction = (74 + 9 * stream.normal()).clamped(40...96)
    outlets = max(1, Int(3 * exp(0.8 * size + 0.4 * stream.normal())))
    staff = max(1, Int(9 * exp(0.7 * size + 0.3 * stream.normal())))
    dedicatedStaff = max(0, min(staff, Int(2.2 * exp(0.5 * size + 0.4 * stream.normal()))))
  }

  /// A served city: the region by its weight, the city by its people.
  private static func settle(_ geography: Geography, _ stream: inout RandomStream) -> Int {
    let region = stream.index(weights: geography.regions.map(\.weight))
    let served = geography.regions[region].served
    return served[stream.index(weights: served.map { Double(geography.cities[$0].population).squareRoot() })]
  }

  /// A random assortment with at least four products that are on sale at the start.
  private static func lines(_ products: [Product], share: Double, _ stream: inout RandomStream) -> [Line] {
    products.indices.compactMap { product in
      // Popular products are carried by more partners.
      let chance = (share * (0.75 + 0.05 * products[product].weight)).clamped(0...0.97)
      let isCore = product < 4
      let drawn = stream.uniform()
      let affinity = 0.35 * stream.normal()
      return isCore || drawn < chance ? Line(product: product, affinity: affinity) : nil
    }
  }

  private static func name(_ index: Int, _ city: String, _ stream: inout RandomStream) -> String {
    let firsts = [
      ("华信", "Huaxin"), ("中联", "Zhonglian"), ("天宇", "Tianyu"), ("宏达", "Hongda"), ("恒通", "Hengtong"),
      ("金桥", "Jinqiao"), ("瑞丰", "Ruifeng"), ("神州", "Shenzhou"), ("长城", "Changcheng"), ("远东", "Yuandong"),
      ("新锐", "Xinrui"), ("立信", "Lixin"), ("海纳", "Haina"), ("博远", "Boyuan"), ("鼎盛", "Dingsheng"),
      ("众诚", "Zhongcheng"), ("东方", "Dongfang"), ("启明", "Qiming"), ("星河", "Xinghe"), ("云帆", "Yunfan"),
      ("优联", "Youlian"), ("嘉禾", "Jiahe"), ("正大", "Zhengda"), ("维科", "Weike"), ("安捷", "Anjie"),
    ]
    let seconds = [
      ("通讯", "Telecom"), ("网络", "Networks"), ("科技", "Technology"), ("智联", "Smartlink"), ("电子", "Electronics"),
      ("系统", "Systems"),
    ]
    let first = firsts[(index * 7 + index / firsts.count) % firsts.count]
    let second = seconds[stream.index(below: seconds.count)]
    let place = city.prefix { $0 != "_" }
    let capital = place.prefix(1).uppercased() + place.dropFirst()
    switch index % 3 {
    case 0: return "\(first.0)\(second.0) \(first.1) \(second.1)"
    case 1: return "\(first.1) \(second.1) \(capital)"
    default: return "\(first.0)\(second.0) (\(capital))"
    }
  }

  /// ln of the partner's own movement in a month: its climb after joining, its drift and its level shift.
  func ownTrend(_ month: Int) -> Double {
    let age = Double(month - firstMonth)
    let ramp = firstMonth > 0 ? log(1 - 0.75 * exp(-(age + 1) / 5)) : 0
    let shifted = shift.map { month >= $0.month ? $0.logChange : 0 } ?? 0
    return ramp + drift * age + shifted
  }

  func tenureYears(_ specification: NetworkSpecification, _ month: Int) -> Double {
    Double(specification.firstDay(month).daysSinceEpoch - signed.daysSinceEpoch) / 365.25
  }
}

extension Int {
  /// Partners signed eleven years before the history at most.
  fileprivate var clampedDays: Int { Swift.min(self, 4000) }
}

/// The `partners` table, from what partners are and what became of them.
enum PartnersTable {
  static func table(
    _ specification: NetworkSpecification, _ geography: Geography, _ partners: [Partner], _ histories: [PartnerHistory],
    customers: [Int]
  ) -> Table {
    let grades = grades(histories)
    let dates = partners.indices.map { contractEnd(specification, partners[$0], histories[$0]) }
    let sales = histories.map { $0.monthlySales }
    var stream = specification.stream("partner figures")
    let capital = sales.map { money(($0 * stream.uniform(1.5, 5) / 1000).rounded() * 1000 + 20_000) }
    let credit = partners.indices.map { index -> Money in
      partners[index].paysAhead ? .zero : money((sales[index] * stream.uniform(1.2, 2.6) / 1000).rounded() * 1000)
    }
    return Table(
      name: "partners",
      columns: [
        .text("partner_id", partners.map(\.id)), .text("name", partners.map(\.name)),
        .text("region", partners.map { geography.regions[$0.region].name }),
        .text("city", partners.map { geography.cities[$0.city].name }),
        .text("channel_type", partners.map(\.channel.rawValue)), .text("grade", grades),
        .days("signed_on", partners.map(\.signed)), .days("contract_end", dates),
        .integer("outlets", partners.map(\.outlets)), .integer("staff", partners.map(\.staff)),
        .integer("dedicated_staff", partners.map(\.dedicatedStaff)), .integer("customers_n", customers),
        .money("working_capital", capital), .money("credit_limit", credit),
        .integer("terms_days", partners.map(\.termsDays)), .real("lead_time_days", partners.map(\.leadTimeDays)),
        .real("satisfaction", histories.map { $0.satisfaction.last?.rounded(digits: 1) ?? .nan }),
        .integer("star_years", partners.map { starYears($0, specification, &stream) }),
        .real(
          "shareholding_pct", partners.map { _ in stream.bernoulli(0.06) ? [10, 20, 30][stream.index(below: 3)] : 0 }),
        .text("status", histories.map { $0.end == nil ? "active" : "ended" }),
      ])
  }

  /// Gold for the best 15 % by sales of the last year, silver for the next 30 %.
  static func grades(_ histories: [PartnerHistory]) -> [String] {
    let ranked = histories.indices.sorted { (-histories[$0].monthlySales, $0) < (-histories[$1].monthlySales, $1) }
    var grades = Array(repeating: "bronze", count: histories.count)
    for (rank, index) in ranked.enumerated() {
      let share = Double(rank) / Double(histories.count)
      grades[index] = share < 0.15 ? "gold" : share < 0.45 ? "silver" : "bronze"
    }
    return grades
  }

  /// Contracts run for a year from the day of signing; that of a partner that left has ended.
  static func contractEnd(
    _ specification: NetworkSpecification, _ partner: Partner, _ history: PartnerHistory
  ) -> CivilDate {
    let until = specification.firstDay(history.end ?? specification.months)
    var end = partner.signed.advanced(days: 364)
    while end < until { end = end.advanced(days: 365) }
    return history.end == nil ? end : min(end, until)
  }

  private static func starYears(
    _ partner: Partner, _ specification: NetworkSpecification, _ stream: inout RandomStream
  ) -> Int {
    let tenure = Int(partner.tenureYears(specification, specification.months))
    return min(max(0, tenure), stream.index(weights: [0.45, 0.25, 0.15, 0.10, 0.05]))
  }
}
