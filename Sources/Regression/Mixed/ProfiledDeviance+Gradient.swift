internal import LinearAlgebra

extension ProfiledDeviance {
  /// The gradient at a solution.
  ///
  /// d log|S| = 2 Σ tr(dΛᵀ Pᵢ), Pᵢ = (ZᵀWZΛ C_uu + ZᵀWX C_βu)ᵢᵢ with C = S⁻¹, and d r² = −2 Σ tr(dΛᵀ gᵢ uᵢᵀ) with
  /// gᵢ = Zᵢᵀ W (y − Xβ − ZΛu), the sums over the levels of each factor. In terms of what the elimination leaves:
  /// Pᵢ = MᵢΛTᵢ⁻¹ − (I − MᵢΛTᵢ⁻¹Λᵀ) Fᵢ Ĝ Fᵢᵀ Λ Tᵢ⁻¹ for the absorbed factor, Ĝ = Λ̂ G Λ̂ᵀ with G the border's inverse,
  /// and Pⱼ = (H Λ̂ G)ⱼⱼ for the others.
  func gradient(_ solution: Solution) -> Gradient? {
    guard let inverse = borderInverse(solution, restricted: restricted) else { return nil }
    var determinants = parameters.widths.map { [Double](repeating: 0, count: $0 * $0) }
    var squares = determinants
    absorbedGradient(solution, sandwiched(inverse, solution.lambdas), &determinants[0], &squares[0])
    borderGradient(solution, inverse, &determinants, &squares)
    let weight = hasResidualVariance ? degreesOfFreedom / solution.penalizedSquares : 0
    let (ofDeterminant, ofSquares) = (parameters.entries(determinants), parameters.entries(squares))
    let deviance = zip(ofDeterminant, ofSquares).map { $0 + weight * $1 }
    guard deviance.isAllFinite else { return nil }
    return Gradient(deviance: deviance, logDeterminant: ofDeterminant, penalizedSquares: ofSquares)
  }

  /// Λ̂ G Λ̂ᵀ.
  func sandwiched(_ inverse: Matrix, _ lambdas: [[Double]]) -> Matrix {
    guard !products.starts.isEmpty else { return inverse }
    var half = Matrix(rows: inverse.rows, columns: inverse.rows)
    for j in 0..<inverse.columns {
      var column = Array(inverse.column(j))
      multiply(&column, lambdas)
      for i in column.indices { half[j, i] = column[i] }
    }
    var result = half
    for j in 0..<half.columns {
      var column = Array(half.column(j))
      multiply(&column, lambdas)
      result.setColumn(j, column)
    }
    return result
  }

  private func absorbedGradient(
    _ solution: Solution, _ inverse: Matrix, _ determinants: inout [Double], _ squares: inout [Double]
  ) {
    let q = products.width
    var block = LevelBlock(lambda: solution.lambdas[0], order: q)
    var work = LevelProducts(order: q)
    for level in 0..<products.levels {
      guard block.factor(products.own, at: level * q * q) != nil else { continue }
      block.invert()
      let range = products.offsets[level]..<products.offsets[level + 1]
      work.residual(products, range, solution.combination)
      work.sandwich(products, range, inverse)
      work.addDeterminant(block, to: &determinants)
      work.addSquares(block, to: &squares)
    }
  }

  private func borderGradient(
    _ solution: Solution, _ inverse: Matrix, _ determinants: inout [[Double]], _ squares: inout [[Double]]
  ) {
    guard !products.starts.isEmpty else { return }
    let (b, size) = (products.order, products.order + 1)
    var scaled = inverse
    for j in 0..<b {
      var column = Array(scaled.column(j))
      multiply(&column, solution.lambdas)
      scaled.setColumn(j, column)
    }
    func border(_ i: Int, _ j: Int) -> Double { solution.border.storage[max(i, j) + min(i, j) * size] }
    // g = Hᵀ(y − …) with the absorbed factor eliminated.
    let residual = (0..<products.fixedStart).map { i in
      -(0...b).reduce(0) { $0 + border(i, $1) * solution.combination[$1] }
    }
    forEachBorderBlock { k, first, q in
      for j in 0..<q {
        for i in j..<q {
          var sum = 0.0
          for c in 0..<b { sum += border(first + i, c) * scaled.storage[c + (first + j) * b] }
          determinants[k][i + j * q] += 2 * sum
          squares[k][i + j * q] -= 2 * residual[first + i] * solution.solution[first + j]
        }
      }
    }
  }
}

