import ChannelTypes
import Testing

@testable import Tables

/// What a wide sheet of a budget is read as.
private let budgetSchema = Schema(
  "budget", key: ["period", "region"],
  [
    ColumnSchema("period", .period, required: true), ColumnSchema("region", .text, required: true),
    ColumnSchema("amount", .money, required: true, range: 0...1e12, unit: "currency"),
    ColumnSchema("committed", .money),
  ])

/// Two figures that months could hold.
private let quantitySchema = Schema(
  "sales", key: ["period", "partner_id"], oneOf: [["sell_in_qty", "sell_out_qty"]],
  [
    ColumnSchema("period", .period, required: true), ColumnSchema("partner_id", .text, required: true),
    ColumnSchema("region", .text), ColumnSchema("sell_in_qty", .real, unit: "units"),
    ColumnSchema("sell_out_qty", .real, unit: "units"), ColumnSchema("sell_out_value", .money, unit: "currency"),
    ColumnSchema("discount_pct", .real, unit: "%"), ColumnSchema("share", .real, range: 0...1),
  ])

private func read(
  _ workbook: TestWorkbook, _ schema: Schema, sheet: String = "", columns: [String: ColumnOrigin] = [:],
  wide: String? = nil
) -> (table: Table?, findings: Findings) {
  let scratch = Scratch()
  let path = scratch.write("book.xlsx", workbook.bytes)
  var findings = Findings()
  let reference = TableReference(
    path: path + sheet, displayPath: "book.xlsx" + sheet, columns: columns, wideFigure: wide)
  return (TableReader.read(reference, schema: schema, findings: &findings), findings)
}

/// The rows of a table as text, columns in the order asked for.
private func rows(_ table: Table?, _ names: String...) -> [String] {
  guard let table else { return ["no table"] }
  return (0..<table.rowCount).map { row in
    names.map { table[column: $0]?.text(row) ?? "" }.joined(separator: " ")
  }
}

extension Findings {
  fileprivate var layout: Diagnostic? { kept.first { $0.code == DataCodes.sheetLayout } }
  fileprivate func notes(_ word: String) -> String? { layout?.notes.first { $0.contains(word) } }
}

@Suite struct SheetTableTests {
  @Test func `a plain sheet is a plain table, without a word`() {
    let (table, findings) = read(
      TestWorkbook("Sales", [["period", "region", "amount"], ["2025-01", "east", 12.5], ["2025-02", "east", 7]]),
      budgetSchema)
    #expect(rows(table, "period", "region", "amount") == ["2025-01 east 12.50", "2025-02 east 7.00"])
    #expect(findings.count == 0)
    #expect(table?.readAs == "sheet Sales")
  }

  @Test func `titles, blank rows and notes are left out and told`() {
    let (table, findings) = read(
      TestWorkbook(
        "预算",
        [
          ["2025年预算"], [], ["period", "region", "amount"], ["2025-01", "east", 1], [], ["2025-02", "east", 2], [],
          ["注：含税"],
        ]), budgetSchema)
    #expect(rows(table, "period", "amount") == ["2025-01 1.00", "2025-02 2.00"])
    #expect(findings.codes == ["D160"])
    #expect(findings.layout?.place?.description == "book.xlsx#预算!A3")
    #expect(findings.notes("titles") == "row 1 above the header: titles")
    #expect(findings.notes("blank") == "left out: 1 blank row")
    #expect(findings.notes("notes") == "left out: row 8 below the table, notes")
  }

