internal import Glibc
internal import Probability

/// How large a demand is, given that there is one.
///
/// Counts: one plus a negative binomial variable of the form NB2 (Cameron & Trivedi, *Regression Analysis of Count
/// Data*, 2nd ed. 2013, section 3.3); the logarithms of its mean and of its shape are linear in the features.
///
/// Amounts: a gamma variable, regressed in the same way; or the logarithm of the size is a location plus a scale times
/// an error, the location and the logarithm of the scale linear in the features (Harvey, "Estimating regression models
/// with multiplicative heteroscedasticity", Econometrica 44, 1976), with the errors of the whole panel, whatever their
/// distribution. The likelihood decides.
struct SizeRegression: Sendable, Hashable, Codable {
  enum Family: String, Sendable, Hashable, Codable { case negativeBinomial, gamma, logarithmic }

  let family: Family
  var typical: TypicalDemand
  /// Of the logarithm of the mean excess, or of the location of amounts, over `typical.logExcess`.
  var mean: SIMD16<Double>
  /// Of the logarithm of the shape, or of the scale of amounts.
  var shape: SIMD16<Double>
  /// How many sizes of its own a series of counts must have shown to be believed as much as the regression.
  var credibility = 1e6
  /// The standardized errors of amounts, ascending.
  var errors: [Double] = []

  var isCount: Bool { typical.least > 0 }

  init(_ family: Family, typical: TypicalDemand) {
    self.family = family
    self.typical = typical
    mean = DemandFeatures.sizeStart
    shape = SIMD16()
  }

  /// The regression of the family that makes the sizes likeliest.
  static func fitted(_ data: FeatureRows, typical: TypicalDemand, ridge: Double) -> SizeRegression {
    let families: [Family] = typical.least > 0 ? [.negativeBinomial] : [.gamma, .logarithmic]
    var regressions = families.map { SizeRegression($0, typical: typical) }
    for index in regressions.indices { regressions[index].fit(data, ridge: ridge) }
    let likelihoods = regressions.map { $0.logLikelihood(data) }
    return regressions.count > 1 && likelihoods[1] > likelihoods[0] ? regressions[1] : regressions[0]
  }

  /// Of all sizes, up to terms that the families of amounts share.
  private func logLikelihood(_ data: FeatureRows) -> Double {
    data.rows.indices.reduce(0) { sum, index in
      let (mean, shape) = size(data.rows[index])
      return sum + terms(data.targets[index], mean: mean, shape: shape).value
    }
  }

  /// The log-likelihood of a size and its derivative by the logarithm of the shape or scale.
  @inline(__always) private func terms(_ target: Double, mean: Double, shape: Double) -> (value: Double, slope: Double)
  {
    switch family {
    case .negativeBinomial: negativeBinomialTerms(target - typical.least, mean: mean, shape: shape)
    case .gamma: gammaTerms(target, mean: mean, shape: shape)
    case .logarithmic: normalTerms(log(target / mean), scale: shape)
    }
  }

  /// The mean excess and the shape, or the median and the scale of the logarithm, in the state of `row`.
  @inline(__always) func size(_ row: SIMD16<Double>) -> (mean: Double, shape: Double) {
    let relative = min(max(dot(row, mean), -20), 20)
    return (exp(relative + typical.logExcess), shapeValue(dot(shapeRow(row, relative), shape)))
  }

  @inline(__always) private func shapeRow(_ row: SIMD16<Double>, _ relative: Double) -> SIMD16<Double> {
    var columns = SIMD16<Double>()
    columns[0] = 1
    columns[1] = isCount ? relative : row[10]
    columns[2] = row[9]
    return columns
  }

  @inline(__always) private func shapeValue(_ logarithm: Double) -> Double {
    exp(min(max(logarithm, -3), family == .logarithmic ? 1.5 : 8))
  }

  /// Alternates between the mean, by Fisher's scoring with the shape held, and the shape, by scoring with the outer
  /// product of the scores (Berndt, Hall, Hall & Hausman, "Estimation and inference in nonlinear structural models",
  /// Annals of Economic and Social Measurement 3, 1974) with the mean held. O(n p²) a round.
  private mutating func fit(_ data: FeatureRows, ridge: Double) {
    if !data.rows.isEmpty {
      for round in 0..<4 {
        scoreMean(data, ridge: ridge, iterations: round == 0 ? 8 : 4)
        scoreShape(data, ridge: ridge)
      }
    }
    if isCount { weighOwnSizes(data) }
    if family == .logarithmic { collectErrors(data) }
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
        let logMean = min(max(dot(row, point), -20), 20) + typical.logExcess
        if family == .logarithmic {
          let error = (log(data.targets[index]) - logMean) / r
          likelihood -= 0.5 * error * error
          equations.add(row, score: error / r, information: 1 / (r * r))
          continue
        }
        // d log L / d log μ: (y − μ) / (1 + μ/r) for counts, r (y − μ) / μ for a gamma variable.
        let mean = exp(logMean)
        let excess = data.targets[index] - typical.least
        let weight = isCount ? 1 / (1 + mean / r) : r / mean
        likelihood += isCount ? excess * logMean - (excess + r) * log(r + mean) : -r * (logMean + excess / mean)
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
        let r = shapeValue(dot(columns[index], point))
        let (value, slope) = terms(data.targets[index], mean: means[index], shape: r)
        likelihood += value
        equations.add(columns[index], score: slope, information: slope * slope)
      }
      return likelihood
    }
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
    if data.rows.isEmpty { return }
    let best = likelihoods.indices.max { likelihoods[$0] < likelihoods[$1] }
    if let best { credibility = candidates[best] }
  }

  /// The errors in units of their scale, thinned to a table; as many normal ones as the table is long are added, so that
  /// few errors do not pass for a distribution.
  private mutating func collectErrors(_ data: FeatureRows) {
    let length = 101
    let normal = (0..<length).map { Normal.standard.quantile((Double($0) + 0.5) / Double(length)) }
    var pool = normal
    for index in data.rows.indices {
      let (median, scale) = size(data.rows[index])
      pool.append(log(data.targets[index] / median) / scale)
    }
    pool.sort()
    errors = (0..<length).map { pool[min(pool.count - 1, (2 * $0 + 1) * pool.count / (2 * length))] }
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

/// log y f(y) of a gamma variable of the given mean and shape, and its derivative by log shape.
func gammaTerms(_ y: Double, mean: Double, shape r: Double) -> (value: Double, slope: Double) {
  let ratio = max(y, 1e-300) / mean
  let inner = log(r * ratio) - ratio
  return (r * inner - logGamma(r), r * (inner + 1 - digamma(r)))
}

/// log f(e) of a normal error with mean zero, and its derivative by the logarithm of the scale.
func normalTerms(_ error: Double, scale: Double) -> (value: Double, slope: Double) {
  let standardized = error / scale
  return (
    -log(scale) - 0.5 * standardized * standardized - 0.5 * log(2 * Double.pi), standardized * standardized - 1
  )
}
