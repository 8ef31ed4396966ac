internal import Glibc
internal import LinearAlgebra

/// The likelihood of a discrete-time hazard and its derivatives by (b, c), c being the baseline's coefficients.
///
/// With η = xᵢᵀb + zₖᵀc, scores r and curvatures ω per record: gradient (Σᵢ xᵢ Σₖ r, Σₖ zₖ r) and information
/// Σᵢ (Σₖ ω) xᵢxᵢᵀ, Σᵢ xᵢ (Σₖ ω zₖ)ᵀ, Σₖ (Σᵢ ω) zₖzₖᵀ.
struct DiscreteTimeProblem {
  let design: DesignMatrix
  /// The design's columns that take part.
  var columns: [Int]
  let response: SurvivalResponse
  let weights: [Double]?
  let link: DiscreteTimeHazard.HazardLink
  let basis: PeriodBasis
  /// Σw λ sⱼ² per column that takes part.
  var penalty: [Double]
  /// Per period, from 1 at index 0, the baseline's columns.
  let periods: [[Double]]
  let centres: [Double]

  struct State {
    /// (b, c): b over the columns, on centred columns; c per stratum.
    var coefficients: [Double]
    var logLikelihood: Double
  }

  struct Derivatives {
    /// Of the penalised log-likelihood.
    var gradient: [Double]
    var information: Matrix
  }

  static let panelRows = 512

  init(
    design: DesignMatrix, columns: [Int], response: SurvivalResponse, weights: [Double]?,
    link: DiscreteTimeHazard.HazardLink, basis: PeriodBasis, ridge: Double
  ) {
    self.design = design
    self.columns = columns
    self.response = response
    self.weights = weights
    self.link = link
    self.basis = basis
    let total = weights?.reduce(0, +) ?? Double(response.count)
    let moments = columns.map { design.moments($0, weights: weights) }
    penalty = moments.map { total * ridge * $0.deviation * $0.deviation }
    centres = moments.map(\.mean)
    periods = (1...max(1, Int(response.time.max() ?? 1))).map { basis.values($0) }
  }

  var baselineCount: Int { basis.width * basis.strataNames.count }

  /// Zero effects and the mean hazard as baseline, in the columns that add up to one.
  func start() -> [Double] {
    var (events, records) = (0.0, 0.0)
    for i in response.time.indices {
      let weight = weights?[i] ?? 1
      events += response.event[i] ? weight : 0
      records += weight * (response.time[i] - (response.entry?[i] ?? 0))
    }
    let hazard = min(max(events / records, 1e-12), 0.999)
    let level = link == .logit ? logit(hazard) : log(-log1p(-hazard))
    let single = basis.spline != nil
    var baseline = [Double](repeating: single ? 0 : level, count: baselineCount)
    if single { for stratum in basis.strataNames.indices { baseline[stratum * basis.width] = level } }
    return [Double](repeating: 0, count: columns.count) + baseline
  }

  /// xᵢᵀb on centred columns.
  func predictor(_ coefficients: [Double]) -> [Double] {
    var predictor = [Double](repeating: 0, count: response.count)
    for (index, column) in columns.enumerated() where coefficients[index] != 0 {
      let (slope, centre) = (coefficients[index], centres[column])
      for (i, value) in design.matrix.column(column).enumerated() { predictor[i] += slope * (value - centre) }
    }
    return predictor
  }

  /// zₖᵀc per stratum and period.
  private func levels(_ coefficients: [Double]) -> [[Double]] {
    basis.strataNames.indices.map { stratum in
      let c = Array(coefficients[(columns.count + stratum * basis.width)...].prefix(basis.width))
      return periods.map { dot($0, c) }
    }
  }

  /// Calls with every record of a row: period index, η, whether it has the event.
  @inline(__always)
  private func forEachRecord(_ i: Int, _ predictor: Double, _ level: [Double], _ body: (Int, Double, Bool) -> Void) {
    let last = Int(response.time[i])
    for k in Int(response.entry?[i] ?? 0)..<last { body(k, predictor + level[k], response.event[i] && k == last - 1) }
  }

