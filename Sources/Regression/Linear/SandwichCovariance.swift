internal import LinearAlgebra

/// The sandwich B M B of scores, robust to unequal variances or to dependence within clusters.
///
/// Source: MacKinnon and White (1985), HC1; Liang and Zeger, "Longitudinal data analysis using generalized linear
/// models" (1986), with the small-sample factor G/(G−1) · (n−1)/(n−p) of Stata and of Cameron and Miller (2015).
enum SandwichCovariance {
  /// - Parameters:
  ///   - bread: the inverse of the (penalised) information, p × p.
  ///   - design: n × p.
  ///   - scores: per row the derivative of its log-likelihood by its linear predictor; with variance one scale.
  ///   - clusters: a cluster number per row; nil for every row on its own.
  /// - Returns: the covariance and the number of independent groups.
  static func covariance(
    bread: Matrix, design: Matrix, scores: [Double], clusters: [Int]?
  ) -> (covariance: Matrix, groups: Int) {
    let (n, p) = (Double(design.rows), Double(design.columns))
    let meat: Matrix
    let groups: Int
    var factor: Double
    if let clusters {
      let totals = clusterTotals(design, scores, clusters)
      groups = totals.rows
      meat = totals.gram()
      factor = groups > 1 ? Double(groups) / Double(groups - 1) : 1
      factor *= n > p ? (n - 1) / (n - p) : 1
    } else {
      groups = design.rows
      meat = design.gram(weights: scores.map { $0 * $0 })
      factor = n > p ? n / (n - p) : 1
    }
    var covariance = bread * meat * bread
    // Exactly symmetric, whatever the order of summation was.
    for j in 0..<covariance.columns {
      for i in 0...j {
        let value = factor * (covariance[i, j] + covariance[j, i]) / 2
        covariance[i, j] = value
        covariance[j, i] = value
      }
    }
    return (covariance, groups)
  }

  /// Row g: Σ score · x over the rows of cluster g.
  private static func clusterTotals(_ design: Matrix, _ scores: [Double], _ clusters: [Int]) -> Matrix {
    precondition(clusters.count == design.rows, "the clusters do not fit the design")
    let (group, count) = clusters.numbered
    var totals = Matrix(rows: count, columns: design.columns)
    for j in 0..<design.columns {
      let column = design.column(j)
      var sums = [Double](repeating: 0, count: count)
      for (i, value) in column.enumerated() { sums[group[i]] += value * scores[i] }
      totals.setColumn(j, sums)
    }
    return totals
  }
}

extension Array where Element == Int {
  /// Running numbers in the order of first occurrence, and how many there are.
  var numbered: (numbers: [Int], count: Int) {
    var known: [Int: Int] = [:]
    let numbers = map { value in
      if let number = known[value] { return number }
      known[value] = known.count
      return known.count - 1
    }
    return (numbers, known.count)
  }
}
