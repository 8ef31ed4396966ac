internal import LinearAlgebra

/// The least-squares problem of a reconciler with some bottom series held at zero.
///
/// With H = A⁻¹ and the unbounded solution b*, holding the series N at zero pulls by g_N = −H_NN⁻¹ b*_N and gives
/// b = b* + H_·N g_N. The columns of H are computed when a series is first held, and kept. Where they would take too
/// much memory, the equations of the free series A_FF b_F = (A b*)_F are solved by conjugate gradients.
struct HeldSeriesProblem {
  private let reconciler: Reconciler
  private var columns: [Int: [Double]] = [:]
  private var operations: NormalOperations
  /// Numbers that the columns may take up.
  private let largestColumns: Int
  /// Above this many held series the factorization costs more than conjugate gradients.
  private static let largestOrder = 100

  /// - Parameter largestColumns: 160 MB by default.
  init(_ reconciler: Reconciler, largestColumns: Int = 20_000_000) throws(ReconciliationError) {
    self.reconciler = reconciler
    self.largestColumns = largestColumns
    operations = try NormalOperations(reconciler)
  }

  /// - Parameters:
  ///   - held: ascending.
  ///   - near: where conjugate gradients start.
  /// - Returns: the bottom series, and per held series its pull g in the unit of the forecasts: times 1/A_ii.
  mutating func solve(unbounded: [Double], held: [Int], near: [Double]) throws(ReconciliationError)
    -> (values: [Double], pulls: [Double])
  {
    guard !held.isEmpty else { return (unbounded, []) }
    guard held.count * unbounded.count <= largestColumns, held.count <= Self.largestOrder else {
      return operations.solve(unbounded: unbounded, held: held, near: near)
    }
    addColumns(held)
    var block = Matrix(rows: held.count, columns: held.count)
    for (j, column) in held.enumerated() {
      guard let values = columns[column] else { continue }
      for (i, row) in held.enumerated() { block[i, j] = values[row] }
    }
    let pulls: [Double]
    do { pulls = try Cholesky(block).solve(held.map { -unbounded[$0] }) } catch { throw .singular }
    var values = unbounded
    for (series, pull) in zip(held, pulls) {
      guard let column = columns[series] else { continue }
      for index in values.indices { values[index] += pull * column[index] }
    }
    for series in held { values[series] = 0 }
    return (values, zip(held, pulls).map { $1 / operations.diagonal[$0] })
  }

  /// max |min(b, g/A_ii)|.
  mutating func violation(of values: [Double], unbounded: [Double]) -> Double {
    let gradient = operations.applied(to: zip(values, unbounded).map { $0 - $1 })
    return values.indices.reduce(0) {
      max($0, abs(min(values[$1], gradient[$1] / operations.diagonal[$1])))
    }
  }

  /// H e_i = A_D⁻¹ e_i + x(V) (I + VᵀΠV)⁻¹ x(V)ᵀ e_i, with A_D the equations under D alone.
  private mutating func addColumns(_ held: [Int]) {
    let missing = held.filter { columns[$0] == nil }
    guard !missing.isEmpty else { return }
    let (count, lanes) = (reconciler.hierarchy.bottomCount, missing.count)
    var right = [Double](repeating: 0, count: count * lanes)
    for (lane, series) in missing.enumerated() { right[series * lanes + lane] = 1 }
    var solved = reconciler.diagonal.solve(right, lanes: lanes)
    if let factors = reconciler.factors {
      let shared = factors.core.solve(factors.bottom.selecting(columns: missing)).transposedTimes(factors.bottom)
      for index in solved.indices { solved[index] += shared.storage[index] }
    }
    for (lane, series) in missing.enumerated() {
      columns[series] = (0..<count).map { solved[$0 * lanes + lane] }
    }
  }
}

/// A = SᵀW⁻¹S as an operation, and the equations of some of its rows by conjugate gradients.
///
/// By Woodbury's identity W⁻¹ = D⁻¹ − D⁻¹V (I + VᵀD⁻¹V)⁻¹ VᵀD⁻¹, so that A is the operation under D alone less Q Qᵀ with
/// Q = SᵀD⁻¹V L⁻ᵀ, L the Cholesky factor of the inner matrix.
struct NormalOperations {
  private let reconciler: Reconciler
  /// Qᵀ: periods × bottom series; nil without V.
  private let shared: Matrix?
  private var work: [Double]
  /// A_ii.
  let diagonal: [Double]

