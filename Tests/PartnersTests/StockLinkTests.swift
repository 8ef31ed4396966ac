import ChannelTypes
import Probability
import Testing

@testable import Partners

@Suite("Links of stock to rebates and credit")
struct StockLinkTests {
  /// A random proper table: figures ascend, factors fall or stay.
  private static func link(_ seed: Int, _ shape: StockLink.Shape) -> StockLink {
    var stream = RandomStream(seed: UInt64(seed), key: 1)
    let count = 1 + Int(stream.uniform() * 5)
    var (figure, factor): (Int64, Int64) = (Int64(stream.uniform() * 300_000), 1_050_000)
    let knots = (0..<count).map { _ -> StockLink.Knot in
      figure += 1 + Int64(stream.uniform() * 400_000)
      factor -= Int64(stream.uniform() * 150_000)
      return StockLink.Knot(Money(tenThousandths: figure), Percent(tenThousandths: factor))
    }
    return StockLink(.turnoverDays, shape, knots: knots, key: "inventory.links.dio_days")
  }

  private static let table = [
    StockLink.Knot(Money(30), Percent(100)), StockLink.Knot(Money(60), Percent(95)),
    StockLink.Knot(Money(90), Percent(85)),
  ]

  @Test("the example of the plan: 78 days, × 0.95 by steps and 89 % along the line")
  func example() {
    let step = StockLink(.turnoverDays, .step, knots: Self.table)
    let linear = StockLink(.turnoverDays, .linear, knots: Self.table)
    #expect(step.factor(of: 78) == Percent(95) && linear.factor(of: 78) == Percent(89))
    #expect(step.factor(of: 0) == Percent(100) && linear.factor(of: 29.9) == Percent(100))
    #expect(step.factor(of: 59.9999) == Percent(100) && step.factor(of: 60) == Percent(95))
    #expect(step.factor(of: .infinity) == Percent(85) && linear.factor(of: 1e300) == Percent(85))
    // 45 and a third: 97.4444… %, to a ten-thousandth of a percent.
    #expect(linear.factor(of: 45.3333) == Percent(tenThousandths: 974_444))
  }

  @Test("monotone, exact at the knots, within the table's range, and equal there in both shapes", arguments: 0..<60)
  func properties(seed: Int) {
    let step = Self.link(seed, .step)
    let linear = Self.link(seed, .linear)
    #expect(step.firstImproper == nil)
    for knot in step.knots {
      #expect(step.factor(of: knot.figure.double) == knot.factor)
      #expect(linear.factor(of: knot.figure.double) == knot.factor)
    }
    var stream = RandomStream(seed: UInt64(seed), key: 2)
    let figures = (0..<200).map { _ in stream.uniform() * 250 }.sorted()
    for link in [step, linear] {
      let factors = figures.map { link.factor(of: $0) }
      #expect(zip(factors, factors.dropFirst()).allSatisfy { $0 >= $1 })
      #expect(factors.allSatisfy { $0 <= link.knots[0].factor && $0 >= link.knots[link.knots.count - 1].factor })
    }
    // Between knots the line lies between the steps on either side.
    for (figure, along) in zip(figures, figures.map { linear.factor(of: $0) }) {
      #expect(along <= step.factor(of: figure))
    }
  }

  @Test("a table that rises, or repeats a figure, is improper")
  func improper() {
    var link = StockLink(.slowShare, .step, knots: Self.table)
    link.knots[2].factor = Percent(96)
    #expect(link.firstImproper == 2)
    link.knots[2] = StockLink.Knot(Money(60), Percent(90))
    #expect(link.firstImproper == 2)
  }

