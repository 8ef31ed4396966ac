import ChannelTypes
public import Partners
import Tables

/// What is out of order: rules of the plan, months outside what was to be expected, breaks, complaints, satisfaction.
public struct AlertsStage: Stage {
  public static let name = StageName.alerts
  public static let requiredTables: [InputTable] = [.sales, .partners]
  public static let optionalTables: [InputTable] = [
    .incidents, .inventory, .customers, .orders, .deliveries, .receivables,
  ]
  public static let upstream: [StageName] = [.history]
  public static let optionalUpstream: [StageName] = [
    .forecast, .demand, .track, .scores, .stock, .incentives, .probation, .credit,
  ]
  public static let planSections = ["calendar", "alerts", "currency"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<AlertResult> {
    guard let settings = context.plan.alerts else {
      throw .skipped(Diagnostic(AlertsCodes.nothing, .note, "the plan has no section `alerts`"))
    }
    guard let history = context.result(of: HistoryStage.self), history.monthCount > 0 else {
      throw .skipped(Diagnostic(AlertsCodes.nothing, .note, "there are no months of sales"))
    }
    // 1. Everything that rules may ask for.
    let demand = WatchedDemand(history)
    let inputs = AlertsInputs(context, history)
    let incidents = inputs.incidents
    var partners = AlertObservations(partnersOf: history, demand, incidents: incidents)
    inputs.fill(&partners)
    let regions = AlertObservations(regionsOf: history, demand, partners: partners)
    // 2. Rules and tests.
    let scan = AlertScan(
      history: history, demand: demand, partners: partners, regions: regions, incidents: incidents,
      rules: settings.rules, settings: settings.tests, seed: context.seed)
    let result = scan.run()
    // 3. What people read.
    let tables = AlertsTables(result: result, history: history)
    var notes = result.unknownQuantities.map { quantity in
      Diagnostic(
        AlertsCodes.unknownQuantity, .note, "`\(quantity.rawValue)` is not known of anybody, so rules on it cannot fire"
      )
    }
    if !inputs.hasSatisfactionHistory, partners.isKnown(.satisfaction) {
      notes.append(
        Diagnostic(
          AlertsCodes.noHistory, .note, "satisfaction is known for one date only: partners are compared with peers"))
    }
    return StageOutput(
      result, tables: tables.all, indicators: Self.indicators(result, currency: context.plan.currency), notes: notes,
      traces: Self.traces(result))
  }

  private static func indicators(_ result: AlertResult, currency: String) -> [Indicator] {
    let counts = Alert.Level.allCases.map { level in
      Indicator(
        "alerts_\(level.rawValue)", "Alerts, \(level.rawValue)", Double(result.alerts.count { $0.level == level }),
        unit: "alerts", better: .lower)
    }
    let money = result.alerts.reduce(0) { $0 + ($1.moneyAtStake?.double ?? 0) }
    return counts + [Indicator("alerts_money", "Money at stake in alerts", money, unit: currency, better: .lower)]
  }

  /// One trace an alert: `alert:<rule>` of its subject.
  private static func traces(_ result: AlertResult) -> TraceBook {
    let alerts = result.alerts
    return TraceBook(count: alerts.count) { index in
      let alert = alerts[index]
      var steps = alert.evidence.map { Trace.Step($0.label, $0.detail) }
      if let place = alert.place {
        steps.insert(
          Trace.Step("rule", alert.message, from: [.plan(key: "alerts.rules", place: place)]), at: 0)
      }
      if alert.months > 1 || alert.since != nil {
        steps.append(Trace.Step("duration", "\(alert.months) months up to \(alert.period)"))
      }
      if let money = alert.moneyAtStake { steps.append(Trace.Step("money at stake", money.plainDescription)) }
      if !alert.others.isEmpty { steps.append(Trace.Step("also fired", alert.others.joined(separator: ", "))) }
      steps.append(
        Trace.Step(
          "action", alert.action,
          from: [.result(table: "alerts", condition: "subject = \(alert.subject), rule = \(alert.rule)")]))
      return Trace(
        alert.subject, "alert:\(alert.rule)", "Alert of \(alert.period): \(alert.message)", .word(alert.level.rawValue),
        steps: steps)
    }
  }
}
