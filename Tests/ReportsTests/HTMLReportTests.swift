import ChannelTypes
import Foundation
import Planning
import Tables
import Testing

@testable import Reports

@Suite struct HTMLReportTests {
  @Test func everySectionWithDataIsThere() throws {
    let html = try HTMLReport(SampleRun.view()).render()
    for id in ["summary", "data", "forecast", "drivers", "allocation", "stock", "churn", "method"] {
      #expect(html.contains("<section id=\"\(id)\""))
    }
    #expect(html.utf8.count < 3_000_000)
    #expect(!html.contains("{{") && !html.contains("Optional("))
    // To look at the page: the path of the file to write.
    if let path = ProcessInfo.processInfo.environment["SLUICE_REPORT_SAMPLE"] {
      try html.write(toFile: path, atomically: true, encoding: .utf8)
    }
  }

  /// Sums over regions of the bridge from the target: 21 M asked for, 18.8 M sold.
  @Test func theGapToTheTargetIsExplained() throws {
    let html = try HTMLReport(SampleRun.view()).render()
    #expect(html.contains("Why the last year differs from the target"))
    #expect(html.contains("18.8 M CNY were sold against 21.0 M of the target in 2 regions"))
    #expect(html.contains("growth asked for"))
  }

  /// Worked by hand from the tables of `SampleRun.earlier`.
  @Test func earlierRunsAreHeldAgainstThisOne() throws {
    let html = try HTMLReport(SampleRun.view()).render()
    // The run that was named last: 0.941 to 0.952 of demand, and 400,000 to 412,000 of margin.
    #expect(html.contains("+3.0 % since frozen-q3"))
    #expect(html.contains("3 of 4 key figures moved; those that moved most come first."))
    #expect(html.contains("What frozen-q3 promised, and what came") && !html.contains("What weekly promised"))
    #expect(html.contains("2025-10 to 2025-11"))
    // 30 of 570 units missed, all of them expected too many; 60 by repeating; November lies below its range.
    #expect(
      html.contains(
        "The forecast of frozen-q3 for 2025-10 to 2025-11 missed by 5.3 % of what was sold (bias +5.3 %); "
          + "repeating the last year would have missed by 10.5 %. Its 80 % range held 1 of 2 periods."))
    let summary = MarkdownSummary(SampleRun.view()).text
    #expect(summary.contains("| figure | value | moved |") && summary.contains("+1.1 points since frozen-q3"))
    let without = SampleRun.view(SampleRun.tables.filter { !$0.name.hasPrefix("earlier_") })
    #expect(try !HTMLReport(without).render().contains("since frozen-q3"))
    #expect(!MarkdownSummary(without).text.contains("| moved |"))
  }

  @Test func sectionsWithoutTablesAreLeftOut() throws {
    let html = try HTMLReport(SampleRun.view([SampleRun.forecast])).render()
    #expect(html.contains("<section id=\"forecast\""))
    for id in ["drivers", "allocation", "stock", "churn"] { #expect(!html.contains("<section id=\"\(id)\"")) }
    let empty = RunView(run: "r", plan: "p", currency: "CNY", seed: 1, version: "0")
    #expect(try HTMLReport(empty).render().contains("<section id=\"summary\""))
  }

  /// A table with unknown numbers only must not stop the report, whatever the others hold.
  @Test(arguments: SampleRun.tables.map(\.name))
  func unknownNumbersAreSurvived(name: String) throws {
    let tables = SampleRun.tables.map { $0.name == name ? Self.withoutNumbers($0) : $0 }
    try expectNumbers(in: SampleRun.view(tables))
  }

  @Test func emptyAndSingleRowTablesAreSurvived() throws {
    try expectNumbers(in: SampleRun.view(SampleRun.tables.map { $0.keeping([]) }))
    try expectNumbers(in: SampleRun.view(SampleRun.tables.map { $0.keeping([0]) }))
    try expectNumbers(in: SampleRun.view(SampleRun.tables.map(Self.withoutNumbers)))
  }

  private func expectNumbers(in view: RunView) throws {
    for text in [try HTMLReport(view).render(), RunSummary(view).text] {
      #expect(!text.contains("NaN") && text.firstMatch(of: /[^a-z](nan|inf)[^a-z]/) == nil)
    }
  }

  private static func withoutNumbers(_ table: Table) -> Table {
    Table(
      name: table.name,
      columns: table.columns.map { column in
        let values: Column.Values =
          switch column.values {
          case .real(let values): .real(values.map { _ in .nan })
          case .money(let values): .money(values.map { _ in Unknown.money })
          case .integer(let values): .integer(values.map { _ in Unknown.integer })
          case .text, .period: column.values
          }
        return Column(name: column.name, values: values)
      })
  }

  @Test func theSameRunGivesTheSameBytes() throws {
    #expect(try HTMLReport(SampleRun.view()).render() == HTMLReport(SampleRun.view()).render())
  }

  @Test func nothingIsLoadedFromAnywhere() throws {
    let page = try HTMLReport(SampleRun.view()).render()
    #expect(page.contains("default-src 'none'"))
    let html = try Self.withoutOwnScript(page)
    #expect(!html.contains("<script") && !html.contains(" src=") && !html.contains("url(") && !html.contains("@import"))
    let links = html.split(separator: "href=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(links.allSatisfy { $0.hasPrefix("#") })
  }

  /// The page without the one script that belongs there.
  private static func withoutOwnScript(_ page: String) throws -> String {
    let script = try #require(page.range(of: "<script>\(Page.script)</script>"))
    return page.replacingCharacters(in: script, with: "")
  }

  /// Every name of the data takes this value; none may become markup, and all must be readable.
  @Test(arguments: [
    "<script>alert(1)</script>", "\"><img onerror=x>", "'; drop", "华东 & 中国", "😀,;|", "{{plan}}",
    "a\u{1B}[31m\u{202E}b",
    "</svg>",
  ])
  func dataNeverBecomesMarkup(name: String) throws {
    var view = SampleRun.view(SampleRun.renamed(name))
    (view.plan, view.run) = (name, name)
    let html = try Self.withoutOwnScript(HTMLReport(view).render())
    for tag in ["<script", "<img", "<b>"] {
      #expect(!html.contains(tag), "\(tag) came through")
    }
    #expect(!html.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
    #expect(html.contains(Markup.escaped(Markup.printable(name))))
    for svg in html.split(separator: "<svg").dropFirst() {
      let end = try #require(svg.range(of: "</svg>"))
      #expect(Elements("<svg" + svg[..<end.upperBound]).error == nil)
    }
    let text = RunSummary(view).text
    #expect(!text.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
  }
}
