import ChannelTypes
import Tables

extension PageSection {
  /// Targets by region and month, the chance of reaching them, and what was moved with the market.
  static func targets(_ view: RunView) -> PageSection? {
    let blocks = [
      view.filled("targets_plan").flatMap { heat($0, view.currency) },
      .targetBullets(view), view.filled("attainment").flatMap { chances($0, view.currency) }, .chanceStrip(view),
      view.filled("target_adjust").map { adjustments($0) },
    ].compactMap(\.self)
    guard !blocks.isEmpty else { return nil }
    var section = PageSection("targets", say("Targets"), question: say("Will we make it?"))
    section.blocks = blocks
    return section
  }

  private static func heat(_ table: Table, _ currency: String) -> Block? {
    let (regions, periods, amounts) = (table.cells("region"), table.cells("period"), table.cells("amount"))
    var sums: [String: [Period: Double]] = [:]
    var months: Set<Period> = []
    for row in 0..<table.rowCount {
      guard let period = periods.period(row), amounts.number(row).isFinite else { continue }
      sums[regions.text(row), default: [:]][period, default: 0] += amounts.number(row)
      months.insert(period)
    }
    guard sums.count > 0, !months.isEmpty, months.count <= 36 else { return nil }
    let columns = months.sorted()
    let rows = sums.keys.sorted {
      (-knownSum(sums[$0]?.values.map { $0 } ?? []), $0) < (-knownSum(sums[$1]?.values.map { $0 } ?? []), $1)
    }
    let largest = sums.values.flatMap(\.values).max() ?? 1
    let cells = rows.prefix(30).flatMap { region in
      columns.map { period -> HeatChart.Cell in
        let amount = sums[region]?[period] ?? 0
        return HeatChart.Cell(
          depth: largest > 0 ? amount / largest : 0, label: NumberText.compact(amount / 1000),
          reading: "\(region), \(period): \(NumberText.grouped(amount)) \(currency)")
      }
    }
    let total = knownSum(sums.values.flatMap(\.values))
    var block = Block(
      say("Revenue targets by region and month"),
      [
        say(
          "\(NumberText.compact(total)) \(currency) over \(columns.count) months; figures in thousands; the stronger the colour, the more."
        )
      ])
    let chart = HeatChart(
      rowNames: Array(rows.prefix(30)), columnNames: columns.map { String("\($0)".suffix(5)) }, cells: cells,
      isTime: true)
    block.charts = [
      PageChart(
        width: 980, title: say("Revenue targets by region and month"),
        description:
          say(
            "The largest region is \(rows[0]) with \(NumberText.compact(knownSum(sums[rows[0]]?.values.map { $0 } ?? [])))."
          )
      ) { chart.drawing(width: $0) }
    ]
    block.source = "targets_plan.csv"
    return block
  }

  /// Region × the first planned quarter: target, expectation, chance.
  private static func chances(_ table: Table, _ currency: String) -> Block? {
    let (level, grain, period) = (table.cells("level"), table.cells("grain"), table.cells("period"))
    let (measure, probability, id) = (table.cells("measure"), table.cells("probability"), table.cells("id"))
    let rows = (0..<table.rowCount).filter { row in
      let chance = probability.number(row)
      return level.text(row) == "region" && grain.text(row) == "quarter" && measure.text(row) == "revenue"
        && chance.isFinite && chance > 0 && chance < 1
    }
    guard let first = rows.map({ period.text($0) }).min() else { return nil }
    let shown = rows.filter { period.text($0) == first }.sorted {
      (probability.number($0), id.text($0)) < (probability.number($1), id.text($1))
    }
    let (target, expected) = (table.cells("adjusted_target"), table.cells("expected"))
    let (shortfall, uplift) = (table.cells("expected_shortfall"), table.cells("required_uplift"))
    let unlikely = shown.filter { probability.number($0) < 0.5 }
    var block = Block(
      say("Chance of reaching the target of \(first)"),
      [
        unlikely.isEmpty
          ? say("Every region is more likely than not to reach it.")
          : say(
            "\(NumberText.count(unlikely.count, "region")) of \(shown.count) will more likely miss it: "
              + "\(Prose.list(unlikely.prefix(5).map { id.text($0) })).")
      ])
    let bars = shown.prefix(30).map { row in
      BarChart.Bar(
        name: id.text(row), value: probability.number(row) * 100,
        label: NumberText.percent(probability.number(row), decimals: 0),
        style: probability.number(row) < 0.5 ? "loss" : "plan")
    }
    block.charts = [
      PageChart(
        caption: say("Chance, %"), width: 520, title: say("Chance of reaching the target by region"),
        description: bars.prefix(5).map { "\($0.name)\(Typography.colon)\($0.label)" }.joined(
          separator: Typography.semicolon)
      ) { BarChart(bars: bars).drawing(width: $0) }
    ]
    var text = TextTable([
      .init(say("region"), .left), .init(say("target, \(currency)")), .init(say("expected")), .init(say("chance")),
      .init(say("mean shortfall")), .init(say("uplift needed")),
    ])
    for row in shown {
      text.add(
        id.text(row), NumberText.grouped(target.number(row)), NumberText.grouped(expected.number(row)),
        NumberText.percent(probability.number(row), decimals: 0), NumberText.grouped(shortfall.number(row)),
        NumberText.percent(uplift.number(row)))
    }
    block.foldedTable = PageTable(text, name: say("targets and chances by region"))
    block.source = "attainment.csv"
    return block
  }

  private static func adjustments(_ table: Table) -> Block {
    let factor = table.cells("target_factor_pct")
    let moved = (0..<table.rowCount).filter { factor.number($0) != 100 }
    var block = Block(
      say("Moved with the market"),
      [
        moved.isEmpty
          ? say("No region's market fell far enough for its targets to be lowered.")
          : say(
            "\(NumberText.count(moved.count, "target")) of regions and quarters were moved by the rule of the plan.")
      ])
    let names = [
      "region", "quarter", "market_change_pct", "trigger_pct", "target_factor_pct", "reward_coefficient_pct",
      "target_before", "target_after", "place", "why",
    ]
    let shown = TextTable((moved.isEmpty ? table : table.keeping(moved)).selecting(names), limit: 60)
    if moved.isEmpty {
      block.foldedTable = PageTable(shown, name: say("markets looked at"))
    } else {
      block.openTable = PageTable(shown, name: say("targets that were moved"))
    }
    block.source = "target_adjust.csv"
    return block
  }
}
