import Allocation
import ChannelTypes
import Probability
import Tables
import Testing

private func schedule(_ mode: TierSchedule.Mode, _ tiers: [(Int, Int)]) -> TierSchedule {
  TierSchedule(mode, tiers: tiers.map { .init(from: Money($0.0), rate: Percent($0.1)) })
}

private func number(_ value: JSONValue?) -> Double? {
  switch value {
  case .number(let number): number
  case .integer(let number): Double(number)
  case .money(let money): money.double
  default: nil
  }
}

extension JSONValue {
  fileprivate subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }
  fileprivate var rows: [JSONValue] {
    guard case .array(let rows) = self else { return [] }
    return rows
  }
}

@Suite("Incentives")
struct IncentiveTests {
  /// C06: the cliff of whole-amount tiers, to the cent.
  @Test("payouts on the excess and on the whole")
  func goldenPayouts() {
    let tiers = [(0, 10), (300_000, 12), (600_000, 15), (1_000_000, 20)]
    let (excess, whole) = (schedule(.onExcess, tiers), schedule(.onWhole, tiers))
    #expect(whole.payout(for: Money(999_999)).description == "149999.85")
    #expect(excess.payout(for: Money(999_999)).description == "125999.85")
    #expect(whole.payout(for: Money(1_000_000)).description == "200000.00")
    #expect(excess.payout(for: Money(1_000_000)).description == "126000.00")
    #expect(whole.next(after: Money(999_999))?.gain.description == "50000.15")
    let accrual = [(0, 1), (1_000_000, 2), (2_500_000, 3)]
    #expect(schedule(.onExcess, accrual).payout(for: Money(3_000_000)) == Money(55_000))
    #expect(schedule(.onWhole, accrual).payout(for: Money(3_000_000)) == Money(90_000))
    // Textbook: 0/100/200 at 0/2/5 %, sales of 250.
    let small = [(0, 0), (100, 2), (200, 5)]
    #expect(schedule(.onExcess, small).payout(for: Money(250)).double == 4.5)
    #expect(schedule(.onWhole, small).payout(for: Money(250)).double == 12.5)
  }

  @Test("payouts are rounded once, also where products pass 64 bits")
  func exactness() {
    let fine = TierSchedule(.onExcess, tiers: [.init(from: .zero, rate: Percent("33.3333")!)])
    #expect(fine.payout(for: Money("900000000000.99")!).description == "299999700000.33")
    #expect(schedule(.onWhole, [(100, 10)]).payout(for: Money(99)) == .zero)
  }

  @Test("netting, bonus above target and the way to the next tier")
  func payoutTable() throws {
    let problem = TierPayoutProblem(
      schedule(.onExcess, [(0, 10), (300_000, 12)]),
      partners: [
        .init("P1", sales: Money(400_000), settled: Money(20_000), target: Money(350_000)),
        .init("P2", sales: Money(100_000)),
      ], overTargetBonus: Percent(2))
    let answer = try problem.answer(within: AllocationLimits())
    let rows = try #require(answer.solution["payouts"]).rows
    #expect(number(rows[0]["payout"]) == 42_000)
    #expect(number(rows[0]["bonus"]) == 1_000)
    #expect(number(rows[0]["payable"]) == 23_000)
    #expect(rows[0]["next_tier_at"] == .null)
    #expect(number(rows[1]["next_tier_gap"]) == 200_000)
    #expect(answer.objective == 53_000)
  }

  private let textbook = TierDesignProblem(
    partners: [(60, 400), (90, 900), (120, 500), (150, 1500), (180, 700)].enumerated().map {
      .init("P\($0 + 1)", baseline: Double($1.0), responsiveness: Double($1.1))
    }, margin: 0.30,
    tiers: [
      .init(thresholds: stride(from: 60.0, through: 240, by: 20).map { $0 }, rates: (0...10).map { Double($0) / 100 }),
      .init(thresholds: stride(from: 80.0, through: 300, by: 20).map { $0 }, rates: (0...16).map { Double($0) / 100 }),
    ])

  /// Full enumeration of the same grid gives 275.84.
  @Test("five partners, two tiers: the optimum of the grid")
  func design() throws {
    let answer = try textbook.answer(within: AllocationLimits())
    #expect(answer.status == .optimal)
    #expect(abs(try #require(answer.objective) - 275.84) < 1e-9)
    #expect(answer.bound == answer.objective)
    #expect(answer.solution["mode"] == .string("on_excess"))
    let tiers = try #require(answer.solution["tiers"]).rows
    #expect(tiers.map { number($0["from"]) } == [140, 160])
    #expect(tiers.map { number($0["rate"]) } == [0.01, 0.16])
    #expect(number(answer.solution["without_scheme"]) == 180)
  }

  @Test("the search equals full enumeration, with and without a budget")
  func enumeration() throws {
    var random = RandomStream(seed: 11)
    for _ in 0..<6 {
      var problem = textbook
      problem.partners = (0..<4).map {
        .init("P\($0)", baseline: 40 + 160 * random.uniform(), responsiveness: 200 + 1500 * random.uniform())
      }
      problem.tiers = [
        .init(thresholds: [60, 120, 180], rates: [0, 0.03, 0.08]),
        .init(thresholds: [100, 160, 220, 280], rates: [0.02, 0.08, 0.15]),
      ]
      for budget in [nil, 8.0] {
        problem.budget = budget
        let answer = try problem.answer(within: AllocationLimits())
        #expect(abs(try #require(answer.objective) - enumerated(problem)) < 1e-9)
      }
    }
  }

  private func enumerated(_ problem: TierDesignProblem) -> Double {
    var best = problem.partners.reduce(0) { $0 + problem.margin * $1.baseline }
    for mode in problem.modes {
      for first in problem.tiers[0].thresholds {
        for second in problem.tiers[1].thresholds where second > first {
          for low in problem.tiers[0].rates {
            for high in problem.tiers[1].rates where high >= low {
              let menu = TierMenu(mode, thresholds: [first, second], rates: [low, high])
              let responses = problem.partners.map { menu.response(of: $0) }
              let paid = responses.reduce(0) { $0 + $1.payout }
              guard paid <= (problem.budget ?? .infinity) + 1e-9 else { continue }
              best = max(best, responses.reduce(0) { $0 + problem.margin * $1.sales - $1.payout })
            }
          }
        }
      }
    }
    return best
  }

  @Test("no sales level is better for a partner than its response")
  func bestResponse() {
    var random = RandomStream(seed: 3)
    for mode in TierSchedule.Mode.allCases {
      for _ in 0..<20 {
        let menu = TierMenu(
          mode, thresholds: [80, 150], rates: [0.02 + 0.05 * random.uniform(), 0.1 + 0.1 * random.uniform()])
        let partner = TierDesignProblem.Partner(
          "p", baseline: 200 * random.uniform(), responsiveness: 100 + 900 * random.uniform())
        let best = menu.response(of: partner)
        for step in 0...400 {
          let sales = partner.baseline + Double(step)
          let effort = Double(step * step) / (2 * partner.responsiveness)
          #expect(menu.payout(sales) - effort <= best.utility + 1e-9)
        }
      }
    }
  }

  @Test("a stopped search is feasible, with a bound above")
  func stopped() throws {
    let answer = try textbook.answer(within: AllocationLimits(nodes: 40))
    #expect(answer.status == .feasible)
    #expect(try #require(answer.bound) >= 275.84 - 1e-9)
  }
}
