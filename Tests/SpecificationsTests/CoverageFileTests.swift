import Allocation
import Foundation
import Specifications
import Tables
import Testing

/// Problem files about places: each is read, solved, and held to an answer that can be checked by hand or enumeration.
@Suite struct CoverageFileTests {
  private func read(_ text: String) -> (file: AllocationFile?, findings: Findings) {
    var findings = Findings()
    let file = AllocationFile.parse(text, file: "problem.yaml", findings: &findings)
    return (file, findings)
  }

  private func model(_ kind: String) throws -> AllocationAnswer {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Models/allocation/\(kind).yaml").path
    var findings = Findings()
    let file = AllocationFile.read(path, findings: &findings)
    #expect(findings.kept.isEmpty, "\(findings.kept.map(\.message))")
    return try #require(file).problem.answer(within: AllocationLimits())
  }

  private func member(_ answer: AllocationAnswer, _ name: String) -> JSONValue? {
    guard case .object(let members) = answer.solution else { return nil }
    return members.first { $0.name == name }?.value
  }

  @Test(arguments: [
    "facility_location", "p_median", "max_cover", "generalised_assignment", "rollout", "territories",
  ])
  func theModelFileIsSolvedToTheEnd(kind: String) throws {
    let answer = try model(kind)
    #expect(answer.status == .optimal, "\(kind)")
    #expect((answer.relativeGap ?? 1) <= 1e-6)
  }

  @Test func twoMediansOfFivePlaces() throws {
    let answer = try model("p_median")
    // By hand: medians a and d leave b 4, c 5 · 2 and e 3.
    #expect(answer.objective == 17)
    #expect(member(answer, "open") == .array([.string("a"), .string("d")]))
    let price = try #require(answer.prices.first)
    #expect(price.limit == "open.exactly" && price.right < 0 && price.left < 0)
  }

  @Test func jobsByHand() throws {
    // li takes south and east (7 + 11 = 18), wang north (9); west fits wang only with 8 more than he has left.
    let answer = try model("generalised_assignment")
    let values = [[17.0, 21], [22, 18], [24, 15], [20, 18]]
    let work = [[8.0, 9], [11, 7], [7, 9], [6, 8]]
    var best = -Double.infinity
    for code in 0..<16 {
      let agents = (0..<4).map { code >> $0 & 1 }
      let load = (0..<2).map { agent in (0..<4).reduce(0) { agents[$1] == agent ? $0 + work[$1][agent] : $0 } }
      guard load[0] <= 18, load[1] <= 16 else { continue }
      best = max(best, (0..<4).reduce(0) { $0 + values[$1][agents[$1]] })
    }
    #expect(answer.objective == best)
  }

  @Test func theOrderBeatsLargeToSmall() throws {
    let answer = try model("rollout")
    guard case .number(let gain)? = member(answer, "gain_over_large_to_small") else {
      Issue.record("no gain")
      return
    }
    #expect(gain > 0)
  }

  @Test func warehousesThatCannotReachEverybody() throws {
    let text = """
      kind: facility_location
      sites: {a: {x: 0, y: 0}, b: {x: 10, y: 0}, c: {x: 20, y: 0}}
      demands: {p: {x: 1, y: 0}, q: {x: 11, y: 0}, r: {x: 21, y: 0}}
      cost_per_distance: 1
      maximum_distance: 2
      open: {at_most: 2}
      """
    let answer = try #require(read(text).file).problem.answer(within: AllocationLimits())
    #expect(answer.status == .infeasible)
    let conflict = try #require(answer.conflict)
    #expect(conflict.limits == ["open.at_most", "max_distance"])
    #expect(conflict.diagnostic.place?.line == 6)
    let changes = conflict.repairs.flatMap(\.changes)
    #expect(changes.map(\.to) == [3, 9])
    for (key, value) in [("open: {at_most: 2}", "open: {at_most: 3}"), ("maximum_distance: 2", "maximum_distance: 9")] {
      let repaired = try #require(read(text.replacingOccurrences(of: key, with: value)).file)
      #expect(try repaired.problem.answer(within: AllocationLimits()).status == .optimal)
    }
  }

  @Test func capacitiesBelowDemand() throws {
    let text = """
      kind: facility_location
      sites: {a: {fixed_cost: 5, capacity: 4}, b: {fixed_cost: 1, capacity: 3}}
      demands: {p: {amount: 5}, q: {amount: 4}}
      cost_matrix: [[1, 2], [2, 1]]
      """
    let answer = try #require(read(text).file).problem.answer(within: AllocationLimits())
    #expect(answer.conflict?.repairs.first?.changes == [.init(limit: "capacity.a", from: 4, to: 6)])
    let repaired = try #require(read(text.replacingOccurrences(of: "capacity: 4", with: "capacity: 6")).file)
    #expect(try repaired.problem.answer(within: AllocationLimits()).status == .optimal)
  }

  @Test func aToleranceThatIsTooTight() throws {
    let text = """
      kind: territories
      places:
        a: {weight: 3, x: 0, y: 0, neighbours: b}
        b: {weight: 1, x: 1, y: 0, neighbours: c}
        c: {weight: 1, x: 2, y: 0}
      centres: [a, c]
      tolerance_pct: 10
      """
    let answer = try #require(read(text).file).problem.answer(within: AllocationLimits())
    #expect(answer.status == .infeasible)
    // 3 against 2 around a mean of 2.5: a fifth.
    let change = try #require(answer.conflict?.repairs.first?.changes.first)
    #expect(change.limit == "tolerance" && abs(change.to - 0.2) < 2e-4)
    let repaired = try #require(read(text.replacingOccurrences(of: "pct: 10", with: "pct: 20.01")).file)
    #expect(try repaired.problem.answer(within: AllocationLimits()).status == .optimal)
  }

  @Test func everyMistakeHasItsPlace() {
    let text = """
      kind: facility_location
      sites: {a: {fixed_cst: 5}, b: {}}
      demands: {p: {amount: -1}}
      cost_matrix: [[1, 2]]
      """
    let (file, findings) = read(text)
    #expect(file == nil)
    #expect(findings.kept.map { $0.place?.line } == [2, 3])
    let unknown = read("kind: territories\nplaces: {a: {x: 0, y: 0, neighbours: z}}\ncount: 1\n").findings
    #expect(unknown.kept.first?.code.id == "P153")
  }

  @Test func contiguityCostsDistance() throws {
    // A ring of six around two centres: without borders the nearest centre takes each place.
    let text = """
      kind: territories
      places:
        a: {x: 0, y: 0, neighbours: b}
        b: {x: 1, y: 0, neighbours: c}
        c: {x: 2, y: 0, neighbours: d}
        d: {x: 0, y: 1, neighbours: e}
        e: {x: 5, y: 0, neighbours: f}
        f: {x: 6, y: 0}
      centres: [a, f]
      tolerance_pct: 1
      """
    let free = try #require(read(text + "\ncontiguous: no\n").file).problem.answer(within: AllocationLimits())
    let connected = try #require(read(text).file).problem.answer(within: AllocationLimits())
    #expect(free.status == .optimal && connected.status == .optimal)
    #expect((connected.objective ?? 0) > (free.objective ?? 0))
  }
}
