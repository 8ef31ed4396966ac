import Tables

extension Block {
  /// Products that partners do not buy yet though others who sell the same do.
  static func crossSelling(_ view: RunView) -> Block? {
    guard let table = view.filled("cross_sell") else { return nil }
    let (partner, product) = (table.cells("partner_id"), table.cells("product_id"))
    let (because, margin) = (table.cells("because_of"), table.cells("expected_margin"))
    let rows = (0..<table.rowCount).sorted {
      (-knownSum([margin.number($0)]), $0) < (-knownSum([margin.number($1)]), $1)
    }
    let partners = Set(rows.map { partner.text($0) }).count
    var block = Block(
      say("What to offer to whom"),
      [
        say(
          "\(NumberText.count(rows.count, "offer")) to \(NumberText.count(partners, "partner")): a product that a partner does not buy yet, though many of those who buy the same as it do."
        )
      ])
    if let first = rows.first, margin.number(first).isFinite {
      block.sentences.append(
        say(
          "The best: \(product.text(first)) to \(partner.text(first)), who sells \(because.text(first)), with \(NumberText.compact(margin.number(first))) \(view.currency) of expected margin a year, the chance that it buys counted in."
        ))
    }
    let bars = rows.prefix(12).filter { margin.number($0).isFinite }.map { row in
      BarChart.Bar(
        name: "\(partner.text(row)), \(product.text(row))", value: margin.number(row),
        label: NumberText.compact(margin.number(row)))
    }
    if !bars.isEmpty {
      block.charts = [
        PageChart(
          caption: say("Expected margin of the best offers, \(view.currency)"), width: 620,
          title: say("Expected margin of the best offers"),
          description: bars.prefix(5).map { "\($0.name)\(Typography.colon)\($0.label)" }.joined(
            separator: Typography.semicolon)
        ) { BarChart(bars: bars).drawing(width: $0) }
      ]
    }
    let names = [
      "partner_id", "region", "product_id", "because_of", "buyers_of_both", "propensity", "lift", "expected_revenue",
      "expected_margin",
    ]
    block.foldedTable = PageTable(
      TextTable(table.keeping(Array(rows.prefix(40))).selecting(names)), name: say("the best offers"))
    block.source = "cross_sell.csv"
    return block
  }
}
