import ChannelTypes
import Tables
import Testing

/// What a wrong cell is called, where it is said to be, and what is suggested.
@Suite struct CellFindingTests {
  struct Example: Sendable, CustomTestStringConvertible {
    var type: ColumnType
    var cell: String
    var code: String
    var hint: String
    var testDescription: String { "\(type) \(cell)" }
  }

  static let examples: [Example] = [
    Example(type: .integer, cell: "12O0", code: "D104", hint: "the third character is the letter O; 1200?"),
    Example(type: .real, cell: "l2.5", code: "D104", hint: "the first character is the letter l; 12.5?"),
    Example(type: .real, cell: "n/a", code: "D104", hint: "leave the cell empty"),
    Example(type: .real, cell: "NaN", code: "D104", hint: "leave the cell empty"),
    Example(type: .real, cell: "inf", code: "D104", hint: "leave the cell empty"),
    Example(type: .real, cell: "0x1F", code: "D104", hint: "number"),
    Example(type: .real, cell: "1e", code: "D104", hint: "number"),
    Example(type: .real, cell: "--5", code: "D104", hint: "number"),
    Example(type: .real, cell: "12.5%", code: "D104", hint: "bare number: 12.5?"),
    Example(type: .money, cell: "¥100", code: "D104", hint: "bare number: 100?"),
    Example(type: .money, cell: "(12.50)", code: "D104", hint: "minus sign: -12.50?"),
    Example(type: .integer, cell: "１２", code: "D130", hint: "write 12"),
    Example(type: .real, cell: "－１.５", code: "D130", hint: "write -1.5"),
    Example(type: .period, cell: "２０２６-01", code: "D130", hint: "write 2026-01"),
    Example(type: .real, cell: "1 234", code: "D131", hint: "1234"),
    Example(type: .real, cell: "1'234'567.5", code: "D131", hint: "1234567.5"),
    Example(type: .integer, cell: "1.5", code: "D132", hint: "2?"),
    Example(type: .integer, cell: "1e20", code: "D132", hint: ""),
    Example(type: .integer, cell: "9223372036854775808", code: "D132", hint: ""),
    Example(type: .money, cell: "1.23456", code: "D133", hint: "1.2346"),
    Example(type: .money, cell: "1e3", code: "D133", hint: "1000.00"),
    Example(type: .money, cell: "922337203685478", code: "D133", hint: "too large"),
    Example(type: .real, cell: "1e999", code: "D104", hint: "number"),
    Example(type: .period, cell: "2026/3/14", code: "D134", hint: "write 2026-03-14?"),
    Example(type: .period, cell: "20260314", code: "D134", hint: "write 2026-03-14?"),
    Example(type: .period, cell: "2026年3月", code: "D134", hint: "write 2026-03?"),
    Example(type: .period, cell: "14.03.2026", code: "D134", hint: "write 2026-03-14, 2026-W11"),
    Example(type: .period, cell: "2026-02-30", code: "D134", hint: "write"),
    Example(type: .period, cell: "2025-W53", code: "D134", hint: "write"),
    Example(type: .flag, cell: "maybe", code: "D136", hint: "yes or no"),
  ]

  @Test(arguments: examples)
  func wrongCellIsNamed(_ example: Example) throws {
    let (table, findings) = read("a,x\n1,\(example.cell)\n", schema(example.type))
    #expect(table == nil)
    let finding = try #require(findings.only)
    #expect(finding.code.id == example.code)
    #expect(finding.severity == .error)
    #expect(finding.place == SourcePlace(file: "data/sales.csv", line: 2, column: 3))
    #expect(finding.marked == example.cell)
    #expect(finding.message.contains("`\(example.cell)`"))
    #expect(finding.message.contains("`x`"))
    #expect((finding.hint ?? "").contains(example.hint), "hint: \(finding.hint ?? "none")")
  }

  @Test func aGroupedNumberIsNeverReadAsADecimal() throws {
    let (table, findings) = read("a,x\n1,\"1,234\"\n", schema(.real))
    #expect(table == nil)
    #expect(findings.codes == ["D131"])
    #expect(findings.only?.marked == "1,234")
    let european = read("a;x\n1;1.234,5\n2;3,25\n", schema(.real))
    #expect(european.findings.codes == ["D131"])
    #expect(european.findings.only?.hint == "write it without grouping: 1234,5")
  }

  @Test func mixedPeriodsNameBothKinds() throws {
    let (_, findings) = read("x\n2026-01-05\n2026-01\n2026Q1\n", schema(.period))
    let finding = try #require(findings.only)
    #expect(finding.code.id == "D135")
    #expect(finding.message == "`2026-01` in column `x`, which holds days so far, is a month")
    #expect(finding.place?.line == 3)
    #expect(finding.notes == ["1 more cell in this column has the same problem (line 4)"])
  }

  @Test func wordsOutsideTheVocabularyAreSuggested() throws {
    let (_, findings) = read("period,partner_id,channel\n2026-01,P1,onlin\n2026-02,P1,shop\n2026-03,P1,agent\n")
    let finding = try #require(findings.only)
    #expect(finding.code.id == "D138")
    #expect(finding.hint == "did you mean `online`? (one of: online, agent, vertical)")
    #expect(finding.notes == ["1 more cell in this column has the same problem (line 3)"])
  }

