public import Allocation
import ChannelTypes
import Demand
import Specifications
import Tables

/// Whether supply keeps up with demand, draw by draw: what is filled and what is lost, how long it takes to recover from
/// less supply (`supply`), and what a second supplier would be worth.
///
/// The orders are those of the stock stage; where supply is cut, those of now get what the transfers stage split.
public struct DisruptionStage: Stage {
  public static let name = StageName.disruption
  public static let requiredTables: [InputTable] = []
  public static let optionalTables: [InputTable] = [.products]
  public static let upstream: [StageName] = [.demand, .stock]
  public static let optionalUpstream: [StageName] = [.transfers]
  public static let planSections = ["supply", "price", "cost", "currency"]

  public struct Result: Sendable {
    public var outcome: DisruptionOutcome
    /// With full supply; the outcome itself where the plan cuts none.
    public var undisturbed: DisruptionOutcome
  }

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Result> {
    guard let forecast = context.result(of: DemandStage.self), let stock = context.result(of: StockStage.self) else {
      throw .skipped(Diagnostic(StockCodes.noStock, .note, "there is no decision on stock"))
    }
    let simulation = SupplySimulation(context, forecast, stock)
    let settings = context.plan.supply
    let isCut = simulation.isCut
    let outcome = simulation.outcome(simulation.shares)
    let undisturbed = isCut ? simulation.outcome(simulation.full) : outcome
    let report = DisruptionReport(
      simulation: simulation, outcome: outcome, undisturbed: undisturbed,
      backups: isCut ? simulation.backups(settings, without: outcome) : [], currency: context.plan.currency)
    return StageOutput(
      Result(outcome: outcome, undisturbed: undisturbed),
      tables: report.tables, indicators: report.indicators)
  }
}

/// The stock decision with what the plan says of supply, ready to be simulated.
struct SupplySimulation: Sendable {
  let problem: InventoryProblem
  let shares: SupplyShares
  /// Regions and families of the groups.
  private(set) var groups: [(region: String, family: String)] = []
  let firstPeriod: Period
  let horizon: Int
  private let solution: InventorySolution
  private let groupOf: [Int]
  private let expected: [Double]
  /// What a partner pays for a unit; 0 where it is not known.
  private let purchasePrices: [Double]
  private let waiting: Double
  private let periodDays: Double
  private let threads: Int

  init(_ context: StageContext, _ forecast: ForecastResult, _ stock: StockStage.Result) {
    let settings = context.plan.supply
    let (items, horizon) = (stock.problem.items, forecast.horizon)
    (problem, solution, self.horizon) = (stock.problem, stock.solution, horizon)
    (firstPeriod, periodDays, threads) = (forecast.firstPeriod, forecast.frequency.days, context.threads)
    waiting = settings.waiting.value / 100
    let families = ProductFamilies(context.table(.products))
    // 1. Shares, and what is expected.
    let neutral = settings.factors.isNeutral
    var (shares, expected, first) = ([Double](), [Double](), [Double]())
    let split = neutral ? [:] : Self.split(context.result(of: TransfersStage.self))
    for item in items {
      var series: Int?
      if case .paths(_, let index, _) = item.demand { series = index }
      for step in 0..<horizon {
        expected.append(series.map { max(0, forecast.mean(series: $0, step: step)) } ?? 0)
        let share =
          neutral
          ? 1
          : settings.factors.factor(
            region: item.region, product: item.product, family: families[item.product], step: step)
        shares.append(share)
      }
      let own = horizon > 0 ? shares[shares.count - horizon] : 1
      first.append(split[item.partner]?[item.product] ?? own)
    }
    self.expected = expected
    self.shares = SupplyShares(shares: shares, first: first)
    // 2. What partners pay: the maker's prices move it, its costs do not.
    let (cost, price) = (context.plan.cost, context.plan.price.factors)
    purchasePrices = items.map { item in
      func factor(_ factors: NamedFactors) -> Double {
        factors.factor(region: item.region, product: item.product, family: families[item.product], step: 0)
      }
      let paid = (item.unitCost?.double ?? 0) / factor(cost) * factor(price)
      return paid.isFinite ? paid : 0
    }
    // 3. Groups, by name.
    let names = items.map { (region: $0.region, family: families[$0.product] ?? "") }
    groups = Set(names.map { "\($0.region)\u{0}\($0.family)" }).sorted().map { key in
      let parts = key.split(separator: "\u{0}", omittingEmptySubsequences: false).map(String.init)
      return (parts[0], parts[1])
    }
    let places = Dictionary(uniqueKeysWithValues: groups.enumerated().map { ("\($1.region)\u{0}\($1.family)", $0) })
    groupOf = names.map { places["\($0.region)\u{0}\($0.family)"] ?? 0 }
  }

