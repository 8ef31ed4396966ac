import Sluice

/// Five regions, 200 cities, partners that sell most of 30 products: with 3,600 partners some 100,000 nodes.
struct LargeNetwork {
  let hierarchy: Hierarchy
  let periods: Int
  let horizon: Int
  let built: Double

  init(partners: Int, periods: Int, horizon: Int) throws {
    var stream = RandomStream(seed: 1, key: 1)
    var columns = [[String]](repeating: [], count: 4)
    for partner in 0..<partners {
      for product in 0..<30 where product == 0 || stream.uniform() < 0.85 {
        columns[0].append("region \(partner % 5)")
        columns[1].append("city \(partner % 200)")
        columns[2].append("partner \(partner)")
        columns[3].append("product \(product)")
      }
    }
    let names = ["region", "city", "partner", "product"]
    let keys = zip(names, columns).map { Hierarchy.KeyColumn($0, $1) }
    let start = cpuSeconds()
    hierarchy = try Hierarchy(columns: keys, nests: [["region", "city", "partner"], ["product"]])
    built = cpuSeconds() - start
    self.periods = periods
    self.horizon = horizon
  }

  func report() throws {
    print(hierarchy.nodeCount, "nodes,", hierarchy.bottomCount, "bottom series; structure CPU s", fixed(built))
    var stream = RandomStream(seed: 2, key: 2)
    let shared = (0..<3 * periods).map { _ in stream.uniform() - 0.5 }
    var bottom: [Double] = []
    var errors: [Double] = []
    for _ in 0..<hierarchy.bottomCount {
      // Two thirds of the series hardly sell.
      let size = stream.uniform() < 0.67 ? 0.05 : 20 * stream.uniform()
      let mix = (0..<3).map { _ in stream.uniform() }
      for _ in 0..<horizon { bottom.append(max(0, size * (2 * stream.uniform() - 0.3))) }
      for time in 0..<periods {
        let common = (0..<3).reduce(0.0) { $0 + mix[$1] * shared[$1 * periods + time] }
        errors.append(size * (common + stream.uniform() - 0.5))
      }
    }
    errors = hierarchy.aggregated(errors, lanes: periods).map { $0 * (0.8 + 0.4 * stream.uniform()) }
    let base = hierarchy.aggregated(bottom, lanes: horizon).map { $0 * (0.7 + 0.6 * stream.uniform()) }
    print("inputs", fixed(memory("VmRSS"), 0), "MB resident;", periods, "periods of errors,", horizon, "steps ahead")
    for method in ReconciliationMethod.allCases {
      var start = cpuSeconds()
      let reconciler = try Reconciler(hierarchy, method: method, residuals: errors)
      let prepared = cpuSeconds() - start
      start = cpuSeconds()
      let values = try reconciler.reconcile(base, horizon: horizon)
      let reconciled = cpuSeconds() - start
      start = cpuSeconds()
      let held = try reconciler.reconcileNonNegative(base, horizon: horizon)
      print(
        padded(method.rawValue, 12), "prepare CPU s", fixed(prepared), "reconcile", fixed(reconciled), "non-negative",
        fixed(cpuSeconds() - start), "negative", values.count { $0 < 0 }, "index sets", held.steps, "single",
        held.singleSteps, "violation", held.violation, held.isOptimal, "peak MB", fixed(memory("VmHWM"), 0))
    }
  }
}
