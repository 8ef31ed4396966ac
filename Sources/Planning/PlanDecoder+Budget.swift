import ChannelTypes
import Specifications

extension PlanDecoder {
  func budget(_ cursor: inout MappingCursor) -> BudgetSettings? {
    let quarter = cursor.require("quarter", as: Self.amount)
    var budget = BudgetSettings(quarter: quarter ?? Located(.zero))
    budget.reserve = cursor.read("reserve_pct", as: .percent(), default: budget.reserve.value)
    budget.reserveItem = cursor.sectionIfPresent("reserve") { reserveItem(&$0) } ?? nil
    budget.spendTypes = cursor.list("spend_types", of: .text)
    budget.floors = cursor.section("floors") { limits(&$0) }
    budget.caps = cursor.section("caps") { limits(&$0) }
    budget.locked = cursor.section("locked") { locks(&$0) }
    budget.shares = cursor.section("shares") { section in
      var shares = BudgetShares()
      shares.region = section.section("region") { bands(&$0) }
      shares.spendType = section.section("spend_type") { bands(&$0) }
      return shares
    }
    budget.maxMove = cursor.read("max_move_pct", as: .percent(.atLeast(Percent(0))))
    budget.minimumOrZero = cursor.section("min_or_zero") { $0.section("spend_type") { amounts(&$0) } }
    budget.tilt = cursor.section("tilt") { section in
      var tilt = BudgetWeights()
      tilt.region = section.section("region") { weights(&$0) }
      tilt.spendType = section.section("spend_type") { weights(&$0) }
      budget.followsScores = section.read("scores", as: .flag, default: false)
      return tilt
    }
    budget.stabilityPenalty = cursor.read("stability_penalty", as: .number(.between(0, 1000)), default: 0).value
    budget.requests = cursor.section("requests") { $0.section("region") { amounts(&$0) } }
    cursor.section("objective") { objective in
      budget.objective = objective.read("maximise", as: .choice, default: budget.objective).value
      budget.risk =
        objective.sectionIfPresent("risk") { section in
          _ = section.read("measure", as: .word(of: ["cvar"]), default: "cvar")
          var risk = BudgetRiskSettings()
          risk.level = section.read("level", as: .number(.strictlyBetween(0, 1)), default: risk.level).value
          risk.weight = section.read("weight", as: .number(.between(0, 1)), default: risk.weight).value
          return risk
        } ?? nil
    }
    cursor.section("retention") { budget.retentionCap = $0.read("cap", as: Self.amount) }
    budget.frontier =
      cursor.sectionIfPresent("frontier") { section in
        var frontier = BudgetFrontierSettings()
        frontier.from = section.read("from_pct", as: .number(.between(0, 10_000)), default: frontier.from).value
        frontier.to = section.read("to_pct", as: .number(.between(0, 10_000)), default: frontier.to).value
        frontier.points = section.read("points", as: .integer(.between(2, 100)), default: frontier.points).value
        return frontier
      } ?? nil
    return quarter == nil ? nil : budget
  }

  private func reserveItem(_ cursor: inout MappingCursor) -> BudgetReserveSettings? {
    let amplitude = cursor.require("amplitude", as: .number(.between(0, 1e12)))
    let scale = cursor.require("scale", as: .number(.between(1e-6, 1e12)))
    let floor = cursor.read("floor", as: Self.amount, default: .zero).value
    let cap = cursor.read("cap", as: Self.amount)?.value
    guard let amplitude, let scale else { return nil }
    return BudgetReserveSettings(amplitude: amplitude.value, scale: scale.value, floor: floor, cap: cap)
  }

  private func limits(_ cursor: inout MappingCursor) -> BudgetLimits {
    var limits = BudgetLimits()
    limits.region = cursor.section("region") { amounts(&$0) }
    limits.spendType = cursor.section("spend_type") { amounts(&$0) }
    return limits
  }

  private func locks(_ cursor: inout MappingCursor) -> BudgetLocks {
    var locks = BudgetLocks()
    locks.region = cursor.section("region") { amounts(&$0) }
    locks.spendType = cursor.section("spend_type") { amounts(&$0) }
    cursor.section("cell") { cells in
      for region in cells.keys {
        let own = cells.section(region) { amounts(&$0) }
        locks.cells += own.entries.map { BudgetLocks.Cell(region: region, spendType: $0.id, amount: $0.amount) }
      }
    }
    return locks
  }

  private func bands(_ cursor: inout MappingCursor) -> [BudgetShares.Band] {
    var bands: [BudgetShares.Band] = []
    for id in cursor.keys {
      bands.append(
        cursor.section(id) { band in
          BudgetShares.Band(
            id, atLeast: band.read("at_least_pct", as: .percent()), atMost: band.read("at_most_pct", as: .percent()))
        })
    }
    return bands
  }

  private func weights(_ cursor: inout MappingCursor) -> [(id: String, weight: Located<Double>)] {
    var weights: [(id: String, weight: Located<Double>)] = []
    for id in cursor.keys {
      guard let weight = cursor.require(id, as: .number(.between(0, 1000))) else { continue }
      weights.append((id, weight))
    }
    return weights
  }
}
