import Allocation
import Specifications
public import Tables

/// Every code that the library can report, by origin: what `sluice explain` knows.
public enum CodeCatalogue {
  public static let all: [DiagnosticCode] =
    DataCodes.all + SpecificationCodes.all + RegressionFileCodes.all + AllocationFileCodes.all + PlanCodes.all
    + AllocationCodes.all + MultiEchelonCodes.all + TwoStageCodes.all
    + NetworkCodes.all + StageCodes.all + CheckpointCodes.all + DraftCodes.all
    + ForecastCodes.all + ChurnCodes.all + ValueCodes.all + BudgetCodes.all + StockCodes.all + TransfersCodes.all
    + TargetsCodes.all + CreditCodes.all + HistoryCodes.all + TrackCodes.all + ScoresCodes.all
    + AwardsCodes.all + IncentivesCodes.all + AlertsCodes.all + ProbationCodes.all + MonitorCodes.all
    + WorkbookCodes.all + SavedRunCodes.all + RiskCodes.all
}
