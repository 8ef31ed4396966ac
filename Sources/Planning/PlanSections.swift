public import ChannelTypes
public import Specifications
public import Tables

/// `forecast:` what is forecast, how far, and how the model of each series is chosen.
public struct ForecastSettings: Sendable {
  /// The column of the sales table that is forecast.
  public var measure = Measure.sellOutQuantity
  /// Periods ahead; at least 1.
  public var horizon = 12
  /// Central intervals in percent, ascending, each between 0 and 100 exclusive.
  public var levels = [50, 80, 95]
  public var models = ModelChoice.auto
  /// Columns of the sales table (its own or extra ones) that the driver regression may use.
  public var drivers: [Located<String>] = []
  /// Whose sales events enter the driver regression; nil for none.
  public var events: HolidayCalendar?
  public var select = ModelSelection()
  /// Holds forecasts and quantiles at zero or above.
  public var nonnegative = true
  /// How the forecasts of the levels under `hierarchy:` are made to add up.
  public var reconcile = ReconcileMethod.bottomUp

  public init() {}

  /// The quantiles of the output in ascending order, the median among them: `p025` is 0.025.
  public var quantiles: [(column: String, probability: Double)] {
    let lower = levels.sorted(by: >).map { (100 - $0) * 5 }
    let perMille = lower + [500] + lower.reversed().map { 1000 - $0 }
    return perMille.map { (Self.quantileColumn(perMille: $0), Double($0) / 1000) }
  }

  /// `p025` for 25, `p10` for 100, `p50` for 500: at least two digits.
  static func quantileColumn(perMille: Int) -> String {
    var digits = String(repeating: "0", count: max(0, 3 - String(perMille).count)) + String(perMille)
    if digits.hasSuffix("0") { digits.removeLast() }
    return "p" + digits
  }
}

/// How forecasts of regions, cities, partners and products are made to add up with those of single series.
public enum ReconcileMethod: String, Sendable, Hashable, CaseIterable {
  /// `mint_shrink` where it was better than `bottom_up` on held-out periods, else `bottom_up`.
  case auto
  case bottomUp = "bottom_up"
  case topDown = "top_down"
  case ols
  case structural = "wls_struct"
  case variance = "wls_var"
  case minimumTrace = "mint_shrink"
}

/// What is counted as demand.
public enum Measure: String, Sendable, Hashable, CaseIterable {
  case sellOutQuantity = "sell_out_qty"
  case sellInQuantity = "sell_in_qty"
  case sellOutValue = "sell_out_value"
  case sellInValue = "sell_in_value"
}

/// Which models compete for a series.
public enum ModelChoice: Sendable, Hashable {
  /// The engine decides among all.
  case auto
  /// Only these.
  case list([ForecastModelName])

  public var candidates: [ForecastModelName] {
    switch self {
    case .auto: ForecastModelName.allCases
    case .list(let names): names
    }
  }
}

public enum ForecastModelName: String, Sendable, Hashable, CaseIterable {
  case seasonalNaive = "seasonal_naive"
  case exponentialSmoothing = "exponential_smoothing"
  /// The combination of pooled and local models that needs no drivers.
  case automatic = "auto"
  case drivers
}

/// How the rolling-origin backtest chooses a model.
public struct ModelSelection: Sendable {
  public enum Metric: String, Sendable, Hashable, CaseIterable { case mase, rmsse, smape }

  /// The accuracy measure that decides; smaller is better.
  public var metric = Metric.mase
  /// Origins of the backtest; at least 1.
  public var windows = 3
  /// Periods between origins; at least 1.
  public var step = 1

  public init() {}
}

/// `churn:` who counts as lost, and how far ahead.
public struct ChurnSettings: Sendable {
  /// Periods within which the churn is predicted; at least 1.
  public var horizon = 3
  /// A partner that sold nothing for this many periods in a row has churned; at least 1.
  public var partnerInactivePeriods = 3
  /// Months ahead over which a customer's lifetime value is summed; at least 1.
  public var valueMonths = 36
  /// Yearly rate by which later margins count for less.
  public var discount = Percent(10)
  /// What can be done to keep partners and customers; empty for the built-in list (`Intervention.standard`).
  public var interventions: [InterventionSettings] = []

  public init() {}
}

/// One item of `churn.interventions:`.
public struct InterventionSettings: Sendable, Hashable {
  public enum Target: String, Sendable, Hashable, CaseIterable { case partner, customer }

  public var name: String
  /// For one partner or customer.
  public var cost: Money
  /// Share of those about to leave that it is assumed to keep, 0 … 1.
  public var saves: Double
  public var appliesTo: Target

  public init(name: String, cost: Money, saves: Double, appliesTo: Target) {
    self.name = name
    self.cost = cost
    self.saves = saves
    self.appliesTo = appliesTo
  }
}

/// Amounts by id, in the order of the plan.
public struct AmountList: Sendable {
  public private(set) var entries: [(id: String, amount: Located<Money>)] = []

  /// Where each id is written; the amount's place stands in for those built in code.
  private var idPlaces: [String: SourcePlace] = [:]

  public init() {}
  public init(_ entries: [(id: String, amount: Located<Money>)], idPlaces: [String: SourcePlace] = [:]) {
    self.entries = entries
    self.idPlaces = idPlaces
  }

  /// Where the id itself is written.
  public func place(ofID id: String) -> SourcePlace { idPlaces[id] ?? self[id]?.place ?? .default }

  public subscript(id: String) -> Located<Money>? { entries.first { $0.id == id }?.amount }
  public var isEmpty: Bool { entries.isEmpty }
  public var total: Money { entries.map(\.amount.value).total() }
}
