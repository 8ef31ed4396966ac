import ChannelTypes
import Demand
import Partners
import Specifications
import Tables
import Testing

@testable import Planning

/// Probation of the bundled network.
@Suite("Probation stage")
struct ProbationStageTests {
  private static let planPath: String = {
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/" + package + "/Datasets/telecom-dealers/plan.yaml"
  }()

  /// Attainment of 2025 from the table of targets stands in for the stage `track`.
  private static func tracking(_ targets: Table, _ history: ChannelHistory) throws -> TrackingResult {
    let periods = try #require(targets.periods("period"))
    let (ids, levels) = (try #require(targets.text("id")), try #require(targets.text("level")))
    let (measures, amounts) = (try #require(targets.text("measure")), try #require(targets.money("amount")))
    var sums: [Int: [Int: Money]] = [:]
    let quarters = periods.ordinals(as: .quarter)
    for row in 0..<targets.rowCount where levels[row] == "partner" && measures[row] == "revenue" {
      guard let partner = ids[row].flatMap({ history.index(of: $0) }) else { continue }
      sums[partner, default: [:]][quarters[row], default: .zero] += amounts[row]
    }
    var attainments: [Attainment] = []
    for quarter in history.wholeQuarters {
      for (index, partner) in history.partners.enumerated() {
        guard let target = sums[index]?[quarter.ordinal] else { continue }
        attainments.append(
          Attainment(
            partner: partner.id, quarter: quarter, target: target, adjustedTarget: target,
            actual: history.revenue(partner: index, in: quarter), probability: .nan))
      }
    }
    return TrackingResult(attainments: attainments)
  }

  private static let context: StageContext? = try? makeContext()
  private static let output: StageOutput<ProbationResult>? = context.flatMap { try? ProbationStage().run($0) }

  private static func makeContext() throws -> StageContext {
    var findings = Findings()
    let plan = try #require(Plan.load(path: planPath, findings: &findings)?.plan)
    var tables: [InputTable: Table] = [:]
    for name in ProbationStage.requiredTables + ProbationStage.optionalTables + [.targets] {
      let reference = try #require(plan.data[name])
      tables[name] = CSVReader.read(reference, schema: InputSchemas.schema(for: name), findings: &findings)
    }
    #expect(findings.errorCount == 0)
    let targets = try #require(tables[.targets])
    tables[.targets] = nil
    let history = try HistoryStage().run(StageContext(plan: plan, tables: tables)).result
    return StageContext(
      plan: plan, tables: tables, results: [.history: history, .track: try tracking(targets, history)], seed: plan.seed)
  }

  private static func table(_ name: String) throws -> Table {
    let output = try #require(output)
    return try #require(output.tables.first { $0.name == name })
  }

  @Test func `a few partners are warned, and none without two misses in a row`() throws {
    let result = try #require(Self.output).result
    let last = try #require(result.statuses.map(\.quarter).max())
    let now = result.statuses.filter { $0.quarter == last }
    let grave = now.filter { $0.state >= .warned }
    // Of 120 active partners: some, but no purge.
    #expect((2...30).contains(grave.count), "\(grave.map(\.partner))")
    #expect(grave.allSatisfy { $0.quartersBelow >= 2 && $0.indicator != nil })
    #expect(result.exitCases.map(\.partner) == grave.map(\.partner))
    var before: [String: ProbationStatus] = [:]
    for status in result.statuses {
      if let earlier = before[status.partner] {
        #expect(status.quarter == earlier.quarter.advanced(by: 1))
        let order: [ProbationStatus.State] = [.ok, .watch, .warned, .grace, .exit]
        let (from, to) = (order.firstIndex(of: earlier.state) ?? 0, order.firstIndex(of: status.state) ?? 0)
        #expect(to <= from + 1)
      }
      before[status.partner] = status
    }
  }

  @Test func `planned demand and incentives enter the price`() throws {
    let full = try #require(Self.context)
    let history = try #require(full.result(of: HistoryStage.self))
    let tracking = try #require(full.result(of: TrackStage.self))
    let before = try #require(Self.output?.result.exitCases.first { $0.lostSales > Money(10_000) })
    // Twelve months of 100 units, and two worlds: half of it and half as much again.
    let panel = DemandPanel(
      partners: [before.partner], products: ["box"], regions: ["r"], cities: ["c"],
      series: [SeriesKey(partner: 0, product: 0, region: 0, city: 0)], firstPeriod: .month(2025, 12), periodCount: 1,
      frequency: .month, observed: [1])
    let forecast = ForecastResult(
      panel: panel, firstPeriod: .month(2026, 1), horizon: 12,
      meanThousandths: [Int64](repeating: 100_000, count: 12),
      paths: SamplePaths(
        seriesCount: 1, horizon: 12, drawCount: 2, values: (0..<24).map { $0 % 2 == 0 ? 50 : 150 }), choices: [],
      accuracy: [])
    let (sales, partners) = (try #require(full.table(.sales)), try #require(full.table(.partners)))
    let accrual = Accrual(partner: before.partner, period: .quarter(2026, 1), expected: Money(1200), rate: 0.12)
    let context = StageContext(
      plan: full.plan, tables: [.sales: sales, .partners: partners],
      results: [
        .history: history, .track: tracking, .demand: forecast, .incentives: IncentiveResult(accruals: [accrual]),
      ])
    let cases = try ProbationStage().run(context).result.exitCases
    let exit = try #require(cases.first { $0.partner == before.partner })
    let partner = try #require(history.index(of: before.partner))
    let cells = history.cells(partner: partner, months: 24..<36)
    let price = history.sellInValue[cells].total().double / history.sellOutUnits[cells].reduce(0, +)
    #expect(abs(exit.lostSales.double - 1200 * price) <= 0.01 * 1200 * price)
    let (margin, incentives) = (exit.amounts(.margin), exit.amounts(.incentives))
    // 20 % margin and 12 % incentives on the same sales.
    #expect(abs(incentives.keep.double / margin.keep.double + 0.6) < 1e-6)
    #expect(exit.lines.contains { $0.line == .incentives } && exit.low < exit.high)
  }

  @Test func `tables agree with one another`() throws {
    let output = try #require(Self.output)
    #expect(
      output.tables.map(\.name) == [
        "probation", "exit_case", "exit_lines", "successors", "conflicts", "performance_bands", "removals", "renewals",
      ])
    let (cases, lines) = (try Self.table("exit_case"), try Self.table("exit_lines"))
    let (ids, gains) = (try #require(cases.text("partner_id")), try #require(cases.money("gain")))
    let (owners, parts) = (try #require(lines.text("partner_id")), try #require(lines.money("gain")))
    let (lost, retained) = (try #require(cases.money("lost_sales")), try #require(cases.money("retained_sales")))
    let (stock, paid) = (try #require(cases.money("stock_at_cost")), try #require(cases.money("buy_back")))
    #expect(cases.rowCount > 0)
    let successors = try Self.table("successors")
    let (from, stays) = (
      try #require(successors.text("partner_id")), try #require(successors.money("retained_sales"))
    )
    for row in 0..<cases.rowCount {
      #expect((0..<lines.rowCount).filter { owners[$0] == ids[row] }.map { parts[$0] }.total() == gains[row])
      #expect(retained[row] <= lost[row] && -paid[row] <= stock[row])
      #expect((0..<successors.rowCount).filter { from[$0] == ids[row] }.map { stays[$0] }.total() == retained[row])
    }
    let certificate = try #require(output.certificates.first)
    #expect(certificate.objective <= certificate.bound && certificate.relativeGap < 1e-3)
    let renewals = try Self.table("renewals")
    let words = try #require(renewals.text("recommendation"))
    #expect(renewals.rowCount == 120 && Set(words.dictionary).isSubset(of: ["renew", "renegotiate", "end"]))
    let removals = try Self.table("removals")
    let marginal = try #require(removals.money("marginal_contribution"))
    #expect(marginal == marginal.sorted())
  }

  @Test func `every trace adds up, and every partner has one`() throws {
    let output = try #require(Self.output)
    var items: [String: Set<String>] = [:]
    for index in 0..<output.traces.count {
      let trace = output.traces[index]
      #expect(trace.isBalanced, "\(trace.subject) \(trace.item)")
      #expect(!trace.steps.isEmpty)
      #expect(items[trace.item, default: []].insert(trace.subject).inserted)
    }
    let result = output.result
    let last = try #require(result.statuses.map(\.quarter).max())
    let table = try #require(Self.context?.table(.partners))
    let active = Set(Partner.all(table).filter(\.isActive).map { "partner:" + $0.id })
    let judged = Set(result.statuses.filter { $0.quarter == last }.map { "partner:" + $0.partner })
    #expect(items["probation"] == judged.intersection(active) && judged.count >= 100)
    #expect(items["exit_case"] == Set(result.exitCases.map { "partner:" + $0.partner }))
    #expect(items["renewal"]?.count == result.renewals.count)
    let exit = try #require(result.exitCases.first)
    #expect(output.traces.first("partner:" + exit.partner, "exit_case")?.value == .money(exit.gain))
  }

  @Test func `without the other stages it says what it does not know`() throws {
    let full = try #require(Self.context)
    let history = try #require(full.result(of: HistoryStage.self))
    let sales = try #require(full.table(.sales))
    let partners = try #require(full.table(.partners))
    let context = StageContext(
      plan: full.plan, tables: [.sales: sales, .partners: partners],
      results: [.history: history])
    let output = try ProbationStage().run(context)
    let text = output.notes.map(\.message).joined(separator: "\n")
    for word in ["attainment", "score", "contracts", "stock", "invoices", "incentives", "budget", "demand"] {
      #expect(text.contains(word), "\(word)")
    }
    #expect(output.tables.count == 8)
    #expect(throws: StageFailure.self) { _ = try ProbationStage().run(StageContext(plan: Plan(), tables: [:])) }
  }

  // MARK: The section of the plan

  private static func load(_ section: String) throws -> (settings: ProbationSettings?, findings: Findings) {
    let files = try PlanFiles(["plan.yaml": "version: 1\n" + section])
    let (loaded, findings) = files.load()
    return (loaded?.plan.probation, findings)
  }

  @Test func `the section is read with its places`() throws {
    let (settings, findings) = try Self.load(
      """
      probation:
        baselines: {score: 60, growth: {peers_pct: 10, within: region}, revenue: {own_quarters: 4, pct: 85}}
        grace_months: 6
        on_fail: [terminate]
        exit: {buyback_pct_by_age: {0: 90, 100: 40}}
        improvements: {score: call the manager}

      """)
    #expect(findings.errorCount == 0, "\(findings.kept.map(\.message))")
    let read = try #require(settings)
    #expect(read.held.map(\.indicator) == [.score, .growth, .revenue])
    #expect(
      read.held.map(\.baseline.value) == [
        .fixed(60), .peers(quantile: 0.1, within: .region), .own(quarters: 4, share: 0.85),
      ])
    #expect(read.held[0].improvement == "call the manager" && read.rule.graceMonths == 6)
    #expect(read.exit.measures == [.terminate])
    #expect(read.exit.buyBackByAge == [DayStep(days: 0, share: Percent(90)), DayStep(days: 100, share: Percent(40))])
    #expect(read.places["probation.grace_months"]?.line == 4)
  }

  @Test(arguments: [
    "bands: {reward_from: 50, remove_below: 45}", "conflicts: {reorganise_from: 9, exit_from: 3}",
    "exit: {resale_pct: 50, buyback_pct_by_age: {0: 50, 90: 80}}",
    "baselines: {score: {own_quarters: 4, peers_pct: 10}}", "baselines: {score: {pct: 10}}",
  ])
  func `contradictions are found where they stand`(line: String) throws {
    let (_, findings) = try Self.load("probation:\n  " + line + "\n")
    #expect(findings.errorCount == 1)
    let finding = try #require(findings.kept.first { $0.severity == .error })
    #expect(finding.code == ProbationCodes.contradiction && finding.place?.line == 3 && finding.hint != nil)
  }
}
