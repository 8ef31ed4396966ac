internal import ChannelTypes
internal import LinearAlgebra
package import Regression

/// The driver regressions of all products from one origin: what products share about drivers, season and events.
///
/// Each product's coefficients come from ``PanelRegression`` and are drawn towards the mean over products as far as
/// their error is larger than the difference between products (``PooledEffect``).
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
    let regressions = parallelMap(count: members.count, threads: threads) { product in
      PanelRegression(design, panel, series: members[product], importance: importance)
    }
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
    self.design = design
    self.members = members
    self.regressions = regressions
    pooled = coefficients
  }

  func coefficients(ofProduct product: Int) -> ArraySlice<Double> {
    pooled[product * design.columnCount..<(product + 1) * design.columnCount]
  }
}
