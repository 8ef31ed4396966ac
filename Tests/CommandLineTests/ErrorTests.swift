import Foundation
import Testing

/// One thing broken in a small network, and what the user then sees: message, place, hint, exit code.
struct BrokenInput: Sendable {
  let name: String
  let status: Int32
  var arguments = ["run", "plan.yaml", "--threads", "1", "--output", "result"]
  /// Edits of the network's files.
  var changes: [String: @Sendable (String) -> String] = [:]
  /// What edits of text cannot do: odd bytes, folders, permissions.
  var prepare: @Sendable (ScratchFolder) throws -> Void = { _ in }
}

extension String {
  /// The text with the first occurrence of `old` replaced; it must be there.
  func with(_ new: String, for old: String) -> String {
    guard let range = range(of: old) else { return "the test's edit does not apply: \(old)\n" + self }
    return replacingCharacters(in: range, with: new)
  }

  /// The text with line `number` (from 1) replaced.
  func line(_ number: Int, _ edit: (String) -> String) -> String {
    var lines = split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines[number - 1] = edit(lines[number - 1])
    return lines.joined(separator: "\n")
  }
}

private let planErrors: [BrokenInput] = [
  BrokenInput(name: "plan-missing", status: 2, arguments: ["run", "plam.yaml"]),
  BrokenInput(name: "plan-is-a-folder", status: 2, arguments: ["run", "."]),
  BrokenInput(
    name: "plan-bad-yaml", status: 2, changes: ["plan.yaml": { $0.with("levels: [80", for: "levels: [80]") }]),
  BrokenInput(
    name: "plan-unknown-key", status: 2, changes: ["plan.yaml": { $0.with("horizn: 3", for: "horizon: 3") }]),
  BrokenInput(
    name: "plan-duplicate-key", status: 2,
    changes: ["plan.yaml": { $0.with("currency: CNY\nname: again", for: "currency: CNY") }]),
  BrokenInput(
    name: "plan-wrong-type", status: 2, changes: ["plan.yaml": { $0.with("horizon: three", for: "horizon: 3") }]),
  BrokenInput(
    name: "plan-full-width-digits", status: 2,
    changes: ["plan.yaml": { $0.with("quarter: ３００００", for: "quarter: 30000") }]),
  BrokenInput(
    name: "plan-out-of-range", status: 2, changes: ["plan.yaml": { $0.with("reserve_pct: 105", for: "reserve_pct: 5") }]
  ),
  BrokenInput(
    name: "plan-unknown-table", status: 2,
    changes: ["plan.yaml": { $0.with("sale: sales.csv", for: "sales: sales.csv") }]),
  BrokenInput(
    name: "plan-unknown-model", status: 2,
    changes: ["plan.yaml": { $0.with("exponential_smothing", for: "exponential_smoothing") }]),
  BrokenInput(
    name: "plan-floor-above-cap", status: 2,
    changes: ["plan.yaml": { $0.with("floors: {region: {east: 25000", for: "floors: {region: {east: 5000") }]),
  BrokenInput(
    name: "plan-unknown-region", status: 2,
    changes: ["plan.yaml": { $0.with("floors: {region: {esat: 5000", for: "floors: {region: {east: 5000") }]),
  BrokenInput(
    name: "plan-tab", status: 2, changes: ["plan.yaml": { $0.with("\thorizon: 3", for: "  horizon: 3") }]),
  BrokenInput(
    name: "plan-several-errors", status: 2,
    changes: [
      "plan.yaml": { $0.with("horizon: 0", for: "horizon: 3").with("curency: CNY", for: "currency: CNY") }
    ]),
  BrokenInput(name: "plan-empty", status: 2, changes: ["plan.yaml": { _ in "" }]),
]

