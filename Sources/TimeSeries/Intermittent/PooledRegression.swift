internal import Glibc
internal import LinearAlgebra
internal import Probability

/// Rows of a pooled regression, each in one vector; unused columns are zero.
struct FeatureRows {
  var rows: [SIMD16<Double>] = []
  var targets: [Double] = []
  /// How often the series had shown the target before, and how many sizes it had shown; only for sizes.
  var matches: [(hits: Double, count: Double)] = []
}

@inline(__always) func dot(_ left: SIMD16<Double>, _ right: SIMD16<Double>) -> Double { (left * right).sum() }

/// The information matrix and the score of a regression, added up row by row.
struct NormalEquations {
  let columns: Int
  private var gram = [SIMD16<Double>](repeating: .zero, count: 16)
  private(set) var score = SIMD16<Double>()

  init(columns: Int) { self.columns = columns }

  @inline(__always) mutating func add(_ row: SIMD16<Double>, score slope: Double, information: Double) {
    score += slope * row
    let weighted = information * row
    for column in 0..<columns { gram[column] += weighted[column] * row }
  }

  /// The Newton step, with a quadratic penalty of strength `ridge` on the distance from `start`.
  func step(from point: SIMD16<Double>, towards start: SIMD16<Double>, ridge: Double) -> SIMD16<Double> {
    var information = Matrix(rows: columns, columns: columns)
    var right = [Double](repeating: 0, count: columns)
    for j in 0..<columns {
      for i in 0..<columns { information[i, j] = gram[j][i] }
      information[j, j] += ridge
      right[j] = score[j] - ridge * (point[j] - start[j])
    }
    guard let factor = try? Cholesky(information) else { return .zero }
    var step = SIMD16<Double>()
    for (j, value) in factor.solve(right).enumerated() { step[j] = min(max(value, -2), 2) }
    return step
  }
}

/// Climbs a penalized log-likelihood by Fisher's scoring; a step that gains nothing is halved.
///
/// Source: McCullagh & Nelder, *Generalized Linear Models* (2nd ed., 1989), section 2.5. O(n p²) an iteration.
/// - Parameter evaluate: the log-likelihood at a point; adds the score and the information of every row.
@inline(__always)
func penalizedScoring(
  columns: Int, from first: SIMD16<Double>, towards start: SIMD16<Double>, ridge: Double, iterations: Int,
  _ evaluate: (SIMD16<Double>, inout NormalEquations) -> Double
) -> SIMD16<Double> {
  var best = first
  var bestValue = -Double.infinity
  var point = first
  var step = SIMD16<Double>()
  for _ in 0..<iterations {
    var equations = NormalEquations(columns: columns)
    let distance = point - start
    let value = evaluate(point, &equations) - 0.5 * ridge * (distance * distance).sum()
    if value > bestValue {
      let gained = value - bestValue
      (best, bestValue) = (point, value)
      if gained < 1e-7 * abs(value) { break }
      step = equations.step(from: point, towards: start, ridge: ridge)
    } else {
      step *= 0.5
    }
    point = best + step
  }
  return best
}

/// Logistic regression with a penalty on the distance from a start.
func logisticRegression(_ data: FeatureRows, columns: Int, offset: Double, start: SIMD16<Double>, ridge: Double)
  -> SIMD16<Double>
{
  penalizedScoring(columns: columns, from: start, towards: start, ridge: ridge, iterations: 20) { point, equations in
    var likelihood = 0.0
    for index in data.rows.indices {
      let row = data.rows[index]
      let target = data.targets[index]
      let probability = sigmoid(offset + dot(row, point))
      likelihood += log(max(target > 0 ? probability : 1 - probability, 1e-300))
      equations.add(row, score: target - probability, information: probability * (1 - probability))
    }
    return likelihood
  }
}

@inline(__always) func sigmoid(_ value: Double) -> Double { 1 / (1 + exp(-value)) }
