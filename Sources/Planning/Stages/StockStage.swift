public import Allocation
import ChannelTypes
import Demand
public import Partners
import Specifications
import Tables

/// Stock of every product at every partner: too little is replenished, too much promoted or moved; and how partners
/// stand with it, which moves their rebates and credit.
public struct StockStage: Stage {
  public static let name = StageName.stock
  public static let requiredTables: [InputTable] = [.inventory, .partners]
  public static let optionalTables: [InputTable] = [.lanes, .sales, .products]
  public static let upstream: [StageName] = [.demand]
  public static let optionalUpstream: [StageName] = [.history]
  public static let planSections = ["calendar", "forecast", "inventory", "currency", "price", "cost"]

  /// What later stages read (transfers publish their part of it): the problem, what was decided, and how stock will stand.
  public struct Result: Sendable {
    public var problem: InventoryProblem
    public var solution: InventorySolution
    public var projections: [StockProjection]
    /// How partners stand with their stock, and what rebates and credit make of it.
    public var standings = StockStandings()
  }

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Result> {
    guard let forecast = context.result(of: DemandStage.self) else {
      throw .skipped(Diagnostic(StockCodes.notUnits, .note, "there is no forecast to set stock levels by"))
    }
    let measure = context.plan.forecast.measure
    guard measure == .sellOutQuantity || measure == .sellInQuantity else {
      throw .skipped(Diagnostic(StockCodes.notUnits, .note, "forecast.measure is \(measure.rawValue), not units"))
    }
    // 1. What lies where, and what sells.
    let position = try StockPosition(context, forecast)
    context.progress(1, of: 5)
    // 2. What to do with it.
    var problem = InventoryProblem(items: position.items, policy: StockPolicy(context.plan.inventory))
    problem.lanes = Self.lanes(context.table(.lanes))
    var solution: InventorySolution
    do {
      solution = try problem.solve()
    } catch {
      switch error {
      case .invalid(let text):
        throw .invalid([Diagnostic(AllocationCodes.improperStock, .error, "inventory: " + text)])
      case .failed(let text): throw .invalid([Diagnostic(AllocationCodes.failed, .error, text)])
      }
    }
    var certificates: [Certificate] = []
    context.progress(2, of: 5)
    // 3. Orders within what they share.
    let shared = try Self.share(problem, &solution, context.plan.inventory)
    if let shared {
      certificates.append(
        Certificate(
          problem: "orders", status: shared.status.rawValue, sense: "minimise", objective: shared.objective,
          bound: shared.bound, unit: context.plan.currency))
    }
    context.progress(3, of: 5)
    // 4. How it will stand, and what will be ordered when.
    let demand = position.expectedDemand(forecast)
    let (horizon, days) = (forecast.horizon, forecast.frequency.days)
    let projections = problem.projection(of: solution, demand: demand, horizon: horizon, periodDays: days)
    let purchases = problem.purchasePlan(of: solution, demand: demand, horizon: horizon, periodDays: days)
    let tables = StockTables(
      problem: problem, solution: solution, facts: position.facts, projections: projections,
      firstPeriod: forecast.firstPeriod, purchases: purchases, shared: shared)
    context.progress(4, of: 5)
    // 5. How partners stand, and whether supply meets demand.
    let (decided, decision) = (problem, solution)
    let report = StandingReport(context, forecast, position, problem, solution)
    let match = SupplyTables(forecast, position, problem, solution, purchases: purchases, demand: demand)
    return StageOutput(
      Result(
        problem: problem, solution: solution, projections: projections, standings: report.standings),
      tables: tables.all + report.tables + match.tables,
      indicators: tables.indicators(currency: context.plan.currency) + report.indicators, certificates: certificates,
      notes: position.notes + report.notes,
      traces: StockTraces(context, position, decided, decision, report).book)
  }

  /// Cuts orders back to `inventory.budget` and `inventory.space`; nil where the plan has neither.
  private static func share(
    _ problem: InventoryProblem, _ solution: inout InventorySolution, _ settings: InventorySettings
  ) throws(StageFailure) -> SharedOrders? {
    guard settings.budget != nil || settings.space != nil else { return nil }
    do {
      return try problem.shareOrders(&solution, budget: settings.budget?.value, space: settings.space?.value)
    } catch {
      switch error {
      case .invalid(let findings): throw .invalid(findings)
      case .failed(let text): throw .invalid([Diagnostic(AllocationCodes.failed, .error, text)])
      }
    }
  }

  private static func lanes(_ table: Table?) -> [InventoryProblem.Lane: InventoryProblem.LaneCost] {
    guard let table, let from = table.text("from_partner"), let to = table.text("to_partner"),
      let cost = table.money("cost_per_unit"), let days = table.numbers("days")
    else { return [:] }
    var lanes: [InventoryProblem.Lane: InventoryProblem.LaneCost] = [:]
    for row in 0..<table.rowCount {
      guard let from = from[row], let to = to[row], cost[row] != Unknown.money, !days[row].isNaN else { continue }
      lanes[InventoryProblem.Lane(from: from, to: to)] = InventoryProblem.LaneCost(
        perUnit: cost[row], days: days[row])
    }
    return lanes
  }
}

extension StockPolicy {
  init(_ settings: InventorySettings) {
    self.init()
    serviceLevel = settings.serviceLevel.value
    reviewDays = settings.reviewDays.value
    upperCoverDays = settings.upperCoverDays.value
    slowDays = settings.slowNoSaleDays.value
    slowCoverDays = settings.slowCoverDays?.value ?? .infinity
    holdingRate = settings.holding.value.fraction
    transferCost = settings.transfer.costPerUnit.value
    transferDays = settings.transfer.days.value
    discount = settings.promote.discount.value.fraction
    lift = settings.promote.lift.value.fraction
  }
}
