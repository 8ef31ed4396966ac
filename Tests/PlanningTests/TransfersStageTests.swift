import Allocation
import ChannelTypes
import Partners
import Specifications
import Tables
import Testing

@testable import Planning

@Suite struct TransfersStageTests {
  /// Four partners that need a scarce product, two of them golden, and one that gives another product to the first.
  private func stock() throws -> StockStage.Result {
    func item(_ partner: String, _ product: String, onHand: Double) -> StockItem {
      var item = StockItem(
        partner: partner, product: product, region: "east", onHand: onHand, leadTimeDays: 10,
        demand: .normal(meanPerDay: 5, deviationPerDay: 0.01), meanPerDay: 5)
      item.unitCost = Money(100)
      item.unitPrice = 150
      return item
    }
    let problem = InventoryProblem(
      items: (1...4).map { item("P\($0)", "box", onHand: 0) } + [
        item("P1", "cable", onHand: 0), item("P2", "cable", onHand: 900),
      ])
    return StockStage.Result(problem: problem, solution: try problem.solve(), projections: [])
  }

  private func run(
    supply: [(String, Int)], strict: Bool = false, floor: Double = 20, first: Set<String> = [],
    arriving: [NamedFactors.Entry] = []
  ) throws -> StageOutput<TransfersStage.Result> {
    var plan = Plan()
    plan.supply.factors.entries = arriving
    plan.shortage.supply = supply.map { ($0, Located($1)) }
    plan.shortage.weights = [("gold", Located(2.0))]
    plan.shortage.tiersAreStrict = Located(strict)
    plan.shortage.floorPercent = Located(floor)
    let partners = Table(
      name: "partners", rows: 1...4,
      columns: [.text("partner_id") { "P\($0)" }, .text("grade") { $0 <= 2 ? "gold" : "bronze" }])
    return try TransfersStage().run(
      StageContext(
        plan: plan, tables: [.partners: partners],
        results: [.stock: try stock(), .awards: AwardsResult(hasPriority: first, priorityFactor: 1.5)], seed: 1))
  }

  @Test("what moves is what stock decided, and the two prices of an arc make up what a unit saves")
  func transfers() throws {
    let output = try run(supply: [])
    #expect(output.tables.map(\.name) == ["transfers"])
    let moved = try #require(output.result.transfers.first)
    #expect(output.result.transfers.count == 1 && moved.units > 0)
    #expect(abs((moved.giverPrice + moved.receiverPrice) * Double(moved.units) - moved.expectedSaving) < 1e-6)
    let certificate = try #require(output.certificates.first)
    #expect(certificate.problem == "transfers" && certificate.relativeGap <= 1e-9)
  }

  @Test("scarce supply: twice the weight, twice the fill rate; totals exact")
  func fair() throws {
    // Everyone orders the same; 300 units of 4 orders.
    let output = try run(supply: [("box", 180)])
    let table = try #require(output.tables.first { $0.name == "shortage" })
    let quantity = try #require(table.integers("quantity"))
    #expect(quantity.reduce(0, +) == 180)
    #expect(quantity == [60, 60, 30, 30])
    #expect(output.certificates.map(\.problem) == ["transfers", "shortage"])
    let indicators = Dictionary(uniqueKeysWithValues: output.indicators.map { ($0.name, $0.value) })
    let requested = Double(try #require(table.integers("requested")).reduce(0, +))
    #expect(indicators["shortage_units"] == requested - 180)
  }

  @Test("who met its targets in a row counts for more")
  func priority() throws {
    let table = try #require(try run(supply: [("box", 180)], first: ["P3"]).tables.first { $0.name == "shortage" })
    #expect(table.numbers("weight") == [2, 2, 1.5, 1])
    #expect(table.integers("tier") == [2, 2, 3, 4])
    let quantity = try #require(table.integers("quantity"))
    #expect(quantity.reduce(0, +) == 180 && quantity[2] > quantity[3])
  }

  @Test("strict tiers: gold is full before bronze gets more than its floor")
  func strict() throws {
    let output = try run(supply: [("box", 210)], strict: true)
    let table = try #require(output.tables.first { $0.name == "shortage" })
    let requested = try #require(table.integers("requested"))
    let quantity = try #require(table.integers("quantity"))
    #expect(Array(quantity[0..<2]) == Array(requested[0..<2]))
    #expect(quantity.reduce(0, +) == 210)
  }

  @Test("floors above the supply are infeasible, an unknown product is a warning")
  func conflicts() throws {
    let failure = #expect(throws: StageFailure.self) { try run(supply: [("box", 10)], floor: 90) }
    guard case .infeasible(let findings)? = failure else {
      Issue.record("floors of 90 % need more than 10 units")
      return
    }
    #expect(findings.first?.code == AllocationCodes.limitsCollide)
    let output = try run(supply: [("bix", 10)])
    #expect(output.notes.map(\.code) == [TransfersCodes.notNeeded] && output.tables.count == 1)
  }

  @Test("supply that is cut is scarce: what arrives is split, and a cut takes its part of floors and of units stated")
  func arriving() throws {
    let half = try run(supply: [], arriving: [.init(.product("box"), Located(0.5))])
    let table = try #require(half.tables.first { $0.name == "shortage" })
    let requested = try #require(table.integers("requested")).reduce(0, +)
    let given = try #require(table.integers("quantity")).reduce(0, +)
    #expect(given == requested / 2)
    #expect(table.text("product_id")?.dictionary == ["box"])
    let little = try run(supply: [("box", 100)], floor: 25, arriving: [.init(.all, Located(0.25))])
    let split = try #require(little.tables.first { $0.name == "shortage" })
    let (products, quantity) = (try #require(split.text("product_id")), try #require(split.integers("quantity")))
    #expect((0..<split.rowCount).filter { products[$0] == "box" }.reduce(0) { $0 + quantity[$1] } == 25)
    #expect(try run(supply: [], arriving: [.init(.all, Located(1))]).tables.map(\.name) == ["transfers"])
  }

  @Test("the section is read with its places")
  func plan() throws {
    let files = try PlanFiles([
      "plan.yaml": """
      version: 1
      shortage:
        supply: {box: 120}
        floor_pct: 25
        weights: {gold: 3}
        strict_tiers: yes
      """
    ])
    let (loaded, findings) = files.load()
    #expect(findings.kept.filter { $0.severity == .error }.isEmpty)
    let settings = try #require(loaded).plan.shortage
    #expect(settings.supply.map(\.product) == ["box"] && settings.supply.first?.units.value == 120)
    #expect(settings.floorPercent.value == 25 && settings.weight(of: "gold") == 3 && settings.weight(of: "tin") == 1)
    #expect(settings.tiersAreStrict.value)
  }
}
