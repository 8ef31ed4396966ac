internal import LinearAlgebra

extension ProfiledDeviance {
  /// Random effects in the units of the data, per factor; levels after one another, q values each.
  struct Effects {
    var effects: [[Double]] = []
    /// Conditional standard deviations.
    var deviations: [[Double]] = []
    /// σ² B⁻ᵀΛΛᵀB⁻¹ per factor.
    var covariances: [[Double]] = []
    /// Of the fixed effects on X̃.
    var fixedCovariance: Matrix
    /// Trace of the hat matrix.
    var trace: Double
  }

  /// Standard errors of variances and covariances, per factor q × q, and of the residual variance.
  struct ComponentErrors {
    var covariances: [[Double]]
    var residual: Double
  }

  /// The effects at the optimum: b = Λu with covariance σ² Λ C Λᵀ given the fixed effects, C the block of
  /// (ΛᵀZᵀWZΛ + I)⁻¹ (lme4's `condVar`).
  func effects(_ solution: Solution, variance: Double) -> Effects? {
    guard let given = borderInverse(solution, restricted: false),
      let full = borderInverse(solution, restricted: true)
    else { return nil }
    let (r, b) = (products.fixedStart, products.order)
    var fixedCovariance = Matrix(rows: b - r, columns: b - r)
    for j in r..<b {
      for i in r..<b { fixedCovariance[i - r, j - r] = variance * full[i, j] }
    }
    var result = Effects(fixedCovariance: fixedCovariance, trace: 0)
    // trace of the hat matrix = rank + effects − tr(C_uu), with the fixed effects estimated too.
    var shrinkage = (0..<r).reduce(0) { $0 + full[$1, $1] }
    for (factor, lambda) in zip(products.factors, solution.lambdas) {
      let unscaled = factor.unscaled(lambda)
      result.covariances.append(outer(unscaled, factor.width).map { $0 * variance })
    }
    absorbedEffects(solution, given, full, variance, &result, &shrinkage)
    borderEffects(solution, given, variance, &result)
    result.trace = Double(products.rank + products.factors.reduce(0) { $0 + $1.count }) - shrinkage
    return result
  }

  private func absorbedEffects(
    _ solution: Solution, _ given: Matrix, _ full: Matrix, _ variance: Double, _ result: inout Effects,
    _ shrinkage: inout Double
  ) {
    let q = products.width
    let unscaled = products.factors[0].unscaled(solution.lambdas[0])
    let sandwiches = (sandwiched(given, solution.lambdas), sandwiched(full, solution.lambdas))
    var block = LevelBlock(lambda: solution.lambdas[0], order: q)
    var work = LevelProducts(order: q)
    var (effects, deviations): ([Double], [Double]) = ([], [])
    for level in 0..<products.levels {
      guard block.factor(products.own, at: level * q * q) != nil else { continue }
      block.invert()
      let range = products.offsets[level]..<products.offsets[level + 1]
      work.residual(products, range, solution.combination)
      appendProduct(unscaled, work.effect(block)[...], to: &effects)
      work.sandwich(products, range, sandwiches.0)
      appendDeviations(unscaled, work.covariance(block), variance, to: &deviations)
      work.sandwich(products, range, sandwiches.1)
      let covariance = work.covariance(block)
      for i in 0..<q { shrinkage += covariance[i + i * q] }
    }
    result.effects.append(effects)
    result.deviations.append(deviations)
  }

  private func borderEffects(_ solution: Solution, _ given: Matrix, _ variance: Double, _ result: inout Effects) {
    for (index, start) in products.starts.enumerated() {
      let factor = products.factors[index + 1]
      let q = factor.width
      let unscaled = factor.unscaled(solution.lambdas[index + 1])
      var (effects, deviations): ([Double], [Double]) = ([], [])
      for level in factor.levels.indices {
        let first = start + level * q
        appendProduct(unscaled, solution.solution[first..<first + q], to: &effects)
        var covariance = [Double](repeating: 0, count: q * q)
        for j in 0..<q {
          for i in 0..<q { covariance[i + j * q] = given[first + i, first + j] }
        }
        appendDeviations(unscaled, covariance, variance, to: &deviations)
      }
      result.effects.append(effects)
      result.deviations.append(deviations)
    }
  }

  /// Appends A x, with A square by columns.
  private func appendProduct(_ matrix: [Double], _ vector: ArraySlice<Double>, to target: inout [Double]) {
    let q = vector.count
    for i in 0..<q {
      target.append((0..<q).reduce(0) { $0 + matrix[i + $1 * q] * vector[vector.startIndex + $1] })
    }
  }

  /// Appends √ of the diagonal of σ² A C Aᵀ.
  private func appendDeviations(
    _ matrix: [Double], _ covariance: [Double], _ variance: Double, to target: inout [Double]
  ) {
    var q = 1
    while q * q < covariance.count { q += 1 }
    for i in 0..<q {
      var sum = 0.0
      for j in 0..<q {
        for k in 0..<q { sum += matrix[i + j * q] * covariance[j + k * q] * matrix[i + k * q] }
      }
      target.append((variance * max(0, sum)).squareRoot())
    }
  }

