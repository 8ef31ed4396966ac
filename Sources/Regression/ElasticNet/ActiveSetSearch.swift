internal import LinearAlgebra

/// The search for the active set and the signs of a quadratic elastic net.
///
/// 1. Newton's method on the optimality conditions, which are piecewise linear: solve on the active set, let wrong
///    signs leave and violators enter, until nothing changes. It ends after a few steps from the solution at a λ near
///    by, but may cycle (Hintermüller, Ito and Kunisch, "The primal-dual active set strategy as a semismooth Newton
///    method", 2002). Columns are screened by the sequential strong rule (Tibshirani et al., "Strong rules for
///    discarding predictors in lasso-type problems", 2012), and the discarded ones are checked at the end.
/// 2. Where it cycles, coordinate descent with covariance updates (Friedman, Hastie and Tibshirani, "Regularization
///    paths for generalized linear models via coordinate descent", 2010) comes near enough for another attempt.
/// 3. Where that fails too, feature-sign search (Lee, Battle, Raina and Ng, "Efficient sparse coding algorithms",
///    2006): every step descends, so that no active set comes twice and the search ends.
struct ActiveSetSearch {
  let problem: QuadraticElasticNet
  /// The point reached, with r = q − G b.
  var coefficients: [Double]
  var residual: [Double]
  /// Columns that may be nonzero, and their signs; zero for columns without an absolute penalty.
  var active: [Int] = []
  var signs: [Double] = []
  var penalty: ElasticNetPenalty
  var solves = 0
  private var previousLambda = Double.infinity
  private var cache: (active: [Int], ridge: Double, factor: Cholesky)?
  let largestCross: Double

  /// Attempts at Newton's method between which coordinate descent sweeps so often.
  private static let sweeps = [0, 20, 200]
  private static let newtonLimit = 20
  /// A column whose share left unexplained by the others is below this counts as depending on them.
  private static let smallestPivot = 1e-13

  init(_ problem: QuadraticElasticNet) {
    self.problem = problem
    coefficients = [Double](repeating: 0, count: problem.cross.count)
    residual = problem.cross
    penalty = ElasticNetPenalty(lambda: .infinity, alpha: problem.alpha, factors: problem.penaltyFactors)
    largestCross = problem.cross.reduce(0) { max($0, abs($1)) }
  }

  mutating func start(from coefficients: [Double]) {
    precondition(coefficients.count == self.coefficients.count, "the start does not fit the problem")
    self.coefficients = coefficients
    residual = problem.residual(coefficients)
  }

  /// The minimum at λ, found from the point reached before.
  mutating func minimum(at lambda: Double) -> QuadraticElasticNet.Solution {
    penalty = ElasticNetPenalty(lambda: lambda, alpha: problem.alpha, factors: problem.penaltyFactors)
    solves = 0
    let start = (coefficients: coefficients, residual: residual)
    var found = false
    for sweeps in ActiveSetSearch.sweeps where !found {
      if sweeps > 0 {
        (coefficients, residual) = start
        descendCoordinates(sweeps: sweeps)
      }
      activateNonzeros()
      found = newton(screened: sweeps == 0 ? screened() : Array(coefficients.indices))
    }
    if !found {
      (coefficients, residual) = start
      descendCoordinates(sweeps: ActiveSetSearch.sweeps.last ?? 0)
      searchFeatureSigns()
    }
    previousLambda = lambda
    let scale = lambda > 0 ? lambda : max(largestCross, .leastNormalMagnitude)
    return QuadraticElasticNet.Solution(
      lambda: lambda, coefficients: coefficients, residual: residual,
      optimalityResidual: penalty.violation(coefficients, residual: residual) / scale, iterations: solves)
  }

  /// The active set of the point reached: nonzeros and columns without an absolute penalty.
  mutating func activateNonzeros() {
    active = coefficients.indices.filter { coefficients[$0] != 0 || penalty.absolute[$0] == 0 }
    signs = active.map { penalty.absolute[$0] == 0 ? 0 : (coefficients[$0] > 0 ? 1 : -1) }
  }

  /// The strong rule: columns with |rⱼ| ≥ α vⱼ (2λ − λ of before), whose gradient can reach λα vⱼ if it changes no faster
  /// than λ does.
  private func screened() -> [Int] {
    guard previousLambda.isFinite, previousLambda > penalty.lambda else { return Array(coefficients.indices) }
    let bound = problem.alpha * (2 * penalty.lambda - previousLambda)
    return coefficients.indices.filter {
      coefficients[$0] != 0 || abs(residual[$0]) >= problem.penaltyFactors[$0] * bound
    }
  }

  /// What |rⱼ| may exceed λα vⱼ by: rounding of r.
  func tolerance(_ j: Int) -> Double { 1e-12 * penalty.absolute[j] + 1e-15 * largestCross }

  // MARK: Newton's method