  @Test("tables multiply, rounded once; a floor holds; regions and new partners have tables of their own")
  func tables() {
    let slow = StockLink(
      .slowShare, .step, knots: [.init(.zero, Percent(100)), .init(Money("0.2")!, Percent("92.5")!)])
    var links = StockLinks(tables: [slow, StockLink(.turnoverDays, .step, knots: Self.table)], atLeast: Percent(80))
    links.exceptions = [
      .init(newMonths: 12, tables: [StockLink(.turnoverDays, .step, knots: [.init(Money(100), Percent(100))])]),
      .init(region: "west", tables: [StockLink(.turnoverDays, .step, knots: [.init(Money(10), Percent(50))])]),
    ]
    func factor(_ days: Double, _ share: Double, _ region: String = "east", _ months: Int? = 40) -> Percent? {
      links.steps(turnoverDays: days, slowShare: share, region: region, monthsSinceSigning: months).last?.after
    }
    #expect(factor(70, 0.3) == Percent("87.875"))
    #expect(factor(95, 0.3) == Percent(80))
    #expect(factor(70, 0.3, "east", 3) == Percent("92.5"))
    // The first exception that fits: new, though in the west.
    #expect(factor(70, 0, "west", 3) == Percent(100) && factor(70, 0, "west") == Percent(80))
    #expect(factor(70, 0, "west", nil) == Percent(80))
    #expect(factor(.nan, .nan) == nil)
    let steps = links.steps(turnoverDays: 95, slowShare: 0.3, region: "east", monthsSinceSigning: 40)
    #expect(steps.first?.before == Percent(100))
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.after == $1.before })
  }
}

@Suite("How partners stand with their stock")
struct StandingProblemTests {
  private static func holding(_ partner: String, _ value: Int, _ sold: Double, slow: Bool = false) -> StockHolding {
    StockHolding(partner: partner, product: "x", value: Money(value), soldPerDay: sold, isSlow: slow)
  }

  @Test("turnover, slow share, capital cost; what lies for ever takes the last knot, no stock takes none")
  func figures() throws {
    let links = StockLinks(
      tables: [
        StockLink(
          .turnoverDays, .step, knots: [.init(Money(30), Percent(100)), .init(Money(60), Percent(90))], key: "days")
      ], targets: [.creditLimit])
    let problem = StandingProblem(
      holdings: [
        Self.holding("a", 600, 8, slow: true), Self.holding("a", 200, 2), Self.holding("b", 500, 0),
        Self.holding("c", 0, 0),
      ], averageStock: ["a": 730], costOfGoodsSold: ["a": 3650], holdingRate: Percent("12.5")!, links: links)
    let standings = problem.standings()
    let a = try #require(standings["a"])
    #expect(a.stockValue == Money(800) && a.turnoverDays == 80 && a.slowShare == 0.75)
    #expect(a.pastTurnoverDays == 73 && a.capitalCost == Money(100))
    #expect(a.rebateFactor == Percent(100) && a.creditFactor == Percent(90))
    let b = try #require(standings["b"])
    #expect(b.turnoverDays.isNaN && b.creditFactor == Percent(90))
    let c = try #require(standings["c"])
    #expect(c.creditFactor == Percent(100) && c.steps.isEmpty && c.slowShare == 0)
  }

  @Test("shares stay in [0, 1] and burn-down is excess over the rate", arguments: 0..<40)
  func ranges(seed: Int) {
    var stream = RandomStream(seed: UInt64(seed), key: 3)
    let holdings = (0..<30).map { index in
      var holding = Self.holding("p\(index / 5)", Int(stream.uniform() * 1000), stream.uniform() * 4)
      holding.isSlow = stream.uniform() < 0.3
      holding.excess = Money(Int(stream.uniform() * 100))
      return holding
    }
    for standing in StandingProblem(holdings: holdings).standings().all {
      #expect(standing.slowShare >= 0 && standing.slowShare <= 1)
      #expect(standing.rebateFactor == Percent(100) && standing.burnDownDays >= 0)
    }
  }
}

@Suite("Orders beside sales")
struct OrderBehaviourTests {
  @Test("what is bought is sold: index and bullwhip ratio are 1, no push", arguments: 0..<20)
  func balanced(seed: Int) {
    var stream = RandomStream(seed: UInt64(seed), key: 4)
    let sold = (0..<24).map { _ in 50 + 100 * stream.uniform() }
    let behaviour = OrderBehaviour(orders: sold[...], demand: sold[...], firstMonth: seed % 12, protectionMonths: 1)
    #expect(behaviour.stuffingIndex == 1 && abs(behaviour.bullwhipRatio - 1) < 1e-12)
    #expect(behaviour.quarterEndPush == 0 && behaviour.quarterEndPValue == 1)
  }

