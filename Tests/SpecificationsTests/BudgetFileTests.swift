import Allocation
import ChannelTypes
import Foundation
import Specifications
import Tables
import Testing

private func parse(_ text: String) -> (file: AllocationFile?, findings: Findings) {
  var findings = Findings()
  let file = AllocationFile.parse(text, file: "budget.yaml", findings: &findings)
  return (file, findings)
}

private func solve(_ text: String) throws -> AllocationAnswer {
  let (file, findings) = parse(text)
  #expect(findings.kept.map(\.message).isEmpty)
  return try #require(file).problem.answer(within: AllocationLimits())
}

extension AllocationAnswer {
  fileprivate var amounts: [Double] {
    guard case .object(let members) = solution,
      case .array(let rows)? = members.first(where: { $0.name == "lines" })?.value
    else { return [] }
    return rows.map { row in
      guard case .object(let cells) = row, case .money(let amount)? = cells.first(where: { $0.name == "amount" })?.value
      else { return .nan }
      return amount.double
    }
  }
  fileprivate func price(_ limit: String) -> LimitPrice? { prices.first { $0.limit == limit } }
}

@Suite struct BudgetFileTests {
  /// KKT: x = a/λ − k. Printed to 1e-9 because the amounts are whole.
  @Test func threeLogarithms() throws {
    let lines = """
      lines:
        a: {family: log, amplitude: 4, scale: 1}
        b: {family: log, amplitude: 2, scale: 1}
        c: {family: log, amplitude: 1, scale: 1}
      """
    let answer = try solve("kind: budget\ntotal: 11\n" + lines)
    #expect(answer.status == .optimal)
    #expect(answer.amounts == [7, 3, 1])
    #expect(abs((answer.objective ?? 0) - 11.78350206951907) < 1e-9)
    #expect((answer.relativeGap ?? 1) < 1e-9)
    let price = try #require(answer.price("total"))
    #expect(abs(price.left - 0.5) < 1e-9 && abs(price.right - 0.5) < 1e-9)
    // λ = 7 / (total + 3) changes by a tenth at 9.727 and at 12.556.
    #expect(abs(price.from - (7 / 0.55 - 3)) < 0.02 && abs(price.to - (7 / 0.45 - 3)) < 0.02)
    let tight = try solve("kind: budget\ntotal: 1\n" + lines)
    #expect(tight.amounts == [1, 0, 0])
    #expect(abs((tight.objective ?? 0) - 2.772588722239781) < 1e-9)
    #expect(abs((tight.price("total")?.left ?? 0) - 2) < 1e-9)
    #expect(abs((tight.price("total")?.right ?? 0) - 2) < 1e-3)
  }

  @Test func rootsWithACap() throws {
    let free = """
      kind: budget
      total: 25
      lines:
        x1: {family: power, amplitude: 3, exponent: 0.5}
        x2: {family: power, amplitude: 4, exponent: 0.5}
      """
    let answer = try solve(free)
    #expect(answer.amounts == [9, 16])
    #expect(abs((answer.objective ?? 0) - 25) < 1e-9)
    #expect(abs((answer.price("total")?.right ?? 0) - 0.5) < 1e-9)
    let capped = try solve(free + "\ncaps: {line: {x2: 9}}\n")
    #expect(capped.amounts == [16, 9])
    #expect(abs((capped.objective ?? 0) - 24) < 1e-9)
    #expect(abs((capped.price("total")?.right ?? 0) - 0.375) < 1e-9)
    #expect(abs((capped.price("caps.line.x2")?.right ?? 0) - 0.29166666666666663) < 1e-9)
    #expect(capped.binding == ["total", "caps.line.x2"])
  }

  @Test func hillsWithAFloor() throws {
    let free = """
      kind: budget
      total: 10
      lines:
        - {line: one, family: hill, amplitude: 100, half_saturation: 4}
        - {line: two, family: hill, amplitude: 100, half_saturation: 1}
      """
    let answer = try solve(free)
    #expect(answer.amounts == [6, 4])
    #expect(abs((answer.objective ?? 0) - 140) < 1e-9)
    #expect(abs((answer.price("total")?.right ?? 0) - 4) < 1e-9)
    let held = try solve(free + "\nfloors: {line: {one: 8}}\n")
    #expect(held.amounts == [8, 2])
    #expect(abs((held.objective ?? 0) - 133.33333333333334) < 1e-9)
    #expect(abs((held.price("total")?.right ?? 0) - 11.11111111111111) < 1e-8)
    #expect(abs((held.price("floors.line.one")?.left ?? 0) + 8.333333333333332) < 1e-8)
  }

  @Test func twinsGoToOneSideAndTheTrapIsTold() throws {
    let answer = try solve(
      """
      kind: budget
      total: 60
      lines:
        a: {family: hill, amplitude: 100, half_saturation: 50, slope: 4}
        b: {family: hill, amplitude: 100, half_saturation: 50, slope: 4}
      """)
    #expect(answer.amounts.sorted() == [0, 60])
    #expect(abs((answer.objective ?? 0) - 67.4648620510151) < 1e-9)
    #expect((answer.relativeGap ?? 1) < 1e-7)
    let trap = try #require(answer.notes.first { $0.code == AllocationCodes.trap })
    #expect(trap.message.contains("equal split is a stationary trap"))
    #expect(trap.message.contains("22.946175637393"))
  }

