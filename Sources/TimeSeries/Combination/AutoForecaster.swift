/// The default model: combines pooled and local models by what they would have forecast, for the data set and for each
/// series, with intervals calibrated on the same held-out errors.
///
/// 1. Series with gaps between demands go to the pooled distribution of occasional demand (``PooledIntermittent``).
/// 2. From origins inside the history, a horizon apart, every ingredient forecasts what is known (``HeldOutOrigin``). The
///    latest of them decides whether seasonal indices should forget.
/// 3. Weights of the data set: shrunken least absolute errors on the simplex (``CombinationWeights``).
/// 4. Weights of a series: those of the data set times a power of the model's own held-out error on it.
/// 5. Quantiles: held-out errors of the combination, scaled by a pooled regression of their size (``ScaledErrors``).
///
/// No step looks at a clock: ``workBudget`` is counted in passes over a value, and what does not fit is left out before
/// anything is computed. Sources: Bates & Granger, "The combination of forecasts" (1969) for 4; see the parts.
public struct AutoForecaster: PanelModel {
  public static let name = "auto"

  /// What is combined; one model alone gets the same intervals.
  public var models: [Ingredient]
  public var threads: Int
  /// Passes over a value that a whole run may take.
  public var workBudget = 4e9
  /// Series that will be forecast in all, where the panel to learn from is a sample of them.
  public var seriesCount: Int?
  /// Series that are learnt from at most.
  public var sampleLimit = 3000

  public init(models: [Ingredient] = Ingredient.allCases, threads: Int = 1, seriesCount: Int? = nil) {
    precondition(!models.isEmpty, "nothing to combine")
    self.models = models
    self.threads = threads
    self.seriesCount = seriesCount
  }

  /// The share of periods without demand from which a series counts as occasional.
  static let occasionalShare = 0.3
  /// What seasonal indices may keep of a season from year to year.
  static let memories = [0.8, 1.0]
  private static let maximumOrigins = 4
  /// Origins on which single series are judged.
  static let judgingOrigins = 4

  public func fit(_ panel: SeriesPanel, horizon: Int) throws(TimeSeriesError) -> any FittedPanelModel {
    try fitAuto(panel, horizon: horizon)
  }

  public func fitAuto(_ panel: SeriesPanel, horizon: Int) throws(TimeSeriesError) -> FittedAuto {
    precondition(horizon >= 1, "a forecast is at least one period ahead")
    for (position, value) in panel.values.enumerated() where value.isInfinite {
      throw .infiniteValue(position: position)
    }
    // 1. What is learnt from: a sample of even spacing; occasional demand by itself.
    let groups = DemandGroups(sample(panel))
    let occasional =
      groups.occasional.count > 0 ? PooledIntermittent().fitSteps(groups.occasional, horizon: horizon) : nil
    let regular = groups.regular.count > 0 ? groups.regular : groups.occasional
    let plan = WorkPlan(self, panel, regular, horizon: horizon)

    // 2. Held-out origins; the latest one chooses the memory of the season.
    var memory = 1.0
    var origins: [HeldOutOrigin] = []
    var judges: [FittedIngredients] = []
    for number in stride(from: 1, through: plan.originCount, by: 1) {
      let back = number * horizon
      let history = regular.withoutLast(back)
      let choices = number == 1 && panel.season > 1 ? Self.memories : [memory]
      let fits = choices.map { FittedIngredients(plan.models, history, horizon: horizon, memory: $0) }
      let held = fits.map { HeldOutOrigin($0, regular, back: back, threads: threads) }
      let losses = held.map { $0.loss() }
      let best = losses.indices.min { losses[$0] < losses[$1] } ?? 0
      memory = choices[best]
      origins.append(held[best])
      judges.append(fits[best])
    }

    // 3. Weights, then what is shared, learnt from everything.
    let weights = CombinationWeights.fit(origins, modelCount: plan.models.count)
    let ingredients = FittedIngredients(plan.models, regular, horizon: horizon, memory: memory)
    return FittedAuto(
      regular, ingredients: ingredients, weights: weights, occasional: occasional, origins: origins,
      errorOriginCount: plan.errorOriginCount,
      judges: plan.judgesSeries ? Array(judges.prefix(Self.judgingOrigins)) : [], threads: threads)
  }

  private func sample(_ panel: SeriesPanel) -> SeriesPanel {
    guard panel.count > sampleLimit else { return panel }
    return panel.selecting((0..<sampleLimit).map { $0 * panel.count / sampleLimit })
  }

  /// What fits into the budget.
  private struct WorkPlan {
    var models: [Ingredient]
    /// Whether series are judged one by one, which costs as much again as their forecasts.
    var judgesSeries = true
    var originCount: Int
    /// Origins whose errors intervals rest on: older ones are of another time, or have too little history behind them.
    var errorOriginCount: Int

    init(_ settings: AutoForecaster, _ panel: SeriesPanel, _ regular: SeriesPanel, horizon: Int) {
      // Where all demand is occasional the rest is only for series that the sample has missed.
      let isNeeded = regular.count > 0 && DemandGroups(regular).regular.count > 0
      models = isNeeded ? settings.models : settings.models.filter { $0.workPerValue <= 1 }
      judgesSeries = isNeeded
      let share = Double(settings.seriesCount ?? panel.count) / Double(max(1, panel.count))
      let values = Double(panel.values.count) * max(1, share)
      func work(_ models: [Ingredient], passes: Double) -> Double {
        values * passes * models.reduce(0) { $0 + $1.workPerValue }
      }
      if work(models, passes: 2) > settings.workBudget { models.removeAll { $0 == .complexSmoothing } }
      if work(models, passes: 2) > settings.workBudget { judgesSeries = false }
      if work(models, passes: 1) > settings.workBudget { models.removeAll { $0 == .theta } }
      let lengths = (0..<regular.count).map { regular.length(ofSeries: $0) }.sorted()
      let median = lengths.isEmpty ? 0 : lengths[lengths.count / 2]
      if models.isEmpty { models = [settings.models[0]] }
      errorOriginCount = min(3, max(1, median / (3 * horizon)))
      originCount = min(
        AutoForecaster.maximumOrigins, max(median > horizon + 3 ? 1 : 0, median / (2 * horizon)))
    }
  }
}

/// The series of a panel by the kind of their demand, with the numbers that they have in it.
struct DemandGroups {
  private(set) var regular: SeriesPanel
  private(set) var occasional: SeriesPanel
  private(set) var regularNumbers: [Int] = []
  private(set) var occasionalNumbers: [Int] = []

  init(_ panel: SeriesPanel) {
    for series in 0..<panel.count {
      let values = panel.values.span.extracting(panel.range(ofSeries: series))
      let pattern = DemandPattern(values)
      var isNonNegative = true
      for time in values.indices where values[time] < 0 { isNonNegative = false }
      if isNonNegative, pattern.known > 0, pattern.zeroShare >= AutoForecaster.occasionalShare {
        occasionalNumbers.append(series)
      } else {
        regularNumbers.append(series)
      }
    }
    regular = occasionalNumbers.isEmpty ? panel : panel.selecting(regularNumbers)
    occasional = panel.selecting(occasionalNumbers)
  }
}
