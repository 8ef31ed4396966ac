internal import LinearAlgebra

/// Unconstrained minimisation of a smooth function of few variables from its value and exact gradient, down to the
/// rounding level of the gradient.
///
/// Newton's method in a trust region, the Hessian by differences of the exact gradient: Nocedal and Wright, "Numerical
/// Optimization" (2nd ed., 2006), chapter 4 and section 8.1. Near the optimum, where values no longer tell two points
/// apart, the length of the gradient decides. Cost: k + 1 evaluations an iteration for k variables.
struct NewtonSearch {
  /// A value and its gradient; nil where the function is not defined.
  typealias Function = (_ point: [Double]) -> (value: Double, gradient: [Double])?

  struct Result {
    var point: [Double]
    var value: Double
    var gradient: [Double]
    var iterations: Int
    var evaluations: Int
  }

  /// Typical size of each variable: steps and differences are taken in units of it.
  let scale: [Double]
  let iterationLimit: Int
  /// The rounding error of the gradient per relative change of a variable, beyond that of the value.
  let rounding: (Result) -> Double

  /// A variable beyond this means that the function has no minimum.
  static let farthest = 1e5
  /// A Hessian good to six digits turns a step of 1e-8 into an error of 1e-14.
  private static let forwardDifference = 1e-6
  private static let centralDifference = 1e-4
  private static let shortestStep = 1e-8

  func minimize(from start: [Double], _ function: Function) throws(RegressionError) -> Result {
    guard let first = function(start) else {
      throw .notConverged(iterations: 0, cause: "the likelihood is not defined at the start")
    }
    var state = Result(point: start, value: first.value, gradient: first.gradient, iterations: 0, evaluations: 1)
    var radius = 1.0
    var escapes = 0
    while true {
      // 1. The curvature here.
      let hessian = forwardHessian(&state, function)
      // 2. Steps in the trust region until one improves.
      let outcome = advance(&state, hessian, &radius, function)
      state.iterations += 1
      // 3. Where none does it is a minimum, unless the curvature is negative, as at a variance of zero that should grow.
      if outcome != .moved {
        guard let hessian, escapes < 3, escape(&state, hessian, function) else {
          try check(state, isFinal: true)
          return state
        }
        escapes += 1
        radius = 1
      }
      let isLast = state.iterations >= iterationLimit
      try check(state, isFinal: isLast)
      if isLast { return state }
    }
  }

  /// Throws where the point has run away, and where the slope is not zero at the end.
  private func check(_ state: Result, isFinal: Bool) throws(RegressionError) {
    if state.point.contains(where: { abs($0) > NewtonSearch.farthest }) {
      throw .notConverged(
        iterations: state.iterations,
        cause: "the random effects explain the response without error, so that their variance has no estimate")
    }
    guard isFinal else { return }
    let slope = zip(state.gradient, zip(state.point, scale)).reduce(0) { max($0, abs($1.0) * max(abs($1.1.0), $1.1.1)) }
    guard slope <= 1e-5 * (1 + abs(state.value) / 1e3) + rounding(state) else {
      throw .notConverged(
        iterations: state.iterations, cause: "the deviance still changes by \(slope) per relative change of a variance")
    }
  }

  private func forwardHessian(_ state: inout Result, _ function: Function) -> Matrix? {
    var elements: [Double] = []
    for j in scale.indices {
      var point = state.point
      point[j] += NewtonSearch.forwardDifference * max(1, abs(point[j] / scale[j])) * scale[j]
      state.evaluations += 1
      guard let ahead = function(point) else { return nil }
      let change = point[j] - state.point[j]
      elements.append(contentsOf: zip(ahead.gradient, state.gradient).map { ($0 - $1) / change })
    }
    return symmetric(elements)
  }

  /// The Hessian in units of the scale, by central differences: 2 k evaluations; nil where a difference leaves the
  /// domain.
  func hessian(_ state: inout Result, _ function: Function) -> Matrix? {
    var elements: [Double] = []
    for j in scale.indices {
      let step = NewtonSearch.centralDifference * max(1, abs(state.point[j] / scale[j])) * scale[j]
      var (up, down) = (state.point, state.point)
      up[j] += step
      down[j] -= step
      state.evaluations += 2
      guard let above = function(up), let below = function(down) else { return nil }
      elements.append(contentsOf: zip(above.gradient, below.gradient).map { ($0 - $1) / (up[j] - down[j]) })
    }
    return symmetric(elements)
  }

