import Allocation
import ChannelTypes
import Tables

/// `kind: tier_payout`
enum TierPayoutDecoder {
  private static let partners = Schema(
    "partners", key: ["partner"],
    [
      ColumnSchema("partner", .text, required: true),
      ColumnSchema("sales", .money, required: true, range: 0...1e14, "of the period that the tiers count"),
      ColumnSchema("settled", .money, range: 0...1e14, "already paid for them; 0"),
      ColumnSchema("target", .money, range: 0...1e14, "sales above it earn the bonus; none"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let mode = root.require("mode", as: .word(of: TierMode.words))
    let place = root.origin(of: "tiers").place
    let tiers = TierRows.read(&root)
    let bonus = root.read("over_target_rate", as: .number(.between(0, 1)), default: 0).value
    let sales = root.read("sales", as: .money(.atLeast(.zero)))
    let table = root.table("partners", partners, isRequired: sales == nil)
    guard let mode = mode.flatMap({ TierSchedule.Mode(rawValue: $0.value) }), let tiers else { return nil }
    var rows = sales.map { [TierPayoutProblem.Partner("sales", sales: $0.value)] } ?? []
    if let table {
      let (amounts, settled, target) = (table.money("sales"), table.money("settled"), table.money("target"))
      rows += table.names("partner").enumerated().map { row, name in
        .init(name, sales: amounts[row] ?? .zero, settled: settled[row] ?? .zero, target: target[row])
      }
    } else if sales == nil {
      return nil
    }
    return TierPayoutProblem(
      TierSchedule(mode, tiers: tiers), partners: rows, overTargetBonus: TierRows.percent(bonus),
      schedulePlace: place)
  }
}

/// `kind: tier_design`
enum TierDesignDecoder {
  private static let partners = Schema(
    "partners", key: ["partner"],
    [
      ColumnSchema("partner", .text, required: true),
      ColumnSchema("baseline", .real, required: true, range: 0...1e15, "sales without a scheme"),
      ColumnSchema(
        "responsiveness", .real, required: true, range: 0...1e15, "sales that a rate of 1 on every unit would add"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let margin = root.require("margin", as: .number(.between(-1, 1)))
    let budget = root.read("budget", as: .number(.atLeast(0)))
    let modes = root.oneOrMore("modes", of: .word(of: TierMode.words)).compactMap {
      TierSchedule.Mode(rawValue: $0.value)
    }
    let table = root.table("partners", partners)
    let tiers = root.sections("tiers") { tier in
      (
        thresholds: tier.section("thresholds") { grid(&$0) }, rates: tier.section("rates") { grid(&$0) }
      )
    }
    guard let table, let margin else { return nil }
    let (baseline, response) = (table.numbers("baseline"), table.numbers("responsiveness"))
    return TierDesignProblem(
      partners: table.names("partner").enumerated().map {
        .init($1, baseline: baseline[$0], responsiveness: response[$0])
      }, margin: margin.value, tiers: tiers.map { .init(thresholds: $0.thresholds, rates: $0.rates) },
      modes: modes.isEmpty ? TierSchedule.Mode.allCases : modes, budget: budget?.value)
  }

  /// `{from: 60, to: 240, step: 20}` or `{values: [60, 100]}`.
  private static func grid(_ cursor: inout MappingCursor) -> [Double] {
    if cursor.shape(of: "values") != nil { return (cursor.numbers("values", .atLeast(0)) ?? []).sorted() }
    let from = cursor.require("from", as: .number(.atLeast(0)))
    let to = cursor.require("to", as: .number(.atLeast(0)))
    let step = cursor.require("step", as: .number(.above(0)))
    guard let from, let to, let step else { return [] }
    let count = ((to.value - from.value) / step.value + 1e-9).rounded(.down)
    guard count >= 0, count < 100_000 else {
      cursor.report(
        AllocationFileCodes.contradiction, "the grid has no values, or more than 100000", at: cursor.origin,
        hint: "`from` is at most `to`; take a larger `step`")
      return []
    }
    // A multiple of the step in decimals: 0.1 · 3 must be 0.3.
    return (0...Int(count)).map { ((from.value + Double($0) * step.value) * 1e9).rounded() / 1e9 }
  }
}

private enum TierMode {
  static var words: [String] { TierSchedule.Mode.allCases.map(\.rawValue) }
}

/// `tiers: [{from: 0, rate: 0.10}, …]`
private enum TierRows {
  private static let schema = Schema(
    "tiers", key: [],
    [
      ColumnSchema("from", .money, required: true, range: 0...1e14, "sales from which the tier counts"),
      ColumnSchema("rate", .real, required: true, range: 0...1, "share of sales: 0.12 for 12 %"),
    ])

  static func read(_ root: inout MappingCursor) -> [TierSchedule.Tier]? {
    guard let table = root.table("tiers", schema) else { return nil }
    return zip(table.money("from"), table.numbers("rate")).map { from, rate in
      TierSchedule.Tier(from: from ?? .zero, rate: percent(rate))
    }
  }

  /// To a ten-thousandth of a percent.
  static func percent(_ share: Double) -> Percent { Percent(tenThousandths: Int64((share * 1_000_000).rounded())) }
}
