public import ChannelTypes
import Foundation

/// What is out of order in the last month of the history: rules, tests, complaints and satisfaction, one alert per
/// subject and cause.
public struct AlertScan: Sendable {
  public var history: ChannelHistory
  public var demand: WatchedDemand
  /// Partners in the history's order; with everything that rules may ask for.
  public var partners: AlertObservations
  public var regions: AlertObservations
  /// Nil where there is no table of them.
  public var incidents: [Incident]?
  public var rules: [AlertRule]
  public var settings: AlertTestSettings
  public var seed: UInt64

  public init(
    history: ChannelHistory, demand: WatchedDemand, partners: AlertObservations, regions: AlertObservations,
    incidents: [Incident]? = nil, rules: [AlertRule] = [], settings: AlertTestSettings = AlertTestSettings(),
    seed: UInt64 = 1
  ) {
    self.history = history
    self.demand = demand
    self.partners = partners
    self.regions = regions
    self.incidents = incidents
    self.rules = rules
    self.settings = settings
    self.seed = seed
  }

  /// The month that is judged.
  public var month: Period { history.month(history.monthCount - 1) }

  /// Complexity: O(subjects · months · (operations of rules + 1)), and the simulation that sets thresholds.
  public func run() -> AlertResult {
    // 1. Tests, calibrated on the quiet part of this very history.
    let ladder = AlertLadder(settings)
    let thresholds = AlarmThresholds(
      [demand.course, demand.regionCourse], falseAlarms: settings.falseAlarms, seed: seed)
    let partnerAlarms = PanelAlarms(demand.course, thresholds, ladder)
    let regionAlarms = PanelAlarms(demand.regionCourse, thresholds, ladder)
    let causes = DemandCause(history: history, demand: demand, regions: regionAlarms.open)
    var alerts = demandAlerts(partnerAlarms.open, causes, thresholds)
    alerts += regionAlerts(regionAlarms.open, causes, thresholds)
    // 2. Rules.
    var result = AlertResult()
    for rule in rules {
      let (fired, rate) = apply(rule, causes, ladder)
      alerts += fired
      result.rates.append(rate)
      let seen = rule.scope == .partner ? partners : regions
      for quantity in rule.condition.quantities
      where !seen.isKnown(quantity) && !result.unknownQuantities.contains(quantity) {
        result.unknownQuantities.append(quantity)
      }
    }
    // 3. Complaints and satisfaction.
    let active = history.partners.indices.map { history.partners[$0].isActive && history.monthsActive(partner: $0) > 0 }
    if let incidents {
      result.complaints =
        ComplaintReview(incidents, monthCount: history.monthCount, active: active, settings: settings).causes
      alerts += complaintAlerts(result.complaints)
    }
    alerts += satisfactionAlerts(active)
    // 4. One alert per subject and cause, the worst first.
    result.alerts = Self.merged(alerts)
    result.rates += Self.rates(thresholds, [partnerAlarms, regionAlarms], budget: settings.falseAlarms)
    result.shifts = DemandShift.all(partners: partners, regions: regions, settings: settings)
    return result
  }

  // MARK: Tests

  private func demandAlerts(
    _ open: [Episode?], _ causes: DemandCause, _ thresholds: AlarmThresholds
  ) -> [Alert] {
    open.indices.compactMap { partner in
      guard let episode = open[partner], history.partners[partner].isActive else { return nil }
      let (cause, evidence) = causes.find(
        partner: partner, months: episode.start...episode.end, isFall: episode.test.isBelow)
      let price = causes.averagePrice(partner, max(0, history.monthCount - 12)..<history.monthCount)
      return alert(
        partners.subjects[partner], episode, demand.course, partner, cause, [evidence], price: price, thresholds)
    }
  }

