import Foundation
import Testing

/// What shells propose, and the manual page.
@Suite struct CompletionTests {
  @Test(arguments: ["bash", "zsh", "fish"])
  func everyShellHasAScript(shell: String) throws {
    let folder = try ScratchFolder()
    let result = try Command.run(["--generate-completion-script", shell], in: folder.url)
    #expect(result.status == 0 && result.messages.isEmpty)
    #expect(result.output.contains("sluice") && result.output.contains("---completion"))
  }

  /// Asks as a completion script does: the verb, the argument, and the words with the cursor behind the last.
  private func proposals(
    _ verb: String, _ argument: String, _ words: [String], in folder: ScratchFolder
  ) throws -> [String] {
    let prefix = words.last ?? ""
    let result = try Command.run(
      ["---completion", verb, "--", argument, "\(words.count - 1)", "\(prefix.count)"] + words, in: folder.url)
    #expect(result.messages.isEmpty, "\(result.messages)")
    return result.output.split(separator: "\n").map(String.init)
  }

  @Test func namesOfThePlanAreProposed() throws {
    let folder = try ScratchFolder()
    try SmallNetwork.write(
      to: folder, changing: ["plan.yaml": { $0 + "scenarios:\n  dip: {set: {demand.east: \"*0.8\"}}\n  rise: {}\n" }])
    let start = ["sluice", "run", "plan.yaml"]
    #expect(try proposals("run", "--scenario", start + ["--scenario", "d"], in: folder) == ["dip"])
    let keys = try proposals("run", "--set", start + ["--set", "budget."], in: folder)
    #expect(keys.contains("budget.quarter=") && keys.allSatisfy { $0.hasPrefix("budget.") })
    #expect(try proposals("run", "--set", start + ["--set", "demand."], in: folder).contains("demand.east="))
    #expect(try proposals("run", "--only", start + ["--only", "forecast,bud"], in: folder) == ["forecast,budget"])
    #expect(
      try proposals("forecast", "--model", ["sluice", "forecast", "--model", "auto,seasonal_n"], in: folder)
        == ["auto,seasonal_naive"])
  }

  @Test func aBrokenPlanProposesNothingAndSaysNothing() throws {
    let folder = try ScratchFolder()
    try folder.write("version: [", to: "plan.yaml")
    for plan in ["plan.yaml", "nothing.yaml"] {
      for option in ["--scenario", "--set"] {
        #expect(try proposals("run", option, ["sluice", "run", plan, option, ""], in: folder).isEmpty)
      }
    }
    #expect(try proposals("explain", "positional@1", ["sluice", "explain", "nowhere", "partner"], in: folder).isEmpty)
  }

  @Test func subjectsAndNumbersOfARunAreProposed() throws {
    let folder = try ScratchFolder()
    try SmallNetwork.write(to: folder)
    let run = try Command.run(["run", "plan.yaml", "--only", "stock", "--output", "result"], in: folder.url)
    #expect(run.status == 0, "\(run.messages)")
    let all = try Command.run(["explain", "result"], in: folder.url).output
    let known = all.contains("partner:P001")
    let found = try proposals("explain", "positional@1", ["sluice", "explain", "result", "partner:P001"], in: folder)
    #expect(found.contains("partner:P001") == known)
  }

  /// `man/sluice.1` is what `script/manpage` prints for this binary.
  @Test func theManualPageIsWhatTheBinarySays() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = try ScratchFolder()
    let script = root.appending(path: "script/manpage").path
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["bash", script, Command.binary.path]
    let output = folder.url.appending(path: "sluice.1")
    _ = FileManager.default.createFile(atPath: output.path, contents: nil)
    process.standardOutput = try FileHandle(forWritingTo: output)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let page = try String(contentsOf: output, encoding: .utf8)
    let kept = try String(contentsOf: root.appending(path: "man/sluice.1"), encoding: .utf8)
    #expect(page == kept, "run `script/manpage BINARY > man/sluice.1` after a change of the help")
    #expect(!page.contains(root.path) && page.contains(".SH SLUICE INIT"))
  }
}
