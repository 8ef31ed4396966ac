/// The simplex method for functions without derivatives.
///
/// Source: Nelder & Mead, "A simplex method for function minimization" (Computer Journal 7, 1965), with the
/// coefficients of Gao & Han, "Implementing the Nelder-Mead simplex algorithm with adaptive parameters"
/// (Computational Optimization and Applications 51, 2012), which keep it moving in ten dimensions and more.
public struct NelderMead: Sendable {
  /// The work allowed; a count, so that results do not depend on the clock.
  public var maximumEvaluations: Int
  /// Stops when the values at the corners differ by less than this.
  public var tolerance: Double

  public init(maximumEvaluations: Int = 1000, tolerance: Double = 1e-6) {
    self.maximumEvaluations = maximumEvaluations
    self.tolerance = tolerance
  }

  public struct Minimum: Sendable {
    public var point: [Double]
    public var value: Double
    public var evaluations: Int
  }

  /// Minimises `function` from `start`, with the first simplex spanned by `steps` along the axes.
  /// Points outside the domain are told by an infinite value.
  public func minimise(start: [Double], steps: [Double], _ function: ([Double]) -> Double) -> Minimum {
    var simplex = Simplex(start: start, steps: steps, function)
    let n = start.count
    guard n > 0 else { return Minimum(point: start, value: simplex.values[0], evaluations: 1) }
    let size = Double(max(n, 2))
    let expansion = 1 + 2 / size
    let contraction = 0.75 - 1 / (2 * size)
    let shrinkage = 1 - 1 / size

    while simplex.evaluations < maximumEvaluations, !simplex.hasConverged(within: tolerance) {
      // 1. Reflect the worst corner through the centroid of the others.
      simplex.updateCentroid()
      let reflected = simplex.tryCorner(at: 1, function)
      if reflected < simplex.values[simplex.best] {
        // 2. Better than all: go further in the same direction.
        simplex.keepTrial(reflected)
        let expanded = simplex.tryKept(at: expansion, function)
        if expanded < reflected { simplex.acceptTrial(expanded) } else { simplex.acceptKept() }
      } else if reflected < simplex.values[simplex.secondWorst] {
        simplex.acceptTrial(reflected)
      } else {
        // 3. Contract, outside where the reflected point beats the worst corner, else inside.
        let isOutside = reflected < simplex.values[simplex.worst]
        let contracted = simplex.tryCorner(at: isOutside ? contraction : -contraction, function)
        if contracted < min(reflected, simplex.values[simplex.worst]) {
          simplex.acceptTrial(contracted)
        } else {
          // 4. Draw all corners towards the best.
          simplex.shrink(by: shrinkage, function)
        }
      }
    }
    return Minimum(
      point: simplex.corner(simplex.best), value: simplex.values[simplex.best], evaluations: simplex.evaluations)
  }
}

extension NelderMead {
  /// Minimises, then starts anew from the best point with a fresh simplex, half as wide each time, until a start gains
  /// less than `gain` or the work is done: a simplex that has collapsed onto a slope moves on.
  public func minimiseWithRestarts(
    start: [Double], steps: [Double], gain: Double = 1e-3, _ function: ([Double]) -> Double
  ) -> Minimum {
    var best = minimise(start: start, steps: steps, function)
    var widths = steps
    while best.evaluations < maximumEvaluations {
      for axis in widths.indices { widths[axis] /= -2 }
      let search = NelderMead(maximumEvaluations: maximumEvaluations - best.evaluations, tolerance: tolerance)
      var next = search.minimise(start: best.point, steps: widths, function)
      let gained = best.value - next.value
      next.evaluations += best.evaluations
      if gained <= 0 { next.point = best.point }
      next.value = min(next.value, best.value)
      best = next
      guard gained > gain else { break }
    }
    return best
  }
}

/// n + 1 corners in n dimensions, with the order of their values.
private struct Simplex {
  let n: Int
  /// Corner c at c·n ..< (c+1)·n.
  var corners: [Double]
  var values: [Double]
  var centroid: [Double]
  var trial: [Double]
  var kept: (point: [Double], value: Double)
  var evaluations = 0
  private(set) var best = 0
  private(set) var worst = 0
  private(set) var secondWorst = 0

  init(start: [Double], steps: [Double], _ function: ([Double]) -> Double) {
    n = start.count
    corners = []
    corners.reserveCapacity((n + 1) * n)
    values = []
    centroid = start
    trial = start
    kept = (start, .infinity)
    for corner in 0...n {
      trial = start
      if corner > 0 { trial[corner - 1] += steps[corner - 1] }
      corners.append(contentsOf: trial)
      values.append(ordered(function(trial)))
    }
    evaluations = n + 1
    rank()
  }

  func corner(_ index: Int) -> [Double] { Array(corners[index * n..<(index + 1) * n]) }

  func hasConverged(within tolerance: Double) -> Bool {
    values[best] == .infinity || values[worst] - values[best] <= tolerance
  }

  private mutating func rank() {
    best = 0
    worst = 0
    for index in 1..<values.count {
      if values[index] < values[best] { best = index }
      if values[index] >= values[worst] { worst = index }
    }
    secondWorst = worst == 0 ? values.count - 1 : 0
    for index in values.indices where index != worst && values[index] > values[secondWorst] { secondWorst = index }
  }

  mutating func updateCentroid() {
    for axis in 0..<n { centroid[axis] = 0 }
    for index in 0...n where index != worst {
      for axis in 0..<n { centroid[axis] += corners[index * n + axis] }
    }
    for axis in 0..<n { centroid[axis] /= Double(n) }
  }

  /// The value at centroid + factor · (centroid − worst).
  mutating func tryCorner(at factor: Double, _ function: ([Double]) -> Double) -> Double {
    for axis in 0..<n { trial[axis] = centroid[axis] + factor * (centroid[axis] - corners[worst * n + axis]) }
    evaluations += 1
    return ordered(function(trial))
  }

  mutating func keepTrial(_ value: Double) { kept = (trial, value) }

  /// The value at centroid + factor · (kept − centroid).
  mutating func tryKept(at factor: Double, _ function: ([Double]) -> Double) -> Double {
    for axis in 0..<n { trial[axis] = centroid[axis] + factor * (kept.point[axis] - centroid[axis]) }
    evaluations += 1
    return ordered(function(trial))
  }

  mutating func acceptTrial(_ value: Double) {
    for axis in 0..<n { corners[worst * n + axis] = trial[axis] }
    values[worst] = value
    rank()
  }

  mutating func acceptKept() {
    trial = kept.point
    acceptTrial(kept.value)
  }

  mutating func shrink(by factor: Double, _ function: ([Double]) -> Double) {
    for index in 0...n where index != best {
      for axis in 0..<n {
        let origin = corners[best * n + axis]
        trial[axis] = origin + factor * (corners[index * n + axis] - origin)
        corners[index * n + axis] = trial[axis]
      }
      values[index] = ordered(function(trial))
      evaluations += 1
    }
    rank()
  }
}

/// An undefined value counts as outside the domain.
private func ordered(_ value: Double) -> Double { value.isNaN ? .infinity : value }