  /// What the split of scarce supply gives of each order, by partner and product.
  private static func split(_ transfers: TransfersStage.Result?) -> [String: [String: Double]] {
    guard let problem = transfers?.shortage, let solution = transfers?.shortageSolution else { return [:] }
    var shares: [String: [String: Double]] = [:]
    for (request, units) in zip(problem.requests, solution.units) where request.units > 0 {
      shares[request.partner, default: [:]][problem.products[request.product].name] =
        Double(units) / Double(request.units)
    }
    return shares
  }

  var isCut: Bool { shares.shares.contains { $0 < 1 } }

  var full: SupplyShares {
    SupplyShares(
      shares: [Double](repeating: 1, count: shares.shares.count),
      first: [Double](repeating: 1, count: shares.first.count))
  }

  func outcome(_ shares: SupplyShares) -> DisruptionOutcome {
    problem.disruption(
      of: solution, expected: expected, horizon: horizon, periodDays: periodDays, supply: shares, waiting: waiting,
      groups: groupOf, groupCount: groups.count, threads: threads)
  }

  /// What a partner loses for lack of stock.
  struct Loss: Sendable {
    var partner: String
    var region: String
    var units = 0.0
    /// At what buyers pay, and at what the partner would have paid for the goods.
    var revenue = 0.0
    var purchases = 0.0
  }

  /// Partners in the order of the items, which is that of their ids.
  func losses(_ outcome: DisruptionOutcome) -> [Loss] {
    var losses: [Loss] = []
    for (index, item) in problem.items.enumerated() {
      let units = outcome.lostUnits[index]
      if losses.last?.partner != item.partner { losses.append(Loss(partner: item.partner, region: item.region)) }
      losses[losses.count - 1].units += units
      losses[losses.count - 1].revenue += units * (item.unitPrice ?? 0)
      losses[losses.count - 1].purchases += units * purchasePrices[index]
    }
    return losses
  }

  /// A second supplier that delivers a part of what is missing.
  struct Backup: Sendable {
    /// Percent of what is missing.
    var share: Double
    var units: Double
    /// What it asks above the unit cost.
    var premium: Double
    var marginSaved: Double
    var fillRate: Double
    var value: Double { marginSaved - premium }
  }

  /// What each of the plan's shares of a second supplier saves, at its premium.
  func backups(_ settings: SupplySettings, without outcome: DisruptionOutcome) -> [Backup] {
    settings.backup.map { share in
      var shares = shares
      shares.backup = share.value / 100
      let helped = self.outcome(shares)
      return Backup(
        share: share.value, units: helped.backupUnits, premium: helped.backupCost * settings.backupPremium.value / 100,
        marginSaved: outcome.lostMargin - helped.lostMargin, fillRate: helped.fillRate)
    }
  }
}

/// The tables and key figures of supply.
struct DisruptionReport {
  let simulation: SupplySimulation
  let outcome: DisruptionOutcome
  let undisturbed: DisruptionOutcome
  let backups: [SupplySimulation.Backup]
  let currency: String

  var tables: [Table] { [disruption, lostSales] + (backups.isEmpty ? [] : [backupTable]) }

