internal import ChannelTypes
internal import LinearAlgebra
package import Regression

/// The driver regressions of all products from one origin: what products share about drivers, season and events.
///
/// Each product's coefficients come from ``PanelRegression`` and are drawn towards the mean over products as far as
/// their errors are larger than the differences between products.
package struct PooledRegression: Sendable {
  let design: DriverDesign
  /// The series of each product.
  let members: [[Int]]
  /// Of each product; nil where it has too few rows.
  let regressions: [PanelRegression?]
  /// Product × column; 0 for drivers that a product never states.
  private let pooled: [Double]
  /// Whether any product had rows enough.
  var isFitted: Bool { regressions.contains { $0 != nil } }

  /// Over the whole history of a panel: what drivers did, not what they will do.
  /// - Parameter importance: how shares of the explained movement are found; nil for no shares.
  package init(_ panel: DemandPanel, events: Bool, importance: RelativeImportance? = nil, threads: Int) {
    self.init(
      panel, end: panel.periodCount, horizon: 0, events: events, importance: importance, threads: threads)
  }

  init(
    _ panel: DemandPanel, end: Int, horizon: Int, events: Bool, knownAhead: Bool = false,
    importance: RelativeImportance? = nil, threads: Int
  ) {
    let design = DriverDesign(panel, end: end, horizon: horizon, events: events, knownAhead: knownAhead)
    let members = panel.seriesByProduct
    let controls = MarketControls(panel, design)
    let regressions = parallelMap(count: members.count, threads: threads) { product in
      PanelRegression(design, panel, series: members[product], controls: controls, importance: importance)
    }
    let width = design.columnCount
    let drawn = Self.drawn(regressions, width: width)
    var coefficients = [Double](repeating: 0, count: regressions.count * width)
    for product in regressions.indices {
      for column in 0..<width where design.isKnown(column, inAnyOf: members[product]) {
        coefficients[product * width + column] = drawn[product * width + column]
      }
    }
    self.design = design
    self.members = members
    self.regressions = regressions
    pooled = coefficients
  }

  /// Coefficients of all products, product × column, drawn towards their means together: a column that a product cannot
  /// tell from another one, as the Lunar New Year from January, takes the other one along.
  ///
  /// Random-effects meta-analysis of several correlated effects (Jackson, Riley & White, "Multivariate meta-analysis:
  /// potential and promise", Statistics in Medicine 30, 2011), with independent differences between products.
  private static func drawn(_ regressions: [PanelRegression?], width: Int) -> [Double] {
    // Columns in units of four typical errors, so that one search fits all.
    let units = (0..<width).map { column -> Double in
      let errors = regressions.compactMap { $0?.standardErrors[column] }.filter { $0 > 0 && $0.isFinite }.sorted()
      return errors.isEmpty ? 1 : 4 * errors[errors.count / 2]
    }
    var data = SeriesInformation(count: regressions.count, width: width)
    for (product, regression) in regressions.enumerated() {
      guard let regression else { continue }
      for (j, column) in regression.estimated.enumerated() {
        for (i, row) in regression.estimated.enumerated() {
          let value = regression.information[i, j] * units[row] * units[column]
          data.information[product * width * width + row + column * width] = value
          data.score[product * width + row] += value * regression.coefficients[column] / units[column]
        }
      }
    }
    let pooled = RandomCoefficients(
      data, codes: [], levelCounts: [], iterations: RandomCoefficients.iterationLimit)
    return regressions.indices.flatMap { product in
      zip(
        pooled.posterior(pooled.mean, information: data.matrix(product), score: data.vector(product)), units
      ).map { $0 * $1 }
    }
  }

  func coefficients(ofProduct product: Int) -> ArraySlice<Double> {
    pooled[product * design.columnCount..<(product + 1) * design.columnCount]
  }
}
