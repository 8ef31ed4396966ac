import ChannelTypes
import Probability
import Tables
import Testing

@testable import Partners

/// What an exit costs, and who takes over.
@Suite("Probation: exits")
struct ExitCaseTests {
  private static let today = CivilDate(year: 2026, month: 1, day: 1)

  private static func facts() -> ExitFacts {
    var facts = ExitFacts(
      contract: ContractTerms(
        endsOn: CivilDate(year: 2026, month: 12, day: 31), noticeDays: 60, annualTarget: Money(150_000),
        deposit: Money(1000), buyBack: Percent(80), compensation: Percent(2)))
    facts.lots = [
      StockLot(cost: Money("1000.05")!, ageDays: 10), StockLot(cost: Money(500), ageDays: 200),
      StockLot(cost: Money(200), ageDays: 400),
    ]
    facts.invoices = [
      OpenInvoice(amount: Money(2000), daysOverdue: 0), OpenInvoice(amount: Money(800), daysOverdue: 95),
    ]
    facts.revenue = Money(100_000)
    facts.sales = Money(120_000)
    facts.marginRate = 0.25
    facts.incentiveRate = 0.1
    facts.support = Money(6000)
    return facts
  }

  private static func exitCase(
    _ facts: ExitFacts, _ terms: ExitTerms = ExitTerms(), retained: Money = Money(60_000), signing: Money = .zero,
    state: ProbationStatus.State = .exit
  ) -> ExitCase {
    var exit = ExitCase(
      "P1", state: state, facts: facts, terms: terms, retained: retained, signing: signing, today: today)
    exit.evaluate(facts, terms, seed: 1)
    return exit
  }

  @Test func `each line is the contract's arithmetic`() {
    var terms = ExitTerms()
    terms.discount = Percent(0)
    terms.horizonMonths = 12
    var facts = Self.facts()
    // No notice, so that a year without discount is twelve months.
    facts.contract.noticeDays = 0
    let exit = Self.exitCase(facts, terms, signing: Money(500))
    // 80 % × (1000.05 × 100 % + 500 × 80 % + 200 × 50 %) = 1200.04
    #expect(exit.amounts(.buyBack).exit == Money("-1200.04")!)
    #expect(exit.amounts(.resale).exit == Money("1020.03")!)
    // 97 % × 2000 + 25 % × 800 = 2140; of it 85 %.
    #expect(exit.amounts(.receivables).keep == Money(2140) && exit.expectedCollected == Money(1819))
    // Set off: at most the deposit, at most what is not collected.
    #expect(exit.amounts(.deposit).exit == Money(981) && exit.amounts(.deposit).keep == Money(660))
    #expect(exit.amounts(.compensation).exit == Money(-2000) && exit.amounts(.penalty).exit == Money(2500))
    #expect(exit.amounts(.margin).exit == .zero && exit.amounts(.margin).keep == Money(30_000))
    #expect(exit.amounts(.retainedMargin).exit == Money(15_000))
    #expect(exit.amounts(.incentives).exit == Money(-6000) && exit.amounts(.incentives).keep == Money(-12_000))
    #expect(exit.amounts(.support).exit == .zero && exit.amounts(.support).keep == Money(-3000))
    #expect(exit.amounts(.signing).exit == Money(-500))
    #expect(exit.gain == exit.exitValue - exit.keepValue)
    #expect(exit.lines.lazy.map(\.gain).total() == exit.gain)
  }

  @Test func `discounting and notice only shorten`() {
    let exit = Self.exitCase(Self.facts())
    let whole = 0.25 * 120_000 * 2
    #expect(exit.amounts(.margin).keep.double < whole && exit.amounts(.margin).keep.double > 0.9 * whole)
    #expect(exit.amounts(.margin).exit > .zero && exit.amounts(.margin).exit < exit.amounts(.margin).keep)
    #expect(exit.exitOn == CivilDate(year: 2026, month: 3, day: 2) && exit.isEarlyEnd)
    var ending = Self.facts()
    ending.contract.endsOn = CivilDate(year: 2026, month: 2, day: 1)
    // A contract that ends before the notice does costs no compensation.
    #expect(Self.exitCase(ending).amounts(.compensation).exit == .zero)
  }

  @Test func `what the plan leaves out is no line`() {
    var terms = ExitTerms()
    terms.measures = [.terminate]
    let lines = Set(Self.exitCase(Self.facts(), terms).lines.map(\.line))
    #expect(lines.isDisjoint(with: [.buyBack, .resale, .compensation, .penalty]))
    var facts = Self.facts()
    facts.incentiveRate = .nan
    facts.support = nil
    #expect(Set(Self.exitCase(facts).lines.map(\.line)).isDisjoint(with: [.incentives, .support]))
  }