  func state(at coefficients: [Double]) -> State {
    let (predictor, levels) = (predictor(coefficients), levels(coefficients))
    var sum = CompensatedSum()
    for i in predictor.indices where (weights?[i] ?? 1) > 0 {
      var row = 0.0
      forEachRecord(i, predictor[i], levels[response.strata?.codes[i] ?? 0]) { _, eta, event in
        row += link.logLikelihood(eta, event)
      }
      sum.add((weights?[i] ?? 1) * row)
    }
    return State(coefficients: coefficients, logLikelihood: sum.value.isNaN ? -.infinity : sum.value)
  }

  func objective(_ state: State) -> Double {
    var value = state.logLikelihood
    for j in penalty.indices { value -= penalty[j] * state.coefficients[j] * state.coefficients[j] / 2 }
    return value
  }

  func derivatives(_ state: State) -> Derivatives {
    let (p, q) = (columns.count, baselineCount)
    var gradient = [Double](repeating: 0, count: p + q)
    var information = Matrix(rows: p + q, columns: p + q)
    var products = CrossProducts(columns: p)
    // Σᵢ ω per stratum and period.
    var periodCurvature = [Double](repeating: 0, count: periods.count * basis.strataNames.count)
    forEachPanel(state) { rows, panel, scores, curvatures in
      var totals = [Double](repeating: 0, count: rows.count)
      var coupling = Matrix(rows: rows.count, columns: q)
      var slopes = totals
      for (index, row) in rows.enumerated() {
        let stratum = response.strata?.codes[row] ?? 0
        let first = Int(response.entry?[row] ?? 0)
        for (offset, curvature) in curvatures[index].enumerated() {
          let k = first + offset
          totals[index] += curvature
          slopes[index] += scores[index][offset]
          periodCurvature[stratum * periods.count + k] += curvature
          for j in 0..<basis.width where periods[k][j] != 0 {
            coupling[index, stratum * basis.width + j] += curvature * periods[k][j]
            gradient[p + stratum * basis.width + j] += scores[index][offset] * periods[k][j]
          }
        }
      }
      products.add(panel, response: nil, weights: totals)
      let slope = panel.transposedTimes(slopes)
      for j in 0..<p { gradient[j] += slope[j] }
      let cross = panel.transposedTimes(coupling)
      for j in 0..<q { for i in 0..<p { information[i, p + j] += cross[i, j] } }
    }
    for j in 0..<p {
      gradient[j] -= penalty[j] * state.coefficients[j]
      for i in 0..<p { information[i, j] = products.gram[i, j] + (i == j ? penalty[j] : 0) }
      for i in 0..<q { information[p + i, j] = information[j, p + i] }
    }
    for stratum in basis.strataNames.indices {
      let first = p + stratum * basis.width
      for (k, z) in periods.enumerated() {
        let curvature = periodCurvature[stratum * periods.count + k]
        for j in 0..<basis.width where curvature > 0 && z[j] != 0 {
          for i in 0..<basis.width { information[first + i, first + j] += curvature * z[i] * z[j] }
        }
      }
    }
    return Derivatives(gradient: gradient, information: information)
  }

  /// Calls with panels of centred rows and the weighted scores and curvatures of their records.
  func forEachPanel(_ state: State, _ body: (Range<Int>, Matrix, [[Double]], [[Double]]) -> Void) {
    let (predictor, levels) = (predictor(state.coefficients), levels(state.coefficients))
    var start = 0
    while start < response.count {
      let rows = start..<min(response.count, start + DiscreteTimeProblem.panelRows)
      var panel = Matrix(rows: rows.count, columns: columns.count)
      for (index, column) in columns.enumerated() {
        for (i, row) in rows.enumerated() { panel[i, index] = design.matrix[row, column] - centres[column] }
      }
      var (scores, curvatures): ([[Double]], [[Double]]) = ([], [])
      for row in rows {
        var (score, curvature): ([Double], [Double]) = ([], [])
        let weight = weights?[row] ?? 1
        forEachRecord(row, predictor[row], levels[response.strata?.codes[row] ?? 0]) { _, eta, event in
          let terms = link.derivatives(eta, event)
          score.append(weight * terms.score)
          curvature.append(weight * terms.curvature)
        }
        scores.append(score)
        curvatures.append(curvature)
      }
      body(rows, panel, scores, curvatures)
      start = rows.upperBound
    }
  }

