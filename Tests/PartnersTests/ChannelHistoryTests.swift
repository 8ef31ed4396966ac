import ChannelTypes
import SampleNetwork
import Tables
import Testing

@testable import Partners

@Suite("What partners bought and sold by month")
struct ChannelHistoryTests {
  private static let sales = Table(
    name: "sales",
    columns: [
      .period("period", form: .month, [.month(2025, 11), .month(2025, 12), .month(2025, 12), .month(2026, 1), nil]),
      .text("partner_id", ["P2", "P1", "P1", "P1", "P1"]),
      .money("sell_in_value", [Money(10), Money(20), nil, Money(99), Money(99)]),
      .real("sell_out_qty", [1, 2, 3, 4, 5]),
    ])

  @Test func sumsAreThoseOfTheRows() throws {
    let history = try #require(ChannelHistory(sales: Self.sales, partners: nil, until: .month(2026, 1)))
    #expect(history.partners.map(\.id) == ["P1", "P2"])
    #expect(history.monthCount == 2 && history.firstMonth == .month(2025, 11))
    #expect(history.revenue(partner: 0, in: .quarter(2025, 4)) == Money(20))
    #expect(history.revenue(partner: 1, in: .month(2025, 11)) == Money(10))
    #expect(history.sellOutUnits == [0, 5, 1, 0])
    let rows = history.rows(partner: 0, months: 0..<2)
    #expect(rows.count == 2 && rows.first == 1)
    #expect(history.monthsActive(partner: 0) == 1 && history.monthsActive(partner: 1) == 2)
    #expect(history.wholeQuarters.isEmpty)
  }

  @Test func aTableWithoutDatesGivesNothing() {
    let table = Table(name: "sales", columns: [.text("partner_id", ["P1"])])
    #expect(ChannelHistory(sales: table, partners: nil) == nil)
  }
}

@Suite("Traces")
struct TraceTests {
  @Test func stepsAddUp() {
    var trace = Trace(
      "partner:P1", "rebate:2026Q1", "Rebate", .money(Money(95)), unit: "CNY",
      steps: [
        Trace.Step("basis", "1,000 × 10 %", amount: .money(Money(100))),
        Trace.Step("turnover link", "× 0.95", amount: .money(-Money(5))), Trace.Step("looked at"),
      ])
    #expect(trace.isBalanced)
    trace.value = .money(Money(96))
    #expect(!trace.isBalanced)
    #expect(!Trace("a", "b", "c", .word("gold"), steps: [Trace.Step("x", amount: .number(1))]).isBalanced)
  }

  @Test func booksJoinInOrder() {
    let books = ["a", "b", "c"].map { name in
      TraceBook(count: name == "b" ? 0 : 2) { Trace(name, "\($0)", "", .word(""), steps: []) }
    }
    let joined = TraceBook(joining: books)
    #expect((0..<joined.count).map { joined[$0].subject + joined[$0].item } == ["a0", "a1", "c0", "c1"])
    #expect(joined.first("c", "1") != nil && joined.first("b", "0") == nil)
  }
}
