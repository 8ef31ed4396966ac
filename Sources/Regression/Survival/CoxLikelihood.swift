internal import Glibc
package import LinearAlgebra

/// How the partial likelihood treats events at the same time.
public enum TiesMethod: String, Sendable, Hashable, Codable, CaseIterable {
  /// Averages over the orders in which tied events may have happened: close to exact.
  case efron
  /// Leaves all tied events in the risk set: simpler, biased towards zero with heavy ties.
  case breslow
}

/// The log partial likelihood of a Cox model and its derivatives at any coefficients b.
///
/// Source: Cox, "Regression models and life-tables" (1972); ties: Efron, "The efficiency of Cox's likelihood function for
/// censored data" (1977), Breslow, "Covariance analysis of censored survival data" (1974); case weights with Efron ties as
/// in Therneau and Grambsch, "Modeling Survival Data" (2000), section 3.3.
///
/// With risks r = w exp(η) and, at an event time of d events of mean weight w̄, sums S₀, S₁ over the risk set and D₀, D₁
/// over the events, the terms k = 0 ..< d have the denominator S₀ − f D₀, f = k/d (Efron) or 0 (Breslow). Then, with the
/// scalars per event time A = Σ w̄/den, B = Σ w̄ f/den, a = Σ w̄/den², b = Σ w̄ f/den², c = Σ w̄ f²/den²:
/// - gradient = Σ x (w δ − ω), ω = r (Σ A over the times at risk − δ B),
/// - information = Σ ω x xᵀ − Σ [a S₁S₁ᵀ − b (S₁D₁ᵀ + D₁S₁ᵀ) + c D₁D₁ᵀ]: one weighted Gram matrix of all rows, and one
///   of at most two rows per event time.
///
/// Cost: n p² + L p² a call for L distinct event times; memory: O(n + L p), rows are centred in small panels.
package struct CoxLikelihood: Sendable {
  let matrix: Matrix
  /// The columns of the matrix that take part; coefficients are theirs.
  let columns: [Int]
  /// The mean of each of these columns over the rows at risk.
  package let centres: [Double]
  let risk: RiskSets
  let weights: [Double]?
  let offset: [Double]?
  let ties: TiesMethod
  /// Blocks with two events or more under Efron's method: index among them per block, or −1.
  let tied: [Int32]
  let tiedCount: Int
  /// Per row where it adds to the sums: its last block, or, where it has a tied event, L + the index of the tie. Rows
  /// that are never at risk have a risk of zero, which the first block can take.
  let slots: [Int32]

  /// A point b with what is known about it.
  package struct State: Sendable {
    package var coefficients: [Double]
    package var logLikelihood: Double
    /// (x − centre)ᵀb + offset.
    var predictor: [Double]
    /// w exp(η − shift); zero for rows that are never at risk.
    var risks: [Double]
    var shift: Double
    /// The scalars of the type's comment, per block.
    var scalars: [Scalars]
  }

  struct Scalars: Sendable {
    var sum = 0.0
    var tiedSum = 0.0
    var square = 0.0
    var tiedSquare = 0.0
    /// Σ w̄ (f − f̄)²/den² with f̄ = b/a, which is c − b²/a without its cancellation.
    var spread = 0.0

    /// b/a.
    var meanShare: Double { square > 0 ? tiedSquare / square : 0 }
  }

  /// - Parameters:
  ///   - matrix: n × p.
  ///   - weights: n values ≥ 0; nil for ones.
  ///   - offset: n values added to the linear predictor.
  package init(
    _ matrix: Matrix, _ response: SurvivalResponse, weights: [Double]? = nil, offset: [Double]? = nil,
    ties: TiesMethod = .efron
  ) throws(RegressionError) {
    let risk = try RiskSets(response, weights: weights)
    let atRisk = risk.last.indices.map { risk.last[$0] < 0 ? 0 : weights?[$0] ?? 1 }
    let columns = Array(0..<matrix.columns)
    let centres = columns.map { weightedMoments(matrix.column($0), weights: atRisk).mean }
    self.init(
      matrix: matrix, columns: columns, centres: centres, risk: risk, weights: weights, offset: offset, ties: ties)
  }

  private init(
    matrix: Matrix, columns: [Int], centres: [Double], risk: RiskSets, weights: [Double]?, offset: [Double]?,
    ties: TiesMethod
  ) {
    self.matrix = matrix
    self.columns = columns
    self.centres = centres
    self.risk = risk
    self.weights = weights
    self.offset = offset
    self.ties = ties
    var count: Int32 = 0
    let tied = risk.events.map { events -> Int32 in
      guard ties == .efron, events > 1 else { return -1 }
      count += 1
      return count - 1
    }
    var slots = risk.last.map { max(0, $0) }
    for row in risk.eventRows {
      let group = tied[Int(slots[Int(row)])]
      if group >= 0 { slots[Int(row)] = Int32(risk.blockCount) + group }
    }
    self.tied = tied
    tiedCount = Int(count)
    self.slots = slots
  }

  /// The same likelihood on some of the columns.
  func selecting(columns kept: [Int]) -> CoxLikelihood {
    CoxLikelihood(
      matrix: matrix, columns: kept.map { columns[$0] }, centres: kept.map { centres[$0] }, risk: risk,
      weights: weights, offset: offset, ties: ties)
  }

  /// Value, gradient and information (the negative Hessian) of the log partial likelihood at b.
  package func evaluate(
    at coefficients: [Double]
  ) -> (logLikelihood: Double, gradient: [Double], information: Matrix) {
    let state = state(at: coefficients)
    let derivatives = derivatives(state)
    return (state.logLikelihood, derivatives.gradient, derivatives.information)
  }

  /// The log partial likelihood at b; −infinity where risks of whole risk sets vanish. Cost: n p.
  package func state(at coefficients: [Double]) -> State {
    precondition(coefficients.count == columns.count, "one coefficient per column is needed")
    let n = matrix.rows
    // 1. η, and risks relative to the largest of them.
    let predictor = linearPredictor(coefficients)
    var shift = -Double.infinity
    for i in 0..<n where risk.last[i] >= 0 { shift = max(shift, predictor[i]) }
    var risks = [Double](repeating: 0, count: n)
    for i in 0..<n where risk.last[i] >= 0 { risks[i] = (weights?[i] ?? 1) * exp(predictor[i] - shift) }
    // 2. S₀ and D₀ per event time.
    let totals = riskTotals(risks)
    var tiedTotals = [Double](repeating: 0, count: risk.blockCount)
    var value = CompensatedSum()
    for row in risk.eventRows {
      let i = Int(row)
      tiedTotals[Int(risk.last[i])] += risks[i]
      value.add((weights?[i] ?? 1) * (predictor[i] - shift))
    }
    // 3. The terms of every event time.
    var scalars = [Scalars](repeating: Scalars(), count: risk.blockCount)
    for block in scalars.indices {
      let (terms, logarithms) = blockTerms(block, totals[block], tiedTotals[block])
      scalars[block] = terms
      value.add(-logarithms)
    }
    return State(
      coefficients: coefficients, logLikelihood: value.value.isNaN ? -.infinity : value.value, predictor: predictor,
      risks: risks, shift: shift, scalars: scalars)
  }

  private func blockTerms(_ block: Int, _ total: Double, _ tiedTotal: Double) -> (Scalars, logarithms: Double) {
    var terms = Scalars()
    let (count, weight) = (risk.events[block], risk.eventWeights[block])
    guard tied[block] >= 0 else {
      terms.sum = weight / total
      terms.square = terms.sum / total
      return (terms, weight * log(total))
    }
    let meanWeight = weight / Double(count)
    var logarithms = 0.0
    for k in 0..<count {
      let share = Double(k) / Double(count)
      let denominator = total - share * tiedTotal
      let inverse = meanWeight / denominator
      terms.sum += inverse
      terms.tiedSum += share * inverse
      terms.square += inverse / denominator
      terms.tiedSquare += share * inverse / denominator
      logarithms += log(denominator)
    }
    let mean = terms.meanShare
    for k in 0..<count {
      let share = Double(k) / Double(count)
      let denominator = total - share * tiedTotal
      terms.spread += meanWeight * (share - mean) * (share - mean) / (denominator * denominator)
    }
    return (terms, meanWeight * logarithms)
  }

  /// (x − centre)ᵀb + offset. Centring before the product keeps digits of columns whose mean is large.
  private func linearPredictor(_ coefficients: [Double]) -> [Double] {
    var predictor = offset ?? [Double](repeating: 0, count: matrix.rows)
    let source = matrix.storage.span
    matrix.forEachPanel { rows in
      var target = predictor.mutableSpan
      for (index, column) in columns.enumerated() where coefficients[index] != 0 {
        let (slope, centre, start) = (coefficients[index], centres[index], column * matrix.rows)
        for i in rows { target[i] += slope * (source[start + i] - centre) }
      }
    }
    return predictor
  }

  /// Σ of the risks of the rows at risk, per block.
  private func riskTotals(_ risks: [Double]) -> [Double] {
    var sums = [CompensatedSum](repeating: CompensatedSum(), count: risk.blockCount)
    for i in risks.indices where risk.last[i] >= 0 {
      sums[Int(risk.last[i])].add(risks[i])
      if let before = risk.before, before[i] >= 0 { sums[Int(before[i])].add(-risks[i]) }
    }
    return risk.cumulatedBackwards(sums)
  }
}
