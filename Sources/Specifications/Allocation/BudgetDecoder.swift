import Allocation
import ChannelTypes
import Tables

/// `kind: budget`
enum BudgetDecoder {
  static let families = ["log", "exponential", "hill", "power"]

  private static let lines = Schema(
    "lines", key: ["line"],
    [
      ColumnSchema("line", .text, required: true, "what the line is called"),
      ColumnSchema("region", .text, "where the money goes"),
      ColumnSchema("partner", .text, "with whom"),
      ColumnSchema("spend_type", .text, "the instrument"),
      ColumnSchema("period", .text, "when; periods follow one another in the order of the lines"),
      ColumnSchema("family", .text, required: true, vocabulary: families, "of the response curve"),
      ColumnSchema("amplitude", .real, required: true, range: 0...1e15, "height of the curve"),
      ColumnSchema("scale", .real, range: 1e-12...1e15, "amount at which saturation is felt; 1"),
      ColumnSchema("half_saturation", .real, range: 1e-12...1e15, "hill: amount that earns half of the amplitude"),
      ColumnSchema("slope", .real, range: 1e-3...100, "hill: an S-curve above 1; 1"),
      ColumnSchema("exponent", .real, range: 1e-6...0.999999, "power: 0.5"),
      ColumnSchema("now", .real, range: 0...1e12, "amount of the last plan; 0"),
      ColumnSchema("request", .real, range: 0...1e12, "amount asked for"),
      ColumnSchema("weight", .real, range: 0...1e6, "strategic weight of the margin; 1"),
      ColumnSchema("floor", .real, range: 0...1e12, "at least"),
      ColumnSchema("cap", .real, range: 0...1e12, "at most"),
      ColumnSchema("min_or_zero", .real, range: 0...1e12, "nothing, or at least this"),
      ColumnSchema("step", .real, range: 1e-4...1e12, "whole multiples only"),
      ColumnSchema("price_list", .text, "under unit_prices: the curve then counts units"),
      ColumnSchema("locked", .flag, "stays as it is now"),
      ColumnSchema("carried_in", .real, range: 0...1e12, "effective spend carried into the first period"),
      ColumnSchema("error_pct", .real, range: 0...1000, "standard deviation of the curve's height"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let extra = root.read("extra", as: amount)
    let total =
      extra == nil
      ? root.require("total", as: amount, hint: "or `extra`, to add to what there is now")
      : root.read("total", as: amount)
    if let extra, total != nil {
      root.report(
        AllocationFileCodes.contradiction, "`extra` stands beside `total`", at: extra.place,
        hint: "keep `total`, or `extra` to add to what lines get now")
    }
    let prices = unitPrices(&root)
    let table = root.table("lines", lines)
    var items: [BudgetProblem.Item]?
    if let table { items = readLines(table, prices, &root) }
    let whole = total ?? extra ?? Located(.zero)
    var problem = BudgetProblem(items: items ?? [], total: whole.value, at: whole.place)
    (problem.totalKey, problem.keyPrefix) = ("total", "")
    if let table { lineLimits(table, &problem) }
    general(&root, &problem)
    if extra != nil {
      problem.isIncremental = true
      problem.total = problem.total + problem.items.map(\.now).total()
      problem.totalKey = "extra"
    }
    limits(&root, &problem)
    tilt(&root, &problem)
    risk(&root, &problem, table)
    return items == nil ? nil : problem
  }

  // MARK: - Lines

  private static func readLines(
    _ table: ProblemTable, _ prices: [String: [BudgetProblem.PriceTier]], _ root: inout MappingCursor
  ) -> [BudgetProblem.Item]? {
    let (names, families) = (table.names("line"), table.names("family"))
    let (regions, types) = (table.texts("region"), table.texts("spend_type"))
    let (partners, periods) = (table.texts("partner"), table.texts("period"))
    let (amplitude, scale) = (table.numbers("amplitude"), table.numbers("scale"))
    let (half, slope) = (table.numbers("half_saturation"), table.numbers("slope"))
    let exponent = table.numbers("exponent")
    let (now, request) = (table.numbers("now"), table.numbers("request"))
    let (weight, minimum, step) = (
      table.numbers("weight", default: 1), table.numbers("min_or_zero"), table.numbers("step")
    )
    let (lists, locked) = (table.texts("price_list"), table.flags("locked"))
    let carried = table.numbers("carried_in", default: 0)
    var isGood = true
    func complain(_ code: DiagnosticCode, _ text: String, _ row: Int, _ column: String, _ hint: String) {
      root.report(code, text, in: table, row: row, column, hint: hint)
      isGood = false
    }
    let items = names.indices.map { row -> BudgetProblem.Item in
      let family = families[row]
      if !half[row].isNaN, !scale[row].isNaN {
        complain(
          AllocationFileCodes.contradiction, "`half_saturation` stands beside `scale`", row, "half_saturation",
          "they mean the same for hill: keep one")
      }
      for (column, values, owner) in [
        ("half_saturation", half, "hill"), ("slope", slope, "hill"), ("exponent", exponent, "power"),
      ]
      where !values[row].isNaN && family != owner {
        complain(
          AllocationFileCodes.contradiction, "`\(column)` belongs to the family \(owner), not to \(family)", row,
          column,
          "remove it, or change `family`")
      }
      if let list = lists[row], prices[list] == nil {
        complain(
          AllocationFileCodes.missingName, "there is no price list `\(list)`", row, "price_list",
          prices.isEmpty
            ? "add it under `unit_prices`" : "the lists are \(prices.keys.sorted().joined(separator: ", "))")
      }
      let size = !half[row].isNaN ? half[row] : scale[row].isNaN ? 1 : scale[row]
      var item = BudgetProblem.Item(
        region: regions[row] ?? "", spendType: types[row] ?? "",
        curve: curve(family, amplitude[row], size, slope: slope[row], exponent: exponent[row]),
        now: money(now[row], .toNearestOrEven) ?? .zero)
      item.label = names[row]
      (item.partner, item.period) = (partners[row], periods[row])
      item.request = money(request[row], .toNearestOrEven)
      item.weight = weight[row]
      item.minimumOrZero = money(minimum[row], .up)
      item.step = money(step[row], .toNearestOrEven)
      item.tiers = lists[row].flatMap { prices[$0] } ?? []
      item.isLocked = locked[row]
      item.carriedIn = carried[row]
      item.place = table.place(row: row, "line")
      return item
    }
    return isGood ? items : nil
  }

  private static func curve(
    _ family: String, _ amplitude: Double, _ scale: Double, slope: Double, exponent: Double
  ) -> ResponseCurve {
    switch family {
    case "exponential": ResponseCurve(family: .exponentialSaturation, amplitude: amplitude, scale: scale)
    case "hill": ResponseCurve(family: .hill, amplitude: amplitude, scale: scale, shape: slope.isNaN ? 1 : slope)
    case "power":
      ResponseCurve(family: .power, amplitude: amplitude, scale: scale, shape: exponent.isNaN ? 0.5 : exponent)
    default: ResponseCurve(family: .logarithm, amplitude: amplitude, scale: scale)
    }
  }

  private static func lineLimits(_ table: ProblemTable, _ problem: inout BudgetProblem) {
    let (floors, caps) = (table.numbers("floor"), table.numbers("cap"))
    for (row, item) in problem.items.enumerated() {
      if let amount = money(floors[row], .up), amount > .zero {
        problem.limits.append(.init(.floor, .line(item.name), amount, at: table.place(row: row, "floor")))
      }
      if let amount = money(caps[row], .down) {
        problem.limits.append(.init(.cap, .line(item.name), amount, at: table.place(row: row, "cap")))
      }
    }
  }

  private static func unitPrices(_ root: inout MappingCursor) -> [String: [BudgetProblem.PriceTier]] {
    root.section("unit_prices") { lists in
      var found: [String: [BudgetProblem.PriceTier]] = [:]
      for name in lists.keys {
        found[name] = lists.sections(name) { tier in
          let from = tier.read("from", as: .number(.atLeast(0)), default: 0).value
          let price = tier.require("price", as: .number(.between(1e-9, 1e12)))?.value ?? 1
          return BudgetProblem.PriceTier(from: from, price: price)
        }
      }
      return found
    }
  }

  // MARK: - The whole

  private static func general(_ root: inout MappingCursor, _ problem: inout BudgetProblem) {
    if let step = root.read("step", as: .number(.between(1e-4, 1e12))) {
      problem.step = money(step.value, .toNearestOrEven) ?? problem.step
    }
    problem.valueOfUnspent = root.read("value_of_unspent", as: .number(.between(0, 1e9)), default: 0).value
    problem.mustSpendAll = root.read("spend_all", as: .flag, default: false).value
    let percent = root.read("reserve_pct", as: .number(.between(0, 100)))
    problem.reservePercent = percent?.value ?? 0
    problem.reservePlace = percent?.place
    let reserve = root.sectionIfPresent("reserve") { section in
      let family = section.require("family", as: .word(of: families))?.value ?? "log"
      let amplitude = section.require("amplitude", as: .number(.between(0, 1e15)))?.value ?? 0
      let scale = section.read("scale", as: .number(.between(1e-12, 1e15)), default: 1).value
      let slope = section.read("slope", as: .number(.between(1e-3, 100)))?.value ?? .nan
      let exponent = section.read("exponent", as: .number(.strictlyBetween(0, 1)))?.value ?? .nan
      let floor = section.read("floor", as: .number(.between(0, 1e12)), default: 0).value
      let cap = section.read("cap", as: .number(.between(0, 1e12)))?.value ?? .nan
      return BudgetProblem.ReserveItem(
        curve: curve(family, amplitude, scale, slope: slope, exponent: exponent), floor: money(floor, .up) ?? .zero,
        cap: money(cap, .down), at: section.origin.place)
    }
    problem.reserveItem = reserve ?? nil
    if problem.reserveItem != nil, let percent {
      root.report(
        AllocationFileCodes.contradiction, "`reserve_pct` stands beside `reserve`", at: percent.place,
        hint: "keep one: a percentage, or an item with a value of its own")
    }
    if let move = root.read("max_move_pct", as: .number(.between(0, 1e6))) {
      let grain = root.read("move_by", as: .word(of: ["region", "line"]), default: "region").value
      problem.moveLimit = .init(percent: move.value, grain: grain == "line" ? .line : .region, at: move.place)
    } else {
      root.expect("move_by")
    }
    problem.stabilityPenalty = root.read("stability_penalty", as: .number(.between(0, 1e9)), default: 0).value
    let carry = root.read("carry_over", as: .number(.between(0, 0.99)), default: 0)
    problem.carryOver = carry.value
    if carry.value > 0, problem.items.contains(where: { !$0.tiers.isEmpty }) {
      root.report(
        AllocationFileCodes.contradiction, "`carry_over` stands beside price lists", at: carry.place,
        hint: "effective spend is counted in money: drop one of the two")
    }
    if let next = root.read("next", as: amount) { problem.nextAmount = next.value }
    if let nodes = root.read("search_nodes", as: .integer(.between(1, 10_000_000))) {
      problem.searchNodes = nodes.value
    }
    problem.frontier =
      root.sectionIfPresent("frontier") { section in
        BudgetProblem.FrontierRequest(
          from: section.read("from_pct", as: .number(.between(0, 10_000)), default: 50).value,
          to: section.read("to_pct", as: .number(.between(0, 10_000)), default: 150).value,
          points: section.read("points", as: .integer(.between(2, 200)), default: 11).value)
      } ?? nil
  }

  // MARK: - Limits

  private static let kinds = ["region", "partner", "spend_type", "period", "line"]

  private static func scope(_ kind: String, _ name: String) -> BudgetProblem.Scope {
    switch kind {
    case "region": .region(name)
    case "partner": .partner(name)
    case "spend_type": .spendType(name)
    case "period": .period(name)
    default: .line(name)
    }
  }

  private static func limits(_ root: inout MappingCursor, _ problem: inout BudgetProblem) {
    for (key, side) in [("floors", BudgetProblem.Side.floor), ("caps", .cap)] {
      problem.limits += root.section(key) { section in
        kinds.flatMap { kind in
          section.section(kind) { names in
            names.keys.compactMap { name -> BudgetProblem.Limit? in
              guard let value = names.require(name, as: .number(.between(0, 1e12))) else { return nil }
              let amount = money(value.value, side == .floor ? .up : .down) ?? .zero
              return .init(side, scope(kind, name), amount, at: value.place)
            }
          }
        }
      }
    }
    problem.limits += root.section("shares") { section -> [BudgetProblem.Limit] in
      var found: [BudgetProblem.Limit] = []
      for kind in kinds {
        found += section.section(kind) { names -> [BudgetProblem.Limit] in
          var found: [BudgetProblem.Limit] = []
          for name in names.keys { found += names.section(name) { band(&$0, scope(kind, name), of: .company) } }
          return found
        }
      }
      return found
    }
    let mixed = root.sections("limits") { mixedLimits(&$0) }
    for limits in mixed { problem.limits += limits }
  }

  /// `{at_least_pct: 10, at_most_pct: 30}`
  private static func band(
    _ cursor: inout MappingCursor, _ scope: BudgetProblem.Scope, of other: BudgetProblem.Scope
  ) -> [BudgetProblem.Limit] {
    var limits: [BudgetProblem.Limit] = []
    for (key, side) in [("at_least_pct", BudgetProblem.Side.floor), ("at_most_pct", .cap)] {
      guard let percent = cursor.read(key, as: .number(.between(0, 100))) else { continue }
      limits.append(
        .init(side, scope, BudgetProblem.Share(percent: percent.value, of: other), at: percent.place))
    }
    return limits
  }

  /// A limit on any mixture of names: `{region: east, spend_type: ads, at_most: 5000}`.
  private static func mixedLimits(_ cursor: inout MappingCursor) -> [BudgetProblem.Limit] {
    let scope = names(&cursor)
    let other = cursor.sectionIfPresent("of") { names(&$0) } ?? .company
    var limits = band(&cursor, scope, of: other)
    for (key, side) in [("at_least", BudgetProblem.Side.floor), ("at_most", .cap)] {
      guard let value = cursor.read(key, as: .number(.between(0, 1e12))) else { continue }
      limits.append(
        .init(side, scope, money(value.value, side == .floor ? .up : .down) ?? .zero, at: value.place))
    }
    if limits.isEmpty {
      cursor.report(
        AllocationFileCodes.contradiction, "a limit limits nothing", at: cursor.origin,
        hint: "add at_least, at_most, at_least_pct or at_most_pct")
    }
    return limits
  }

  private static func names(_ cursor: inout MappingCursor) -> BudgetProblem.Scope {
    BudgetProblem.Scope(
      region: cursor.read("region", as: .text)?.value, partner: cursor.read("partner", as: .text)?.value,
      spendType: cursor.read("spend_type", as: .text)?.value, period: cursor.read("period", as: .text)?.value,
      line: cursor.read("line", as: .text)?.value)
  }

  /// Weights by name multiply those of the lines.
  private static func tilt(_ root: inout MappingCursor, _ problem: inout BudgetProblem) {
    let weights = root.section("tilt") { section in
      kinds.flatMap { kind in
        section.section(kind) { names in
          names.keys.compactMap { name -> (scope: BudgetProblem.Scope, weight: Double, place: SourcePlace)? in
            names.require(name, as: .number(.between(0, 1e6))).map { (scope(kind, name), $0.value, $0.place) }
          }
        }
      }
    }
    for (scope, weight, place) in weights {
      let members = problem.items.indices.filter { scope.contains(problem.items[$0]) }
      if members.isEmpty, !problem.items.isEmpty {
        root.report(
          AllocationFileCodes.missingName, "no line has the name `\(scope.name)`", at: place,
          hint: "tilt names what lines name")
      }
      for member in members { problem.items[member].weight *= weight }
    }
  }

  // MARK: - Risk

  private static func risk(_ root: inout MappingCursor, _ problem: inout BudgetProblem, _ table: ProblemTable?) {
    let names = problem.items.map(\.name)
    if let matrix = root.matrix("draws", columns: names, .between(0, 1e6), isRequired: false) {
      problem.draws = .init(factors: matrix.values, count: matrix.rowCount)
    }
    let drawn = root.sectionIfPresent("uncertainty") { section in
      (
        count: section.read("draws", as: .integer(.between(1, 20_000)), default: 400).value,
        seed: section.read("seed", as: .integer(.atLeast(0)), default: 1).value,
        correlation: section.read("correlation", as: .number(.between(0, 1)), default: 0).value
      )
    }
    if problem.draws == nil, let drawn, let table, table.count == problem.items.count {
      problem.draws = .logNormal(
        errors: table.numbers("error_pct", default: 0).map { $0 / 100 }, correlation: drawn.correlation,
        count: drawn.count, seed: UInt64(drawn.seed))
    }
    problem.risk =
      root.sectionIfPresent("risk") { section in
        _ = section.read("measure", as: .word(of: ["cvar"]), default: "cvar")
        return BudgetProblem.Risk(
          level: section.read("level", as: .number(.strictlyBetween(0, 1)), default: 0.9).value,
          weight: section.read("weight", as: .number(.between(0, 1)), default: 0.5).value, at: section.origin.place)
      } ?? nil
    if problem.risk != nil, problem.draws == nil, !problem.items.isEmpty {
      root.report(
        AllocationFileCodes.contradiction, "`risk` needs draws of the curves", at: root.origin(of: "risk"),
        hint: "add `uncertainty: {draws: 400}` with error_pct on the lines, or a matrix `draws`")
    }
  }

  // MARK: - Formats

  private static let amount = ScalarFormat.money(.between(.zero, Money(1_000_000_000_000)))

  /// The nearest ten-thousandth on the safe side; nil where there is no number.
  private static func money(_ value: Double, _ rule: FloatingPointRoundingRule) -> Money? {
    guard value.isFinite else { return nil }
    let scaled = value * 10_000
    let whole = scaled.rounded()
    return Money(tenThousandths: Int64(abs(scaled - whole) <= 1e-9 * abs(scaled) ? whole : scaled.rounded(rule)))
  }
}
