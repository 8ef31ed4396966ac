import ChannelTypes
import Probability
import Tables
import Testing

@testable import Partners

/// Sales of one partner a month, the same in every month of 2025 unless stated.
private func history(_ months: [Int], partners: [String] = ["P1"]) throws -> ChannelHistory {
  let rows = partners.flatMap { partner in months.enumerated().map { (partner, $0, $1) } }
  return try history(rows)
}

private func history(_ rows: [(partner: String, month: Int, amount: Int)]) throws -> ChannelHistory {
  let table = Table(
    name: "sales", rows: rows,
    columns: [
      .period("period", form: .month) { Period.month(2025, 1).advanced(by: $0.month) },
      .text("partner_id") { $0.partner }, .money("sell_in_value") { Money($0.amount) },
    ])
  return try #require(ChannelHistory(sales: table, partners: nil))
}

private func tiers(_ mode: TierSchedule.Mode, _ tiers: [(Int, Int)]) -> IncentiveFormula {
  .tiers(TierSchedule(mode, tiers: tiers.map { .init(from: Money($0.0), rate: Percent($0.1)) }))
}

private func commission(_ links: Set<IncentiveRule.Link> = []) -> IncentiveRule {
  var rule = IncentiveRule(
    "commission", ledgerKind: "commission", basis: .quarterlySales,
    formula: tiers(.onExcess, [(0, 10), (300_000, 12), (600_000, 15)]))
  rule.links = links
  return rule
}

private let rebates: [IncentiveRule] = {
  let quarterly = IncentiveRule(
    "rebates.quarterly", ledgerKind: "rebate", traceName: "rebate", basis: .quarterlySales,
    formula: tiers(.onExcess, [(0, 1)]))
  var annual = IncentiveRule(
    "rebates.annual", ledgerKind: "rebate", traceName: "rebate", basis: .annualSales,
    formula: tiers(.onWhole, [(0, 1), (1_000_000, 3)]))
  annual.nets = ["rebates.quarterly"]
  return [quarterly, annual]
}()

private func entry(
  _ row: Int, _ kind: String, _ amount: Money, _ period: Period?, ref: String? = "settlement"
) -> IncentiveEntry {
  IncentiveEntry(row: row, id: "L\(row)", partner: 0, kind: kind, amount: amount, period: period, ref: ref)
}

private func settle(_ inputs: IncentiveInputs, _ entries: [IncentiveEntry] = []) -> IncentiveSettlement {
  let periods = Set(inputs.history.wholeQuarters + inputs.wholeYears)
  return IncentiveSettlement(
    inputs, ledger: IncentiveLedger(entries, rules: inputs.rules, settles: periods.contains))
}

