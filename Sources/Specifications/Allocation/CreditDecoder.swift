import Allocation
import Optimization
import Tables

/// `kind: credit`
enum CreditDecoder {
  private static let partners = Schema(
    "partners", key: ["partner"],
    [
      ColumnSchema("partner", .text, required: true),
      ColumnSchema("region", .text, "whose cap it shares"),
      ColumnSchema("cap", .real, required: true, range: 0...1e15, "the most exposure, in money"),
      ColumnSchema("floor", .real, range: 0...1e15, "the least exposure; 0"),
      ColumnSchema("margin", .real, required: true, "per unit of exposure and period, before losses"),
      ColumnSchema("default_probability", .real, range: 0...1, "within the period; 0"),
      ColumnSchema("loss_given_default", .real, range: 0...1e6, "per unit of exposure; 1"),
    ])
  private static let regions = Schema(
    "region_caps", key: ["region"],
    [
      ColumnSchema("region", .text, required: true),
      ColumnSchema("cap", .real, required: true, range: 0...1e18, "the most exposure of its partners together"),
    ])
  private static let terms = Schema(
    "terms", key: ["name"],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema("margin_share", .real, range: 0...1e6, "the part of the margin that remains; 1"),
      ColumnSchema("loss_share", .real, range: 0...1e6, "the part of the loss that remains; 1"),
      ColumnSchema("maximum_default_probability", .real, range: 0...1, "open to partners up to it; 1"),
    ])
  private static let losses = Schema(
    "losses", key: ["scenario", "partner"],
    [
      ColumnSchema("scenario", .integer, required: true, range: 1...1e6, "its number, from 1"),
      ColumnSchema("partner", .text, required: true),
      ColumnSchema("loss", .real, range: 0...1e6, "per unit of exposure; the partner's loss_given_default"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let partnerTable = root.table("partners", partners)
    let read = partnerTable.map { readPartners($0) }
    let regionTable = root.table("region_caps", regions, isRequired: false)
    let termTable = root.table("terms", terms, isRequired: false)
    let total = limit("total", &root)
    let expectedLoss = limit("expected_loss", &root)
    let unit = root.read("unit", as: .number(.atLeast(0)), default: 0).value
    let tail = root.sectionIfPresent("tail") { readTail(&$0, read) }
    guard let read, let partnerTable else { return nil }
    var problem = CreditProblem(partners: read, total: total, expectedLoss: expectedLoss, unit: unit)
    if let regionTable { problem.groups = readRegions(regionTable, partnerTable, &root) }
    if let termTable {
      let (margin, loss) = (termTable.numbers("margin_share", default: 1), termTable.numbers("loss_share", default: 1))
      let most = termTable.numbers("maximum_default_probability", default: 1)
      problem.terms = termTable.names("name").enumerated().map { row, name in
        CreditProblem.Terms(
          name, marginShare: margin[row], lossShare: loss[row], maximumDefaultProbability: most[row])
      }
    }
    if let tail {
      guard let tail else { return nil }
      problem.tail = tail
    }
    return problem
  }

  private static func limit(_ key: String, _ cursor: inout MappingCursor) -> CreditProblem.Limit? {
    cursor.read(key, as: .number(.atLeast(0))).map { CreditProblem.Limit($0.value, at: $0.place) }
  }

  private static func readPartners(_ table: ProblemTable) -> [CreditProblem.Partner] {
    let regions = table.texts("region")
    let (cap, floor, margin) = (
      table.numbers("cap", default: 0), table.numbers("floor", default: 0), table.numbers("margin", default: 0)
    )
    let probability = table.numbers("default_probability", default: 0)
    let loss = table.numbers("loss_given_default", default: 1)
    return table.names("partner").enumerated().map { row, name in
      CreditProblem.Partner(
        name, group: regions[row], floor: floor[row], cap: cap[row], margin: margin[row],
        defaultProbability: probability[row], lossGivenDefault: loss[row],
        // Only a floor can be part of a conflict.
        at: floor[row] > 0 ? table.place(row: row, "floor") : nil)
    }
  }

  private static func readRegions(
    _ table: ProblemTable, _ partners: ProblemTable, _ root: inout MappingCursor
  ) -> [(name: String, limit: CreditProblem.Limit)] {
    let known = Set(partners.texts("region").compactMap { $0 })
    let caps = table.numbers("cap", default: 0)
    return table.names("region").enumerated().map { row, name in
      if !known.contains(name) {
        root.report(
          AllocationFileCodes.missingName, "no partner is in the region `\(name)`", in: table, row: row, "region",
          hint: "regions are compared letter by letter with those of `partners`")
      }
      return (name, CreditProblem.Limit(caps[row], at: table.place(row: row, "cap")))
    }
  }

  /// nil, with findings, where something in it is wrong.
  private static func readTail(
    _ cursor: inout MappingCursor, _ partners: [CreditProblem.Partner]?
  ) -> CreditProblem.Tail? {
    let confidence = cursor.read("confidence", as: .number(.strictlyBetween(0, 1)), default: 0.95).value
    let most = limit("limit", &cursor)
    let cost = cursor.read("capital_cost", as: .number(.atLeast(0)), default: 0).value
    let scenarios = cursor.section("scenarios") { readScenarios(&$0, partners) }
    return scenarios.map {
      CreditProblem.Tail(confidence: confidence, limit: most, capitalCost: cost, scenarios: $0)
    }
  }

  private static func readScenarios(
    _ cursor: inout MappingCursor, _ partners: [CreditProblem.Partner]?
  ) -> CreditScenarios? {
    let count = cursor.read("count", as: .integer(.between(1, 1_000_000)))?.value
    let lossTable = cursor.table("losses", losses, isRequired: false)
    let hasLosses = cursor.keys.contains("losses")
    let hasDefaults = cursor.keys.contains("defaults")
    if hasLosses && hasDefaults {
      cursor.report(
        AllocationFileCodes.contradiction, "`losses` and `defaults` both list scenarios",
        at: cursor.origin(of: "defaults"), hint: "keep one of them")
    }
    let rows = hasDefaults ? readDefaults(&cursor, partners) : lossTable.flatMap { readLosses($0, &cursor, partners) }
    guard hasLosses || hasDefaults else {
      let range = Bounds(lower: .including(0), upper: .excluding(1.0))
      let correlation = cursor.read("correlation", as: .number(range), default: 0.2)
      let seed = cursor.read("seed", as: .integer(.atLeast(0)), default: 1)
      return .oneFactor(correlation: correlation.value, count: count ?? 10_000, seed: UInt64(seed.value))
    }
    guard let rows else { return nil }
    let last = rows.map(\.scenario).max() ?? 0
    if let count, count < last {
      cursor.report(
        AllocationFileCodes.wrongCount, "scenario \(last) is listed where `count` is \(count)",
        at: cursor.origin(of: "count"), hint: "raise `count`, or remove the scenario")
      return nil
    }
    return .losses(vectors(rows, count: count ?? max(last, 1)))
  }

  private typealias Loss = (scenario: Int, partner: Int, loss: Double)

  /// `defaults: {P1: [1, 7], …}`: the scenarios in which each partner defaults.
  private static func readDefaults(
    _ cursor: inout MappingCursor, _ partners: [CreditProblem.Partner]?
  ) -> [Loss]? {
    cursor.section("defaults") { defaults in
      guard let partners else {
        defaults.forgive()
        return nil
      }
      var rows: [Loss] = []
      for (index, partner) in partners.enumerated() where defaults.keys.contains(partner.id) {
        for scenario in defaults.list(partner.id, of: .integer(.between(1, 1_000_000))) {
          rows.append((scenario.value, index, partner.lossGivenDefault))
        }
      }
      for partner in partners { defaults.expect(partner.id) }
      return rows
    }
  }

  private static func readLosses(
    _ table: ProblemTable, _ cursor: inout MappingCursor, _ partners: [CreditProblem.Partner]?
  ) -> [Loss]? {
    guard let partners else { return nil }
    let indices = Dictionary(partners.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let scenarios = table.integers("scenario", default: 1)
    let losses = table.numbers("loss")
    var rows: [Loss] = []
    var isWhole = true
    for (row, name) in table.names("partner").enumerated() {
      guard let partner = indices[name] else {
        cursor.report(
          AllocationFileCodes.missingName, "there is no partner `\(name)`", in: table, row: row, "partner",
          hint: "partners are compared letter by letter with those of `partners`")
        isWhole = false
        continue
      }
      rows.append((scenarios[row], partner, losses[row].isNaN ? partners[partner].lossGivenDefault : losses[row]))
    }
    return isWhole ? rows : nil
  }

  private static func vectors(_ rows: [Loss], count: Int) -> SparseVectors {
    var vectors = SparseVectors()
    var next = 0
    let sorted = rows.sorted { ($0.scenario, $0.partner) < ($1.scenario, $1.partner) }
    for scenario in 1...count {
      while next < sorted.count, sorted[next].scenario == scenario {
        vectors.appendEntry(sorted[next].partner, sorted[next].loss)
        next += 1
      }
      vectors.endVector()
    }
    return vectors
  }
}
