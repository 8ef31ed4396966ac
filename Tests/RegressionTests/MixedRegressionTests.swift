import Foundation
import LinearAlgebra
import Probability
import Regression
import Testing

/// Drawn data for mixed models.
struct MixedSample {
  var x: [Double] = []
  var y: [Double] = []
  var weights: [Double] = []
  var group: [Int32] = []
  var crossed: [Int32] = []
  let groups: Int
  let crossings: Int

  /// Unbalanced: group g has 3 to 3 + spread rows; `deviations` of intercept, slope and crossed effect.
  init(groups: Int, crossings: Int = 4, spread: Int = 5, deviations: (Double, Double, Double), seed: UInt64 = 7) {
    var random = RandomStream(seed: seed)
    func normal() -> Double { Normal.standard.quantile(Double.random(in: 1e-9..<1, using: &random)) }
    self.groups = groups
    self.crossings = crossings
    let others = (0..<crossings).map { _ in deviations.2 * normal() }
    for g in 0..<groups {
      let (intercept, slope) = (deviations.0 * normal(), deviations.1 * normal())
      for _ in 0..<(3 + (spread > 0 ? Int.random(in: 0...spread, using: &random) : 0)) {
        let (value, other) = (3 + normal(), Int.random(in: 0..<crossings, using: &random))
        x.append(value)
        weights.append(Double.random(in: 0.5..<2, using: &random))
        group.append(Int32(g))
        crossed.append(Int32(other))
        y.append(100 + 2 * value + intercept + slope * value + others[other] + normal() / weights.last!.squareRoot())
      }
    }
  }

  var rows: Int { y.count }
  var design: DesignMatrix { MixedReference.design([("x", x)], rows: rows) }

  func groupTerm(intercept: Bool = true, slope: Bool = false, correlated: Bool = true, factor: Double = 1) -> RandomTerm
  {
    RandomTerm(
      factor: "group", codes: group, levels: (0..<groups).map { "g\($0)" }, intercept: intercept,
      slopes: slope ? [.init(name: "x", values: x.map { $0 * factor })] : [], correlated: correlated)
  }

  var crossedTerm: RandomTerm {
    RandomTerm(factor: "crossed", codes: crossed, levels: (0..<crossings).map { "c\($0)" })
  }

  func selecting(_ rows: [Int]) -> MixedSample {
    var copy = self
    copy.x = rows.map { x[$0] }
    copy.y = rows.map { y[$0] }
    copy.weights = rows.map { weights[$0] }
    copy.group = rows.map { group[$0] }
    copy.crossed = rows.map { crossed[$0] }
    return copy
  }
}

/// The likelihood of a mixed model from its definition, with the n × n covariance V of the response.
struct DenseLikelihood {
  let sample: MixedSample
  let design: Matrix
  let restricted: Bool

  /// Log-likelihood and generalised least squares for variances (intercept, covariance, slope), crossed, residual.
  func evaluate(_ v: [Double]) throws -> (logLikelihood: Double, coefficients: [Double], covariance: Matrix) {
    let n = sample.rows
    var covariance = Matrix(rows: n, columns: n)
    for j in 0..<n {
      for i in 0..<n {
        if sample.group[i] == sample.group[j] {
          covariance[i, j] += v[0] + v[1] * (sample.x[i] + sample.x[j]) + v[2] * sample.x[i] * sample.x[j]
        }
        if sample.crossed[i] == sample.crossed[j] { covariance[i, j] += v[3] }
        if i == j { covariance[i, j] += v[4] / sample.weights[i] }
      }
    }
    let factor = try Cholesky(covariance)
    let information = try Cholesky(design.transposedTimes(factor.solve(design)))
    let coefficients = information.solve(design.transposedTimes(factor.solve(sample.y)))
    let residuals = zip(sample.y, design * coefficients).map { $0 - $1 }
    var deviance = factor.logDeterminant + dot(residuals, factor.solve(residuals))
    deviance += Double(n - (restricted ? 2 : 0)) * log(2 * Double.pi)
    if restricted { deviance += information.logDeterminant }
    return (-deviance / 2, coefficients, information.inverse())
  }
}

