internal import Glibc
internal import Probability

/// How large a demand is, given that there is one: the logarithm of the mean excess over the least demand and the
/// logarithm of the shape are linear in the features of the state.
///
/// Counts: one plus a negative binomial variable of the form NB2 (Cameron & Trivedi, *Regression Analysis of Count
/// Data*, 2nd ed. 2013, section 3.3). Amounts: a gamma variable. The shape of both is that of the gamma variable behind
/// them, and a count of large mean is close to the amount of that shape.
struct SizeRegression: Sendable, Hashable, Codable {
  var typical: TypicalDemand
  /// Of the logarithm of the mean excess, over `typical.logExcess`.
  var mean: SIMD16<Double>
  /// Of the logarithm of the shape: constant, logarithm of the mean (counts only), column 9 of the features.
  var shape: SIMD16<Double>
  /// How many sizes of its own a series of counts must have shown to be believed as much as the regression.
  var credibility = 1e6

  var isCount: Bool { typical.least > 0 }

  init(typical: TypicalDemand) {
    self.typical = typical
    mean = DemandFeatures.sizeStart
    shape = SIMD16()
  }

  /// The distribution of the size in the state of `row`.
  @inline(__always) func size(_ row: SIMD16<Double>) -> (mean: Double, shape: Double) {
    let relative = min(max(dot(row, mean), -20), 20)
    return (exp(relative + typical.logExcess), shapeValue(shapeRow(row, relative)))
  }

  @inline(__always) private func shapeRow(_ row: SIMD16<Double>, _ relative: Double) -> SIMD16<Double> {
    var columns = SIMD16<Double>()
    columns[0] = 1
    columns[1] = isCount ? relative : 0
    columns[2] = row[9]
    return columns
  }

  @inline(__always) private func shapeValue(_ columns: SIMD16<Double>) -> Double {
    exp(min(max(dot(columns, shape), -3), 8))
  }

  /// Alternates between the mean, by Fisher's scoring with the shape held, and the shape, by scoring with the outer
  /// product of the scores (Berndt, Hall, Hall & Hausman, "Estimation and inference in nonlinear structural models",
  /// Annals of Economic and Social Measurement 3, 1974) with the mean held. O(n p²) a round.
  mutating func fit(_ data: FeatureRows, ridge: Double) {
    guard !data.rows.isEmpty else { return }
    for round in 0..<4 {
      scoreMean(data, ridge: ridge, iterations: round == 0 ? 8 : 4)
      scoreShape(data, ridge: ridge)
    }
    if isCount { weighOwnSizes(data) }
  }

  /// The credibility under which the sizes were most likely, each given the sizes before it: the mixture of a smooth
  /// distribution with the counts so far, as in a Dirichlet process (Ferguson, "A Bayesian analysis of some
  /// nonparametric problems", Annals of Statistics 1, 1973).
  private mutating func weighOwnSizes(_ data: FeatureRows) {
    let candidates = [4.0, 8, 16, 32, 64, 128, 1e6]
    var likelihoods = [Double](repeating: 0, count: candidates.count)
    for index in data.rows.indices {
      let (mean, shape) = size(data.rows[index])
      let excess = data.targets[index] - typical.least
      let smooth = exp(
        negativeBinomialTerms(excess, mean: mean, shape: shape).value + excess * log(mean) - logGamma(excess + 1))
      let (hits, count) = data.matches[index]
      for (place, weight) in candidates.enumerated() {
        likelihoods[place] += log((weight * smooth + hits) / (weight + count) + 1e-300)
      }
    }
    let best = likelihoods.indices.max { likelihoods[$0] < likelihoods[$1] }
    if let best { credibility = candidates[best] }
  }

  private mutating func scoreMean(_ data: FeatureRows, ridge: Double, iterations: Int) {
    let shapes = data.rows.map { size($0).shape }
    mean = penalizedScoring(
      columns: DemandFeatures.count, from: mean, towards: DemandFeatures.sizeStart, ridge: ridge, iterations: iterations
    ) { point, equations in
      var likelihood = 0.0
      for index in data.rows.indices {
        let row = data.rows[index]
        let r = shapes[index]
        let mean = exp(min(max(dot(row, point), -20), 20) + typical.logExcess)
        let excess = data.targets[index] - typical.least
        // d log L / d log μ: (y − μ) / (1 + μ/r) for counts, r (y − μ) / μ for amounts.
        let weight = isCount ? 1 / (1 + mean / r) : r / mean
        likelihood += isCount ? excess * log(mean) - (excess + r) * log(r + mean) : -r * (log(mean) + excess / mean)
        equations.add(row, score: weight * (excess - mean), information: weight * mean)
      }
      return likelihood
    }
  }

  private mutating func scoreShape(_ data: FeatureRows, ridge: Double) {
    let columns = data.rows.map { shapeRow($0, min(max(dot($0, mean), -20), 20)) }
    let means = data.rows.map { size($0).mean }
    shape = penalizedScoring(columns: 3, from: shape, towards: SIMD16(), ridge: ridge, iterations: 10) {
      point, equations in
      var likelihood = 0.0
      for index in columns.indices {
        let excess = data.targets[index] - typical.least
        let r = exp(min(max(dot(columns[index], point), -3), 8))
        let (value, slope) =
          isCount
          ? negativeBinomialTerms(excess, mean: means[index], shape: r)
          : gammaTerms(excess, mean: means[index], shape: r)
        likelihood += value
        equations.add(columns[index], score: slope, information: slope * slope)
      }
      return likelihood
    }
  }
}

/// log P(Y = y) of a negative binomial up to terms without the shape, and its derivative by log r.
func negativeBinomialTerms(_ y: Double, mean: Double, shape r: Double) -> (value: Double, slope: Double) {
  var (combinations, harmonic) = (0.0, 0.0)
  if y <= 16 {
    var product = 1.0
    var factor = r
    for _ in 0..<Int(y) {
      product *= factor
      harmonic += 1 / factor
      factor += 1
    }
    combinations = log(product)
  } else {
    combinations = logGamma(y + r) - logGamma(r)
    harmonic = digamma(y + r) - digamma(r)
  }
  let logShare = log(r / (r + mean))
  return (
    combinations + r * logShare - y * log(r + mean), r * (harmonic + logShare + (mean - y) / (r + mean))
  )
}

/// log f(y) of a gamma variable of the given mean and shape, and its derivative by log shape.
func gammaTerms(_ y: Double, mean: Double, shape r: Double) -> (value: Double, slope: Double) {
  let ratio = max(y, 1e-300) / mean
  let inner = log(r * ratio) - ratio
  return (r * inner - logGamma(r), r * (inner + 1 - digamma(r)))
}
