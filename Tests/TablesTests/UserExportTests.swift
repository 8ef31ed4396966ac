import ChannelTypes
import Tables
import Testing

/// Files as spreadsheets and people write them: separators, encodings, dates, words and numbers.
@Suite struct UserExportTests {
  private let schema = Schema(
    "sales",
    [
      ColumnSchema("period", .period, required: true), ColumnSchema("kind", .text, vocabulary: ["online", "agent"]),
      ColumnSchema("order_id", .text), ColumnSchema("amount", .money), ColumnSchema("qty", .real),
    ])

  private func read(
    _ text: String, _ columns: [String: ColumnOrigin] = [:], numbers: Bool = false
  ) -> (table: Table?, findings: Findings) { read(Array(text.utf8), columns, numbers: numbers) }

  private func read(
    _ bytes: [UInt8], _ columns: [String: ColumnOrigin] = [:], numbers: Bool = false
  ) -> (table: Table?, findings: Findings) {
    let scratch = Scratch()
    let path = scratch.write("t.csv", bytes)
    var findings = Findings()
    let table = CSVReader.read(
      TableReference(path: path, columns: columns, periodsAreNumbers: numbers), schema: schema, findings: &findings)
    return (table, findings)
  }

  @Test func verticalBarsSeparateCells() {
    let (table, _) = read("period|qty\n2024-01|3\n2024-02|4\n")
    #expect(table?.numbers("qty") == [3, 4])
    #expect(table?.dialect?.description == "bar-separated, decimal point, UTF-8")
    // A list inside a cell is not a separator.
    let (commas, _) = read("period,qty,neighbours\n2024-01,3,a|b|c\n")
    #expect(commas?.text("neighbours")?[0] == "a|b|c")
  }

  @Test(arguments: [true, false])
  func utf16WithItsMarkIsRead(isLittle: Bool) {
    let text = "period\tqty\t名称\r\n2024-01\t3\t华信\r\n"
    var bytes: [UInt8] = isLittle ? [0xFF, 0xFE] : [0xFE, 0xFF]
    for unit in text.utf16 {
      let pair = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
      bytes += isLittle ? pair : pair.reversed()
    }
    let (table, findings) = read(bytes)
    #expect(!findings.hasErrors)
    #expect(table?.text("名称")?[0] == "华信")
    #expect(table?.dialect?.encoding == .utf16)
    let (half, halfFindings) = read(Array(bytes.dropLast()))
    #expect(half == nil && halfFindings.kept.first?.code == DataCodes.badEncoding)
  }

  @Test(arguments: [
    ("2024/1/5", DateOrder.ymd, "2024-01-05"), ("2024年1月5日", .ymd, "2024-01-05"), ("20240105", .ymd, "2024-01-05"),
    ("２０２４年１月", .ymd, "2024-01"), ("202401", .ymd, "2024-01"), ("2024.1", .ymd, "2024-01"),
    ("2024-01-05 10:30:00", .ymd, "2024-01-05"), ("2024-01-05T10:30:00Z", .ymd, "2024-01-05"),
    ("2024年第1季度", .ymd, "2024Q1"), ("Q3 2024", .ymd, "2024Q3"), ("2024年第5周", .ymd, "2024-W05"),
    ("5.1.2024", .dmy, "2024-01-05"), ("1/5/24", .mdy, "2024-01-05"), ("05 January 2024", .dmy, "2024-01-05"),
    ("Jan-24", .dmy, "2024-01"), ("1/2024", .dmy, "2024-01"), ("2024", .ymd, "2024"),
  ])
  func datesAreReadAsPeopleWriteThem(text: String, order: DateOrder, iso: String) {
    #expect(DateNotation.iso(text, order) == iso)
  }

