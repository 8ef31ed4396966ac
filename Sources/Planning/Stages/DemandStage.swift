import ChannelTypes
public import Demand
import Tables

/// The demand that is planned for: the forecast, times what the plan assumes of regions.
///
/// The forecast itself does not see the assumption, so that a what-if on demand leaves it as it is.
public struct DemandStage: Stage {
  public static let name = StageName.demand
  public static let requiredTables: [InputTable] = []
  public static let upstream: [StageName] = [.forecast]
  public static let planSections = ["demand"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<ForecastResult> {
    guard let forecast = context.result(of: ForecastStage.self) else {
      throw .skipped(Diagnostic(ForecastCodes.noSeries, .note, "there is no forecast"))
    }
    let settings = context.plan.demand
    let regions = forecast.panel.regions
    let factors = regions.map { region in
      (0..<forecast.horizon).map { settings.factor(region: region, step: $0) }
    }
    let planned = forecast.scaled(byRegion: factors)
    return StageOutput(planned, tables: [Self.table(forecast, planned)])
  }

  /// Region × period: the forecast, what the plan changes, and their sum, in units.
  private static func table(_ forecast: ForecastResult, _ planned: ForecastResult) -> Table {
    var sums = [(baseline: Int64, planned: Int64)](
      repeating: (0, 0), count: forecast.panel.regions.count * forecast.horizon)
    for (index, key) in forecast.panel.series.enumerated() {
      for step in 0..<forecast.horizon {
        let cell = index * forecast.horizon + step
        sums[key.region * forecast.horizon + step].baseline += forecast.meanThousandths[cell]
        sums[key.region * forecast.horizon + step].planned += planned.meanThousandths[cell]
      }
    }
    return Table(
      name: "demand_plan", rows: sums.indices,
      columns: [
        .text("region") { forecast.panel.regions[$0 / forecast.horizon] },
        .period("period", form: forecast.firstPeriod.form) { forecast.period($0 % forecast.horizon) },
        .real("forecast") { Double(sums[$0].baseline) / 1000 },
        .real("change") { Double(sums[$0].planned - sums[$0].baseline) / 1000 },
        .real("planned") { Double(sums[$0].planned) / 1000 },
      ])
  }
}
