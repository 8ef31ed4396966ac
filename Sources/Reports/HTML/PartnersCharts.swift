import ChannelTypes
import Tables

/// Charts of the section on partners: the map of health and potential, moves between grades, the lane of probation.
extension Block {
  /// Health against potential with the thresholds that cut the map.
  static func partnerMap(_ table: Table, _ currency: String) -> Block {
    let (id, region, quadrant) = (table.cells("partner_id"), table.cells("region"), table.cells("quadrant"))
    let (health, potential, sales) = (table.cells("health"), table.cells("potential"), table.cells("annual_sales"))
    let rows = (0..<table.rowCount).sorted { (-knownSum([sales.number($0)]), $0) < (-knownSum([sales.number($1)]), $1) }
    let largest = rows.first.map { knownSum([sales.number($0)]) } ?? 0
    let subjects = rows.map { row in
      let name = quadrant.text(row)
      return QuadrantChart.Subject(
        x: health.number(row), y: potential.number(row), weight: largest > 0 ? sales.number(row) / largest : 0,
        reading: say(
          "\(id.text(row)), \(region.text(row)): health \(NumberText.grouped(health.number(row))), potential \(NumberText.grouped(potential.number(row))), sales \(NumberText.compact(sales.number(row))) \(currency), \(Prose.word(name))"
        ), style: name == "exit" ? "loss" : name == "invest" ? "gain" : name == "maintain" ? "muted" : "plan")
    }
    let counts = Dictionary(grouping: rows) { quadrant.text($0) }
    let words = ["invest", "grow", "maintain", "exit"].compactMap { name in
      counts[name].map { "\(NumberText.grouped($0.count)) \(Prose.word(name))" }
    }
    let leaving = knownSum((counts["exit"] ?? []).map { sales.number($0) }) / knownSum(rows.map { sales.number($0) })
    var block = Block(
      say("Health and potential"),
      [
        say("\(Prose.list(words)). Those to leave hold \(NumberText.percent(leaving)) of sales."),
        say("The larger the bubble, the larger the partner’s sales; the lines are the thresholds of the plan."),
      ])
    if rows.count > 300 {
      block.sentences.append(say("The 300 largest are bubbles, the others are counted in the squares behind them."))
    }
    let margin = table.cells("margin").number(rows.first ?? 0)
    if margin > 0 {
      block.sentences.append(
        say(
          "A partner changes its field only when it is past a line by more than \(NumberText.compact(margin)) points: within that margin it keeps the colour of the field that it comes from."
        ))
    }
    let styles = ["invest": "gain", "grow": "plan", "maintain": "muted", "exit": "loss"]
    block.keys = ["invest", "grow", "maintain", "exit"].filter { counts[$0] != nil }.map {
      Key("dot \(styles[$0] ?? "plan")", Prose.word($0))
    }
    let thresholds = (
      x: table.cells("health_threshold").number(rows.first ?? 0),
      y: table.cells("potential_threshold").number(rows.first ?? 0)
    )
    block.charts = [
      PageChart(
        width: 760, title: say("Health and potential of partners"), description: block.sentences.joined(separator: " ")
      ) { width in
        QuadrantChart(
          subjects: subjects, xTitle: say("health score"), yTitle: say("potential"),
          xThreshold: thresholds.x.isFinite ? .init(value: thresholds.x, label: "") : nil,
          yThreshold: thresholds.y.isFinite ? .init(value: thresholds.y, label: "") : nil,
          fields: ["grow", "invest", "exit", "maintain"].map { Prose.word($0) },
          countReading: { NumberText.count($0, "partner") }
        ).drawing(width: width, height: width > 500 ? 380 : 300)
      }
    ]
    block.foldedTable = PageTable(TextTable(table.keeping(Array(rows.prefix(100)))), name: say("the largest partners"))
    block.source = "partner_map.csv"
    return block
  }

