import Allocation
import Optimization
import Tables

/// What the kinds about places share: tables of sites and demands, distances, limits on how many open.
enum CoverageDecoding {
  static func siteSchema(_ key: String) -> Schema {
    Schema(
      key, key: ["name"],
      [
        ColumnSchema("name", .text, required: true),
        ColumnSchema("fixed_cost", .real, range: -1e15...1e15, "what it costs to open; 0"),
        ColumnSchema("capacity", .real, range: 0...1e15, "at most so much is served from here; without limit"),
        ColumnSchema("locked", .flag, "whether it is open whatever it costs"),
        ColumnSchema("forbidden", .flag, "whether it stays closed"),
        ColumnSchema("x", .real, "coordinate"), ColumnSchema("y", .real, "coordinate"),
      ])
  }

  static let demandSchema = Schema(
    "demands", key: ["name"],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema("amount", .real, range: 0...1e15, "what it needs, or its weight; 1"),
      ColumnSchema("x", .real, "coordinate"), ColumnSchema("y", .real, "coordinate"),
    ])

  static func sites(_ table: ProblemTable) -> [FacilityLocationProblem.Site] {
    let (names, fixed) = (table.names("name"), table.numbers("fixed_cost", default: 0))
    let capacity = table.numbers("capacity", default: .infinity)
    let (locked, forbidden) = (table.flags("locked"), table.flags("forbidden"))
    return names.indices.map {
      FacilityLocationProblem.Site(
        names[$0], fixedCost: fixed[$0], capacity: capacity[$0],
        choice: locked[$0] ? .open : forbidden[$0] ? .closed : .free, at: table.place(row: $0, "name"))
    }
  }

  static func demands(_ table: ProblemTable) -> [FacilityLocationProblem.Demand] {
    let (names, amount) = (table.names("name"), table.numbers("amount", default: 1))
    return names.indices.map {
      FacilityLocationProblem.Demand(names[$0], amount: amount[$0], at: table.place(row: $0, "name"))
    }
  }

  /// Distances from the rows of one table to those of another: a matrix, or coordinates in both. Nil where neither is
  /// there (a finding if they are needed).
  static func distances(
    _ root: inout MappingCursor, from: ProblemTable, to: ProblemTable, isNeeded: Bool
  ) -> [Double]? {
    let kinds = PlaceDistances.Coordinates.allCases.map(\.rawValue)
    let written = root.read("coordinates", as: .word(of: kinds))?.value
    let coordinates = written.flatMap(PlaceDistances.Coordinates.init) ?? .plane
    if root.keys.contains("distance_matrix") {
      return root.matrix("distance_matrix", rows: from.names("name"), columns: to.names("name"), .atLeast(0))?.values
    }
    root.expect("distance_matrix")
    let (first, second) = (points(from), points(to))
    if let first, let second { return PlaceDistances.between(first, second, coordinates) }
    if isNeeded {
      root.report(
        AllocationFileCodes.contradiction, "distances are needed, and there are none", at: root.origin,
        hint: "give x and y in every row, or a `distance_matrix`")
    }
    return nil
  }

  private static func points(_ table: ProblemTable) -> [(x: Double, y: Double)]? {
    let (x, y) = (table.numbers("x"), table.numbers("y"))
    guard !x.contains(where: \.isNaN), !y.contains(where: \.isNaN) else { return nil }
    return Array(zip(x, y))
  }

  /// `open: {at_least, at_most, exactly}`, or a number of its own.
  static func openCount(
    _ root: inout MappingCursor, sites: Int
  ) -> (least: Int, most: Int, place: SourcePlace?) {
    let place = root.origin(of: "open").place
    if root.shape(of: "open") == .value {
      let count = root.read("open", as: .integer(.between(0, sites)))?.value ?? sites
      return (count, count, place)
    }
    return root.section("open") { open in
      let exactly = open.read("exactly", as: .integer(.between(0, sites)))?.value
      let least = open.read("at_least", as: .integer(.between(0, sites)))?.value
      let most = open.read("at_most", as: .integer(.between(0, sites)))?.value
      if exactly != nil, least != nil || most != nil {
        open.report(
          AllocationFileCodes.contradiction, "`exactly` stands beside a limit", at: open.origin(of: "exactly"),
          hint: "keep `exactly`, or `at_least` and `at_most`")
      }
      return (exactly ?? least ?? 0, exactly ?? most ?? sites, place)
    }
  }

  /// `exclusive: [{sites: [a, b]}]`: of each set at most one opens.
  static func exclusive(_ root: inout MappingCursor, _ names: [String]) -> [[Int]] {
    let index = NameIndex(names, of: "site")
    return root.sections("exclusive") { set in
      let listed = set.list("sites", of: .text, default: [])
      return listed.compactMap { item -> Int? in
        if let found = index[item.value] { return found }
        set.report(AllocationFileCodes.missingName, "there is no site `\(item.value)`", at: item.place)
        return nil
      }
    }
  }
}
