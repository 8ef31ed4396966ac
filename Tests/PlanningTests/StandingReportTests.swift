import Allocation
import ChannelTypes
import Demand
import Partners
import SampleNetwork
import Specifications
import Tables
import Testing

@testable import Planning

/// The bundled network with a forecast that says last year comes again, in ten draws.
enum BundledStock {
  static let planPath: String = {
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/" + package + "/Datasets/telecom-dealers/plan.yaml"
  }()

  static let loaded: (plan: Plan, tables: [InputTable: Table])? = {
    var findings = Findings()
    guard let plan = Plan.load(path: planPath, findings: &findings)?.plan else { return nil }
    var tables: [InputTable: Table] = [:]
    for name in [InputTable.sales, .partners, .inventory, .lanes, .products, .regions, .customers] {
      guard let reference = plan.data[name] else { return nil }
      tables[name] = CSVReader.read(reference, schema: InputSchemas.schema(for: name), findings: &findings)
    }
    return findings.errorCount == 0 ? (plan, tables) : nil
  }()

  /// Mean monthly sell-out of last year, for twelve months; the draws are ±45 % around it.
  static func forecast(_ sales: Table) -> ForecastResult? {
    guard let partner = sales.text("partner_id"), let product = sales.text("product_id"),
      let period = sales.periods("period"), let units = sales.numbers("sell_out_qty")
    else { return nil }
    var sums: [String: [String: Double]] = [:]
    for row in 0..<sales.rowCount where period.ordinals[row] >= 2025 * 12 && !units[row].isNaN {
      guard let partner = partner[row], let product = product[row] else { continue }
      sums[partner, default: [:]][product, default: 0] += units[row]
    }
    let partners = sums.keys.sorted()
    let products = Set(sums.values.flatMap(\.keys)).sorted()
    var (keys, means): ([SeriesKey], [Double]) = ([], [])
    for (index, id) in partners.enumerated() {
      for (place, name) in products.enumerated() {
        guard let sum = sums[id]?[name] else { continue }
        keys.append(SeriesKey(partner: index, product: place, region: 0, city: 0))
        means.append(sum / 12)
      }
    }
    let panel = DemandPanel(
      partners: partners, products: products, regions: [""], cities: [""], series: keys, firstPeriod: .month(2025, 12),
      periodCount: 1, frequency: .month, observed: means)
    let horizon = 12
    return ForecastResult(
      panel: panel, firstPeriod: .month(2026, 1), horizon: horizon,
      meanThousandths: means.flatMap { [Int64](repeating: Int64($0 * 1000), count: horizon) },
      paths: SamplePaths(
        seriesCount: keys.count, horizon: horizon, drawCount: 10,
        values: means.flatMap { mean in
          (0..<horizon).flatMap { _ in (0..<10).map { Float(mean * (0.55 + 0.1 * Double($0))) } }
        }),
      choices: keys.map { _ in SeriesModelChoice(model: "mean", reason: "", observations: 12) }, accuracy: [])
  }

  static func run(_ change: (inout Plan) -> Void = { _ in }) throws -> StageOutput<StockStage.Result> {
    var (plan, tables) = try #require(loaded)
    change(&plan)
    let sales = try #require(tables[.sales])
    let forecast = try #require(Self.forecast(sales))
    let history = try HistoryStage().run(StageContext(plan: plan, tables: tables)).result
    tables[.products] = nil
    return try StockStage().run(
      StageContext(plan: plan, tables: tables, results: [.demand: forecast, .history: history]))
  }

  static let output = try? run()
}

@Suite("How partners of the bundled network stand with their stock")
struct StandingReportTests {
  private func table(_ name: String, _ output: StageOutput<StockStage.Result>? = BundledStock.output) throws -> Table {
    let output = try #require(output)
    return try #require(output.tables.first { $0.name == name })
  }