private let tableErrors: [BrokenInput] = [
  BrokenInput(
    name: "table-missing-file", status: 2, changes: ["plan.yaml": { $0.with("sale.csv", for: "sales.csv") }]),
  BrokenInput(
    name: "table-is-a-folder", status: 2, changes: ["plan.yaml": { $0.with("sales: data", for: "sales: sales.csv") }],
    prepare: { try $0.write("x", to: "data/file") }),
  BrokenInput(name: "table-empty", status: 2, changes: ["sales.csv": { _ in "" }]),
  BrokenInput(
    name: "table-header-only", status: 2,
    changes: ["sales.csv": { $0.line(1) { $0 }.components(separatedBy: "\n")[0] + "\n" }]),
  BrokenInput(
    name: "table-missing-column", status: 2, changes: ["sales.csv": { $0.with("partner,", for: "partner_id,") }]),
  BrokenInput(
    name: "table-duplicate-column", status: 2,
    changes: ["sales.csv": { $0.with("region,region,", for: "region,city,") }]),
  BrokenInput(
    name: "table-letter-in-number", status: 2,
    changes: ["sales.csv": { $0.line(20) { $0.with(",12O,", for: ",\($0.split(separator: ",")[5]),") } }]),
  BrokenInput(
    name: "table-full-width-digits", status: 2,
    changes: ["sales.csv": { $0.line(12) { $0.with(",１２０,", for: ",\($0.split(separator: ",")[5]),") } }]),
  BrokenInput(
    name: "table-duplicate-key", status: 2,
    changes: ["sales.csv": { $0 + "2025-12,P004,switch,west,city3,5,1250,250\n" }]),
  BrokenInput(
    name: "table-unknown-partner", status: 2,
    changes: ["sales.csv": { $0.line(30) { $0.with("P00l", for: String($0.split(separator: ",")[1])) } }]),
  BrokenInput(
    name: "table-negative-stock", status: 2, changes: ["inventory.csv": { $0.with(",-40,", for: ",40,") }]),
  BrokenInput(
    name: "table-bad-period", status: 2, changes: ["sales.csv": { $0.with("2023-13,", for: "2023-02,") }]),
  BrokenInput(
    name: "table-mixed-periods", status: 2, changes: ["sales.csv": { $0.with("2023-02-01,", for: "2023-02,") }]),
  BrokenInput(
    name: "table-short-row", status: 2, changes: ["sales.csv": { $0.line(40) { _ in "2023-05,P004,switch" } }]),
  BrokenInput(
    name: "table-long-row", status: 2, changes: ["sales.csv": { $0.line(40) { $0 + ",1,2,3" } }]),
  BrokenInput(
    name: "table-open-quote", status: 2, changes: ["partners.csv": { $0.with("\"Dealer 3", for: "Dealer 3") }]),
  BrokenInput(
    name: "table-unknown-word", status: 2, changes: ["partners.csv": { $0.with("agnet", for: "agent") }]),
  BrokenInput(
    name: "table-required-cell-empty", status: 2,
    changes: ["sales.csv": { $0.line(50) { $0.with(",,", for: ",\($0.split(separator: ",")[1]),") } }]),
  BrokenInput(
    name: "table-thousands-separator", status: 2,
    changes: [
      "budget.csv": {
        $0.line(5) { line in
          let cells = line.split(separator: ",")
          return cells.dropLast().joined(separator: ",") + ",\"1,750\""
        }
      }
    ]),
  BrokenInput(
    name: "table-nul-bytes", status: 2,
    prepare: { folder in
      var bytes = Array(SmallNetwork.sales.utf8)
      bytes[2000] = 0
      bytes[2001] = 0
      try folder.write(Data(bytes), to: "sales.csv")
    }),
  BrokenInput(
    name: "table-truncated-gzip", status: 2, changes: ["plan.yaml": { $0.with("sales.csv.gz", for: "sales.csv") }],
    prepare: { folder in
      let bytes = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x2B, 0x48, 0x2D, 0xCA, 0xCC] as [UInt8]
      try folder.write(Data(bytes), to: "sales.csv.gz")
    }),
  BrokenInput(
    name: "table-line-of-ten-megabytes", status: 2,
    prepare: { folder in
      let long = String(repeating: "9", count: 10_000_000)
      try folder.write(SmallNetwork.sales + "2025-12,P004,\(long),west,city3,x,1250,250\n", to: "sales.csv")
    }),
  BrokenInput(
    name: "table-bad-expression", status: 2,
    changes: [
      "plan.yaml": {
        $0.with(
          "sales: {file: sales.csv, columns: {sell_out_value: {expr: sell_out_qty * prise}}}", for: "sales: sales.csv")
      }
    ]),
  BrokenInput(
    name: "table-many-errors", status: 2,
    changes: [
      "sales.csv": { text in
        text.split(separator: "\n").enumerated().map {
          $0 > 0 && $0 % 3 == 0 ? $1.replacing(",P00", with: ",X00") + "?" : String($1)
        }
        .joined(separator: "\n")
      },
      "inventory.csv": { $0.replacingOccurrences(of: ",10,5", with: ",ten,5") },
    ]),
]

