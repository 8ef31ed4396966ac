import ChannelTypes
import Demand
public import Partners
import Probability
import Specifications
public import Tables

/// What could be lost in a year and what reserve covers it; and how many partners would fail in the year ahead, with and
/// without the rule that shares losses with them.
///
/// Losses: margin below the plan in the draws of demand, defaults on credit, and both together. The fund for credit alone
/// and its contributions, and the split of slow stock by shareholding, are the credit stage's (`emergency_fund`,
/// `loss_sharing`).
public struct RiskStage: Stage {
  public static let name = StageName.risk
  public static let requiredTables: [InputTable] = []
  public static let optionalTables: [InputTable] = [.finance, .sales, .products]
  public static let upstream: [StageName] = []
  public static let optionalUpstream: [StageName] = [.forecast, .demand, .drivers, .credit]
  public static let planSections = ["risk", "price", "cost", "demand", "forecast", "credit", "currency"]

  public struct Result: Sendable {
    /// By source: `demand`, `credit`, `all`.
    public var losses: [(source: String, distribution: LossDistribution)]
  }

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Result> {
    let losses = Self.losses(context)
    let failures = FailureReport(context)
    guard !losses.isEmpty || failures != nil else {
      throw .skipped(
        Diagnostic(RiskCodes.nothing, .note, "there is neither a margin that is planned nor a book of credit"))
    }
    let reserves = ReserveReport(losses: losses, settings: context.plan.risk, currency: context.plan.currency)
    return StageOutput(
      Result(losses: losses), tables: (losses.isEmpty ? [] : [reserves.table]) + (failures.map { [$0.table] } ?? []),
      indicators: reserves.indicators + (failures?.indicators ?? []))
  }

  /// Draws of demand and defaults are independent: each default scenario meets a draw of demand by lot.
  private static func losses(_ context: StageContext) -> [(source: String, distribution: LossDistribution)] {
    var all: [(source: String, distribution: LossDistribution)] = []
    var demand: [Double] = []
    if let planned = context.result(of: DemandStage.self),
      let revenue = PlannedRevenue(context, planned, PlannedInputs(context, planned)), revenue.hasMargins
    {
      let plan = revenue.total(\.marginOfYear)
      demand = revenue.draws.map { max(0, plan - $0.margin) }
    }
    if !demand.isEmpty { all.append(("demand", LossDistribution(demand))) }
    guard let credit = context.result(of: CreditStage.self)?.losses, !credit.isEmpty else { return all }
    all.append(("credit", LossDistribution(credit)))
    guard !demand.isEmpty else { return all }
    var stream = RandomStream(seed: context.seed, key: RandomStream.key("risk.pairs"))
    var order = Array(demand.indices)
    let together = credit.indices.map { index -> Double in
      let place = index % order.count
      // A new order of the draws each time all have been met.
      if place == 0 {
        for last in order.indices.reversed() where last > 0 { order.swapAt(last, stream.index(below: last + 1)) }
      }
      return credit[index] + demand[order[place]]
    }
    all.append(("all", LossDistribution(together)))
    return all
  }
}

/// Findings of the risk stage.
public enum RiskCodes {
  public static let nothing = DiagnosticCode(
    "S451", "nothing to keep a reserve for",
    """
    Reserves are sized from the margin that is planned (sales with values, products with margins, a forecast) and from \
    the book of credit (the section `credit`, partners with limits, invoices). There is neither.
    """)

  public static let all = [nothing]
}

/// How likely each reserve suffices.
struct ReserveReport {
  let losses: [(source: String, distribution: LossDistribution)]
  let settings: RiskSettings
  let currency: String

  private struct Row {
    var source: String
    var confidence: Double
    var reserve: Money
    var distribution: LossDistribution
  }

  private static let confidences = [50, 60, 70, 80, 85, 90, 92.5, 95, 97.5, 99, 99.5, 100.0]

  private var rows: [Row] {
    let confidences = Set(Self.confidences + [settings.confidence.value]).sorted()
    return losses.flatMap { source, distribution in
      let sized = confidences.map { percent in
        Row(
          source: source, confidence: percent,
          reserve: Self.rounded(distribution.fund(confidence: percent / 100)), distribution: distribution)
      }
      let judged = settings.reserve.map {
        Row(source: source, confidence: .nan, reserve: $0.value, distribution: distribution)
      }
      return sized + (judged.map { [$0] } ?? [])
    }
  }

  /// Up to the next cent, so that what is published covers what it says.
  private static func rounded(_ amount: Double) -> Money {
    Money(rounding: (amount * 100 - 1e-7).rounded(.up) / 100) ?? .zero
  }

  /// `confidence_pct` is what a reserve was sized for, empty for the plan's own (`risk.reserve`); `probability_within`
  /// the share of losses that it covers; `expected_beyond` the mean of what it does not cover.
  var table: Table {
    Table(
      name: "reserve_curve", rows: rows,
      columns: [
        .text("source") { $0.source }, .real("confidence_pct") { $0.confidence }, .money("reserve") { $0.reserve },
        .real("probability_within") { tabled($0.distribution.chanceWithin($0.reserve.double), 6) },
        .money("expected_beyond") { Money(rounding: $0.distribution.meanBeyond($0.reserve.double)) },
      ])
  }

  var indicators: [Indicator] {
    guard let last = losses.last else { return [] }
    let percent = settings.confidence.value
    var indicators = [
      Indicator(
        "reserve_needed", "Reserve that a year's losses stay within at \(percent.written) %",
        Self.rounded(last.distribution.fund(confidence: percent / 100)).double, unit: currency, better: .lower)
    ]
    if let reserve = settings.reserve {
      indicators.append(
        Indicator(
          "reserve_chance", "Chance that the reserve of \(reserve.value.plainDescription) suffices",
          last.distribution.chanceWithin(reserve.value.double), unit: "share", better: .higher))
    }
    return indicators
  }
}

