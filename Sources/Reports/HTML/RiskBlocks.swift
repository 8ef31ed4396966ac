import Planning
import Tables

/// Blocks of the section on credit that size and share losses: reserves, slow stock, failures, longer terms.
extension Block {
  /// How likely each reserve covers a year, from the distribution of its losses.
  static func reserveCurve(_ view: RunView) -> Block? {
    guard let table = view.filled("reserve_curve") else { return nil }
    let (source, confidence) = (table.cells("source"), table.cells("confidence_pct"))
    let (reserve, within) = (table.cells("reserve"), table.cells("probability_within"))
    let beyond = table.cells("expected_beyond")
    let rows = (0..<table.rowCount).filter { reserve.number($0).isFinite && within.number($0).isFinite }
    // The sum of all comes last in the table and first in the drawing.
    var sources: [String] = []
    for row in rows.reversed() where !sources.contains(source.text(row)) { sources.append(source.text(row)) }
    guard let first = sources.first, rows.count > 2 else { return nil }
    let (names, styles) = (
      ["demand": say("demand below the plan"), "credit": say("credit"), "all": say("both together")],
      ["plan", "ink", "loss", "gain", "muted"]
    )
    func name(_ source: String) -> String { names[source] ?? Prose.word(source) }
    let level = view.setting("risk.confidence_pct").flatMap(Double.init) ?? 95
    func row(_ name: String, _ level: Double) -> Int? {
      rows.first { source.text($0) == name && confidence.number($0) == level }
    }
    let series = sources.prefix(styles.count).enumerated().map { index, entry in
      LineChart.Series(
        name: name(entry), style: styles[index],
        nodes: rows.filter { source.text($0) == entry && confidence.number($0).isFinite }.map { row in
          LineChart.Node(
            x: reserve.number(row), y: within.number(row) * 100,
            reading: say(
              "\(name(entry)): \(NumberText.compact(reserve.number(row))) \(view.currency) cover \(NumberText.percent(within.number(row))) of years; what they do not cover is \(NumberText.compact(beyond.number(row))) on average"
            ))
        })
    }
    var block = Block(say("How large a reserve should be"))
    if let needed = row(first, level) {
      block.sentences = [
        say(
          "To cover the losses of \(NumberText.grouped(level)) of 100 years takes a reserve of \(NumberText.compact(reserve.number(needed))) \(view.currency)."
        )
      ]
      let parts = sources.dropFirst().compactMap { entry in row(entry, level).map { (entry, reserve.number($0)) } }
      let texts = parts.map { say("\(name($0.0)) alone would take \(NumberText.compact($0.1))") }
      let rarely = knownSum(parts.map(\.1)) > reserve.number(needed) && parts.count > 1
      if !texts.isEmpty {
        block.sentences.append(
          Prose.sentence(
            rarely
              ? say("\(Prose.list(texts)): less together than in sum, because bad years rarely meet")
              : Prose.list(texts)))
      }
    }
    if let own = rows.first(where: { source.text($0) == first && !confidence.number($0).isFinite }) {
      block.sentences.append(
        say(
          "The plan’s reserve of \(NumberText.compact(reserve.number(own))) covers \(NumberText.percent(within.number(own))) of years."
        ))
    }
    block.sentences.append(
      say("Losses: margin below the plan where demand falls short, and defaults on credit, over the simulated years."))
    if series.count > 1 { block.keys = series.map { Key($0.style, $0.name) } }
    let needed = row(first, level).map { row in
      LineChart.Reference(axis: .vertical, value: reserve.number(row), label: say("needed"))
    }
    block.charts = [
      PageChart(
        width: 760, title: say("Years that each reserve covers"), description: block.sentences.joined(separator: " ")
      ) { width in
        LineChart(
          series: series, xTitle: say("reserve, \(view.currency)"), yTitle: say("years covered, %"),
          references: [needed].compactMap(\.self), includesZero: (x: true, y: false)
        ).drawing(width: width, height: width > 500 ? 280 : 250)
      }
    ]
    block.foldedTable = PageTable(TextTable(table, limit: 60), name: say("reserves and what they cover"))
    block.source = "reserve_curve.csv"
    return block
  }