  private struct Row {
    var region: String
    var family: String?
    var period: Period
    var node: DisruptionOutcome.Node
    var recovery: Int?
  }

  private var rows: [Row] {
    let horizon = outcome.horizon
    return simulation.groups.enumerated().flatMap { index, group in
      let recovery = outcome.periodsToRecover(group: index, undisturbed: undisturbed)
      return (0..<horizon).map { period in
        Row(
          region: group.region, family: group.family.isEmpty ? nil : group.family,
          period: simulation.firstPeriod.advanced(by: period), node: outcome.node(group: index, period: period),
          recovery: recovery)
      }
    }
  }

  /// Means over the draws; units, but for the revenue. `supply`: what arrives of `due`; `late` comes when supply is back.
  /// `backlog`: what buyers wait for. `periods_to_recover`: from the start of the plan, of the region and family.
  private var disruption: Table {
    Table(
      name: "disruption", rows: rows,
      columns: [
        .text("region") { $0.region }, .text("family") { $0.family },
        .period("period", form: simulation.firstPeriod.form) { $0.period },
        .real("demand") { tabled($0.node.demand) }, .real("due") { tabled($0.node.due) },
        .real("supply") { tabled($0.node.delivered) }, .real("late") { tabled($0.node.late) },
        .real("filled") { tabled($0.node.filled) }, .real("fill_rate") { tabled($0.node.fillRate, 6) },
        .real("lost_units") { tabled($0.node.lost) },
        .money("lost_revenue") { Money(rounding: $0.node.lostRevenue) },
        .real("backlog") { tabled($0.node.backlog) }, .real("stock") { tabled($0.node.stock) },
        .integer("periods_to_recover") { $0.recovery },
      ])
  }

  /// By partner over the planned periods: units, money at what buyers pay, and at what the partner pays for the goods.
  private var lostSales: Table {
    Table(
      name: "lost_sales", rows: simulation.losses(outcome),
      columns: [
        .text("region") { $0.region }, .text("partner_id") { $0.partner }, .real("lost_units") { tabled($0.units) },
        .money("lost_revenue") { Money(rounding: $0.revenue) },
        .money("lost_purchases") { Money(rounding: $0.purchases) },
      ])
  }

  private var backupTable: Table {
    Table(
      name: "backup_supplier", rows: backups,
      columns: [
        .real("share_pct") { $0.share }, .real("units") { tabled($0.units) },
        .real("fill_rate") { tabled($0.fillRate, 6) }, .money("margin_saved") { Money(rounding: $0.marginSaved) },
        .money("premium") { Money(rounding: $0.premium) }, .money("value") { Money(rounding: $0.value) },
      ])
  }

  /// The slowest region and family; the horizon where one is not back within it.
  private var periodsToRecover: Int {
    simulation.groups.indices.map {
      outcome.periodsToRecover(group: $0, undisturbed: undisturbed) ?? outcome.horizon
    }.max() ?? 0
  }

  var indicators: [Indicator] {
    let lost = outcome.lostRevenueDraws
    var indicators = [
      Indicator(
        "fill_rate", "Share of demand that is filled from stock", outcome.fillRate, unit: "share", better: .higher,
        draws: zip(outcome.filledDraws, outcome.demandDraws).map { $1 > 0 ? $0 / $1 : 1 }),
      Indicator(
        "lost_sales", "Sales lost for lack of stock in the planned periods",
        lost.reduce(0, +) / Double(max(1, lost.count)), unit: currency, better: .lower,
        draws: lost),
      Indicator(
        "periods_to_recover", "Periods until supply is back to normal everywhere", Double(periodsToRecover),
        unit: "periods", better: .lower),
    ]
    if let best = backups.max(by: { $0.value < $1.value }) {
      indicators.append(
        Indicator(
          "backup_value", "What a second supplier is worth at best, net of its premium", max(0, best.value),
          unit: currency, better: .higher))
    }
    return indicators
  }
}
