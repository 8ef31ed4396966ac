public import ChannelTypes
public import Tables

/// How partners pay: what the table of invoices tells of each, by the year in which invoices fell due.
public struct Collections: Sendable {
  /// Invoices of one partner that fell due in one year.
  public struct Year: Sendable, Hashable {
    public var year: Int
    /// Invoices that were due by the last day known, and the part of it that was paid in time.
    public var due = Money.zero
    public var punctual = Money.zero
    /// Paid invoices: their amount, and Σ amount · days from issue to payment.
    public var paid = Money.zero
    public var paidDays = 0.0
    /// Whether an invoice was unpaid for too long; nil where none is decided yet.
    public var isDefault: Bool?

    public init(_ year: Int) { self.year = year }

    /// Mean days from issue to payment, weighted by amount; NaN where nothing was paid.
    public var collectionDays: Double { paid > .zero ? paidDays / paid.double : .nan }
    /// Share of what was due that was paid in time; NaN where nothing was due.
    public var punctuality: Double { due > .zero ? punctual.double / due.double : .nan }
  }

  public struct Record: Sendable, Hashable {
    public var partner: String
    /// Ascending.
    public var years: [Year] = []
    /// Owed today, and the part of it that is past its day.
    public var open = Money.zero
    public var overdue = Money.zero
    /// Days that the oldest open invoice is past its day; 0 where none is.
    public var oldestOverdueDays = 0
    public var invoices = 0
    /// The first of its rows.
    public var firstRow: Int

    public init(_ partner: String, firstRow: Int = 0) {
      self.partner = partner
      self.firstRow = firstRow
    }
  }

  /// In order of first appearance.
  public private(set) var records: [Record] = []
  /// The last day that the table knows, on which open invoices are judged; nil for an empty table.
  public private(set) var today: Period?
  private var positions: [String: Int] = [:]

  public init() {}

  /// - Parameter defaultDays: an invoice unpaid so many days after it was due is a default. One that is not due yet, or
  ///   open and younger, decides nothing.
  /// Complexity: O(rows).
  public init(_ table: Table, defaultDays: Int) {
    guard let partner = table.text("partner_id"), let due = table.periods("due"), due.form == .day,
      let issued = table.periods("issued"), issued.form == .day, let amounts = table.money("amount")
    else { return }
    let paid = table.periods("paid").flatMap { $0.form == .day ? $0.ordinals : nil } ?? []
    let known = issued.ordinals.lazy.filter { $0 != Unknown.ordinal }.max()
    guard let last = [known, paid.lazy.filter { $0 != Unknown.ordinal }.max()].compactMap({ $0 }).max() else { return }
    let today = Int(last)
    self.today = Period(form: .day, ordinal: today)
    var recordOf = [Int](repeating: -1, count: partner.dictionary.count)
    for row in 0..<table.rowCount {
      let code = Int(partner.codes[row])
      guard code >= 0, due.ordinals[row] != Unknown.ordinal, let year = due[row]?.containing(.year)?.ordinal else {
        continue
      }
      if recordOf[code] < 0 {
        recordOf[code] = records.count
        positions[partner.dictionary[code]] = records.count
        records.append(Record(partner.dictionary[code], firstRow: row))
      }
      let payment = paid.isEmpty || paid[row] == Unknown.ordinal ? nil : Int(paid[row])
      let issue = issued.ordinals[row] == Unknown.ordinal ? nil : Int(issued.ordinals[row])
      let invoice = Invoice(
        issued: issue, due: Int(due.ordinals[row]), paid: payment,
        amount: amounts[row] == Unknown.money ? .zero : amounts[row])
      records[recordOf[code]].add(invoice, year: year, today: today, defaultDays: defaultDays)
    }
    for index in records.indices { records[index].years.sort { $0.year < $1.year } }
  }

  public subscript(partner: String) -> Record? { positions[partner].map { records[$0] } }

  fileprivate struct Invoice {
    var issued: Int?
    var due: Int
    var paid: Int?
    var amount: Money
  }
}

extension Collections.Record {
  fileprivate mutating func add(_ invoice: Collections.Invoice, year: Int, today: Int, defaultDays: Int) {
    let place: Int
    if let found = years.firstIndex(where: { $0.year == year }) {
      place = found
    } else {
      place = years.count
      years.append(Collections.Year(year))
    }
    invoices += 1
    if invoice.due <= today {
      years[place].due += invoice.amount
      if let paid = invoice.paid, paid <= invoice.due { years[place].punctual += invoice.amount }
    }
    if let paid = invoice.paid, let issued = invoice.issued {
      years[place].paid += invoice.amount
      years[place].paidDays += invoice.amount.double * Double(max(0, paid - issued))
    }
    if invoice.paid == nil {
      open += invoice.amount
      if invoice.due < today {
        overdue += invoice.amount
        oldestOverdueDays = max(oldestOverdueDays, today - invoice.due)
      }
    }
    let isLate = (invoice.paid ?? today) - invoice.due >= defaultDays
    if isLate || (invoice.paid != nil && invoice.due <= today) {
      years[place].isDefault = (years[place].isDefault ?? false) || isLate
    }
  }
}
