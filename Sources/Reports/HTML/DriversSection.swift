import Glibc
import Tables

extension PageSection {
  /// Why sales move: the effects of prices and promotions with their intervals.
  static func drivers(_ view: RunView) -> PageSection? {
    guard let table = view.filled("drivers") else { return nil }
    let effects = DriverEffect.read(table)
    var section = PageSection("drivers", "Drivers", question: "Why do sales move?")
    let pooled = effects.filter { $0.product.isEmpty }
    if !pooled.isEmpty {
      var block = Block("Over all products", pooled.map(\.sentence))
      block.charts = [
        DriverEffect.chart(pooled, name: \.stepName, caption: "Change of sales, with the 95 % range", width: 520)
      ]
      block.foldedTable = PageTable(
        TextTable(DriverEffect.rows(of: table, where: \.isEmpty)), name: "effects over all products")
      block.source = "drivers.csv, rows without a product"
      section.blocks.append(block)
    }
    for driver in Set(effects.filter { !$0.product.isEmpty }.map(\.driver)).sorted() {
      section.blocks.append(byProduct(effects.filter { $0.driver == driver && !$0.product.isEmpty }, driver, table))
    }
    guard !section.blocks.isEmpty else { return nil }
    section.lead = [
      "An effect is what goes with a change of the driver when the others stay; it is the cause only where nothing "
        + "else moved with it."
    ]
    return section
  }

  private static func byProduct(_ effects: [DriverEffect], _ driver: String, _ table: Table) -> Block {
    let sorted = effects.sorted { ($0.percent, $0.product) < ($1.percent, $1.product) }
    var block = Block("By product: \(Prose.words(driver))")
    if let strongest = sorted.max(by: { $0.percent.magnitude < $1.percent.magnitude }),
      let weakest = sorted.min(by: { $0.percent.magnitude < $1.percent.magnitude }), sorted.count > 1
    {
      block.sentences = [
        "\(strongest.product) reacts most (\(strongest.label)), \(weakest.product) least (\(weakest.label)) to "
          + "\(strongest.stepName)."
      ]
    }
    let shown = Array(sorted.prefix(40))
    if shown.count < sorted.count { block.sentences.append("The first \(shown.count) are drawn; the table has all.") }
    block.charts = [
      DriverEffect.chart(
        shown, name: \.product, caption: "Change of sales for \(shown[0].stepName), with the 95 % range", width: 520)
    ]
    let all = DriverEffect.rows(of: table) { !$0.isEmpty }
    let drivers = all.cells("driver")
    let rows = all.keeping((0..<all.rowCount).filter { drivers.text($0) == driver })
    block.foldedTable = PageTable(TextTable(rows, limit: 200), name: "effects by product")
    block.source = "drivers.csv"
    return block
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

  /// The step that the percentage belongs to.
  var stepName: String {
    switch form {
    case "elasticity": "\(Prose.words(driver)) +1 %"
    case "share": "\(Prose.words(driver)) from none to all"
    default: "\(Prose.words(driver)) +1"
    }
  }

  var label: String { Prose.signedPercent(percent / 100) }

  var sentence: String {
    let step =
      switch form {
      case "elasticity": "A \(Prose.words(driver)) that is 1 % higher goes"
      case "share": "All instead of none of \(Prose.words(driver)) goes"
      default: "One more of \(Prose.words(driver)) goes"
      }
    return "\(step) with sales \(Prose.moreOrLess(percent / 100)) (95 % range \(Prose.signedPercent(lower / 100)) to "
      + "\(Prose.signedPercent(upper / 100)))."
  }

  static func read(_ table: Table) -> [DriverEffect] {
    let (product, driver, form) = (table.cells("product_id"), table.cells("driver"), table.cells("form"))
    let (estimate, lower, upper) = (table.cells("estimate"), table.cells("lower"), table.cells("upper"))
    return (0..<table.rowCount).compactMap { row in
      guard estimate.number(row).isFinite else { return nil }
      // An elasticity is already per cent on per cent; the other forms are changes of the logarithm.
      func percent(_ value: Double) -> Double {
        form.text(row) == "elasticity" ? value : (expm1(value) * 100)
      }
      return DriverEffect(
        product: product.text(row), driver: driver.text(row), form: form.text(row),
        percent: percent(estimate.number(row)), lower: percent(lower.number(row)), upper: percent(upper.number(row)))
    }
  }

  static func chart(
    _ effects: [DriverEffect], name: (DriverEffect) -> String, caption: String, width: Double
  ) -> PageChart {
    let rows = effects.map {
      IntervalChart.Row(name: name($0), estimate: $0.percent, lower: $0.lower, upper: $0.upper, label: $0.label)
    }
    return PageChart(
      caption: caption, width: width, title: "Effects of drivers on sales",
      description: effects.prefix(5).map(\.sentence).joined(separator: " ")
    ) { IntervalChart(rows: rows, unit: " %").drawing(width: $0) }
  }

  /// The rows whose product satisfies a condition, all columns.
  static func rows(of table: Table, where isWanted: (String) -> Bool) -> Table {
    let products = table.cells("product_id")
    return table.keeping((0..<table.rowCount).filter { isWanted(products.text($0)) })
  }
}
