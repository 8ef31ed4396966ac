import ChannelTypes
import Tables
import Testing

@testable import Partners

/// Two partners in two regions over 15 months: 100 and 50 a month in the first year, 120 and 0 afterwards.
private let sales = Table(
  name: "sales",
  columns: [
    .period("period", form: .month, (0..<30).map { Period.month(2024, 1).advanced(by: $0 / 2) }),
    .text("partner_id", (0..<30).map { $0 % 2 == 0 ? "P1" : "P2" }),
    .text("product_id", (0..<30).map { _ in "box" }),
    .money("sell_in_value", (0..<30).map { row in Money(row % 2 == 0 ? row < 24 ? 100 : 120 : row < 24 ? 50 : 0) }),
    .real("sell_in_qty", (0..<30).map { row in row % 2 == 0 ? 10 : row < 24 ? 10 : 0 }),
  ])
private let partners = Table(
  name: "partners",
  columns: [
    .text("partner_id", ["P1", "P2"]), .text("region", ["east", "west"]), .text("city", ["e", "w"]),
    .text("channel_type", ["agent", "online"]),
  ])

private func history() throws -> ChannelHistory {
  try #require(ChannelHistory(sales: sales, partners: partners))
}

@Suite("The channel monitor")
struct MonitorTests {
  private func point(
    _ points: [ChannelMonitor.Point], _ kpi: ChannelKPI, _ scope: ChannelMonitor.Scope, _ period: Period
  ) throws -> ChannelMonitor.Point {
    try #require(points.first { $0.kpi == kpi && $0.scope == scope && $0.period == period })
  }

  @Test func changesAreAgainstTheYearAndThePeriodBefore() throws {
    let points = ChannelMonitor(history: try history(), orders: nil, customers: nil).points()
    let quarter = try point(points, .sales, .network, .quarter(2025, 1))
    #expect(quarter.value == 360 && abs(quarter.yearOnYear + 0.2) < 1e-12 && abs(quarter.periodOnPeriod + 0.2) < 1e-12)
    let first = try point(points, .sales, .network, .quarter(2024, 1))
    #expect(first.yearOnYear.isNaN && first.periodOnPeriod.isNaN)
    let east = try point(points, .sales, .region("east"), .month(2025, 2))
    #expect(abs(east.yearOnYear - 0.2) < 1e-12 && east.periodOnPeriod == 0)
    // The year 2025 is not whole: it has no row.
    #expect(!points.contains { $0.period == .year(2025) } && points.contains { $0.period == .year(2024) })
  }

  @Test func zeroIsNoDenominator() throws {
    let points = ChannelMonitor(history: try history(), orders: nil, customers: nil).points()
    let west = try point(points, .salesPerPartner, .channelType("online"), .quarter(2025, 1))
    #expect(west.value.isNaN && west.yearOnYear.isNaN)
    #expect(try point(points, .activePartners, .region("west"), .quarter(2025, 1)).value == 0)
    // A region that sold nothing in the month before has grown by no rate.
    #expect(try point(points, .sales, .region("west"), .month(2025, 2)).periodOnPeriod.isNaN)
  }

  @Test func sharesOfRegionsAddUpAndChangeInPoints() throws {
    let points = ChannelMonitor(history: try history(), orders: nil, customers: nil).points()
    for period in [Period.month(2024, 5), .quarter(2025, 1), .year(2024)] {
      let shares = try ["east", "west"].map { try point(points, .salesShare, .region($0), period).value }
      #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
    }
    let east = try point(points, .salesShare, .region("east"), .quarter(2025, 1))
    #expect(abs(east.yearOnYear - 1.0 / 3) < 1e-12)
    #expect(!points.contains { $0.kpi == .conversion || $0.kpi == .averageOrderValue })
  }

