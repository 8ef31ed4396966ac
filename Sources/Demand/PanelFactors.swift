/// Factors by region, product and planned period of a panel: what a plan assumes beside the forecast.
public struct PanelFactors: Sendable, Codable, Hashable {
  public let horizon: Int
  private let products: Int
  private let values: [Double]

  /// - Parameter factor: of a region, a product (their places in the panel) and a step (0 = the first planned period).
  public init(_ panel: DemandPanel, horizon: Int, _ factor: (_ region: Int, _ product: Int, _ step: Int) -> Double) {
    self.horizon = horizon
    products = panel.products.count
    var values: [Double] = []
    values.reserveCapacity(panel.regions.count * products * horizon)
    for region in panel.regions.indices {
      for product in panel.products.indices {
        for step in 0..<horizon { values.append(factor(region, product, step)) }
      }
    }
    self.values = values
  }

  /// Whether all are 1.
  public var isNeutral: Bool { !values.contains { $0 != 1 } }

  public subscript(region: Int, product: Int, step: Int) -> Double {
    values[(region * products + product) * horizon + step]
  }

  public subscript(key: SeriesKey, step: Int) -> Double { self[key.region, key.product, step] }
}
