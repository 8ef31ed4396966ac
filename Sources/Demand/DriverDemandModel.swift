internal import ChannelTypes
internal import Glibc

/// The driver regression as a forecaster: price, promotion, trend, season and events by product, a level by series.
///
/// 1. Each product's coefficients come from ``PanelRegression`` and are drawn towards the mean over products as far as
///    their error is larger than the difference between products (``PooledEffect``).
/// 2. What the regressors do not explain is a level of log demand by series, smoothed with a weight that the series of
///    the product share; a young series averages its first errors.
/// 3. The forecast is exp(xᵀb + level) times the mean of exp of the error (Duan, "Smearing estimate", JASA 78, 1983) and
///    the recent share of periods with a sale.
public struct DriverDemandModel: DemandModel {
  public static let name = "drivers"

  /// Whether the calendar's events enter the regression.
  public var events = true
  /// Takes drivers after the origin from the history where there is one: how good the forecast of a maker is that
  /// sets them itself.
  public var knownAhead = false

  public init(events: Bool = true, knownAhead: Bool = false) {
    self.events = events
    self.knownAhead = knownAhead
  }

  public func run(_ panel: DemandPanel, end: Int, horizon: Int, threads: Int) -> ModelRun {
    let design = DriverDesign(panel, end: end, horizon: horizon, events: events, knownAhead: knownAhead)
    let members = panel.seriesByProduct
    let regressions = parallelMap(count: members.count, threads: threads) { product in
      PanelRegression(design, panel, series: members[product])
    }
    let coefficients = Self.pooled(regressions, design, members)
    let levels = parallelMap(count: members.count, threads: threads) { product in
      let width = design.columnCount
      return ProductLevels(design, panel, members[product], coefficients[product * width..<(product + 1) * width])
    }
    var run = ModelRun(seriesCount: panel.seriesCount, end: end, horizon: horizon)
    for product in levels { product.fill(&run) }
    return run
  }

  /// Product × column; 0 for drivers that a product never states.
  static func pooled(
    _ regressions: [PanelRegression?], _ design: DriverDesign, _ members: [[Int]]
  ) -> [Double] {
    let width = design.columnCount
    var coefficients = [Double](repeating: 0, count: regressions.count * width)
    for column in 0..<width {
      let estimates = regressions.map { $0?.coefficients[column] ?? .nan }
      let errors = regressions.map { $0?.standardErrors[column] ?? .nan }
      guard let effect = PooledEffect(estimates: estimates, standardErrors: errors) else { continue }
      for product in regressions.indices where design.isKnown(column, inAnyOf: members[product]) {
        coefficients[product * width + column] = effect.shrunk(
          estimate: estimates[product], standardError: errors[product])
      }
    }
    return coefficients
  }
}

extension DemandPanel {
  /// The series of each product, ascending.
  var seriesByProduct: [[Int]] {
    var members = [[Int]](repeating: [], count: products.count)
    for (index, key) in series.enumerated() { members[key.product].append(index) }
    return members
  }
}

/// Levels of the series of one product, given its coefficients.
private struct ProductLevels: Sendable {
  /// Candidate weights of a new error in the level.
  static let weights = [0.05, 0.1, 0.2, 0.35, 0.5]
  /// The highest forecast in units of the highest demand of the history.
  static let highestRatio = 5.0
  /// The weight of a new period in the share of periods with a sale.
  static let shareWeight = 0.1

  private let members: [Int]
  private let end: Int
  private let horizon: Int
  private let alpha: Double
  private let smearing: Double
  /// Member × (end + horizon): xᵀb.
  private let predictor: [Double]
  /// Member × end.
  private let demand: [Double]

