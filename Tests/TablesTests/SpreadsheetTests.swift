import ChannelTypes
import Testing

@testable import Tables

private func open(
  _ bytes: [UInt8], limits: Spreadsheet.Limits = .init()
) -> (book: Spreadsheet?, findings: Findings) {
  let scratch = Scratch()
  let path = scratch.write("book.xlsx", bytes)
  var findings = Findings()
  let book = Spreadsheet.read(path, displayPath: "data/book.xlsx", limits: limits, findings: &findings)
  return (book, findings)
}

private func open(_ workbook: TestWorkbook) -> Spreadsheet? { open(workbook.bytes).book }

@Suite struct SpreadsheetTests {
  @Test("every kind of cell is read as a typed value", arguments: ["", "x:"])
  func kinds(prefix: String) throws {
    var workbook = TestWorkbook(
      [
        TestSheet(
          "渠道 Data",
          [
            ["名称", .inline("a <b> & \"c\""), 12.5, .number(0.15, format: 3), .boolean(true), .error("#N/A")],
            [],
            [
              .formula("SUM(C1:C1)", value: "12.5", type: ""), .formula("A1&\"x\"", value: "名称x", type: "str"), .blank,
              .unlocked(7),
            ],
          ])
      ])
    workbook.prefix = prefix
    let sheet = try #require(open(workbook)?[sheet: "渠道 data"])
    #expect(sheet.name == "渠道 Data")
    #expect(sheet["A1"] == .text("名称"))
    #expect(sheet["B1"] == .text("a <b> & \"c\""))
    #expect(sheet["C1"] == .number(12.5))
    #expect(sheet["D1"] == .number(0.15))
    #expect(sheet.cell(row: 1, column: 4)?.isPercentage == true)
    #expect(sheet["E1"] == .boolean(true))
    #expect(sheet["F1"] == .error("#N/A"))
    #expect(sheet["A2"] == nil)
    #expect(sheet.cell(row: 3, column: 1)?.isFormula == true)
    #expect(sheet["A3"] == .number(12.5))
    #expect(sheet["B3"] == .text("名称x"))
    #expect(sheet["C3"] == nil)
    #expect(sheet.cell(row: 3, column: 4)?.isLocked == false)
    #expect(sheet.cell(row: 3, column: 1)?.isLocked == true)
    #expect(sheet.lastRow == 3)
    #expect(sheet.lastColumn == 6)
    var addresses: [String] = []
    sheet.forEachCell { address, _ in addresses.append(address.description) }
    #expect(addresses == ["A1", "B1", "C1", "D1", "E1", "F1", "A3", "B3", "D3"])
  }

