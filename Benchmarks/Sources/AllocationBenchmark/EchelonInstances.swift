import Foundation
import Sluice

/// Guaranteed-service safety stock on trees: `b_gsm_tree_*.json` with `par` (the supplier of each stage, −1 at the
/// source), `T` (times), `h` (holding costs), `sd` (deviations of all demand on a stage), `sout` (longest promises, −1
/// for any) and `z`.
enum GuaranteedServiceInstances: InstanceFamily {
  static func accepts(_ fileName: String) -> Bool { fileName.hasPrefix("b_gsm_tree") && fileName.hasSuffix(".json") }

  /// Optima of the recorded instances, by their size.
  private static let known = [
    10: 1983.190516733984, 100: 25074.6573777883, 1_000: 294036.1170177533, 100_000: 41342849.440298975,
  ]

  static func read(_ path: String, limits: WorkLimits) throws -> [BenchmarkInstance] {
    let json = try InstanceJSON(path)
    let tree = Tree(
      parent: try json.integers("par"), time: try json.numbers("T"), holding: try json.numbers("h"),
      deviation: try json.numbers("sd"), longest: try json.numbers("sout"), factor: try json.number("z"))
    let name = URL(filePath: path).lastPathComponent
    let count = tree.parent.count
    return [instance(name, tree, name == "b_gsm_tree_n\(count).json" ? known[count] : nil)]
  }

  static func large(limits: WorkLimits) -> [(name: String, make: () throws -> BenchmarkInstance)] {
    [
      ("b_gsm_tree_n100000", { instance("b_gsm_tree_n100000", generated(100_000), known[100_000]) })
    ]
  }

  private struct Tree {
    var parent: [Int]
    var time: [Double]
    var holding: [Double]
    var deviation: [Double]
    var longest: [Double]
    var factor: Double
  }

  private static func instance(_ name: String, _ tree: Tree, _ known: Double?) -> BenchmarkInstance {
    let stages = tree.parent.indices.map { index in
      var stage = GuaranteedServiceProblem.Stage("\(index)", time: tree.time[index], holdingCost: tree.holding[index])
      stage.netDeviation = tree.deviation[index]
      stage.safetyFactor = tree.factor
      stage.maximumServiceTime = tree.longest[index] < 0 ? nil : tree.longest[index]
      return stage
    }
    let links = tree.parent.indices.filter { tree.parent[$0] >= 0 }.map {
      GuaranteedServiceProblem.Link(from: tree.parent[$0], to: $0)
    }
    let problem = GuaranteedServiceProblem(stages: stages, links: links)
    return BenchmarkInstance(name: name, known: known) {
      let solution = try problem.solve()
      return Outcome(
        status: "optimal", objective: solution.cost, bound: solution.bound, note: "\(problem.stages.count) stages")
    }
  }

  /// The tree of the recorded instances' seed: suppliers among the first half, demand at the leaves, pooled upwards.
  private static func generated(_ count: Int) -> Tree {
    func draws(_ stream: UInt64) -> [Double] { uniforms(seed: 31, stream: stream, count: count) }
    let (place, time, value, spread, promise) = (draws(0), draws(1), draws(2), draws(3), draws(4))
    var parent = [Int](repeating: -1, count: count)
    var isLeaf = [Bool](repeating: true, count: count)
    var holding = [Double](repeating: 0, count: count)
    for index in 0..<count {
      if index > 0 {
        parent[index] = index > 3 ? Int(Double(index - 1) * (0.5 * place[index])) : index - 1
        isLeaf[parent[index]] = false
      }
      holding[index] = (index == 0 ? 1 : holding[parent[index]]) + value[index]
    }
    var variance = (0..<count).map { index in
      let deviation = isLeaf[index] ? 5 + 45 * spread[index] : 0
      return deviation * deviation
    }
    for index in stride(from: count - 1, to: 0, by: -1) { variance[parent[index]] += variance[index] }
    return Tree(
      parent: parent, time: time.map { 1 + ($0 * 5).rounded(.down) }, holding: holding,
      deviation: variance.map { $0.squareRoot() },
      longest: (0..<count).map { isLeaf[$0] ? (promise[$0] * 3).rounded(.down) : -1 }, factor: 1.645)
  }
}

/// Stock at sites before demand is known: `g_twostage_*.json` with `c` (unit costs), `p` (costs of a unit short), `nbr` and
/// `t` (the sites that a site can ship to, and what a unit costs), `dem` (demands by scenario, all alike) and `Q` (units
/// in all).
enum TwoStageStockInstances: InstanceFamily {
  static func accepts(_ fileName: String) -> Bool { fileName.hasPrefix("g_twostage") && fileName.hasSuffix(".json") }

  private static let known = [
    "g_twostage_J20_S50.json": 12395.912944130685, "g_twostage_J50_S200.json": 26093.18212780744,
  ]

  static func read(_ path: String, limits: WorkLimits) throws -> [BenchmarkInstance] {
    let json = try InstanceJSON(path)
    let (unitCost, shortage) = (try json.numbers("c"), try json.numbers("p"))
    let neighbours = try json.matrix("nbr")
    let shipping = try json.matrix("t").values
    let demand = try json.matrix("dem")
    let scenarios = demand.columns == 0 ? 0 : demand.values.count / demand.columns
    let problem = TwoStageStockProblem(
      sites: zip(unitCost, shortage).enumerated().map { .init("\($0)", unitCost: $1.0, shortageCost: $1.1) },
      lanes: neighbours.values.enumerated().map {
        .init(from: $0.offset / neighbours.columns, to: Int($0.element), cost: shipping[$0.offset])
      },
      scenarios: (0..<scenarios).map { scenario in
        let row = demand.values[(scenario * demand.columns)..<((scenario + 1) * demand.columns)]
        return .init("\(scenario)", probability: 1 / Double(scenarios), demand: Array(row))
      }, quantityLimit: try json.number("Q"))
    let name = URL(filePath: path).lastPathComponent
    return [
      BenchmarkInstance(name: name, known: known[name]) {
        let solution = try problem.solve(within: AllocationLimits(seconds: limits.seconds))
        return Outcome(
          status: solution.isOptimal ? "optimal" : "feasible", objective: solution.cost, bound: solution.bound,
          note: "\(solution.iterations) master programs")
      }
    ]
  }
}
