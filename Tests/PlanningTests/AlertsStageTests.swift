import ChannelTypes
import Partners
import Specifications
import Tables
import Testing

@testable import Planning

/// Alerts of the bundled network, without the stages whose results rules may ask for.
@Suite("Alerts stage")
struct AlertsStageTests {
  private static let planPath: String = {
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/" + package + "/Datasets/telecom-dealers/plan.yaml"
  }()

  private static func context() throws -> StageContext {
    var findings = Findings()
    let plan = try #require(Plan.load(path: planPath, findings: &findings)?.plan)
    var tables: [InputTable: Table] = [:]
    for name in AlertsStage.requiredTables + AlertsStage.optionalTables {
      guard let reference = plan.data[name] else { continue }
      tables[name] = CSVReader.read(reference, schema: InputSchemas.schema(for: name), findings: &findings)
    }
    #expect(findings.errorCount == 0)
    let history = try HistoryStage().run(StageContext(plan: plan, tables: tables)).result
    return StageContext(plan: plan, tables: tables, results: [.history: history])
  }

  @Test("the bundled network: tables, alerts in order, a balanced trace of each with its plan line")
  func bundled() throws {
    let output = try AlertsStage().run(try Self.context())
    #expect(output.tables.map(\.name) == ["alerts", "complaint_causes", "alert_rates", "demand_shift"])
    let alerts = output.result.alerts
    #expect(!alerts.isEmpty && output.tables[0].rowCount == alerts.count && output.traces.count == alerts.count)
    #expect(alerts.map(\.level) == alerts.map(\.level).sorted(by: >))
    var seen: Set<String> = []
    for index in alerts.indices {
      let trace = output.traces[index]
      #expect(trace.isBalanced && !trace.steps.isEmpty)
      #expect(trace.subject == alerts[index].subject && trace.item == "alert:\(alerts[index].rule)")
      #expect(seen.insert(alerts[index].subject + alerts[index].cause.rawValue).inserted)
      guard alerts[index].place != nil else { continue }
      guard case .plan(_, let place)? = trace.steps.first?.sources.first else {
        Issue.record("a rule's trace begins with its line")
        continue
      }
      #expect(place?.line == alerts[index].place?.line && place?.line != nil)
    }
    // Scores, stock and probation did not run here: rules on them are unknown, and said to be.
    #expect(output.result.unknownQuantities.contains(.quartersBelow))
    #expect(output.notes.contains { $0.code == AlertsCodes.unknownQuantity })
    let all = try #require(output.result.rates.first { $0.rule == "all_tests" })
    #expect(all.falseAlarms <= all.budget && all.judged > 2000)
    // Every region has its signal in the last month.
    #expect(Set(output.result.shifts.filter { $0.month == 35 }.map(\.subject)).count >= 10)
  }

  private static func findings(_ alerts: String) throws -> [Diagnostic] {
    let files = try PlanFiles(["plan.yaml": "version: 1\nname: test\n" + alerts])
    return files.load().findings.kept.filter { $0.code.id.hasPrefix("S56") }
  }

  @Test(
    "mistakes in a condition are found at their column",
    arguments: [
      ("alerts: [{when: \"ordrs < 1\"}]\n", "S563 plan.yaml:3:18", "ordrs", "did you mean `orders`?"),
      (
        "alerts:\n  rules:\n    - when: orders < 0.6 * forecast.p5\n", "S563 plan.yaml:5:28", "forecast.p5",
        "did you mean `forecast.p50`?"
      ),
      (
        "alerts:\n  - {when: 'score <', level: warn}\n", "S562 plan.yaml:4:20", "'",
        "a number, a name or a bracket is expected"
      ),
      ("alerts: [{when: cover_days > 75, for: 3}]\n", "S564 plan.yaml:3:39", "3", "remove `for`"),
    ])
  func mistakes(text: String, summary: String, marked: String, hint: String) throws {
    let finding = try #require(try Self.findings(text).first)
    #expect(finding.summary == summary && finding.marked == marked && finding.hint == hint)
  }

  @Test("rules are a list, or stand beside the settings of tests")
  func sections() throws {
    let files = try PlanFiles([
      "plan.yaml": """
      version: 1
      name: test
      alerts:
        rules:
          - {when: "orders < 0.6 * forecast.p50", level: critical, then: visit, for: 2, of: region}
          - {name: low, when: score < 40}
        tests: {false_alarms_per_100: 1, escalate: {warn_fall_pct: 30}, satisfaction_drop: 5}

      """
    ])
    let loaded = files.load()
    #expect(loaded.findings.errorCount == 0)
    let settings = try #require(loaded.loaded?.plan.alerts)
    #expect(settings.rules.map(\.name) == ["rule_1", "low"])
    #expect(settings.rules.map(\.level) == [.critical, .warn])
    #expect(settings.rules.map(\.months) == [2, 1] && settings.rules[0].scope == .region)
    #expect(settings.rules[0].action == "visit" && settings.rules[0].place?.line == 5)
    #expect(settings.tests.falseAlarms == 1 && settings.tests.warnDepth == 0.3 && settings.tests.satisfactionDrop == 5)
    #expect(try Self.findings("alerts: {tests: {escalate: {warn_months: 5, critical_months: 2}}}\n").count == 1)
  }

  @Test("without the section there is no stage")
  func absent() throws {
    #expect(throws: StageFailure.self) { _ = try AlertsStage().run(StageContext(plan: Plan(), tables: [:])) }
  }
}
