/// What to regress on what, and how: the value that a model file becomes.
///
/// `fit` takes a table of named columns and gives a `FittedRegression`, which predicts, explains itself and can be saved.
public struct RegressionSpecification: Sendable, Hashable, Codable {
  /// The column that is explained; nil for survival, whose response is `survival`.
  public var response: String?
  /// Binomial: the level of the response that counts as 1; nil where the response is 0, 1 or a share.
  public var event: String?
  public var survival: Survival?
  public var family: Family
  /// Nil takes the family's default.
  public var link: Link?
  /// Nil makes terms of all other columns by itself, and marks missing values whatever `missing` says.
  public var terms: [DesignSpecification.Term]?
  public var intercept = true
  public var missing = DesignSpecification.MissingPolicy.leaveOut
  public var unseen = DesignSpecification.UnseenPolicy.reference
  /// Columns with a weight, and with a known part of the linear predictor, per row.
  public var weights: String?
  public var weightMeaning = LinearRegression.WeightMeaning.precision
  public var offset: String?
  public var penalty = Penalty.none
  /// Effects that vary by level of a factor and are shrunken towards zero.
  public var random: [RandomEffect] = []
  /// Likelihood that estimates the variances of random effects.
  public var estimation = MixedRegression.Estimation.reml
  /// Nodes of the quadrature over a single random column of a generalised mixed model; 1 for Laplace's approximation.
  public var quadraturePoints = 1
  public var precision = RegressionPrecision.standard
  /// Column whose levels have a baseline hazard of their own.
  public var strata: String?
  /// Column within whose levels rows depend on one another.
  public var cluster: String?
  public var errors = Errors.model
  /// Columns that hold a fold number per row: the model is fitted without each fold and judged on it.
  public var folds: [String] = []
  /// Columns that hold 1 for rows that are held out and judged once.
  public var holdouts: [String] = []
  /// A table whose columns are joined to the rows by a key.
  public var join: Join?
  /// Times at which survival is predicted.
  public var horizons: [Double] = []
  /// Columns that are never predictors where terms are chosen by themselves: keys and the like.
  public var ignore: [String] = []
  /// Seed of the folds that choose a penalty.
  public var seed: UInt64 = 1

  public struct Survival: Sendable, Hashable, Codable {
    public var time: String
    public var event: String
    /// Time from which a row is under observation; nil for zero.
    public var entry: String?
    public var model: Model
    /// How events at the same time are taken together.
    public var ties: TiesMethod

    public enum Model: String, Sendable, Hashable, Codable, CaseIterable { case cox, weibull, discrete, kaplanMeier }

    public init(time: String, event: String, entry: String? = nil, model: Model = .cox, ties: TiesMethod = .efron) {
      self.time = time
      self.event = event
      self.entry = entry
      self.model = model
      self.ties = ties
    }
  }

  /// Mean loss + λ(α‖b‖₁ + (1 − α)‖b‖²/2) on columns standardised by the population deviation.
  public enum Penalty: Sendable, Hashable, Codable {
    case none
    /// λ with α = 0; nil lets cross-validation choose it.
    case ridge(Double?)
    /// λ nil lets cross-validation choose it.
    case elasticNet(lambda: Double?, alpha: Double)
    /// Jeffreys' prior, which keeps coefficients finite where the outcomes are separated.
    case firth
  }

  public struct RandomEffect: Sendable, Hashable, Codable {
    /// The factor, or several for the levels of their combination (nested factors).
    public var grouping: [String]
    public var intercept: Bool
    public var slopes: [String]
    /// Whether intercept and slopes have a covariance.
    public var isCorrelated: Bool

    public init(grouping: [String], intercept: Bool = true, slopes: [String] = [], isCorrelated: Bool = true) {
      self.grouping = grouping
      self.intercept = intercept
      self.slopes = slopes
      self.isCorrelated = isCorrelated
    }
  }

  public enum Errors: String, Sendable, Hashable, Codable, CaseIterable { case model, robust, clustered }

  public struct Join: Sendable, Hashable, Codable {
    public var file: String
    public var key: String

    public init(file: String, key: String) {
      self.file = file
      self.key = key
    }
  }

  public init(response: String, family: Family = .gaussian, terms: [DesignSpecification.Term]? = nil) {
    self.response = response
    self.family = family
    self.terms = terms
  }

  public init(survival: Survival, terms: [DesignSpecification.Term]? = nil) {
    self.survival = survival
    self.family = .binomial
    self.terms = terms
  }

  public var usedLink: Link { link ?? family.defaultLink }

  /// Columns with a role of their own, which therefore are not predictors.
  public var roles: [String] {
    var names = [response, survival?.time, survival?.event, survival?.entry, weights, offset, strata, cluster]
      .compactMap { $0 }
    names += random.flatMap(\.grouping) + folds + holdouts + ignore
    if let join { names.append(join.key) }
    return names
  }

  /// Columns that must hold numbers, and columns that must hold levels; a column may be in neither where either will do.
  public var columns: Columns {
    var columns = Columns()
    columns.numbers = Set(
      [weights, offset, survival?.time, survival?.entry].compactMap { $0 } + random.flatMap(\.slopes))
    columns.levels = Set([strata, cluster].compactMap { $0 } + random.flatMap(\.grouping) + folds)
    columns.numbers.formUnion(holdouts)
    if let response { if event == nil { columns.numbers.insert(response) } else { columns.levels.insert(response) } }
    for term in terms ?? [] { columns.add(term) }
    return columns
  }

  public struct Columns: Sendable, Hashable {
    public var numbers: Set<String> = []
    public var levels: Set<String> = []

    mutating func add(_ term: DesignSpecification.Term) {
      switch term {
      case .numeric(let name, _), .spline(let name, _), .polynomial(let name, _), .smooth(let name, _):
        numbers.insert(name)
      case .factor(let name, _), .groupedFactor(let name, _): levels.insert(name)
      case .interaction(let parts): for part in parts { add(part) }
      }
    }
  }
}
