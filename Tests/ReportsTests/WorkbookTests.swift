import ChannelTypes
import Foundation
import Planning
import Tables
import Testing

@testable import Reports

/// Texts that are dangerous or easily lost somewhere between a table and a cell.
private let hostile = [
  "=1+1", "+x", "-x", "@x", "=cmd|' /C calc'!A0", "'=1", "\tx", "<script>alert(1)</script>", "a \"quoted\", b",
  "渠道伙伴 😀", "_x0041_", "  blanks  ", "two\nlines", "&amp;", "]]>", "0012", "1e5",
]

private func scratch(_ name: String) -> String {
  FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID().uuidString)-\(name)").path
}

private func view(_ tables: [Table]) -> RunView {
  var view = SampleRun.view(tables)
  view.inputHash = "0123456789abcdef"
  return view
}

private func read(_ path: String) throws -> Spreadsheet {
  var findings = Findings()
  let workbook = Spreadsheet.read(path, findings: &findings)
  #expect(findings.count == 0)
  return try #require(workbook)
}

private var table: Table {
  let days = hostile.indices.map { Period.day(CivilDate(year: 2026, month: 1, day: 1 + $0)) }
  return Table(
    name: "history",
    columns: [
      Column(name: "=name", values: .text(TextColumn(hostile))),
      Column(name: "amount", values: .money(hostile.indices.map { Money(tenThousandths: Int64($0) * 1_234_500 - 5) })),
      Column(name: "count", values: .integer(hostile.indices.map { $0 == 1 ? Unknown.integer : Int64($0) })),
      Column(name: "share", values: .real(hostile.indices.map { $0 == 2 ? .nan : Double($0) / 100 })),
      Column(name: "day", values: .period(PeriodColumn(form: .day, days))),
      Column(
        name: "month", values: .period(PeriodColumn(form: .month, hostile.indices.map { .month(2026, 1 + $0 % 12) }))),
    ])
}

