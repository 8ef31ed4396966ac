import Glibc
import Planning
import Tables

extension PageSection {
  /// Why sales move: the effects of prices, promotions, trend and events with their intervals.
  static func drivers(_ view: RunView) -> PageSection? {
    guard let table = view.filled("drivers") else { return nil }
    let effects = DriverEffect.read(table)
    let pooled = effects.filter { $0.product.isEmpty }
    let byProduct = effects.filter { !$0.product.isEmpty }
    var section = PageSection("drivers", say("Drivers"), question: say("Why do sales move?"))
    section.lead = [
      say(
        "An effect is what goes with a change of the driver when the others stay; it is the cause only where nothing "
          + "else moved with it.")
    ]
    if !pooled.isEmpty { section.blocks.append(overall(pooled, table)) }
    if let curves = PartialEffectBlock.make(view) { section.blocks.append(curves) }
    if let bridge = view.filled("gap_bridge"), let gap = GapBlock(bridge) {
      let attainment = view.indicators.first { $0.name == "target_attainment" }?.value
      var block = gap.block(attainment: attainment.flatMap { abs($0 - gap.share) > 0.005 ? $0 : nil })
      block.foldedTable = PageTable(TextTable(bridge, limit: 400), name: say("parts of the difference by region"))
      block.source = "gap_bridge.csv"
      section.blocks.append(block)
    }
    if !byProduct.isEmpty { section.blocks.append(products(byProduct, table)) }
    return section.blocks.isEmpty ? nil : section
  }

  private static func overall(_ effects: [DriverEffect], _ table: Table) -> Block {
    var block = Block(say("Over all products"), effects.prefix(8).map(\.sentence))
    block.charts = [
      chart(
        effects, name: \.stepName, caption: say("Change of sales, with the 95 % range"), title: say("Effects on sales"))
    ]
    block.foldedTable = PageTable(
      TextTable(DriverEffect.rows(of: table, where: \.isEmpty)), name: say("effects over all products"))
    block.source = say("drivers.csv, rows without a product")
    return block
  }

  /// Drivers that get a chart of their own, and products in each.
  private static let shownDrivers = 4
  private static let shownProducts = 30

  private static func products(_ effects: [DriverEffect], _ table: Table) -> Block {
    var block = Block(say("By product"))
    block.layout = .half
    // The plan's own drivers come first in the table, then trend and events.
    var drivers: [String] = []
    for effect in effects where !drivers.contains(effect.driver) { drivers.append(effect.driver) }
    for driver in drivers.prefix(shownDrivers) {
      let sorted = effects.filter { $0.driver == driver }.sorted {
        ($0.percent, $0.product) < ($1.percent, $1.product)
      }
      let bySize = sorted.sorted { ($0.percent.magnitude, $0.product) < ($1.percent.magnitude, $1.product) }
      if let only = sorted.first, sorted.count > 1, sorted.allSatisfy({ $0.percent == only.percent }) {
        block.sentences.append(
          say("\(only.stepName): \(only.label) for every product; the history does not tell them apart."))
        continue
      }
      if let least = bySize.first, let most = bySize.last, sorted.count > 1 {
        block.sentences.append(
          say("\(most.stepName): \(most.product) reacts most (\(most.label)), \(least.product) least (\(least.label)).")
        )
      }
      block.charts.append(
        chart(
          Array(sorted.prefix(shownProducts)), name: \.product, caption: sorted[0].stepName,
          title: say("Effect on sales by product: \(sorted[0].stepName)")))
    }
    block.foldedTable = PageTable(
      TextTable(DriverEffect.rows(of: table) { !$0.isEmpty }, limit: 300), name: say("effects by product"))
    block.source = "drivers.csv"
    return block
  }

  private static func chart(
    _ effects: [DriverEffect], name: (DriverEffect) -> String, caption: String, title: String
  ) -> PageChart {
    let rows = effects.map {
      IntervalChart.Row(name: name($0), estimate: $0.percent, lower: $0.lower, upper: $0.upper, label: $0.label)
    }
    return PageChart(
      caption: caption, width: 520, title: title,
      description: effects.prefix(5).map(\.sentence).joined(separator: Typography.blank)
    ) { IntervalChart(rows: rows, unit: NumberText.percentSign).drawing(width: $0) }
  }
}

/// One estimated effect, as a percentage change of sales for a natural step of the driver.
private struct DriverEffect {
  var product: String
  var driver: String
  var form: String
  var percent: Double
  var lower: Double
  var upper: Double

  /// Drivers that are the share of an event's days that a period holds: their step is the whole event.
  private static let events: Set = [
    "lunar_new_year_before", "lunar_new_year_holiday", "mid_year_festival", "singles_day",
  ]

  private var isEvent: Bool { form == "share" || Self.events.contains(driver) }

  /// The step that the percentage belongs to.
  var stepName: String {
    let name = Prose.word(driver)
    if form == "elasticity" { return say("\(name) +1 %") }
    if driver == "trend" { return say("one year on") }
    return isEvent ? name : say("\(name) +1")
  }

  var label: String { Prose.signedPercent(percent / 100) }

  var sentence: String {
    let name = Prose.word(driver)
    let change = Prose.moreOrLess(percent / 100)
    let (from, to) = (Prose.signedPercent(lower / 100), Prose.signedPercent(upper / 100))
    return switch form {
    case "elasticity":
      say("A \(name) that is 1 % higher goes with sales \(change) (95 % range \(from) to \(to)).")
    case _ where driver == "trend":
      say("One year on, all else equal, goes with sales \(change) (95 % range \(from) to \(to)).")
    case _ where isEvent:
      say("A period that holds the whole of \(name) goes with sales \(change) (95 % range \(from) to \(to)).")
    default: say("One more of \(name) goes with sales \(change) (95 % range \(from) to \(to)).")
    }
  }

  static func read(_ table: Table) -> [DriverEffect] {
    let (product, driver, form) = (table.cells("product_id"), table.cells("driver"), table.cells("form"))
    let (estimate, lower, upper) = (table.cells("estimate"), table.cells("lower"), table.cells("upper"))
    return (0..<table.rowCount).compactMap { row in
      guard estimate.number(row).isFinite else { return nil }
      // An elasticity is already per cent on per cent; the other forms are changes of the logarithm.
      func percent(_ value: Double) -> Double {
        form.text(row) == "elasticity" ? value : (expm1(min(value, 20)) * 100)
      }
      return DriverEffect(
        product: product.text(row), driver: driver.text(row), form: form.text(row),
        percent: percent(estimate.number(row)), lower: percent(lower.number(row)), upper: percent(upper.number(row)))
    }
  }

  /// The rows whose product satisfies a condition, all columns.
  static func rows(of table: Table, where isWanted: (String) -> Bool) -> Table {
    let products = table.cells("product_id")
    return table.keeping((0..<table.rowCount).filter { isWanted(products.text($0)) })
  }
}
