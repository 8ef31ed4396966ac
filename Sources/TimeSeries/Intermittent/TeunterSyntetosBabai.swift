/// The chance of a demand, smoothed every period, times its size, smoothed at every demand: the forecast falls while
/// nothing is sold.
///
/// Source: Teunter, Syntetos & Babai, "Intermittent demand: linking forecasting to inventory obsolescence" (European
/// Journal of Operational Research 214, 2011); both started from the first value they see. A series with a negative
/// value is smoothed as it is. O(n).
public struct TeunterSyntetosBabai: LocalModel {
  public static let name = "teunter_syntetos_babai"

  /// The weight of a new demand in the size.
  public var sizeWeight: Double
  /// The weight of a new period in the chance of a demand.
  public var chanceWeight: Double

  public init(sizeWeight: Double = 0.1, chanceWeight: Double = 0.1) {
    precondition(
      sizeWeight > 0 && sizeWeight <= 1 && chanceWeight > 0 && chanceWeight <= 1, "weights are shares")
    self.sizeWeight = sizeWeight
    self.chanceWeight = chanceWeight
  }

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedTeunterSyntetosBabai {
    let isSigned = try SeriesSummary(values, season: season).minimum < 0
    return FittedTeunterSyntetosBabai(sizeWeight, isSigned ? 1 : chanceWeight, isSigned: isSigned, values)
  }
}

/// The method of Teunter, Syntetos & Babai at the end of its history.
public struct FittedTeunterSyntetosBabai: FittedLocalModel {
  public let sizeWeight: Double
  public let chanceWeight: Double
  private let isSigned: Bool
  /// The smoothed size of a demand, and the smoothed chance of one; NaN before the first that they see.
  public private(set) var size = Double.nan
  public private(set) var chance = Double.nan
  private var errors = FlatErrors()
  /// The mean squared one-step error of the history that the model was fitted to.
  public private(set) var variance = 0.0

  init(_ sizeWeight: Double, _ chanceWeight: Double, isSigned: Bool, _ values: Span<Double>) {
    self.sizeWeight = sizeWeight
    self.chanceWeight = chanceWeight
    self.isSigned = isSigned
    update(values)
    variance = errors.variance
  }

  public var residuals: [Double] { errors.residuals }

  public mutating func update(_ values: Span<Double>) {
    for index in values.indices {
      let value = values[index]
      errors.append(value, forecast: rate)
      guard !value.isNaN else { continue }
      let isDemand = isSigned || value > 0
      let seen = isDemand ? 1.0 : 0
      chance = chance.isNaN ? seen : chance + chanceWeight * (seen - chance)
      if isDemand { size = size.isNaN ? value : size + sizeWeight * (value - size) }
    }
  }

  /// Demand per period; zero before the first demand.
  private var rate: Double { size.isNaN ? 0 : chance * size }

  /// An error enters through the chance where there are gaps, and through the size where there are none.
  private var weight: Double { chance < 1 ? chanceWeight : sizeWeight }

  public func forecast(horizon: Int) -> Forecast {
    flatForecast(rate, variance: variance, weight: weight, horizon: horizon)
  }

  public func errorWeights(horizon: Int) -> [Double] { flatErrorWeights(weight, horizon: horizon) }
}
