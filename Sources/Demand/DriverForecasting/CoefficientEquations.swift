internal import LinearAlgebra

/// One EM iteration of ``RandomCoefficients``.
struct CoefficientEquations {
  struct Step {
    var mean: [Double]
    var meanCovariance: Matrix
    var deviations: [[Double]]
    var levelVariances: [[Double]]
    var variances: [[Double]]
    var ownVariances: [Double]
  }

  private let data: SeriesInformation
  /// Per used factor the level of each series; the first is absorbed.
  private let codes: [[Int]]
  private let levelCounts: [Int]
  /// Where the levels of the second and later factors begin in the border; β comes first.
  private let offsets: [Int]
  private let border: Int
  private var width: Int { data.width }

  init(_ data: SeriesInformation, codes: [[Int]], levelCounts: [Int]) {
    self.data = data
    self.codes = codes
    self.levelCounts = levelCounts
    var next = data.width
    offsets = levelCounts.indices.map { factor in
      guard factor > 0 else { return 0 }
      defer { next += levelCounts[factor] * data.width }
      return next
    }
    border = next
  }

  /// The absorbed level of a series; 0 for all where there is no factor.
  private func absorbed(_ series: Int) -> Int { codes.first?[series] ?? 0 }

  /// The blocks of the border that a series touches.
  private func blocks(_ series: Int) -> [Int] {
    [0] + codes.indices.dropFirst().map { offsets[$0] + codes[$0][series] * width }
  }

  /// The equations with the series' own deviations integrated out.
  private struct Marginal {
    var absorbed: [Matrix]
    var absorbedScore: [[Double]]
    /// Per absorbed level: width × border.
    var coupling: [Matrix]
    var border: Matrix
    var borderScore: [Double]
  }

  func step(_ variances: [[Double]], _ ownVariances: [Double]) -> Step? {
    // 1. Per series (G + T⁻¹)⁻¹, by which its own deviation is integrated out.
    var inverses: [Matrix] = []
    inverses.reserveCapacity(data.count)
    for series in 0..<data.count {
      var precision = data.matrix(series)
      for column in 0..<width { precision[column, column] += 1 / ownVariances[column] }
      guard let inverse = (try? Cholesky(precision))?.inverse() else { return nil }
      inverses.append(inverse)
    }
    // 2. The equations of the levels and of the border.
    var equations = marginal(inverses, variances)
    // 3. Absorb the levels of the first factor.
    var levelInverses: [Matrix] = []
    var solved: [Matrix] = []
    if !codes.isEmpty {
      for level in 0..<levelCounts[0] {
        guard let factor = try? Cholesky(equations.absorbed[level]) else { return nil }
        let inverse = factor.inverse()
        let coupling = equations.coupling[level]
        let product = inverse * coupling
        let shift = coupling.transposedTimes(inverse * equations.absorbedScore[level])
        let update = coupling.transposedTimes(product)
        for index in equations.border.storage.indices { equations.border.storage[index] -= update.storage[index] }
        for index in shift.indices { equations.borderScore[index] -= shift[index] }
        levelInverses.append(inverse)
        solved.append(product)
      }
    }
    // 4. β and the other factors.
    guard let factor = try? Cholesky(equations.border) else { return nil }
    let solution = factor.solve(equations.borderScore)
    let covariance = factor.inverse()
    return finish(variances, ownVariances, inverses, equations, levelInverses, solved, solution, covariance)
  }

  private func marginal(_ inverses: [Matrix], _ variances: [[Double]]) -> Marginal {
    let levels = levelCounts.first ?? 0
    var result = Marginal(
      absorbed: [Matrix](repeating: Matrix(rows: width, columns: width), count: levels),
      absorbedScore: [[Double]](repeating: [Double](repeating: 0, count: width), count: levels),
      coupling: [Matrix](repeating: Matrix(rows: width, columns: border), count: levels),
      border: Matrix(rows: border, columns: border), borderScore: [Double](repeating: 0, count: border))
    for series in 0..<data.count {
      let information = data.matrix(series)
      let score = data.vector(series)
      // G − G (G + T⁻¹)⁻¹ G and g − G (G + T⁻¹)⁻¹ g.
      let kept = information * inverses[series]
      let lost = kept * information
      let lostScore = kept * score
      let blocks = blocks(series)
      for j in 0..<width {
        for i in 0..<width {
          let value = information[i, j] - lost[i, j]
          if levels > 0 {
            result.absorbed[absorbed(series)][i, j] += value
            for block in blocks { result.coupling[absorbed(series)][i, block + j] += value }
          }
          for left in blocks { for right in blocks { result.border[left + i, right + j] += value } }
        }
        let value = score[j] - lostScore[j]
        if levels > 0 { result.absorbedScore[absorbed(series)][j] += value }
        for block in blocks { result.borderScore[block + j] += value }
      }
    }
    for level in 0..<levels {
      for column in 0..<width { result.absorbed[level][column, column] += 1 / variances[0][column] }
    }
    for column in 0..<width { result.border[column, column] *= 1 + 1e-9 }
    for column in 0..<width { result.border[column, column] += 1e-9 }
    for factor in codes.indices.dropFirst() {
      for row in 0..<levelCounts[factor] * width {
        result.border[offsets[factor] + row, offsets[factor] + row] += 1 / variances[factor][row % width]
      }
    }
    return result
  }

