internal import LinearAlgebra

extension CoxLikelihood {
  /// The covariance of the coefficients that holds where the model is wrong or rows of a cluster depend on one another:
  /// the sum over clusters of squared (dfbeta) influences, without a small-sample factor.
  ///
  /// Source: Lin and Wei (1989); the same as R's `coxph(robust = TRUE)`. Cost: n p².
  func sandwich(
    _ solution: CoxRegression.Solution, _ inverse: Matrix, clusters: [Int]?
  ) -> (covariance: Matrix, groups: Int) {
    let p = columns.count
    var meat = CrossProducts(columns: p)
    var groups = matrix.rows
    if let clusters {
      precondition(clusters.count == matrix.rows, "the clusters do not fit the design")
      let (group, groupCount) = clusters.numbered
      var totals = Matrix(rows: groupCount, columns: p)
      forEachPanelOfScores(solution) { rows, scores in
        for column in 0..<p {
          for (index, row) in rows.enumerated() { totals[group[row], column] += scores[index, column] }
        }
      }
      meat.add(totals, response: nil)
      groups = groupCount
    } else {
      forEachPanelOfScores(solution) { _, scores in meat.add(scores, response: nil) }
    }
    var covariance = inverse * meat.gram * inverse
    for j in 0..<p {
      for i in 0..<j {
        let value = (covariance[i, j] + covariance[j, i]) / 2
        covariance[i, j] = value
        covariance[j, i] = value
      }
    }
    return (covariance, groups)
  }

  /// The weighted score residuals of consecutive rows: their sum is the gradient.
  ///
  /// U = x (w δ − ω) − w δ x̄ + r [Σ hazard · mean over the row's event times − δ (its share in the tied terms)].
  private func forEachPanelOfScores(
    _ solution: CoxRegression.Solution, _ body: (Range<Int>, Matrix) -> Void
  ) {
    let (state, sums) = (solution.state, solution.derivatives.sums)
    let (p, blocks) = (columns.count, risk.blockCount)
    let residuals = rowTerms(state).residuals
    var through = [Double](repeating: 0, count: blocks * p)
    for column in 0..<p {
      for stratum in risk.strata {
        var sum = 0.0
        for block in stratum {
          sum += meanHazard(block, column, state, sums)
          through[column * blocks + block] = sum
        }
      }
    }
    var isEvent = [Bool](repeating: false, count: matrix.rows)
    for row in risk.eventRows { isEvent[Int(row)] = true }
    var start = 0
    while start < matrix.rows {
      let rows = start..<min(matrix.rows, start + CoxLikelihood.panelRows)
      var scores = Matrix(rows: rows.count, columns: p)
      for (column, source) in columns.enumerated() {
        for (index, row) in rows.enumerated() where risk.last[row] >= 0 {
          let block = Int(risk.last[row])
          var mean = through[column * blocks + block]
          if let before = risk.before, before[row] >= 0 { mean -= through[column * blocks + Int(before[row])] }
          var score = residuals[row] * (matrix[row, source] - centres[column])
          if isEvent[row] {
            mean -= tiedMeanHazard(block, column, state, sums)
            score -= (weights?[row] ?? 1) * meanAtEvent(block, column, state, sums)
          }
          scores[index, column] = score + state.risks[row] * mean
        }
      }
      body(rows, scores)
      start = rows.upperBound
    }
  }

  /// The mean covariate at an event time, over its terms: (A S₁ − B D₁) / Σw.
  func meanAtEvent(_ block: Int, _ column: Int, _ state: State, _ sums: RiskSums) -> Double {
    let terms = state.scalars[block]
    var mean = terms.sum * sums.atRisk(block, column)
    if tied[block] >= 0 { mean -= terms.tiedSum * sums.tied(tied[block], column) }
    return mean / risk.eventWeights[block]
  }

  /// Σ over the tied terms of share × hazard × mean covariate: b S₁ − c D₁.
  private func tiedMeanHazard(_ block: Int, _ column: Int, _ state: State, _ sums: RiskSums) -> Double {
    guard tied[block] >= 0 else { return 0 }
    let terms = state.scalars[block]
    let squares = terms.spread + terms.meanShare * terms.tiedSquare
    return terms.tiedSquare * sums.atRisk(block, column)
      - squares * sums.tied(tied[block], column)
  }
}
