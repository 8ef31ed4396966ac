import ChannelTypes
import Partners
import Specifications
import Tables
import Testing

@testable import Planning

/// The scores of the bundled network.
@Suite("Scores stage")
struct ScoresStageTests {
  private static let planPath: String = {
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/" + package + "/Datasets/telecom-dealers/plan.yaml"
  }()

  private struct Network: Sendable {
    var plan: Plan
    var tables: [InputTable: Table]
    var history: ChannelHistory
  }

  /// The bundled plan and tables, read once.
  private static let network: Network? = {
    var findings = Findings()
    guard let plan = Plan.load(path: planPath, findings: &findings)?.plan else { return nil }
    var tables: [InputTable: Table] = [:]
    for name in ScoresStage.requiredTables + ScoresStage.optionalTables {
      guard let reference = plan.data[name] else { return nil }
      tables[name] = CSVReader.read(reference, schema: InputSchemas.schema(for: name), findings: &findings)
    }
    guard findings.errorCount == 0,
      let history = try? HistoryStage().run(StageContext(plan: plan, tables: tables)).result
    else { return nil }
    return Network(plan: plan, tables: tables, history: history)
  }()

  private static let output: StageOutput<ScoreResult>? = {
    guard let network else { return nil }
    return try? ScoresStage().run(
      StageContext(plan: network.plan, tables: network.tables, results: [.history: network.history]))
  }()

  private func table(_ name: String) throws -> Table {
    let output = try #require(Self.output)
    return try #require(output.tables.first { $0.name == name })
  }

