import Testing
import TimeSeries

struct ReconcilerTests {
  static let leastSquares: [ReconciliationMethod] = [.leastSquares, .structural, .variance, .minimumTrace]

  /// hierarchicalforecast 1.5.3 on the same forecasts and errors. Tolerance 1e-8 relative: theirs adds 2e-8 to variances
  /// and standard deviations, and the file holds ten decimals.
  @Test(arguments: leastSquares) func agreesWithPeer(_ method: ReconciliationMethod) throws {
    let reference = try ReconciliationReference.load()
    let hierarchy = try reference.hierarchy()
    #expect(Set(hierarchy.nodeNames) == Set(reference.names))
    let reconciler = try Reconciler(hierarchy, method: method, residuals: reference.errors)
    let values = try reconciler.reconcile(reference.base, horizon: reference.horizon)
    let expected = reference.expected(method)
    for (value, wanted) in zip(values, expected) {
      #expect(abs(value - wanted) <= 1e-8 * max(1, abs(wanted)))
    }
  }

  @Test(arguments: ReconciliationMethod.allCases) func forecastsAddUp(_ method: ReconciliationMethod) throws {
    let hierarchy = try MadeHierarchies.crossed(regions: 3, cities: 7, partners: 20, products: 4)
    let base = MadeHierarchies.base(hierarchy, horizon: 3)
    let errors = MadeHierarchies.errors(hierarchy, periods: 30)
    let reconciler = try Reconciler(hierarchy, method: method, residuals: errors)
    let values = try reconciler.reconcile(base, horizon: 3)
    #expect(hierarchy.incoherence(values, lanes: 3) < 1e-9)
  }

  /// Forecasts that add up already are the nearest ones to themselves.
  @Test(arguments: ReconciliationMethod.allCases) func coherentForecastsStay(_ method: ReconciliationMethod) throws {
    let hierarchy = try MadeHierarchies.crossed(regions: 3, cities: 7, partners: 20, products: 4)
    let bottom = (0..<hierarchy.bottomCount).map { Double($0 % 7) + 1 }
    let base = hierarchy.aggregated(bottom, lanes: 1)
    let errors = MadeHierarchies.errors(hierarchy, periods: 30)
    let reconciler = try Reconciler(hierarchy, method: method, residuals: errors)
    let values = try reconciler.reconcile(base, horizon: 1)
    for (value, wanted) in zip(values, base) { #expect(abs(value - wanted) < 1e-9 * wanted) }
  }

  /// The normal equations SᵀD⁻¹(ŷ − S b) = 0 hold for weights over four orders of magnitude.
  @Test func normalEquationsHold() throws {
    let hierarchy = try MadeHierarchies.crossed(regions: 3, cities: 6, partners: 30, products: 5)
    let scales = (0..<hierarchy.nodeCount).map { [1.0, 30, 3, 100][$0 % 4] }
    let errors = (0..<hierarchy.nodeCount).flatMap { [scales[$0], -scales[$0]] }
    let base = MadeHierarchies.base(hierarchy, horizon: 1)
    let reconciler = try Reconciler(hierarchy, method: .variance, residuals: errors)
    let values = try reconciler.reconcile(base, horizon: 1)
    let weighted = (0..<hierarchy.nodeCount).map { (base[$0] - values[$0]) / (scales[$0] * scales[$0]) }
    let summing = MadeHierarchies.summingMatrix(hierarchy)
    for series in 0..<hierarchy.bottomCount {
      var (sum, size) = (0.0, 0.0)
      for node in 0..<hierarchy.nodeCount where summing[node][series] != 0 {
        sum += weighted[node]
        size += abs(weighted[node])
      }
      #expect(abs(sum) <= 1e-8 * size)
    }
  }

  @Test func bottomUpAndTopDown() throws {
    let hierarchy = try Hierarchy(
      columns: [.init("region", ["a", "a", "b"]), .init("shop", ["1", "2", "3"])], nests: [["region", "shop"]])
    // total, regions a and b, shops; b is its only shop.
    let base: [Double] = [100, 30, 20, 4, 6, 25]
    let up = try Reconciler(hierarchy, method: .bottomUp).reconcile(base, horizon: 1)
    #expect(up == [35, 10, 25, 4, 6, 25])
    let down = try Reconciler(hierarchy, method: .topDown).reconcile(base, horizon: 1)
    #expect(zip(down, [100, 60, 40, 24, 36, 40]).allSatisfy { abs($0 - $1) < 1e-12 })
    let zeros = try Reconciler(hierarchy, method: .topDown).reconcile([9, 0, 0, 0, 0, 0], horizon: 1)
    #expect(zeros == [9, 4.5, 4.5, 2.25, 2.25, 4.5])
  }

  @Test func unknownErrorsAndSilentNodes() throws {
    let hierarchy = try MadeHierarchies.crossed(regions: 2, cities: 4, partners: 10, products: 3)
    var errors = MadeHierarchies.errors(hierarchy, periods: 24)
    let silent = hierarchy.bottomNodes.lowerBound
    for time in 0..<24 { errors[silent * 24 + time] = 0 }
    for node in 0..<hierarchy.nodeCount {
      errors[node * 24] = .nan
      errors[node * 24 + 1 + node % 23] = .nan
    }
    let reconciler = try Reconciler(hierarchy, method: .minimumTrace, residuals: errors)
    let shrinkage = try #require(reconciler.shrinkage)
    #expect(shrinkage > 0 && shrinkage < 1)
    var base = MadeHierarchies.base(hierarchy, horizon: 1)
    base[silent] = 0
    let values = try reconciler.reconcile(base, horizon: 1)
    #expect(values.allSatisfy { $0.isFinite })
    // Nothing was ever wrong with the forecast of the silent node: it hardly moves.
    #expect(abs(values[silent]) < 0.01)
  }

  @Test func refusals() throws {
    let hierarchy = try MadeHierarchies.crossed(regions: 2, cities: 2, partners: 4, products: 2)
    #expect(throws: ReconciliationError.residualsMissing) { try Reconciler(hierarchy, method: .minimumTrace) }
    #expect(throws: ReconciliationError.tooFewResiduals) {
      try Reconciler(
        hierarchy, method: .minimumTrace, residuals: [Double](repeating: .nan, count: hierarchy.nodeCount * 3))
    }
    let reconciler = try Reconciler(hierarchy, method: .structural)
    #expect(throws: ReconciliationError.wrongCount(expected: hierarchy.nodeCount, found: 2)) {
      try reconciler.reconcile([1, 2], horizon: 1)
    }
    var base = MadeHierarchies.base(hierarchy, horizon: 1)
    base[0] = .nan
    #expect(throws: ReconciliationError.notFinite(node: "total")) { try reconciler.reconcile(base, horizon: 1) }
  }
}
