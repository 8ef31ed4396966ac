import Foundation
import Optimization
import Probability
import Testing

@Suite("Shadow prices")
struct ShadowPriceTests {
  /// max 3x + 5y, x ≤ 4, 2y ≤ 12, 3x + 2y ≤ 18 (Hillier & Lieberman): the textbook's ranges for the right-hand sides
  /// are b₁ ≥ 2, 6 ≤ b₂ ≤ 18 and 12 ≤ b₃ ≤ 24.
  @Test("the Wyndor problem's ranges")
  func textbook() throws {
    var program = LinearProgram(.maximise)
    let x = program.addVariable(objective: 3)
    let y = program.addVariable(objective: 5)
    program.addRow([(x, 1.0)], upper: 4)
    program.addRow([(y, 2.0)], upper: 12)
    program.addRow([(x, 3.0), (y, 2.0)], upper: 18)
    let solver = HiGHSSolver()
    let prices = try program.shadowPrices(
      of: (0..<3).map { .row($0, .upper) }, at: solver.solve(program), solver: solver)
    let expected = [
      ShadowPrice(left: 0, right: 0, leftReach: 2, rightReach: .infinity),
      ShadowPrice(left: 1.5, right: 1.5, leftReach: 6, rightReach: 6),
      ShadowPrice(left: 1, right: 1, leftReach: 6, rightReach: 6),
    ]
    for (price, wanted) in zip(prices, expected) { #expect(price.isClose(to: wanted), "\(price)") }
  }

  @Test("a corner with too many limits: left and right differ, an equality that cannot move has no end")
  func degenerate() throws {
    // max x with x ≤ 1 twice: more of one alone is worth nothing, less costs a full unit.
    var program = LinearProgram(.maximise)
    let x = program.addVariable(objective: 1)
    let y = program.addVariable(upper: 1)
    program.addRow([(x, 1.0)], upper: 1)
    program.addRow([(x, 1.0)], upper: 1)
    program.addRow([(y, 1.0)], lower: 1, upper: 1)
    let solver = HiGHSSolver()
    let prices = try program.shadowPrices(
      of: [.row(0, .upper), LimitShift([.init(.row(0), .upper), .init(.row(1), .upper)]), .row(2, .both)],
      at: solver.solve(program), solver: solver)
    #expect(prices[0].isClose(to: ShadowPrice(left: 1, right: 0, leftReach: 1, rightReach: .infinity)), "\(prices[0])")
    #expect(prices[1].isClose(to: ShadowPrice(left: 1, right: 1, leftReach: 1, rightReach: .infinity)), "\(prices[1])")
    #expect(prices[2].right == -.infinity && prices[2].rightReach == 0 && prices[2].left == 0, "\(prices[2])")
  }

  @Test("random degenerate programs: prices are difference quotients within their reach", arguments: 0..<20)
  func random(seed: Int) throws {
    var stream = RandomStream(seed: 31, key: UInt64(seed))
    var program = LinearProgram(seed % 2 == 0 ? .minimise : .maximise)
    let variables = 6
    for _ in 0..<variables {
      // Whole numbers everywhere, so that ties are many.
      program.addVariable(upper: Double(1 + stream.index(below: 4)), objective: Double(stream.index(below: 4)))
    }
    let inside = (0..<variables).map { _ in Double(stream.index(below: 2)) }
    for _ in 0..<6 {
      let terms = (0..<variables).map { ($0, Double(stream.index(below: 3) - 1)) }
      let value = terms.reduce(0) { $0 + $1.1 * inside[$1.0] }
      if stream.uniform() < 0.5 {
        program.addRow(terms, lower: value)
      } else {
        program.addRow(terms, lower: value - 1, upper: value)
      }
    }
    let solver = HiGHSSolver()
    let solution = try solver.solve(program)
    try #require(solution.status == .optimal)
    let limits: [LimitShift] =
      program.rows.indices.flatMap { [.row($0, .lower), .row($0, .upper), .row($0, .both)] }
      + program.variables.indices.map { .variable($0, .upper) }
    let prices = try program.shadowPrices(of: limits, at: solution, solver: solver)
    func optimum(_ limit: LimitShift, _ step: Double) throws -> LinearSolution {
      var moved = program
      moved.move(limit, by: step)
      return try solver.solve(moved)
    }
    for (limit, price) in zip(limits, prices) {
      for (sign, slope, reach) in [(1.0, price.right, price.rightReach), (-1.0, price.left, price.leftReach)] {
        guard slope.isFinite else {
          #expect(try optimum(limit, sign * 1e-3).status == .infeasible)
          continue
        }
        let step = min(reach, 2) * 0.999_999  // at the very edge rounding can empty a bound
        #expect(reach > 1e-6, "a slope holds on some way")
        let there = try optimum(limit, sign * step)
        #expect(abs(there.objective - solution.objective - sign * slope * step) < 1e-6)
        if reach < 1e3 {
          let beyond = try optimum(limit, sign * (reach + 0.5))
          #expect(
            beyond.status == .infeasible
              || abs(beyond.objective - solution.objective - sign * slope * (reach + 0.5)) > 1e-6)
        }
      }
    }
  }

