import Demand
import Foundation
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

@Suite("Bridge between two years")
struct GapBridgeTests {
  @Test("adds up exactly, in units and in money, and finds the price that made the difference")
  func exact() throws {
    let (panel, _) = try DemandPanel.build(sales: SimulatedSales().table(), settings: PanelSettings())
    let bridge = try #require(GapBridge(panel))
    #expect(!bridge.regions.isEmpty)
    for region in bridge.regions {
      let units = region.units.reduce(0) { $0 + $1.amount }
      #expect(abs(units - (region.unitsAfter - region.unitsBefore)) < 1e-9 * region.unitsAfter)
      let (before, after) = (try #require(region.valueBefore), try #require(region.valueAfter))
      let value = region.value.reduce(0) { $0 + $1.amount }
      #expect(abs(value - (after - before)) < 1e-9 * after)
    }
    // A year of prices raised by a tenth costs about 2 × log 1.1 of the units, at an elasticity of −2.
    var dearer = panel
    let column = try #require(dearer.drivers.firstIndex { $0.name == "net_price" })
    for series in dearer.series.indices {
      for time in bridge.after {
        let index = series * dearer.periodCount + time
        dearer.drivers[column].values[index] *= 1.1
        dearer.demand[index] *= pow(1.1, -2)
        dearer.observed[index] *= pow(1.1, -2)
      }
    }
    let changed = try #require(GapBridge(dearer))
    for (region, base) in zip(changed.regions, bridge.regions) {
      let price = try #require(region.units.first { $0.name == "net_price" }).amount
      let before = try #require(base.units.first { $0.name == "net_price" }).amount
      let expected = -2 * log(1.1) * base.unitsAfter * 0.9
      #expect(abs(price - before - expected) < 0.2 * abs(expected))
    }
  }

  @Test("needs two years")
  func shortHistory() throws {
    let (panel, _) = try DemandPanel.build(sales: SimulatedSales(months: 20).table(), settings: PanelSettings())
    #expect(GapBridge(panel) == nil)
  }

  @Test("shares of the movement add up to what all drivers explain")
  func shares() throws {
    let (panel, _) = try DemandPanel.build(sales: SimulatedSales().table(), settings: PanelSettings())
    let shares = DriverShares(panel, seed: 1).shares
    for product in panel.products {
      let own = shares.filter { $0.product == product }
      let rSquared = try #require(own.first).rSquared
      #expect(abs(own.reduce(0) { $0 + $1.share } - rSquared) < 1e-9)
      #expect(rSquared > 0 && rSquared <= 1)
      let largest = try #require(own.max { $0.share < $1.share })
      #expect(try #require(largest.lower) <= largest.share && largest.share <= #require(largest.upper))
    }
    #expect(DriverShares(panel, seed: 1, threads: 2).shares == shares)
  }
}
