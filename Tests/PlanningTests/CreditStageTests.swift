import Allocation
import ChannelTypes
import Planning
import Specifications
import Tables
import Testing

/// Credit limits of the bundled network.
@Suite("Credit stage")
struct CreditStageTests {
  private static let planPath: String = {
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/" + package + "/Datasets/telecom-dealers/plan.yaml"
  }()

  private static func context(_ change: (inout CreditSettings) -> Void = { _ in }) throws -> StageContext {
    var findings = Findings()
    var plan = try #require(Plan.load(path: planPath, findings: &findings)?.plan)
    var settings = try #require(plan.credit)
    change(&settings)
    plan.credit = settings
    var tables: [InputTable: Table] = [:]
    for name in CreditStage.requiredTables + CreditStage.optionalTables {
      let reference = try #require(plan.data[name])
      tables[name] = CSVReader.read(reference, schema: InputSchemas.schema(for: name), findings: &findings)
    }
    #expect(findings.errorCount == 0)
    return StageContext(plan: plan, tables: tables)
  }

  @Test("limits keep to the total, to every partner's range and to the expected loss")
  func limits() throws {
    let output = try CreditStage().run(try Self.context())
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
    let table = try #require(output.tables.first)
    #expect(table.name == "credit" && table.rowCount == problem.partners.count)
  }

  @Test("a tighter limit on the tail earns less")
  func tail() throws {
    let free = try CreditStage().run(try Self.context()).result.solution
    let loss = try #require(free.tailLoss)
    let total = try #require(try CreditStage().run(try Self.context()).result.problem.total?.amount)
    let held = try CreditStage().run(
      try Self.context { $0.tailLoss = Located(80 * loss / total) }
    ).result.solution
    #expect((held.tailLoss ?? .infinity) <= 0.8 * loss * 1.01)
    #expect((held.objective ?? 0) < (free.objective ?? 0))
  }

  @Test("a plan without the section has no credit stage")
  func absent() throws {
    let context = StageContext(plan: Plan(), tables: [:])
    #expect(throws: StageFailure.self) { _ = try CreditStage().run(context) }
  }
}
