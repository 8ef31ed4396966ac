internal import ChannelTypes
internal import Probability

/// What one driver does to the demand of one product.
public struct DriverEffect: Sendable, Hashable, Codable {
  /// Empty for the mean over products.
  public var product: String
  public var driver: String
  public var form: DriverColumn.Form
  /// Percent of demand for one percent (elasticity), or the change of log demand for one unit (semi-elasticity; for the
  /// trend one year, for an event all its days).
  public var estimate: Double
  public var standardError: Double
  /// 95 % interval.
  public var lower: Double
  public var upper: Double
  /// P(|Z| ≥ |estimate / standard error|) without an effect.
  public var pValue: Double
  /// Rows and series that the estimate rests on.
  public var observations: Int
  public var series: Int

  /// Estimate over standard error.
  public var statistic: Double { standardError > 0 ? estimate / standardError : 0 }
}

/// The effects of all drivers of a panel, by product and on average.
///
/// Each product has its own regression (``PanelRegression``). Its effects are drawn towards the mean over products as
/// far as their errors exceed the difference between products (``PooledEffect``): a product with few data borrows from
/// the others, one with many keeps its own. Standard errors are clustered by series and period; those of drawn effects are
/// posterior standard deviations.
public struct DriverEffects: Sendable, Codable {
  /// The mean over products first, then products in the order of their ids; drivers in the order of the panel.
  public let effects: [DriverEffect]
  /// Products without a regression of their own, for lack of rows.
  public let productsWithoutFit: [String]

  public init(_ panel: DemandPanel, events: Bool = true, threads: Int = 1) throws(DemandError) {
    try self.init(panel, PooledRegression(panel, events: events, threads: threads))
  }

  /// - Parameter regression: over the same panel.
  package init(_ panel: DemandPanel, _ regression: PooledRegression) throws(DemandError) {
    let (design, regressions) = (regression.design, regression.regressions)
    guard regression.isFitted else { throw .nothingToExplain }
    let reported = design.names.indices.filter { !design.names[$0].hasPrefix("season_") }
    var pooled: [DriverEffect] = []
    var effects: [DriverEffect] = []
    for column in reported {
      let estimates = regressions.map { $0?.coefficients[column] ?? .nan }
      let errors = regressions.map { $0?.standardErrors[column] ?? .nan }
      guard let mean = PooledEffect(estimates: estimates, standardErrors: errors) else { continue }
      let (name, form) = (design.names[column], design.forms[column] ?? .semiElasticity)
      pooled.append(
        DriverEffect(
          product: "", driver: name, form: form, estimate: mean.mean, standardError: mean.standardError,
          observations: regressions.reduce(0) { $0 + ($1?.observations ?? 0) },
          series: regressions.reduce(0) { $0 + ($1?.seriesCount ?? 0) }))
      for (product, regression) in regressions.enumerated() {
        guard let regression, errors[product] > 0 else { continue }
        effects.append(
          DriverEffect(
            product: panel.products[product], driver: name, form: form,
            estimate: mean.shrunk(estimate: estimates[product], standardError: errors[product]),
            standardError: mean.shrunkError(standardError: errors[product]), observations: regression.observations,
            series: regression.seriesCount))
      }
    }
    let order = Dictionary(uniqueKeysWithValues: reported.enumerated().map { (design.names[$1], $0) })
    effects.sort { ($0.product, order[$0.driver] ?? 0) < ($1.product, order[$1.driver] ?? 0) }
    self.effects = pooled + effects
    productsWithoutFit = regressions.indices.filter { regressions[$0] == nil }.map { panel.products[$0] }
  }
}

extension DriverEffect {
  init(
    product: String, driver: String, form: DriverColumn.Form, estimate: Double, standardError: Double,
    observations: Int, series: Int
  ) {
    let margin = Normal.standard.quantile(0.975) * standardError
    self.init(
      product: product, driver: driver, form: form, estimate: estimate, standardError: standardError,
      lower: estimate - margin, upper: estimate + margin,
      pValue: standardError > 0 ? 2 * Normal.standard.cumulative(-abs(estimate / standardError)) : 1,
      observations: observations, series: series)
  }
}

extension PooledEffect {
  /// The posterior standard deviation of a drawn effect, the error of the mean included.
  func shrunkError(standardError: Double) -> Double {
    let own = betweenVariance / (betweenVariance + standardError * standardError)
    return (own * standardError * standardError + (1 - own) * (1 - own) * self.standardError * self.standardError)
      .squareRoot()
  }
}
