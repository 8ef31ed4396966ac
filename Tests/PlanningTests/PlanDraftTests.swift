import ChannelTypes
import Foundation
import Planning
import Tables
import Testing

/// Drafts from the files of a folder: which file and column becomes what, what is asked, and that the plan holds.
@Suite struct PlanDraftTests {
  static let odd: [String: String] = [
    "agents 2024.csv": "Agent Code;Company;Province;Channel;Joined\nA1;Alpha;North;Reseller;05.01.2020\n"
      + "A2;Beta;South;E-Commerce;17.03.2021\n",
    "Umsatz.csv": {
      var text = "Month;Agent;Article No;Units sold;Net sales (k€);Note\n"
      for month in 0..<30 {
        for agent in ["A1", "A2"] {
          for (article, units) in [("X-1", 10), ("X-2", 20)] {
            let written = String(format: "%02d.%d", month % 12 + 1, 2022 + month / 12)
            text += "\(written);\(agent);\(article);\(units + month % 7);\(units),5;n\n"
          }
        }
      }
      return text
    }(),
  ]

  private func draft(_ files: borrowing PlanFiles) throws -> PlanDraft {
    var findings = Findings()
    return try #require(PlanDraft.fromFolder(files.folder, findings: &findings), "\(findings.kept.map(\.message))")
  }

  /// Writes the plan beside its data and reads it as `check` does.
  private func check(_ draft: PlanDraft, _ files: borrowing PlanFiles) throws -> (plan: Plan, findings: Findings) {
    let text = draft.yaml(folder: "", origin: "exports")
    try Data(text.utf8).write(to: URL(filePath: files.folder + "/plan.yaml"))
    let (loaded, loading) = files.load()
    var findings = loading
    let plan = try #require(loaded?.plan, "\(text)")
    let data = DataCatalogue.read(plan, threads: 1, findings: &findings)
    NetworkChecks.check(plan, data.tables, findings: &findings)
    return (plan, findings)
  }