  @Test func everyPartnerStandsOnce() throws {
    let output = try #require(BundledStock.output)
    let standings = output.result.standings
    let holders = Set(output.result.problem.items.map(\.partner))
    #expect(Set(standings.all.map(\.partner)) == holders && standings.all.count == holders.count)
    // 120 partners are active; what the eleven that have ended were counted with a year ago is no stock.
    #expect(holders.count == 120 && output.result.problem.items.count == 1852)
    let stock = try table("partner_stock")
    #expect(stock.rowCount == 120)
    let total = try #require(stock.money("stock_value")).total()
    #expect(total == standings.all.lazy.map(\.stockValue).total())
    let health = try #require(try table("stock_health").money("stock_value")).total()
    #expect(total == health)
    for standing in standings.all {
      #expect(standing.slowShare >= 0 && standing.slowShare <= 1)
      #expect(standing.rebateFactor >= Percent(75) && standing.rebateFactor <= Percent(100))
      #expect(standing.rebateFactor == standing.creditFactor)
    }
    // A partner that has sold nothing yet has no past.
    #expect(standings.all.count { $0.pastTurnoverDays > 0 } > 110)
    #expect(standings.all.count { $0.stuffingIndex >= 0 } > 110 && standings.all.count { $0.bullwhipRatio > 0 } > 100)
    #expect(standings.all.contains { $0.rebateFactor == Percent(100) })
    #expect(standings.all.contains { $0.rebateFactor < Percent(95) })
  }

