import Churn
import Foundation
import Glibc
import Probability
import Testing

/// Accepted values of lifetime-value models; the tests skip where the reference data are not there.
private enum ReferenceData {
  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["SLUICE_DATA"] {
      return URL(fileURLWithPath: path).deletingLastPathComponent().appending(path: "golden")
    }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/golden")
  }()

  static var isThere: Bool { FileManager.default.fileExists(atPath: folder.appending(path: "extra.json").path) }

  static func accepted(_ name: String) throws -> [String: Any] {
    let data = try Data(contentsOf: folder.appending(path: "extra.json"))
    let all = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(all[name] as? [String: Any])
  }

  static func rows(_ name: String) throws -> [[Double]] {
    let text = try String(contentsOf: folder.appending(path: "data/\(name).csv"), encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).dropFirst().map {
      $0.split(separator: ",").compactMap { Double($0) }
    }
  }
}

private func digits(_ value: Double, _ accepted: Double) -> Double {
  value == accepted ? 15 : -log10(abs(value - accepted) / abs(accepted))
}

@Suite(.enabled(if: ReferenceData.isThere, "the reference data (shared/golden) are not here"))
struct PublishedLifetimeValueTests {
  /// The accepted parameters come from a search that stops at about 1e-6; the log-likelihood at them is given in full.
  @Test func purchasesOfTheCDNOWCohort() throws {
    let accepted = try ReferenceData.accepted("bgnbd_cdnow")
    let parameters = try #require(accepted["params"] as? [String: Double])
    let customers = try ReferenceData.rows("cdnow_summary").map {
      BetaGeometricModel.Purchases(repeats: $0[1], lastPurchase: $0[2], observed: $0[3])
    }
    let fit = try BetaGeometricModel.fit(customers)
    for (name, value) in [("r", fit.model.r), ("alpha", fit.model.alpha), ("a", fit.model.a), ("b", fit.model.b)] {
      #expect(digits(value, try #require(parameters[name])) > 5, "\(name)")
    }
    let best = try #require(accepted["loglik"] as? Double)
    #expect(fit.logLikelihood >= best - 1e-9)
    #expect(digits(fit.logLikelihood, best) > 9)
  }

  @Test func spendOfTheCDNOWCohort() throws {
    let accepted = try ReferenceData.accepted("gammagamma_cdnow")
    let customers = try ReferenceData.rows("cdnow_monetary").map {
      GammaGammaModel.Spend(purchases: $0[0], mean: $0[3])
    }
    let fit = try GammaGammaModel.fit(customers)
    for (name, value) in [("p", fit.model.p), ("q", fit.model.q), ("v", fit.model.v)] {
      #expect(digits(value, try #require(accepted[name] as? Double)) > 5, "\(name)")
    }
  }
}

struct LifetimeValueTests {
  let model = BetaGeometricModel(r: 0.243, alpha: 4.414, a: 0.793, b: 2.426)

  /// The sum over what can happen, by simulation of the model's own story.
  @Test func expectedPurchasesAgreeWithSimulation() {
    var stream = RandomStream(seed: 5, key: 1)
    func gamma(_ shape: Double) -> Double { Gamma(shape: shape, scale: 1).draw(&stream) }
    let (time, count) = (60.0, 40_000)
    var sum = 0.0
    for _ in 0..<count {
      let rate = gamma(model.r) / model.alpha
      let (x, y) = (gamma(model.a), gamma(model.b))
      let drop = x / (x + y)
      var clock = -log1p(-stream.uniform()) / rate
      while clock < time {
        sum += 1
        if stream.uniform() < drop { break }
        clock -= log1p(-stream.uniform()) / rate
      }
    }
    let expected = model.expectedPurchases(ofNewCustomerWithin: time)
    // Standard error about 0.012 at a mean near 1.2.
    #expect(abs(sum / Double(count) - expected) < 0.05)
  }

  /// Equation (10) summed term by term as printed, where it converges.
  @Test(arguments: [(2.0, 30.43, 38.86), (0, 0, 38.86), (6, 30, 31), (29, 38, 39)])
  func conditionalExpectationAgreesWithThePrintedSeries(repeats: Double, last: Double, observed: Double) {
    let customer = BetaGeometricModel.Purchases(repeats: repeats, lastPurchase: last, observed: observed)
    let (r, alpha, a, b) = (model.r, model.alpha, model.a, model.b)
    let time = 10.0
    let z = time / (alpha + observed + time)
    var (term, series) = (1.0, 1.0)
    for n in 0..<2000 {
      let k = Double(n)
      term *= (r + repeats + k) * (b + repeats + k) / ((a + b + repeats - 1 + k) * (k + 1)) * z
      series += term
    }
    let power = pow((alpha + observed) / (alpha + observed + time), r + repeats)
    let expected =
      (a + b + repeats - 1) / (a - 1) * (1 - power * series) * model.aliveProbability(customer)
    #expect(abs(model.expectedPurchases(customer, within: time) / expected - 1) < 1e-10)
  }

  /// a = 1 divides by zero in the printed formula and is an ordinary point of the function.
  @Test func aOfOneIsNoSpecialCase() {
    let customer = BetaGeometricModel.Purchases(repeats: 4, lastPurchase: 20, observed: 30)
    let values = [1 - 1e-5, 1, 1 + 1e-5].map {
      BetaGeometricModel(r: 0.5, alpha: 5, a: $0, b: 2).expectedPurchases(customer, within: 25)
    }
    #expect(values[1] > 0)
    #expect(abs(values[0] + values[2] - 2 * values[1]) < 1e-9 * values[1])
  }