  private func regionAlerts(
    _ open: [Episode?], _ causes: DemandCause, _ thresholds: AlarmThresholds
  ) -> [Alert] {
    open.indices.compactMap { region in
      guard let episode = open[region] else { return nil }
      let months = max(0, history.monthCount - 12)..<history.monthCount
      let members = history.partners.indices.filter { demand.regionOf[$0] == region }
      let (value, units) = members.reduce((0.0, 0.0)) { sum, partner in
        let cells = history.cells(partner: partner, months: months)
        let sold = history.sellOutUnits[cells].reduce(0, +)
        return sold > 0
          ? (sum.0 + history.sellOutValue[cells].total().double, sum.1 + sold)
          : (sum.0 + history.sellInValue[cells].total().double, sum.1 + history.sellInUnits[cells].reduce(0, +))
      }
      return alert(
        regions.subjects[region], episode, demand.regionCourse, region, .market, [], price: value / units, thresholds)
    }
  }

  private func alert(
    _ subject: String, _ episode: Episode, _ course: ExpectedCourse, _ series: Int, _ cause: Alert.Cause,
    _ evidence: [Alert.Evidence], price: Double, _ thresholds: AlarmThresholds
  ) -> Alert? {
    guard let level = episode.level else { return nil }
    func units(_ z: Double) -> Double {
      course.units(series: series, month: episode.end, z: z, level: episode.reference)
    }
    let actual = max(0, exp(min(course.logs[series * course.monthCount + episode.end], 700)) - 1)
    let direction = episode.test.isBelow ? "below" : "above"
    let length = episode.end - episode.start + 1
    var alert = Alert(
      subject: subject, period: month, level: level, rule: episode.test.rawValue,
      message: "demand \(percent(-episode.depth)) against what was to be expected, "
        + "\(length == 1 ? "one month" : "\(length) months") \(direction)",
      action: cause.action(isFall: episode.test.isBelow))
    alert.cause = cause
    alert.since = history.month(episode.start)
    alert.months = length
    (alert.actual, alert.expected) = (actual, units(0))
    (alert.expectedLow, alert.expectedHigh) = (units(-1.2816), units(1.2816))
    alert.size = -episode.depth
    let missing = (units(0) - actual) * price * 3
    if episode.test.isBelow, missing > 0 { alert.moneyAtStake = Money(rounding: min(missing, 1e12)) }
    alert.evidence =
      [
        .init("\(history.month(episode.end))", "\(one(actual)) units, \(one(units(0))) expected"),
        .init(
          episode.test.rawValue,
          "\(one(episode.statistic)) standard errors in \(history.month(episode.alarm)), alarm from "
            + "\(one(thresholds[episode.test]))"),
      ] + evidence
    return alert
  }

  private static func rates(
    _ thresholds: AlarmThresholds, _ panels: [PanelAlarms], budget: Double
  ) -> [AlertRate] {
    let judged = panels.reduce(0) { $0 + $1.judged }
    let unknown = panels.reduce(0) { $0 + $1.unknown }
    var rates = AlarmTest.allCases.indices.map { index in
      AlertRate(
        rule: AlarmTest.allCases[index].rawValue, judged: judged, unknown: unknown,
        fired: panels.reduce(0) { $0 + $1.fired[index] }, falseAlarms: thresholds.simulatedRates[index],
        budget: budget * AlarmTest.allCases[index].budgetShare, threshold: thresholds.values[index])
    }
    rates.append(
      AlertRate(
        rule: "all_tests", judged: judged, unknown: unknown, fired: panels.reduce(0) { $0 + $1.alarms },
        falseAlarms: thresholds.simulatedTotal, budget: budget))
    return rates
  }

  // MARK: Rules

