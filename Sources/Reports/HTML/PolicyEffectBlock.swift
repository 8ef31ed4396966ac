import Tables

extension Block {
  /// What each scenario means in money for the maker, for dealers and for those who buy from them.
  static func policyEffects(_ view: RunView) -> Block? {
    guard let figures = PolicyFigures(view), !figures.changed.isEmpty else { return nil }
    let currency = view.currency
    var block = Block(
      say("Who gains and who pays"),
      [
        say(
          "What each scenario means in money against the base: margin, incentives, and what is missed for lack of stock "
            + "together."
        )
      ])
    block.sentences += extremes(figures, currency)
    let still = figures.scenarios.filter { !figures.isChanged($0) }
    if !still.isEmpty {
      block.sentences.append(
        say("Margins on sales, incentives and stock stay in \(Prose.list(still)); what else these change stands below.")
      )
    }
    let shown = Array(figures.scenarios.filter(figures.isChanged).prefix(20))
    block.layout = .half
    block.charts = [
      chart(
        figures, shown, "maker.gain", say("Maker, over the planned year, \(currency)"), say("What the maker gains")),
      chart(
        figures, shown, "dealers.gain", say("Dealers, over the planned year, \(currency)"), say("What dealers gain")),
    ].compactMap(\.self)
    block.openTable = PageTable(overview(figures), name: say("maker, dealers and consumers by scenario, \(currency)"))
    block.foldedTable = PageTable(
      TextTable(figures.table.keeping(Array(figures.changed.prefix(40)))), name: say("all effects that are not zero"))
    block.source = "policy_effects.csv"
    return block
  }

  private static func extremes(_ figures: PolicyFigures, _ currency: String) -> [String] {
    func extreme(_ figure: String, _ sign: Double) -> (name: String, amount: String)? {
      let known = figures.scenarios.filter { figures.effect($0, figure).long * sign > 0 }
      let first = known.max { figures.effect($0, figure).long * sign < figures.effect($1, figure).long * sign }
      return first.map { ($0, NumberText.compact(figures.effect($0, figure).long.magnitude)) }
    }
    let maker = [
      extreme("maker.gain", 1).map {
        say("the maker gains most in \($0.name), \($0.amount) \(currency) over the planned year")
      },
      extreme("maker.gain", -1).map { say("the maker loses most in \($0.name), \($0.amount) \(currency)") },
    ].compactMap(\.self)
    let dealers = [
      extreme("dealers.gain", 1).map { say("dealers gain most in \($0.name), \($0.amount) \(currency)") },
      extreme("dealers.gain", -1).map { say("dealers lose most in \($0.name), \($0.amount) \(currency)") },
    ].compactMap(\.self)
    let sentences = [maker, dealers].filter { !$0.isEmpty }.map {
      Prose.sentence($0.joined(separator: Typography.semicolon))
    }
    return sentences.isEmpty ? [] : [sentences.joined(separator: Typography.blank)]
  }

  private static func chart(
    _ figures: PolicyFigures, _ scenarios: [String], _ figure: String, _ caption: String, _ title: String
  ) -> PageChart? {
    let both = scenarios.flatMap { [figures.effect($0, "maker.gain").long, figures.effect($0, "dealers.gain").long] }
    let bars = scenarios.map { scenario in
      let value = figures.effect(scenario, figure).long
      return BarChart.Bar(
        name: scenario, value: value, label: Prose.signedCompact(value), style: value < 0 ? "loss" : "gain")
    }
    guard bars.contains(where: \.value.isFinite) else { return nil }
    return PageChart(
      caption: caption, width: 520, title: title,
      description: bars.map { "\($0.name)\(Typography.colon)\($0.label)" }.joined(separator: Typography.semicolon)
    ) { BarChart(bars: bars, alsoCovering: both).drawing(width: $0) }
  }

  /// A row per scenario.
  private static func overview(_ figures: PolicyFigures) -> TextTable {
    var table = TextTable([
      .init(say("scenario"), .left), .init(say("maker, next quarter")), .init(say("maker, year")),
      .init(say("dealers, next quarter")), .init(say("dealers, year")), .init(say("consumers by price, year")),
      .init(say("units missed, year")),
    ])
    func text(_ value: Double) -> String { value.isFinite ? NumberText.signed(value) : "" }
    for scenario in figures.scenarios.prefix(40) {
      let (maker, dealers) = (figures.effect(scenario, "maker.gain"), figures.effect(scenario, "dealers.gain"))
      table.add(
        scenario, text(maker.short), text(maker.long), text(dealers.short), text(dealers.long),
        text(figures.effect(scenario, "consumers.price_gain").long),
        text(figures.effect(scenario, "consumers.units_missed").long))
    }
    return table
  }
}
