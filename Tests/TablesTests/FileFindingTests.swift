import ChannelTypes
import Glibc
import Tables
import Testing

/// Files, encodings, rows, headers and the plan's mapping.
@Suite struct FileFindingTests {
  private func read(path: String) -> (table: Table?, findings: Findings) {
    var findings = Findings()
    let reference = TableReference(path: path, displayPath: "data/x.csv")
    let table = CSVReader.read(reference, schema: salesSchema, findings: &findings)
    return (table, findings)
  }

  private let rows = "period,partner_id\n2026-01,P1\n"

  // MARK: Files

  @Test func missingFileSuggestsItsNeighbour() {
    let scratch = Scratch()
    scratch.write("sales.csv", Array(rows.utf8))
    let (table, findings) = read(path: scratch.file("saels.csv"))
    #expect(table == nil)
    #expect(findings.codes == ["D101"])
    #expect(findings.only?.hint?.contains("sales.csv") == true)
  }

  @Test func folderInPlaceOfAFile() {
    let scratch = Scratch()
    #expect(read(path: scratch.path).findings.codes == ["D102"])
  }

  @Test(.enabled(if: geteuid() != 0, "the superuser may read everything"))
  func unreadableFile() {
    let scratch = Scratch()
    chmod(scratch.write("x.csv", Array(rows.utf8)), 0)
    #expect(read(path: scratch.file("x.csv")).findings.codes == ["D103"])
  }

  @Test func unreadableFileHasItsCode() {
    #expect(FileError.unreadable(path: "x", reason: "permission denied").diagnostic.code.id == "D103")
  }

  @Test func emptyFileAndHeaderOnly() {
    #expect(read("").findings.codes == ["D106"])
    #expect(read("\n\r\n\n").findings.codes == ["D106"])
    let (table, findings) = read("period,partner_id\n")
    #expect(findings.codes == ["D107"])
    #expect(findings.errorCount == 0)
    #expect(table?.rowCount == 0)
    #expect(table?.columns.map(\.name) == ["period", "partner_id"])
  }

  private func read(_ text: String) -> (table: Table?, findings: Findings) { TablesTests.read(text) }

  // MARK: Compression

  @Test func gzipIsReadAndDamageIsFound() throws {
    let scratch = Scratch()
    let partners = (0..<5000).map { "P\(($0 &* 2_654_435_761) % 99991)" }
    let table = Table(
      name: "sales",
      columns: [
        .period("period", form: .month, (0..<5000).map { Period.month(2026, 1).advanced(by: $0) }),
        .text("partner_id", partners),
      ])
    try CSVWriter.write(table, to: scratch.file("x.csv.gz"))
    let whole = scratch.bytes("x.csv.gz")
    #expect(read(path: scratch.file("x.csv.gz")).table?.rowCount == 5000)
    #expect(read(path: scratch.file("x.csv.gz")).table?.dialect?.isCompressed == true)

    // Cut anywhere, nothing is read.
    for length in [2, 9, 17, 100, whole.count / 2, whole.count - 8, whole.count - 1] {
      scratch.write("cut.csv.gz", Array(whole.prefix(length)))
      let (table, findings) = read(path: scratch.file("cut.csv.gz"))
      #expect(table == nil)
      #expect(findings.codes == ["D105"], "cut after \(length) bytes")
    }
    // A flipped bit does not pass the checksum.
    var flipped = whole
    flipped[whole.count / 2] ^= 0x10
    scratch.write("flipped.csv.gz", flipped)
    #expect(read(path: scratch.file("flipped.csv.gz")).findings.codes == ["D105"])
    // Two members are one file, and zeros may pad it.
    scratch.write("two.csv.gz", whole + scratchMember("2026-01,PX\n", scratch) + [0, 0, 0])
    #expect(read(path: scratch.file("two.csv.gz")).table?.rowCount == 5001)
  }

