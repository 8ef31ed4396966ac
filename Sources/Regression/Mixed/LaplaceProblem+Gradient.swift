internal import LinearAlgebra

extension LaplaceProblem {
  /// The gradient by θ, then by β̃.
  func gradient(_ theta: [Double], _ mode: Mode) -> [Double]? {
    guard let fixedWeights = mode.deviance.gradient(mode.solution),
      let variances = rowVariances(mode)
    else { return nil }
    // 1. a, and c = (I + ΛᵀZᵀDZΛ)⁻¹ΛᵀZᵀa.
    let slopes = zip(mode.rows.weightSlopes, variances).map { $0 * $1 }
    guard let (effects, random) = adjoint(theta, mode, slopes) else { return nil }
    // 2. ã − 2s.
    let total = response.indices.map {
      slopes[$0] - mode.rows.information[$0] * random[$0] - 2 * mode.rows.scores[$0]
    }
    // 3. Sums over rows.
    var matrices = parameters.widths.map { [Double](repeating: 0, count: $0 * $0) }
    for (k, factor) in factors.enumerated() {
      let q = factor.width
      for row in response.indices where factor.codes[row] >= 0 {
        let first = Int(factor.codes[row]) * q
        for j in 0..<q {
          let value = total[row] * mode.effects[k][first + j] + mode.rows.scores[row] * effects[k][first + j]
          for i in 0..<q { matrices[k][i + j * q] += columns[k][row * q + i] * value }
        }
      }
    }
    let byTheta = zip(parameters.entries(matrices), fixedWeights.logDeterminant).map { $0 + $1 }
    let result = byTheta + design.transposedTimes(total)
    return result.isAllFinite ? result : nil
  }

  /// c and ZΛc, where H c = ΛᵀZᵀa with H = I + ΛᵀZᵀDZΛ.
  ///
  /// With a canonical link D = W, and one solution with A = I + ΛᵀZᵀWZΛ is exact; otherwise conjugate gradients with A
  /// as preconditioner (Nocedal and Wright, algorithm 5.3). A vector r of the space of u is held as rows ρ with
  /// r = ΛᵀZᵀρ, since A⁻¹r solves the least squares problem of the response ρ / W.
  private func adjoint(_ theta: [Double], _ mode: Mode, _ slopes: [Double]) -> ([[Double]], [Double])? {
    let (lambdas, rows) = (mode.solution.lambdas, mode.rows)
    func preconditioned(_ vector: [Double]) -> (effects: [[Double]], random: [Double])? {
      let working = response.indices.map { weights[$0] > 0 ? vector[$0] / rows.weights[$0] : 0 }
      guard let (deviance, solution) = leastSquares(theta, rows.weights, working) else { return nil }
      let effects = deviance.modes(solution)
      return (effects, product(lambdas, effects))
    }
    guard var step = preconditioned(slopes) else { return nil }
    guard !family.isCanonical(link) else { return step }
    var residual = slopes
    var direction = step
    var held = response.indices.map { residual[$0] - rows.weights[$0] * step.random[$0] }
    var solution = (effects: zeros, random: [Double](repeating: 0, count: response.count))
    var size = dot(residual, step.random)
    let first = size
    for _ in 0..<200 {
      guard size > 1e-26 * first else { return solution }
      // 1. The step along the direction.
      let image = response.indices.map { held[$0] + rows.information[$0] * direction.random[$0] }
      let curvature = dot(image, direction.random)
      guard curvature > 0 else { return nil }
      let length = size / curvature
      for i in response.indices {
        solution.random[i] += length * direction.random[i]
        residual[i] -= length * image[i]
      }
      for k in solution.effects.indices {
        for i in solution.effects[k].indices { solution.effects[k][i] += length * direction.effects[k][i] }
      }
      // 2. The next direction.
      guard let next = preconditioned(residual) else { return nil }
      step = next
      let previous = size
      size = dot(residual, step.random)
      let share = size / previous
      for i in response.indices {
        held[i] = residual[i] - rows.weights[i] * step.random[i] + share * held[i]
        direction.random[i] = step.random[i] + share * direction.random[i]
      }
      for k in direction.effects.indices {
        for i in direction.effects[k].indices {
          direction.effects[k][i] = step.effects[k][i] + share * direction.effects[k][i]
        }
      }
    }
    return nil
  }

  /// v: the variance of ZΛu in every row, zᵀΛA⁻¹Λᵀz. With C = ΛT⁻¹Λᵀ of the row's level in the absorbed factor and b
  /// its border columns: zᵀCz + (b − FᵀCz)ᵀ Ĝ (b − FᵀCz).
  private func rowVariances(_ mode: Mode) -> [Double]? {
    let (deviance, products) = (mode.deviance, mode.deviance.products)
    guard let inverse = deviance.borderInverse(mode.solution, restricted: false) else { return nil }
    let border = deviance.sandwiched(inverse, mode.solution.lambdas)
    let own = levelCovariances(mode)
    let q = products.width
    var half = [Double](repeating: 0, count: q)
    var excess = [Double](repeating: 0, count: products.order + 1)
    return response.indices.map { row in
      let level = Int(factors[0].codes[row])
      guard level >= 0 else { return 0 }
      var variance = 0.0
      for i in 0..<q {
        half[i] = 0
        for j in 0..<q { half[i] += own[level * q * q + i + j * q] * columns[0][row * q + j] }
        variance += half[i] * columns[0][row * q + i]
      }
      guard products.order > 0 else { return variance }
      let range = products.offsets[level]..<products.offsets[level + 1] - 1
      for position in range {
        var sum = 0.0
        for i in 0..<q { sum += products.cross[position * q + i] * half[i] }
        excess[Int(products.indices[position])] = -sum
      }
      for (index, start) in products.starts.enumerated() {
        let factor = factors[index + 1]
        let first = start + Int(factor.codes[row]) * factor.width
        for k in 0..<factor.width { excess[first + k] += columns[index + 1][row * factor.width + k] }
      }
      for a in range {
        let column = Int(products.indices[a])
        for c in range {
          let other = Int(products.indices[c])
          variance += excess[column] * border.storage[other + column * products.order] * excess[other]
        }
      }
      return variance
    }
  }

  /// ΛT⁻¹Λᵀ of every level of the absorbed factor.
  private func levelCovariances(_ mode: Mode) -> [Double] {
    let products = mode.deviance.products
    let q = products.width
    let lambda = mode.solution.lambdas[0]
    var block = LevelBlock(lambda: lambda, order: q)
    var result = [Double](repeating: 0, count: products.levels * q * q)
    for level in 0..<products.levels {
      _ = block.factor(products.own, at: level * q * q)
      block.invert()
      for j in 0..<q {
        for i in 0..<q {
          for k in 0...j { result[level * q * q + i + j * q] += block.scaledInverse[i + k * q] * lambda[j + k * q] }
        }
      }
    }
    return result
  }
}
