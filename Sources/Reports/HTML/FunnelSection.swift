import ChannelTypes
import Tables

extension PageSection {
  /// How far leads and orders come, how long prepayments take, and what is stuck.
  static func funnel(_ view: RunView) -> PageSection? {
    var section = PageSection("funnel", say("Funnel"), question: say("Where do orders stall?"))
    section.blocks = [
      view.filled("funnel").flatMap { stages($0, kind: "leads", view.currency) },
      view.filled("funnel").flatMap { stages($0, kind: "orders", view.currency) },
      view.filled("conversion_curve").flatMap(ageing), view.filled("revenue_from_orders").flatMap { stuck($0, view) },
    ].compactMap(\.self)
    return section.blocks.isEmpty ? nil : section
  }

  private static func stages(_ table: Table, kind: String, _ currency: String) -> Block? {
    let (kinds, stage, count) = (table.cells("kind"), table.cells("stage"), table.cells("count"))
    let (amount, share, lost) = (table.cells("amount"), table.cells("share_of_previous"), table.cells("lost"))
    let rows = (0..<table.rowCount).filter { kinds.text($0) == kind && count.number($0).isFinite }
    guard let first = rows.first, let last = rows.last, rows.count > 1, count.number(first) > 0 else { return nil }
    func name(_ row: Int) -> String { say(word: stage.text(row), plain: Prose.words(stage.text(row))) }
    let stages = rows.map { row in
      StageChart.Stage(
        name: name(row), value: count.number(row),
        label: share.number(row).isFinite
          ? "\(NumberText.grouped(count.number(row))) (\(NumberText.percent(share.number(row), decimals: 0)))"
          : NumberText.grouped(count.number(row)),
        reading: say(
          "\(name(row)): \(NumberText.grouped(count.number(row))), \(NumberText.grouped(knownSum([lost.number(row)]))) fewer than in the stage before; \(NumberText.compact(amount.number(row))) \(currency)"
        ))
    }
    var block = Block(kind == "leads" ? say("From lead to repeat customer") : say("From order to cash, twelve months"))
    let worst = rows.dropFirst().max { (knownSum([lost.number($0)]), -$0) < (knownSum([lost.number($1)]), -$1) }
    block.sentences = [
      say(
        "Of \(NumberText.grouped(count.number(first))), \(NumberText.grouped(count.number(last))) come to the end, \(NumberText.percent(count.number(last) / count.number(first), decimals: 0))."
      )
    ]
    if let worst {
      block.sentences.append(
        say("Most are lost, or still on the way, before “\(name(worst))”: \(NumberText.grouped(lost.number(worst)))."))
    }
    block.keys = [
      Key("bar", say("came at least so far")), Key("bar lost", say("lost, or still in the stage before")),
    ]
    block.charts = [
      PageChart(
        width: 700, title: block.heading ?? "",
        description: stages.map { "\($0.name): \($0.label)" }.joined(
          separator: "; ")
      ) { StageChart(stages: stages).drawing(width: $0) }
    ]
    block.foldedTable = PageTable(TextTable(table.keeping(rows)), name: say("stages of the funnel"))
    block.source = "funnel.csv"
    return block
  }

