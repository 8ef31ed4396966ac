public import Allocation
import ChannelTypes
public import Partners
import Specifications
import Tables

/// Credit: who is likely to pay, on which terms, how much each may owe, and what happens if things go wrong.
///
/// Chances of default give terms by risk band; terms and planned demand give the limit that a partner's sales need; the
/// allocation moves limits around that to where they earn most; the standing of its stock then lowers a limit. The
/// certificate is that of the allocation: the link to stock comes after it and only ever lowers.
public struct CreditStage: Stage {
  public static let name = StageName.credit
  public static let requiredTables: [InputTable] = [.partners, .receivables]
  public static let optionalTables: [InputTable] = [.finance, .regions, .sales]
  public static let upstream: [StageName] = []
  public static let optionalUpstream: [StageName] = [.history, .demand, .stock]
  public static let planSections = ["credit", "currency", "calendar", "forecast"]

  public struct Result: Sendable {
    public var problem: CreditProblem
    public var solution: CreditSolution
    /// Chances, terms and published limits of partners.
    public var outcome = CreditOutcome()
    /// What the published limits lose in a year, by scenario.
    public var losses: [Double] = []
  }

  /// Above so many partners the tail is that of a large book.
  static let largeBook = 2_000

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Result> {
    guard let settings = context.plan.credit else {
      throw .skipped(Diagnostic(CreditCodes.noLimits, .note, "the plan has no section `credit`"))
    }
    guard let facts = CreditFacts(context, settings) else {
      throw .skipped(Diagnostic(CreditCodes.noLimits, .note, "there are no partners or no invoices"))
    }
    guard !facts.lines.isEmpty else {
      throw .skipped(Diagnostic(CreditCodes.noLimits, .note, "no active partner has a credit limit"))
    }
    // The best limits, then what stock makes of them.
    let problem = Self.problem(facts, seed: context.seed)
    let solution = try Self.solve(problem)
    guard let objective = solution.objective, let bound = solution.bound else {
      throw .invalid([Diagnostic(AllocationCodes.failed, .error, "no credit limits were found")])
    }
    let report = CreditReport(
      facts: facts.limited(by: solution, context.result(of: StockStage.self)?.standings), solution: solution,
      seed: context.seed)
    var output = StageOutput(
      Result(problem: problem, solution: solution, outcome: report.outcome, losses: report.losses.draws),
      tables: CreditTables(report).all,
      indicators: report.indicators(currency: context.plan.currency),
      certificates: [
        Certificate(
          problem: "credit", status: solution.status.rawValue, sense: "maximise", objective: objective, bound: bound,
          unit: context.plan.currency)
      ], notes: facts.notes, traces: CreditTraces(report, currency: context.plan.currency).book)
    if !report.extending.candidates.isEmpty {
      let extending = report.extending.extension
      output.certificates.append(
        Certificate(
          problem: "credit_extension", status: extending.bound > extending.gain ? "feasible" : "optimal",
          sense: "maximise", objective: extending.gain, bound: extending.bound, unit: context.plan.currency))
    }
    return output
  }

  private static func solve(_ problem: CreditProblem) throws(StageFailure) -> CreditSolution {
    let solution: CreditSolution
    do {
      solution = try problem.solve(withPrices: problem.partners.count <= largeBook)
    } catch {
      switch error {
      case .invalid(let findings): throw .invalid(findings)
      case .failed(let text): throw .invalid([Diagnostic(AllocationCodes.failed, .error, text)])
      }
    }
    if solution.status == .infeasible { throw .infeasible(solution.conflict.map { [$0.diagnostic] } ?? []) }
    return solution
  }

  /// A unit of exposure that is turned over every `days` carries 365 / days units of sales a year.
  private static func problem(_ facts: CreditFacts, seed: UInt64) -> CreditProblem {
    let settings = facts.settings
    let move = settings.maxMove.value / 100
    let prepaysAbove = facts.policy.prepaysAbove
    let total = (settings.total?.value ?? facts.lines.map(\.afterDemand).total()).double
    let partners = facts.lines.map { line -> CreditProblem.Partner in
      let chance = facts.chance(line.partner).probability
      let needed = line.needed.double
      let turnover = 365 / Double(max(1, line.terms.days))
      return CreditProblem.Partner(
        line.partner, group: line.region, floor: chance > prepaysAbove ? 0 : needed * max(0, 1 - move),
        cap: needed * (1 + move), margin: settings.margin.value / 100 * turnover, defaultProbability: chance,
        lossGivenDefault: settings.lossGivenDefault.value / 100, at: settings.maxMove.place)
    }
    var problem = CreditProblem(
      partners: partners, terms: [CreditProblem.Terms("credit", maximumDefaultProbability: prepaysAbove)],
      total: CreditProblem.Limit(total, at: settings.total?.place ?? .default), unit: settings.unit.value.double)
    if let limit = settings.expectedLoss {
      problem.expectedLoss = CreditProblem.Limit(limit.value / 100 * total, at: limit.place)
    }
    let correlation = settings.correlation.value
    problem.tail = CreditProblem.Tail(
      confidence: settings.level.value / 100,
      limit: settings.tailLoss.map { CreditProblem.Limit($0.value / 100 * total, at: $0.place) },
      capitalCost: settings.capitalCost.value / 100,
      scenarios: partners.count > largeBook
        ? .largeBook(correlation: correlation)
        : .oneFactor(
          correlation: correlation, count: CreditLosses.scenarioCount(partners: partners.count), seed: seed))
    return problem
  }
}
