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

private func objective(_ text: String) throws -> Double? {
  let (file, findings) = parse(text)
  #expect(findings.kept.isEmpty, "\(findings.kept.map(\.message))")
  return try file?.problem.answer(within: AllocationLimits()).objective
}

/// The files of Models/allocation for flows, transfers, shortage and fulfilment.
@Suite struct TransferFileTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Models/allocation")

  @Test(
    "documented files are read without findings and solved to proven optima",
    arguments: [
      "min_cost_flow", "transfers", "shortage", "fulfilment", "pooling",
    ])
  func models(kind: String) throws {
    var findings = Findings()
    let file = AllocationFile.read(Self.folder.appending(path: "\(kind).yaml").path, findings: &findings)
    #expect(findings.kept.isEmpty, "\(findings.kept.map(\.message))")
    let answer = try #require(file).problem.answer(within: AllocationLimits())
    #expect(answer.status == .optimal && (answer.relativeGap ?? 1) <= 1e-12)
    #expect(file?.kind == kind)
  }

  @Test func flow() throws {
    let text = """
      kind: min_cost_flow
      nodes: {a: {supply: 3}, b: {}, c: {}, d: {demand: 3}}
      arcs:
        - {from: a, to: b, capacity: 2, cost: 3}
        - {from: b, to: c, capacity: 2, cost: 1}
        - {from: c, to: d, capacity: 2, cost: 1}
        - {from: a, to: d, capacity: 2, cost: 2}
      """
    // Two units straight at 2, one around at 5: the sample network of the DIMACS form.
    #expect(try objective(text) == 9)
    let (file, findings) = parse(text.replacingOccurrences(of: "to: c, ", with: "to: cc, "))
    #expect(file == nil)
    #expect(findings.kept.map { "\($0.code.id) \($0.place?.description ?? "")" } == ["P153 problem.yaml:5:15"])
  }

  @Test func shortage() throws {
    let several = """
      kind: shortage
      supplies: {x: {units: 10}, y: {units: 4}}
      requests:
        - {partner: a, product: x, units: 10}
        - {partner: b, product: x, units: 10}
        - {partner: a, product: y, units: 4}
      """
    #expect(try objective(several) == 0.5)
    let (_, findings) = parse("supply: 3\n" + several)
    #expect(findings.kept.map(\.code.id) == ["P154"])
    let (_, unknown) = parse(several.replacingOccurrences(of: "product: y", with: "product: z"))
    #expect(unknown.kept.map(\.code.id) == ["P153"])
  }

  @Test func twoCostsOfAUnitContradict() {
    let (_, findings) = parse(
      """
      kind: transfers
      cost_per_unit: 3
      cost_per_distance: 1
      places: {a: {x: 0, y: 0}}
      products: {p: {missing_cost: 3}}
      stock: []
      """)
    #expect(findings.kept.map { "\($0.code.id) \($0.place?.description ?? "")" } == ["P154 problem.yaml:2:1"])
  }

  @Test func anOrderWithoutACostOfNotServingItIsRefused() {
    let (_, findings) = parse(
      """
      kind: fulfilment
      orders: {o: {x: 0, y: 0}}
      stores: {s: {x: 1, y: 0}}
      stock: [{store: s, units: 1}]
      """)
    #expect(findings.kept.map { "\($0.code.id) \($0.place?.description ?? "")" } == ["P111 problem.yaml:2:10"])
  }
}
