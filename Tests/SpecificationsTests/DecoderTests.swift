import ChannelTypes
import Specifications
import Tables
import Testing

@Suite struct DecoderTests {
  enum Colour: String, CaseIterable, Sendable { case red, green, blue }

  @Test func `all findings of a file come in one pass, with places and marks`() {
    let yaml = """
      amount: 12O0
      share: ０.95
      count: 1.5
      colour: gren
      when: 2026-13
      list: [a, b, a]
      flag: maybe
      quoted: "12"
      nothing:
      sectoin: {x: 1}
      """
    let read = decode(yaml) { root in
      _ = root.read("amount", as: .money())
      _ = root.read("share", as: .number())
      _ = root.read("count", as: .integer())
      _ = root.read("colour", as: ScalarFormat<Colour>.choice)
      _ = root.read("when", as: .period())
      _ = root.list("list", of: .text)
      _ = root.read("flag", as: .flag)
      _ = root.read("quoted", as: .integer())
      _ = root.read("nothing", as: .text)
      root.section("section") { _ = $0.read("x", as: .integer()) }
      _ = root.require("name", as: .text)
    }
    let found = read.findings.kept
    #expect(
      found.map(\.summary) == [
        "P113 spec.yaml:1:9", "P113 spec.yaml:2:8", "P113 spec.yaml:3:8", "P115 spec.yaml:4:9", "P113 spec.yaml:5:7",
        "P116 spec.yaml:6:14", "P115 spec.yaml:7:7", "P113 spec.yaml:8:9", "P112 spec.yaml:9:9", "P111 spec.yaml:1:1",
        "P110 spec.yaml:10:1",
      ])
    #expect(
      found.map(\.marked) == [
        "12O0", "０.95", "1.5", "gren", "2026-13", "a", "maybe", "\"12\"", "", "a", "sectoin",
      ])
    #expect(found[0].hint == "write 1200")
    #expect(found[1].hint == "write 0.95")
    #expect(found[3].hint == "did you mean `green`?")
    #expect(found[7].hint == "write 12")
    #expect(found[10].hint == "did you mean `section`?")
  }

  @Test(arguments: [
    ("1,200,000", "1200000"), ("120万", "1200000"), ("1.2万", "12000"), ("¥ 300", "300"), ("１２００", "1200"),
    ("1_000", "1000"), ("12 %", "12"), ("0.5M", "500000"), ("l2", "12"), ("1.25 亿", "125000000"),
  ])
  func `a slip in an amount is explained, not guessed`(written: String, meant: String) {
    let read = decode("amount: \(written)\n") { $0.read("amount", as: .money())?.value }
    #expect(read.value == .some(nil))
    #expect(read.findings.kept.first?.hint == "write \(meant)")
  }

  @Test func `a section is not a value and a value is not a section`() {
    let read = decode("a: {x: 1}\nb: 2\nc: [1]\nd: 5\n") { root in
      _ = root.read("a", as: .integer())
      root.section("b") { _ in }
      root.section("c") { _ in }
      _ = root.list("d", of: .integer())
    }
    #expect(read.findings.kept.map(\.code.id) == ["P112", "P112", "P112", "P112"])
    #expect(read.findings.kept.last?.hint == "write [5]")
  }

  @Test func `ranges are checked with their words`() {
    let read = decode("a: 0\nb: 100\nc: 95\nd: 0.08\n") { root in
      _ = root.read("a", as: .integer(.atLeast(1)))
      _ = root.read("b", as: .integer(.strictlyBetween(0, 100)))
      _ = root.read("c", as: .number(.strictlyBetween(0, 1)))
      _ = root.read("d", as: .percent())
    }
    #expect(
      read.findings.kept.map(\.message) == [
        "`a`: 0 is out of range: it must be at least 1",
        "`b`: 100 is out of range: it must be above 0 and below 100",
        "`c`: 95 is out of range: it must be above 0 and below 1",
        "`d`: 0.08 means 0.08 %",
      ])
    #expect(read.findings.kept[2].hint == "did you mean 0.95?")
    #expect(read.findings.kept[3].severity == .warning)
    #expect(read.findings.kept[3].hint == "write 8 if 8 % is meant")
  }

  @Test func `every value is recorded with its source and reads back`() {
    let yaml = "b: {x: 1.50, when: 2026-03}\na: \"true\"\nlist: [one, 'two words']\n"
    func body(_ root: inout MappingCursor) {
      root.section("b") { section in
        _ = section.read("x", as: .money())
        _ = section.read("y", as: .integer(), default: 7)
        _ = section.read("when", as: .period())
      }
      _ = root.read("a", as: .text)
      _ = root.list("list", of: .text)
    }
    let first = decode(yaml, body)
    #expect(
      first.values.values.map { "\($0.name) = \($0.text) from \($0.source)" } == [
        "b.x = 1.5 from spec.yaml:1", "b.y = 7 from default", "b.when = 2026-03 from spec.yaml:1",
        "a = \"true\" from spec.yaml:2", "list = [one, \"two words\"] from spec.yaml:3",
      ])
    let again = decode(first.values.yaml(header: ["resolved"]), body)
    #expect(again.findings.count == 0)
    let sections = ["a", "b", "list"]
    #expect(again.values.canonicalText(sections: sections) == first.values.canonicalText(sections: sections))
    #expect(!first.values.canonicalText(sections: ["a"]).contains("b.x"))
  }
}