  /// The alerts of one rule, and how often it fired in the whole history.
  private func apply(
    _ rule: AlertRule, _ causes: DemandCause, _ ladder: AlertLadder
  ) -> (alerts: [Alert], rate: AlertRate) {
    let seen = rule.scope == .partner ? partners : regions
    let holds = rule.condition.holds(in: seen)
    let months = seen.monthCount
    var rate = AlertRate(rule: rule.name, judged: 0, unknown: 0, fired: 0, place: rule.place)
    var alerts: [Alert] = []
    for subject in seen.subjects.indices {
      if rule.scope == .partner, !history.partners[subject].isActive { continue }
      var run = 0
      var asked = [Alert.Level?](repeating: nil, count: months)
      for month in 0..<months {
        let value = holds[subject * months + month]
        if value.isNaN { rate.unknown += 1 } else { rate.judged += 1 }
        run = value == 1 ? run + 1 : 0
        guard run >= rule.months else { continue }
        rate.fired += 1
        // Months beyond those that the rule waits for raise the level.
        asked[month] = max(rule.level, ladder.level(months: run - rule.months + 1, depth: 0))
      }
      guard run >= rule.months, let level = AlertLadder.climb(asked).last ?? nil else { continue }
      alerts.append(alert(rule, subject, level, months: run, seen, causes))
    }
    return (alerts, rate)
  }

  private func alert(
    _ rule: AlertRule, _ subject: Int, _ level: Alert.Level, months: Int, _ seen: AlertObservations,
    _ causes: DemandCause
  ) -> Alert {
    let last = seen.monthCount - 1
    func value(_ quantity: AlertQuantity) -> Double { seen.value(quantity, subject: subject, month: last) }
    var cause = rule.condition.quantities.first?.topic ?? .demand
    var evidence = rule.condition.quantities.map {
      Alert.Evidence($0.rawValue, "\(one(value($0))): \($0.meaning)")
    }
    let price = rule.scope == .partner ? causes.averagePrice(subject, max(0, last - 11)..<last + 1) : .nan
    if cause == .demand, rule.scope == .partner {
      let found = causes.find(partner: subject, months: max(0, last - months + 1)...last, isFall: true)
      cause = found.cause
      evidence.append(found.evidence)
    } else if cause == .demand {
      cause = .market
    }
    var alert = Alert(
      subject: seen.subjects[subject], period: month, level: level, rule: rule.name,
      message: "\(rule.condition.text)" + (months > 1 ? ", \(months) months in a row" : ""),
      action: rule.action ?? cause.action(isFall: true))
    alert.cause = cause
    alert.since = history.month(max(0, last - months + 1))
    alert.months = months
    alert.place = rule.place
    alert.evidence = evidence
    switch cause {
    case .demand, .market, .stockOut, .price, .promotion:
      (alert.actual, alert.expected) = (value(.sellOut).isNaN ? value(.orders) : value(.sellOut), value(.expected))
      (alert.expectedLow, alert.expectedHigh) = (value(.expectedLow), value(.expectedHigh))
      if alert.expected > 0 { alert.size = alert.actual / alert.expected - 1 }
      let missing = (alert.expected - alert.actual) * price * 3
      if missing > 0 { alert.moneyAtStake = Money(rounding: min(missing, 1e12)) }
    case .overstock:
      let held = value(.excessStockValue).isNaN ? value(.stockValue) : value(.excessStockValue)
      if held >= 0 { alert.moneyAtStake = Money(rounding: min(held, 1e12)) }
    default: break
    }
    return alert
  }

  // MARK: Complaints and satisfaction

  private func complaintAlerts(_ causes: [ComplaintCause]) -> [Alert] {
    causes.compactMap { cause in
      guard cause.isRising || cause.isRepeated else { return nil }
      let subject = cause.partner.map { partners.subjects[$0] } ?? "network"
      let isBoth = cause.isRising && cause.isRepeated
      var alert = Alert(
        subject: subject, period: month, level: isBoth ? .warn : .watch,
        rule: cause.isRepeated ? "repeat_unresolved" : "complaint_rate",
        message: "\(cause.type): \(cause.recent) cases in three months, \(one(cause.expected)) expected; "
          + "\(cause.unresolved) not settled", action: Alert.Cause.service.action(isFall: true))
      alert.cause = .service
      alert.evidence = [
        .init("cases of twelve months", "\(cause.count)"),
        .init("chance of so many", cause.chance.isNaN ? "unknown" : "\(one(cause.chance * 100)) %"),
        .init("not settled", "\(cause.unresolved)"),
      ]
      return alert
    }
  }

