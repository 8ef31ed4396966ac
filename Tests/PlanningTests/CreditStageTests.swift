import Allocation
import ChannelTypes
import Demand
import Partners
import Specifications
import Tables
import Testing

@testable import Planning

/// Credit limits of the bundled network.
@Suite("Credit stage")
struct CreditStageTests {
  private static let planPath: String = {
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/" + package + "/Datasets/telecom-dealers/plan.yaml"
  }()

  private static func context(
    results: [StageName: any Sendable] = [:], _ change: (inout CreditSettings) -> Void = { _ in }
  ) throws -> StageContext {
    var findings = Findings()
    var plan = try #require(Plan.load(path: planPath, findings: &findings)?.plan)
    var settings = try #require(plan.credit)
    change(&settings)
    plan.credit = settings
    var tables: [InputTable: Table] = [:]
    for name in [InputTable.partners, .receivables, .finance, .regions] {
      let reference = try #require(plan.data[name])
      tables[name] = CSVReader.read(reference, schema: InputSchemas.schema(for: name), findings: &findings)
    }
    #expect(findings.errorCount == 0)
    return StageContext(plan: plan, tables: tables, results: results)
  }

  /// The bundled network as it is, without upstream results.
  private static let base = Result { try CreditStage().run(try context()) }

  private static func table(_ output: StageOutput<CreditStage.Result>, _ name: String) throws -> Table {
    try #require(output.tables.first { $0.name == name })
  }

