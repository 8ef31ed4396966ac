internal import ChannelTypes
internal import Glibc
internal import LinearAlgebra
internal import Probability
internal import Regression

/// Factors of season and calendar events that the series of a product share, for models of single series.
///
/// A short, noisy series cannot tell its season; its product can (Dalhart, "Class seasonality: a new approach", 1974;
/// Withycombe, "Forecasting with combined seasonal indices", IJF 5, 1989). The log-factors are the season and event
/// terms of the driver regression, which sees each product's series and borrows from the other products.
///
/// 1. Period effects: log of demand over what levels, trend and drivers alone give, summed over all series, and over the
///    series of each product.
/// 2. F-test of the season and event columns on the period effects, against a constant and a trend. The season counts if
///    the F of the sum over all series, or the mean F of the products, has a chance below 1 % without one. (The mean
///    serves products whose seasons cancel; held against F with the degrees of freedom of one product it errs on the
///    safe side, whether products share their errors or not.)
/// 3. Log-factors are drawn towards zero by 1 − 1/F, after James & Stein (Miller & Williams, "Shrinkage estimators of
///    time series seasonal factors", IJF 19, 2003).
///
/// Without support every factor is 1. Only periods before the origin of the regression are looked at.
struct GroupSeason: Sendable {
  /// F of the season and event terms; 0 where it could not be tested.
  let statistic: Double
  let isSupported: Bool
  /// Product × (end + horizon); empty without support.
  private let factors: [Double]
  private let span: Int

  static let level = 0.01
  /// No period's factor is further from 1 than e², or e⁻².
  static let largestLogarithm = 2.0

  init(_ regression: PooledRegression, _ panel: DemandPanel) {
    let design = regression.design
    span = design.end + design.horizon
    let effects = PeriodEffects(regression, panel)
    let total = effects.test(design, products: regression.members.indices)
    let single = regression.members.indices.compactMap { effects.test(design, products: $0..<$0 + 1) }
    // Products that lack periods have other degrees of freedom: the smallest are used for all.
    let mean = single.isEmpty ? nil : SeasonTest(meanOf: single)
    let passed = [total, mean].compactMap { $0 }.filter { $0.tail < Self.level }
    statistic = passed.map(\.statistic).max() ?? total?.statistic ?? 0
    isSupported = regression.isFitted && !passed.isEmpty
    guard isSupported else {
      factors = []
      return
    }
    let kept = 1 - 1 / max(1, statistic)
    factors = regression.members.indices.flatMap { product in
      let coefficients = regression.coefficients(ofProduct: product)
      return (0..<design.end + design.horizon).map { time in
        let logarithm = kept * design.season(coefficients, time: time)
        return exp(min(Self.largestLogarithm, max(-Self.largestLogarithm, logarithm)))
      }
    }
  }

  /// The factor of the period `time`, before or after the origin.
  func factor(product: Int, time: Int) -> Double { factors.isEmpty ? 1 : factors[product * span + time] }
}

/// An F statistic and its degrees of freedom.
private struct SeasonTest {
  var statistic: Double
  var terms: Double
  var rest: Double

  /// P(F ≥ statistic) without a season (DLMF 8.17: the tail of F is an incomplete beta function).
  var tail: Double { regularizedBeta(rest / (rest + terms * statistic), rest / 2, terms / 2) }

  init?(_ unseasonal: LinearFit, _ seasonal: LinearFit) {
    terms = seasonal.effectiveParameters - unseasonal.effectiveParameters
    rest = seasonal.residualDegreesOfFreedom
    guard terms >= 1, rest >= 4, seasonal.residualSumOfSquares > 0 else { return nil }
    let explained = max(0, unseasonal.residualSumOfSquares - seasonal.residualSumOfSquares)
    statistic = explained / terms / (seasonal.residualSumOfSquares / rest)
  }

  /// - Parameter tests: at least one.
  init(meanOf tests: [SeasonTest]) {
    statistic = tests.reduce(0) { $0 + $1.statistic } / Double(tests.count)
    terms = tests.reduce(.infinity) { min($0, $1.terms) }
    rest = tests.reduce(.infinity) { min($0, $1.rest) }
  }
}

/// Demand of each product and period, and what it would be without season and events.
private struct PeriodEffects {
  /// Product × end.
  private var demand: [Double]
  private var expected: [Double]
  private let end: Int

  init(_ regression: PooledRegression, _ panel: DemandPanel) {
    let design = regression.design
    end = design.end
    demand = [Double](repeating: 0, count: regression.members.count * end)
    expected = demand
    for (product, members) in regression.members.enumerated() {
      let coefficients = regression.coefficients(ofProduct: product)
      for series in members {
        let history = panel.demand[series * panel.periodCount..<series * panel.periodCount + end]
        let base = (0..<end).map { time in
          exp(
            min(
              50, design.predictor(coefficients, series: series, time: time) - design.season(coefficients, time: time)))
        }
        let known = (0..<end).filter { !history[history.startIndex + $0].isNaN && !base[$0].isNaN }
        let sold = known.reduce(0.0) { $0 + history[history.startIndex + $1] }
        let level = sold / known.reduce(0.0) { $0 + base[$1] }
        guard sold > 0, level.isFinite else { continue }
        for time in known {
          demand[product * end + time] += history[history.startIndex + time]
          expected[product * end + time] += level * base[time]
        }
      }
    }
  }

  /// F-test of the season and event columns for the sum of some products; nil where too few periods are known.
  func test(_ design: DriverDesign, products: Range<Int>) -> SeasonTest? {
    func sum(_ values: [Double], _ time: Int) -> Double { products.reduce(0) { $0 + values[$1 * end + time] } }
    let times = (0..<end).filter { sum(demand, $0) > 0 && sum(expected, $0) > 0 }
    guard !design.seasonColumns.isEmpty, times.count >= design.seasonColumns.count + 6 else { return nil }
    let effects = times.map { log(sum(demand, $0) / sum(expected, $0)) }
    func fit(_ columns: [Int]) -> LinearFit? {
      var matrix = Matrix(rows: times.count, columns: columns.count + 1)
      matrix.setColumn(0, times.map { _ in 1 })
      for (index, column) in columns.enumerated() {
        matrix.setColumn(index + 1, times.map { design.value(column, series: 0, time: $0) })
      }
      let names = ["intercept"] + columns.map { design.names[$0] }
      return try? LinearRegression().fit(DesignMatrix(matrix, names: names), response: effects)
    }
    let trend = [design.trendColumn]
    guard let unseasonal = fit(trend), let seasonal = fit(trend + design.seasonColumns) else { return nil }
    return SeasonTest(unseasonal, seasonal)
  }
}
