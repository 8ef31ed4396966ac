import Allocation
import ChannelTypes
import Demand
import Probability
import SampleNetwork
import Specifications
import Tables
import Testing

@testable import Planning

/// A network of six regions whose margin reacts to `ads`, while `training` is a constant share of sales.
private struct SpendingNetwork {
  static let regions = ["north", "south", "east", "west", "inland", "coast"]
  static let months = 36
  static let products = ["router", "camera"]
  static let margins = [0.3, 0.2]
  var seed: UInt64 = 1
  /// Reports that never arrived: (partner, month).
  var missing: Set<[Int]> = []
  var adsReturn = 3.0

  func tables() -> [InputTable: Table] {
    var stream = RandomStream(seed: seed, key: RandomStream.key("spending network"))
    var sales: [(month: Int, partner: Int, product: Int, value: Double, price: Double)] = []
    var spend: [(month: Int, region: Int, type: String, amount: Double)] = []
    for region in Self.regions.indices {
      let size = 400_000.0 * Double(region + 1)
      for month in 0..<Self.months {
        let ads = 0.02 * size * (0.3 + 1.4 * stream.uniform())
        let lift = adsReturn * 0.02 * size * 2 * ads / (ads + 0.02 * size)
        let sold = size * (1 + stream.normal(mean: 0, standardDeviation: 0.01)) + lift / 0.25
        spend.append((month, region, "ads", ads))
        spend.append((month, region, "training", 0.01 * sold))
        for partner in 0..<2 {
          for product in 0..<2 where !missing.contains([2 * region + partner, month]) {
            sales.append((month, 2 * region + partner, product, sold / 4, 100 + Double(product)))
          }
        }
      }
    }
    func money(_ value: Double) -> Money? { Money(rounding: value) }
    let first = Period.month(2023, 1)
    return [
      .sales: Table(
        name: "sales", rows: sales,
        columns: [
          .period("period", form: .month) { first.advanced(by: $0.month) }, .text("partner_id") { "P\($0.partner)" },
          .text("product_id") { Self.products[$0.product] }, .money("sell_out_value") { money($0.value) },
          .money("net_price") { money($0.price) },
        ]),
      .budget: Table(
        name: "budget", rows: spend,
        columns: [
          .period("period", form: .month) { first.advanced(by: $0.month) },
          .text("region") { Self.regions[$0.region] }, .text("spend_type", \.type),
          .money("amount") { money($0.amount) },
        ]),
      .partners: Table(
        name: "partners", rows: 0..<12,
        columns: [.text("partner_id") { "P\($0)" }, .text("region") { Self.regions[$0 / 2] }]),
      .products: Table(
        name: "products", rows: 0..<2,
        columns: [.text("product_id") { Self.products[$0] }, .real("margin") { Self.margins[$0] }]),
    ]
  }

  func run(_ change: (inout BudgetSettings) -> Void = { _ in }) throws(StageFailure) -> StageOutput<BudgetStage.Result>
  {
    var plan = Plan()
    var settings = BudgetSettings(quarter: Located(Money(900_000), at: SourcePlace(file: "plan.yaml", line: 30)))
    settings.reserve = Located(Percent(8), at: SourcePlace(file: "plan.yaml", line: 31))
    settings.maxMove = Located(Percent(30), at: SourcePlace(file: "plan.yaml", line: 32))
    change(&settings)
    plan.budget = settings
    return try budget(StageContext(plan: plan, tables: tables(), seed: 1)).plan
  }
}

/// Curves and the budget divided by them, as the graph evaluates both; the notes of both stand with the budget.
private func budget(
  _ context: StageContext
) throws(StageFailure) -> (curves: ResponseStage.Result, plan: StageOutput<BudgetStage.Result>) {
  let curves = try ResponseStage().run(context)
  var plan = try BudgetStage().run(
    StageContext(plan: context.plan, tables: [:], results: [.response: curves.result], seed: context.seed))
  plan.notes = curves.notes + plan.notes
  return (curves.result, plan)
}

@Suite struct BudgetStageTests {
  private func table(_ output: StageOutput<BudgetStage.Result>, _ name: String) throws -> Table {
    try #require(output.tables.first { $0.name == name })
  }
  private func value(_ output: StageOutput<BudgetStage.Result>, _ name: String) throws -> Double {
    try #require(output.indicators.first { $0.name == name }).value
  }

