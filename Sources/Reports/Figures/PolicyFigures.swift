import Tables

/// What each scenario does to the maker, the dealers and those who buy from them, read from `policy_effects`.
struct PolicyFigures {
  /// Scenario less base; NaN where it is not known.
  struct Effect {
    /// Of the next quarter.
    var short = Double.nan
    /// Of the planned year.
    var long = Double.nan

    var isZero: Bool { !(short.isFinite && short != 0) && !(long.isFinite && long != 0) }
  }

  let table: Table
  /// In the order in which they were asked for.
  private(set) var scenarios: [String] = []
  /// By scenario, party and measure.
  private var effects: [String: [String: Effect]] = [:]
  /// Rows of the table that are not zero.
  private(set) var changed: [Int] = []

  init?(_ view: RunView) {
    guard let table = view.filled("policy_effects") else { return nil }
    self.table = table
    let (scenario, party, measure) = (table.cells("scenario"), table.cells("party"), table.cells("measure"))
    let (short, long) = (table.cells("short_run"), table.cells("long_run"))
    for row in 0..<table.rowCount {
      let name = scenario.text(row)
      if effects[name] == nil { scenarios.append(name) }
      let effect = Effect(short: short.number(row), long: long.number(row))
      effects[name, default: [:]]["\(party.text(row)).\(measure.text(row))"] = effect
      if !effect.isZero { changed.append(row) }
    }
  }

  /// - Parameter figure: party and measure, as `maker.gain`.
  func effect(_ scenario: String, _ figure: String) -> Effect { effects[scenario]?[figure] ?? Effect() }

  /// Whether any figure of the scenario differs from the base.
  func isChanged(_ scenario: String) -> Bool { effects[scenario]?.values.contains { !$0.isZero } == true }
}