  @Test("the contributions of score_parts sum to the scores, and every indicator names its source")
  func parts() throws {
    let (parts, scores) = (try table("score_parts"), try table("scores"))
    let ids = try #require(parts.text("partner_id"))
    let quarters = try #require(parts.periods("quarter"))
    var sums: [String: Int] = [:]
    for (row, value) in try #require(parts.numbers("contribution")).enumerated() {
      sums["\(ids[row] ?? "") \(quarters.ordinals[row])", default: 0] += Int((value * 10_000).rounded())
    }
    let scored = try #require(scores.numbers("score"))
    let last = try #require(quarters.ordinals.max())
    var compared = 0
    for row in 0..<scores.rowCount where (scores.periods("quarter")?.ordinals[row] ?? 0) >= last - 1 {
      let key = "\(scores.text("partner_id")?[row] ?? "") \(scores.periods("quarter")?.ordinals[row] ?? 0)"
      #expect(sums[key] == Int((scored[row] * 10_000).rounded()))
      compared += 1
    }
    #expect(compared == sums.count && compared > 200)
    #expect(parts.text("source")?.codes.allSatisfy { $0 >= 0 } == true)
    let status = try #require(parts.text("status"))
    #expect((0..<parts.rowCount).contains { status[$0] == "missing" })
    for row in 0..<parts.rowCount where status[row] == "missing" {
      #expect(parts.numbers("value")?[row].isNaN == true && parts.numbers("used_weight")?[row] == 0)
    }
  }

  @Test("changes split into performance, reweighting and coverage; scores and sub-scores lie between 0 and 100")
  func scores() throws {
    let scores = try table("scores")
    let changes = try #require(scores.numbers("change"))
    let parts = ["change_performance", "change_reweighting", "change_coverage"].compactMap { scores.numbers($0) }
    for row in 0..<scores.rowCount where !changes[row].isNaN {
      #expect(abs(parts.reduce(0) { $0 + $1[row] } - changes[row]) < 1e-6)
    }
    #expect(changes.contains { !$0.isNaN } && parts[1].contains { abs($0) > 0 && !$0.isNaN })
    for dimension in ScoreIndicator.Dimension.allCases {
      let values = try #require(scores.numbers("\(dimension.rawValue)_score"))
      #expect(values.contains { !$0.isNaN } && values.allSatisfy { $0.isNaN || (0...100).contains($0) })
    }
    #expect(scores.text("bottleneck_class")?.dictionary.contains("low_turnover") == true)
    #expect(scores.text("weight_set")?.dictionary.contains("2025Q1 online") == true)
    #expect(scores.text("weight_set")?.dictionary.contains("2023Q1 provincial_agent") == true)
    #expect(scores.text("failed_gates")?.dictionary == ["complaint_hours"])
    // Three bands and four grades are in use.
    #expect(Set(scores.text("band")?.dictionary ?? []) == ["reward", "improve", "remove"])
    #expect(Set(scores.text("grade")?.dictionary ?? []) == ["A", "B", "C", "D"])
  }

  @Test("every trace of every partner adds up, and equals what is published")
  func traces() throws {
    let output = try #require(Self.output)
    var seen: Set<String> = []
    for index in 0..<output.traces.count {
      let trace = output.traces[index]
      seen.insert(trace.subject)
      #expect(trace.isBalanced, "\(trace.subject) \(trace.item)")
      if trace.item == "score:2025Q4" {
        let id = String(trace.subject.dropFirst("partner:".count))
        #expect(trace.value == .number(output.result.current(id)?.score ?? -1))
        #expect(trace.steps.contains { $0.sources.contains { if case .rows = $0 { true } else { false } } })
      }
      if trace.item == "map" {
        let id = String(trace.subject.dropFirst("partner:".count))
        #expect(trace.value == .word(output.result.current(id)?.quadrant?.rawValue ?? ""))
      }
    }
    let partners = Set(output.result.scores.filter { !$0.score.isNaN }.map { "partner:" + $0.partner })
    let candidates = Set(output.result.candidates.map { "candidate:" + $0.candidate.id })
    #expect(partners.count == 150 && candidates.count == 120 && seen == partners.union(candidates))
  }

  @Test("map, migration, actions and classes cover the partners of the last quarter")
  func map() throws {
    let map = try table("partner_map")
    let migration = try table("map_migration")
    #expect(migration.integers("partners")?.reduce(0, +) == Int64(map.rowCount))
    #expect(Set(map.text("quadrant")?.dictionary ?? []) == Set(PartnerScore.Quadrant.allCases.map(\.rawValue)))
    #expect(try table("partner_classes").rowCount == map.rowCount)
    let actions = try table("partner_actions")
    #expect(actions.rowCount == map.rowCount)
    let lists = try #require(actions.text("list"))
    let tenth = Int((Double(map.rowCount) / 10).rounded())
    for list in ["top", "bottom"] { #expect((0..<actions.rowCount).count { lists[$0] == list } == tenth) }
    #expect(actions.text("plan_line")?.dictionary.allSatisfy { $0.contains("plan.yaml:") } == true)
    let proposals = Set(actions.text("proposal")?.dictionary ?? [])
    #expect(proposals.isSubset(of: ["reward", "improve", "exit", "replace"]) && proposals.contains("improve"))
    for row in 0..<actions.rowCount where actions.text("proposal")?[row] == "replace" {
      #expect(actions.text("successor")?[row] != nil)
    }
  }

  @Test("candidates: rules named, predictions, held-out error; fitted weights against equal ones")
  func candidates() throws {
    let candidates = try table("candidates")
    #expect(candidates.rowCount == 120 && candidates.integers("rank")?.first == 1)
    let (passes, failed) = (try #require(candidates.text("passes")), try #require(candidates.text("failed_rules")))
    let tables = try #require(Self.network).tables
    let source = try #require(tables[.candidates])
    let rows = RowLookup(try #require(source.text("candidate_id")))
    for row in 0..<candidates.rowCount {
      let place = try #require(rows[candidates.text("candidate_id")?[row] ?? ""])
      let names = (failed[row] ?? "").split(separator: "|")
      #expect(names.contains("dedicated_staff") == (source.integers("dedicated_staff")?[place] == 0))
      #expect(names.contains("fixed_office") == (source.integers("fixed_office")?[place] == 0))
      #expect(names.contains("shares_data") == (source.integers("shares_data")?[place] == 0))
      #expect((passes[row] == "yes") == names.isEmpty)
    }
    let model = try table("candidate_model")
    let names = try #require(model.text("name"))
    let row = try #require((0..<model.rowCount).first { names[$0] == "held_out_r_squared" })
    #expect(try #require(model.numbers("value"))[row] > 0.3)
    let quality = try table("score_weights_quality")
    #expect(quality.numbers("rank_correlation")?.count == 3)
    let fitted = try #require(try table("score_weights_fitted").numbers("fitted"))
    #expect(abs(fitted.reduce(0, +) - 1) < 1e-3)
  }

  @Test("without the section, or without a whole quarter, the stage is skipped")
  func skipped() throws {
    let network = try #require(Self.network)
    var plan = network.plan
    plan.scorecard = nil
    #expect(throws: StageFailure.self) {
      _ = try ScoresStage().run(StageContext(plan: plan, tables: network.tables, results: [.history: network.history]))
    }
    #expect(throws: StageFailure.self) {
      _ = try ScoresStage().run(StageContext(plan: network.plan, tables: network.tables))
    }
  }

  @Test("with nothing but sales and partners the rest is said to be missing")
  func bare() throws {
    let network = try #require(Self.network)
    let tables = network.tables.filter { $0.key == .sales || $0.key == .partners }
    let output = try ScoresStage().run(
      StageContext(plan: network.plan, tables: tables, results: [.history: network.history]))
    #expect(output.notes.contains { $0.code.id == "S536" && $0.message.contains("`leverage`") })
    #expect(output.result.quarters.count == 12 && output.tables.allSatisfy { $0.name != "candidates" })
    #expect(output.result.scores.contains { !$0.score.isNaN })
  }

  // MARK: The section of the plan

  private func load(_ scorecard: String) throws -> (card: ScorecardSettings?, findings: Findings) {
    let files = try PlanFiles(["plan.yaml": "version: 1\nscorecard:\n\(scorecard)\n"])
    let (loaded, findings) = files.load()
    return (loaded?.plan.scorecard, findings)
  }

  @Test("weights that do not add up are a finding with a cure")
  func weightSum() throws {
    let (_, findings) = try load("  weights:\n    - {from: 2025Q1, set: {growth: 0.5, sales: 0.4}}")
    let finding = try #require(findings.kept.first)
    #expect(findings.kept.count == 1 && finding.summary == "S532 plan.yaml:4:22")
    #expect(finding.message.contains("add up to 0.9, not 1") && finding.hint?.contains("make `growth` 0.6") == true)
  }

  @Test("misspelt indicators, overlapping sets and bands out of order are findings")
  func findings() throws {
    let misspelt = try load("  weights:\n    - {set: {grwth: 1}}").findings
    #expect(misspelt.kept.contains { $0.code.id == "P115" && $0.hint?.contains("growth") == true })
    let overlap = try load(
      "  weights:\n    - {from: 2025Q1, channel: online, set: {sales: 1}}\n"
        + "    - {from: 2025Q1, channel: [agent, online], set: {growth: 1}}"
    ).findings
    #expect(overlap.kept.map(\.code.id) == ["S533"])
    let bands = try load("  bands:\n    - {name: low, from: 10}\n    - {name: high, from: 60}").findings
    #expect(bands.kept.map(\.code.id) == ["S534"])
    let month = try load("  weights:\n    - {from: 2025-01, set: {sales: 1}}").findings
    #expect(month.kept.map(\.code.id) == ["P007"])
  }

  @Test("an empty section has the standard weights, and every number can be set")
  func defaults() throws {
    let (standard, none) = try load("  bound: 3")
    #expect(none.errorCount == 0 && standard?.card.weightSets.count == 1)
    let weights = standard?.card.weightSets.first?.weights ?? []
    #expect(abs(weights.reduce(0) { $0 + $1.weight } - 1) < 1e-12)
    let text = """
        scale: quantile
        gates: {complaint_hours: 12, overdue_days: 30}
        tilt: {strength: 0.2, step: 0.05}
        tiers: {large: 900000, small: 0}
        qualitative: {columns: {policy: policy_word}, scale: {good: 80}, weight_pct: 20}
        fit_weights: {ridge: 2}
        candidates: {dedicated_staff: 2, shares_data: false, first_year_target: 480000}
      """
    let (settings, findings) = try load(text)
    let card = try #require(settings?.card)
    #expect(findings.kept.isEmpty, "\(findings.kept.map(\.message))")
    #expect(card.scale == .quantile && card.gates.complaintHours == 12 && card.gates.overdueDays == 30)
    #expect(card.tilt.step == 0.05 && card.tiers.map(\.name) == ["large", "small"] && card.ridge == 2)
    #expect(card.qualitative?.weight == 0.2 && card.qualitative?.criteria.first?.column == "policy_word")
    #expect(settings?.candidates.dedicatedStaff == 2 && settings?.candidates.needsSharedData == false)
    #expect(settings?.candidates.target == Money(480_000))
  }
}
