import Glibc

/// Where a search ended.
struct SmoothingMinimum {
  /// Twice the negative log-likelihood up to a constant, in the unit that the workspace holds the series in.
  var likelihood: Double
  /// Passes over the series.
  var passes: Int
}

/// The method of Levenberg and Marquardt on the smoothing parameters and the initial states together.
///
/// The likelihood of every form is n·log Σr² of residuals r that are smooth in all unknowns
/// (``SmoothingWorkspace/accumulate(lanes:relative:squares:)``), and innovations do not correlate with the past, so that
/// the curvature Σ∂r∂rᵀ is near the true one: few steps are needed, and in each the initial states, in which additive
/// forms are linear, are solved for at once.
///
/// Source: Madsen, Nielsen & Tingleff, *Methods for Non-Linear Least Squares Problems* (2nd ed., 2004), algorithm 3.16,
/// with Marquardt's scaling and the bounds of the parameters as an active set.
/// Cost: O(n · unknowns²) a step.
extension SmoothingWorkspace {
  /// Moves `point` downhill; `trial` is room for another point.
  ///
  /// Stops where the next step promises less than `tolerance`, and early where `target` is out of reach: where even
  /// `optimism` times the promised gain would not bring the likelihood below it.
  func minimise(
    _ problem: SmoothingProblem, _ point: UnsafeMutablePointer<Double>, trial: UnsafeMutablePointer<Double>,
    maximumPasses: Int, tolerance: Double, target: Double
  ) -> SmoothingMinimum {
    let optimism = 20.0
    let observations = Double(knownCount)
    let (lanes, relative) = (problem.lanes, problem.isRelative)
    var cost = run(problem, point)
    var minimum = SmoothingMinimum(likelihood: cost.likelihood(observations), passes: 1)
    guard cost.squares.isFinite else { return SmoothingMinimum(likelihood: .infinity, passes: 1) }
    accumulate(lanes: lanes, relative: relative, squares: cost.squares)
    var (damping, growth) = (1e-3, 2.0)
    while minimum.passes < maximumPasses, damping < 1e8, cost.squares > observations * 1e-18 {
      // 1. The step that the curvature asks for, within the bounds.
      guard let reduction = boundedStep(problem, point, damping: damping) else {
        damping *= 10
        continue
      }
      let predicted = -observations * log(max(1e-6, 1 - reduction / cost.squares))
      if predicted < tolerance { break }
      if minimum.passes > 3, minimum.likelihood - optimism * predicted > target { break }
      // 2. What it brings.
      for index in 0..<problem.width { trial[index] = point[index] + step[index] }
      let trialCost = run(problem, trial)
      minimum.passes += 1
      let likelihood = trialCost.squares.isFinite ? trialCost.likelihood(observations) : .infinity
      let ratio = (minimum.likelihood - likelihood) / predicted
      if ratio > 1e-4 {
        // 3. Go there, and trust the curvature the more the better it predicted.
        point.update(from: trial, count: problem.width)
        (cost, minimum.likelihood) = (trialCost, likelihood)
        accumulate(lanes: lanes, relative: relative, squares: cost.squares)
        let excess = 2 * ratio - 1
        damping *= max(0.1, 1 - excess * excess * excess)
        growth = 2
      } else {
        damping = max(damping, 1e-6) * growth
        growth *= 2
      }
    }
    return minimum
  }

  /// One pass with derivatives.
  private func run(_ problem: SmoothingProblem, _ unknowns: UnsafeMutablePointer<Double>) -> SmoothingCost {
    let point = SmoothingPoint(unknowns, problem)
    let (lanes, season, relative) = (problem.lanes, problem.season, problem.isRelative)
    return switch problem.form.season {
    case .none: runWithDerivatives(point, lanes: lanes, season: season, relative: relative, NoSeason.self)
    case .additive: runWithDerivatives(point, lanes: lanes, season: season, relative: relative, AdditiveSeason.self)
    case .multiplicative:
      runWithDerivatives(point, lanes: lanes, season: season, relative: relative, MultiplicativeSeason.self)
    }
  }

