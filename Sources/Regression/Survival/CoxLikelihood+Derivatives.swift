internal import LinearAlgebra

extension CoxLikelihood {
  struct Derivatives {
    /// Of the log-likelihood.
    var gradient: [Double]
    /// The negative Hessian.
    var information: Matrix
    /// The diagonal of the information's first part: what zero is judged by.
    var scale: [Double]
    var sums: RiskSums
  }

  /// S₁ of every block and D₁ of every tied one, on centred columns.
  struct RiskSums {
    /// Column after column, each with L sums over the rows at risk and then those over the events of the tied blocks.
    var values: [Double]
    let blocks: Int
    let stride: Int

    func atRisk(_ block: Int, _ column: Int) -> Double { values[column * stride + block] }

    func tied(_ group: Int32, _ column: Int) -> Double { values[column * stride + blocks + Int(group)] }
  }

  /// Gradient and information, with the terms of each event time multiplied by a factor ≥ 0 where one is given (as for
  /// effects that change over time). One pass over the rows.
  func derivatives(_ state: State, multipliers: [Double]? = nil) -> Derivatives {
    let (n, p) = (matrix.rows, columns.count)
    // 1. Per row its expected events ω and its residual w δ − ω.
    let (curvature, residuals) = rowTerms(state, multipliers)
    // 2. Panels of centred rows serve S₁, D₁, the gradient and the first part of the information.
    var products = CrossProducts(columns: p)
    var gradient = [Double](repeating: 0, count: p)
    let stride = risk.blockCount + tiedCount
    var sums = RiskSums(
      values: [Double](repeating: 0, count: stride * p), blocks: risk.blockCount, stride: stride)
    var panel = Matrix(rows: min(n, CoxLikelihood.panelRows), columns: p)
    var start = 0
    while start < n {
      let rows = start..<min(n, start + CoxLikelihood.panelRows)
      if rows.count < panel.rows { panel = Matrix(rows: rows.count, columns: p) }
      centre(rows, into: &panel)
      scatter(panel, rows, state.risks, into: &sums.values)
      panel.addTransposedProduct(rows: 0..<rows.count, with: Array(residuals[rows]), to: &gradient)
      products.add(panel, response: nil, weights: Array(curvature[rows]))
      start = rows.upperBound
    }
    cumulate(&sums)
    // 3. The second part from at most two rows per event time.
    var information = products.gram
    let scale = information.diagonal
    let correction = meanProducts(state, sums, multipliers)
    for j in 0..<p {
      for i in 0..<p { information[i, j] -= correction[i, j] }
    }
    return Derivatives(gradient: gradient, information: information, scale: scale, sums: sums)
  }

  static let panelRows = 1024

  /// ω = r (Σ A over the row's blocks − δ B) and w δ − ω.
  func rowTerms(_ state: State, _ multipliers: [Double]? = nil) -> (expected: [Double], residuals: [Double]) {
    let factor = { (block: Int) in multipliers?[block] ?? 1 }
    let through = risk.cumulatedForwards(state.scalars.indices.map { state.scalars[$0].sum * factor($0) })
    var expected = [Double](repeating: 0, count: matrix.rows)
    for i in expected.indices where risk.last[i] >= 0 {
      let upper = through[Int(risk.last[i])]
      if let before = risk.before, before[i] >= 0 {
        expected[i] = max(0, upper - through[Int(before[i])])
      } else {
        expected[i] = upper.value
      }
    }
    for row in risk.eventRows {
      let block = Int(risk.last[Int(row)])
      expected[Int(row)] = max(0, expected[Int(row)] - state.scalars[block].tiedSum * factor(block))
    }
    for i in expected.indices { expected[i] *= state.risks[i] }
    var residuals = expected.map { -$0 }
    for row in risk.eventRows {
      residuals[Int(row)] += (weights?[Int(row)] ?? 1) * factor(Int(risk.last[Int(row)]))
    }
    return (expected, residuals)
  }

  private func centre(_ rows: Range<Int>, into panel: inout Matrix) {
    let source = matrix.storage.span
    var target = panel.storage.mutableSpan
    for (index, column) in columns.enumerated() {
      let (centre, from, to) = (centres[index], column * matrix.rows + rows.lowerBound, index * rows.count)
      for i in 0..<rows.count { target[to + i] = source[from + i] - centre }
    }
  }

  /// Adds each row of a panel once: to D₁ where it has an event that is tied, else to S₁ of its last block (and takes it
  /// from S₁ of the block before its first).
  private func scatter(_ panel: Matrix, _ rows: Range<Int>, _ risks: [Double], into sums: inout [Double]) {
    let (values, risks, slots) = (panel.storage.span, risks.span, slots.span)
    let stride = risk.blockCount + tiedCount
    var sums = sums.mutableSpan
    for column in columns.indices {
      let (first, from) = (column * stride, column * rows.count)
      for i in 0..<rows.count {
        let row = rows.lowerBound + i
        sums[first + Int(slots[row])] += risks[row] * values[from + i]
      }
      guard let before = risk.before else { continue }
      for i in 0..<rows.count where before[rows.lowerBound + i] >= 0 {
        let row = rows.lowerBound + i
        sums[first + Int(before[row])] -= risks[row] * values[from + i]
      }
    }
  }

  /// Brings the tied events into S₁, and turns what leaves at each block into what is at risk there.
  private func cumulate(_ sums: inout RiskSums) {
    for column in columns.indices {
      let first = column * sums.stride
      for block in tied.indices where tied[block] >= 0 {
        sums.values[first + block] += sums.values[first + sums.blocks + Int(tied[block])]
      }
      risk.cumulateBackwards(&sums.values, from: first)
    }
  }

  /// Σ [a S₁S₁ᵀ − b (S₁D₁ᵀ + D₁S₁ᵀ) + c D₁D₁ᵀ] = Σ a (S₁ − f̄ D₁)(S₁ − f̄ D₁)ᵀ + (c − b²/a) D₁D₁ᵀ.
  private func meanProducts(_ state: State, _ sums: RiskSums, _ multipliers: [Double]?) -> Matrix {
    let (p, blocks) = (columns.count, risk.blockCount)
    var products = CrossProducts(columns: p)
    var start = 0
    while start < blocks {
      let range = start..<min(blocks, start + CoxLikelihood.panelRows)
      let ties = range.filter { tied[$0] >= 0 }
      var panel = Matrix(rows: range.count + ties.count, columns: p)
      var weights = range.map { state.scalars[$0].square * (multipliers?[$0] ?? 1) }
      weights += ties.map { state.scalars[$0].spread * (multipliers?[$0] ?? 1) }
      for column in 0..<p {
        let first = column * panel.rows
        for (index, block) in range.enumerated() {
          panel.storage[first + index] = sums.atRisk(block, column)
        }
        for (index, block) in ties.enumerated() {
          let sum = sums.tied(tied[block], column)
          panel.storage[first + block - start] -= state.scalars[block].meanShare * sum
          panel.storage[first + range.count + index] = sum
        }
      }
      products.add(panel, response: nil, weights: weights)
      start = range.upperBound
    }
    return products.gram
  }
}
