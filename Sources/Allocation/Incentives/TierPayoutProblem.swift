public import ChannelTypes
public import Tables

/// What partners earn under a tier table: payouts to the cent, what is still due after earlier settlements, the tier
/// each has reached and how far the next one is.
public struct TierPayoutProblem: AllocationProblem {
  public struct Partner: Sendable {
    public var id: String
    public var sales: Money
    /// Already paid for the same sales.
    public var settled: Money
    /// Sales above this earn the bonus rate too; nil for no target.
    public var target: Money?

    public init(_ id: String, sales: Money, settled: Money = .zero, target: Money? = nil) {
      self.id = id
      self.sales = sales
      self.settled = settled
      self.target = target
    }
  }

  public var schedule: TierSchedule
  public var partners: [Partner]
  /// Paid on sales above a partner's target, beside the tiers.
  public var overTargetBonus: Percent
  public var schedulePlace: SourcePlace?

  public init(
    _ schedule: TierSchedule, partners: [Partner], overTargetBonus: Percent = Percent(0),
    schedulePlace: SourcePlace? = nil
  ) {
    self.schedule = schedule
    self.partners = partners
    self.overTargetBonus = overTargetBonus
    self.schedulePlace = schedulePlace
  }

  /// Payout and bonus of one partner.
  public func earned(by partner: Partner) -> (payout: Money, bonus: Money) {
    let excess = partner.target.map { max(.zero, partner.sales - $0) } ?? .zero
    return (schedule.payout(for: partner.sales), overTargetBonus.of(excess) ?? .zero)
  }

  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    guard schedule.isProper, !schedule.tiers.isEmpty else {
      throw .invalid([
        Diagnostic(
          AllocationCodes.improperValue, .error, "tiers must ascend from sales of 0 or more", at: schedulePlace,
          hint: "list them by `from`, each once")
      ])
    }
    var total = Money.zero
    var due = Money.zero
    let rows = partners.map { partner -> JSONValue in
      let earned = earned(by: partner)
      let payout = earned.payout + earned.bonus
      total += payout
      due += payout - partner.settled
      let rate = partner.sales > .zero ? payout.double / partner.sales.double : 0
      var row: [JSONValue.Member] = [
        .init("partner", .string(partner.id)), .init("sales", .money(partner.sales)),
        .init("tier", schedule.tier(at: partner.sales).map { .integer($0 + 1) } ?? .integer(0)),
        .init("payout", .money(earned.payout)), .init("bonus", .money(earned.bonus)),
        .init("settled", .money(partner.settled)), .init("payable", .money(payout - partner.settled)),
        .init("effective_rate", .number(rate)),
      ]
      let next = schedule.next(after: partner.sales)
      row += [
        .init("next_tier_at", next.map { .money($0.from) } ?? .null),
        .init("next_tier_gap", next.map { .money($0.gap) } ?? .null),
        .init("next_tier_gain", next.map { .money($0.gain) } ?? .null),
      ]
      return .object(row)
    }
    return AllocationAnswer(
      .optimal, .minimise, objective: total.double, bound: total.double,
      solution: .object([
        .init("payouts", .array(rows)), .init("total", .money(total)), .init("payable", .money(due)),
      ]))
  }
}