  @Test func `hidden sheets, protection and merged ranges are known`() throws {
    let book = try #require(
      open(
        TestWorkbook([
          TestSheet("A", isProtected: true, merged: ["A1:C1", "A2:A3"], [["title"]]),
          TestSheet("B", isHidden: true, [[1]]),
        ])))
    #expect(book.sheets.map(\.name) == ["A", "B"])
    #expect(book.sheets.map(\.isHidden) == [false, true])
    #expect(book.sheets.map(\.isProtected) == [true, false])
    #expect(book.sheets[0].mergedRanges.map(\.description) == ["A1:C1", "A2:A3"])
  }

  @Test func `cells without addresses follow one another, and cells out of order are sorted`() throws {
    let cells: [[TestCell]] = [
      [.raw("<c><v>1</v></c><c/><c><v>3</v></c>")],
      [.raw("<c r=\"C2\"><v>6</v></c><c r=\"A2\"><v>4</v></c><c r=\"C2\"><v>7</v></c>")],
    ]
    let sheet = try #require(open(TestWorkbook("S", cells))?.sheets.first)
    #expect(sheet["A1"] == .number(1))
    #expect(sheet["B1"] == nil)
    #expect(sheet["C1"] == .number(3))
    #expect(sheet["A2"] == .number(4))
    #expect(sheet["C2"] == .number(7))
  }

  @Test func `rich text is joined, readings are left out, escapes are decoded`() throws {
    let rich =
      "<c r=\"A1\" t=\"inlineStr\"><is><r><t>东</t></r><r><t>京</t></r><rPh><t>トウ</t></rPh></is></c>"
      + "<c r=\"B1\" t=\"inlineStr\"><is><t>a_x000A_b _x005F_x0041_ _xZZ_</t></is></c>"
    let sheet = try #require(open(TestWorkbook("S", [[.raw(rich)]]))?.sheets.first)
    #expect(sheet["A1"] == .text("东京"))
    #expect(sheet["B1"] == .text("a\nb _x0041_ _xZZ_"))
  }

  @Test func `a formula without a stored result is empty and told`() throws {
    let sheet = try #require(
      open(TestWorkbook("S", [[1, .formula("A1*2", value: "", type: "")]]))?.sheets.first)
    #expect(sheet["B1"] == nil)
    #expect(sheet.formulasWithoutResult.map(\.description) == ["B1"])
  }

  // MARK: Dates

  @Test func `dates follow the 1900 system with its leap day that never was`() throws {
    let serials: [Double] = [1, 59, 60, 61, 45_658, 45_658.5, 45_658.999_999_9]
    let cells = serials.map { TestCell.number($0, format: 1) }
    let sheet = try #require(open(TestWorkbook("S", [cells]))?.sheets.first)
    #expect(sheet["A1"] == .date(SpreadsheetDate(CivilDate(year: 1900, month: 1, day: 1))))
    #expect(sheet["B1"] == .date(SpreadsheetDate(CivilDate(year: 1900, month: 2, day: 28))))
    #expect(sheet["C1"] == .number(60))
    #expect(sheet["D1"] == .date(SpreadsheetDate(CivilDate(year: 1900, month: 3, day: 1))))
    #expect(sheet["E1"] == .date(SpreadsheetDate(CivilDate(year: 2025, month: 1, day: 1))))
    #expect(sheet["F1"] == .date(SpreadsheetDate(CivilDate(year: 2025, month: 1, day: 1), seconds: 43_200)))
    #expect(sheet["G1"] == .date(SpreadsheetDate(CivilDate(year: 2025, month: 1, day: 2))))
  }

  @Test func `dates follow the 1904 system where the workbook says so`() throws {
    let book = try #require(
      open(TestWorkbook([TestSheet("S", [[.number(0, format: 1), .number(44_196, format: 2)]])], is1904: true)))
    #expect(book.sheets[0]["A1"] == .date(SpreadsheetDate(CivilDate(year: 1904, month: 1, day: 1))))
    guard case .date(let date) = book.sheets[0]["B1"] else {
      Issue.record("no date in B1")
      return
    }
    #expect(date.day == CivilDate(year: 2025, month: 1, day: 1))
    #expect(date.description == "2025-01")
  }

  @Test(
    "a format code tells what a number shows",
    arguments: [
      ("yyyy-mm-dd", CellStyle.Meaning.date(.day)), ("m/d/yy h:mm", .date(.day)), ("yyyy\"年\"m\"月\"", .date(.month)),
      ("mmm-yy", .date(.month)), ("[$-804]yyyy\"年\"m\"月\"d\"日\";@", .date(.day)), ("yyyy", .date(.year)),
      ("General", .number), ("0.00E+00", .number), ("#,##0.00 \"day\"", .number), ("h:mm:ss", .number),
      ("[h]:mm", .number), ("0.0%", .percentage), ("00000", .padded(5)), ("0", .number), ("\\d0", .number),
      ("[Red]-0", .number),
    ])
  func codes(code: String, meaning: CellStyle.Meaning) { #expect(CellStyle.meaning(ofCode: code) == meaning) }

  // MARK: Addresses

  @Test(
    "addresses are read as they are written",
    arguments: [("A1", 1, 1), ("$C$12", 12, 3), ("XFD1048576", 1_048_576, 16_384), ("aa7", 7, 27)])
  func addresses(text: String, row: Int, column: Int) {
    #expect(CellAddress(text) == CellAddress(row: row, column: column))
  }

  @Test(
    "what is no address is refused",
    arguments: ["", "12", "C", "C0", "XFE1", "A1048577", "C1B", "AAAAAAAAAA1", "A99999999999999999999"])
  func noAddresses(text: String) { #expect(CellAddress(text) == nil) }

  @Test func `letters of columns go round`() {
    for column in 1...16_384 {
      let address = CellAddress(row: 5, column: column)
      #expect(CellAddress(address.description) == address)
    }
  }

  // MARK: Files that are no workbooks

  @Test(
    "a file that is something else is named for what it is",
    arguments: [
      ("period,partner\n2025-01,P1\n", "text", "D150"),
      ("<html><table><tr><td>1</td></tr></table></html>", "a web page with a table", "D150"),
      ("", "empty", "D106"),
    ])
  func foreign(content: String, what: String, code: String) {
    let (book, findings) = open(Array(content.utf8))
    #expect(book == nil)
    #expect(findings.codes == [code])
    #expect(findings.only?.message.contains(what) == true)
  }

  @Test func `an old binary workbook and an encrypted one are told apart`() {
    let compound: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + [UInt8](repeating: 0, count: 600)
    #expect(open(compound).findings.codes == ["D150"])
    let name: [UInt8] = "EncryptedPackage".utf8.flatMap { [$0, 0] as [UInt8] }
    #expect(open(compound + name).findings.codes == ["D152"])
  }

  @Test func `archives without a workbook are named`() {
    #expect(open(Zip.archive([("a.txt", [65])])).findings.only?.message.contains("zip archive without") == true)
    #expect(open(Zip.archive([("content.xml", [65])])).findings.only?.message.contains(".ods") == true)
    #expect(open(Zip.archive([("xl/workbook.bin", [65])])).findings.only?.message.contains(".xlsb") == true)
  }

  @Test func `a missing file has the finding of any missing file`() {
    var findings = Findings()
    #expect(Spreadsheet.read("/nonexistent/book.xlsx", findings: &findings) == nil)
    #expect(findings.codes == ["D101"])
  }

  @Test func `what goes beyond the limits is refused`() {
    let rows = (0..<100).map { row in (0..<10).map { TestCell.number(Double(row * $0), format: 0) } }
    let bytes = TestWorkbook("Big", rows).bytes
    #expect(open(bytes, limits: .init(cells: 999)).findings.codes == ["D153"])
    #expect(open(bytes, limits: .init(cells: 1000)).book != nil)
    #expect(open(bytes, limits: .init(bytes: 5000)).findings.codes == ["D153"])
  }

  @Test func `a document type is refused, so that entities cannot blow up`() {
    var parts = TestWorkbook("S", [["x"]]).parts
    parts[4].text =
      "<!DOCTYPE sst [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><sst><si><t>&b;</t></si></sst>"
    let found = open(Zip.archive(parts.map { ($0.name, Array($0.text.utf8)) })).findings
    #expect(found.codes == ["D151"])
    #expect(found.only?.message.contains("document type") == true)
  }

  @Test(
    "a damaged cell is told with sheet and cell",
    arguments: [
      "<c r=\"B1\" t=\"s\"><v>99</v></c>", "<c r=\"B1\"><v>12x</v></c>", "<c r=\"B1\" t=\"q\"><v>1</v></c>",
      "<c r=\"B1\" t=\"b\"><v>2</v></c>", "<c r=\"B1\"><v>1e999</v></c>",
    ])
  func damagedCells(xml: String) {
    let found = open(TestWorkbook("表 1", [[1, .raw(xml)]]).bytes).findings
    #expect(found.codes == ["D151"])
    #expect(found.only?.place?.description == "data/book.xlsx#表 1!B1")
  }

  @Test("a place that no sheet has is refused", arguments: ["XFE1", "A0", "A9999999", "1A", ""])
  func damagedAddresses(address: String) {
    #expect(open(TestWorkbook("S", [[.raw("<c r=\"\(address)\"><v>1</v></c>")]]).bytes).findings.codes == ["D151"])
  }

  // MARK: Damage

  @Test func `truncations give a finding, never a crash`() {
    let bytes = sample.bytes
    for end in stride(from: 0, to: bytes.count, by: 61) {
      let (book, findings) = open(Array(bytes[..<end]))
      #expect(book == nil)
      #expect(findings.hasErrors)
    }
  }

  @Test func `flipped bytes give a finding or a workbook, never a crash`() {
    let bytes = sample.bytes
    var state: UInt64 = 7
    for _ in 0..<200 {
      var damaged = bytes
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        damaged[Int(state >> 33) % bytes.count] ^= UInt8(truncatingIfNeeded: state >> 25) | 1
      }
      let (book, findings) = open(damaged)
      #expect((book == nil) == findings.hasErrors)
    }
  }

  @Test func `damage inside the XML, behind a right checksum, gives a finding or a workbook`() {
    let parts = sample.parts
    var state: UInt64 = 11
    for _ in 0..<200 {
      var damaged = parts.map { ($0.name, Array($0.text.utf8)) }
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let part = 1 + Int(state >> 33) % (parts.count - 1)
      for _ in 0..<2 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let place = Int(state >> 33) % damaged[part].1.count
        damaged[part].1[place] = UInt8(truncatingIfNeeded: state >> 20) & 0x7F
      }
      let (book, findings) = open(Zip.archive(damaged))
      #expect((book == nil) == findings.hasErrors)
    }
  }

  private var sample: TestWorkbook {
    TestWorkbook(
      [
        TestSheet(
          "数据", merged: ["A1:B1"],
          [["合计", .blank, .number(45_658, format: 1)], ["华东", 12.5, .boolean(true), .error("#REF!")]])
      ])
  }
}
