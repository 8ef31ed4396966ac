import LinearAlgebra
import Regression
import Testing

struct RelativeImportanceTests {
  /// Correlated columns of different importance beside an intercept, the response with them.
  func problem(rows: Int, columns: Int, seed: UInt64) -> (DesignMatrix, [Double]) {
    var design = simulatedDesign(rows: rows, columns: columns, seed: seed).matrix
    let common = draws(rows, seed: seed + 1)
    for j in 1..<columns { for i in 0..<rows { design[i, j] = design[i, j] * [1, 0.01, 100][j % 3] + common[i] } }
    var y = draws(rows, seed: seed + 2)
    for i in 0..<rows { for j in 1..<columns { y[i] += design[i, j] / Double(j) } }
    return (DesignMatrix(design, names: (0..<columns).map { $0 == 0 ? "(intercept)" : "x\($0)" }), y)
  }

  func drivers(_ design: DesignMatrix) -> [String] { design.names.map { $0 == "(intercept)" ? "" : $0 } }

  @Test(.enabled(if: ReferenceValues.areThere, "the reference data (shared/golden) are not here"))
  func goldenShares() throws {
    let golden = try #require(try ReferenceValues.json("extra.json")["lmg_stackloss"] as? [String: Any])
    let names = try #require(golden["names"] as? [String])
    let shares = try #require(golden["lmg"] as? [Double])
    let data = try ReferenceValues.columns("stackloss")
    let y = try #require(data["stack.loss"])
    let columns = try [y.map { _ in 1.0 }] + names.map { try #require(data[$0]) }
    let design = DesignMatrix(
      Matrix(rows: y.count, columns: 4, elements: columns.flatMap { $0 }), names: ["(intercept)"] + names)
    let importance = try RelativeImportance().shares(design, drivers: drivers(design), response: y)
    // The golden shares are given in double precision.
    #expect(largestDifference(importance.drivers.map(\.share), shares) < 1e-14)
    #expect(abs(importance.rSquared - (golden["r2"] as? Double ?? 0)) < 1e-14)
  }

  @Test func sharesAddUpToRSquaredOfTheFit() throws {
    let (design, y) = problem(rows: 300, columns: 7, seed: 61)
    let weights = draws(300, seed: 62).map { abs($0) }
    let fit = try LinearRegression().fit(design, response: y, weights: weights)
    let importance = try RelativeImportance().shares(
      design, drivers: drivers(design), response: y, weights: weights)
    #expect(importance.isExact && importance.controlled == 0)
    #expect(abs(importance.rSquared - fit.rSquared) < 1e-14)
    #expect(abs(importance.drivers.reduce(0) { $0 + $1.share } - fit.rSquared) < 1e-14)
    // A control variable outside the drivers, and a driver of two columns.
    let grouped = try RelativeImportance().shares(
      design, drivers: ["", "", "a", "b", "a", "c", "c"], response: y, weights: weights)
    #expect(grouped.drivers.map(\.name) == ["a", "b", "c"])
    #expect(abs(grouped.drivers.reduce(grouped.controlled) { $0 + $1.share } - fit.rSquared) < 1e-14)
    let control = try LinearRegression().fit(
      DesignMatrix(design.matrix.selecting(columns: [0, 1]), names: ["(intercept)", "x1"]), response: y,
      weights: weights)
    #expect(abs(grouped.controlled - control.rSquared) < 1e-14)
  }

  @Test func twoDriversByTheDefinition() throws {
    let (design, y) = problem(rows: 80, columns: 3, seed: 63)
    func rSquared(_ columns: [Int]) throws -> Double {
      try LinearRegression().fit(
        DesignMatrix(design.matrix.selecting(columns: columns), names: columns.map { design.names[$0] }), response: y
      ).rSquared
    }
    let importance = try RelativeImportance().shares(design, drivers: drivers(design), response: y)
    let (first, second, both) = (try rSquared([0, 1]), try rSquared([0, 2]), try rSquared([0, 1, 2]))
    #expect(abs(importance.drivers[0].share - (first + both - second) / 2) < 1e-14)
    #expect(abs(importance.drivers[1].share - (second + both - first) / 2) < 1e-14)
  }

  @Test func unitsOrderAndCopiesDoNotMatter() throws {
    let (design, y) = problem(rows: 120, columns: 5, seed: 64)
    let base = try RelativeImportance().shares(design, drivers: drivers(design), response: y)
    let order = [3, 1, 0, 4, 2]
    var matrix = design.matrix.selecting(columns: order)
    for i in 0..<120 { matrix[i, 1] = 1e5 * matrix[i, 1] + 1e7 }
    let other = try RelativeImportance().shares(
      DesignMatrix(matrix, names: order.map { design.names[$0] }), drivers: order.map { drivers(design)[$0] },
      response: y.map { 5 - 3 * $0 })
    for driver in base.drivers { #expect(abs((other[driver.name]?.share ?? 0) - driver.share) < 1e-11) }
    // A copy of a column halves nothing where it belongs to the same driver.
    var copied = Matrix(rows: 120, columns: 6)
    for j in 0..<6 { copied.setColumn(j, design.matrix.column(min(j, 4))) }
    let twice = try RelativeImportance().shares(
      DesignMatrix(copied, names: design.names + ["copy"]), drivers: drivers(design) + ["x4"], response: y)
    #expect(largestDifference(twice.drivers.map(\.share), base.drivers.map(\.share)) < 1e-12)
  }

  @Test func sampledOrdersAgreeWithAllSubsets() throws {
    let (design, y) = problem(rows: 200, columns: 8, seed: 65)
    let exact = try RelativeImportance().shares(design, drivers: drivers(design), response: y)
    let sampled = try RelativeImportance(exactDrivers: 3, orderPairs: 400).shares(
      design, drivers: drivers(design), response: y)
    #expect(!sampled.isExact)
    #expect(abs(sampled.drivers.reduce(0) { $0 + $1.share } - exact.rSquared) < 1e-13)
    for (left, right) in zip(sampled.drivers, exact.drivers) {
      #expect(left.standardError > 0 && left.standardError < 0.01)
      #expect(abs(left.share - right.share) < 5 * left.standardError)
    }
  }

  @Test func bootstrapByClustersNeedsNoPassOverTheRows() throws {
    let (design, y) = problem(rows: 160, columns: 4, seed: 66)
    let settings = RelativeImportance(resamples: 60, seed: 7)
    let byRow = try settings.shares(design, drivers: drivers(design), response: y)
    let clustered = try settings.shares(design, drivers: drivers(design), response: y, clusters: Array(0..<160))
    // Every row its own cluster draws the same samples.
    for (left, right) in zip(byRow.drivers, clustered.drivers) {
      let (first, second) = (try #require(left.interval), try #require(right.interval))
      #expect(abs(first.lowerBound - second.lowerBound) < 1e-12)
      #expect(abs(first.upperBound - second.upperBound) < 1e-12)
      #expect(first.contains(left.share) && first.lowerBound < first.upperBound)
    }
    let wide = try settings.shares(design, drivers: drivers(design), response: y, clusters: (0..<160).map { $0 / 20 })
    #expect(wide.drivers.map(\.share) != [] && wide.drivers[0].interval != clustered.drivers[0].interval)
  }

  @Test func refusals() {
    let (design, y) = problem(rows: 20, columns: 3, seed: 67)
    let bare = DesignMatrix(design.matrix.selecting(columns: [1, 2]), names: ["a", "b"])
    #expect(throws: RegressionError.self) { try RelativeImportance().shares(bare, drivers: ["a", "b"], response: y) }
    #expect(throws: RegressionError.constantOutcome(value: 0.1)) {
      try RelativeImportance().shares(design, drivers: ["", "a", "b"], response: y.map { _ in 0.1 })
    }
    #expect(throws: RegressionError.notFinite(column: "response")) {
      try RelativeImportance().shares(design, drivers: ["", "a", "b"], response: [.nan] + y.dropFirst())
    }
  }
}
