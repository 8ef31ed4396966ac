import Allocation
import ChannelTypes
import Tables

/// The arithmetic behind every line of the budget: what it got, what the plan changes, and what holds it there.
struct BudgetTraces {
  let solution: BudgetSolution
  let adjustments: [BudgetLoop.Line]
  let firstPeriod: Period
  /// Rows of the budget table in a quarter of one line.
  let periods: Int
  let currency: String

  /// `region:east`, items `budget:training` (a line) and `budget` (all lines of the region).
  var book: TraceBook {
    let (lines, regions) = (solution.lines, solution.regions)
    let copy = self
    return TraceBook(count: lines.count + regions.count) { index in
      index < lines.count ? copy.line(lines[index]) : copy.region(regions[index - lines.count])
    }
  }

  private func line(_ line: BudgetSolution.Line) -> Trace {
    var steps = [
      Trace.Step(
        "spent in the last quarter", amount: .money(line.now),
        from: [
          .rows(
            table: "budget",
            condition: "region = \(line.region), spend_type = \(line.spendType), before \(firstPeriod)",
            count: periods, first: nil)
        ]),
      Trace.Step(
        "change by the division", held(line.heldBy, line.marginalReturn), amount: .money(line.change),
        from: [.result(table: "allocation", condition: "region = \(line.region), spend_type = \(line.spendType)")]),
    ]
    steps += evidence(line.region, line.spendType)
    return Trace(
      "region:\(line.region)", "budget:\(line.spendType)", "Budget of the quarter", .money(line.plan), unit: currency,
      steps: steps)
  }

  private func region(_ region: BudgetSolution.RegionLine) -> Trace {
    let own = solution.lines.filter { $0.region == region.region }
    let steps = own.map { line in
      Trace.Step(
        line.spendType, "now \(line.now.plainDescription), change \(line.change.plainDescription)",
        amount: .money(line.plan), from: [.trace(subject: "region:\(region.region)", item: "budget:\(line.spendType)")])
    }
    return Trace(
      "region:\(region.region)", "budget", "Budget of the quarter", .money(region.plan), unit: currency,
      steps: steps + [Trace.Step("held by", held(region.heldBy, region.marginalReturn))]
        + evidence(region.region, nil))
  }

  private func held(_ by: String, _ marginal: Double) -> String {
    let worth = "one more earns \(((marginal * 10_000).rounded() / 10_000).written)"
    return by.isEmpty ? worth : "\(worth); held by \(by)"
  }

  private func evidence(_ region: String, _ type: String?) -> [Trace.Step] {
    adjustments.filter { $0.region == region && (type == nil || $0.spendType == nil || $0.spendType == type) }.map {
      Trace.Step($0.rule, $0.reason, from: $0.place.map { [.plan(key: "budget", place: $0)] } ?? [])
    }
  }
}
