import ChannelTypes
import Specifications
import Tables

/// Turns the sections of a plan file into a `Plan`. Defaults are those of the properties.
struct PlanDecoder {
  let folder: PlanFolder

  func decode(_ root: inout MappingCursor) -> Plan {
    var plan = Plan()
    version(&root)
    plan.name = root.read("name", as: .text.checked(Self.nameComplaint), default: plan.name).value
    plan.currency = root.read("currency", as: .text.checked(Self.currencyComplaint), default: plan.currency).value
    plan.language = root.read("language", as: .choice, default: plan.language).value
    plan.seed = UInt64(root.read("seed", as: .integer(.atLeast(0)), default: Int(plan.seed)).value)
    plan.calendar = root.section("calendar") { calendar(&$0, plan.calendar) }
    let numbers = plan.calendar.frequency == .week
    plan.data = root.section("data") { DataDecoder(folder: folder, periodsAreNumbers: numbers).decode(&$0) }
    plan.hierarchy = root.list("hierarchy", of: .choice, default: plan.hierarchy).map(\.value)
    plan.goals = root.section("goals") { goals(&$0, numbers) }
    plan.forecast = root.section("forecast") { forecast(&$0, plan.forecast) }
    plan.churn = root.section("churn") { churn(&$0, plan.churn) }
    plan.value = root.section("value") { value(&$0, plan.value) }
    plan.budget = root.sectionIfPresent("budget") { budget(&$0) } ?? nil
    plan.inventory = root.section("inventory") { inventory(&$0, plan.inventory) }
    plan.shortage = root.section("shortage") { shortage(&$0, plan.shortage) }
    plan.credit = root.sectionIfPresent("credit") { credit(&$0) }
    plan.targets = root.sectionIfPresent("targets") { targets(&$0) }
    let frequency = plan.calendar.frequency
    plan.demand = root.section("demand") { demand(&$0, frequency) }
    plan.supply = root.section("supply") { supply(&$0, frequency) }
    plan.price = root.section("price") { price(&$0, frequency) }
    plan.cost = root.section("cost") { cost(&$0, frequency) }
    plan.risk = root.section("risk") { risk(&$0) }
    plan.incentives = root.sectionIfPresent("incentives") { incentives(&$0) }
    plan.scorecard = root.sectionIfPresent("scorecard") { scorecard(&$0) }
    plan.probation = root.sectionIfPresent("probation") { probation(&$0) }
    plan.alerts = alerts(in: &root)
    plan.uncertainties = root.section("uncertainties") { uncertainties(&$0) }
    scenarios(&root)
    unused(&root, ["coverage"])
    PlanChecks(plan: plan).report(to: &root)
    return plan
  }

  private func version(_ root: inout MappingCursor) {
    let version = root.read("version", as: .integer(), default: 1)
    guard version.value != 1 else { return }
    root.report(
      PlanCodes.version, "this program reads plans of version 1, not \(version.value)", at: root.origin(of: "version"),
      hint: "write `version: 1`")
  }

  private func unused(_ cursor: inout MappingCursor, _ keys: [String]) {
    cursor.acceptUnused(keys, code: PlanCodes.unusedKey, hint: "the run goes on without it")
  }

  // MARK: Sections

  private func calendar(_ cursor: inout MappingCursor, _ standard: CalendarSettings) -> CalendarSettings {
    var calendar = standard
    calendar.frequency = cursor.read("frequency", as: .choice, default: standard.frequency).value
    let period = ScalarFormat.period(asNumbers: calendar.frequency == .week)
    calendar.start = cursor.read("start", as: period)
    calendar.historyFrom = cursor.read("history_from", as: period)
    calendar.holidays = cursor.read("holidays", as: .choice)?.value
    unused(&cursor, ["months"])
    return calendar
  }

  private func goals(_ cursor: inout MappingCursor, _ periodsAreNumbers: Bool) -> Goals {
    var goals = Goals()
    goals.revenuePerMonth = cursor.read("revenue_per_month", as: Self.amount)
    goals.activePartners = cursor.read("active_partners", as: Self.count)
    goals.citiesOpen = cursor.read("cities_open", as: Self.count)
    goals.by = cursor.read("by", as: .period(asNumbers: periodsAreNumbers))
    return goals
  }

