internal import Glibc
internal import LinearAlgebra

/// The objective of a generalized linear model and its derivatives, one panel of rows after the other: a panel that was
/// read for η = Xb serves Xᵀs from the cache.
///
/// Coefficients are laid out as: the columns of the matrix, then the levels of the factors, the largest factor last.
struct GeneralizedLinearProblem {
  let design: DesignMatrix
  /// The design's factors, the largest last.
  let factors: [DesignMatrix.Factor]
  let response: [Double]
  let weights: [Double]?
  let offset: [Double]?
  let family: Family
  let link: Link
  /// Σw λ sⱼ² per coefficient.
  let penalty: [Double]
  let totalWeight: Double
  let rowCount: Int

  /// What one pass over the rows leaves per row.
  struct Rows {
    /// η.
    var predictor: [Double]
    /// Derivative of −loss by η, with weight.
    var score: [Double]
    /// Second derivative of the loss by η, with weight; expected or observed.
    var curvature: [Double]
  }

  /// A point and what is known about it.
  struct Point {
    var coefficients: [Double]
    /// Loss (half the deviance up to a constant) + ½ Σ penalty b².
    var objective: Double
    /// −objective′.
    var gradient: [Double]
  }

  /// Which second derivative: its expectation, which is never negative, or what is observed, with which Newton's method
  /// converges quadratically under every link.
  enum Curvature { case none, expected, observed }

  init(
    _ specification: GeneralizedLinearRegression, _ design: DesignMatrix, _ response: [Double], _ weights: [Double]?,
    _ offset: [Double]?, family: Family
  ) {
    self.design = design
    factors = design.factors.sorted { $0.levels.count < $1.levels.count }
    self.response = response
    self.weights = weights
    self.offset = offset
    self.family = family
    link = specification.usedLink
    totalWeight = weights?.reduce(0, +) ?? Double(response.count)
    rowCount = weights?.count { $0 > 0 } ?? response.count
    penalty = GeneralizedLinearProblem.penalty(specification.ridge, design, factors, weights, totalWeight)
  }

  private static func penalty(
    _ ridge: Double, _ design: DesignMatrix, _ factors: [DesignMatrix.Factor], _ weights: [Double]?, _ total: Double
  ) -> [Double] {
    let count = design.names.count + factors.reduce(0) { $0 + $1.levels.count }
    guard ridge > 0 else { return [Double](repeating: 0, count: count) }
    var penalty = (0..<design.names.count).map { column in
      let deviation = design.moments(column, weights: weights).deviation
      return total * ridge * deviation * deviation * (design.penaltyFactors?[column] ?? 1)
    }
    for factor in factors {
      var shares = [Double](repeating: 0, count: factor.levels.count)
      for (i, code) in factor.codes.enumerated() where code >= 0 { shares[Int(code)] += weights?[i] ?? 1 }
      penalty += shares.map { ridge * $0 * (1 - $0 / total) }
    }
    return penalty
  }

  var coefficientCount: Int { penalty.count }
  /// Coefficients outside the largest factor.
  var borderCount: Int { coefficientCount - (factors.last?.levels.count ?? 0) }
  var zeros: [Double] { [Double](repeating: 0, count: coefficientCount) }
  /// The names of all coefficients in the order of the layout.
  var names: [String] { design.names + factors.flatMap(\.names) }

  func emptyRows() -> Rows {
    let zeros = [Double](repeating: 0, count: response.count)
    return Rows(predictor: zeros, score: zeros, curvature: zeros)
  }

  /// Where factor k's levels start among the coefficients.
  func start(of factor: Int) -> Int {
    design.names.count + factors.prefix(factor).reduce(0) { $0 + $1.levels.count }
  }

  // MARK: - One pass

  /// The objective and its gradient at b. Cost: 4 n p and one evaluation of the link a row.
  func evaluate(_ coefficients: [Double], _ rows: inout Rows, _ curvature: Curvature) -> Point {
    let p = design.names.count
    let dense = Array(coefficients.prefix(p))
    var denseGradient = [Double](repeating: 0, count: p)
    var gradient = zeros
    var loss = 0.0
    design.matrix.forEachPanel { panel in
      design.matrix.multiply(rows: panel, by: dense, into: &rows.predictor)
      addEffects(coefficients, panel, &rows.predictor)
      loss += derivatives(panel, &rows, curvature)
      design.matrix.addTransposedProduct(rows: panel, with: rows.score, to: &denseGradient)
    }
    for j in 0..<p { gradient[j] = denseGradient[j] }
    for (k, factor) in factors.enumerated() {
      let start = start(of: k)
      for (i, code) in factor.codes.enumerated() where code >= 0 { gradient[start + Int(code)] += rows.score[i] }
    }
    var penalised = 0.0
    for j in coefficients.indices where penalty[j] > 0 {
      penalised += penalty[j] * coefficients[j] * coefficients[j]
      gradient[j] -= penalty[j] * coefficients[j]
    }
    return Point(coefficients: coefficients, objective: loss + penalised / 2, gradient: gradient)
  }

