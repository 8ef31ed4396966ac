import Testing
import TimeSeries

@Suite struct ForecastModelsTests {
  @Test func `every model is found by its own name`() {
    for name in ForecastModels.names {
      #expect(ForecastModels.canonicalName(name) == name)
      #expect(ForecastModels.model(named: name) != nil)
    }
    #expect(Set(ForecastModels.names).count == ForecastModels.names.count)
  }

  @Test(arguments: [
    ("Naive", "naive"), ("SeasonalNaive", "seasonal_naive"), ("SNaive", "seasonal_naive"), ("RWD", "drift"),
    ("RandomWalkWithDrift", "drift"), ("SES", "simple_exponential_smoothing"), ("ETS", "exponential_smoothing"),
    ("AutoETS", "exponential_smoothing"), ("auto-ets", "exponential_smoothing"), ("THETA", "theta"),
    ("OTM", "optimized_theta"), ("DOTM", "dynamic_optimized_theta"),
    ("dynamicOptimizedTheta", "dynamic_optimized_theta"),
    ("AutoARIMA", "arima"), ("MSTL", "multiple_season"), ("CrostonClassic", "croston"), ("SBA", "syntetos_boylan"),
    ("TSB", "teunter_syntetos_babai"), ("ADIDA", "aggregate_disaggregate"),
    ("IMAPA", "intermittent_multiple_aggregation"),
  ])
  func `names in use elsewhere are known`(typed: String, name: String) {
    #expect(ForecastModels.canonicalName(typed) == name)
  }

  @Test(arguments: ["", "thta", "prophet"])
  func `unknown names are none`(typed: String) {
    #expect(ForecastModels.canonicalName(typed) == nil && ForecastModels.model(named: typed) == nil)
  }
}
