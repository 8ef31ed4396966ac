public import Regression

/// Whose churn it is.
public enum ChurnKind: String, Sendable, Hashable, Codable, CaseIterable { case partner, customer }

/// Why no churn model could be fitted.
public enum ChurnError: Error, Sendable, Hashable {
  /// The history is too short to see both what came before and what followed.
  case shortHistory(kind: ChurnKind, periods: Int, needed: Int)
  /// Fewer of them have left than a model needs.
  case fewDepartures(kind: ChurnKind, departures: Int, needed: Int)
  /// The regression itself had no answer.
  case regression(kind: ChurnKind, RegressionError)
}

extension ChurnError: CustomStringConvertible {
  /// One sentence without a full stop.
  public var description: String {
    switch self {
    case .shortHistory(let kind, let periods, let needed):
      "the churn of \(kind.rawValue)s needs \(needed) periods of history and there are \(periods)"
    case .fewDepartures(let kind, let departures, let needed):
      "\(departures) \(kind.rawValue)s have left, and a churn model needs \(needed)"
    case .regression(let kind, let error): "the churn model of \(kind.rawValue)s could not be fitted: \(error)"
    }
  }

  public var hint: String {
    switch self {
    case .shortHistory: "give a longer sales history, or a shorter churn.horizon"
    case .fewDepartures: "give a longer history, or lower churn.partner.inactive_periods if departures go unseen"
    case .regression(_, let error): error.hint
    }
  }
}

/// The churn of partners and of customers; a kind that the data do not support is nil.
public struct ChurnResult: Sendable {
  public let partners: ChurnEstimate?
  public let customers: ChurnEstimate?
  /// What customers are worth, which segment they are in, and how cohorts stay; nil without a customers table.
  public let values: CustomerValuation.Result?
  public let segments: [PurchaseSegments.Customer]
  public let cohorts: [RetentionCohort]
  /// Where acting is worth more than it costs, the most saved first.
  public let proposals: [InterventionProposal]

  public init(
    partners: ChurnEstimate?, customers: ChurnEstimate?, values: CustomerValuation.Result? = nil,
    segments: [PurchaseSegments.Customer] = [], cohorts: [RetentionCohort] = [],
    proposals: [InterventionProposal] = []
  ) {
    self.partners = partners
    self.customers = customers
    self.values = values
    self.segments = segments
    self.cohorts = cohorts
    self.proposals = proposals
  }

  public var estimates: [ChurnEstimate] { [partners, customers].compactMap { $0 } }
}

/// A fitted churn model with what it says about everyone who is still there.
public struct ChurnEstimate: Sendable, Codable {
  public let kind: ChurnKind
  /// Periods within which the churn is predicted.
  public let horizon: Int
  /// Sorted by value at risk, largest first.
  public let subjects: [Subject]
  /// Coefficients of the log-odds, standard errors clustered by partner.
  public let terms: [Coefficient]
  public let dropped: [DroppedColumn]
  /// The penalty that cross-validation chose.
  public let ridge: Double
  public let evaluations: [Evaluation]
  public let departures: Int
  /// What was left out and why, in plain sentences.
  public let remarks: [String]

  /// One partner or customer that is still there.
  public struct Subject: Sendable, Hashable, Codable {
    public var id: String
    /// The partner itself, or the one that serves the customer.
    public var partner: String
    public var region: String
    /// Chance of leaving within 1, 2, … periods, up to the horizon; never falling.
    public var left: [Double]
    /// 95 % interval of the chance of leaving within the horizon.
    public var lower: Double
    public var upper: Double
    /// Expected margin of the next twelve months if it stays, in the plan's currency.
    public var value: Double
    public var mainReason: String

    public init(
      id: String, partner: String, region: String, left: [Double], lower: Double, upper: Double, value: Double,
      mainReason: String
    ) {
      self.id = id
      self.partner = partner
      self.region = region
      self.left = left
      self.lower = lower
      self.upper = upper
      self.value = value
      self.mainReason = mainReason
    }

    /// Chance of leaving within the horizon.
    public var probability: Double { left.last ?? 0 }

    /// probability × value.
    public var valueAtRisk: Double { probability * value }
  }

  /// How good the predictions were on rows that the fit had not seen.
  public struct Evaluation: Sendable, Codable {
    /// `held-out partners`, `later periods`, `without covariates`.
    public var name: String
    public var calibration: Calibration
  }

  /// The first evaluation: whole partners held out.
  public var calibration: Calibration? { evaluations.first?.calibration }
}