/// Failures of partners in the draws of planned demand.
struct FailureReport {
  private struct Row {
    var partner: String
    var region: String
    var cash: Double
    var alone: FailureSimulation.Outcome
    var shared: FailureSimulation.Outcome
  }

  private var rows: [Row] = []
  private let currency: String
  private var drawCount: Int

  /// Nil without accounts, or a forecast to hold them against.
  init?(_ context: StageContext) {
    guard let table = context.table(.finance), let sales = context.table(.sales),
      let forecast = context.result(of: ForecastStage.self), let planned = context.result(of: DemandStage.self),
      planned.paths.drawCount > 0
    else { return nil }
    currency = context.plan.currency
    drawCount = planned.paths.drawCount
    let statements = FinancialStatements(table)
    let panel = planned.panel
    let isSellOut = sales.numbers("sell_in_value") == nil
    let values = UnitValues.bySeries(
      sales, panel, isSellOut: isSellOut, measure: context.plan.forecast.measure, before: planned.firstPeriod.ordinal)
    let perYear = planned.frequency.periodsPerYear
    let steps = min(planned.horizon, perYear)
    let settings = context.plan.risk.sharing
    let simulation = FailureSimulation(
      variableCostShare: (context.plan.credit ?? CreditSettings()).stress.variableCost.value / 100,
      periodsPerYear: perYear)
    let sharing = FailureSimulation.Sharing(
      beyond: settings.beyond.value / 100, makerShare: settings.makerShare.value / 100)
    let paths = planned.valuePaths
    var start = 0
    while start < panel.seriesCount {
      let partner = panel.series[start].partner
      var end = start
      while end < panel.seriesCount, panel.series[end].partner == partner { end += 1 }
      defer { start = end }
      let id = panel.partners[partner]
      guard panel.isActive[partner], let statement = statements.latest(id), let cash = statement.cash?.double,
        let course = Self.course(start..<end, forecast, paths, values, steps: steps),
        let alone = simulation.outcome(
          statement, sales: course.sales, expected: course.expected, drawCount: drawCount, sharing: nil),
        let shared = simulation.outcome(
          statement, sales: course.sales, expected: course.expected, drawCount: drawCount, sharing: sharing)
      else { continue }
      rows.append(
        Row(
          partner: id, region: panel.regions[panel.series[start].region], cash: cash, alone: alone, shared: shared))
    }
    if rows.isEmpty { return nil }
  }

  /// Sales of a partner by period, against the average period of the last year of the history: draws of the plan, and
  /// what the forecast expects; nil where nothing was sold.
  private static func course(
    _ range: Range<Int>, _ forecast: ForecastResult, _ paths: SamplePaths, _ values: [Double], steps: Int
  ) -> (sales: [Double], expected: [Double])? {
    let panel = forecast.panel
    let perYear = panel.frequency.periodsPerYear
    let count = paths.drawCount
    var before = 0.0
    var (sales, expected) = ([Double](repeating: 0, count: steps * count), [Double](repeating: 0, count: steps))
    for series in range where values[series] > 0 {
      let observed = panel.observed[panel.range(ofSeries: series)].suffix(perYear)
      before += values[series] * observed.reduce(0) { $1.isFinite ? $0 + $1 : $0 }
      for step in 0..<steps {
        expected[step] += values[series] * forecast.mean(series: series, step: step)
        let draws = paths.draws(series: series, period: step)
        for (draw, units) in draws.enumerated() { sales[step * count + draw] += values[series] * Double(units) }
      }
    }
    let average = before / Double(min(perYear, panel.periodCount))
    guard average > 0 else { return nil }
    return (sales.map { $0 / average }, expected.map { $0 / average })
  }

  /// `failure_probability`: that the partner's money runs out within the planned year; `with_sharing`: under the plan's
  /// rule; `expected_support`: what the rule costs the maker.
  var table: Table {
    Table(
      name: "failure_sharing", rows: rows,
      columns: [
        .text("partner_id") { $0.partner }, .text("region") { $0.region },
        .money("cash") { Money(rounding: $0.cash) },
        .real("failure_probability") { tabled($0.alone.probability, 6) },
        .real("with_sharing") { tabled($0.shared.probability, 6) },
        .money("expected_support") { Money(rounding: $0.shared.support) },
      ])
  }

  /// How many partners fail in each draw.
  private func failures(_ outcome: (Row) -> FailureSimulation.Outcome) -> [Double] {
    var counts = [Double](repeating: 0, count: drawCount)
    for row in rows {
      for (draw, failed) in outcome(row).hasFailed.enumerated() where failed { counts[draw] += 1 }
    }
    return counts
  }

  var indicators: [Indicator] {
    let (alone, shared) = (failures(\.alone), failures(\.shared))
    func mean(_ draws: [Double]) -> Double { draws.reduce(0, +) / Double(max(1, draws.count)) }
    return [
      Indicator(
        "dealer_failures", "Partners expected to run out of money within a year", mean(alone), unit: "partners",
        better: .lower, draws: alone),
      Indicator(
        "dealer_failures_shared", "Partners expected to run out of money, where losses are shared", mean(shared),
        unit: "partners", better: .lower, draws: shared),
      Indicator(
        "sharing_cost", "What sharing losses is expected to cost", rows.reduce(0) { $0 + $1.shared.support },
        unit: currency, better: .lower),
    ]
  }
}