  /// A Aᵀ.
  private func outer(_ matrix: [Double], _ q: Int) -> [Double] {
    var result = [Double](repeating: 0, count: q * q)
    for j in 0..<q {
      for i in 0..<q {
        for k in 0..<q { result[i + j * q] += matrix[i + k * q] * matrix[j + k * q] }
      }
    }
    return result
  }

  /// Standard errors by the observed information of (θ, σ²) and the delta method.
  ///
  /// With D the deviance before σ² is profiled out: D_θθ = profiled Hessian + ∂r² ∂r²ᵀ / (ν σ⁴), D_θσ² = −∂r² / σ⁴,
  /// D_σ²σ² = ν / σ⁴; the covariance of the parameters is twice the inverse. Nil where that is not positive definite.
  func componentErrors(_ optimum: Optimum, variance: Double) -> ComponentErrors? {
    guard let hessian = optimum.hessian else { return nil }
    let (k, freedom) = (optimum.theta.count, degreesOfFreedom)
    // In units of σ² for the last parameter.
    let slope = optimum.gradient.penalizedSquares.map { $0 / variance }
    var information = Matrix(rows: k + 1, columns: k + 1)
    for j in 0..<k {
      for i in 0..<k { information[i, j] = (hessian[i, j] + slope[i] * slope[j] / freedom) / 2 }
      information[k, j] = -slope[j] / 2
      information[j, k] = -slope[j] / 2
    }
    information[k, k] = freedom / 2
    guard let inverse = (try? Cholesky(information))?.inverse() else { return nil }
    return componentErrors(optimum.solution, inverse, variance: variance)
  }

  /// Standard errors from the covariance of (θ, log σ²).
  func componentErrors(_ solution: Solution, _ inverse: Matrix, variance: Double) -> ComponentErrors {
    var covariances: [[Double]] = []
    var first = 0
    for (index, factor) in products.factors.enumerated() {
      let positions = parameters.positions[index]
      let range = first..<first + positions.count
      covariances.append(errors(factor, solution.lambdas[index], positions, range, inverse).map { $0 * variance })
      first += positions.count
    }
    let last = inverse.rows - 1
    return ComponentErrors(covariances: covariances, residual: variance * max(0, inverse[last, last]).squareRoot())
  }

  /// Standard errors of the entries of B⁻ᵀΛΛᵀB⁻¹ · σ² in units of σ².
  private func errors(
    _ factor: RandomFactor, _ lambda: [Double], _ positions: [CovarianceParameters.Position], _ range: Range<Int>,
    _ inverse: Matrix
  ) -> [Double] {
    let q = factor.width
    let last = inverse.rows - 1
    let unscaled = factor.unscaled(lambda)
    let covariance = outer(unscaled, q)
    let units = positions.map { position in
      var unit = [Double](repeating: 0, count: q * q)
      unit[position.row + position.column * q] = 1
      return factor.unscaled(unit)
    }
    var result = [Double](repeating: 0, count: q * q)
    for j in 0..<q {
      for i in 0..<q {
        // The derivative of the entry by every parameter: dJ Jᵀ + J dJᵀ with J = B⁻ᵀΛ, and the entry itself by log σ².
        var derivative = [Double](repeating: 0, count: last + 1)
        for (index, unit) in zip(range, units) {
          for k in 0..<q {
            derivative[index] += unit[i + k * q] * unscaled[j + k * q] + unscaled[i + k * q] * unit[j + k * q]
          }
        }
        derivative[last] = covariance[i + j * q]
        result[i + j * q] = max(0, dot(derivative, inverse * derivative)).squareRoot()
      }
    }
    return result
  }

  /// 1ᵀ V⁻¹ 1 · σ² for a constant column X̃ ã = 1: ‖Lᵀ ã‖² with L the factor's block of the fixed effects.
  func constantInformation(_ solution: Solution, _ constant: [Double]) -> Double {
    let r = products.fixedStart
    var sum = 0.0
    for j in constant.indices {
      var entry = 0.0
      for i in j..<constant.count { entry += solution.factor.lower[r + i, r + j] * constant[i] }
      sum += entry * entry
    }
    return sum
  }
}

extension LevelProducts {
  /// The level's block of the covariance of u: T⁻¹ + T⁻¹Λᵀ Q ΛT⁻¹.
  func covariance(_ block: LevelBlock) -> [Double] {
    let q = order
    var result = block.inverse
    for j in 0..<q {
      for i in 0..<q {
        for k in 0..<q {
          for l in 0..<q {
            result[i + j * q] +=
              block.scaledInverse[k + i * q] * sandwich[k + l * q] * block.scaledInverse[l + j * q]
          }
        }
      }
    }
    return result
  }
}
