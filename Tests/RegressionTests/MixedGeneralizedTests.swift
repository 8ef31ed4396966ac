import Foundation
import LinearAlgebra
import Probability
import Regression
import Testing

/// The Laplace approximation from its definition: all random effects at once, dense, by Newton's method.
struct DenseLaplace {
  let family: Family
  let response: [Double]
  let weights: [Double]
  /// Xβ + offset.
  let base: [Double]
  /// Z, n × effects.
  let random: Matrix
  /// Covariance of all effects.
  let covariance: Matrix

  private func mean(_ eta: Double) -> Double { family == .binomial ? 1 / (1 + exp(-eta)) : exp(eta) }

  private func variance(_ mean: Double) -> Double { family == .binomial ? mean * (1 - mean) : mean }

  private func logDensity(_ i: Int, _ mean: Double) -> Double {
    let (y, w) = (response[i], weights[i])
    if family == .poisson { return w * (y * log(mean) - mean - lgamma(y + 1)) }
    let events = w * y
    return lgamma(w + 1) - lgamma(events + 1) - lgamma(w - events + 1) + (events > 0 ? events * log(mean) : 0)
      + (events < w ? (w - events) * log(1 - mean) : 0)
  }

  func logLikelihood() throws -> Double {
    let precision = try Cholesky(covariance).inverse()
    var effects = [Double](repeating: 0, count: random.columns)
    var information = precision
    for _ in 0..<50 {
      let means = zip(base, random * effects).map { mean($0 + $1) }
      let curvature = means.indices.map { weights[$0] * variance(means[$0]) }
      let scores = means.indices.map { weights[$0] * (response[$0] - means[$0]) }
      information = random.gram(weights: curvature)
      for j in effects.indices {
        for i in effects.indices { information[i, j] += precision[i, j] }
      }
      let gradient = zip(random.transposedTimes(scores), precision * effects).map { $0 - $1 }
      effects = zip(effects, try Cholesky(information).solve(gradient)).map { $0 + $1 }
    }
    let means = zip(base, random * effects).map { mean($0 + $1) }
    let density = means.indices.reduce(0) { $0 + logDensity($1, means[$1]) }
    let determinants = try Cholesky(information).logDeterminant + Cholesky(covariance).logDeterminant
    return density - dot(effects, precision * effects) / 2 - determinants / 2
  }
}

@Suite(.enabled(if: ReferenceValues.areThere, "the reference data (shared/golden) are not here"))
struct MixedGeneralizedReferenceTests {
  /// Contagious bovine pleuropneumonia (lme4's `cbpp`).
  struct Cattle {
    let size, share: [Double]
    let design: DesignMatrix
    let herd: RandomTerm

    init() throws {
      size = try MixedReference.numbers("cbpp", "size")
      share = zip(try MixedReference.numbers("cbpp", "incidence"), size).map { $0 / $1 }
      let period = try MixedReference.numbers("cbpp", "period")
      design = MixedReference.design(
        [2.0, 3, 4].map { level in ("period\(Int(level))", period.map { $0 == level ? 1 : 0 }) }, rows: size.count)
      herd = try MixedReference.term("cbpp", "herd")
    }

    func laplace(_ coefficients: [Double], deviation: Double) throws -> Double {
      let count = herd.levels.count
      var random = Matrix(rows: size.count, columns: count)
      for (row, code) in herd.codes.enumerated() { random[row, Int(code)] = 1 }
      var covariance = Matrix.identity(count)
      for i in 0..<count { covariance[i, i] = deviation * deviation }
      return try DenseLaplace(
        family: .binomial, response: share, weights: size, base: design.matrix * coefficients, random: random,
        covariance: covariance
      ).logLikelihood()
    }
  }

