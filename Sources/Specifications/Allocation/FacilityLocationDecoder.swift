import Allocation
import Optimization
import Tables

/// `kind: facility_location`
enum FacilityLocationDecoder {
  private static let pairs = Schema(
    "forbidden_pairs", key: ["demand", "site"],
    [ColumnSchema("demand", .text, required: true), ColumnSchema("site", .text, required: true)])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let siteTable = root.table("sites", CoverageDecoding.siteSchema("sites"))
    let demandTable = root.table("demands", CoverageDecoding.demandSchema)
    let isSingleSource = root.read("single_source", as: .flag)?.value ?? false
    let perDistance = root.read("cost_per_distance", as: .number(.atLeast(0)))
    let isRounded = root.read("round_costs", as: .flag)?.value ?? false
    let maximum = root.read("maximum_distance", as: .number(.atLeast(0)))
    let pairTable = root.table("forbidden_pairs", pairs, isRequired: false)
    guard let siteTable, let demandTable else {
      root.forgive()
      return nil
    }
    let (siteNames, demandNames) = (siteTable.names("name"), demandTable.names("name"))
    let sites = CoverageDecoding.sites(siteTable)
    let demands = CoverageDecoding.demands(demandTable)
    let open = CoverageDecoding.openCount(&root, sites: sites.count)
    let exclusive = CoverageDecoding.exclusive(&root, siteNames)
    let distances = CoverageDecoding.distances(
      &root, from: demandTable, to: siteTable, isNeeded: perDistance != nil || maximum != nil)
    let total = root.matrix("cost_matrix", rows: demandNames, columns: siteNames, isRequired: false)
    let unit = root.matrix("unit_cost_matrix", rows: demandNames, columns: siteNames, isRequired: false)
    let ways = (total != nil ? 1 : 0) + (unit != nil ? 1 : 0) + (perDistance != nil ? 1 : 0)
    guard ways == 1 else {
      root.report(
        AllocationFileCodes.contradiction,
        ways == 0 ? "nothing says what serving a demand costs" : "what serving a demand costs is written twice",
        at: root.origin, hint: "keep one of cost_matrix, unit_cost_matrix, cost_per_distance")
      return nil
    }
    var costs: [Double]
    if let total {
      costs = total.values
    } else {
      guard let rates = unit?.values ?? distances?.map({ $0 * (perDistance?.value ?? 0) }) else { return nil }
      costs = rates.indices.map { rates[$0] * demands[$0 / sites.count].amount }
    }
    if isRounded { costs = costs.map { $0.rounded(.toNearestOrEven) } }
    if let pairTable {
      guard let demand = NameIndex(demandNames, of: "demand").rows("demand", of: pairTable, &root),
        let site = NameIndex(siteNames, of: "site").rows("site", of: pairTable, &root)
      else { return nil }
      for (row, column) in zip(demand, site) { costs[row * sites.count + column] = .infinity }
    }
    var problem = FacilityLocationProblem(
      sites: sites, demands: demands, costs: costs, distances: distances ?? [],
      maximumDistance: maximum?.value ?? .infinity, isSingleSource: isSingleSource, openAtLeast: open.least,
      openAtMost: open.most, exclusive: exclusive)
    problem.openPlace = open.place
    problem.maximumDistancePlace = maximum?.place
    return problem
  }
}

/// `kind: p_median`
enum PMedianDecoder {
  private static let places = Schema(
    "places", key: ["name"],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema("weight", .real, range: 0...1e15, "how much it counts; 1"),
      ColumnSchema("locked", .flag, "whether it is a median whatever it costs"),
      ColumnSchema("forbidden", .flag, "whether it is no median"),
      ColumnSchema("x", .real, "coordinate"), ColumnSchema("y", .real, "coordinate"),
    ])
  private static let edges = Schema(
    "edges", key: ["from", "to"],
    [
      ColumnSchema("from", .text, required: true), ColumnSchema("to", .text, required: true),
      ColumnSchema("length", .real, required: true, range: 0...1e15),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let table = root.table("places", places)
    let edgeTable = root.table("edges", edges, isRequired: false)
    let maximum = root.read("maximum_distance", as: .number(.atLeast(0)))
    guard let table else {
      root.forgive()
      return nil
    }
    let names = table.names("name")
    let count = root.require("medians", as: .integer(.between(1, max(1, names.count))))
    var distances: [Double]?
    if let edgeTable {
      let index = NameIndex(names, of: "place")
      guard let from = index.rows("from", of: edgeTable, &root), let to = index.rows("to", of: edgeTable, &root) else {
        return nil
      }
      let length = edgeTable.numbers("length")
      distances = PlaceDistances.shortestWays(
        nodeCount: names.count, edges: from.indices.map { (from[$0], to[$0], length[$0]) })
    } else {
      distances = CoverageDecoding.distances(&root, from: table, to: table, isNeeded: true)
    }
    guard let distances, let count else { return nil }
    let weight = table.numbers("weight", default: 1)
    var problem = FacilityLocationProblem(
      sites: CoverageDecoding.sites(table),
      demands: names.indices.map { .init(names[$0], amount: weight[$0], at: table.place(row: $0, "name")) },
      costs: distances.indices.map { distances[$0].isFinite ? distances[$0] * weight[$0 / names.count] : .infinity },
      distances: distances, maximumDistance: maximum?.value ?? .infinity, openAtLeast: count.value,
      openAtMost: count.value)
    problem.openPlace = count.place
    problem.maximumDistancePlace = maximum?.place
    return problem
  }
}

/// `kind: max_cover`
enum MaxCoverDecoder {
  private static let reach = Schema(
    "covers", key: ["site", "demand"],
    [ColumnSchema("site", .text, required: true), ColumnSchema("demand", .text, required: true)])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let siteTable = root.table("sites", CoverageDecoding.siteSchema("sites"))
    let demandTable = root.table("demands", CoverageDecoding.demandSchema)
    let radius = root.read("radius", as: .number(.atLeast(0)))?.value
    let coverTable = root.table("covers", reach, isRequired: radius == nil)
    let budget = root.read("budget", as: .number(.atLeast(0)))?.value
    guard let siteTable, let demandTable else {
      root.forgive()
      return nil
    }
    let (sites, demands) = (CoverageDecoding.sites(siteTable), CoverageDecoding.demands(demandTable))
    let open = CoverageDecoding.openCount(&root, sites: sites.count)
    let exclusive = CoverageDecoding.exclusive(&root, sites.map(\.name))
    var reachedBy = [[Int]](repeating: [], count: demands.count)
    if let radius {
      guard let distances = CoverageDecoding.distances(&root, from: demandTable, to: siteTable, isNeeded: true) else {
        return nil
      }
      for demand in demands.indices {
        reachedBy[demand] = sites.indices.filter { distances[demand * sites.count + $0] <= radius }
      }
    }
    if let coverTable {
      guard let site = NameIndex(sites.map(\.name), of: "site").rows("site", of: coverTable, &root),
        let demand = NameIndex(demands.map(\.name), of: "demand").rows("demand", of: coverTable, &root)
      else { return nil }
      for (site, demand) in zip(site, demand) where !reachedBy[demand].contains(site) { reachedBy[demand].append(site) }
    } else if radius == nil {
      return nil
    }
    var problem = MaxCoverProblem(
      sites: sites, demands: demands, reachedBy: reachedBy, openAtMost: open.most, budget: budget ?? .infinity,
      exclusive: exclusive)
    problem.openPlace = open.place
    return problem
  }
}
