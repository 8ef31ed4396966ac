import ChannelTypes
import Probability
import Testing

@testable import Partners

/// The state machine: golden values of the requirements, and what must hold on any history.
@Suite("Probation: states")
struct ProbationRuleTests {
  /// A history of one partner with the given indicators; nil is unknown.
  private static func history(
    _ values: [ProbationIndicator: [Double?]], _ baselines: [ProbationIndicator: ProbationBaseline],
    rule: ProbationRule = ProbationRule()
  ) -> ProbationHistory {
    let indicators = values.keys.sorted { $0.rawValue < $1.rawValue }
    let count = values.values.map(\.count).max() ?? 0
    let quarters = (0..<count).map { Period.quarter(2024, 1).advanced(by: $0) }
    var panel = IndicatorPanel(partnerCount: 1, quarters: quarters, indicators: indicators)
    for (position, indicator) in indicators.enumerated() {
      for (quarter, value) in (values[indicator] ?? []).enumerated() {
        panel.values[panel.cell(0, quarter, position)] = value ?? .nan
      }
    }
    return ProbationHistory(
      panel, baselines: indicators.map { baselines[$0] ?? .fixed(.nan) }, partners: [Partner("P1")], rule: rule)
  }

  private static func states(
    _ scores: [Double?], rule: ProbationRule = ProbationRule()
  ) -> [ProbationStatus.State] {
    history([.score: scores], [.score: .fixed(60)], rule: rule).statuses([Partner("P1")]).map(\.state)
  }

  @Test func `65, 58, 57 against 60 is ok, watch, warned`() {
    #expect(Self.states([65, 58, 57]) == [.ok, .watch, .warned])
  }

  @Test func `grace follows the warning, and the exit case the months of grace`() {
    #expect(Self.states([65, 58, 57, 56, 55]) == [.ok, .watch, .warned, .grace, .exit])
    let longer = ProbationRule(graceMonths: 6)
    #expect(Self.states([65, 58, 57, 56, 55, 54], rule: longer) == [.ok, .watch, .warned, .grace, .grace, .exit])
    // Even without months of grace no state is left out.
    #expect(Self.states([58, 57, 56, 55], rule: ProbationRule(graceMonths: 0)) == [.watch, .warned, .grace, .exit])
  }

  @Test func `recovery clears the way, from any state`() {
    #expect(Self.states([58, 61, 58, 57]) == [.watch, .ok, .watch, .warned])
    #expect(Self.states([58, 57, 60, 59]) == [.watch, .warned, .ok, .watch])
    #expect(Self.states([58, 57, 56, 55, 70]) == [.watch, .warned, .grace, .exit, .ok])
    let two = ProbationRule(recoveryQuarters: 2)
    #expect(Self.states([58, 57, 61, 62], rule: two) == [.watch, .warned, .warned, .ok])
    // A first miss needs no proof.
    #expect(Self.states([58, 61], rule: two) == [.watch, .ok])
  }

  @Test func `an unknown quarter neither counts nor clears`() {
    #expect(Self.states([58, nil, 57]) == [.watch, .watch, .warned])
    #expect(Self.states([nil, nil]) == [.ok, .ok])
  }

  @Test func `misses of different indicators do not add up, and a good total hides none`() {
    let alternating = Self.history(
      [.attainment: [0.5, 0.9, 0.5, 0.9], .growth: [0.1, -0.5, 0.1, -0.5], .score: [90, 90, 90, 90]],
      [.attainment: .fixed(0.7), .growth: .fixed(-0.2), .score: .fixed(60)])
    #expect(alternating.statuses([Partner("P1")]).allSatisfy { $0.state == .watch })
    let hidden = Self.history(
      [.growth: [-0.5, -0.5], .score: [90, 90]], [.growth: .fixed(-0.2), .score: .fixed(60)])
    let last = hidden.statuses([Partner("P1")])[1]
    #expect(last.state == .warned && last.indicator == .growth && last.quartersBelow == 2)
  }

