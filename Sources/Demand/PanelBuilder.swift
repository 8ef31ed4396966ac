internal import ChannelTypes
public import Tables

extension DemandPanel {
  /// Builds the panel of a sales table.
  ///
  /// Rows of the same partner, product and period add up; prices and other drivers are averaged. Where there is no row:
  /// zero if the series has begun and its partner reported another product in the period, else unknown. A row with an
  /// empty quantity is unknown.
  ///
  /// - Parameters:
  ///   - sales: `period, partner_id, product_id`, the measure, and optionally `region, city, stockout_days` and drivers.
  ///   - partners: optional; gives the region and city of partners whose sales rows do not state them.
  ///   - named: optional tables `period, region, name, value` that give drivers by name and the planned values of others.
  /// Complexity: O(rows + series · periods · drivers).
  public static func build(
    sales: Table, partners: Table? = nil, named: [Table] = [], settings: PanelSettings
  ) throws(DemandError) -> (panel: DemandPanel, report: PanelReport) {
    var builder = try PanelBuilder(sales, partners, settings)
    var report = PanelReport()
    try builder.addQuantities(&report)
    builder.fillGaps(&report)
    var panel = builder.panel
    panel.drivers = try builder.driverColumns(named: named)
    if settings.treatsStockOuts, let days = sales.numbers("stockout_days") {
      panel.treatStockOuts(days: builder.maximumByCell(days), &report)
    }
    return (panel, report)
  }
}

/// The rows of a sales table sorted into series and periods.
struct PanelBuilder {
  let sales: Table
  let settings: PanelSettings
  private(set) var panel: DemandPanel
  /// Per row the position of its cell in the panel's columns; −1 for rows left out.
  let cells: [Int]
  /// Which cells have a row.
  private var hasRow: [Bool]

  init(_ sales: Table, _ partners: Table?, _ settings: PanelSettings) throws(DemandError) {
    self.sales = sales
    self.settings = settings
    guard let partnerColumn = sales.text("partner_id") else { throw .missingColumn("partner_id") }
    guard let productColumn = sales.text("product_id") else { throw .missingColumn("product_id") }
    guard let periodColumn = sales.periods("period") else { throw .missingColumn("period") }
    guard sales.hasColumn(settings.measure) || settings.standIn.map(sales.hasColumn) == true else {
      throw .missingColumn(settings.measure)
    }
    // 1. The span of periods, at the frequency of the plan.
    let periods = CommonPeriods(periodColumn, settings)
    guard let first = periods.first, let last = periods.last else { throw .noSeries }
    // 2. Series in the order of their ids.
    let partnerRank = SortedIDs(partnerColumn)
    let productRank = SortedIDs(productColumn)
    let width = productRank.names.count
    var pairs = [Int](repeating: -1, count: sales.rowCount)
    var latest: [Int: Int] = [:]
    for row in 0..<sales.rowCount where periods.ordinals[row] != nil {
      let (partner, product) = (Int(partnerColumn.codes[row]), Int(productColumn.codes[row]))
      guard partner >= 0, product >= 0 else { continue }
      let pair = partnerRank.rank[partner] * width + productRank.rank[product]
      pairs[row] = pair
      if let known = latest[pair], periods.ordinals[known] ?? .min > periods.ordinals[row] ?? .min { continue }
      latest[pair] = row
    }
    guard !latest.isEmpty else { throw .noSeries }
    let order = latest.keys.sorted()
    let index = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    // 3. The cell of each row.
    let count = last - first + 1
    cells = pairs.indices.map { row in
      guard pairs[row] >= 0, let series = index[pairs[row]], let ordinal = periods.ordinals[row] else { return -1 }
      return series * count + ordinal - first
    }
    // 4. Where each series sells: its latest row, else the partners table.
    var places = Places(sales, partners, partnerRank)
    let keys = order.map { pair in
      let place = places.place(row: latest[pair] ?? 0, partner: pair / width)
      return SeriesKey(partner: pair / width, product: pair % width, region: place.region, city: place.city)
    }
    panel = DemandPanel(
      partners: partnerRank.names, products: productRank.names, regions: places.regions, cities: places.cities,
      series: keys, firstPeriod: Period(form: periods.form, ordinal: first), periodCount: count,
      frequency: settings.frequency, observed: [Double](repeating: .nan, count: order.count * count))
    hasRow = [Bool](repeating: false, count: order.count * count)
  }

  /// Sums the measure by cell; a series in which it is never known takes the stand-in column.
  mutating func addQuantities(_ report: inout PanelReport) throws(DemandError) {
    for cell in cells where cell >= 0 { hasRow[cell] = true }
    if let values = sales.numbers(settings.measure) { panel.observed = sumByCell(values) }
    if let name = settings.standIn, let values = sales.numbers(name) {
      let standIn = sumByCell(values)
      for series in 0..<panel.seriesCount {
        let range = panel.range(ofSeries: series)
        guard panel.observed[range].allSatisfy(\.isNaN), !standIn[range].allSatisfy(\.isNaN) else { continue }
        panel.observed.replaceSubrange(range, with: standIn[range])
        report.standInSeries += 1
      }
    }
    // Rows without a single quantity say nothing about demand: zeros made from gaps between them would be invented.
    guard panel.observed.contains(where: { !$0.isNaN }) else { throw .noSeries }
    for cell in panel.observed.indices where panel.observed[cell] < 0 {
      panel.observed[cell] = 0
      report.negativeCells += 1
    }
  }

