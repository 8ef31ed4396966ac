public import ChannelTypes

/// What a partner adds to the network: its contribution less what the others would earn on its sales without it.
///
///     contribution = margin − incentives − support saved − expected loss on open invoices      (a year)
///     marginal     = contribution − (margin − incentives) on the sales that successors retain
///
/// Below zero the network earns more without it. Source: requirement C10.7.
public struct Removal: Sendable, Hashable {
  public var partner: String
  public var sales: Money
  public var contribution: Money
  public var expectedLoss: Money
  /// Sales retained where it leaves alone.
  public var retainedAlone: Money
  public var reallocated: Money
  /// Sales retained where all listed partners leave together; nil for one that is not listed.
  public var retainedTogether: Money?
  public var marginalTogether: Money?

  public var marginal: Money { contribution - reallocated }
  public var isListed: Bool { marginal < .zero }

  private let rate: Double

  public init(_ partner: String, facts: ExitFacts, terms: ExitTerms, retainedAlone: Money) {
    self.partner = partner
    sales = facts.sales
    rate = facts.marginRate - (facts.incentiveRate.isFinite ? facts.incentiveRate : 0)
    expectedLoss = facts.receivables - ExitCase.collected(facts, terms).keep
    let support = terms.supportSaved.of(facts.support ?? .zero) ?? .zero
    contribution = Money(estimate: rate * facts.sales.double) - support - expectedLoss
    self.retainedAlone = min(retainedAlone, facts.sales)
    reallocated = Money(estimate: rate * self.retainedAlone.double)
  }

  public mutating func leaveTogether(retained: Money) {
    retainedTogether = retained
    marginalTogether = contribution - Money(estimate: rate * retained.double)
  }
}
