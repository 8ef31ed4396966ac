public import ChannelTypes
public import Tables

/// What a scenario changes for every partner, against the base on the same draws.
///
///     effect = change of the partner's margin on what it sells on, less what it loses for lack of stock
///              + change of its incentives + change of the budget that is spent on it
///
/// Targets and credit limits change what is asked and allowed, not what is earned: they stand beside the effect.
public struct WinnersLosers: Sendable {
  public enum Verdict: String, Sendable { case winner, loser, same }

  /// Amounts of the planned year in the plan's currency, scenario less base; nil where a run does not know one.
  public struct Line: Sendable {
    public var partner: String
    public var region: String
    public var name: String?
    /// What it buys.
    public var revenue: Money?
    public var incentives: Money?
    public var target: Money?
    public var creditLimit: Money?
    /// The region's, in proportion to its planned revenue in the base.
    public var budget: Money?
    public var effect: Money
    public var verdict: Verdict { effect > .zero ? .winner : effect < .zero ? .loser : .same }
  }

  public let scenario: String
  /// The largest effect first, of either sign; then by id.
  public let lines: [Line]

  /// - Parameters:
  ///   - base: the tables of the base run; `scenario` those of the other.
  ///   - names: of partners, by id.
  /// Complexity: O(rows of the tables + n log n).
  public init(_ name: String, base: [Table], scenario: [Table], names: [String: String] = [:]) {
    self.init(name, base: RunFigures(base), scenario: RunFigures(scenario), names: names)
  }

  init(_ name: String, base: RunFigures, scenario: RunFigures, names: [String: String]) {
    self.scenario = name
    var (before, after) = (base, scenario)
    before.spreadBudgets(by: base)
    after.spreadBudgets(by: base)
    let ids = Set(before.partners.keys).union(after.partners.keys).sorted()
    let lines = ids.map { id in
      Line(id, names[id], before.partners[id] ?? .init(), after.partners[id] ?? .init())
    }
    self.lines = lines.enumerated().sorted { left, right in
      let (mine, other) = (left.element.effect.magnitude, right.element.effect.magnitude)
      return mine != other ? mine > other : left.offset < right.offset
    }.map(\.element)
  }

  /// `winners_losers`: see `Line`.
  public var table: Table { Self.table([self]) }

  /// The lines of several scenarios.
  public static func table(_ scenarios: [WinnersLosers]) -> Table {
    let rows = scenarios.flatMap { scenario in scenario.lines.map { (scenario: scenario.scenario, line: $0) } }
    return Table(
      name: "winners_losers", rows: rows,
      columns: [
        .text("scenario") { $0.scenario }, .text("partner_id") { $0.line.partner }, .text("name") { $0.line.name },
        .text("region") { $0.line.region.isEmpty ? nil : $0.line.region },
        .money("revenue_change") { $0.line.revenue }, .money("incentive_change") { $0.line.incentives },
        .money("target_change") { $0.line.target }, .money("credit_limit_change") { $0.line.creditLimit },
        .money("budget_change") { $0.line.budget }, .money("effect") { $0.line.effect },
        .text("verdict") { $0.line.verdict.rawValue },
      ])
  }
}

extension WinnersLosers.Line {
  fileprivate init(
    _ id: String, _ name: String?, _ before: RunFigures.PartnerFigures, _ after: RunFigures.PartnerFigures
  ) {
    func change(_ figure: (RunFigures.PartnerFigures) -> Double?) -> Money? {
      guard let old = figure(before), let new = figure(after) else { return nil }
      return Money(rounding: new - old)
    }
    partner = id
    self.name = name
    region = before.region.isEmpty ? after.region : before.region
    revenue = change { figures in figures.revenue.map { $0.year - figures.lostPurchases } }
    incentives = change { $0.incentives?.year }
    target = change(\.target)
    creditLimit = change(\.creditLimit)
    budget = change(\.budget)
    let margin = change { figures in figures.margin.map { $0.year - figures.lostMargin } }
    effect = (margin ?? .zero) + (incentives ?? .zero) + (budget ?? .zero)
  }
}

extension Money {
  fileprivate var magnitude: Money { self < .zero ? .zero - self : self }
}
