import Allocation
import ChannelTypes
import Demand
import Partners
import Probability
import Specifications
import Tables
import Testing

@testable import Planning

/// Targets of the bundled network against its sales, with a flat forecast in place of the real one.
@Suite("Track stage")
struct TrackStageTests {
  private static let planPath: String = {
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/" + package + "/Datasets/telecom-dealers/plan.yaml"
  }()

  /// What is the same for all tests: the tables, the history and the targets of the plan.
  private struct Network: Sendable {
    var plan = Plan()
    var tables: [InputTable: Table] = [:]
    var history: ChannelHistory
    var targets: TargetsStage.Result

    func run(_ change: (inout Plan) -> Void = { _ in }, without missing: [InputTable] = []) throws
      -> StageOutput<TrackingResult>
    {
      var plan = plan
      change(&plan)
      let tables = tables.filter { !missing.contains($0.key) }
      let results: [StageName: any Sendable] = [
        .history: history, .targets: targets, .demand: forecast(scaledBy: plan.demand),
      ]
      return try TrackStage().run(StageContext(plan: plan, tables: tables, results: results))
    }

    /// Every partner sells in each planned month what it sold a year before, give or take a fifth.
    private func forecast(scaledBy demand: DemandSettings) -> ForecastResult {
      let partners = history.partners.map(\.id).sorted()
      let regions = Set(history.partners.map(\.region)).sorted()
      let place = Dictionary(uniqueKeysWithValues: regions.enumerated().map { ($1, $0) })
      let keys = partners.indices.map { index -> SeriesKey in
        let partner = history.index(of: partners[index]) ?? 0
        return SeriesKey(partner: index, product: 0, region: place[history.partners[partner].region] ?? 0, city: 0)
      }
      let panel = DemandPanel(
        partners: partners, products: ["all"], regions: regions, cities: [""], series: keys,
        firstPeriod: .month(2025, 1), periodCount: 12, frequency: .month,
        observed: [Double](repeating: 1, count: partners.count * 12))
      var values: [Float] = []
      var stream = RandomStream(seed: 1, key: RandomStream.key("track test"))
      let world = (0..<32).map { _ in 0.8 + 0.4 * stream.uniform() }
      for id in partners {
        let partner = history.index(of: id) ?? 0
        for step in 0..<12 {
          let units = history.sellOutUnits[partner * history.monthCount + history.monthCount - 12 + step]
          let factor = demand.factor(region: history.partners[partner].region, step: step)
          values += world.map { Float(units * $0 * factor) }
        }
      }
      return ForecastResult(
        panel: panel, firstPeriod: .month(2026, 1), horizon: 12,
        meanThousandths: [Int64](repeating: 1000, count: partners.count * 12),
        paths: SamplePaths(seriesCount: partners.count, horizon: 12, drawCount: 32, values: values),
        choices: partners.map { _ in SeriesModelChoice(model: "test", reason: "", observations: 12) }, accuracy: [])
    }
  }

  private static let network: Network? = {
    var findings = Findings()
    guard let plan = Plan.load(path: planPath, findings: &findings)?.plan else { return nil }
    var tables: [InputTable: Table] = [:]
    for name in TrackStage.requiredTables + TrackStage.optionalTables {
      guard let reference = plan.data[name],
        let table = CSVReader.read(reference, schema: InputSchemas.schema(for: name), findings: &findings)
      else { return nil }
      tables[name] = table
    }
    let context = StageContext(plan: plan, tables: tables)
    // Without floors, growth limits and pins the targets are found sooner; their totals are as exact.
    var free = plan
    free.targets?.limits = []
    free.targets?.growth = []
    free.targets?.holdsMonths = false
    let unpinned = StageContext(plan: free, tables: tables.filter { $0.key != .targets })
    guard findings.errorCount == 0, let history = try? HistoryStage().run(context).result,
      let targets = try? TargetsStage().run(unpinned).result
    else { return nil }
    return Network(plan: plan, tables: tables, history: history, targets: targets)
  }()

  private func table(_ output: StageOutput<TrackingResult>, _ name: String) throws -> Table {
    try #require(output.tables.first { $0.name == name })
  }

  /// Rows of `attainment` by what they are about.
  private func rows(_ table: Table, _ words: [String: String]) -> [Int] {
    let columns = words.compactMap { word in table[column: word.key].map { ($0, word.value) } }
    return (0..<table.rowCount).filter { row in columns.allSatisfy { $0.0.text(row) == $0.1 } }
  }

  private func eastLower(_ plan: inout Plan) { plan.demand.factors = [("east", Located(0.8))] }

