import ChannelTypes
import Tables

/// Charts of the section on incentives: what rules pay over sales, how far accruals spread, where payouts jump.
extension Block {
  /// A small chart for each rule: payout over sales, or over the target, with its jumps.
  static func payoutCurves(_ table: Table, _ currency: String) -> Block? {
    let (rule, from, unit) = (table.cells("rule"), table.cells("from"), table.cells("unit"))
    let (corner, sales, payout) = (table.cells("corner"), table.cells("sales"), table.cells("payout"))
    var order: [String] = []
    var groups: [String: [Int]] = [:]
    for row in 0..<table.rowCount where sales.number(row).isFinite && payout.number(row).isFinite {
      let key = rule.text(row) + "\n" + from.text(row)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(row)
    }
    guard !order.isEmpty else { return nil }
    var jumps = 0
    let charts = order.prefix(12).compactMap { key -> PageChart? in
      guard let rows = groups[key], let first = rows.first else { return nil }
      let isShare = unit.text(first) == "share_of_target"
      func text(_ value: Double) -> String { isShare ? NumberText.percent(value) : NumberText.compact(value) }
      let nodes = rows.map { row in
        LineChart.Node(
          x: sales.number(row) * (isShare ? 100 : 1), y: payout.number(row) * (isShare ? 100 : 1),
          reading: corner.text(row) == "below"
            ? "" : say("sales \(text(sales.number(row))) pay \(text(payout.number(row)))"))
      }
      jumps += zip(nodes, nodes.dropFirst()).count { $1.x - $0.x <= 1.5 && $1.y - $0.y > 1 && !isShare }
      let name = Prose.word(rule.text(first)) + (from.text(first).isEmpty ? "" : ", " + say("from \(from.text(first))"))
      let chart = LineChart(
        series: [.init(name: name, style: "plan", nodes: nodes)],
        xTitle: isShare ? say("sales, % of the target") : say("sales of the period"),
        yTitle: isShare ? say("payout, % of the target") : say("payout, \(currency)"))
      return PageChart(
        chart.drawing(width: PageChart.narrowWidth, height: 210), caption: name, title: name,
        description: nodes.map(\.reading).filter { !$0.isEmpty }.joined(separator: "; "))
    }
    var block = Block(
      say("What the rules pay"),
      [
        jumps == 0
          ? say("Payouts rise without a jump: no sale is worth more than its rate.")
          : say(
            "Payouts jump in \(jumps) places: just below them a little more sales is worth much, just above it nothing more."
          ),
        say("Before links to reward and turnover; for one outlet."),
      ])
    block.layout = .small
    block.charts = charts
    block.foldedTable = PageTable(TextTable(table, limit: 200), name: say("corners of the payouts"))
    block.source = "payout_curves.csv"
    return block
  }