  /// Adds the offset and the effects of the factors' levels to η.
  private func addEffects(_ coefficients: [Double], _ panel: Range<Int>, _ predictor: inout [Double]) {
    if let offset { for i in panel { predictor[i] += offset[i] } }
    for (k, factor) in factors.enumerated() {
      let start = start(of: k)
      for i in panel where factor.codes[i] >= 0 { predictor[i] += coefficients[start + Int(factor.codes[i])] }
    }
  }

  /// Scores and curvatures of a panel, and its loss.
  private func derivatives(_ panel: Range<Int>, _ rows: inout Rows, _ curvature: Curvature) -> Double {
    switch (family, link) {
    case (.binomial, .logit): logitRows(panel, &rows)
    case (.poisson, .log): poissonRows(panel, &rows)
    case (.binomial, _): binomialRows(panel, &rows, curvature)
    default: generalRows(panel, &rows, curvature)
    }
  }

  private func logitRows(_ panel: Range<Int>, _ rows: inout Rows) -> Double {
    var loss = 0.0
    // Σ log(1 + e^−|η|) as the logarithm of products of eight factors between 1 and 2.
    var (product, factors) = (1.0, 0)
    for i in panel {
      let eta = rows.predictor[i]
      // e^−|η| never overflows; μ, μ (1 − μ) and log(1 + e^η) follow from it.
      let small = exp(-abs(eta))
      let inverse = 1 / (1 + small)
      let mean = (eta < 0 ? small : 1) * inverse
      let weight = weights?[i] ?? 1
      rows.score[i] = weight * (response[i] - mean)
      rows.curvature[i] = weight * small * inverse * inverse
      loss += weight * (max(eta, 0) - response[i] * eta)
      if weights == nil {
        product *= 1 + small
        factors += 1
        if factors == 8 {
          loss += log(product)
          (product, factors) = (1, 0)
        }
      } else {
        loss += weight * log1p(small)
      }
    }
    return loss + log(product)
  }

  private func poissonRows(_ panel: Range<Int>, _ rows: inout Rows) -> Double {
    var loss = 0.0
    for i in panel {
      let eta = rows.predictor[i]
      let mean = exp(eta)
      let weight = weights?[i] ?? 1
      rows.score[i] = weight * (response[i] - mean)
      rows.curvature[i] = weight * mean
      loss += weight * (mean - response[i] * eta)
    }
    return loss
  }

  private func binomialRows(_ panel: Range<Int>, _ rows: inout Rows, _ curvature: Curvature) -> Double {
    var loss = 0.0
    for i in panel {
      let (eta, y, weight) = (rows.predictor[i], response[i], weights?[i] ?? 1)
      let mean = link.derivatives(eta)
      let p = max(mean.value, 1e-300)
      let q = max(link.complement(eta), 1e-300)
      // (y − μ) μ′ / (μ (1 − μ)) without cancellation at both ends.
      let score = mean.slope * (y / p - (1 - y) / q)
      var second = mean.slope * mean.slope / p / q
      if curvature == .observed {
        second = y * (mean.slope / p) * (mean.slope / p) + (1 - y) * (mean.slope / q) * (mean.slope / q)
        second -= mean.curvature * (y / p - (1 - y) / q)
      }
      rows.score[i] = weight * score
      rows.curvature[i] = weight * second
      loss -= weight * ((y > 0 ? y * log(p) : 0) + (y < 1 ? (1 - y) * log(q) : 0))
    }
    return loss
  }

  private func generalRows(_ panel: Range<Int>, _ rows: inout Rows, _ curvature: Curvature) -> Double {
    var loss = 0.0
    for i in panel {
      let (y, weight) = (response[i], weights?[i] ?? 1)
      let mean = link.derivatives(rows.predictor[i])
      let (variance, slope) = family.variance(mean.value)
      let residual = y - mean.value
      var second = mean.slope * mean.slope / variance
      if curvature == .observed {
        second -= residual * (mean.curvature - mean.slope * mean.slope * slope / variance) / variance
      }
      rows.score[i] = weight * residual * mean.slope / variance
      rows.curvature[i] = weight * second
      let isPossible = family == .gaussian || mean.value > 0
      loss += isPossible ? weight * family.deviance(y, mean.value) / 2 : .infinity
    }
    return loss
  }

