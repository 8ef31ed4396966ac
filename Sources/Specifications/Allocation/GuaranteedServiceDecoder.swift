import Allocation
import Tables

/// `kind: guaranteed_service`
enum GuaranteedServiceDecoder {
  private static let stages = Schema(
    "stages", key: ["name"],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema("time", .real, required: true, range: 0...1e9, "periods that the stage itself takes"),
      ColumnSchema("holding_cost", .real, range: 0...1e12, "of a unit on hand for a period"),
      ColumnSchema("added_cost", .real, range: 0...1e12, "that the stage adds to a unit's cost; with holding_rate"),
      ColumnSchema("demand_mean", .real, range: -1e12...1e12, "from outside, in a period; 0"),
      ColumnSchema("demand_deviation", .real, range: 0...1e12, "of demand from outside, in a period; 0"),
      ColumnSchema("net_deviation", .real, range: 0...1e12, "of all demand on the stage; pooled where it is empty"),
      ColumnSchema("inbound_time", .real, range: 0...1e9, "until supplies from outside arrive; 0"),
      ColumnSchema("maximum_service_time", .real, range: 0...1e9, "the longest promise; any where it is empty"),
      ColumnSchema("safety_factor", .real, range: 0...100, "in place of the general one"),
      ColumnSchema("service_level", .real, range: 0.5...0.999_999_999, "in place of the general one"),
    ])
  private static let links = Schema(
    "links", key: ["from", "to"],
    [
      ColumnSchema("from", .text, required: true), ColumnSchema("to", .text, required: true),
      ColumnSchema("units", .real, range: 1e-9...1e9, "of the supplier in a unit of the customer; 1"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let factor = root.read("safety_factor", as: .number(.atLeast(0)))
    let level = root.read("service_level", as: .number(.between(0.5, 0.999_999_999)))
    if let factor, level != nil {
      root.report(
        AllocationFileCodes.contradiction, "`safety_factor` stands beside `service_level`", at: factor.place,
        hint: "keep one of them")
    }
    let pooling = root.read("pooling", as: .number(.between(1, 2)), default: 2).value
    let rate = root.read("holding_rate", as: .number(.atLeast(0)))
    let stageTable = root.table("stages", stages)
    let linkTable = root.table("links", links, isRequired: false)
    let names = stageTable?.names("name") ?? []
    let bounds = root.section("demand_bounds") { section in
      section.keys.compactMap { key -> (stage: Int, table: [Double])? in
        guard let index = names.firstIndex(of: key) else { return nil }
        return section.numbers(key, .atLeast(0)).map { (index, $0) }
      }
    }
    guard let stageTable else { return nil }
    let index = NameIndex(names, of: "stage")
    var problem = GuaranteedServiceProblem(stages: read(stageTable), links: [])
    if let linkTable {
      guard let from = index.rows("from", of: linkTable, &root), let to = index.rows("to", of: linkTable, &root) else {
        return nil
      }
      let units = linkTable.numbers("units", default: 1)
      problem.links = from.indices.map {
        .init(from: from[$0], to: to[$0], units: units[$0], at: linkTable.place(row: $0, "to"))
      }
    }
    problem.pooling = pooling
    for bound in bounds { problem.stages[bound.stage].boundTable = bound.table }
    let general = factor?.value ?? GuaranteedServiceProblem.safetyFactor(serviceLevel: level?.value ?? 0.95)
    setFactors(&problem, stageTable, general)
    setCosts(&problem, stageTable, rate, &root)
    return problem
  }

  private static func read(_ table: ProblemTable) -> [GuaranteedServiceProblem.Stage] {
    let (time, cost) = (table.numbers("time", default: 0), table.numbers("holding_cost", default: 0))
    let (mean, deviation) = (table.numbers("demand_mean", default: 0), table.numbers("demand_deviation", default: 0))
    let (net, most) = (table.numbers("net_deviation"), table.numbers("maximum_service_time"))
    let inbound = table.numbers("inbound_time", default: 0)
    return table.names("name").enumerated().map { row, name in
      var stage = GuaranteedServiceProblem.Stage(name, time: time[row], holdingCost: cost[row])
      stage.demandMean = mean[row]
      stage.demandDeviation = deviation[row]
      stage.netDeviation = net[row].isNaN ? nil : net[row]
      stage.inboundTime = inbound[row]
      stage.maximumServiceTime = most[row].isNaN ? nil : most[row]
      stage.place = table.place(row: row, "name")
      return stage
    }
  }

  private static func setFactors(_ problem: inout GuaranteedServiceProblem, _ table: ProblemTable, _ general: Double) {
    let (factor, level) = (table.numbers("safety_factor"), table.numbers("service_level"))
    for row in problem.stages.indices {
      problem.stages[row].safetyFactor =
        !factor[row].isNaN
        ? factor[row]
        : !level[row].isNaN ? GuaranteedServiceProblem.safetyFactor(serviceLevel: level[row]) : general
    }
  }

  /// Holding costs as they are written, or from what stages add, in one of the two ways for all stages.
  private static func setCosts(
    _ problem: inout GuaranteedServiceProblem, _ table: ProblemTable, _ rate: Located<Double>?,
    _ root: inout MappingCursor
  ) {
    if let rate {
      if table.hasColumn("holding_cost"), table.numbers("holding_cost").contains(where: { !$0.isNaN }) {
        root.report(
          AllocationFileCodes.contradiction, "`holding_rate` stands beside `holding_cost`", at: rate.place,
          hint: "keep `holding_rate` with `added_cost` in every stage, or `holding_cost` without a rate")
      }
      problem.setHoldingCosts(added: table.numbers("added_cost", default: 0), rate: rate.value)
      return
    }
    for (row, cost) in table.numbers("holding_cost").enumerated() where cost.isNaN {
      root.report(
        SpecificationCodes.missingKey, "stage \(problem.stages[row].name) has no holding cost", in: table, row: row,
        "name", hint: "write its `holding_cost`, or `added_cost` for every stage and a `holding_rate` for all")
    }
  }
}
