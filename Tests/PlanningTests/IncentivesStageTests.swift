import ChannelTypes
import Demand
import Partners
import Planning
import Specifications
import Tables
import Testing

/// The rules of the plan, and what they pay in the bundled network.
@Suite("Incentives stage")
struct IncentivesStageTests {
  private static let planPath: String = {
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/" + package + "/Datasets/telecom-dealers/plan.yaml"
  }()

  /// The tables of the bundled network with its history, read once.
  private static let bundled: Result<(tables: [InputTable: Table], history: ChannelHistory), any Error> = Result {
    var findings = Findings()
    let plan = try #require(Plan.load(path: planPath, findings: &findings)?.plan)
    var tables: [InputTable: Table] = [:]
    for name in IncentivesStage.requiredTables + IncentivesStage.optionalTables {
      let reference = try #require(plan.data[name])
      tables[name] = CSVReader.read(reference, schema: InputSchemas.schema(for: name), findings: &findings)
    }
    #expect(findings.errorCount == 0)
    return (tables, try HistoryStage().run(StageContext(plan: plan, tables: tables)).result)
  }

  /// The bundled tables, with the plan's rules changed, and upstream results as given.
  private static func context(
    overrides: [String] = [], results: [StageName: any Sendable] = [:], demand: Bool = false,
    change: (inout IncentiveSettings) -> Void = { _ in }
  ) throws -> StageContext {
    var findings = Findings()
    var plan = try #require(Plan.load(path: planPath, overrides: overrides, findings: &findings)?.plan)
    var settings = try #require(plan.incentives)
    change(&settings)
    plan.incentives = settings
    let (tables, history) = try bundled.get()
    var results = results
    results[.history] = history
    if demand { results[.demand] = flatDemand(history) }
    return StageContext(plan: plan, tables: tables, results: results)
  }

  /// Every active partner sells 30 or 50 units of one product in every month, with equal chance.
  private static func flatDemand(_ history: ChannelHistory) -> ForecastResult {
    let partners = history.partners.filter(\.isActive).map(\.id).sorted()
    let panel = DemandPanel(
      partners: partners, products: ["5g-cpe"], regions: [""], cities: [""],
      series: partners.indices.map { SeriesKey(partner: $0, product: 0, region: 0, city: 0) },
      firstPeriod: .month(2025, 12), periodCount: 1, frequency: .month,
      observed: [Double](repeating: 40, count: partners.count))
    let paths = SamplePaths(
      seriesCount: partners.count, horizon: 12, drawCount: 2,
      values: (0..<partners.count * 12).flatMap { _ in [Float(30), 50] })
    return ForecastResult(
      panel: panel, firstPeriod: .month(2026, 1), horizon: 12,
      meanThousandths: [Int64](repeating: 40_000, count: partners.count * 12), paths: paths, choices: [],
      accuracy: [])
  }

  private static func commissionOnly(_ settings: inout IncentiveSettings) {
    var rule = settings.rules.versions[0]
    rule.links = []
    settings.rules = IncentiveRules([rule])
  }

