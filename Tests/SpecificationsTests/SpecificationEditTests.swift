import Specifications
import Tables
import Testing

@Suite("Edits of a specification as a diff") struct SpecificationEditTests {
  private static let text = """
    # a plan
    version: 1
    budget:
      quarter: 1200000   # agreed in May
      floors: {region: {east: 10, west: 20}}
      caps: {}
      types:
        - ads
        - training
    demand:
      east: 1

    """

  private func edit(_ changes: [([String], String)]) throws -> SpecificationEdit {
    var findings = Findings()
    let document = try #require(SpecificationDocument.parse(Self.text, file: "plan.yaml", findings: &findings))
    var edit = SpecificationEdit(document, file: "plan.yaml")
    for (path, value) in changes { edit.set(path, to: value) }
    return edit
  }

  @Test func aValueIsReplacedWhereItStands() throws {
    let edit = try edit([(["budget", "quarter"], "900000")])
    #expect(
      edit.unifiedDiff == """
        --- plan.yaml
        +++ plan.yaml
        @@ -1,7 +1,7 @@
         # a plan
         version: 1
         budget:
        -  quarter: 1200000   # agreed in May
        +  quarter: 900000   # agreed in May
           floors: {region: {east: 10, west: 20}}
           caps: {}
           types:

        """)
  }

  @Test func keysAreAddedAtTheEndOfTheirSection() throws {
    let edit = try edit([
      (["budget", "floors", "region", "north"], "30"), (["budget", "caps", "region", "east"], "5"),
      (["demand", "west"], "0.8"), (["credit", "open"], "true"),
    ])
    #expect(edit.text.contains("  floors: {region: {east: 10, west: 20, north: 30}}\n"))
    #expect(edit.text.contains("  caps: {region: {east: 5}}\n"))
    #expect(edit.text.hasSuffix("demand:\n  east: 1\n  west: 0.8\ncredit: {open: true}\n"))
    #expect(edit.byHand.isEmpty)
  }

  @Test func severalValuesOfOneLineAndOfANewSectionAreWrittenTogether() throws {
    let edit = try edit([
      (["budget", "floors", "region", "west"], "2000"), (["budget", "floors", "region", "east"], "5"),
      (["budget", "floors", "region", "south"], "1"), (["budget", "floors", "region", "north"], "3"),
      (["price", "all"], "1.1"), (["price", "east", "router"], "0.8"), (["price", "east", "switch"], "0.9"),
      (["budget", "caps", "region", "east"], "7"), (["budget", "caps", "region", "west"], "8"),
    ])
    #expect(edit.byHand.isEmpty)
    #expect(edit.text.contains("  floors: {region: {east: 5, west: 2000, south: 1, north: 3}}\n"))
    #expect(edit.text.contains("  caps: {region: {east: 7, west: 8}}\n"))
    #expect(edit.text.hasSuffix("price: {all: 1.1, east: {router: 0.8, switch: 0.9}}\n"))
  }

  @Test func aPartOfWhatIsReplacedAsAWholeIsLeftToThePerson() throws {
    let edit = try edit([
      (["budget", "floors", "region"], "{east: 1}"), (["budget", "floors", "region", "west"], "2"),
    ])
    #expect(
      edit.text.contains("floors: {region: {east: 1}}") && edit.byHand.map(\.key) == ["budget.floors.region.west"])
  }

  @Test func theEditedTextReadsBackAsTheValues() throws {
    let edit = try edit([(["demand", "east"], "0.7"), (["budget", "quarter"], "1"), (["budget", "min"], "{a: 2}")])
    var findings = Findings()
    let document = try #require(SpecificationDocument.parse(edit.text, file: "plan.yaml", findings: &findings))
    func value(_ keys: String...) -> String? {
      var node: LocatedNode? = document.root
      for key in keys { node = node?[key] }
      guard case .scalar(let scalar)? = node?.content else { return nil }
      return scalar.text
    }
    #expect(value("demand", "east") == "0.7")
    #expect(value("budget", "quarter") == "1")
    #expect(value("budget", "min", "a") == "2")
    #expect(value("version") == "1")
  }

  @Test func whatHasNoPlaceOnOneLineIsLeftToThePerson() throws {
    let edit = try edit([(["budget", "types"], "[ads]"), (["budget", "quarter", "x"], "1")])
    #expect(edit.unifiedDiff.isEmpty)
    #expect(edit.byHand.map(\.key) == ["budget.types", "budget.quarter.x"])
  }
}
