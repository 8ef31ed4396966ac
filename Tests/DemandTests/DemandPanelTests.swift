import ChannelTypes
import Demand
import Tables
import Testing

@Suite("Demand panel")
struct DemandPanelTests {
  /// Two partners, two products, six months.
  static func table(_ rows: [(month: Int, partner: String, product: String, out: Double, in: Double, empty: Double)])
    -> Table
  {
    Table(
      name: "sales",
      columns: [
        Column(
          name: "period",
          values: .period(PeriodColumn(form: .month, rows.map { Period.month(2025, 1).advanced(by: $0.month) }))),
        Column(name: "partner_id", values: .text(TextColumn(rows.map(\.partner)))),
        Column(name: "product_id", values: .text(TextColumn(rows.map(\.product)))),
        Column(name: "sell_out_qty", values: .real(rows.map(\.out))),
        Column(name: "sell_in_qty", values: .real(rows.map(\.in))),
        Column(name: "stockout_days", values: .real(rows.map(\.empty))),
      ])
  }

  @Test("tells zeros from unknowns, adds rows, makes up for stock-outs")
  func cells() throws {
    let sales = Self.table([
      (0, "B", "x", 5, 1, 0), (0, "B", "x", 2, 1, 0), (0, "A", "x", 10, 1, 0),
      // Month 1: A reports only y, so x sold nothing; B reports nothing at all.
      (1, "A", "y", 4, 1, 0),
      // Month 2: March has 31 days. Six sold in half of it, 16/3 being usual: another half at 16/3 · 6.5 / (0.5 + 8/3).
      (2, "A", "x", 6, 1, 15.5), (2, "B", "x", 3, 1, 30),
      (3, "A", "x", .nan, 1, 0), (3, "B", "x", -2, 1, 0),
    ])
    let (panel, report) = try DemandPanel.build(sales: sales, settings: PanelSettings())
    #expect(panel.partners == ["A", "B"] && panel.products == ["x", "y"] && panel.seriesCount == 3)
    #expect(panel.nextPeriod == Period.month(2025, 5))
    let ax = Array(panel.demand[panel.range(ofSeries: 0)])
    #expect(ax[0] == 10 && ax[1] == 0 && abs(ax[2] - 6 - 8.0 / 3 * 6.5 / (0.5 + 8.0 / 3)) < 1e-12 && ax[3].isNaN)
    // y has no sale before its first: unknown, then zero.
    let ay = Array(panel.demand[panel.range(ofSeries: 1)])
    #expect(ay[0].isNaN && ay[1] == 4 && ay[2] == 0)
    let bx = Array(panel.demand[panel.range(ofSeries: 2)])
    #expect(bx[0] == 7 && bx[1].isNaN && bx[2].isNaN && bx[3] == 0)
    #expect(Array(panel.observed[panel.range(ofSeries: 2)])[2] == 3)
    #expect(report.raisedForStockOuts == 1 && report.hiddenByStockOuts == 1 && report.negativeCells == 1)
    #expect(report.unreported == 1 && report.zeroFilled == 3)
  }

  @Test("sell-in stands in only where a series never states sell-out")
  func standIn() throws {
    let sales = Self.table([
      (0, "A", "x", .nan, 8, 0), (1, "A", "x", .nan, 9, 0), (0, "A", "y", .nan, 5, 0), (1, "A", "y", 6, 5, 0),
    ])
    let (panel, report) = try DemandPanel.build(sales: sales, settings: PanelSettings())
    #expect(Array(panel.demand[panel.range(ofSeries: 0)]) == [8, 9])
    #expect(panel.demand[panel.range(ofSeries: 1)].first?.isNaN == true && report.standInSeries == 1)
  }

  @Test("does not depend on the order of rows")
  func order() throws {
    let rows = (0..<24).map { index in
      (month: index % 6, partner: "P\(index % 4)", product: "x\(index / 12)", out: Double(index), in: 0.0, empty: 0.0)
    }
    let forward = try DemandPanel.build(sales: Self.table(rows), settings: PanelSettings()).panel
    let backward = try DemandPanel.build(sales: Self.table(rows.reversed()), settings: PanelSettings()).panel
    #expect(forward.series == backward.series)
    #expect(zip(forward.demand, backward.demand).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
  }

  @Test("names what is missing")
  func errors() throws {
    let sales = Self.table([(0, "A", "x", 1, 1, 0)])
    var settings = PanelSettings()
    settings.drivers = ["weather"]
    #expect(throws: DemandError.self) { try DemandPanel.build(sales: sales, settings: settings) }
    #expect(throws: DemandError.noSeries) { try DemandPanel.build(sales: Self.table([]), settings: PanelSettings()) }
  }
}
