public import ChannelTypes
public import Tables

/// What is on file about end customers, with dates counted in periods from the first period of a calendar.
public struct CustomerHistory: Sendable {
  public struct Customer: Sendable, Hashable {
    public var id: String
    public var partner: String
    public var segment: String
    public var firstOrder: Int
    public var lastOrder: Int
    public var orders: Int
    /// Last period of the running or last contract; nil without contracts.
    public var contractEnd: Int?
    public var renewals: Int
    /// Contribution so far, in currency.
    public var margin: Double

    public init(
      id: String, partner: String, segment: String, firstOrder: Int, lastOrder: Int, orders: Int, contractEnd: Int?,
      renewals: Int, margin: Double
    ) {
      self.id = id
      self.partner = partner
      self.segment = segment
      self.firstOrder = firstOrder
      self.lastOrder = lastOrder
      self.orders = orders
      self.contractEnd = contractEnd
      self.renewals = renewals
      self.margin = margin
    }
  }

  public let customers: [Customer]
  /// The last period that the tables cover.
  public let today: Int
  public let frequency: Frequency
  /// What happened to the partners that serve them, in the same calendar; nil without a sales table.
  public let partners: PartnerHistory?
  /// The period that dates are counted from.
  public var firstPeriod: Period { partners?.firstPeriod ?? Period(form: .month, ordinal: 0) }
  /// Rows that are no customers yet, or lack a date.
  public let leftOut: Int

  public init(customers: [Customer], today: Int, frequency: Frequency, partners: PartnerHistory?, leftOut: Int = 0) {
    self.customers = customers
    self.today = today
    self.frequency = frequency
    self.partners = partners
    self.leftOut = leftOut
  }

  /// Customers of the table that have ordered. The calendar is that of the partners' history, or months up to the last
  /// order. Nil where no row has the dates.
  public init?(_ table: Table, partners: PartnerHistory?) {
    guard let ids = table.text("customer_id"), let partnerIDs = table.text("partner_id"),
      let first = table.periods("first_order"), let last = table.periods("last_order")
    else { return nil }
    let form = partners?.firstPeriod.form ?? .month
    let origin = partners?.firstPeriod.ordinal ?? 0
    func position(_ period: Period?) -> Int? { period?.containing(form).map { $0.ordinal - origin } }
    let (segments, expiries) = (table.text("segment"), table.periods("expires_on"))
    let (orders, renewals) = (table.integers("orders_n"), table.integers("renewals"))
    let margins = table.numbers("margin") ?? table.numbers("revenue")
    var customers: [Customer] = []
    for row in 0..<table.rowCount {
      guard let id = ids[row], let partner = partnerIDs[row], let start = position(first[row]),
        let end = position(last[row])
      else { continue }
      customers.append(
        Customer(
          id: id, partner: partner, segment: segments?[row] ?? "", firstOrder: start, lastOrder: max(start, end),
          orders: max(1, CustomerHistory.known(orders, row) ?? 1), contractEnd: position(expiries?[row]),
          renewals: CustomerHistory.known(renewals, row) ?? 0, margin: margins?[row].orZero ?? 0))
    }
    guard let latest = customers.map(\.lastOrder).max() else { return nil }
    self.init(
      customers: customers, today: partners.map { $0.periodCount - 1 } ?? latest,
      frequency: partners?.frequency ?? form.frequency ?? .month, partners: partners,
      leftOut: table.rowCount - customers.count)
  }

  private static func known(_ values: [Int64]?, _ row: Int) -> Int? {
    values.flatMap { $0[row] == Unknown.integer ? nil : Int(clamping: $0[row]) }
  }
}
