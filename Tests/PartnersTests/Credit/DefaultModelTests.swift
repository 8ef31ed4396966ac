import ChannelTypes
import Glibc
import Probability
import Testing

@testable import Partners

@Suite("Chances of default")
struct DefaultModelTests {
  /// Defaults of a known logistic truth over three years.
  private static func observations(seed: UInt64, partners: Int = 300) -> [DefaultModel.Observation] {
    var stream = RandomStream(seed: seed)
    return (0..<partners).flatMap { index -> [DefaultModel.Observation] in
      let predictors = DefaultModel.Predictors(
        liabilitiesToAssets: stream.uniform(0.2, 0.9), cashToLiabilities: stream.uniform(-0.3, 0.5),
        bureauScore: stream.uniform(550, 800))
      let line =
        9.5 + 3 * predictors.liabilitiesToAssets - 2 * predictors.cashToLiabilities
        - 2 * predictors.bureauScore / 100
      let chance = 1 / (1 + exp(-line))
      return (2023...2025).map {
        DefaultModel.Observation("P\(index)", year: $0, predictors: predictors, isDefault: stream.uniform() < chance)
      }
    }
  }

  @Test("more debt never lowers a chance; more cash and a better score never raise it", arguments: 0..<8)
  func monotone(seed: Int) {
    let model = DefaultModel(Self.observations(seed: UInt64(seed)))
    #expect(model.isRegression)
    func score(_ debt: Double, _ cash: Double, _ bureau: Double) -> Double {
      model.score(.init(liabilitiesToAssets: debt, cashToLiabilities: cash, bureauScore: bureau))
    }
    var stream = RandomStream(seed: UInt64(seed), key: 1)
    for _ in 0..<200 {
      let (debt, cash, bureau) = (stream.uniform(0, 2), stream.uniform(-6, 6), stream.uniform(300, 850))
      let more = stream.uniform(0, 3)
      #expect(score(debt + more, cash, bureau) >= score(debt, cash, bureau))
      #expect(score(debt, cash + more, bureau) <= score(debt, cash, bureau))
      #expect(score(debt, cash, bureau + 50 * more) <= score(debt, cash, bureau))
    }
    // A ratio that pointed the wrong way is not used.
    for term in model.terms { #expect(term.coefficient * DefaultModel.ratios[term.ratio].sign > 0) }
  }

  @Test("a ratio of the wrong sign is left out")
  func wrongSign() {
    let turned = Self.observations(seed: 3).map { observation in
      var observation = observation
      observation.predictors = observation.predictors.map {
        .init(
          liabilitiesToAssets: 1 - $0.liabilitiesToAssets, cashToLiabilities: $0.cashToLiabilities,
          bureauScore: $0.bureauScore)
      }
      return observation
    }
    let model = DefaultModel(turned)
    #expect(model.isRegression && !model.terms.contains { $0.ratio == 0 })
  }

  @Test("as many defaults are expected as were seen")
  func calibrated() {
    let observations = Self.observations(seed: 5)
    let model = DefaultModel(observations)
    let expected = observations.reduce(0.0) { sum, observation in
      sum + (observation.predictors.map { model.score($0) } ?? 0)
    }
    #expect(abs(expected - Double(model.defaults)) < 1e-6)
  }

  @Test("one default more never lowers a chance; few defaults give the mean")
  func record() {
    for years in 0..<6 {
      for defaults in 0..<max(1, years) {
        let fewer = DefaultModel.drawn(0.1, defaults: defaults, years: max(1, years))
        let more = DefaultModel.drawn(0.1, defaults: defaults + 1, years: max(1, years))
        #expect(more > fewer && fewer > 0 && more < 1)
      }
    }
    let few = DefaultModel([
      .init("A", year: 2024, predictors: nil, isDefault: true),
      .init("B", year: 2024, predictors: nil, isDefault: false),
      .init("B", year: 2025, predictors: nil, isDefault: false),
    ])
    #expect(!few.isRegression && few.mean == 1.5 / 4)
    #expect(few.assess("C", nil).probability == few.mean)
    #expect(few.assess("A", nil).probability > few.mean && few.assess("B", nil).probability < few.mean)
  }

  @Test("the held-out year tells good payers from bad ones")
  func reliability() throws {
    let found = try #require(DefaultReliability(Self.observations(seed: 7)))
    #expect(found.year == 2025 && found.groups.count == 5 && found.groups.map(\.partners).reduce(0, +) == 300)
    #expect(found.discrimination > 0.7 && found.brier < found.brierOfMean)
    #expect(zip(found.groups, found.groups.dropFirst()).allSatisfy { $0.predicted <= $1.predicted })
    #expect(DefaultReliability([.init("A", year: 2025, predictors: nil, isDefault: true)]) == nil)
  }
}
