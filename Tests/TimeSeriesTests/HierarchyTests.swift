import Testing
import TimeSeries

struct HierarchyTests {
  /// Six series: two regions with three cities, and two products.
  let hierarchy: Hierarchy

  init() throws {
    hierarchy = try Hierarchy(
      columns: [
        .init("region", ["east", "east", "east", "east", "west", "west"]),
        .init("city", ["a", "a", "b", "b", "a", "a"]), .init("product", ["x", "y", "x", "y", "x", "y"]),
      ], nests: [["region", "city"], ["product"]])
  }

  @Test func levelsOfCrossedNests() {
    #expect(
      hierarchy.levels.map(\.name) == [
        "total", "region", "product", "region/city", "region/product", "region/city/product",
      ])
    #expect(hierarchy.levels.map(\.nodes.count) == [1, 2, 2, 3, 4, 6])
    // The city a of the west is another one than that of the east.
    #expect(Array(hierarchy.nodeNames[5..<8]) == ["east/a", "east/b", "west/a"])
    #expect(hierarchy.node(named: "west", level: "region") == 2)
    #expect(hierarchy.node(named: "nowhere") == nil)
    #expect(!hierarchy.isNested)
  }

  @Test func sumsOfEveryLevel() {
    let values = hierarchy.aggregated([1, 2, 4, 8, 16, 32], lanes: 1)
    #expect(Array(values.prefix(12)) == [63, 15, 48, 21, 42, 3, 12, 48, 5, 10, 16, 32])
    #expect(hierarchy.incoherence(values, lanes: 1) == 0)
    #expect(hierarchy.ancestors(level: 1) == [1, 1, 1, 1, 2, 2])
    #expect(hierarchy.ancestors(level: 2) == [3, 4, 3, 4, 3, 4])
  }

  @Test func lanesAreIndependent() throws {
    let large = try MadeHierarchies.crossed(regions: 2, cities: 4, partners: 9, products: 3)
    let base = MadeHierarchies.base(large, horizon: 5)
    let reconciler = try Reconciler(large, method: .leastSquares)
    let together = try reconciler.reconcile(base, horizon: 5)
    for step in 0..<5 {
      let alone = try reconciler.reconcile((0..<large.nodeCount).map { base[$0 * 5 + step] }, horizon: 1)
      #expect(alone == (0..<large.nodeCount).map { together[$0 * 5 + step] })
    }
  }

  @Test func levelsThatSortAlikeCountOnce() throws {
    let twice = try Hierarchy(
      columns: [.init("region", ["r", "r"]), .init("partner", ["a", "b"])],
      levels: [[], ["region"], ["region", "partner"], ["partner"]])
    #expect(twice.levels.map(\.name) == ["total", "region/partner"])
    #expect(twice.isNested)
  }

  @Test func refusals() {
    #expect(throws: ReconciliationError.noSeries) { try Hierarchy(columns: [], levels: [[]]) }
    #expect(throws: ReconciliationError.unknownColumn("b")) {
      try Hierarchy(columns: [.init("a", ["1"])], levels: [["b"]])
    }
    #expect(throws: ReconciliationError.unequalKeys(column: "b", expected: 1, found: 2)) {
      try Hierarchy(columns: [.init("a", ["1"]), .init("b", ["1", "2"])], levels: [])
    }
  }
}
