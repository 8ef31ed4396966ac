import Foundation
import Testing

/// `sluice forecast` as a user runs it, on small tables.
@Suite struct ForecastTests {
  private static let sales: String = {
    var text = "store,brand,month,units,split\n"
    for (store, brand) in [("north", "milk"), ("north", "tea"), ("south", "milk")] {
      for month in 0..<36 {
        let base = 100 + 5 * store.utf8.count + 20 * brand.utf8.count
        let value = base + 30 * (month % 12 / 6) + month * 7 % 13
        let digits = month % 12 + 1
        text += "\(store),\(brand),20\(21 + month / 12)-\(digits < 10 ? "0" : "")\(digits),\(value),"
        text += month < 30 ? "train\n" : "test\n"
      }
    }
    return text
  }()

  private func run(_ folder: ScratchFolder, _ words: String) throws -> Command.Result {
    try Command.run(["forecast"] + words.split(separator: " ").map(String.init), in: folder.url)
  }

  private func desk(_ files: [String: String] = [:]) throws -> ScratchFolder {
    let folder = try ScratchFolder()
    try folder.write(Self.sales, to: "sales.csv")
    for (name, text) in files { try folder.write(text, to: name) }
    return folder
  }

  private static let columns = "--id store,brand --time month --value units"

  // MARK: What comes out