  @Test func everyChangeHasItsLine() throws {
    let links = try table("stock_links")
    let standings = try #require(BundledStock.output).result.standings
    let (before, after) = (try #require(links.numbers("before")), try #require(links.numbers("after")))
    let partner = try #require(links.text("partner_id"))
    let (rule, line) = (try #require(links.text("rule")), try #require(links.text("plan_line")))
    let target = try #require(links.text("applies_to"))
    var factors: [String: Double] = [:]
    for row in 0..<links.rowCount {
      let id = "\(partner[row] ?? "")/\(target[row] ?? "")"
      #expect(before[row] != after[row] && (factors[id] ?? 1) == before[row])
      #expect(rule[row]?.hasPrefix("inventory.links.") == true && line[row]?.contains("plan.yaml:") == true)
      factors[id] = after[row]
    }
    for standing in standings.all {
      #expect(factors["\(standing.partner)/rebate"] ?? 1 == standing.rebateFactor.fraction)
      #expect(factors["\(standing.partner)/credit_limit"] ?? 1 == standing.creditFactor.fraction)
    }
  }

  @Test func tracesOfEveryPartnerAddUp() throws {
    let output = try #require(BundledStock.output)
    let book = output.traces
    var items: [String: Set<String>] = [:]
    for index in 0..<book.count {
      let trace = book[index]
      #expect(trace.isBalanced, "\(trace.subject) \(trace.item)")
      #expect(items[trace.subject, default: []].insert(trace.item).inserted)
    }
    for standing in output.result.standings.all {
      let own = try #require(items["partner:" + standing.partner])
      #expect(own.isSuperset(of: ["turnover_days", "rebate_factor", "credit_factor"]))
    }
    for (item, line) in zip(output.result.problem.items, output.result.solution.lines) {
      #expect(items["partner:" + item.partner]?.contains("stock:" + item.product) == (line.action != .none))
    }
    let trace = try #require(book.first("partner:P001", "turnover_days"))
    guard case .rows(_, _, 1, let place?)? = trace.steps.last?.sources.first else {
      Issue.record("a holding cites its row")
      return
    }
    #expect(place.line != nil)
  }

  @Test func supplyMeetsDemandOnPaper() throws {
    let supply = try table("demand_supply")
    let level = try #require(supply.text("level"))
    let numbers = ["demand", "available", "gap", "short", "surplus"].compactMap { supply.numbers($0) }
    try #require(numbers.count == 5)
    var sums = ["region": 0.0, "partner": 0.0]
    for row in 0..<supply.rowCount {
      #expect(abs(numbers[0][row] - numbers[1][row] - numbers[2][row]) < 0.002)
      #expect(abs(numbers[3][row] - numbers[4][row] - numbers[2][row]) < 0.002)
      sums[level[row] ?? "", default: 0] += numbers[2][row]
    }
    #expect(abs((sums["region"] ?? 0) - (sums["partner"] ?? 1)) < 10)
    let flags = Set((0..<supply.rowCount).compactMap { supply[column: "flag"]?.text($0) })
    #expect(flags.isSuperset(of: ["short", "surplus"]))
    let signal = try table("production_signal")
    let (demand, make) = (try #require(signal.numbers("demand")), try #require(signal.numbers("make")))
    let channel = try #require(signal.numbers("channel_stock"))
    for row in 0..<signal.rowCount where row % 12 < 11 {
      #expect(abs(make[row] - demand[row] - channel[row + 1] + channel[row]) < 0.01)
    }
  }

  @Test func ordersTellTheirChanceOfLyingSlow() throws {
    let actions = try table("inventory_actions")
    let chances = try #require(actions.numbers("slow_probability"))
    for row in 0..<actions.rowCount {
      let isOrder = actions[column: "action"]?.text(row) == "replenish"
      #expect(isOrder ? chances[row] >= 0 && chances[row] <= 1 : chances[row].isNaN)
    }
  }

  @Test func ageAndLoadAndFlow() throws {
    let old = try table("over_age_stock")
    let (value, support) = (try #require(old.money("value")), try #require(old.money("support")))
    #expect(old.rowCount > 0 && zip(value, support).allSatisfy { Percent(5).of($0) == $1 })
    #expect(try #require(old.numbers("age_days")).allSatisfy { $0 > 180 })
    #expect(old.periods("deadline")?[0]?.description == "2026-03-02")
    let flow = try table("channel_flow")
    #expect(flow.rowCount == 12 * 11 || flow.rowCount == 12 * 10)
    #expect(try table("stock_kpis").rowCount == 9)
  }

  @Test func aPlanWithoutLinksMovesNothing() throws {
    let output = try BundledStock.run { $0.inventory.links = nil }
    #expect(output.result.standings.all.allSatisfy { $0.rebateFactor == Percent(100) && $0.steps.isEmpty })
    #expect(!output.tables.contains { $0.name == "stock_links" })
  }

  @Test(arguments: [
    ("{dio_days: [[30, 1], [60, 0.9]]}", "P111 plan.yaml:2:10"),
    ("{dio_days: [[30, 1], [30, 0.9]], shape: step}", "S408 plan.yaml:2:32"),
    ("{dio_days: [[30, 0.9], [60, 1]], shape: linear}", "S408 plan.yaml:2:38"),
    ("{slow_share: [[0, 1], [1.5, 0.9]], shape: step}", "P1"),
    ("{dio_days: 30, shape: step}", "P1"), ("{shape: step, apply_to: [rebates]}", "P1"),
  ])
  func wrongLinksAreFoundWhereTheyAre(links: String, summary: String) throws {
    let files = try PlanFiles(["plan.yaml": "inventory:\n  links: \(links)\n"])
    let findings = files.load().findings.kept.filter { $0.severity == .error }
    #expect(findings.count == 1)
    #expect(findings.first?.summary.hasPrefix(summary) == true, "\(findings.map(\.summary))")
  }

  @Test func knotsArePartOfThePlan() throws {
    let first = try PlanFiles(["plan.yaml": "inventory:\n  links: {dio_days: [[30, 1], [60, 0.9]], shape: step}\n"])
    let other = try PlanFiles(["plan.yaml": "inventory:\n  links: {dio_days: [[30, 1], [60, 0.8]], shape: step}\n"])
    let texts = [first.load(), other.load()].map { $0.loaded?.plan.canonicalText(sections: ["inventory"]) }
    #expect(texts[0] != nil && texts[0] != texts[1])
  }
}
