internal import Glibc

/// The least sum of squared errors of one form over one series.
///
/// Levenberg and Marquardt's method within bounds: one run of eight lanes gives the errors and their derivatives (by
/// differences, one parameter a lane), a second one tries eight damping factors at once and keeps the best.
///
/// Source: Nocedal & Wright, *Numerical Optimization* (2nd ed., 2006), section 10.3, with the projection of Kanzow,
/// Yamashita & Fukushima, "Levenberg-Marquardt methods with strong local convergence properties for solving nonlinear
/// equations with convex constraints" (Journal of Computational and Applied Mathematics 172, 2004).
struct ComplexSearch {
  typealias Lanes = SIMD8<Double>

  let form: ComplexExponentialSmoothing.Form

  static let lower = ComplexParameters(repeating: 0.01)
  static let upper = ComplexParameters(1.8, 1.9, 1.5, 1.5)
  private static let difference = 1e-6
  private static let maximumRounds = 30
  /// Stops when a round gains less than this of Σε², as a share.
  private static let tolerance = 1e-6

  struct Optimum {
    var parameters: ComplexParameters
    var squares: Double
  }

  init(_ form: ComplexExponentialSmoothing.Form) {
    self.form = form
  }

  /// - Parameter hopeless: no search where the sum of squares is above this at every start; nil then.
  func minimise(_ values: Span<Double>, _ start: borrowing ComplexStart, hopeless: Double = .infinity) -> Optimum? {
    var run = ComplexRun(start)
    // 1. Points all over the sensible part of the domain.
    let points = form.startPoints
    let squares = sumsOfSquares(values, points, start, &run)
    guard squares.min() < hopeless else { return nil }
    // 2. From the best of them, steps of Gauss and Newton, damped.
    var best = Optimum(parameters: points[0], squares: squares[0])
    var left = squares
    for _ in 0..<form.descents {
      var lane = 0
      for other in 1..<8 where left[other] < left[lane] { lane = other }
      left[lane] = .infinity
      let found = descend(
        from: Optimum(parameters: points[lane], squares: squares[lane]), values, start, &run)
      if found.squares < best.squares { best = found }
    }
    return best
  }

  private func descend(
    from start: Optimum, _ values: Span<Double>, _ states: borrowing ComplexStart, _ run: inout ComplexRun
  ) -> Optimum {
    var best = start
    guard best.squares > 0, best.squares.isFinite else { return best }
    var damping = 1e-2
    for _ in 0..<Self.maximumRounds {
      let system = normalEquations(values, best.parameters, states, &run)
      var points = ComplexPoints(repeating: best.parameters)
      for lane in 0..<8 {
        points[lane] = system.target(
          damping: damping * Self.dampingFactors[lane], from: best.parameters, count: form.weightCount)
      }
      let squares = sumsOfSquares(values, points, states, &run)
      var chosen = -1
      var least = best.squares
      for lane in 0..<8 where squares[lane] < least { (chosen, least) = (lane, squares[lane]) }
      guard chosen >= 0 else {
        // Every step was too long: try much shorter ones once more.
        if damping > 1e4 { break }
        damping *= 1e5
        continue
      }
      let gain = best.squares / least - 1
      best = Optimum(parameters: points[chosen], squares: least)
      damping = min(1e6, max(1e-6, damping * Self.dampingFactors[chosen] * 0.3))
      if gain < Self.tolerance { break }
    }
    return best
  }
  private static let dampingFactors: [Double] = [1e-3, 1e-2, 1e-1, 0.5, 2, 10, 1e2, 1e3]

  // MARK: - Runs

  private func sumsOfSquares(
    _ values: Span<Double>, _ points: ComplexPoints, _ start: borrowing ComplexStart, _ run: inout ComplexRun
  ) -> Lanes {
    run.reset(start)
    var sums = Lanes.zero
    run.backcastAndRun(form, values, points) { _, error in sums += error * error }
    // Where the states explode, the sum is not a number.
    for lane in 0..<8 where !sums[lane].isFinite { sums[lane] = .infinity }
    return sums
  }

  private func normalEquations(
    _ values: Span<Double>, _ point: ComplexParameters, _ start: borrowing ComplexStart, _ run: inout ComplexRun
  ) -> ComplexNormalEquations {
    run.reset(start)
    var points = ComplexPoints(repeating: point)
    for axis in 0..<4 { points[axis][axis] += Self.difference }
    var result = ComplexNormalEquations()
    run.backcastAndRun(form, values, points) { _, error in
      let slopes = (error.lowHalf - error.highHalf) / Self.difference
      result.gradient += slopes * error.highHalf
      result.row0 += slopes * slopes[0]
      result.row1 += slopes * slopes[1]
      result.row2 += slopes * slopes[2]
      result.row3 += slopes * slopes[3]
    }
    return result
  }
}

