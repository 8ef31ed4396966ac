internal import LinearAlgebra

/// Weights of a combination: not negative, of sum 1, near to equal ones unless the held-out errors speak against them.
///
/// They minimise Σ c·|y − Σ wⱼ ŷⱼ| + penalty·‖w − 1/J‖², the absolute error by iteratively reweighted least squares, the
/// bound by dropping the most negative weight and solving again. The penalty falls with the number of series: equal
/// weights are hard to beat where little is known (Clemen, IJF 5, 1989; Claeskens et al., "The forecast combination
/// puzzle", IJF 32, 2016).
enum CombinationWeights {
  /// As many series as weigh as much as the belief in equal weights.
  static let equalWeightSeries = 30.0
  private static let passes = 12

  static func fit(_ origins: [HeldOutOrigin], modelCount: Int) -> [Double] {
    let equal = [Double](repeating: 1 / Double(modelCount), count: modelCount)
    // 1. Costed differences from what came, one row for each series, step and origin.
    var differences: [Double] = []
    var seriesCount = 0
    for origin in origins {
      let forecasts = origin.forecasts
      var judged = 0
      for series in origin.costs.indices where origin.costs[series] > 0 {
        judged += 1
        for step in 0..<forecasts.horizon {
          let actual = origin.actual[series * forecasts.horizon + step]
          guard !actual.isNaN else { continue }
          for model in 0..<modelCount {
            let error = forecasts.value(model, series: series, step: step) - actual
            differences.append(origin.costs[series] * min(1e9, max(-1e9, error)))
          }
        }
      }
      seriesCount = max(seriesCount, judged)
    }
    let rows = differences.count / modelCount
    guard modelCount > 1, rows >= 2 * modelCount else { return equal }
    let limits = errors(differences, weights: equal, rows: rows)
    let sorted = limits.sorted()
    let outlier = sorted[Int(0.999 * Double(rows - 1))]
    let smallest = max(0.02 * sorted[rows / 2], .leastNormalMagnitude)

    // 2. Reweighted least squares.
    var weights = equal
    for _ in 0..<passes {
      let sizes = errors(differences, weights: weights, rows: rows)
      var products = Matrix(rows: modelCount, columns: modelCount)
      for row in 0..<rows where limits[row] <= outlier {
        let weight = 1 / max(smallest, sizes[row])
        for left in 0..<modelCount {
          let value = weight * differences[row * modelCount + left]
          for right in 0...left { products[left, right] += value * differences[row * modelCount + right] }
        }
      }
      let trace = products.diagonal.reduce(0, +) / Double(modelCount)
      guard trace > 0, trace.isFinite else { return weights }
      products.mirrorLower()
      let penalty = trace * equalWeightSeries / Double(max(1, seriesCount))
      for model in 0..<modelCount { products[model, model] += penalty }
      guard let next = minimumOnSimplex(products) else { return weights }
      weights = next
    }
    return weights
  }

  private static func errors(_ differences: [Double], weights: [Double], rows: Int) -> [Double] {
    (0..<rows).map { row in
      var sum = 0.0
      for model in weights.indices { sum += weights[model] * differences[row * weights.count + model] }
      return abs(sum)
    }
  }

  /// min wᵀQw with w ≥ 0 and Σw = 1: w ∝ Q⁻¹1 over the weights that are left.
  private static func minimumOnSimplex(_ products: Matrix) -> [Double]? {
    var active = Array(0..<products.rows)
    while !active.isEmpty {
      guard let factor = try? Cholesky(products.selecting(rows: active).selecting(columns: active)) else { return nil }
      let solution = factor.solve([Double](repeating: 1, count: active.count))
      let least = solution.indices.min { solution[$0] < solution[$1] } ?? 0
      if solution[least] < 0 {
        active.remove(at: least)
        continue
      }
      let total = solution.reduce(0, +)
      guard total > 0 else { return nil }
      var weights = [Double](repeating: 0, count: products.rows)
      for (index, model) in active.enumerated() { weights[model] = solution[index] / total }
      return weights
    }
    return nil
  }
}

extension Matrix {
  fileprivate mutating func mirrorLower() {
    for column in 0..<columns {
      for row in column + 1..<max(column + 1, rows) { self[column, row] = self[row, column] }
    }
  }
}