  @Test func `the interval holds the gain, and repeats with the seed`() {
    let facts = Self.facts()
    let exit = Self.exitCase(facts)
    #expect(exit.low < exit.gain && exit.gain < exit.high && (0...1).contains(exit.chance))
    #expect(Self.exitCase(facts).low == exit.low)
    var other = ExitCase(
      "P1", state: .exit, facts: facts, terms: ExitTerms(), retained: Money(60_000), signing: .zero, today: Self.today)
    other.evaluate(facts, ExitTerms(), seed: 2)
    #expect(other.low != exit.low)
  }

  @Test func `nobody is sent away whom keeping is worth more`() {
    let facts = Self.facts()
    #expect(Self.exitCase(facts, retained: .zero).recommendation == .renegotiate)
    var costly = facts
    costly.incentiveRate = 0.4
    let exit = Self.exitCase(costly)
    #expect(exit.gain > .zero && exit.recommendation == .terminate)
    #expect(Self.exitCase(costly, state: .grace).recommendation == .prepareExit)
    #expect(Self.exitCase(costly, state: .warned).recommendation == .improve)
    // A partner that sells nothing loses the network nothing.
    var idle = ExitFacts(contract: facts.contract)
    idle.contract.compensation = Percent(0)
    #expect(Self.exitCase(idle, retained: .zero).recommendation == .terminate)
    var mild = ExitTerms()
    mild.measures = [.buyback]
    #expect(Self.exitCase(costly, mild).recommendation == .renegotiate)
  }

  /// Buy-back at most the stock's cost, retained at most lost, totals exact, on random facts.
  @Test func `limits hold on random cases`() {
    var stream = RandomStream(seed: 5, key: RandomStream.key("exit test"))
    func money(_ upTo: Int) -> Money { Money(tenThousandths: Int64(stream.index(below: upTo * 100)) * 100) }
    for _ in 0..<200 {
      var facts = Self.facts()
      facts.contract.buyBack = Percent(stream.index(below: 101))
      facts.contract.deposit = money(10_000)
      facts.lots = (0..<5).map { _ in StockLot(cost: money(100_000), ageDays: stream.index(below: 500)) }
      facts.invoices = (0..<4).map { _ in OpenInvoice(amount: money(50_000), daysOverdue: stream.index(below: 200)) }
      facts.sales = money(1_000_000)
      facts.revenue = money(1_000_000)
      var terms = ExitTerms()
      terms.draws = 20
      let exit = Self.exitCase(facts, terms, retained: money(1_000_000))
      #expect(-exit.amounts(.buyBack).exit <= exit.stockCost)
      #expect(exit.retainedSales <= exit.lostSales && exit.expectedCollected <= exit.receivables)
      #expect(exit.amounts(.deposit).exit <= facts.contract.deposit)
      #expect(exit.lines.lazy.map(\.exit).total() - exit.lines.lazy.map(\.keep).total() == exit.gain)
      #expect(exit.low <= exit.high)
    }
  }

  // MARK: Successors

  @Test func `sales go where most of them stays`() throws {
    let leavers = [
      Succession.Leaver("L1", region: "east", city: "hefei", sales: Money(100)),
      Succession.Leaver("L2", region: "east", city: "wuhu", sales: Money(100)),
      Succession.Leaver("L3", region: "west", city: nil, sales: Money(100)),
    ]
    let successors = [
      Succession.Successor("A", isCandidate: false, region: "east", city: "hefei", capacity: Money(120)),
      Succession.Successor(
        "K", isCandidate: true, region: "east", city: "wuhu", capacity: Money(50), signingCost: Money(7)),
    ]
    let succession = try Succession(leavers, successors, rates: Succession.Rates())
    // A takes L1 whole at 60 % and 20 of L2 at 42 %, K 50 of L2 at 40 %.
    #expect(succession.retained == [Money(60), Money("28.4")!, .zero])
    #expect(succession.signingCosts == [.zero, Money(7), .zero])
    #expect(succession.objective <= succession.bound && succession.bound - succession.objective < 0.05)
  }