  /// What slow stock is expected to lose, between the maker and each partner by shareholding.
  static func lossSharing(_ view: RunView) -> Block? {
    guard let table = view.filled("loss_sharing") else { return nil }
    let (id, loss) = (table.cells("partner_id"), table.cells("loss"))
    let (maker, partner) = (table.cells("maker_part"), table.cells("partner_part"))
    let rows = (0..<table.rowCount).filter { loss.number($0) > 0 }.sorted {
      (-loss.number($0), $0) < (-loss.number($1), $1)
    }
    guard !rows.isEmpty else { return nil }
    let shared = rows.filter { maker.number($0).isFinite && partner.number($0).isFinite }
    let total = NumberText.compact(knownSum(rows.map { loss.number($0) }))
    let ours = knownSum(shared.map { maker.number($0) })
    let theirs = NumberText.compact(knownSum(shared.map { partner.number($0) }))
    var block = Block(
      say("Who bears what slow stock loses"),
      [
        say("Slow stock is expected to lose \(total) \(view.currency) at \(NumberText.count(rows.count, "partner"))."),
        ours > 0
          ? say("By shareholding the maker bears \(NumberText.compact(ours)) of it, the partners \(theirs).")
          : say("The maker holds no shares there: the partners bear all \(theirs) of it."),
      ])
    if shared.count < rows.count {
      block.sentences.append(
        say("The shareholding is not known at \(NumberText.count(rows.count - shared.count, "partner"))."))
    }
    block.keys = [Key("bar", say("borne by the partner")), Key("bar loss", say("borne by the maker"))]
    let bars = rows.prefix(12).map { row in
      let isKnown = maker.number(row).isFinite && partner.number(row).isFinite
      return BulletChart.Row(
        name: id.text(row),
        parts: isKnown
          ? [.init(value: maker.number(row), style: "loss"), .init(value: partner.number(row), style: "plan")]
          : [.init(value: loss.number(row), style: "muted")], mark: .nan,
        label: NumberText.compact(loss.number(row)),
        reading: say(
          "\(id.text(row)): loss \(NumberText.grouped(loss.number(row))), the maker’s part \(NumberText.grouped(maker.number(row))), the partner’s \(NumberText.grouped(partner.number(row)))"
        ))
    }
    block.charts = [
      PageChart(
        caption: say("The largest losses, \(view.currency)"), width: 620,
        title: say("Losses of slow stock by partner and who bears them"),
        description: bars.prefix(5).map(\.reading).joined(separator: Typography.semicolon)
      ) { BulletChart(rows: bars).drawing(width: $0) }
    ]
    block.foldedTable = PageTable(
      TextTable(table.keeping(Array(rows.prefix(40)))), name: say("the largest losses of slow stock"))
    block.source = "loss_sharing.csv"
    return block
  }

