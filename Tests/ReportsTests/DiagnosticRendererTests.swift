import Tables
import Testing

@testable import Reports

private let notANumber = DiagnosticCode("D104", "not a number", "…")
private let conflict = DiagnosticCode("A301", "the budget cannot satisfy the plan", "…")

@Suite struct DiagnosticRendererTests {
  let renderer = DiagnosticRenderer()

  @Test func aFindingInAFileShowsPlaceLineAndCaret() {
    let finding = Diagnostic(
      notANumber, .error, "not a number in column `sell_out_qty`",
      at: SourcePlace(file: "data/sales.csv", line: 1842, column: 36),
      excerpt: .init(text: "2025-11,east,hefei,P017,5g-cpe,120,12O0,…", caret: 35, length: 4),
      hint: "fix the cell, or `sluice check --fix` to write data/sales.fixed.csv",
      notes: ["3 more cells in this column look the same (lines 1907, 1911, 2044)"])
    #expect(
      renderer.text(finding) == """
        error[D104]: not a number in column `sell_out_qty`
          --> data/sales.csv:1842:36
             | 2025-11,east,hefei,P017,5g-cpe,120,12O0,…
             |                                    ^^^^
          hint: fix the cell, or `sluice check --fix` to write data/sales.fixed.csv
          note: 3 more cells in this column look the same (lines 1907, 1911, 2044)

        """)
  }

  @Test func anArgumentKeepsItsShape() {
    let finding = Diagnostic(
      conflict, .error, "the budget cannot satisfy the plan",
      notes: [
        "because plan.yaml:33  budget.floors.region sums to 1,850,000",
        "and plan.yaml:35  training needs 30,000 or nothing",
        "so the shortfall is 94,000",
        "cheapest repairs (loss of expected margin):",
        "1. lower floors.region.shanghai by 94,000 (-11,300)",
        "2. unpin training for 4 partners (-14,900)",
      ])
    #expect(
      renderer.text(finding) == """
        error[A301]: the budget cannot satisfy the plan
          because plan.yaml:33  budget.floors.region sums to 1,850,000
              and plan.yaml:35  training needs 30,000 or nothing
          so the shortfall is 94,000
          cheapest repairs (loss of expected margin):
              1. lower floors.region.shanghai by 94,000 (-11,300)
              2. unpin training for 4 partners (-14,900)

        """)
  }

  @Test func wideCharactersMoveTheCaretByTwoCells() {
    let finding = Diagnostic(
      notANumber, .warning, "not a number", at: SourcePlace(file: "销售.csv", line: 2),
      excerpt: .init(text: "华东,合肥,１２,x", caret: 6, length: 2))
    let lines = renderer.text(finding).split(separator: "\n")
    #expect(lines[2] == "     | 华东,合肥,１２,x")
    // Two names of two wide characters and two commas: ten cells; the full-width digits take two each.
    #expect(lines[3] == "     |           ^^^^")
  }

  @Test func controlCharactersOfTheDataNeverReachTheTerminal() {
    let finding = Diagnostic(
      notANumber, .error, "unknown partner \u{1B}[31mP017\u{7}", at: SourcePlace(file: "a\u{1B}]0;x.csv", line: 1),
      excerpt: .init(text: "a\tb\u{202E}\u{0}c\r\n", caret: 5, length: 1), hint: "line\nbreak", notes: ["\u{9B}2J"])
    let text = renderer.text(finding)
    let controls = text.unicodeScalars.filter { $0.properties.generalCategory == .control && $0 != "\n" }
    #expect(controls.isEmpty)
    #expect(!text.unicodeScalars.contains("\u{202E}"))
    #expect(text.split(separator: "\n").count == 6)
    // The carets stand under the cell even after pictures that are wider than what they replace.
    #expect(text.contains("     | a    b<202E>␀c␍␊\n     |              ^\n"))
  }

  @Test(arguments: [(-3, 1), (99, 4), (2, 99), (0, 0)])
  func anExcerptThatPointsOutsideItsLineStillRenders(caret: Int, length: Int) {
    let finding = Diagnostic(notANumber, .error, "x", excerpt: .init(text: "abc", caret: caret, length: length))
    #expect(renderer.text(finding).contains("^"))
  }

  @Test func theClosingLineCountsWhatIsNotShown() {
    var findings = Findings(limit: 2)
    for _ in 0..<3 { findings.add(Diagnostic(notANumber, .error, "bad")) }
    findings.count(.error, 10)
    findings.count(.warning, 2)
    #expect(DiagnosticRenderer.closingLine(findings) == "13 errors, 2 warnings (13 more not shown)")
    #expect(renderer.text(findings).hasSuffix("\n13 errors, 2 warnings (13 more not shown)\n"))
    #expect(renderer.text(Findings()).isEmpty)
    var one = Findings()
    one.add(Diagnostic(notANumber, .error, "bad"))
    #expect(DiagnosticRenderer.closingLine(one) == "1 error")
  }

  @Test func oneLinePerFindingForLists() {
    let finding = Diagnostic(
      DiagnosticCode("D210", "", ""), .warning, "negative stock for P044/router-ax",
      at: SourcePlace(file: "inventory.csv", line: 77, column: 21))
    #expect(renderer.line(finding) == "warn  D210 inventory.csv:77:21  negative stock for P044/router-ax")
  }

  @Test func jsonEscapesEverything() {
    let finding = Diagnostic(
      notANumber, .error, "\"quoted\" \\ \u{1} 华东", at: SourcePlace(file: "a\nb", line: 1, column: 2),
      excerpt: .init(text: "x", caret: 0, length: 1), hint: "h", notes: ["n", "m"])
    #expect(
      DiagnosticRenderer.json(finding).compact
        == #"{"code":"D104","severity":"error","message":"\"quoted\" \\ \u0001 华东","file":"a\nb","#
        + #""line":1,"column":2,"excerpt":{"text":"x","caret":0,"length":1},"hint":"h","#
        + #""notes":["n","m"]}"#)
  }

  @Test func coloursAreForTerminalsOnly() {
    let finding = Diagnostic(notANumber, .error, "bad")
    #expect(DiagnosticRenderer(isColoured: true).text(finding) == "\u{1B}[1;31merror[D104]\u{1B}[0m: bad\n")
    #expect(renderer.text(finding) == "error[D104]: bad\n")
  }
}
