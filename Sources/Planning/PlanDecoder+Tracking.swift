import ChannelTypes
import Partners
import Specifications
import Tables

extension PlanDecoder {
  func tracking(_ cursor: inout MappingCursor) -> TrackingSettings {
    var settings = TrackingSettings()
    settings.elastic = cursor.sectionIfPresent("elastic") { elastic(&$0) }
    settings.assessments = cursor.section("assess") { assess in
      TargetCube.Measure.allCases.compactMap { measure in
        let place = assess.origin(of: measure.rawValue).place
        return assess.sectionIfPresent(measure.rawValue) { assessment(&$0, measure, place) }
      }
    }
    settings.dueDays =
      cursor.read("assess_due_days", as: .integer(.between(0, 366)), default: settings.dueDays).value
    settings.assurance = cursor.read(
      "assurance_pct", as: .percent(.between(Percent(1), Percent(99))), default: settings.assurance.value)
    settings.prepaymentKinds = cursor.list("prepayment_kinds", of: .choice, default: settings.prepaymentKinds).map(
      \.value)
    settings.stuckMonths = cursor.read(
      "stuck_months", as: .integer(.between(1, 120)), default: settings.stuckMonths.value)
    return settings
  }

  private func elastic(_ cursor: inout MappingCursor) -> ElasticSettings {
    var settings = ElasticSettings()
    let drop = cursor.read("drop_pct", as: .percent(), default: settings.rule.trigger)
    settings.rule.trigger = drop.value
    settings.place = drop.place == .default ? cursor.origin(of: "drop_pct").place : drop.place
    settings.rule.triggerByMaturity = cursor.section("maturity") { maturity in
      var triggers: [String: Percent] = [:]
      for word in ["emerging", "growing", "mature"] { triggers[word] = maturity.read(word, as: .percent())?.value }
      return triggers
    }
    settings.rule.volatility = cursor.read("volatility", as: .number(.between(0, 100)))?.value
    // An exact decimal with four digits.
    let elasticity = cursor.read("elasticity", as: .number(.between(0, 10)), default: 1)
    settings.rule.elasticityTenThousandths = Int64((elasticity.value * 10_000).rounded())
    settings.rule.floor = cursor.read("floor_pct", as: .percent(), default: settings.rule.floor).value
    settings.rule.linksReward = cursor.read("link_reward", as: .flag, default: settings.rule.linksReward).value
    settings.rule.rewardSteps = rewardSteps(&cursor)
    if !settings.rule.linksReward, !settings.rule.rewardSteps.isEmpty {
      cursor.report(
        TrackCodes.unusedRewards, "`rewards` has steps, but `link_reward: false` leaves rewards as they are",
        severity: .warning, at: cursor.origin(of: "rewards"), hint: "remove one of the two")
    }
    settings.months = cursor.read("months", as: .integer(.between(1, 12)), default: settings.months.value)
    return settings
  }

  /// `rewards: [{drop_pct: 15, coefficient_pct: 90}]`: ascending falls, coefficients that do not rise with them.
  private func rewardSteps(_ cursor: inout MappingCursor) -> [ElasticRule.RewardStep] {
    var steps: [ElasticRule.RewardStep] = []
    var places: [SourcePlace] = []
    _ = cursor.sections("rewards") { step in
      let drop = step.require("drop_pct", as: .percent())
      let coefficient = step.require("coefficient_pct", as: .percent())
      guard let drop, let coefficient else { return }
      steps.append(.init(drop: drop.value, coefficient: coefficient.value))
      places.append(drop.place)
    }
    for index in steps.indices.dropFirst() {
      let (before, now) = (steps[index - 1], steps[index])
      guard now.drop <= before.drop || now.coefficient > before.coefficient else { continue }
      cursor.report(
        TrackCodes.rewardSteps,
        "rewards after a fall of \(now.drop) % must follow a smaller fall and pay no more than the step before",
        at: places[index], hint: "list falls from small to large, coefficients from large to small",
        notes: ["the step before is written at \(places[index - 1])"])
    }
    return steps
  }

  /// `{every: [month, quarter], by: [sales, channel]}`; every month where nothing is said.
  private func assessment(
    _ cursor: inout MappingCursor, _ measure: TargetCube.Measure, _ place: SourcePlace
  ) -> AssessmentRule {
    let words: [String: PeriodForm] = ["month": .month, "quarter": .quarter, "year": .year]
    let every = cursor.oneOrMore("every", of: .word(of: ["month", "quarter", "year"]))
    let departments = cursor.oneOrMore("by", of: .text)
    let forms = every.compactMap { words[$0.value] }
    return AssessmentRule(
      measure, every: forms.isEmpty ? [.month] : forms, departments: departments.map(\.value), place: place)
  }
}
