import Tables

extension PageSection {
  /// Where money goes: now and planned, what it brings, and which limits hold it.
  static func allocation(_ view: RunView) -> PageSection? {
    guard let figures = BudgetFigures(view) else { return nil }
    let blocks = AllocationBlocks(figures: figures, view: view)
    var section = PageSection("allocation", say("Allocation"), question: say("Where should the money go?"))
    section.lead = blocks.lead
    section.blocks = [
      blocks.regions, blocks.comparison, ResponseBlock.make(view), blocks.prices, FrontierBlock(view)?.block(),
    ].compactMap(\.self)
    return section
  }
}

private struct AllocationBlocks {
  let figures: BudgetFigures
  let view: RunView

  private var currency: String { view.currency }

  var lead: [String] {
    let total = (now: knownSum(figures.places.map(\.now)), plan: knownSum(figures.places.map(\.plan)))
    var lead = [
      say(
        "The plan places \(NumberText.grouped(total.plan)) \(currency) over "
          + "\(NumberText.count(figures.places.count, "region")), against \(NumberText.grouped(total.now)) now.")
    ]
    let sentence = BudgetSentence(figures, view)
    lead.append(say("Against now: \(Prose.withMinus(sentence.gain))."))
    if !sentence.certainty.isEmpty {
      lead.append(say("How sure: \(Prose.withMinus(sentence.certainty.joined(separator: Typography.semicolon)))."))
    }
    if let unspent = figures.regions.first(where: { $0.name == "not_spent" }), unspent.plan > 0 {
      lead.append(
        unspent.heldBy.isEmpty
          ? say(
            "\(NumberText.grouped(unspent.plan)) \(currency) stay unspent: every further use would bring less than it "
              + "costs, or a cap holds it.")
          : say("\(NumberText.grouped(unspent.plan)) \(currency) stay unspent: \(say(label: unspent.heldBy))."))
    }
    return lead
  }

  var regions: Block {
    var block = Block(say("From now to plan"))
    let up = figures.places.max { $0.change < $1.change }
    let down = figures.places.min { $0.change < $1.change }
    var sentence: [String] = []
    if let up, up.change > 0 { sentence.append(say("\(up.name) gets most more (\(Prose.signed(up.change)))")) }
    if let down, down.change < 0 { sentence.append(say("\(down.name) gives up most (\(Prose.signed(down.change)))")) }
    if !sentence.isEmpty { block.sentences = [sentence.joined(separator: Typography.comma) + Typography.stop] }
    let held = figures.places.filter { !$0.heldBy.isEmpty }
    if !held.isEmpty {
      let names = Prose.list(held.prefix(5).map { say("\($0.name) (\(say(label: $0.heldBy)))") })
      block.sentences.append(
        held.count > 5 ? say("A limit holds \(names) and \(held.count - 5) more.") : say("A limit holds \(names)."))
    }
    block.layout = .half
    block.keys = [Key("dot now", say("now")), Key("dot gain", say("plan, more")), Key("dot loss", say("plan, less"))]
    block.charts = [changeChart]
    if figures.places.contains(where: { $0.marginChange.isFinite }) { block.charts.append(marginChart) }
    block.foldedTable = PageTable(figures.table(currency: currency), name: say("budget by region, \(currency)"))
    block.source = Prose.list(["region_allocation.csv", "allocation.csv"])
    return block
  }

  private var changeChart: PageChart {
    let rows = figures.places.map { region in
      ChangeChart.Row(
        name: region.name, now: region.now, plan: region.plan, label: Prose.signed(region.change),
        reading: say(
          "\(region.name): \(NumberText.grouped(region.now)) to \(NumberText.grouped(region.plan)) \(currency)"))
    }
    return PageChart(
      caption: say("Budget, \(currency)"), width: 520, title: say("Budget by region, now and planned"),
      description: rows.map(\.reading).joined(separator: Typography.semicolon)
    ) { ChangeChart(rows: rows).drawing(width: $0) }
  }

