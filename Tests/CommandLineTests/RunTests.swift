import Foundation
import Testing

/// Runs that succeed, from outside: what is printed, what is written, and that it is always the same.
@Suite struct RunTests {
  /// The files of a run folder, `run.json` without its timings.
  private func content(_ folder: URL) throws -> [String: String] {
    var files: [String: String] = [:]
    // Folders have no dot in their names.
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where name.contains(".") {
      var text = String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
      if name == "run.json", let timings = text.range(of: "\"timings\"") { text = String(text[..<timings.lowerBound]) }
      files[name] = text
    }
    return files
  }

  @Test func theVersionIsPrinted() throws {
    let folder = try ScratchFolder()
    let result = try Command.run(["--version"], in: folder.url)
    #expect(result.status == 0)
    #expect(result.output.split(separator: ".").count == 3)
  }

  @Test func aSampleNetworkRunsAndRepeatsItselfOnAnyThreads() throws {
    let folder = try ScratchFolder()
    let made = try Command.run(
      ["init", "--demo", "--partners", "12", "--seed", "3", "--output", "demo"], in: folder.url)
    #expect(made.status == 0, "\(made.messages)")
    #expect(made.output.contains("next: sluice run demo/plan.yaml"))
    for (name, threads) in [("one", "1"), ("two", "2"), ("again", "2")] {
      let result = try Command.run(
        ["run", "demo/plan.yaml", "--threads", threads, "--no-scenarios", "--output", name], in: folder.url)
      #expect(result.status == 0, "\(result.messages)")
      #expect(result.output.contains("files: \(name) ("))
    }
    let one = try content(folder.url.appending(path: "one"))
    #expect(one.keys.contains("report.html") && one.keys.contains("allocation.csv") && one.keys.contains("run.json"))
    for other in ["two", "again"] {
      let files = try content(folder.url.appending(path: other))
      #expect(files.keys.sorted() == one.keys.sorted())
      // The report names its folder; nothing else may differ.
      for (name, text) in files {
        #expect(text.replacing("\(other) (", with: "one (") == one[name], "\(name) differs between one and \(other)")
      }
    }
    for (name, text) in one where name.hasSuffix(".csv") {
      // Whole cells: `finance` is a word.
      let cells = Set(text.lowercased().split { $0 == "," || $0.isNewline })
      #expect(cells.isDisjoint(with: ["nan", "-nan", "inf", "-inf"]), "\(name) holds a number that is none")
    }
    let hidden = folder.files.filter { $0.split(separator: "/").contains { $0.hasPrefix(".") } }
    #expect(hidden.isEmpty, "left-overs: \(hidden)")
  }

  @Test func aRunReplacesItsOwnFolder() throws {
    let folder = try ScratchFolder()
    try SmallNetwork.write(to: folder)
    for _ in 0..<2 {
      let result = try Command.run(["run", "plan.yaml", "--output", "result"], in: folder.url)
      #expect(result.status == 0, "\(result.messages)")
    }
    let only = try Command.run(["run", "plan.yaml", "--only", "budget", "--output", "result"], in: folder.url)
    #expect(only.status == 0, "\(only.messages)")
    #expect(folder.files.contains("result/allocation.csv"))
    #expect(!folder.files.contains("result/forecast.csv"), "files of the earlier run are gone")
    try folder.write("mine", to: "result/notes.txt")
    let refused = try Command.run(["run", "plan.yaml", "--output", "result"], in: folder.url)
    #expect(refused.status == 2)
    #expect(folder.files.contains("result/notes.txt") && folder.files.contains("result/allocation.csv"))
  }

  @Test func checkPrintsTheTablesAndWhetherTheLimitsCanBeMet() throws {
    let folder = try ScratchFolder()
    try SmallNetwork.write(to: folder)
    let before = folder.files
    let result = try Command.run(["check", "plan.yaml"], in: folder.url)
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.output.contains("2023-01..2025-12"))
    #expect(result.output.contains("can be placed within all its floors, caps and move limits"))
    #expect(folder.files == before)
    let resolved = try Command.run(
      ["check", "plan.yaml", "--resolved", "--set", "budget.quarter=*0.9"], in: folder.url)
    #expect(resolved.status == 0, "\(resolved.messages)")
    #expect(resolved.output.contains("--set budget.quarter=*0.9"))
  }

  @Test func chineseTablesAreReadAsTheyCome() throws {
    let folder = try ScratchFolder()
    try SmallNetwork.write(
      to: folder,
      changing: [
        "plan.yaml": {
          $0.with("partners: {file: partners.csv, columns: {name: 名称}}", for: "partners: partners.csv")
        }
      ])
    // GB18030 with semicolons and Windows line ends, as a spreadsheet in China exports it; ASCII letters stand for the
    // bytes of 名称 and 华信通讯.
    let text = SmallNetwork.partnerTable.with("?N", for: "name").replacing("Dealer ", with: "?D")
      .replacing(",", with: ";").replacing("\n", with: "\r\n")
    var bytes = Data()
    for (index, part) in text.split(separator: "?", omittingEmptySubsequences: false).enumerated() {
      if index > 0 {
        bytes += part.first == "N" ? [0xC3, 0xFB, 0xB3, 0xC6] : [0xBB, 0xAA, 0xD0, 0xC5, 0xCD, 0xA8, 0xD1, 0xB6]
      }
      bytes += Data((index > 0 ? part.dropFirst() : part).utf8)
    }
    try folder.write(bytes, to: "partners.csv")
    let result = try Command.run(["check", "plan.yaml"], in: folder.url)
    #expect(result.status == 0, "\(result.messages)")
  }

  @Test func namesFromDataStayText() throws {
    let folder = try ScratchFolder()
    let hostile = "=HYPERLINK(1)<script>alert(1)</script>"
    try SmallNetwork.write(
      to: folder,
      changing: [
        "sales.csv": { $0.replacing("P001", with: hostile) }, "partners.csv": { $0.replacing("P001", with: hostile) },
        "inventory.csv": { $0.replacing("P001", with: hostile) },
      ])
    let result = try Command.run(["run", "plan.yaml", "--output", "result"], in: folder.url)
    #expect(result.status == 0, "\(result.messages)")
    let files = try content(folder.url.appending(path: "result"))
    #expect(files["report.html"]?.contains("<script>alert") == false)
    let forecast = try #require(files["forecast.csv"])
    #expect(forecast.contains("'" + hostile) && !forecast.contains("," + hostile))
  }

  @Test func everyCodeIsExplained() throws {
    let folder = try ScratchFolder()
    let list = try Command.run(["explain"], in: folder.url)
    let codes = list.output.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(codes.count > 80)
    #expect(Set(codes).count == codes.count, "a code stands for two things")
    for code in codes {
      let result = try Command.run(["explain", code], in: folder.url)
      #expect(result.status == 0)
      #expect(result.output.count > 100, "\(code) is hardly explained")
    }
  }
}
