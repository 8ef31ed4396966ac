import Tables

/// What can be done, from every stage, with what it is worth in money.
struct ActionFigures {
  struct Action {
    var what: String
    var worth: Double
    /// What the worth is: more margin, an expected saving, money at stake.
    var meaning: String
    /// The section that has the whole list, and its id on the page.
    var section: String
    var sectionID: String
  }

  /// At most this many actions of one kind, so that no kind hides the others.
  static let perKind = 3

  /// Worth most first.
  let actions: [Action]

  init(_ view: RunView) {
    let kinds = [
      Self.budget(view), Self.visits(view), Self.stock(view), Self.alerts(view), Self.crossSelling(view),
      Self.credit(view), Self.exits(view),
    ]
    actions = kinds.flatMap { kind in
      kind.filter { $0.worth.isFinite && $0.worth > 0 }
        .sorted { ($1.worth, $0.what) < ($0.worth, $1.what) }.prefix(Self.perKind)
    }.sorted { ($1.worth, $0.what) < ($0.worth, $1.what) }
  }

  private static func budget(_ view: RunView) -> [Action] {
    guard let budget = BudgetFigures(view), let gain = budget.gain else { return [] }
    let moves = budget.places.filter { abs($0.change) >= 0.5 }.prefix(3)
      .map { "\($0.name) \(Prose.signed($0.change))" }
    let what =
      moves.isEmpty
      ? say("Place the budget as planned")
      : say("Place the budget as planned: \(moves.joined(separator: Typography.comma)) …")
    return [
      Action(
        what: what, worth: gain, meaning: say("more expected margin"), section: say("Allocation"),
        sectionID: "allocation")
    ]
  }

  /// Interventions net of their cost where the run has them; else the partners with most at risk.
  private static func visits(_ view: RunView) -> [Action] {
    if let plan = view.filled("retention_plan") {
      let (kind, id, region) = (plan.cells("kind"), plan.cells("id"), plan.cells("region"))
      let (intervention, net, cost) = (plan.cells("intervention"), plan.cells("net"), plan.cells("cost"))
      return (0..<plan.rowCount).map { row in
        Action(
          what: say(
            "\(Prose.word(kind.text(row))) \(id.text(row)) (\(region.text(row))): "
              + "\(Prose.word(intervention.text(row))) for \(NumberText.grouped(cost.number(row)))"),
          worth: net.number(row), meaning: say("expected saving, cost taken off"), section: say("Churn"),
          sectionID: "churn")
      }
    }
    guard let churn = ChurnFigures(view), let kind = churn.kinds.first else { return [] }
    // Someone who leaves no more likely than others is no case for a visit, however large.
    let rows = churn.rows(of: kind)
    let average = churn.expected(kind) / Double(max(1, rows.count))
    return rows.filter { $0.probability >= 2 * average }.map { row in
      let chance = NumberText.percent(row.probability, decimals: 0)
      return Action(
        what: row.reason.isEmpty
          ? say("Talk to \(row.id) (\(row.region)), chance of leaving \(chance)")
          : say(
            "Talk to \(row.id) (\(row.region)), chance of leaving \(chance): \(say(label: Prose.words(row.reason)))"),
        worth: row.atRisk, meaning: say("expected loss if nothing is done"), section: say("Churn"), sectionID: "churn")
    }
  }

  private static func stock(_ view: RunView) -> [Action] {
    (StockFigures(view)?.actions ?? []).prefix(perKind).map {
      Action(
        what: $0.sentence, worth: $0.saving, meaning: say("expected saving"), section: say("Stock actions"),
        sectionID: "stock")
    }
  }

  private static func alerts(_ view: RunView) -> [Action] {
    guard let alerts = view.filled("alerts") else { return [] }
    let (subject, level) = (alerts.cells("subject"), alerts.cells("level"))
    let (action, money) = (alerts.cells("action"), alerts.cells("money_at_stake"))
    return (0..<alerts.rowCount).filter { level.text($0) == "critical" && !action.text($0).isEmpty }.map { row in
      let name = subject.text(row).split(separator: ":", maxSplits: 1).last.map(String.init) ?? ""
      return Action(
        what: say("\(name): \(say(label: action.text(row)))"), worth: money.number(row),
        meaning: say("sales at stake in an alert"), section: say("Alerts"), sectionID: "alerts")
    }
  }

  private static func crossSelling(_ view: RunView) -> [Action] {
    guard let table = view.filled("cross_sell") else { return [] }
    let (partner, product) = (table.cells("partner_id"), table.cells("product_id"))
    let (because, margin) = (table.cells("because_of"), table.cells("expected_margin"))
    return (0..<table.rowCount).map { row in
      Action(
        what: say("Offer \(product.text(row)) to \(partner.text(row)), who sells \(because.text(row))"),
        worth: margin.number(row), meaning: say("expected margin"), section: say("Churn"), sectionID: "churn")
    }
  }

  private static func credit(_ view: RunView) -> [Action] {
    guard let table = view.filled("credit_extension") else { return [] }
    let (partner, region) = (table.cells("partner_id"), table.cells("region"))
    let (days, gain) = (table.cells("extra_days"), table.cells("gain"))
    return (0..<table.rowCount).map { row in
      Action(
        what: say(
          "Give \(partner.text(row)) (\(region.text(row))) \(NumberText.grouped(days.number(row))) days more to pay"),
        worth: gain.number(row), meaning: say("expected gain a year"), section: say("Credit and risk"),
        sectionID: "credit")
    }
  }

  private static func exits(_ view: RunView) -> [Action] {
    guard let table = view.filled("exit_case") else { return [] }
    let (partner, region) = (table.cells("partner_id"), table.cells("region"))
    let (advice, gain) = (table.cells("recommendation"), table.cells("gain"))
    return (0..<table.rowCount).filter { advice.text($0) == "exit" || advice.text($0) == "terminate" }.map { row in
      Action(
        what: say("End the contract with \(partner.text(row)) (\(region.text(row)))"), worth: gain.number(row),
        meaning: say("more than keeping it"), section: say("Partners"), sectionID: "partners")
    }
  }
}