  /// Step 5: deviations, their variances given the data, and the variances that these suggest.
  private func finish(
    _ variances: [[Double]], _ ownVariances: [Double], _ inverses: [Matrix], _ equations: Marginal,
    _ levelInverses: [Matrix], _ solved: [Matrix], _ solution: [Double], _ covariance: Matrix
  ) -> Step? {
    let meanCovariance = covariance.selecting(rows: Array(0..<width)).selecting(columns: Array(0..<width))
    var step = Step(
      mean: Array(solution[..<width]), meanCovariance: meanCovariance,
      deviations: levelCounts.map { [Double](repeating: 0, count: $0 * width) },
      levelVariances: levelCounts.map { [Double](repeating: 0, count: $0 * width) }, variances: variances,
      ownVariances: [Double](repeating: 0, count: width))
    // The absorbed factor: u = P⁻¹ (r − C x), var u = P⁻¹ + K Cᵀ P⁻¹ and cov(u, x) = −K with K = P⁻¹ C S⁻¹.
    var gains: [Matrix] = []
    var levelCovariances: [Matrix] = []
    for level in levelInverses.indices {
      let gain = solved[level] * covariance
      let spread = gain * solved[level].transposed()
      let rest = zip(levelInverses[level] * equations.absorbedScore[level], solved[level] * solution)
      for (column, pair) in rest.enumerated() { step.deviations[0][level * width + column] = pair.0 - pair.1 }
      var own = levelInverses[level]
      for index in own.storage.indices { own.storage[index] += spread.storage[index] }
      for column in 0..<width {
        step.levelVariances[0][level * width + column] =
          own[column, column] + meanCovariance[column, column] - 2 * gain[column, column]
      }
      gains.append(gain)
      levelCovariances.append(own)
    }
    for factor in codes.indices.dropFirst() {
      for row in 0..<levelCounts[factor] * width {
        let place = offsets[factor] + row
        step.deviations[factor][row] = solution[place]
        step.levelVariances[factor][row] =
          covariance[place, place] + meanCovariance[row % width, row % width] + 2 * covariance[place, row % width]
      }
    }
    // EM: the variance between levels is the mean of squared deviations and their variances.
    for factor in codes.indices {
      for column in 0..<width {
        var sum = 0.0
        for level in 0..<levelCounts[factor] {
          let deviation = step.deviations[factor][level * width + column]
          let place = offsets[factor] + level * width + column
          let spread = factor == 0 ? levelCovariances[level][column, column] : covariance[place, place]
          sum += deviation * deviation + spread
        }
        step.variances[factor][column] = max(
          RandomCoefficients.smallestVariance, sum / Double(levelCounts[factor]))
      }
    }
    addOwn(&step, ownVariances, inverses, gains, levelCovariances, solution, covariance)
    return step
  }

  /// The series' own deviations: wₛ = W (g − G μ), var wₛ = W + W G var(μ) G W, with μ = β + Σ u.
  private func addOwn(
    _ step: inout Step, _ ownVariances: [Double], _ inverses: [Matrix], _ gains: [Matrix],
    _ levelCovariances: [Matrix], _ solution: [Double], _ covariance: Matrix
  ) {
    for series in 0..<data.count {
      let blocks = blocks(series)
      let level = absorbed(series)
      var prior = [Double](repeating: 0, count: width)
      var spread = Matrix(rows: width, columns: width)
      for j in 0..<width {
        for block in blocks { prior[j] += solution[block + j] }
        if !codes.isEmpty { prior[j] += step.deviations[0][level * width + j] }
        for i in 0..<width {
          for left in blocks { for right in blocks { spread[i, j] += covariance[left + i, right + j] } }
          guard !codes.isEmpty else { continue }
          spread[i, j] += levelCovariances[level][i, j]
          for block in blocks { spread[i, j] -= gains[level][i, block + j] + gains[level][j, block + i] }
        }
      }
      let information = data.matrix(series)
      let explained = information * prior
      let deviation = inverses[series] * zip(data.vector(series), explained).map { $0 - $1 }
      let pull = inverses[series] * information
      let passed = pull * spread * pull.transposed()
      for column in 0..<width {
        step.ownVariances[column] +=
          deviation[column] * deviation[column] + inverses[series][column, column] + passed[column, column]
      }
    }
    for column in 0..<width {
      step.ownVariances[column] = max(
        RandomCoefficients.smallestVariance, step.ownVariances[column] / Double(max(1, data.count)))
    }
  }
}
