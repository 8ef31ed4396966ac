import Foundation
import Planning
import Tables
import Testing

@testable import Reports

@Suite struct LanguageTests {
  private static func chinese<Result>(_ work: () throws -> Result) rethrows -> Result {
    try Language.$current.withValue(.chinese, operation: work)
  }

  // MARK: Completeness

  /// Everything that a page and a summary say has its Chinese; the phrases without are listed.
  @Test func nothingIsLeftInEnglish() throws {
    let gaps = Glossary.Gaps()
    try Glossary.$gaps.withValue(gaps) {
      try Self.chinese {
        _ = try HTMLReport(SampleRun.view()).render()
        _ = RunSummary(SampleRun.view()).text
        _ = try HTMLReport(SampleRun.view([])).render()
      }
    }
    #expect(gaps.sorted == [])
    #expect(gaps.seen.count > 200)
  }

  /// Every figure of a phrase is in its translation once: by its number, or the next one in order.
  @Test func translationsHaveTheFiguresOfTheirPhrases() throws {
    for (key, translation) in Self.everything {
      var next = 0
      let found = translation.matches(of: /\{([0-9]*)\}/).map { match -> Int in
        if let number = Int(match.output.1) { return number }
        next += 1
        return next
      }
      #expect(found.sorted() == Array(1..<(1 + key.matches(of: /\{\}/).count)), "\(key)")
    }
  }

  /// Latin letters that Chinese readers expect: file names, names of measures, of the program.
  private static var latin: Regex<Substring> {
    /[a-z]+(?:_[a-z]+)+(?:\.csv)?|[a-z]+\.csv|sluice run plan\.yaml --workbook FILE\.xlsx|report\.html|Sluice|CSV|Brier|MASE|RMSSE|sMAPE|AUC|PR|MB|P[0-9]+|\b(?:level|total|region|partner|p|z)\b/
  }

