internal import ChannelTypes
internal import Glibc
internal import LinearAlgebra

/// The driver regression as a forecaster: price, promotion, trend, season and events by product, a level by series.
///
/// 1. Each product's coefficients come from ``PooledRegression``.
/// 2. What the regressors do not explain is a level by series: discounted past demand over what the regressors alone
///    would have given, level = Σ ωᵃ demand / Σ ωᵃ exp(xᵀb) over ages a. This is the mean of the gamma-Poisson filter of
///    Harvey & Fernandes, "Time series models for count or qualitative observations" (JBES 7, 1989); zeros need no care.
///    The series of a product share the discount ω with the smallest one-step error.
/// 3. The forecast is level · exp(xᵀb).
public struct DriverDemandModel: DemandModel {
  public static let name = "drivers"

  /// Takes drivers after the origin from the history where there is one: how good the forecast of a maker is that
  /// sets them itself.
  public var knownAhead = false

  public init(knownAhead: Bool = false) { self.knownAhead = knownAhead }

  public func run(_ origin: ForecastOrigin) -> ModelRun {
    let regression =
      knownAhead
      ? PooledRegression(
        origin.panel, end: origin.end, horizon: origin.horizon, events: origin.events, knownAhead: true,
        threads: origin.threads)
      : origin.regression
    let levels = parallelMap(count: regression.members.count, threads: origin.threads) { product in
      ProductLevels(
        regression.design, origin.panel, regression.members[product], regression.coefficients(ofProduct: product))
    }
    var run = ModelRun(seriesCount: origin.panel.seriesCount, end: origin.end, horizon: origin.horizon)
    for product in levels { product.fill(&run) }
    return run
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
  /// Candidates for the discount of a past period.
  static let discounts = [0.98, 0.94, 0.88, 0.8, 0.65]
  /// The highest forecast in units of the highest demand of the history.
  static let highestRatio = 5.0

  private let members: [Int]
  private let end: Int
  private let horizon: Int
  private var discount = Self.discounts[0]
  /// Member × (end + horizon): exp(xᵀb).
  private let explained: [Double]
  /// Member × end.
  private let demand: [Double]

  init(_ design: DriverDesign, _ panel: DemandPanel, _ members: [Int], _ coefficients: ArraySlice<Double>) {
    self.members = members
    end = design.end
    horizon = design.horizon
    explained = members.flatMap { series in
      let swing = design.swing(coefficients, series: series)
      return (0..<design.end + design.horizon).map { time in
        let rest = time < design.end ? 0 : swing
        return exp(min(50, design.predictor(coefficients, series: series, time: time) + rest))
      }
    }
    demand = members.flatMap { series in
      panel.demand[series * panel.periodCount..<series * panel.periodCount + design.end]
    }
    // The shared discount with the smallest squared one-step error, in units of the variance μ + μ²/k.
    var best = (discount: Self.discounts[0], loss: Double.infinity)
    for discount in Self.discounts {
      var loss = 0.0
      for member in members.indices {
        walk(member, discount) { _, value, fit in
          let variance = fit + fit * fit / PanelRegression.dispersion
          if variance > 0 { loss += (value - fit) * (value - fit) / variance }
        }
      }
      if loss < best.loss { best = (discount, loss) }
    }
    discount = best.discount
  }

  /// Runs the level of one series through its history and hands every known demand after the first, with its one-step
  /// fit, to `onFit`. Returns the level at the end; nil where no demand is known.
  @discardableResult
  private func walk(_ member: Int, _ discount: Double, _ onFit: (Int, Double, Double) -> Void) -> Double? {
    var (sold, expected) = (0.0, 0.0)
    for time in 0..<end {
      let (value, base) = (demand[member * end + time], explained[member * (end + horizon) + time])
      if !value.isNaN, !base.isNaN {
        if expected > 0 { onFit(time, value, sold / expected * base) }
        sold += value
        expected += base
      }
      sold *= discount
      expected *= discount
    }
    return expected > 0 ? sold / expected : nil
  }

  /// Writes means, deviations, errors and error weights of the product's series into a run.
  func fill(_ run: inout ModelRun) {
    for (member, series) in members.enumerated() {
      var (squares, fits) = (0.0, 0.0)
      let level = walk(member, discount) { time, value, fit in
        run.residuals[series * end + time] = value - fit
        squares += (value - fit) * (value - fit)
        fits += fit * fit
      }
      guard let level else { continue }
      let ceiling = Self.highestRatio * demand[member * end..<(member + 1) * end].reduce(0) { $1 > $0 ? $1 : $0 }
      // A deviation in proportion to the forecast, widened as the level may move on.
      let relative = fits > 0 ? (squares / fits).squareRoot() : 0
      let alpha = 1 - discount
      for step in 0..<horizon {
        let index = series * horizon + step
        // A regressor far outside its history must not send a log-linear forecast to the moon.
        let mean = level * explained[member * (end + horizon) + end + step]
        run.mean[index] = mean > ceiling ? ceiling : mean
        run.deviation[index] =
          mean.isNaN ? 0 : relative * run.mean[index] * (1 + Double(step) * alpha * alpha).squareRoot()
        run.weights[index] = step == 0 ? 1 : alpha
      }
    }
  }
}