  @Test func leadsHaveThreeMonthsToOrder() throws {
    let customers = Table(
      name: "customers",
      columns: [
        .text("partner_id", ["P1", "P1", "P1", "P2"]),
        .period("first_contact", form: .month, [.month(2024, 2), .month(2024, 2), .month(2024, 3), .month(2025, 3)]),
        .period("first_order", form: .month, [.month(2024, 5), .month(2024, 6), nil, .month(2025, 3)]),
      ])
    let points = ChannelMonitor(history: try history(), orders: nil, customers: customers).points()
    #expect(try point(points, .conversion, .network, .month(2024, 2)).value == 0.5)
    #expect(try point(points, .conversion, .network, .month(2024, 3)).value == 0)
    // Nobody was contacted, and the table goes back so far; before it, and while leads have time, nothing is known.
    #expect(try point(points, .conversion, .network, .month(2024, 4)).value.isNaN)
    #expect(!points.contains { $0.kpi == .conversion && $0.period == .month(2024, 1) })
    #expect(!points.contains { $0.kpi == .conversion && $0.period == .month(2025, 1) })
  }

  @Test func everyFigureHasAFormula() {
    for kpi in ChannelKPI.allCases { #expect(!kpi.label.isEmpty && kpi.formula.count > 10 && !kpi.source.isEmpty) }
    #expect(Set(ChannelKPI.allCases.map(\.label)).count == ChannelKPI.allCases.count)
  }

  @Test func ordersAreFollowedToTheirCashAndCirclesEnd() {
    let day = CivilDate(year: 2025, month: 3, day: 1).daysSinceEpoch
    let orders = Table(
      name: "orders",
      columns: [
        .text("order_id", ["A", "B", "C", "D", "X", "Y"]), .text("partner_id", ["P1", "P1", "P1", "P1", "P1", "P1"]),
        .text("kind", ["order", "shipment", "shipment", "invoice", "cash", "invoice"]),
        .period("date", form: .day, (0..<6).map { Period(form: .day, ordinal: day + $0) }),
        .money("amount", [Money(100), Money(60), Money(40), Money(60), Money(9), Money(9)]),
        .text("ref", [nil, "A", "A", "B", "Y", "X"]),
      ])
    let funnel = SalesFunnel(customers: nil, orders: orders, until: .month(2025, 4))
    #expect(funnel.steps.map(\.count) == [1, 1, 1, 0])
    #expect(funnel.steps.map(\.amount) == [Money(100), Money(100), Money(60), .zero])
    #expect(SalesFunnel(customers: nil, orders: orders, until: .month(2025, 3)).steps.isEmpty)
    let leads = Table(
      name: "customers",
      columns: [
        .text("stage", ["potential", "customer", "customer", "odd"]), .integer("orders_n", [0, 1, 3, 0]),
      ])
    let steps = SalesFunnel(customers: leads, orders: nil, until: .month(2025, 4)).steps
    #expect(steps.map(\.count) == [3, 2, 2, 2, 1])
  }
}

@Suite("Markets")
struct MarketTests {
  private let regions = Table(
    name: "regions",
    columns: [
      .text("region", ["east", "east", "west"]), .text("city", ["e", "f", "w"]), .integer("city_tier", [1, 2, 1]),
      .real("population", [1_000, 5_000, 2_000]), .money("potential", [Money(4_000), Money(800), Money(2_400)]),
    ])

  private func rivals(_ share: Double) -> Table {
    Table(
      name: "competitors",
      columns: [
        .period("period", form: .month, (0..<6).map { Period.month(2024, 1).advanced(by: $0) }),
        .text("region", (0..<6).map { _ in "east" }), .text("rival", (0..<6).map { _ in "R" }),
        .real("share", (0..<6).map { $0 < 3 ? share : share + 0.1 }),
      ])
  }