  @Test(
    "months in any writing become rows",
    arguments: [
      ["2025-01", "2025-02", "2025-03"], ["2025年1月", "2025年2月", "2025年3月"], ["Jan 2025", "Feb 2025", "Mar 2025"],
      ["2025/1", "2025/2", "2025/3"], ["202501", "202502", "202503"], ["25年1月", "25年2月", "25年3月"],
      ["Jan-25", "Feb-25", "Mar-25"], ["2025M01", "2025M02", "2025M03"], ["２０２５年１月", "２０２５年２月", "２０２５年３月"],
      ["2025年一月", "2025年二月", "2025年三月"],
    ])
  func months(header: [String]) {
    let (table, findings) = read(
      TestWorkbook("S", [["region"] + header.map(TestCell.text), ["east", 1, 2, 3], ["west", 4, .blank, 6]]),
      budgetSchema)
    #expect(
      rows(table, "period", "region", "amount") == [
        "2025-01 east 1.00", "2025-02 east 2.00", "2025-03 east 3.00", "2025-01 west 4.00", "2025-03 west 6.00",
      ])
    #expect(findings.codes == ["D160"])
    #expect(findings.notes("months")?.contains("columns B to D are months, 2025-01 to 2025-03") == true)
    #expect(findings.notes("unknown") == "1 empty cell of them are unknown: no row")
    #expect(table?.readAs == "sheet S, 3 months in columns")
  }

  @Test func `months under a merged year, beside sums that are checked, in 万元`() {
    let header: [TestCell] = ["区域", "2025年"]
    let months: [TestCell] = ["", "1月", "2月", "3月", "一季度", "合计"]
    let (table, findings) = read(
      TestWorkbook(
        "计划", merged: ["A1:F1", "A3:A4", "B3:F3"],
        [
          ["销售计划"], ["单位：万元"], header, months, ["华东", 1.15, 2, 3, 6.15, 6.15], ["华南", 4, 5, 6, 15, 15],
          ["合计", 5.15, 7, 9, 21.15, 21.15],
        ]), budgetSchema, columns: ["region": .named("区域")])
    #expect(
      rows(table, "period", "region", "amount") == [
        "2025-01 华东 11500.00", "2025-02 华东 20000.00", "2025-03 华东 30000.00", "2025-01 华南 40000.00",
        "2025-02 华南 50000.00", "2025-03 华南 60000.00",
      ])
    #expect(findings.codes == ["D160"])
    #expect(findings.notes("header") == "row 1, 2 above the header: titles" || findings.notes("titles") != nil)
    #expect(findings.notes("the header is") == "the header is rows 3 to 4")
    #expect(findings.notes("unit") == "unit `万元` in A2: `amount` multiplied by 10,000")
    #expect(findings.notes("left out: sums") == "left out: sums in row 7 (合计); they agree with their parts")
    #expect(findings.notes("column E") == "left out: column E (2025Q1); it agrees with its parts")
    #expect(findings.notes("column F") == "left out: column F (合计); it agrees with its parts")
  }

  @Test(
    "a title stays a title whatever it says, merged or not",
    arguments: ["2025年出货表", "2024-2025年出货汇总表", "2025年1月出货表", "2025年", "出货表"], ["A1:B1", "A1:G1", "A1:AA1", "A1:G2", ""])
  func titles(title: String, merge: String) {
    let isTall = merge == "A1:G2"
    let first = isTall ? 3 : 2
    let (table, findings) = read(
      TestWorkbook(
        "S",
        merged: [merge, "A\(first):A\(first + 1)", "B\(first):B\(first + 1)", "C\(first):F\(first)"].filter {
          !$0.isEmpty
        },
        [[.text(title)]] + (isTall ? [[]] : []) + [
          ["经销商", "大区", "2025年", "", "", "", "合计"], ["", "", "1月", "2月", "3月", "小计"],
          ["华信", "华东", 1, 2, 3, 6, 6], ["天河", "华东", 4, 5, 6, 15, 15], ["小计", "", 5, 7, 9, 21, 21],
          ["神州", "华南", 7, 8, 9, 24, 24], ["小计", "", 7, 8, 9, 24, 24], ["合计", "", 12, 15, 18, 45, 45],
        ]), quantitySchema, columns: ["partner_id": .named("经销商"), "region": .named("大区")], wide: "sell_out_qty")
    #expect(table?.rowCount == 9, "\(findings.kept.map { ($0.message, $0.notes) })")
    #expect(
      rows(table, "period", "partner_id", "region", "sell_out_qty").prefix(2) == ["2025-01 华信 华东 1", "2025-02 华信 华东 2"])
    #expect(findings.codes == ["D160"])
    #expect(findings.notes("titles") == "row 1 above the header: titles")
    #expect(findings.notes("the header is") == "the header is rows \(first) to \(first + 1)")
    #expect(findings.notes("left out: sums")?.hasSuffix("(小计, 合计); they agree with their parts") == true)
    #expect(findings.notes("column F") == "left out: column F (小计); it agrees with its parts")
  }

  @Test func `a column of names is never a sum of figures`() {
    let (table, findings) = read(
      TestWorkbook(
        "S", [["2025年/经销商", "合计", "2025年1月", "2025年2月"], ["华信", "甲", 1, 2], ["天河", "乙", 3, 4]]),
      quantitySchema, columns: ["partner_id": .named("经销商")], wide: "sell_out_qty")
    #expect(rows(table, "period", "partner_id").first == "2025-01 华信", "\(findings.kept.map(\.message))")
    #expect(findings.notes("agrees") == nil)
  }

  @Test func `a title with two years says none`() {
    let (_, findings) = read(
      TestWorkbook("S", [["2024-2025年预算"], ["region", "11月", "12月"], ["east", 1, 2]]), budgetSchema)
    #expect(findings.codes.contains("D163"))
  }

  @Test func `a year that is not merged reaches over its months`() {
    let (table, _) = read(
      TestWorkbook(
        "S", [["region", "2024年", "", "2025年", ""], ["", "11月", "12月", "1月", "2月"], ["east", 1, 2, 3, 4]]),
      budgetSchema)
    #expect(rows(table, "period", "amount") == ["2024-11 1.00", "2024-12 2.00", "2025-01 3.00", "2025-02 4.00"])
  }

  @Test func `numbers 1 to 12 under a year are months`() {
    let (table, _) = read(
      TestWorkbook("S", merged: ["B1:E1"], [["region", 2025], ["", 1, 2, 3, 4], ["east", 10, 20, 30, 40]]),
      budgetSchema)
    #expect(rows(table, "period", "amount") == ["2025-01 10.00", "2025-02 20.00", "2025-03 30.00", "2025-04 40.00"])
  }

  @Test func `date cells in the header are months where they show months`() {
    let (table, _) = read(
      TestWorkbook(
        "S", [["region", .number(45_658, format: 2), .number(45_689, format: 7)], ["east", 1, 2]]), budgetSchema)
    #expect(rows(table, "period", "amount") == ["2025-01 1.00", "2025-02 2.00"])
  }

  @Test(
    "the year of bare months comes from title, sheet or a column of its own",
    arguments: [
      TestWorkbook("S", [["2025年销售计划"], ["region", "1月", "2月"], ["east", 1, 2]]),
      TestWorkbook("2025年", [["region", "1月", "2月"], ["east", 1, 2]]),
      TestWorkbook("S", [["年份", "region", "1月", "2月"], [2025, "east", 1, 2]]),
    ])
  func years(workbook: TestWorkbook) {
    let (table, findings) = read(workbook, budgetSchema)
    #expect(rows(table, "period", "region", "amount") == ["2025-01 east 1.00", "2025-02 east 2.00"])
    #expect(findings.notes("the year") != nil)
  }

  @Test func `months without any year are an error that says what to do`() {
    let (table, findings) = read(TestWorkbook("S", [["region", "1月", "2月"], ["east", 1, 2]]), budgetSchema)
    #expect(table == nil)
    #expect(
      findings.kept.contains { $0.code == DataCodes.periodWithoutYear && $0.place?.description == "book.xlsx#S!B1" })
  }

  @Test func `figures under months become columns`() {
    let (table, findings) = read(
      TestWorkbook(
        "S", merged: ["A1:A2", "B1:C1", "D1:E1"],
        [
          ["partner_id", "2025年1月", "", "2025年2月", ""], ["", "销量", "金额（千元）", "销量", "金额（千元）"],
          ["P1", 10, 1.5, 20, 2.5],
        ]), quantitySchema, columns: ["sell_out_qty": .named("销量"), "sell_out_value": .named("金额")])
    #expect(
      rows(table, "period", "partner_id", "sell_out_qty", "sell_out_value") == [
        "2025-01 P1 10 1500.00", "2025-02 P1 20 2500.00",
      ])
    #expect(findings.notes("unit") == "unit `千元` in C2: `金额` multiplied by 1,000")
  }

  @Test func `which figure the months hold is asked where several could be meant`() {
    let workbook = TestWorkbook("S", [["partner_id", "2025-01", "2025-02"], ["P1", 1, 2]])
    let (none, findings) = read(workbook, quantitySchema)
    #expect(none == nil)
    #expect(findings.kept.first?.code == DataCodes.unknownFigure)
    #expect(findings.kept.first?.hint?.contains("wide: sell_in_qty") == true)
    let (table, _) = read(workbook, quantitySchema, wide: "sell_out_qty")
    #expect(rows(table, "period", "sell_out_qty") == ["2025-01 1", "2025-02 2"])
  }

  @Test func `a title with the name of a column says which figure it is`() {
    let (table, _) = read(
      TestWorkbook("S", [["2025 sell_out_qty by dealer"], ["partner_id", "2025-01", "2025-02"], ["P1", 1, 2]]),
      quantitySchema)
    #expect(rows(table, "period", "sell_out_qty") == ["2025-01 1", "2025-02 2"])
  }

  // MARK: Sums

  @Test func `sums are left out, and a wrong one is told with its cell`() {
    let (table, findings) = read(
      TestWorkbook(
        "S",
        [
          ["period", "region", "amount"], ["2025-01", "east", 1], ["2025-01", "west", 2], ["小计", "", 3],
          ["2025-02", "east", 4], ["2025-02", "west", 5], ["小 计：", "", 9.5], ["Total", "", 12],
        ]), budgetSchema)
    #expect(table?.rowCount == 4)
    #expect(findings.kept.map { $0.place?.description } == ["book.xlsx#S!C7", "book.xlsx#S!A1"])
    #expect(findings.kept.first?.message == "`小 计：` says 9.5, and its parts add up to 9")
    #expect(findings.kept.first?.severity == .warning)
    #expect(findings.notes("left out: sums")?.contains("1 of them differ") == true)
  }

  @Test func `a sum above its parts is recognised`() {
    let (table, findings) = read(
      TestWorkbook(
        "S", [["period", "region", "amount"], ["合计", "", 3], ["2025-01", "east", 1], ["2025-01", "west", 2]]),
      budgetSchema)
    #expect(table?.rowCount == 2)
    #expect(findings.warningCount == 0)
  }

  @Test func `a name like a sum is one only where the figures agree`() {
    func table(_ last: TestCell) -> Table? {
      read(
        TestWorkbook(
          "S", [["region", "2025-01", "2025-02"], ["华东一", 1, 2], ["华东二", 3, 4], ["华东小计", 4, last]]), budgetSchema
      ).table
    }
    #expect(table(6)?.rowCount == 4)
    #expect(table(7)?.rowCount == 6)
  }

  @Test func `sum columns that differ are told with their cells`() {
    let (_, findings) = read(
      TestWorkbook(
        "S", [["region", "2025-01", "2025-02", "合计"], ["east", 1, 2, 3], ["west", 3, 4, 8], ["n", 3, 4, 9]]),
      budgetSchema)
    #expect(findings.codes == ["D161", "D160"])
    #expect(findings.kept.first?.place?.description == "book.xlsx#S!D3")
    #expect(findings.kept.first?.notes == ["also in row 4"])
  }

  @Test func `averages under a column of prices are no wrong sums`() {
    let (_, findings) = read(
      TestWorkbook(
        "S",
        [
          ["period", "region", "amount", "price"], ["2025-01", "a", 1, 10], ["2025-01", "b", 2, 20], ["合计", "", 3, 15],
        ]),
      budgetSchema)
    #expect(findings.warningCount == 0)
  }

  @Test func `rows of shares are left out`() {
    let (table, findings) = read(
      TestWorkbook(
        "S",
        [
          ["region", "2025-01", "2025-02"], ["east", 1, 2], ["合计", 1, 2],
          ["占比", .number(0.33, format: 3), .number(0.67, format: 3)],
        ]),
      budgetSchema)
    #expect(table?.rowCount == 2)
    #expect(findings.notes("row 4") == "left out: row 4, worked out from others")
  }

  // MARK: Units and cells

  @Test(
    "units of headers are applied in decimal",
    arguments: [
      ("amount (万元)", "1.15", "11500.00"), ("amount（千元）", "0.07", "70.00"), ("amount (亿元)", "0.0000001", "10.00"),
      ("amount, k CNY", "1.005", "1005.00"), ("amount (thousand)", "12", "12000.00"), ("amount/万元", "8.2", "82000.00"),
      ("amount (元)", "8.25", "8.25"), ("amount [million]", "0.1", "100000.00"),
    ])
  func units(header: String, value: String, expected: String) {
    let (table, _) = read(
      TestWorkbook(
        "S", [["period", "region", .text(header)], ["2025-01", "east", .raw("<c r=\"C2\"><v>\(value)</v></c>")]]),
      budgetSchema)
    #expect(rows(table, "amount") == [expected])
  }

  @Test func `arithmetic leaves no dust in amounts`() {
    let (table, findings) = read(
      TestWorkbook(
        "S",
        [
          ["period", "region", "amount"], ["2025-01", "a", .number(0.1 + 0.2, format: 0)],
          ["2025-01", "b", .number(100.0 / 3, format: 0)],
        ]),
      budgetSchema)
    #expect(rows(table, "amount") == ["0.30", "33.3333"])
    #expect(findings.notes("decimals") == "1 amount with more than four decimals, first C3: rounded to four")
  }

  @Test func `a unit of money in a caption belongs to amounts only`() {
    let (table, _) = read(
      TestWorkbook(
        "S", [["(单位:万元)"], ["period", "partner_id", "sell_out_qty", "sell_out_value"], ["2025-01", "P1", 3, 1.5]]),
      quantitySchema)
    #expect(rows(table, "sell_out_qty", "sell_out_value") == ["3 15000.00"])
  }

  @Test func `a unit that could belong to several columns is not applied, and told`() {
    let (table, findings) = read(
      TestWorkbook(
        "S", [["in thousands"], ["period", "partner_id", "sell_in_qty", "sell_out_qty"], ["2025-01", "P1", 3, 4]]),
      quantitySchema)
    #expect(rows(table, "sell_in_qty", "sell_out_qty") == ["3 4"])
    #expect(findings.codes.contains("D165"))
  }

  @Test func `numbers as text, groups and percentages are read and told`() {
    let (table, findings) = read(
      TestWorkbook(
        "S",
        [
          ["period", "partner_id", "sell_out_qty", "discount_pct", "share"],
          ["2025-01", "P1", "1200", .number(0.15, format: 3), "15%"],
          ["2025-01", "P2", "1,234.5", "12%", .number(0.2, format: 3)],
          ["2025-01", "P3", "1,200", 7, 0.5],
        ]), quantitySchema)
    #expect(rows(table, "sell_out_qty", "discount_pct", "share") == ["1200 15 0.15", "1234.5 12 0.2", "1200 7 0.5"])
    #expect(findings.notes("stored as text") == "1 number stored as text, first C2: read as a number")
    #expect(findings.notes("thousands") == "2 numbers with thousands separators, first C3: read without them")
    #expect(
      findings.notes("percentage") == "3 percentages, first D2: 15 % is 15 in columns of percentages and 0.15 elsewhere"
        || findings.notes("percentage") != nil)
  }

  @Test func `a group that could be a decimal is refused as in CSV, full-width digits too`() {
    let (table, findings) = read(
      TestWorkbook(
        "S",
        [
          ["period", "partner_id", "sell_in_qty", "sell_out_qty"], ["2025-01", "P1", "1,200", "１２"],
          ["2025-01", "P2", 1, "12O"],
        ]),
      quantitySchema)
    #expect(table == nil)
    #expect(findings.codes == ["D131", "D130", "D104"])
    #expect(findings.kept.map { $0.place?.description } == ["book.xlsx#S!C2", "book.xlsx#S!D2", "book.xlsx#S!D3"])
    #expect(findings.kept[0].marked == "1,200")
    #expect(findings.kept[0].excerpt?.text == "2025-01 | P1 | 1,200 | １２")
  }

  @Test func `dates, codes with zeros and periods in other writings`() {
    let (table, findings) = read(
      TestWorkbook(
        "S",
        [
          ["period", "partner_id", "sell_out_qty", "contract"],
          [.number(45_658, format: 2), .number(12, format: 5), 1, .number(45_658, format: 1)],
          ["2025年2月", .number(7, format: 5), 2, .number(45_659, format: 1)], [202_503, "00008", 3, .blank],
        ]), quantitySchema)
    #expect(
      rows(table, "period", "partner_id", "sell_out_qty", "contract") == [
        "2025-01 00012 1 2025-01-01", "2025-02 00007 2 2025-01-02", "2025-03 00008 3 ",
      ])
    #expect(findings.notes("writing") == "2 periods in another writing, first A3: read as 2025-01")
  }

  @Test func `merged names hold for all their rows`() {
    let (table, findings) = read(
      TestWorkbook(
        "S", merged: ["A2:A3"],
        [["region", "partner_id", "2025-01", "2025-02"], ["华东", "P1", 1, 2], ["", "P2", 3, 4], ["华南", "P3", 5, 6]]),
      quantitySchema, wide: "sell_out_qty")
    #expect(
      rows(table, "region", "partner_id", "sell_out_qty").prefix(4) == ["华东 P1 1", "华东 P1 2", "华东 P2 3", "华东 P2 4"])
    #expect(findings.notes("merged") == "merged cells of column A hold for all their rows")
  }

  // MARK: Sheets

  @Test func `a sheet is chosen by name, else the first that is visible and not empty`() {
    let workbook = TestWorkbook([
      TestSheet("封面", []), TestSheet("old", isHidden: true, [["period", "region", "amount"], ["2024-01", "x", 1]]),
      TestSheet("2025 年", [["period", "region", "amount"], ["2025-01", "east", 1]]),
      TestSheet("More", [["period", "region", "amount"], ["2026-01", "east", 1]]),
    ])
    let (first, findings) = read(workbook, budgetSchema)
    #expect(rows(first, "period") == ["2025-01"])
    #expect(findings.layout?.hint?.contains("`封面`, `More`") == true)
    #expect(rows(read(workbook, budgetSchema, sheet: "#more").table, "period") == ["2026-01"])
    #expect(rows(read(workbook, budgetSchema, sheet: "#old").table, "period") == ["2024-01"])
    let missing = read(workbook, budgetSchema, sheet: "#Mor").findings
    #expect(missing.codes == ["D154"])
    #expect(missing.only?.hint?.contains("did you mean `More`?") == true)
  }

  @Test func `findings and places of a table cite cells`() throws {
    let (table, findings) = read(
      TestWorkbook("表", [["t"], ["period", "region", "amount"], ["2025-01", "east", 1], ["2025-01", "east", 2]]),
      budgetSchema)
    #expect(table == nil)
    let twice = try #require(findings.kept.first { $0.code == DataCodes.duplicateKey })
    #expect(twice.place?.description == "book.xlsx#表!A4")
    #expect(twice.notes == ["the first row with this key is cell A3"])
    let wide = read(TestWorkbook("W", [["region", "2025-01", "2025-02"], ["east", 1, 2]]), budgetSchema).table
    let places = wide?.source?.locate([(1, "amount"), (1, "period"), (1, "region")]).map(\.place.description)
    #expect(places == ["book.xlsx#W!C2", "book.xlsx#W!C1", "book.xlsx#W!A2"])
  }

  @Test func `a formula that was never computed is an error with its cell`() {
    let (table, findings) = read(
      TestWorkbook("S", [["period", "region", "amount"], ["2025-01", "east", .formula("1+1", value: "", type: "")]]),
      budgetSchema)
    #expect(table == nil)
    #expect(findings.kept.first?.place?.description == "book.xlsx#S!C2")
    #expect(findings.codes.first == "D164")
  }

  @Test func `an empty sheet and a header without rows are told`() {
    #expect(read(TestWorkbook("S", []), budgetSchema).findings.codes == ["D106"])
    #expect(read(TestWorkbook("S", [["period", "region", "amount"]]), budgetSchema).findings.codes == ["D107"])
  }

  @Test func `damaged sheets with every layout give findings or tables, never a crash`() {
    let sheet = TestSheet(
      "计划（万元）", merged: ["A1:F1", "A3:A4", "B3:F3", "A5:A6"],
      [
        ["2025年销售计划"], ["单位：万元"], ["区域", "2025年"], ["", "1月", "2月", "3月", "一季度", "合计"],
        ["华东", 1.15, 2, "1,234.5", 6.15, 6.15],
        ["华南", 4, 5, 6, 15, 15], ["小计", 5.15, 7, 9, 21.15, 21.15], [], ["注：x"],
      ])
    let parts = TestWorkbook([sheet]).parts
    var state: UInt64 = 3
    for _ in 0..<120 {
      var damaged = parts.map { ($0.name, Array($0.text.utf8)) }
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let part = 3 + Int(state >> 33) % (parts.count - 3)
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let place = Int(state >> 33) % damaged[part].1.count
        damaged[part].1[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: state >> 20) % 64
      }
      let scratch = Scratch()
      let path = scratch.write("book.xlsx", Zip.archive(damaged))
      var findings = Findings()
      let table = TableReader.read(
        TableReference(path: path, columns: ["region": .named("区域")]), schema: budgetSchema, findings: &findings)
      #expect((table == nil) == findings.hasErrors)
    }
  }

  // MARK: Text laid out like a sheet

  @Test func `months in columns of a CSV file become rows, sums and titles are left out`() {
    let scratch = Scratch()
    let path = scratch.write(
      "plan.csv",
      Array("2025年预算（万元）;;;\n区域;1月;2月;合计\n华东;1,15;2;3,15\n\n华南;3;4;7,5\n合计;4,15;6;10,15\n".utf8))
    var findings = Findings()
    let reference = TableReference(path: path, displayPath: "plan.csv", columns: ["region": .named("区域")])
    let table = TableReader.read(reference, schema: budgetSchema, findings: &findings)
    #expect(
      rows(table, "period", "region", "amount") == [
        "2025-01 华东 11500.00", "2025-02 华东 20000.00", "2025-01 华南 30000.00", "2025-02 华南 40000.00",
      ])
    #expect(findings.codes == ["D161", "D161", "D160"])
    #expect(findings.kept.map { $0.place?.description } == ["plan.csv:6", "plan.csv:5", "plan.csv:2"])
    #expect(table?.readAs == "text laid out like a sheet, 2 months in columns, in 万元")
    #expect(table?.source?.locate([(2, "amount")]).first?.place.description == "plan.csv:5")
  }

  @Test func `a CSV file that only lacks a column keeps its finding`() {
    let scratch = Scratch()
    let path = scratch.write("plan.csv", Array("region,amount\neast,1\n".utf8))
    var findings = Findings()
    #expect(TableReader.read(TableReference(path: path), schema: budgetSchema, findings: &findings) == nil)
    #expect(findings.codes == ["D120"])
  }

  // MARK: Long tables

  @Test func `a command reads a sheet as any long table`() throws {
    let scratch = Scratch()
    let path = scratch.write(
      "book.xlsx",
      TestWorkbook("S", [["dealer", "2025-01", "2025-02", "合计"], ["P1", 1, 2, 3], ["P2", 3, "x", 4]]).bytes)
    var findings = Findings()
    let columns = LongTableColumns(ids: ["dealer"], time: "ds", value: "qty")
    let table = try #require(
      LongTable.open(TableReference(path: path, displayPath: "book.xlsx"), columns, findings: &findings))
    let reader = table.reader()
    var block = LongRows()
    var values: [Double] = []
    while reader.next(&block) { values += block.values }
    #expect(values.prefix(3) == [1, 2, 3])
    reader.report(&findings)
    #expect(findings.kept.last?.place?.description == "book.xlsx#S!C3")
    #expect(table.locate([(0, "qty")]).first?.place.description == "book.xlsx#S!B2")
  }
}

