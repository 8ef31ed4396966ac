import ChannelTypes
import Specifications
import Tables

/// What must hold between the values of a plan, once each of them can be read.
struct PlanChecks {
  let plan: Plan

  func report(to root: inout MappingCursor) {
    checkPeriods(&root)
    checkGoals(&root)
    if let budget = plan.budget { checkBudget(budget, &root) }
  }

  private func checkPeriods(_ root: inout MappingCursor) {
    let calendar = plan.calendar
    let named = [
      ("calendar.start", calendar.start), ("calendar.history_from", calendar.historyFrom), ("goals.by", plan.goals.by),
    ]
    for case (let name, let period?) in named where name != "goals.by" {
      guard let frequency = period.value.form.frequency, frequency != calendar.frequency else { continue }
      root.report(
        PlanCodes.periodForm,
        "`\(name)` is a \(frequency.rawValue), but the calendar counts in \(calendar.frequency.rawValue)s",
        at: period.place, hint: "write it like \(Self.example(calendar.frequency))")
    }
    if let start = calendar.start, let from = calendar.historyFrom, start.value.form == from.value.form,
      from.value >= start.value
    {
      root.report(
        PlanCodes.periodOrder, "history begins in \(from.value), after the plan starts in \(start.value)",
        at: from.place,
        hint: "history_from must be before start", notes: ["the start is written at \(start.place)"])
    }
    if let start = calendar.start, let by = plan.goals.by, start.value.form == by.value.form, by.value < start.value {
      root.report(
        PlanCodes.periodOrder, "the goals are to be reached by \(by.value), before the plan starts in \(start.value)",
        severity: .warning, at: by.place, hint: "move `by` or `start`",
        notes: ["the start is written at \(start.place)"])
    }
  }

  private static func example(_ frequency: Frequency) -> String {
    switch frequency {
    case .day: "2026-01-31"
    case .week: "2026-W05"
    case .month: "2026-01"
    case .quarter: "2026Q1"
    case .year: "2026"
    }
  }

  private func checkGoals(_ root: inout MappingCursor) {
    guard let partners = plan.goals.activePartners, let cities = plan.goals.citiesOpen,
      partners.value < cities.value, partners.value > 0
    else { return }
    let tenths = (cities.value * 10 + partners.value - 1) / partners.value
    root.report(
      PlanCodes.contradictingGoals,
      "goals: \(partners.value) partners cannot cover \(cities.value) cities at one city each"
        + " (\(tenths / 10).\(tenths % 10) needed)", severity: .warning, at: partners.place,
      hint: "raise active_partners, lower cities_open, or expect partners that serve several cities",
      notes: ["the cities are written at \(cities.place)"])
  }

  private func checkBudget(_ budget: BudgetSettings, _ root: inout MappingCursor) {
    for (name, floors, caps) in [
      ("region", budget.floors.region, budget.caps.region),
      ("spend_type", budget.floors.spendType, budget.caps.spendType),
    ] {
      for (id, floor) in floors.entries {
        guard let cap = caps[id], floor.value > cap.value else { continue }
        root.report(
          PlanCodes.floorAboveCap,
          "\(name) `\(id)`: the floor \(floor.value.plainDescription) is above the cap \(cap.value.plainDescription)",
          at: floor.place, hint: "lower the floor or raise the cap", notes: ["the cap is written at \(cap.place)"])
      }
    }
    let locks = [budget.locked.region, budget.locked.spendType].flatMap { $0.entries.map(\.amount) }
    for amount in locks + budget.locked.cells.map(\.amount) where amount.value != amount.value.rounded(decimals: 2) {
      root.report(
        PlanCodes.lockedFraction, "the locked amount \(amount.value.plainDescription) is no whole number of cents",
        at: amount.place, hint: "round it to two decimals")
    }
    guard !budget.spendTypes.isEmpty else { return }
    let known = budget.spendTypes.map(\.value)
    for (id, place) in budget.namedSpendTypes where !known.contains(id) {
      root.report(
        PlanCodes.unknownSpendType, "`\(id)` is not among the plan's spend types", at: place,
        hint: Suggestion.hint(for: id, among: known))
    }
  }
}