  @Test("the bundled network: totals are exact at every level, quarters sum months, nothing is infinite")
  func bundledNetwork() throws {
    let network = try #require(Self.network)
    let output = try network.run()
    let table = try table(output, "attainment")
    let adjusted = try #require(table.money("adjusted_target"))
    let annual = try #require(network.plan.targets?.annual.first?.amount.value)
    for level in ["partner", "region", "staff", "department", "company"] {
      let year = rows(table, ["measure": "revenue", "level": level, "grain": "year", "period": "2026"])
      #expect(year.map { adjusted[$0] }.total() == annual, "\(level)")
      let quarters = rows(table, ["measure": "revenue", "level": level, "grain": "quarter"]).filter {
        table[column: "period"]?.text($0)?.hasPrefix("2026") == true
      }
      #expect(quarters.map { adjusted[$0] }.total() == annual)
    }
    for name in ["attainment", "year_attainment", "probability"] {
      #expect(try #require(table.numbers(name)).allSatisfy { !$0.isInfinite })
    }
    #expect(try #require(table.numbers("probability")).allSatisfy { $0.isNaN || (0...1).contains($0) })
    // Without a fall of any market the planned quarters are kept, and the audit says so.
    let audit = try self.table(output, "target_adjust")
    #expect(audit.rowCount == 40 && rows(audit, ["action": "kept"]).count == 40)
    #expect(output.indicators.first { $0.name == "targets_lowered" }?.value == 0)
    // Actuals are the sums of sales.
    let past = rows(table, ["measure": "revenue", "level": "company", "grain": "year", "period": "2025"])
    let sold = network.history.partners.indices.map { network.history.revenue(partner: $0, in: .year(2025)) }.total()
    #expect(past.map { table.money("actual")?[$0] } == [sold])
    let measures = Set((0..<table.rowCount).compactMap { table[column: "measure"]?.text($0) })
    #expect(measures == ["revenue", "prepayment", "profit"])
  }

