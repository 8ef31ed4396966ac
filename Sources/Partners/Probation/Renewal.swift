public import ChannelTypes

/// What to do about a contract, and by when: notice has to be given so many days before its end.
///
///     end          the partner is in `exit` and letting go pays, and notice can still be given
///     renegotiate  notice is too late for an end; or it is warned or worse, is to be removed, or declines
///     renew        otherwise
///
/// Source: requirement C10.9 (a decision at least the notice before expiry).
public struct Renewal: Sendable, Hashable {
  public enum Recommendation: String, Sendable, Hashable, CaseIterable { case renew, renegotiate, end }

  public var partner: Int
  public var contract: String?
  public var endsOn: CivilDate
  public var noticeDays: Int
  public var decideBy: CivilDate
  /// Days from today to the decision; below zero notice is too late.
  public var daysLeft: Int
  public var state: ProbationStatus.State?
  public var recommendation: Recommendation
  public var reason: String

  public var isTooLate: Bool { daysLeft < 0 }

  public init(
    partner: Int, terms: ContractTerms, endsOn: CivilDate, today: CivilDate, state: ProbationStatus.State?,
    exit: ExitCase.Recommendation?, band: PerformanceBands.Band?, stage: Lifecycle.Stage
  ) {
    self.partner = partner
    contract = terms.id
    self.endsOn = endsOn
    noticeDays = terms.noticeDays
    decideBy = CivilDate(daysSinceEpoch: endsOn.daysSinceEpoch - terms.noticeDays)
    daysLeft = decideBy.daysSinceEpoch - today.daysSinceEpoch
    self.state = state
    let failing = (state ?? .ok) >= .warned
    if exit == .terminate {
      (recommendation, reason) =
        daysLeft >= 0
        ? (.end, "grace is over and letting go pays; notice by \(decideBy)")
        : (.renegotiate, "letting go pays, but notice is \(-daysLeft) days late: extend to the next date only")
    } else if failing {
      (recommendation, reason) = (.renegotiate, "\((state ?? .ok).rawValue): renew against the improvement plan")
    } else if band == .remove {
      (recommendation, reason) = (.renegotiate, "performance is in the band `remove`")
    } else if stage == .decline {
      (recommendation, reason) = (.renegotiate, "sales decline: agree a target and a range that fit")
    } else {
      (recommendation, reason) = (.renew, band == .reward ? "performance is in the band `reward`" : "no failing")
    }
  }
}