  /// glmer's tolerances leave its likelihood 3e-4 below the definition at its own estimates, and those 5e-6 below the
  /// maximum: three to four digits of the estimates. So the definition decides, and ours must be higher.
  @Test func cattleByLaplace() throws {
    let data = try Cattle()
    let fit = try MixedGeneralizedRegression(.binomial).fit(
      data.design, response: data.share, weights: data.size, random: [data.herd])
    let golden = try #require(try ReferenceValues.json("r_golden.json")["glmm_laplace_cbpp"] as? [String: Any])
    let fixed = try #require(golden["fixef"] as? [String: Double])
    let known = try ["(Intercept)", "period2", "period3", "period4"].map { try #require(fixed[$0]) }
    let variances = try #require(golden["varcorr"] as? [[String: Any]])
    let deviation = try #require(variances[0]["sdcor"] as? Double)
    let likelihood = try #require(golden["loglik"] as? Double)
    let atKnown = try data.laplace(known, deviation: deviation)
    #expect(abs(atKnown - likelihood) < 4e-4)
    let own = try data.laplace(fit.coefficients, deviation: fit.components[0].deviation)
    #expect(abs(own - fit.logLikelihood) < 1e-10)
    #expect(fit.logLikelihood > atKnown)
    #expect(fit.logLikelihood < atKnown + 1e-5)
    for (ours, theirs) in zip(fit.coefficients, known) { #expect(abs(ours / theirs - 1) < 1e-3) }
    #expect(abs(fit.components[0].deviation / deviation - 1) < 1e-3)
  }

  @Test func cattleByQuadrature() throws {
    let data = try Cattle()
    let fit = try MixedGeneralizedRegression(.binomial, quadraturePoints: 25).fit(
      data.design, response: data.share, weights: data.size, random: [data.herd])
    let golden = try #require(try ReferenceValues.json("r_golden.json")["glmm_agq25_cbpp"] as? [String: Any])
    let fixed = try #require(golden["fixef"] as? [String: Double])
    let errors = try #require(golden["se"] as? [String: Double])
    for term in fit.terms {
      let key = term.name == "(intercept)" ? "(Intercept)" : term.name
      #expect(ReferenceValues.digits([term.estimate], [try #require(fixed[key])]) >= 7)
      #expect(ReferenceValues.digits([term.standardError], [try #require(errors[key])]) >= 6)
    }
    let deviations = try #require(golden["sd"] as? [String: Double])
    #expect(abs(fit.components[0].deviation / (try #require(deviations["(Intercept)"])) - 1) < 1e-7)
    // With more points than are needed the integral no longer changes.
    let fewer = try MixedGeneralizedRegression(.binomial, quadraturePoints: 20).fit(
      data.design, response: data.share, weights: data.size, random: [data.herd])
    #expect(abs(fewer.logLikelihood - fit.logLikelihood) < 1e-9)
  }
}

struct MixedGeneralizedTests {
  /// Counts with a crossed factor, correlated slopes and an offset.
  private func counts() -> (sample: MixedSample, response: [Double], offset: [Double]) {
    let sample = MixedSample(groups: 15, deviations: (2, 0.7, 1.5))
    let offset = sample.weights.map { log($0) }
    let response = zip(sample.y, offset).map { max(0, (exp(0.4 * ($0 - 100) + $1)).rounded()) }
    return (sample, response, offset)
  }

  /// The likelihood equals its definition at the estimates, and is flat there in every parameter.
  @Test func countsEqualTheirDefinition() throws {
    let (sample, response, offset) = counts()
    let fit = try MixedGeneralizedRegression(.poisson).fit(
      sample.design, response: response, offset: offset, random: [sample.crossedTerm, sample.groupTerm(slope: true)])
    try #require(!fit.isSingular)
    var random = Matrix(rows: sample.rows, columns: 4 + 30)
    for row in 0..<sample.rows {
      random[row, Int(sample.crossed[row])] = 1
      random[row, 4 + 2 * Int(sample.group[row])] = 1
      random[row, 5 + 2 * Int(sample.group[row])] = sample.x[row]
    }
    func likelihood(_ v: [Double]) throws -> Double {
      var covariance = Matrix(rows: 34, columns: 34)
      for i in 0..<4 { covariance[i, i] = v[0] }
      for g in 0..<15 {
        let first = 4 + 2 * g
        covariance[first, first] = v[1]
        covariance[first + 1, first + 1] = v[2]
        covariance[first, first + 1] = v[3]
        covariance[first + 1, first] = v[3]
      }
      let base = zip(sample.design.matrix * [v[4], v[5]], offset).map { $0 + $1 }
      return try DenseLaplace(
        family: .poisson, response: response, weights: response.map { _ in 1 }, base: base, random: random,
        covariance: covariance
      ).logLikelihood()
    }
    let values = fit.components.map(\.estimate) + fit.coefficients
    #expect(abs(try likelihood(values) - fit.logLikelihood) < 1e-9)
    for k in values.indices {
      var (up, down) = (values, values)
      up[k] += 1e-4 * abs(values[k])
      down[k] -= 1e-4 * abs(values[k])
      #expect(abs(try likelihood(up) - likelihood(down)) / 2e-4 < 2e-6)
    }
    let same = fit.predict(sample.design, offset: offset, random: [sample.crossedTerm, sample.groupTerm(slope: true)])
    #expect(same.values == fit.fitted)
    let saved = try JSONDecoder().decode(MixedGeneralizedModel.self, from: JSONEncoder().encode(fit.model))
    #expect(saved == fit.model)
  }

  /// The gradient also holds for links that are not canonical: the search ends only where it vanishes.
  @Test(arguments: [Link.probit, .complementaryLogLog], [1, 9])
  func otherLinksConverge(link: Link, points: Int) throws {
    let sample = MixedSample(groups: 14, spread: 5, deviations: (3, 0, 0))
    let response = sample.y.map { $0 > 106 ? 1.0 : 0 }
    let fit = try MixedGeneralizedRegression(.binomial, link: link, quadraturePoints: points).fit(
      sample.design, response: response, random: [sample.groupTerm()])
    #expect(!fit.isSingular)
    #expect(fit.gradient < 1e-6)
    #expect(fit.components[0].standardError.map { $0 > 0 } == true)
  }

  /// Groups that do not differ: no variance, and the fit without random effects is left.
  @Test func withoutVarianceItIsTheGeneralizedLinearModel() throws {
    let codes = (0..<40).map { Int32($0 / 4) }
    let response = (0..<40).map { $0 % 2 == 0 ? 1.0 : 3 }
    let design = MixedReference.design([("x", (0..<40).map { Double($0 % 4) })], rows: 40)
    let term = RandomTerm(factor: "group", codes: codes, levels: (0..<10).map { "g\($0)" })
    let fit = try MixedGeneralizedRegression(.poisson).fit(design, response: response, random: [term])
    let plain = try GeneralizedLinearRegression(.poisson).fit(design, response: response)
    #expect(fit.isSingular)
    #expect(fit.components[0].estimate == 0)
    #expect(abs(fit.logLikelihood - plain.logLikelihood) < 1e-10)
    for (a, b) in zip(fit.terms, plain.terms) {
      #expect(abs(a.estimate - b.estimate) < 1e-9)
      #expect(abs(a.standardError / b.standardError - 1) < 1e-6)
    }
  }

  @Test func specificationsWithoutAnAnswerAreNamed() {
    let sample = MixedSample(groups: 6, deviations: (1, 0, 0))
    func cause(_ regression: MixedGeneralizedRegression, _ random: [RandomTerm]) -> String? {
      do {
        _ = try regression.fit(sample.design, response: sample.y, random: random)
        return nil
      } catch { return error.description }
    }
    #expect(cause(.init(.gamma), [sample.groupTerm()])?.contains("binomial, Poisson") == true)
    #expect(cause(.init(.poisson), [])?.contains("at least one") == true)
    #expect(cause(.init(.poisson, quadraturePoints: 0), [sample.groupTerm()])?.contains("1 to 100") == true)
    #expect(
      cause(.init(.poisson, quadraturePoints: 5), [sample.groupTerm(slope: true)])?.contains("single random column")
        == true)
  }
}
