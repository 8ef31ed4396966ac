import Allocation
import ChannelTypes
import Partners
import Specifications
import Tables

/// The arithmetic behind orders, transfers and promotions, turnover days and the factors of the links.
struct StockTraces: Sendable {
  private let problem: InventoryProblem
  private let solution: InventorySolution
  private let report: StandingReport
  /// Where the count of each item is written.
  private let places: [SourcePlace?]
  private let acting: [Int]
  /// What comes from other partners, by the item that receives it.
  private let incoming: [Int: [InventorySolution.Transfer]]

  /// Beyond so many items the file is named without lines: finding them would cost more than all the rest.
  private static let mostPlaces = 20_000

  init(
    _ context: StageContext, _ position: StockPosition, _ problem: InventoryProblem, _ solution: InventorySolution,
    _ report: StandingReport
  ) {
    (self.problem, self.solution, self.report) = (problem, solution, report)
    let source = context.table(.inventory)?.source
    if position.facts.count <= Self.mostPlaces, let source {
      places = source.locate(position.facts.map { ($0.row, "on_hand") }).map(\.place)
    } else {
      places = [SourcePlace?](repeating: source.map { SourcePlace(file: $0.file) }, count: position.facts.count)
    }
    incoming = Dictionary(grouping: solution.transfers, by: \.receiver)
    acting = solution.lines.indices.filter { solution.lines[$0].action != .none }
  }

  var book: TraceBook {
    let partners = report.standings.all.count
    return TraceBook(joining: [
      TraceBook(count: partners) { turnoverDays($0) },
      TraceBook(count: partners) { factor($0, .rebate) },
      TraceBook(count: partners) { factor($0, .creditLimit) },
      TraceBook(count: acting.count) { action(acting[$0]) },
    ])
  }

  private func subject(_ partner: String) -> String { "partner:" + partner }

  private func row(_ index: Int) -> Trace.Source {
    let item = problem.items[index]
    return .rows(
      table: "inventory", condition: "partner_id = \(item.partner), product_id = \(item.product), latest snapshot",
      count: 1, first: places[index])
  }

  // MARK: Standing

  private func turnoverDays(_ index: Int) -> Trace {
    let standing = report.standings.all[index]
    let range = report.ranges[index]
    let sold = range.reduce(0) { sum, item in
      sum + problem.items[item].meanPerDay * (problem.items[item].unitCost?.double ?? 0)
    }
    let rate = Trace.Step(
      "expected sales a day", "\(tabled(sold).written) at cost",
      from: [.result(table: "inventory_actions", condition: "partner_id = \(standing.partner)")])
    guard sold > 0 else {
      return Trace(
        subject(standing.partner), "turnover_days", "Days of stock", .word("no sales are expected"), steps: [rate])
    }
    let steps = range.compactMap { item -> Trace.Step? in
      guard let value = StandingReport.value(problem.items[item]), value > .zero else { return nil }
      return Trace.Step(
        problem.items[item].product, "\(value) ÷ \(tabled(sold).written)", amount: .number(value.double / sold),
        from: [row(item)])
    }
    return Trace(
      subject(standing.partner), "turnover_days", "Days of stock", .number(standing.turnoverDays), unit: "days",
      steps: [rate] + steps)
  }

  private func factor(_ index: Int, _ target: StockLinks.Target) -> Trace {
    let standing = report.standings.all[index]
    let value = target == .rebate ? standing.rebateFactor : standing.creditFactor
    func percent(_ value: Percent) -> Double { Double(value.tenThousandths) / 10_000 }
    var steps = [Trace.Step("before the links", "100 %", amount: .number(100))]
    if let links = report.settings.links, links.targets.contains(target) {
      steps += standing.steps.map { step in
        var sources: [Trace.Source] = [.plan(key: step.key, place: step.place)]
        if step.key.hasSuffix(StockLink.Measure.turnoverDays.rawValue) {
          sources.append(.trace(subject: subject(standing.partner), item: "turnover_days"))
        } else if step.reached != nil {
          sources.append(.result(table: "partner_stock", condition: "partner_id = \(standing.partner)"))
        }
        return Trace.Step(
          step.key, step.reason + (step.reached == nil ? "" : ": × \(step.factor) %"),
          amount: .number(percent(step.after) - percent(step.before)), from: sources)
      }
    } else {
      steps.append(
        Trace.Step("not linked", "the plan applies no link to this", from: [.plan(key: "inventory.links", place: nil)]))
    }
    let isRebate = target == .rebate
    return Trace(
      subject(standing.partner), isRebate ? "rebate_factor" : "credit_factor",
      isRebate ? "What stock makes of rebates" : "What stock makes of the credit limit", .number(percent(value)),
      unit: "%", steps: steps)
  }

