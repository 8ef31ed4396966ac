import ChannelTypes
import Partners
import Specifications
import Tables
import Testing

@testable import Planning

@Suite("Awards stage")
struct AwardsStageTests {
  private static let planPath: String = {
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/" + package + "/Datasets/telecom-dealers/plan.yaml"
  }()

  /// The bundled network with its targets of 2025; every quarter's health score is the satisfaction on record.
  private static func bundled() throws -> StageContext {
    var findings = Findings()
    let plan = try #require(Plan.load(path: planPath, findings: &findings)?.plan)
    var tables: [InputTable: Table] = [:]
    for name in AwardsStage.requiredTables + AwardsStage.optionalTables {
      let reference = try #require(plan.data[name])
      tables[name] = CSVReader.read(reference, schema: InputSchemas.schema(for: name), findings: &findings)
    }
    #expect(findings.errorCount == 0)
    let history = try HistoryStage().run(StageContext(plan: plan, tables: tables)).result
    let last = try #require(history.wholeQuarters.last)
    let scores = history.partners.map { PartnerScore(partner: $0.id, quarter: last, score: $0.satisfaction) }
    return StageContext(
      plan: plan, tables: tables,
      results: [
        .history: history, .track: try tracking(try #require(tables[.targets]), history),
        .scores: ScoreResult(quarters: [last], scores: scores),
      ])
  }

  private static func tracking(_ targets: Table, _ history: ChannelHistory) throws -> TrackingResult {
    let (ids, levels) = (try #require(targets.text("id")), try #require(targets.text("level")))
    let amounts = try #require(targets.money("amount"))
    let quarters = try #require(targets.periods("period")).ordinals(as: .quarter)
    var sums: [RecognitionLedger.Key: Money] = [:]
    for row in 0..<targets.rowCount where levels[row] == "partner" {
      guard let partner = ids[row].flatMap({ history.index(of: $0) }) else { continue }
      sums[.init(partner: partner, quarter: Period(form: .quarter, ordinal: quarters[row])), default: .zero] +=
        amounts[row]
    }
    let known = Set(history.wholeQuarters)
    return TrackingResult(
      attainments: sums.filter { known.contains($0.key.quarter) }.map { key, amount in
        Attainment(
          partner: history.partners[key.partner].id, quarter: key.quarter, target: amount, adjustedTarget: amount,
          actual: history.revenue(partner: key.partner, in: key.quarter), probability: .nan)
      })
  }

  @Test("the bundled network: tables, totals, and a trace that adds up for every partner")
  func bundledNetwork() throws {
    let context = try Self.bundled()
    let output = try AwardsStage().run(context)
    #expect(
      output.tables.map(\.name) == [
        "partner_grades", "grade_path", "points", "points_outlook", "first_orders", "star_dealers", "priority_supply",
        "support_tiers", "awards", "fairness",
      ])
    let tables = Dictionary(uniqueKeysWithValues: output.tables.map { ($0.name, $0) })
    let history = try #require(context.result(of: HistoryStage.self))
    // 1. Totals.
    let points = try #require(tables["points"])
    #expect(try #require(points.integers("closing")).allSatisfy { $0 == 0 })
    #expect(points.rowCount == 4 * history.partners.count { $0.isActive })
    let awards = try #require(tables["awards"])
    let subjects = try #require(awards.text("subject"))
    let amounts = try #require(awards.money("amount"))
    let toPartners = (0..<awards.rowCount).filter { subjects[$0]?.hasPrefix("partner:") ?? false }
    #expect(toPartners.map { amounts[$0] }.total() == output.result.awards.map(\.amount).total())
    #expect(awards.rowCount - toPartners.count == 36 && output.result.teamAwards.count == 36)
    #expect(output.result.teamAwards.map(\.prize).total() == Money(144_000))
    let pools = output.result.awards.filter { $0.kind == "award" }
    #expect(pools.count == 6 && pools.map(\.amount).total() == Money(150_000))
    let orders = try #require(tables["first_orders"])
    #expect(orders.rowCount > 20 && (orders.money("fund_left") ?? []).allSatisfy { $0 >= .zero })
    #expect(output.result.hasPriority.count > 5 && output.result.priorityFactor == 1.5)
    #expect(output.result.grade("P079")?.grade == "gold" && output.result.grade("P079")?.rebate == Percent(3))
    // 2. Traces.
    var items: [String: Set<String>] = [:]
    var money: [String: Money] = [:]
    for index in 0..<output.traces.count {
      let trace = output.traces[index]
      #expect(trace.isBalanced, "\(trace.subject) \(trace.item)")
      #expect(trace.steps.contains { !$0.sources.isEmpty })
      #expect(items[trace.subject, default: []].insert(trace.item).inserted, "\(trace.subject) \(trace.item) twice")
      if case .money(let amount) = trace.value { money[trace.subject + " " + trace.item] = amount }
    }
    for partner in history.partners {
      let own = try #require(items["partner:" + partner.id])
      #expect(own.isSuperset(of: ["grade", "star", "priority", "support"]))
      #expect(own.contains("points:2025Q4") == partner.isActive)
    }
    for award in output.result.awards {
      #expect(money["partner:\(award.partner) award:\(award.name):\(award.period)"] == award.amount)
    }
    let grade = try #require(output.traces.first("partner:P079", "grade"))
    guard case .rows("sales", _, let count, let first)? = grade.steps.first?.sources.first else {
      Issue.record("the grade does not tell its sales")
      return
    }
    #expect(count > 12 && first?.line ?? 0 > 1)
  }

  @Test("without targets and scores there are notes, and no word of zero achievement")
  func missing() throws {
    let full = try Self.bundled()
    let history = try #require(full.result(of: HistoryStage.self))
    let context = StageContext(
      plan: full.plan, tables: [.partners: try #require(full.table(.partners))], results: [.history: history])
    let output = try AwardsStage().run(context)
    #expect(output.notes.allSatisfy { $0.code == AwardsCodes.missing && $0.place != nil })
    #expect(output.notes.count == 6)
    let points = try #require(output.tables.first { $0.name == "points" })
    #expect(points.numbers("attainment_pct")?.allSatisfy { $0.isNaN } ?? false)
    #expect(points.text("missing")?[0]?.hasPrefix("attainment|new_customers") ?? false)
    #expect(output.result.hasPriority.isEmpty && output.result.teamAwards.isEmpty)
    var plan = full.plan
    plan.incentives?.recognition = RecognitionSettings()
    #expect(throws: StageFailure.self) {
      try AwardsStage().run(StageContext(plan: plan, tables: [:], results: [.history: history]))
    }
  }

  @Test("the section is read with units, versions and places")
  func plan() throws {
    let files = try PlanFiles([
      "plan.yaml": """
      version: 1
      incentives:
        grades:
          - {silver: {sales: 100, rebate: 0.015}, gold: {sales: 200, coverage: 2, rebate: 0.02, fund: 9.5}}
          - {from: 2026-01, gold: {sales: 300}}
        points: {weights: {attainment: 0.6, new_customers: 0.2}, value: 0.5}
        new_product: {first_order_points: x3, fund: 1000}
        star: {years: 2, loyalty_pct: [0.5, 2.25]}
        contest: {by: growth, top: 2, prizes: [10, 10]}
        priority: {streak: 4}
        awards: {best: {pool: 99, by: growth, every: quarter, nominated: [P1]}}
      """
    ])
    let (loaded, findings) = files.load()
    let own = findings.kept.filter { $0.severity == .error }
    #expect(own.map(\.summary) == [])
    let settings = try #require(loaded?.plan.incentives?.recognition)
    let rules = settings.rules
    #expect(rules.grades.map(\.levels.count) == [2, 1] && rules.grades[1].from == .month(2026, 1))
    #expect(rules.grades[0].levels[0].rebate == Percent("1.5") && rules.grades[0].levels[1].fund == Money("9.5"))
    #expect(rules.points?.weights == [Percent(60), Percent(20), Percent(20)] && rules.points?.value == Money("0.5"))
    #expect(rules.firstOrder?.reward == .points(3) && rules.star?.high == Percent("2.25"))
    #expect(rules.contest == ContestRule(.growth, prizes: [Money(10), Money(10)]) && rules.priority?.streak == 4)
    #expect(rules.pools.first?.nominated == ["P1"] && rules.pools.first?.every == .quarter)
    #expect(settings.places["star"]?.line == 8)
  }

  @Test(
    "contradictions are findings at their place",
    arguments: [
      ("grades: {gold: {sales: 200}, silver: {sales: 100}}", "S542"),
      ("grades: {silver: {sales: 1, rebate: 0.02}, gold: {sales: 2, rebate: 0.01}}", "S542"),
      ("grades: [{silver: {sales: 1}}, {gold: {sales: 2}}]", "S542"),
      ("points: {weights: {attainment: 0.9}}", "S543"), ("contest: {top: 3, prizes: [5]}", "S544"),
      ("new_product: {first_order_points: lots, fund: 5}", "S545"),
      ("new_product: {first_order_points: x2, fund: 5}", "S545"), ("new_product: {fund: 5}", "S545"),
      ("star: {loyalty_pct: [3, 1]}", "S546"), ("star: {years: 5, full_years: 2}", "S546"),
      ("awards: {star: {pool: 1}}", "S549"), ("support: {full: {reports: 0.9}, basic: {reports: 0.1}}", "S542"),
    ])
  func contradictions(_ text: String, _ code: String) throws {
    let files = try PlanFiles(["plan.yaml": "version: 1\nincentives:\n  \(text)\n"])
    let errors = files.load().findings.kept.filter { $0.severity == .error }
    #expect(errors.map(\.code.id) == [code])
    #expect(errors.first?.place?.line ?? 0 >= 3)
  }
}
