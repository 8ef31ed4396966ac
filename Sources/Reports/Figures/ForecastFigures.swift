import ChannelTypes
import Tables

/// The history and forecast of the whole network and of each region, read from `history` and `forecast`.
struct ForecastFigures {
  struct Series {
    /// Empty for the total.
    var region: String
    var history: [(period: Period, value: Double)] = []
    var steps: [FanChart.Step] = []

    /// Observed in the periods that the forecast is held against, as many as are forecast; nil where the history is
    /// shorter.
    fileprivate(set) var earlier: Double?
    var next: Double { knownSum(steps.map(\.mean)) }
    var change: Double? { earlier.flatMap { $0 > 0 ? next / $0 - 1 : nil } }

    /// The intervals of the sum over all steps, widest first, from `forecast_totals`.
    var totalBands: [ClosedRange<Double>] = []

    func range(level index: Int) -> ClosedRange<Double>? { index < totalBands.count ? totalBands[index] : nil }
  }

  var total: Series
  /// Largest first.
  var regions: [Series]
  /// Central intervals in percent, widest first.
  var levels: [Int]
  /// Whether the forecast is held against the same periods a year before: parts of a year have seasons of their own.
  private let isAgainstYearBefore: Bool

  init?(_ view: RunView) {
    guard let forecast = view.filled("forecast") else { return nil }
    let bounds = Self.bounds(of: forecast)
    levels = bounds.map(\.level)
    // The total has no region; a network without regions has one whose name is empty.
    var series: [String?: Series] = [:]
    Self.read(forecast) { region, row, period in
      let bands = bounds.compactMap { bound -> ClosedRange<Double>? in
        let (low, high) = (bound.lower.number(row), bound.upper.number(row))
        return low <= high ? low...high : nil
      }
      series[region, default: Series(region: region ?? "")].steps.append(
        FanChart.Step(period: period, mean: forecast.cells("mean").number(row), bands: bands))
    }
    if let totals = view.filled("forecast_totals") {
      let bounds = Self.bounds(of: totals)
      let (levels, regions) = (totals.cells("level"), totals.cells("region"))
      for row in 0..<totals.rowCount where ["total", "region"].contains(levels.text(row)) {
        let region: String? = levels.text(row) == "total" ? nil : regions.text(row)
        series[region]?.totalBands = bounds.compactMap { bound in
          let (low, high) = (bound.lower.number(row), bound.upper.number(row))
          return low <= high ? low...high : nil
        }
      }
    }
    if let history = view.filled("history") {
      let values = history.cells("value")
      Self.read(history) { region, row, period in
        series[region, default: Series(region: region ?? "")].history.append((period, values.number(row)))
      }
    }
    for key in Array(series.keys) {
      series[key]?.history.sort { $0.period < $1.period }
      series[key]?.steps.sort { $0.period < $1.period }
    }
    let steps = (series[nil] ?? series.values.first)?.steps ?? []
    let year = steps.first?.period.form.frequency?.periodsPerYear ?? 1
    let isPartOfYear = !steps.count.isMultiple(of: year)
    series = series.mapValues { series in
      var compared = series
      compared.earlier = isPartOfYear ? series.yearBefore(year) : series.justBefore
      return compared
    }
    isAgainstYearBefore = isPartOfYear
    total = series.removeValue(forKey: nil) ?? Series(region: "")
    regions = series.values.filter { !$0.steps.isEmpty }
      .sorted { ($1.next, $0.region) < ($0.next, $1.region) }
    guard !total.steps.isEmpty || !regions.isEmpty else { return nil }
  }

  /// What the forecast is held against: `last 12 months`, `same months a year before`.
  var earlier: String {
    guard isAgainstYearBefore else {
      return say("last \(span((total.steps.isEmpty ? regions[0] : total).steps.count))")
    }
    return switch periodNoun {
    case "day": say("same days a year before")
    case "week": say("same weeks a year before")
    case "quarter": say("same quarters a year before")
    default: say("same months a year before")
    }
  }

  /// `12 months`, `8 weeks`.
  func span(_ count: Int) -> String { NumberText.count(count, periodNoun) }

  private var periodNoun: String {
    switch (total.steps.first ?? regions.first?.steps.first)?.period.form {
    case .day: "day"
    case .week: "week"
    case .month: "month"
    case .quarter: "quarter"
    case .year: "year"
    default: "period"
    }
  }

  /// The widest level that is not above 80, where there is one: what people are shown first.
  var shownLevel: Int? { levels.firstIndex(of: 80) ?? levels.indices.first }

  /// Calls `body` for the rows of the total (region nil) and of the regions.
  private static func read(_ table: Table, _ body: (String?, Int, Period) -> Void) {
    let (levels, regions, periods) = (table.cells("level"), table.cells("region"), table.cells("period"))
    for row in 0..<table.rowCount {
      let level = levels.text(row)
      guard level == "total" || level == "region", let period = periods.period(row) else { continue }
      body(level == "total" ? nil : regions.text(row), row, period)
    }
  }

  /// Pairs of quantile columns around the median, widest first: p025 and p975, p10 and p90.
  private static func bounds(of table: Table) -> [(level: Int, lower: Cells, upper: Cells)] {
    func perMille(_ name: String) -> Int? {
      guard name.first == "p", let digits = Int(name.dropFirst()), name.count > 1 else { return nil }
      return digits * (name.count == 2 ? 100 : name.count == 3 ? 10 : 1)
    }
    let quantiles = Dictionary(
      table.columns.compactMap { column in perMille(column.name).map { ($0, column.name) } },
      uniquingKeysWith: { first, _ in first })
    return quantiles.keys.filter { $0 < 500 }.sorted().compactMap { low in
      guard let upper = quantiles[1000 - low], let lower = quantiles[low] else { return nil }
      return ((1000 - 2 * low) / 10, table.cells(lower), table.cells(upper))
    }
  }
}

extension ForecastFigures {
  /// Last and next periods of every region and of the network.
  func table(unit: String) -> TextTable {
    let count = (total.steps.isEmpty ? regions[0] : total).steps.count
    var table = TextTable([
      .init(say("forecast, \(unit)"), .left), .init(earlier),
      .init(say("next \(span(count))")),
      .init(say("change")), .init(shownLevel.map { say("\(levels[$0]) % range") } ?? ""),
    ])
    let named = regions.filter { !$0.region.isEmpty }.map { ($0.region, $0) }
    for (name, series) in named + (total.steps.isEmpty ? [] : [(say("total"), total)]) {
      let range = shownLevel.flatMap { series.range(level: $0) }
      table.add(
        name, series.earlier.map { NumberText.grouped($0) } ?? "",
        NumberText.grouped(series.next), series.change.map { NumberText.signedPercent($0) } ?? "",
        range.map { NumberText.grouped($0.lowerBound) + " .. " + NumberText.grouped($0.upperBound) } ?? "")
    }
    return table
  }
}

extension ForecastFigures.Series {
  fileprivate var justBefore: Double? {
    guard !steps.isEmpty, history.count >= steps.count else { return nil }
    return knownSum(history.suffix(steps.count).map(\.value))
  }

  /// The sum of the same periods a year before; nil where the history lacks one of them.
  fileprivate func yearBefore(_ year: Int) -> Double? {
    let known = Dictionary(history.map { ($0.period, $0.value) }, uniquingKeysWith: { first, _ in first })
    let values = steps.compactMap { known[$0.period.advanced(by: -year)] }
    return values.count == steps.count ? knownSum(values) : nil
  }
}
