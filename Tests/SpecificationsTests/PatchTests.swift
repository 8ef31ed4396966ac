import ChannelTypes
import Specifications
import Tables
import Testing

@Suite struct PatchTests {
  private let yaml = """
    budget:
      quarter: 1200000.01
      floors: {shanghai: 200000, east: 230000}
      start: 2026-11
      levels: [50, 80]
      name: sluice

    """

  private func read(_ sets: [String], environment: [String: String] = [:]) -> Decoded<[String]> {
    decode(yaml, sets: sets, environment: environment) { root in
      root.section("budget") { budget in
        var values = [
          budget.read("quarter", as: .money())?.value.description ?? "-",
          budget.read("horizon", as: .integer(.atLeast(1)), default: 12).value.description,
          budget.read("start", as: .period())?.value.description ?? "-",
          budget.list("levels", of: .integer()).map { String($0.value) }.joined(separator: " "),
          budget.read("name", as: .text)?.value ?? "-",
        ]
        budget.section("floors") { floors in
          for key in floors.keys {
            values.append("\(key) \(floors.require(key, as: .money())?.value.description ?? "-")")
          }
        }
        return values
      }
    }
  }

  @Test func `changes are exact on money, whole on integers, periods on periods`() {
    let read = read([
      "budget.quarter=*0.85", "budget.quarter=+0.0015", "budget.horizon=+6", "budget.start=+3",
      "budget.floors.*=*1.1", "budget.levels=[90]", "budget.name==*odd",
    ])
    #expect(read.findings.count == 0)
    // 1,200,000.01 × 0.85 = 1,020,000.0085 exactly, and the four decimals hold it.
    #expect(
      read.value == [
        "1020000.01", "18", "2027-02", "90", "*odd", "shanghai 220000.00", "east 253000.00",
      ])
  }

  @Test func `in a scenario a bare negative number is a value and one in quotes a difference`() throws {
    var findings = Findings()
    let document = try #require(
      SpecificationDocument.parse(
        #"{a: -20, b: "-20", c: "+5", d: +5}"#, file: "s.yaml", findings: &findings))
    guard case .mapping(let entries) = document.root.content else { return #expect(Bool(false)) }
    let changes = entries.compactMap {
      Patch(key: $0.key, value: $0.value, of: "s", source: document.source, findings: &findings)?.change
    }
    let isDifference = changes.map { if case .adjust = $0 { true } else { false } }
    #expect(isDifference == [false, true, true, true] && findings.count == 0)
  }

  @Test func `the environment replaces what files say and patches go on top`() {
    let environment = ["SLUICE_BUDGET_QUARTER": "1000", "SLUICE_BUDGET_LEVELS": "[70]", "PATH": "x"]
    let read = read(["budget.quarter=*0.5", "budget.levels=[60]"], environment: environment)
    #expect(read.findings.count == 0)
    #expect(read.value?.first == "500.00")
    #expect(read.value?[3] == "60")
    #expect(read.values.values.first?.source == "SLUICE_BUDGET_QUARTER, then --set budget.quarter=*0.5")
  }

  @Test func `a variable that matches no key is a warning with a suggestion`() {
    let read = read([], environment: ["SLUICE_BUDGET_QUATER": "1", "SLUICE_DATA": "x", "SLUICE_BUDGET_XYZ": "1"])
    #expect(read.findings.kept.compactMap(\.place?.file) == ["SLUICE_BUDGET_QUATER", "SLUICE_BUDGET_XYZ"])
    #expect(read.findings.kept.allSatisfy { $0.code == SpecificationCodes.unknownVariable })
    #expect(read.findings.kept.first?.hint == "did you mean `SLUICE_BUDGET_QUARTER`?")
    #expect(read.findings.errorCount == 0)
  }

  @Test(arguments: [
    ("budget.quater=5", "P110", "did you mean `quarter`?"),
    ("budgets.quarter=*2", "P110", "did you mean `budget`?"),
    ("budget", "P120", nil),
    ("=5", "P120", nil),
    ("budget..x=5", "P120", nil),
    ("budget.quarter=*０.９", "P120", "write *0.9"),
    ("budget.quarter=*85%", "P120", "write *0.85"),
    ("budget.quarter=+10%", "P120", "write *1.1"),
    ("budget.quarter=-10%", "P120", "write *0.9"),
    ("budget.quarter=[1", "P120", nil),
    ("budget.quarter.x=5", "P122", nil),
    ("budget.levels.7=5", "P122", nil),
    ("budget.floors=*2", "P112", nil),
    ("budget.name=*2", "P121", nil),
    ("budget.floors.wst=*2", "P121", nil),
    ("budget.horizon=*0.7", "P114", nil),
    ("budget.horizon=-12", "P114", nil),
    ("budget.quarter=*99999999999", "P114", nil),
    ("budget.quarter=", "P112", nil),
    ("nothing.*=*2", "P121", nil),
  ])
  func `a setting that cannot work says why`(setting: String, code: String, hint: String?) {
    let found = read([setting]).findings.kept
    #expect(found.first?.code.id == code, "\(found.map(\.message))")
    #expect(found.first?.place?.file.hasPrefix("--set \(setting.prefix(3))") == true)
    if let hint { #expect(found.contains { $0.hint == hint }, "\(found.map(\.hint))") }
  }
}
