import Probability
import Testing

@testable import TimeSeries

struct NonNegativeReconciliationTests {
  static let methods: [ReconciliationMethod] = [.leastSquares, .structural, .variance, .minimumTrace]

  static func reconciler(_ method: ReconciliationMethod, seed: UInt64 = 1) throws -> Reconciler {
    let hierarchy = try MadeHierarchies.crossed(regions: 2, cities: 5, partners: 14, products: 4, seed: seed)
    return try Reconciler(hierarchy, method: method, residuals: MadeHierarchies.errors(hierarchy, periods: 20))
  }

  /// Small bottom forecasts under aggregates that are too low: many series end at zero.
  static func base(_ hierarchy: Hierarchy, horizon: Int) -> [Double] {
    MadeHierarchies.base(hierarchy, horizon: horizon, level: 4).enumerated().map { index, value in
      index < hierarchy.aggregateCount * horizon ? 0.5 * value : value
    }
  }

  @Test(arguments: methods) func optimalityConditionsHold(_ method: ReconciliationMethod) throws {
    let reconciler = try Self.reconciler(method)
    let hierarchy = reconciler.hierarchy
    let base = Self.base(hierarchy, horizon: 4)
    let result = try reconciler.reconcileNonNegative(base, horizon: 4)
    #expect(result.isOptimal)
    #expect(result.steps <= 80)
    #expect(result.violation < 1e-8)
    #expect(result.values.allSatisfy { $0 >= 0 })
    #expect(result.values[(hierarchy.aggregateCount * 4)...].contains(0))
    #expect(hierarchy.incoherence(result.values, lanes: 4) == 0)
  }

  /// The gradient from the summing matrix itself, for diagonal weights: Σ_i S_ij (b̃_i − ŷ_i) / w_i is zero for positive
  /// series and not negative for those at zero.
  @Test func gradientsFromTheSummingMatrix() throws {
    let reconciler = try Self.reconciler(.structural)
    let hierarchy = reconciler.hierarchy
    let base = Self.base(hierarchy, horizon: 1)
    let values = try reconciler.reconcileNonNegative(base, horizon: 1).values
    let summing = MadeHierarchies.summingMatrix(hierarchy)
    for (series, node) in hierarchy.bottomNodes.enumerated() {
      var gradient = 0.0
      for (node, row) in summing.enumerated() {
        let weight: Double = row.reduce(0, +)
        gradient += row[series] * (values[node] - base[node]) / weight
      }
      #expect(values[node] > 0 ? abs(gradient) < 1e-8 : gradient > -1e-8)
    }
  }

  @Test(arguments: methods) func nothingChangesWithoutNegatives(_ method: ReconciliationMethod) throws {
    let reconciler = try Self.reconciler(method)
    let base = MadeHierarchies.base(reconciler.hierarchy, horizon: 2, level: 1000)
    let free = try reconciler.reconcile(base, horizon: 2)
    let result = try reconciler.reconcileNonNegative(base, horizon: 2)
    #expect(free.contains { $0 < 0 } || result.values == free)
    #expect(free.contains { $0 < 0 } || result.steps == 0)
  }

  /// Held series by columns of the inverse, and by conjugate gradients.
  @Test(arguments: methods) func bothWaysToHoldSeriesAgree(_ method: ReconciliationMethod) throws {
    let reconciler = try Self.reconciler(method)
    let free = try reconciler.bottom(Self.base(reconciler.hierarchy, horizon: 1), horizon: 1)
    let held = free.indices.filter { free[$0] < 1 }
    var byColumns = try HeldSeriesProblem(reconciler)
    var byGradients = try HeldSeriesProblem(reconciler, largestColumns: 0)
    let first = try byColumns.solve(unbounded: free, held: held, near: free)
    let second = try byGradients.solve(unbounded: free, held: held, near: free)
    #expect(held.count > 3)
    for (left, right) in zip(first.values + first.pulls, second.values + second.pulls) {
      #expect(abs(left - right) < 1e-7)
    }
  }

  /// Most series never sold, their errors are zero, and the aggregates ask for less than nothing.
  @Test(arguments: methods) func zeroHeavySeries(_ method: ReconciliationMethod) throws {
    let hierarchy = try MadeHierarchies.crossed(regions: 2, cities: 5, partners: 20, products: 5)
    var bottom = [Double](repeating: 0, count: hierarchy.bottomCount)
    for series in stride(from: 0, to: bottom.count, by: 9) { bottom[series] = 3 }
    let base = hierarchy.aggregated(bottom, lanes: 1).enumerated().map { index, value in
      index < hierarchy.aggregateCount ? value - 2 : value
    }
    var errors = [Double](repeating: 0, count: hierarchy.bottomCount * 12)
    for series in stride(from: 0, to: bottom.count, by: 9) {
      for time in 0..<12 { errors[series * 12 + time] = Double((series + 5 * time) % 7) - 3 }
    }
    let reconciler = try Reconciler(
      hierarchy, method: method, residuals: hierarchy.aggregated(errors, lanes: 12))
    let result = try reconciler.reconcileNonNegative(base, horizon: 1)
    #expect(result.isOptimal)
    #expect(result.violation < 1e-6)
    #expect(result.values.allSatisfy { $0 >= 0 && $0.isFinite })
  }

  /// When all blocks are refused the answer is still coherent and not negative, and says that it is not the best.
  @Test func boundOnIndexSets() throws {
    let reconciler = try Self.reconciler(.leastSquares)
    let base = Self.base(reconciler.hierarchy, horizon: 1)
    let result = try reconciler.reconcileNonNegative(base, horizon: 1, maximumSteps: 1)
    #expect(!result.isOptimal)
    #expect(result.steps == 1)
    #expect(result.values.allSatisfy { $0 >= 0 })
    #expect(reconciler.hierarchy.incoherence(result.values, lanes: 1) == 0)
  }

  @Test func bottomUpAndTopDownAreHeldAtZero() throws {
    let hierarchy = try Hierarchy(columns: [.init("shop", ["1", "2"])], nests: [["shop"]])
    let up = try Reconciler(hierarchy, method: .bottomUp).reconcileNonNegative([9, -3, 4], horizon: 1)
    #expect(up.values == [4, 0, 4])
  }
}
