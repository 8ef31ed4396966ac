public import Tables

/// Findings about what a plan says, once it can be read.
public enum PlanCodes {
  public static let version = DiagnosticCode(
    "P001", "The plan is of another version",
    """
    `version: 1` is the plan format of this program. A plan of a later version may use keys that mean something else; \
    update Sluice, or write the plan for version 1.
    """)
  public static let unusedKey = DiagnosticCode(
    "P002", "No stage of this version uses the key",
    """
    The key belongs to the plan format and is kept in plan.resolved.yaml, but no stage reads it yet, so it changes \
    nothing. The run goes on without it.
    """)
  public static let unsupportedSource = DiagnosticCode(
    "P003", "The data source is not supported",
    """
    Tables are read from CSV files, plain or gzipped (`.csv`, `.tsv`, `.txt`, `.csv.gz`), and from sheets of workbooks: \
    `plan.xlsx`, or `plan.xlsx#Sheet name`. Export other formats to one of them.
    """)
  public static let floorAboveCap = DiagnosticCode(
    "P005", "A floor is above the cap",
    "The same region or spend type must receive at least the floor and at most the cap; no amount does both.")
  public static let unknownSpendType = DiagnosticCode(
    "P006", "A limit names a spend type that the plan does not list",
    "`budget.spend_types` lists what money may be spent on; a floor or cap for another one would have no effect.")
  public static let periodForm = DiagnosticCode(
    "P007", "A period does not fit the calendar",
    """
    The calendar's frequency says how long a period is; start, history_from and goals must be written so: `2026-01` \
    for months, `2026-W05` or a running number for weeks, `2026Q1` for quarters.
    """)
  public static let periodOrder = DiagnosticCode(
    "P008", "Periods are in the wrong order",
    "History comes before the first planned period, and goals are reached after it.")
  public static let name = DiagnosticCode(
    "P009", "The name or currency cannot be used",
    """
    The name becomes part of a folder's name: letters, digits, `-`, `_` and `.`, not beginning with a point, at most \
    80 characters. The currency is a code of three capital letters.
    """)
  public static let unknownScenario = DiagnosticCode(
    "P010", "The plan has no such scenario",
    "Scenarios are defined under `scenarios:` in the plan; `base` is the plan as it stands.")
  public static let scenarioCycle = DiagnosticCode(
    "P011", "Scenarios extend one another in a circle",
    "Following `extends` must end at a scenario that extends nothing, or at `base`.")
  public static let contradictingGoals = DiagnosticCode(
    "P012", "The goals contradict one another",
    """
    A city counts as open when at least one active partner works in it. Where partners serve one city each, fewer \
    partners than cities cannot open them all. Raise the number of partners, lower the number of cities, or expect \
    partners that serve several.
    """)
  public static let reservedKey = DiagnosticCode(
    "P013", "Scenarios cannot change this key",
    "A scenario is a patch on the settings; it cannot change `version`, `name` or the scenarios themselves.")
  public static let lockedFraction = DiagnosticCode(
    "P040", "A locked amount is no whole number of cents",
    "Budgets are divided in cents; an amount that must stay exactly as it is can have no smaller part.")

  public static let scenarioTwice = DiagnosticCode(
    "P018", "A scenario is written twice",
    """
    A further file of scenarios may not change those of the plan, and `base` is the plan as it stands: a comparison \
    would otherwise show two things under one name.
    """)
  public static let factorByDifference = DiagnosticCode(
    "P019", "A factor is changed by an amount",
    """
    `demand`, `supply`, `price` and `cost` hold factors, 1 where nothing is set. `+5` makes that 6, six times as much; \
    5 % more is `*1.05` or `+0.05`.
    """)
  public static let unknownFigure = DiagnosticCode(
    "P025", "There is no such key figure",
    "Key figures are those of kpis.csv, by their `name`. A stage that does not run gives none.")

  public static let notAScenario = DiagnosticCode(
    "P014", "A file of scenarios says something else",
    """
    A file that `--scenarios` names holds scenarios only, written as in a plan: `scenarios: {name: {set: {key: value}}}`.
    """)
  public static let sweep = DiagnosticCode(
    "P015", "The sweep cannot be understood",
    """
    A sweep names a value of the plan and where to take it: `budget.quarter=800000..1600000:9` for nine amounts from \
    800,000 to 1,600,000, `budget.quarter=*0.8..*1.2:5` for factors, `=-10..+10:5` for differences. At most 1,000 steps.
    """)
  public static let uncertainty = DiagnosticCode(
    "P016", "An uncertainty names no range",
    """
    `uncertainties: {name: {key: demand.east, low: "*0.8", high: "*1.2"}}`: the key that is uncertain, and what it is \
    set to (or by what it changes) at the low and at the high end.
    """)
  public static let twoLengths = DiagnosticCode(
    "P017", "A length is given twice",
    """
    How long the factors of `demand`, `supply`, `price` or `cost` hold is given in periods of the calendar or in months, \
    from the first planned period on; not in both.
    """)

  public static let all = [
    version, unusedKey, unsupportedSource, floorAboveCap, unknownSpendType, periodForm, periodOrder, name,
    unknownScenario, scenarioCycle, contradictingGoals, reservedKey, scenarioTwice, factorByDifference, unknownFigure,
    notAScenario, sweep, uncertainty,
    lockedFraction, twoLengths,
  ]
}