  @Test("settlements of the ledger are recomputed to the cent, but where a month of sales was never reported")
  func ledgerReconciles() throws {
    let output = try IncentivesStage().run(try Self.context(change: Self.commissionOnly))
    let payouts = output.result.payouts
    let earlier = payouts.filter { $0.period != .quarter(2025, 4) }
    let inputs = try #require(try Self.context().result(of: HistoryStage.self))
    for payout in earlier {
      let partner = try #require(inputs.index(of: payout.partner))
      let cells = inputs.cells(partner: partner, months: inputs.months(in: payout.period))
      #expect(payout.payable < .zero && cells.contains { inputs.rowCounts[$0] == 0 })
    }
    #expect(earlier.count < 40, "1278 quarters were settled")
    let advances = payouts.filter { $0.period == .quarter(2025, 4) && $0.settled != .zero }
    #expect(advances.count == 10 && advances.map(\.settled).total() > .zero)
    #expect(advances.allSatisfy { $0.due == CivilDate(year: 2026, month: 1, day: 15) })
    // A second settlement, with the payouts booked, pays nothing.
    let context = try Self.context(change: Self.commissionOnly)
    let ledger = try #require(context.table(.incentiveLedger))
    let booked = payouts.filter { $0.payable != .zero }
    let grown = Table(
      name: "incentive_ledger",
      columns: [
        .text("entry_id", strings(ledger, "entry_id") + booked.map { "N\($0.partner)/\($0.period)" }),
        .period(
          "date", form: .day,
          periods(ledger, "date") + booked.map { _ in Period.day(CivilDate(year: 2026, month: 1, day: 15)) }),
        .text("partner_id", strings(ledger, "partner_id") + booked.map(\.partner)),
        .text("kind", strings(ledger, "kind") + booked.map { _ in "commission" }),
        .money("amount", try #require(ledger.money("amount")) + booked.map(\.payable)),
        .period("period", form: .quarter, periods(ledger, "period") + booked.map(\.period)),
        .text("ref", strings(ledger, "ref") + booked.map { _ in "settlement" }),
      ])
    var tables: [InputTable: Table] = [.incentiveLedger: grown]
    for name in [InputTable.sales, .partners, .products, .regions, .budget] { tables[name] = context.table(name) }
    let history = try #require(context.result(of: HistoryStage.self))
    let again = try IncentivesStage().run(
      StageContext(plan: context.plan, tables: tables, results: [.history: history]))
    #expect(again.result.payouts.allSatisfy { $0.payable == .zero })
    let last = payouts.filter { $0.period == .quarter(2025, 4) }
    #expect(again.result.payouts.map(\.earned) == last.map(\.earned))
  }

  private func strings(_ table: Table, _ column: String) -> [String?] {
    (0..<table.rowCount).map { table.text(column)?[$0] }
  }

  private func periods(_ table: Table, _ column: String) -> [Period?] {
    (0..<table.rowCount).map { table.periods(column)?[$0] }
  }

  @Test("control totals agree, every number has a balanced trace, every yuan of the cost stands once")
  func bundledNetwork() throws {
    let output = try IncentivesStage().run(try Self.context(demand: true))
    let names = output.tables.map(\.name)
    #expect(
      names == [
        "payouts", "accruals", "accrual_schedule", "next_tier", "tier_cliffs", "incentive_cost", "accrual_fan",
        "payout_curves", "control_totals", "profit_split",
      ])
    let totals = output.tables[8]
    for row in 0..<totals.rowCount where totals.text("use")?[row] == "difference" {
      #expect(totals.integers("rows")?[row] == 0 && totals.money("amount")?[row] == .zero)
    }
    #expect(!output.notes.contains { $0.severity == .error })
    // Traces: one for every payout and accrual, with its value.
    let result = output.result
    #expect(output.traces.count == result.payouts.count + result.accruals.count)
    for index in 0..<output.traces.count {
      let trace = output.traces[index]
      #expect(trace.isBalanced)
      let value =
        index < result.payouts.count
        ? result.payouts[index].payable : result.accruals[index - result.payouts.count].expected
      #expect(trace.value == .money(value))
    }
    let partner = try #require(result.payouts.first?.partner)
    #expect(output.traces.first("partner:\(partner)", "commission:2025Q4") != nil)
    #expect(output.traces.first("partner:\(partner)", "rebate:2025") != nil)
    let split = output.tables[9]
    let shares = try #require(split.money("partner_share"))
    let rest = try #require(split.money("maker_share"))
    for (row, profit) in (split.money("joint_profit") ?? []).enumerated() where shares[row] != Unknown.money {
      #expect(shares[row] + rest[row] == profit && shares[row] < rest[row])
    }
    let payouts = output.tables[0]
    let parts = ["cash", "discount", "in_kind"].map { payouts.money($0)?.total() ?? .zero }
    #expect(parts.total() == payouts.money("payable")?.total())
    let cost = output.tables[5]
    let forms = ["cash", "discount", "in_kind"].map { cost.money($0)?.total() ?? .zero }
    #expect(forms.total() == cost.money("total")?.total())
    // Annual rebates deduct what the quarterly ones of the year earned.
    let quarterly = result.payouts.filter { $0.rule == "rebates.quarterly" }.map(\.earned).total()
    let netted = result.payouts.filter { $0.rule == "rebates.annual" }.map(\.netted).total()
    #expect(quarterly > .zero && quarterly == netted)
  }