  // MARK: Actions

  private func action(_ index: Int) -> Trace {
    let (item, line) = (problem.items[index], solution.lines[index])
    let steps =
      switch line.action {
      case .replenish: replenishment(index)
      case .receive: receipts(index)
      case .transfer, .promote, .none: surplus(index)
      }
    return Trace(
      subject(item.partner), "stock:" + item.product, "Stock action: \(line.action.rawValue) \(item.product)",
      .number(Double(line.units)), unit: "units",
      steps: steps + [
        Trace.Step(
          "why", line.reason,
          from: [
            .result(
              table: "inventory_actions", condition: "partner_id = \(item.partner), product_id = \(item.product)")
          ])
      ])
  }

  /// level − stock − on order − received = missing; rounded up to packs; cut to what the plan's limits leave.
  private func replenishment(_ index: Int) -> [Trace.Step] {
    let (item, line) = (problem.items[index], solution.lines[index])
    let received = Double(line.received)
    let missing = line.levels.orderUpTo - item.onHand - item.onOrder - received
    let wanted = Replenishment.units(
      upTo: line.levels.orderUpTo, onHand: item.onHand + received, onOrder: item.onOrder,
      minimumOrder: item.minimumOrder, pack: item.pack)
    let settings = report.settings
    var steps = [
      Trace.Step(
        "order up to",
        "demand of \(tabled(item.leadTimeDays + problem.policy.reviewDays).written) days, met with chance "
          + "\(settings.serviceLevel.value.written)", amount: .number(line.levels.orderUpTo),
        from: [
          .plan(key: "inventory.service_level", place: settings.serviceLevel.place),
          .plan(key: "inventory.review_days", place: settings.reviewDays.place),
          .result(table: "forecast", condition: "partner_id = \(item.partner), product_id = \(item.product)"),
        ]),
      Trace.Step("on hand", amount: .number(-item.onHand), from: [row(index)]),
      Trace.Step("on order", amount: .number(-item.onOrder), from: [row(index)]),
    ]
    if line.received > 0 { steps += receipts(index, sign: -1) }
    steps.append(
      Trace.Step(
        "whole packs", "at least \(item.minimumOrder), a multiple of \(item.pack)",
        amount: .number(Double(wanted) - missing), from: [row(index)]))
    if wanted != line.units {
      steps.append(
        Trace.Step(
          "limits of all orders", "inventory.budget and inventory.space leave \(line.units) of \(wanted)",
          amount: .number(Double(line.units - wanted)),
          from: [
            .plan(key: "inventory.budget", place: settings.budget?.place),
            .plan(key: "inventory.space", place: settings.space?.place),
          ]))
    }
    return steps
  }

  /// What comes from other partners.
  private func receipts(_ index: Int, sign: Double = 1) -> [Trace.Step] {
    (incoming[index] ?? []).map { transfer in
      Trace.Step(
        "from \(problem.items[transfer.giver].partner)", amount: .number(sign * Double(transfer.units)),
        from: [.trace(subject: subject(problem.items[transfer.giver].partner), item: "stock:" + transfer.product)])
    }
  }

  /// stock − upper line = surplus, of which a part is moved or promoted.
  private func surplus(_ index: Int) -> [Trace.Step] {
    let (item, line) = (problem.items[index], solution.lines[index])
    let surplus = item.onHand - line.levels.upper
    let settings = report.settings
    let rest = line.action == .transfer ? "promoted \(line.promoted), or kept" : "moved \(line.sent), or kept"
    return [
      Trace.Step("on hand", amount: .number(item.onHand), from: [row(index)]),
      Trace.Step(
        "upper line",
        "\(tabled(problem.policy.upperCoverDays).written) days of expected demand, or the order-up-to level",
        amount: .number(-line.levels.upper),
        from: [.plan(key: "inventory.upper.cover_days", place: settings.upperCoverDays.place)]),
      Trace.Step("the rest of the surplus", rest, amount: .number(Double(line.units) - surplus)),
    ]
  }
}
