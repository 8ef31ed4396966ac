internal import Glibc

/// What `auto` has learnt: ready to forecast these or other series of the same kind.
public struct FittedAuto: FittedPanelModel {
  /// The models that are combined, and the weight of each for the data set.
  public var models: [Ingredient] { ingredients.models }
  public let weights: [Double]
  /// Origins inside the history that the weights rest on.
  public let originCount: Int
  /// What seasonal indices keep of a season from year to year.
  public var memory: Double { ingredients.memory }
  /// The mean held-out loss of each model, and of the combination, relative to equal weights' mean; NaN without origins.
  public let losses: [Double]

  let ingredients: FittedIngredients
  let occasional: FittedPooledIntermittent?
  private let errors: ScaledErrors
  /// What had been learnt before each of the latest origins, to judge single series by; empty where there is no time to.
  private let judges: [FittedIngredients]
  private let threads: Int
  /// The panel that was learnt from, and the origins in it: they serve again when it is itself forecast.
  private let learnt: (panel: SeriesPanel, origins: [HeldOutOrigin])

  public var horizon: Int { ingredients.horizon }

  /// A model's held-out error on a series moves its weight by a power that grows to 2 with the periods judged; it is 1
  /// at this many.
  private static let ownPowerHalf = 30.0
  private static let smallestRatio = 0.1

  init(
    _ panel: SeriesPanel, ingredients: FittedIngredients, weights: [Double], occasional: FittedPooledIntermittent?,
    origins: [HeldOutOrigin],
    errorOriginCount: Int, judges: [FittedIngredients], threads: Int
  ) {
    self.ingredients = ingredients
    self.weights = weights
    self.occasional = occasional
    self.judges = judges
    self.threads = threads
    learnt = (panel, Array(origins.prefix(judges.count)))
    originCount = origins.count
    losses =
      origins.first.map { first in
        weights.indices.map { model in
          let judged = first.costs.indices.compactMap { first.loss(model, series: $0) }
          return judged.isEmpty ? .nan : judged.reduce(0, +) / Double(judged.count)
        }
      } ?? weights.map { _ in .nan }

    // Errors of the combination as it would have been made: a series is judged on the other origins.
    var features: [ErrorFeatures] = []
    var held: [Double] = []
    var ages: [Int] = []
    for (number, origin) in origins.prefix(errorOriginCount).enumerated() {
      let others =
        judges.isEmpty ? [] : origins.indices.filter { $0 != number }.prefix(judges.count).map { origins[$0] }
      let sizes = SeriesSizes(origin.history)
      for series in origin.costs.indices where origin.costs[series] > 0 {
        let own = Self.weights(weights, series: series, others)
        let ownError = Self.ownError(others, series: series, weights: own)
        for step in 0..<ingredients.horizon {
          let mixed = Self.mix(origin.forecasts, series: series, step: step, own)
          let error = origin.actual[series * ingredients.horizon + step] - mixed.mean
          guard error.isFinite else { continue }
          features.append(sizes.features(series: series, step: step, spread: mixed.spread, ownError: ownError))
          held.append(error)
          ages.append(number)
        }
      }
    }
    errors = ScaledErrors(features, errors: held, ages: ages, horizon: ingredients.horizon)
  }

  public func forecast(_ panel: SeriesPanel, probabilities: [Double]) -> PanelForecast {
    let groups = DemandGroups(panel)
    var result = PanelForecast(seriesCount: panel.count, horizon: horizon, probabilities: probabilities)
    let isSplit = occasional != nil
    let regular = isSplit ? groups.regular : panel
    let numbers = isSplit ? groups.regularNumbers : Array(0..<panel.count)
    fill(&result, regular, numbers)
    if let occasional, groups.occasional.count > 0 {
      let forecast = occasional.forecast(groups.occasional, probabilities: probabilities)
      for (index, series) in groups.occasionalNumbers.enumerated() { result.copy(forecast, index, to: series) }
    }
    return result
  }

  /// The weights of each series of a panel: series × model. Equal to ``weights`` where series are not judged one by one.
  public func weights(_ panel: SeriesPanel) -> [Double] {
    let origins = heldOut(panel)
    return (0..<panel.count).flatMap { Self.weights(weights, series: $0, origins) }
  }

  private func heldOut(_ panel: SeriesPanel) -> [HeldOutOrigin] {
    if panel.isIdentical(to: learnt.panel) { return learnt.origins }
    return judges.enumerated().map { number, judge in
      HeldOutOrigin(judge, panel, back: (number + 1) * horizon, threads: threads)
    }
  }