  /// Tells zeros from unknowns where there is no row, and finds the partners that have stopped.
  mutating func fillGaps(_ report: inout PanelReport) {
    let count = panel.periodCount
    var reported = [Bool](repeating: false, count: panel.partners.count * count)
    for series in 0..<panel.seriesCount {
      for time in 0..<count where hasRow[series * count + time] {
        reported[panel.series[series].partner * count + time] = true
      }
    }
    for series in 0..<panel.seriesCount {
      let start = series * count
      guard let first = (0..<count).first(where: { !panel.observed[start + $0].isNaN }) else { continue }
      for time in first..<count where !hasRow[start + time] {
        if reported[panel.series[series].partner * count + time] {
          panel.observed[start + time] = 0
          report.zeroFilled += 1
        } else {
          report.unreported += 1
        }
      }
    }
    let end = (reported.indices.lazy.filter { reported[$0] }.map { $0 % count }.max() ?? 0) + 1
    for partner in panel.partners.indices {
      let history = reported[partner * count..<partner * count + end]
      guard let last = history.lastIndex(of: true) else { continue }
      guard history.endIndex - 1 - last >= settings.effectiveSilentPeriods else { continue }
      panel.isActive[partner] = false
      report.silentPartners.append(panel.partners[partner])
    }
    panel.demand = panel.observed
  }

  /// Sums by cell; NaN where no row of the cell has a value.
  func sumByCell(_ values: [Double]) -> [Double] {
    fold(values) { $0 + $1 }
  }

  func maximumByCell(_ values: [Double]) -> [Double] {
    fold(values) { max($0, $1) }
  }

  /// Means by cell over the rows with a value.
  func meanByCell(_ values: [Double]) -> [Double] {
    var sums = sumByCell(values)
    let counts = sumByCell(values.map { $0.isNaN ? .nan : 1 })
    for cell in sums.indices { sums[cell] /= counts[cell] }
    return sums
  }

  private func fold(_ values: [Double], _ combine: (Double, Double) -> Double) -> [Double] {
    var result = [Double](repeating: .nan, count: panel.observed.count)
    for (row, cell) in cells.enumerated() where cell >= 0 && !values[row].isNaN {
      result[cell] = result[cell].isNaN ? values[row] : combine(result[cell], values[row])
    }
    return result
  }
}

/// The period of every row at the frequency of the plan.
private struct CommonPeriods {
  let form: PeriodForm
  /// Nil for rows without a period or outside the history.
  let ordinals: [Int?]
  let first: Int?
  let last: Int?

  init(_ column: PeriodColumn, _ settings: PanelSettings) {
    let form = column.form == .number ? .number : settings.frequency.form
    let from = settings.historyFrom.flatMap { $0.expressed(as: form) }?.ordinal ?? .min
    let start = settings.start.flatMap { $0.expressed(as: form) }?.ordinal ?? .max
    var (first, last): (Int?, Int?) = (nil, nil)
    ordinals = column.ordinals.indices.map { row in
      guard let ordinal = column[row]?.expressed(as: form)?.ordinal, ordinal >= from, ordinal < start else {
        return nil
      }
      first = min(first ?? ordinal, ordinal)
      last = max(last ?? ordinal, ordinal)
      return ordinal
    }
    self.form = form
    self.first = first
    // Periods between the last row and a stated start belong to the history: they are unknown, not absent.
    self.last = last.map { start == .max ? $0 : max($0, start - 1) }
  }
}

extension Frequency {
  var form: PeriodForm {
    switch self {
    case .day: .day
    case .week: .week
    case .month: .month
    case .quarter: .quarter
    case .year: .year
    }
  }
}

extension Period {
  func expressed(as form: PeriodForm) -> Period? { self.form == form ? self : containing(form) }
}

/// The ids of a text column in sorted order.
private struct SortedIDs {
  let names: [String]
  /// Code → position in `names`.
  let rank: [Int]

  init(_ column: TextColumn) {
    let order = column.dictionary.indices.sorted { column.dictionary[$0] < column.dictionary[$1] }
    names = order.map { column.dictionary[$0] }
    var rank = [Int](repeating: 0, count: order.count)
    for (position, code) in order.enumerated() { rank[code] = position }
    self.rank = rank
  }
}

/// Regions and cities, numbered as they are met.
private struct Places {
  private(set) var regions: [String] = []
  private(set) var cities: [String] = []
  private var regionNumbers: [String: Int] = [:]
  private var cityNumbers: [String: Int] = [:]
  private let salesRegion: TextColumn?
  private let salesCity: TextColumn?
  private var home: [(region: String, city: String)]

  init(_ sales: Table, _ partners: Table?, _ ids: SortedIDs) {
    salesRegion = sales.text("region")
    salesCity = sales.text("city")
    home = [(region: String, city: String)](repeating: ("", ""), count: ids.names.count)
    guard let partners, let names = partners.text("partner_id") else { return }
    let position = Dictionary(uniqueKeysWithValues: ids.names.enumerated().map { ($1, $0) })
    let (region, city) = (partners.text("region"), partners.text("city"))
    for row in 0..<partners.rowCount {
      guard let name = names[row], let partner = position[name] else { continue }
      home[partner] = (region?[row] ?? "", city?[row] ?? "")
    }
  }

  mutating func place(row: Int, partner: Int) -> (region: Int, city: Int) {
    let region = salesRegion?[row] ?? home[partner].region
    let city = salesCity?[row] ?? home[partner].city
    return (Self.number(region, &regionNumbers, &regions), Self.number(city, &cityNumbers, &cities))
  }

  private static func number(_ name: String, _ numbers: inout [String: Int], _ names: inout [String]) -> Int {
    if let number = numbers[name] { return number }
    numbers[name] = names.count
    names.append(name)
    return names.count - 1
  }
}
