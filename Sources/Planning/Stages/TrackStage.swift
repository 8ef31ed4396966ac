import Allocation
import ChannelTypes
import Demand
public import Partners
import Specifications
import Tables

/// Targets against what is sold and will be sold, and targets moved with the market.
///
/// 1. Regions whose market fell get lower targets and another coefficient of rewards (`target_adjust`).
/// 2. Everybody's revenue against the adjusted targets by month, quarter and year, with the chance of what is still open
///    (`attainment`); the other measures by region; the assessments that are due (`assessments`).
/// 3. How fast prepayments and orders become shipments, what is stuck, and what is expected of the open balances
///    (`conversion_curve`, `conversion_cohorts`, `revenue_from_orders`).
public struct TrackStage: Stage {
  public static let name = StageName.track
  public static let requiredTables: [InputTable] = [.sales, .partners]
  public static let optionalTables: [InputTable] = [.targets, .marketIndex, .orders, .staff, .regions, .products]
  public static let upstream: [StageName] = [.history]
  public static let optionalUpstream: [StageName] = [.targets, .demand]
  public static let planSections = ["calendar", "targets", "demand", "forecast", "currency"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<TrackingResult> {
    guard let history = context.result(of: HistoryStage.self),
      context.table(.targets) != nil || context.result(of: TargetsStage.self) != nil
    else {
      throw .skipped(
        Diagnostic(TrackCodes.nothing, .note, "there is neither a table of targets nor a plan of targets"))
    }
    let settings = context.plan.targets?.tracking ?? TrackingSettings()
    let inputs = TrackInputs(context, history)
    var notes: [Diagnostic] = []
    // 1. What the markets do to the targets.
    let market = settings.elastic.map { inputs.market($0) }
    let adjustments = Self.adjustments(settings, market, inputs, statements: context.table(.targets))
    let tracking = Self.tracking(context, settings, inputs, adjustments, &notes)
    let result = tracking.result(place: settings.elastic?.place)
    // 2. What people read of it, with prepayments and orders.
    let report = TrackReport(
      tracking: tracking, result: result, settings: settings, inputs: inputs, currency: context.plan.currency,
      conversion: context.plan.targets?.conversion ?? [], conversionPlace: context.plan.targets?.conversionPlace)
    notes += Self.notes(adjustments, settings)
    notes += report.notes
    return StageOutput(
      result, tables: report.tables, indicators: report.indicators, notes: notes,
      traces: TrackTraces(context, tracking, settings: settings, inputs: inputs, market: market).book)
  }

  /// Every region and quarter of the targets' span.
  private static func adjustments(
    _ settings: TrackingSettings, _ market: MarketDemand?, _ inputs: TrackInputs, statements: Table?
  ) -> [Tracking.RegionAdjustment] {
    guard let elastic = settings.elastic, let market else { return [] }
    let span = RevenueTargets.span(inputs.history, inputs.planned, statements)
    let cube = TargetCube(.revenue, firstMonth: span.first, monthCount: span.count, knownMonths: 0)
    return Tracking.adjustments(
      elastic.rule, market: market, quarters: cube.periods(.quarter), maturity: inputs.maturity)
  }

  private static func tracking(
    _ context: StageContext, _ settings: TrackingSettings, _ inputs: TrackInputs,
    _ adjustments: [Tracking.RegionAdjustment], _ notes: inout [Diagnostic]
  ) -> Tracking {
    var factors: [String: [Period: Percent]] = [:]
    for item in adjustments { factors[item.region, default: [:]][item.quarter] = item.answer.targetFactor }
    func factor(_ region: String, _ quarter: Period) -> Percent { factors[region]?[quarter] ?? Percent(100) }
    let statements = context.table(.targets)
    let revenue = RevenueTargets(
      history: inputs.history, statements: statements, planned: inputs.planned,
      staff: inputs.people.mapValues { ($0.department, $0.region) }, factor: factor)
    let demand = inputs.demand(revenue)
    if demand == nil {
      notes.append(
        Diagnostic(
          TrackCodes.noForecast, .note, "without a forecast by month and last year's sales, chances are not known"))
    }
    var tracking = Tracking(
      revenue: revenue, adjustments: adjustments, demand: demand,
      assurance: settings.assurance.value.fraction)
    let regions = Array(revenue.regionNodes.keys)
    for measure in TargetCube.Measure.allCases where measure != .revenue {
      let actuals = inputs.actuals(measure, revenue.cube, settings)
      let planned = measure == .prepayment ? inputs.plannedPrepayments(revenue.cube) : [:]
      guard
        let targets = MeasureTargets(
          measure, like: revenue.cube, regions: regions, statements: statements, planned: planned, actuals: actuals,
          factor: factor)
      else { continue }
      tracking.others.append(targets)
      if actuals.values.isEmpty {
        notes.append(
          Diagnostic(
            TrackCodes.noActual, .note, "\(measure.rawValue) has targets, but no table tells what became of them"))
      }
    }
    return tracking
  }

  private static func notes(
    _ adjustments: [Tracking.RegionAdjustment], _ settings: TrackingSettings
  ) -> [Diagnostic] {
    let fallbacks = Set(adjustments.filter(\.isFallback).map(\.region)).sorted()
    guard let elastic = settings.elastic, !fallbacks.isEmpty else { return [] }
    return [
      Diagnostic(
        TrackCodes.ownSales, .warning,
        "market_index has no index of \(fallbacks.joined(separator: ", ")): own sales stand in for the market",
        at: elastic.place, hint: "add the region to market_index, or do without `targets.elastic`")
    ]
  }
}
