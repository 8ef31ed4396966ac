import ChannelTypes
import Planning
import Specifications
import Tables
import Testing

/// The bundled network passes `check` as it is committed: its plan loads without an error, every table satisfies its
/// schema, and the tables agree with one another.
@Suite struct BundledNetworkTests {
  private static let plan: String = {
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/" + package + "/Datasets/telecom-dealers/plan.yaml"
  }()

  @Test func `the plan and every table pass without an error`() throws {
    var findings = Findings()
    let loaded = Plan.load(path: Self.plan, findings: &findings)
    let plan = try #require(loaded?.plan)
    // The goals of the sources contradict one another: 150 partners for 300 cities. Nothing else may be said.
    #expect(findings.kept.allSatisfy { $0.severity == .warning && $0.message.hasPrefix("goals:") })
    #expect(Set(plan.data.keys) == Set(InputTable.allCases))
    var tables: [InputTable: Table] = [:]
    for (name, reference) in plan.data {
      tables[name] = CSVReader.read(reference, schema: InputSchemas.schema(for: name), findings: &findings)
    }
    NetworkChecks.check(plan, tables, findings: &findings)
    #expect(findings.errorCount == 0, "\(findings.kept.map(\.message))")
    #expect(tables.count == InputTable.allCases.count)
  }

  /// Floors, what may be spent, and caps, in that order; and regions can move there.
  @Test func `the limits of the budget can be met`() throws {
    var findings = Findings()
    let budget = try #require(Plan.load(path: Self.plan, findings: &findings)?.plan.budget)
    #expect(budget.floors.region.total <= budget.spendable)
    #expect(budget.spendable <= budget.caps.region.total)
    #expect(budget.quarter.value > Money(1_000_000) && budget.quarter.value < Money(1_400_000))
  }

  /// Every schema names its table, requires only columns that it has, and has keys among its columns.
  @Test(arguments: InputTable.allCases)
  func `schemas are consistent`(table: InputTable) {
    let schema = InputSchemas.schema(for: table)
    #expect(schema.table == table.rawValue)
    #expect(schema.key.allSatisfy { schema[column: $0] != nil })
    #expect(schema.oneOf.allSatisfy { $0.allSatisfy { schema[column: $0] != nil } })
    #expect(Set(schema.columns.map(\.name)).count == schema.columns.count)
    #expect(schema.columns.allSatisfy { !$0.meaning.isEmpty })
  }
}
