import Foundation
import Testing

/// Freezing a run, comparing it, and asking for the arithmetic behind a number, from outside.
@Suite struct LoopCommandTests {
  @Test func aRunIsAdoptedAsADiffOfThePlan() throws {
    let folder = try ScratchFolder()
    try SmallNetwork.write(to: folder)
    for (name, settings) in [("base", []), ("wanted", ["--set", "budget.quarter=*0.9"])] {
      let run = try Command.run(
        ["run", "plan.yaml", "--only", "history", "--output", name, "--quiet"] + settings, in: folder.url)
      #expect(run.status == 0, "\(run.messages)")
    }
    let diff = try Command.run(["compare", "base", "wanted", "--adopt", "plan.yaml"], in: folder.url)
    #expect(diff.status == 0 && diff.output.contains("+++ plan.yaml"), "\(diff.messages)")
    #expect(diff.output.contains("-  quarter: 30000\n+  quarter: 27000\n"), "\(diff.output)")
    let same = try Command.run(["compare", "base", "base", "--adopt", "plan.yaml"], in: folder.url)
    #expect(same.status == 0 && same.output.isEmpty)
  }

  @Test func aFrozenRunIsKeptComparedAndExplained() throws {
    let folder = try ScratchFolder()
    let made = try Command.run(
      ["init", "--demo", "--partners", "12", "--seed", "3", "--output", "demo"], in: folder.url)
    #expect(made.status == 0, "\(made.messages)")
    let models = ["--set", "forecast.models=[seasonal_naive]", "--quiet", "--no-scenarios"]
    let first = try Command.run(
      ["run", "demo/plan.yaml", "--freeze", "q1", "--set", "calendar.start=2025-07"] + models, in: folder.url)
    #expect(first.status == 0, "\(first.messages)")

    // Nothing replaces it.
    let again = try Command.run(["run", "demo/plan.yaml", "--freeze", "q1"] + models, in: folder.url)
    #expect(again.status == 2 && again.messages.contains("frozen-q1"), "\(again.messages)")
    let badName = try Command.run(["run", "demo/plan.yaml", "--freeze", "../x"] + models, in: folder.url)
    #expect(badName.status == 2 && badName.messages.contains("C007"))

    // A run that starts half a year later knows what became of what the first one promised, and says so by itself.
    let later = try Command.run(
      ["run", "demo/plan.yaml", "--output", "later", "--since", "out/frozen-q1/"] + models, in: folder.url)
    #expect(later.status == 0, "\(later.messages)")
    let report = try String(contentsOf: folder.url.appending(path: "later/report.html"), encoding: .utf8)
    #expect(report.contains("What frozen-q1 promised, and what came") && report.contains("The forecast of frozen-q1"))
    let summary = try String(contentsOf: folder.url.appending(path: "later/summary.md"), encoding: .utf8)
    #expect(summary.contains("since frozen-q1"))
    // The same run in Chinese: nothing of what was found is left in English.
    let chinese = try Command.run(["report", "later", "--lang", "zh", "--html", "zh.html"], in: folder.url)
    #expect(chinese.status == 0, "\(chinese.messages)")
    let page = try String(contentsOf: folder.url.appending(path: "zh.html"), encoding: .utf8)
    let health = try #require(page.firstMatch(of: /<section id="data"[\s\S]*?<\/section>/)).output
    #expect(health.contains("检查发现") && health.contains("S524"))
    #expect(health.firstMatch(of: />[^<]*[a-z]{2,} [a-z]{2,} [a-z]{2,}[^<]*</)?.output == nil)

    // An earlier run that is none is told before anything is computed.
    let none = try Command.run(
      ["run", "demo/plan.yaml", "--output", "none", "--since", "demo"] + models, in: folder.url)
    #expect(none.status == 2 && none.messages.contains("S030"), "\(none.messages)")
    let compared = try Command.run(["compare", "out/frozen-q1", "later", "--output", "outcomes.csv"], in: folder.url)
    #expect(compared.status == 0 && compared.output.contains("promised against realised"), "\(compared.messages)")
    let outcomes = try String(contentsOf: folder.url.appending(path: "outcomes.csv"), encoding: .utf8)
    #expect(outcomes.contains("sell_out_units") && outcomes.contains("2025-07"))
    let alone = try Command.run(["compare", "out/frozen-q1"], in: folder.url)
    #expect(alone.status == 2 && alone.messages.contains("C006"))

    // The numbers of a region and of a partner.
    let subjects = try Command.run(["explain", "out/frozen-q1"], in: folder.url)
    #expect(subjects.output.contains("region:") && subjects.output.contains("partner:"))
    let partner = try #require(
      subjects.output.split(separator: "\n").first { $0.hasPrefix("partner:") }.map(String.init))
    let items = try Command.run(["explain", "out/frozen-q1", partner], in: folder.url)
    let item = try #require(items.output.split(separator: "\n").dropFirst().first?.split(separator: " ").first)
    let explained = try Command.run(["explain", "out/frozen-q1", partner, String(item)], in: folder.url)
    #expect(explained.status == 0 && explained.output.hasPrefix("\(partner) \(item)\n"))
    let json = try Command.run(["explain", "out/frozen-q1", partner, String(item), "--format", "json"], in: folder.url)
    #expect(json.output.hasPrefix("{\"subject\":\"\(partner)\""))
    let unknown = try Command.run(["explain", "out/frozen-q1", partner, "targt:2026"], in: folder.url)
    #expect(unknown.status == 2 && unknown.messages.contains("C005"))
    let nowhere = try Command.run(["explain", "nowhere/at-all", "partner:P1"], in: folder.url)
    #expect(nowhere.status == 2 && nowhere.messages.contains("C004"))
  }
}