  /// Whether the optimality conditions hold at the end; `screened` grows by columns that violate them.
  private mutating func newton(screened candidates: [Int]) -> Bool {
    var candidates = candidates
    for _ in 0..<ActiveSetSearch.newtonLimit {
      // 1. The minimum for the signs as they stand.
      guard case .minimum(let values) = solveOnActive() else { return false }
      // 2. Signs that do not hold leave.
      let wrong = active.indices.filter { values[$0] * signs[$0] < 0 || (values[$0] == 0 && signs[$0] != 0) }
      setActive(values)
      residual = problem.residual(coefficients)
      // 3. Violators among the candidates enter; once there are none, among all columns.
      var violators = entering(candidates)
      if wrong.isEmpty && violators.isEmpty && candidates.count < coefficients.count {
        candidates = Array(coefficients.indices)
        violators = entering(candidates)
      }
      if wrong.isEmpty && violators.isEmpty {
        refine()
        return true
      }
      for position in wrong.reversed() {
        coefficients[active[position]] = 0
        active.remove(at: position)
        signs.remove(at: position)
      }
      active += violators
      signs += violators.map { residual[$0] > 0 ? 1 : -1 }
    }
    return false
  }

  /// Inactive columns that violate |rⱼ| ≤ λα vⱼ.
  private func entering(_ candidates: [Int]) -> [Int] {
    var isActive = [Bool](repeating: false, count: coefficients.count)
    for column in active { isActive[column] = true }
    return candidates.filter { !isActive[$0] && abs(residual[$0]) > penalty.absolute[$0] + tolerance($0) }
  }

  /// One or two corrections of the linear solve by the residual that it leaves.
  mutating func refine() {
    for _ in 0..<2 {
      var errors = active.map { residual[$0] - penalty.square[$0] * coefficients[$0] }
      for position in errors.indices { errors[position] -= penalty.absolute[active[position]] * signs[position] }
      let largest = errors.reduce(0) { max($0, abs($1)) }
      guard largest > 1e-13 * penalty.lambda, let factor = cache?.factor, cache?.active == active else { return }
      let correction = factor.solve(errors)
      let before = (coefficients, residual)
      for (position, column) in active.enumerated() {
        let value = coefficients[column] + correction[position]
        if value * signs[position] < 0 || value == 0 && signs[position] != 0 { continue }
        coefficients[column] = value
      }
      residual = problem.residual(coefficients)
      if penalty.violation(coefficients, residual: residual) > penalty.violation(before.0, residual: before.1) {
        (coefficients, residual) = before
        return
      }
    }
  }

  mutating func setActive(_ values: [Double]) {
    for j in coefficients.indices { coefficients[j] = 0 }
    for (position, column) in active.enumerated() { coefficients[column] = values[position] }
  }

  enum ActiveSolve {
    /// One value per active column.
    case minimum([Double])
    /// Active columns depend on one another: G d = 0 for this d over the active columns.
    case dependent([Double])
  }

  /// (G_AA + λ(1 − α) V) b_A = q_A − λα V s_A.
  mutating func solveOnActive() -> ActiveSolve {
    solves += 1
    let ridge = penalty.lambda * (1 - problem.alpha)
    if cache == nil || cache?.active != active || cache?.ridge != ridge {
      switch factorize() {
      case .success(let factor): cache = (active, ridge, factor)
      case .failure(let dependency):
        cache = nil
        return .dependent(dependency.direction)
      }
    }
    guard let factor = cache?.factor else { return .minimum([]) }
    return .minimum(
      factor.solve(
        active.indices.map { problem.cross[active[$0]] - penalty.absolute[active[$0]] * signs[$0] }))
  }

  private struct Dependency: Error {
    /// Over the active columns.
    let direction: [Double]
  }

  private func factorize() -> Result<Cholesky, Dependency> {
    let system = activeSystem(count: active.count)
    var order = active.count + 1
    do {
      let factor = try Cholesky(system)
      let dependent = active.indices.first {
        let pivot = factor.lower[$0, $0]
        return pivot * pivot <= ActiveSetSearch.smallestPivot * system[$0, $0]
      }
      guard let dependent else { return .success(factor) }
      order = dependent + 1
    } catch .notPositiveDefinite(let failed) {
      order = failed
    } catch {
      return .failure(Dependency(direction: []))
    }
    // Column `order` − 1 is a combination c of those before it: d = e − c.
    var direction = [Double](repeating: 0, count: active.count)
    direction[order - 1] = 1
    if order > 1, let before = try? Cholesky(activeSystem(count: order - 1)) {
      let combination = before.solve((0..<order - 1).map { system[order - 1, $0] })
      for position in combination.indices { direction[position] = -combination[position] }
    }
    return .failure(Dependency(direction: direction))
  }

  /// The lower triangle of G_AA + λ(1 − α) V over the first active columns.
  private func activeSystem(count: Int) -> Matrix {
    let p = coefficients.count
    var elements = [Double](repeating: 0, count: count * count)
    let (gram, rows) = (problem.gram.storage.span, active.span)
    var target = elements.mutableSpan
    for j in 0..<count {
      let start = rows[j] * p
      for i in j..<count { target[i + j * count] = gram[start + rows[i]] }
      target[j + j * count] += penalty.square[rows[j]]
    }
    return Matrix(rows: count, columns: count, elements: elements)
  }
}
