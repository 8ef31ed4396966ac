import ChannelTypes
import Glibc
import Probability
import Tables

/// End customers of the partners, with a known chance of leaving: see `CustomerSegment.Hazard`.
struct Customers {
  struct Row {
    var partner: Int
    var segment: CustomerSegment
    var stage: String
    var firstContact: CivilDate
    var firstOrder: CivilDate?
    var lastOrder: CivilDate?
    var orders = 0
    var revenue = 0.0
    var renewals: Int?
    var expires: CivilDate?
    /// The month in which it left; known to the truth only.
    var left: Int?
  }

  /// What happened against what the hazards expected, by segment.
  struct Count {
    var customers = 0
    var monthsAtRisk = 0
    var departures = 0
    var expectedDepartures = 0.0
    var renewalsDue = 0
    var renewals = 0
    var activeAtEnd = 0
  }

  private(set) var rows: [Row] = []
  private(set) var counts: [Count]
  /// Customers that are still there, by partner.
  private(set) var active: [Int]

  private let specification: NetworkSpecification
  private let hazards: [CustomerSegment.Hazard]

  init(
    _ specification: NetworkSpecification, _ truth: Truth, _ partners: [Partner], _ histories: [PartnerHistory]
  ) {
    self.specification = specification
    hazards = truth.customerHazards
    counts = hazards.map { _ in Count() }
    active = partners.map { _ in 0 }
    for index in partners.indices {
      var stream = specification.stream("customers", index)
      let expected = 42 * exp(0.55 * partners[index].size)
      for _ in 0..<max(3, Poisson(mean: expected).draw(&stream)) {
        if let row = live(index, histories[index], &stream) {
          rows.append(row)
          if row.stage == "customer", row.left == nil { active[index] += 1 }
        }
      }
    }
  }

  /// One lead's life. Leads that came to nothing within nine months are no longer on file.
  private mutating func live(_ partner: Int, _ history: PartnerHistory, _ stream: inout RandomStream) -> Row? {
    let end = history.end ?? specification.months
    let earliest = history.firstMonth == 0 ? -20 : history.firstMonth
    guard earliest < end else { return nil }
    let contact = earliest + stream.index(below: end - earliest)
    let kind = stream.index(weights: hazards.map(\.share))
    let hazard = hazards[kind]
    var row = Row(
      partner: partner, segment: hazard.segment, stage: "potential",
      firstContact: specification.firstDay(contact).advanced(days: stream.index(below: 28)))
    let converts = stream.bernoulli(0.66)
    let start = contact + 1 + Int(stream.waiting(mean: 2))
    guard converts, start < end else {
      let age = end - contact
      guard end == specification.months, age <= 9 else { return nil }
      row.stage = age > 5 || stream.bernoulli(0.3) ? "near_close" : age > 2 ? "intent" : "potential"
      return row
    }
    row.stage = "customer"
    counts[kind].customers += 1
    buy(&row, hazard, kind, from: start, to: end, history, &stream)
    if row.left == nil, history.end != nil { row.left = end }
    if row.left == nil { counts[kind].activeAtEnd += 1 }
    return row
  }

  /// The months of a customer: orders, renewals, and the hazard of leaving.
  private mutating func buy(
    _ row: inout Row, _ hazard: CustomerSegment.Hazard, _ kind: Int, from start: Int, to end: Int,
    _ history: PartnerHistory, _ stream: inout RandomStream
  ) {
    let size = LogNormal(median: 1, logDeviation: 0.5).draw(&stream)
    if hazard.contractMonths > 0 { row.renewals = 0 }
    for month in start..<end {
      let age = month - start
      // 1. Orders; the first month has one for certain.
      let count = max(age == 0 ? 1 : 0, Poisson(mean: hazard.orderRate).draw(&stream))
      for _ in 0..<count { order(&row, hazard, size, month, &stream) }
      // 2. The end of a contract.
      if hazard.contractMonths > 0, age > 0, age % hazard.contractMonths == 0 {
        counts[kind].renewalsDue += 1
        guard stream.bernoulli(hazard.renewal) else {
          row.left = month
          return
        }
        counts[kind].renewals += 1
        row.renewals = (row.renewals ?? 0) + 1
      }
      if hazard.contractMonths > 0 {
        let until = start + (age / hazard.contractMonths + 1) * hazard.contractMonths
        row.expires = specification.firstDay(until).advanced(days: -1)
      }
      // 3. Leaving in between.
      let empty = (max(0, month - 2)...max(0, month)).reduce(0.0) { $0 + history.stockouts(at: $1) } / 3
      let score = hazard.intercept + hazard.tenure * log(1 + Double(age)) + hazard.stockouts * empty
      let chance = 1 / (1 + exp(-score))
      counts[kind].monthsAtRisk += 1
      counts[kind].expectedDepartures += chance
      if stream.bernoulli(chance) {
        counts[kind].departures += 1
        row.left = month
        return
      }
    }
  }

  private func order(
    _ row: inout Row, _ hazard: CustomerSegment.Hazard, _ size: Double, _ month: Int, _ stream: inout RandomStream
  ) {
    let date = specification.firstDay(month).advanced(days: stream.index(below: specification.days(month)))
    if row.firstOrder.map({ date < $0 }) ?? true { row.firstOrder = date }
    if row.lastOrder.map({ date > $0 }) ?? true { row.lastOrder = date }
    row.orders += 1
    row.revenue += LogNormal(median: hazard.orderValue * size, logDeviation: 0.6).draw(&stream)
  }

  func table(_ partners: [Partner]) -> Table {
    var stream = specification.stream("customer margin")
    return Table(
      name: "customers",
      columns: [
        .text("customer_id", rows.indices.map { identifier("C", $0, of: 99_999) }),
        .text("partner_id", rows.map { partners[$0.partner].id }), .text("stage", rows.map(\.stage)),
        .days("first_contact", rows.map(\.firstContact)), .days("first_order", rows.map(\.firstOrder)),
        .days("last_order", rows.map(\.lastOrder)), .integer("orders_n", rows.map(\.orders)),
        .money("revenue", rows.map { money($0.revenue) }),
        .money("margin", rows.map { money($0.revenue * stream.uniform(0.2, 0.38)) }),
        .integer("renewals", rows.map(\.renewals)), .days("expires_on", rows.map(\.expires)),
        .text("segment", rows.map(\.segment.rawValue)),
      ])
  }
}