  @Test("orders that swell at quarter ends are seen, and only then")
  func quarterEnds() {
    var stream = RandomStream(seed: 7, key: 5)
    let sold = (0..<36).map { _ in 90 + 20 * stream.uniform() }
    let pushed = sold.indices.map { $0 % 3 == 2 ? 2 * sold[$0] : 0.5 * sold[$0] }
    let seen = OrderBehaviour(orders: pushed[...], demand: sold[...], firstMonth: 0, protectionMonths: 1)
    #expect(seen.quarterEndPush > 0.3 && seen.quarterEndPValue < 1e-6)
    #expect(seen.bullwhipRatio > 10)
    // The same months read as if quarters ended one month later.
    let other = OrderBehaviour(orders: pushed[...], demand: sold[...], firstMonth: 1, protectionMonths: 1)
    #expect(other.quarterEndPValue > 0.9)
  }

  @Test("independent demand: order-up-to on a moving average has 1 + 2 L / p + 2 L² / p²", arguments: [0.5, 1, 2])
  func chen(protection: Double) {
    var stream = RandomStream(seed: 11, key: 6)
    let demand = (0..<60_000).map { _ in stream.normal(mean: 100, standardDeviation: 10) }
    let expected = 1 + 2 * protection / 12 + 2 * protection * protection / 144
    // The standard error of a ratio of variances over so many months is below 0.01.
    #expect(abs(OrderBehaviour.replayedRatio(demand, protectionMonths: protection) - expected) < 0.03)
  }

  @Test("too few months say nothing")
  func short() {
    let behaviour = OrderBehaviour(orders: [1, 2], demand: [1, 2], firstMonth: 0, protectionMonths: 1)
    #expect(behaviour.stuffingIndex.isNaN && behaviour.bullwhipRatio.isNaN && behaviour.quarterEndPValue.isNaN)
  }
}

@Suite("Supply beside demand")
struct SupplyMatchTests {
  @Test(
    "gaps have both signs and add up over any nodes; what is made is demand plus the change of stock", arguments: 0..<30
  )
  func balances(seed: Int) {
    var stream = RandomStream(seed: UInt64(seed), key: 8)
    let (items, horizon) = (12, 5)
    let demand = (0..<items * horizon).map { _ in stream.uniform() * 20 }
    let stock = (0..<items).map { _ in stream.uniform() * 80 - 5 }
    let match = SupplyMatch(stock: stock, demand: demand, horizon: horizon)
    let nodes = match.sums(by: (0..<items).map { $0 % 3 }, count: 3)
    let whole = match.sums(by: [Int](repeating: 0, count: items), count: 1)
    for period in 0..<horizon {
      let parts = (0..<3).map { nodes[$0 * horizon + period] }
      #expect(abs(parts.reduce(0) { $0 + $1.gap } - whole[period].gap) < 1e-9)
      #expect(abs(whole[period].short - whole[period].surplus - whole[period].gap) < 1e-9)
      #expect(parts.allSatisfy { $0.short >= 0 && $0.surplus >= 0 })
    }
    let safety = (0..<items).map { _ in stream.uniform() * 10 }
    let signal = ProductionSignal(
      stock: stock, safety: safety, demand: demand, products: (0..<items).map { $0 % 4 }, productCount: 4,
      horizon: horizon)
    for cell in signal.demand.indices where cell % horizon < horizon - 1 {
      let change = signal.channelStock[cell + 1] - signal.channelStock[cell]
      #expect(abs(signal.make[cell] - signal.demand[cell] - change) < 1e-9)
      #expect(signal.make[cell] >= 0)
    }
  }

  @Test("10 are there, 6 a period are asked for: 4 left over, then 2 short")
  func example() {
    let match = SupplyMatch(stock: [10], demand: [6, 6, 6], horizon: 3)
    #expect(match.available == [10, 4, 0])
    let nodes = match.sums(by: [0], count: 1)
    #expect(nodes.map(\.gap) == [-4, 2, 6] && nodes.map(\.surplus) == [4, 0, 0])
    let signal = ProductionSignal(
      stock: [10], safety: [1], demand: [6, 6, 6], products: [0], productCount: 1, horizon: 3)
    #expect(signal.make == [0, 3, 6] && signal.channelStock == [10, 4, 1])
  }
}
