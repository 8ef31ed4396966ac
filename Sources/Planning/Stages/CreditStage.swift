public import Allocation
import ChannelTypes
import Specifications
import Tables

/// Credit limits: the exposures that earn most after expected losses and the cost of capital.
public struct CreditStage: Stage {
  public static let name = StageName.credit
  public static let requiredTables: [InputTable] = [.partners, .receivables]
  public static let optionalTables: [InputTable] = [.finance]
  public static let upstream: [StageName] = []
  public static let planSections = ["credit", "currency"]

  public struct Result: Sendable {
    public var problem: CreditProblem
    public var solution: CreditSolution
  }

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Result> {
    guard let settings = context.plan.credit else {
      throw .skipped(Diagnostic(CreditCodes.noLimits, .note, "the plan has no section `credit`"))
    }
    guard let partners = context.table(.partners), let invoices = context.table(.receivables) else {
      throw .skipped(Diagnostic(CreditCodes.noLimits, .note, "there are no partners or no invoices"))
    }
    // 1. Who owes how much today, and how likely each is to stop paying.
    let positions = Self.positions(partners)
    guard !positions.isEmpty else {
      throw .skipped(Diagnostic(CreditCodes.noLimits, .note, "no active partner has a credit limit"))
    }
    let model = DefaultModel(
      partners: positions.map(\.id), invoices: invoices, accounts: context.table(.finance),
      defaultDays: settings.defaultDays.value)
    // 2. The best limits.
    let problem = Self.problem(positions, model, settings, seed: context.seed)
    let solution: CreditSolution
    do { solution = try problem.solve() } catch {
      switch error {
      case .invalid(let findings): throw .invalid(findings)
      case .failed(let text): throw .invalid([Diagnostic(AllocationCodes.failed, .error, text)])
      }
    }
    if solution.status == .infeasible { throw .infeasible(solution.conflict.map { [$0.diagnostic] } ?? []) }
    guard let objective = solution.objective, let bound = solution.bound else {
      throw .invalid([Diagnostic(AllocationCodes.failed, .error, "no credit limits were found")])
    }
    var output = StageOutput(
      Result(problem: problem, solution: solution), tables: [Self.table(positions, solution, model)],
      indicators: Self.indicators(solution, currency: context.plan.currency),
      certificates: [
        Certificate(
          problem: "credit", status: solution.status.rawValue, sense: "maximise", objective: objective, bound: bound,
          unit: context.plan.currency)
      ])
    if !model.isRegression {
      output.notes.append(
        Diagnostic(
          CreditCodes.fewDefaults, .warning,
          "\(model.defaults) defaults in \(model.observations) partner-years: chances of default are records drawn "
            + "towards the mean, not a regression"))
    }
    return output
  }

  private struct Position {
    var id: String
    var region: String?
    var limit: Money
    var termsDays: Double
  }

  private static func positions(_ table: Table) -> [Position] {
    guard let ids = table.text("partner_id"), let limits = table.money("credit_limit") else { return [] }
    let (regions, status) = (table.text("region"), table.text("status"))
    let terms = table.numbers("terms_days")
    return (0..<table.rowCount).compactMap { row in
      guard let id = ids[row], limits[row] != Unknown.money, limits[row] > .zero, status?[row] ?? "active" == "active"
      else { return nil }
      let days = terms?[row] ?? .nan
      return Position(id: id, region: regions?[row], limit: limits[row], termsDays: days.isFinite ? max(days, 1) : 30)
    }
  }

  /// A unit of exposure that is turned over every `termsDays` carries 365 / termsDays units of sales a year.
  private static func problem(
    _ positions: [Position], _ model: DefaultModel, _ settings: CreditSettings, seed: UInt64
  ) -> CreditProblem {
    let move = settings.maxMove.value / 100
    let prepayAbove = settings.prepayAbove.value / 100
    let today = positions.map(\.limit).total()
    let total = settings.total?.value ?? today
    let partners = positions.map { position -> CreditProblem.Partner in
      let chance = model.probability[position.id] ?? 0
      let limit = position.limit.double
      let turnover = 365 / position.termsDays
      return CreditProblem.Partner(
        position.id, group: position.region, floor: chance > prepayAbove ? 0 : limit * max(0, 1 - move),
        cap: limit * (1 + move), margin: settings.margin.value / 100 * turnover, defaultProbability: chance,
        lossGivenDefault: settings.lossGivenDefault.value / 100, at: settings.maxMove.place)
    }
    var problem = CreditProblem(
      partners: partners, terms: [CreditProblem.Terms("credit", maximumDefaultProbability: prepayAbove)],
      total: CreditProblem.Limit(total.double, at: settings.total?.place ?? .default), unit: 100)
    if let limit = settings.expectedLoss {
      problem.expectedLoss = CreditProblem.Limit(limit.value / 100 * total.double, at: limit.place)
    }
    problem.tail = CreditProblem.Tail(
      confidence: settings.level.value / 100,
      limit: settings.tailLoss.map { CreditProblem.Limit($0.value / 100 * total.double, at: $0.place) },
      capitalCost: settings.capitalCost.value / 100,
      scenarios: .oneFactor(correlation: settings.correlation.value, count: 10_000, seed: seed))
    return problem
  }

  private static func table(
    _ positions: [Position], _ solution: CreditSolution, _ model: DefaultModel
  ) -> Table {
    let rows = zip(positions, solution.partners).map { Row(position: $0, limit: $1, chance: model.probability[$0.id]) }
    return Table(
      name: "credit", rows: rows,
      columns: [
        .text("partner_id") { $0.position.id }, .text("region") { $0.position.region },
        .money("present_limit") { $0.position.limit }, .money("proposed_limit") { $0.proposed },
        .money("change") { $0.change }, .real("terms_days") { $0.position.termsDays },
        .text("terms") { $0.limit.heldBy == .noTerms ? "prepay" : "credit" },
        .real("default_probability") { $0.rounded($0.chance ?? 0) },
        .money("expected_loss") { Money(rounding: $0.limit.expectedLoss) },
        .real("value_of_one_more") { $0.rounded($0.limit.capPrice) }, .text("held_by") { $0.limit.heldBy.rawValue },
      ])
  }

  private struct Row {
    var position: Position
    var limit: CreditSolution.Partner
    var chance: Double?

    var proposed: Money? { Money(rounding: limit.exposure) }
    var change: Money? { proposed.map { $0 - position.limit } }
    func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
  }

  private static func indicators(_ solution: CreditSolution, currency: String) -> [Indicator] {
    [
      Indicator("credit_limits", "Credit limits together", solution.exposure, unit: currency),
      Indicator(
        "credit_expected_loss", "Expected loss on credit in a year", solution.expectedLoss, unit: currency,
        better: .lower),
      Indicator(
        "credit_tail_loss", "Mean loss of the worst outcomes in a year", solution.tailLoss ?? 0, unit: currency,
        better: .lower),
    ]
  }
}
