import ChannelTypes

/// A shock: sales fall, and what customers owe comes in later.
public struct CreditShock: Sendable, Hashable {
  public var name: String
  /// Sales that are lost, 0 … 1.
  public var salesLoss: Double
  /// Days by which customers pay later.
  public var delayDays: Double

  public init(_ name: String, salesLoss: Double, delayDays: Double) {
    self.name = name
    self.salesLoss = salesLoss
    self.delayDays = delayDays
  }
}

/// How long a partner's money lasts in a shock.
///
/// From the accounts of its last year, with c the cash proxy (`FinancialStatement.cash`), R revenue, F cash from
/// operations, and v the share of costs that falls with sales:
///
///     costs in cash   = R − F;   variable part V = min(v · (R − F), R)
///     burn a month    = ((R − F) − V·x − R·(1 − x)) / 12              sales fall by x
///     withheld        = R · d / 365                                   what is owed today comes d days later
///     gap             = max(0, withheld + max(0, burn) · months − c)
///     runway          = c / burn in months; none where nothing is burnt
///
/// The withheld money counts at the sales of before the shock, because those are the invoices that are late first; that
/// is prudent, and makes the gap rise with either part of the shock. V is at most R, so that losing sales never helps.
public struct CreditStress: Sendable, Hashable {
  /// v, 0 … 1.
  public var variableCostShare: Double
  /// Months that must be survived.
  public var months: Double

  public init(variableCostShare: Double = 0.9, months: Double = 6) {
    self.variableCostShare = variableCostShare
    self.months = months
  }

  public struct Outcome: Sendable, Hashable {
    public var cash: Double
    /// Below zero where the business still earns.
    public var burnPerMonth: Double
    public var withheld: Double
    /// Money that is missing at the end; 0 where the partner survives.
    public var gap: Double
    public var survives: Bool { gap <= 0 }
    /// NaN where nothing is burnt.
    public var runwayMonths: Double { burnPerMonth > 0 ? cash / burnPerMonth : .nan }
  }

  /// Nil where the accounts lack cash's stand-in, revenue or cash from operations.
  public func outcome(_ statement: FinancialStatement, _ shock: CreditShock) -> Outcome? {
    guard let cash = statement.cash?.double, let revenue = statement.revenue?.double,
      let earned = statement.operatingCash?.double, revenue >= 0
    else { return nil }
    let costs = max(0, revenue - earned)
    let variable = min(variableCostShare * costs, revenue)
    let burn = (costs - variable * shock.salesLoss - revenue * (1 - shock.salesLoss)) / 12
    let withheld = revenue * shock.delayDays / 365
    // What is earned in the months does not make up for what is late at their start: only burning counts.
    let gap = max(0, withheld + max(0, burn) * months - cash)
    return Outcome(cash: cash, burnPerMonth: burn, withheld: withheld, gap: gap)
  }
}
