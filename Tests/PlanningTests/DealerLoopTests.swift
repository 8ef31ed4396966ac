import ChannelTypes
import Foundation
import Tables
import Testing

@testable import Planning

/// One change of a region's demand runs through the whole loop: forecast → targets → coefficients → payouts → stock →
/// credit → budget, in one run, each with its audit line, and nothing else moves.
@Suite("The dealer loop on the bundled network", .serialized)
struct DealerLoopTests {
  private static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Datasets/telecom-dealers/plan.yaml").path

  /// The cheapest forecast: the chain is what is tested.
  private static let forecast = "forecast.models=[seasonal_naive]"

  private struct Runs {
    var base: [StageRecord]
    var dip: [StageRecord]

    func table(_ name: String, _ records: KeyPath<Runs, [StageRecord]>) -> Table? {
      self[keyPath: records].lazy.flatMap { $0.output?.tables ?? [] }.first { $0.name == name }
    }
  }

  private static let shared = Task { try await runs(change: "demand.east=*0.7") }

  private static func runs(change: String) async throws -> Runs {
    var findings = Findings()
    let base = try #require(Plan.load(path: path, overrides: [forecast], findings: &findings)?.plan)
    let dip = try #require(Plan.load(path: path, overrides: [forecast, change], findings: &findings)?.plan)
    // Churn and drivers stand beside the loop.
    let wanted = Set(StageGraph.standard.names).subtracting([.churn, .drivers, .value])
    let tables = StageGraph.standard.tables(for: wanted)
    let data = DataCatalogue.read(base, only: tables, threads: 2, findings: &findings)
    #expect(findings.errorCount == 0)
    let first = await StageGraph.standard.evaluate(base, data, only: wanted, threads: 2)
    let second = await StageGraph.standard.evaluate(dip, data, only: wanted, threads: 2, reusing: first)
    return Runs(base: first, dip: second)
  }

  /// Sums of a money or number column by region.
  private static func sums(_ table: Table?, _ column: String, where keeps: (Table, Int) -> Bool = { _, _ in true })
    -> [String: Double]
  {
    guard let table, let regions = table.text("region"), let amounts = table.numbers(column) else { return [:] }
    var sums: [String: Double] = [:]
    for row in 0..<table.rowCount where amounts[row].isFinite && keeps(table, row) {
      sums[regions[row] ?? "", default: 0] += amounts[row]
    }
    return sums
  }

