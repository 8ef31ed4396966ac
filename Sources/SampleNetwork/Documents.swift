import ChannelTypes
import Glibc
import Probability
import Tables

/// The paper trail of the last 24 months: prepayment or order → shipment → invoice → cash, and the receivables that the
/// invoices leave. A document that would be dated after the end of the history has not happened yet.
struct Documents {
  struct Document {
    var partner: Int
    var kind: String
    var date: CivilDate
    var amount: Money
    var units: Int?
    /// The document before it.
    var follows: Int?
  }
  struct Invoice {
    var document: Int
    var due: CivilDate
    var paid: CivilDate?
    var amount: Money
  }

  private(set) var documents: [Document] = []
  private(set) var invoices: [Invoice] = []
  /// How many days each partner pays late, on average.
  private(set) var lateness: [Double] = []

  private let specification: NetworkSpecification
  private let lastDay: CivilDate

  init(_ specification: NetworkSpecification, _ partners: [Partner], _ histories: [PartnerHistory]) {
    self.specification = specification
    lastDay = specification.firstDay(specification.months).advanced(days: -1)
    for index in partners.indices {
      var stream = specification.stream("documents", index)
      let isTroubled = stream.bernoulli(histories[index].end == nil ? 0.06 : 0.30)
      lateness.append(isTroubled ? stream.uniform(25, 80) : stream.waiting(mean: 5))
      let history = histories[index]
      for month in history.months where month >= specification.months - 24 {
        let entry = month - history.firstMonth
        guard history.sellIn[entry] > .zero else { continue }
        file(
          index, partners[index], month, history.sellIn[entry], history.units[entry],
          history.actualDays[entry], &stream)
      }
    }
  }

  /// The chain of one month's goods.
  private mutating func file(
    _ index: Int, _ partner: Partner, _ month: Int, _ amount: Money, _ units: Int, _ deliveryDays: Double,
    _ stream: inout RandomStream
  ) {
    let ordered = specification.firstDay(month).advanced(days: stream.index(below: 20))
    // 1. Prepayments wait for goods with a heavy tail: now and then one is stuck.
    let prepaid = partner.paysAhead ? money(amount.double * stream.uniform(0.3, 1), decimals: 0) : .zero
    let wait = partner.paysAhead ? 9 * pow(-log(stream.uniform()), 1 / 0.8) : deliveryDays * stream.uniform(0.6, 1.4)
    guard
      let first = add(
        Document(
          partner: index, kind: partner.paysAhead ? "prepayment" : "order", date: ordered,
          amount: partner.paysAhead ? prepaid : amount, units: units))
    else { return }
    // 2. Shipment and invoice.
    let shipped = ordered.advanced(days: 1 + Int(wait))
    let shipment = Document(
      partner: index, kind: "shipment", date: shipped, amount: amount, units: units, follows: first)
    guard let second = add(shipment) else { return }
    let open = amount - prepaid
    guard open > .zero,
      let invoice = add(Document(partner: index, kind: "invoice", date: shipped, amount: open, follows: second))
    else { return }
    // 3. Cash, when it is due or later.
    let due = shipped.advanced(days: partner.termsDays)
    let delay = lateness[index] * LogNormal(median: 1, logDeviation: 0.6).draw(&stream) - 2
    let paid = due.advanced(days: max(-partner.termsDays, Int(delay)))
    let cash = add(Document(partner: index, kind: "cash", date: paid, amount: open, follows: invoice))
    invoices.append(Invoice(document: invoice, due: due, paid: cash.map { documents[$0].date }, amount: open))
  }

  /// Files a document unless it lies in the future; returns its number.
  private mutating func add(_ document: Document) -> Int? {
    guard document.date <= lastDay else { return nil }
    documents.append(document)
    return documents.count - 1
  }

  private func id(_ document: Int) -> String { identifier("D", document, of: 999_999) }

  func ordersTable(_ partners: [Partner]) -> Table {
    Table(
      name: "orders",
      columns: [
        .text("order_id", documents.indices.map(id)), .text("partner_id", documents.map { partners[$0.partner].id }),
        .text("kind", documents.map(\.kind)), .days("date", documents.map(\.date)),
        .money("amount", documents.map(\.amount)),
        .real("qty", documents.map { $0.units.map(Double.init) ?? .nan }),
        .text("ref", documents.map { $0.follows.map(id) }),
      ])
  }

  func receivablesTable(_ partners: [Partner]) -> Table {
    Table(
      name: "receivables",
      columns: [
        .text("invoice_id", invoices.map { id($0.document) }),
        .text("partner_id", invoices.map { partners[documents[$0.document].partner].id }),
        .days("issued", invoices.map { documents[$0.document].date }), .days("due", invoices.map(\.due)),
        .days("paid", invoices.map(\.paid)), .money("amount", invoices.map(\.amount)),
      ])
  }
}
