import ChannelTypes
import Probability
import Tables
import Testing

@testable import Partners

@Suite("Prepayments that become shipments")
struct ConversionCurveTests {
  private typealias Document = (id: String, partner: String, kind: String, date: String, amount: Int, ref: String?)

  private func read(_ documents: [Document], until: Period? = nil) -> PromiseBook? {
    PromiseBook(
      orders: Table(
        name: "orders", rows: documents,
        columns: [
          .text("order_id") { $0.id }, .text("partner_id") { $0.partner }, .text("kind") { $0.kind },
          .period("date", form: .day) { Period($0.date) }, .money("amount") { Money($0.amount) },
          .text("ref") { $0.ref },
        ]), until: until)
  }

  private let documents: [Document] = [
    ("1", "A", "prepayment", "2025-01-10", 100, nil), ("2", "A", "shipment", "2025-01-20", 60, "1"),
    ("3", "A", "shipment", "2025-02-09", 90, "1"), ("4", "B", "prepayment", "2025-01-31", 100, nil),
    ("5", "B", "prepayment", "2025-03-05", 200, nil), ("6", "B", "shipment", "2025-03-06", 120, "5"),
    ("7", "B", "invoice", "2025-03-06", 20, "6"),
  ]

  @Test func handCount() throws {
    let book = try #require(read(documents))
    #expect(book.open == [.zero, Money(100), Money(80)])
    let curves = ConversionCurves(book)
    let curve = try #require(curves.network.first)
    // Age 0: 180 of 400; age 1 is over for January's promises only: 40 of the 140 left.
    #expect(curve.ages.map(\.atRisk) == [Money(400), Money(140)])
    #expect(curve.ages.map(\.converted) == [Money(180), Money(40)])
    #expect(curve.hazard(0) == 0.45 && abs(curve.hazard(1) - 40.0 / 140) < 1e-15)
    #expect(abs(curve.cumulative[1] - (0.45 + 0.55 * 40 / 140)) < 1e-12)
    #expect(curve.revenueFactor == 270.0 / 220)
    #expect(abs(curve.days - (60 * 10 + 40 * 30 + 120 * 1) / 220) < 1e-12)
  }

  @Test func openBalancesAreExpectedByTheHazardOfWhatRemains() throws {
    let book = try #require(read(documents))
    let curves = ConversionCurves(book)
    let open = OpenPromises.all(book, curves, months: 3, stuckAfter: 2)
    #expect(open.map { book.partners[$0.partner] } == ["B"])
    #expect(open[0].open == Money(180) && open[0].stuck == Money(100))
    // Only the March balance is young enough to have an age 1 ahead of it.
    let curve = try #require(curves.curve(.prepayment, partner: 1))
    #expect(abs(open[0].expected[0] - 80 * curve.hazard(1)) < 1e-12 && open[0].expected[1] == 0)
  }

  @Test("shares lie in [0, 1], sum to at most 1, and no more is shipped than is open", arguments: [UInt64](1...5))
  func proper(seed: UInt64) throws {
    var stream = RandomStream(seed: seed, key: RandomStream.key("promises"))
    var documents: [Document] = []
    for number in 0..<120 {
      let month = 1 + Int(stream.uniform() * 9)
      let amount = 1 + Int(stream.uniform() * 1000)
      documents.append(("p\(number)", "P\(number % 4)", "prepayment", "2025-0\(month)-15", amount, nil))
      guard stream.uniform() < 0.8 else { continue }
      let later = min(9, month + Int(stream.uniform() * 4))
      documents.append(
        (
          "s\(number)", "P\(number % 4)", "shipment", "2025-0\(later)-20", 1 + Int(stream.uniform() * 1500),
          "p\(number)"
        ))
    }
    let book = try #require(read(documents))
    #expect(zip(book.open, book.promises).allSatisfy { $0 >= .zero && $0 <= $1.amount })
    let curves = ConversionCurves(book)
    for curve in curves.network + curves.partners.flatMap(\.self) {
      #expect(curve.ages.indices.allSatisfy { (0...1).contains(curve.hazard($0)) })
      #expect(zip(curve.cumulative, curve.cumulative.dropFirst()).allSatisfy { $0 <= $1 })
      #expect((curve.cumulative.last ?? 0) <= 1)
    }
    for item in OpenPromises.all(book, curves, months: 6, stuckAfter: 3) {
      #expect(item.expected.reduce(0, +) <= item.open.double + 1e-9 && item.stuck <= item.open)
    }
  }

  @Test func documentsOfPlannedMonthsAreNotRead() throws {
    let book = try #require(read(documents, until: .month(2025, 3)))
    #expect(book.promises.count == 2 && book.lastMonth == Period.month(2025, 2).ordinal)
    #expect(read([("1", "A", "invoice", "2025-01-10", 100, nil)]) == nil)
  }
}
