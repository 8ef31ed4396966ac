import Tables

/// Why the last year differs from the target, or from the year before where no target is known: the steps that add up.
struct GapBlock {
  private var isTarget = false
  private var unit = ""
  private var from = 0.0
  private var to = 0.0
  private var regions = 0
  /// In the order of the table, summed over regions.
  private var components: [(name: String, amount: Double)] = []

  /// Nil where the table has no amounts in money.
  init?(_ table: Table) {
    guard let bases = table.text("basis"), let names = table.text("region"), let units = table.text("unit"),
      let labels = table.text("component"), let amounts = table.numbers("amount"), let starts = table.numbers("from"),
      let ends = table.numbers("to")
    else { return nil }
    let money = (0..<table.rowCount).filter { units[$0] != "units" && !amounts[$0].isNaN }
    let target = money.filter { bases[$0] == "target" }
    isTarget = !target.isEmpty
    var seen: Set<String> = []
    for row in isTarget ? target : money {
      guard let name = labels[row], let region = names[row] else { continue }
      if seen.insert(region).inserted {
        from += starts[row]
        to += ends[row]
        unit = units[row] ?? ""
      }
      if let place = components.firstIndex(where: { $0.name == name }) {
        components[place].amount += amounts[row]
      } else {
        components.append((name, amounts[row]))
      }
    }
    regions = seen.count
    guard !components.isEmpty else { return nil }
  }

  /// Of the basis that was reached.
  var share: Double { from > 0 ? to / from : .nan }

  private static var words: [String: String] {
    [
      "planned_growth": say("growth asked for"), "price_level": say("prices received"),
      "net_price": say("buyers' answer to prices"), "price": say("buyers' answer to prices"),
      "list_price": say("buyers' answer to list prices"), "promo_days": say("promotion"),
      "new_series": say("new business"),
      "lost_series": say("lost business"), "stock_outs": say("empty shelves"), "unexplained": say("not explained"),
    ]
  }

  private func word(_ name: String) -> String {
    Self.words[name] ?? name.split(separator: "_").joined(separator: " ")
  }

  /// - Parameter attainment: of the target by its own measure, where that is another than the table's.
  func block(attainment: Double? = nil) -> Block {
    let gap = to - from
    let basis = isTarget ? say("the target") : say("the year before")
    var block = Block(say("Why the last year differs from \(basis)"))
    block.sentences = [
      say(
        "\(NumberText.compact(to)) \(unit) were sold against \(NumberText.compact(from)) of \(basis) in "
          + "\(NumberText.count(regions, "region")): \(NumberText.signedCompact(gap)).")
    ]
    if isTarget, let attainment {
      block.sentences.append(
        say(
          "This is what dealers sold on. The target itself counts what they bought: \(NumberText.percent(attainment)) of it was reached, see Targets."
        ))
    }
    let largest = components.sorted { ($0.amount.magnitude, $1.name) > ($1.amount.magnitude, $0.name) }.prefix(3)
    let parts = largest.map { "\(word($0.name)) \(NumberText.signedCompact($0.amount))" }
    block.sentences.append(
      say("Largest parts: \(parts.joined(separator: Typography.comma)). The parts add up to the difference."))
    let steps = components.filter { $0.amount.magnitude >= 0.5 }.map {
      WaterfallChart.Step(name: word($0.name), value: $0.amount, label: NumberText.signedCompact($0.amount))
    }
    let total = WaterfallChart.Step(name: say("difference"), value: gap, label: NumberText.signedCompact(gap))
    block.charts = [
      PageChart(
        caption: say("From \(basis) to the last year, \(unit)"), width: 520,
        title: say("Parts of the difference from \(basis)"),
        description: block.sentences.joined(separator: Typography.blank)
      ) { WaterfallChart(steps: steps, total: total).drawing(width: $0) }
    ]
    return block
  }
}
