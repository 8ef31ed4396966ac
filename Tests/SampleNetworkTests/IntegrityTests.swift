import ChannelTypes
import Tables
import Testing

@testable import SampleNetwork

/// Tables refer to what is there, balances balance, and dates follow one another.
struct IntegrityTests {
  @Test func everyReferenceExists() throws {
    let network = try bundled.get()
    let known: [String: Set<String>] = [
      "partner_id": Set(try network.table("partners").texts("partner_id")),
      "product_id": Set(try network.table("products").texts("product_id")),
      "region": Set(try network.table("regions").texts("region") + ["all"]),
      "city": Set(try network.table("regions").texts("city")),
      "owner": Set(try network.table("staff").texts("staff_id")),
      "manager": Set(try network.table("staff").texts("staff_id")),
      "from_partner": Set(try network.table("partners").texts("partner_id")),
      "to_partner": Set(try network.table("partners").texts("partner_id")),
    ]
    for table in network.tables {
      for column in table.columns {
        guard let names = known[column.name] else { continue }
        #expect(try table.texts(column.name).allSatisfy(names.contains), "\(table.name).\(column.name)")
      }
    }
    let documents = Set(try network.table("orders").texts("order_id"))
    #expect(try network.table("orders").texts("ref").allSatisfy(documents.contains))
    #expect(try network.table("receivables").texts("invoice_id").allSatisfy(documents.contains))
    let cities = try network.table("regions").texts("city")
    #expect(
      try network.table("regions").texts("neighbours").allSatisfy {
        $0.split(separator: "|").allSatisfy { cities.contains(String($0)) }
      })
  }

  /// closing = opening + sell-in − sell-out − returns over the last year, exactly, where every month was reported.
  @Test func stockBalances() throws {
    let network = try bundled.get()
    let (sales, stock) = (try network.table("sales"), try network.table("inventory"))
    struct Key: Hashable {
      var partner: String?
      var product: String?
    }
    var flow: [Key: Double] = [:]
    var months: [Key: Int] = [:]
    let (period, partner, product) = (
      try #require(sales.periods("period")), try #require(sales.text("partner_id")),
      try #require(sales.text("product_id"))
    )
    let columns = try ["sell_in_qty", "sell_out_qty", "returns_qty"].map { try #require(sales.numbers($0)) }
    for row in 0..<sales.rowCount where period.ordinals[row] >= Int32(Period.month(2025, 1).ordinal) {
      let key = Key(partner: partner[row], product: product[row])
      flow[key, default: 0] += columns[0][row] - columns[1][row] - columns[2][row]
      months[key, default: 0] += 1
    }
    var counts: [Key: [Int: Double]] = [:]
    let (day, holder, item, onHand) = (
      try #require(stock.periods("snapshot")), try #require(stock.text("partner_id")),
      try #require(stock.text("product_id")), try #require(stock.numbers("on_hand"))
    )
    for row in 0..<stock.rowCount {
      counts[Key(partner: holder[row], product: item[row]), default: [:]][Int(day.ordinals[row])] = onHand[row]
    }
    let opening = CivilDate(year: 2024, month: 12, day: 31).daysSinceEpoch
    let closing = CivilDate(year: 2025, month: 12, day: 31).daysSinceEpoch
    var checked = 0
    for (key, byDay) in counts {
      guard let before = byDay[opening], let after = byDay[closing], months[key] == 12 else { continue }
      #expect(before + (flow[key] ?? 0) == after)
      checked += 1
    }
    #expect(checked > 1000)
  }

  @Test func accountsAddUp() throws {
    let finance = try bundled.get().table("finance")
    let money = try ["assets", "equity", "liabilities", "current_assets", "receivables", "stock"].map {
      try #require(finance.money($0))
    }
    for row in 0..<finance.rowCount {
      #expect(money[1][row] == money[0][row] - money[2][row])
      #expect(money[3][row] <= money[0][row])
      #expect(money[4][row] + money[5][row] <= money[3][row])
    }
    let profit = try #require(finance.numbers("net_profit"))
    let revenue = try #require(finance.numbers("revenue"))
    let (assets, equity) = (money[0].map(\.double), money[1].map(\.double))
    for row in 0..<finance.rowCount {
      let product = profit[row] / revenue[row] * (revenue[row] / assets[row]) * (assets[row] / equity[row])
      #expect(abs(product - profit[row] / equity[row]) < 1e-12 * max(1, abs(product)))
    }
  }

  /// Money in sales is exact: value = units × price.
  @Test func valuesAreUnitsTimesPrices() throws {
    let sales = try bundled.get().table("sales")
    let price = try #require(sales.money("net_price"))
    let value = try #require(sales.money("sell_out_value"))
    let units = try #require(sales.numbers("sell_out_qty"))
    #expect((0..<sales.rowCount).allSatisfy { value[$0] == price[$0] * Int(units[$0]) })
  }

  @Test func sellOutNeverExceedsWhatWasThere() throws {
    let inventory = try bundled.get().table("inventory")
    #expect(try #require(inventory.numbers("on_hand")).allSatisfy { $0 >= 0 })
    let stockouts = try #require(try bundled.get().table("sales").numbers("stockout_days"))
    let share = Double(stockouts.count { $0 > 0 }) / Double(stockouts.count)
    #expect((0.02...0.15).contains(share))
  }

  @Test func documentsFollowOneAnother() throws {
    let orders = try bundled.get().table("orders")
    let ids = try #require(orders.text("order_id"))
    let references = try #require(orders.text("ref"))
    let dates = try #require(orders.periods("date"))
    var day: [String: Int32] = [:]
    for row in 0..<orders.rowCount { day[try #require(ids[row])] = dates.ordinals[row] }
    let late = Int32(CivilDate(year: 2025, month: 12, day: 31).daysSinceEpoch)
    for row in 0..<orders.rowCount {
      #expect(dates.ordinals[row] <= late)
      if let before = references[row], let first = day[before], orders.text("kind")?[row] != "cash" {
        #expect(first <= dates.ordinals[row])
      }
    }
    let receivables = try bundled.get().table("receivables")
    let open = (0..<receivables.rowCount).count { receivables[column: "paid"]?.isKnown($0) == false }
    #expect(open > 50 && open < receivables.rowCount / 4)
  }

  /// 500,000 on the excess: 10 % of 100,000 + 12 % of 100,000 + 15 % of 200,000 + 20 % of 100,000.
  @Test func commissionIsOnTheExcess() {
    #expect(IncentiveLedger.commission(on: Money(500_000)) == Money(72_000))
    #expect(IncentiveLedger.commission(on: Money(100_000)) == Money(10_000))
    #expect(IncentiveLedger.commission(on: .zero) == .zero)
    #expect(IncentiveLedger.commission(on: Money("99999.99") ?? .zero) == Money("10000.00"))
  }

  /// Settlements and advances of a partner and quarter add up to the commission on its sell-in.
  @Test func theLedgerMatchesSales() throws {
    let network = try bundled.get()
    let (sales, ledger) = (try network.table("sales"), try network.table("incentive_ledger"))
    let partner = try #require(sales.text("partner_id"))
    let value = try #require(sales.money("sell_in_value"))
    let period = try #require(sales.periods("period"))
    // A partner that reported every month of 2024.
    let months = Set(Period.month(2024, 1).ordinal...Period.month(2024, 12).ordinal)
    var reported: [String: Set<Int>] = [:]
    for row in 0..<sales.rowCount { reported[partner[row] ?? "", default: []].insert(Int(period.ordinals[row])) }
    let complete = reported.filter { $0.value.isSuperset(of: months) }.keys.sorted()
    #expect(complete.count > 50)
    for id in complete.prefix(40) {
      let rows = (0..<sales.rowCount).filter {
        partner[$0] == id
          && (Period.month(2024, 4).ordinal...Period.month(2024, 6).ordinal).contains(Int(period.ordinals[$0]))
      }
      let earned = IncentiveLedger.commission(on: rows.map { value[$0] }.total())
      let paid = (0..<ledger.rowCount).filter {
        ledger.text("partner_id")?[$0] == id && ledger.text("kind")?[$0] == "commission"
          && ledger.periods("period")?[$0] == .quarter(2024, 2)
      }.compactMap { ledger.money("amount")?[$0] }.total()
      #expect(paid == earned)
    }
  }
}
