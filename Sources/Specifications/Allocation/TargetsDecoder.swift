import Allocation
import ChannelTypes
import Tables

/// `kind: targets`
enum TargetsDecoder {
  private static let members = Schema(
    "members", key: ["partner"],
    [
      ColumnSchema("partner", .text, required: true, "whose target it is"),
      ColumnSchema("region", .text, "the region that it adds to"),
      ColumnSchema("department", .text, "the department of its owner"),
      ColumnSchema("owner", .text, "the person who answers for it"),
      ColumnSchema("city", .text), ColumnSchema("channel", .text),
      ColumnSchema("new_customers", .flag, "whether it is a line for customers still to be won; no"),
      ColumnSchema("potential", .real, range: 0...1e15, "size of the market; 1"),
      ColumnSchema("capability", .real, range: 0...1e15, "relative to others; 1"),
      ColumnSchema("strategy", .real, range: 0...1e15, "more or less than its share; 1"),
      ColumnSchema("base", .real, range: 0...1e15, "amount of the year before; of ratios the ratio now"),
      ColumnSchema("weight", .real, range: 0...1e15, "of ratios: what the ratio is a share of; 1"),
      ColumnSchema("floor", .real, range: 0...1e15, "at least this over the plan"),
      ColumnSchema("cap", .real, range: 0...1e15, "at most this over the plan"),
      ColumnSchema("locked", .real, range: 0...1e15, "exactly this over the plan"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let start = root.require("start", as: .period(), hint: "write the first month, `2026-01`")
    let count = root.read("months", as: .integer(.between(1, 120)), default: 12).value
    let methods = TargetProblem.Method.allCases.map(\.rawValue)
    let method = root.read("method", as: .word(of: methods), default: "least_squares").value
    let kind = root.read("measure", as: .word(of: ["amount", "ratio"]), default: "amount").value
    let unit = root.read("unit", as: .number(.between(1e-4, 1e12)), default: 1)
    let table = root.table("members", members)
    let seasonality = root.numbers("seasonality", .atLeast(0), isRequired: false)
    let regional = root.section("region_seasonality") { regions in
      regions.keys.reduce(into: [String: [Double]]()) { $0[$1] = regions.numbers($1, .atLeast(0)) }
    }
    let split = root.section("split") { readSplit(&$0) }
    var limits = readTotal(&root)
    limits += root.sections("limits") { readLimit(&$0) }.compactMap(\.self)
    let growth = root.sections("growth") { readGrowth(&$0) }.compactMap(\.self)
    let hold = root.list("hold", of: .word(of: ["month"] + levels.filter { $0 != "company" })).map(\.value)
    let fairness = root.read("fairness_levels", as: .integer(.between(1, 100)), default: 4).value
    let conversion = root.numbers("conversion", .between(0, 1), isRequired: false)
    guard let table, let start else { return nil }
    guard start.value.form == .month else {
      root.report(
        AllocationFileCodes.contradiction, "`start` is not a month", at: root.origin(of: "start"),
        hint: "write the first month, `2026-01`")
      return nil
    }
    let names = table.names("partner")
    var problem = TargetProblem(
      members: read(table, names), months: (0..<count).map { start.value.advanced(by: $0) },
      seasonality: repeated(seasonality, count), limits: limits + own(table, names), unit: unit.value)
    problem.unitPlace = unit.place
    problem.regionSeasonality = regional.compactMapValues { repeated($0, count) }
    problem.split = split
    problem.method = TargetProblem.Method(rawValue: method) ?? .leastSquares
    problem.growth = growth
    problem.heldMonths = hold.contains("month")
    problem.heldLevel = hold.first { $0 != "month" }.flatMap(TargetProblem.Level.init)
    problem.fairnessLevels = fairness
    problem.conversion = conversion
    problem.isRatio = kind == "ratio"
    return problem
  }

  private static let levels = TargetProblem.Level.allCases.map(\.rawValue)

  /// Twelve weights serve every year.
  private static func repeated(_ weights: [Double]?, _ count: Int) -> [Double]? {
    guard let weights, weights.count == 12, count > 12 else { return weights }
    return (0..<count).map { weights[$0 % 12] }
  }

  private static func read(_ table: ProblemTable, _ names: [String]) -> [TargetProblem.Member] {
    let texts = ["region", "department", "owner", "city", "channel"].map { table.texts($0).map { $0 ?? "" } }
    let (potential, capability) = (table.numbers("potential", default: 1), table.numbers("capability", default: 1))
    let (strategy, weight) = (table.numbers("strategy", default: 1), table.numbers("weight", default: 1))
    let (base, isNew) = (table.numbers("base"), table.flags("new_customers"))
    return names.indices.map { row in
      var member = TargetProblem.Member(names[row])
      (member.region, member.department, member.owner) = (texts[0][row], texts[1][row], texts[2][row])
      (member.city, member.channel, member.isNewCustomers) = (texts[3][row], texts[4][row], isNew[row])
      (member.potential, member.capability, member.strategy) = (potential[row], capability[row], strategy[row])
      member.weight = weight[row]
      member.base = base[row].isNaN ? nil : base[row]
      return member
    }
  }

  /// The limits that stand in the table of members.
  private static func own(_ table: ProblemTable, _ names: [String]) -> [TargetProblem.Limit] {
    ["floor", "cap", "locked"].flatMap { column -> [TargetProblem.Limit] in
      let values = table.numbers(column)
      return names.indices.filter { !values[$0].isNaN }.map { row in
        TargetProblem.Limit(
          "members.\(names[row]).\(column)", .partner, names[row], floor: column == "cap" ? nil : values[row],
          cap: column == "floor" ? nil : values[row], at: table.place(row: row, column))
      }
    }
  }

  private static func readSplit(_ cursor: inout MappingCursor) -> TargetProblem.Split {
    var split = TargetProblem.Split()
    let exponent = ScalarFormat<Double>.number(.between(-10, 10))
    split.potential = cursor.read("potential", as: exponent, default: split.potential).value
    split.capability = cursor.read("capability", as: exponent, default: split.capability).value
    split.strategy = cursor.read("strategy", as: exponent, default: split.strategy).value
    split.base = cursor.read("base", as: exponent, default: split.base).value
    return split
  }

  /// `total: 42000000`, or a total for each year.
  private static func readTotal(_ root: inout MappingCursor) -> [TargetProblem.Limit] {
    guard root.shape(of: "total") == .section else {
      guard let total = root.read("total", as: .number(.atLeast(0))) else { return [] }
      return [.init("total", .company, floor: total.value, cap: total.value, at: total.place)]
    }
    return root.section("total") { years in
      years.keys.compactMap { key -> TargetProblem.Limit? in
        guard let period = Period(key), period.form == .year,
          let amount = years.read(key, as: .number(.atLeast(0)))
        else { return nil }
        return .init(
          "total.\(key)", .company, period: period, floor: amount.value, cap: amount.value, at: amount.place)
      }
    }
  }

  /// `{region: xian, period: 2026Q1, floor: 100, cap: 200}`; `exactly` for both; without a level, the company.
  private static func readLimit(_ cursor: inout MappingCursor) -> TargetProblem.Limit? {
    let origin = cursor.origin
    let own = cursor.read("name", as: .text)
    var scope = (level: TargetProblem.Level.company, id: "")
    for level in TargetProblem.Level.allCases where level != .company {
      guard let id = cursor.read(level.rawValue, as: .text) else { continue }
      if scope.level != .company {
        cursor.report(
          AllocationFileCodes.contradiction, "a limit is for one \(scope.level.rawValue) or one \(level.rawValue)",
          at: cursor.origin(of: level.rawValue), hint: "write one limit for each")
      }
      scope = (level, id.value)
    }
    let period = cursor.read("period", as: .period())
    let floor = cursor.read("floor", as: .number(.atLeast(0)))
    let cap = cursor.read("cap", as: .number(.atLeast(0)))
    let exact = cursor.read("exactly", as: .number(.atLeast(0)))
    guard let place = (exact ?? floor ?? cap)?.place else {
      cursor.report(
        SpecificationCodes.missingKey, "a limit needs `exactly`, `floor` or `cap`", at: origin,
        hint: "add `floor:` with a number")
      return nil
    }
    if exact != nil, floor != nil || cap != nil {
      cursor.report(
        AllocationFileCodes.contradiction, "`exactly` stands beside a limit", at: cursor.origin(of: "exactly"),
        hint: "keep `exactly`, or `floor` and `cap`")
    }
    let word = exact != nil ? "exactly" : floor == nil ? "cap" : cap == nil ? "floor" : "range"
    let parts = [word, scope.level.rawValue, scope.id, period?.value.description ?? ""].filter { !$0.isEmpty }
    return .init(
      own?.value ?? parts.joined(separator: "."), scope.level, scope.id, period: period?.value,
      floor: exact?.value ?? floor?.value, cap: exact?.value ?? cap?.value, at: place)
  }

  private static func readGrowth(_ cursor: inout MappingCursor) -> TargetProblem.Growth? {
    let level = cursor.read("level", as: .word(of: levels), default: "partner").value
    let least = cursor.read("at_least_pct", as: .number(.atLeast(-100)))
    let most = cursor.read("at_most_pct", as: .number(.atLeast(-100)))
    guard let place = (least ?? most)?.place else { return nil }
    return .init(
      TargetProblem.Level(rawValue: level) ?? .partner, atLeast: least?.value, atMost: most?.value, at: place)
  }
}
