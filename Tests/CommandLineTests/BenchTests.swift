import Foundation
import Testing

/// `sluice bench` as a user runs it, on a small table.
@Suite struct BenchTests {
  private static let suite = """
    name: Small
    models: [naive, seasonal_naive]
    tasks:
      - name: months
        data: table.csv
        id: id
        time: month
        value: y
        horizon: 4
        season: 4
        bars: [{model: naive, atMost: 0.01}]

    """

  private func desk(_ suite: String = Self.suite) throws -> ScratchFolder {
    let folder = try ScratchFolder()
    var table = "id,month,y\n"
    for index in 0..<24 {
      let month = "\(2020 + index / 12)-" + (index % 12 < 9 ? "0" : "") + "\(index % 12 + 1)"
      table += "a,\(month),\(100 + index)\nb,\(month),\([10, 20, 30, 15][index % 4])\n"
    }
    try folder.write(table, to: "table.csv")
    try folder.write(suite, to: "suite.yaml")
    return folder
  }

  private func run(_ folder: ScratchFolder, _ words: String, _ variables: [String: String] = [:]) throws
    -> Command.Result
  {
    try Command.run(
      ["bench"] + words.split(separator: " ").map(String.init), in: folder.url, environment: variables)
  }

  @Test func `a leaderboard is printed and a folder written`() throws {
    let folder = try desk()
    let result = try run(folder, "suite.yaml --output out --keep-forecasts")
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.output.hasPrefix("months: 2 series, 4 ahead, season 4\n"))
    #expect(result.output.contains("critical difference of mean ranks"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.appending(path: "out").path)
    #expect(Set(names) == ["leaderboard.csv", "results.json", "bench.html", "forecasts.csv.gz"])
    let page = try String(contentsOf: folder.url.appending(path: "out/bench.html"), encoding: .utf8)
    #expect(page.contains("<svg") && page.contains("seasonal_naive") && !page.contains("{{"))
    #expect(!page.contains("src=") && !page.contains("href=\"http"))
    // Again in the same place, and compared with itself.
    #expect(try run(folder, "suite.yaml --output out --quiet").status == 0)
    let same = try run(folder, "compare out out")
    #expect(same.status == 0 && same.output.contains("old owa"))
  }

  @Test func `a bar that is missed and a worse score end with status 1 where asked`() throws {
    let folder = try desk()
    let bar = try run(folder, "suite.yaml --fail-on bar --output out")
    #expect(bar.status == 1 && bar.messages.contains("B122"))
    #expect(bar.messages.contains("suite.yaml:11"))
    #expect(try run(folder, "suite.yaml --baseline out --fail-on regression").status == 0)
    try folder.write(
      "task,model,status,owa,cpu_seconds\nmonths,naive,complete,0.001,1\n", to: "leaderboard.csv")
    #expect(try run(folder, "suite.yaml --baseline . --fail-on regression").status == 1)
    let compared = try run(folder, "compare . out")
    #expect(compared.status == 1 && compared.messages.contains("B120"))
  }

  @Test func `what cannot be run ends with status 2 and says why`() throws {
    let folder = try desk()
    let absent = try run(folder, "suite.yaml", ["SLUICE_DATA": "elsewhere"])
    #expect(absent.status == 2 && absent.messages.contains("B103") && absent.messages.contains("SLUICE_DATA"))
    let model = try run(folder, "suite.yaml --models naive,nave2")
    #expect(model.status == 2 && model.messages.contains("did you mean `naive2`?"))
    let key = try run(try desk(Self.suite.replacing("horizon", with: "horizn")), "suite.yaml")
    #expect(key.status == 2 && key.messages.contains("suite.yaml:9:5"))
    #expect(try run(folder, "none.yaml").status == 2)
    #expect(try run(folder, "suite.yaml --fail-on regression").status == 2)
    #expect(try run(folder, "compare nowhere out").messages.contains("B121"))
  }
}