  private func satisfactionAlerts(_ active: [Bool]) -> [Alert] {
    let channels = Set(history.partners.map { $0.channelType ?? "" }).sorted()
    let groups = history.partners.indices.map { partner in
      active[partner] ? channels.firstIndex(of: history.partners[partner].channelType ?? "") ?? -1 : -1
    }
    let review = SatisfactionReview(
      partners[.satisfaction], monthCount: history.monthCount, groups: groups, settings: settings)
    return review.findings.map { finding in
      var alert = Alert(
        subject: partners.subjects[finding.partner], period: month,
        level: finding.fell && finding.isBelowPeers ? .critical : finding.fell ? .warn : .watch,
        rule: finding.fell ? "satisfaction_drop" : "satisfaction_peers",
        message: "satisfaction \(one(finding.value)), before \(one(finding.before)), peers \(one(finding.peers))",
        action: Alert.Cause.relationship.action(isFall: true))
      alert.cause = .relationship
      alert.evidence = [
        .init("satisfaction", one(finding.value)), .init("median of its own earlier values", one(finding.before)),
        .init("median of its peers", one(finding.peers)),
      ]
      return alert
    }
  }

  // MARK: One per subject and cause

  /// The worst alert of each subject and cause, with the names of the others; by level, money, subject and cause.
  static func merged(_ alerts: [Alert]) -> [Alert] {
    struct Key: Hashable {
      var subject: String
      var cause: Alert.Cause
    }
    var order: [Key] = []
    var groups: [Key: [Alert]] = [:]
    for alert in alerts {
      let key = Key(subject: alert.subject, cause: alert.cause)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(alert)
    }
    let merged = order.compactMap { key -> Alert? in
      guard let group = groups[key], var worst = group.first else { return nil }
      for alert in group.dropFirst() where alert.level > worst.level { worst = alert }
      for alert in group where alert.rule != worst.rule && !worst.others.contains(alert.rule) {
        worst.others.append(alert.rule)
        worst.evidence += alert.evidence
      }
      if worst.moneyAtStake == nil { worst.moneyAtStake = group.lazy.compactMap(\.moneyAtStake).first }
      return worst
    }
    return merged.sorted { left, right in
      if left.level != right.level { return left.level > right.level }
      let (money, other) = (left.moneyAtStake ?? .zero, right.moneyAtStake ?? .zero)
      if money != other { return money > other }
      return (left.subject, left.cause.rawValue) < (right.subject, right.cause.rawValue)
    }
  }
}

extension Alert.Cause {
  /// What is usually done; a rule of the plan may say otherwise.
  public func action(isFall: Bool) -> String {
    switch self {
    case .demand:
      isFall ? "visit the partner and find out why it sells less" : "check stock and supply for the higher demand"
    case .stockOut: "replenish, or transfer from a partner with too much"
    case .price: "compare its price with the region's, and with rivals'"
    case .market:
      isFall ? "review the region's targets and supply plan" : "raise the region's supply plan"
    case .promotion:
      isFall ? "wait for the end of the promotion's dip; look again next month" : "plan supply for the promotion's end"
    case .overstock: "stop deliveries; promote or transfer the surplus"
    case .service: "settle the open cases, and remove the cause of the most frequent type"
    case .relationship: "talk to the partner's management"
    case .performance: "agree on a plan for improvement"
    case .credit: "shorten terms or ask for prepayment"
    case .diversion: "check where the goods went, and apply the graded penalties"
    }
  }
}