  @Test("accruals are means over draws, on the tier that the year is expected to reach")
  func accruals() throws {
    let output = try IncentivesStage().run(try Self.context(demand: true, change: Self.commissionOnly))
    let accruals = output.tables[1]
    let (sales, expected) = (try #require(accruals.money("expected_sales")), try #require(accruals.money("accrual")))
    let atMean = try #require(accruals.money("payout_at_expected_sales"))
    #expect(accruals.rowCount == 4 * Self.activePartners(output))
    #expect(zip(expected, atMean).allSatisfy { $0.tenThousandths >= $1.tenThousandths - 200 }, "convex on the excess")
    #expect(sales.allSatisfy { $0 > .zero })
    let rates = try #require(accruals.numbers("rate"))
    #expect(rates.allSatisfy { (0.1..<0.2).contains($0) })
    #expect(output.tables[3].text("standing_is")?[0] == "expected")
  }

  private static func activePartners(_ output: StageOutput<IncentiveResult>) -> Int {
    Set(output.result.accruals.map(\.partner)).count
  }

  @Test("links change payouts, top-ups of the budget do not")
  func linksAndTopUps() throws {
    let plain = try IncentivesStage().run(try Self.context()).result.payouts
    let context = try Self.context()
    let history = try #require(context.result(of: HistoryStage.self))
    let regions = Set(history.partners.map(\.region)).sorted()
    let tracking = TrackingResult(
      adjustments: regions.map {
        TargetAdjustment(
          region: $0, quarter: .quarter(2025, 4), marketChange: -0.2, targetFactor: Percent(80),
          rewardCoefficient: Percent(90), isFallback: false)
      })
    let linked = try IncentivesStage().run(try Self.context(results: [.track: tracking])).result.payouts
    let commissions = { (payouts: [Payout]) in payouts.filter { $0.rule == "commission" } }
    #expect(commissions(plain).count == commissions(linked).count)
    for (before, after) in zip(commissions(plain), commissions(linked)) {
      let exact = ExactAmount(before.earned).times(Percent(90)).rounded()
      #expect(abs(after.earned.tenThousandths - exact.tenThousandths) <= 100)
    }
    // Without the budget's table of top-ups nothing changes but the control totals.
    var tables: [InputTable: Table] = [:]
    for name in [InputTable.sales, .partners, .products, .regions, .incentiveLedger] {
      tables[name] = context.table(name)
    }
    let without = try IncentivesStage().run(
      StageContext(plan: context.plan, tables: tables, results: [.history: history]))
    #expect(without.result.payouts == plain)
  }

  @Test("sales of a product that counts twice count twice")
  func multipliers() throws {
    func earned(_ multipliers: [IncentiveRule.Multiplier]) throws -> [Money] {
      let context = try Self.context {
        var rule = IncentiveRule(
          "commission", ledgerKind: "commission", basis: .quarterlySales,
          formula: .tiers(TierSchedule(.onWhole, tiers: [.init(from: .zero, rate: Percent(10))])))
        rule.multipliers = multipliers
        rule.from = .quarter(2025, 4)
        $0.rules = IncentiveRules([rule])
      }
      return try IncentivesStage().run(context).result.payouts.map(\.basis)
    }
    let place = SourcePlace(file: "plan.yaml", line: 1)
    let plain = try earned([])
    let roles = ["bullet", "defensive", "standard", "new"]
    let all = try earned(roles.map { .init(.role, $0, factor: Percent(200), at: place) })
    #expect(all == plain.map { $0 + $0 })
    let one = try earned([.init(.product, "5g-cpe", factor: Percent(150), at: place)])
    #expect(zip(one, plain).allSatisfy { $0 >= $1 } && one != plain)
  }

  // MARK: The plan

  private func findings(_ incentives: String) throws -> (settings: IncentiveSettings?, findings: [Diagnostic]) {
    let files = try PlanFiles(["plan.yaml": "version: 1\nincentives:\n" + incentives])
    let (loaded, findings) = files.load()
    return (loaded?.plan.incentives, findings.kept)
  }

  @Test("a mode is never assumed; tiers that fall and versions that overlap are cited with both places")
  func planChecks() throws {
    let missing = try findings("  commission: {tiers: [[0, 0.1]]}\n").findings
    #expect(missing.map(\.summary) == ["P112 plan.yaml:3:15"] || missing.count == 1)
    #expect(missing.first?.hint?.contains("on_excess") == true)
    let falling = try findings("  commission: {mode: on_excess, tiers: [[0, 0.1], [50, 0.2], [50, 0.3]]}\n").findings
    #expect(falling.map(\.code) == [IncentivesCodes.tiers] && falling.first?.place?.line == 3)
    let overlap = try findings(
      """
        commission:
          - {mode: on_excess, tiers: [[0, 0.1]], to: 2025Q4}
          - {mode: on_whole, tiers: [[0, 0.1]], from: 2025-10}

      """
    ).findings
    #expect(overlap.map(\.code) == [IncentivesCodes.overlap] && overlap.first?.place?.line == 5)
    #expect(overlap.first?.notes.first?.contains("plan.yaml:4") == true)
    let gap = try findings(
      """
        commission:
          - {mode: on_excess, tiers: [[0, 0.1]], to: 2025-06}
          - {mode: on_whole, tiers: [[0, 0.1]], from: 2025Q4}

      """
    ).findings
    #expect(gap.map(\.code) == [IncentivesCodes.gap] && gap.first?.severity == .warning)
    let midway = try findings("  commission: {mode: on_whole, tiers: [[0, 0.1]], from: 2025-11}\n").findings
    #expect(midway.map(\.code) == [IncentivesCodes.period])
    let forms = try findings(
      "  commission: {mode: on_whole, tiers: [[0, 0.1]], paid_in: {cash: 0.5, discount: 0.4}}\n"
    ).findings
    #expect(forms.map(\.code) == [IncentivesCodes.forms])
    let market = try findings(
      """
        rebates:
          market:
            mode: on_whole
            rows:
              - {penetration: 0, tiers: [[0, 0.02]]}
              - {penetration: 0.1, tiers: [[0, 0.01]]}

      """
    ).findings
    #expect(market.map(\.code) == [IncentivesCodes.falling])
    let unknown = try findings("  comission: {mode: on_whole, tiers: [[0, 0.1]]}\n").findings
    #expect(unknown.first?.hint == "did you mean `commission`?")
  }

  @Test("shares are exact; a scenario may change the mode")
  func planValues() throws {
    let read = try findings("  commission: {mode: on_excess, tiers: [[0, 0.0175], [1000.5, 0.018333]]}\n")
    #expect(read.findings.isEmpty)
    guard case .tiers(let schedule)? = read.settings?.rules.versions.first?.formula else {
      Issue.record("no tiers")
      return
    }
    #expect(schedule.tiers.map(\.rate) == [Percent("1.75"), Percent("1.8333")])
    let percent = try findings("  commission: {mode: on_excess, tiers: [[0, 10]]}\n").findings
    #expect(percent.first?.hint == "did you mean 0.1?")
    let context = try Self.context(overrides: ["incentives.commission.mode=on_whole"])
    guard case .tiers(let whole)? = context.plan.incentives?.rules.versions.first?.formula else {
      Issue.record("no tiers")
      return
    }
    #expect(whole.mode == .onWhole)
  }
}