  /// A gzip member with the text, written by way of a table of one column without rows.
  private func scratchMember(_ text: String, _ scratch: Scratch) -> [UInt8] {
    // Stored block: header, final stored block, CRC-32, length (RFC 1951, 3.2.4; RFC 1952, 2.3).
    let bytes = Array(text.utf8)
    let length = UInt16(bytes.count)
    var member: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1]
    member += [UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)]
    member += bytes
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    crc = ~crc
    for shift in [0, 8, 16, 24] { member.append(UInt8(crc >> UInt32(shift) & 255)) }
    return member + [UInt8(length & 255), UInt8(length >> 8), 0, 0]
  }

  // MARK: Encodings

  @Test func gb18030IsRecognisedAndConverted() {
    // 渠道 in GB2312; 㐀 (U+3400) as the four bytes 81 39 EE 39 of GB18030.
    let bytes =
      Array("period,partner_id\n2026-01,".utf8) + [0xC7, 0xFE, 0xB5, 0xC0] + Array("\n2026-02,".utf8)
      + [0x81, 0x39, 0xEE, 0x39] + Array("\n".utf8)
    let (table, findings) = TablesTests.read(bytes: bytes)
    #expect(findings.codes == [])
    #expect(table?.text("partner_id")?.dictionary == ["渠道", "㐀"])
    #expect(table?.dialect?.encoding == .gb18030)
    #expect(table?.dialect?.description == "comma-separated, decimal point, GB18030")
  }

  @Test func damagedUTF8IsNotTakenForGB18030() {
    var bytes = Array("period,partner_id\n2026-01,渠道合作伙伴上海分公司\n2026-02,渠".utf8)
    bytes[bytes.count - 1] = 0x0A
    let (table, findings) = TablesTests.read(bytes: bytes)
    #expect(table == nil)
    #expect(findings.codes == ["D109"])
    #expect(findings.only?.place?.line == 3)
  }

  @Test func otherEncodingsAreNamed() {
    let latin = Array("period,partner_id\n2026-01,Caf".utf8) + [0xE9, 0x0A]
    #expect(TablesTests.read(bytes: latin).findings.codes == ["D109"])
    #expect(TablesTests.read(bytes: [0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0]).findings.codes == ["D110"])
    let nul = Array("period,partner_id\n2026-01,P1\n2026-02,P\0\n".utf8)
    let finding = TablesTests.read(bytes: nul).findings.only
    #expect(finding?.code.id == "D108")
    #expect(finding?.place?.line == 3)
  }

  // MARK: Rows

  @Test func rowsThatDoNotFitTheHeader() {
    let (table, findings) = read("period,partner_id\n2026-01\n2026-01,P1,extra\n2026-02,P1\n2026-03\n")
    #expect(table == nil)
    #expect(findings.codes == ["D113", "D114"])
    #expect(findings.kept[0].message == "the row has 1 cell and the header 2 names")
    #expect(findings.kept[0].notes == ["1 more row has the same problem (line 5)"])
    #expect(findings.kept[1].marked == "extra")
  }

  @Test func quotesThatDoNotClose() {
    let open = read("period,partner_id\n2026-01,\"P1\n2026-02,P2\n").findings
    #expect(open.codes == ["D111"])
    #expect(open.kept.first?.place == SourcePlace(file: "data/sales.csv", line: 2, column: 9))
    let after = read("period,partner_id\n2026-01,\"P1\"x\n").findings
    #expect(after.codes == ["D112"])
    #expect(after.only?.marked == "x")
  }

  @Test func aLineOfTenMegabytesIsShownInPart() throws {
    let filler = String(repeating: "a", count: 10_000_000)
    let (table, findings) = read("period,partner_id,price\n2026-01,\(filler),oops\n2026-02,P1,1\n")
    #expect(table == nil)
    let finding = try #require(findings.only)
    #expect(finding.place == SourcePlace(file: "data/sales.csv", line: 2, column: 10_000_010))
    #expect((finding.excerpt?.text.count ?? 0) < 200)
    // A header that long is bounded too.
    let header = read(filler + "\n1\n").findings
    #expect(header.kept.allSatisfy { ($0.excerpt?.text.count ?? 0) < 200 && ($0.hint?.count ?? 0) < 2000 })
  }

  // MARK: Headers and mapping

  @Test func missingColumnsAreSuggested() throws {
    let (_, findings) = read("period,Partner ID,price\n2026-01,P1,1\n")
    let finding = try #require(findings.only)
    #expect(finding.code.id == "D120")
    #expect(finding.place == SourcePlace(file: "data/sales.csv", line: 1, column: 1))
    #expect(
      finding.hint == "is it the column `Partner ID`? then write in the plan: columns: {partner_id: Partner ID}")
    #expect(finding.notes == ["what `partner_id` holds: the partner that sold"])
  }

  @Test func aGroupOfColumnsNeedsOne() {
    let schema = Schema(
      "sales", oneOf: [["sell_in", "sell_out"]], [ColumnSchema("sell_in", .real), ColumnSchema("sell_out", .real)])
    #expect(TablesTests.read("a\n1\n", schema).findings.codes == ["D121"])
    #expect(TablesTests.read("a,sell_out\n1,2\n", schema).findings.codes == [])
  }

  @Test func headersAreChecked() {
    let (table, findings) = read("period,partner_id,,price,price\n2026-01,P1,1,2,3\n")
    #expect(table == nil)
    #expect(findings.codes == ["D116", "D115"])
    #expect(findings.kept[1].place?.column == 26)
    let nameless = read(",period,partner_id\n1,2026-01,P1\n")
    #expect(nameless.findings.warningCount == 1)
    #expect(nameless.table?.columns.map(\.name) == ["period", "partner_id"])
  }

  @Test func columnsAreMapped() throws {
    let (table, findings) = TablesTests.read(
      "week,store,units,price\n40,7,10,2.5\n41,7,4,\n",
      columns: [
        "period": .named("week"), "partner_id": .named("store"), "channel": .constant("agent"),
        "value": .expression("units * price"), "quantity": .expression("-(-units)^1"),
        "log_price": .expression("log(exp(price))"), "label": .constant("all"),
      ], periodsAreNumbers: true)
    #expect(findings.codes == [])
    let read = try #require(table)
    #expect(
      read.columns.map(\.name) == [
        "period", "partner_id", "quantity", "price", "value", "channel", "label", "log_price", "units",
      ])
    #expect(read.periods("period")?.form == .number)
    #expect(read.periods("period")?.ordinals == [40, 41])
    #expect(read.text("partner_id")?.dictionary == ["7"])
    #expect(read.text("channel")?.codes == [0, 0])
    #expect(read.money("value") == [Money(25), Unknown.money])
    #expect(read.integers("quantity") == [10, 4])
    #expect(abs((read.numbers("log_price")?[0] ?? 0) - 2.5) < 1e-15)
  }

  @Test func wrongMappingsAreFound() {
    func codes(_ origin: ColumnOrigin, for column: String = "price") -> [String] {
      TablesTests.read("period,partner_id,units\n2026-01,P1,0\n", columns: [column: origin]).findings.codes
    }
    #expect(codes(.named("unit")) == ["D122"])
    #expect(codes(.expression("units *")) == ["D123"])
    #expect(codes(.expression("unitz * 2")) == ["D124"])
    #expect(codes(.expression("1 / units")) == ["D125"])
    #expect(codes(.expression("units + 0.5"), for: "quantity") == ["D125"])
    #expect(codes(.expression("units - 1"), for: "quantity") == ["D140"])
    #expect(codes(.expression("units"), for: "channel") == ["D123"])
    #expect(codes(.constant("abc")) == ["D126"])
    #expect(codes(.constant("web"), for: "channel") == ["D126"])
    #expect(codes(.constant("")) == [])
  }

  @Test func expressionsSayWhere() throws {
    func finding(_ text: String) -> Diagnostic? {
      TablesTests.read(
        "period,partner_id,units\n2026-01,P1,1\n", columns: ["price": .expression(text)]
      ).findings.only
    }
    #expect(finding("units * pricee")?.marked == "pricee")
    #expect(finding("2 * (units + 1")?.marked == "(")
    #expect(finding("2 units")?.marked == "u")
    #expect(finding("sin(units)")?.marked == "sin")
    #expect(finding("units $ 2")?.marked == "$")
    #expect(finding("`units")?.marked == "`")
    #expect(finding("1..2")?.marked == "1..2")
    #expect(finding("")?.code.id == "D123")
    #expect(finding(String(repeating: "(", count: 5000))?.code.id == "D123")
  }

  // MARK: Dialects

  @Test func decimalCommasAreFoundAndDoubtIsSaid() throws {
    let certain = TablesTests.read("a;x\nb;3,25\nc;1,5\n", schema(.real))
    #expect(certain.findings.codes == [])
    #expect(certain.table?.numbers("x") == [3.25, 1.5])
    #expect(certain.table?.dialect?.description == "semicolon-separated, decimal comma, UTF-8")
    let doubtful = TablesTests.read("a;x\nb;1,234\nc;5,678\n", schema(.real))
    #expect(doubtful.findings.codes == ["D143"])
    #expect(doubtful.findings.errorCount == 0)
    #expect(doubtful.table?.numbers("x") == [1.234, 5.678])
    let points = TablesTests.read("a\tx\nb\t3.25\n", schema(.money))
    #expect(points.table?.money("x") == [Money(tenThousandths: 32_500)])
  }

  /// A decimal point or a second comma anywhere in the numbers says that commas divide thousands.
  @Test(arguments: ["45.5", "1,250.5", "1,234,567", "¥45.50", "12.5%"])
  func aPointElsewhereMakesCommasGroups(witness: String) {
    let text = "a;x;y\nb;1,200;\(witness)\nc;300;80\nd;2,000;90\n"
    let plain = TablesTests.read(text, schema(.real))
    #expect(plain.table == nil && plain.findings.codes == ["D131"], "never 1.2")
    let (grouped, findings) = TablesTests.read(text, schema(.real), columns: ["x": .converted("x", .groupedNumbers)])
    #expect(grouped?.numbers("x") == [1200, 300, 2000] && findings.count == 0)
    #expect(grouped?.dialect?.decimalMark == UInt8(ascii: "."))
  }

  @Test func thePlanSettlesDoubtfulCommas() {
    let text = "a;x\nb;1,234\nc;5,678\n"
    let (table, findings) = TablesTests.read(text, schema(.real), columns: ["x": .converted("x", .groupedNumbers)])
    #expect(table?.numbers("x") == [1234, 5678] && findings.count == 0)
  }

  @Test func numbersOfBothKindsAreNotReadWhereItMatters() {
    let text = "a;x;y;z\nb;1,200;1,25;7.5\nc;300;3,5;8\nd;2,000;2,75;9\n"
    let (table, findings) = TablesTests.read(text, schema(.real))
    #expect(table == nil && findings.codes == ["D143"])
    #expect(findings.only?.marked == "1,200" && findings.only?.place?.line == 2)
    #expect(findings.only?.notes == ["line 2 has `7.5`, with a decimal point"])
    // Without the contradiction it is a decimal comma as others are; a month is none.
    let certain = TablesTests.read(text.replacing("7.5", with: "03.2024"), schema(.real))
    #expect(certain.table?.numbers("x") == [1.2, 300, 2])
  }

  // MARK: Sums below the rows

  private let summed = Schema("t", [ColumnSchema("n", .text, required: true), ColumnSchema("x", .real)])

  @Test(arguments: ["合计", "总计", "Total", "Grand total", "Sum", "小计："])
  func aSumBelowTheRowsIsLeftOutAndChecked(word: String) {
    let (table, findings) = TablesTests.read("a;x;n\nb;1.5;q\nc;2.25;r\n\(word);3.75;\n", summed)
    #expect(table?.numbers("x") == [1.5, 2.25])
    #expect(findings.codes == ["D160"] && findings.only?.place?.line == 4)
    #expect(findings.only?.message == "line 4 is a sum (`\(word)`) and left out; it agrees with its parts")
  }

  @Test func aSumThatDiffersIsToldWithItsCell() {
    let (table, findings) = TablesTests.read("a;x;n\nb;1;q\nc;2;r\n合计;4;\n", summed)
    #expect(table?.numbers("x") == [1, 2])
    #expect(findings.codes == ["D161"] && findings.errorCount == 0)
    #expect(findings.only?.marked == "4" && findings.only?.place?.line == 4)
  }

  @Test func sumsMayHaveGroupsAndStandBetweenTheRowsToo() {
    let columns = ["x": ColumnOrigin.converted("x", .groupedNumbers)]
    let (table, findings) = TablesTests.read(
      "a;x;n\nb;1,200;q\nc;45.5;r\n合计;1,245.5\n", summed, columns: columns)
    #expect(table?.numbers("x") == [1200, 45.5])
    #expect(findings.codes == ["D160"])
    let (inner, told) = TablesTests.read(
      "a;x;n\nb;1,200;q\n小计;1,200;\nc;45.5;r\n小计;45.5;\n合计;1,245.5;\n", summed, columns: columns)
    #expect(inner?.numbers("x") == [1200, 45.5])
    #expect(told.codes == ["D160"], "\(told.kept.map(\.message))")
    #expect(told.only?.notes.contains { $0.contains("rows 3, 5, 6 (小计, 合计); they agree") } == true)
  }

  @Test func notesBelowASumAndSumsWithNamesAreLeftOut() {
    let (table, findings) = TablesTests.read("a;x;n\nb;1;q\nc;2;r\n合计;3;\n制表人：李;;\n", summed)
    #expect(table?.numbers("x") == [1, 2])
    #expect(findings.kept.map(\.message).last == "left out: line 5 below the table, notes")
    let (named, told) = TablesTests.read(
      "a;x;n\n甲;1;q\n甲小计;1;\n乙;2;r\n乙小计;2;\n合计;3;\n制表人：李;;\n", summed)
    #expect(named?.numbers("x") == [1, 2], "\(told.kept.map(\.message))")
    #expect(told.codes == ["D160"])
  }

  @Test func aNameLikeASumStaysWhereTheTableCanHaveIt() {
    let (table, _) = TablesTests.read("n;x\nb;1\nTotal;7\n", summed)
    #expect(table?.numbers("x") == [1, 7])
    let (full, _) = TablesTests.read("a;x;n\nb;1;q\nTotal;1;r\n", summed)
    #expect(full?.numbers("x") == [1, 1])
    // A table of totals, as Sluice itself writes: no column is required.
    let (own, findings) = TablesTests.read("level,region,x\nregion,east,1\nregion,west,2\ntotal,,3\n", schema(.real))
    #expect(own?.numbers("x") == [1, 2, 3] && findings.count == 0)
  }

  @Test func otherColumnsGetTheNarrowestTypeThatFits() throws {
    var text = "period,partner_id,whole,mixed,code,day,late,note\n"
    for row in 0..<3000 {
      let late = row < 2500 ? "\(row)" : row < 2900 ? "\(row).5" : "x\(row)"
      let mixed = row < 2500 ? "\(row)" : "\(row).5"
      text += "2026-01,P\(row),\(row),\(mixed),00\(row),2026-01-0\(row % 9 + 1),\(late),\n"
    }
    let (table, findings) = read(text)
    #expect(findings.codes == [])
    let read = try #require(table)
    let types = ["whole", "mixed", "code", "day", "late", "note"].map { read[column: $0]?.type }
    #expect(types == [.integer, .real, .text, .period, .text, .text])
    #expect(read.numbers("mixed")?[2999] == 2999.5)
    #expect(read.text("late")?[2700] == "2700.5")
    #expect(read.text("code")?[7] == "007")
  }

  @Test func cellsAreFoundAgain() throws {
    let scratch = Scratch()
    let text = "period,partner_id,note\r\n2026-01,P1,\"two\r\nlines\"\r\n\r\n2026-02,渠道,x\r\n"
    scratch.write("sales.csv", Array(text.utf8))
    let (table, _) = read(path: scratch.file("sales.csv"))
    let source = try #require(table?.source)
    let cells = source.locate([(1, "note"), (0, "partner_id"), (1, "partner_id"), (1, "nothing"), (9, "note")])
    #expect(cells.map(\.place.line) == [5, 2, 5, 5, nil])
    #expect(cells.map(\.place.column) == [12, 9, 9, 1, nil])
    #expect(cells[2].excerpt?.text == "2026-02,渠道,x")
    unlink(scratch.file("sales.csv"))
    #expect(source.locate([(0, "note")]).first?.place == SourcePlace(file: "data/x.csv"))
  }
}