@Suite("Settlement of incentives")
struct IncentiveSettlementTests {
  @Test func theExampleOfTheProductPage() throws {
    // 742,300 in the quarter: 30,000 + 36,000 + 21,345 = 87,345; stock link 95 %: 82,977.75; 20,000 paid before.
    let history = try history([742_300, 0, 0])
    let standings = StockStandings([
      StockStanding(
        partner: "P1", stockValue: .zero, turnoverDays: 78, slowShare: 0, capitalCost: .zero,
        rebateFactor: Percent(95))
    ])
    let inputs = IncentiveInputs(
      rules: IncentiveRules([commission([.turnover])]), history: history, standings: standings)
    let settlement = settle(
      inputs, [entry(87, "commission", Money(20_000), .quarter(2025, 1), ref: "advance")])
    let line = try #require(settlement.lines.first)
    #expect(line.earned == Money("82977.75") && line.payable == Money("62977.75"))
    let traces = IncentiveTraces(
      inputs, settled: settlement.lines, accruals: [], currency: "CNY",
      salesPlace: { SourcePlace(file: "sales.csv", line: $0 + 2) },
      ledgerPlace: { SourcePlace(file: "ledger.csv", line: $0 + 2) })
    let trace = try #require(traces.book.first("partner:P1", "commission:2025Q1"))
    let payable = try #require(Money("62977.75"))
    #expect(trace.isBalanced && trace.value == .money(payable))
    #expect(
      trace.steps.map(\.label) == ["sales basis", "tier 1", "tier 2", "tier 3", "turnover link", "already settled"])
    #expect(trace.steps[3].detail == "142,300 × 15 %" && trace.steps[3].amount == .money(Money(21_345)))
    let change = try #require(Money("-4367.25"))
    #expect(trace.steps[4].amount == .money(change))
  }

  @Test func settlingTwicePaysNothing() throws {
    var stream = RandomStream(seed: 3, key: RandomStream.key("settlement"))
    for round in 0..<40 {
      let history = try history((0..<12).map { _ in stream.index(below: 200_000) })
      let inputs = IncentiveInputs(rules: IncentiveRules([commission()] + rebates), history: history)
      // Some quarters were settled before, some by an advance, some too much.
      var entries = (1...4).compactMap { quarter -> IncentiveEntry? in
        guard stream.bernoulli(0.6) else { return nil }
        let kind = stream.bernoulli(0.5) ? "commission" : "rebate"
        return entry(quarter, kind, Money(stream.index(below: 60_000)), .quarter(2025, quarter), ref: "advance")
      }
      let first = settle(inputs, entries)
      for line in first.lines { #expect(line.settled + line.payable == line.earned) }
      for line in first.lines where line.payable != .zero {
        let rule = inputs.rules.versions[line.version]
        // Named or not: odd rounds name the rule, even ones leave it to kind and period.
        entries.append(
          entry(
            entries.count + 100, rule.ledgerKind, line.payable, line.period,
            ref: round % 2 == 1 ? rule.name : "settlement"))
      }
      let second = settle(inputs, entries)
      #expect(second.lines.allSatisfy { $0.payable == .zero })
      #expect(second.lines.map(\.earned) == first.lines.map(\.earned))
      // All that was ever booked of rebates is what the year earned: each yuan once.
      let booked = entries.filter { $0.kind == "rebate" }.map(\.amount).total()
      let year = try #require(second.lines.last)
      #expect(year.period == .year(2025) && booked == year.earned)
    }
  }

  @Test func orderOfRowsDoesNotMatter() throws {
    let rows = (0..<24).map { (partner: $0 % 2 == 0 ? "P1" : "P2", month: $0 / 2, amount: 10_000 + 7919 * $0) }
    let entries = [
      entry(1, "commission", Money(5000), .quarter(2025, 1), ref: "advance"),
      entry(2, "clawback", -Money(500), nil, ref: "L1"), entry(3, "rebate", Money(100), .quarter(2025, 2)),
    ]
    let rules = IncentiveRules([commission()] + rebates)
    let one = settle(IncentiveInputs(rules: rules, history: try history(rows)), entries)
    let other = settle(IncentiveInputs(rules: rules, history: try history(rows.reversed())), entries.reversed())
    #expect(one.lines == other.lines)
    let first = try #require(one.lines.first)
    #expect(first.booked == Money(4500), "a clawback goes where the entry went that it takes back")
  }

  @Test func annualRebateNetsQuarterlyPayouts() throws {
    // 4 × 300,000: quarterly 1 % is 12,000, annual 3 % on the whole is 36,000.
    let inputs = IncentiveInputs(
      rules: IncentiveRules(rebates), history: try history([Int](repeating: 100_000, count: 12)))
    let paid = (1...3).map { entry($0, "rebate", Money(3000), .quarter(2025, $0)) }
    let lines = settle(inputs, paid).lines
    let year = try #require(lines.last)
    #expect(year.earned == Money(36_000) && year.netted == Money(12_000) && year.payable == Money(24_000))
    #expect(lines.dropLast().map(\.payable) == [.zero, .zero, .zero, Money(3000)])
  }

  @Test func anAnnualRebateBelowTheQuarterlyOnesTakesNothingBack() throws {
    // One strong quarter: 1 % of 100,000 is 1,000; the year below 200,000 gives nothing.
    var rules = rebates
    rules[1].formula = tiers(.onWhole, [(200_000, 3)])
    let months = [100_000, 0, 0] + [Int](repeating: 0, count: 9)
    let inputs = IncentiveInputs(rules: IncentiveRules(rules), history: try history(months))
    let year = try #require(settle(inputs).lines.last)
    #expect(year.kept == Money(1000) && year.earned == Money(1000) && year.payable == .zero)
  }

  @Test func whatWasPaidTooMuchIsTakenBack() throws {
    let inputs = IncentiveInputs(rules: IncentiveRules([commission()]), history: try history([100_000, 0, 0]))
    let line = try #require(settle(inputs, [entry(1, "commission", Money(12_000), .quarter(2025, 1))]).lines.first)
    #expect(line.earned == Money(10_000) && line.payable == -Money(2000))
  }

  @Test func topUpsOfTheBudgetAreNeverNetted() throws {
    let inputs = IncentiveInputs(rules: IncentiveRules(rebates), history: try history([100_000, 0, 0]))
    let topUp = entry(1, "rebate", Money(700), .quarter(2025, 1), ref: IncentiveLedger.topUp)
    let periods = Set(inputs.history.wholeQuarters)
    let ledger = IncentiveLedger([topUp], rules: inputs.rules, settles: periods.contains)
    let line = try #require(IncentiveSettlement(inputs, ledger: ledger).lines.first)
    #expect(line.booked == .zero && line.payable == Money(1000))
    #expect(ledger.control.map(\.use) == [.aside(IncentiveLedger.Reason.topUp)])
    #expect(ledger.otherPaid.isEmpty, "the budget counts it")
  }

  @Test func settledQuartersOfLinkedRulesAreClosed() throws {
    let history = try history([100_000, 0, 0, 100_000, 0, 0])
    let tracking = TrackingResult(adjustments: [
      TargetAdjustment(
        region: "", quarter: .quarter(2025, 2), marketChange: -0.2, targetFactor: Percent(80),
        rewardCoefficient: Percent(80), isFallback: false)
    ])
    let inputs = IncentiveInputs(
      rules: IncentiveRules([commission([.reward])]), history: history, tracking: tracking)
    let paid = [entry(1, "commission", Money(9900), .quarter(2025, 1))]
    let lines = settle(inputs, paid).lines
    #expect(lines[0].isClosed && lines[0].payable == .zero)
    #expect(lines[1].earned == Money(8000) && lines[1].payable == Money(8000))
    // An advance alone closes nothing.
    let advanced = settle(inputs, [entry(1, "commission", Money(9900), .quarter(2025, 1), ref: "advance")]).lines
    #expect(!advanced[0].isClosed && advanced[0].payable == Money(100))
  }

  @Test func aMissingTargetIsNoZero() throws {
    let bonus = IncentiveRule(
      "over_target_bonus", ledgerKind: "bonus", basis: .quarterlySales, formula: .aboveTarget(Percent(2)))
    let history = try history([100_000, 0, 0], partners: ["P1", "P2"])
    let tracking = TrackingResult(attainments: [
      Attainment(
        partner: "P1", quarter: .quarter(2025, 1), target: Money(90_000), adjustedTarget: Money(80_000), actual: nil,
        probability: 1)
    ])
    let settlement = settle(
      IncentiveInputs(rules: IncentiveRules([bonus]), history: history, tracking: tracking))
    #expect(settlement.lines.map(\.earned) == [Money(400)])
    #expect(settlement.missing.map(\.fact) == ["target"] && settlement.missing.first?.firstPartner == "P2")
  }
}

