internal import LinearAlgebra

/// Newton's method on a generalized linear model.
struct NewtonIteration {
  private let problem: GeneralizedLinearProblem
  private let limit: Int
  private let ridge: Double
  private let isCanonical: Bool
  private var rows: GeneralizedLinearProblem.Rows
  private var point: GeneralizedLinearProblem.Point
  private var factor: BlockFactor?
  private var iterations = 0
  /// g·d of the last step taken.
  private var decrement = Double.infinity

  /// A step of this gain in log-likelihood moves coefficients by 1e-7 of their standard errors; Newton's next error is
  /// about its square.
  private static let lastDecrement = 1e-14

  /// Whether another pass for the information is dear, and the information itself right to many digits from near by.
  private var isTall: Bool { Double(rows.score.count) * Double(problem.penalty.count) > 1e7 }

  init(_ problem: GeneralizedLinearProblem, limit: Int, ridge: Double) {
    self.problem = problem
    self.limit = limit
    self.ridge = ridge
    isCanonical = problem.family.isCanonical(problem.link)
    rows = problem.emptyRows()
    point = .init(coefficients: problem.zeros, objective: .infinity, gradient: problem.zeros)
  }

  /// Finds where to start. False where the information matrix shows that columns depend on one another.
  mutating func start(
    _ given: [Double]?, _ specification: GeneralizedLinearRegression, _ data: GeneralizedLinearRegression.Data
  ) throws(RegressionError) -> Bool {
    let count = problem.rowCount
    if let given, given.count == problem.coefficientCount {
      // A given start is taken to be near the optimum, where the observed information converges.
      point = problem.evaluate(given, &rows, .observed)
      factor = problem.information(rows.curvature).factored()
      if factor != nil, point.objective.isFinite { return true }
      point.objective = .infinity
    } else if let begun = SubsampleStart(specification, data, problem) {
      (point, factor, iterations) = begun.descend(problem, &rows)
      if factor != nil { return true }
    }
    if !point.objective.isFinite, problem.link != .logit {
      guard let working = leastSquaresStart() else { return try dependentOrTooFew(count) }
      point = problem.evaluate(working, &rows, .expected)
      if !point.objective.isFinite { point = problem.evaluate(constantStart(), &rows, .expected) }
    } else if !point.objective.isFinite {
      point = problem.evaluate(problem.zeros, &rows, .expected)
    }
    guard point.objective.isFinite, point.gradient.isAllFinite else {
      if let column = problem.design.notFiniteColumn { throw .notFinite(column: column) }
      throw .notConverged(
        iterations: 0, cause: "no starting values give means that the family \(problem.family) allows")
    }
    guard let first = problem.information(rows.curvature).factored(),
      first.schur.reciprocalCondition > LinearRegression.smallestReciprocalCondition
    else { return try dependentOrTooFew(count) }
    guard ridge > 0 || problem.coefficientCount <= count else {
      throw .tooFewRows(rows: count, coefficients: problem.coefficientCount)
    }
    factor = first
    return true
  }

  private func dependentOrTooFew(_ count: Int) throws(RegressionError) -> Bool {
    if let column = problem.design.notFiniteColumn { throw .notFinite(column: column) }
    return false
  }

  /// Weighted least squares on the link of means pulled towards what the family allows.
  private mutating func leastSquaresStart() -> [Double]? {
    let total = problem.totalWeight
    var overall = 0.0
    for (i, y) in problem.response.enumerated() { overall += y * (problem.weights?[i] ?? 1) / total }
    var target = [Double](repeating: 0, count: problem.response.count)
    for (i, y) in problem.response.enumerated() {
      let weight = problem.weights?[i] ?? 1
      let mean = problem.family.startingMean(y, weight: weight, overall: overall)
      let eta = problem.link.predictor(mean)
      let slope = problem.link.derivatives(eta).slope
      rows.curvature[i] = weight * slope * slope / problem.family.variance(mean).value
      target[i] = rows.curvature[i] * (eta - (problem.offset?[i] ?? 0))
    }
    guard rows.curvature.isAllFinite, target.isAllFinite,
      let factor = problem.information(rows.curvature).factored(),
      factor.schur.reciprocalCondition > LinearRegression.smallestReciprocalCondition
    else { return nil }
    return factor.solve(problem.transposedProduct(target))
  }

  /// The overall mean as intercept.
  private func constantStart() -> [Double] {
    var (sum, total) = (0.0, 0.0)
    for (i, y) in problem.response.enumerated() {
      sum += y * (problem.weights?[i] ?? 1)
      total += problem.weights?[i] ?? 1
    }
    var start = problem.zeros
    if let intercept = problem.design.names.firstIndex(of: Design.interceptName) {
      start[intercept] = problem.link.predictor(max(sum / total, 1e-8))
    }
    return start
  }

  // MARK: - The iteration