  /// Payouts of planned quarters with their spread.
  static func accrualFan(_ table: Table, _ currency: String) -> Block? {
    let period = table.cells("period")
    let names = ["mean", "p10", "p25", "p75", "p90"]
    let cells = names.map { table.cells($0) }
    let rows = (0..<table.rowCount).filter { period.period($0)?.form == .quarter && cells[0].number($0).isFinite }
      .sorted { (period.period($0)?.ordinal ?? 0) < (period.period($1)?.ordinal ?? 0) }
    let years = (0..<table.rowCount).filter { period.period($0)?.form == .year && cells[0].number($0).isFinite }
    guard rows.count > 1 else { return nil }
    let steps = rows.compactMap { row -> FanChart.Step? in
      guard let when = period.period(row) else { return nil }
      let bands = [(1, 4), (2, 3)].compactMap { low, high -> ClosedRange<Double>? in
        let (lower, upper) = (cells[low].number(row), cells[high].number(row))
        return lower <= upper ? lower...upper : nil
      }
      return FanChart.Step(period: when, mean: cells[0].number(row), bands: bands)
    }
    var block = Block(say("How far the cost may spread"))
    let first = rows[0]
    block.sentences = [
      say(
        "\(period.text(first)): \(NumberText.compact(cells[0].number(first))) \(currency) on average, with 80 % chance between \(NumberText.compact(cells[1].number(first))) and \(NumberText.compact(cells[4].number(first)))."
      )
    ]
    for row in years.prefix(2) {
      let quarters = rows.filter { period.period($0)?.containing(.year) == period.period(row) }
      let whole = cells[0].number(row) + knownSum(quarters.map { cells[0].number($0) })
      block.sentences.append(
        say(
          "Rules that are settled by the year pay \(NumberText.compact(cells[0].number(row))) more for \(period.text(row)) (80 %: \(NumberText.compact(cells[1].number(row))) to \(NumberText.compact(cells[4].number(row)))); with its \(NumberText.count(quarters.count, "quarter")) the year costs \(NumberText.compact(whole)) on average."
        ))
    }
    block.keys = [Key("plan", say("mean")), Key("band1", "80 %"), Key("band3", "50 %")]
    block.charts = [
      PageChart(
        width: 620, title: say("Expected payouts by quarter, with their spread"),
        description: block.sentences.joined(separator: " ")
      ) { width in
        FanChart(history: [], forecast: steps, levels: [80, 50], unit: currency).drawing(
          width: width, height: width > 500 ? 240 : 220)
      }
    ]
    block.foldedTable = PageTable(TextTable(table), name: say("payouts by planned period"))
    block.source = "accrual_fan.csv"
    return block
  }

  /// Where payouts jump: the threshold across, the jump up, partners near as the size.
  static func cliffMap(_ table: Table, _ currency: String) -> Block? {
    let (rule, tier, from) = (table.cells("rule"), table.cells("tier"), table.cells("from"))
    let (jump, near, value) = (table.cells("jump"), table.cells("partners_near"), table.cells("value"))
    let rows = (0..<table.rowCount).filter { from.number($0).isFinite && jump.number($0).isFinite }
    guard let widest = rows.max(by: { (jump.number($0), -$0) < (jump.number($1), -$1) }) else { return nil }
    let most = rows.map { near.number($0) }.filter(\.isFinite).max() ?? 0
    let rules = Set(rows.map { rule.text($0) }).sorted()
    let styles = ["plan", "loss", "gain", "muted"]
    let dots = rows.map { row in
      QuadrantChart.Subject(
        x: from.number(row), y: jump.number(row), weight: most > 0 ? near.number(row) / most : 0,
        reading: say(
          "\(Prose.word(rule.text(row))), tier \(tier.text(row)): at \(NumberText.compact(from.number(row))) the payout jumps by \(NumberText.compact(jump.number(row))); \(NumberText.count(Int(knownSum([near.number(row)]).rounded()), "partner")) just below"
        ), style: styles[(rules.firstIndex(of: rule.text(row)) ?? 0) % 4])
    }
    var block = Block(
      say("Where one more unit of sales jumps the payout"),
      [
        say(
          "\(NumberText.grouped(knownSum(rows.map { near.number($0) }))) times a partner stands just below a jump, for \(NumberText.compact(knownSum(rows.map { value.number($0) }))) \(currency) together: a reason to push goods into the channel. The highest jump: \(NumberText.compact(jump.number(widest))) at \(NumberText.compact(from.number(widest))) (\(Prose.word(rule.text(widest))))."
        )
      ])
    block.keys = rules.prefix(4).enumerated().map { index, name in Key("bar \(styles[index])", Prose.word(name)) }
    block.charts = [
      PageChart(
        width: 620, title: say("Jumps of payouts by threshold"),
        description: dots.prefix(6).map(\.reading).joined(separator: "; ")
      ) { width in
        QuadrantChart(subjects: dots, xTitle: say("threshold of sales"), yTitle: say("jump, \(currency)"))
          .drawing(width: width, height: width > 500 ? 280 : 260)
      }
    ]
    block.foldedTable = PageTable(
      TextTable(table.selecting(["rule", "tier", "from", "jump", "partners_near", "value", "partners"]), limit: 60),
      name: say("jumps and who is near"))
    block.source = "tier_cliffs.csv"
    return block
  }
}
