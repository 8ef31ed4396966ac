import Tables

extension PageSection {
  /// What if: each scenario against the base, who wins and who loses, and what each uncertainty is worth.
  static func scenarios(_ view: RunView) -> PageSection? {
    let figures = ScenarioFigures(view)
    let uncertainty = [TornadoBlock.make(view), SweepBlock.make(view)].compactMap(\.self)
    let effects = Block.policyEffects(view)
    guard figures != nil || effects != nil || !uncertainty.isEmpty else { return nil }
    var section = PageSection("scenarios", say("Scenarios"), question: say("What if?"))
    section.blocks = [effects].compactMap(\.self)
    if let figures {
      let blocks = ScenarioBlocks(figures: figures, currency: view.currency)
      section.lead = blocks.lead
      section.blocks += [blocks.indicators, blocks.changes, blocks.outcomes].compactMap(\.self)
    }
    section.blocks += uncertainty
    return section
  }
}

private struct ScenarioBlocks {
  let figures: ScenarioFigures
  let currency: String

  private typealias Scenario = ScenarioFigures.Scenario
  private typealias KPI = ScenarioFigures.KPI

  /// Figures with a bar of their own, and rows of the table over all scenarios.
  private static let barCount = 14
  private static let rowCount = 60
  /// Partners shown at either end.
  private static let endCount = 8

  var lead: [String] {
    let count = figures.scenarios.count
    return [
      count == 1
        ? say("One scenario is held against the base, on the same random numbers: what differs, it caused.")
        : say(
          "\(count) scenarios are held against the base, on the same random numbers: what differs, they caused.")
    ]
  }

  /// A sentence of every scenario; those that change nothing share one.
  private var verdicts: String {
    func sentence(_ scenario: Scenario, _ changed: Int) -> String {
      let better = scenario.kpis.count { $0.verdict > 0 }
      let worse = scenario.kpis.count { $0.verdict < 0 }
      let parts = [
        better == 0 ? nil : better == 1 ? say("one gets better") : say("\(better) get better"),
        worse == 0 ? nil : worse == 1 ? say("one gets worse") : say("\(worse) get worse"),
      ].compactMap(\.self)
      let head =
        changed == 1
        ? say("\(scenario.name) changes one figure") : say("\(scenario.name) changes \(changed) figures")
      let tail = parts.isEmpty ? "" : Typography.colon + parts.joined(separator: Typography.comma)
      return head + tail + Typography.stop
    }
    let shown = figures.scenarios.prefix(24)
    let sentences = shown.compactMap { scenario -> String? in
      let changed = scenario.kpis.count(where: \.isChanged)
      return changed == 0 ? nil : sentence(scenario, changed)
    }
    let still = shown.filter { !$0.kpis.contains(where: \.isChanged) }.map(\.name)
    let last = still.isEmpty ? [] : [say("No figure changes in \(Prose.list(still)).")]
    return (sentences + last).joined(separator: Typography.blank)
  }

  /// The same scenario is shown in every block.
  private func choice(_ id: String, _ options: [Choice.Option]) -> Choice {
    Choice(id: id, label: say("Scenario"), group: "scenario", control: .buttons, options: options)
  }

  // MARK: - Figures

  var indicators: Block? {
    guard figures.scenarios.contains(where: { $0.kpis.contains(where: \.isChanged) }) else { return nil }
    var block = Block(
      say("What each scenario changes"),
      [
        say(
          "Only figures that differ are listed. The bar is the 80 % range of the change over the same draws: "
            + "where it holds zero, chance may explain the change."
        ), verdicts,
      ])
    block.choice = choice("scenario-figures", figures.scenarios.map(option))
    block.foldedTable = PageTable(comparison, name: say("all scenarios side by side"))
    block.source = "scenario_kpis.csv, scenario_patches.csv"
    return block
  }

  private func option(_ scenario: Scenario) -> Choice.Option {
    var option = Choice.Option(name: scenario.name)
    let patches = scenario.patches.prefix(6).map { patch in
      patch.base.isEmpty
        ? say("\(patch.key) is set to \(patch.value)")
        : say("\(patch.key) goes from \(patch.base) to \(patch.value)")
    }
    if !patches.isEmpty {
      let more = scenario.patches.count - patches.count
      let list = patches.joined(separator: Typography.semicolon)
      option.sentences.append(more > 0 ? say("\(list), and \(more) more.") : say("\(list)."))
    }
    let changed = scenario.kpis.filter(\.isChanged)
    guard !changed.isEmpty else {
      option.sentences.append(say("No figure changes."))
      return option
    }
    let apart = changed.filter { !$0.isIntervalEnd && !$0.hasShare }.prefix(4).map { kpi in
      "\(say(label: kpi.label)) \(amount(kpi.base, kpi.unit)) → \(amount(kpi.value, kpi.unit))"
    }
    if !apart.isEmpty {
      option.sentences.append(
        say(
          "Not drawn, since a per cent of next to nothing says nothing: \(apart.joined(separator: Typography.semicolon))."
        ))
    }
    let shown = ScenarioFigures.mainFirst(changed.filter { $0.hasShare && !$0.isIntervalEnd }).prefix(Self.barCount)
    if !shown.isEmpty { option.charts = [chart(Array(shown), scenario.name)] }
    option.table = PageTable(table(changed), name: say("figures that \(scenario.name) changes"))
    return option
  }