  private var marginChart: PageChart {
    let places = figures.places.filter { $0.marginChange.isFinite }.sorted { $0.marginChange > $1.marginChange }
    func step(_ name: String, _ value: Double) -> WaterfallChart.Step {
      WaterfallChart.Step(name: name, value: value, label: Prose.signed(value))
    }
    // Regions that stay as they are would be empty rows.
    let steps = places.filter { abs($0.marginChange) >= 0.5 }.map { step($0.name, $0.marginChange) }
    let total = step(say("together"), knownSum(places.map(\.marginChange)))
    return PageChart(
      caption: say("Expected margin, change in \(currency)"), width: 520,
      title: say("Change of expected margin by region"),
      description: (steps + [total]).map { "\($0.name) \($0.label)" }.joined(separator: Typography.semicolon)
    ) { WaterfallChart(steps: steps, total: total).drawing(width: $0) }
  }

  var comparison: Block? {
    guard !figures.comparison.isEmpty else { return nil }
    var block = Block(say("Against simpler ways to place it"))
    if let plan = figures.margin(of: "plan"), let proRata = figures.margin(of: "pro_rata") {
      let difference = NumberText.grouped((plan - proRata).magnitude)
      block.sentences = [
        plan < proRata
          ? say("The plan’s total, spread as today, would bring \(difference) \(currency) more than the plan.")
          : say("The plan’s total, spread as today, would bring \(difference) \(currency) less than the plan.")
      ]
    }
    let names = [
      "now": say("as now"), "pro_rata": say("spread as now, plan’s total"), "plan": say("plan"),
      "plan_at_present_total": say("today’s total, placed best"),
      "requests": say("as requested, plan’s total"), "equal": say("spread evenly, plan’s total"),
    ]
    let bars = figures.comparison.map { row in
      BarChart.Bar(
        name: names[row.allocation] ?? Prose.words(row.allocation), value: row.margin,
        label: NumberText.compact(row.margin).typographic, style: row.allocation == "plan" ? "plan" : "muted")
    }
    block.charts = [
      PageChart(
        caption: say("Expected margin, \(currency)"), width: 520,
        title: say("Expected margin of the ways to place the budget"),
        description: bars.map { "\($0.name)\(Typography.colon)\($0.label)" }.joined(separator: Typography.semicolon)
      ) { BarChart(bars: bars).drawing(width: $0) }
    ]
    var table = TextTable([.init(say("allocation"), .left), .init(say("total")), .init(say("expected margin"))])
    for row in figures.comparison {
      table.add(
        names[row.allocation] ?? Prose.words(row.allocation), NumberText.grouped(row.total),
        NumberText.grouped(row.margin))
    }
    block.foldedTable = PageTable(table, name: say("ways to place the budget, \(currency)"))
    block.source = "budget_comparison.csv"
    return block
  }

  var prices: Block? {
    guard let table = view.filled("shadow_prices") else { return nil }
    let (limit, place, value) = (table.cells("limit"), table.cells("place"), table.cells("value"))
    let (price, unit) = (table.cells("price"), table.cells("unit"))
    let binding = (0..<table.rowCount).filter { price.number($0).isFinite && price.number($0).magnitude > 1e-9 }
      .sorted { (-price.number($0).magnitude, $0) < (-price.number($1).magnitude, $1) }
    var block = Block(say("What the limits cost"))
    if let first = binding.first {
      block.sentences = [
        say(
          "One more \(currency) at \(limit.text(first)) earns \(NumberText.significant(price.number(first)).typographic) "
            + "\(currency) of margin. Limits that cost nothing are left out.")
      ]
    } else {
      block.sentences = [say("No limit holds the plan back: none of them costs margin.")]
    }
    var list = TextTable([
      .init(say("limit"), .left), .init(say("written in"), .left), .init(say("value")), .init(say("one more earns")),
      .init(say("unit"), .left),
    ])
    for row in binding.prefix(40) {
      list.add(
        limit.text(row), place.text(row), NumberText.grouped(value.number(row)),
        NumberText.grouped(price.number(row), decimals: 3), Unit.text(unit.text(row)))
    }
    if !binding.isEmpty { block.openTable = PageTable(list, name: say("prices of the limits")) }
    block.source = "shadow_prices.csv"
    return block
  }
}