  private static let tolerance = 1e-11
  private static let maximumSteps = 2000

  init(_ reconciler: Reconciler) throws(ReconciliationError) {
    self.reconciler = reconciler
    let hierarchy = reconciler.hierarchy
    work = [Double](repeating: 0, count: hierarchy.nodeCount)
    var diagonal = reconciler.diagonal.gradient([Double](repeating: 1, count: hierarchy.nodeCount), lanes: 1)
    if let factors = reconciler.factors {
      shared = try Self.shared(factors, reconciler)
    } else {
      shared = nil
    }
    if let shared {
      for series in diagonal.indices { diagonal[series] -= shared.column(series).reduce(0) { $0 + $1 * $1 } }
    }
    self.diagonal = diagonal
  }

  private static func shared(_ factors: ErrorFactors, _ reconciler: Reconciler) throws(ReconciliationError) -> Matrix {
    let periods = factors.loadings.rows
    var scaled = factors.loadings.elements
    for node in 0..<reconciler.hierarchy.nodeCount {
      let root = 1 / reconciler.variances[node].squareRoot()
      for index in node * periods..<(node + 1) * periods { scaled[index] *= root }
    }
    var inner = Matrix(rows: periods, columns: reconciler.hierarchy.nodeCount, elements: scaled).transposed().gram()
    for time in 0..<periods { inner[time, time] += 1 }
    let sums = reconciler.diagonal.gradient(factors.loadings.elements, lanes: periods)
    let columns = Matrix(rows: periods, columns: reconciler.hierarchy.bottomCount, elements: sums)
    do { return try Cholesky(inner).lower.solveTriangle(.lower, columns) } catch { throw .singular }
  }

  /// A b.
  mutating func applied(to bottom: [Double]) -> [Double] {
    applied(to: bottom, under: reconciler.diagonal)
  }

  private mutating func applied(to bottom: [Double], under equations: DiagonalNormalEquations) -> [Double] {
    var result = equations.applied(to: bottom, lanes: 1, work: &work)
    if let shared {
      let part = shared.transposedTimes(shared * bottom)
      for index in result.indices { result[index] -= part[index] }
    }
    return result
  }

  /// A_FF b_F = (A b*)_F by conjugate gradients from `near`, preconditioned by the longest chain of nested levels with
  /// the held series left out.
  mutating func solve(unbounded: [Double], held: [Int], near: [Double]) -> (values: [Double], pulls: [Double]) {
    let hierarchy = reconciler.hierarchy
    var variances = reconciler.variances
    for series in held { variances[hierarchy.aggregateCount + series] = 0 }
    let nested = NestedLeastSquares(hierarchy, variances: variances)
    var values = near
    for series in held { values[series] = 0 }
    func free(_ vector: [Double]) -> [Double] {
      var vector = vector
      for series in held { vector[series] = 0 }
      return vector
    }
    // A (b* − b) on the free series is the residual.
    let right = free(applied(to: unbounded))
    var residual = free(applied(to: zip(unbounded, values).map { $0 - $1 }))
    var preconditioned = residual
    nested.solve(right, lanes: 1, work: &work, into: &preconditioned)
    let enough = dot(right, preconditioned) * Self.tolerance * Self.tolerance
    nested.solve(residual, lanes: 1, work: &work, into: &preconditioned)
    var direction = preconditioned
    var size = dot(residual, preconditioned)
    for _ in 0..<Self.maximumSteps where size > enough {
      let image = free(applied(to: direction))
      let curvature = dot(direction, image)
      guard curvature > 0 else { break }
      let step = size / curvature
      for index in values.indices {
        values[index] += step * direction[index]
        residual[index] -= step * image[index]
      }
      nested.solve(residual, lanes: 1, work: &work, into: &preconditioned)
      let next = dot(residual, preconditioned)
      for index in direction.indices { direction[index] = preconditioned[index] + next / size * direction[index] }
      size = next
    }
    let gradient = applied(to: zip(values, unbounded).map { $0 - $1 })
    return (values, held.map { gradient[$0] / diagonal[$0] })
  }
}
