public import ChannelTypes
public import Tables

/// Which tier table earns the supplier most, when every partner answers with the sales that are best for itself.
///
/// ```
/// partner p:  vₚ = argmax over v ≥ bₚ of  payout(v) − (v − bₚ)² / 2eₚ        [baseline b, responsiveness e]
/// supplier:   maximise Σₚ margin · vₚ − payout(vₚ)  over the grid of thresholds, rates and modes
///             subject to Σ payout(vₚ) ≤ budget
/// ```
///
/// e is in sales per unit of rate: a rate of r on every further unit of sales brings e · r more.
public struct TierDesignProblem: AllocationProblem {
  public struct Partner: Sendable, Hashable {
    public var id: String
    /// Sales without any scheme.
    public var baseline: Double
    /// Sales that a rate of 1 would add.
    public var responsiveness: Double

    public init(_ id: String, baseline: Double, responsiveness: Double) {
      self.id = id
      self.baseline = baseline
      self.responsiveness = responsiveness
    }
  }

  /// What one tier may be.
  public struct Choices: Sendable {
    /// Sales from which it counts, ascending; only those above the tier before are used.
    public var thresholds: [Double]
    /// Shares of sales, ascending; only those at least that of the tier before are used.
    public var rates: [Double]

    public init(thresholds: [Double], rates: [Double]) {
      self.thresholds = thresholds
      self.rates = rates
    }
  }

  public var partners: [Partner]
  /// What a unit of sales earns before the scheme, as a share.
  public var margin: Double
  /// By tier, from the lowest up.
  public var tiers: [Choices]
  public var modes: [TierSchedule.Mode]
  /// The most that may be paid out; nil for no limit.
  public var budget: Double?

  public init(
    partners: [Partner], margin: Double, tiers: [Choices], modes: [TierSchedule.Mode] = TierSchedule.Mode.allCases,
    budget: Double? = nil
  ) {
    self.partners = partners
    self.margin = margin
    self.tiers = tiers
    self.modes = modes
    self.budget = budget
  }

  /// What is wrong with the numbers.
  public func findings() -> [Diagnostic] {
    var found: [Diagnostic] = []
    func complain(_ message: String) { found.append(Diagnostic(AllocationCodes.improperValue, .error, message)) }
    if partners.isEmpty { complain("there is no partner who could answer the scheme") }
    for partner in partners {
      if !(partner.baseline >= 0 && partner.baseline.isFinite) {
        complain("the baseline of \(partner.id) is not 0 or more")
      }
      if !(partner.responsiveness >= 0 && partner.responsiveness.isFinite) {
        complain("the responsiveness of \(partner.id) is not 0 or more")
      }
    }
    if !margin.isFinite { complain("the margin is no number") }
    if let budget, !(budget >= 0) { complain("the budget is not 0 or more") }
    for (index, tier) in tiers.enumerated() {
      if tier.thresholds.isEmpty || !tier.thresholds.allSatisfy({ $0 >= 0 && $0.isFinite }) {
        complain("tier \(index + 1) needs thresholds of 0 or more")
      }
      if tier.rates.isEmpty || !tier.rates.allSatisfy({ $0 >= 0 && $0.isFinite }) {
        complain("tier \(index + 1) needs rates of 0 or more")
      }
    }
    if modes.isEmpty { complain("no mode is allowed") }
    return found
  }

  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let findings = findings()
    guard findings.isEmpty else { throw .invalid(findings) }
    var search = TierDesignSearch(self, nodeLimit: limits.nodes)
    let best = search.run()
    let responses = partners.map { best.response(of: $0) }
    let rows = zip(partners, responses).map { partner, response -> JSONValue in
      [
        "partner": .string(partner.id), "baseline": .number(partner.baseline), "sales": .number(response.sales),
        "payout": .number(response.payout), "profit": .number(margin * response.sales - response.payout),
      ]
    }
    let tierRows = zip(best.thresholds, best.rates).map { from, rate -> JSONValue in
      ["from": .number(from), "rate": .number(rate)]
    }
    let paid = responses.reduce(0) { $0 + $1.payout }
    let objective = search.bestProfit
    let isComplete = !search.wasStopped
    var answer = AllocationAnswer(
      isComplete ? .optimal : .feasible, .maximise, objective: objective,
      bound: isComplete ? objective : max(objective, search.openBound),
      solution: .object([
        .init("mode", .string(best.mode.rawValue)), .init("tiers", .array(tierRows)),
        .init("partners", .array(rows)), .init("payout", .number(paid)),
        .init("without_scheme", .number(margin * partners.reduce(0) { $0 + $1.baseline })),
        .init("menus", .integer(search.leaves)),
      ]))
    if let budget, paid >= budget - 1e-9 { answer.binding = ["budget"] }
    return answer
  }
}

/// One tier table, in floating point, for the search.
public struct TierMenu: Sendable, Hashable {
  public var mode: TierSchedule.Mode
  public var thresholds: [Double]
  public var rates: [Double]

  public init(_ mode: TierSchedule.Mode, thresholds: [Double] = [], rates: [Double] = []) {
    self.mode = mode
    self.thresholds = thresholds
    self.rates = rates
  }

  public func payout(_ sales: Double) -> Double {
    var payout = 0.0
    for tier in thresholds.indices where sales >= thresholds[tier] {
      switch mode {
      case .onWhole: payout = sales * rates[tier]
      case .onExcess:
        let end = tier + 1 < thresholds.count ? min(sales, thresholds[tier + 1]) : sales
        payout += (end - thresholds[tier]) * rates[tier]
      }
    }
    return payout
  }

  /// The sales that are best for a partner, exactly: payout is linear between thresholds, so that a best answer is the
  /// baseline, a threshold, or the point b + e·rate of one of the rates. Of equal answers the smallest.
  public func response(
    of partner: TierDesignProblem.Partner
  ) -> (sales: Double, payout: Double, utility: Double) {
    var best = (sales: partner.baseline, payout: payout(partner.baseline), utility: payout(partner.baseline))
    func consider(_ sales: Double) {
      guard sales >= partner.baseline, partner.responsiveness > 0 else { return }
      let payout = payout(sales)
      let effort = (sales - partner.baseline) * (sales - partner.baseline) / (2 * partner.responsiveness)
      let utility = payout - effort
      let tie = 1e-12 * max(1, abs(best.utility))
      if utility > best.utility + tie || utility >= best.utility - tie && sales < best.sales {
        best = (sales, payout, utility)
      }
    }
    for tier in thresholds.indices {
      consider(thresholds[tier])
      consider(partner.baseline + partner.responsiveness * rates[tier])
    }
    return best
  }
}