@Test func everyCellComesThroughTheWorkbookAsItsType() throws {
  let path = scratch("types.xlsx")
  defer { try? FileManager.default.removeItem(atPath: path) }
  try RunWorkbook(view([table])).write(to: path)
  let workbook = try read(path)
  // The application keeps `History` for itself.
  let sheet = try #require(workbook[sheet: "history_"])
  #expect(sheet["A1"] == .text("=name"))
  for (index, text) in hostile.enumerated() {
    let row = index + 2
    #expect(sheet.cell(row: row, column: 1)?.value == .text(text))
    #expect(sheet.cell(row: row, column: 2)?.value == .number(Double(index * 1_234_500 - 5) / 10_000))
    #expect(sheet.cell(row: row, column: 3)?.value == (index == 1 ? nil : .number(Double(index))))
    #expect(sheet.cell(row: row, column: 4)?.value == (index == 2 ? nil : .number(Double(index) / 100)))
    guard case .date(let date) = sheet.cell(row: row, column: 5)?.value else {
      Issue.record("no date in row \(row)")
      continue
    }
    #expect(date.day == CivilDate(year: 2026, month: 1, day: 1 + index))
    #expect(sheet.cell(row: row, column: 6)?.value == .text(Period.month(2026, 1 + index % 12).description))
  }
  sheet.forEachCell { address, cell in #expect(!cell.isFormula, "\(address) is a formula") }
}

@Test func textsComeThroughCSVAndJSONToo() throws {
  let texts = Table(name: "texts", columns: [Column(name: "name", values: .text(TextColumn(hostile)))])
  let path = scratch("texts.csv")
  defer { try? FileManager.default.removeItem(atPath: path) }
  try CSVWriter.write(texts, to: path)
  for line in CSVWriter.text(texts).split(separator: "\n").dropFirst() {
    let content = line.drop { $0 == "\"" }
    #expect(!["=", "+", "-", "@", "\t"].contains { content.hasPrefix($0) }, "\(line) runs as a formula")
  }
  var findings = Findings()
  let read = CSVReader.read(
    TableReference(path: path), schema: Schema("texts", [ColumnSchema("name", .text)]), findings: &findings)
  let names = try #require(read?.text("name"))
  #expect(hostile.indices.map { names[$0] } == hostile)
  let json = try JSONSerialization.jsonObject(with: Data(JSONWriter.value(texts).compact.utf8))
  #expect((json as? [[String: String]])?.map { $0["name"] } == hostile)
}

@Test func theSameRunGivesTheSameWorkbook() throws {
  let paths = [scratch("a.xlsx"), scratch("b.xlsx")]
  defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
  for path in paths { try RunWorkbook(SampleRun.view()).write(to: path) }
  let bytes = try paths.map { try Data(contentsOf: URL(filePath: $0)) }
  #expect(bytes[0] == bytes[1])
}

@Test func aTableBeyondTheLimitIsCutAndSaysSo() throws {
  let path = scratch("cut.xlsx")
  defer { try? FileManager.default.removeItem(atPath: path) }
  try RunWorkbook(view([table]), rowLimit: 5).write(to: path)
  let workbook = try read(path)
  #expect(workbook[sheet: "history_"]?.lastRow == 5)
  var overview: [String] = []
  workbook.sheets[0].forEachCell { _, cell in
    if case .text(let text) = cell.value { overview.append(text) }
  }
  #expect(overview.contains { $0.contains("4 of \(hostile.count) rows") && $0.contains("history.csv") })
}

@Test func aWorkbookThatCannotBeWrittenLeavesNothing() throws {
  let folder = scratch("nowhere")
  #expect(throws: FileError.self) { try RunWorkbook(SampleRun.view()).write(to: folder + "/report.xlsx") }
  #expect(!FileManager.default.fileExists(atPath: folder))
}

@Test func sheetNamesAreLegalAndUnique() {
  var names = SheetNames()
  let wanted = [
    "a", "A", "History", "a:b/c\\d?e*f[g]", "'quoted'", "", String(repeating: "长", count: 40),
    String(repeating: "长", count: 40), String(repeating: "😀", count: 20),
  ]
  let given = wanted.map { names.add($0) }
  #expect(Set(given.map { $0.lowercased() }).count == wanted.count)
  for name in given {
    #expect((1...31).contains(name.utf16.count))
    #expect(!name.contains { "[]:*?/\\".contains($0) })
    #expect(!name.hasPrefix("'") && !name.hasSuffix("'") && name.lowercased() != "history")
  }
}

@Test func anUneditedWorkbookChangesNothing() throws {
  let path = scratch("plain.xlsx")
  defer { try? FileManager.default.removeItem(atPath: path) }
  try RunWorkbook(SampleRun.view()).write(to: path)
  var findings = Findings()
  let edits = try #require(WorkbookEdits.read(path, findings: &findings))
  #expect(edits.changes.isEmpty && edits.patches.isEmpty)
  #expect(edits.plan == "telecom-dealers" && edits.run == "telecom-dealers-base-1a2b3c4d")
}

@Test func onlyInputCellsOfPlanningSheetsAreOpen() throws {
  let path = scratch("locked.xlsx")
  defer { try? FileManager.default.removeItem(atPath: path) }
  try RunWorkbook(SampleRun.view()).write(to: path)
  let sheet = try #require(try read(path)[sheet: "Plan budget"])
  #expect(sheet.isProtected)
  sheet.forEachCell { address, cell in
    let isTotal = address.row == PlanningSheet.totalRow && address.column == PlanningSheet.Budget.yours
    #expect(cell.isLocked == !isTotal, "\(address)")
  }
}

@Test func theChineseWorkbookHasTheSameNumbersAndIsReadBack() throws {
  let paths = [scratch("en.xlsx"), scratch("zh.xlsx")]
  defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
  try RunWorkbook(SampleRun.view()).write(to: paths[0])
  try Language.$current.withValue(.chinese) { try RunWorkbook(SampleRun.view()).write(to: paths[1]) }
  let numbers = try paths.map { path in
    var numbers: [Double] = []
    for sheet in try read(path).sheets {
      sheet.forEachCell { _, cell in if case .number(let number) = cell.value { numbers.append(number) } }
    }
    return numbers
  }
  #expect(numbers[0] == numbers[1] && !numbers[0].isEmpty)
  var findings = Findings()
  #expect(WorkbookEdits.read(paths[1], findings: &findings)?.changes.isEmpty == true)
  #expect(try read(paths[1]).sheets[1].name == "编辑预算")
}

@Test func aFileThatIsNoWorkbookOfARunIsRefused() throws {
  let path = scratch("other.xlsx")
  defer { try? FileManager.default.removeItem(atPath: path) }
  var file = try XLSXFile(path: path, title: "other")
  let sheet = try file.sheet("Sheet1")
  sheet.write("hello", 1, 1, file.format(CellFormat()))
  try file.close()
  var findings = Findings()
  #expect(WorkbookEdits.read(path, findings: &findings) == nil)
  #expect(findings.kept.map(\.code) == [WorkbookCodes.noPlanningSheet])
}

@Test func theMarkdownSummaryFitsAScreenAndEscapesText() {
  let text = MarkdownSummary(SampleRun.view()).text
  #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count < 100)
  #expect(text.hasPrefix("# telecom-dealers\n"))
  #expect(text.contains("| Expected margin, plan against now |"))
  #expect(!text.contains("<b>") && text.contains("&lt;b&gt;"))
  #expect(MarkdownSummary.escaped("a|b\n*c* [x](y) <i>") == "a\\|b \\*c\\* \\[x\\](y) &lt;i&gt;")
  #expect(text == MarkdownSummary(SampleRun.view()).text)
}
