/// The Chinese of every phrase, one list for each part of the report.
enum Chinese {
  static let phrases = joined(lists)

  private static let lists: [[String: String]] = [
    general, scenarios, firstPages, monitor, sectionCharts, workbook, overview, sales, money, partnerPhrases,
    stockPhrases, method, timing, earlier, risk,
  ]

  /// Texts that other modules write in English: labels of indicators, reasons, limits. Keys have `{}` where a number
  /// or a name stands.
  static let labels = joined([monitorLabels, labelsOfStages, inputLabels, actionLabels])

  /// Words of the program's own, as files write them, and what they are called.
  static let words = joined([wordsOfFiles, monitorWords, columnTitles, inputWords, tableWords])

  /// What stages and checks find in plan and tables, apart from errors: those end a run before there is a report.
  static let findings = joined([
    findingsOfData, findingsOfSheets, findingsOfScenarios, findingsOfStages, findingsOfChurn, findingsOfMoney,
  ])

  /// Units, wherever one is a figure of a phrase.
  static let units = [
    "CNY": "元", "USD": "美元", "EUR": "欧元", "HKD": "港元", "JPY": "日元", "units": "件", "days": "天",
  ]

  /// The labels' keys by which texts with names in them are found, the longest first.
  static let patterns = byLength(labels)
  static let findingPatterns = byLength(findings)
  static let skippedStage = LabelPattern(key: "stage `{}` was skipped: {}")

  private static func byLength(_ list: [String: String]) -> [LabelPattern] {
    list.keys.compactMap(LabelPattern.init).sorted { ($1.length, $0.key) < ($0.length, $1.key) }
  }

  private static func joined(_ lists: [[String: String]]) -> [String: String] {
    lists.reduce(into: [:]) { all, list in all.merge(list) { first, _ in first } }
  }

  /// What several parts share.
  static let general: [String: String] = [
    "n/a": "不详", "{} %": "{}%", " %": "%", "{} day": "{} 天", "{} days": "{} 天", "{} and {}": "{}和{}",
    "{} more": "增加 {}", "{} less": "减少 {}", "as much": "持平", "Data: {}": "数据：{}", "Table: {}": "表：{}",
    "Sections": "章节", "Printed are all views.": "打印内容包含所有视图。",
    "Printed are all views, and the table of the one that was chosen on the screen.": "打印内容包含所有视图，表格只含屏幕上所选的一个。",
    "Channel plan": "渠道计划",
  ]

}
