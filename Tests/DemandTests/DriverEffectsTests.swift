import Demand
import Testing

@Suite("Driver regression")
struct DriverEffectsTests {
  @Test("finds the elasticity and the promotion effect that made the data")
  func truth() throws {
    let (panel, _) = try DemandPanel.build(sales: SimulatedSales().table(), settings: PanelSettings())
    let effects = try DriverEffects(panel).effects
    let price = try #require(effects.first { $0.product.isEmpty && $0.driver == "net_price" })
    let days = try #require(effects.first { $0.product.isEmpty && $0.driver == "promo_days" })
    #expect(price.form == .elasticity && days.form == .semiElasticity)
    // Four standard errors: a true value outside has a chance below 1 in 10,000.
    #expect(abs(price.estimate + 2) < 4 * price.standardError && price.standardError < 0.1)
    #expect(abs(days.estimate - 0.03) < 4 * days.standardError && days.standardError < 0.005)
    #expect(effects.filter { $0.driver == "net_price" }.count == 5)
    #expect(effects.allSatisfy { $0.lower <= $0.estimate && $0.estimate <= $0.upper && (0...1).contains($0.pValue) })
  }

  @Test("says so where nothing varies")
  func nothing() throws {
    var sales = SimulatedSales(partners: 1, products: 1, months: 4)
    sales.noise = 0
    let (panel, _) = try DemandPanel.build(sales: sales.table(), settings: PanelSettings())
    #expect(throws: DemandError.nothingToExplain) { try DriverEffects(panel) }
  }

  @Test("effects are drawn towards the mean by their own error")
  func pooling() throws {
    // Equal errors, spread of estimates equal to what chance gives: no difference between groups is left.
    let same = try #require(PooledEffect(estimates: [1, 2, 3], standardErrors: [1, 1, 1]))
    #expect(same.betweenVariance == 0 && same.shrunk(estimate: 3, standardError: 1) == 2)
    // Errors far below the spread: groups keep their own.
    let apart = try #require(PooledEffect(estimates: [1, 2, 3], standardErrors: [0.01, 0.01, 0.01]))
    #expect(abs(apart.shrunk(estimate: 3, standardError: 0.01) - 3) < 0.001)
    // τ² by hand: weights 1, 1; Q = 8; (8 − 1) / (2 − 1) = 7.
    let pair = try #require(PooledEffect(estimates: [0, 4], standardErrors: [1, 1]))
    #expect(pair.betweenVariance == 7 && pair.mean == 2)
    #expect(pair.shrunk(estimate: .nan, standardError: .nan) == 2)
  }
}
