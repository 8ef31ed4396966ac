import ChannelTypes
import Tables

/// Charts of value: how long partners stay, who is worth keeping, and how cohorts of customers hold.
extension Block {
  /// The share of partners that is still there by months since they were signed, with its interval.
  static func survival(_ table: Table) -> Block? {
    let (age, survival, risk) = (table.cells("tenure_months"), table.cells("survival"), table.cells("at_risk"))
    let (lower, upper) = (table.cells("lower"), table.cells("upper"))
    let rows = (0..<table.rowCount).filter { age.number($0).isFinite && survival.number($0).isFinite }
      .sorted { age.number($0) < age.number($1) }
    guard rows.count > 1 else { return nil }
    let start = LineChart.Node(x: 0, y: 100, lower: 100, upper: 100)
    let nodes = rows.map { row in
      LineChart.Node(
        x: age.number(row), y: survival.number(row) * 100, lower: lower.number(row) * 100,
        upper: upper.number(row) * 100,
        reading: say(
          "after \(NumberText.grouped(age.number(row))) months \(NumberText.percent(survival.number(row), decimals: 0)) are left (95 %: \(NumberText.percent(lower.number(row), decimals: 0)) to \(NumberText.percent(upper.number(row), decimals: 0))), of \(NumberText.grouped(risk.number(row))) that old"
        ))
    }
    var block = Block(say("How long partners stay"))
    if let half = rows.first(where: { survival.number($0) <= 0.5 }) {
      block.sentences = [
        say("Half of the partners are gone after \(NumberText.grouped(age.number(half))) months with us.")
      ]
    } else if let last = rows.last {
      block.sentences = [
        say(
          "After \(NumberText.grouped(age.number(last))) months \(NumberText.percent(survival.number(last), decimals: 0)) are still there."
        )
      ]
    }
    block.keys = [Key("plan", say("still partners")), Key("band1", "95 %")]
    block.charts = [
      PageChart(
        width: 620, title: say("Partners left by months since signing"), description: block.sentences.joined()
      ) { width in
        LineChart(
          series: [.init(name: say("still partners"), style: "plan", nodes: [start] + nodes, isStepped: true)],
          xTitle: say("months since signing"), yTitle: say("still partners"), yUnit: NumberText.percentSign
        ).drawing(width: width, height: width > 500 ? 280 : 250)
      }
    ]
    block.foldedTable = PageTable(TextTable(table, limit: 200), name: say("survival by months"))
    block.source = "partner_hazard.csv"
    return block
  }

  /// Chance of leaving against value, cut where the quadrants of the run are cut.
  static func valueQuadrants(_ view: RunView, kind: String) -> Block? {
    guard let table = view.filled("churn") else { return nil }
    let (kinds, id, region) = (table.cells("kind"), table.cells("id"), table.cells("region"))
    let (chance, quadrant) = (table.cells("probability"), table.cells("quadrant"))
    // Quadrants are cut by lifetime value where all of a kind have one.
    let own = (0..<table.rowCount).filter { kinds.text($0) == kind }
    let lifetime = table.cells("lifetime_value")
    let isLifetime = !own.isEmpty && own.allSatisfy { lifetime.number($0).isFinite }
    let yearly = table.cells("value")
    let value = isLifetime ? lifetime : yearly
    let rows = (0..<table.rowCount).filter {
      kinds.text($0) == kind && chance.number($0).isFinite && value.number($0).isFinite && !quadrant.text($0).isEmpty
    }.sorted { (-value.number($0), $0) < (-value.number($1), $1) }
    guard rows.count > 3, let largest = rows.first.map({ value.number($0) }), largest > 0 else { return nil }
    let span = isLifetime ? say("over its lifetime") : say("a year")
    let styles = ["protect": "loss", "nurture": "gain", "watch": "plan", "maintain": "muted"]
    let subjects = rows.map { row in
      QuadrantChart.Subject(
        x: value.number(row), y: chance.number(row) * 100, weight: value.number(row) / largest,
        reading: say(
          "\(id.text(row)), \(region.text(row)): worth \(NumberText.compact(value.number(row))) \(view.currency) \(span), chance of leaving \(NumberText.percent(chance.number(row))), \(Prose.word(quadrant.text(row)))"
        ), style: styles[quadrant.text(row)] ?? "plan")
    }
    // The cuts lie between the quadrants: valuable ones are protect and nurture, risky ones protect and watch.
    func cut(_ measure: (Int) -> Double, above: Set<String>) -> Double {
      let high = rows.filter { above.contains(quadrant.text($0)) }.map(measure).min() ?? .nan
      let low = rows.filter { !above.contains(quadrant.text($0)) }.map(measure).max() ?? .nan
      return high >= low ? (high + low) / 2 : .nan
    }
    let valueCut = cut({ value.number($0) }, above: ["protect", "nurture"])
    let chanceCut = cut({ chance.number($0) * 100 }, above: ["protect", "watch"])
    let counts = Dictionary(grouping: rows) { quadrant.text($0) }
    let protect = counts["protect"] ?? []
    let plural = kind == "partner" ? say("partners") : say("customers")
    var block = Block(
      kind == "partner" ? say("Partners by value and risk") : say("Customers by value and risk"),
      [
        protect.isEmpty
          ? say("None of the \(NumberText.grouped(rows.count)) \(plural) is both valuable and likely to leave.")
          : say(
            "\(NumberText.grouped(protect.count)) of \(NumberText.grouped(rows.count)) \(plural) are valuable and likelier than others to leave: protect these first; \(NumberText.compact(knownSum(protect.map { yearly.number($0) }))) \(view.currency) a year hang on them."
          )
      ])
    if rows.count > 300 {
      block.sentences.append(
        say("The 300 most valuable are bubbles, the others are counted in the squares behind them."))
    }
    block.charts = [
      PageChart(
        width: 760, title: block.heading ?? "", description: block.sentences.joined(separator: " ")
      ) { width in
        QuadrantChart(
          subjects: subjects,
          xTitle: isLifetime ? say("lifetime value, \(view.currency)") : say("value a year, \(view.currency)"),
          yTitle: say("chance of leaving, %"),
          xThreshold: valueCut.isFinite ? .init(value: valueCut, label: "") : nil,
          yThreshold: chanceCut.isFinite ? .init(value: chanceCut, label: "") : nil,
          fields: ["watch", "protect", "maintain", "nurture"].map { Prose.word($0) },
          countReading: { "\(NumberText.grouped($0)) \(plural)" }
        ).drawing(width: width, height: width > 500 ? 340 : 290)
      }
    ]
    block.foldedTable = view.filled("value_quadrants").map { table in
      let kinds = table.cells("kind")
      let own = (0..<table.rowCount).filter { kinds.text($0) == kind }
      return PageTable(TextTable(table.keeping(own), limit: 100), name: say("quadrants by region"))
    }
    block.source = Prose.list(["churn.csv", "value_quadrants.csv"])
    return block
  }

