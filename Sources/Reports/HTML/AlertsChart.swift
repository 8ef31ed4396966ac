import Tables

extension Block {
  /// How many alerts of which cause stand on which level.
  static func alertCauses(_ table: Table, _ currency: String) -> Block? {
    let (level, cause, money) = (table.cells("level"), table.cells("cause"), table.cells("money_at_stake"))
    let levels = ["critical", "warn", "watch"]
    var counts: [String: [String: (count: Int, money: Double)]] = [:]
    for row in 0..<table.rowCount {
      let old = counts[cause.text(row)]?[level.text(row)] ?? (0, 0)
      counts[cause.text(row), default: [:]][level.text(row)] = (
        old.count + 1, old.money + knownSum([money.number(row)])
      )
    }
    func stake(_ cause: String) -> Double { knownSum((counts[cause] ?? [:]).values.map(\.money)) }
    let causes = counts.keys.sorted { (-stake($0), $0) < (-stake($1), $1) }
    let largest = counts.values.flatMap(\.values).map(\.count).max() ?? 0
    guard largest > 0, let first = causes.first else { return nil }
    let cells = causes.prefix(20).flatMap { cause in
      levels.map { level -> HeatChart.Cell in
        guard let entry = counts[cause]?[level] else { return .init(depth: .nan, label: "", reading: "") }
        return HeatChart.Cell(
          depth: (Double(entry.count) / Double(largest)).squareRoot(), label: NumberText.grouped(entry.count),
          reading: say(
            "\(Prose.word(cause)), \(Prose.word(level)): \(NumberText.count(entry.count, "alert")), \(NumberText.compact(entry.money)) \(currency) at stake"
          ), style: level == "watch" ? "plan" : "loss")
      }
    }
    var block = Block(
      say("By cause and severity"),
      [
        say(
          "At stake: of sales, three months of what is missing; of stock, what lies above its upper line or sells too slowly."
        ),
        say(
          "Most money is at stake for “\(Prose.word(first))”: \(NumberText.compact(stake(first))) of \(NumberText.compact(knownSum(causes.map(stake)))) \(currency)."
        ),
      ])
    let chart = HeatChart(
      rowNames: causes.prefix(20).map { Prose.word($0) }, columnNames: levels.map { Prose.word($0) },
      cells: Array(cells))
    block.charts = [
      PageChart(
        width: 560, title: say("Alerts by cause and severity"), description: block.sentences[0]
      ) { chart.drawing(width: $0) }
    ]
    block.source = "alerts.csv"
    return block
  }
}