  @Test func ourShareIsSalesOverTheMarket() throws {
    let shares = RivalShares(
      history: try history(), competitors: rivals(0.3), regions: regions, marketIndex: nil)
    let own = try #require(
      shares.lines.first { $0.region == "east" && $0.rival == nil && $0.quarter == .quarter(2024, 2) })
    // 300 of a quarter's market of 4,800 / 4.
    #expect(own.share == 0.25 && own.periodOnPeriod == 0 && own.isSameMarket)
    let rival = try #require(
      shares.lines.first { $0.region == "east" && $0.rival == "R" && $0.quarter == .quarter(2024, 2) })
    #expect(abs(rival.share - 0.4) < 1e-12 && abs(rival.periodOnPeriod - 0.1) < 1e-12)
    #expect(shares.differing == 0 && !shares.lines.contains { $0.region == "west" })
  }

  @Test func sharesAboveTheWholeAreNotOfOneMarket() throws {
    let shares = RivalShares(
      history: try history(), competitors: rivals(0.8), regions: regions, marketIndex: nil)
    #expect(shares.differing > 0)
    #expect(shares.lines.contains { $0.quarter == .quarter(2024, 1) && !$0.isSameMarket })
    let unknown = RivalShares(history: try history(), competitors: rivals(0.3), regions: nil, marketIndex: nil)
    #expect(unknown.lines.allSatisfy { ($0.rival == nil) == $0.share.isNaN })
  }

  @Test func demandStandsWherePartnersSit() throws {
    let areas = DemandAreas(history: try history(), regions: regions).areas
    #expect(areas.map(\.region) == ["east", "east", "west"] && areas.map(\.cityTier) == [1, 2, 1])
    // The last twelve months: nine of the first year and three of the second.
    #expect(areas[0].units == 120 && areas[0].unitsPerThousand == 120 && areas[1].units == 0)
    #expect(areas[2].units == 90 && areas.map(\.servedCities) == [1, 0, 1] && areas[0].yearOnYear.isNaN)
  }

  @Test func gapsAreNetOfFreight() throws {
    let history = try history()
    func gaps(_ freight: Double, lanes: Table? = nil) -> [PriceGaps.Pair] {
      PriceGaps(
        sales: sales, lanes: lanes, regionOf: { history.index(of: $0).map { history.partners[$0].region } },
        until: .month(2024, 12), freight: freight
      ).pairs
    }
    // East pays 10 a unit, west 5.
    let pairs = gaps(1)
    #expect(pairs.map(\.from) == ["east", "west"] && pairs.map(\.products) == [1, 1])
    #expect(pairs[1].gap == 0.5 && abs(pairs[1].net - 0.4) < 1e-12 && pairs[1].widestProduct == "box")
    #expect(pairs[0].gap == -1 && pairs[0].net < -1)
    let lanes = Table(
      name: "lanes",
      columns: [
        .text("from_partner", ["P2"]), .text("to_partner", ["P1"]), .money("cost_per_unit", [Money(5)]),
      ])
    let withLane = gaps(1, lanes: lanes)
    #expect(abs(withLane[1].net) < 1e-12 && withLane[1].hasLanes && !withLane[0].hasLanes)
  }
}

@Suite("Curves for the report")
struct CurveTests {
  @Test func lossesFillTheirBars() {
    let exposures = (0..<40).map { CreditLosses.Exposure("P\($0)", loss: 100 + Double($0), probability: 0.05) }
    let losses = CreditLosses(exposures, correlation: 0.2, scenarios: 2_000, seed: 3)
    let bins = losses.bins(20, confidence: 0.99)
    #expect(abs(bins.reduce(0) { $0 + $1.share } - 1) < 1e-9)
    #expect(zip(bins, bins.dropFirst()).allSatisfy { $0.to == $1.from && $0.chanceOfMore >= $1.chanceOfMore })
    #expect(bins.last?.chanceOfMore == 0 && bins.last?.to == losses.sorted.last)
    #expect(CreditLosses([], correlation: 0.2, scenarios: 100, seed: 3).bins(20, confidence: 0.99).isEmpty)
  }

  @Test func cornersOfAPayoutAreExact() throws {
    let tiers = [(0, 1), (1_000, 2), (2_000, 3)].map { TierSchedule.Tier(from: Money($0.0), rate: Percent($0.1)) }
    let whole = try #require(PayoutCurve(.tiers(TierSchedule(.onWhole, tiers: tiers))))
    #expect(whole.corners.map(\.sales) == [0, 999, 1_000, 1_999, 2_000, 3_000].map { Money($0) })
    #expect(whole.corners[2].payout == Money(20) && whole.corners[4].payout == Money(60))
    let excess = try #require(PayoutCurve(.tiers(TierSchedule(.onExcess, tiers: tiers))))
    // On the excess a payout has no jump.
    #expect(zip(excess.corners, excess.corners.dropFirst()).allSatisfy { $1.payout - $0.payout <= Money(30) })
    let bonus = try #require(PayoutCurve(.aboveTarget(Percent(10))))
    #expect(bonus.unit == .shareOfTarget && bonus.corners.map(\.payout.double) == [0, 0, 0.05])
    #expect(PayoutCurve(.grade) == nil)
  }
}
