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
  public static let optionalTables: [InputTable] = [.partners, .products]
  public static let upstream: [StageName] = [.stock]
  public static let optionalUpstream: [StageName] = [.awards]
  public static let planSections = ["currency", "shortage", "supply"]

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
    if !context.plan.shortage.supply.isEmpty || !context.plan.supply.factors.isNeutral {
      try split(stock, context, &output)
    }
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
    for scarcity in Scarcity.all(stock, context, notes: &output.notes) {
      problem.products.append(
        ShortageProblem.Product(scarcity.product, supply: scarcity.supply, at: scarcity.place))
      // A cut takes the same part of floors as of supply: what was feasible stays so.
      let floor = settings.floorPercent.value / 100 * scarcity.share
      for item in scarcity.items {
        let (partner, ordered) = (stock.problem.items[item].partner, stock.solution.lines[item].ordered)
        let weight = standing(partner)
        problem.requests.append(
          ShortageProblem.Request(
            partner, product: problem.products.count - 1, units: ordered,
            floor: Int((Double(ordered) * floor + 1e-9).rounded(.down)),
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

/// A product of which partners order more than there is, everywhere or in some regions.
private struct Scarcity {
  var product: String
  /// Units that can be delivered.
  var supply: Int
  /// Of what is ordered; 1 where the plan states units.
  var share: Double
  /// Items with an order for it.
  var items: [Int]
  var place: SourcePlace

  /// Products with units under `shortage.supply` first, less what `supply` cuts of them; then those that `supply` alone
  /// makes scarce, one entry for each share that regions get.
  static func all(
    _ stock: StockStage.Result, _ context: StageContext, notes: inout [Diagnostic]
  ) -> [Scarcity] {
    let (settings, factors) = (context.plan.shortage, context.plan.supply.factors)
    let families = ProductFamilies(context.table(.products))
    let items = stock.problem.items
    func share(_ item: Int) -> Double {
      factors.isNeutral
        ? 1
        : factors.factor(
          region: items[item].region, product: items[item].product, family: families[items[item].product], step: 0)
    }
    var ordered: [String: [Int]] = [:]
    for (index, line) in stock.solution.lines.enumerated() where line.ordered > 0 {
      ordered[items[index].product, default: []].append(index)
    }
    func units(_ wanted: [Int], times share: (Int) -> Double) -> Double {
      wanted.reduce(0) { $0 + Double(stock.solution.lines[$1].ordered) * share($1) }
    }
    var all: [Scarcity] = []
    for (product, stated) in settings.supply {
      guard let wanted = ordered.removeValue(forKey: product) else {
        notes.append(
          Diagnostic(
            TransfersCodes.notNeeded, .warning, "no partner has to order `\(product)`", at: stated.place))
        continue
      }
      let left = units(wanted, times: share) / units(wanted) { _ in 1 }
      all.append(
        Scarcity(
          product: product, supply: Int((Double(stated.value) * left + 1e-9).rounded(.down)), share: left,
          items: wanted, place: stated.place))
    }
    guard !factors.isNeutral else { return all }
    for product in ordered.keys.sorted() {
      let byShare = Dictionary(grouping: ordered[product] ?? [], by: share)
      for (share, wanted) in byShare.sorted(by: { $0.key < $1.key }) where share < 1 {
        all.append(
          Scarcity(
            product: product, supply: Int((units(wanted) { _ in share } + 1e-9).rounded(.down)), share: share,
            items: wanted, place: factors.place ?? .default))
      }
    }
    return all
  }
}