  /// Partners by the grade that they had and the one that they get.
  static func gradeMigration(_ table: Table, _ order: [String]) -> Block? {
    let (before, after, change) = (table.cells("grade_before"), table.cells("grade"), table.cells("change"))
    let period = table.cells("effective_from")
    var counts: [String: [String: Int]] = [:]
    var moved: [String: Int] = [:]
    for row in 0..<table.rowCount {
      counts[before.text(row), default: [:]][after.text(row), default: 0] += 1
      moved[change.text(row), default: 0] += 1
    }
    let known = Set(counts.keys).union(counts.values.flatMap(\.keys)).subtracting([""])
    // The grades of the plan, lowest first; grades that it does not know, and none at all, before them.
    let grades = [""] + known.subtracting(order).sorted() + order.filter(known.contains)
    let largest = counts.values.flatMap(\.values).max() ?? 0
    guard largest > 0, grades.count > 1 else { return nil }
    func name(_ grade: String) -> String { grade.isEmpty ? say("no grade") : grade }
    let rows = grades.reversed().filter { counts[$0] != nil }
    let cells = rows.flatMap { from in
      grades.map { to -> HeatChart.Cell in
        let count = counts[from]?[to] ?? 0
        let (old, new) = (grades.firstIndex(of: from) ?? 0, grades.firstIndex(of: to) ?? 0)
        return HeatChart.Cell(
          depth: count == 0 ? .nan : Double(count) / Double(largest), label: NumberText.grouped(count),
          reading: say("from \(name(from)) to \(name(to)): \(NumberText.count(count, "partner"))"),
          style: new < old ? "loss" : new > old ? "gain" : "plan")
      }
    }
    var block = Block(
      say("Who moves between grades"),
      [
        say(
          "\(moved["promoted"] ?? 0) rise, \(moved["kept"] ?? 0) stay and \(moved["demoted"] ?? 0) fall from \(period.text(0)) on. Rows: the grade before; columns: the new one; orange falls, blue stays, green rises."
        )
      ])
    let chart = HeatChart(rowNames: rows.map(name), columnNames: grades.map(name), cells: cells)
    block.charts = [
      PageChart(
        width: 560, title: say("Moves between grades"),
        description: say("Partners by the grade before and the new one.")
      ) { chart.drawing(width: $0) }
    ]
    let movers = (0..<table.rowCount).filter { change.text($0) == "promoted" || change.text($0) == "demoted" }
    block.foldedTable = PageTable(
      TextTable(
        table.keeping(movers).selecting([
          "partner_id", "region", "sales", "coverage", "grade_before", "grade", "change", "missing", "rule",
        ]), limit: 100), name: say("partners whose grade changes"))
    block.source = "partner_grades.csv"
    return block
  }

  /// The states of partners on probation over the last quarters: one row a partner.
  static func probationLane(_ table: Table) -> Block? {
    let (id, quarter, state) = (table.cells("partner_id"), table.cells("quarter"), table.cells("state"))
    // A quarter may have a row for each indicator: the gravest state counts.
    let order = ["ok", "watch", "warned", "grace", "exit"]
    var lanes: [String: [Period: Int]] = [:]
    for row in 0..<table.rowCount {
      guard let period = quarter.period(row), let rank = order.firstIndex(of: state.text(row)) else { continue }
      lanes[id.text(row), default: [:]][period] = max(lanes[id.text(row)]?[period] ?? 0, rank)
    }
    let quarters = Set(lanes.values.flatMap(\.keys)).sorted().suffix(12)
    guard let last = quarters.last else { return nil }
    let now = lanes.filter { $0.value[last] ?? 0 >= 2 }
    guard !now.isEmpty else { return nil }
    let partners = now.keys.sorted {
      (-(now[$0]?[last] ?? 0), $0) < (-(now[$1]?[last] ?? 0), $1)
    }
    let styles = ["plan", "plan", "loss", "loss", "loss"]
    let depths = [0, 0.45, 0.3, 0.65, 1]
    let shown = partners.prefix(30)
    let cells = shown.flatMap { partner in
      quarters.map { period -> HeatChart.Cell in
        guard let rank = lanes[partner]?[period] else { return .init(depth: .nan, label: "", reading: "") }
        let word = Prose.word(order[rank])
        return HeatChart.Cell(
          depth: depths[rank], label: rank == 0 ? "" : word, reading: "\(partner), \(period): \(word)",
          style: styles[rank])
      }
    }
    let counts = (2..<5).map { rank in now.values.count { $0[last] == rank } }
    var block = Block(
      say("The lane of probation"),
      [
        say(
          "In \(last), \(counts[0]) partners are warned, \(counts[1]) in grace and \(counts[2]) at its end. Each row is a partner, each column a quarter; the stronger the colour, the graver."
        )
      ])
    block.keys = order.indices.dropFirst().map { rank in
      Key("heat \(styles[rank]) q\(Int((depths[rank] * 9).rounded()))", Prose.word(order[rank]))
    }
    if partners.count > shown.count {
      block.sentences.append(say("The \(shown.count) gravest of \(partners.count) are drawn."))
    }
    let chart = HeatChart(rowNames: Array(shown), columnNames: quarters.map(\.description), cells: cells, isTime: true)
    block.charts = [
      PageChart(
        width: 900, title: say("States of partners on probation by quarter"),
        description: shown.prefix(6).map { "\($0): \(order[now[$0]?[last] ?? 0])" }.joined(separator: "; ")
      ) { chart.drawing(width: $0) }
    ]
    block.source = "probation.csv"
    return block
  }
}