  /// The chance that a partner runs out of money, alone and where the maker shares its losses.
  static func failureSharing(_ view: RunView) -> Block? {
    guard let table = view.filled("failure_sharing") else { return nil }
    let (id, region) = (table.cells("partner_id"), table.cells("region"))
    let (alone, shared) = (table.cells("failure_probability"), table.cells("with_sharing"))
    let support = table.cells("expected_support")
    let all = 0..<table.rowCount
    let rows = all.sorted {
      (-knownSum([alone.number($0)]), -knownSum([support.number($0)]), $0)
        < (-knownSum([alone.number($1)]), -knownSum([support.number($1)]), $1)
    }
    let expected = (
      alone: knownSum(all.map { alone.number($0) }), shared: knownSum(all.map { shared.number($0) })
    )
    var block = Block(
      say("Sharing losses so that fewer fail"),
      [
        say(
          "Partners expected to run out of money within the planned year: \(NumberText.grouped(expected.alone, decimals: 1)) alone, \(NumberText.grouped(expected.shared, decimals: 1)) where the maker shares their losses by the plan’s rule, which is expected to cost it \(NumberText.compact(knownSum(all.map { support.number($0) }))) \(view.currency)."
        )
      ])
    let inDanger = rows.filter { alone.number($0) > 0 && shared.number($0).isFinite }
    if let most = inDanger.max(by: { alone.number($0) - shared.number($0) < alone.number($1) - shared.number($1) }) {
      block.sentences.append(
        say(
          "It helps \(id.text(most)) most: from \(NumberText.percent(alone.number(most))) to \(NumberText.percent(shared.number(most)))."
        ))
    }
    let bars = inDanger.prefix(12).map { row in
      let (from, to) = (NumberText.percent(alone.number(row)), NumberText.percent(shared.number(row)))
      return ChangeChart.Row(
        name: "\(id.text(row)), \(region.text(row))", now: 100 * alone.number(row), plan: 100 * shared.number(row),
        label: "\(from) → \(to)",
        reading: say(
          "\(id.text(row)): \(from) alone, \(to) with losses shared, expected to cost \(NumberText.compact(support.number(row)))"
        ))
    }
    if !bars.isEmpty {
      block.keys = [Key("dot", say("alone")), Key("dot gain", say("with losses shared"))]
      block.charts = [
        PageChart(
          caption: say("Chance of running out of money within the planned year"), width: 620,
          title: say("Chance of failure alone and with losses shared"),
          description: bars.prefix(5).map(\.reading).joined(separator: Typography.semicolon)
        ) { ChangeChart(rows: bars, unit: NumberText.percentSign, isLessBetter: true).drawing(width: $0) }
      ]
    }
    block.foldedTable = PageTable(
      TextTable(table.keeping(Array(rows.prefix(40)))), name: say("partners most likely to fail"))
    block.source = "failure_sharing.csv"
    return block
  }

  /// Who gets longer to pay, and what that is worth.
  static func creditExtension(_ view: RunView) -> Block? {
    guard let table = view.filled("credit_extension") else { return nil }
    let (id, region, action) = (table.cells("partner_id"), table.cells("region"), table.cells("action"))
    let (days, gain) = (table.cells("extra_days"), table.cells("gain"))
    let order = ["extend", "stricter_service", "keep"]
    func rank(_ row: Int) -> Int { order.firstIndex(of: action.text(row)) ?? order.count }
    let rows = (0..<table.rowCount).sorted {
      (rank($0), -knownSum([gain.number($0)]), $0) < (rank($1), -knownSum([gain.number($1)]), $1)
    }
    let extended = rows.filter { action.text($0) == "extend" }
    let stricter = rows.filter { action.text($0) == "stricter_service" }
    var block = Block(say("Longer terms"))
    if extended.isEmpty {
      block.sentences = [say("Longer terms would pay with no partner.")]
    } else {
      let worth = NumberText.compact(knownSum(extended.map { gain.number($0) }))
      block.sentences = [
        say(
          "Longer terms for \(NumberText.count(extended.count, "partner")) are worth \(worth) \(view.currency) a year: margin on what they sell more, less what is expected to be lost and the cost of the money."
        )
      ]
    }
    if !stricter.isEmpty {
      block.sentences.append(
        say(
          "In mature regions \(NumberText.count(stricter.count, "partner")) keep their terms; their service is measured more strictly instead."
        ))
    }
    let bars = extended.prefix(12).filter { gain.number($0).isFinite }.map { row in
      BarChart.Bar(
        name: "\(id.text(row)), \(region.text(row))", value: gain.number(row),
        label: say("\(NumberText.compact(gain.number(row))), \(NumberText.grouped(days.number(row))) days more"))
    }
    if !bars.isEmpty {
      block.charts = [
        PageChart(
          caption: say("Gain of longer terms a year, \(view.currency)"), width: 620,
          title: say("Gain of longer terms by partner"),
          description: bars.prefix(5).map { "\($0.name)\(Typography.colon)\($0.label)" }.joined(
            separator: Typography.semicolon)
        ) { BarChart(bars: bars).drawing(width: $0) }
      ]
    }
    let names = [
      "partner_id", "region", "maturity", "band", "days", "action", "extra_days", "extra_exposure", "expected_margin",
      "expected_loss", "capital_cost", "gain",
    ]
    block.foldedTable = PageTable(
      TextTable(table.keeping(Array(rows.prefix(40))).selecting(names)), name: say("longer terms by partner"))
    block.source = "credit_extension.csv"
    return block
  }
}