  @Test func oddNamesUnitsAndDatesBecomeAPlanThatPassesCheck() throws {
    let files = try PlanFiles(Self.odd)
    let draft = try draft(files)
    let sales = try #require(draft[.sales])
    #expect(sales.file == "Umsatz.csv")
    #expect(
      sales["period"]?.origin == .converted("Month", .dates(.mdy))
        || sales["period"]?.origin == .converted("Month", .dates(.dmy)))
    #expect(sales["partner_id"]?.origin == .named("Agent"))
    #expect(sales["partner_id"]?.reason.contains("joins agents 2024.csv") == true)
    #expect(sales["product_id"]?.origin == .named("Article No"))
    #expect(sales["sell_out_qty"]?.origin == .named("Units sold"))
    #expect(sales["sell_out_value"]?.origin == .expression("`Net sales (k€)` * 1000"))
    #expect(sales.others == ["Note"])
    let partners = try #require(draft[.partners])
    #expect(partners["region"]?.origin == .named("Province"))
    #expect(
      partners["channel_type"]?.origin
        == .converted(
          "Channel",
          .words([.init(written: "Reseller", meant: "agent"), .init(written: "E-Commerce", meant: "online")])))
    #expect(partners["signed_on"]?.origin == .converted("Joined", .dates(.dmy)))
    #expect(draft.currency.value == "EUR" && draft.frequency.value == .month && draft.horizon.value == 10)
    let (plan, findings) = try check(draft, files)
    #expect(!findings.hasErrors, "\(findings.kept.map { "\($0.place.map(\.description) ?? "") \($0.message)" })")
    #expect(plan.forecast.horizon == 10 && plan.currency == "EUR")
  }

  @Test func chineseAndTraditionalNamesMeanTheSame() throws {
    for (sales, partners) in [("經銷商編號,月份,產品型號,銷量,銷售額(萬元)", "經銷商編號,名稱,大區"), ("经销商编号,月份,产品型号,销量,销售额(万元)", "经销商编号,名称,大区")]
    {
      var text = sales + "\n"
      for month in 1...12 { text += "甲,2024年\(month)月,R1,\(month),1.5\n乙,2024年\(month)月,R1,\(month),2.5\n" }
      let files = try PlanFiles(["流水.csv": text, "名单.csv": partners + "\n甲,甲公司,华东\n乙,乙公司,华南\n"])
      let draft = try draft(files)
      #expect(draft[.sales]?["partner_id"]?.reason.contains("joins 名单.csv") == true)
      #expect(draft[.partners]?["channel_type"]?.question != nil, "what no column says is asked")
      #expect(draft.currency.value == "CNY")
      let (plan, findings) = try check(draft, files)
      #expect(!findings.hasErrors, "\(findings.kept.map(\.message))")
      var reading = Findings()
      let table = try #require(DataCatalogue.read(plan, threads: 1, findings: &reading)[.sales])
      #expect(table.money("sell_out_value")?[0] == Money(15_000))
      #expect(draft.yaml(folder: "", origin: "x").contains("holidays: cn"))
    }
  }

  @Test func yearAndMonthColumnsRepeatedRowsAndRunningWeeks() throws {
    var text = "year,month,store,sku,qty\n"
    for month in 1...12 { for _ in 0..<2 { text += "2024,\(month),S1,A,3\n" } }
    let files = try PlanFiles(["x.csv": text])
    let draft = try draft(files)
    #expect(draft[.sales]?["period"]?.origin == .expression("`year` * 100 + `month`"))
    #expect(draft[.sales]?["order_id"]?.origin == .rowNumber)
    #expect(draft[.sales]?["order_id"]?.question != nil && draft[.sales]?["sell_out_qty"]?.question != nil)
    #expect(draft.frequency.value == .month)
    #expect(try !check(draft, files).findings.hasErrors)

    var weeks = "store,week,units\n"
    for week in 40...90 { weeks += "S1,\(week),3\nS2,\(week),4\n" }
    let weekFiles = try PlanFiles(["w.csv": weeks])
    let weekly = try self.draft(weekFiles)
    #expect(weekly.frequency.value == .week && weekly[.sales]?["period"]?.question != nil)
    #expect(weekly[.sales]?["product_id"]?.origin == .constant("all"))
    #expect(try !check(weekly, weekFiles).findings.hasErrors)
  }

  /// An export with grouped numbers between semicolons, a sum below the rows, and a name for the partners of its own.
  private static func shipments(quantity: String = "销量", value: String = "销售额") -> String {
    var text = "月份;客户名称;型号;\(quantity);\(value)\n"
    var total = 0
    func grouped(_ number: Int) -> String {
      number < 1000 ? String(number) : "\(number / 1000)," + String(format: "%03d", number % 1000)
    }
    for month in 0..<24 {
      for (dealer, base) in [("华信", 310), ("神州", 820), ("天河", 1450)] {
        let units = base + month * 7
        total += units
        text += String(format: "%04d-%02d", 2023 + month / 12, month % 12 + 1)
        text += ";\(dealer);R1;\(grouped(units));\(grouped(units * 3)).50\n"
      }
    }
    return text + "合计;;;\(grouped(total));\(grouped(total * 3 + 36))\n"
  }

  private static let creditors =
    "经销商;大区;渠道;授信额度;流动资金\n华信;华东;代理商;1,200;45.5\n神州;华南;电商;300;80\n天河;华北;代理商;2,000;1,250.5\n"

  @Test func groupedNumbersSumsAndForeignKeysAreDraftedToRun() throws {
    let files = try PlanFiles(["出货.csv": Self.shipments(), "dealers.csv": Self.creditors])
    let draft = try draft(files)
    let partners = try #require(draft[.partners])
    #expect(partners["credit_limit"]?.origin == .converted("授信额度", .groupedNumbers))
    #expect(partners["working_capital"]?.origin == .converted("流动资金", .groupedNumbers))
    #expect(partners.dialect.decimalMark == UInt8(ascii: "."))
    let sales = try #require(draft[.sales])
    #expect(sales["partner_id"]?.origin == .named("客户名称"))
    #expect(sales["partner_id"]?.reason == "by its values; 3 distinct, joins dealers.csv")
    #expect(sales["partner_id"]?.question == nil)
    #expect(sales["sell_out_qty"]?.origin == .converted("销量", .groupedNumbers))
    #expect(sales.reason.hasSuffix("the last row is a sum (`合计`) and left out"))
    #expect(sales.rows == 72 && draft.problems.isEmpty)
    #expect(draft.frequency.reason.contains("the sales are by month; 2023-01 to 2024-12"))
    let (plan, findings) = try check(draft, files)
    #expect(!findings.hasErrors, "\(findings.kept.map(\.message))")
    #expect(findings.kept.contains { $0.message.contains("is a sum (`合计`) and left out; it agrees") })
    var reading = Findings()
    let tables = DataCatalogue.read(plan, threads: 1, findings: &reading).tables
    #expect(tables[.partners]?.money("credit_limit")?.map(\.description) == ["1200.00", "300.00", "2000.00"])
    #expect(tables[.sales]?.numbers("sell_out_qty")?[2] == 1450)
  }

  @Test func groupsThatCouldBeDecimalsAreReadAsGroupsAndAsked() throws {
    let files = try PlanFiles([
      "dealers.csv": "dealer;area;credit limit\nD1;north;1,200\nD2;south;300\n",
      "sales.csv": "month;dealer;sku;units\n2024-01;D1;A;1\n2024-02;D2;A;1\n",
    ])
    let draft = try draft(files)
    let limit = try #require(draft[.partners]?["credit_limit"])
    #expect(limit.origin == .converted("credit limit", .groupedNumbers))
    #expect(limit.question?.contains("is `1,200` 1200, as it is read here, or 1.200?") == true)
    let (plan, findings) = try check(draft, files)
    #expect(!findings.kept.contains { $0.code == DataCodes.ambiguousDecimal })
    var reading = Findings()
    let read = DataCatalogue.read(plan, threads: 1, findings: &reading)[.partners]
    #expect(read?.money("credit_limit")?[0] == Money(1200))
  }

  @Test(arguments: ["Pieces", "pcs", "Qty pcs", "件数", "台数", "数量(台)", "数量（件）"])
  func wordsForUnitsAreKnown(name: String) throws {
    let files = try PlanFiles(["sales.csv": Self.shipments(quantity: name, value: "Net Amount")])
    let draft = try draft(files)
    #expect(draft[.sales]?["sell_out_qty"]?.source == name)
    #expect(draft[.sales]?["sell_out_value"]?.source == "Net Amount")
    #expect(draft.measure.value == .sellOutQuantity)
  }

  @Test func amountsInPlaceOfUnitsAreForecastAsMoney() throws {
    let files = try PlanFiles(["sales.csv": Self.shipments(quantity: "备注码", value: "销售额")])
    let draft = try draft(files)
    #expect(draft.measure.value == .sellOutValue)
    let (plan, findings) = try check(draft, files)
    #expect(plan.forecast.measure == .sellOutValue)
    #expect(!findings.hasErrors, "\(findings.kept.map(\.message))")
  }

  @Test func hostileNamesStayTextInTheWrittenPlan() throws {
    let evil = [
      "\"a\nb\"", "\"x: {y}\"", "<script>alert(1)</script>", "\"# ? no\"", "'quote", "\"say \"\"hi\"\"\"", "`tick`",
      "&a",
      "*b", "!!int", "- z", "名\u{202E}称", String(repeating: "长", count: 3000), "\u{85}", "%TAG",
    ]
    var text = "month,dealer,units," + evil.joined(separator: ",") + "\n"
    for month in 1...9 { text += "2024-0\(month),D1,5," + evil.map { _ in "1" }.joined(separator: ",") + "\n" }
    let files = try PlanFiles([
      "sa'les: {x} #1.csv": text, "empty.csv": "", "binary.csv": "a\u{0}b\n\u{0}", "only header.csv": "a,b\n",
      "titles.csv": "Report\n\n" + "a,b,c\n1,2,3\n", "notes.md": "#", "sheet.xlsx": "PK",
    ])
    let draft = try draft(files)
    let (plan, findings) = try check(draft, files)
    #expect(!findings.hasErrors, "\(findings.kept.map(\.message))")
    #expect(plan.data.keys.map(\.rawValue) == ["sales"])
    let yaml = draft.yaml(folder: "", origin: "exports\nversion: 2")
    for line in yaml.split(separator: "\n") {
      #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x85 || $0.value == 0x202E })
      #expect(line.count < 700)
    }
    #expect(
      draft.leftOut.map(\.file).sorted() == [
        "binary.csv", "empty.csv", "notes.md", "only header.csv", "sheet.xlsx", "titles.csv",
      ])
  }

  @Test func whatDoesNotFitTogetherIsSaid() throws {
    let files = try PlanFiles([
      "sales_2023.csv": "month,dealer,sku,units\n2023-01,D1,A,1\n2023-02,D9,A,1\n",
      "sales_2024.csv": "month,dealer,sku,units\n2024-01,D1,A,1\n2024-02,D1,A,1\n",
      "dealers.csv": "dealer,area\nD1,north\nD2,south\n",
      "stock.csv": "date,dealer,sku,on hand\n2024-01-31,D1,A,-5\n2024-01-31,D2,A,2\n",
    ])
    let draft = try draft(files)
    #expect(draft.leftOut.contains { $0.file.hasPrefix("sales_") && $0.reason.contains("looks like sales") })
    #expect(draft.problems.contains { $0.code == NetworkCodes.unknownPartner })
    // A count below zero is no stock: the table waits for repair, the plan does not.
    #expect(draft[.inventory] == nil || draft[.inventory]?.obstacle != nil)
  }

  @Test func noFolderAndNoTableAreFindings() throws {
    var findings = Findings()
    #expect(PlanDraft.fromFolder("/nonexistent/exports", findings: &findings) == nil)
    #expect(findings.kept.map(\.code) == [DraftCodes.noFolder])
    let files = try PlanFiles(["a.json": "{}"])
    var found = Findings()
    #expect(PlanDraft.fromFolder(files.folder, findings: &found) == nil)
    #expect(found.kept.map(\.code) == [DraftCodes.noTables])
  }

  @Test func manyFilesAreTakenInTheirStride() throws {
    var files = Self.odd
    for number in 0..<200 { files["part \(number).csv"] = "a,b\n1,2\n" }
    let folder = try PlanFiles(files)
    let draft = try draft(folder)
    #expect(draft.tables.map(\.table) == [.sales, .partners])
    #expect(draft.leftOut.count == 200)
  }

  @Test func aLongTableOfNumberedSeriesIsTakenForSalesWithQuestions() throws {
    var text = "series_id,month,value\n"
    for month in 1...12 { for series in 1...3 { text += String(format: "T%d,2024-%02d,%d\n", series, month, series) } }
    let files = try PlanFiles(["parts.csv": text])
    let draft = try draft(files)
    #expect(draft[.sales]?["product_id"]?.source == "series_id" && draft[.sales]?["product_id"]?.question != nil)
    #expect(draft[.sales]?["sell_out_qty"]?.source == "value")
    #expect(try !check(draft, files).findings.hasErrors)
  }

  // MARK: Public data

  private func shared(_ path: String) -> String? {
    let root = ProcessInfo.processInfo.environment["SLUICE_DATA"] ?? "../shared/data"
    let file = root + "/" + path
    return FileManager.default.fileExists(atPath: file) ? file : nil
  }

  @Test(arguments: ["demand/cheese_long.csv.gz", "demand/oj_long.csv.gz"])
  func scannerDataBecomesAPlan(path: String) throws {
    guard let file = shared(path) else {
      print("skipped: no \(path); set SLUICE_DATA")
      return
    }
    let files = try PlanFiles([:])
    let name = String(file.split(separator: "/").last ?? "")
    try FileManager.default.copyItem(atPath: file, toPath: files.folder + "/" + name)
    var findings = Findings()
    let draft = try #require(PlanDraft.fromFolder(files.folder, findings: &findings))
    let sales = try #require(draft[.sales])
    let isCheese = path.contains("cheese")
    #expect(sales["partner_id"]?.source == (isCheese ? "retailer" : "store"))
    #expect(sales["sell_out_qty"]?.source == (isCheese ? "volume" : "units"))
    #expect(sales["net_price"]?.source == "price")
    #expect(sales["period"]?.source == "week" && draft.frequency.value == .week)
    if isCheese {
      #expect(sales["region"]?.source == "market")
      #expect(sales["product_id"]?.origin == .constant("all") && sales["product_id"]?.question != nil)
      #expect(sales.others == ["chain", "display"])
    } else {
      #expect(sales["product_id"]?.source == "brand" && sales["product_id"]?.question != nil)
    }
    #expect(try !check(draft, files).findings.hasErrors)
  }
}
