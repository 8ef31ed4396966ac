import ChannelTypes
import Testing

@testable import Allocation

/// Sales from stock where less arrives than is due.
@Suite struct SupplyDisruptionTests {
  /// Partners with random demand of about 30 a month and stock for the lead time.
  private static func network(partners: Int = 6, draws: Int = 40, horizon: Int = 6) -> (InventoryProblem, [Double]) {
    var seed: UInt64 = 7
    func random() -> Float {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(seed >> 40) / Float(1 << 24)
    }
    let paths = SamplePaths(
      seriesCount: partners, horizon: horizon, drawCount: draws,
      values: (0..<partners * horizon * draws).map { _ in 15 + 30 * random() })
    let items = (0..<partners).map { index in
      var item = StockItem(
        partner: "P\(index)", product: "box", region: "east", onHand: Double(10 * index),
        leadTimeDays: Double(9 * index),
        demand: .paths(paths, series: index, periodDays: 30), meanPerDay: 1)
      item.unitCost = Money(80)
      item.unitPrice = 100
      return item
    }
    return (InventoryProblem(items: items), [Double](repeating: 30, count: partners * horizon))
  }

  private static func outcome(
    _ problem: InventoryProblem, _ expected: [Double], horizon: Int = 6, share: Double, periods: Int = 2,
    waiting: Double = 0, backup: Double = 0, threads: Int = 1
  ) throws -> DisruptionOutcome {
    let shares = problem.items.indices.flatMap { _ in (0..<horizon).map { $0 < periods ? share : 1 } }
    var supply = SupplyShares(shares: shares, first: problem.items.map { _ in share })
    supply.backup = backup
    let solution = try problem.solve()
    return problem.disruption(
      of: solution, expected: expected, horizon: horizon, periodDays: 30, supply: supply, waiting: waiting,
      groups: problem.items.map { _ in 0 }, groupCount: 1, threads: threads)
  }

  @Test("by hand: a quarter of what is due for two months, certain demand")
  func byHand() throws {
    var item = StockItem(
      partner: "P", product: "box", region: "east", onHand: 0, leadTimeDays: 0,
      demand: .normal(meanPerDay: 1, deviationPerDay: 0), meanPerDay: 1)
    item.unitCost = Money(6)
    item.unitPrice = 10
    var problem = InventoryProblem(items: [item])
    problem.policy.reviewDays = 30
    let expected = [Double](repeating: 30, count: 4)
    let full = try Self.outcome(problem, expected, horizon: 4, share: 1)
    #expect(full.fillRate == 1 && full.lostRevenueDraws == [0])
    // What a month will take below nothing is ordered in it, up to 30 at its end: enough for the next one.
    #expect((0..<4).map { full.node(group: 0, period: $0).due } == [60, 0, 60, 0])
    let cut = try Self.outcome(problem, expected, horizon: 4, share: 0.25)
    // A quarter of 60 arrives: 15 sold, 15 lost, 45 late.
    let first = cut.node(group: 0, period: 0)
    #expect(first.due == 60 && first.delivered == 15 && first.filled == 15)
    #expect(first.lost == 15 && first.late == 45)
    // 45 are still to come for the 30 of the month: nothing is ordered, nothing arrives.
    let second = cut.node(group: 0, period: 1)
    #expect(second.due == 0 && second.delivered == 0 && second.lost == 30 && second.late == 45)
    // Supply is back: all that is late comes.
    let third = cut.node(group: 0, period: 2)
    #expect(third.due == 0 && third.delivered == 45 && third.filled == 30)
    #expect(third.late == 0 && third.stock == 15)
    #expect(cut.lostUnits == [45] && cut.lostRevenueDraws == [450] && cut.lostMargin == 180)
    #expect(cut.periodsToRecover(group: 0, undisturbed: full) == 2)
    #expect(full.periodsToRecover(group: 0, undisturbed: full) == 0)
    let dry = try Self.outcome(problem, expected, horizon: 4, share: 0, periods: 4)
    #expect(dry.fillRate == 0 && dry.periodsToRecover(group: 0, undisturbed: full) == nil)
  }

  @Test("all demand is filled, lost or waits; more supply never loses more")
  func balance() throws {
    let (problem, expected) = Self.network()
    var last = Double.infinity
    for share in [0.0, 0.2, 0.5, 0.8, 1.0] {
      let outcome = try Self.outcome(problem, expected, share: share)
      let nodes = (0..<6).map { outcome.node(group: 0, period: $0) }
      for node in nodes {
        #expect(abs(node.demand - node.filled - node.lost) < 1e-9 * max(1, node.demand))
        #expect(node.delivered >= 0 && node.late >= -1e-9 && node.stock >= 0 && node.backlog == 0)
      }
      let lost = nodes.reduce(0) { $0 + $1.lost }
      #expect(abs(lost - outcome.lostUnits.reduce(0, +)) < 1e-9 * max(1, lost))
      #expect(lost <= last)
      last = lost
    }
  }

  @Test("buyers who wait are served when supply is back")
  func waiting() throws {
    let (problem, expected) = Self.network()
    let outcome = try Self.outcome(problem, expected, share: 0, waiting: 1)
    #expect(outcome.lostUnits.allSatisfy { $0 == 0 })
    #expect(outcome.node(group: 0, period: 1).backlog > 0)
    #expect(outcome.fillRate < 1)
  }

  @Test("a second supplier of all that is missing makes up for the cut")
  func backup() throws {
    let (problem, expected) = Self.network()
    let full = try Self.outcome(problem, expected, share: 1)
    let helped = try Self.outcome(problem, expected, share: 0.3, backup: 1)
    #expect(abs(helped.fillRate - full.fillRate) < 1e-12)
    #expect(abs(helped.lostMargin - full.lostMargin) < 1e-6)
    let due = (0..<2).reduce(0) { $0 + full.node(group: 0, period: $1).due }
    #expect(abs(helped.backupUnits - 0.7 * due) < 1e-6 * due)
    #expect(abs(helped.backupCost - 80 * helped.backupUnits) < 1e-6 * helped.backupCost)
  }

  @Test("results do not depend on threads, and equal supply differs by exactly nothing")
  func threads() throws {
    let (problem, expected) = Self.network(partners: 130, draws: 8)
    let one = try Self.outcome(problem, expected, share: 0.5)
    let four = try Self.outcome(problem, expected, share: 0.5, threads: 4)
    #expect(one.nodes == four.nodes && one.lostRevenueDraws == four.lostRevenueDraws)
    #expect(one.lostUnits == four.lostUnits && one.lostMargin == four.lostMargin)
  }
}
