import ChannelTypes
import Partners
import Specifications

extension PlanDecoder {
  func inventory(_ cursor: inout MappingCursor, _ standard: InventorySettings) -> InventorySettings {
    let days = ScalarFormat.number(.atLeast(0))
    var inventory = standard
    inventory.serviceLevel = cursor.read(
      "service_level", as: .number(.strictlyBetween(0, 1)), default: standard.serviceLevel.value)
    inventory.reviewDays = cursor.read("review_days", as: days, default: standard.reviewDays.value)
    inventory.lower = cursor.read("lower", as: .choice, default: standard.lower).value
    cursor.section("upper") { upper in
      inventory.upperCoverDays = upper.read("cover_days", as: days, default: standard.upperCoverDays.value)
    }
    cursor.section("slow") { slow in
      inventory.slowNoSaleDays = slow.read("no_sale_days", as: days, default: standard.slowNoSaleDays.value)
      inventory.slowCoverDays = slow.read("cover_days", as: days)
    }
    cursor.section("age") { inventory.age = age(&$0, standard.age) }
    cursor.section("benchmark") { benchmark in
      inventory.benchmark.turnoverDays = benchmark.read("dio_days", as: days)
      inventory.benchmark.slowShare = benchmark.read("slow_share", as: .number(.between(0, 1)))
    }
    inventory.workingCapitalShare = cursor.read(
      "working_capital_pct", as: .percent(.between(Percent(0), Percent(1000))))
    cursor.section("pushing") { pushing in
      inventory.pushing.index = pushing.read("index", as: .number(.atLeast(1)), default: standard.pushing.index.value)
      inventory.pushing.pValue = pushing.read(
        "p_value", as: .number(.between(0, 1)), default: standard.pushing.pValue.value)
    }
    inventory.holding = cursor.read("holding_pct", as: .percent(.atLeast(Percent(0))), default: standard.holding.value)
    cursor.section("transfer") { transfer in
      inventory.transfer.costPerUnit = transfer.read(
        "cost_per_unit", as: Self.amount, default: standard.transfer.costPerUnit.value)
      inventory.transfer.days = transfer.read("days", as: days, default: standard.transfer.days.value)
    }
    cursor.section("promote") { promote in
      inventory.promote.discount = promote.read(
        "discount_pct", as: .percent(), default: standard.promote.discount.value)
      inventory.promote.lift = promote.read(
        "lift_pct", as: .percent(.atLeast(Percent(0))), default: standard.promote.lift.value)
    }
    inventory.budget = cursor.read("budget", as: Self.amount)
    inventory.space = cursor.read("space", as: .number(.atLeast(0)))
    inventory.links = cursor.sectionIfPresent("links") { links(&$0) } ?? nil
    return inventory
  }

  private func age(_ cursor: inout MappingCursor, _ standard: StockAgeSettings) -> StockAgeSettings {
    var age = standard
    age.limitDays = cursor.read("limit_days", as: .number(.between(1, 36_500)))
    age.deadlineDays = cursor.read(
      "deadline_days", as: .integer(.between(0, 3_650)), default: standard.deadlineDays.value)
    age.support = cursor.read("support_pct", as: .percent(), default: standard.support.value)
    return age
  }

  // MARK: Links

  /// `{dio_days: [[30, 1.00], [60, 0.95]], slow_share: [[0.2, 1]], shape: step, apply_to: [rebate, credit_limit]}`
  private func links(_ cursor: inout MappingCursor) -> StockLinks? {
    let shape: Located<StockLink.Shape>? = cursor.require(
      "shape", as: .choice, hint: "state `shape: step` or `shape: linear`: between two knots they differ")
    let tables = linkTables(&cursor, shape?.value ?? .step)
    let all = StockLinks.Target.allCases.map(\.rawValue)
    let targets = cursor.list("apply_to", of: .word(of: all), default: all)
    let least = cursor.read("at_least", as: Self.linkFactor)
    let exceptions = cursor.sections("exceptions") { exception in
      StockLinks.Exception(
        region: exception.read("region", as: .text)?.value,
        newMonths: exception.read("new_months", as: .integer(.between(1, 1200)))?.value,
        tables: linkTables(&exception, shape?.value ?? .step))
    }
    guard shape != nil else { return nil }
    return StockLinks(
      tables: tables, exceptions: exceptions,
      targets: Set(targets.compactMap { StockLinks.Target(rawValue: $0.value) }),
      atLeast: least.map { Self.percent($0.value) }, atLeastPlace: least?.place)
  }

  /// Shares of one: 0.95 is 95 %.
  private static let linkFactor = ScalarFormat.money(.between(.zero, Money(2)))

  private static func percent(_ factor: Money) -> Percent { Percent(tenThousandths: factor.tenThousandths * 100) }

  /// The tables that a section states, in order of the figure; a knot out of order is a finding.
  private func linkTables(_ cursor: inout MappingCursor, _ shape: StockLink.Shape) -> [StockLink] {
    StockLink.Measure.allCases.compactMap { measure in
      let bound = measure == .turnoverDays ? Money(100_000) : Money(1)
      let pairs = cursor.pairs(measure.rawValue, of: .money(.between(.zero, bound)), and: Self.linkFactor)
      guard !pairs.isEmpty else { return nil }
      let link = StockLink(
        measure, shape,
        knots: pairs.map { StockLink.Knot($0.first.value, Self.percent($0.second.value), at: $0.first.place) },
        key: cursor.name(measure.rawValue))
      if let knot = link.firstImproper {
        let isOrder = link.knots[knot].figure <= link.knots[knot - 1].figure
        cursor.report(
          StockCodes.improperLink,
          isOrder
            ? "`\(link.key)`: \(pairs[knot].first.value.plainDescription) does not follow "
              + "\(pairs[knot - 1].first.value.plainDescription)"
            : "`\(link.key)`: the factor rises from \(pairs[knot - 1].second.value.plainDescription) to "
              + "\(pairs[knot].second.value.plainDescription), as if longer stock were better",
          at: isOrder ? pairs[knot].first.place : pairs[knot].second.place,
          hint: isOrder
            ? "write the knots in ascending order, each once" : "let factors fall, or stay, from knot to knot")
        return nil
      }
      return link
    }
  }
}
