import ChannelTypes
import Partners
import Specifications
import Tables
import Testing

@testable import Churn
@testable import Planning

/// The value stage on the bundled network, above a churn result made by hand.
@Suite("Value stage")
struct ValueStageTests {
  private static func estimate(_ kind: ChurnKind, _ ids: [(id: String, partner: String)]) -> ChurnEstimate {
    let subjects = ids.enumerated().map { index, id in
      let chance = Double(index % 10) / 20
      return ChurnEstimate.Subject(
        id: id.id, partner: id.partner, region: index % 2 == 0 ? "east" : "north",
        left: [chance / 3, chance / 2, chance],
        lower: 0, upper: 1, value: 1000 * Double(index % 7), mainReason: "")
    }
    return ChurnEstimate(
      kind: kind, horizon: 3, subjects: subjects, terms: [], dropped: [], ridge: 1, evaluations: [], departures: 10,
      remarks: [])
  }

  private static func churn(_ tables: [InputTable: Table]) -> ChurnResult {
    let partners = tables[.partners].map(Partner.all)?.filter(\.isActive).map { (id: $0.id, partner: $0.id) } ?? []
    let customers = (0..<50).map { (id: "C\($0)", partner: "P001") }
    let estimates = [estimate(.partner, partners), estimate(.customer, customers)]
    return ChurnResult(
      partners: estimates[0], customers: estimates[1],
      proposals: InterventionProposal.ranked(estimates, Intervention.standard))
  }

  private static func run(_ change: (inout [InputTable: Table]) -> Void = { _ in }) throws -> StageOutput<ValueResult> {
    var (plan, tables) = try #require(BundledStock.loaded)
    plan.value.highPotential = Located(Percent(20))
    let churn = churn(tables)
    let history = try HistoryStage().run(StageContext(plan: plan, tables: tables)).result
    change(&tables)
    return try ValueStage().run(
      StageContext(plan: plan, tables: tables, results: [.churn: churn, .history: history]))
  }

  private static let output = try? run()

  private func table(_ name: String) throws -> Table {
    let output = try #require(Self.output)
    return try #require(output.tables.first { $0.name == name })
  }

  @Test func tablesAreThere() throws {
    let output = try #require(Self.output)
    let names = Set(output.tables.map(\.name))
    #expect(
      names.isSuperset(of: [
        "value_quadrants", "lifetime", "retention_plan", "lifecycle", "reactivation", "partner_hazard",
        "revenue_at_risk", "cross_sell", "high_potential",
      ]) || names.isSuperset(of: ["value_quadrants", "lifecycle", "partner_hazard", "cross_sell", "high_potential"]))
    #expect(output.tables.allSatisfy { $0.rowCount > 0 })
    #expect(output.indicators.allSatisfy { $0.value.isFinite })
  }

  @Test func quadrantsAddUp() throws {
    let result = try #require(Self.output).result
    let table = try table("value_quadrants")
    let count = try #require(table.integers("count")).reduce(0, +)
    // The churn stage divides as this one does.
    let (plan, tables) = try #require(BundledStock.loaded)
    let churn = try #require(
      ChurnTables.all(Self.churn(tables), plan.churn, calendarStart: nil).first { $0.name == "churn" })
    let quadrants = try #require(churn.text("quadrant"))
    #expect((0..<churn.rowCount).map { quadrants[$0] } == result.quadrants.map(\.rawValue))
    #expect(Int(count) == result.subjects.count && result.quadrants.count == result.subjects.count)
    #expect(try #require(table.money("value_at_risk")).total() == result.subjects.lazy.map(\.valueAtRisk).total())
  }

  @Test func interventionsPayAndReachTheBudget() throws {
    let result = try #require(Self.output).result
    let plan = try table("retention_plan")
    #expect(plan.rowCount == result.proposals.count && plan.rowCount > 0)
    #expect(try #require(plan.money("net")).allSatisfy { $0 > .zero })
    let cost = try #require(plan.money("cumulative_cost"))
    #expect(cost.last == result.retention.cost)
    let half = Money(tenThousandths: result.retention.cost.tenThousandths / 2)
    let funded = result.funded(by: half)
    #expect(!funded.isEmpty && funded.lazy.map(\.cost).total() <= half)
  }

  @Test func tracesOfEveryPartnerAddUp() throws {
    let output = try #require(Self.output)
    let book = output.traces
    #expect(book.count == output.result.subjects.count + output.result.proposals.count)
    var seen: Set<String> = []
    for index in 0..<book.count {
      let trace = book[index]
      #expect(trace.isBalanced, "\(trace.subject) \(trace.item)")
      seen.insert("\(trace.subject) \(trace.item)")
    }
    #expect(seen.count == book.count)
    for subject in output.result.subjects where subject.kind == .partner {
      #expect(seen.contains("partner:\(subject.id) value_at_risk"))
    }
    for proposal in output.result.proposals {
      #expect(seen.contains("\(proposal.kind.rawValue):\(proposal.id) intervention:\(proposal.name)"))
    }
  }

  @Test func livesAndHazards() throws {
    let lives = try table("lifecycle")
    let stages = Set((0..<lives.rowCount).compactMap { lives[column: "stage"]?.text($0) })
    #expect(stages.isSuperset(of: ["ended", "grow", "decline", "mature"]))
    let hazard = try table("partner_hazard")
    let survival = try #require(hazard.numbers("survival"))
    #expect(zip(survival, survival.dropFirst()).allSatisfy { $0 >= $1 } && survival.allSatisfy { (0...1).contains($0) })
    let ended = (0..<lives.rowCount).count { lives[column: "stage"]?.text($0) == "ended" }
    #expect(try #require(hazard.numbers("exits")).reduce(0, +) == Double(ended))
    let risk = try table("revenue_at_risk")
    let region = try #require(risk.text("region"))
    let loss = try #require(risk.money("expected_loss"))
    let rows = 0..<risk.rowCount
    #expect(
      rows.filter { region[$0] == nil }.map { loss[$0] }.total()
        == rows.filter { region[$0] != nil }.map { loss[$0] }.total())
  }

  @Test func offersHaveTheirEvidence() throws {
    let offers = try table("cross_sell")
    let lower = try #require(offers.numbers("lift_lower"))
    let propensity = try #require(offers.numbers("propensity"))
    #expect(lower.allSatisfy { $0 > 1 } && propensity.allSatisfy { $0 > 0 && $0 <= 1 })
    let partner = try #require(offers.text("partner_id"))
    let counts = Dictionary(grouping: (0..<offers.rowCount).compactMap { partner[$0] }, by: \.self).mapValues(\.count)
    #expect(counts.values.allSatisfy { $0 <= 3 })
  }

  @Test func potentialIsThatOfTheRegions() throws {
    let groups = try table("high_potential")
    let level = try #require(groups.text("level"))
    let potential = try #require(groups.money("potential"))
    let regions = try #require(BundledStock.loaded?.tables[.regions]?.money("potential"))
    let areas = (0..<groups.rowCount).filter { level[$0] == "area" }
    #expect(areas.map { potential[$0] }.total() == regions.total())
    let high = try #require(groups.integers("high")).reduce(0, +)
    #expect(high > 0 && Double(high) <= 0.2 * Double(groups.rowCount) + 2)
  }

  @Test func withoutChurnItIsSkippedAndWithoutTablesItSaysSo() throws {
    #expect(throws: StageFailure.self) { try ValueStage().run(StageContext(plan: Plan(), tables: [:])) }
    let output = try Self.run { $0 = [:] }
    #expect(Set(output.notes.map(\.code)) == [ValueCodes.noBaskets, ValueCodes.noPotential])
  }
}
