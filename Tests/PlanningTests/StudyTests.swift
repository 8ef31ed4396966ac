import ChannelTypes
import Foundation
import Specifications
import Tables
import Testing

@testable import Planning

/// A thousand draws of demand, times the plan's factor of the east.
private struct DemandOfDraws: Stage {
  static let name = StageName.demand
  static let requiredTables: [InputTable] = []
  static let planSections = ["demand"]
  func run(_ context: StageContext) throws(StageFailure) -> StageOutput<[Double]> {
    let factor = context.plan.demand.factor(region: "east", step: 0)
    let draws = (0..<1000).map { (50 + Double($0) / 10) * factor }
    let mean = draws.reduce(0, +) / 1000
    return StageOutput(
      draws, tables: [Table(name: "draws", columns: [.real("value", draws)])],
      indicators: [Indicator("units", "Units expected", mean, unit: "units", better: .higher, draws: draws)])
  }
}

/// What the plan's quarter amount is worth at that demand.
private struct BudgetOfDemand: Stage {
  static let name = StageName.budget
  static let requiredTables: [InputTable] = []
  static let optionalUpstream: [StageName] = [.demand]
  static let planSections = ["budget"]
  func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Double> {
    let amount = context.plan.budget?.quarter.value.double ?? 0
    if amount < 10 {
      throw .infeasible([Diagnostic(BudgetCodes.noBudget, .error, "floors are above the budget")])
    }
    let worth = amount * (context.result(of: DemandOfDraws.self)?.last ?? 0)
    return StageOutput(
      worth, tables: [],
      indicators: [
        Indicator("worth", "Worth", worth, unit: "CNY", better: .higher),
        Indicator("cost", "Cost", amount, unit: "CNY", better: .lower),
      ])
  }
}

@Suite("What-ifs against a base run") struct StudyTests {
  private static let plan = """
    version: 1
    budget:
      quarter: 1000
    demand:
      east: 1
    uncertainties:
      demand of the east: {key: demand.east, low: "*0.9", high: "*1.2"}
    scenarios:
      dip: {set: {demand.east: "*0.8"}}
      cut: {set: {budget.quarter: "*0.5"}}
      both: {extends: dip, set: {budget.quarter: "*0.5"}}
      broke: {set: {budget.quarter: 5}}

    """