  @Test func `retained is at most lost and at most capacity, and alone at least what it is together`() throws {
    var stream = RandomStream(seed: 9, key: RandomStream.key("succession test"))
    func money() -> Money { Money(tenThousandths: Int64(stream.index(below: 1_000_000)) * 100) }
    let cities = ["a", "b", "c"]
    let leavers = (0..<30).map { index in
      Succession.Leaver("L\(index)", region: index % 2 == 0 ? "x" : "y", city: cities[index % 3], sales: money())
    }
    let successors = (0..<40).map { index in
      Succession.Successor(
        "S\(index)", isCandidate: index % 4 == 0, region: index % 3 == 0 ? "x" : "y", city: cities[index % 3],
        capacity: money(), signingCost: index % 4 == 0 ? money() : .zero)
    }
    let rates = Succession.Rates()
    let succession = try Succession(leavers, successors, rates: rates)
    var load = [Money](repeating: .zero, count: successors.count)
    var offered = [Money](repeating: .zero, count: leavers.count)
    for takeover in succession.takeovers {
      load[takeover.successor] += takeover.offered
      offered[takeover.leaver] += takeover.offered
      #expect(leavers[takeover.leaver].region == successors[takeover.successor].region)
    }
    let room = TakeoverRoom(successors, rates: rates)
    for (index, leaver) in leavers.enumerated() {
      #expect(offered[index] <= leaver.sales && succession.retained[index] <= leaver.sales)
      let alone = room.retained(leaver)
      let single = try Succession([leaver], successors, rates: rates)
      #expect(abs(single.objective - alone.double) < 0.2 && succession.retained[index].double <= alone.double + 0.2)
    }
    for (index, successor) in successors.enumerated() { #expect(load[index] <= successor.capacity) }
    let used = Set(succession.takeovers.map(\.successor))
    #expect(succession.signingCosts.total() == used.map { successors[$0].signingCost }.total())
    #expect(succession.objective <= succession.bound)
  }

  // MARK: Lists

  @Test func `a partner that costs more than it brings is to be removed`() {
    var facts = Self.facts()
    let kept = Removal("P1", facts: facts, terms: ExitTerms(), retainedAlone: Money(60_000))
    // (25 % - 10 %) × 120,000 - 50 % × 6000 - (2800 - 2140) = 14,340; 15 % × 60,000 stays.
    #expect(kept.contribution == Money(14_340) && kept.reallocated == Money(9000) && !kept.isListed)
    facts.incentiveRate = 0.24
    #expect(Removal("P1", facts: facts, terms: ExitTerms(), retainedAlone: .zero).isListed)
  }

  @Test func `a contract is decided on before its notice`() {
    func renewal(_ exit: ExitCase.Recommendation?, ends: CivilDate, state: ProbationStatus.State = .ok) -> Renewal {
      Renewal(
        partner: 0, terms: Self.facts().contract, endsOn: ends, today: Self.today, state: state, exit: exit, band: nil,
        stage: .mature)
    }
    let far = CivilDate(year: 2026, month: 6, day: 30)
    let end = renewal(.terminate, ends: far, state: .exit)
    #expect(end.decideBy == CivilDate(year: 2026, month: 5, day: 1) && end.recommendation == .end)
    let late = renewal(.terminate, ends: CivilDate(year: 2026, month: 1, day: 31), state: .exit)
    #expect(late.isTooLate && late.recommendation == .renegotiate)
    #expect(renewal(nil, ends: far, state: .warned).recommendation == .renegotiate)
    #expect(renewal(nil, ends: far).recommendation == .renew)
  }

  @Test func `conflicts count by severity and persistence`() throws {
    let sales = Table(
      name: "sales",
      columns: [
        .period("period", form: .month, [.month(2025, 1), .month(2025, 12)]), .text("partner_id", ["A", "B"]),
      ])
    let history = try #require(ChannelHistory(sales: sales, partners: nil))
    let dates = [(2025, 2), (2025, 5), (2025, 8), (2025, 9), (2020, 1), (2025, 11)].map { Period.month($0.0, $0.1) }
    let incidents = Table(
      name: "incidents",
      columns: [
        .period("date", form: .month, dates), .text("partner_id", ["A", "A", "A", "A", "A", "B"]),
        .text("kind", ["diversion", "dumping", "diversion", "complaint", "diversion", "diversion"]),
        .integer("severity", [4, 5, 3, 5, 5, nil]), .integer("resolved", [1, 0, 1, 0, 0, 1]),
      ])
    let records = ConflictRecord.all(incidents, history: history, lastQuarter: .quarter(2025, 4), rule: .init())
    #expect(records.map(\.index) == [12, 1] && records[0].proposal == .exit && records[0].unresolved == 1)
    #expect(records[0].incidents == 3 && records[1].proposal == .none)
  }
}