  @Test func documentedFilesAreReadAndSolved() throws {
    let folder = URL(filePath: #filePath).appending(path: "../../../Models/allocation").standardized
    for name in ["budget", "budget_scurve", "budget_incremental"] {
      var findings = Findings()
      let file = AllocationFile.read(folder.appending(path: name + ".yaml").path, findings: &findings)
      #expect(findings.kept.map(\.message).isEmpty)
      let answer = try #require(file).problem.answer(within: AllocationLimits())
      #expect(answer.status == .optimal, "\(name)")
      #expect((answer.relativeGap ?? 1) < 1e-6, "\(name)")
    }
  }

  @Test func onlyTheExtraIsPlaced() throws {
    let answer = try solve(
      """
      kind: budget
      extra: 10
      lines:
        a: {family: log, amplitude: 10, scale: 5, now: 20}
        b: {family: log, amplitude: 10, scale: 5, now: 5}
        c: {family: log, amplitude: 90, scale: 5, now: 5, locked: yes}
      """)
    #expect(answer.amounts == [20, 15, 5])
    #expect(answer.price("extra") != nil)
  }

  @Test func conflictsNameTheLimitsAndRepairs() throws {
    let answer = try solve(
      """
      kind: budget
      total: 100
      lines:
        a: {region: east, family: log, amplitude: 1, floor: 80}
        b: {region: west, family: log, amplitude: 1}
      floors: {region: {west: 40}}
      """)
    #expect(answer.status == .infeasible)
    let conflict = try #require(answer.conflict)
    #expect(conflict.limits.sorted() == ["floors.line.a", "floors.region.west", "total"])
    #expect(conflict.diagnostic.notes.contains("so the shortfall is 20"))
    #expect(conflict.repairs.contains { $0.changes == [.init(limit: "total", from: 100, to: 120)] })
  }

  @Test func mistakesAreNamedWithTheirPlace() {
    let (file, findings) = parse(
      """
      kind: budget
      total: 100
      reserve_pct: 120
      lines:
        a: {family: log, amplitude: 1, slope: 2}
        b: {family: hil, amplitude: 1}
        c: {family: log, amplitude: -1, price_list: none}
      shares: {region: {east: {at_mots_pct: 3}}}
      """)
    #expect(file == nil)
    let found = findings.kept.map { "\($0.code.id) \($0.place?.description ?? "")" }
    #expect(found.contains { $0.hasSuffix("budget.yaml:3:14") })
    #expect(found.contains { $0.hasSuffix("budget.yaml:6:15") })
    #expect(found.contains { $0.contains("budget.yaml:7:") })
    #expect(found.contains { $0.hasSuffix("budget.yaml:8:26") })
  }

  @Test func contradictionsBetweenKeysAreRefused() {
    let (file, findings) = parse(
      """
      kind: budget
      total: 100
      extra: 5
      lines:
        a: {family: log, amplitude: 1, slope: 2, price_list: clicks}
      """)
    #expect(file == nil)
    #expect(findings.kept.map(\.code.id).sorted() == ["P153", "P154", "P154"])
  }

  @Test(arguments: [
    "total: 0\nlines: {a: {family: log, amplitude: 4}, b: {family: power, amplitude: 2}}",
    "total: 10\nlines: {a: {family: log, amplitude: 0}, b: {family: hill, amplitude: 0, slope: 3}}",
    "total: 10\nspend_all: yes\nlines: {a: {family: log, amplitude: 0}, b: {family: hill, amplitude: 0, slope: 3}}",
    "total: 10\nlines: {a: {family: log, amplitude: 3, cap: 0}, b: {family: exponential, amplitude: 2, cap: 0}}",
    "total: 1000000000\nlines: {a: {family: hill, amplitude: 1e12, scale: 1e8, slope: 2}, b: {family: log, amplitude: 1e9}}",
    "total: 10\ncarry_over: 0.5\nlines: {a: {family: log, amplitude: 3, period: p1, region: r}, "
      + "b: {family: log, amplitude: 0, period: p2, region: r}}",
    "total: 10\nreserve: {family: power, amplitude: 3, exponent: 0.5}\nlines: {a: {family: log, amplitude: 3}}",
    "total: 10\nlines: {a: {family: power, amplitude: 3, min_or_zero: 20}, b: {family: log, amplitude: 1, step: 3}}",
  ])
  func extremesAreSolved(text: String) throws {
    let answer = try solve("kind: budget\n" + text)
    #expect(answer.status == .optimal || answer.status == .feasible)
    let objective = try #require(answer.objective)
    #expect(objective.isFinite && (answer.relativeGap ?? 1) < 1e-4)
    #expect(answer.amounts.allSatisfy { $0 >= 0 })
  }
}