private let commandErrors: [BrokenInput] = [
  BrokenInput(name: "command-no-plan", status: 2, arguments: ["run"]),
  BrokenInput(name: "command-unknown-verb", status: 2, arguments: ["rnu", "plan.yaml"]),
  BrokenInput(name: "command-unknown-option", status: 2, arguments: ["run", "plan.yaml", "--ouput", "x"]),
  BrokenInput(name: "command-unknown-stage", status: 2, arguments: ["run", "plan.yaml", "--only", "forcast,scores"]),
  BrokenInput(name: "command-unknown-path", status: 2, arguments: ["run", "plan.yaml", "--set", "budget.quater=1"]),
  BrokenInput(name: "command-bad-value", status: 2, arguments: ["run", "plan.yaml", "--set", "budget.quarter=lots"]),
  BrokenInput(name: "command-unknown-scenario", status: 2, arguments: ["run", "plan.yaml", "--scenario", "boom"]),
  BrokenInput(name: "command-zero-threads", status: 2, arguments: ["run", "plan.yaml", "--threads", "0"]),
  BrokenInput(
    name: "command-output-is-a-file", status: 2, arguments: ["run", "plan.yaml", "--output", "sales.csv"]),
  BrokenInput(
    name: "command-output-holds-other-files", status: 2, arguments: ["run", "plan.yaml", "--output", "mine"],
    prepare: { try $0.write("dear diary", to: "mine/diary.txt") }),
  BrokenInput(name: "command-explain-unknown", status: 2, arguments: ["explain", "D1O4"]),
]

private let infeasible: [BrokenInput] = [
  BrokenInput(
    name: "infeasible-floors", status: 3,
    changes: [
      "plan.yaml": {
        $0.with("floors: {region: {east: 16000, west: 15000}}", for: "floors: {region: {east: 5000, west: 5000}}")
      }
    ]),
  BrokenInput(
    name: "infeasible-crossing-floors", status: 3,
    changes: [
      "plan.yaml": {
        $0.with(
          "floors: {spend_type: {ads: 15000, training: 12000}, region: {east: 18000, west: 11000}}",
          for: "floors: {region: {east: 5000, west: 5000}}")
      }
    ]),
]

private let everyCase = planErrors + tableErrors + commandErrors + infeasible

@Suite struct ErrorTests {
  @Test(arguments: everyCase.map(\.name))
  func brokenInputIsRefusedWithItsPlace(_ name: String) throws {
    let broken = try #require(everyCase.first { $0.name == name })
    let folder = try ScratchFolder()
    try SmallNetwork.write(to: folder, changing: broken.changes)
    try broken.prepare(folder)
    let before = folder.files
    let result = try Command.run(broken.arguments, in: folder.url)
    #expect(result.status == broken.status, "\(result.messages)")
    #expect(result.output.isEmpty, "data on the output of a refused run")
    #expect(folder.files == before, "a refused run leaves no file")
    try Snapshot.check("exit \(result.status)\n\(result.messages)", broken.name)
  }

  @Test func thereAreAtLeastThirtyOfThem() {
    let names = everyCase.map(\.name)
    #expect(names.count >= 30)
    #expect(Set(names).count == names.count)
  }

  @Test func anOutputThatCannotBeWrittenIsRefused() throws {
    // Root may write anywhere, so the folder is one that no user can write to.
    let folder = try ScratchFolder()
    try SmallNetwork.write(to: folder)
    let before = folder.files
    let result = try Command.run(["run", "plan.yaml", "--output", "/sys/sluice"], in: folder.url)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(folder.files == before)
    // How the system words its refusal depends on the machine.
    #expect(result.messages.hasPrefix("error[D191]: `/sys/sluice` cannot be written: "), "\(result.messages)")
  }
}