  @Test func silenceMakesACustomerLessLikelyToBeThere() {
    let chances = [20.0, 30, 40, 80].map {
      model.aliveProbability(.init(repeats: 10, lastPurchase: 19, observed: $0))
    }
    #expect(chances == chances.sorted(by: >))
    #expect(model.aliveProbability(.init(repeats: 0, lastPurchase: 0, observed: 80)) == 1)
  }

  @Test func parametersComeBackInAnyUnitOfTime() throws {
    var stream = RandomStream(seed: 8, key: 2)
    let customers = (0..<3000).map { _ in simulated(BetaGeometricModel(r: 0.8, alpha: 6, a: 0.7, b: 3), &stream) }
    let fit = try BetaGeometricModel.fit(customers)
    let inDays = try BetaGeometricModel.fit(
      customers.map { .init(repeats: $0.repeats, lastPurchase: 7 * $0.lastPurchase, observed: 7 * $0.observed) })
    #expect(abs(fit.model.r - 0.8) < 0.15)
    #expect(abs(fit.model.a / (fit.model.a + fit.model.b) - 0.7 / 3.7) < 0.05)
    #expect(abs(inDays.model.alpha / (7 * fit.model.alpha) - 1) < 1e-6)
    #expect(abs(inDays.model.a / fit.model.a - 1) < 1e-6)
  }

  private func simulated(_ truth: BetaGeometricModel, _ stream: inout RandomStream) -> BetaGeometricModel.Purchases {
    let rate = Gamma(shape: truth.r, scale: 1).draw(&stream) / truth.alpha
    let (x, y) = (Gamma(shape: truth.a, scale: 1).draw(&stream), Gamma(shape: truth.b, scale: 1).draw(&stream))
    let drop = x / (x + y)
    let observed = 20 + 20 * stream.uniform()
    var purchases = BetaGeometricModel.Purchases(repeats: 0, lastPurchase: 0, observed: observed)
    var clock = -log1p(-stream.uniform()) / rate
    while clock < observed {
      purchases.repeats += 1
      purchases.lastPurchase = clock
      if stream.uniform() < drop { break }
      clock -= log1p(-stream.uniform()) / rate
    }
    return purchases
  }

  @Test func withoutRepeatsThereIsNoModel() {
    #expect(throws: ValueError.noCustomers(needs: "a repeat purchase")) {
      try BetaGeometricModel.fit([.init(repeats: 0, lastPurchase: 0, observed: 10)])
    }
    #expect(throws: ValueError.self) {
      try BetaGeometricModel.fit([.init(repeats: 3, lastPurchase: 12, observed: 10)])
    }
  }

  /// The two cohorts of Fader and Hardie (2007), seven years of 1,000 customers: the published estimates have three
  /// digits.
  @Test(arguments: [
    ([869, 743, 653, 593, 551, 517, 491], 0.668, 3.806), ([631, 468, 382, 326, 289, 262, 241], 0.704, 1.182),
  ])
  func publishedRenewalModels(remaining: [Int], alpha: Double, beta: Double) throws {
    var tenures: [ContractModel.Tenure] = []
    for (index, count) in remaining.enumerated() {
      let before = index == 0 ? 1000 : remaining[index - 1]
      tenures.append(.init(periods: index + 1, isLost: true, customers: Double(before - count)))
    }
    tenures.append(.init(periods: remaining.count, isLost: false, customers: Double(remaining[remaining.count - 1])))
    let fit = try ContractModel.fit(tenures)
    #expect(abs(fit.model.alpha - alpha) < 0.001)
    #expect(abs(fit.model.beta - beta) < 0.001)
    let survival = fit.model.survival(periods: 7)
    #expect(abs(survival[7] - Double(remaining[6]) / 1000) < 0.02)
  }

  /// Without discount and α > 1 the expected residual lifetime is (β + n − 1) / (α − 1).
  @Test func residualPeriodsOfAContract() {
    let model = ContractModel(alpha: 6, beta: 3)
    for renewal in [1, 2, 5] {
      let expected = (3 + Double(renewal) - 1) / 5
      #expect(abs(model.discountedResidualPeriods(atRenewal: renewal, discount: 0) / expected - 1) < 1e-4)
    }
    let near = model.discountedResidualPeriods(atRenewal: 1, discount: 0.1)
    #expect(near < 0.6 && near > 0.5)
  }

  @Test func valueFromASurvivalCurve() {
    let constant = LifetimeValue.fromSurvival(
      (1...2000).map { pow(0.9, Double($0)) }, margin: 10, discountPerPeriod: 0.1)
    // Σ (0.9 / 1.1)^t = 4.5.
    #expect(abs(constant.value - 45) < 1e-9)
    #expect(abs(constant.lifetime - 9) < 1e-9)
    // One more period in full, then the same customer a period later: (10 + 45) / 1.1 − 45.
    #expect(abs(constant.valueOfOneMorePeriod - 5) < 1e-9)
    #expect(abs(pow(1 + LifetimeValue.periodRate(yearly: 0.1, periodsPerYear: 12), 12) - 1.1) < 1e-12)
  }
}