  @Test func dividesTheQuarterExactlyAndProvesIt() throws {
    let output = try SpendingNetwork().run()
    let allocation = try table(output, "allocation")
    let plan = try #require(allocation.money("plan"))
    #expect(allocation.rowCount == 6 * 2 + 2)
    // Lines, reserve and what is not spent are the quarter to the cent.
    #expect(plan.total() == Money(900_000))
    #expect(allocation.text("region")?[12] == "reserve")
    #expect(plan[12] == Money(72_000))
    let byRegion = try table(output, "region_allocation")
    #expect(byRegion.money("plan")?.total() == Money(900_000))
    #expect(byRegion.money("now")?.total() == allocation.money("now")?.total())
    let certificate = try #require(output.certificates.first)
    #expect(certificate.relativeGap <= 1e-9)
    #expect(certificate.status == "optimal")
    #expect(
      output.tables.map(\.name) == [
        "allocation", "region_allocation", "shadow_prices", "response_curves", "response_points", "budget_comparison",
      ])
  }

  @Test func measuresWhatVariedAndAssumesWhatFollowedSales() throws {
    let output = try SpendingNetwork().run()
    let curves = try table(output, "response_curves")
    let (types, evidence) = (try #require(curves.text("spend_type")), try #require(curves.text("evidence")))
    for row in 0..<curves.rowCount {
      #expect(evidence[row] == (types[row] == "ads" ? "history" : "assumption"))
    }
    #expect(
      output.notes.contains {
        $0.code == BudgetCodes.assumed && $0.notes.contains { $0.hasPrefix("training followed sales") }
      })
    // True marginal return of ads at the mean intensity: 3 · 2 / (1 + 1)² = 1.5; at a quarter's curve and the last
    // quarter's spend in 0.7…2.6.
    for item in output.result.problem.items where item.spendType == "ads" {
      let truth = 6.0 * pow2(0.02 * size(item.region) * 3) / pow2(item.now.double + 0.02 * size(item.region) * 3)
      #expect(abs(item.curve.slope(at: item.now.double) / truth - 1) < 0.35)
    }
    #expect(try value(output, "curves_measured") == 0.5)
  }

  private func size(_ region: String) -> Double {
    400_000 * Double((SpendingNetwork.regions.firstIndex(of: region) ?? 0) + 1)
  }
  private func pow2(_ x: Double) -> Double { x * x }

  @Test func gainIsSplitAndHasAnInterval() throws {
    let output = try SpendingNetwork().run()
    let gain = try value(output, "expected_margin_gain")
    let (moved, extra) = (
      try value(output, "expected_margin_gain_moved"), try value(output, "expected_margin_gain_extra")
    )
    #expect(abs(moved + extra - gain) < 1e-6)
    #expect(moved >= 0)
    let (low, high) = (try value(output, "expected_margin_gain_low"), try value(output, "expected_margin_gain_high"))
    #expect(low < gain && gain < high)
    #expect((0...1).contains(try value(output, "chance_better_than_now")))
    let comparison = try table(output, "budget_comparison")
    #expect(comparison.text("allocation")?.dictionary.prefix(3) == ["now", "pro_rata", "plan"])
  }

  @Test func pointsMarkTheRangeThatHistoryAndLimitsAllow() throws {
    let output = try SpendingNetwork().run()
    let points = try table(output, "response_points")
    let inRange = try #require(points.integers("in_range"))
    #expect(points.rowCount == 12 * 25)
    #expect(inRange.contains(1) && inRange.contains(0))
    #expect(inRange[0] == 0)
    #expect(points.numbers("margin")?.allSatisfy { $0 >= 0 && $0.isFinite } == true)
  }

  @Test func lateReportsAreScaledUp() throws {
    var network = SpendingNetwork()
    let whole = try network.run()
    network.missing = [[0, 5], [1, 9], [4, 20], [5, 20], [7, 30]]
    let output = try network.run()
    let note = try #require(output.notes.first { $0.code == BudgetCodes.incompleteReports })
    #expect(note.message.hasSuffix(": 5"))
    // Region 2 had no report at all in month 20: left out, and not a collapse of sales.
    #expect(note.notes == ["periods of a region left out because less than a third reported: 1"])
    for (item, other) in zip(output.result.problem.items, whole.result.problem.items) where item.spendType == "ads" {
      #expect(abs(item.curve.slope(at: item.now.double) / other.curve.slope(at: other.now.double) - 1) < 0.15)
    }
  }

  @Test func contradictingLimitsAreInfeasible() throws {
    #expect {
      _ = try SpendingNetwork().run {
        $0.floors.region = AmountList([
          ("north", Located(Money(800_000), at: SourcePlace(file: "plan.yaml", line: 33))),
          ("south", Located(Money(500_000), at: SourcePlace(file: "plan.yaml", line: 34))),
        ])
        $0.maxMove = nil
      }
    } throws: { error in
      guard case .infeasible(let findings)? = error as? StageFailure else { return false }
      return findings.first?.notes.joined(separator: "\n").contains("plan.yaml:33") == true
    }
  }

  @Test func floorsAndCapsHoldAndHavePrices() throws {
    let output = try SpendingNetwork().run {
      $0.floors.spendType = AmountList([("training", Located(Money(150_000)))])
      $0.caps.region = AmountList([("coast", Located(Money(150_000), at: SourcePlace(file: "plan.yaml", line: 40)))])
      $0.maxMove = nil
    }
    let lines = output.result.solution.lines
    #expect(lines.filter { $0.spendType == "training" }.map(\.plan).total() >= Money(150_000))
    #expect(lines.filter { $0.region == "coast" }.map(\.plan).total() <= Money(150_000))
    let prices = try table(output, "shadow_prices")
    #expect(prices.text("place")?.dictionary.contains("plan.yaml:40") == true)
  }

  @Test func sharesTiltMinimaRiskAndFrontierReachTheProblem() throws {
    let output = try SpendingNetwork().run {
      $0.shares.region = [.init("coast", atLeast: Located(Percent(20)))]
      $0.tilt.region = [("north", Located(1.5))]
      $0.minimumOrZero = AmountList([("training", Located(Money(20_000)))])
      $0.requests = AmountList([("north", Located(Money(100_000))), ("south", Located(Money(300_000)))])
      $0.risk = BudgetRiskSettings(level: 0.8, weight: 0.5)
      $0.frontier = BudgetFrontierSettings()
      $0.frontier?.points = 3
      $0.maxMove = nil
    }
    let solution = output.result.solution
    // A fifth of what is left of 900,000 after a reserve of 8 %.
    #expect(solution.lines.filter { $0.region == "coast" }.map(\.plan).total() >= Money(165_600))
    #expect(solution.lines.allSatisfy { $0.spendType != "training" || $0.plan == .zero || $0.plan >= Money(20_000) })
    #expect(solution.relativeGap <= 1e-6)
    #expect(try table(output, "allocation").money("plan")?.total() == Money(900_000))
    let frontier = try table(output, "frontier")
    #expect(frontier.rowCount == 3)
    let margins = try #require(frontier.numbers("objective"))
    #expect(margins == margins.sorted())
    let names = try #require(table(output, "budget_comparison").text("allocation")?.dictionary)
    #expect(names.contains("requests") && names.contains("equal"))
    let worst = try value(output, "expected_margin_worst")
    #expect(worst < solution.expectedMargin)
  }

  @Test func withoutABudgetOrAHistoryTheStageIsSkipped() throws {
    func skipped(_ context: StageContext) -> DiagnosticCode? {
      do {
        _ = try budget(context)
        return nil
      } catch {
        guard case .skipped(let note) = error else { return nil }
        return note.code
      }
    }
    var tables = SpendingNetwork().tables()
    #expect(skipped(StageContext(plan: Plan(), tables: tables)) == BudgetCodes.noBudget)
    var plan = Plan()
    plan.budget = BudgetSettings(quarter: Located(Money(900_000)))
    plan.calendar.historyFrom = Located(.month(2025, 6))
    #expect(skipped(StageContext(plan: plan, tables: tables)) == BudgetCodes.noHistory)
    plan.calendar.historyFrom = nil
    tables[.budget] = tables[.budget]?.selecting(rows: [])
    #expect(skipped(StageContext(plan: plan, tables: tables)) == BudgetCodes.noHistory)
    tables = SpendingNetwork().tables()
    tables[.partners] = nil
    #expect(skipped(StageContext(plan: plan, tables: tables)) == BudgetCodes.noOutcome)
  }

  @Test func coversTheTruthOfASampleNetwork() throws {
    let network = try SampleNetwork.generate(
      NetworkSpecification(partners: 60, regions: 6, listedCities: 60, servedCities: 30, seed: 11))
    var plan = Plan()
    plan.budget = BudgetSettings(quarter: Located(Money(450_000)))
    plan.budget?.reserve = Located(Percent(8))
    plan.budget?.maxMove = Located(Percent(30))
    var tables: [InputTable: Table] = [:]
    for name in [InputTable.sales, .budget, .partners, .products, .marketIndex, .experiments] {
      tables[name] = network[table: name.rawValue]
    }
    let (curves, output) = try budget(StageContext(plan: plan, tables: tables, seed: 1))
    #expect(output.result.solution.relativeGap <= 1e-9)
    #expect(try #require(table(output, "allocation").money("plan")).total() == Money(450_000))
    let fit = curves.fit
    let responses = try #require(network.truth["responses"])
    var inside = 0
    for (region, name) in fit.regions.enumerated() {
      for (type, spendType) in fit.spendTypes.enumerated() {
        let truth = try #require(responses[name]?[spendType])
        let spend = try #require(truth["current_spend"]?.double)
        let marginal = try #require(truth["marginal_margin_at_current_spend"]?.double)
        let slopes = fit.returns(region: region, type: type, at: spend).slopes.sorted()
        if slopes[slopes.count / 20] <= marginal, marginal <= slopes[slopes.count * 19 / 20] { inside += 1 }
      }
    }
    // 36 intervals of 90 %; those of one spend type share a pooled level, so that they count as about six.
    #expect(inside >= 25)
  }
}

extension JSONValue {
  fileprivate subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }
  fileprivate var double: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    case .money(let value): value.double
    default: nil
    }
  }
}
