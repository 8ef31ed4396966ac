import Allocation
import Tables

/// `kind: shortage`
enum ShortageDecoder {
  private static let supplies = Schema(
    "supplies", key: ["product"],
    [
      ColumnSchema("product", .text, required: true),
      ColumnSchema("units", .integer, required: true, range: 0...1e15, "units to divide"),
    ])

  private static func requests(key: [String]) -> Schema {
    Schema(
      "requests", key: key,
      [
        ColumnSchema("partner", .text, required: true),
        ColumnSchema("product", .text, required: key.count > 1, "one of `supplies`"),
        ColumnSchema("units", .integer, required: true, range: 0...1e15, "units asked for"),
        ColumnSchema("floor", .integer, range: 0...1e15, "at least so many units; 0"),
        ColumnSchema("floor_pct", .real, range: 0...100, "at least this share of what is asked for, rounded down"),
        ColumnSchema("weight", .real, range: 1e-9...1e9, "priority: twice the weight, twice the fill rate; 1"),
        ColumnSchema("tier", .integer, range: 0...1e6, "1 comes first; 1"),
      ])
  }

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let rules = ShortageProblem.Rule.allCases.map(\.rawValue)
    let rule = root.read("rule", as: .word(of: rules)).flatMap { ShortageProblem.Rule(rawValue: $0.value) } ?? .fair
    let isStrict = root.read("strict_tiers", as: .flag)?.value ?? false
    let floorPercent = root.read("floor_pct", as: .number(.between(0, 100)))?.value
    let supply = root.read("supply", as: .integer(.atLeast(0)))
    let hasTable = root.keys.contains("supplies")
    let supplyTable = root.table("supplies", supplies, isRequired: supply == nil)
    let table = root.table("requests", requests(key: hasTable ? ["partner", "product"] : ["partner"]))
    if supply != nil, hasTable {
      root.report(
        AllocationFileCodes.contradiction, "`supply` stands beside `supplies`", at: root.origin(of: "supply"),
        hint: "keep `supply` for one product, `supplies` for several")
      return nil
    }
    guard let table else { return nil }
    var products: [ShortageProblem.Product] = []
    if let supply {
      products = [ShortageProblem.Product("all", supply: supply.value, at: supply.place)]
    } else if let supplyTable {
      let (names, units) = (supplyTable.names("product"), supplyTable.integers("units"))
      products = names.indices.map {
        ShortageProblem.Product(names[$0], supply: units[$0], at: supplyTable.place(row: $0, "units"))
      }
    } else {
      return nil
    }
    let index = NameIndex(products.map(\.name), of: "product")
    guard
      let product = supply != nil ? Array(repeating: 0, count: table.count) : index.rows("product", of: table, &root)
    else { return nil }
    let (partner, units) = (table.names("partner"), table.integers("units"))
    let (floor, percent) = (table.integers("floor", default: -1), table.numbers("floor_pct"))
    let (weight, tier) = (table.numbers("weight", default: 1), table.integers("tier", default: 1))
    let requests = partner.indices.map { row in
      var request = ShortageProblem.Request(
        partner[row], product: product[row], units: units[row], weight: weight[row], tier: tier[row],
        at: table.place(row: row, "units"))
      let share = percent[row].isNaN ? floorPercent : percent[row]
      request.floor =
        floor[row] >= 0 ? floor[row] : share.map { Int((Double(units[row]) * $0 / 100 + 1e-9).rounded(.down)) } ?? 0
      request.floorPlace = table.place(row: row, floor[row] >= 0 ? "floor" : "floor_pct")
      return request
    }
    return ShortageProblem(products: products, requests: requests, rule: rule, tiersAreStrict: isStrict)
  }
}