  /// The command that the README shows, on the bundled table; a cheap model keeps the test short.
  @Test func `the README's command runs as it stands`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let start = try #require(readme.range(of: "$ sluice forecast "))
    let end = try #require(readme[start.upperBound...].range(of: "\n```"))
    let words = readme[start.upperBound..<end.lowerBound].replacingOccurrences(of: "\\\n", with: " ")
      .replacingOccurrences(of: "Datasets/", with: root.path + "/Datasets/")
    let folder = try ScratchFolder()
    let result = try run(folder, words + " --model SNaive")
    #expect(result.status == 0, "\(result.messages)")
    let written = try String(contentsOf: folder.url.appending(path: "forecast.csv"), encoding: .utf8)
    #expect(written.hasPrefix("unique_id,ds,SNaive,SNaive-lo-80,SNaive-hi-80\n"))
    #expect(written.split(separator: "\n").count > 1000)
  }

  @Test func `the rows go on where the history ends`() throws {
    let result = try run(
      try desk(), "sales.csv \(Self.columns) --horizon 6 --where split=train --model SNaive --levels 95")
    #expect(result.status == 0 && result.messages.isEmpty, "\(result.messages)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 19 && lines[0] == "unique_id,ds,SNaive,SNaive-lo-95,SNaive-hi-95")
    #expect(lines[1].hasPrefix("north/milk,2023-07,") && lines[18].hasPrefix("south/milk,2023-12,"))
  }

  @Test func `auto is the default, with intervals at 80 and 95`() throws {
    let result = try run(try desk(), "sales.csv \(Self.columns) --horizon 2")
    #expect(result.status == 0, "\(result.messages)")
    #expect(
      result.output.hasPrefix("unique_id,ds,auto,auto-lo-80,auto-hi-80,auto-lo-95,auto-hi-95\nnorth/milk,2024-01,"))
    for row in result.output.split(separator: "\n").dropFirst() {
      #expect(row.split(separator: ",").dropFirst(2).compactMap { Double($0) }.count == 5, "\(row)")
    }
  }

  @Test func `a file is written whole, compressed where its name says so`() throws {
    let folder = try desk()
    let words = "sales.csv \(Self.columns) --horizon 2 --model naive"
    let printed = try run(folder, words)
    let result = try run(folder, words + " --output next.csv")
    #expect(result.status == 0 && result.output.isEmpty)
    #expect(try String(contentsOf: folder.url.appending(path: "next.csv"), encoding: .utf8) == printed.output)
    #expect(try run(folder, words + " -o next.csv.gz").status == 0)
    #expect(folder.files == ["next.csv", "next.csv.gz", "sales.csv"])
    let again = try run(folder, "next.csv.gz --id unique_id --time ds --value naive --horizon 1 --model naive")
    #expect(again.status == 0 && again.output.contains("north/milk,2024-03,"), "\(again.messages)")
  }

  @Test func `threads do not change a byte`() throws {
    let folder = try desk()
    let words = "sales.csv \(Self.columns) --horizon 4 --model ETS,DOTM"
    let one = try run(folder, words + " --threads 1")
    let three = try run(folder, words + " --threads 3")
    #expect(one.status == 0 && one.output == three.output, "\(one.messages)")
  }

  @Test func `GB18030 reads as UTF-8 does`() throws {
    let folder = try ScratchFolder()
    try folder.write("店,月,量\n东,2024-01,3\n东,2024-02,4\n", to: "a.csv")
    var bytes: [UInt8] = [0xB5, 0xEA, 0x2C, 0xD4, 0xC2, 0x2C, 0xC1, 0xBF, 0x0A]
    for row in ["2024-01,3\n", "2024-02,4\n"] { bytes += [0xB6, 0xAB, 0x2C] + Array(row.utf8) }
    try folder.write(Data(bytes), to: "b.csv")
    let words = "--id 店 --time 月 --value 量 --horizon 1 --model naive --levels 95"
    let utf8 = try run(folder, "a.csv " + words)
    #expect(utf8.status == 0 && utf8.output.contains("东,2024-03,4,"), "\(utf8.messages)")
    #expect(try run(folder, "b.csv " + words).output == utf8.output)
  }

  // MARK: What is refused

  private func refusal(_ table: String, _ snapshot: String, words: String = "", files: [String: String] = [:]) throws {
    let folder = try ScratchFolder()
    try folder.write(table, to: "t.csv")
    for (name, text) in files { try folder.write(text, to: name) }
    let before = folder.files
    let result = try run(folder, "t.csv --id id --time t --value y --horizon 2 --output out.csv " + words)
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(folder.files == before, "a refused forecast leaves no file")
    try Snapshot.check("exit \(result.status)\n\(result.messages)", snapshot)
  }

  @Test func `wrong cells and repeated rows are found in one pass`() throws {
    try refusal(
      "id,t,y\na,2024-01,2\na,2024-02,3\na,2024-02,4\nb,2024-01,１２\nb,2024Q2,5O\n,2024-03,1\nb,2024-04\n",
      "forecast-bad-cells", words: "--model naive")
  }

  @Test func `an unknown column and an unknown model are named with the nearest`() throws {
    try refusal("id,time,y\na,1,1\n", "forecast-unknown-names", words: "--model Thta --where splt=train")
  }

  @Test func `a date off the step is found`() throws {
    let weeks = (0..<20).map { week in
      let date = Date(timeIntervalSince1970: Double(19723 + 7 * week + (week == 10 ? 1 : 0)) * 86_400)
      return "w,\(date.ISO8601Format().prefix(10)),1\n"
    }
    try refusal("id,t,y\n" + weeks.joined(), "forecast-off-step", words: "--model naive")
  }

  @Test func `no row left says what there is`() throws {
    try refusal(
      "id,t,y,split\na,1,1,train\nb,1,1,test\n", "forecast-no-row", words: "--where split=trian --model naive")
  }

  @Test func `overrides are refused with their place`() throws {
    try refusal(
      "id,t,y\na,1,1\na,2,2\n", "forecast-bad-overrides", words: "--overrides o.csv --model naive",
      files: ["o.csv": "unique_id,ds,value,delta,reason\na,3,5,,\na,9,5,,trend\n"])
  }

  @Test(arguments: [
    "", "sales.csv", "sales.csv --id store", "sales.csv --id store --time month --value units --horizon 0",
    "sales.csv --id store, --time month --value units --horizon 1",
    "sales.csv --id store --time month --value units --horizon 1 --levels 101",
    "sales.csv --id store --time month --value units --horizon 1 --where split",
    "sales.csv --id store --time month --value units --horizon 1 --model naive,naive",
    "sales.csv --id store --time month --value units --horizon 1 --season 0",
    "sales.csv --id store --time month --value units --horizon 1 --threads 0",
  ])
  func `options that make no sense are refused`(words: String) throws {
    let result = try run(try desk(), words)
    #expect(result.status == 2 && result.output.isEmpty && result.messages.contains("Error:"), "\(result.messages)")
  }

  @Test(arguments: ["F102", "F104", "F109", "F120"])
  func `codes are explained`(code: String) throws {
    let folder = try ScratchFolder()
    let result = try Command.run(["explain", code], in: folder.url)
    #expect(result.status == 0 && result.output.contains(code))
  }
}
