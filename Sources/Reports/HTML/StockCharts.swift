import ChannelTypes
import Tables

/// Charts of the section on stock: turnover against slow stock, who sends to whom, what service costs.
extension Block {
  /// Turnover and slow share of partners against the benchmarks of the plan.
  static func turnoverMap(_ table: Table, _ currency: String) -> Block? {
    let (partner, region) = (table.cells("partner_id"), table.cells("region"))
    let (value, days, slow) = (table.cells("stock_value"), table.cells("turnover_days"), table.cells("slow_share"))
    let rows = (0..<table.rowCount).filter { days.number($0).isFinite && slow.number($0).isFinite }.sorted {
      (-knownSum([value.number($0)]), $0) < (-knownSum([value.number($1)]), $1)
    }
    guard let largest = rows.first.map({ knownSum([value.number($0)]) }) else { return nil }
    let limits = (
      days: table.cells("benchmark_days").number(rows[0]), slow: table.cells("benchmark_slow_share").number(rows[0])
    )
    // A handful that turn over in years would press everyone else against the axis.
    let sorted = rows.map { days.number($0) }.sorted()
    let widest = max(limits.days.isFinite ? limits.days * 3 : 0, sorted[min(sorted.count - 1, sorted.count * 97 / 100)])
    let beyond = rows.count { days.number($0) > widest }
    let subjects = rows.map { row in
      let isSlow = slow.number(row) > limits.slow
      let isLong = days.number(row) > limits.days
      return QuadrantChart.Subject(
        x: min(days.number(row), widest), y: slow.number(row) * 100,
        weight: largest > 0 ? value.number(row) / largest : 0,
        reading: say(
          "\(partner.text(row)), \(region.text(row)): \(NumberText.days(days.number(row))), \(NumberText.percent(slow.number(row), decimals: 0)) slow, stock \(NumberText.compact(value.number(row))) \(currency)"
        ), style: isSlow && isLong ? "loss" : isSlow || isLong ? "plan" : "muted")
    }
    let both = rows.filter { slow.number($0) > limits.slow && days.number($0) > limits.days }
    var block = Block(
      say("Turnover and slow stock"),
      [
        say(
          "\(both.count) of \(NumberText.count(rows.count, "partner")) turn over too slowly and hold too much slow stock, worth \(NumberText.compact(knownSum(both.map { value.number($0) }))) \(currency): promote or move there first."
        ),
        say("The larger the bubble, the larger the stock; the lines are the benchmarks of the plan."),
      ])
    if beyond > 0 {
      block.sentences.append(
        say("\(beyond) above \(NumberText.days(widest)) are drawn at the right edge."))
    }
    block.charts = [
      PageChart(
        width: 760, title: say("Turnover and slow share of partners"), description: block.sentences[0]
      ) { width in
        QuadrantChart(
          subjects: subjects, xTitle: say("days until the stock is sold"), yTitle: say("slow-moving share, %"),
          xThreshold: limits.days.isFinite ? .init(value: limits.days, label: NumberText.days(limits.days)) : nil,
          yThreshold: limits.slow.isFinite
            ? .init(value: limits.slow * 100, label: NumberText.percent(limits.slow, decimals: 0)) : nil,
          fields: [say("clear out"), say("promote, move"), say("healthy"), say("order less")],
          countReading: { NumberText.count($0, "partner") }
        ).drawing(width: width, height: width > 500 ? 360 : 300)
      }
    ]
    block.foldedTable = PageTable(
      TextTable(
        table.keeping(Array(rows.prefix(100))).selecting([
          "partner_id", "region", "stock_value", "turnover_days", "benchmark_days", "slow_share", "excess_value",
          "burn_down_days", "over_age_value", "stuffing_index", "rebate_factor", "credit_factor",
        ])), name: say("the largest stocks by partner"))
    block.source = "partner_stock.csv"
    return block
  }

