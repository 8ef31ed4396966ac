public import ChannelTypes

/// One entry of the ledger of incentives that were paid.
public struct IncentiveEntry: Sendable, Hashable {
  public var row: Int
  public var id: String
  /// Index of the partner in the history; nil for one that it does not know.
  public var partner: Int?
  public var kind: String
  /// Below zero: taken back.
  public var amount: Money
  /// The period that it settles; nil where the ledger does not say.
  public var period: Period?
  public var date: Period?
  public var ref: String?

  public init(
    row: Int, id: String, partner: Int?, kind: String, amount: Money, period: Period? = nil, date: Period? = nil,
    ref: String? = nil
  ) {
    self.row = row
    self.id = id
    self.partner = partner
    self.kind = kind
    self.amount = amount
    self.period = period
    self.date = date
    self.ref = ref
  }
}

/// The ledger sorted by what its entries settle.
///
/// 1. An entry whose `ref` names a rule settles that rule; a clawback settles what the entry that it refers to settled.
/// 2. Other entries of `commission`, `rebate`, `bonus` and `store_fit` go to a pool of their partner, kind and period,
///    from which the rules of the kind are served in the order of the plan (`IncentiveSettlement`).
/// 3. Points, loyalty, awards and funds belong to the stage of awards.
/// 4. Money out of the budget (`ref: rebate_topup`) is no settlement: it is counted in the budget, and only there.
///
/// An entry without a period settles the one in which it was booked. Sums do not depend on the order of rows.
/// Complexity: O(entries).
public struct IncentiveLedger: Sendable {
  /// What was done with an entry.
  public enum Use: Hashable, Sendable {
    case netted, awards
    /// Set aside, and why.
    case aside(String)
  }

  /// What is settled of a rule, or of a kind of rules, for one partner and period.
  public struct Balance: Sendable, Hashable {
    public var amount = Money.zero
    public var count = 0
    public var firstRow = Int.max
    /// Whether more than an advance was paid.
    public var isSettled = false

    mutating func add(_ entry: IncentiveEntry) {
      amount += entry.amount
      count += 1
      firstRow = min(firstRow, entry.row)
      if entry.ref != "advance" { isSettled = true }
    }
  }

  /// Rows and money of one kind and use.
  public struct ControlLine: Sendable, Hashable {
    public var kind: String
    public var use: Use
    public var rows: Int
    public var amount: Money
  }

  struct Key: Hashable {
    var partner: Int32
    /// A rule by its position in the plan, or a kind by −1 − its position.
    var payee: Int32
    var form: PeriodForm
    var ordinal: Int32
  }

  /// Money from the budget that tops rebates up: paid beside the rules.
  public static let topUp = "rebate_topup"
  static let kinds = ["commission", "rebate", "bonus", "store_fit", "fund"]
  private static let ofAwards: Set = ["points", "loyalty", "award", "fund"]

  private(set) var balances: [Key: Balance] = [:]
  public private(set) var control: [ControlLine] = []
  /// Per partner: money outside the rules that were in force, by year in which it was booked.
  public private(set) var otherPaid: [Int: [Int: Money]] = [:]
  public private(set) var awardsPaid: [Int: [Int: Money]] = [:]

  /// - Parameter settles: whether the settlement looks at a period at all.
  public init(_ entries: [IncentiveEntry] = [], rules: IncentiveRules, settles: (Period) -> Bool) {
    var payees: [String: Int32] = [:]
    for (index, name) in rules.names.enumerated() { payees[name] = Int32(index) }
    var byID: [String: Int] = [:]
    for (index, entry) in entries.enumerated() { byID[entry.id] = index }
    var sums: [String: [Use: (rows: Int, amount: Money)]] = [:]
    for entry in entries {
      // A chain of clawbacks is followed to its beginning, at most as far as there are entries.
      var origin = entry
      var steps = 0
      while origin.kind == "clawback", steps < 8, let ref = origin.ref, let index = byID[ref] {
        origin = entries[index]
        steps += 1
      }
      let (use, key) = Self.use(of: entry, origin: origin, rules, payees, settles)
      if let key { balances[key, default: Balance()].add(entry) }
      let total = sums[entry.kind]?[use] ?? (0, .zero)
      sums[entry.kind, default: [:]][use] = (total.rows + 1, total.amount + entry.amount)
      note(entry, use)
    }
    for kind in sums.keys.sorted() {
      let lines = (sums[kind] ?? [:]).map { ControlLine(kind: kind, use: $0, rows: $1.rows, amount: $1.amount) }
      control += lines.sorted { $0.use.text < $1.use.text }
    }
  }

  private mutating func note(_ entry: IncentiveEntry, _ use: Use) {
    guard let partner = entry.partner, let year = (entry.date ?? entry.period)?.containing(.year)?.ordinal else {
      return
    }
    switch use {
    case .awards: awardsPaid[partner, default: [:]][year, default: .zero] += entry.amount
    case .aside(Reason.noRule): otherPaid[partner, default: [:]][year, default: .zero] += entry.amount
    case .netted, .aside: break
    }
  }

  /// Why entries are set aside.
  public enum Reason {
    public static let topUp = "counted in the budget"
    public static let noRule = "no rule in force"
    public static let notOver = "period not settled in this run"
    public static let partner = "unknown partner"
    public static let unclear = "no period, date or reference"
  }

  private static func use(
    of entry: IncentiveEntry, origin: IncentiveEntry, _ rules: IncentiveRules, _ payees: [String: Int32],
    _ settles: (Period) -> Bool
  ) -> (Use, Key?) {
    if origin.ref == topUp { return (.aside(Reason.topUp), nil) }
    let named = origin.ref.flatMap { payees[$0] }
    if named == nil, ofAwards.contains(origin.kind) { return (.awards, nil) }
    guard let partner = entry.partner else { return (.aside(Reason.partner), nil) }
    guard named != nil || kinds.contains(origin.kind) else { return (.aside(Reason.unclear), nil) }
    guard let written = origin.period ?? origin.date else { return (.aside(Reason.unclear), nil) }
    // The rules that the entry may settle, in the grain of its period.
    for grain in written.form == .year ? [PeriodForm.year] : [.quarter, .year] {
      guard let period = written.containing(grain) else { continue }
      let rule = rules.inForce(in: period).first {
        named.map { rules.names[Int($0)] } == $0.name || (named == nil && $0.ledgerKind == origin.kind)
      }
      guard let rule else { continue }
      guard settles(period) else { return (.aside(Reason.notOver), nil) }
      let kind = kinds.firstIndex(of: rule.ledgerKind) ?? 0
      let payee = named ?? Int32(-1 - kind)
      return (
        .netted, Key(partner: Int32(partner), payee: payee, form: period.form, ordinal: Int32(period.ordinal))
      )
    }
    return (.aside(Reason.noRule), nil)
  }

  /// What was settled of a rule by name.
  func balance(partner: Int, rule: Int, period: Period) -> Balance? {
    balances[
      Key(partner: Int32(partner), payee: Int32(rule), form: period.form, ordinal: Int32(period.ordinal))]
  }

  /// What was settled of a kind without naming a rule.
  func pool(partner: Int, kind: String, period: Period) -> Balance? {
    let payee = Int32(-1 - (Self.kinds.firstIndex(of: kind) ?? 0))
    return balances[Key(partner: Int32(partner), payee: payee, form: period.form, ordinal: Int32(period.ordinal))]
  }
}

extension IncentiveLedger.Use {
  /// For tables.
  public var text: String {
    switch self {
    case .netted: "netted"
    case .awards: "left to awards"
    case .aside(let reason): "set aside: " + reason
    }
  }
}
