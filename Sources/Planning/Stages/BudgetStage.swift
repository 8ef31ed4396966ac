public import Allocation
import ChannelTypes
public import Demand
import Probability
import Specifications
import Tables

/// Response curves from the spend history, and the quarter's budget divided by them.
public struct BudgetStage: Stage {
  public static let name = StageName.budget
  public static let requiredTables: [InputTable] = [.sales, .budget]
  public static let optionalTables: [InputTable] = [.partners, .products, .marketIndex, .experiments]
  public static let upstream: [StageName] = []
  public static let planSections = ["calendar", "budget", "currency"]

  /// What later stages read: the problem that was solved, its solution, and the estimate behind the curves.
  public struct Result: Sendable {
    public var problem: BudgetProblem
    public var solution: BudgetSolution
    public var fit: ResponseFit
  }

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Result> {
    guard let settings = context.plan.budget else {
      throw .skipped(Diagnostic(BudgetCodes.noBudget, .note, "the plan has no budget to divide"))
    }
    // 1. What spend brought so far.
    let history = try BudgetHistory(context, spendTypes: settings.spendTypes.map(\.value))
    let fit = try Self.fit(history, seed: context.seed)
    // 2. The problem, and its best solution.
    let problem = Self.problem(settings, history, fit)
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
    // 3. How sure the gain is.
    let report = BudgetReport(
      problem: problem, solution: solution, fit: fit, history: history, currency: context.plan.currency)
    return StageOutput(
      Result(problem: problem, solution: solution, fit: fit), tables: report.tables, indicators: report.indicators,
      certificates: [
        Certificate(
          problem: "budget", status: solution.relativeGap <= 1e-9 ? "optimal" : "feasible", sense: "maximise",
          objective: solution.objective, bound: solution.bound, unit: context.plan.currency)
      ],
      notes: history.notes + Self.doubts(fit, allocated: problem.spendTypes))
  }

  private static func fit(_ history: BudgetHistory, seed: UInt64) throws(StageFailure) -> ResponseFit {
    do {
      return try ResponseModel().fit(history.panel, seed: seed)
    } catch {
      switch error {
      case .noOutcome:
        throw .skipped(Diagnostic(BudgetCodes.noOutcome, .note, "no region of the budget table has sales"))
      case .empty:
        throw .skipped(Diagnostic(BudgetCodes.noHistory, .note, "the budget table names no region or spend type"))
      case .tooShort(let periods):
        throw .skipped(
          Diagnostic(
            BudgetCodes.noHistory, .note, "sales and spend have \(periods) periods in common, 12 are needed"))
      case .badExperiment:
        throw .skipped(Diagnostic(BudgetCodes.noHistory, .note, "an experiment lies outside the history"))
      case .shape(let name), .badSpend(let name), .badControl(let name):
        throw .skipped(Diagnostic(BudgetCodes.noHistory, .note, "the history of \(name) cannot be used"))
      }
    }
  }

  /// Regions × spend types of the plan, with quarterly curves, and the plan's limits.
  private static func problem(_ settings: BudgetSettings, _ history: BudgetHistory, _ fit: ResponseFit)
    -> BudgetProblem
  {
    let count = settings.spendTypes.isEmpty ? fit.spendTypes.count : settings.spendTypes.count
    var items: [BudgetProblem.Item] = []
    for region in fit.regions.indices {
      for type in 0..<count {
        let now = history.recentSpend(region: region, type: type)
        let monthly = now.double / history.periodsPerQuarter
        items.append(
          BudgetProblem.Item(
            region: fit.regions[region], spendType: fit.spendTypes[type],
            curve: fit.curve(region: region, type: type, near: monthly).overPeriods(history.periodsPerQuarter),
            now: now))
      }
    }
    var problem = BudgetProblem(items: items, total: settings.quarter.value, at: settings.quarter.place)
    problem.reservePercent = Double(settings.reserve.value.tenThousandths) / 10_000
    problem.reservePlace = settings.reserve.place
    func add(_ side: BudgetProblem.Side, _ limits: BudgetLimits) {
      for (id, amount) in limits.region.entries {
        problem.limits.append(.init(side, .region(id), amount.value, at: amount.place))
      }
      for (id, amount) in limits.spendType.entries {
        problem.limits.append(.init(side, .spendType(id), amount.value, at: amount.place))
      }
    }
    add(.floor, settings.floors)
    add(.cap, settings.caps)
    if let move = settings.maxMove {
      problem.moveLimit = BudgetProblem.MoveLimit(percent: Double(move.value.tenThousandths) / 10_000, at: move.place)
    }
    return problem
  }

  /// One warning that lists the spend types whose curves are assumptions, with the reason of each.
  private static func doubts(_ fit: ResponseFit, allocated: [String]) -> [Diagnostic] {
    let reasons: [(name: String, text: String)] = fit.spendTypes.indices.compactMap { type in
      let name = fit.spendTypes[type]
      guard allocated.contains(name) else { return nil }
      switch fit.doubts[type] {
      case .followsSales(let share):
        return (name, "\(name) followed sales (\(Int((share * 100).rounded())) % of its variation)")
      case .noVariation:
        return (name, "\(name) hardly varied")
      case nil:
        let weak = fit.regions.indices.count { fit.evidence(region: $0, type: type) == .assumption }
        guard weak > fit.regions.count / 2 else { return nil }
        return (name, "the history says little about \(name) in \(weak) of \(fit.regions.count) regions")
      }
    }
    guard !reasons.isEmpty else { return [] }
    return [
      Diagnostic(
        BudgetCodes.assumed, .warning,
        "the return of \(reasons.map(\.name).joined(separator: ", ")) is mostly assumed, not measured",
        hint: "vary these on purpose in some regions, drawn by lot", notes: reasons.map(\.text))
    ]
  }
}
