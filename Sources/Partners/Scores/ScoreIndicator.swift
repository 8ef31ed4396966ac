/// One figure of a partner's quarter that its health score may rest on.
///
/// Every indicator is computed from recorded data; the qualitative grid (`QualitativeGrid`) is kept apart.
public enum ScoreIndicator: String, Sendable, Hashable, CaseIterable {
  /// What the partner bought in the quarter, in money.
  case sales
  /// Actual ÷ adjusted target of the quarter (of a quarter of the contract's annual target without tracking).
  case attainment
  /// Sales against the same quarter of the year before, −0.1 for a tenth less; only for partners that reported every
  /// month of both quarters: the like-for-like base of retail accounting.
  case growth
  /// Sales of the quarter at a yearly rate ÷ the potential of its city; without potentials, its part of our sales in
  /// the region times what rivals leave of the region's market.
  case share
  /// Units sold on ÷ units bought, over four quarters.
  case sellThrough = "sell_through"
  /// Stock in days of demand: the stock standing for the last quarter, stock rolled back by the flows before.
  case turnoverDays = "turnover_days"
  /// Mean hours to the first answer of complaints and service cases, over four quarters.
  case responseHours = "response_hours"
  /// Share of complaints and service cases that are settled, over four quarters.
  case resolutionRate = "resolution_rate"
  /// Share of complaints answered within the hours of the service standard, over four quarters.
  case standardRate = "standard_rate"
  /// Complaints per 1,000 orders, over four quarters.
  case complaintRate = "complaint_rate"
  /// Sales of four quarters ÷ the annual target of the contract in force.
  case fulfilment
  /// Promised ÷ actual days of delivery, over four quarters.
  case delivery
  /// Share of end customers' contracts due in four quarters that were renewed.
  case renewalRate = "renewal_rate"
  /// Share of the end customers of a year ago that still order: for online partners.
  case retention
  /// Outlets per million people of the city: for partners with shops.
  case storeCoverage = "store_coverage"
  /// Satisfaction with product and service, 0 … 100, of the last survey.
  case satisfaction
  /// Satisfaction with tools and activities, 0 … 100, of the last survey.
  case activitySatisfaction = "activity_satisfaction"
  /// Share of the invoiced amount due in four quarters that was paid in time.
  case punctuality
  /// Net profit ÷ revenue of the last business year that was over.
  case profitability
  /// Liabilities ÷ assets at the end of that year.
  case leverage

  /// What a sub-score sums up.
  public enum Dimension: String, Sendable, Hashable, CaseIterable {
    case sales, efficiency, service, satisfaction, finance
  }

  public var dimension: Dimension {
    switch self {
    case .sales, .attainment, .growth, .share, .storeCoverage: .sales
    case .sellThrough, .turnoverDays: .efficiency
    case .responseHours, .resolutionRate, .standardRate, .complaintRate, .fulfilment, .delivery: .service
    case .renewalRate, .retention, .satisfaction, .activitySatisfaction: .satisfaction
    case .punctuality, .profitability, .leverage: .finance
    }
  }

  /// Whether more of it is better.
  public var isHigherBetter: Bool {
    switch self {
    case .turnoverDays, .responseHours, .complaintRate, .leverage: false
    default: true
    }
  }

  /// The input table or upstream result that it is computed from.
  public var table: String {
    switch self {
    case .sales, .growth, .sellThrough: "sales"
    case .attainment: "targets"
    case .share, .storeCoverage: "regions"
    case .turnoverDays: "inventory"
    case .responseHours, .resolutionRate, .standardRate, .complaintRate: "incidents"
    case .fulfilment: "contracts"
    case .delivery: "deliveries"
    case .renewalRate, .retention: "customers"
    case .satisfaction, .activitySatisfaction: "partners"
    case .punctuality: "receivables"
    case .profitability, .leverage: "finance"
    }
  }

  /// `currency`, `share`, `days`, `hours`, `per 1,000 orders`, …
  public var unit: String {
    switch self {
    case .sales: "currency"
    case .turnoverDays: "days"
    case .responseHours: "hours"
    case .complaintRate: "per 1,000 orders"
    case .storeCoverage: "per million people"
    case .satisfaction, .activitySatisfaction: "points"
    default: "share"
    }
  }

  /// What a partner suffers from whose worst indicator this is.
  public var bottleneck: String {
    switch self {
    case .sales, .attainment, .share, .fulfilment: "weak_sales"
    case .growth: "no_growth"
    case .sellThrough, .turnoverDays: "low_turnover"
    case .responseHours, .resolutionRate, .standardRate, .complaintRate, .delivery: "poor_service"
    case .renewalRate, .retention: "customer_loss"
    case .storeCoverage: "thin_coverage"
    case .satisfaction, .activitySatisfaction: "low_engagement"
    case .punctuality, .profitability, .leverage: "financial_strain"
    }
  }

  /// The position among all indicators.
  public var index: Int { Self.positions[self] ?? 0 }

  private static let positions = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}