  private func fill(_ result: inout PanelForecast, _ panel: SeriesPanel, _ numbers: [Int]) {
    guard panel.count > 0 else { return }
    let forecasts = ingredients.forecast(panel, threads: threads)
    let origins = heldOut(panel)
    let sizes = SeriesSizes(panel)
    let count = result.probabilities.count
    let scores = errors.scoreQuantiles(result.probabilities)
    for (index, series) in numbers.enumerated() {
      let own = Self.weights(weights, series: index, origins)
      // With a single origin, the sizes of errors could not be learnt beside errors of the same series.
      let ownError = originCount > 1 ? Self.ownError(origins, series: index, weights: own) : nil
      for step in 0..<horizon {
        let mixed = Self.mix(forecasts, series: index, step: step, own)
        guard mixed.mean.isFinite else { continue }
        let place = series * horizon + step
        let floor = sizes.isNonNegative[index] ? 0 : -Double.infinity
        result.median[place] = max(floor, mixed.mean)
        let features = sizes.features(series: index, step: step, spread: mixed.spread, ownError: ownError)
        let size = sizes.isConstant[index] ? 0 : errors.size(features)
        for number in 0..<count {
          result.quantiles[place * count + number] = max(floor, mixed.mean + scores[step * count + number] * size)
        }
      }
    }
  }

  /// The weights of a series: those of the data set times (its held-out error over the mean of the models)^(−power).
  private static func weights(_ shared: [Double], series: Int, _ origins: [HeldOutOrigin]) -> [Double] {
    var sums = [Double](repeating: 0, count: shared.count)
    var isJudged = false
    for origin in origins {
      for model in shared.indices {
        guard let loss = origin.loss(model, series: series) else { continue }
        sums[model] += loss
        isJudged = true
      }
    }
    let mean = sums.reduce(0, +) / Double(sums.count)
    guard isJudged, mean > 0 else { return shared }
    let judged = Double(origins.count { $0.costs[series] > 0 } * origins[0].forecasts.horizon)
    let power = 2 * judged / (judged + ownPowerHalf)
    let own = shared.indices.map { shared[$0] * pow(sums[$0] / mean + smallestRatio, -power) }
    let total = own.reduce(0, +)
    return total > 0 && total.isFinite ? own.map { $0 / total } : shared
  }

  private static func ownError(_ origins: [HeldOutOrigin], series: Int, weights: [Double]) -> Double? {
    var (sum, count) = (0.0, 0.0)
    for origin in origins where origin.costs[series] > 0 {
      for step in 0..<origin.forecasts.horizon {
        let mixed = mix(origin.forecasts, series: series, step: step, weights)
        let error = abs(origin.actual[series * origin.forecasts.horizon + step] - mixed.mean)
        guard error.isFinite else { continue }
        sum += error
        count += 1
      }
    }
    return count > 0 ? sum / count : nil
  }

  /// The weighted mean of the models that say something, and their mean absolute distance from it.
  private static func mix(_ forecasts: IngredientForecasts, series: Int, step: Int, _ weights: [Double])
    -> (mean: Double, spread: Double)
  {
    var (sum, total) = (0.0, 0.0)
    for model in weights.indices {
      let value = forecasts.value(model, series: series, step: step)
      guard value.isFinite else { continue }
      // A model of weight zero still serves where no other speaks.
      let weight = max(weights[model], 1e-12)
      sum += weight * value
      total += weight
    }
    guard total > 0 else { return (.nan, 0) }
    let mean = sum / total
    var spread = 0.0
    for model in weights.indices {
      let value = forecasts.value(model, series: series, step: step)
      if value.isFinite { spread += weights[model] * abs(value - mean) / total }
    }
    return (mean, spread)
  }
}

/// What the history of each series says about the size of errors.
struct SeriesSizes {
  private var changes: [Double] = []
  private var seasonalChanges: [Double] = []
  private var levels: [Double] = []
  private(set) var isNonNegative: [Bool] = []
  private(set) var isConstant: [Bool] = []

  /// Values of a series that are looked at: volatility long ago says little about the next errors.
  private static func longest(_ season: Int) -> Int { max(60, 6 * season) }

  init(_ panel: SeriesPanel) {
    let adjusted = AdjustedPanel(panel, horizon: 1, memory: 0.8, longest: Self.longest(panel.season))
    for series in 0..<adjusted.count {
      let range = adjusted.range(ofSeries: series)
      var (change, size) = (0.0, 0.0)
      for time in range {
        size += abs(adjusted.values[time])
        if time > range.lowerBound { change += abs(adjusted.values[time] - adjusted.values[time - 1]) }
      }
      let count = Double(max(1, range.count))
      levels.append(size / count)
      changes.append(change / max(1, count - 1))
      seasonalChanges.append(adjusted.scales[series])
      isConstant.append(range.count > 2 && change <= 1e-12 * size && adjusted.scales[series] <= 1e-8 * size / count)
      isNonNegative.append(panel.values(ofSeries: series).allSatisfy { !($0 < 0) })
    }
  }

  func features(series: Int, step: Int, spread: Double, ownError: Double?) -> ErrorFeatures {
    ErrorFeatures(
      change: changes[series], seasonalChange: seasonalChanges[series], level: levels[series], spread: spread,
      step: step,
      ownError: ownError)
  }
}

extension PanelForecast {
  /// Takes over one series of another forecast.
  fileprivate mutating func copy(_ other: PanelForecast, _ from: Int, to series: Int) {
    for step in 0..<horizon {
      let (source, target) = (from * horizon + step, series * horizon + step)
      median[target] = other.median[source]
      for index in probabilities.indices {
        quantiles[target * probabilities.count + index] = other.quantiles[source * probabilities.count + index]
      }
    }
  }
}