  @Test("limits keep to the total, to every partner's range and to the expected loss")
  func limits() throws {
    let output = try Self.base.get()
    let (problem, solution) = (output.result.problem, output.result.solution)
    #expect(solution.exposure <= (problem.total?.amount ?? 0) + 1e-6)
    #expect(solution.expectedLoss <= (problem.expectedLoss?.amount ?? 0) * (1 + 1e-9))
    for (partner, limit) in zip(problem.partners, solution.partners) {
      // Limits are whole hundreds.
      #expect(limit.exposure >= partner.floor - 100 && limit.exposure <= partner.cap + 100)
      #expect((0...1).contains(partner.defaultProbability))
    }
    let certificate = try #require(output.certificates.first)
    #expect(certificate.bound >= certificate.objective - 1e-6 && certificate.relativeGap < 1e-3)
    let table = try Self.table(output, "credit")
    #expect(table.rowCount == problem.partners.count && table.rowCount > 50)
    let proposed = try #require(table.money("proposed_limit"))
    #expect(proposed.allSatisfy { $0 >= .zero } && proposed.total().double <= (problem.total?.amount ?? 0))
    // Who pays before delivery owes nothing, and saves what it was expected to lose.
    let (terms, saved) = (try #require(table.text("terms")), try #require(table.money("loss_saved_by_terms")))
    for row in 0..<table.rowCount {
      if terms[row] == "prepay" { #expect(proposed[row] == .zero && saved[row] > .zero) }
      if terms[row] == "shorter" { #expect(saved[row] > .zero) }
      if terms[row] == "normal" { #expect(saved[row] == .zero) }
    }
  }

  @Test("a tighter limit on the tail earns less")
  func tail() throws {
    let free = try Self.base.get().result
    let loss = try #require(free.solution.tailLoss)
    let total = try #require(free.problem.total?.amount)
    let held = try CreditStage().run(
      try Self.context { $0.tailLoss = Located(80 * loss / total) }
    ).result.solution
    #expect((held.tailLoss ?? .infinity) <= 0.8 * loss * 1.01)
    #expect((held.objective ?? 0) < (free.solution.objective ?? 0))
  }

  @Test("published accounts: the product of the factors is the return, the effects add up to its change")
  func dupont() throws {
    let table = try Self.table(try Self.base.get(), "dupont")
    func column(_ name: String) throws -> [Double] { try #require(table.numbers(name)) }
    let (margin, turnover, leverage) = (try column("margin"), try column("asset_turnover"), try column("leverage"))
    let (roe, change) = (try column("roe"), try column("roe_change"))
    let parts = [try column("by_margin"), try column("by_asset_turnover"), try column("by_leverage")]
    let (years, missing) = (try #require(table.periods("year")), try #require(table.text("missing")))
    #expect(table.rowCount == 450)
    for row in 0..<table.rowCount {
      #expect(margin[row] * turnover[row] * leverage[row] == roe[row] || missing[row] != nil)
      guard change[row].isFinite else {
        #expect(years[row] == .year(2023) || missing[row] != nil || missing[row - 1] != nil)
        continue
      }
      #expect(abs(parts.reduce(0) { $0 + $1[row] } - change[row]) < 1e-12)
      #expect(abs(roe[row] - roe[row - 1] - change[row]) < 1e-12)
    }
  }

  @Test("sums of the tables agree with one another to the cent")
  func sums() throws {
    let output = try Self.base.get()
    let limits = try #require(try Self.table(output, "credit").money("proposed_limit"))
    let book = try Self.table(output, "concentration")
    let (scope, basis) = (try #require(book.text("scope")), try #require(book.text("basis")))
    let (amount, hhi) = (try #require(book.money("amount")), try #require(book.numbers("hhi")))
    let partners = try #require(book.integers("partners"))
    var regions = Money.zero
    for row in 0..<book.rowCount {
      if basis[row] == "limits" {
        if scope[row] == "all" { #expect(amount[row] == limits.total()) } else { regions += amount[row] }
      }
      if partners[row] > 0 { #expect(hhi[row] >= 1 / Double(partners[row]) - 1e-6 && hhi[row] <= 1) }
    }
    #expect(regions == limits.total())
    let fund = try Self.table(output, "emergency_fund")
    let whole = try #require(fund.money("fund")?.first)
    #expect(try #require(fund.money("contribution")).total() == whole && whole > .zero)
    let grid = try Self.table(output, "risk_grid")
    #expect(try #require(grid.money("proposed_limits")).total() == limits.total() && grid.rowCount == 25)
    #expect(try #require(grid.integers("partners")).reduce(0, +) == Int64(output.result.outcome.all.count))
    // The severe shock spares nobody whom the mild one ruins.
    let stress = try Self.table(output, "stress_scenarios")
    let (fails, gaps) = (try #require(stress.integers("fail")), try #require(stress.money("liquidity_gap")))
    #expect(fails[0] <= fails[1] && gaps[0] <= gaps[1] && fails[1] > 0)
    let longer = try #require(output.certificates.first { $0.problem == "credit_extension" })
    #expect(longer.bound >= longer.objective && longer.objective > 0)
    let tested = try Self.table(output, "default_reliability")
    let seen = try #require(tested.integers("partners")).reduce(0, +)
    #expect(tested.periods("year")?[0] == .year(2025) && seen > 50)
  }

  @Test("every partner's numbers have a trace that adds up to them")
  func traces() throws {
    let output = try Self.base.get()
    let table = try Self.table(output, "credit")
    let (ids, limits) = (try #require(table.text("partner_id")), try #require(table.money("proposed_limit")))
    var found: [String: Trace] = [:]
    for index in 0..<output.traces.count {
      let trace = output.traces[index]
      #expect(trace.isBalanced, "\(trace.subject) \(trace.item)")
      #expect(found.updateValue(trace, forKey: trace.subject + " " + trace.item) == nil)
    }
    for row in 0..<table.rowCount {
      let id = try #require(ids[row])
      let trace = try #require(found["partner:\(id) credit_limit"])
      #expect(trace.value == .money(limits[row]) && trace.steps.count == 6)
      guard case .rows(_, _, _, let first?) = try #require(trace.steps[0].sources.first) else {
        Issue.record("no row of \(id)")
        continue
      }
      #expect(first.file.hasSuffix("partners.csv.gz") && (first.line ?? 0) > 1)
      #expect(found["partner:\(id) terms"] != nil)
    }
    for assessed in output.result.outcome.all {
      let trace = try #require(found["partner:\(assessed.partner) default_probability"])
      #expect(trace.value == .number(assessed.chance.probability))
    }
    let years = try Self.table(output, "dupont")
    #expect(found.values.count { $0.item.hasPrefix("dupont:") } == years.rowCount - (try Self.gaps(years)))
  }

  private static func gaps(_ table: Table) throws -> Int {
    let missing = try #require(table.text("missing"))
    return (0..<table.rowCount).count { missing[$0] != nil }
  }

  /// A panel of one product at one partner of each region, 10 a month for two years, planned 10 a month times a factor.
  private static func demand(_ factors: [String: Double]) -> ForecastResult {
    let regions = factors.keys.sorted()
    let panel = DemandPanel(
      partners: regions.map { "at \($0)" }, products: ["box"], regions: regions, cities: [""],
      series: regions.indices.map { SeriesKey(partner: $0, product: 0, region: $0, city: 0) },
      firstPeriod: .month(2024, 1), periodCount: 24, frequency: .month,
      observed: [Double](repeating: 10, count: 24 * regions.count))
    let means = regions.flatMap { region in
      [Int64](repeating: Int64((factors[region] ?? 1) * 10_000), count: 12)
    }
    return ForecastResult(
      panel: panel, firstPeriod: .month(2026, 1), horizon: 12, meanThousandths: means,
      paths: SamplePaths(
        seriesCount: regions.count, horizon: 12, drawCount: 1, values: means.map { Float($0) / 1000 }),
      choices: regions.map { _ in SeriesModelChoice(model: "drivers", reason: "", observations: 24) }, accuracy: [])
  }

  @Test("a fall of a region's planned demand takes down what its partners may owe, with an audit line for each")
  func demandLink() throws {
    let base = try Self.base.get()
    let output = try CreditStage().run(
      try Self.context(results: [.demand: Self.demand(["east": 0.8, "north": 1])]))
    let (before, after) = (base.result.outcome, output.result.outcome)
    let audit = try Self.table(output, "credit_adjust")
    let (ids, rules) = (try #require(audit.text("partner_id")), try #require(audit.text("rule")))
    let (from, to) = (try #require(audit.money("before")), try #require(audit.money("after")))
    let keys = try #require(audit.text("plan_key"))
    var moved = Set<String>()
    for row in 0..<audit.rowCount where rules[row] == "demand" {
      let line = try #require(after[ids[row] ?? ""]?.line)
      #expect(line.region == "east" && from[row] == line.present && keys[row] == "credit.demand_elasticity")
      #expect(to[row] == Percent(80).of(line.present))
      moved.insert(line.partner)
    }
    var (eastBefore, eastAfter) = (Money.zero, Money.zero)
    for assessed in after.all {
      guard let line = assessed.line, let earlier = before[assessed.partner]?.line else { continue }
      #expect(moved.contains(line.partner) == (line.region == "east"))
      if line.region == "east" {
        eastBefore += earlier.limit
        eastAfter += line.limit
      } else {
        #expect(line.needed == earlier.needed)
      }
    }
    #expect(eastAfter < eastBefore && !moved.isEmpty)
    // Elasticity 0 leaves limits where they were.
    let still = try CreditStage().run(
      try Self.context(results: [.demand: Self.demand(["east": 0.8])]) { $0.demandElasticity = Located(0) })
    #expect(still.result.outcome.all.compactMap(\.line?.limit) == before.all.compactMap(\.line?.limit))
  }

  @Test("the link to stock comes after the allocation and only lowers")
  func stockLink() throws {
    let base = try Self.base.get().result.outcome
    let chosen = try #require(base.all.first { $0.line.map { $0.optimised > Money(1_000) } ?? false })
    func standing(_ partner: String, _ factor: Int) -> StockStanding {
      StockStanding(
        partner: partner, stockValue: Money(10_000), turnoverDays: 100, slowShare: 0.25, capitalCost: .zero,
        creditFactor: Percent(factor))
    }
    let raised = try #require(base.all.last { $0.line.map { $0.optimised > Money(1_000) } ?? false })
    let stock = StockStage.Result(
      problem: InventoryProblem(items: [], policy: StockPolicy()),
      solution: try InventoryProblem(items: [], policy: StockPolicy()).solve(), projections: [],
      standings: StockStandings([standing(chosen.partner, 85), standing(raised.partner, 120)]))
    let output = try CreditStage().run(try Self.context(results: [.stock: stock]))
    let line = try #require(output.result.outcome[chosen.partner]?.line)
    #expect(line.optimised == chosen.line?.optimised && line.linked == Percent(85).of(line.optimised))
    #expect(line.limit <= line.linked && line.linked - line.limit < Money(100))
    #expect(output.result.outcome[raised.partner]?.line == raised.line)
    #expect(output.result.solution.objective == (try Self.base.get()).result.solution.objective)
    let audit = try Self.table(output, "credit_adjust")
    let (ids, rules) = (try #require(audit.text("partner_id")), try #require(audit.text("rule")))
    let linked = (0..<audit.rowCount).filter { rules[$0] == "stock" }
    #expect(linked.map { ids[$0] } == [chosen.partner])
    // What slow stock loses: 30 % of 2,500, shared out to the cent.
    let shared = try Self.table(output, "loss_sharing")
    #expect(shared.money("loss") == [Money(750), Money(750)])
    let (maker, partner) = (try #require(shared.money("maker_part")), try #require(shared.money("partner_part")))
    #expect(maker[0] + partner[0] == Money(750))
  }

  @Test("contradictions of the section are found with their place")
  func contradictions() throws {
    func codes(_ section: String) throws -> [String] {
      let files = try PlanFiles(["plan.yaml": "version: 1\ncredit:\n" + section])
      return files.load().findings.kept.filter { $0.severity == .error }.map(\.summary)
    }
    #expect(try codes("  bands: {low: {days: 30}, mid: {days: 60}}\n") == ["S423 plan.yaml:3:40"])
    #expect(try codes("  bands: {high: {days: 15, prepay: true}}\n") == ["S423 plan.yaml:3:24"])
    #expect(try codes("  prepay_above_pct: 5\n  bands: {low: {up_to_pct: 8}}\n") == ["S423 plan.yaml:4:28"])
    #expect(try codes("  ratings: {A: 5, B: 2}\n") == ["S423 plan.yaml:3:22"])
    #expect(try codes("  matrix: {likelihood_pct: [1, 2]}\n").map { $0.prefix(4) } == ["S424"])
    let falling = "  matrix: {likelihood_pct: [5], impact_pct: [1], grid: {1: [low, high], 2: [mid, mid]}}\n"
    #expect(try codes(falling).map { $0.prefix(4) } == ["S424"])
    #expect(
      try codes("  matrix: {likelihood_pct: [5], impact_pct: [1], grid: {1: [low, mid], 2: [mid, high]}}\n").isEmpty)
  }

  @Test("a plan without the section has no credit stage")
  func absent() throws {
    let context = StageContext(plan: Plan(), tables: [:])
    #expect(throws: StageFailure.self) { _ = try CreditStage().run(context) }
  }
}
