import ChannelTypes
import Partners
import Probability
import Testing

/// Reserves on empirical losses, and partners that run out of money.
@Suite struct LossAndFailureTests {
  @Test("a fund covers exactly what it says, and a larger reserve never covers less", arguments: 0..<40)
  func funds(seed: Int) {
    var stream = RandomStream(seed: UInt64(seed))
    let losses = (0..<1 + stream.index(below: 300)).map { _ in Double(stream.index(below: 50)) }
    let distribution = LossDistribution(losses)
    let count = Double(losses.count)
    for confidence in [0.5, 0.75, 0.9, 0.99, 1] {
      let fund = distribution.fund(confidence: confidence)
      #expect(Double(losses.count { $0 > fund }) <= (1 - confidence) * count + 1e-6)
      // The least such amount: any smaller one leaves too much.
      let less = losses.filter { $0 < fund }.max() ?? -1
      #expect(less < 0 || Double(losses.count { $0 > less }) > (1 - confidence) * count - 1e-6)
      #expect(distribution.chanceWithin(fund) >= confidence - 1e-9)
    }
    var last = (chance: 0.0, beyond: Double.infinity)
    for reserve in stride(from: -1.0, through: 51, by: 1) {
      let (chance, beyond) = (distribution.chanceWithin(reserve), distribution.meanBeyond(reserve))
      #expect(chance == Double(losses.count { $0 <= reserve }) / count)
      #expect(abs(beyond - losses.reduce(0) { $0 + max(0, $1 - reserve) } / count) < 1e-9)
      #expect(chance >= last.chance && beyond <= last.beyond)
      last = (chance, beyond)
    }
    #expect(distribution.meanBeyond(50) == 0 && abs(distribution.meanBeyond(0) - distribution.mean) < 1e-9)
  }

  @Test func noLosses() {
    let nothing = LossDistribution([])
    #expect(nothing.fund(confidence: 0.99) == 0 && nothing.chanceWithin(0) == 1 && nothing.meanBeyond(0) == 0)
  }

  private func statement(cash: Int, revenue: Int = 1200, earned: Int = 0) -> FinancialStatement {
    var statement = FinancialStatement("P", year: 2025)
    statement.currentAssets = Money(cash)
    statement.receivables = .zero
    statement.stock = .zero
    statement.revenue = Money(revenue)
    statement.operatingCash = Money(earned)
    return statement
  }

  @Test("by hand: costs of 100 a month, half of them fixed")
  func byHand() throws {
    let simulation = FailureSimulation(variableCostShare: 0.5, periodsPerYear: 12)
    // Contribution 50 a month, fixed 50. Draw 1 sells as before; draw 2 sells 40 %, and 40 %, and so on: −30 a month.
    let sales = [1.0, 0.4, 1, 0.4, 1, 0.4]
    func outcome(_ cash: Int, _ sharing: FailureSimulation.Sharing? = nil) throws -> FailureSimulation.Outcome {
      try #require(
        simulation.outcome(
          statement(cash: cash), sales: sales, expected: [1, 1, 1], drawCount: 2, sharing: sharing))
    }
    #expect(try outcome(89).hasFailed == [false, true])
    #expect(try outcome(91).hasFailed == [false, false])
    // Half of what a fall beyond 10 % costs: 0.5 · 0.5 · 50 = 12.5 a month; 17.5 are left to bear.
    let sharing = FailureSimulation.Sharing(beyond: 0.1, makerShare: 0.5)
    let shared = try outcome(60, sharing)
    #expect(shared.hasFailed == [false, false] && abs(shared.support - 3 * 12.5 / 2) < 1e-9)
    #expect(try outcome(60).probability == 0.5 && shared.probability == 0)
    // Nothing more is paid to one that has failed: 40 − 17.5 − 17.5 − 17.5 < 0 in the third month.
    #expect(try outcome(40, sharing).hasFailed == [false, true])
    #expect(
      simulation.outcome(
        FinancialStatement("P", year: 2025), sales: sales, expected: [1, 1, 1], drawCount: 2, sharing: nil) == nil)
  }

  @Test("sharing never makes a failure likelier, nor does a larger share or an earlier one", arguments: 0..<30)
  func sharing(seed: Int) throws {
    var stream = RandomStream(seed: UInt64(seed))
    let simulation = FailureSimulation(variableCostShare: stream.uniform(), periodsPerYear: 12)
    let own = statement(cash: stream.index(below: 300), earned: stream.index(below: 200) - 100)
    let sales = (0..<12 * 50).map { _ in stream.uniform(0, 2) }
    let expected = [Double](repeating: 1, count: 12)
    func failures(_ rule: FailureSimulation.Sharing?) throws -> Double {
      try #require(simulation.outcome(own, sales: sales, expected: expected, drawCount: 50, sharing: rule)).probability
    }
    let alone = try failures(nil)
    var last = alone
    for share in [0.0, 0.3, 0.6, 1] {
      let now = try failures(.init(beyond: 0.2, makerShare: share))
      #expect(now <= last)
      last = now
    }
    #expect(try failures(.init(beyond: 0.2, makerShare: 0)) == alone)
    let earlier = try failures(.init(beyond: 0, makerShare: 1))
    #expect(earlier <= last)
  }
}