  /// The share of promises that has been shipped, by months since they were received.
  private static func ageing(_ table: Table) -> Block? {
    let (scope, kind, age) = (table.cells("scope"), table.cells("kind"), table.cells("age_months"))
    let (share, promises) = (table.cells("cumulative_share"), table.cells("promises"))
    let rows = (0..<table.rowCount).filter { scope.text($0) == "network" && share.number($0).isFinite }
    let kinds = Set(rows.map { kind.text($0) }).sorted { $0 == "prepayment" && $1 != "prepayment" }
    guard !rows.isEmpty else { return nil }
    let styles = ["plan", "ink", "gain"]
    let series = kinds.enumerated().map { index, name -> LineChart.Series in
      let label = say(word: name, plain: Prose.words(name))
      let own = rows.filter { kind.text($0) == name }.sorted { age.number($0) < age.number($1) }
      return LineChart.Series(
        name: label, style: styles[index % 3],
        nodes: own.map { row in
          LineChart.Node(
            x: age.number(row), y: share.number(row) * 100,
            reading: say(
              "\(label), \(NumberText.grouped(age.number(row))) months after: \(NumberText.percent(share.number(row))) shipped, of \(NumberText.grouped(promises.number(row)))"
            ))
        })
    }
    var block = Block(say("How fast promises turn into shipments"))
    if let first = rows.first(where: { kind.text($0) == kinds[0] && age.number($0) == 0 }) {
      block.sentences = [
        say(
          "\(NumberText.percent(share.number(first), decimals: 0)) of the money of \(say(word: kinds[0], plain: Prose.words(kinds[0])))s is shipped in the month in which they come in."
        )
      ]
    }
    block.keys = series.map { Key($0.style, $0.name) }
    block.charts = [
      PageChart(
        width: 620, title: say("Share shipped by age"),
        description: series.flatMap(\.nodes).map(\.reading).prefix(6).joined(separator: "; ")
      ) { width in
        LineChart(
          series: series, xTitle: say("months since it was received"), yTitle: say("share shipped"),
          yUnit: NumberText.percentSign
        ).drawing(width: width, height: width > 500 ? 260 : 240)
      }
    ]
    block.foldedTable = PageTable(TextTable(table.keeping(rows)), name: say("conversion by age, network"))
    block.source = "conversion_curve.csv"
    return block
  }

  /// What is still to be shipped, and the part of it that is older than it should be.
  private static func stuck(_ table: Table, _ view: RunView) -> Block? {
    let (partner, region, kind) = (table.cells("partner_id"), table.cells("region"), table.cells("kind"))
    let (open, stuck) = (table.cells("open_balance"), table.cells("stuck_balance"))
    // A balance stands in every expected month of its partner: it is read once.
    var seen: Set<String> = []
    let rows = (0..<table.rowCount).filter { row in
      open.number(row).isFinite && seen.insert(partner.text(row) + "\n" + kind.text(row)).inserted
    }.sorted { (-open.number($0), $0) < (-open.number($1), $1) }
    guard !rows.isEmpty else { return nil }
    let total = (open: knownSum(rows.map { open.number($0) }), stuck: knownSum(rows.map { stuck.number($0) }))
    func bar(_ name: String, _ open: Double, _ stuck: Double) -> BulletChart.Row {
      BulletChart.Row(
        name: name, parts: [.init(value: stuck, style: "loss"), .init(value: open - stuck, style: "plan")], mark: .nan,
        label: NumberText.compact(open),
        reading: say("\(name): \(NumberText.grouped(open)) open, of which \(NumberText.grouped(stuck)) stuck"))
    }
    var bars = rows.prefix(12).map { row in
      bar("\(partner.text(row)), \(region.text(row))", open.number(row), knownSum([stuck.number(row)]))
    }
    let rest = rows.dropFirst(12)
    if !rest.isEmpty {
      bars.append(
        bar(
          say("\(rest.count) others"), knownSum(rest.map { open.number($0) }), knownSum(rest.map { stuck.number($0) })))
    }
    var block = Block(
      say("Open and stuck prepayments and orders"),
      [
        total.stuck > 0
          ? say(
            "\(NumberText.compact(total.open)) \(view.currency) are to be shipped, \(NumberText.compact(total.stuck)) of them are stuck: open for longer than nearly all others ever were."
          )
          : say("\(NumberText.compact(total.open)) \(view.currency) are to be shipped; none of it is stuck.")
      ])
    block.keys = [Key("bar", say("open")), Key("bar loss", say("stuck"))]
    block.charts = [
      PageChart(
        width: 700, title: say("Open balances by partner"),
        description: bars.prefix(5).map(\.reading).joined(separator: "; ")
      ) { BulletChart(rows: bars).drawing(width: $0) }
    ]
    block.foldedTable = PageTable(TextTable(table, limit: 100), name: say("what open orders are expected to bring"))
    block.source = "revenue_from_orders.csv"
    return block
  }
}
