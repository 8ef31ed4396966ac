internal import Glibc
internal import LinearAlgebra

extension LaplaceProblem {
  /// The deviance by adaptive Gauss-Hermite quadrature and its exact gradient by θ and β̃, for one factor with one
  /// column: the integral over u of every level by nodes u = û + √2 τ z, τ = T^−½, T = 1 + λ² Σ W z². One node is the
  /// Laplace approximation.
  ///
  /// Source: Pinheiro and Bates, "Approximations to the log-likelihood function in the nonlinear mixed-effects model"
  /// (J. Comput. Graph. Stat. 4, 1995). The gradient lets the nodes move with the parameters, so that it belongs to the
  /// value for any number of nodes. Cost: n × nodes.
  func quadrature(_ rule: GaussHermite, _ theta: [Double], fixed: [Double], _ mode: Mode) -> (Double, [Double])? {
    let predictor = zip(base, design * fixed).map { $0 + $1 }
    var order = [[Int]](repeating: [], count: factors[0].levels.count)
    for (row, level) in factors[0].codes.enumerated() where level >= 0 { order[Int(level)].append(row) }
    var value = saturated
    var slope = 0.0
    var byRow = [Double](repeating: 0, count: response.count)
    for level in order.indices {
      var integral = LevelIntegral(
        rows: order[level], lambda: theta[0], mode: mode.effects[0][level], z: columns[0])
      integral.addModeSums(mode.rows)
      guard let deviance = integral.integrate(rule, self, predictor, &byRow) else { return nil }
      value += deviance
      slope += integral.gradient(mode.rows, &byRow)
    }
    let gradient = [slope] + design.transposedTimes(byRow)
    return value.isFinite && gradient.isAllFinite ? (value, gradient) : nil
  }
}

/// The integral over the random effect of one level.
private struct LevelIntegral {
  let rows: [Int]
  let lambda: Double
  /// û.
  let mode: Double
  let z: [Double]
  /// Σ W z², Σ W′ z³, Σ D z², Σ z s at û.
  private var weight = 0.0
  private var weightSlope = 0.0
  private var information = 0.0
  private var score = 0.0
  /// Means over the nodes of h_u, of h_u √2 z, and of h_λ at fixed u.
  private var meanSlope = 0.0
  private var meanSpread = 0.0
  private var meanDirect = 0.0

  init(rows: [Int], lambda: Double, mode: Double, z: [Double]) {
    (self.rows, self.lambda, self.mode, self.z) = (rows, lambda, mode, z)
  }

  private var total: Double { 1 + lambda * lambda * weight }

  mutating func addModeSums(_ values: LaplaceProblem.Rows) {
    for i in rows {
      weight += values.weights[i] * z[i] * z[i]
      weightSlope += values.weightSlopes[i] * z[i] * z[i] * z[i]
      information += values.information[i] * z[i] * z[i]
      score += values.scores[i] * z[i]
    }
  }

  /// −2 log of the integral, but for the constant of a perfect fit; −2 × the mean scores are added to `byRow`.
  mutating func integrate(
    _ rule: GaussHermite, _ problem: LaplaceProblem, _ predictor: [Double], _ byRow: inout [Double]
  ) -> Double? {
    let spread = (2 / total).squareRoot()
    let count = rows.count
    var scores = [Double](repeating: 0, count: count * rule.nodes.count)
    var logs: [Double] = []
    var slopes: [Double] = []
    for (k, node) in rule.nodes.enumerated() {
      let u = mode + spread * node
      var (deviance, sum) = (u * u, 0.0)
      for (position, i) in rows.enumerated() {
        let (_, _, score, _, distance) = problem.row(i, predictor[i] + lambda * z[i] * u)
        deviance += distance
        scores[k * count + position] = score
        sum += z[i] * score
      }
      logs.append(rule.logWeights[k] - deviance / 2)
      slopes.append(sum)
    }
    guard logs.isAllFinite, scores.isAllFinite, let largest = logs.max() else { return nil }
    let terms = logs.map { exp($0 - largest) }
    let sum = terms.reduce(0, +)
    for (k, node) in rule.nodes.enumerated() {
      let share = terms[k] / sum
      let u = mode + spread * node
      let slope = 2 * (u - lambda * slopes[k])
      meanSlope += share * slope
      meanSpread += share * slope * 2.0.squareRoot() * node
      meanDirect -= share * 2 * u * slopes[k]
      for (position, i) in rows.enumerated() { byRow[i] -= 2 * share * scores[k * count + position] }
    }
    return -2 * (largest + log(sum)) + log(total) + log(Double.pi)
  }

  /// The derivative by λ; what moves the nodes with β is added to `byRow`.
  func gradient(_ values: LaplaceProblem.Rows, _ byRow: inout [Double]) -> Double {
    // 1. Coefficients of d log T and of dû.
    let byTotal = 1 - meanSpread / total.squareRoot() / 2
    let scale = byTotal * lambda * lambda / total
    let byMode = meanSlope + scale * lambda * weightSlope
    // 2. dû by β and λ: the mode satisfies u = λ Σ z s.
    let curvature = 1 + lambda * lambda * information
    for i in rows {
      byRow[i] += scale * values.weightSlopes[i] * z[i] * z[i]
      byRow[i] -= byMode * lambda * values.information[i] * z[i] / curvature
    }
    let modeSlope = (score - lambda * mode * information) / curvature
    let direct = byTotal * (2 * lambda * weight + lambda * lambda * mode * weightSlope) / total
    return meanDirect + direct + byMode * modeSlope
  }
}

/// Nodes z and log(w) + z² of Gauss-Hermite quadrature with weight exp(−z²).
struct GaussHermite: Sendable {
  private(set) var nodes: [Double] = []
  private(set) var logWeights: [Double] = []

  /// Newton's method on the orthonormal Hermite functions from every sign change; their exponential factor keeps them
  /// within range.
  init(count: Int) {
    // 1. Values of the functions of order count and count − 1 at z, times exp(z² / 2).
    func functions(_ z: Double) -> (value: Double, previous: Double) {
      var (value, previous) = (pow(Double.pi, -0.25) * exp(-z * z / 2), 0.0)
      for k in 0..<count {
        let next = (2 / Double(k + 1)).squareRoot() * z * value - (Double(k) / Double(k + 1)).squareRoot() * previous
        (value, previous) = (next, value)
      }
      return (value, previous)
    }
    // 2. Roots lie within ±√(2 count + 1) and at least π / √(2 count + 1) apart.
    let end = Double(2 * count + 1).squareRoot()
    let step = 1 / (2 * end)
    var z = -end - step
    while z < end {
      var (low, high) = (z, z + step)
      z = high
      let sign = functions(low).value
      guard (sign < 0) != (functions(high).value < 0) else { continue }
      // 3. Bisection to the last digit.
      while true {
        let middle = (low + high) / 2
        guard middle > low, middle < high else { break }
        if (functions(middle).value < 0) == (sign < 0) { low = middle } else { high = middle }
      }
      let root = abs(low) < 1e-15 ? 0 : low
      // 4. w = 1 / (count ψ²) with ψ the function of order count − 1, its exponential factor being exp(−z²).
      nodes.append(root)
      let previous = functions(root).previous
      logWeights.append(-log(Double(count) * previous * previous))
    }
  }
}
