internal import Glibc
internal import LinearAlgebra
internal import Probability

/// Rows of a pooled regression, each in one vector; unused columns are zero.
struct FeatureRows {
  var rows: [SIMD16<Double>] = []
  var targets: [Double] = []
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

/// Logistic regression with a penalty on the distance from a start: iteratively reweighted least squares.
/// Source: McCullagh & Nelder, *Generalized Linear Models* (2nd ed., 1989), section 2.5. Cost: O(n p²) an iteration.
func logisticRegression(_ data: FeatureRows, columns: Int, offset: Double, start: SIMD16<Double>, ridge: Double)
  -> SIMD16<Double>
{
  var point = start
  for _ in 0..<12 {
    var equations = NormalEquations(columns: columns)
    for index in data.rows.indices {
      let row = data.rows[index]
      let probability = sigmoid(offset + dot(row, point))
      equations.add(row, score: data.targets[index] - probability, information: probability * (1 - probability))
    }
    let step = equations.step(from: point, towards: start, ridge: ridge)
    point += step
    if (step * step).sum() < 1e-12 { break }
  }
  return point
}

@inline(__always) func sigmoid(_ value: Double) -> Double { 1 / (1 + exp(-value)) }
