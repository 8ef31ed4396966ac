import Tables

extension PageSection {
  /// What is paid, what is expected to be paid, who is close to the next tier, and where payouts jump.
  static func incentives(_ view: RunView) -> PageSection? {
    let blocks = [
      view.filled("payouts").map { payouts($0, view.currency) },
      view.filled("payout_curves").flatMap { .payoutCurves($0, view.currency) },
      view.filled("accruals").flatMap { accruals($0, view.currency) },
      view.filled("accrual_fan").flatMap { .accrualFan($0, view.currency) },
      view.filled("next_tier").flatMap { nextTier($0, view.currency) },
      view.filled("tier_cliffs").flatMap { .cliffMap($0, view.currency) },
    ].compactMap(\.self)
    guard !blocks.isEmpty else { return nil }
    var section = PageSection(
      "incentives", say("Incentives"), question: say("What do they cost, and what do they pull?"))
    section.blocks = blocks
    return section
  }

  private static func payouts(_ table: Table, _ currency: String) -> Block {
    let (rule, earned, netted) = (table.cells("rule"), table.cells("earned"), table.cells("netted"))
    let (booked, payable) = (table.cells("booked"), table.cells("payable"))
    var order: [String] = []
    var sums: [String: [Double]] = [:]
    for row in 0..<table.rowCount {
      if sums[rule.text(row)] == nil { order.append(rule.text(row)) }
      let figures = [earned, netted, booked, payable].map { knownSum([$0.number(row)]) }
      sums[rule.text(row)] = zip(sums[rule.text(row)] ?? [0, 0, 0, 0], figures).map(+)
    }
    var text = TextTable([
      .init(say("rule"), .left), .init(say("earned, \(currency)")), .init(say("netted")), .init(say("booked")),
      .init(say("payable")),
    ])
    for name in order { text.add([Prose.word(name)] + (sums[name] ?? []).map { NumberText.grouped($0) }) }
    let total = knownSum(sums.values.map { $0[3] })
    var block = Block(
      say("What is due"),
      [
        say(
          "\(NumberText.compact(total)) \(currency) remain to be paid after what earlier settlements and the ledger cover."
        )
      ])
    block.openTable = PageTable(text, name: say("payouts by rule"))
    let rows = (0..<table.rowCount).sorted {
      (-knownSum([payable.number($0)]), $0) < (-knownSum([payable.number($1)]), $1)
    }
    let names = [
      "partner_id", "period", "rule", "basis", "reward_coefficient", "turnover_factor", "earned", "payable", "due_on",
      "status",
    ]
    block.foldedTable = PageTable(
      TextTable(table.keeping(Array(rows.prefix(60))).selecting(names)), name: say("the largest payouts"))
    block.source = "payouts.csv"
    return block
  }

  private static func accruals(_ table: Table, _ currency: String) -> Block? {
    let (period, amount) = (table.cells("period"), table.cells("accrual"))
    var order: [String] = []
    var sums: [String: Double] = [:]
    for row in 0..<table.rowCount {
      if sums[period.text(row)] == nil { order.append(period.text(row)) }
      sums[period.text(row), default: 0] += knownSum([amount.number(row)])
    }
    guard let first = order.first else { return nil }
    var block = Block(
      say("What planned periods are expected to cost"),
      [
        say(
          "The mean over the forecast's paths of what the rules would pay, so \(NumberText.compact(sums[first] ?? 0)) \(currency) in \(first)."
        )
      ])
    let bars = order.sorted().map {
      BarChart.Bar(name: $0, value: sums[$0] ?? 0, label: NumberText.compact(sums[$0] ?? 0).typographic)
    }
    block.charts = [
      PageChart(
        caption: say("Accrual, \(currency)"), width: 520, title: say("Expected payouts by period"),
        description: bars.map { "\($0.name)\(Typography.colon)\($0.label)" }.joined(separator: Typography.semicolon)
      ) { BarChart(bars: bars).drawing(width: $0) }
    ]
    block.source = "accruals.csv"
    return block
  }

  private static func nextTier(_ table: Table, _ currency: String) -> Block? {
    let (close, value, chance) = (table.cells("close"), table.cells("value"), table.cells("chance"))
    let rows = (0..<table.rowCount).filter { close.text($0) == "yes" || close.flag($0) }
      .sorted { (-knownSum([value.number($0)]), $0) < (-knownSum([value.number($1)]), $1) }
    guard !rows.isEmpty else { return nil }
    let mean = knownSum(rows.map { chance.number($0) }) / Double(rows.count)
    var block = Block(
      say("Close to the next tier"),
      [
        say(
          "\(NumberText.count(rows.count, "partner and rule", plural: "partners and rules")) could reach it; the chance is \(NumberText.percent(mean, decimals: 0)) on average."
        )
      ])
    let names = [
      "partner_id", "period", "rule", "standing", "next_from", "distance", "chance", "value", "value_per_unit",
    ]
    block.openTable = PageTable(
      TextTable(table.keeping(Array(rows.prefix(20))).selecting(names)), name: say("partners close to the next tier"))
    block.source = "next_tier.csv"
    return block
  }
}
