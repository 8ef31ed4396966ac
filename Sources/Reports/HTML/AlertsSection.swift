import Tables

extension PageSection {
  /// What is out of order, gravest first.
  static func alerts(_ view: RunView) -> PageSection? {
    guard let table = view.filled("alerts") else { return nil }
    let level = table.cells("level")
    let counts = Dictionary(grouping: 0..<table.rowCount) { level.text($0) }.mapValues(\.count)
    let words = ["critical", "warn", "watch"].compactMap { name in
      counts[name].map { say("\(NumberText.grouped($0)) \(say(word: name))") }
    }
    var section = PageSection("alerts", say("Alerts"), question: say("What broke?"))
    section.lead = [say("\(NumberText.count(table.rowCount, "alert")): \(Prose.list(words)).")]
    var block = Block(say("Gravest first"))
    let bars = ["critical", "warn", "watch"].compactMap { name in
      counts[name].map {
        BarChart.Bar(
          name: say(word: name), value: Double($0), label: NumberText.grouped($0),
          style: name == "watch" ? "muted" : "loss")
      }
    }
    block.charts = [
      PageChart(
        caption: say("Alerts by level"), width: 420, title: say("Alerts by level"),
        description: bars.map { "\($0.name)\(Typography.colon)\($0.label)" }.joined(separator: Typography.semicolon)
      ) { BarChart(bars: bars).drawing(width: $0) }
    ]
    let names = ["subject", "level", "since", "months", "money_at_stake", "message", "action"]
    block.openTable = PageTable(TextTable(table.selecting(names), limit: 20), name: say("the gravest alerts"))
    block.foldedTable = PageTable(TextTable(table, limit: 200), name: say("all about the alerts"))
    block.source = "alerts.csv"
    section.blocks = [Block.alertCauses(table, view.currency), block].compactMap(\.self)
    if let rates = view.filled("alert_rates") {
      var block = Block(
        say("How often the tests cry wolf"),
        [say("False alarms as simulated for each test; what fired counts the real history, breaks included.")])
      block.foldedTable = PageTable(TextTable(rates, limit: 40), name: say("false alarms of every test"))
      block.source = "alert_rates.csv"
      section.blocks.append(block)
    }
    return section
  }
}
