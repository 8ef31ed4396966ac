import Partners
import Specifications
import Tables

extension PlanDecoder {
  /// `alerts:` as a section with `rules` and `tests`, or as a mere list of rules.
  func alerts(in root: inout MappingCursor) -> AlertSettings? {
    switch root.shape(of: "alerts") {
    case .list:
      var settings = AlertSettings()
      settings.rules = Self.distinct(root.sections("alerts") { rule(&$0) }.compactMap(\.self))
      return settings
    default: return root.sectionIfPresent("alerts") { alerts(&$0) }
    }
  }

  private func alerts(_ cursor: inout MappingCursor) -> AlertSettings {
    var settings = AlertSettings()
    settings.rules = Self.distinct(cursor.sections("rules") { rule(&$0) }.compactMap(\.self))
    cursor.section("tests") { tests in
      let standard = settings.tests
      settings.tests.falseAlarms =
        tests.read("false_alarms_per_100", as: .number(.between(0.1, 50)), default: standard.falseAlarms).value
      tests.section("escalate") { escalate in
        settings.tests.warnMonths =
          escalate.read("warn_months", as: .integer(.between(1, 60)), default: standard.warnMonths).value
        settings.tests.criticalMonths =
          escalate.read("critical_months", as: .integer(.between(1, 60)), default: standard.criticalMonths).value
        settings.tests.warnDepth =
          escalate.read("warn_fall_pct", as: .number(.between(0, 100)), default: 100 * standard.warnDepth).value / 100
        settings.tests.criticalDepth =
          escalate.read("critical_fall_pct", as: .number(.between(0, 100)), default: 100 * standard.criticalDepth).value
          / 100
        if settings.tests.criticalMonths < settings.tests.warnMonths
          || settings.tests.criticalDepth < settings.tests.warnDepth
        {
          escalate.report(
            AlertsCodes.escalation, "an alert would be critical before it is a warning", at: escalate.origin,
            hint: "critical_months and critical_fall_pct are at least warn_months and warn_fall_pct")
        }
      }
      tests.section("complaints") { complaints in
        settings.tests.paretoShare =
          complaints.read("pareto_pct", as: .number(.between(1, 100)), default: 100 * standard.paretoShare).value / 100
        settings.tests.chance =
          complaints.read("chance_pct", as: .number(.between(0.001, 50)), default: 100 * standard.chance).value / 100
        settings.tests.repeats =
          complaints.read("repeats", as: .integer(.between(1, 1000)), default: standard.repeats).value
        settings.tests.repeatMonths =
          complaints.read("repeat_months", as: .integer(.between(1, 120)), default: standard.repeatMonths).value
      }
      settings.tests.satisfactionDrop =
        tests.read("satisfaction_drop", as: .number(.between(0, 100)), default: standard.satisfactionDrop).value
      settings.tests.stuffing =
        tests.read("stuffing_index", as: .number(.between(1.01, 100)), default: standard.stuffing).value
    }
    return settings
  }

  /// `{when: "orders < 0.6 * forecast.p50", level: warn, then: "visit", for: 2}`
  private func rule(_ cursor: inout MappingCursor) -> AlertRule? {
    let name = cursor.read("name", as: .text)?.value
    let when = cursor.require("when", as: .text, hint: "add `when:` with a condition such as \"score < 40\"")
    let level: Located<Alert.Level> = cursor.read("level", as: .choice, default: .warn)
    let action = cursor.read("then", as: .text)?.value
    let months = cursor.read("for", as: .integer(.between(1, 60)), default: 1)
    let scope: Located<AlertRule.Scope> = cursor.read("of", as: .choice, default: .partner)
    guard let when else { return nil }
    let condition: Condition
    do { condition = try Condition(when.value) } catch {
      let code = error.kind == .unknownName ? AlertsCodes.unknownName : AlertsCodes.condition
      cursor.report(
        code, "`\(cursor.name("when"))`: \(error.message)", at: cursor.place(error.offset, in: when), hint: error.hint,
        notes: error.kind == .unknownName ? ["`sluice explain \(code.id)` lists what a condition may use"] : [])
      return nil
    }
    if months.value > 1, let snapshot = condition.quantities.first(where: \.isSnapshot) {
      cursor.report(
        AlertsCodes.neverLong,
        "`\(snapshot.rawValue)` is only known for the last month, so the rule never holds for "
          + "\(months.value) months", at: months.place, hint: "remove `for`")
    }
    return AlertRule(
      name ?? "", condition, level: level.value, action: action, months: months.value, scope: scope.value,
      place: when.place)
  }

  /// Rules without a name are numbered; a name that stands twice gets its number as well.
  private static func distinct(_ rules: [AlertRule]) -> [AlertRule] {
    var taken: Set<String> = []
    return rules.enumerated().map { index, rule in
      var rule = rule
      if rule.name.isEmpty { rule.name = "rule_\(index + 1)" }
      if !taken.insert(rule.name).inserted { rule.name += "_\(index + 1)" }
      taken.insert(rule.name)
      return rule
    }
  }
}