  /// Labels say what is counted; only money needs its unit.
  private func amount(_ value: Double, _ unit: String) -> String {
    let text = NumberText.compact(value).typographic
    return unit == "share" ? NumberText.percent(value) : unit == currency ? Unit.amount(text, unit) : text
  }

  private func chart(_ kpis: [KPI], _ scenario: String) -> PageChart {
    let rows = kpis.map { kpi in
      IntervalChart.Row(
        name: say(label: kpi.label), estimate: 100 * kpi.share,
        lower: kpi.hasNoise ? 100 * kpi.noiseLow / kpi.base.magnitude : .nan,
        upper: kpi.hasNoise ? 100 * kpi.noiseHigh / kpi.base.magnitude : .nan, label: label(kpi))
    }
    return PageChart(
      caption: say("Change against the base, in per cent"), width: 700,
      title: say("Changes of figures in \(scenario)"),
      description: rows.map { "\($0.name) \($0.label)" }.joined(separator: Typography.semicolon)
    ) { IntervalChart(rows: rows, unit: NumberText.percentSign).drawing(width: $0) }
  }

  /// A per cent of a share is easily taken for a point of it: shares are told as they are and become.
  private func label(_ kpi: KPI) -> String {
    kpi.unit == "share"
      ? "\(NumberText.percent(kpi.base)) → \(NumberText.percent(kpi.value))" : Prose.signedPercent(kpi.share)
  }

  private func table(_ kpis: [KPI]) -> TextTable {
    var table = TextTable([
      .init(say("figure"), .left), .init(say("unit"), .left), .init(say("base")), .init(say("scenario")),
      .init(say("change")), .init(say("in per cent")), .init(say("80 % range")), .init(say("verdict"), .left),
    ])
    for kpi in kpis.prefix(Self.rowCount) {
      let range =
        kpi.hasNoise
        ? say(
          "\(NumberText.significant(kpi.noiseLow).typographic) to \(NumberText.significant(kpi.noiseHigh).typographic)")
        : ""
      table.add(
        say(label: kpi.label), say(word: kpi.unit), NumberText.significant(kpi.base),
        NumberText.significant(kpi.value), Self.signed(kpi.change),
        kpi.hasShare ? NumberText.signedPercent(kpi.share) : "", range, verdict(kpi))
    }
    return table
  }

  private func verdict(_ kpi: KPI) -> String {
    if kpi.isWithinNoise { return say("within noise") }
    return kpi.verdict > 0 ? say("better") : kpi.verdict < 0 ? say("worse") : ""
  }

  private static func signed(_ value: Double) -> String {
    (value > 0 ? "+" : "") + NumberText.significant(value)
  }

  /// A row per figure that differs in any scenario, a column per scenario.
  private var comparison: TextTable {
    struct Name: Hashable { var stage: String, name: String }
    var order: [Name] = []
    var byName: [Name: [Int: KPI]] = [:]
    for (index, scenario) in figures.scenarios.enumerated() {
      for kpi in scenario.kpis where kpi.isChanged {
        let name = Name(stage: kpi.stage, name: kpi.name)
        if byName[name] == nil { order.append(name) }
        byName[name, default: [:]][index] = kpi
      }
    }
    var table = TextTable(
      [.init(say("figure"), .left), .init(say("unit"), .left), .init(say("base"))]
        + figures.scenarios.map { .init($0.name) })
    for name in order.prefix(Self.rowCount) {
      guard let row = byName[name], let first = row.min(by: { $0.key < $1.key })?.value else { continue }
      let cells = figures.scenarios.indices.map { index in
        row[index].map { NumberText.significant($0.value) + " (" + Self.signed($0.change) + ")" } ?? ""
      }
      table.add([say(label: first.label), say(word: first.unit), NumberText.significant(first.base)] + cells)
    }
    return table
  }

  // MARK: - Where the change comes from

  private static let measures = [
    "revenue", "demand_units", "budget", "target", "stock_value", "accrual", "credit_limit",
  ]

  var changes: Block? {
    guard
      let measure = Self.measures.first(where: { name in
        figures.scenarios.contains { $0.differences.contains { $0.measure == name && $0.change != 0 } }
      })
    else { return nil }
    var block = Block(
      say("Where the change comes from"),
      [
        say(
          "The steps add up to the change of \(Prose.word(measure)) over all regions; "
            + "a region that is not listed stays as it is."
        )
      ])
    block.choice = choice("scenario-changes", figures.scenarios.map { changeOption($0, measure) })
    block.source = "compare.csv"
    return block
  }

