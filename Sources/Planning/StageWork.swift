import Tables

/// Roughly how long stages take, so that a share of a whole run can be told before it is known.
enum StageWork {
  /// Microseconds per row of the sales table on one core, measured on the sample network (130 thousand rows); stages that
  /// are not listed take a few milliseconds.
  private static let perSalesRow: [StageName: Double] = [
    .history: 0.1, .forecast: 30, .drivers: 3, .churn: 8, .targets: 2.5, .stock: 1.2, .track: 0.9, .scores: 0.4,
    .awards: 0.3, .incentives: 0.4, .credit: 0.8, .budget: 4, .probation: 0.3, .alerts: 0.3,
  ]

  /// Seconds that a stage may take, never zero: only the relation to other stages means anything.
  static func seconds(_ stage: StageName, _ data: DataCatalogue) -> Double {
    let rows = Double(data[.sales]?.rowCount ?? 0)
    return 0.005 + (perSalesRow[stage] ?? 0.1) * rows / 1e6
  }
}