extension ComplexExponentialSmoothing.Form {
  /// Starts of the search: weights like those of simple smoothing at several speeds, with potentials that add little
  /// drift. The sum of squares has minima far from there as well, at which the states swing; they forecast worse.
  var startPoints: ComplexPoints {
    switch self {
    case .none, .simple:
      ComplexPoints([
        (1.3, 1, 0, 0), (1.1, 1, 0, 0), (1.5, 1, 0, 0), (1.7, 1, 0, 0),
        (1.3, 0.98, 0, 0), (1.3, 1.02, 0, 0), (1.05, 1.01, 0, 0), (1.6, 1.03, 0, 0),
      ])
    case .partial:
      ComplexPoints([
        (1.3, 1, 0.1, 0), (1.3, 1, 0.4, 0), (1.3, 1.02, 0.1, 0), (1.3, 0.98, 0.2, 0),
        (1.6, 1, 0.2, 0), (1.1, 1, 0.2, 0), (1.7, 1, 0.2, 0), (1.5, 1, 0.4, 0),
      ])
    case .full:
      ComplexPoints([
        (1.3, 1, 1.3, 1), (1.3, 1, 1.2, 1.05), (1.5, 1, 1.2, 1), (1.1, 1, 1.4, 1.12),
        (1.3, 1, 1.2, 1), (1.5, 1, 1.3, 1.03), (1.1, 1, 1.1, 1), (1.2, 1, 1.4, 1.05),
      ])
    }
  }

  /// How many of the starts the search goes on from: the full season has several valleys.
  fileprivate var descents: Int { self == .full ? 2 : 1 }
}

extension ComplexPoints {
  fileprivate init(_ points: [(Double, Double, Double, Double)]) {
    for (lane, point) in points.enumerated() { self[lane] = ComplexParameters(point.0, point.1, point.2, point.3) }
  }
}

/// JᵀJ and Jᵀε of the errors in the four parameters; zero for parameters that a form does not have.
struct ComplexNormalEquations {
  var gradient = ComplexParameters.zero
  var row0 = ComplexParameters.zero
  var row1 = ComplexParameters.zero
  var row2 = ComplexParameters.zero
  var row3 = ComplexParameters.zero

  private subscript(row: Int) -> ComplexParameters {
    get { row < 2 ? (row == 0 ? row0 : row1) : (row == 2 ? row2 : row3) }
    set {
      if row == 0 { row0 = newValue }
      if row == 1 { row1 = newValue }
      if row == 2 { row2 = newValue }
      if row == 3 { row3 = newValue }
    }
  }

  /// The point that −(JᵀJ + λ·diag JᵀJ)⁻¹ Jᵀε leads to, over the first `count` parameters. Where it passes a bound, that
  /// parameter is held there and the others are found anew.
  func target(damping: Double, from point: ComplexParameters, count: Int) -> ComplexParameters {
    var target = point
    var held = SIMDMask<SIMD4<Int64>>(repeating: false)
    for axis in count..<max(4, count) { held[axis] = true }
    for _ in 0..<4 {
      let step = solve(damping: damping, moved: target - point, held)
      let next = target.replacing(with: point + step, where: .!held)
      let bounded = next.clamped(lowerBound: ComplexSearch.lower, upperBound: ComplexSearch.upper)
      let passed = (bounded .!= next) .& .!held
      target = bounded
      guard any(passed) else { break }
      // Only what passes a bound is held; the others are free again.
      target.replace(with: point, where: .!(held .| passed))
      held .|= passed
    }
    return target
  }

  /// The step of the parameters that are not held, given how far the held ones have moved.
  private func solve(damping: Double, moved: ComplexParameters, _ held: SIMDMask<SIMD4<Int64>>) -> ComplexParameters {
    var matrix = self
    var right = -gradient
    // 1. Damp the diagonal, and take the held parameters out.
    for axis in 0..<4 where held[axis] { right -= moved[axis] * matrix[axis] }
    for axis in 0..<4 {
      if held[axis] {
        for row in 0..<4 { matrix[row][axis] = 0 }
        matrix[axis] = .zero
        matrix[axis][axis] = 1
        right[axis] = 0
      } else {
        matrix[axis][axis] *= 1 + damping
      }
    }
    // 2. Elimination without pivots: the matrix is positive definite.
    for pivot in 0..<4 {
      guard matrix[pivot][pivot] > 0 else { return .zero }
      for below in stride(from: pivot + 1, to: 4, by: 1) {
        let factor = matrix[below][pivot] / matrix[pivot][pivot]
        matrix[below] -= factor * matrix[pivot]
        right[below] -= factor * right[pivot]
      }
    }
    for pivot in stride(from: 3, through: 0, by: -1) {
      for after in stride(from: pivot + 1, to: 4, by: 1) { right[pivot] -= matrix[pivot][after] * right[after] }
      right[pivot] /= matrix[pivot][pivot]
    }
    return right.sum().isFinite ? right : .zero
  }
}
