import ChannelTypes
import Tables
import Testing

@Suite struct CSVReaderTests {
  @Test func everyTypeIsRead() throws {
    let text = """
      period,partner_id,quantity,price,value,channel,promoted
      2026-01,P001,12,3.25,39.00,online,yes
      2026-02,P001,,,,agent,no
      2026-01,P002,0,-1.5e3,0.0001,,是
      """
    let (table, findings) = read(text)
    #expect(findings.codes == [])
    let read = try #require(table)
    #expect(read.name == "sales")
    #expect(read.rowCount == 3)
    let periods = try #require(read.periods("period"))
    #expect(periods.form == .month)
    #expect((0..<3).map { periods[$0]?.description } == ["2026-01", "2026-02", "2026-01"])
    #expect(read.text("partner_id")?.codes == [0, 0, 1])
    #expect(read.text("partner_id")?.dictionary == ["P001", "P002"])
    #expect(read.integers("quantity") == [12, Unknown.integer, 0])
    #expect(read[column: "price"]?.number(0) == 3.25)
    #expect(read[column: "price"]?.isKnown(1) == false)
    #expect(read[column: "price"]?.number(2) == -1500)
    #expect(read.money("value") == [Money(39), Unknown.money, Money(tenThousandths: 1)])
    #expect((0..<3).map { read.text("channel")?[$0] } == ["online", "agent", nil])
    #expect(read.integers("promoted") == [1, 0, 1])
    #expect(read.dialect?.description == "comma-separated, decimal point, UTF-8")
  }

  @Test(arguments: ["\n", "\r\n", "\r"], [",", ";", "\t"])
  func separatorsAndLineEndsAreFound(lineEnd: String, separator: String) throws {
    let rows = [
      ["period", "partner_id", "quantity"], ["2026-01", "P1", "5"], ["", ""], ["2026-02", "P2", "7"],
    ]
    let text = rows.map { $0.count == 2 ? "" : $0.joined(separator: separator) }.joined(separator: lineEnd) + lineEnd
    let (table, findings) = read(text)
    #expect(findings.codes == [])
    #expect(table?.integers("quantity") == [5, 7])
    #expect(table?.dialect?.separator == separator.utf8.first)
  }

  @Test func quotesHoldSeparatorsQuotesAndLineEnds() throws {
    let text =
      "\u{FEFF}name,note\r\n\"a,b\",\"say \"\"yes\"\"\"\r\n\"line 1\r\nline 2\",  padded  \r\n\" kept \",\"\"\r\n"
    let (table, findings) = read(text, Schema("notes", [ColumnSchema("name", .text, required: true)]))
    #expect(findings.codes == [])
    #expect(table?.text("name")?.dictionary == ["a,b", "line 1\r\nline 2", " kept "])
    #expect((0..<3).map { table?.text("note")?[$0] } == ["say \"yes\"", "padded", nil])
  }
}
