import Foundation
import Testing

@testable import Reports

/// A person who never saw Sluice: two CSV files, three commands, a forecast and its report.
@Suite struct NewcomerTests {
  /// What shops sold, and who they are, with columns as their owner named them.
  static func write(to folder: ScratchFolder) throws {
    var sales = "Sale month;Shop no.;Article;Units sold;Net sales ($)\n"
    for month in 0..<30 {
      for shop in 1...4 {
        for (article, base) in [("Router A", 40), ("Switch B", 25)] {
          let units = base + shop * 5 + [0, 4, 9, 3, 1, 7][month % 6] + (month * 37 + shop * 11) % 5
          sales += "\(month % 12 + 1)/\(2023 + month / 12);S\(shop);\(article);\(units);\(units * 12)\n"
        }
      }
    }
    try folder.write(sales, to: "exports/export 2025 (final).csv")
    try folder.write(
      "Shop no.;Shop name;State\nS1;Corner;North\nS2;Harbour;North\nS3;Mill;South\nS4;Abbey;South\n",
      to: "exports/shops.csv")
  }

  /// The commands that the README shows, and that each step prints.
  static let commands = [
    "init --from exports", "check plan.yaml", "run plan.yaml --only forecast",
  ]

  @Test func threeCommandsLeadFromTwoFilesToAForecastReport() throws {
    let folder = try ScratchFolder()
    try Self.write(to: folder)
    var outputs: [String] = []
    for command in Self.commands {
      let result = try Command.run(command.split(separator: " ").map(String.init), in: folder.url)
      #expect(result.status == 0, "\(command): \(result.messages)\(result.output)")
      outputs.append(result.output)
    }
    for command in Self.commands.dropFirst() {
      #expect(outputs[0].contains("sluice " + command), "init names the next commands")
    }
    let report = try #require(folder.files.first { $0.hasPrefix("out/exports-base-") && $0.hasSuffix("/report.html") })
    let html = try String(contentsOf: folder.url.appending(path: report), encoding: .utf8)
    #expect(html.contains("North") && html.contains("<svg"))
    let plan = try String(contentsOf: folder.url.appending(path: "plan.yaml"), encoding: .utf8)
    #expect(plan.contains("file: \"exports/export 2025 (final).csv\""))
    #expect(plan.contains("joins shops.csv") && plan.contains("# ? "))
    #expect(!plan.contains(folder.url.path), "no machine path")
    // The plan is never written over.
    let again = try Command.run(["init", "--from", "exports"], in: folder.url)
    #expect(again.status == 2 && again.messages.contains("P032"))
    #expect(try String(contentsOf: folder.url.appending(path: "plan.yaml"), encoding: .utf8) == plan)
  }

  @Test func oneFileIsEnoughAndThePlanMayStandElsewhere() throws {
    let folder = try ScratchFolder()
    try Self.write(to: folder)
    try FileManager.default.removeItem(at: folder.url.appending(path: "exports/shops.csv"))
    for (arguments, file) in [
      (["plans/q1"], "\"../../exports/export 2025 (final).csv\""),
      (["plans/q2", "--copy"], "\"data/export 2025 (final).csv\""),
    ] {
      let made = try Command.run(["init", "--from", "exports"] + arguments, in: folder.url)
      #expect(made.status == 0, "\(made.messages)")
      let plan = try String(contentsOf: folder.url.appending(path: arguments[0] + "/plan.yaml"), encoding: .utf8)
      #expect(plan.contains("file: \(file)"), "\(plan)")
      let check = try Command.run(["check", arguments[0] + "/plan.yaml"], in: folder.url)
      #expect(check.status == 0, "\(check.messages)")
    }
  }

  /// Months in columns under their years, a title with a year, and a list of dealers, in the sheets of one workbook.
  private static func writeWorkbook(to folder: ScratchFolder) throws {
    try folder.write("", to: "exports/.keep")
    var file = try XLSXFile(path: folder.url.appending(path: "exports/台账.xlsx").path, title: "t")
    let plain = file.format(CellFormat())
    let dealers = try file.sheet("经销商")
    for (row, cells) in [["经销商", "大区", "渠道"], ["华信", "华东", "代理商"], ["神州", "华南", "电商"], ["天河", "华东", "代理商"]].enumerated()
    {
      for (column, text) in cells.enumerated() { dealers.write(text, row + 1, column + 1, plain) }
    }
    let sales = try file.sheet("出货")
    sales.write("2023-2024年出货汇总表", 1, 1, plain)
    for (column, text) in ["客户名称", "型号", "2023年"].enumerated() { sales.write(text, 2, column + 1, plain) }
    sales.write("2024年", 2, 15, plain)
    for month in 0..<24 { sales.write("\(month % 12 + 1)月", 3, month + 3, plain) }
    sales.write("合计", 3, 27, plain)
    var totals = [Double](repeating: 0, count: 25)
    for (row, name) in ["华信", "神州", "天河"].enumerated() {
      sales.write(name, row + 4, 1, plain)
      sales.write("R1", row + 4, 2, plain)
      var sum = 0.0
      for month in 0..<24 {
        let units = Double(100 * (row + 1) + 5 * (month % 6) + month)
        sales.write(units, row + 4, month + 3, plain)
        sum += units
        totals[month] += units
      }
      sales.write(sum, row + 4, 27, plain)
      totals[24] += sum
    }
    sales.write("合计", 7, 1, plain)
    for (column, total) in totals.enumerated() { sales.write(total, 7, column + 3, plain) }
    try file.close()
  }

  @Test func sheetsOfAWorkbookAreDraftedAsFilesAre() throws {
    let folder = try ScratchFolder()
    try Self.writeWorkbook(to: folder)
    for (arguments, path) in [([], "exports/台账.xlsx"), (["copy", "--copy"], "data/台账.xlsx")] {
      let made = try Command.run(["init", "--from", "exports"] + arguments, in: folder.url)
      #expect(made.status == 0, "\(made.messages)")
      let name = (arguments.first.map { $0 + "/" } ?? "") + "plan.yaml"
      let plan = try String(contentsOf: folder.url.appending(path: name), encoding: .utf8)
      #expect(plan.contains("file: \"\(path)#出货\"") && plan.contains("file: \"\(path)#经销商\""), "\(plan)")
      #expect(plan.contains("wide: sell_in_qty") && plan.contains("# ? do the columns of periods hold `sell_in_qty`"))
      #expect(plan.contains("partner_id: 客户名称") && plan.contains("2023-01 to 2024-12, 24 months, no gaps"))
      let check = try Command.run(["check", name], in: folder.url)
      #expect(check.status == 0, "\(check.messages)")
      #expect(check.messages.contains("left out: sums in row 7 (合计); they agree with their parts"))
    }
    let run = try Command.run(["run", "plan.yaml", "--only", "forecast"], in: folder.url)
    #expect(run.status == 0, "\(run.messages)")
  }

  @Test func whatCannotBeDraftedIsSaid() throws {
    let folder = try ScratchFolder()
    try folder.write("{}", to: "empty/a.json")
    for (arguments, code) in [(["--from", "nowhere"], "P030"), (["--from", "empty"], "P031")] {
      let result = try Command.run(["init"] + arguments, in: folder.url)
      #expect(result.status == 2 && result.messages.contains(code), "\(result.messages)")
    }
    for arguments in [[], ["--from", "x", "--demo"], ["--from", "x", "--seed", "1"], ["--demo", "--copy"]] {
      #expect(try Command.run(["init"] + arguments, in: folder.url).status == 2)
    }
    #expect(folder.files == ["empty", "empty/a.json"])
  }
}
