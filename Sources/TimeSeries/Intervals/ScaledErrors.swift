internal import Glibc
internal import LinearAlgebra
internal import Probability

/// What is known of a forecast's uncertainty before it is made: sizes in the unit of the series, and the step.
struct ErrorFeatures: Sendable {
  /// The mean absolute change from value to value, seasonally adjusted, and over one season.
  var change: Double
  var seasonalChange: Double
  var level: Double
  /// How far the combined models lie apart.
  var spread: Double
  /// Steps ahead, counted from 0.
  var step: Int
  /// Whether the series was judged on its own held-out errors, and their mean size.
  var ownError: Double?

  /// The unit in which an error is expected before anything was learnt.
  var unit: Double { max((change * seasonalChange).squareRoot(), 1e-6 * level, .leastNormalMagnitude * 1e16) }

  /// Columns of the regression of sizes; the lane that is left over is zero.
  static let count = 7

  /// Logarithms of ratios of sizes: they do not depend on the unit of the series.
  var columns: SIMD8<Double> {
    let unit = unit
    func ratio(_ value: Double) -> Double { min(3, max(-3, log((value + 0.02 * unit) / unit))) }
    return SIMD8(
      1, log(Double(step + 1)), ratio(change), ratio(level) - 2, ratio(spread), ownError.map(ratio) ?? 0,
      ownError == nil ? 1 : 0, 0)
  }
}

/// Pooled conformal prediction intervals: the size of an error is foretold by a regression over all series and steps,
/// and quantiles of errors over that size are those that held-out errors had.
///
/// 1. log|error/unit| is regressed on the features by ridge regression around "the size grows with the square root of
///    the step", which few errors cannot move far.
/// 2. Scores error/size; their quantiles by thirds of the horizon, each drawn towards all where errors are few, and
///    all of them towards a distribution of Student with 5 degrees of freedom, which weighs as much as 20 errors.
///
/// 3. Errors of older origins weigh less, and quantiles are widened by √(1 + ¼/origins): the next period is a draw of its
///    own that all series share, and few origins have seen few such draws.
///
/// Sources: Vovk, Gammerman & Shafer, *Algorithmic Learning in a Random World* (2005), chapter 2; Lei et al.,
/// "Distribution-free predictive inference for regression" (JASA 113, 2018), section 5.2, for the scaled score; Barber et al., "Conformal prediction beyond exchangeability" (Annals of Statistics
/// 51, 2023), for the weights. The pooling
/// is our own: single series have too few errors for their own tails.
struct ScaledErrors: Sendable {
  private let coefficients: SIMD8<Double>
  /// Scores of each third of the horizon.
  private let scores: [WeightedScores]
  private let widening: Double
  private let horizon: Int

  /// Errors that the beliefs weigh as much as.
  private static let believedErrors = 20.0
  private static let prior = SIMD8<Double>(-0.6, 0.5, 0, 0, 0, 0, 0, 0)
  /// E log|z| of a normal z, so that sizes are standard deviations where errors are normal.
  private static let meanLogarithm = -0.635

  /// What an error keeps of its weight from one origin to the one before.
  private static let originMemory = 0.6

  /// - Parameter ages: of the origin of each error, 0 for the latest.
  init(_ features: [ErrorFeatures], errors: [Double], ages: [Int], horizon: Int) {
    self.horizon = horizon
    let weights = ages.map { pow(Self.originMemory, Double($0)) }
    let origins = Double((ages.max() ?? -1) + 1)
    widening = (1 + 0.25 / max(0.5, origins)).squareRoot()
    // 1. The regression of sizes.
    let count = ErrorFeatures.count
    var gram = Matrix(rows: count, columns: count)
    var right = [Double](repeating: 0, count: count)
    for (index, (feature, error)) in zip(features, errors).enumerated() {
      let columns = feature.columns
      let size = min(6, max(-4, log(abs(error) / feature.unit + 1e-9)))
      let target = size - (Self.prior * columns).sum()
      for column in 0..<count {
        right[column] += weights[index] * target * columns[column]
        for row in 0..<count { gram[row, column] += weights[index] * columns[row] * columns[column] }
      }
    }
    for column in 0..<count { gram[column, column] += Self.believedErrors }
    let change = (try? Cholesky(gram))?.solve(right) ?? [Double](repeating: 0, count: count)
    var coefficients = Self.prior
    for column in 0..<count { coefficients[column] += change[column] }
    self.coefficients = coefficients

    // 2. Scores by thirds of the horizon; few borrow from the other thirds, and all from the belief.
    var scores = [[(score: Double, weight: Double)]](repeating: [], count: 3)
    for (index, (feature, error)) in zip(features, errors).enumerated() {
      let score = error / Self.size(feature, coefficients)
      scores[Self.third(feature.step, horizon)].append((score, weights[index]))
    }
    let all = scores.flatMap { $0 }
    let believed = StudentT(degreesOfFreedom: 5)
    let beliefs = (0..<Int(Self.believedErrors)).map {
      (score: believed.quantile((Double($0) + 0.5) / Self.believedErrors), weight: 1.0)
    }
    self.scores = scores.map { WeightedScores(($0.count < 300 ? all : $0) + beliefs) }
  }

  private static func third(_ step: Int, _ horizon: Int) -> Int { min(2, 3 * step / max(1, horizon)) }

  private static func size(_ feature: ErrorFeatures, _ coefficients: SIMD8<Double>) -> Double {
    let logarithm = (coefficients * feature.columns).sum() - meanLogarithm
    return feature.unit * exp(min(8, max(-8, logarithm)))
  }

  /// How large the error of a forecast is likely to be.
  func size(_ feature: ErrorFeatures) -> Double { Self.size(feature, coefficients) }

  /// Quantiles of error over size by step: step × probability; at or above 0 for probabilities from a half on and at or
  /// below it before.
  func scoreQuantiles(_ probabilities: [Double]) -> [Double] {
    (0..<horizon).flatMap { step in
      probabilities.map { probability in
        let score = widening * scores[Self.third(step, horizon)].quantile(probability)
        return probability >= 0.5 ? max(0, score) : min(0, score)
      }
    }
  }
}

/// Scores in rising order with the weights up to each.
private struct WeightedScores: Sendable {
  private var scores: [Double] = []
  private var sums: [Double] = []

  init(_ pairs: [(score: Double, weight: Double)]) {
    var sum = 0.0
    for pair in pairs.sorted(by: { $0.score < $1.score }) {
      sum += pair.weight
      scores.append(pair.score)
      sums.append(sum)
    }
  }

  /// The conformal quantile: the score at which the weights reach p(W + 1), W their sum, between two neighbours.
  func quantile(_ probability: Double) -> Double {
    guard let total = sums.last else { return 0 }
    let wanted = probability * (total + 1)
    var (low, high) = (0, scores.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] < wanted { low = middle + 1 } else { high = middle }
    }
    guard low > 0, sums[low] > sums[low - 1] else { return scores[low] }
    let share = min(1, max(0, (wanted - sums[low - 1]) / (sums[low] - sums[low - 1])))
    return scores[low - 1] + share * (scores[low] - scores[low - 1])
  }
}