  /// Units moved from region to region; the partners on demand.
  static func transferMatrix(_ table: Table, _ view: RunView) -> Block? {
    let regionOf = regions(view)
    let (from, to, product) = (table.cells("from_partner"), table.cells("to_partner"), table.cells("product_id"))
    let (units, saving, cost) = (table.cells("quantity"), table.cells("expected_saving"), table.cells("cost"))
    struct Sum {
      var units = 0.0
      var saving = 0.0
      var count = 0
    }
    var sums: [String: [String: Sum]] = [:]
    var names: Set<String> = []
    for row in 0..<table.rowCount {
      // The sender's region stands in the table; the receiver's comes from the stock of partners.
      let start = regionOf[from.text(row)] ?? table.cells("region").text(row)
      let end = regionOf[to.text(row)] ?? ""
      var sum = sums[start]?[end] ?? Sum()
      sum.units += knownSum([units.number(row)])
      sum.saving += knownSum([saving.number(row)])
      sum.count += 1
      sums[start, default: [:]][end] = sum
      names.formUnion([start, end])
    }
    func total(_ name: String) -> Double {
      knownSum((sums[name] ?? [:]).values.map(\.units)) + knownSum(sums.values.compactMap { $0[name]?.units })
    }
    let shown = names.sorted { (-total($0), $0) < (-total($1), $1) }.prefix(20)
    let largest = sums.values.flatMap(\.values).map(\.units).max() ?? 0
    guard largest > 0 else { return nil }
    func label(_ name: String) -> String { name.isEmpty ? say("unknown") : name }
    let cells = shown.flatMap { start in
      shown.map { end -> HeatChart.Cell in
        guard let sum = sums[start]?[end], sum.units > 0 else { return .init(depth: .nan, label: "", reading: "") }
        return HeatChart.Cell(
          depth: (sum.units / largest).squareRoot(), label: NumberText.compact(sum.units),
          reading: say(
            "\(label(start)) to \(label(end)): \(NumberText.grouped(sum.units)) units in \(sum.count) transfers, saving \(NumberText.grouped(sum.saving)) \(view.currency)"
          ))
      }
    }
    let all = sums.values.flatMap(\.values)
    let within = knownSum(sums.map { $0.value[$0.key]?.units ?? 0 })
    let moved = knownSum(all.map(\.units))
    var block = Block(
      say("Who sends to whom"),
      [
        say(
          "\(NumberText.grouped(moved)) units in \(NumberText.count(table.rowCount, "transfer")) save \(NumberText.grouped(knownSum(all.map(\.saving)))) \(view.currency); \(NumberText.percent(within / moved, decimals: 0)) stay within their region. Rows send, columns receive; units."
        )
      ])
    if shown.count < names.count { block.sentences.append(say("The \(shown.count) regions that move most are drawn.")) }
    let chart = HeatChart(rowNames: shown.map(label), columnNames: shown.map(label), cells: cells)
    block.charts = [
      PageChart(
        width: 820, title: say("Transfers from region to region"),
        description: say("\(NumberText.grouped(moved)) units between \(names.count) regions.")
      ) { chart.drawing(width: $0) }
    ]
    var text = TextTable([
      .init(say("product"), .left), .init(say("from"), .left), .init(say("to"), .left), .init(say("region"), .left),
      .init(say("units")), .init(say("freight")), .init(say("expected saving")),
    ])
    let rows = (0..<table.rowCount).sorted {
      (-knownSum([saving.number($0)]), $0) < (-knownSum([saving.number($1)]), $1)
    }
    for row in rows.prefix(60) {
      text.add(
        product.text(row), from.text(row), to.text(row), regionOf[to.text(row)] ?? "",
        NumberText.grouped(units.number(row)), NumberText.grouped(cost.number(row)),
        NumberText.grouped(saving.number(row)))
    }
    block.foldedTable = PageTable(text, name: say("the transfers that save most, by partner"))
    block.source = "transfers.csv"
    return block
  }

  private static func regions(_ view: RunView) -> [String: String] {
    guard let table = view.filled("partner_stock") ?? view.filled("stock_health") else { return [:] }
    let (partner, region) = (table.cells("partner_id"), table.cells("region"))
    return Dictionary(
      (0..<table.rowCount).map { (partner.text($0), region.text($0)) }, uniquingKeysWith: { first, _ in first })
  }

  /// What each service level asks for in stock.
  static func serviceCurve(_ table: Table, _ currency: String) -> Block? {
    let (level, stock) = (table.cells("service_level"), table.cells("average_stock_value"))
    let (cost, isPlan) = (table.cells("holding_cost_per_year"), table.cells("is_plan"))
    let rows = (0..<table.rowCount).filter { level.number($0).isFinite && stock.number($0).isFinite }
      .sorted { level.number($0) < level.number($1) }
    guard rows.count > 1 else { return nil }
    let nodes = rows.map { row in
      LineChart.Node(
        x: level.number(row) * 100, y: stock.number(row),
        reading: say(
          "service \(NumberText.percent(level.number(row))): stock \(NumberText.compact(stock.number(row))) \(currency), holding it costs \(NumberText.compact(cost.number(row))) a year"
        ))
    }
    var block = Block(say("What service costs in stock"))
    let plan = rows.first { isPlan.flag($0) }
    if let plan, let next = rows.first(where: { level.number($0) > level.number(plan) }) {
      block.sentences = [
        say(
          "The plan’s service of \(NumberText.percent(level.number(plan))) asks for \(NumberText.compact(stock.number(plan))) \(currency) of stock on average; \(NumberText.percent(level.number(next))) would ask for \(NumberText.compact(stock.number(next) - stock.number(plan))) more."
        )
      ]
    }
    block.charts = [
      PageChart(
        width: 620, title: say("Stock by service level"), description: nodes.map(\.reading).joined(separator: "; ")
      ) { width in
        LineChart(
          series: [.init(name: say("stock"), style: "plan", nodes: nodes)], xTitle: say("chance of no stock-out"),
          yTitle: say("average stock at cost, \(currency)"), xUnit: NumberText.percentSign,
          references: plan.map {
            [.init(axis: .vertical, value: level.number($0) * 100, label: say("plan"))]
          } ?? [], includesZero: (x: false, y: true)
        ).drawing(width: width, height: width > 500 ? 260 : 240)
      }
    ]
    block.foldedTable = PageTable(TextTable(table), name: say("stock by service level"))
    block.source = "service_curve.csv"
    return block
  }
}
