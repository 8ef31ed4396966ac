import Allocation
import ChannelTypes
import Demand
import Probability
import Tables

/// The tables and key figures of a divided budget.
struct BudgetReport {
  let problem: BudgetProblem
  let solution: BudgetSolution
  let fit: ResponseFit
  let history: BudgetHistory
  let quarterly: QuarterlyReturns
  /// Money that keeps partners and customers; nil where none was set aside.
  let retention: BudgetRetention?
  let currency: String

  var tables: [Table] {
    [allocation, regionAllocation, shadowPrices, responseCurves, responsePoints, comparison]
      + (solution.frontier.isEmpty ? [] : [frontier, frontierRegions])
  }

  /// Region and type of each line, as positions in the fit.
  private var cells: [(region: Int, type: Int)] {
    let types = solution.lines.count / max(1, fit.regions.count)
    return solution.lines.indices.map { ($0 / types, $0 % types) }
  }

  // MARK: - Tables

  /// A row of `allocation` or `region_allocation`; the reserve and what is not spent are rows of their own, new money
  /// against a present spend that has neither.
  private struct Row {
    var region: String
    var spendType: String?
    var now = Money.zero
    var plan: Money
    var line: BudgetSolution.Line?
    var marginalReturn = Double.nan
    var heldBy = ""
  }

  private var remainder: [Row] {
    (retention.map { [Row(region: "retention", plan: $0.cost, marginalReturn: $0.marginal)] } ?? []) + [
      Row(region: "reserve", plan: solution.reserve),
      Row(region: "not_spent", plan: solution.notSpent, heldBy: solution.reasonNotSpent ?? ""),
    ]
  }

  private var allocation: Table {
    let lines = solution.lines.map {
      Row(
        region: $0.region, spendType: $0.spendType, now: $0.now, plan: $0.plan, line: $0,
        marginalReturn: $0.marginalReturn, heldBy: $0.heldBy)
    }
    return Table(
      name: "allocation", rows: lines + remainder,
      columns: [
        .text("region", \.region), .text("spend_type", \.spendType), .money("now", \.now), .money("plan", \.plan),
        .money("change") { $0.plan - $0.now }, .money("floor", \.line?.floor), .money("cap", \.line?.cap),
        .real("marginal_return", \.marginalReturn),
        .money("margin_now") { $0.line.flatMap { Money(rounding: $0.marginNow) } },
        .money("margin_plan") { $0.line.flatMap { Money(rounding: $0.marginPlan) } }, .text("held_by", \.heldBy),
      ])
  }

  private var regionAllocation: Table {
    let regions = solution.regions.map {
      Row(
        region: $0.region, now: $0.now, plan: $0.plan, marginalReturn: $0.marginalReturn, heldBy: $0.heldBy)
    }
    return Table(
      name: "region_allocation", rows: regions + remainder,
      columns: [
        .text("region", \.region), .money("now", \.now), .money("plan", \.plan),
        .money("change") { $0.plan - $0.now }, .real("marginal_return", \.marginalReturn), .text("held_by", \.heldBy),
      ])
  }

  private var shadowPrices: Table {
    let unit = "\(currency) per \(currency)"
    return Table(
      name: "shadow_prices", rows: solution.shadowPrices,
      columns: [
        .text("limit", \.limit), .text("place", \.place?.description),
        .money("value") { Money(rounding: $0.value, decimals: 4) },
        .real("price", \.price), .text("unit") { _ in unit }, .real("left", \.left), .real("right", \.right),
        .real("from", \.from), .real("to", \.to),
      ])
  }

