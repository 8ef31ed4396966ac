import Testing
import TimeSeries

struct CoherentPathsTests {
  let hierarchy: Hierarchy
  let base: [Double]
  let errors: [Double]
  let weights: [Double]

  init() throws {
    hierarchy = try MadeHierarchies.crossed(regions: 2, cities: 3, partners: 6, products: 3)
    base = MadeHierarchies.base(hierarchy, horizon: 2, level: 40)
    errors = MadeHierarchies.errors(hierarchy, periods: 40)
    weights = [Double](repeating: 1, count: hierarchy.nodeCount * 2)
  }

  func paths(_ method: ReconciliationMethod, draws: Int, nonNegative: Bool = false) throws -> CoherentPaths {
    try CoherentPaths(
      Reconciler(hierarchy, method: method, residuals: errors), base: base, residuals: errors, weights: weights,
      horizon: 2, drawCount: draws, nonNegative: nonNegative, seed: 5)
  }

  /// The mean of reconciled draws is the reconciled mean, up to what 600 draws of mean errors leave.
  @Test func drawsAreAroundTheCoherentForecast() throws {
    let paths = try paths(.minimumTrace, draws: 600)
    let reconciler = try Reconciler(hierarchy, method: .minimumTrace, residuals: errors)
    let mean = (0..<hierarchy.nodeCount).map { errors[$0 * 40..<($0 + 1) * 40].reduce(0, +) / 40 }
    for step in 0..<2 {
      let centre = (0..<hierarchy.nodeCount).map { base[$0 * 2 + step] + Double(step + 1) * mean[$0] }
      let expected = try reconciler.reconcile(centre, horizon: 1)
      let draws = paths.draws(step: step)
      for node in 0..<hierarchy.nodeCount {
        let values = draws[node * 600..<(node + 1) * 600]
        let average = values.reduce(0, +) / 600
        let variance = values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / 600
        // Five standard errors.
        #expect(abs(average - expected[node]) < 5 * (variance / 600).squareRoot())
      }
    }
  }

  @Test func everyDrawAddsUpAndQuantilesAscend() throws {
    let paths = try paths(.structural, draws: 200, nonNegative: true)
    #expect(paths.bottom.allSatisfy { $0 >= 0 })
    #expect(hierarchy.incoherence(paths.draws(step: 1), lanes: 200) == 0)
    let quantiles = paths.quantiles(step: 1, probabilities: [0, 0.1, 0.5, 0.9, 1])
    #expect(quantiles.count == hierarchy.nodeCount * 5)
    for node in 0..<hierarchy.nodeCount {
      let row = Array(quantiles[node * 5..<(node + 1) * 5])
      #expect(row == row.sorted())
    }
    #expect(quantiles[4] == paths.draws(step: 1)[..<200].max())
  }

  @Test func sameSeedSameDraws() throws {
    #expect(try paths(.minimumTrace, draws: 70).bottom == paths(.minimumTrace, draws: 70).bottom)
  }

  @Test func refusals() throws {
    let reconciler = try Reconciler(hierarchy, method: .structural)
    #expect(throws: ReconciliationError.residualsMissing) {
      try CoherentPaths(reconciler, base: base, residuals: [], weights: weights, horizon: 2, seed: 1)
    }
    #expect(throws: ReconciliationError.wrongCount(expected: base.count, found: 1)) {
      try CoherentPaths(reconciler, base: [1], residuals: errors, weights: weights, horizon: 2, seed: 1)
    }
  }
}
