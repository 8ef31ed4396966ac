public import Allocation
import ChannelTypes
import Demand
import Probability
import Specifications
import Tables

/// The quarter's budget, divided by the response curves.
public struct BudgetStage: Stage {
  public static let name = StageName.budget
  public static let requiredTables: [InputTable] = []
  public static let optionalTables: [InputTable] = [.budget]
  public static let upstream: [StageName] = [.response]
  public static let optionalUpstream: [StageName] = [.history, .scores, .value, .drivers]
  public static let planSections = ["calendar", "budget", "demand", "price", "cost", "currency"]

  /// What later stages read: the problem that was solved, and its solution.
  public struct Result: Sendable {
    public var problem: BudgetProblem
    public var solution: BudgetSolution
  }

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Result> {
    guard let settings = context.plan.budget else {
      throw .skipped(Diagnostic(BudgetCodes.noBudget, .note, "the plan has no budget to divide"))
    }
    guard let response = context.result(of: ResponseStage.self) else {
      throw .skipped(Diagnostic(BudgetCodes.noHistory, .note, "there are no response curves"))
    }
    // 1. What spend brings.
    let (history, fit, quarterly) = (response.history, response.fit, response.quarterly.value)
    // 2. The problem, and its best solution.
    var problem = Self.problem(settings, quarterly, history, fit)
    switch context.purpose {
    case .publication: problem.hasPriceRanges = true
    case .figures:
      problem.analyses = [.comparisons, .next, .risk]
      problem.frontier = nil
    }
    let loop = BudgetLoop(&problem, context, history)
    let retention = Self.retention(settings, context, &problem)
    let solution: BudgetSolution
    do {
      solution = try problem.solve()
    } catch {
      switch error {
      case .invalid(let findings): throw .invalid(findings)
      case .infeasible(let conflict): throw .infeasible([conflict.diagnostic])
      case .noWholeAmounts:
        throw .infeasible([
          Diagnostic(
            AllocationCodes.conflict, .error, "minimum-or-zero amounts leave no room within the budget's limits",
            at: settings.quarter.place)
        ])
      case .failed(let message): throw .invalid([Diagnostic(AllocationCodes.failed, .error, message)])
      }
    }
    context.progress(2, of: 3)
    // 3. How sure the gain is.
    let report = BudgetReport(
      problem: problem, solution: solution, fit: fit, history: history, quarterly: quarterly, retention: retention,
      currency: context.plan.currency)
    return StageOutput(
      Result(problem: problem, solution: solution),
      tables: report.tables + (loop.lines.isEmpty ? [] : [loop.table])
        + (retention.map { [$0.table] } ?? []),
      indicators: report.indicators,
      certificates: [
        Certificate(
          problem: "budget", status: solution.relativeGap <= 1e-9 ? "optimal" : "feasible", sense: "maximise",
          objective: solution.objective, bound: solution.bound, unit: context.plan.currency)
      ],
      notes: solution.traps.map(\.diagnostic),
      traces: BudgetTraces(
        solution: solution, adjustments: loop.lines, firstPeriod: history.end,
        periods: max(1, Int(history.periodsPerQuarter.rounded())), currency: context.plan.currency
      ).book)
  }

  /// Sets money aside to keep partners and customers; nil where the plan asks for none or nobody is worth it.
  private static func retention(
    _ settings: BudgetSettings, _ context: StageContext, _ problem: inout BudgetProblem
  ) -> BudgetRetention? {
    guard let cap = settings.retentionCap, let value = context.result(of: ValueStage.self) else { return nil }
    let retention = BudgetRetention(value, cap: cap.value, problem)
    problem.take(retention.cost)
    return retention.funded.isEmpty ? nil : retention
  }

