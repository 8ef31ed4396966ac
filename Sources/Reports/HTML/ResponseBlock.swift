import Tables

/// What spend brings: a small chart for each region and spend type, those with the largest changes first.
enum ResponseBlock {
  private struct Curve {
    var region: String
    var spendType: String
    var points: [(spend: Double, margin: Double, isInRange: Bool)] = []
    var now = Double.nan
    var plan = Double.nan
    /// Whether the history says too little, so that the curve is a cautious belief.
    var isAssumed = false
    var change: Double { (plan - now).isFinite ? plan - now : 0 }

    /// The point of the drawn curve at a spend; nil outside of it.
    func point(at spend: Double) -> (spend: Double, margin: Double)? {
      guard let after = points.firstIndex(where: { $0.spend >= spend }) else { return nil }
      guard after > 0 else { return points[0].spend == spend ? (spend, points[0].margin) : nil }
      let (low, high) = (points[after - 1], points[after])
      let share = (spend - low.spend) / (high.spend - low.spend)
      return (spend, low.margin + share * (high.margin - low.margin))
    }
  }

  /// Charts shown at once; as many again are folded away.
  private static let shownCount = 12
  private static let foldedCount = 48

  static func make(_ view: RunView) -> Block? {
    let curves = read(view).sorted {
      (-abs($0.change), $0.region, $0.spendType) < (-abs($1.change), $1.region, $1.spendType)
    }
    guard !curves.isEmpty else { return nil }
    var block = Block(say("What spend brings"))
    let outside = curves.count { curve in
      guard let after = curve.points.firstIndex(where: { $0.spend >= curve.plan }) else { return false }
      return !curve.points[max(0, after - 1)...after].contains { $0.isInRange }
    }
    let assumed = curves.count(where: \.isAssumed)
    block.sentences = [
      say(
        "Margin against spend, in \(view.currency): solid where the spend was tried and is allowed, dashed outside.")
        + Typography.blank
        + (outside == 0
          ? say("Every planned point lies on the solid part.")
          : say(
            "\(NumberText.count(outside, "planned point")) of \(curves.count) lie on the dashed part: there the curve is a "
              + "guess."))
    ]
    block.keys = [
      Key("curve", say("tried and allowed")), Key("outside", say("outside")), Key("dot now", say("now")),
      Key("dot plan", say("plan")),
    ]
    if assumed > 0 {
      block.sentences.append(
        say(
          "For \(assumed) of \(curves.count) the history cannot tell the effect; those curves are cautious assumptions."
        ))
    }
    block.layout = .small
    let charts = curves.prefix(shownCount + foldedCount).map { chart($0, view.currency) }
    block.charts = Array(charts.prefix(shownCount))
    block.moreCharts = Array(charts.dropFirst(shownCount))
    block.moreSummary = say("\(NumberText.count(block.moreCharts.count, "more curve")) with smaller changes")
    if let table = view.filled("allocation") {
      let wanted = ["region", "spend_type", "now", "plan", "change", "floor", "cap", "marginal_return", "held_by"]
      block.foldedTable = PageTable(
        TextTable(table.selecting(wanted), limit: 400), name: say("budget by region and spend type"))
    }
    block.source = say("response_points.csv, response_curves.csv and allocation.csv")
    return block
  }

  private static func chart(_ curve: Curve, _ currency: String) -> PageChart {
    let name = "\(curve.region) · \(Prose.words(curve.spendType))"
    let mark = curve.isAssumed ? "  (\(say("assumed")))" : ""
    let drawing = ResponseChart(
      curve: curve.points, now: curve.point(at: curve.now), plan: curve.point(at: curve.plan), currency: currency
    ).drawing(width: PageChart.narrowWidth, height: 160)
    return PageChart(
      drawing, caption: "\(name)  \(Prose.signedCompact(curve.change))" + mark,
      title: say("Response to spend, \(name)"),
      description: say("Planned \(NumberText.compact(curve.plan)) against \(NumberText.compact(curve.now)) now."))
  }

  private static func read(_ view: RunView) -> [Curve] {
    guard let table = view.filled("response_points") else { return [] }
    struct Key: Hashable { var region: String, spendType: String }
    var curves: [Key: Curve] = [:]
    let (region, type) = (table.cells("region"), table.cells("spend_type"))
    let (spend, margin, inRange) = (table.cells("spend"), table.cells("margin"), table.cells("in_range"))
    for row in 0..<table.rowCount where spend.number(row).isFinite && margin.number(row).isFinite {
      let key = Key(region: region.text(row), spendType: type.text(row))
      curves[key, default: Curve(region: key.region, spendType: key.spendType)].points.append(
        (spend.number(row), margin.number(row), inRange.flag(row)))
    }
    if let allocation = view.filled("allocation") {
      let (region, type) = (allocation.cells("region"), allocation.cells("spend_type"))
      let (now, plan) = (allocation.cells("now"), allocation.cells("plan"))
      for row in 0..<allocation.rowCount {
        let key = Key(region: region.text(row), spendType: type.text(row))
        curves[key]?.now = now.number(row)
        curves[key]?.plan = plan.number(row)
      }
    }
    if let fitted = view.filled("response_curves") {
      let (region, type, evidence) = (fitted.cells("region"), fitted.cells("spend_type"), fitted.cells("evidence"))
      for row in 0..<fitted.rowCount {
        curves[Key(region: region.text(row), spendType: type.text(row))]?.isAssumed = evidence.text(row) == "assumption"
      }
    }
    return curves.values.map { curve in
      var curve = curve
      curve.points.sort { $0.spend < $1.spend }
      return curve
    }
  }
}
