/// Models by the names that users type.
///
/// Case, `_`, `-` and blanks do not matter. Every local model of ``LocalModels/all`` is found by its own name; other
/// names in use are in one table here.
public enum ForecastModels {
  /// The model that decides by itself.
  public static let automatic = "auto"

  /// Names in use elsewhere, written plainly, and the models they mean.
  private static let aliases: [String: String] = [
    "snaive": "seasonal_naive", "persistence": "naive", "lastvalue": "naive",
    "rwd": "drift", "randomwalkwithdrift": "drift",
    "ses": "simple_exponential_smoothing", "sesopt": "simple_exponential_smoothing",
    "simpleexponentialsmoothingoptimized": "simple_exponential_smoothing",
    "ets": "exponential_smoothing", "autoets": "exponential_smoothing",
    "standardtheta": "theta", "otm": "optimized_theta", "dtm": "dynamic_theta",
    "optimisedtheta": "optimized_theta", "dotm": "dynamic_optimized_theta",
    "dynamicoptimisedtheta": "dynamic_optimized_theta", "autotheta": "dynamic_optimized_theta",
    "ces": "complex_exponential_smoothing", "autoces": "complex_exponential_smoothing",
    "complexsmoothing": "complex_exponential_smoothing",
    "autoarima": "arima", "sarima": "arima",
    "mstl": "multiple_season",
    "crostonclassic": "croston", "optimizedcroston": "croston_optimized",
    "sba": "syntetos_boylan", "crostonsba": "syntetos_boylan", "syntetosboylanapproximation": "syntetos_boylan",
    "tsb": "teunter_syntetos_babai",
    "adida": "aggregate_disaggregate", "imapa": "intermittent_multiple_aggregation",
    "statereg": "state_regression", "pooledar": "pooled_autoregression",
    "autoforecaster": "auto", "automatic": "auto",
  ]

  /// Models that are made for a whole panel, by name.
  private static let pooled: [(name: String, make: @Sendable (_ threads: Int, _ seriesCount: Int?) -> any PanelModel)] =
    [
      (AutoForecaster.name, { AutoForecaster(threads: $0, seriesCount: $1) }),
      (
        Ingredient.states.rawValue,
        { AutoForecaster(models: [.states, .anchoredStates], threads: $0, seriesCount: $1) }
      ),
      (
        Ingredient.autoregression.rawValue,
        { AutoForecaster(models: [.autoregression], threads: $0, seriesCount: $1) }
      ),
      (PooledIntermittent.name, { _, _ in PooledIntermittent() }),
    ]

  /// The name of every model, `auto` first.
  public static var names: [String] {
    pooled.map(\.name) + LocalModels.all.map { name($0) }
  }

  /// The name under which a model is known here; nil for an unknown name.
  public static func canonicalName(_ typed: String) -> String? {
    let plain = plain(typed)
    if let own = names.first(where: { self.plain($0) == plain }) { return own }
    guard let target = aliases[plain] else { return nil }
    return names.first { self.plain($0) == self.plain(target) }
  }

  /// A model by name; nil for an unknown one.
  /// - Parameters:
  ///   - threads: on which series are forecast side by side; results do not depend on it.
  ///   - seriesCount: how many series will be forecast, where the panel to learn from is a sample of them.
  public static func model(
    named typed: String, threads: Int = 1, seriesCount: Int? = nil
  ) -> (any PanelModel)? {
    guard let name = canonicalName(typed) else { return nil }
    if let found = pooled.first(where: { $0.name == name }) { return found.make(threads, seriesCount) }
    return LocalModels.all.first { self.name($0) == name }.map { lifted($0, threads) }
  }

  private static func name(_ model: some LocalModel) -> String { type(of: model).name }

  private static func lifted(_ model: some LocalModel, _ threads: Int) -> any PanelModel {
    LocalPanelModel(model, threads: threads)
  }

  /// Lower case without what people leave out or change.
  private static func plain(_ name: String) -> String {
    String(name.lowercased().filter { !"_- ".contains($0) })
  }
}
