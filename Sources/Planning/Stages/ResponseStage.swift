import Allocation
import ChannelTypes
public import Demand
import Probability
import Specifications
import Tables

/// What spend brings: response curves by region and spend type, estimated from the history of spend and sales.
///
/// Apart from the budget that is divided by them, so that another budget needs no new estimate.
public struct ResponseStage: Stage {
  public static let name = StageName.response
  public static let requiredTables: [InputTable] = [.sales, .budget]
  public static let optionalTables: [InputTable] = [.partners, .products, .marketIndex, .experiments]
  public static let planSections = ["calendar", "budget.spend_types"]

  /// What the budget stage reads.
  public struct Result: Sendable {
    public var fit: ResponseFit
    let history: BudgetHistory
    /// Put together when first asked for, and once for all budgets.
    let quarterly: Deferred<QuarterlyReturns>
  }

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Result> {
    guard let settings = context.plan.budget else {
      throw .skipped(Diagnostic(BudgetCodes.noBudget, .note, "the plan has no budget to divide"))
    }
    let history = try BudgetHistory(context, spendTypes: settings.spendTypes.map(\.value))
    let fit = try context.kept { () throws(StageFailure) in try Self.fit(history, seed: context.seed) }
    let allocated = settings.spendTypes.isEmpty ? fit.spendTypes : settings.spendTypes.map(\.value)
    return StageOutput(
      Result(
        fit: fit, history: history,
        quarterly: Deferred { QuarterlyReturns(fit, history, typeCount: allocated.count) }), tables: [],
      notes: history.notes + Self.doubts(fit, allocated: allocated))
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

/// What the lines of a budget return in a quarter, by region and, within it, spend type.
struct QuarterlyReturns: Sendable {
  struct Line: Sendable {
    var region: Int
    var type: Int
    /// What is spent in a quarter today.
    var now: Money
    var curve: ResponseCurve
    /// What that spend returns in every draw.
    var presentDraws: [Double]
  }

  private(set) var lines: [Line] = []

  init(_ fit: ResponseFit, _ history: BudgetHistory, typeCount: Int) {
    let periods = history.periodsPerQuarter
    for region in fit.regions.indices {
      for type in 0..<typeCount {
        let now = history.recentSpend(region: region, type: type)
        lines.append(
          Line(
            region: region, type: type, now: now,
            curve: fit.curve(region: region, type: type, near: now.double / periods).overPeriods(periods),
            presentDraws: (0..<fit.drawCount).map { draw in
              fit.drawnCurve(draw, region: region, type: type).overPeriods(periods).value(at: now.double)
            }))
      }
    }
  }
}
