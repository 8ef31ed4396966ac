public import ChannelTypes

/// What one rule pays one partner for one period.
public struct Payout: Sendable, Hashable {
  public var partner: String
  public var period: Period
  /// The rule, as the plan names it.
  public var rule: String
  /// Earned under the rule, after links and coefficients; rounded once, to cents.
  public var earned: Money
  /// Already settled: in the ledger, and by payouts of other rules that count towards this one (`netted`).
  public var settled: Money
  /// The part of `settled` that other rules' payouts cover: quarterly rebates within an annual one.
  public var netted: Money
  /// The sales that were paid for.
  public var basis: Money
  /// The day on which `payable` is due.
  public var due: CivilDate?

  public init(
    partner: String, period: Period, rule: String, earned: Money, settled: Money, netted: Money = .zero,
    basis: Money = .zero, due: CivilDate? = nil
  ) {
    self.partner = partner
    self.period = period
    self.rule = rule
    self.earned = earned
    self.settled = settled
    self.netted = netted
    self.basis = basis
    self.due = due
  }

  public var payable: Money { earned - settled }
}

/// What a partner is expected to earn in a planned quarter or year: under the rules that settle quarters in the quarter,
/// under those that settle years in the year, less what they net: all entries together count everything once.
public struct Accrual: Sendable, Hashable {
  public var partner: String
  public var period: Period
  /// The mean over the forecast's draws of what the rules would pay.
  public var expected: Money
  /// Expected payout ÷ expected sales.
  public var rate: Double

  public init(partner: String, period: Period, expected: Money, rate: Double) {
    self.partner = partner
    self.period = period
    self.expected = expected
    self.rate = rate
  }
}

/// What the stages after the incentives read of them.
public struct IncentiveResult: Sendable {
  public var payouts: [Payout]
  public var accruals: [Accrual]

  public init(payouts: [Payout] = [], accruals: [Accrual] = []) {
    self.payouts = payouts
    self.accruals = accruals
  }
}
