import Foundation
import Planning
import Tables
import Testing

@testable import Reports

/// The circle of a planner: run, report, edit the workbook, run again.
@Suite struct WorkbookCommandTests {
  private static let targets = """
    targets:
      annual: {2026: 900000}
      unit: 100

    """

  private enum Edit {
    case number(Double)
    case text(String)
  }

  /// A folder with the network and a run of it in `base`, with its workbook.
  private static func folder() throws -> ScratchFolder {
    let folder = try ScratchFolder()
    try SmallNetwork.write(to: folder, changing: ["plan.yaml": { $0 + targets }])
    let run = try Command.run(
      ["run", "plan.yaml", "--only", "budget,targets", "--output", "base", "--excel"], in: folder.url)
    #expect(run.status == 0, "\(run.messages)")
    return folder
  }

  /// Copies a workbook cell by cell, with some cells of its sheets changed.
  private static func edit(_ folder: ScratchFolder, _ edits: [String: [String: Edit]]) throws {
    var findings = Findings()
    let source = folder.url.appending(path: "base/report.xlsx").path
    let workbook = try #require(Spreadsheet.read(source, findings: &findings))
    var file = try XLSXFile(path: folder.url.appending(path: "edited.xlsx").path, title: "edited")
    let plain = file.format(CellFormat())
    for sheet in workbook.sheets {
      var changed: [CellAddress: Edit] = [:]
      for (name, edit) in edits[sheet.name] ?? [:] { changed[try #require(CellAddress(name))] = edit }
      let copy = try file.sheet(sheet.name)
      let lastColumn = max(sheet.lastColumn, changed.keys.map(\.column).max() ?? 0)
      for row in 1...max(sheet.lastRow, changed.keys.map(\.row).max() ?? 1) {
        for column in 1...max(1, lastColumn) {
          switch changed[CellAddress(row: row, column: column)] {
          case .number(let number): copy.write(number, row, column, plain)
          case .text(let text): copy.write(text, row, column, plain)
          case nil:
            switch sheet.cell(row: row, column: column)?.value {
            case .text(let text): copy.write(text, row, column, plain)
            case .number(let number): copy.write(number, row, column, plain)
            default: break
            }
          }
        }
      }
    }
    try file.close()
  }

  /// The rows of a table of a run, by the text of its first columns.
  private static func plans(_ folder: ScratchFolder, _ run: String, _ table: String, key: Int) throws -> [String: Int64]
  {
    let text = try String(contentsOf: folder.url.appending(path: "\(run)/\(table).csv"), encoding: .utf8)
    let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let plan = try #require(lines.first?.firstIndex(of: "plan"))
    var plans: [String: Int64] = [:]
    for line in lines.dropFirst() {
      plans[line.prefix(key).joined(separator: ".")] = Int64((Double(line[plan]) ?? .nan) * 100 + 0.5)
    }
    return plans
  }

  /// Where the row of a region, and of one of its spend types, stands on the budget sheet.
  private static func row(_ folder: ScratchFolder, _ region: String, _ spendType: String? = nil) throws -> Int {
    var findings = Findings()
    let source = folder.url.appending(path: "base/report.xlsx").path
    let sheet = try #require(Spreadsheet.read(source, findings: &findings)?[sheet: "Plan budget"])
    return try #require(
      (PlanningSheet.firstRow...sheet.lastRow).first { row in
        sheet.cell(row: row, column: 1)?.value == .text(region)
          && sheet.cell(row: row, column: 2)?.value == spendType.map { .text($0) }
      })
  }

  @Test func theReportOfAFolderIsTheOneOfTheRun() throws {
    let folder = try Self.folder()
    let report = try Command.run(
      ["report", "base/", "--html", "again.html", "--excel", "again.xlsx", "--markdown", "again.md"], in: folder.url)
    #expect(report.status == 0, "\(report.messages)")
    for (made, again) in [("report.html", "again.html"), ("report.xlsx", "again.xlsx"), ("summary.md", "again.md")] {
      let bytes = try ["base/\(made)", again].map { try Data(contentsOf: folder.url.appending(path: $0)) }
      #expect(bytes[0] == bytes[1], "\(again) differs")
    }
    // Without options the run folder has all three, and a later run may still replace it.
    #expect(try Command.run(["report", "base"], in: folder.url).status == 0)
    let replaced = try Command.run(["run", "plan.yaml", "--only", "targets", "--output", "base"], in: folder.url)
    #expect(replaced.status == 0, "\(replaced.messages)")
  }

  @Test func foldersThatAreNoRunsOrWereChangedAreRefused() throws {
    let folder = try Self.folder()
    let nothing = try Command.run(["report", "nowhere"], in: folder.url)
    #expect(nothing.status == 2 && nothing.messages.contains("S030"))
    let table = folder.url.appending(path: "base/region_allocation.csv")
    try Data((try String(contentsOf: table, encoding: .utf8) + "north,1,2,1,,\n").utf8).write(to: table)
    let changed = try Command.run(["report", "base", "--html", "again.html"], in: folder.url)
    #expect(changed.status == 2 && changed.messages.contains("S032"))
    try FileManager.default.removeItem(at: table)
    let missing = try Command.run(["report", "base", "--html", "again.html"], in: folder.url)
    #expect(missing.status == 2 && missing.messages.contains("S031"))
    #expect(!folder.files.contains("again.html"))
  }

  @Test func anUneditedWorkbookGivesTheSameRun() throws {
    let folder = try Self.folder()
    let run = try Command.run(
      ["run", "plan.yaml", "--only", "budget,targets", "--output", "same", "--workbook", "base/report.xlsx"],
      in: folder.url)
    #expect(run.status == 0 && run.messages.contains("changes nothing"), "\(run.messages)")
    for table in ["allocation.csv", "targets_plan.csv", "plan.resolved.yaml"] {
      let bytes = try ["base", "same"].map { try Data(contentsOf: folder.url.appending(path: "\($0)/\(table)")) }
      #expect(bytes[0] == bytes[1], "\(table) differs")
    }
  }

  @Test func typedTotalsSpreadAndLocksHold() throws {
    let folder = try Self.folder()
    let (east, training) = (try Self.row(folder, "east"), try Self.row(folder, "west", "training"))
    let before = try Self.plans(folder, "base", "allocation", key: 2)
    try Self.edit(
      folder,
      [
        "Plan budget": ["E7": .number(33_000), "E\(east)": .number(11_000.255), "F\(training)": .text("yes")],
        "Plan targets": ["M7": .number(960_000), "I9": .number(120_000)],
      ])
    let run = try Command.run(
      ["run", "plan.yaml", "--only", "budget,targets", "--output", "new", "--workbook", "edited.xlsx"], in: folder.url)
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.messages.contains("budget.quarter = 33000 (edited.xlsx#Plan budget!E7)"))
    #expect(run.messages.contains("budget.locked.region.east = 11000.26 (edited.xlsx#Plan budget!E\(east))"))
    let regions = try Self.plans(folder, "new", "region_allocation", key: 1)
    #expect(regions["east"] == 1_100_026)
    #expect(regions.values.reduce(0, +) == 3_300_000)
    let lines = try Self.plans(folder, "new", "allocation", key: 2)
    #expect(lines["west.training"] == before["west.training"])
    // Targets: the company's year, and the first quarter of the first region.
    let plan = try String(contentsOf: folder.url.appending(path: "new/targets_plan.csv"), encoding: .utf8)
    let rows = plan.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let (region, amount) = (
      try #require(rows[0].firstIndex(of: "region")), try #require(rows[0].firstIndex(of: "amount"))
    )
    func total(_ rows: some Sequence<[Substring]>) -> Double { rows.map { Double($0[amount]) ?? .nan }.reduce(0, +) }
    #expect(total(rows.dropFirst()) == 960_000)
    let quarter: Set<Substring> = ["2026-01", "2026-02", "2026-03"]
    #expect(total(rows.dropFirst().filter { row in row[region] == "east" && quarter.contains(row[0]) }) == 120_000)
  }

