public import Allocation
import ChannelTypes
import Partners
import Specifications
import Tables

/// Who gives stock to whom, with prices, and who gets scarce supply.
///
/// The stock stage decides on every stock once: promote, move, replenish. This stage publishes what moves, and splits
/// supply that the plan says is scarce among the orders of that decision.
public struct TransfersStage: Stage {
  public static let name = StageName.transfers
  public static let requiredTables: [InputTable] = []
  public static let optionalTables: [InputTable] = [.partners]
  public static let upstream: [StageName] = [.stock]
  public static let optionalUpstream: [StageName] = [.awards]
  public static let planSections = ["currency", "shortage"]

  public struct Result: Sendable {
    public var transfers: [InventorySolution.Transfer]
    /// The split of scarce supply; nil where the plan names none that is needed.
    public var shortage: ShortageProblem?
    public var shortageSolution: ShortageSolution?
  }

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Result> {
    guard let stock = context.result(of: StockStage.self) else {
      throw .skipped(Diagnostic(StockCodes.noStock, .note, "there is no decision on stock"))
    }
    let solution = stock.solution
    var output = StageOutput(
      Result(transfers: solution.transfers),
      tables: [TransfersTables.transfers(stock.problem, solution)],
      indicators: [
        Indicator(
          "units_moved", "Units moved between partners", Double(solution.transfers.reduce(0) { $0 + $1.units }),
          unit: "units")
      ],
      certificates: [
        Certificate(
          problem: "transfers", status: "optimal", sense: "maximise", objective: solution.objective,
          bound: solution.bound, unit: context.plan.currency)
      ])
    if !context.plan.shortage.supply.isEmpty { try split(stock, context, &output) }
    return output
  }

  /// The scarce products' orders in the stock decision, split by the partners' grades. Those whose targets were met
  /// often enough in a row have their weight multiplied (`incentives.priority`).
  private func split(
    _ stock: StockStage.Result, _ context: StageContext, _ output: inout StageOutput<Result>
  ) throws(StageFailure) {
    let settings = context.plan.shortage
    let grades = Self.grades(context.table(.partners))
    if grades == nil, !settings.weights.isEmpty {
      output.notes.append(
        Diagnostic(TransfersCodes.noGrades, .warning, "the partners table has no grades: all partners count alike"))
    }
    var problem = ShortageProblem(products: [], requests: [], tiersAreStrict: settings.tiersAreStrict.value)
    let awards = context.result(of: AwardsStage.self)
    func standing(_ partner: String) -> Double {
      let factor = awards.map { $0.hasPriority.contains(partner) ? $0.priorityFactor : 1 } ?? 1
      return settings.weight(of: grades?[partner]) * factor
    }
    // The tiers: weights, the highest first.
    let plain = settings.weights.map(\.weight.value) + [1]
    let factor = awards?.hasPriority.isEmpty == false ? awards?.priorityFactor ?? 1 : 1
    let ranks = Set(plain + plain.map { $0 * factor }).sorted(by: >)
    for (product, units) in settings.supply {
      let needs = zip(stock.problem.items, stock.solution.lines).filter { $0.product == product && $1.ordered > 0 }
      guard !needs.isEmpty else {
        output.notes.append(
          Diagnostic(
            TransfersCodes.notNeeded, .warning, "no partner has to order `\(product)`", at: units.place))
        continue
      }
      problem.products.append(ShortageProblem.Product(product, supply: units.value, at: units.place))
      for (item, line) in needs {
        let weight = standing(item.partner)
        problem.requests.append(
          ShortageProblem.Request(
            item.partner, product: problem.products.count - 1, units: line.ordered,
            floor: Int((Double(line.ordered) * settings.floorPercent.value / 100 + 1e-9).rounded(.down)),
            weight: weight, tier: (ranks.firstIndex(of: weight) ?? 0) + 1, at: settings.floorPercent.place))
      }
    }
    guard !problem.products.isEmpty else { return }
    let answer: ShortageSolution?
    do { answer = try problem.solve() } catch {
      switch error {
      case .invalid(let findings): throw .invalid(findings)
      case .failed(let text): throw .invalid([Diagnostic(AllocationCodes.failed, .error, text)])
      }
    }
    guard let answer else { throw .infeasible(problem.conflict().map { [$0.diagnostic] } ?? []) }
    output.result.shortage = problem
    output.result.shortageSolution = answer
    let posed = problem
    output.add(table: TransfersTables.shortage(posed, answer, grades: grades ?? [:]))
    output.indicators += TransfersTables.shortageIndicators(problem, answer)
    // Greedy by the worst off is exact: the bound is the objective.
    output.certificates.append(
      Certificate(
        problem: "shortage", status: "optimal", sense: "maximise", objective: answer.objective,
        bound: answer.objective, unit: "share"))
  }

  private static func grades(_ table: Table?) -> [String: String]? {
    guard let table, let partner = table.text("partner_id"), let grade = table.text("grade") else { return nil }
    var grades: [String: String] = [:]
    for row in 0..<table.rowCount {
      if let id = partner[row], let value = grade[row] { grades[id] = value }
    }
    return grades
  }
}
