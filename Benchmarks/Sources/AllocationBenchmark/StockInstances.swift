import Foundation
import Sluice

/// Newsvendors with one shared budget: `b_newsvendor_*.json`.
///
/// Lists mu, sd (normal demand), c (what a unit takes of the budget), h (cost of a unit left over), p (of a unit missing);
/// number B (the budget).
struct StockInstances: InstanceFamily {
  static func accepts(_ fileName: String) -> Bool {
    fileName.hasPrefix("b_newsvendor") && fileName.hasSuffix(".json")
  }

  static func read(_ path: String, limits: WorkLimits) throws -> [BenchmarkInstance] {
    let json = try InstanceJSON(path)
    let (means, deviations) = (try json.numbers("mu"), try json.numbers("sd"))
    let (costs, holding, stockout) = (try json.numbers("c"), try json.numbers("h"), try json.numbers("p"))
    let budget = try json.number("B")
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    return [instance(name, means, deviations, costs, holding, stockout, budget)]
  }

  static func large(limits: WorkLimits) -> [(name: String, make: () throws -> BenchmarkInstance)] {
    [100_000, 1_000_000].map { count in ("b_newsvendor_n\(count)", { generated(count) }) }
  }

  /// The generator of the seeded instances.
  private static func generated(_ count: Int, seed: UInt64 = 21, share: Double = 0.85) -> BenchmarkInstance {
    let u = (0..<5).map { uniforms(seed: seed, stream: $0, count: count) }
    let means = u[0].map { 10 * pow(100, $0) }
    let deviations = (0..<count).map { means[$0] * (0.1 + 0.4 * u[1][$0]) }
    let costs = u[2].map { 1 + 99 * $0 }
    let holding = (0..<count).map { costs[$0] * (0.02 + 0.03 * u[3][$0]) }
    let stockout = (0..<count).map { costs[$0] * (0.2 + 0.8 * u[4][$0]) }
    let wanted = (0..<count).reduce(0.0) { sum, i in
      let ratio = stockout[i] / (stockout[i] + holding[i])
      return sum + costs[i] * max(0, Normal(mean: means[i], standardDeviation: deviations[i]).quantile(ratio))
    }
    return instance("b_newsvendor_n\(count)", means, deviations, costs, holding, stockout, share * wanted)
  }

  private static func instance(
    _ name: String, _ means: [Double], _ deviations: [Double], _ costs: [Double], _ holding: [Double],
    _ stockout: [Double], _ budget: Double
  ) -> BenchmarkInstance {
    // Building the problem from the arrays is part of what is measured.
    BenchmarkInstance(name: name, known: nil) {
      var problem = NewsvendorProblem(
        demands: .normal(means: means, standardDeviations: deviations), holding: holding, stockout: stockout)
      problem.budget = .init(budget, perUnit: costs)
      let solution = try problem.solve()
      return Outcome(
        status: solution.status.rawValue, objective: solution.objective, bound: solution.bound,
        note: "price \(solution.budgetPrice)")
    }
  }
}
