import Foundation
import Sluice

/// Budgets over Hill curves with floors and caps on groups: `a_hill1_*.json` (concave), `a_scurve_*.json` (S-curves).
///
/// Lists a (amplitudes), k (scales), s (slopes), lo, hi, g (group of each item); numbers B (the whole), groups; lists
/// GL and GU (floors and caps of groups) where there are any, and then all of B is to be spent.
struct SeparableInstances: InstanceFamily {
  static func accepts(_ fileName: String) -> Bool {
    fileName.hasSuffix(".json") && (fileName.hasPrefix("a_hill") || fileName.hasPrefix("a_scurve"))
  }

  static func read(_ path: String, limits: WorkLimits) throws -> [BenchmarkInstance] {
    let json = try InstanceJSON(path)
    let amplitudes = try json.numbers("a")
    var budget = HillBudget(
      a: amplitudes, k: try json.numbers("k"), s: try json.numbers("s"), lo: try json.numbers("lo"),
      hi: try json.numbers("hi"), total: try json.number("B"))
    if json.has("g") { budget.groups = try json.integers("g") }
    if json.has("GL") { budget.floors = try json.numbers("GL") }
    if json.has("GU") { budget.caps = try json.numbers("GU") }
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    return [budget.instance(name)]
  }

  static func large(limits: WorkLimits) -> [(name: String, make: () throws -> BenchmarkInstance)] {
    let names: [(String, () -> HillBudget)] = [
      ("a_hill1_n100000_g300", { HillBudget.concave(count: 100_000, groupCount: 300) }),
      ("a_scurve_n100", { HillBudget.sCurves(count: 100) }),
      ("a_scurve_n1000", { HillBudget.sCurves(count: 1000) }),
      ("a_scurve_n10000", { HillBudget.sCurves(count: 10_000) }),
      ("a_scurve_similar_n10000", { HillBudget.similar(count: 10_000) }),
    ]
    return names.map { name, make in (name, { make().instance(name) }) }
  }
}

/// max Σ a·xˢ / (kˢ + xˢ) within lo...hi, floors and caps of groups, and the total.
private struct HillBudget {
  var a: [Double]
  var k: [Double]
  var s: [Double]
  var lo: [Double]
  var hi: [Double]
  var total: Double
  var groups: [Int]?
  var floors: [Double]?
  var caps: [Double]?

  /// Building the problem from the arrays is part of what is measured.
  func instance(_ name: String) -> BenchmarkInstance {
    BenchmarkInstance(name: name) {
      let best = try problem().solve()
      return Outcome(
        status: best.relativeGap <= 1e-9 ? "optimal" : "feasible", objective: best.objective, bound: best.bound,
        note: "nodes \(best.nodes), price \(best.groupPrices[0])")
    }
  }

  private func problem() -> SeparableAllocation {
    // With floors and caps all is to be spent; without them it is anyway, as curves rise.
    let hasLimits = floors != nil || caps != nil
    var problem = SeparableAllocation(cap: total, floor: hasLimits ? total : 0, valueOfUnspent: 0)
    var own = [Int](repeating: 0, count: a.count)
    if hasLimits, let groups {
      let count = max(floors?.count ?? 0, caps?.count ?? 0, (groups.max() ?? -1) + 1)
      for group in 0..<count {
        problem.addGroup(floor: floors?[group] ?? 0, cap: caps?[group] ?? .infinity)
      }
      own = groups.map { $0 + 1 }
    }
    if s.allSatisfy({ $0 == 1 }) {
      problem.addItems(.hill, amplitudes: a, scales: k, lowers: lo, uppers: hi, groups: own)
    } else {
      for item in a.indices {
        problem.addItem(
          .hill(amplitude: a[item], scale: k[item], shape: s[item]), in: own[item], lower: lo[item], upper: hi[item])
      }
    }
    return problem
  }

  static func concave(count: Int, groupCount: Int) -> HillBudget {
    let u = (0..<6).map { uniforms(seed: 1, stream: UInt64($0), count: count) }
    let a = u[0].map { 1e3 * pow(100, $0) }
    let k = u[1].map { 1e2 * pow(100, $0) }
    let lo = (0..<count).map { 0.05 * k[$0] * u[3][$0] }
    let hi = (0..<count).map { k[$0] * (1 + 4 * u[4][$0]) }
    let groups = (0..<count).map { $0 % groupCount }
    var (low, high) = ([Double](repeating: 0, count: groupCount), [Double](repeating: 0, count: groupCount))
    for item in 0..<count {
      low[groups[item]] += lo[item]
      high[groups[item]] += hi[item]
    }
    let (lowest, highest) = (lo.reduce(0, +), hi.reduce(0, +))
    let (f, g) = (
      uniforms(seed: 1, stream: 10, count: groupCount), uniforms(seed: 1, stream: 11, count: groupCount)
    )
    let room = (0..<groupCount).map { 0.35 * (high[$0] - low[$0]) }
    var budget = HillBudget(
      a: a, k: k, s: [Double](repeating: 1, count: count), lo: lo, hi: hi, total: lowest + 0.35 * (highest - lowest))
    budget.groups = groups
    budget.floors = (0..<groupCount).map { low[$0] + (0.3 + 0.6 * f[$0]) * room[$0] }
    budget.caps = (0..<groupCount).map { min(high[$0], low[$0] + (1.05 + 0.95 * g[$0]) * room[$0]) }
    return budget
  }

  static func sCurves(count: Int) -> HillBudget {
    let u = (0..<3).map { uniforms(seed: 7, stream: UInt64($0), count: count) }
    let k = u[1].map { 1e2 * pow(100, $0) }
    return HillBudget(
      a: u[0].map { 1e3 * pow(100, $0) }, k: k, s: u[2].map { 1.5 + 2.5 * $0 },
      lo: [Double](repeating: 0, count: count), hi: k.map { 5 * $0 }, total: 0.12 * k.reduce(0, +))
  }

  static func similar(count: Int) -> HillBudget {
    let u = (0..<3).map { uniforms(seed: 9, stream: UInt64($0), count: count) }
    let k = u[1].map { 1000 * (1 + $0) }
    return HillBudget(
      a: u[0].map { 1e4 * (1 + $0) }, k: k, s: u[2].map { 3 + $0 }, lo: [Double](repeating: 0, count: count),
      hi: k.map { 5 * $0 }, total: 0.25 * k.reduce(0, +))
  }
}
