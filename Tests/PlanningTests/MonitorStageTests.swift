import ChannelTypes
import Partners
import Tables
import Testing

@testable import Planning

@Suite("Monitor stage")
struct MonitorStageTests {
  private static func context(without missing: Set<InputTable> = []) throws -> StageContext {
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    var findings = Findings()
    let plan = try #require(
      Plan.load(path: "/" + package + "/Datasets/telecom-dealers/plan.yaml", findings: &findings)?.plan)
    var tables: [InputTable: Table] = [:]
    for name in MonitorStage.requiredTables + MonitorStage.optionalTables + [.partners] where !missing.contains(name) {
      let reference = try #require(plan.data[name])
      tables[name] = CSVReader.read(reference, schema: InputSchemas.schema(for: name), findings: &findings)
    }
    let history = try HistoryStage().run(StageContext(plan: plan, tables: tables)).result
    return StageContext(plan: plan, tables: tables, results: [.history: history])
  }

  @Test func theBundledNetworkIsWatched() throws {
    let output = try MonitorStage().run(try Self.context())
    #expect(
      output.tables.map(\.name) == [
        "kpi_definitions", "kpi_series", "funnel", "rival_share", "demand_areas", "price_gaps",
      ])
    let definitions = output.tables[0]
    #expect(definitions.rowCount == ChannelKPI.allCases.count)
    let series = output.tables[1]
    let (kpi, region, grain) = (series.text("kpi"), series.text("region"), series.text("grain"))
    let values = try #require(series.numbers("value"))
    // Regions add up to the network in every quarter.
    let quarters = (0..<series.rowCount).filter { grain?[$0] == "quarter" }
    let shares = quarters.filter { kpi?[$0] == "sales_share" && region?[$0] != nil }.map { values[$0] }
    #expect(abs(shares.reduce(0, +) - 12) < 1e-4)
    // January and February are no fair comparison.
    let flags = try #require(series.integers("new_year_differs"))
    let january = try #require(
      (0..<series.rowCount).first { series.text("period")?[$0] == "2025-01" && kpi?[$0] == "sales" })
    #expect(flags[january] == 1)
    #expect(quarters.allSatisfy { flags[$0] == 0 })
    #expect(output.indicators.map(\.name) == ["sales_last_quarter", "sales_year_on_year", "active_partners"])
    #expect(output.notes.isEmpty)
  }

  @Test func whatIsMissingLeavesItsTableOut() throws {
    let output = try MonitorStage().run(
      try Self.context(without: [.customers, .orders, .competitors, .regions]))
    #expect(output.tables.map(\.name) == ["kpi_definitions", "kpi_series", "price_gaps"])
    let known = Set((0..<output.tables[0].rowCount).compactMap { output.tables[0].text("kpi")?[$0] })
    #expect(!known.contains("conversion") && !known.contains("average_order_value") && known.contains("sales"))
    let alone = try MonitorStage().run(try Self.context(without: [.regions]))
    #expect(alone.notes.map(\.code) == [MonitorCodes.ownShareUnknown])
    let failure = #expect(throws: StageFailure.self) {
      try MonitorStage().run(StageContext(plan: Plan(), tables: [:]))
    }
    guard case .skipped(let note)? = failure else {
      Issue.record("no history, no monitor")
      return
    }
    #expect(note.code == MonitorCodes.nothing)
  }
}
