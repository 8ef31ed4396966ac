internal import ChannelTypes
internal import Demand
internal import Tables
internal import TimeSeries

/// The tables of the forecast stage: `forecast`, `forecast_totals`, `history`, `forecast_models`, `forecast_accuracy`
/// and, where levels were reconciled, `forecast_levels`.
struct ForecastTables {
  let all: [Table]

  init(_ result: ForecastResult, quantiles: [(column: String, probability: Double)], threads: Int) {
    all =
      [
        Self.forecast(result, quantiles, threads), Self.totals(result, quantiles, threads), Self.history(result),
        Self.models(result), Self.accuracy(result),
      ]
      + (result.coherence.map { [Self.levels($0)] } ?? [])
  }

  /// What each level's own forecasts, sums of the series and reconciled forecasts would have missed.
  private static func levels(_ report: CoherenceReport) -> Table {
    Table(
      name: "forecast_levels", rows: report.levels,
      columns: [
        .text("level") { $0.level }, .integer("nodes") { $0.nodes }, .real("mase_own") { tabled($0.own) },
        .real("mase_bottom_up") { tabled($0.bottomUp) }, .real("mase_reconciled") { tabled($0.coherent) },
        .text("tested") { _ in report.tested.rawValue }, .text("used") { _ in report.method.rawValue },
      ])
  }

  private static func forecast(
    _ result: ForecastResult, _ quantiles: [(column: String, probability: Double)], _ threads: Int
  ) -> Table {
    var keys = GroupColumns()
    var models: [String?] = []
    var means: [Double] = []
    var values = [[Double]](repeating: [], count: quantiles.count)
    let periods = (0..<result.horizon).map { result.period($0) }
    for level in ForecastLevel.allCases {
      let forecasts = result.forecasts(of: level, probabilities: quantiles.map(\.probability), threads: threads)
      for forecast in forecasts {
        let isSeries = level == .series
        let model = isSeries ? forecast.group.members.first.map { result.choices[$0].model } : "sum"
        for step in 0..<result.horizon {
          keys.append(forecast.group, periods[step])
          models.append(model)
          means.append(Double(forecast.meanThousandths[step]) / 1000)
          for index in values.indices {
            values[index].append(tabled(forecast.quantiles[step * quantiles.count + index]))
          }
        }
      }
    }
    var columns = keys.columns(form: result.firstPeriod.form)
    columns.append(Column(name: "model", values: .text(TextColumn(models))))
    columns.append(Column(name: "mean", values: .real(means)))
    for (quantile, values) in zip(quantiles, values) {
      columns.append(Column(name: quantile.column, values: .real(values)))
    }
    return Table(name: "forecast", columns: columns)
  }

  /// The whole horizon in one row per group: what a yearly target is compared with.
  private static func totals(
    _ result: ForecastResult, _ quantiles: [(column: String, probability: Double)], _ threads: Int
  ) -> Table {
    let rows = [ForecastLevel.total, .region, .partner, .product].flatMap {
      result.forecasts(of: $0, probabilities: quantiles.map(\.probability), threads: threads)
    }
    func known(_ text: String) -> String? { text.isEmpty ? nil : text }
    let form = result.firstPeriod.form
    var columns: [ColumnDefinition<GroupForecast>] = [
      .text("level") { $0.group.level.rawValue }, .text("region") { known($0.group.region) },
      .text("city") { known($0.group.city) }, .text("partner_id") { known($0.group.partner) },
      .text("product_id") { known($0.group.product) },
      .period("first_period", form: form) { _ in result.firstPeriod },
      .period("last_period", form: form) { _ in result.period(result.horizon - 1) },
      .real("mean") { Double($0.meanThousandths.reduce(0, +)) / 1000 },
    ]
    for (index, quantile) in quantiles.enumerated() {
      columns.append(.real(quantile.column) { tabled($0.totalQuantiles[index]) })
    }
    return Table(name: "forecast_totals", rows: rows, columns: columns)
  }

  private static func history(_ result: ForecastResult) -> Table {
    var keys = GroupColumns()
    var values: [Double] = []
    for level in [ForecastLevel.total, .region, .product] {
      for group in result.panel.groups(of: level) {
        for (time, value) in result.panel.history(of: group).enumerated() {
          keys.append(group, result.panel.firstPeriod.advanced(by: time))
          values.append(tabled(value))
        }
      }
    }
    return Table(
      name: "history",
      columns: keys.columns(form: result.firstPeriod.form) + [Column(name: "value", values: .real(values))])
  }

  private static func models(_ result: ForecastResult) -> Table {
    let panel = result.panel
    let series = 0..<result.seriesCount
    let choices = result.choices
    func text(_ name: String, _ values: [String]) -> Column { Column(name: name, values: .text(TextColumn(values))) }
    func real(_ name: String, _ values: [Double]) -> Column {
      Column(name: name, values: .real(values.map { tabled($0) }))
    }
    func whole(_ name: String, _ values: [Int]) -> Column {
      Column(name: name, values: .integer(values.map(Int64.init)))
    }
    return Table(
      name: "forecast_models",
      columns: [
        text("region", series.map(panel.regionName)), text("partner_id", series.map(panel.partnerName)),
        text("product_id", series.map(panel.productName)), text("model", choices.map(\.model)),
        text("reason", choices.map(\.reason)), whole("observations", choices.map(\.observations)),
        whole("windows", choices.map(\.windows)), real("mase", choices.map(\.mase)),
        real("mase_seasonal_naive", choices.map(\.maseOfSeasonalNaive)), real("bias", choices.map(\.bias)),
        text("flags", choices.map { $0.flags.joined(separator: " ") }),
      ])
  }

  private static func accuracy(_ result: ForecastResult) -> Table {
    let rows = result.accuracy
    func real(_ name: String, _ values: [Double]) -> Column {
      Column(name: name, values: .real(values.map { tabled($0) }))
    }
    return Table(
      name: "forecast_accuracy",
      columns: [
        Column(name: "model", values: .text(TextColumn(rows.map(\.model)))),
        Column(name: "series", values: .integer(rows.map { Int64($0.series) })),
        real("mase", rows.map(\.mase)), real("rmsse", rows.map(\.rmsse)), real("smape", rows.map(\.smape)),
        real("bias", rows.map(\.bias)), real("coverage_80", rows.map(\.coverage80)),
        real("coverage_95", rows.map(\.coverage95)),
      ])
  }
}

/// To thousandths, as means are; unknown stays unknown.

/// The columns that say which group and period a row is about.
private struct GroupColumns {
  private var levels: [String?] = []
  private var regions: [String?] = []
  private var cities: [String?] = []
  private var partners: [String?] = []
  private var products: [String?] = []
  private var periods: [Period?] = []

  mutating func append(_ group: SeriesGroup, _ period: Period) {
    levels.append(group.level.rawValue)
    regions.append(group.region.isEmpty ? nil : group.region)
    cities.append(group.city.isEmpty ? nil : group.city)
    partners.append(group.partner.isEmpty ? nil : group.partner)
    products.append(group.product.isEmpty ? nil : group.product)
    periods.append(period)
  }

  func columns(form: PeriodForm) -> [Column] {
    func text(_ name: String, _ values: [String?]) -> Column { Column(name: name, values: .text(TextColumn(values))) }
    return [
      text("level", levels), text("region", regions), text("city", cities), text("partner_id", partners),
      text("product_id", products), Column(name: "period", values: .period(PeriodColumn(form: form, periods))),
    ]
  }
}
