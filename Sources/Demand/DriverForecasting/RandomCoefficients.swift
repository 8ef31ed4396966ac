internal import LinearAlgebra

/// The normal equations of one regression per series: information G and score g, in units of the noise of the series.
struct SeriesInformation: Sendable {
  let width: Int
  /// Series × width × width, symmetric.
  var information: [Double]
  /// Series × width.
  var score: [Double]

  init(count: Int, width: Int) {
    self.width = width
    information = [Double](repeating: 0, count: count * width * width)
    score = [Double](repeating: 0, count: count * width)
  }

  var count: Int { width > 0 ? score.count / width : 0 }

  func matrix(_ series: Int) -> Matrix {
    let start = series * width * width
    return Matrix(rows: width, columns: width, elements: Array(information[start..<start + width * width]))
  }

  func vector(_ series: Int) -> [Double] { Array(score[series * width..<(series + 1) * width]) }
}

/// Coefficients that vary around a common mean by the levels of crossed factors and by series:
/// βₛ = β + Σ_f u(f, level of s) + wₛ, with independent normal deviations whose variances are estimated.
///
/// Source: Laird & Ware, "Random-effects models for longitudinal data" (Biometrics 38, 1982): empirical Bayes, variances
/// by the EM algorithm with β integrated out (restricted likelihood). The series' own deviations are integrated out
/// series by series; the factor with the most levels is absorbed level by level; what is left, β and the other factors,
/// is the border, of order b. Cost of an iteration: series · width³ + levels · width · b² + b³.
struct RandomCoefficients: Sendable {
  let width: Int
  /// β.
  private(set) var mean: [Double]
  /// Covariance of β.
  private(set) var meanCovariance: Matrix
  /// Used factors, the absorbed one first.
  let factors: [Int]
  /// Used factor × width: variances of deviations between levels.
  private(set) var variances: [[Double]]
  /// Variances of the series' own deviations.
  private(set) var ownVariances: [Double]
  /// Used factor: level × width.
  private(set) var deviations: [[Double]]
  /// Used factor: level × width, variances of β + u given the data.
  private(set) var levelVariances: [[Double]]

  /// Iterations for a forecast, and for variances that are reported.
  static let fewIterations = 8
  static let iterationLimit = 60
  static let largestBorder = 600
  static let smallestVariance = 1e-7

  /// - Parameters:
  ///   - codes: per factor the level of each series.
  ///   - levelCounts: levels by factor. Factors of fewer than three levels, or of as many as there are series, say nothing
  ///     that β and the series' own deviations do not, and are left out.
  ///   - start: an earlier fit to go on from.
  init(
    _ data: SeriesInformation, codes: [[Int]], levelCounts: [Int], iterations: Int, start: RandomCoefficients? = nil
  ) {
    width = data.width
    let usable = codes.indices.filter { levelCounts[$0] >= 3 && levelCounts[$0] < data.count }
    var order = usable.sorted { (levelCounts[$0], $1) > (levelCounts[$1], $0) }
    // A border beyond bounds costs its cube: the largest of the smaller factors are left out.
    while order.dropFirst().reduce(1, { $0 + levelCounts[$1] }) * width > Self.largestBorder, order.count > 1 {
      order.remove(at: 1)
    }
    factors = order
    mean = [Double](repeating: 0, count: width)
    meanCovariance = Matrix(rows: width, columns: width)
    variances = start?.variances ?? order.map { _ in [Double](repeating: 0.05, count: data.width) }
    ownVariances = start?.ownVariances ?? [Double](repeating: 0.05, count: width)
    deviations = order.map { [Double](repeating: 0, count: levelCounts[$0] * data.width) }
    levelVariances = deviations
    let equations = CoefficientEquations(
      data, codes: order.map { codes[$0] }, levelCounts: order.map { levelCounts[$0] })
    for _ in 0..<iterations {
      guard let step = equations.step(variances, ownVariances) else { break }
      mean = step.mean
      meanCovariance = step.meanCovariance
      deviations = step.deviations
      levelVariances = step.levelVariances
      let change = zip(variances + [ownVariances], step.variances + [step.ownVariances]).reduce(0.0) { worst, pair in
        zip(pair.0, pair.1).reduce(worst) { max($0, abs($1.0.squareRoot() - $1.1.squareRoot())) }
      }
      variances = step.variances
      ownVariances = step.ownVariances
      if change < 1e-3 { break }
    }
  }

  /// β + Σ u of a series without its own deviation.
  /// - Parameter levels: per used factor its level; nil for one that was not seen.
  func prior(_ levels: [Int?]) -> [Double] {
    var result = mean
    for (factor, level) in levels.enumerated() {
      guard let level else { continue }
      for column in 0..<width { result[column] += deviations[factor][level * width + column] }
    }
    return result
  }

  /// Coefficients of a series, given its own data: prior + (G + T⁻¹)⁻¹ (g − G prior).
  func posterior(_ prior: [Double], information: Matrix, score: [Double]) -> [Double] {
    var precision = information
    for column in 0..<width { precision[column, column] += 1 / ownVariances[column] }
    guard let factor = try? Cholesky(precision) else { return prior }
    let explained = information * prior
    let own = factor.solve(zip(score, explained).map { $0 - $1 })
    return zip(prior, own).map { $0 + $1 }
  }
}
