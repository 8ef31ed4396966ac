import Tables

extension PageSection {
  /// Health against potential, who moved on the map, who is on probation.
  static func partners(_ view: RunView) -> PageSection? {
    let blocks = [
      view.filled("partner_map").map { Block.partnerMap($0, view.currency) },
      view.filled("map_migration").flatMap { migration($0) },
      view.filled("partner_grades").flatMap { .gradeMigration($0, grades(view)) },
      view.filled("probation").flatMap { .probationLane($0) }, view.filled("probation").flatMap { probation($0) },
      view.filled("exit_case").map { exits($0, view.currency) },
      view.filled("candidates").map { candidates($0) },
    ].compactMap(\.self)
    guard !blocks.isEmpty else { return nil }
    var section = PageSection("partners", say("Partners"), question: say("Whom to grow, whom to leave?"))
    section.blocks = blocks
    return section
  }

  /// The plan's grades, from the lowest to the highest volume that they ask for.
  private static func grades(_ view: RunView) -> [String] {
    let (prefix, suffix) = ("incentives.grades.", ".sales")
    let steps = view.settings.compactMap { setting -> (name: String, sales: Double)? in
      guard setting.key.hasPrefix(prefix), setting.key.hasSuffix(suffix), let sales = Double(setting.value) else {
        return nil
      }
      return (String(setting.key.dropFirst(prefix.count).dropLast(suffix.count)), sales)
    }
    return steps.sorted { ($0.sales, $0.name) < ($1.sales, $1.name) }.map(\.name)
  }

  private static func migration(_ table: Table) -> Block? {
    let (from, to, count) = (table.cells("from"), table.cells("to"), table.cells("partners"))
    var sums: [String: [String: Double]] = [:]
    for row in 0..<table.rowCount { sums[from.text(row), default: [:]][to.text(row), default: 0] += count.number(row) }
    let order = ["invest", "grow", "maintain", "exit"]
    func known(_ names: some Sequence<String>) -> [String] {
      let all = Set(names)
      return order.filter(all.contains) + all.subtracting(order).sorted()
    }
    let (rows, columns) = (known(sums.keys), known(sums.values.flatMap(\.keys)))
    let largest = sums.values.flatMap(\.values).max() ?? 0
    guard largest > 0 else { return nil }
    func place(_ name: String, _ outside: String) -> String { say(word: name.isEmpty ? outside : name) }
    let cells = rows.flatMap { row in
      columns.map { column -> HeatChart.Cell in
        let number = sums[row]?[column] ?? 0
        return HeatChart.Cell(
          depth: number / largest, label: NumberText.grouped(number),
          reading: say(
            "from \(place(row, "new")) to \(place(column, "left")): \(NumberText.count(Int(number), "partner"))"),
          style: column == "exit" ? "loss" : "plan")
      }
    }
    var block = Block(say("Who moved on the map"), [say("Rows: the quarter before; columns: now.")])
    let chart = HeatChart(
      rowNames: rows.map { place($0, "new") }, columnNames: columns.map { place($0, "left") },
      cells: cells)
    block.charts = [
      PageChart(width: 520, title: say("Moves on the map"), description: say("Partners by where they were and are.")) {
        chart.drawing(width: $0)
      }
    ]
    block.source = "map_migration.csv"
    return block
  }

  private static func probation(_ table: Table) -> Block? {
    let (quarter, state) = (table.cells("quarter"), table.cells("state"))
    guard let last = (0..<table.rowCount).compactMap({ quarter.period($0) }).max() else { return nil }
    let rows = (0..<table.rowCount).filter {
      quarter.period($0) == last && !["", "ok", "watch"].contains(state.text($0))
    }
    var block = Block(
      say("On probation"),
      [
        rows.isEmpty
          ? say("No partner missed the same baseline twice in a row in \(last).")
          : say(
            "\(NumberText.count(Set(rows.map { table.cells("partner_id").text($0) }).count, "partner")) in \(last): "
              + "the same indicator was below its baseline in two quarters running.")
      ])
    guard !rows.isEmpty else { return block }
    let names = [
      "partner_id", "region", "state", "indicator", "value", "baseline", "must_reach", "improve_by", "improvement",
    ]
    block.openTable = PageTable(
      TextTable(table.keeping(rows).selecting(names), limit: 25), name: say("partners on probation"))
    block.source = "probation.csv"
    return block
  }

  private static func exits(_ table: Table, _ currency: String) -> Block {
    var block = Block(say("What an exit would cost"), [say("Priced before it is decided; amounts in \(currency).")])
    let names = [
      "partner_id", "state", "recommendation", "lost_sales", "retained_sales", "exit_value", "keep_value",
      "chance_exit_better",
    ]
    block.openTable = PageTable(TextTable(table.selecting(names), limit: 20), name: say("exit cases"))
    block.foldedTable = PageTable(TextTable(table, limit: 60), name: say("every line of the exit cases"))
    block.source = Prose.list(["exit_case.csv", "successors.csv"])
    return block
  }

  private static func candidates(_ table: Table) -> Block {
    let passes = table.cells("passes")
    let good = (0..<table.rowCount).filter { passes.text($0) == "yes" }
    var block = Block(
      say("Candidates"),
      [say("\(NumberText.grouped(good.count)) of \(NumberText.count(table.rowCount, "candidate")) pass every rule.")])
    let names = [
      "rank", "candidate_id", "name", "region", "passes", "failed_rules", "predicted_sales", "p10", "p90",
      "probability",
    ]
    block.foldedTable = PageTable(TextTable(table.selecting(names), limit: 40), name: say("candidates"))
    block.source = "candidates.csv"
    return block
  }
}
