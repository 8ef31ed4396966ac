import Glibc
import Tables

/// What sales become when one driver moves and the others stay, with the 95 % range: the curves behind the effects.
enum PartialEffectBlock {
  private static let chartCount = 6

  static func make(_ view: RunView) -> Block? {
    guard let table = view.filled("drivers") else { return nil }
    let (product, driver, form) = (table.cells("product_id"), table.cells("driver"), table.cells("form"))
    let (estimate, lower, upper) = (table.cells("estimate"), table.cells("lower"), table.cells("upper"))
    let rows = (0..<table.rowCount).filter { row in
      product.text(row).isEmpty && estimate.number(row).isFinite
        && ["elasticity", "semi_elasticity"].contains(form.text(row)) && !isEvent(driver.text(row))
    }
    let charts = rows.prefix(chartCount).map { row in
      chart(
        driver.text(row), isElasticity: form.text(row) == "elasticity",
        (estimate.number(row), lower.number(row), upper.number(row)))
    }
    guard !charts.isEmpty else { return nil }
    var block = Block(
      say("What sales become when one driver moves"),
      [say("Sales against today’s, in per cent, when the others stay; the band is the 95 % range.")])
    block.keys = [Key("plan", say("expected")), Key("corridor", say("\(95) % range"))]
    block.layout = .small
    block.charts = Array(charts)
    block.foldedTable = PageTable(
      TextTable(table.keeping(Array(rows.prefix(chartCount)))), name: say("effects behind the curves"))
    block.source = say("drivers.csv, rows without a product")
    return block
  }

  /// A holiday happens or does not; a curve along it would say nothing.
  private static func isEvent(_ driver: String) -> Bool {
    ["holiday", "_before", "festival", "singles_day"].contains { driver.hasSuffix($0) }
  }

  private static func chart(
    _ driver: String, isElasticity: Bool, _ effect: (estimate: Double, lower: Double, upper: Double)
  ) -> PageChart {
    // Prices from 20 % less to 20 % more; other drivers up to ten steps, time up to three years.
    let step = isElasticity ? 2.5 : driver == "trend" ? 0.25 : 10.0 / 12
    let steps = (isElasticity ? -8...8 : 0...12).map { Double($0) * step }
    func change(_ effect: Double, _ step: Double) -> Double {
      let logarithm = isElasticity ? effect * log1p(step / 100) : effect * step
      return 100 * expm1(min(logarithm, 20))
    }
    let samples = steps.map { step in
      let bounds = [change(effect.lower, step), change(effect.upper, step)].sorted()
      let value = change(effect.estimate, step)
      let isKnown = bounds.allSatisfy { $0.isFinite }
      let range = isKnown ? bounds[0]...bounds[1] : nil
      let at = isElasticity ? Prose.signedPercent(step / 100) : NumberText.grouped(step, decimals: 1)
      let band =
        range.map { " (\(Prose.signedPercent($0.lowerBound / 100)) … \(Prose.signedPercent($0.upperBound / 100)))" }
      return CurveChart.Sample(
        x: step, y: value, range: range,
        reading: "\(at): \(Prose.signedPercent(value / 100))" + (band ?? ""))
    }
    let name = driver == "trend" ? say("years on") : Prose.word(driver)
    let title = isElasticity ? say("\(name), change in per cent") : name
    let chart = CurveChart(
      lines: [.init(style: "plan", points: samples)], xTitle: title, yTitle: say("sales, change in per cent"),
      includesZero: true)
    return PageChart(
      chart.drawing(width: PageChart.narrowWidth, height: 200), caption: name,
      title: say("Sales against \(name)"),
      description: [samples.first, samples.last].compactMap { $0?.reading }.joined(separator: Typography.semicolon))
  }
}