  mutating func run() throws(RegressionError) {
    while decrement > NewtonIteration.lastDecrement {
      guard iterations < limit else {
        throw .notConverged(iterations: iterations, cause: "the likelihood still rises by \(decrement / 2) a step")
      }
      iterations += 1
      // 1. The Newton direction.
      guard let factor else {
        throw .notConverged(iterations: iterations, cause: "the information matrix became singular")
      }
      let direction = factor.solve(point.gradient)
      decrement = dot(point.gradient, direction)
      guard decrement.isFinite else {
        throw .notConverged(iterations: iterations, cause: "the likelihood has no finite slope")
      }
      if iterations > 4, ridge == 0, let columns = separatingColumns(direction) {
        throw .separation(columns: columns, rows: problem.rowCount)
      }
      // 2. The first of the steps 1, ½, ¼, … that does not worsen the objective.
      let curvature: GeneralizedLinearProblem.Curvature = !isCanonical && decrement < 1 ? .observed : .expected
      try step(direction, decrement, curvature)
      // 3. The information at the new point; that of a tall design is kept where it hardly changes.
      guard decrement > NewtonIteration.lastDecrement else { break }
      if isTall, isCanonical, decrement < 1e-9 { continue }
      self.factor = problem.information(rows.curvature).factored()
      if self.factor == nil, curvature == .observed {
        point = problem.evaluate(point.coefficients, &rows, .expected)
        self.factor = problem.information(rows.curvature).factored()
      }
    }
  }

  /// Close to the optimum the full step is taken unseen: the gain is then below what rounding lets one see.
  private mutating func step(
    _ direction: [Double], _ decrement: Double, _ curvature: GeneralizedLinearProblem.Curvature
  ) throws(RegressionError) {
    let tolerance = decrement < 1e-6 ? 1e-9 * (1 + abs(point.objective)) : 1e-12 * abs(point.objective)
    var length = 1.0
    for _ in 0..<40 {
      let next = problem.evaluate(
        zip(point.coefficients, direction).map { $0 + length * $1 }, &rows, curvature)
      if next.objective.isFinite, next.gradient.isAllFinite, next.objective <= point.objective + tolerance {
        point = next
        return
      }
      length /= 2
    }
    throw .notConverged(
      iterations: iterations, cause: "no step along the Newton direction improves the likelihood")
  }

  /// The optimum with the expected information there.
  mutating func solution(kept: [Int], dropped: [DroppedColumn]) -> GeneralizedLinearRegression.Solution {
    if !isCanonical { point = problem.evaluate(point.coefficients, &rows, .expected) }
    if !(isTall && isCanonical), let final = problem.information(rows.curvature).factored() { factor = final }
    guard let factor else { preconditionFailure("a finished iteration has a factor") }
    return .init(
      problem: problem, point: point, rows: rows, factor: factor, kept: kept, dropped: dropped, iterations: iterations)
  }

  // MARK: - Separation

  /// The columns of a direction along which no row becomes less likely and some become more so, without end. Nil where
  /// the Newton direction is not such a direction.
  ///
  /// Source: Albert and Anderson, "On the existence of maximum likelihood estimates in logistic regression models"
  /// (Biometrika 71, 1984); for counts Correia, Guimarães and Zylkin, "Verifying the existence of maximum likelihood
  /// estimates for generalized linear models" (2019). With separated data Newton's directions tend to a direction of
  /// recession, on which rows that do overlap move less and less: hence the tolerance.
  private func separatingColumns(_ direction: [Double]) -> [String]? {
    let isBinomial = problem.family == .binomial
    guard isBinomial || problem.family == .poisson || problem.family.isNegativeBinomial else { return nil }
    guard isBinomial || problem.link == .log else { return nil }
    let change = problem.predictor(direction)
    var (worst, best) = (0.0, 0.0)
    for i in change.indices where (problem.weights?[i] ?? 1) > 0 {
      let y = problem.response[i]
      let gain = y == 0 ? -change[i] : isBinomial && y == 1 ? change[i] : -abs(change[i])
      worst = min(worst, gain)
      best = max(best, gain)
    }
    let tolerance = iterations < 8 ? 0 : 1e-5
    guard best > 1e-3, -worst <= tolerance * best else { return nil }
    let names = problem.names
    let effects = direction.indices.map { index in
      let deviation =
        index < problem.design.names.count ? problem.design.moments(index, weights: problem.weights).deviation : 1
      return abs(direction[index]) * deviation
    }
    let largest = effects.max() ?? 0
    return direction.indices.filter { effects[$0] > 0.05 * largest }.map { names[$0] }
  }
}

extension GeneralizedLinearProblem {
  /// Xv with the factors' effects, without the offset.
  func predictor(_ coefficients: [Double]) -> [Double] {
    var predictor = design.matrix * Array(coefficients.prefix(design.names.count))
    for (k, factor) in factors.enumerated() {
      let start = start(of: k)
      for (i, code) in factor.codes.enumerated() where code >= 0 { predictor[i] += coefficients[start + Int(code)] }
    }
    return predictor
  }

  /// Xᵀv with the factors' sums.
  func transposedProduct(_ vector: [Double]) -> [Double] {
    var product = design.matrix.transposedTimes(vector)
    for factor in factors {
      var sums = [Double](repeating: 0, count: factor.levels.count)
      for (i, code) in factor.codes.enumerated() where code >= 0 { sums[Int(code)] += vector[i] }
      product += sums
    }
    return product
  }
}