  @Test func chineseIsChinese() {
    for (key, translation) in Self.everything {
      // What stands in a file or a plan stays as it is written there.
      let rest = translation.replacing(/`[^`]*`/, with: "").replacing(Self.latin, with: "")
      #expect(rest.firstMatch(of: /[A-Za-z]/) == nil, "\(key): \(translation)")
      #expect(
        translation.firstMatch(of: /[\u{4E00}-\u{9FFF}] *[,;:]|[,;:] *[\u{4E00}-\u{9FFF}]/) == nil,
        "\(key): \(translation)")
    }
  }

  private static var everything: [String: String] {
    [Chinese.phrases, Chinese.labels, Chinese.words, Chinese.findings].reduce(into: [:]) { all, list in
      all.merge(list) { first, _ in first }
    }
  }

  /// A phrase that no source says any more is a dead entry.
  @Test func everyPhraseIsSaid() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources/Reports")
    var source = ""
    for path in try FileManager.default.subpathsOfDirectory(atPath: root.path)
    where path.hasSuffix(".swift") && !path.contains("Chinese") {
      source += try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
    // Texts that continue on the next line are one text.
    source = source.replacing(/"\s*\+ "/, with: "").replacing(/\\\n\s*/, with: "")
    for key in Chinese.phrases.keys {
      let pieces = key.components(separatedBy: "{}").map { $0.trimmingCharacters(in: .whitespaces) }
      guard let longest = pieces.max(by: { $0.count < $1.count }), longest.count > 3 else { continue }
      #expect(source.contains(longest), "nothing says \(key)")
    }
  }

  /// A finding is known by its pattern; one that quotes another is said whole; text of a plan or a table stays.
  @Test(arguments: [
    ("778 periods without a row count as zero, 6547 as unknown", "没有记录的期间中，778 期按零计，6547 期视为未知"),
    (
      "stage `drivers` was skipped: 3 products have too few rows for effects of their own",
      "环节“驱动因素”已跳过：3 个产品的记录太少，无法单独估计影响"
    ),
    ("no partner has `margin` in 2025Q4: their weights go to the others", "2025Q4 没有经销商有“毛利”的数据：其权重分给其他指标"),
    ("call and ask for the missing reports", "call and ask for the missing reports"),
  ])
  func findingsAreSaidByTheirPattern(english: String, chinese: String) {
    #expect(say(finding: english) == english)
    Self.chinese { #expect(say(finding: english) == chinese) }
  }

  /// An alert keeps the condition as the plan has it, with its own commas.
  @Test(arguments: [
    ("quarters_below >= 2, 7 months in a row", "quarters_below >= 2，连续 7 个月"),
    (
      "mean(sell_out, 3) < 60 % * mean(forecast.p50, 3), 9 months in a row",
      "mean(sell_out, 3) < 60 % * mean(forecast.p50, 3)，连续 9 个月"
    ),
    ("satisfaction 54.0, before unknown, peers 72.8", "满意度 54.0，此前不详，同类 72.8"),
    ("satisfaction 54.0, before 61.5, peers 72.8", "满意度 54.0，此前 61.5，同类 72.8"),
  ])
  func alertsAreSaidWithTheirCondition(english: String, chinese: String) {
    #expect(say(label: english) == english)
    Self.chinese { #expect(say(label: english) == chinese) }
  }

  /// Titles on the page are written with blanks, ids as in files; groups that are ours are said.
  @Test func titlesAreWrittenWithBlanks() {
    let table = SampleRun.table(
      "t",
      [
        ("partner_id", SampleRun.text(["P1"])), ("chance_exit_better", .real([0.5])),
        ("group", SampleRun.text(["tier 2"])),
      ])
    #expect(TextTable(table).columns.map(\.title) == ["partner_id", "chance exit better", "group"])
    #expect(TextTable(table, isPlain: false).columns.map(\.title) == ["partner_id", "chance_exit_better", "group"])
    #expect(TextTable(table).rows == [["P1", "0.500", "tier 2"]])
    Self.chinese { #expect(TextTable(table).rows == [["P1", "0.500", "2 线城市"]]) }
  }

  // MARK: The same numbers

  /// What is read off a page: text, tables and the readings of charts; not the labels of axes, which are left out
  /// where they do not fit.
  private static func numbers(_ html: String) -> [Double] {
    let text = html.replacing(/<style>[\s\S]*?<\/style>/, with: "").replacing(/<script[\s\S]*?<\/script>/, with: "")
      .replacing(/<text[^>]*>[^<]*(?:<title>[^<]*<\/title>)?<\/text>/, with: "").replacing(/<[^>]*>/, with: "\n")
      .replacing("&#39;", with: "'")
    return text.matches(of: /([0-9][0-9,]*(?:\.[0-9]+)?)( M\b| bn\b| 万| 亿)?/).compactMap { match in
      let factors = [" M": 1e6, " bn": 1e9, " 万": 1e4, " 亿": 1e8]
      let factor = match.output.2.flatMap { factors[String($0)] } ?? 1
      return Double(match.output.1.filter { $0 != "," }).map { ($0 * factor * 1e6).rounded() / 1e6 }
    }.sorted()
  }

  @Test func bothLanguagesSayTheSameNumbers() throws {
    let english = Self.numbers(try HTMLReport(SampleRun.view()).render())
    let chinese = Self.numbers(try Self.chinese { try HTMLReport(SampleRun.view()).render() })
    #expect(english.count > 1000)
    #expect(english == chinese)
    let difference = english.difference(from: chinese)
    #expect(difference.isEmpty, "\(difference.prefix(10))")
  }

  @Test(arguments: [
    (64_830_000.0, "64.8 M", "6,480 万"), (1_214_000, "1.21 M", "121 万"), (999_960, "1.00 M", "100 万"),
    (123_400_000, "123 M", "1.23 亿"), (1_214_000_000, "1.21 bn", "12.1 亿"), (-2_500_000, "-2.50 M", "-250 万"),
    (986_432, "986,432", "986,432"), (.nan, "n/a", "不详"),
  ])
  func largeNumbersAreInChineseUnits(value: Double, english: String, chinese: String) {
    #expect(NumberText.compact(value) == english)
    Self.chinese { #expect(NumberText.compact(value) == chinese) }
  }

  @Test func axesAreInChineseUnits() {
    let scale = LinearScale(covering: [0, 3_000_000], from: 0, to: 100, tickCount: 3)
    #expect(scale.labels == ["0", "1 M", "2 M", "3 M"])
    Self.chinese { #expect(scale.labels == ["0", "100 万", "200 万", "300 万"]) }
  }

  // MARK: Typography

  @Test(arguments: [
    ("投放", "120 万", "投放 120 万"), ("120 万 ", "元", "120 万元"), ("（", " 12", "（12"), ("在 ", "华北", "在华北"),
    ("east", "上升", "east 上升"), ("12", "%", "12%"), ("", "12", "12"),
  ])
  func textAndFiguresAreSetApart(left: String, right: String, joined: String) {
    #expect(Typography.joined(left, right) == joined)
  }

  @Test func namesOfDataAreNotTouched() throws {
    let page = try Self.chinese { try HTMLReport(SampleRun.view()).render() }
    #expect(page.contains("<html lang=\"zh\">"))
    for name in ["华北", "shanghai", "5g-cpe", "forecast.csv"] { #expect(page.contains(name)) }
    for word in ["经销商", "边际回报", "影子价格", "可销天数"] { #expect(page.contains(word), "\(word)") }
  }

  @Test func wideCharactersTakeTheRoomOfTwo() {
    #expect(Frame.textWidth("华北") == Frame.textWidth("abcd"))
    #expect("上海经销商".shortened(toWidth: Frame.textWidth("上海经")) == "上海…")
  }

  // MARK: Labels of other modules

  @Test func labelsAreFoundByTheirPattern() {
    Self.chinese {
      #expect(say(label: "Units expected in the next 12 periods") == "未来 12 期预计销量")
      #expect(say(label: "max_move_pct 30 (shanghai)") == "调整幅度上限 30%（shanghai）")
      #expect(say(label: "Alerts, critical") == "预警：严重")
      #expect(say(label: "something else 12") == "something else 12")
      #expect(say(word: "invest") == "投入")
    }
    #expect(say(label: "Alerts, critical") == "Alerts, critical")
  }

  @Test func thePageOfTheDocumentationIsTheGlossary() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources/Sluice/Sluice.docc/Glossary.md")
    #expect(try String(contentsOf: page, encoding: .utf8) == GlossaryTerm.page)
  }
}
