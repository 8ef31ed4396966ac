import ChannelTypes
public import Tables

/// What a scenario does to the maker, the dealers and those who buy from them: at once, in the next quarter, and over
/// the planned year. Runs share their draws, so that equal plans differ by exactly nothing.
public struct PolicyEffects: Sendable {
  public enum Party: String, Sendable, CaseIterable { case maker, dealers, consumers }

  public struct Line: Sendable, Hashable {
    public var party: Party
    /// `revenue`, `margin`, `incentives`, `credit_loss`, `gain`, `price_gain`, `units_missed`.
    public var measure: String
    /// The plan's currency, or `units`.
    public var unit: String
    /// Scenario less base; NaN where not known. Revenue and margin are those that demand brings; what is missed for
    /// lack of stock is known for the year alone and taken off `gain` there.
    public var shortRun: Double
    public var longRun: Double
    /// Which way is better for the party.
    public var better: Indicator.Direction
  }

  public let scenario: String
  public let lines: [Line]

  public init(_ name: String, base: [Table], scenario: [Table], currency: String) {
    self.init(name, base: RunFigures(base), scenario: RunFigures(scenario), currency: currency)
  }

  init(_ name: String, base before: RunFigures, scenario after: RunFigures, currency: String) {
    scenario = name
    var lines: [Line] = []
    func add(
      _ party: Party, _ measure: String, _ change: RunFigures.Figure?, _ better: Indicator.Direction = .higher,
      unit: String? = nil
    ) {
      guard let change else { return }
      lines.append(
        Line(
          party: party, measure: measure, unit: unit ?? currency, shortRun: change.quarter, longRun: change.year,
          better: better))
    }
    func change(_ figure: (RunFigures.PartnerFigures) -> RunFigures.Figure?) -> RunFigures.Figure? {
      guard let old = before.total(figure), let new = after.total(figure) else { return nil }
      return new - old
    }
    func missed(_ figure: @escaping (RunFigures.PartnerFigures) -> Double) -> RunFigures.Figure {
      change { RunFigures.Figure(quarter: 0, year: figure($0)) } ?? RunFigures.Figure()
    }
    let incentives = change(\.incentives) ?? RunFigures.Figure()
    // 1. The maker.
    let (revenue, made, sold) = (change(\.revenue), change(\.makerMargin), change(\.margin))
    add(.maker, "revenue", revenue.map { $0 - missed(\.lostPurchases) })
    add(.maker, "margin", made)
    add(.maker, "incentives", change(\.incentives), .lower)
    if let old = before.creditLoss, let new = after.creditLoss {
      add(.maker, "credit_loss", RunFigures.Figure(quarter: .nan, year: new - old), .lower)
    }
    // Of lost purchases the maker loses its own margin, at its average.
    let share = before.total(\.revenue).flatMap { revenue in
      before.total(\.makerMargin).map { revenue.year > 0 ? $0.year / revenue.year : 0 }
    }
    if let made {
      let lost = missed(\.lostPurchases)
      add(
        .maker, "gain",
        made - incentives - RunFigures.Figure(quarter: 0, year: lost.year * (share ?? 0)))
    }
    // 2. Dealers.
    add(.dealers, "margin", sold)
    add(.dealers, "incentives", change(\.incentives))
    if let sold { add(.dealers, "gain", sold.adding(incentives) - missed(\.lostMargin)) }
    // 3. Those who buy.
    if before.consumerGain != nil || after.consumerGain != nil {
      add(
        .consumers, "price_gain",
        (after.consumerGain ?? RunFigures.Figure()) - (before.consumerGain ?? RunFigures.Figure()))
    }
    if let old = before.lostUnits, let new = after.lostUnits {
      add(.consumers, "units_missed", new - old, .lower, unit: "units")
    }
    self.lines = lines
  }

  /// What a party gains over the year; nil where it is not known.
  public func gain(_ party: Party) -> Double? {
    lines.first { $0.party == party && $0.measure == "gain" }?.longRun
  }

  /// `policy_effects`: changes against the base; `short_run`: of the next quarter, `long_run`: of the planned year.
  public var table: Table { Self.table([self]) }

  public static func table(_ scenarios: [PolicyEffects]) -> Table {
    let rows = scenarios.flatMap { scenario in scenario.lines.map { (scenario: scenario.scenario, line: $0) } }
    return Table(
      name: "policy_effects", rows: rows,
      columns: [
        .text("scenario") { $0.scenario }, .text("party") { $0.line.party.rawValue },
        .text("measure") { $0.line.measure }, .real("short_run") { tabled($0.line.shortRun, 2) },
        .real("long_run") { tabled($0.line.longRun, 2) }, .text("unit") { $0.line.unit },
        .text("better") { $0.line.better.rawValue },
      ])
  }
}