  private func forecast(_ cursor: inout MappingCursor, _ standard: ForecastSettings) -> ForecastSettings {
    var forecast = standard
    forecast.measure = cursor.read("measure", as: .choice, default: standard.measure).value
    forecast.horizon = cursor.read("horizon", as: .integer(.between(1, 1000)), default: standard.horizon).value
    let levels = cursor.list("levels", of: .integer(.strictlyBetween(0, 100)), default: standard.levels)
    forecast.levels = levels.map(\.value).sorted()
    forecast.models = models(&cursor)
    forecast.drivers = cursor.list("drivers", of: .text)
    forecast.events = cursor.read("events", as: .choice)?.value
    forecast.nonnegative = cursor.read("nonnegative", as: .flag, default: standard.nonnegative).value
    forecast.reconcile = cursor.read("reconcile", as: .choice, default: standard.reconcile).value
    forecast.select = cursor.section("select") { cursor in
      var select = standard.select
      select.metric = cursor.read("metric", as: .choice, default: select.metric).value
      select.windows = cursor.read("windows", as: .integer(.between(1, 100)), default: select.windows).value
      select.step = cursor.read("step", as: .integer(.between(1, 1000)), default: select.step).value
      return select
    }
    unused(&cursor, ["overrides"])
    return forecast
  }

  private func models(_ cursor: inout MappingCursor) -> ModelChoice {
    if cursor.shape(of: "models") == .list {
      let names: [Located<ForecastModelName>] = cursor.list("models", of: .choice)
      return names.isEmpty ? .auto : .list(names.map(\.value))
    }
    let words = ForecastModelName.allCases.map(\.rawValue)
    let word = cursor.read("models", as: .word(of: words, "auto or a list of models"), default: "auto")
    // Alone, the word leaves the whole choice to the engine; in a list it is one candidate of several.
    guard word.value != ForecastModelName.automatic.rawValue else { return .auto }
    return ForecastModelName(rawValue: word.value).map { .list([$0]) } ?? .auto
  }

  private func churn(_ cursor: inout MappingCursor, _ standard: ChurnSettings) -> ChurnSettings {
    var churn = standard
    churn.horizon = cursor.read("horizon", as: .integer(.between(1, 120)), default: standard.horizon).value
    cursor.section("partner") { partner in
      churn.partnerInactivePeriods =
        partner.read("inactive_periods", as: .integer(.between(1, 120)), default: standard.partnerInactivePeriods).value
    }
    churn.valueMonths =
      cursor.read(
        "value_months", as: .integer(.between(1, 240)), default: standard.valueMonths
      ).value
    churn.discount = cursor.read("discount_pct", as: .percent(), default: standard.discount).value
    churn.interventions = cursor.sections("interventions") { intervention(&$0) }.compactMap(\.self)
    return churn
  }

  private func intervention(_ cursor: inout MappingCursor) -> InterventionSettings? {
    let name = cursor.require("name", as: .text)
    let cost = cursor.require("cost", as: Self.amount)
    let saves = cursor.require("saves", as: .number(.between(0, 1)))
    let target: Located<InterventionSettings.Target>? = cursor.require("applies_to", as: .choice)
    guard let name, let cost, let saves, let target else { return nil }
    return InterventionSettings(name: name.value, cost: cost.value, saves: saves.value, appliesTo: target.value)
  }

  func amounts(_ cursor: inout MappingCursor) -> AmountList {
    var entries: [(id: String, amount: Located<Money>)] = []
    var places: [String: SourcePlace] = [:]
    for id in cursor.keys {
      guard let amount = cursor.require(id, as: Self.amount) else { continue }
      entries.append((id, amount))
      places[id] = cursor.origin(of: id).place
    }
    return AmountList(entries, idPlaces: places)
  }

  /// The scenarios were applied before; here only their keys are checked.
  // MARK: Formats and checks of single values

  /// Up to a trillion, so that sums of amounts stay in range.
  static let amount = ScalarFormat.money(.between(.zero, Money(1_000_000_000_000)))
  private static let count = ScalarFormat.integer(.between(0, 1_000_000_000))

  private static func nameComplaint(_ name: String) -> ScalarFormat<String>.Complaint? {
    let isAllowed = name.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "-_.".unicodeScalars.contains(scalar)
    }
    guard !isAllowed || name.hasPrefix(".") || name.count > 80 else { return nil }
    return .init(
      PlanCodes.name, .error, "`\(name.prefix(80))` cannot name a folder", hint: "use letters, digits, `-` and `_`")
  }

  private static func currencyComplaint(_ code: String) -> ScalarFormat<String>.Complaint? {
    if code.utf8.count == 3, code.utf8.allSatisfy({ (65...90).contains($0) }) { return nil }
    return .init(PlanCodes.name, .error, "`\(code)` is not a currency code", hint: "three capital letters, such as CNY")
  }
}
