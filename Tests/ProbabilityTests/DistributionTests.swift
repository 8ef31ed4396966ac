import Glibc
import Testing

@testable import Probability

/// Draws against the distribution's own mass and moments. Bounds are five standard errors of the statistic for the
/// fixed seeds, so that a wrong constant fails and chance does not.
struct DistributionTests {
  static let draws = 40_000

  @Test func logGammaMatchesKnownValues() {
    // Γ(n) = (n − 1)!, Γ(1/2) = √π.
    #expect(abs(logGamma(0.5) - 0.5 * log(Double.pi)) < 1e-14)
    #expect(abs(logGamma(1)) < 1e-14)
    #expect(abs(logGamma(6) - log(120)) < 1e-14 * log(120))
    #expect(abs(logGamma(171) - 706.573_062_245_787_4) < 1e-11)
  }

  @Test(arguments: [0.3, 4.0, 9.9, 10.0, 35.0, 900.0])
  func poissonDraws(mean: Double) {
    let distribution = Poisson(mean: mean)
    var stream = RandomStream(seed: 7, key: RandomStream.key("poisson"))
    let counts = (0..<Self.draws).map { _ in distribution.draw(&stream) }
    check(counts, mean: distribution.mean, variance: distribution.variance, mass: distribution.mass)
  }

  @Test(arguments: [(2.0, 0.7), (30.0, 4.0), (0.4, 20.0)])
  func negativeBinomialDraws(mean: Double, size: Double) {
    let distribution = NegativeBinomial(mean: mean, size: size)
    var stream = RandomStream(seed: 7, key: RandomStream.key("negative binomial"))
    let counts = (0..<Self.draws).map { _ in distribution.draw(&stream) }
    check(counts, mean: distribution.mean, variance: distribution.variance, mass: distribution.mass)
  }

  @Test(arguments: [(10, 0.3), (400, 0.2), (1000, 0.97), (90, 0.5)])
  func binomialDraws(trials: Int, probability: Double) {
    let distribution = Binomial(trials: trials, probability: probability)
    var stream = RandomStream(seed: 7, key: RandomStream.key("binomial"))
    let counts = (0..<Self.draws).map { _ in distribution.draw(&stream) }
    #expect(counts.allSatisfy { (0...trials).contains($0) })
    check(counts, mean: distribution.mean, variance: distribution.variance, mass: distribution.mass)
  }

  @Test func certainOutcomesNeedNoChance() {
    var stream = RandomStream(seed: 1)
    #expect(Poisson(mean: 0).draw(&stream) == 0)
    #expect(Binomial(trials: 50, probability: 0).draw(&stream) == 0)
    #expect(Binomial(trials: 50, probability: 1).draw(&stream) == 50)
    #expect(NegativeBinomial(mean: 0, size: 2).draw(&stream) == 0)
  }

  @Test(arguments: [(0.4, 2.0), (1.0, 3.0), (12.0, 0.5)])
  func gammaDraws(shape: Double, scale: Double) {
    let distribution = Gamma(shape: shape, scale: scale)
    var stream = RandomStream(seed: 7, key: RandomStream.key("gamma"))
    let values = (0..<Self.draws).map { _ in distribution.draw(&stream) }
    checkMoments(values, mean: distribution.mean, variance: distribution.variance)
  }

  @Test func logNormalDraws() {
    let distribution = LogNormal(median: 3, logDeviation: 0.4)
    var stream = RandomStream(seed: 7, key: RandomStream.key("log-normal"))
    let values = (0..<Self.draws).map { _ in distribution.draw(&stream) }
    checkMoments(values, mean: distribution.mean, variance: distribution.variance)
  }

  /// Tails of t(5): P(|T| > 2.015) = 0.10, P(|T| > 4.032) = 0.01 (Student's table).
  @Test func studentTails() {
    var stream = RandomStream(seed: 7, key: RandomStream.key("t"))
    let values = (0..<Self.draws).map { _ in abs(stream.studentT(degreesOfFreedom: 5)) }
    let n = Double(Self.draws)
    for (bound, expected) in [(2.015, 0.10), (4.032, 0.01)] {
      let share = Double(values.count { $0 > bound }) / n
      #expect(abs(share - expected) < 5 * (expected * (1 - expected) / n).squareRoot())
    }
  }

  @Test func weightedChoiceFollowsItsWeights() {
    var stream = RandomStream(seed: 7, key: RandomStream.key("choice"))
    var counts = [0, 0, 0]
    for _ in 0..<Self.draws { counts[stream.index(weights: [1, 0, 3])] += 1 }
    #expect(counts[1] == 0)
    #expect(abs(Double(counts[2]) / Double(Self.draws) - 0.75) < 0.011)
  }

  /// Pearson's chi-square over cells with at least ten expected draws, and the first two moments.
  private func check(_ counts: [Int], mean: Double, variance: Double, mass: (Int) -> Double) {
    checkMoments(counts.map(Double.init), mean: mean, variance: variance)
    let n = Double(counts.count)
    var observed: [Int: Int] = [:]
    for count in counts { observed[count, default: 0] += 1 }
    var (statistic, cells) = (0.0, 0.0)
    for k in 0...Int(mean + 10 * variance.squareRoot() + 10) where mass(k) * n >= 10 {
      let difference = Double(observed[k] ?? 0) - mass(k) * n
      statistic += difference * difference / (mass(k) * n)
      cells += 1
    }
    #expect(abs(statistic - cells) < 5 * (2 * cells).squareRoot())
  }

  private func checkMoments(_ values: [Double], mean: Double, variance: Double) {
    let n = Double(values.count)
    let average = values.reduce(0, +) / n
    let deviations = values.map { ($0 - average) * ($0 - average) }
    let spread = deviations.reduce(0, +) / (n - 1)
    // The variance of the variance, from the sample's own fourth moment.
    let fourth = deviations.reduce(0) { $0 + ($1 - spread) * ($1 - spread) } / n
    #expect(abs(average - mean) < 5 * (variance / n).squareRoot())
    #expect(abs(spread - variance) < 5 * (fourth / n).squareRoot())
  }
}
