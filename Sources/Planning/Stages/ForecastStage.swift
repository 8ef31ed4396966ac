internal import ChannelTypes
public import Demand
internal import Specifications
internal import Tables
internal import TimeSeries

/// Demand per partner and product: history to forecasts with joint uncertainty, at every level of the network.
public struct ForecastStage: Stage {
  public static let name = StageName.forecast
  public static let requiredTables: [InputTable] = [.sales]
  public static let optionalTables: [InputTable] = [.partners, .drivers, .events]
  public static let upstream: [StageName] = []
  public static let planSections = ["calendar", "forecast", "churn", "hierarchy"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<ForecastResult> {
    let (panel, report) = try DemandInput.panel(context)
    var forecaster = DemandForecaster()
    forecaster.horizon = context.plan.forecast.horizon
    forecaster.models = context.plan.forecast.models.candidates.map(\.rawValue)
    forecaster.metric = SelectionMetric(rawValue: context.plan.forecast.select.metric.rawValue) ?? .mase
    forecaster.windows = context.plan.forecast.select.windows
    forecaster.step = context.plan.forecast.select.step
    forecaster.nonNegative = context.plan.forecast.nonnegative
    forecaster.levels = context.plan.hierarchy.map(\.rawValue)
    forecaster.coherence =
      ReconciliationMethod(rawValue: context.plan.forecast.reconcile.rawValue).map { .method($0) } ?? .automatic
    forecaster.events = context.plan.demandEvents
    forecaster.seed = context.seed
    forecaster.threads = context.threads
    forecaster.progress = { context.progress($0, of: $1) }
    let result: ForecastResult
    do {
      result = try context.kept { () throws(DemandError) in try forecaster.forecast(panel) }
    } catch { throw DemandInput.failure(error) }
    let tables = ForecastTables(result, quantiles: context.plan.forecast.quantiles, threads: context.threads)
    return StageOutput(
      result, tables: tables.all, indicators: indicators(result, context.plan), notes: notes(report, result, context))
  }

  private func indicators(_ result: ForecastResult, _ plan: Plan) -> [Indicator] {
    let perYear = min(result.horizon, result.frequency.periodsPerYear)
    let next = (0..<result.seriesCount).reduce(0.0) { total, series in
      (0..<perYear).reduce(total) { $0 + result.mean(series: series, step: $1) }
    }
    let isMoney = plan.forecast.measure == .sellOutValue || plan.forecast.measure == .sellInValue
    var indicators = [
      Indicator(
        "forecast_units", "\(isMoney ? "Sales" : "Units") expected in the next \(perYear) periods", next,
        unit: isMoney ? plan.currency : "units", better: .higher),
      Indicator("forecast_series", "Series forecast", Double(result.seriesCount), unit: "series"),
    ]
    if let chosen = result.accuracy.first(where: { $0.model == "chosen" }), chosen.mase.isFinite {
      indicators.append(
        Indicator(
          "forecast_mase", "Error of the chosen models on held-out periods", chosen.mase, unit: "MASE", better: .lower))
    }
    return indicators
  }

  private func notes(_ report: PanelReport, _ result: ForecastResult, _ context: StageContext) -> [Diagnostic] {
    var notes = DemandInput.notes(report)
    let unplanned = result.panel.drivers.filter(\.planned.isEmpty).map(\.name)
    if !unplanned.isEmpty {
      let names = unplanned.joined(separator: ", ")
      notes.append(
        Diagnostic(
          ForecastCodes.futureDrivers, .note, "the plan gives no future values of \(names); typical ones are used"))
    }
    if result.choices.allSatisfy({ $0.windows == 0 }) {
      notes.append(
        Diagnostic(
          ForecastCodes.fewWindows, .warning, "\(result.panel.periodCount) periods leave nothing to compare models on"))
    }
    return notes
  }
}

/// What the forecast and drivers stages share: the panel of the sales table and what is to be said about it.
enum DemandInput {
  static func panel(_ context: StageContext) throws(StageFailure) -> (panel: DemandPanel, report: PanelReport) {
    guard let sales = context.table(.sales) else {
      throw .skipped(Diagnostic(ForecastCodes.noSeries, .note, "there is no sales table"))
    }
    let named = [context.table(.drivers), context.table(.events)].compactMap(\.self)
    do {
      return try DemandPanel.build(
        sales: sales, partners: context.table(.partners), named: named, settings: context.plan.panelSettings)
    } catch { throw failure(error) }
  }

  static func failure(_ error: DemandError) -> StageFailure {
    switch error {
    case .unknownDriver, .driverIsNotANumber:
      .invalid([Diagnostic(ForecastCodes.badDriver, .error, error.description)])
    case .nothingToExplain: .skipped(Diagnostic(ForecastCodes.noDriverEffects, .note, error.description))
    case .noSeries, .missingColumn, .historyTooShort, .infiniteValue:
      .skipped(Diagnostic(ForecastCodes.noSeries, .note, error.description))
    }
  }

  static func notes(_ report: PanelReport) -> [Diagnostic] {
    var notes: [Diagnostic] = []
    func add(_ code: DiagnosticCode, _ severity: Diagnostic.Severity, _ count: Int, _ text: String) {
      if count > 0 { notes.append(Diagnostic(code, severity, text)) }
    }
    add(
      ForecastCodes.negativeQuantities, .warning, report.negativeCells,
      "the quantities of \(report.negativeCells) periods of a partner and product are negative and count as zero")
    let treated = report.raisedForStockOuts + report.hiddenByStockOuts
    add(
      ForecastCodes.standIn, .warning, report.standInSeries,
      "sell-in stands in for sell-out in \(report.standInSeries) series")
    add(
      ForecastCodes.stockOuts, .note, treated,
      "stock-outs: sales of \(report.raisedForStockOuts) periods raised, \(report.hiddenByStockOuts) taken as unknown")
    add(
      ForecastCodes.gaps, .note, report.zeroFilled + report.unreported,
      "\(report.zeroFilled) periods without a row count as zero, \(report.unreported) as unknown")
    let silent = report.silentPartners
    add(
      ForecastCodes.silentPartners, .warning, silent.count,
      "\(silent.count) partners have stopped reporting and are forecast as zero: "
        + silent.prefix(5).joined(separator: ", ") + (silent.count > 5 ? ", …" : ""))
    return notes
  }
}

extension Plan {
  /// Whether the calendar's events enter the driver regression.
  var demandEvents: Bool { forecast.events != nil || calendar.holidays != nil }

  var panelSettings: PanelSettings {
    var settings = PanelSettings()
    settings.measure = forecast.measure.rawValue
    switch forecast.measure {
    case .sellOutQuantity: settings.standIn = Measure.sellInQuantity.rawValue
    case .sellOutValue: settings.standIn = Measure.sellInValue.rawValue
    case .sellInQuantity, .sellInValue:
      settings.standIn = nil
      settings.treatsStockOuts = false
    }
    settings.drivers = forecast.drivers.isEmpty ? nil : forecast.drivers.map(\.value)
    settings.frequency = calendar.frequency
    settings.historyFrom = calendar.historyFrom?.value
    settings.start = calendar.start?.value
    settings.silentPeriods = calendar.frequency == .month ? churn.partnerInactivePeriods : nil
    settings.horizon = forecast.horizon
    return settings
  }
}