  private func changeOption(_ scenario: Scenario, _ measure: String) -> Choice.Option {
    var option = Choice.Option(name: scenario.name)
    let regions = scenario.differences.filter { $0.measure == measure && $0.subject.hasPrefix("region:") }
      .sorted { ($1.change.magnitude, $0.subject) < ($0.change.magnitude, $1.subject) }
    guard let unit = regions.first?.unit else {
      option.sentences = [say("Nothing changes by region.")]
      return option
    }
    func name(_ difference: ScenarioFigures.Difference) -> String { String(difference.subject.dropFirst(7)) }
    let shown = regions.prefix(15)
    var steps = shown.map {
      WaterfallChart.Step(name: name($0), value: $0.change, label: Prose.signedCompact($0.change))
    }
    let rest = knownSum(regions.dropFirst(shown.count).map(\.change))
    if regions.count > shown.count {
      steps.append(
        .init(name: say("\(regions.count - shown.count) more"), value: rest, label: Prose.signedCompact(rest)))
    }
    let sum = knownSum(regions.map(\.change))
    let total = WaterfallChart.Step(name: say("together"), value: sum, label: Prose.signedCompact(sum))
    option.charts = [
      PageChart(
        caption: say("Change of \(Prose.word(measure)), \(unit)"), width: 520,
        title: say("Change of \(Prose.word(measure)) by region in \(scenario.name)"),
        description: (steps + [total]).map { "\($0.name) \($0.label)" }.joined(separator: Typography.semicolon)
      ) { WaterfallChart(steps: steps, total: total).drawing(width: $0) }
    ]
    option.table = PageTable(differences(scenario), name: say("what differs in \(scenario.name)"))
    return option
  }

  private func differences(_ scenario: Scenario) -> TextTable {
    var table = TextTable([
      .init(say("subject"), .left), .init(say("measure"), .left), .init(say("unit"), .left), .init(say("base")),
      .init(say("scenario")), .init(say("change")),
    ])
    for row in scenario.differences.prefix(Self.rowCount) {
      table.add(
        row.subject, Prose.word(row.measure), say(word: row.unit), NumberText.significant(row.base),
        NumberText.significant(row.value), Self.signed(row.change))
    }
    return table
  }

  // MARK: - Winners and losers

  var outcomes: Block? {
    guard figures.scenarios.contains(where: { $0.outcomes.contains { $0.effect.magnitude >= 0.5 } }) else { return nil }
    var block = Block(
      say("Winners and losers"),
      [say("What each scenario means in money for single partners: the largest gains and the largest losses.")])
    block.keys = [Key("dot gain", say("gains")), Key("dot loss", say("loses"))]
    block.choice = choice("scenario-partners", figures.scenarios.map(outcomeOption))
    block.source = "winners_losers.csv"
    return block
  }

  private func outcomeOption(_ scenario: Scenario) -> Choice.Option {
    var option = Choice.Option(name: scenario.name)
    let sorted = scenario.outcomes.filter { $0.effect.magnitude >= 0.5 }.sorted {
      ($1.effect, $0.partner) < ($0.effect, $1.partner)
    }
    guard !sorted.isEmpty else {
      option.sentences = [say("No partner gains or loses.")]
      return option
    }
    let gains = sorted.filter { $0.effect > 0 }
    let losses = sorted.filter { $0.effect < 0 }
    option.sentences = [Prose.gainsAndLosses(gains.map(\.effect), losses.map(\.effect), currency)]
    let ends = Array(gains.prefix(Self.endCount)) + Array(losses.suffix(Self.endCount))
    let bars = ends.map { outcome in
      BarChart.Bar(
        name: outcome.label, value: outcome.effect, label: Prose.signedCompact(outcome.effect),
        style: outcome.effect > 0 ? "gain" : "loss")
    }
    option.charts = [
      PageChart(
        caption: say("Effect on partners, \(currency)"), width: 620,
        title: say("Winners and losers in \(scenario.name)"),
        description: bars.map { "\($0.name) \($0.label)" }.joined(separator: Typography.semicolon)
      ) { BarChart(bars: bars).drawing(width: $0) }
    ]
    var table = TextTable(
      [.init(say("partner"), .left), .init(say("region"), .left), .init(say("effect, \(currency)"))]
        + [say("revenue"), say("incentives"), say("target"), say("credit limit"), say("budget")].map { .init($0) })
    for outcome in ends {
      table.add(
        [outcome.label, outcome.region, NumberText.signed(outcome.effect)]
          + outcome.parts.map { $0.isFinite ? NumberText.signed($0) : "" })
    }
    option.table = PageTable(table, name: say("the largest gains and losses in \(scenario.name)"))
    return option
  }
}
