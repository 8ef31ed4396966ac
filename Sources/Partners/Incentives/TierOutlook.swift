public import ChannelTypes

/// How far a partner is from the next tier of a rule, how likely it gets there, and what that is worth.
public struct TierOutlook: Sendable, Hashable {
  public var partner: Int
  public var version: Int
  public var period: Period
  /// Whether `standing` is expected of the period, or was reached in the last one (without a forecast).
  public var isExpected: Bool
  /// The sales from which the distance counts.
  public var standing: Money
  /// The tier that `standing` reaches, counting from 1; 0 below the first.
  public var tier: Int
  /// Where the next tier begins; nil at the top.
  public var next: Money?
  public var distance: Money?
  /// Chance of reaching it, from the draws; NaN without a forecast.
  public var chance: Double
  /// What the payout gains when sales rise from `standing` to the next tier, after links.
  public var value: Money?
  /// Whether little is missing.
  public var isClose: Bool

  /// What each unit of money of further sales gains on the way.
  public var valuePerUnit: Double {
    guard let distance, let value, distance > .zero else { return .nan }
    return value.double / distance.double
  }
}

extension IncentiveInputs {
  /// The outlook of one rule from some sales; nil for formulas without tiers.
  /// - Parameter chances: chance of each tier; empty where unknown.
  public func outlook(
    partner: Int, version index: Int, period: Period, standing: Money, links: IncentiveLinks, chances: [Double],
    closePercent: Double
  ) -> TierOutlook? {
    let version = rules.versions[index]
    let facts = facts(version, partner: partner, period: period, basis: standing)
    let thresholds: [Money]
    switch version.formula {
    case .tiers(let schedule): thresholds = schedule.tiers.map(\.from)
    case .steps(let steps, _, _): thresholds = steps.map(\.from)
    case .aboveTarget, .grade, .market: return nil
    }
    let reached = thresholds.lastIndex { standing >= $0 }.map { $0 + 1 } ?? 0
    var outlook = TierOutlook(
      partner: partner, version: index, period: period, isExpected: !chances.isEmpty, standing: standing,
      tier: reached, chance: .nan, isClose: false)
    guard reached < thresholds.count else { return outlook }
    let next = thresholds[reached]
    var reaching = facts
    reaching.basis = next
    outlook.next = next
    outlook.distance = next - standing
    outlook.value =
      links.applied(to: version.formula.entitlement(reaching)).rounded()
      - links.applied(to: version.formula.entitlement(facts)).rounded()
    if reached < chances.count { outlook.chance = chances[reached] }
    outlook.isClose = (next - standing).double <= next.double * closePercent / 100
    return outlook
  }
}

/// A tier at which a payout jumps: one more unit of sales moves it by far more than its rate.
///
/// Only tiers on the whole, and steps, have cliffs; on the excess a payout has none. Partners just below one gain most
/// from sales that they pull forward or bring in from elsewhere.
public struct TierCliff: Sendable, Hashable {
  public var version: Int
  /// Counting from 1.
  public var tier: Int
  public var from: Money
  /// The payout at `from` less the payout of one unit of currency less, before links.
  public var jump: Money
  /// Partners close below, what they miss together, and what reaching the tier pays them.
  public var partners: [Int] = []
  public var distance = Money.zero
  public var value = Money.zero

  /// All cliffs of all versions, those without jump left out, with the partners near them.
  public static func all(_ rules: IncentiveRules, outlooks: [TierOutlook]) -> [TierCliff] {
    var cliffs: [TierCliff] = []
    var positions: [Int: [Money: Int]] = [:]
    for (index, version) in rules.versions.enumerated() {
      for (tier, from) in thresholds(version.formula).enumerated() where from >= Money(1) {
        let above = version.formula.entitlement(IncentiveFacts(basis: from, outlets: 1)).rounded()
        let below = version.formula.entitlement(IncentiveFacts(basis: from - Money(1), outlets: 1)).rounded()
        positions[index, default: [:]][from] = cliffs.count
        cliffs.append(TierCliff(version: index, tier: tier + 1, from: from, jump: above - below))
      }
    }
    for outlook in outlooks where outlook.isClose {
      guard let next = outlook.next, let cliff = positions[outlook.version]?[next] else { continue }
      cliffs[cliff].partners.append(outlook.partner)
      cliffs[cliff].distance += outlook.distance ?? .zero
      cliffs[cliff].value += outlook.value ?? .zero
    }
    return cliffs
  }

  private static func thresholds(_ formula: IncentiveFormula) -> [Money] {
    switch formula {
    case .tiers(let schedule): schedule.mode == .onWhole ? schedule.tiers.map(\.from) : []
    case .steps(let steps, _, _): steps.map(\.from)
    case .aboveTarget, .grade, .market: []
    }
  }
}