struct MixedRegressionTests {
  /// Log-likelihood, coefficients and standard errors equal their definition with dense V, and no nearby variances are
  /// more likely.
  @Test(arguments: [MixedRegression.Estimation.reml, .ml])
  func equalsItsDefinition(estimation: MixedRegression.Estimation) throws {
    let sample = MixedSample(groups: 12, deviations: (1.5, 0.7, 1))
    let fit = try MixedRegression(estimation: estimation).fit(
      sample.design, response: sample.y, weights: sample.weights,
      random: [sample.crossedTerm, sample.groupTerm(slope: true)])
    try #require(!fit.isSingular)
    let group = fit.randomEffects[1].covariance
    let variances = [group[0], group[1], group[3], fit.randomEffects[0].covariance[0], fit.residualVariance]
    let dense = DenseLikelihood(sample: sample, design: sample.design.matrix, restricted: estimation == .reml)
    let known = try dense.evaluate(variances)
    #expect(abs(fit.logLikelihood - known.logLikelihood) < 1e-11 * abs(known.logLikelihood))
    for j in 0..<2 {
      #expect(abs(fit.coefficients[j] - known.coefficients[j]) < 1e-11 * abs(known.coefficients[j]))
      #expect(abs(fit.covariance[j, j] - known.covariance[j, j]) < 1e-10 * known.covariance[j, j])
    }
    // Central differences of the likelihood vanish: what is left is their own error, h² and rounding / h.
    for k in variances.indices {
      var (up, down) = (variances, variances)
      up[k] += 1e-4 * abs(variances[k])
      down[k] -= 1e-4 * abs(variances[k])
      let slope = (try dense.evaluate(up).logLikelihood - dense.evaluate(down).logLikelihood) / 2e-4
      #expect(abs(slope) < 1e-5)
    }
  }

  /// Conditional means are σ² Λ…: for the definition, b = Σ Zᵀ V⁻¹ (y − Xβ) summed per group.
  @Test func effectsAreConditionalMeans() throws {
    let sample = MixedSample(groups: 9, deviations: (1.5, 0, 0))
    let fit = try MixedRegression().fit(sample.design, response: sample.y, random: [sample.groupTerm()])
    let (between, within) = (fit.components[0].estimate, fit.residualVariance)
    let raw = zip(sample.y, sample.design.matrix * fit.coefficients).map { $0 - $1 }
    for g in 0..<9 {
      let own = sample.group.indices.filter { sample.group[$0] == Int32(g) }
      let mean = own.reduce(0) { $0 + raw[$1] } / Double(own.count)
      let share = between / (between + within / Double(own.count))
      let effect = try #require(fit.randomEffects[0]["g\(g)"])[0]
      #expect(abs(effect - share * mean) < 1e-11 * abs(mean))
      #expect(abs(effect) < abs(mean))
      let deviation = (share * within / Double(own.count)).squareRoot()
      #expect(abs(fit.randomEffects[0].conditionalDeviations[g] - deviation) < 1e-12)
    }
    #expect(fit.randomEffects[0]["elsewhere"] == nil)
  }