  /// Two-stage stock: two solvers gave 6.4718 and 6.4821 as the price of the same total, for the same optimum.
  @Test("the price of a two-stage stock has two sides", .enabled(if: TwoStageInstance.isThere, "no peers' instances"))
  func twoStage() throws {
    let (program, total) = try TwoStageInstance.read().extensiveProgram()
    let solver = HiGHSSolver()
    let solution = try solver.solve(program)
    let price = try program.shadowPrices(of: [.row(total, .upper)], at: solution, solver: solver)[0]
    let known = [-6.4821, -6.4718]
    #expect(abs(price.left - known[0]) < 5e-5 && abs(price.right - known[1]) < 5e-5)
  }
}

extension ShadowPrice {
  fileprivate func isClose(to other: ShadowPrice) -> Bool {
    zip([left, right, leftReach, rightReach], [other.left, other.right, other.leftReach, other.rightReach])
      .allSatisfy { $0 == $1 || abs($0 - $1) < 1e-7 }
  }
}

/// The two-stage stock instance of the allocation benchmarks as one large program.
private struct TwoStageInstance: Decodable {
  var sites: Int
  var scenarios: Int
  var cost: [Double]
  var price: [Double]
  var neighbours: [[Int]]
  var freight: [[Double]]
  var demand: [[Double]]
  var total: Double

  enum CodingKeys: String, CodingKey {
    case sites = "J"
    case scenarios = "S"
    case cost = "c"
    case price = "p"
    case neighbours = "nbr"
    case freight = "t"
    case demand = "dem"
    case total = "Q"
  }

  static var path: String { PeerInstances.folder + "/g_twostage_J20_S50.json" }
  static var isThere: Bool { FileManager.default.fileExists(atPath: path) }
  static func read() throws -> TwoStageInstance {
    try JSONDecoder().decode(TwoStageInstance.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// Stock x before demand is known; then flows to neighbours, local sales and lost sales in every scenario.
  func extensiveProgram() -> (program: LinearProgram, total: Int) {
    var program = LinearProgram(.minimise)
    let share = 1 / Double(scenarios)
    for site in 0..<sites { program.addVariable(objective: cost[site]) }
    for scenario in 0..<scenarios {
      let flows = freight.map { $0.map { program.addVariable(objective: $0 * share) } }
      let local = (0..<sites).map { _ in program.addVariable() }
      let lost = price.map { program.addVariable(objective: $0 * share) }
      for site in 0..<sites {
        program.addRow([(site, -1), (local[site], 1)] + flows[site].map { ($0, 1) }, upper: 0)
        let arriving = (0..<sites).flatMap { from in
          neighbours[from].indices.filter { neighbours[from][$0] == site }
            .map { (variable: flows[from][$0], coefficient: 1.0) }
        }
        let wanted = demand[scenario][site]
        program.addRow(arriving + [(local[site], 1), (lost[site], 1)], lower: wanted, upper: wanted)
      }
    }
    let row = program.addSumRow(0..<sites, upper: total)
    return (program, row)
  }
}
