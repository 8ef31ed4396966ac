public import ChannelTypes

/// What one rule pays one partner for one period.
public struct Payout: Sendable, Hashable {
  public var partner: String
  public var period: Period
  /// The rule, as the plan names it.
  public var rule: String
  /// Earned under the rule, after links and coefficients; rounded once, to cents.
  public var earned: Money
  /// Already settled in the ledger.
  public var settled: Money

  public init(partner: String, period: Period, rule: String, earned: Money, settled: Money) {
    self.partner = partner
    self.period = period
    self.rule = rule
    self.earned = earned
    self.settled = settled
  }

  public var payable: Money { earned - settled }
}

/// What a partner is expected to earn in planned quarters.
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
