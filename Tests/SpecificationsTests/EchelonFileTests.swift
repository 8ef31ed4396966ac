import Allocation
import Foundation
import Specifications
import Tables
import Testing

private func parse(_ text: String) -> (file: AllocationFile?, findings: Findings) {
  var findings = Findings()
  let file = AllocationFile.parse(text, file: "problem.yaml", findings: &findings)
  return (file, findings)
}

/// Code and place of every finding about a text.
private func places(_ text: String) -> [String] {
  parse(text).findings.kept.map { "\($0.code.id) \($0.place?.description ?? "")" }
}

/// The files of Models/allocation for several echelons and for scenarios.
@Suite struct EchelonFileTests {
  private static func model(_ kind: String) throws -> AllocationFile {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Models/allocation")
    var findings = Findings()
    let file = AllocationFile.read(folder.appending(path: "\(kind).yaml").path, findings: &findings)
    #expect(findings.kept.isEmpty, "\(findings.kept.map(\.message))")
    return try #require(file)
  }

  @Test(
    "documented files are read without findings and solved to proven optima",
    arguments: ["guaranteed_service", "serial_stock", "two_stage_stock", "two_stage_program"])
  func models(kind: String) throws {
    let file = try Self.model(kind)
    let answer = try file.problem.answer(within: AllocationLimits())
    #expect(file.kind == kind)
    #expect(answer.status == .optimal && (answer.relativeGap ?? 1) <= 1e-9)
  }

  /// Birge & Louveaux, section 1.1.
  @Test func farmer() throws {
    let answer = try Self.model("two_stage_program").problem.answer(within: AllocationLimits())
    #expect(abs((answer.objective ?? 0) - 108_390) < 0.5)
  }

  // MARK: Guaranteed service

  private let tree = """
    kind: guaranteed_service
    safety_factor: 1
    stages:
      1: {time: 2, holding_cost: 1, inbound_time: 1}
      3: {time: 1, holding_cost: 2}
      2: {time: 1, holding_cost: 3, maximum_service_time: 0, demand_deviation: 1}
      4: {time: 1, holding_cost: 3, maximum_service_time: 1, demand_deviation: 1}
    links:
      - {from: 1, to: 3}
      - {from: 3, to: 2}
      - {from: 3, to: 4}
    """

  /// Snyder & Shen, example 6.5.
  @Test func treeOfTheTextbook() throws {
    let answer = try #require(parse(tree).file).problem.answer(within: AllocationLimits())
    #expect(abs((answer.objective ?? 0) - 8.277916867529369) < 1e-12)
  }

  @Test func costsMayBeWhatStagesAdd() throws {
    let added = tree.replacingOccurrences(of: "holding_cost: 1,", with: "added_cost: 10,")
      .replacingOccurrences(of: "holding_cost: 2", with: "added_cost: 10")
      .replacingOccurrences(of: "holding_cost: 3", with: "added_cost: 10")
      .replacingOccurrences(of: "safety_factor: 1", with: "safety_factor: 1\nholding_rate: 0.1")
    let answer = try #require(parse(added).file).problem.answer(within: AllocationLimits())
    #expect(abs((answer.objective ?? 0) - 8.277916867529369) < 1e-12)
  }

  @Test func namesMistakesInNetworks() {
    #expect(places(tree.replacingOccurrences(of: "to: 4", with: "to: 5")) == ["P153 problem.yaml:11:15"])
    #expect(
      places(tree.replacingOccurrences(of: "time: 1, holding_cost: 2", with: "time: 1")) == ["P111 problem.yaml:5:3"])
    #expect(
      places(tree.replacingOccurrences(of: "safety_factor: 1", with: "safety_factor: 1\nservice_level: 0.9"))
        == ["P154 problem.yaml:2:16"])
  }

  /// A circle is found when the problem is solved, at the link that closes it.
  @Test func refusesCircles() throws {
    let circle = tree + "\n  - {from: 4, to: 1}"
    let problem = try #require(parse(circle).file).problem
    do {
      _ = try problem.answer(within: AllocationLimits())
      Issue.record("a circle was solved")
    } catch {
      guard case .invalid(let found) = error else { throw error }
      #expect(found.map(\.code) == [MultiEchelonCodes.cycle] && found[0].place?.line != nil)
    }
  }

  // MARK: Serial systems

  @Test func serialSystems() throws {
    let poisson = """
      kind: serial_stock
      stockout_cost: 9
      demand: {distribution: poisson, mean: 16}
      stages:
        - {name: d, lead_time: 0.25, echelon_holding_cost: 0.25}
        - {name: c, lead_time: 0.25, echelon_holding_cost: 0.25}
        - {name: b, lead_time: 0.25, holding_cost: 0.75}
        - {name: a, lead_time: 0.25, holding_cost: 1}
      """
    // Shang & Song (2003), table 1.
    let answer = try #require(parse(poisson).file).problem.answer(within: AllocationLimits())
    #expect(abs((answer.objective ?? 0) - 12.688) < 5e-4)
    #expect(
      places(poisson.replacingOccurrences(of: "distribution: poisson", with: "distribution: normal"))
        == ["P111 problem.yaml:3:9"])
    #expect(
      places(poisson.replacingOccurrences(of: "holding_cost: 1}", with: "holding_cost: 1, echelon_holding_cost: 1}"))
        == ["P154 problem.yaml:8:6"])
  }

  // MARK: Scenarios

  private let stock = """
    kind: two_stage_stock
    quantity_limit: 30
    sites:
      a: {unit_cost: 1, shortage_cost: 10}
      b: {unit_cost: 1, shortage_cost: 10, minimum: 5}
    lanes:
      - {from: a, to: b, cost: 2}
    demand: [[10, 20], [30, 10]]
    """

  @Test func conflictsOfStockHaveTheirPlaces() throws {
    let tight = stock.replacingOccurrences(of: "minimum: 5", with: "minimum: 50")
    let answer = try #require(parse(tight).file).problem.answer(within: AllocationLimits())
    #expect(answer.status == .infeasible)
    #expect(answer.conflict?.limits == ["quantity_limit", "minimum.b"])
    #expect(answer.conflict?.diagnostic.place?.line == 2)
    #expect(answer.conflict?.repairs.first?.cost != nil)
  }

  @Test func namesMistakesInScenarios() {
    #expect(places(stock.replacingOccurrences(of: "[30, 10]]", with: "[30]]")).isEmpty == false)
    #expect(places(stock + "\nprobabilities: [1]") == ["P152 problem.yaml:9:16"])
    #expect(places(stock.replacingOccurrences(of: "to: b", with: "to: c")) == ["P153 problem.yaml:7:15"])
  }
}
