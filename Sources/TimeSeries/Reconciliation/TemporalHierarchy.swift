/// One series at several frequencies: months, quarters, half years and years add up like shops and regions do.
///
/// The bottom series are the periods of one season, the aggregates sums of 2, 3, … of them. A horizon of several seasons
/// is as many things to be made coherent, each by itself.
///
/// Source: Athanasopoulos, Hyndman, Kourentzes & Petropoulos, "Forecasting with temporal hierarchies" (European Journal
/// of Operational Research 262, 2017).
public struct TemporalHierarchy: Sendable {
  /// Periods in a season.
  public let season: Int
  /// Periods in an aggregate of each level, descending: 12, 6, 4, 3, 2, 1 for months.
  public let aggregates: [Int]
  /// Its bottom series are the periods of a season in their order.
  public let hierarchy: Hierarchy

  /// - Parameter aggregates: divisors of the season; nil for all. The period itself always belongs to them.
  public init(season: Int, aggregates: [Int]? = nil) throws(ReconciliationError) {
    guard season > 1 else { throw .badAggregate(periods: 1, season: season) }
    let wanted = aggregates ?? (1...season).filter { season % $0 == 0 }
    for periods in wanted where periods < 1 || season % periods != 0 {
      throw .badAggregate(periods: periods, season: season)
    }
    self.season = season
    self.aggregates = Set(wanted + [1]).sorted(by: >)
    hierarchy = Hierarchy(
      self.aggregates.map { periods in
        Partition(
          name: "periods_\(periods)", names: (1...season / periods).map { "\(periods):\($0)" },
          groups: (0..<Int32(season)).map { $0 / Int32(periods) })
      })
  }

  /// Sums of `periods` values, the last one ending with the last value; unknown where a part is unknown. Values at the
  /// start that do not fill a sum are left out.
  public static func aggregate(_ values: [Double], periods: Int) -> [Double] {
    let first = values.count % periods
    return stride(from: first, to: values.count, by: periods).map { start in
      values[start..<start + periods].reduce(0, +)
    }
  }

  /// Forecasts of a series at every frequency by one local model, made coherent.
  ///
  /// The history is cut so that every frequency ends with the last value. Frequencies at which fewer than four values
  /// are known take no part.
  /// - Parameters:
  ///   - values: oldest first; NaN is unknown.
  ///   - horizon: periods of the finest frequency.
  ///   - method: ``ReconciliationMethod/structural`` is the method of choice of the source.
  /// - Returns: the next `horizon` periods.
  public func forecast(
    _ values: [Double], horizon: Int, model: some LocalModel, method: ReconciliationMethod = .structural
  ) throws -> [Double] {
    let usable = aggregates.filter { periods in
      periods == 1 || Self.aggregate(values, periods: periods).count { !$0.isNaN } >= 4
    }
    guard usable == aggregates else {
      return try TemporalHierarchy(season: season, aggregates: usable)
        .forecast(values, horizon: horizon, model: model, method: method)
    }
    let seasons = (horizon + season - 1) / season
    let past = values.count / season
    var base: [Double] = []
    var errors: [Double] = []
    for periods in aggregates {
      let parts = season / periods
      let fitted = try model.fit(Self.aggregate(values, periods: periods), season: parts)
      let means = fitted.forecast(horizon: seasons * parts).mean
      let residuals = Array(fitted.residuals.suffix(past * parts))
      for part in 0..<parts {
        base += (0..<seasons).map { means[$0 * parts + part] }
        errors += (0..<past).map { residuals[$0 * parts + part] }
      }
    }
    let reconciler = try Reconciler(hierarchy, method: method, residuals: method.needsResiduals ? errors : [])
    let bottom = try reconciler.bottom(base, horizon: seasons)
    return (0..<horizon).map { bottom[$0 % season * seasons + $0 / season] }
  }
}
