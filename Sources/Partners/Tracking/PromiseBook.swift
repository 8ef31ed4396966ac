public import ChannelTypes
public import Tables

/// Prepayments and orders, and the shipments that made good on them.
///
/// A shipment refers to the document that it follows. It takes from that document's balance what is left of it; what it
/// ships beyond (the part that is invoiced) counts as revenue but converts nothing. Shipments are taken in the order of
/// their dates.
public struct PromiseBook: Sendable {
  public enum Kind: String, Sendable, Hashable, CaseIterable { case prepayment, order }

  /// A prepayment or an order.
  public struct Promise: Sendable, Hashable {
    public var kind: Kind
    /// Index into `partners`.
    public var partner: Int
    /// Ordinal of its month.
    public var month: Int
    /// Day since 1970, or `Int.min` where the table has no days.
    public var day: Int
    public var amount: Money
    public var row: Int
  }

  /// A shipment that follows a promise.
  public struct Conversion: Sendable, Hashable {
    public var promise: Int
    /// Months after the promise, 0 in the same month.
    public var age: Int
    /// Days after it; NaN where the table has no days.
    public var days: Double
    /// What it took of the balance, and what it shipped.
    public var taken: Money
    public var shipped: Money
  }

  public let partners: [String]
  public private(set) var promises: [Promise] = []
  /// By promise, then by date.
  public private(set) var conversions: [Conversion] = []
  /// What has not been shipped, by promise.
  public private(set) var open: [Money] = []
  /// Ordinal of the last month that the book covers.
  public let lastMonth: Int

  /// - Parameter start: documents from here on are not read.
  /// - Returns: nil where the table has no dated prepayment or order.
  /// Complexity: O(rows · log rows).
  public init?(orders: Table, until start: Period? = nil) {
    guard let ids = orders.text("order_id"), let owners = orders.text("partner_id"), let kinds = orders.text("kind"),
      let dates = orders.periods("date"), let amounts = orders.money("amount")
    else { return nil }
    partners = owners.dictionary
    let months = dates.ordinals(as: .month)
    let end = start.flatMap { $0.containing(.month) }?.ordinal ?? Int.max
    let kindOfCode = kinds.dictionary.map { Kind(rawValue: $0) }
    let shipment = kinds.dictionary.firstIndex(of: "shipment").map(Int32.init) ?? -2
    func isRead(_ row: Int) -> Bool {
      months[row] != Int.min && months[row] < end && owners.codes[row] >= 0 && kinds.codes[row] >= 0
        && amounts[row] != Unknown.money && amounts[row] > .zero
    }
    func day(_ row: Int) -> Int { dates.form == .day ? Int(dates.ordinals[row]) : Int.min }
    // 1. What was promised.
    var number: [String: Int] = [:]
    var last = Int.min
    for row in 0..<orders.rowCount where isRead(row) {
      last = max(last, months[row])
      guard let kind = kindOfCode[Int(kinds.codes[row])], let id = ids[row] else { continue }
      number[id] = promises.count
      promises.append(
        Promise(
          kind: kind, partner: Int(owners.codes[row]), month: months[row], day: day(row), amount: amounts[row], row: row
        ))
    }
    guard !promises.isEmpty else { return nil }
    // A plan that starts later than the book ends has seen the months between without a shipment.
    lastMonth = start.flatMap { $0.containing(.month) }.map { min($0.ordinal - 1, last + 12) } ?? last
    open = promises.map(\.amount)
    // 2. What was shipped on it, in order.
    guard let refs = orders.text("ref") else { return }
    let promiseOfRef = refs.dictionary.map { number[$0] ?? -1 }
    var shipments: [(promise: Int, month: Int, row: Int)] = []
    for row in 0..<orders.rowCount where kinds.codes[row] == shipment && refs.codes[row] >= 0 && isRead(row) {
      let promise = promiseOfRef[Int(refs.codes[row])]
      if promise >= 0 { shipments.append((promise, months[row], row)) }
    }
    shipments.sort { ($0.promise, dates.ordinals[$0.row], $0.row) < ($1.promise, dates.ordinals[$1.row], $1.row) }
    for item in shipments {
      let promise = promises[item.promise]
      let taken = min(open[item.promise], amounts[item.row])
      open[item.promise] -= taken
      let days = dates.form == .day ? Double(day(item.row) - promise.day) : .nan
      conversions.append(
        Conversion(
          promise: item.promise, age: max(0, item.month - promise.month), days: max(0, days), taken: taken,
          shipped: amounts[item.row]))
    }
  }

  /// What came in by partner and month of one kind: index into `partners`, ordinal of the month.
  public func received(_ kind: Kind) -> [(partner: Int, month: Int, amount: Money)] {
    promises.filter { $0.kind == kind }.map { ($0.partner, $0.month, $0.amount) }
  }
}
