import ChannelTypes
import Tables

/// Charts of the section on targets: what is expected against what is asked for, and how likely it is met.
extension Block {
  /// Regions of the planned year: a bar to what is expected, a mark at the target.
  static func targetBullets(_ view: RunView) -> Block? {
    guard let table = view.filled("attainment") else { return nil }
    let (level, grain, measure) = (table.cells("level"), table.cells("grain"), table.cells("measure"))
    let (id, period, expected) = (table.cells("id"), table.cells("period"), table.cells("expected"))
    let (target, chance) = (table.cells("adjusted_target"), table.cells("probability"))
    let open = table.cells("open_months")
    let rows = (0..<table.rowCount).filter {
      measure.text($0) == "revenue" && level.text($0) == "region" && grain.text($0) == "year"
        && open.number($0) > 0 && expected.number($0).isFinite && target.number($0) > 0
    }
    guard let year = rows.map({ period.text($0) }).min() else { return nil }
    let regions = rows.filter { period.text($0) == year }.sorted {
      (-target.number($0), id.text($0)) < (-target.number($1), id.text($1))
    }
    let bars = regions.prefix(30).map { row -> BulletChart.Row in
      let share = expected.number(row) / target.number(row)
      return BulletChart.Row(
        name: id.text(row), parts: [.init(value: expected.number(row), style: share < 1 ? "loss" : "plan")],
        mark: target.number(row), label: NumberText.percent(share, decimals: 0),
        reading: say(
          "\(id.text(row)): \(NumberText.compact(expected.number(row))) expected of \(NumberText.compact(target.number(row))), chance \(NumberText.percent(chance.number(row), decimals: 0))"
        ))
    }
    let sums = (
      expected: knownSum(regions.map { expected.number($0) }), target: knownSum(regions.map { target.number($0) })
    )
    let short = regions.filter { expected.number($0) < target.number($0) }
    var block = Block(
      say("Expected against target, \(year)"),
      [
        say(
          "\(NumberText.compact(sums.expected)) of \(NumberText.compact(sums.target)) \(view.currency) are expected, \(NumberText.percent(sums.expected / sums.target, decimals: 0)); \(short.count) of \(regions.count) regions stay below their target."
        )
      ])
    block.keys = [
      Key("bar", say("expected, at or above target")), Key("bar loss", say("expected, below target")),
      Key("target", say("target")),
    ]
    block.charts = [
      PageChart(
        width: 760, title: say("Expected revenue and target by region"),
        description: bars.prefix(5).map(\.reading).joined(separator: "; ")
      ) { BulletChart(rows: Array(bars)).drawing(width: $0) }
    ]
    block.foldedTable = PageTable(
      TextTable(
        table.keeping(regions).selecting([
          "id", "period", "adjusted_target", "expected", "probability", "expected_shortfall", "required_uplift",
        ]), limit: 60), name: say("targets and expectations of the year by region"))
    block.source = "attainment.csv"
    return block
  }

  /// How many partners have which chance of their target of the next quarter.
  static func chanceStrip(_ view: RunView) -> Block? {
    guard let table = view.filled("attainment") else { return nil }
    let (level, grain, measure) = (table.cells("level"), table.cells("grain"), table.cells("measure"))
    let (period, chance, target) = (table.cells("period"), table.cells("probability"), table.cells("adjusted_target"))
    let open = table.cells("open_months")
    let rows = (0..<table.rowCount).filter {
      measure.text($0) == "revenue" && level.text($0) == "partner" && grain.text($0) == "quarter"
        && open.number($0) > 0 && (0...1).contains(chance.number($0))
    }
    guard let first = rows.map({ period.text($0) }).min() else { return nil }
    let partners = rows.filter { period.text($0) == first }
    guard partners.count > 1 else { return nil }
    var counts = [Int](repeating: 0, count: 20)
    var sums = [Double](repeating: 0, count: 20)
    for row in partners {
      let bin = min(19, Int(chance.number(row) * 20))
      counts[bin] += 1
      sums[bin] += knownSum([target.number(row)])
    }
    let bins = counts.indices.map { index -> ColumnChart.Bin in
      let (from, to) = (index * 5, index * 5 + 5)
      return ColumnChart.Bin(
        from: Double(from), to: Double(to), value: Double(counts[index]),
        reading: say(
          "chance \(from) to \(to) %: \(NumberText.count(counts[index], "partner")) with targets of \(NumberText.compact(sums[index])) \(view.currency)"
        ), style: index < 10 ? "loss" : "plan")
    }
    let unlikely = counts.prefix(10).reduce(0, +)
    var block = Block(
      say("How likely partners reach their target of \(first)"),
      [
        say(
          "\(unlikely) of \(NumberText.count(partners.count, "partner")) will more likely miss it; their targets are \(NumberText.percent(sums.prefix(10).reduce(0, +) / sums.reduce(0, +), decimals: 0)) of the sum."
        )
      ])
    block.charts = [
      PageChart(
        width: 760, title: say("Partners by their chance of reaching the target"),
        description: say("\(unlikely) of \(partners.count) below one half.")
      ) { width in
        ColumnChart(
          bins: bins, xTitle: say("chance of reaching the target"), yTitle: say("partners"),
          xUnit: NumberText.percentSign
        ).drawing(width: width, height: width > 500 ? 220 : 200)
      }
    ]
    let sorted = partners.sorted {
      (-knownSum([target.number($0)]), $0) < (-knownSum([target.number($1)]), $1)
    }
    block.foldedTable = PageTable(
      TextTable(
        table.keeping(Array(sorted.filter { chance.number($0) < 0.5 }.prefix(60))).selecting([
          "id", "region", "adjusted_target", "expected", "probability", "expected_shortfall", "required_uplift",
        ])), name: say("the largest targets that will more likely be missed"))
    block.source = "attainment.csv"
    return block
  }
}
