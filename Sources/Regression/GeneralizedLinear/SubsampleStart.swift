internal import LinearAlgebra
internal import Probability

/// A start for tall designs: the fit of a random part of the rows, and its information as a stand-in for that of all.
///
/// With m of n rows the coefficients start within √(n/m) standard errors of the optimum, and the information is right to
/// about √(p/m), so that every gradient step over all rows, which costs n p instead of n p², shrinks the error by that
/// factor. Source: Erdogdu and Montanari, "Convergence rates of sub-sampled Newton methods" (2015).
struct SubsampleStart {
  private let coefficients: [Double]
  private let factor: BlockFactor
  private let iterations: Int

  /// Rows of the part: the Gram matrix of 100 columns is then right to 5 %.
  private static let sampleRows = 40_000

  /// Nil where the design is not tall, or the part cannot be fitted on its own.
  init?(
    _ specification: GeneralizedLinearRegression, _ data: GeneralizedLinearRegression.Data,
    _ problem: GeneralizedLinearProblem
  ) {
    let (n, p) = (data.response.count, data.design.names.count)
    guard data.design.factors.isEmpty, p >= 20, n >= 5 * SubsampleStart.sampleRows,
      problem.family.isCanonical(problem.link), problem.family != .gaussian
    else { return nil }
    var stream = RandomStream(seed: 0, key: RandomStream.key("subsample"))
    // One row of every stretch of equal length.
    let stretch = Double(n) / Double(SubsampleStart.sampleRows)
    let rows = (0..<SubsampleStart.sampleRows).map { k in
      min(n - 1, Int((Double(k) + stream.uniform()) * stretch))
    }
    guard let part = try? specification.solve(data.selecting(rows: rows), family: problem.family, start: nil),
      part.dropped.isEmpty
    else { return nil }
    // The information of all rows is about n / m times that of the part.
    var information = part.problem.information(part.rows.curvature)
    let scale = problem.totalWeight / part.problem.totalWeight
    for index in information.border.storage.indices { information.border.storage[index] *= scale }
    guard let factor = information.factored() else { return nil }
    self.factor = factor
    coefficients = part.point.coefficients
    iterations = part.iterations
  }

  /// Steps over all rows with the part's information, until the next would move the coefficients by a millionth of their
  /// standard errors or shrinks too little; then the information of all rows at the point reached.
  func descend(
    _ problem: GeneralizedLinearProblem, _ rows: inout GeneralizedLinearProblem.Rows
  ) -> (GeneralizedLinearProblem.Point, BlockFactor?, iterations: Int) {
    var point = problem.evaluate(coefficients, &rows, .expected)
    var previous = Double.infinity
    for _ in 0..<12 {
      let direction = factor.solve(point.gradient)
      let decrement = dot(point.gradient, direction)
      // A step that shrinks the error by less than 4 is worth less than one of Newton's.
      guard decrement.isFinite, decrement > 1e-12, decrement < previous / 16 else { break }
      previous = decrement
      let next = problem.evaluate(zip(point.coefficients, direction).map { $0 + $1 }, &rows, .expected)
      guard next.objective.isFinite, next.objective <= point.objective + 1e-12 * abs(point.objective) else {
        point = problem.evaluate(point.coefficients, &rows, .expected)
        break
      }
      point = next
    }
    return (point, problem.information(rows.curvature).factored(), iterations)
  }
}