  @Test func aRegionsDemandMovesTheWholeChain() async throws {
    let runs = try await Self.shared.value
    let status = Dictionary(uniqueKeysWithValues: runs.dip.map { ($0.name, $0.status.word) })
    // What does not see demand is taken over as it was.
    for name in [StageName.history, .forecast, .targets] { #expect(status[name] == "reused", "\(name)") }
    for name in [StageName.demand, .track, .incentives, .stock, .credit, .budget] {
      #expect(
        status[name] == "ran", "\(name): \(runs.dip.first { $0.name == name }?.status.diagnostics.map(\.message) ?? [])"
      )
    }

    // Demand: the east falls by 30 %, nobody else moves.
    let planned = Self.sums(runs.table("demand_plan", \.dip), "planned")
    let before = Self.sums(runs.table("demand_plan", \.base), "planned")
    for (region, units) in before {
      let expected = region == "east" ? 0.7 * units : units
      #expect(abs((planned[region] ?? 0) - expected) < 0.001 * max(1, units), "\(region)")
    }

    // Targets and coefficients: the east's planned quarters are lowered, each with the line of the plan.
    let adjusted = try #require(runs.table("target_adjust", \.dip))
    let rows = (0..<adjusted.rowCount).filter { adjusted.text("region")?[$0] == "east" }
    #expect(!rows.isEmpty)
    let (factor, coefficient) = (adjusted.numbers("target_factor_pct"), adjusted.numbers("reward_coefficient_pct"))
    #expect(rows.contains { row in (factor?[row] ?? 100) < 100 && (coefficient?[row] ?? 100) < 100 })
    let origins = try #require(adjusted.text("place"))
    #expect(rows.allSatisfy { row in origins[row]?.isEmpty == false })
    let targets = { (records: KeyPath<Runs, [StageRecord]>) in
      Self.sums(runs.table("target_adjust", records), "target_after")
    }
    let (old, new) = (targets(\.base), targets(\.dip))
    #expect((new["east"] ?? 0) < (old["east"] ?? 0))
    for (region, amount) in old where region != "east" { #expect(new[region] == amount, "\(region)") }

    // Payouts to come fall in the east and nowhere else.
    let regionOf = try Self.regions(runs.table("incentive_cost", \.base))
    let accruals = { (records: KeyPath<Runs, [StageRecord]>) -> [String: Double] in
      guard let table = runs.table("accruals", records), let partners = table.text("partner_id"),
        let amounts = table.numbers("accrual")
      else { return [:] }
      var sums: [String: Double] = [:]
      for row in 0..<table.rowCount { sums[regionOf[partners[row] ?? ""] ?? "", default: 0] += amounts[row] }
      return sums
    }
    let (paid, paidNow) = (accruals(\.base), accruals(\.dip))
    #expect((paidNow["east"] ?? 0) < 0.95 * (paid["east"] ?? 0))

    // Stock turns slower there; links take rebate and credit along.
    let days = { (records: KeyPath<Runs, [StageRecord]>) in
      Self.sums(runs.table("partner_stock", records), "turnover_days")
    }
    #expect((days(\.dip)["east"] ?? 0) > (days(\.base)["east"] ?? 0))

    // Credit: the need falls with sales; every change has its line.
    let credit = { (records: KeyPath<Runs, [StageRecord]>) in
      Self.sums(runs.table("credit", records), "proposed_limit")
    }
    #expect((credit(\.dip)["east"] ?? 0) < (credit(\.base)["east"] ?? 0))
    let lines = Self.sums(runs.table("credit_adjust", \.dip), "after") { table, row in
      table.text("region")?[row] == "east"
    }
    #expect(lines["east"] != nil)

    // Budget: money leaves the region whose returns fell; the total stays.
    let money = { (records: KeyPath<Runs, [StageRecord]>) in Self.sums(runs.table("allocation", records), "plan") }
    let (spent, spentNow) = (money(\.base), money(\.dip))
    #expect((spentNow["east"] ?? 0) < (spent["east"] ?? 0))
    #expect(abs(spent.values.reduce(0, +) - spentNow.values.reduce(0, +)) < 0.01)
    let loop = try #require(runs.table("budget_adjust", \.dip))
    let (rules, regions) = (try #require(loop.text("rule")), try #require(loop.text("region")))
    let places = try #require(loop.text("place"))
    let line = try #require((0..<loop.rowCount).first { rules[$0] == "demand" && regions[$0] == "east" })
    #expect(places[line]?.contains("demand.east") == true)
  }

  private static func regions(_ table: Table?) throws -> [String: String] {
    let table = try #require(table)
    let (partners, regions) = (try #require(table.text("partner_id")), try #require(table.text("region")))
    return Dictionary(
      (0..<table.rowCount).map { (partners[$0] ?? "", regions[$0] ?? "") }, uniquingKeysWith: { first, _ in first })
  }

  @Test func everyTraceAddsUp() async throws {
    let stages = try await Self.shared.value.dip
    var partners: Set<String> = []
    for stage in stages {
      let traces = stage.output?.traces ?? TraceBook()
      for index in 0..<traces.count {
        let trace = traces[index]
        #expect(trace.isBalanced, "\(stage.name): \(trace.subject) \(trace.item)")
        if trace.subject.hasPrefix("partner:") { partners.insert(trace.subject) }
      }
    }
    #expect(partners.count >= 140)
  }
}