  @Test("demand of the east a fifth lower: its targets and coefficients follow, everybody else's stay")
  func demandPatch() throws {
    let network = try #require(Self.network)
    let base = try network.run()
    let lower = try network.run(eastLower)
    for quarter in (1...4).map({ Period.quarter(2026, $0) }) {
      let east = try #require(lower.result.adjustment(region: "east", quarter: quarter))
      #expect(east.targetFactor == Percent(80) && east.rewardCoefficient == Percent(80) && east.marketChange == -0.2)
      #expect(lower.result.adjustment(region: "xian", quarter: quarter)?.targetFactor == Percent(100))
    }
    for (before, after) in zip(base.result.attainments, lower.result.attainments) {
      #expect(before.partner == after.partner && before.target == after.target)
      let region = network.history.index(of: after.partner).map { network.history.partners[$0].region }
      guard region == "east", after.quarter >= .quarter(2026, 1) else {
        if region != nil { #expect(before.adjustedTarget == after.adjustedTarget) }
        continue
      }
      // Targets are whole hundreds, so four fifths of them need no rounding.
      #expect(after.adjustedTarget.map { $0 * 5 } == before.adjustedTarget.map { $0 * 4 })
    }
    let audit = try table(lower, "target_adjust")
    let lowered = rows(audit, ["action": "lowered"])
    #expect(lowered.count == 4 && lowered.allSatisfy { audit[column: "region"]?.text($0) == "east" })
    #expect(audit[column: "place"]?.text(0)?.contains("plan.yaml:") == true)
    let members = network.targets.solution.members
    let east = members.count { $0.region == "east" && !$0.isNewCustomers }
    #expect(lower.indicators.first { $0.name == "targets_lowered" }?.value == Double(east))
  }

  @Test("every trace adds up, to what the tables say")
  func traces() throws {
    let network = try #require(Self.network)
    let output = try network.run(eastLower)
    let table = try table(output, "attainment")
    let adjusted = try #require(table.money("adjusted_target"))
    var published: [String: Money] = [:]
    for row in 0..<table.rowCount where table[column: "measure"]?.text(row) == "revenue" {
      let key = ["level", "id", "period"].map { table[column: $0]?.text(row) ?? "" }.joined(separator: ":")
      published[key] = adjusted[row]
    }
    var seen: [String: Set<String>] = [:]
    for index in 0..<output.traces.count {
      let trace = output.traces[index]
      #expect(trace.isBalanced, "\(trace.subject) \(trace.item)")
      #expect(!trace.steps.isEmpty)
      seen[trace.subject, default: []].insert(trace.item)
      guard trace.item.hasPrefix("target:"), case .money(let amount) = trace.value else { continue }
      #expect(published[trace.subject + ":" + trace.item.dropFirst(7)] == amount)
    }
    for attainment in output.result.attainments where attainment.quarter == .quarter(2026, 1) {
      let items = seen["partner:" + attainment.partner] ?? []
      #expect(items.isSuperset(of: ["target:2026-03", "target:2026Q1", "target:2026", "reward_coefficient:2026Q1"]))
    }
    #expect(
      seen["region:east"]?.isSuperset(of: ["target:2026", "attainment:2025Q4", "reward_coefficient:2026Q1"]) == true)
    let east = try #require(output.traces.first("region:east", "target:2026Q1"))
    #expect(east.steps.last?.label == "the region's market fell")
    #expect(
      east.steps.contains {
        $0.sources.contains { if case .plan(_, let place?) = $0 { place.line != nil } else { false } }
      })
  }

  @Test("without an index own sales stand in, with a warning; without a forecast chances are not known")
  func fallbacks() throws {
    let network = try #require(Self.network)
    let output = try network.run(without: [.marketIndex, .orders])
    #expect(output.notes.contains { $0.code == TrackCodes.ownSales && $0.severity == .warning })
    #expect(output.notes.contains { $0.code == TrackCodes.noActual })
    #expect(output.result.adjustments.allSatisfy { $0.isFallback })
    #expect(!output.tables.contains { $0.name == "conversion_curve" })
    let rigid = try network.run { $0.targets?.tracking.elastic = nil }
    #expect(rigid.result.adjustments.isEmpty && rigid.result.attainments.allSatisfy { $0.target == $0.adjustedTarget })
    let context = StageContext(
      plan: network.plan, tables: network.tables,
      results: [.history: network.history, .targets: network.targets])
    let blind = try TrackStage().run(context)
    #expect(blind.notes.contains { $0.code == TrackCodes.noForecast })
    let planned = blind.result.attainments.filter { $0.quarter >= .quarter(2026, 1) }
    #expect(!planned.isEmpty && planned.allSatisfy { $0.probability.isNaN })
    #expect(throws: StageFailure.self) {
      _ = try TrackStage().run(StageContext(plan: network.plan, tables: [:], results: [.history: network.history]))
    }
  }

  @Test("prepayments: the curve of the orders, cohorts that add up, what is open")
  func prepayments() throws {
    let output = try #require(Self.network).run()
    let curve = try table(output, "conversion_curve")
    let network = rows(curve, ["scope": "network", "kind": "prepayment"])
    // Σ of the sample's documents: 29,123,457 of 33,259,571 were shipped in the month of the prepayment.
    #expect(curve.money("open_before")?[network[0]] == Money(33_259_571))
    #expect(abs(try #require(curve.numbers("hazard"))[network[0]] - 0.8756) < 5e-4)
    let cohorts = try table(output, "conversion_cohorts")
    #expect(cohorts.money("prepaid")?.total() == Money(33_259_571))
    #expect(cohorts.money("open")?.total() == Money(297_612))
    let revenue = try table(output, "revenue_from_orders")
    #expect(revenue.rowCount > 0 && Set(revenue.money("stuck_balance") ?? []) == [.zero])
    #expect(output.notes.contains { $0.code == TrackCodes.curve })
    // Prepayment every month by the channel department, revenue every month and quarter.
    let due = try table(output, "assessments")
    let company = rows(due, ["level": "company", "measure": "prepayment", "status": "due"])
    #expect(company.count == 12 && due[column: "responsible"]?.text(company[0]) == "S001 Zhang Fang")
    #expect(rows(due, ["level": "company", "measure": "revenue", "grain": "quarter"]).count == 8)
  }

  @Test("steps of rewards out of order are found with their place")
  func rewardSteps() throws {
    let files = try PlanFiles([
      "plan.yaml": """
      data: {}
      targets:
        elastic:
          rewards: [{drop_pct: 15, coefficient_pct: 80}, {drop_pct: 25, coefficient_pct: 90}]
          link_reward: false
          maturity: {matur: 12}
        assess: {revenue: {by: sales}}
      """
    ])
    let (loaded, findings) = files.load()
    #expect(findings.kept.map(\.summary).contains("S526 plan.yaml:4:63"))
    #expect(findings.kept.map(\.summary).contains("S528 plan.yaml:4:5"))
    #expect(findings.kept.contains { $0.place?.line == 6 && $0.severity == .error })
    #expect(loaded?.plan.targets?.tracking.assessments.map(\.every) == [[.month]])
  }
}