@Suite("Forward accrual")
struct IncentiveForecastTests {
  private func accrual(
    _ mode: TierSchedule.Mode, _ draws: [Double]
  ) throws -> IncentiveForecast.Line {
    let schedule = TierSchedule(
      mode,
      tiers: [(0, 1), (1_000_000, 2), (2_500_000, 3)].map { .init(from: Money($0.0), rate: Percent($0.1)) })
    let rule = IncentiveRule("rebates.annual", ledgerKind: "rebate", basis: .annualSales, formula: .tiers(schedule))
    let inputs = IncentiveInputs(
      rules: IncentiveRules([rule]), history: try history([Int](repeating: 1000, count: 12)))
    let forecast = IncentiveForecast(inputs, settlement: nil, firstMonth: .month(2026, 1), monthCount: 12)
    // A twelfth of the year's sales in every month.
    let months = (0..<12).flatMap { _ in draws.map { $0 / 12 } }
    return try #require(
      forecast.lines(partner: 0, draws: PartnerDraws(drawCount: draws.count, sales: [months])).first)
  }

  @Test func goldenAccrual() throws {
    let marginal = try accrual(.onExcess, [3_000_000])
    #expect(marginal.expected == Money(55_000) && abs(marginal.rate - 0.018333) < 1e-6)
    let whole = try accrual(.onWhole, [3_000_000])
    #expect(whole.expected == Money(90_000) && abs(whole.rate - 0.03) < 1e-12)
  }

  @Test func theMeanOfPayoutsIsNotThePayoutOfTheMean() throws {
    // Half 2.0 M, half 3.0 M: 40,000 and 90,000 on the whole; the mean of 2.5 M would pay 75,000.
    let line = try accrual(.onWhole, [2_000_000, 3_000_000])
    #expect(line.expected == Money(65_000) && line.atExpectedSales == Money(75_000))
    #expect(line.chances == [1, 1, 0.5])
    // On the excess a payout is convex: the mean of payouts is at least that of the mean.
    let convex = try accrual(.onExcess, [500_000, 2_000_000, 4_000_000])
    #expect(convex.expected > convex.atExpectedSales)
  }

  @Test func quartersOfTheYearCountTowardsIt() throws {
    let inputs = IncentiveInputs(
      rules: IncentiveRules(rebates), history: try history([Int](repeating: 100_000, count: 15)))
    let settlement = settle(inputs)
    // 2026Q1 is over; the plan covers the rest of the year.
    let forecast = IncentiveForecast(inputs, settlement: settlement, firstMonth: .month(2026, 4), monthCount: 9)
    #expect(forecast.scopes.map(\.period.description) == ["2026Q2", "2026Q3", "2026Q4", "2026"])
    let months = [Double](repeating: 100_000, count: 9)
    let lines = forecast.lines(partner: 0, draws: PartnerDraws(drawCount: 1, sales: [months, months]))
    let year = try #require(lines.last)
    #expect(year.knownSales == Money(300_000) && year.expectedSales == Money(1_200_000))
    #expect(year.expected == Money(36_000) && year.netted == Money(12_000) && year.accrual == Money(24_000))
    let total = lines.map(\.accrual).total() + Money(3000)
    #expect(total == Money(36_000), "with the quarter that is over, the year stands once")
  }

  @Test func nextTierCountsFromExpectedSales() throws {
    let line = try accrual(.onWhole, [900_000, 1_000_000])
    let rule = IncentiveRule(
      "rebates.annual", ledgerKind: "rebate", basis: .annualSales,
      formula: tiers(.onWhole, [(0, 1), (1_000_000, 2), (2_500_000, 3)]))
    let inputs = IncentiveInputs(
      rules: IncentiveRules([rule]), history: try history([Int](repeating: 1000, count: 12)))
    let outlook = try #require(
      inputs.outlook(
        partner: 0, version: 0, period: line.period, standing: line.expectedSales, links: line.links,
        chances: line.chances, closePercent: 10))
    #expect(outlook.tier == 1 && outlook.next == Money(1_000_000) && outlook.distance == Money(50_000))
    #expect(outlook.chance == 0.5 && outlook.value == Money(10_500) && outlook.isClose)
    let cliff = try #require(TierCliff.all(inputs.rules, outlooks: [outlook]).first)
    #expect(cliff.partners == [0] && cliff.jump == Money("10000.01") && cliff.value == Money(10_500))
  }
}
