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

  /// S₁ and D₁ on centred columns.
  struct RiskSums {
    /// L × p: Σ r x over the rows at risk.
    var atRisk: [Double]
    /// Tied blocks × p: Σ r x over the events.
    var tied: [Double]
  }

  /// Gradient and information, with the terms of each event time multiplied by a factor ≥ 0 where one is given (as for
  /// effects that change over time). One pass over the rows.
  func derivatives(_ state: State, multipliers: [Double]? = nil) -> Derivatives {
    let (n, p, blocks) = (matrix.rows, columns.count, risk.blockCount)
    // 1. Per row its expected events ω and its residual w δ − ω.
    let (curvature, residuals) = rowTerms(state, multipliers)
    // 2. Panels of centred rows serve S₁, D₁, the gradient and the first part of the information.
    var products = CrossProducts(columns: p)
    var gradient = [Double](repeating: 0, count: p)
    var sums = RiskSums(
      atRisk: [Double](repeating: 0, count: blocks * p), tied: [Double](repeating: 0, count: tiedCount * p))
    var panel = Matrix(rows: min(n, CoxLikelihood.panelRows), columns: p)
    var start = 0
    var firstEvent = 0
    while start < n {
      let rows = start..<min(n, start + CoxLikelihood.panelRows)
      if rows.count < panel.rows { panel = Matrix(rows: rows.count, columns: p) }
      let lastEvent = endOfEvents(from: firstEvent, before: rows.upperBound)
      fill(&panel, rows, residuals, &gradient)
      scatter(panel, rows, state.risks, into: &sums.atRisk)
      scatterTies(panel, rows, firstEvent..<lastEvent, state.risks, into: &sums.tied)
      products.add(panel, response: nil, weights: Array(curvature[rows]))
      start = rows.upperBound
      firstEvent = lastEvent
    }
    for column in 0..<p { risk.cumulateBackwards(&sums.atRisk, from: column * blocks) }
    // 3. The second part from at most two rows per event time.
    var information = products.gram
    let scale = information.diagonal
    let correction = meanProducts(state, sums, multipliers)
    for j in 0..<p {
      for i in 0..<p { information[i, j] -= correction[i, j] }
    }
    return Derivatives(gradient: gradient, information: information, scale: scale, sums: sums)
  }

  static let panelRows = 512

  private func endOfEvents(from first: Int, before row: Int) -> Int {
    var end = first
    while end < risk.eventRows.count, Int(risk.eventRows[end]) < row { end += 1 }
    return end
  }

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

  /// Centres a panel of rows and adds its part of the gradient.
  private func fill(_ panel: inout Matrix, _ rows: Range<Int>, _ residuals: [Double], _ gradient: inout [Double]) {
    let (source, residuals, height) = (matrix.storage.span, residuals.span, rows.count)
    var target = panel.storage.mutableSpan
    for (index, column) in columns.enumerated() {
      let (centre, from, to) = (centres[index], column * matrix.rows + rows.lowerBound, index * height)
      var slope = 0.0
      for i in 0..<height {
        let value = source[from + i] - centre
        target[to + i] = value
        slope += residuals[rows.lowerBound + i] * value
      }
      gradient[index] += slope
    }
  }

  /// Adds a panel's rows to the blocks where their time at risk ends (and takes them from those before it begins).
  private func scatter(_ panel: Matrix, _ rows: Range<Int>, _ risks: [Double], into sums: inout [Double]) {
    let (values, risks, last) = (panel.storage.span, risks.span, risk.last.span)
    var sums = sums.mutableSpan
    for column in columns.indices {
      let (first, from) = (column * risk.blockCount, column * rows.count)
      for i in 0..<rows.count {
        // Rows never at risk have a risk of zero, which the first block can take.
        let row = rows.lowerBound + i
        sums[first + max(0, Int(last[row]))] += risks[row] * values[from + i]
      }
      guard let before = risk.before else { continue }
      for i in 0..<rows.count where before[rows.lowerBound + i] >= 0 {
        let row = rows.lowerBound + i
        sums[first + Int(before[row])] -= risks[row] * values[from + i]
      }
    }
  }

  /// Adds a panel's events to the sums of their ties.
  private func scatterTies(
    _ panel: Matrix, _ rows: Range<Int>, _ events: Range<Int>, _ risks: [Double], into sums: inout [Double]
  ) {
    guard tiedCount > 0 else { return }
    for event in events {
      let row = Int(risk.eventRows[event])
      let group = Int(tied[Int(risk.last[row])])
      guard group >= 0 else { continue }
      for column in columns.indices {
        sums[column * tiedCount + group] += risks[row] * panel.storage[column * rows.count + row - rows.lowerBound]
      }
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
          panel.storage[first + index] = sums.atRisk[column * blocks + block]
        }
        for (index, block) in ties.enumerated() {
          let sum = sums.tied[column * tiedCount + Int(tied[block])]
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
