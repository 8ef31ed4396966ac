import Allocation
import Foundation
import Specifications
import Tables
import Testing

/// The files of Models/allocation about stock.
@Suite struct StockFileTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Models/allocation")

  private func parse(_ text: String) -> (file: AllocationFile?, findings: Findings) {
    var findings = Findings()
    let file = AllocationFile.parse(text, file: "problem.yaml", findings: &findings)
    return (file, findings)
  }

  private func answer(_ text: String) throws -> AllocationAnswer {
    let (file, findings) = parse(text)
    #expect(findings.kept.isEmpty, "\(findings.kept.map(\.message))")
    return try #require(file).problem.answer(within: AllocationLimits())
  }

  @Test(
    "documented files are read without findings and solved",
    arguments: [
      ("newsvendor", nil), ("economic_order_quantity", 68.41052550594827), ("quantity_discount", 978.6),
      ("base_stock", 4.466781004149578), ("min_max", 8.034111561471644), ("reorder_point", 107.9235806331498),
      ("lot_sizing", nil),
    ] as [(String, Double?)])
  func models(kind: String, known: Double?) throws {
    var findings = Findings()
    let file = AllocationFile.read(Self.folder.appending(path: "\(kind).yaml").path, findings: &findings)
    #expect(findings.kept.isEmpty, "\(findings.kept.map(\.message))")
    let answer = try #require(file).problem.answer(within: AllocationLimits())
    #expect(answer.status == .optimal && (answer.relativeGap ?? 1) <= 1e-6 && file?.kind == kind)
    if let known { #expect(abs((answer.objective ?? .nan) - known) <= 1e-10 * known) }
  }

  @Test("two points under a budget, and the profit of one")
  func newsvendor() throws {
    let two = try answer(
      """
      kind: newsvendor
      points:
        a: {distribution: uniform, from: 0, to: 100, holding_cost: 1, stockout_cost: 3, unit_cost: 1}
        b: {distribution: uniform, from: 0, to: 100, holding_cost: 1, stockout_cost: 1, unit_cost: 1}
      budget: 87.5
      """)
    #expect(abs((two.objective ?? 0) - 71.875) < 1e-9 && two.binding == ["budget"])
    // Snyder & Shen, example 4.2: price 1, cost 0.3, salvage 0.12: a profit of 33.0024 = 0.7 · 50 − cost.
    let one = try answer(
      """
      kind: newsvendor
      points: {a: {mean: 50, standard_deviation: 8, price: 1, purchase_cost: 0.3, salvage_value: 0.12}}
      """)
    #expect(abs(0.7 * 50 - (one.objective ?? 0) - 33.002394806823354) < 1e-9)
  }

  @Test("what is wrong is told with its place")
  func broken() {
    func codes(_ text: String) -> [String] {
      parse(text).findings.kept.map { "\($0.code.id) \($0.place?.description ?? "")" }
    }
    #expect(
      codes(
        """
        kind: newsvendor
        points:
          a: {mean: 50, holding_cost: 1, stockout_cost: 3}
        """
      ).count == 1)
    #expect(
      codes(
        """
        kind: newsvendor
        points:
          a: {mean: 50, standard_deviation: 8, holding_cost: 1, stockout_cost: 3}
        budget: 100
        """) == ["P154 problem.yaml:3:3"])
    #expect(
      codes(
        """
        kind: newsvendor
        points:
          a: {distribution: draws, holding_cost: 1, stockout_cost: 3}
        amounts:
          - {point: b, units: 3}
        """) == ["P153 problem.yaml:5:6"])
    #expect(
      codes(
        """
        kind: base_stock
        demand: {mean: 50, standard_deviation: 8}
        holding_cost: 1
        stockout_cost: 2
        service_level: 0.9
        """) == ["P154 problem.yaml:5:1"])
    #expect(
      codes(
        """
        kind: min_max
        demand: {distribution: discrete, units: [1, 2], probabilities: [0.5, 0.6]}
        fixed_cost: 1
        holding_cost: 1
        stockout_cost: 2
        """
      ).count == 1)
    #expect(
      codes(
        """
        kind: lot_sizing
        items: {a: {fixed_cost: 10, holding_cost: 1}}
        demand: [[1, 2, 3]]
        capacity: [5, 5]
        """) == ["P152 problem.yaml:4:11"])
    #expect(codes("kind: economic_order_quantity\nfixed_cost: 8\nholding_cost: -1\ndemand_rate: 3\n").count == 1)
  }
}