  // MARK: - Second derivatives

  /// Xᵀ diag(curvature) X + penalty, in blocks. Cost: n p² for the matrix's columns, n p for each factor.
  func information(_ curvature: [Double]) -> BlockInformation {
    let (p, m) = (design.names.count, borderCount)
    var border = Matrix(rows: m, columns: m)
    let gram = GeneralizedLinearProblem.gram(design.matrix, curvature)
    for j in 0..<p {
      for i in 0..<p { border[i, j] = gram[i, j] }
    }
    guard let largest = factors.last else {
      for j in 0..<m { border[j, j] += penalty[j] }
      return BlockInformation(border: border)
    }
    var coupling = Matrix(rows: largest.levels.count, columns: m)
    addCoupling(largest, curvature, into: &coupling)
    for k in factors.indices.dropLast() {
      let start = start(of: k)
      let (totals, products) = blocks(factors[k], curvature)
      for level in totals.indices {
        border[start + level, start + level] = totals[level]
        for j in 0..<p {
          border[start + level, j] = products[level, j]
          border[j, start + level] = products[level, j]
        }
      }
      addCounts(factors[k], largest, curvature, columnStart: start, into: &coupling)
      for other in k + 1..<factors.count - 1 {
        let otherStart = self.start(of: other)
        for i in curvature.indices where factors[k].codes[i] >= 0 && factors[other].codes[i] >= 0 {
          let (row, column) = (start + Int(factors[k].codes[i]), otherStart + Int(factors[other].codes[i]))
          border[row, column] += curvature[i]
          border[column, row] += curvature[i]
        }
      }
    }
    var diagonal = [Double](repeating: 0, count: largest.levels.count)
    for (i, code) in largest.codes.enumerated() where code >= 0 { diagonal[Int(code)] += curvature[i] }
    for j in 0..<m { border[j, j] += penalty[j] }
    for level in diagonal.indices { diagonal[level] += penalty[m + level] }
    return BlockInformation(border: border, diagonal: diagonal, coupling: coupling)
  }

  /// XᵀWX; weights below zero, which observed curvature may have, are taken off.
  private static func gram(_ matrix: Matrix, _ weights: [Double]) -> Matrix {
    guard weights.contains(where: { $0 < 0 }) else { return matrix.gram(weights: weights) }
    var gram = matrix.gram(weights: weights.map { max($0, 0) })
    let negative = matrix.gram(weights: weights.map { max(-$0, 0) })
    for index in gram.storage.indices { gram.storage[index] -= negative.storage[index] }
    return gram
  }

  /// Per level the sum of the curvature, and of curvature × column for every column of the matrix.
  private func blocks(_ factor: DesignMatrix.Factor, _ curvature: [Double]) -> ([Double], Matrix) {
    var totals = [Double](repeating: 0, count: factor.levels.count)
    for (i, code) in factor.codes.enumerated() where code >= 0 { totals[Int(code)] += curvature[i] }
    var products = Matrix(rows: factor.levels.count, columns: design.names.count)
    addCoupling(factor, curvature, into: &products)
    return (totals, products)
  }

  /// target[level, j] += Σ curvature · x_j over the rows of the level, for the columns of the matrix.
  private func addCoupling(_ factor: DesignMatrix.Factor, _ curvature: [Double], into target: inout Matrix) {
    let (n, levels) = (response.count, factor.levels.count)
    let source = design.matrix.storage.span
    let codes = factor.codes.span
    let weights = curvature.span
    var sums = target.storage.mutableSpan
    for j in 0..<design.names.count {
      let (column, start) = (j * n, j * levels)
      for i in 0..<n {
        let code = codes[i]
        if code >= 0 { sums[start + Int(code)] += weights[i] * source[column + i] }
      }
    }
  }

  /// target[level of `second`, columnStart + level of `first`] += curvature of the rows that have both.
  private func addCounts(
    _ first: DesignMatrix.Factor, _ second: DesignMatrix.Factor, _ curvature: [Double], columnStart: Int,
    into target: inout Matrix
  ) {
    let height = target.rows
    let (inner, outer, weights) = (second.codes.span, first.codes.span, curvature.span)
    var sums = target.storage.mutableSpan
    for i in 0..<weights.count where outer[i] >= 0 && inner[i] >= 0 {
      sums[Int(inner[i]) + (columnStart + Int(outer[i])) * height] += weights[i]
    }
  }
}