  /// Regions × spend types of the plan, with quarterly curves, and the plan's limits.
  private static func problem(
    _ settings: BudgetSettings, _ quarterly: QuarterlyReturns, _ history: BudgetHistory, _ fit: ResponseFit
  ) -> BudgetProblem {
    let items = quarterly.lines.map {
      BudgetProblem.Item(
        region: fit.regions[$0.region], spendType: fit.spendTypes[$0.type], curve: $0.curve, now: $0.now)
    }
    var problem = BudgetProblem(items: items, total: settings.quarter.value, at: settings.quarter.place)
    problem.reservePercent = Double(settings.reserve.value.tenThousandths) / 10_000
    problem.reservePlace = settings.reserve.place
    if let item = settings.reserveItem {
      problem.reserveItem = BudgetProblem.ReserveItem(
        curve: ResponseCurve(family: .logarithm, amplitude: item.amplitude, scale: item.scale), floor: item.floor,
        cap: item.cap)
    }
    problem.addLimits(of: settings)
    if let move = settings.maxMove {
      problem.moveLimit = BudgetProblem.MoveLimit(percent: Double(move.value.tenThousandths) / 10_000, at: move.place)
    }
    problem.stabilityPenalty = settings.stabilityPenalty
    problem.addRequests(settings.requests)
    if let frontier = settings.frontier {
      problem.frontier = .init(from: frontier.from, to: frontier.to, points: frontier.points)
    }
    if let risk = settings.risk {
      problem.draws = draws(problem, history, fit)
      problem.risk = .init(level: risk.level, weight: risk.weight)
    }
    return problem
  }

  /// The height of every line's curve in each draw, against its mean, at what the line gets now.
  private static func draws(
    _ problem: BudgetProblem, _ history: BudgetHistory, _ fit: ResponseFit
  ) -> BudgetProblem.Draws {
    let lines = problem.items.count
    let types = lines / max(1, fit.regions.count)
    var factors = [Double](repeating: 1, count: fit.drawCount * lines)
    for (index, item) in problem.items.enumerated() {
      let (region, type) = (index / max(1, types), index % max(1, types))
      let now = item.now.double / history.periodsPerQuarter
      let values = fit.returns(
        region: region, type: type, at: now > 0 ? now : fit.typicalSpend(region: region, type: type)
      ).values
      let mean = values.reduce(0, +) / Double(max(1, values.count))
      guard mean > 0, mean.isFinite else { continue }
      for (draw, value) in values.enumerated() where value >= 0 && value.isFinite {
        factors[draw * lines + index] = value / mean
      }
    }
    return BudgetProblem.Draws(factors: factors, count: fit.drawCount)
  }

}

extension BudgetProblem {
  fileprivate mutating func addLimits(of settings: BudgetSettings) {
    func add(_ side: Side, _ amounts: AmountList, _ scope: (String) -> Scope) {
      for (id, amount) in amounts.entries { limits.append(.init(side, scope(id), amount.value, at: amount.place)) }
    }
    for (side, stated) in [(Side.floor, settings.floors), (.cap, settings.caps)] {
      add(side, stated.region) { .region($0) }
      add(side, stated.spendType) { .spendType($0) }
    }
    for (id, amount) in settings.locked.region.entries {
      limits += Limit.lock(.region(id), amount.value, at: amount.place)
    }
    for (id, amount) in settings.locked.spendType.entries {
      limits += Limit.lock(.spendType(id), amount.value, at: amount.place)
    }
    for cell in settings.locked.cells {
      limits += Limit.lock(
        .cell(region: cell.region, spendType: cell.spendType), cell.amount.value, at: cell.amount.place)
    }
    func add(_ bands: [BudgetShares.Band], _ scope: (String) -> Scope) {
      for band in bands {
        for (side, percent) in [(Side.floor, band.atLeast), (.cap, band.atMost)] {
          guard let percent else { continue }
          let share = Share(percent: Double(percent.value.tenThousandths) / 10_000)
          limits.append(.init(side, scope(band.id), share, at: percent.place))
        }
      }
    }
    add(settings.shares.region) { .region($0) }
    add(settings.shares.spendType) { .spendType($0) }
    for index in items.indices {
      items[index].minimumOrZero = settings.minimumOrZero[items[index].spendType]?.value
      for (id, weight) in settings.tilt.region where id == items[index].region { items[index].weight *= weight.value }
      for (id, weight) in settings.tilt.spendType where id == items[index].spendType {
        items[index].weight *= weight.value
      }
    }
  }

  /// What a region asks for, over its lines as its money is spread now.
  fileprivate mutating func addRequests(_ requests: AmountList) {
    for (id, amount) in requests.entries {
      let own = items.indices.filter { items[$0].region == id }
      let now = own.map { items[$0].now.double }.reduce(0, +)
      for index in own {
        let share = now > 0 ? items[index].now.double / now : 1 / Double(own.count)
        items[index].request = Money(rounding: amount.value.double * share)
      }
    }
  }
}
