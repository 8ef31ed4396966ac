import Foundation
import LinearAlgebra
import Probability
import Testing

@testable import Regression

struct QuadraticElasticNetTests {
  /// A Gram matrix of `rows` correlated rows: singular with fewer rows than columns.
  static func problem(
    rows: Int, columns: Int, alpha: Double, seed: UInt64, copies: Bool = false, factors: [Double]? = nil
  ) -> QuadraticElasticNet {
    var stream = RandomStream(seed: seed, key: RandomStream.key("quadratic"))
    var matrix = Matrix(rows: rows, columns: columns)
    var response = [Double](repeating: 0, count: rows)
    for i in 0..<rows {
      let common = stream.normal()
      for j in 0..<columns { matrix[i, j] = 0.9 * common + 0.4 * stream.normal() }
      response[i] = stream.normal() + matrix[i, 0] - matrix[i, columns - 1]
    }
    if copies { for j in stride(from: 1, to: columns, by: 2) { matrix.setColumn(j, Array(matrix.column(j - 1))) } }
    return QuadraticElasticNet(
      gram: matrix.gram(), cross: matrix.transposedTimes(response), alpha: alpha, penaltyFactors: factors)
  }

  /// The optimality conditions, from G and q alone.
  static func violation(_ problem: QuadraticElasticNet, _ solution: QuadraticElasticNet.Solution) -> Double {
    let product = problem.gram * solution.coefficients
    var worst = 0.0
    for j in problem.cross.indices {
      let (b, v) = (solution.coefficients[j], problem.penaltyFactors[j])
      let gradient = problem.cross[j] - product[j] - solution.lambda * (1 - problem.alpha) * v * b
      let absolute = solution.lambda * problem.alpha * v
      worst = max(worst, b == 0 ? abs(gradient) - absolute : abs(gradient - (b > 0 ? absolute : -absolute)))
    }
    return worst / solution.lambda
  }

  /// From nothing to a small λ in one step: no path leads there, and the columns are close to one another.
  @Test(arguments: [1.0, 0.6, 0.0], [(60, 20), (10, 25), (30, 30)])
  func coldStarts(alpha: Double, shape: (Int, Int)) {
    for seed in 1...6 as ClosedRange<UInt64> {
      for copies in [false, true] {
        let problem = Self.problem(rows: shape.0, columns: shape.1, alpha: alpha, seed: seed, copies: copies)
        let largest = problem.largestLambda(problem.null())
        let solution = problem.minimum(at: 0.003 * largest)
        #expect(Self.violation(problem, solution) < 1e-9)
        #expect(solution.optimalityResidual < 1e-9)
      }
    }
  }

  /// Feature-sign search alone, which is the last resort, reaches the same minimum.
  @Test(arguments: [(60, 20), (10, 25)], [false, true])
  func featureSignSearchAlone(shape: (Int, Int), copies: Bool) {
    for seed in 1...5 as ClosedRange<UInt64> {
      let problem = Self.problem(rows: shape.0, columns: shape.1, alpha: 1, seed: seed, copies: copies)
      let lambda = 0.01 * problem.largestLambda(problem.null())
      var search = ActiveSetSearch(problem)
      search.penalty = ElasticNetPenalty(
        lambda: lambda, alpha: 1, factors: [Double](repeating: 1, count: shape.1))
      search.searchFeatureSigns()
      let solution = QuadraticElasticNet.Solution(
        lambda: lambda, coefficients: search.coefficients, residual: search.residual, optimalityResidual: 0,
        iterations: 0)
      #expect(Self.violation(problem, solution) < 1e-9)
    }
  }

  @Test func warmStartsEndWhereColdOnesDo() {
    let problem = Self.problem(rows: 50, columns: 15, alpha: 0.9, seed: 3)
    let largest = problem.largestLambda(problem.null())
    let path = problem.path(geometricPath(from: largest, ratio: 1e-3, count: 20))
    for solution in path {
      let cold = problem.minimum(at: solution.lambda)
      for (left, right) in zip(solution.coefficients, cold.coefficients) { #expect(abs(left - right) < 1e-10) }
      #expect(Self.violation(problem, solution) < 1e-10)
    }
    #expect(path[0].coefficients.allSatisfy { $0 == 0 })
  }

  @Test func penaltyFactors() {
    let factors = (0..<12).map { $0 == 4 ? 0 : 0.5 + Double($0 % 3) }
    let problem = Self.problem(rows: 40, columns: 12, alpha: 0.8, seed: 9, factors: factors)
    let null = problem.null()
    #expect(null.coefficients.indices.filter { null.coefficients[$0] != 0 } == [4])
    #expect(abs(null.residual[4]) < 1e-12)
    let largest = problem.largestLambda(null)
    for solution in problem.path([largest, 0.1 * largest, 0.001 * largest]) {
      #expect(Self.violation(problem, solution) < 1e-10)
    }
    // Just below the largest λ one penalised column is in.
    #expect(problem.minimum(at: 0.999 * largest).coefficients.count { $0 != 0 } == 2)
  }

  /// The proximal Newton method on a quadratic loss is one quadratic model.
  @Test func proximalNewtonOfAQuadratic() throws {
    struct Quadratic: SmoothLoss {
      let problem: QuadraticElasticNet
      var count: Int { problem.cross.count }
      func evaluate(at parameters: [Double]) -> (value: Double, gradient: [Double], hessian: Matrix) {
        let product = problem.gram * parameters
        let value = dot(parameters, product) / 2 - dot(parameters, problem.cross)
        return (value, zip(product, problem.cross).map { $0 - $1 }, problem.gram)
      }
    }
    let problem = Self.problem(rows: 40, columns: 10, alpha: 0.5, seed: 11)
    let factors = [Double](repeating: 1, count: 10)
    let newton = ProximalNewton(Quadratic(problem: problem), alpha: 0.5, penaltyFactors: factors)
    let null = try newton.null(from: [Double](repeating: 0, count: 10))
    let largest = newton.largestLambda(null)
    for point in try newton.path([0.5 * largest, 0.05 * largest], from: null, nullLambda: largest) {
      let direct = problem.minimum(at: point.lambda)
      for (left, right) in zip(point.parameters, direct.coefficients) { #expect(abs(left - right) < 1e-11) }
    }
  }
}