  /// Curves per quarter. `standard_error` is that of the amplitude with scale and shape held: the relative standard
  /// deviation of the return at present spend, times the amplitude.
  private var responseCurves: Table {
    let fit = self.fit
    let rows = zip(problem.items, cells).map { item, cell in
      let month = monthlySpend(item, cell)
      let values = fit.returns(region: cell.region, type: cell.type, at: month).values
      return (item: item, cell: cell, error: item.curve.amplitude * values.relativeDeviation)
    }
    return Table(
      name: "response_curves", rows: rows,
      columns: [
        .text("region", \.item.region), .text("spend_type", \.item.spendType),
        .text("family", \.item.curve.family.rawValue),
        .real("amplitude", \.item.curve.amplitude), .real("scale", \.item.curve.scale),
        .real("shape", \.item.curve.shape), .real("carry_over") { fit.carryOver(type: $0.cell.type) ?? .nan },
        .real("standard_error", \.error),
        .text("evidence") { fit.evidence(region: $0.cell.region, type: $0.cell.type).rawValue },
        .integer("observations") { fit.observationCount(region: $0.cell.region, type: $0.cell.type) },
      ])
  }

  private func monthlySpend(_ item: BudgetProblem.Item, _ cell: (region: Int, type: Int)) -> Double {
    item.now > .zero
      ? item.now.double / history.periodsPerQuarter : fit.typicalSpend(region: cell.region, type: cell.type)
  }

  static let pointsPerCurve = 25

  /// Points for charts, to twice the larger of present and planned spend; in range where the history reached and the
  /// line's own limits allow.
  private var responsePoints: Table {
    var points: [(item: BudgetProblem.Item, spend: Double, inRange: Bool)] = []
    for (index, item) in problem.items.enumerated() {
      let line = solution.lines[index]
      let typical =
        fit.typicalSpend(region: cells[index].region, type: cells[index].type) * history.periodsPerQuarter
      let end = 2 * max(line.now.double, line.plan.double, typical / 2)
      let seen = history.observedQuarters(region: cells[index].region, type: cells[index].type)
      for step in 0..<Self.pointsPerCurve {
        let spend = end * Double(step) / Double(Self.pointsPerCurve - 1)
        let inRange = seen.contains(spend) && spend >= line.floor.double && spend <= line.cap.double
        points.append((item, spend, inRange))
      }
    }
    return Table(
      name: "response_points", rows: points,
      columns: [
        .text("region", \.item.region), .text("spend_type", \.item.spendType), .real("spend", \.spend),
        .real("margin") { $0.item.curve.value(at: $0.spend) }, .integer("in_range") { $0.inRange ? 1 : 0 },
      ])
  }

  private var comparison: Table {
    Table(
      name: "budget_comparison", rows: solution.comparisons,
      columns: [
        .text("allocation", \.allocation), .money("total", \.total),
        .money("expected_margin") { Money(rounding: $0.expectedMargin) },
      ])
  }

  /// What other budgets would earn, the mean of the worst tenth of outcomes of each, and what one more unit is worth.
  private var frontier: Table {
    Table(
      name: "frontier", rows: Array(zip(solution.frontier, frontierWorstTenths)),
      columns: [
        .money("total", \.0.total), .money("spent", \.0.spent),
        .money("expected_margin") { Money(rounding: $0.0.expectedMargin) },
        .money("worst_tenth_margin") { Money(rounding: $0.1) }, .real("objective", \.0.objective),
        .real("bound", \.0.bound), .real("price", \.0.price),
      ])
  }

  /// What each region gets at each budget of the frontier.
  private var frontierRegions: Table {
    struct Row {
      var total: Money
      var region: String
      var spend: Double
    }
    let types = solution.lines.count / max(1, fit.regions.count)
    let rows = solution.frontier.flatMap { point in
      fit.regions.indices.map { region in
        Row(
          total: point.total, region: solution.lines[region * types].region,
          spend: point.amounts[region * types..<(region + 1) * types].reduce(0, +))
      }
    }
    return Table(
      name: "frontier_regions", rows: rows,
      columns: [.money("total", \.total), .text("region", \.region), .money("spend") { Money(rounding: $0.spend) }])
  }

