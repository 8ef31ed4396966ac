public import ChannelTypes
public import Specifications
public import Tables

/// What is to be computed, decoded from the plan file and its layers.
///
/// Every property has the default that a plan without the key gets, so that a section can be built in code as well.
/// `Plan.load` reads a file; `canonicalText(sections:)` is what a stage's input hash covers.
public struct Plan: Sendable {
  /// Names the output folder.
  public var name = "plan"
  /// The scenario that was applied; `base` where none was asked for.
  public var scenario = "base"
  /// The scenarios that the plan defines, in its order.
  public var scenarioNames: [String] = []
  /// ISO 4217 code of all amounts.
  public var currency = "CNY"
  /// The language of the report and of what is printed, where the command line names none.
  public var language = Language.english
  /// The seed of every random draw.
  public var seed: UInt64 = 1
  public var calendar = CalendarSettings()
  /// The tables that the plan names, with the mapping of their columns.
  public var data: [InputTable: TableReference] = [:]
  /// Levels from coarse to fine below the total; every level is forecast and coherent.
  public var hierarchy: [HierarchyLevel] = [.region, .city, .partner]
  public var goals = Goals()
  public var forecast = ForecastSettings()
  public var churn = ChurnSettings()
  public var value = ValueSettings()
  /// Nil where the plan has no budget to place.
  public var budget: BudgetSettings?
  public var credit: CreditSettings?
  public var inventory = InventorySettings()
  public var shortage = ShortageSettings()
  /// Nil where the plan states no annual targets.
  public var targets: TargetSettings?
  public var demand = DemandSettings()
  public var supply = SupplySettings()
  public var price = PriceSettings()
  /// Unit costs against those of today.
  public var cost = NamedFactors()
  public var risk = RiskSettings()
  /// Nil where the plan has no such section; its stages are skipped then.
  public var incentives: IncentiveSettings?
  public var scorecard: ScorecardSettings?
  public var probation: ProbationSettings?
  public var alerts: AlertSettings?
  /// What a tornado takes through its range.
  public var uncertainties: [UncertaintySettings] = []

  /// Every value as it was read; empty for a plan that was built in code.
  var resolved = ResolvedDocument([])
  /// The lines of the plan's files, for findings that cite a value.
  var source = SourceText()

  public init() {}
}

/// A level of the network below the total.
public enum HierarchyLevel: String, Sendable, Hashable, CaseIterable { case region, city, partner }

/// `calendar:` what a period is and which are planned.
public struct CalendarSettings: Sendable {
  /// The length of a period; also gives running numbers (`frequency: week` with weeks 40…160) their meaning.
  public var frequency = Frequency.month
  /// The first planned period; nil for the one after the last period of the sales table.
  public var start: Located<Period>?
  /// Earlier periods are not read; nil for all.
  public var historyFrom: Located<Period>?
  /// Whose holidays move demand; nil for none.
  public var holidays: HolidayCalendar?

  public init() {}
}

/// A country's holidays and sales events.
public enum HolidayCalendar: String, Sendable, Hashable, CaseIterable {
  /// Lunar New Year, adjusted working days, 618, 11.11.
  case cn
}

/// `goals:` what the network should reach; checked for contradiction, shown beside the forecast.
public struct Goals: Sendable {
  /// Revenue in one month, in the plan's currency.
  public var revenuePerMonth: Located<Money>?
  /// Partners that order.
  public var activePartners: Located<Int>?
  /// Cities with at least one active partner.
  public var citiesOpen: Located<Int>?
  /// The period by which the goals are to be reached.
  public var by: Located<Period>?

  public init() {}
}
