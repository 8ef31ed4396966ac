import Foundation
import Testing

/// Runs that are interrupted from outside, and go on.
@Suite(.serialized) struct InterruptionTests {
  private func network(partners: Int = 12) throws -> ScratchFolder {
    let folder = try ScratchFolder()
    let made = try Command.run(
      ["init", "--demo", "--partners", "\(partners)", "--seed", "3", "--output", "demo"], in: folder.url)
    try #require(made.status == 0, "\(made.messages)")
    return folder
  }

  /// On one thread the response curves come after the forecast, so that its end is not that of the run.
  private static let stages = "forecast,budget"

  private func words(_ more: String...) -> [String] {
    ["run", "demo/plan.yaml", "--only", Self.stages, "--threads", "1", "--output", "out"] + more
  }

  private func content(_ folder: URL) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where name.contains(".") {
      files[name] = try Data(contentsOf: folder.appending(path: name))
    }
    return files
  }

  private func exists(_ path: String, in folder: ScratchFolder) -> Bool {
    FileManager.default.fileExists(atPath: folder.url.appending(path: path).path)
  }

  @Test func `an interrupted run goes on and ends with the same bytes`() throws {
    // Large enough that a forecast takes a second and lasts well beyond the word that it began.
    let folder = try network(partners: 40)
    // 1. Ctrl-C while the forecast is under way.
    let stopped = try Command.run(words("--progress", "json"), in: folder.url) { process, messages in
      guard messages.contains(#""stage":"forecast""#) else { return false }
      kill(process, SIGINT)
      return true
    }
    #expect(stopped.status == 130)
    #expect(stopped.messages.contains("interrupted: ") && stopped.messages.contains("in out.partial"))
    #expect(stopped.messages.contains("go on: sluice run demo/plan.yaml"))
    #expect(stopped.messages.contains("--output out --progress json --resume\n"))
    #expect(!exists("out", in: folder) && exists("out.partial/partial.json", in: folder))
    #expect(!exists("out.partial/run.json", in: folder))
    for line in stopped.messages.split(separator: "\n") where line.hasPrefix("{") {
      let record = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(record["event"] as? String == "progress" && record["elapsed_s"] is Double, "\(line)")
      #expect(record["stage"] is String && record["done"] is Int && record.keys.contains("eta_s"))
    }
    // 2. The end of the power once the forecast is kept.
    let killed = try Command.run(words("--resume", "--checkpoint"), in: folder.url) { process, _ in
      guard exists("out.partial/forecast-result.checkpoint", in: folder) else { return false }
      kill(process, SIGKILL)
      return true
    }
    #expect(killed.status == -SIGKILL && !exists("out", in: folder))
    // 3. To the end, and the same without an interruption.
    let resumed = try Command.run(words("--resume"), in: folder.url)
    #expect(resumed.status == 0, "\(resumed.messages)")
    #expect(resumed.messages.contains("S021") && resumed.messages.contains("forecast is taken over"))
    #expect(!exists("out.partial", in: folder))
    let files = try content(folder.url.appending(path: "out"))
    #expect(files.keys.contains("forecast.csv") && files.keys.contains("run.json"))
    try FileManager.default.removeItem(at: folder.url.appending(path: "out"))
    let whole = try Command.run(words(), in: folder.url)
    #expect(whole.status == 0 && whole.output == resumed.output)
    let expected = try content(folder.url.appending(path: "out"))
    #expect(files.keys.sorted() == expected.keys.sorted())
    for (name, data) in expected { #expect(files[name] == data, "\(name) differs") }
    #expect(folder.files.allSatisfy { !$0.hasSuffix(".part") && !$0.contains(".partial") }, "\(folder.files)")
  }

  @Test func `the signal of a scheduler does the same`() throws {
    let folder = try network()
    let stopped = try Command.run(words("--progress", "json"), in: folder.url) { process, messages in
      guard messages.contains(#""stage""#) else { return false }
      kill(process, SIGTERM)
      return true
    }
    #expect(stopped.status == 130 && exists("out.partial/partial.json", in: folder))
    let nothing = try Command.run(
      ["run", "demo/plan.yaml", "--only", "history", "--resume", "--output", "elsewhere"], in: folder.url)
    #expect(nothing.status == 0 && nothing.messages.contains("S020"))
  }

  @Test func `alerts end a run with 1 where that was asked for, after everything is written`() throws {
    let folder = try network()
    func run(_ more: String...) throws -> Command.Result {
      try Command.run(
        ["run", "demo/plan.yaml", "--only", "alerts", "--output", "out"] + more, in: folder.url)
    }
    let failed = try run("--fail-on", "watch")
    #expect(failed.status == 1 && failed.messages.contains("C020"), "\(failed.messages)")
    #expect(exists("out/run.json", in: folder) && exists("out/alerts.csv", in: folder))
    #expect(try run("--fail-on", "watch", "--exit-zero").status == 0)
    #expect(try run().status == 0)
    #expect(try run("--fail-on", "often").status == 2)
  }

  @Test func `what a run cost is told only where it is asked for`() throws {
    let folder = try network()
    func run(_ more: String...) throws -> Command.Result {
      try Command.run(["run", "demo/plan.yaml", "--only", "history,churn", "--output", "out"] + more, in: folder.url)
    }
    let plain = try run()
    let files = try content(folder.url.appending(path: "out"))
    #expect(
      !plain.output.contains("MB of memory") && !String(decoding: files["run.json"]!, as: UTF8.self).contains("timings")
    )
    let timed = try run("--timings")
    #expect(timed.output.contains("MB of memory at most") && timed.output.contains("rows in"))
    let record = try Data(contentsOf: folder.url.appending(path: "out/run.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: record) as? [String: Any])
    let timings = try #require(json["timings"] as? [String: Any])
    #expect(timings["threads"] is Int && (timings["peak_memory_mb"] as? Double ?? 0) > 1)
    let stages = try #require(timings["stages"] as? [[String: Any]])
    #expect(stages.map { $0["stage"] as? String } == ["history", "churn"])
    #expect(stages.allSatisfy { ($0["rows_in"] as? Int ?? 0) > 0 && $0["seconds"] is Double })
    let page = try String(contentsOf: folder.url.appending(path: "out/report.html"), encoding: .utf8)
    #expect(page.contains("What it cost"))
    // Again without: nothing of it stays.
    _ = try run()
    #expect(try content(folder.url.appending(path: "out")) == files)
  }
}
