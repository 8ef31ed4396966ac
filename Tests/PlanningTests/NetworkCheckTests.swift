import ChannelTypes
import Planning
import Tables
import Testing

@Suite struct NetworkCheckTests {
  private let partners = "partner_id,region,channel_type\nP001,east,agent\nP002,shanghai,agent\n"
  private let products = "product_id\nrouter-ax\n"
  private let yaml = """
    calendar: {start: 2026-01, history_from: 2023-01}
    data: {sales: sales.csv, partners: partners.csv, products: products.csv, inventory: stock.csv, budget: budget.csv}
    forecast: {drivers: [net_price, promo_dais]}
    budget:
      quarter: 100
      spend_types: [training, exhibitions]
      floors: {region: {shanghia: 1}}

    """

  /// Reads the tables of a plan and checks them; findings of both.
  private func check(_ files: [String: String]) throws -> (findings: [Diagnostic], profiles: [DataProfile]) {
    let folder = try PlanFiles(files)
    var (loaded, findings) = folder.load()
    let plan = try #require(loaded?.plan)
    var tables: [InputTable: Table] = [:]
    for (name, reference) in plan.data {
      tables[name] = CSVReader.read(reference, schema: InputSchemas.schema(for: name), findings: &findings)
    }
    NetworkChecks.check(plan, tables, findings: &findings)
    return (findings.kept, DataProfile.profiles(plan, tables))
  }

  private func files(
    sales: String, stock: String = "snapshot,partner_id,product_id,on_hand\n2025-12-31,P001,router-ax,3\n"
  ) -> [String: String] {
    [
      "plan.yaml": yaml, "partners.csv": partners, "products.csv": products, "stock.csv": stock,
      "budget.csv": "period,region,spend_type,amount\n2025Q3,shanghai,training,5\n2025Q4,east,exhibition,7\n",
      "sales.csv": "period,partner_id,product_id,sell_out_qty,net_price,promo_days\n" + sales,
    ]
  }

  @Test func `names in the plan that the tables do not know are found`() throws {
    let (found, profiles) = try check(files(sales: "2025-11,P001,router-ax,1,2,3\n2025-12,P002,router-ax,1,2,3\n"))
    #expect(
      found.map(\.summary) == ["P020 plan.yaml:7:21", "P021 plan.yaml:6:27", "P022 plan.yaml:3:33"])
    #expect(found.map(\.marked) == ["shanghia", "exhibitions", "promo_dais"])
    #expect(
      found.map(\.hint) == [
        "did you mean `shanghai`?", "did you mean `exhibition`?", "did you mean `promo_days`?",
      ])
    #expect(profiles.count == 5)
    let sales = try #require(profiles.first { $0.table == .sales })
    #expect(sales.rows == 2 && sales.gaps == 0)
    #expect(sales.first?.description == "2025-11" && sales.last?.description == "2025-12")
  }

  @Test func `unknown ids are reported once each, with the place of the first`() throws {
    let sales = "2025-12,P00l,router-ax,1,2,3\n2025-11,P00l,router-ax,1,2,3\n2025-12,P002,router-bx,1,2,3\n"
    let (found, _) = try check(files(sales: sales))
    #expect(found.prefix(2).map(\.summary) == ["D201 sales.csv:2:9", "D202 sales.csv:4:14"])
    #expect(found.first?.message == "unknown partner `P00l` (2 rows)")
    #expect(found.first?.marked == "P00l")
    #expect(found[1].hint == "did you mean `router-ax`?")
  }

  @Test func `thousands of unknown ids are three findings and a note`() throws {
    let sales = (0..<500).map { "2025-12,X\($0),router-ax,1,2,3\n" }.joined()
    let (found, _) = try check(files(sales: sales))
    let unknown = found.filter { $0.code == NetworkCodes.unknownPartner }
    #expect(unknown.count == 3)
    #expect(unknown.last?.notes == ["497 more unknown partners in 497 rows"])
  }

  @Test func `gaps, old stock and a start after a gap are warnings`() throws {
    let sales = "2025-05,P001,router-ax,1,2,3\n2025-08,P002,router-ax,1,2,3\n2025-09,P002,router-ax,1,2,3\n"
    let (found, profiles) = try check(
      files(sales: sales, stock: "snapshot,partner_id,product_id,on_hand\n2025-08,P001,router-ax,3\n"))
    let calendar = found.filter { $0.code.id.hasPrefix("D") }
    #expect(calendar.map(\.code) == [NetworkCodes.missingPeriods, NetworkCodes.startAfterGap])
    #expect(calendar[0].message == "sales: no rows for 2 months between 2025-05 and 2025-09: 2025-06, 2025-07")
    #expect(calendar[1].message.hasSuffix("3 months between them are unknown"))
    let profile = try #require(profiles.first { $0.table == .sales })
    #expect(profile.rows == 3 && profile.gaps == 2)
    #expect(profile.first?.description == "2025-05" && profile.last?.description == "2025-09")
    let (stale, _) = try check(
      files(sales: sales, stock: "snapshot,partner_id,product_id,on_hand\n2025-07,P001,router-ax,3\n"))
    #expect(stale.contains { $0.code == NetworkCodes.staleSnapshot })
    #expect(stale.allSatisfy { $0.code.id.hasPrefix("P") || $0.severity == .warning })
  }

  @Test func `a table that could not be read shows as such`() throws {
    var files = files(sales: "2025-12,P001,router-ax,1,2,3\n")
    files["stock.csv"] = nil
    let (_, profiles) = try check(files)
    #expect(profiles.contains { $0.table == .inventory && $0.rows == nil })
  }
}