  @Test func contradictionsNameTheCellsAndTheCheapestCure() throws {
    let folder = try Self.folder()
    let (east, west) = (try Self.row(folder, "east"), try Self.row(folder, "west"))
    try Self.edit(folder, ["Plan budget": ["E\(east)": .number(18_000), "E\(west)": .number(19_000)]])
    let run = try Command.run(
      ["run", "plan.yaml", "--only", "budget", "--output", "new", "--workbook", "edited.xlsx"], in: folder.url)
    #expect(run.status == 3)
    #expect(run.messages.contains("edited.xlsx#Plan budget!E\(east)"), "\(run.messages)")
    #expect(run.messages.contains("budget.locked.region sums to 37,000 (east, west)"))
    #expect(run.messages.contains("cheapest repairs"))
    #expect(!folder.files.contains { $0.hasPrefix("new") })
  }

  @Test func everyWrongCellIsToldWithItsPlace() throws {
    let folder = try Self.folder()
    let (east, west) = (try Self.row(folder, "east"), try Self.row(folder, "west"))
    try Self.edit(
      folder,
      [
        "Plan budget": [
          "E\(east)": .text("twelve"), "E\(west)": .number(-5), "F\(west)": .text("maybe"), "E60": .number(1),
        ],
        "Plan targets": ["I9": .number(150)],
      ])
    let run = try Command.run(
      ["run", "plan.yaml", "--only", "budget,targets", "--output", "new", "--workbook", "edited.xlsx"], in: folder.url)
    #expect(run.status == 2)
    for place in ["Plan budget!E\(east)", "Plan budget!E\(west)", "Plan budget!F\(west)", "Plan budget!E60"] {
      #expect(run.messages.contains("edited.xlsx#\(place)"), "\(run.messages)")
    }
    #expect(!folder.files.contains { $0.hasPrefix("new") })
    try Self.edit(folder, ["Plan budget": ["A\(east)": .text("atlantis"), "E\(east)": .number(500)]])
    let unknown = try Command.run(["check", "plan.yaml", "--workbook", "edited.xlsx"], in: folder.url)
    #expect(unknown.status == 2 && unknown.messages.contains("edited.xlsx#Plan budget!E\(east)"))
    try Self.edit(folder, ["Plan targets": ["I9": .number(150)]])
    let unit = try Command.run(["check", "plan.yaml", "--workbook", "edited.xlsx"], in: folder.url)
    #expect(unit.status == 2 && unit.messages.contains("P047") && unit.messages.contains("Plan targets!I9"))
  }
}
