import Specifications
import Tables
import Testing

@Suite struct SyntaxTests {
  @Test(arguments: [
    ("a: 1\n\tb: 2\n", "spec.yaml:2:1", "tab"),
    ("a:\n  b: 1\n\tc: 2\n", "spec.yaml:3:1", "tab"),
    ("a: [1, 2\nb: 3\n", "spec.yaml:2:2", "`[` is not closed"),
    ("a: {x: 1, y: 2\n", "spec.yaml:2:1", "`{` is not closed"),
    ("a: b: c\n", "spec.yaml:1:5", "second `: `"),
    ("a: \"open\nb: 1\n", "spec.yaml:3:1", "ends inside quotes"),
    ("set: {x: *0.85}\n", "spec.yaml:1:10", "meaning in YAML"),
    ("a: 1\nb\n", "spec.yaml:3:1", "without `:`"),
    ("a: @home\n", "spec.yaml:1:4", "cannot start with `@`"),
    ("a: 1\nb：2\nc: 3\n", "spec.yaml:2:2", "full-width `：`"),
  ])
  func `a syntax error has a place, a caret and a hint`(yaml: String, place: String, words: String) {
    let found = findings(yaml)
    #expect(found.count == 1)
    #expect(found.first?.code == SpecificationCodes.syntax)
    #expect(found.first?.place?.description == place)
    #expect(found.first?.message.contains(words) == true, "\(found.first?.message ?? "")")
    #expect(found.first?.hint?.isEmpty == false)
  }

  @Test func `a full-width colon is named in the hint`() {
    let found = findings("a: 1\nb：2\nc: 3\n")
    #expect(found.first?.hint == "write `:`")
    #expect(found.first?.marked == "：")
  }

  @Test func `every duplicate key is reported with both places`() {
    let found = findings("a: 1\nb: {x: 1, x: 2}\na: 3\n")
    #expect(found.map(\.summary) == ["P104 spec.yaml:2:11", "P104 spec.yaml:3:1"])
    #expect(found.last?.notes == ["it was first written at spec.yaml:1:1"])
    #expect(found.last?.marked == "a")
  }

  @Test func `aliases repeat values and merge keys fill gaps`() {
    let read = decode("base: &b {x: 1, y: 2}\ncopy: *b\nmore: {<<: *b, y: 3}\n") { root in
      ["base", "copy", "more"].map { key in
        root.section(key) { section in
          ["x", "y"].map { section.read($0, as: .integer(), default: 0).value }
        }
      }
    }
    #expect(read.value == [[1, 2], [1, 2], [1, 3]])
    #expect(read.findings.count == 0)
  }

  @Test func `an alias to nothing and an alias bomb are errors`() {
    #expect(findings("a: *b\n").map(\.summary) == ["P106 spec.yaml:1:4"])
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      bomb += "a\(level): &a\(level) [\(items)]\n"
    }
    #expect(findings(bomb).map(\.code) == [SpecificationCodes.alias])
  }

  @Test(arguments: [
    ("", "P108"), ("# only a comment\n", "P108"), ("[1, 2]\n", "P108"), ("word\n", "P108"),
    ("a: 1\n---\nb: 2\n", "P107"), ("? [a, b]\n: 1\n", "P107"), ("a: !secret x\n", "P107"),
  ])
  func `what is no specification is refused`(yaml: String, code: String) {
    #expect(findings(yaml).map(\.code.id) == [code])
  }

  @Test(arguments: [(90, true, "P107"), (50_000, false, "P103"), (50_000, true, "P103")])
  func `deep nesting is refused and breaks nothing`(depth: Int, closed: Bool, code: String) {
    let close = closed ? String(repeating: "]", count: depth) : ""
    #expect(findings("a: " + String(repeating: "[", count: depth) + close + "\n").map(\.code.id) == [code])
  }

  @Test func `carets count characters where columns count scalars`() {
    let found = findings("a: {name: \"网络 👨‍👩‍👧 e\u{301}\", y: 1, y: 2}\n")
    #expect(found.map(\.marked) == ["y"])
    #expect(found.first?.excerpt?.caret == 26)
  }

  @Test func `long lines are cut around the caret`() {
    let yaml = "a: {" + (0..<200).map { "key\($0): \($0)" }.joined(separator: ", ") + ", key7: 1}\n"
    let found = findings(yaml)
    #expect(found.first?.marked == "key7")
    #expect((found.first?.excerpt?.text.count ?? 999) < 120)
  }
}
