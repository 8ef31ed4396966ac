import ChannelTypes
import Planning
import Tables

/// Charts of the section on credit: who owes what against which limit, and what a year may cost.
extension Block {
  /// What partners owe, the overdue part of it, and the proposed limit as a mark.
  static func exposures(_ table: Table, _ currency: String) -> Block? {
    let (id, region, rating) = (table.cells("partner_id"), table.cells("region"), table.cells("rating"))
    let (open, overdue, limit) = (table.cells("open"), table.cells("overdue"), table.cells("proposed_limit"))
    let rows = (0..<table.rowCount).filter { open.number($0).isFinite }.sorted {
      (-open.number($0), $0) < (-open.number($1), $1)
    }
    guard !rows.isEmpty else { return nil }
    func bar(_ name: String, _ rows: some Collection<Int>, hasMark: Bool) -> BulletChart.Row {
      let owed = knownSum(rows.map { open.number($0) })
      let late = min(owed, knownSum(rows.map { overdue.number($0) }))
      let allowed = knownSum(rows.map { limit.number($0) })
      return BulletChart.Row(
        name: name, parts: [.init(value: late, style: "loss"), .init(value: owed - late, style: "plan")],
        mark: hasMark ? allowed : .nan, label: NumberText.compact(owed),
        reading: say(
          "\(name): \(NumberText.grouped(owed)) owed, \(NumberText.grouped(late)) of it overdue, limit \(NumberText.grouped(allowed))"
        ))
    }
    var bars = rows.prefix(15).map { bar("\(id.text($0)), \(rating.text($0))", [$0], hasMark: true) }
    let rest = rows.dropFirst(15)
    let above = rows.filter { open.number($0) > limit.number($0) }
    let owed = knownSum(rows.map { open.number($0) })
    let late = knownSum(rows.map { overdue.number($0) })
    var block = Block(
      say("Who owes what"),
      [
        say(
          "\(NumberText.compact(owed)) \(currency) are owed, \(NumberText.compact(late)) of it overdue; \(above.count) of \(NumberText.count(rows.count, "partner")) owe more than their proposed limit."
        )
      ])
    if !rest.isEmpty {
      let regions = Dictionary(grouping: rest) { region.text($0) }
      let names = regions.keys.sorted {
        knownSum((regions[$0] ?? []).map { open.number($0) }) > knownSum((regions[$1] ?? []).map { open.number($0) })
      }
      block.sentences.append(say("The 15 largest by partner, the others summed by region."))
      bars += names.prefix(12).map { name in
        bar(say("\(name), \((regions[name] ?? []).count) others"), regions[name] ?? [], hasMark: true)
      }
    }
    block.keys = [
      Key("bar", say("owed")), Key("bar loss", say("overdue")), Key("target", say("proposed limit")),
    ]
    block.charts = [
      PageChart(
        width: 760, title: say("Exposure by partner"),
        description: bars.prefix(5).map(\.reading).joined(separator: "; ")
      ) { BulletChart(rows: bars).drawing(width: $0) }
    ]
    block.foldedTable = PageTable(
      TextTable(
        table.keeping(Array(rows.prefix(60))).selecting([
          "partner_id", "region", "rating", "open", "overdue", "oldest_overdue_days", "present_limit",
          "proposed_limit", "default_probability", "expected_loss",
        ])), name: say("the largest exposures"))
    block.source = "credit.csv"
    return block
  }

  /// The distribution of a year's losses, what is expected of it, and the fund that covers it.
  static func lossDistribution(_ view: RunView) -> Block? {
    guard let table = view.filled("loss_distribution") else { return nil }
    let (from, to) = (table.cells("loss_from"), table.cells("loss_to"))
    let (share, more) = (table.cells("share"), table.cells("chance_of_more"))
    let rows = (0..<table.rowCount).filter { to.number($0).isFinite && share.number($0).isFinite }
    guard rows.count > 2, let first = rows.first else { return nil }
    let step = to.number(first) - from.number(first)
    // The bar beyond the last class is wider than all: it is told, not drawn.
    let drawn = rows.filter { to.number($0) - from.number($0) <= step * 1.5 }
    let fund = view.filled("emergency_fund").map {
      (amount: $0.cells("fund").number(0), level: $0.cells("confidence_pct").number(0))
    }
    let mean = view.indicators.first { $0.name == "credit_expected_loss" }?.value
    let bins = drawn.map { row in
      ColumnChart.Bin(
        from: from.number(row), to: to.number(row), value: share.number(row) * 100,
        reading: say(
          "\(NumberText.compact(from.number(row))) to \(NumberText.compact(to.number(row))): in \(NumberText.percent(share.number(row))) of simulated years; more in \(NumberText.percent(more.number(row)))"
        ), style: fund.map { from.number(row) >= $0.amount } == true ? "loss" : "plan")
    }
    var block = Block(say("What a year may lose"))
    if let fund, fund.amount.isFinite {
      block.sentences = [
        say(
          "A fund of \(NumberText.compact(fund.amount)) \(view.currency) covers the losses of \(NumberText.grouped(fund.level)) of 100 simulated years\(mean.map { say(", \(NumberText.compact($0)) are expected") } ?? "")."
        )
      ]
    }
    if let open = view.indicators.first(where: { $0.name == "credit_open_expected_loss" })?.value, open.isFinite {
      block.sentences.append(
        say(
          "These are losses on the limits proposed. Of what is owed today, \(NumberText.compact(open)) \(view.currency) are expected to be lost, whatever becomes of their limits."
        ))
    }
    if drawn.count < rows.count, let last = rows.last {
      block.sentences.append(
        say(
          "The worst \(NumberText.percent(share.number(last))) lie beyond the drawing, up to \(NumberText.compact(to.number(last)))."
        ))
    }
    var references: [ColumnChart.Reference] = []
    if let mean, mean.isFinite { references.append(.init(value: mean, label: say("expected"))) }
    if let fund, fund.amount.isFinite { references.append(.init(value: fund.amount, label: say("fund"))) }
    block.charts = [
      PageChart(
        width: 760, title: say("Losses on credit in a year"), description: block.sentences.joined(separator: " ")
      ) { width in
        ColumnChart(
          bins: bins, xTitle: say("loss in a year, \(view.currency)"), yTitle: say("simulated years, %"),
          references: references
        ).drawing(width: width, height: width > 500 ? 260 : 230)
      }
    ]
    block.foldedTable = PageTable(TextTable(table), name: say("losses by size"))
    block.source = Prose.list(["loss_distribution.csv", "emergency_fund.csv"])
    return block
  }
}