  @Test(arguments: [
    ("-1", 0...Double.infinity, "the least is 0 units"), ("101", 0...100, "it lies between 0 and 100 units"),
    ("5", -Double.infinity...0, "the most is 0 units"),
  ])
  func numbersOutOfRange(cell: String, range: ClosedRange<Double>, hint: String) throws {
    for type in [ColumnType.integer, .real, .money] {
      let schema = Schema("t", [ColumnSchema("x", type, range: range, unit: "units")])
      let (table, findings) = read("x\n\(cell)\n", schema)
      #expect(table == nil)
      #expect(findings.codes == ["D140"])
      #expect(findings.only?.hint?.hasPrefix(hint) == true)
    }
  }

  @Test func emptyRequiredCells() throws {
    let (_, findings) = read("period,partner_id\n2026-01,P1\n2026-02,\n2026-03,\"\"\n,P1\n")
    #expect(findings.codes == ["D137", "D137"])
    #expect(findings.kept.map { $0.place?.line } == [3, 5])
    #expect(findings.kept[0].notes == ["1 more cell in this column has the same problem (line 4)"])
  }

  @Test func repeatedKeysNameTheFirstRow() throws {
    let text = "period,partner_id,quantity\n2026-01,P1,1\n2026-02,P1,2\n\"2026-01\",P1,3\n2026-02,P1,4\n2026-03,P1,5\n"
    let (table, findings) = read(text)
    #expect(table == nil)
    let finding = try #require(findings.only)
    #expect(finding.code.id == "D141")
    #expect(finding.message == "the row of period 2026-01, partner_id P1 is there twice")
    #expect(finding.place == SourcePlace(file: "data/sales.csv", line: 4, column: 1))
    #expect(
      finding.notes == [
        "the first row with this key is line 2", "1 more row has the same problem (line 5)",
      ])
  }

  @Test func repeatedKeysAreFoundBesideOtherErrors() {
    let text = "period,partner_id,quantity\n2026-01,P1,1\n2026-01,P1,x\n2026-02\n2026-01,P1,2\n"
    let (_, findings) = read(text)
    #expect(Set(findings.codes) == ["D141", "D104", "D113"])
    let key = findings.kept.first { $0.code.id == "D141" }
    #expect(key?.place?.line == 3)
    #expect(key?.notes == ["the first row with this key is line 2", "1 more row has the same problem (line 5)"])
  }

  @Test func manyWrongCellsAreOneFinding() throws {
    var text = "period,partner_id,quantity,price\n"
    for row in 0..<10_000 { text += "2026-01,P\(row),\(row % 2 == 0 ? "x" : "1"),\(row % 3 == 0 ? "y" : "1")\n" }
    let (table, findings) = read(text)
    #expect(table == nil)
    #expect(findings.codes == ["D104", "D104"])
    #expect(findings.kept[0].notes == ["4999 more cells in this column have the same problem (lines 4, 6, 8, …)"])
    #expect(findings.kept[1].notes == ["3333 more cells in this column have the same problem (lines 5, 8, 11, …)"])
  }

  @Test func findingsComeInTheOrderOfTheFileAndAllAtOnce() throws {
    let text = """
      period,partner_id,quantity,price,value,channel,promoted
      2026-01,P1,1,1,1.00,online,yes
      2026-02,P1,1,1,1.00,online,perhaps
      2026-03,P1,1,1,1.00,nowhere,yes
      2026-04,P1,1,1,1.00001,online,yes
      2026-05,P1,1,abc,1.00,online,yes
      2026-06,P1,-1,1,1.00,online,yes
      2026-07,,1,1,1.00,online,yes
      2026-13,P1,1,1,1.00,online,yes
      2026-08,P1,1,1
      2026-09,P1,1,1,1.00,online,yes,more,fields
      """
    let (_, findings) = read(text)
    #expect(findings.codes == ["D136", "D138", "D133", "D104", "D140", "D137", "D134", "D113", "D114"])
    #expect(findings.kept.map { $0.place?.line } == [3, 4, 5, 6, 7, 8, 9, 10, 11])
    #expect(findings.errorCount == 9)
  }

  @Test func columnsCountCharactersAndLongLinesAreCut() throws {
    let filler = String(repeating: "渠道", count: 200)
    let (_, findings) = read("name,x,more\n\(filler),o,\(filler)\n", schema(.real))
    let finding = try #require(findings.only)
    #expect(finding.place == SourcePlace(file: "data/sales.csv", line: 2, column: 402))
    #expect(finding.marked == "o")
    let excerpt = try #require(finding.excerpt)
    #expect(excerpt.text.count <= 130)
    #expect(excerpt.text.hasPrefix("…") && excerpt.text.hasSuffix("…"))
  }

  @Test func theLimitCountsTheRest() throws {
    var text = "period,partner_id"
    for column in 0..<80 { text += ",c\(column)" }
    text += "\n2026-01,P1" + String(repeating: ",x", count: 80) + "\n"
    let columns = (0..<80).map { ColumnSchema("c\($0)", .real) }
    let (_, findings) = read(bytes: Array(text.utf8), Schema("wide", columns))
    #expect(findings.errorCount == 80)
    #expect(findings.kept.count == 50)
    #expect(findings.omittedCount == 30)
  }
}