  /// The step δ that minimises 2gᵀδ + δᵀ(H + damping·diag H)δ within the bounds, left in ``step``.
  /// - Returns: by how much it reduces Σr² according to H; nil where H is not positive.
  private func boundedStep(
    _ problem: SmoothingProblem, _ point: UnsafeMutablePointer<Double>, damping: Double
  ) -> Double? {
    let width = problem.width
    for index in 0..<width { step[index] = 0 }
    // 1. A parameter at a bound that the gradient pushes against stays there.
    var isHeld = SIMD4<Double>.MaskStorage.zero
    for index in problem.active.prefix(while: { $0 < 4 }) {
      let pushesDown = point[index] <= SmoothingPoint.lower[index] && gradient[index] > 0
      let pushesUp = point[index] >= SmoothingPoint.upper[index] && gradient[index] < 0
      if pushesDown || pushesUp { isHeld[index] = 1 }
    }
    // 2. Solve for the others; those that overshoot stop at their bound, and the rest is solved again.
    var isInside = false
    while !isInside {
      guard solve(problem, isHeld, damping: damping) else { return nil }
      isInside = true
      for index in problem.active.prefix(while: { $0 < 4 }) where isHeld[index] == 0 {
        let target = point[index] + step[index]
        let bounded = min(max(target, SmoothingPoint.lower[index]), SmoothingPoint.upper[index])
        if bounded != target {
          step[index] = bounded - point[index]
          isHeld[index] = 1
          isInside = false
        }
      }
    }
    // 3. −2gᵀδ − δᵀHδ.
    var reduction = 0.0
    for (place, row) in problem.active.enumerated() where step[row] != 0 {
      var sum = 2 * gradient[row] + step[row] * curvature[row * width + row]
      for column in problem.active[..<place] { sum += 2 * step[column] * curvature[row * width + column] }
      reduction -= step[row] * sum
    }
    return reduction.isFinite ? reduction : nil
  }

  /// Solves (H + damping·diag H)δ = −g for the unknowns that are not held, by Cholesky's factorisation; held ones keep
  /// their step.
  private func solve(_ problem: SmoothingProblem, _ isHeld: SIMD4<Double>.MaskStorage, damping: Double) -> Bool {
    let width = problem.width
    var size = 0
    // 1. Rows of the factor as they come, forward substitution with them.
    for (place, row) in problem.active.enumerated() {
      if row < 4, isHeld[row] != 0 { continue }
      let target = factor + size * width
      var right = -gradient[row]
      var free = 0
      for column in problem.active[..<place] {
        if column < 4, isHeld[column] != 0 {
          right -= curvature[row * width + column] * step[column]
          continue
        }
        var sum = curvature[row * width + column]
        let other = factor + free * width
        for index in 0..<free { sum -= target[index] * other[index] }
        target[free] = sum / other[free]
        free += 1
      }
      for column in problem.active[place...].dropFirst() where column < 4 && isHeld[column] != 0 {
        right -= curvature[column * width + row] * step[column]
      }
      let diagonal = curvature[row * width + row]
      var pivot = diagonal * (1 + damping)
      for index in 0..<free {
        pivot -= target[index] * target[index]
        right -= target[index] * solution[index]
      }
      // An unknown that moves nothing stays.
      if diagonal <= 0 { (pivot, right) = (1, 0) }
      guard pivot > 1e-14 * diagonal else { return false }
      target[free] = pivot.squareRoot()
      solution[size] = right / target[free]
      size += 1
    }
    // 2. Backward substitution.
    for row in (0..<size).reversed() {
      solution[row] /= factor[row * width + row]
      for index in 0..<row { solution[index] -= factor[row * width + index] * solution[row] }
    }
    var free = 0
    for row in problem.active where !(row < 4 && isHeld[row] != 0) {
      step[row] = solution[free]
      free += 1
    }
    return true
  }
}
