import Foundation
import Testing

/// The command blocks of the tutorials, run as they are printed: every `sh` block of an article in one folder, in
/// order. A comment `# prints TEXT` asks for that text on either stream of its block, `# exits N` for another exit
/// code than 0.
@Suite struct TutorialTests {
  private static let catalogue = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/Sluice/Sluice.docc")

  private static func blocks(of article: String) throws -> [String] {
    let text = try String(contentsOf: catalogue.appending(path: article + ".md"), encoding: .utf8)
    var blocks: [String] = []
    var block: [Substring]?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "```sh" {
        block = []
      } else if line == "```", let lines = block {
        blocks.append(lines.joined(separator: "\n"))
        block = nil
      } else {
        block?.append(line)
      }
    }
    return blocks
  }

  @Test(arguments: ["FirstForecast", "PlannersSession", "BudgetOwnersCase", "OwnTableBenchmark"])
  func theCommandsOfTheTutorialWork(article: String) throws {
    let folder = try ScratchFolder()
    let blocks = try Self.blocks(of: article)
    #expect(blocks.count >= 3)
    for block in blocks {
      let lines = block.split(separator: "\n")
      let exits = lines.first { $0.hasPrefix("# exits ") }.flatMap { Int32($0.dropFirst(8)) } ?? 0
      let (status, text) = try run(block, in: folder)
      #expect(status == exits, "\(article): \(block)\n\(text)")
      for line in lines where line.hasPrefix("# prints ") {
        #expect(text.contains(line.dropFirst(9)), "\(article): no `\(line.dropFirst(9))` in\n\(text)")
      }
    }
  }

  /// Runs a block by the shell, with `sluice` on its path; ends at the first command that fails.
  private func run(_ block: String, in folder: ScratchFolder) throws -> (status: Int32, text: String) {
    let streams = try ScratchFolder()
    let output = streams.url.appending(path: "output")
    _ = FileManager.default.createFile(atPath: output.path, contents: nil)
    let handle = try FileHandle(forWritingTo: output)
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-ec", block]
    process.currentDirectoryURL = folder.url
    process.environment = [
      "PATH": Command.binary.deletingLastPathComponent().path + ":/usr/bin:/bin", "LANG": "C.UTF-8",
    ]
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: try Data(contentsOf: output), as: UTF8.self))
  }
}
