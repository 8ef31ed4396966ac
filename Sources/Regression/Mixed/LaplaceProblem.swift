internal import Glibc
internal import LinearAlgebra

/// The deviance of a generalised linear mixed model by the Laplace approximation, as a function of θ and the fixed
/// effects, with its exact gradient.
///
/// With h(u) = −2 log p(y | u) + ‖u‖² and û its minimiser: h(û) + log|ΛᵀZᵀWZΛ + I|, W the Fisher weights at û. Source:
/// Bates, Mächler, Bolker, Walker (2015), sections 2 and 5.3 of the vignette "Computational methods for mixed models"
/// of lme4; û by penalised iteratively reweighted least squares.
///
/// The gradient follows from the stationarity of û: with η = Xβ + ZΛu, s = ∂log p/∂η, a = (∂W/∂η) ∘ v, v the variance
/// of ZΛu per row, D = −∂s/∂η, c = (I + ΛᵀZᵀDZΛ)⁻¹ΛᵀZᵀa and ã = a − D ZΛc,
/// ∂/∂β = Xᵀ(ã − 2s), ∂/∂Λ = Σ levels Zᵀ(ã − 2s) uᵀ + Zᵀs cᵀ + ∂log|·|/∂Λ at fixed W.
struct LaplaceProblem {
  let family: Family
  let link: Link
  let response: [Double]
  /// Prior weights; rows without weight have no level.
  let weights: [Double]
  /// Offset plus the linear predictor of the start.
  let base: [Double]
  /// X̃, n × rank.
  let design: Matrix
  let factors: [RandomFactor]
  let parameters: CovarianceParameters
  /// Per factor z̃ of every row, q values each.
  let columns: [[Double]]
  /// −2 log-likelihood of a perfect fit.
  let saturated: Double

  init(
    _ family: Family, _ link: Link, response: [Double], weights: [Double], base: [Double], design: Matrix,
    factors: [RandomFactor]
  ) {
    (self.family, self.link, self.response, self.weights) = (family, link, response, weights)
    (self.base, self.design, self.factors) = (base, design, factors)
    parameters = CovarianceParameters(factors)
    columns = factors.map { factor in
      var values = [Double](repeating: 0, count: response.count * factor.width)
      for row in response.indices { factor.fillStandardized(&values, from: row * factor.width, row: row) }
      return values
    }
    var saturated = 0.0
    for (y, weight) in zip(response, weights) where weight > 0 {
      saturated -= 2 * family.logLikelihood(y, y, weight: weight, dispersion: 1)
    }
    self.saturated = saturated
  }

  /// û with what belongs to it.
  struct Mode {
    /// u per factor, level after level.
    var effects: [[Double]]
    /// ZΛu.
    var random: [Double]
    var rows: Rows
    /// The least squares problem with the weights at û.
    var deviance: ProfiledDeviance
    var solution: ProfiledDeviance.Solution
    /// Of the model, −2 log-likelihood.
    var value: Double
  }

  /// Derivatives of the log-likelihood by the linear predictor, per row.
  struct Rows {
    /// W and its derivative.
    var weights: [Double]
    var weightSlopes: [Double]
    /// s.
    var scores: [Double]
    /// D, the observed information.
    var information: [Double]
    /// −2 log p(y | u).
    var deviance: Double
  }

  /// Nil where a row leaves the domain of the family.
  func rows(_ predictor: [Double]) -> Rows? {
    let zeros = [Double](repeating: 0, count: response.count)
    var rows = Rows(weights: zeros, weightSlopes: zeros, scores: zeros, information: zeros, deviance: saturated)
    for i in response.indices where weights[i] > 0 {
      let row = row(i, predictor[i])
      rows.weights[i] = max(row.weight, 1e-200)
      rows.weightSlopes[i] = row.weightSlope
      rows.scores[i] = row.score
      rows.information[i] = row.information
      rows.deviance += row.deviance
    }
    let isFinite = rows.deviance.isFinite && rows.weights.isAllFinite && rows.information.isAllFinite
    return isFinite && rows.weightSlopes.isAllFinite && rows.scores.isAllFinite ? rows : nil
  }

  /// One row at η: W, ∂W/∂η, s, D and the deviance.
  @inline(__always)
  func row(
    _ i: Int, _ eta: Double
  ) -> (weight: Double, weightSlope: Double, score: Double, information: Double, deviance: Double) {
    let (w, y, mean) = (weights[i], response[i], link.derivatives(eta))
    guard family == .binomial else {
      let variance = family.variance(mean.value)
      let ratio = mean.slope / variance.value
      // (μ′/V)′
      let ratioSlope = (mean.curvature - mean.slope * ratio * variance.slope) / variance.value
      let (weight, difference) = (w * mean.slope * ratio, y - mean.value)
      return (
        weight, w * (mean.curvature * ratio + mean.slope * ratioSlope), w * difference * ratio,
        weight - w * difference * ratioSlope, w * family.deviance(y, mean.value)
      )
    }
    // Without cancellation at both ends: p = μ, q = 1 − μ.
    let (p, q) = (max(mean.value, 1e-300), max(link.complement(eta), 1e-300))
    let (up, down, ratio) = (mean.slope / p, mean.slope / q, mean.slope / p / q)
    let balance = y / p - (1 - y) / q
    let deviance = 2 * ((y > 0 ? y * log(y / p) : 0) + (y < 1 ? (1 - y) * log((1 - y) / q) : 0))
    return (
      w * mean.slope * ratio, w * ratio * (2 * mean.curvature - mean.slope * ratio * (q - p)),
      w * mean.slope * balance, w * (y * up * up + (1 - y) * down * down - mean.curvature * balance), w * deviance
    )
  }

