public import Demand
import Probability
internal import Tables

/// What moves demand, by how much: price elasticities, promotion, trend and events, by product and on average.
public struct DriversStage: Stage {
  public static let name = StageName.drivers
  public static let requiredTables: [InputTable] = [.sales]
  public static let optionalTables: [InputTable] = [.partners, .drivers, .events, .targets]
  public static let planSections = ["calendar", "forecast", "churn"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<DriverEffects> {
    let (panel, _) = try DemandInput.panel(context)
    let found: Findings
    do {
      found = try context.kept { () throws(DemandError) in try Findings(panel, context) }
    } catch { throw DemandInput.failure(error) }
    let effects = found.effects
    var notes: [Diagnostic] = []
    if !effects.productsWithoutFit.isEmpty {
      notes.append(
        Diagnostic(
          ForecastCodes.noDriverEffects, .note,
          "\(effects.productsWithoutFit.count) products have too few rows for effects of their own"))
    }
    let indicators = effects.effects.filter { $0.product.isEmpty && $0.form == .elasticity }.map {
      Indicator("elasticity_\($0.driver)", "Elasticity of demand to \($0.driver)", $0.estimate, unit: "% per %")
    }
    var tables = [table(effects.effects), DriverTables.shares(found.shares.shares)]
    if let bridge = found.bridge {
      let targets = context.table(.targets).map { RegionTargets($0, panel, bridge.after) }
      tables.append(DriverTables.bridge(bridge, targets: targets, currency: context.plan.currency))
    }
    let made = tables
    return StageOutput(effects, tables: made, indicators: indicators, notes: notes)
  }

  /// What the regressions of all products say.
  private struct Findings: Codable, Sendable {
    let effects: DriverEffects
    let shares: DriverShares
    let bridge: GapBridge?

    init(_ panel: DemandPanel, _ context: StageContext) throws(DemandError) {
      let regression = PooledRegression(
        panel, events: context.plan.demandEvents,
        importance: DriverShares.importance(seed: context.seed ^ RandomStream.key("drivers")), threads: context.threads)
      effects = try DriverEffects(panel, regression)
      shares = DriverShares(panel, regression)
      bridge = GapBridge(panel, regression, threads: context.threads)
    }
  }

  private func table(_ effects: [DriverEffect]) -> Table {
    func real(_ name: String, _ values: [Double]) -> Column { Column(name: name, values: .real(values)) }
    return Table(
      name: "drivers",
      columns: [
        Column(
          name: "product_id", values: .text(TextColumn(effects.map { $0.product.isEmpty ? nil : $0.product }))),
        Column(name: "driver", values: .text(TextColumn(effects.map(\.driver)))),
        Column(name: "form", values: .text(TextColumn(effects.map(\.form.rawValue)))),
        real("estimate", effects.map { tabled($0.estimate, 6) }),
        real("standard_error", effects.map { tabled($0.standardError, 6) }),
        real("lower", effects.map { tabled($0.lower, 6) }), real("upper", effects.map { tabled($0.upper, 6) }),
        real("statistic", effects.map { tabled($0.statistic, 6) }),
        real("p_value", effects.map { tabled($0.pValue, 6) }),
        Column(name: "observations", values: .integer(effects.map { Int64($0.observations) })),
        Column(name: "series", values: .integer(effects.map { Int64($0.series) })),
      ])
  }
}