  @Test func `where less is better, more is a miss`() {
    let late = Self.history([.overdueDays: [30, 31, 40]], [.overdueDays: .fixed(30)])
    #expect(late.statuses([Partner("P1")]).map(\.state) == [.ok, .watch, .warned])
  }

  @Test func `the own median waits for two quarters`() {
    let own = Self.history(
      [.revenue: [100, 120, 80, 90]], [.revenue: .own(quarters: 4, share: 0.8)])
    #expect(own.baselines[0].isNaN && own.baselines[1].isNaN)
    #expect(own.baselines[2] == 88 && own.baselines[3] == 80)
    #expect(own.statuses([Partner("P1")]).map(\.state) == [.ok, .ok, .watch, .ok])
  }

  @Test func `peers are compared within their group, of five at least`() {
    let regions = ["a", "a", "a", "a", "a", "b"]
    var panel = IndicatorPanel(partnerCount: 6, quarters: [.quarter(2025, 1)], indicators: [.growth])
    for partner in 0..<6 { panel.values[partner] = Double(partner) }
    let history = ProbationHistory(
      panel, baselines: [.peers(quantile: 0.25, within: .region)],
      partners: regions.enumerated().map { Partner("P\($0)", region: $1) }, rule: ProbationRule())
    #expect(Array(history.baselines[0..<5]) == [1, 1, 1, 1, 1] && history.baselines[5].isNaN)
    #expect(history.current(0) == .watch && history.current(1) == .ok)
  }

  /// On random histories: up by one state at most, watch only without and warned only with two misses in a row.
  @Test(arguments: 0..<4)
  func `no state is ever skipped`(seed: Int) {
    var stream = RandomStream(seed: UInt64(seed), key: RandomStream.key("probation test"))
    let rule = ProbationRule(
      quarters: 2 + stream.index(below: 3), graceMonths: stream.index(below: 10),
      recoveryQuarters: 1 + stream.index(below: 2))
    for _ in 0..<200 {
      func draw() -> [Double?] {
        (0..<24).map { _ in
          let u = stream.uniform()
          return u < 0.1 ? nil : u < 0.6 ? 0 : 1
        }
      }
      let values: [ProbationIndicator: [Double?]] = [.score: draw(), .growth: draw()]
      let history = Self.history(values, [.score: .fixed(0.5), .growth: .fixed(0.5)], rule: rule)
      let statuses = history.statuses([Partner("P1")])
      var before = ProbationStatus.State.ok
      for (quarter, status) in statuses.enumerated() {
        #expect(status.state.depth <= before.depth + 1)
        if status.state == .warned, before < .warned { #expect(status.quartersBelow >= rule.quarters) }
        // All known and none below, with nothing to prove: ok.
        let now = [ProbationIndicator.score, .growth].map { values[$0]?[quarter] ?? nil }
        if rule.recoveryQuarters == 1, now == [1, 1] { #expect(status.state == .ok) }
        before = status.state
      }
    }
  }

  @Test func `bands do not flap within their hysteresis`() {
    let limits = PerformanceBands.Limits()
    var band: PerformanceBands.Band? = limits.band(76, after: nil)
    #expect(band == .reward)
    for value in [74.0, 71, 76, 70] {
      band = limits.band(value, after: band)
      #expect(band == .reward)
    }
    band = limits.band(69, after: band)
    #expect(band == .improve && limits.band(74, after: band) == .improve)
    #expect(limits.band(34, after: .improve) == .remove && limits.band(39, after: .remove) == .remove)
    #expect(limits.band(40, after: .remove) == .improve && limits.band(.nan, after: .reward) == .reward)
  }

  @Test func `percentiles share ties and leave out what is unknown`() {
    let ranks = PerformanceBands.percentiles([3, 1, .nan, 1, 5])
    #expect(abs(ranks[0] - 200.0 / 3) < 1e-9 && abs(ranks[1] - 100.0 / 6) < 1e-9)
    #expect(ranks[3] == ranks[1] && ranks[4] == 100 && ranks[2].isNaN)
  }
}