  private func study(_ text: String = plan) async throws -> Study {
    let folder = FileManager.default.temporaryDirectory.appending(path: "study-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "plan.yaml").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    var findings = Findings()
    let source = try #require(PlanSource.read(path: path, findings: &findings))
    let loaded = source.plan(findings: &findings)
    #expect(findings.errorCount == 0, "\(findings.kept.map(\.message))")
    let graph = StageGraph([DemandOfDraws(), BudgetOfDemand()])
    let stages = await graph.evaluate(loaded.plan, DataCatalogue())
    let base = Run(loaded: loaded, data: DataCatalogue(), stages: stages, findings: findings, threads: 1)
    return Study(source, base: base, graph: graph, threads: 2)
  }

  @Test func aTrialEvaluatesOnlyWhatItChanges() async throws {
    let study = try await study()
    var findings = Findings()
    let cut = try #require(await study.answer(Trial("cut", scenario: "cut"), findings: &findings))
    #expect(cut.recomputed == [.budget])
    #expect(cut.figure("units")?.isSame == true)
    #expect(cut.figure("cost")?.change == -500)
    #expect(cut.figure("cost")?.isGain == true)
    #expect(cut.settings.map(\.key) == ["budget.quarter"])
    let dip = try #require(await study.answer(Trial("dip", scenario: "dip"), findings: &findings))
    #expect(dip.recomputed == [.demand, .budget])
    let both = try #require(await study.answer(Trial("both", scenario: "both"), findings: &findings))
    #expect(both.settings.map(\.key).sorted() == ["budget.quarter", "demand.east"])
    // The base is what it was.
    #expect(study.base.figures.first?.indicator.value == cut.figure("units")?.base)
  }

  @Test func theNoiseOfAChangeIsThatOfCommonDraws() async throws {
    let study = try await study()
    var findings = Findings()
    let dip = try #require(await study.answer(Trial("dip", scenario: "dip"), findings: &findings))
    let units = try #require(dip.figure("units"))
    let noise = try #require(units.noise)
    // Draw by draw the change is −0.2 × (50 … 149.9): its tenth and ninetieth percentile.
    #expect(abs(noise.lowerBound + 0.2 * 139.91) < 1e-9)
    #expect(abs(noise.upperBound + 0.2 * 59.99) < 1e-9)
    #expect(noise.contains(units.change))
    // A trial that changes nothing differs by nothing, noise and all.
    let patch = try #require(Patch(setting: "demand.east=*1", findings: &findings))
    let same = try #require(await study.answer(Trial("same", changes: [patch]), findings: &findings))
    #expect(same.figure("units")?.change == 0)
    #expect(same.figure("units")?.noise == 0...0)
  }

  @Test func collidingLimitsAreAnAnswerAndWrongPatchesAreFindings() async throws {
    let study = try await study()
    var findings = Findings()
    let broke = try #require(await study.answer(Trial("broke", scenario: "broke"), findings: &findings))
    #expect(broke.run.isInfeasible)
    #expect(broke.run.conflicts.map(\.message) == ["floors are above the budget"])
    #expect(broke.figure("worth")?.value.isNaN == true)
    #expect(!findings.hasErrors)
    let patch = try #require(Patch(setting: "budget.quartr=3", findings: &findings))
    #expect(await study.answer(Trial("typo", changes: [patch]), findings: &findings) == nil)
    #expect(findings.kept.contains { $0.message.contains("quartr") && $0.hint?.contains("quarter") == true })
  }

  @Test func answersComeInOrderForAnyThreads() async throws {
    let study = try await study()
    var findings = Findings()
    let sweep = try #require(Sweep("budget.quarter=100..900:9", findings: &findings))
    let answers = await study.answers(sweep.trials(findings: &findings), findings: &findings)
    let costs = answers.map { $0?.figure("cost")?.value }
    #expect(costs == (1...9).map { step -> Double? in Double(step * 100) })
    #expect(answers.allSatisfy { $0?.recomputed == [.budget] })
  }

  @Test func aTornadoTakesEachUncertaintyToItsEnds() async throws {
    let study = try await study()
    var findings = Findings()
    let uncertainties = study.base.plan.uncertainties
    let trials = TornadoBar.trials(uncertainties, findings: &findings)
    let answers = await study.answers(trials, findings: &findings).compactMap(\.self)
    let bars = TornadoBar.bars(uncertainties, answers)
    #expect(bars.map(\.figure) == ["units", "worth"])
    let units = try #require(bars.first)
    #expect(abs(units.atLow - 0.9 * units.base) < 1e-9)
    #expect(abs(units.atHigh - 1.2 * units.base) < 1e-9)
    #expect(abs(units.width - 0.3 * units.base) < 1e-9)
  }

  @Test func theReportsTablesSayWhatDiffers() async throws {
    let study = try await study()
    var findings = Findings()
    let trials = ["dip", "cut"].map { Trial($0, scenario: $0) }
    let answers = await study.answers(trials, findings: &findings).compactMap(\.self)
    let report = ScenarioReport(base: study.base, answers: answers)
    #expect(report.tables.map(\.name) == ["scenario_patches", "scenario_kpis"])
    let figures = try #require(report.tables.first { $0.name == "scenario_kpis" })
    #expect(figures.rowCount == 6)
    let changes = try #require(figures.numbers("change"))
    #expect(changes[5] == -500)
  }

  // MARK: - Sweeps

  @Test func sweepsAreReadAsAmountsFactorsAndDifferences() throws {
    var findings = Findings()
    #expect(Sweep("a.b=800000..1600000:5", findings: &findings)?.settings.last == "1600000")
    #expect(Sweep("a=*0.8..*1.2:5", findings: &findings)?.settings == ["*0.8", "*0.9", "*1", "*1.1", "*1.2"])
    #expect(Sweep("a=-10..+10:3", findings: &findings)?.settings == ["-10", "+0", "+10"])
    #expect(Sweep("a=1..1:1", findings: &findings)?.values == [1])
    #expect(!findings.hasErrors)
  }

  @Test(arguments: [
    "", "=1..2:3", "a", "a=1..2", "a=1..2:0", "a=1..2:1001", "a=1..*2:3", "a=x..2:3", "a=1..inf:3", "a=1..nan:3",
    "a=1..2..3:4", "a=1..1e300:3",
  ])
  func sweepsThatMakeNoSenseAreRefused(text: String) {
    var findings = Findings()
    #expect(Sweep(text, findings: &findings) == nil)
    #expect(findings.kept.map(\.code) == [PlanCodes.sweep])
  }

  // MARK: - A line in, a line out

  @Test func aSessionAnswersLines() async throws {
    let session = StudySession(try await study())
    #expect(session.greeting.compact.hasPrefix(#"{"ready":true"#))
    let answer = await session.answer(#"{"id": 7, "set": {"budget.quarter": "*0.5"}}"#).compact
    #expect(answer.hasPrefix(#"{"id":7,"kpis":{"worth":{"base":149900"#))
    #expect(answer.contains(#""recomputed":["budget"],"settings":{"budget.quarter":"500"}"#))
    let sweep = await session.answer(#"{"id": "s", "sweep": "budget.quarter=100..300:3", "kpis": ["cost"]}"#).compact
    #expect(
      sweep.hasPrefix(
        #"{"id":"s","sweep":{"key":"budget.quarter","values":[100,200,300],"settings":["100","200","300"],"kpis":{"cost":[100,200,300]}}"#
      ))
    let text = await session.answer(#"{"id": 4, "set": {"budget.quarter": "500"}}"#).compact
    #expect(text.contains(#""settings":{"budget.quarter":"500"}"#), "\(text)")
    let unknown = await session.answer(#"{"id": 3, "set": {"budget.quarter": 5}, "kpis": ["csot"]}"#).compact
    #expect(unknown.contains(#""code":"P025""#) && unknown.contains("did you mean `cost`?"))
    let tables = await session.answer(#"{"id": 1, "scenario": "dip", "tables": ["draws"]}"#).compact
    #expect(tables.contains(#""tables":{"draws":[{"value":40}"#))
    let conflict = await session.answer(#"{"id": 2, "scenario": "broke"}"#).compact
    #expect(conflict.contains("floors are above the budget"))
  }

  @Test(arguments: [
    "", "{", "[1]", "nonsense", #"{"id": 3, "set": {"budget.quarter": "many"}}"#, #"{"id": 3, "scenario": "nobody"}"#,
    #"{"id": 3, "sweep": "x"}"#, #"{"id": 3, "ste": {}}"#, #"{"id": 3, "set": {"name": "other"}}"#,
    #"{"id": 3, "set": {"budget": 3}}"#, #"{"id": 3, "set": 4}"#,
  ])
  func aSessionRefusesWhatItCannotAnswer(line: String) async throws {
    let answer = await StudySession(try await study()).answer(line).compact
    #expect(answer.contains(#""error":"the request cannot be answered","findings":[{"code":"#))
    #expect(answer.hasPrefix(line.contains("\"id\": 3") ? #"{"id":3,"# : #"{"id":null,"#))
  }
}