  /// The design's columns that add something to the baseline and those before them.
  func independentColumns(_ derivatives: Derivatives) throws(RegressionError) -> IndependentColumns {
    let (p, q) = (columns.count, baselineCount)
    var lower = Matrix(rows: q, columns: q)
    for j in 0..<q { for i in 0..<q { lower[i, j] = derivatives.information[p + i, p + j] } }
    guard let factor = try? ScaledCholesky(lower) else {
      throw .badSpecification("the baseline has more columns than the periods with events allow")
    }
    var schur = Matrix(rows: p, columns: p)
    for j in 0..<p {
      let reduced = factor.solve((0..<q).map { derivatives.information[p + $0, j] })
      for i in 0..<p {
        schur[i, j] =
          derivatives.information[i, j]
          - (0..<q).reduce(0) { $0 + derivatives.information[p + $1, i] * reduced[$1] }
      }
    }
    let scale = (0..<p).map { derivatives.information[$0, $0] }
    return IndependentColumns(schur, scale: scale, names: design.names)
  }

  /// The first of the steps 1, ½, ¼, … that does not worsen the penalised likelihood; nil where none does.
  func step(_ state: State, _ direction: [Double], decrement: Double) -> State? {
    let current = objective(state)
    let tolerance = decrement < 1e-6 ? .infinity : 1e-12 * abs(current)
    var length = 1.0
    for _ in 0..<40 {
      let next = self.state(at: zip(state.coefficients, direction).map { $0 + length * $1 })
      let value = objective(next)
      if value.isFinite, value >= current - tolerance { return next }
      length /= 2
    }
    return nil
  }

  /// The error that names the columns along which the likelihood rises without end.
  func separation(_ direction: [Double]) -> RegressionError {
    let effects = columns.enumerated().map { index, column in
      abs(direction[index]) * design.moments(column, weights: weights).deviation
    }
    let largest = effects.max() ?? 0
    let names = columns.enumerated().filter { effects[$0.offset] > 0.05 * largest }.map { design.names[$0.element] }
    return .separation(columns: names, rows: response.count)
  }
}

extension DiscreteTimeHazard.HazardLink {
  /// log h for an event, log(1 − h) without it.
  func logLikelihood(_ eta: Double, _ event: Bool) -> Double {
    switch self {
    case .logit: event ? -softPlus(-eta) : -softPlus(eta)
    case .complementaryLogLog: event ? log(-expm1(-exp(eta))) : -exp(eta)
    }
  }

  /// Its derivative by η, and minus the second one.
  func derivatives(_ eta: Double, _ event: Bool) -> (score: Double, curvature: Double) {
    switch self {
    case .logit:
      let p = logistic(eta)
      return ((event ? 1 : 0) - p, p * (1 - p))
    case .complementaryLogLog:
      let rate = exp(eta)
      guard event else { return (-rate, rate) }
      let score = rate < 1e-8 ? 1 - rate / 2 : rate / expm1(rate)
      return (score, score * (rate + score - 1))
    }
  }

  /// −d log(1 − h) / dη and log(1 − h).
  func survivalTerms(_ eta: Double) -> (slope: Double, logSurvival: Double) {
    switch self {
    case .logit: (logistic(eta), -softPlus(eta))
    case .complementaryLogLog: (exp(eta), -exp(eta))
    }
  }
}