  /// The mean of the worst tenth of outcomes over the draws of the curves, at each budget of the frontier.
  private var frontierWorstTenths: [Double] {
    let quarter = history.periodsPerQuarter
    var outcomes = Array(repeating: [Double](), count: solution.frontier.count)
    for draw in 0..<fit.drawCount {
      let curves = cells.map { fit.drawnCurve(draw, region: $0.region, type: $0.type).overPeriods(quarter) }
      for (index, point) in solution.frontier.enumerated() {
        outcomes[index].append(zip(curves, point.amounts).reduce(0) { $0 + $1.0.value(at: $1.1) })
      }
    }
    return outcomes.map { outcomes in
      let worst = outcomes.sorted().prefix(max(1, outcomes.count / 10))
      return worst.reduce(0, +) / Double(max(1, worst.count))
    }
  }

  // MARK: - Key figures

  /// Margin of the plan above that of the present spend, in every draw of the curves.
  private var gainDraws: [Double] {
    let quarter = history.periodsPerQuarter
    return (0..<fit.drawCount).map { draw in
      zip(solution.lines, quarterly.lines).reduce(0) { sum, entry in
        let (line, cell) = entry
        guard line.plan != line.now else { return sum }
        let curve = fit.drawnCurve(draw, region: cell.region, type: cell.type).overPeriods(quarter)
        return sum + curve.value(at: line.plan.double) - cell.presentDraws[draw]
      }
    }
  }

  var indicators: [Indicator] {
    let gains = gainDraws
    let draws = gains.sorted()
    let extra = (solution.spent - solution.lines.map(\.now).total()).double
    let better = draws.count { $0 - problem.valueOfUnspent * extra > 0 }
    var indicators = [
      Indicator(
        "expected_margin_gain", "Expected margin, plan against now", solution.gain, unit: currency, better: .higher,
        draws: gains),
      Indicator(
        "expected_margin_gain_low", "Gain, lower end of the 80 % interval", draws.quantileOfAscending(0.1),
        unit: currency,
        better: .higher),
      Indicator(
        "expected_margin_gain_high", "Gain, upper end of the 80 % interval", draws.quantileOfAscending(0.9),
        unit: currency,
        better: .higher),
      Indicator(
        "chance_better_than_now", "Chance that the plan earns more than now, net of its cost",
        Double(better) / Double(max(1, draws.count)), unit: "share", better: .higher),
      Indicator("money_not_spent", "Money not spent", solution.notSpent.double, unit: currency),
      Indicator(
        "curves_measured", "Response curves that the history supports", measuredShare, unit: "share", better: .higher),
    ]
    if let moved = solution.gainFromMoving {
      indicators.insert(
        contentsOf: [
          Indicator(
            "expected_margin_gain_moved", "Gain from moving the same money", moved, unit: currency, better: .higher),
          Indicator(
            "expected_margin_gain_extra", "Gain from the change of the total", solution.gain - moved, unit: currency,
            better: .higher),
        ], at: 1)
    }
    if let risk = solution.risk {
      let percent = (100 * (1 - risk.level)).written
      indicators.append(
        Indicator(
          "expected_margin_worst", "Mean margin of the worst \(percent) % of outcomes", risk.tailMean, unit: currency,
          better: .higher))
    }
    if let next = solution.next {
      indicators.append(
        Indicator(
          "next_money_worth", "Margin of the next \(Int(next.amount.double.rounded()))", next.worth, unit: currency,
          better: .higher))
    }
    return indicators
  }

  private var measuredShare: Double {
    let measured = cells.count { fit.evidence(region: $0.region, type: $0.type) != .assumption }
    return Double(measured) / Double(max(1, cells.count))
  }
}

extension BudgetHistory {
  /// The least and the most that was spent in any quarter of the history.
  func observedQuarters(region: Int, type: Int) -> ClosedRange<Double> {
    let count = min(panel.periodCount, max(1, Int(periodsPerQuarter.rounded())))
    let rows = amounts[type][region * panel.periodCount..<(region + 1) * panel.periodCount]
    let sums = (rows.startIndex...rows.endIndex - count).map { rows[$0..<$0 + count].total().double }
    return (sums.min() ?? 0)...(sums.max() ?? 0)
  }
}

extension [Double] {
  fileprivate var relativeDeviation: Double {
    let mean = reduce(0, +) / Double(Swift.max(count, 1))
    guard mean > 0, count > 1 else { return 0 }
    return (reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot() / mean
  }
}
