public import LinearAlgebra

/// A fitted model: what a model file and a table become. It predicts, explains itself, and can be saved as JSON.
public struct FittedRegression: Sendable, Codable {
  /// The specification with everything that was left to choice settled: terms, link, penalty.
  public let specification: RegressionSpecification
  public let design: Design
  /// Estimated coefficients with their errors, without dropped columns.
  public let terms: [Coefficient]
  /// Columns left out because others explain them.
  public let dropped: [DroppedColumn]
  /// By column of a least-squares fit: how many times the variance of its coefficient exceeds that of a design in which
  /// the column is unrelated to the others. Empty for other kinds of model.
  public let varianceInflation: [String: Double]
  public let statistics: Statistics
  /// What was done about missing values and unseen levels when the model was fitted.
  public let treatment: DesignMatrix.Treatment
  /// What a reader should know, in plain sentences.
  public let notes: [String]
  let kind: Kind

  /// Figures of the fit; nil where they have no meaning for the kind of model.
  public struct Statistics: Sendable, Hashable, Codable {
    public var observations = 0.0
    public var events: Double?
    public var logLikelihood: Double?
    public var nullLogLikelihood: Double?
    public var deviance: Double?
    public var nullDeviance: Double?
    public var aic: Double?
    public var bic: Double?
    /// Residual variance, or the estimated dispersion; 1 where the family fixes it.
    public var dispersion: Double?
    public var rSquared: Double?
    public var adjustedRSquared: Double?
    public var residualSumOfSquares: Double?
    public var residualDegreesOfFreedom: Double?
    /// Degrees of freedom that the fit uses.
    public var effectiveParameters: Double?
    public var iterations = 0
    /// Largest element of the gradient per unit of weight and per standard deviation of its column.
    public var scaledGradient: Double?
    /// Penalty weight λ that was used.
    public var lambda: Double?
    /// Size of a negative binomial, estimated or given, with its standard error where estimated.
    public var size: Double?
    public var sizeError: Double?
    /// Scale σ of the logarithm of a duration.
    public var scale: Double?
    public var concordance: Double?
    public var conditionEstimate: Double?

    public init() {}
  }

  /// What is needed to predict, by kind of model.
  enum Kind: Sendable, Codable {
    case generalized(LinearPredictor, Family, Link)
    case mixed(MixedModel, [VarianceComponent], covariance: Matrix)
    case mixedGeneralized(MixedGeneralizedModel, [VarianceComponent], covariance: Matrix)
    case cox(CoxFit)
    case duration(AcceleratedFailureTimeFit)
    case discrete(DiscreteTimeFit)
    case kaplanMeier(KaplanMeier)
    /// Relative risks exp(xᵀb) without a baseline.
    case relativeRisk(LinearPredictor)
  }

  /// Coefficients of all columns of the design matrix, in its order, with their covariance where it was estimated.
  struct LinearPredictor: Sendable, Codable {
    var coefficients: [Double]
    /// Of the columns that are held as numbers; nil where a penalty selects columns.
    var covariance: Matrix?
  }

  /// Predictions for rows of new data.
  public struct Predictions: Sendable {
    /// Which rows of the data were predicted; rows that miss a value are left out where the specification says so.
    public var rows: [Int]
    /// The mean of the response; for survival the relative risk (Cox), the median time (Weibull, Kaplan-Meier) or the
    /// chance of the event by the first horizon (discrete).
    public var values: [Double]
    /// Standard errors of `values`; nil where the model has none.
    public var errors: [Double]?
    /// Chance of surviving each horizon: rows × horizons; nil without horizons.
    public var survival: Matrix?
    public var horizons: [Double]
    public var treatment: DesignMatrix.Treatment
  }
}