  /// û at θ and β̃ by penalised iteratively reweighted least squares with step-halving.
  func mode(_ theta: [Double], fixed: [Double], from start: [[Double]]) -> Mode? {
    let lambdas = parameters.factors(theta)
    let predictor = zip(base, design * fixed).map { $0 + $1 }
    var (effects, random) = (start, product(lambdas, start))
    guard var rows = rows(sum(predictor, random)) else { return nil }
    var isLast = false
    for _ in 0..<100 {
      // 1. The least squares problem at u.
      let working = response.indices.map {
        weights[$0] > 0 ? random[$0] + rows.scores[$0] / rows.weights[$0] : 0
      }
      guard let (deviance, solution) = leastSquares(theta, rows.weights, working) else { return nil }
      if isLast {
        let value = rows.deviance + squares(effects) + solution.logDeterminant
        return Mode(
          effects: effects, random: random, rows: rows, deviance: deviance, solution: solution, value: value)
      }
      // 2. The step to its solution, halved until the penalised deviance does not rise.
      let target = deviance.modes(solution)
      let current = rows.deviance + squares(effects)
      var share = 1.0
      var change = 0.0
      while true {
        let trial = zip(effects, target).map { old, new in zip(old, new).map { $0 + share * ($1 - $0) } }
        let moved = product(lambdas, trial)
        if let next = self.rows(sum(predictor, moved)),
          next.deviance + squares(trial) <= current + 1e-12 * (1 + abs(current))
        {
          change = zip(random, moved).reduce(0) { max($0, abs($1.0 - $1.1)) }
          (effects, random, rows) = (trial, moved, next)
          break
        }
        share /= 2
        guard share > 1e-10 else { return nil }
      }
      isLast = share == 1 && change < 1e-8
    }
    return nil
  }

  /// The least squares problem of a response on the random effects alone, at given weights.
  func leastSquares(
    _ theta: [Double], _ weights: [Double], _ working: [Double]
  ) -> (ProfiledDeviance, ProfiledDeviance.Solution)? {
    let deviance = ProfiledDeviance(
      products: MixedProducts(factors, FixedBasis(residuals: working), weights), parameters: parameters,
      restricted: false, basisLogDeterminant: 0, hasResidualVariance: false)
    return deviance.solution(theta).map { (deviance, $0) }
  }

  /// u = 0.
  var zeros: [[Double]] { factors.map { [Double](repeating: 0, count: $0.count) } }

  /// ZΛu.
  func product(_ lambdas: [[Double]], _ effects: [[Double]]) -> [Double] {
    var result = [Double](repeating: 0, count: response.count)
    for (k, factor) in factors.enumerated() {
      let q = factor.width
      var scaled = effects[k]
      for level in factor.levels.indices {
        for i in (0..<q).reversed() {
          var value = 0.0
          for j in 0...i { value += lambdas[k][i + j * q] * effects[k][level * q + j] }
          scaled[level * q + i] = value
        }
      }
      for row in result.indices where factor.codes[row] >= 0 {
        let first = Int(factor.codes[row]) * q
        for i in 0..<q { result[row] += columns[k][row * q + i] * scaled[first + i] }
      }
    }
    return result
  }

  private func squares(_ effects: [[Double]]) -> Double { effects.reduce(0) { $0 + dot($1, $1) } }

  private func sum(_ left: [Double], _ right: [Double]) -> [Double] { zip(left, right).map { $0 + $1 } }
}

extension ProfiledDeviance {
  /// u per factor, level after level.
  func modes(_ solution: Solution) -> [[Double]] {
    let q = products.width
    var block = LevelBlock(lambda: solution.lambdas[0], order: q)
    var work = LevelProducts(order: q)
    var absorbed: [Double] = []
    for level in 0..<products.levels {
      _ = block.factor(products.own, at: level * q * q)
      block.invert()
      work.residual(products, products.offsets[level]..<products.offsets[level + 1], solution.combination)
      absorbed.append(contentsOf: work.effect(block))
    }
    return [absorbed]
      + products.starts.enumerated().map { index, start in
        Array(solution.solution[start..<start + products.factors[index + 1].count])
      }
  }
}
