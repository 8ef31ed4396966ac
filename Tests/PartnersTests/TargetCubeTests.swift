import ChannelTypes
import Probability
import Tables
import Testing

@testable import Partners

@Suite("Revenue against targets")
struct TargetCubeTests {
  private struct Line {
    var month: Period
    var id: String
    var amount: Money
    var level = "partner"
    var owner = "S2"
  }

  private static func sales(_ months: [Period]) -> Table {
    let lines = months.flatMap { month -> [Line] in
      [("A", 90), ("B", 200), ("C", 200)].map { Line(month: month, id: $0.0, amount: Money($0.1)) }
    }
    return Table(
      name: "sales", rows: lines,
      columns: [
        .period("period", form: .month) { $0.month }, .text("partner_id") { $0.id },
        .money("sell_in_value") { $0.amount },
      ])
  }

  private static func statements(_ months: [Period]) -> Table {
    let lines = months.flatMap { month -> [Line] in
      [
        Line(month: month, id: "A", amount: Money(100), owner: "S1"), Line(month: month, id: "C", amount: .zero),
        Line(month: month, id: "west", amount: Money(150), level: "region"),
      ]
    }
    return Table(
      name: "targets", rows: lines,
      columns: [
        .period("period", form: .month) { $0.month }, .text("level") { $0.level }, .text("id") { $0.id },
        .text("measure") { _ in "revenue" }, .money("amount") { $0.amount }, .text("owner") { $0.owner },
      ])
  }

  /// Three partners of two regions that sold in 2025; targets of 2025 by partner and for one region, planned ones of
  /// 2026 with a line for new customers.
  private func targets(factor: (String, Period) -> Percent = { _, _ in Percent(100) }) throws -> RevenueTargets {
    let months = (0..<12).map { Period.month(2025, 1).advanced(by: $0) }
    let sales = Self.sales(months)
    let partners = Table(
      name: "partners", columns: [.text("partner_id", ["A", "B", "C"]), .text("region", ["east", "east", "west"])])
    let history = try #require(ChannelHistory(sales: sales, partners: partners))
    let statements = Self.statements(months)
    let planned = PlannedTargets(
      members: [
        .init("A", region: "east", owner: "S1"), .init("B", region: "east", owner: "S2"),
        .init("new:east", region: "east", owner: "S2"),
      ],
      firstMonth: .month(2026, 1), monthCount: 12,
      amounts: [Money](repeating: Money(110), count: 12) + [Money](repeating: Money(220), count: 12)
        + [Money](repeating: Money(10), count: 12))
    return RevenueTargets(
      history: history, statements: statements, planned: planned,
      staff: ["S1": ("sales", "east"), "S2": ("sales", "west")], factor: factor)
  }

  @Test func quartersAreTheSumsOfTheirMonthsAtEveryLevel() throws {
    let targets = try targets { region, quarter in
      region == "east" && quarter == .quarter(2026, 1) ? Percent(tenThousandths: 833_333) : Percent(100)
    }
    let cube = targets.cube
    for node in cube.nodes.indices {
      for period in cube.periods(.quarter) + cube.periods(.year) {
        guard let whole = cube.standing(node: node, in: period) else { continue }
        let months = cube.months(in: period).map(cube.month).compactMap { cube.standing(node: node, in: $0) }
        #expect(whole.target == (months.contains { $0.target != nil } ? months.compactMap(\.target).total() : nil))
        #expect(whole.adjusted ?? .zero == months.compactMap(\.adjusted).total())
        #expect(whole.actual ?? .zero == months.compactMap(\.actual).total())
      }
    }
  }