  @Test(arguments: ["", "abc", "12.5", "2024/13", "31/4/2024", "2024/2/30", "1,234", "Q5", "99999999999999999999"])
  func whatIsNoDateIsLeftAlone(text: String) {
    for order in DateOrder.allCases {
      if let iso = DateNotation.iso(text, order) { #expect(Period(iso) == nil || iso == text, "\(text) became \(iso)") }
    }
  }

  @Test func aConversionReadsDatesWordsAndGroupedNumbers() {
    let (table, findings) = read(
      "日期,渠道,金额\n2024年1月,线上,\"¥1,234.50\"\n2024年2月,代理,(12)\n",
      [
        "period": .converted("日期", .dates(.ymd)),
        "kind": .converted(
          "渠道", .words([.init(written: "线上", meant: "online"), .init(written: "代理", meant: "agent")])),
        "amount": .converted("金额", .groupedNumbers),
      ])
    #expect(!findings.hasErrors, "\(findings.kept.map(\.message))")
    #expect(table?.periods("period")?[1] == .month(2024, 2))
    #expect(table?.text("kind")?[0] == "online" && table?.text("kind")?[1] == "agent")
    #expect(table?.money("amount")?.map(\.description) == ["1234.50", "-12.00"])
  }

  @Test func whatCannotBeConvertedIsShownAsItStands() {
    let (_, findings) = read("d,x\n2024/1/5,1\n2024/13/5,2\n", ["period": .converted("d", .dates(.ymd))])
    #expect(findings.kept.count == 1)
    #expect(findings.kept.first?.code == DataCodes.notPeriod)
    #expect(findings.kept.first?.message.contains("2024/13/5") == true)
    // 1,23 is not grouped by threes.
    let (_, grouped) = read(
      "period;amount\n2024-01;1,23\n2024-02;5.5\n2024-03;6.5\n", ["amount": .converted("amount", .groupedNumbers)])
    #expect(grouped.hasErrors)
  }

  @Test func rowNumbersTellRepeatedRowsApart() {
    let (table, _) = read("period,qty\n2024-01,3\n2024-01,3\n", ["order_id": .rowNumber])
    #expect(table?.text("order_id")?[0] == "1" && table?.text("order_id")?[1] == "2")
  }

  @Test func yearAndMonthMakeAPeriod() {
    let (table, findings) = read("年,月,qty\n2024,1,3\n2024,12,4\n", ["period": .expression("年 * 100 + 月")])
    #expect(!findings.hasErrors, "\(findings.kept.map(\.message))")
    #expect(table?.periods("period")?[1] == .month(2024, 12))
    let (none, bad) = read("年,月,qty\n2024,13,3\n", ["period": .expression("年 * 100 + 月")])
    #expect(none == nil && bad.hasErrors)
  }

  @Test func aSampleLooksAtTheWholeFile() throws {
    let scratch = Scratch()
    var text = "id,period,qty\n"
    for row in 0..<40_000 { text += "P\(row / 400),2024-01,\(row)\n" }
    let path = scratch.write("big.csv", Array(text.utf8))
    let sample = try TableSample.read(path)
    #expect(!sample.isWhole && sample.names == ["id", "period", "qty"] && sample.unevenRows == 0)
    #expect(sample.columns[0].count < 4000)
    #expect(Set(sample.columns[0]).count >= 20, "a sorted file shows ids from everywhere")
    #expect((36_000...44_000).contains(sample.rowEstimate))
    #expect(sample.lastRow == ["P99", "2024-01", "39999"])
    // A file that is a little longer than the head is taken whole: no row twice.
    let middle = try TableSample.read(
      scratch.write("middle.csv", Array(("id,x\n" + (0..<1700).map { "P\($0),1\n" }.joined()).utf8)))
    #expect(middle.isWhole && Set(middle.columns[0]).count == 1700 && middle.columns[0].count == 1700)
    let whole = try TableSample.read(scratch.write("small.csv", Array("a,b\n1,2\n3\n".utf8)))
    #expect(whole.isWhole && whole.rowEstimate == 2 && whole.unevenRows == 1 && whole.columns[0] == ["1"])
  }
}