@Suite struct SheetWordTests {
  @Test(
    "periods of headers are read in one way only",
    arguments: [
      ("2025-01", "2025-01"), ("2025年1月份", "2025-01"), ("2025年12月", "2025-12"), ("2025Q3", "2025Q3"),
      ("2025年第三季度", "2025Q3"), ("Q3 2025", "2025Q3"), ("2025年四季度", "2025Q4"), ("2025-W05", "2025-W05"),
      ("2025年第5周", "2025-W05"), ("September 2025", "2025-09"), ("Sept-25", "2025-09"), ("2025.3", "2025-03"),
      ("2025-03-04", "2025-03-04"), ("2025年3月4日", "2025-03-04"), ("2025年", "2025"), ("2025", "2025"),
    ])
  func periods(text: String, expected: String) {
    #expect(HeaderPeriod(text)?.period(year: nil)?.description == expected)
  }

  @Test(
    "what is no period is none",
    arguments: ["1/2/2025", "P001", "12", "2025-13", "20251", "月", "Marketing", "1234", ""])
  func noPeriods(text: String) { #expect(HeaderPeriod(text) == nil) }

  @Test(
    "numbers are written in full, scaled in decimal",
    arguments: [
      (1.15, 4, "11500"), (0.1 + 0.2, 0, "0.3"), (1e-7, 8, "10"), (123_456_789_012_345_6, 0, "1234567890123456"),
      (-2.5, 3, "-2500"), (0, 4, "0"), (1e22, 0, "10000000000000000000000"), (0.000_1, 0, "0.0001"),
      (99.999_999_999_999_99, 0, "100"),
    ])
  func numbers(value: Double, shift: Int, expected: String) {
    #expect(CellNumber.written(value, shift: shift) == expected)
  }

  @Test func `a scaled number is the number times the power of ten`() {
    var state: UInt64 = 5
    for _ in 0..<2000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(Int64(bitPattern: state) >> 20) / 1000
      let text = CellNumber.written(value, shift: 4)
      #expect(Double(text).map { ($0 - value * 10_000).magnitude <= 1e-9 * value.magnitude * 10_000 } == true)
      #expect(CellNumber.shifted(CellNumber.written(value), by: 4) == text)
    }
  }

  @Test func `columns keep their names where months are not looked for`() {
    let scratch = Scratch()
    let path = scratch.write(
      "book.xlsx", TestWorkbook("S", [["t"], ["dealer", "Q1", "Jan-25", "销售额（万元）"], ["P1", 1, 2, 3]]).bytes)
    var findings = Findings()
    let reference = TableReference(path: path)
    #expect(TableReader.columnNames(reference, findings: &findings) == ["dealer", "Q1", "Jan-25", "销售额"])
  }
}