  private func symmetric(_ elements: [Double]) -> Matrix {
    let raw = Matrix(rows: scale.count, columns: scale.count, elements: elements)
    var hessian = raw
    for j in scale.indices {
      for i in scale.indices { hessian[i, j] = (raw[i, j] + raw[j, i]) / 2 * scale[i] * scale[j] }
    }
    return hessian
  }

  private enum Outcome {
    case moved
    /// The step was so short that the next one would be lost in rounding.
    case arrived
    case stalled
  }

  private func advance(
    _ state: inout Result, _ hessian: Matrix?, _ radius: inout Double, _ function: Function
  ) -> Outcome {
    let gradient = zip(state.gradient, scale).map { $0 * $1 }
    let length = dot(gradient, gradient).squareRoot()
    guard length > 0 else { return .stalled }
    // Where the difference quotients are not defined, steepest descent.
    let curvature = hessian ?? diagonal(length / radius)
    for _ in 0..<60 {
      guard let step = step(curvature, gradient, radius) else { return .stalled }
      let predicted = -dot(gradient, step) - dot(step, curvature * step) / 2
      let point = zip(zip(state.point, step), scale).map { $0.0 + $0.1 * $1 }
      state.evaluations += 1
      // Below this the rounding of the value hides a change of it.
      let decisive = predicted > 1e-9 * (1 + abs(state.value) / 1e3)
      if let next = function(point) {
        let slope = zip(next.gradient, scale).map { $0 * $1 }
        let better =
          decisive
          ? state.value - next.value > 1e-4 * predicted : dot(slope, slope).squareRoot() < 0.5 * length
        if better {
          if decisive, state.value - next.value > 0.5 * predicted { radius *= 3 }
          (state.point, state.value, state.gradient) = (point, next.value, next.gradient)
          return dot(step, step).squareRoot() < NewtonSearch.shortestStep * max(1, size(point)) ? .arrived : .moved
        }
        if !decisive { return .stalled }
      }
      radius = min(radius, dot(step, step).squareRoot()) / 4
    }
    return .stalled
  }

  /// The minimiser of gᵀs + sᵀHs/2 within the radius, roughly: (H + μI) s = −g with the first μ of a growing series
  /// that makes the matrix positive definite and the step short enough.
  private func step(_ hessian: Matrix, _ gradient: [Double], _ radius: Double) -> [Double]? {
    let largest = hessian.diagonal.reduce(0) { max($0, abs($1)) }
    var shift = 0.0
    for _ in 0..<200 {
      var shifted = hessian
      for i in gradient.indices { shifted[i, i] += shift }
      if let factor = try? Cholesky(shifted) {
        let step = factor.solve(gradient).map { -$0 }
        if step.isAllFinite, dot(step, step).squareRoot() <= radius { return step }
      }
      shift = max(1.5 * shift, 1e-10 * largest, .leastNormalMagnitude)
    }
    return nil
  }

  /// Length in units of the scale.
  private func size(_ point: [Double]) -> Double {
    zip(point, scale).reduce(0) { $0 + ($1.0 / $1.1) * ($1.0 / $1.1) }.squareRoot()
  }

  private func diagonal(_ value: Double) -> Matrix {
    var matrix = Matrix.identity(scale.count)
    for i in scale.indices { matrix[i, i] = value }
    return matrix
  }

  /// Leaves a saddle along a variable with negative curvature; false where there is none.
  private func escape(_ state: inout Result, _ hessian: Matrix, _ function: Function) -> Bool {
    let largest = hessian.diagonal.reduce(0) { max($0, abs($1)) }
    for i in scale.indices where hessian[i, i] < -1e-6 * max(largest, 1) {
      for size in [1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001] {
        var point = state.point
        point[i] += size * scale[i]
        state.evaluations += 1
        guard let next = function(point), next.value < state.value else { continue }
        (state.point, state.value, state.gradient) = (point, next.value, next.gradient)
        return true
      }
    }
    return false
  }
}