  @Test func sumsOfPartnersAreRegionsPersonsAndTheCompany() throws {
    let targets = try targets()
    let cube = targets.cube
    let year = Period.year(2026)
    let east = try #require(targets.regionNodes["east"])
    #expect(cube.standing(node: east, in: year)?.target == Money(12 * 340))
    #expect(cube.standing(node: targets.company, in: year)?.target == Money(12 * 340))
    let people = cube.nodes.indices.filter { cube.nodes[$0].level == .staff }
    #expect(people.compactMap { cube.standing(node: $0, in: year)?.target }.total() == Money(12 * 340))
    // The table's row of the region takes the place of the sum of its partners.
    let west = try #require(targets.regionNodes["west"])
    #expect(cube.standing(node: west, in: .quarter(2025, 4))?.target == Money(450))
    #expect(cube.standing(node: targets.company, in: .month(2025, 1))?.target == Money(250))
  }

  @Test func blankAndZeroTargetsAreNone() throws {
    let targets = try targets()
    let cube = targets.cube
    let (b, c) = (try #require(targets.partnerNodes["B"]), try #require(targets.partnerNodes["C"]))
    let blank = try #require(cube.standing(node: b, in: .quarter(2025, 4)))
    #expect(blank.target == nil && !blank.hasTarget && blank.attainment.isNaN && blank.gap == nil)
    let zero = try #require(cube.standing(node: c, in: .quarter(2025, 4)))
    #expect(zero.target == .zero && !zero.hasTarget && zero.attainment.isNaN && zero.actual == Money(600))
  }

  @Test func trackingToDate() throws {
    let targets = try targets()
    let node = try #require(targets.partnerNodes["A"])
    let march = try #require(targets.cube.standing(node: node, in: .month(2025, 3)))
    #expect(march.yearActual == Money(270) && march.yearDue == Money(300) && march.yearAttainment == 0.9)
    // 1200 − 270 over nine months.
    #expect(march.runRate == Money(rounding: 930.0 / 9) && march.gap == -Money(10))
    let open = try #require(targets.cube.standing(node: node, in: .quarter(2026, 1)))
    #expect(open.openMonths == 3 && open.actual == nil && open.attainment.isNaN && open.target == Money(330))
  }

  @Test func targetsOfAQuarterSpreadOverItsMonthsExactly() {
    let table = Table(
      name: "targets",
      columns: [
        .period("period", form: .quarter, [.quarter(2025, 1)]), .text("level", ["region"]), .text("id", ["east"]),
        .text("measure", ["revenue"]), .money("amount", [Money("100.0001")]),
      ])
    var amounts: [Money] = []
    TargetRows(table, .revenue, firstMonth: .month(2025, 1), monthCount: 12).forEach(.region) { _, _, amount, _, _ in
      amounts.append(amount)
    }
    #expect(
      amounts.total() == Money("100.0001")
        && Array(amounts.dropFirst()) == [Money("33.33"), Money("33.33")].compactMap(\.self))
  }

  // MARK: Chances

  @Test("chances lie in [0, 1] and fall with the target; the uplift reaches the chance")
  func chances() {
    var stream = RandomStream(seed: 3, key: RandomStream.key("chances"))
    let draws = (0..<256).map { _ in 1000 + 100 * stream.normal() }
    var last = TargetChance()
    (last.probability, last.shortfall, last.uplift) = (1, 0, 0)
    for target in stride(from: 500.0, through: 1500, by: 25) {
      let chance = TargetOutlook.chance(draws: draws, target: target, actual: 0, assurance: 0.8)
      #expect((0...1).contains(chance.probability) && chance.probability <= last.probability)
      #expect(chance.shortfall >= last.shortfall && chance.uplift >= last.uplift)
      let lifted = draws.map { $0 * (1 + chance.uplift) }
      #expect(TargetOutlook.chance(draws: lifted, target: target, actual: 0, assurance: 0.8).probability >= 0.79)
      last = chance
    }
    #expect(last.probability == 0)
    let met = TargetOutlook.chance(draws: draws, target: 400, actual: 400, assurance: 0.8)
    #expect(met.probability == 1 && met.shortfall == 0 && met.uplift == 0)
  }