  @Test func orderOfRowsAndTermsDoesNotMatter() throws {
    let sample = MixedSample(groups: 15, deviations: (1.5, 0.7, 1))
    let shuffled = sample.selecting(Array((0..<sample.rows).reversed().map { ($0 * 7) % sample.rows }))
    try #require(Set((0..<sample.rows).map { ($0 * 7) % sample.rows }).count == sample.rows)
    let one = try MixedRegression().fit(
      sample.design, response: sample.y, random: [sample.groupTerm(slope: true), sample.crossedTerm])
    let other = try MixedRegression().fit(
      shuffled.design, response: shuffled.y, random: [shuffled.crossedTerm, shuffled.groupTerm(slope: true)])
    for (a, b) in zip(one.components[0...2], other.components[1...3]) {
      #expect(abs(a.estimate - b.estimate) < 1e-10 * abs(a.estimate))
    }
    #expect(abs(one.components[3].estimate - other.components[0].estimate) < 1e-10 * one.components[3].estimate)
    #expect(abs(one.logLikelihood - other.logLikelihood) < 1e-11 * abs(one.logLikelihood))
    for (a, b) in zip(one.coefficients, other.coefficients) { #expect(abs(a - b) < 1e-11 * abs(a)) }
  }

  /// A slope in other units: its deviation in those units, everything else the same.
  @Test(arguments: [true, false])
  func unitsOfSlopesDoNotMatter(correlated: Bool) throws {
    let sample = MixedSample(groups: 20, deviations: (1.5, 0.7, 0))
    let one = try MixedRegression().fit(
      sample.design, response: sample.y, random: [sample.groupTerm(slope: true, correlated: correlated)])
    let other = try MixedRegression().fit(
      sample.design, response: sample.y, random: [sample.groupTerm(slope: true, correlated: correlated, factor: 1e6)])
    try #require(!one.isSingular)
    #expect(abs(one.logLikelihood - other.logLikelihood) < 1e-11 * abs(one.logLikelihood))
    let (a, b) = (one.randomEffects[0], other.randomEffects[0])
    #expect(abs(a.standardDeviations[0] / b.standardDeviations[0] - 1) < 1e-9)
    #expect(abs(a.standardDeviations[1] / (1e6 * b.standardDeviations[1]) - 1) < 1e-9)
    #expect(abs(a.correlation(0, 1) - b.correlation(0, 1)) < 1e-9)
  }

  /// Balanced nested classification: REML equals the estimates from mean squares where these are positive.
  @Test func balancedNestedEqualsAnalysisOfVariance() throws {
    let (outer, inner, rows) = (6, 4, 3)
    var random = RandomStream(seed: 3)
    func normal() -> Double { Normal.standard.quantile(Double.random(in: 1e-9..<1, using: &random)) }
    var (y, region, city): ([Double], [Int32], [Int32]) = ([], [], [])
    for a in 0..<outer {
      let first = 3 * normal()
      for b in 0..<inner {
        let second = 2 * normal()
        for _ in 0..<rows {
          y.append(50 + first + second + normal())
          region.append(Int32(a))
          city.append(Int32(a * inner + b))
        }
      }
    }
    let fit = try MixedRegression().fit(
      MixedReference.design([], rows: y.count), response: y,
      random: [
        RandomTerm(factor: "region", codes: region, levels: (0..<outer).map { "r\($0)" }),
        RandomTerm(factor: "city", codes: city, levels: (0..<outer * inner).map { "c\($0)" }),
      ])
    func means(_ codes: [Int32]) -> [Double] {
      let count = Int(codes.max()!) + 1
      var sums = [Double](repeating: 0, count: count)
      for (value, code) in zip(y, codes) { sums[Int(code)] += value / Double(y.count / count) }
      return sums
    }
    let (whole, regions, cities) = (y.reduce(0, +) / Double(y.count), means(region), means(city))
    var (between, among, within) = (0.0, 0.0, 0.0)
    for i in y.indices {
      between += pow(regions[Int(region[i])] - whole, 2) / Double(outer - 1)
      among += pow(cities[Int(city[i])] - regions[Int(region[i])], 2) / Double(outer * (inner - 1))
      within += pow(y[i] - cities[Int(city[i])], 2) / Double(outer * inner * (rows - 1))
    }
    let known = [(between - among) / Double(inner * rows), (among - within) / Double(rows), within]
    try #require(known.allSatisfy { $0 > 0 })
    for (component, value) in zip(fit.components, known) { #expect(abs(component.estimate / value - 1) < 1e-11) }
    // Independent mean squares: Var(MS) = 2 MS² / df, and the observed information equals the expected one here.
    let error = within * (2 / Double(outer * inner * (rows - 1))).squareRoot()
    #expect(abs(try #require(fit.components[2].standardError) / error - 1) < 1e-6)
    #expect(
      abs(
        try #require(fit.effectiveObservations) * between / Double(y.count)
          - fit.components.reduce(0) { $0 + $1.estimate }) < 1e-9)
  }

  /// Groups whose residuals cancel: no variance between them, and least squares is left.
  @Test func withoutVarianceBetweenGroupsItIsLeastSquares() throws {
    let (groups, rows) = (8, 4)
    let pattern = [1.0, -1, -1, 1]
    var (x, y, codes): ([Double], [Double], [Int32]) = ([], [], [])
    for g in 0..<groups {
      for k in 0..<rows {
        x.append(Double(k))
        y.append(5 + 0.5 * Double(k) + pattern[k] * (1 + 0.1 * Double(g)))
        codes.append(Int32(g))
      }
    }
    let design = MixedReference.design([("x", x)], rows: y.count)
    let term = RandomTerm(factor: "group", codes: codes, levels: (0..<groups).map { "g\($0)" })
    let fit = try MixedRegression().fit(design, response: y, random: [term])
    let plain = try LinearRegression().fit(design, response: y)
    #expect(fit.isSingular)
    #expect(fit.notes.count == 1)
    #expect(fit.components[0].estimate == 0)
    #expect(fit.components[0].standardError == nil)
    #expect(fit.randomEffects[0].effects.allSatisfy { $0 == 0 })
    #expect(abs(fit.residualVariance / plain.residualVariance - 1) < 1e-12)
    for (a, b) in zip(fit.terms, plain.terms) {
      #expect(abs(a.estimate - b.estimate) < 1e-12)
      #expect(abs(a.standardError / b.standardError - 1) < 1e-12)
    }
    // With a slope too, both variances are zero.
    var sloped = term
    sloped.slopes = [.init(name: "x", values: x)]
    let both = try MixedRegression().fit(design, response: y, random: [sloped])
    #expect(both.isSingular)
    #expect(both.randomEffects[0].standardDeviations[0] < 1e-4)
    #expect(abs(both.logLikelihood - fit.logLikelihood) < 1e-8)
  }

  /// Two terms of one factor are the same model as independent effects in one term.
  @Test func termsOfOneFactorAreIndependent() throws {
    let sample = MixedSample(groups: 20, deviations: (1.5, 0.7, 0))
    let one = try MixedRegression(estimation: .ml).fit(
      sample.design, response: sample.y, random: [sample.groupTerm(slope: true, correlated: false)])
    let two = try MixedRegression(estimation: .ml).fit(
      sample.design, response: sample.y,
      random: [sample.groupTerm(), sample.groupTerm(intercept: false, slope: true)])
    #expect(one.components.map(\.estimate) == two.components.map(\.estimate))
    #expect(two.randomEffects.count == 2)
    #expect(two.intraclassCorrelations.reduce(0, +) < 1)
  }

  @Test func rowsWithoutWeightDoNotCount() throws {
    let sample = MixedSample(groups: 12, deviations: (1.5, 0, 1))
    var weights = sample.weights
    for row in stride(from: 0, to: sample.rows, by: 5) { weights[row] = 0 }
    let kept = weights.indices.filter { weights[$0] > 0 }
    let some = sample.selecting(kept)
    let one = try MixedRegression().fit(
      sample.design, response: sample.y, weights: weights, random: [sample.groupTerm(), sample.crossedTerm])
    let other = try MixedRegression().fit(
      some.design, response: some.y, weights: some.weights, random: [some.groupTerm(), some.crossedTerm])
    #expect(one.observations == kept.count)
    #expect(abs(one.logLikelihood - other.logLikelihood) < 1e-11 * abs(other.logLikelihood))
    for (a, b) in zip(one.components, other.components) { #expect(abs(a.estimate / b.estimate - 1) < 1e-9) }
  }

  @Test func dependentColumnsAreDroppedByName() throws {
    let sample = MixedSample(groups: 12, deviations: (1.5, 0, 0))
    let wide = MixedReference.design(
      [("x", sample.x), ("double", sample.x.map { 2 * $0 })], rows: sample.rows)
    let one = try MixedRegression().fit(wide, response: sample.y, random: [sample.groupTerm()])
    let other = try MixedRegression().fit(sample.design, response: sample.y, random: [sample.groupTerm()])
    #expect(one.dropped.map(\.name) == ["double"])
    #expect(one.coefficients[2] == 0)
    #expect(one.terms.count == 2)
    #expect(abs(one.logLikelihood - other.logLikelihood) < 1e-10 * abs(other.logLikelihood))
  }

  @Test func predictsKnownAndUnseenLevelsAndSurvivesSaving() throws {
    let sample = MixedSample(groups: 10, deviations: (1.5, 0.7, 1))
    let random = [sample.groupTerm(slope: true), sample.crossedTerm]
    let fit = try MixedRegression().fit(sample.design, response: sample.y, random: random)
    let model = try JSONDecoder().decode(MixedModel.self, from: JSONEncoder().encode(fit.model))
    #expect(model == fit.model)
    let same = model.predict(sample.design, random: random)
    #expect(same.values == fit.fitted)
    #expect(same.unseen.isEmpty)
    // Levels by name: other codes for the same names, one of them new, one missing.
    let design = sample.design.selecting(rows: [0, 1, 2])
    let x = [sample.x[0], sample.x[1], sample.x[2]]
    let group = RandomTerm(
      factor: "group", codes: [1, 0, -1], levels: ["new", "g0"], slopes: [.init(name: "x", values: x)])
    let crossed = RandomTerm(factor: "crossed", codes: [0, 0, 0], levels: ["c\(sample.crossed[0])"])
    let other = model.predict(design, random: [group, crossed])
    #expect(abs(other.values[0] - fit.fitted[0]) < 1e-12 * abs(fit.fitted[0]))
    let effect = try #require(fit.randomEffects[1]["c\(sample.crossed[0])"])[0]
    #expect(abs(other.values[1] - other.population[1] - effect) < 1e-12)
    #expect(other.unseen == ["group": 2])
  }

  /// Variances from zero to far above the residual's, also side by side: the search ends at a stationary point.
  @Test(arguments: [0, 0.01, 1, 100], [0, 0.1, 10])
  func variancesOfAnySizeConverge(intercept: Double, slope: Double) throws {
    let sample = MixedSample(groups: 10, deviations: (intercept, slope, 1), seed: UInt64(intercept + 7 * slope))
    let fit = try MixedRegression().fit(
      sample.design, response: sample.y, random: [sample.groupTerm(slope: true), sample.crossedTerm])
    #expect(fit.gradient < 1e-6)
    #expect(fit.logLikelihood.isFinite)
    #expect(fit.isSingular || fit.components.allSatisfy { $0.standardError != nil })
  }

  @Test func manyGroupsWithSlopes() throws {
    let sample = MixedSample(groups: 2_000, spread: 3, deviations: (1.5, 0.7, 0))
    let fit = try MixedRegression().fit(sample.design, response: sample.y, random: [sample.groupTerm(slope: true)])
    #expect(abs(fit.randomEffects[0].standardDeviations[1] - 0.7) < 0.1)
    #expect(fit.randomEffects[0].effects.count == 4_000)
    #expect(fit.gradient < 1e-8)
  }
}
