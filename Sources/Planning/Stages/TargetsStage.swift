public import Allocation
import ChannelTypes
import Specifications
import Tables

/// The year's revenue target divided over regions, partners, persons and months, with prepayment targets beside it.
public struct TargetsStage: Stage {
  public static let name = StageName.targets
  public static let requiredTables: [InputTable] = [.sales]
  public static let optionalTables: [InputTable] = [.partners, .regions, .staff, .targets]
  public static let planSections = ["calendar", "targets", "currency"]

  /// What later stages read.
  public struct Result: Sendable {
    public var problem: TargetProblem
    public var solution: TargetSolution
  }

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Result> {
    guard let settings = context.plan.targets, let first = settings.annual.first, let last = settings.annual.last else {
      throw .skipped(Diagnostic(TargetsCodes.noTargets, .note, "the plan states no annual targets"))
    }
    // 1. Who there is, and what they sold before.
    let start = Period.month(first.year, 1)
    let calendarStart = context.plan.calendar.start?.value.containing(.month) ?? start
    let history = try TargetsHistory(context, settings, firstMonth: min(start, calendarStart))
    // 2. The targets.
    let months = (start.ordinal...Period.month(last.year, 12).ordinal).map { Period(form: .month, ordinal: $0) }
    let problem = Self.problem(settings, history, months: months, pins: Self.pins(context, months, history.members))
    let solution: TargetSolution
    do throws(TargetFailure) {
      solution = try context.kept { () throws(TargetFailure) in try problem.solve() }
    } catch {
      switch error {
      case .invalid(let findings): throw .invalid(findings)
      case .infeasible(let conflict): throw .infeasible([conflict.diagnostic])
      case .failed(let text): throw .invalid([Diagnostic(AllocationCodes.failed, .error, text)])
      }
    }
    let isGrowth = settings.method == .minMaxGrowth || settings.method == .minMaxChange
    return StageOutput(
      Result(problem: problem, solution: solution), tables: Self.tables(solution),
      indicators: indicators(problem, solution, context.plan.currency),
      certificates: [
        Certificate(
          problem: "targets", status: solution.isRounded && solution.relativeGap <= 1e-6 ? "optimal" : "feasible",
          sense: "minimise",
          objective: solution.objective, bound: min(solution.bound, solution.objective),
          unit: isGrowth ? "share" : context.plan.currency)
      ], notes: history.notes)
  }

  private static func problem(
    _ settings: TargetSettings, _ history: TargetsHistory, months: [Period], pins: [TargetProblem.Limit]
  ) -> TargetProblem {
    var limits = settings.annual.map { year, amount in
      TargetProblem.Limit(
        "annual.\(year)", .company, period: .year(year), floor: amount.value.double, cap: amount.value.double,
        at: amount.place)
    }
    limits += settings.limits
    limits += pins
    var problem = TargetProblem(
      members: history.members, months: months,
      seasonality: months.map { history.seasonality[($0.month ?? 1) - 1] }, limits: limits,
      unit: settings.unit.value.double)
    problem.unitPlace = settings.unit.place
    problem.split = settings.split
    problem.method = settings.method
    problem.growth = settings.growth
    problem.heldMonths = settings.holdsMonths
    problem.heldLevel = settings.holdsRegions ? .region : nil
    problem.conversion = settings.conversion.isEmpty ? nil : settings.conversion
    return problem
  }

  /// Revenue targets that the table of targets pins, of regions and partners in the planned months.
  private static func pins(
    _ context: StageContext, _ months: [Period], _ members: [TargetProblem.Member]
  ) -> [TargetProblem.Limit] {
    guard let table = context.table(.targets), let periods = table.periods("period"),
      let levels = table.text("level"), let ids = table.text("id"), let measures = table.text("measure"),
      let amounts = table.money("amount"), let pinned = table.integers("pinned")
    else { return [] }
    let known = Set(members.map(\.id) + members.map(\.region))
    let rows = (0..<table.rowCount).filter { row in
      guard pinned[row] == 1, measures[row] == "revenue", levels[row] != "staff", amounts[row] != Unknown.money,
        let id = ids[row], known.contains(id), let period = periods[row]
      else { return false }
      return months.contains { $0.containing(period.form) == period }
    }
    let places = table.source?.locate(rows.map { ($0, "amount") }).map(\.place)
    return rows.enumerated().map { index, row in
      let level: TargetProblem.Level = levels[row] == "region" ? .region : .partner
      let id = ids[row] ?? ""
      let amount = amounts[row].double
      return TargetProblem.Limit(
        "pinned.\(level.rawValue).\(id).\(periods[row]?.description ?? "")", level, id, period: periods[row],
        floor: amount, cap: amount, at: places?[index])
    }
  }

  // MARK: Tables

  private static func tables(_ solution: TargetSolution) -> [Table] {
    let layouts = TargetLayouts(solution)
    var tables = [layouts.plan(), layouts.byQuarter(), layouts.byOwner(), layouts.byMonth()]
    if solution.prepayments != nil {
      tables.insert(layouts.plan(named: "prepayment_plan", measure: "prepayment"), at: 1)
    }
    tables.append(
      Table(
        name: "targets_limits", rows: solution.prices,
        columns: [
          .text("limit") { $0.limit }, .real("value") { $0.value }, .real("price_below") { tabled($0.left, 6) },
          .real("price_above") { tabled($0.right, 6) }, .real("holds_from") { tabled($0.from, 6) },
          .real("holds_to") { tabled($0.to, 6) },
        ]))
    return tables
  }

  private func indicators(_ problem: TargetProblem, _ solution: TargetSolution, _ currency: String) -> [Indicator] {
    let total = solution.amounts.reduce(0, +)
    let base = problem.members.reduce(0) { $0 + ($1.isNewCustomers ? 0 : $1.base ?? 0) }
    var indicators = [
      Indicator("target_revenue", "Revenue target", total, unit: currency),
      Indicator("target_members", "Partners and lines with a target", Double(problem.members.count), unit: "partners"),
    ]
    let years = Double(problem.months.count) / 12
    if base > 0 {
      indicators.append(
        Indicator("target_growth", "Target against the last twelve months", total / years / base - 1, unit: "share"))
    }
    if let prepayments = solution.prepayments {
      indicators.append(
        Indicator("target_prepayment", "Prepayment target", prepayments.reduce(0, +), unit: currency))
    }
    return indicators
  }
}
