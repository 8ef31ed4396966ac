import Tables

/// The exposures, what they earn and risk, and what holds each of them.
public struct CreditSolution: Sendable {
  /// What keeps a partner's exposure from growing or shrinking.
  public enum Hold: String, Sendable, Hashable {
    /// Its own cap: more would pay.
    case cap
    /// Its own floor: less would pay.
    case floor
    /// The shared limits: more would pay, but for what it takes of them.
    case sharedLimits = "shared_limits"
    /// It loses more than it earns.
    case unprofitable
    /// No terms are open to it.
    case noTerms = "no_terms"
  }

  public struct Partner: Sendable {
    public var id: String
    public var exposure: Double
    /// Exposure by terms, in the order of the problem's.
    public var byTerms: [Double]
    public var expectedLoss: Double
    public var heldBy: Hold
    /// The value of one more unit of its cap.
    public var capPrice: Double
  }

  public var status: AllocationAnswer.Status
  /// Expected margin less expected loss and the cost of capital, of the published exposures; nil without them.
  public var objective: Double?
  public var bound: Double?
  public var partners: [Partner] = []
  public var expectedMargin = 0.0
  public var expectedLoss = 0.0
  /// The mean and the least loss of the worst scenarios; nil where the problem has no tail, the least also for a large
  /// book.
  public var tailLoss: Double?
  public var valueAtRisk: Double?
  public var prices: [LimitPrice] = []
  public var binding: [String] = []
  public var conflict: AllocationConflict?
  /// Rounds of scenario rows, and scenarios that needed one.
  public var rounds = 0
  public var scenarioRows = 0

  public var exposure: Double { partners.reduce(0) { $0 + $1.exposure } }
}

extension CreditSolution {
  func answer(terms: [String]) -> AllocationAnswer {
    var answer = AllocationAnswer(
      status, .maximise, objective: objective, bound: bound, prices: prices, binding: binding, conflict: conflict)
    guard objective != nil else { return answer }
    let rows = partners.map { partner in
      var members: [JSONValue.Member] = [
        .init("partner", .string(partner.id)), .init("exposure", .number(partner.exposure)),
        .init("expected_loss", .number(partner.expectedLoss)), .init("held_by", .string(partner.heldBy.rawValue)),
        .init("cap_price", .number(partner.capPrice)),
      ]
      if terms.count > 1 {
        members.append(
          .init("terms", .object(zip(terms, partner.byTerms).map { JSONValue.Member($0, .number($1)) })))
      }
      return JSONValue.object(members)
    }
    var members: [JSONValue.Member] = [
      .init("exposures", .array(rows)), .init("exposure", .number(exposure)),
      .init("expected_margin", .number(expectedMargin)), .init("expected_loss", .number(expectedLoss)),
    ]
    if let tailLoss { members.append(.init("tail_loss", .number(tailLoss))) }
    if let valueAtRisk { members.append(.init("value_at_risk", .number(valueAtRisk))) }
    answer.solution = .object(members)
    return answer
  }
}
