public import ChannelTypes
import Probability

/// A partner or a customer that is still there: how likely it leaves, and what it is worth.
public struct ValueSubject: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable { case partner, customer }

  public var kind: Kind
  public var id: String
  /// The partner itself, or the one that serves the customer.
  public var partner: String
  public var region: String
  /// Chance of leaving within 1, 2, … periods; never falling.
  public var left: [Double]
  /// Expected margin of the next twelve months if it stays, in the plan's currency.
  public var yearlyValue: Double
  /// Expected periods that it stays, within the plan's horizon; NaN where unknown.
  public var lifetime: Double
  /// Σ survival × margin, discounted; NaN where unknown.
  public var lifetimeValue: Double
  /// What one more period of its lifetime is worth; NaN where unknown.
  public var valueOfOneMorePeriod: Double

  public init(
    _ kind: Kind, id: String, partner: String, region: String, left: [Double], yearlyValue: Double,
    lifetime: Double = .nan, lifetimeValue: Double = .nan, valueOfOneMorePeriod: Double = .nan
  ) {
    self.kind = kind
    self.id = id
    self.partner = partner
    self.region = region
    self.left = left
    self.yearlyValue = yearlyValue
    self.lifetime = lifetime
    self.lifetimeValue = lifetimeValue
    self.valueOfOneMorePeriod = valueOfOneMorePeriod
  }

  public var probability: Double { left.last ?? 0 }
  /// Chance of leaving × value of twelve months, to the cent.
  public var valueAtRisk: Money { Money(rounding: probability * yearlyValue) ?? .zero }
}

/// Something worth doing to keep a partner or a customer.
public struct RetentionProposal: Sendable, Hashable {
  /// The intervention.
  public var name: String
  public var kind: ValueSubject.Kind
  public var id: String
  public var partner: String
  public var region: String
  public var cost: Money
  /// Value that it is expected to save: chance of leaving × share kept × value of twelve months. Gross of its cost.
  public var expectedSaved: Money
  /// Share of those about to leave that it keeps: an assumption.
  public var effect: Double
  /// Chance of leaving × value of twelve months: what the share is taken of.
  public var valueAtRisk: Money

  public init(
    name: String, kind: ValueSubject.Kind, id: String, partner: String, region: String, cost: Money,
    expectedSaved: Money, effect: Double, valueAtRisk: Money = .zero
  ) {
    self.name = name
    self.kind = kind
    self.id = id
    self.partner = partner
    self.region = region
    self.cost = cost
    self.expectedSaved = expectedSaved
    self.effect = effect
    self.valueAtRisk = valueAtRisk
  }

  public var net: Money { expectedSaved - cost }
}

/// What the stages after it read of the stage `value`: above all, what the budget's line *retention* would buy.
public struct ValueResult: Sendable {
  public let subjects: [ValueSubject]
  /// The quadrant of each subject.
  public let quadrants: [ValueQuadrant]
  /// The most net value first; each saves more than it costs.
  public let proposals: [RetentionProposal]

  public init(subjects: [ValueSubject] = [], proposals: [RetentionProposal] = []) {
    self.subjects = subjects
    quadrants = ValueQuadrant.assign(subjects)
    self.proposals = proposals.filter { $0.net > .zero }
      .sorted { ($1.net, $0.kind.rawValue, $0.id) < ($0.net, $1.kind.rawValue, $1.id) }
  }

  /// What all proposals cost and are expected to save.
  public var retention: (cost: Money, expectedSaved: Money) {
    (proposals.lazy.map(\.cost).total(), proposals.lazy.map(\.expectedSaved).total())
  }

  /// The proposals that so much money buys: the most saved per unit of money first, each whole, as long as they fit.
  ///
  /// The order is the one of the fractional knapsack, so that what is saved is at most one proposal short of the best:
  /// Dantzig, "Discrete-variable extremum problems" (Operations Research 5, 1957).
  public func funded(by budget: Money, region: String? = nil) -> [RetentionProposal] {
    var left = budget
    return proposals.filter { region == nil || $0.region == region }
      .sorted { one, other in
        // saved₁ / cost₁ > saved₂ / cost₂ without a division; ties keep the order of the proposals.
        let first = Int128(one.expectedSaved.tenThousandths) * Int128(other.cost.tenThousandths)
        let second = Int128(other.expectedSaved.tenThousandths) * Int128(one.cost.tenThousandths)
        return first == second ? (other.net, one.id) < (one.net, other.id) : first > second
      }
      .filter { proposal in
        guard proposal.cost <= left else { return false }
        left -= proposal.cost
        return true
      }
  }
}

/// Value against risk, each above or below the middle of its kind.
public enum ValueQuadrant: String, Sendable, Hashable, CaseIterable {
  /// Much to lose and likely to be lost.
  case protect
  /// Much to lose, and safe.
  case nurture
  /// Little to lose, likely to be lost.
  case watch
  /// Little to lose, and safe.
  case maintain

  /// One per subject: lifetime value above the median of its kind (the value of twelve months where no lifetime value is
  /// known), chance of leaving above the mean of its kind.
  public static func assign(_ subjects: [ValueSubject]) -> [ValueQuadrant] {
    var quadrants = [ValueQuadrant](repeating: .maintain, count: subjects.count)
    for kind in ValueSubject.Kind.allCases {
      let members = subjects.indices.filter { subjects[$0].kind == kind }
      guard !members.isEmpty else { continue }
      let hasLifetime = members.allSatisfy { !subjects[$0].lifetimeValue.isNaN }
      let values = members.map { hasLifetime ? subjects[$0].lifetimeValue : subjects[$0].yearlyValue }
      let median = values.sorted().quantileOfAscending(0.5)
      let mean = members.reduce(0) { $0 + subjects[$1].probability } / Double(members.count)
      for (member, value) in zip(members, values) {
        quadrants[member] =
          switch (value > median, subjects[member].probability > mean) {
          case (true, true): .protect
          case (true, false): .nurture
          case (false, true): .watch
          case (false, false): .maintain
          }
      }
    }
    return quadrants
  }
}