  /// How many of each cohort still buy, by quarters since they came.
  static func cohorts(_ table: Table) -> Block? {
    let (cohort, size) = (table.cells("cohort"), table.cells("customers"))
    let (age, rate) = (table.cells("quarters"), table.cells("retention_rate"))
    var rates: [Period: [Int: Double]] = [:]
    var sizes: [Period: Double] = [:]
    for row in 0..<table.rowCount {
      guard let start = cohort.period(row), let quarter = Int(exactly: age.number(row)) else { continue }
      rates[start, default: [:]][quarter] = rate.number(row)
      sizes[start] = size.number(row)
    }
    let starts = rates.keys.sorted().suffix(20)
    let widest = min(20, starts.compactMap { rates[$0]?.keys.max() }.max() ?? 0)
    guard starts.count > 1, widest > 0 else { return nil }
    let cells = starts.flatMap { start in
      (0...widest).map { quarter -> HeatChart.Cell in
        guard let share = rates[start]?[quarter], share.isFinite else {
          return .init(depth: .nan, label: "", reading: "")
        }
        return HeatChart.Cell(
          depth: share, label: NumberText.grouped(share * 100),
          reading: say(
            "came in the quarter from \(start) (\(NumberText.grouped(sizes[start] ?? .nan))): \(NumberText.percent(share, decimals: 0)) still buy after \(quarter) quarters"
          ))
      }
    }
    let kept = starts.compactMap { start in rates[start]?[4].map { ($0, sizes[start] ?? 0) } }
    let all = kept.reduce(0) { $0 + $1.1 }
    var block = Block(
      say("Cohorts of customers"),
      [
        all > 0
          ? say(
            "Of the customers that came at least a year ago, \(NumberText.percent(kept.reduce(0) { $0 + $1.0 * $1.1 } / all, decimals: 0)) still bought after four quarters."
          ) : "",
        say("Rows: the quarter of the first order; columns: quarters since; per cent that still buy."),
      ].filter { !$0.isEmpty })
    let chart = HeatChart(
      rowNames: starts.map(\.description), columnNames: (0...widest).map { NumberText.grouped($0) }, cells: cells)
    block.charts = [
      PageChart(
        width: 900, title: say("Customers that still buy, by cohort"),
        description: block.sentences.joined(separator: " ")
      ) { chart.drawing(width: $0) }
    ]
    block.foldedTable = PageTable(TextTable(table, limit: 300), name: say("cohorts of customers"))
    block.source = "cohorts.csv"
    return block
  }
}