  init(_ design: DriverDesign, _ panel: DemandPanel, _ members: [Int], _ coefficients: ArraySlice<Double>) {
    self.members = members
    end = design.end
    horizon = design.horizon
    let coefficients = Array(coefficients)[...]
    predictor = members.flatMap { series in
      let swing = design.swing(coefficients, series: series)
      return (0..<design.end + design.horizon).map { time in
        design.predictor(coefficients, series: series, time: time) + (time < design.end ? 0 : swing)
      }
    }
    demand = members.flatMap { series in
      panel.demand[series * panel.periodCount..<series * panel.periodCount + design.end]
    }
    // The shared weight with the smallest squared one-step error of log demand.
    var best = (alpha: Self.weights[0], squares: Double.infinity)
    for alpha in Self.weights {
      var squares = 0.0
      for member in members.indices {
        Self.walk(predictor, demand, member, end, horizon, alpha) { _, error, _, _ in squares += error * error }
      }
      if squares < best.squares { best = (alpha, squares) }
    }
    alpha = best.alpha
    // Σ demand / Σ exp(one-step fit) over positive demand, held to a plausible range.
    var (sold, fitted) = (0.0, 0.0)
    for member in members.indices {
      Self.walk(predictor, demand, member, end, horizon, best.alpha) { value, error, _, _ in
        sold += value
        fitted += value / exp(error)
      }
    }
    smearing = fitted > 0 ? min(1.5, max(0.8, sold / fitted)) : 1
  }

  /// Runs the level of one series through its history. `onError` is called for every positive demand after the first,
  /// with the demand, the error of its logarithm, the time and the share of periods with a sale until then.
  /// Returns the level, nil where no demand was positive, and the share.
  @discardableResult
  private static func walk(
    _ predictor: [Double], _ demand: [Double], _ member: Int, _ end: Int, _ horizon: Int, _ alpha: Double,
    onZero: (Int, Double, Double) -> Void = { _, _, _ in }, _ onError: (Double, Double, Int, Double) -> Void
  ) -> (level: Double?, share: Double) {
    var level: Double?
    var (share, known, positive) = (0.0, 0.0, 0.0)
    for time in 0..<end {
      let value = demand[member * end + time]
      let explained = predictor[member * (end + horizon) + time]
      guard !value.isNaN else { continue }
      if value > 0, !explained.isNaN {
        let rest = log(value) - explained
        if let current = level {
          onError(value, rest - current, time, share)
          positive += 1
          level = current + max(alpha, 1 / (positive + 1)) * (rest - current)
        } else {
          level = rest
        }
      } else if value == 0, let level, !explained.isNaN {
        onZero(time, level + explained, share)
      }
      known += 1
      share += max(shareWeight, 1 / known) * ((value > 0 ? 1 : 0) - share)
    }
    return (level, share)
  }

  /// Writes means, deviations, errors and error weights of the product's series into a run.
  func fill(_ run: inout ModelRun) {
    for (member, series) in members.enumerated() {
      var (squares, fits) = (0.0, 0.0)
      let start = series * end
      func record(_ time: Int, value: Double, fit: Double) {
        run.residuals[start + time] = value - fit
        squares += (value - fit) * (value - fit)
        fits += fit * fit
      }
      let state = Self.walk(
        predictor, demand, member, end, horizon, alpha,
        onZero: { time, fit, share in record(time, value: 0, fit: exp(fit) * smearing * share) },
        { value, error, time, share in record(time, value: value, fit: value / exp(error) * smearing * share) })
      let hasHistory = demand[member * end..<(member + 1) * end].contains { !$0.isNaN }
      guard hasHistory else { continue }
      let ceiling = Self.highestRatio * demand[member * end..<(member + 1) * end].reduce(0) { $1 > $0 ? $1 : $0 }
      // A deviation in proportion to the forecast, widened as the level may move on.
      let relative = fits > 0 ? (squares / fits).squareRoot() : 0
      for step in 0..<horizon {
        let explained = predictor[member * (end + horizon) + end + step]
        let index = series * horizon + step
        // A regressor far outside its history must not send a log-linear forecast to the moon.
        let mean = state.level.map { min(exp(min($0 + explained, 50)) * smearing * state.share, ceiling) } ?? 0
        run.mean[index] = mean
        run.deviation[index] = relative * (mean.isNaN ? 0 : mean) * (1 + Double(step) * alpha * alpha).squareRoot()
        run.weights[index] = step == 0 ? 1 : alpha
      }
    }
  }
}
