import ChannelTypes
import Tables
import Testing

@testable import Reports

@Suite struct TextTableTests {
  @Test func numbersStandToTheRightAndWideNamesStayInLine() {
    var table = TextTable([.init("", .left), .init("now"), .init("change")])
    table.add("shanghai", "880,000", "+100,000")
    table.add("华东", "1,050,000", "-141,000")
    table.add("not spent", "0")
    #expect(
      table.lines() == [
        "                  now     change",
        "shanghai      880,000   +100,000",
        "华东        1,050,000   -141,000",
        "not spent           0",
      ])
  }

  @Test func dataCannotBreakOutOfACell() {
    var table = TextTable([.init("a", .left), .init("b", .left)])
    table.add("x\ny\u{1B}[2J", "p|q")
    #expect(table.lines() == ["a         b", "x␊y␛[2J   p|q"])
    #expect(table.markdown == "| a | b |\n| :-- | :-- |\n| x␊y␛[2J | p\\|q |\n")
  }

  @Test func aTableOfAnyTypesIsShownWithGroupedNumbers() {
    let table = Table(
      name: "t",
      columns: [
        Column(name: "id", values: .text(TextColumn(["a", nil]))),
        Column(name: "n", values: .integer([1_234_567, Unknown.integer])),
        Column(name: "amount", values: .money([Money(1_050_000), Unknown.money])),
        Column(name: "x", values: .real([0.5, .nan])),
      ])
    #expect(
      TextTable(table).lines() == [
        "id           n      amount       x",
        "a    1,234,567   1,050,000   0.500",
        "",
      ])
    #expect(TextTable(table, limit: 0).lines().count == 1)
  }
}

@Suite struct NumberTextTests {
  @Test(arguments: [
    (0.0, 0, "0"), (-0.4, 0, "0"), (999.5, 0, "1,000"), (-1234567.891, 2, "-1,234,567.89"), (0.005, 2, "0.01"),
    (12.0, 3, "12.000"), (.nan, 0, "n/a"), (.infinity, 2, "n/a"),
  ])
  func grouping(value: Double, decimals: Int, text: String) {
    #expect(NumberText.grouped(value, decimals: decimals) == text)
  }

  @Test func signsOnChangesOnly() {
    #expect(NumberText.signed(183_000) == "+183,000")
    #expect(NumberText.signed(-141_000) == "-141,000")
    #expect(NumberText.signed(0) == "0")
    #expect(NumberText.signed(0.2) == "0")
    #expect(NumberText.signedPercent(-0.045) == "-4.5 %")
  }

  @Test func bigAndSmall() {
    #expect(NumberText.compact(64_812_345) == "64.8 M")
    #expect(NumberText.compact(999_960) == "1.00 M")
    #expect(NumberText.compact(1_210_000_000) == "1.21 bn")
    #expect(NumberText.compact(986_000) == "986,000")
    #expect(NumberText.percent(0.952) == "95.2 %")
    #expect(NumberText.days(1) == "1 day")
    #expect(NumberText.days(78.2) == "78 days")
    #expect(NumberText.significant(0.000_02) == "0.00002" && NumberText.significant(-0.000_31) == "-0.0003")
    #expect(NumberText.significant(1e-12) == "0.000")
    #expect(NumberText.grouped(Money(rounding: 82_977.75)!, decimals: 2) == "82,977.75")
    #expect(NumberText.grouped(Unknown.money) == "n/a")
  }
}
