/// Croston's method: demand per period is the smoothed size of demands over the smoothed interval between them.
///
/// Source: Croston, "Forecasting and stock control for intermittent demands" (Operational Research Quarterly 23, 1972),
/// both smoothed with weight 0.1 from what the first demand shows. Its forecast is known to be too high by about
/// α/(2 − α): ``SyntetosBoylan`` corrects that. O(n).
public struct Croston: LocalModel {
  public static let name = "croston"

  /// The weight of a new demand, between 0 and 1.
  public var weight: Double

  public init(weight: Double = 0.1) {
    precondition(weight > 0 && weight <= 1, "a weight is a share")
    self.weight = weight
  }

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedCroston {
    let summary = try SeriesSummary(values, season: season)
    return FittedCroston(
      CrostonState(sizeWeight: weight, intervalWeight: weight, isSigned: summary.minimum < 0), deflation: 1, values)
  }
}

/// Croston's method with the two weights chosen per series between 0.1 and 0.3, each for the smallest squared errors of
/// its own column. O(n).
public struct OptimizedCroston: LocalModel {
  public static let name = "croston_optimized"

  public init() {}

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedCroston {
    let isSigned = try SeriesSummary(values, season: season).minimum < 0
    var (sizes, intervals) = ([Double](), [Double]())
    var gap = 0.0
    for index in values.indices where !values[index].isNaN {
      gap += 1
      guard isSigned || values[index] > 0 else { continue }
      sizes.append(values[index])
      intervals.append(gap)
      gap = 0
    }
    func best(_ column: [Double]) -> Double {
      column.isEmpty ? 0.1 : LevelSmoothing.bestWeight(column.span, from: 0.1, to: 0.3)
    }
    return FittedCroston(
      CrostonState(sizeWeight: best(sizes), intervalWeight: best(intervals), isSigned: isSigned), deflation: 1, values)
  }
}

/// Croston's method, or that of Syntetos & Boylan, at the end of its history.
public struct FittedCroston: FittedLocalModel {
  private var state: CrostonState
  /// What the rate is multiplied by where there are gaps between demands.
  private let deflation: Double
  private var errors = FlatErrors()
  /// The mean squared one-step error of the history that the model was fitted to.
  public private(set) var variance = 0.0

  init(_ start: CrostonState, deflation: Double, _ values: Span<Double>) {
    state = start
    self.deflation = deflation
    update(values)
    variance = errors.variance
  }

  public var residuals: [Double] { errors.residuals }

  /// The smoothed size of a demand; NaN before the first.
  public var size: Double { state.size }
  /// The smoothed number of periods between demands; NaN before the first.
  public var interval: Double { state.interval }

  public mutating func update(_ values: Span<Double>) {
    for index in values.indices {
      errors.append(values[index], forecast: rate)
      if !values[index].isNaN { state.observe(values[index]) }
    }
  }

  private var rate: Double { state.interval > 1 ? deflation * state.rate : state.rate }

  /// How much of an error the rate takes in, on average over the periods with and without demand.
  private var weight: Double { state.interval >= 1 ? state.sizeWeight / state.interval : 0 }

  public func forecast(horizon: Int) -> Forecast {
    flatForecast(rate, variance: variance, weight: weight, horizon: horizon)
  }

  public func errorWeights(horizon: Int) -> [Double] { flatErrorWeights(weight, horizon: horizon) }
}