/// Products of one level of the absorbed factor with the border; storage reused from level to level.
struct LevelProducts {
  let order: Int
  /// s = Zᵢᵀ W (y − V c).
  private(set) var residual: [Double]
  /// Fᵢ Ĝ Fᵢᵀ without the response.
  private(set) var sandwich: [Double]
  private var half: [Double]
  private var effect: [Double]

  init(order: Int) {
    self.order = order
    residual = [Double](repeating: 0, count: order)
    effect = residual
    half = residual
    sandwich = [Double](repeating: 0, count: order * order)
  }

  mutating func residual(_ products: MixedProducts, _ range: Range<Int>, _ combination: [Double]) {
    for i in 0..<order { residual[i] = 0 }
    for position in range {
      let value = combination[Int(products.indices[position])]
      for i in 0..<order { residual[i] -= products.cross[position * order + i] * value }
    }
  }

  mutating func sandwich(_ products: MixedProducts, _ range: Range<Int>, _ inverse: Matrix) {
    let (q, b) = (order, inverse.rows)
    let border = range.dropLast()
    for i in sandwich.indices { sandwich[i] = 0 }
    for a in border {
      let column = Int(products.indices[a]) * b
      for i in 0..<q { half[i] = 0 }
      for c in border {
        let value = inverse.storage[Int(products.indices[c]) + column]
        for i in 0..<q { half[i] += products.cross[c * q + i] * value }
      }
      for j in 0..<q {
        let value = products.cross[a * q + j]
        for i in 0..<q { sandwich[i + j * q] += half[i] * value }
      }
    }
  }

  /// Adds 2 Pᵢ = 2 (MΛT⁻¹ − (I − MΛT⁻¹Λᵀ) Q ΛT⁻¹), Q the sandwich.
  mutating func addDeterminant(_ block: LevelBlock, to target: inout [Double]) {
    let q = order
    for j in 0..<q {
      for i in 0..<q {
        var sum = 0.0
        for k in 0..<q { sum += sandwich[i + k * q] * block.scaledInverse[k + j * q] }
        half[i] = sum
      }
      for i in 0..<q {
        var sum = 0.0
        for k in 0..<q {
          sum += block.product[i + k * q] * block.inverse[k + j * q] - block.shrinkage[i + k * q] * half[k]
        }
        target[i + j * q] += 2 * sum
      }
    }
  }

  /// Adds −2 g uᵀ, with u = T⁻¹Λᵀ s and g = s − MΛu = (I − MΛT⁻¹Λᵀ) s.
  mutating func addSquares(_ block: LevelBlock, to target: inout [Double]) {
    let q = order
    solveEffect(block)
    for i in 0..<q {
      var g = 0.0
      for k in 0..<q { g += block.shrinkage[i + k * q] * residual[k] }
      for j in 0..<q { target[i + j * q] -= 2 * g * effect[j] }
    }
  }

  /// u = T⁻¹Λᵀ s = (ΛT⁻¹)ᵀ s.
  private mutating func solveEffect(_ block: LevelBlock) {
    for i in 0..<order {
      var sum = 0.0
      for k in 0..<order { sum += block.scaledInverse[k + i * order] * residual[k] }
      effect[i] = sum
    }
  }

  /// u of the level whose residual was formed last.
  mutating func effect(_ block: LevelBlock) -> [Double] {
    solveEffect(block)
    return effect
  }
}