  /// Partners A and B move together: the region's chance is not that of independent partners.
  @Test func regionsSumPathByPath() throws {
    let targets = try targets()
    let ups: [Float] = (0..<12).flatMap { _ -> [Float] in [90, 110, 130, 150] }
    let paths = SamplePaths(seriesCount: 2, horizon: 12, drawCount: 4, values: ups + ups)
    var perUnit = [Double](repeating: .nan, count: targets.cube.nodes.count)
    (perUnit[0], perUnit[1]) = (1, 2)
    let outlook = TargetOutlook(
      targets, .init(paths: paths, firstMonth: .month(2026, 1), nodes: [0, 1], revenuePerUnit: perUnit))
    #expect(outlook.quarters.count == 4 && outlook.years == [.year(2026)])
    func chance(_ node: Int, _ period: Period, _ target: Int) -> TargetChance {
      outlook.chance(node: node, period: period, target: Money(target), actual: nil, assurance: 0.5)
    }
    #expect(chance(0, .quarter(2026, 1), 330).probability == 0.75)
    let east = try #require(targets.regionNodes["east"])
    #expect(chance(east, .year(2026), 36 * 110).probability == 0.75)
    #expect(chance(east, .year(2026), 36 * 110).expected == 36 * 120)
    #expect(chance(targets.company, .year(2026), 36 * 150).probability == 0.25)
    #expect(chance(2, .year(2026), 1).probability.isNaN)
    // Purchases ahead of sales: half as much again in the first quarter, half as much in the last.
    let timing = (0..<12).map { $0 < 3 ? 1.5 : $0 < 9 ? 1 : 0.5 }
    let timed = TargetOutlook(
      targets, .init(paths: paths, firstMonth: .month(2026, 1), nodes: [0, 1], revenuePerUnit: perUnit, timing: timing))
    let first = timed.chance(
      node: east, period: .quarter(2026, 1), target: Money(1), actual: nil, assurance: 0.5)
    #expect(first.expected == 3 * 3 * 120 * 1.5)
    #expect(
      timed.chance(node: east, period: .year(2026), target: Money(1), actual: nil, assurance: 0.5).expected
        == 36 * 120)
  }

  // MARK: Ratios

  @Test func sharesAreWeightedMeans() throws {
    let span = try targets().cube
    let rows = [("east", "0.2"), ("west", "0.4")]
    let table = Table(
      name: "targets", rows: rows,
      columns: [
        .period("period", form: .year) { _ in .year(2025) }, .text("level") { _ in "region" }, .text("id") { $0.0 },
        .text("measure") { _ in "share" }, .money("amount") { Money($0.1) },
      ])
    let actuals = MeasureTargets.Actuals(
      values: ["east": Array(repeating: 0.1, count: 24), "west": Array(repeating: 0.5, count: 24)],
      weights: ["east": Array(repeating: 300, count: 24), "west": Array(repeating: 100, count: 24)])
    let share = try #require(
      MeasureTargets(
        .share, like: span, regions: ["east", "west"], statements: table, actuals: actuals,
        factor: { _, _ in Percent(50) }))
    let year = try #require(share.cube.standing(node: share.company, in: .year(2025)))
    // (300 · 0.2 + 100 · 0.4) / 400, and no adjustment: a share falls with the market already.
    #expect(year.target == Money("0.25") && year.adjusted == Money("0.25") && year.actual == Money("0.2"))
    #expect(
      MeasureTargets(
        .coverage, like: span, regions: [], statements: table, actuals: actuals, factor: { _, _ in Percent(100) })
        == nil)
  }

  @Test func assessmentsFollowTheirCalendar() throws {
    let cube = try targets().cube
    let rule = AssessmentRule(.revenue, every: [.month, .quarter], departments: ["sales"])
    let list = Assessment.list([rule], cubes: [cube], from: .year(2025), dueDays: 5)
    let company = list.filter { $0.node.level == .company }
    #expect(company.count == 2 * (12 + 4) && company.count { $0.isDue } == 16)
    #expect(company.first?.due == Period("2025-02-05") && zip(list, list.dropFirst()).allSatisfy { $0.due <= $1.due })
  }
}
