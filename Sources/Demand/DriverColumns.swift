internal import ChannelTypes
internal import Tables

extension PanelBuilder {
  /// The driver columns: those that the settings name, else the price and the promotion days of the table.
  func driverColumns(named tables: [Table]) throws(DemandError) -> [DriverColumn] {
    let byName = NamedValues(tables, panel, horizon: settings.horizon)
    let names = settings.drivers ?? ["net_price", "promo_days"].filter(isUsable)
    var columns: [DriverColumn] = []
    for name in names {
      // A price acts by its ratio; days, flags and indices act by their difference.
      let form: DriverColumn.Form = name.contains("price") ? .elasticity : .semiElasticity
      if let column = sales[column: name] {
        guard column.type != .text, column.type != .period else { throw .driverIsNotANumber(name) }
        let values = meanByCell((0..<sales.rowCount).map { column.number($0) })
        columns.append(
          DriverColumn(
            name: name, form: form, values: filled(values, isPrice: form == .elasticity),
            planned: byName.planned(name) ?? []))
      } else if let values = byName.history(name) {
        columns.append(DriverColumn(name: name, form: form, values: values, planned: byName.planned(name) ?? []))
      } else {
        throw .unknownDriver(
          name, known: (byName.names + sales.columns.filter { $0.type == .real }.map(\.name)).sorted())
      }
    }
    return columns
  }

  private func isUsable(_ name: String) -> Bool {
    sales[column: name].map { column in (0..<sales.rowCount).contains { column.isKnown($0) } } ?? false
  }

  /// Periods without a row: the price goes on as it was (before the first row, as it became); anything else is zero
  /// where the series has rows and unknown where it has none.
  private func filled(_ values: [Double], isPrice: Bool) -> [Double] {
    var values = values
    for series in 0..<panel.seriesCount {
      let range = panel.range(ofSeries: series)
      guard let first = range.first(where: { !values[$0].isNaN }) else { continue }
      var current = isPrice ? values[first] : 0
      for cell in range {
        if values[cell].isNaN { values[cell] = current } else if isPrice { current = values[cell] }
      }
    }
    return values
  }
}

/// The series of tables with the columns `period, region, name, value`.
private struct NamedValues {
  /// Name → region (empty for all) → ordinal of the period → value.
  private var values: [String: [String: [Int: Double]]] = [:]
  private let panel: DemandPanel
  private let horizon: Int

  var names: [String] { values.keys.sorted() }

  init(_ tables: [Table], _ panel: DemandPanel, horizon: Int) {
    self.panel = panel
    self.horizon = horizon
    for table in tables {
      guard let periods = table.periods("period"), let names = table.text("name"), let numbers = table.numbers("value")
      else { continue }
      let regions = table.text("region")
      for row in 0..<table.rowCount where !numbers[row].isNaN {
        guard let name = names[row], let ordinal = periods[row]?.expressed(as: panel.firstPeriod.form)?.ordinal else {
          continue
        }
        let region = regions?[row] ?? ""
        values[name, default: [:]][region == "all" ? "" : region, default: [:]][ordinal] = numbers[row]
      }
    }
  }

  func history(_ name: String) -> [Double]? { column(name, 0..<panel.periodCount) }

  /// Nil where the tables say nothing about the planned periods.
  func planned(_ name: String) -> [Double]? {
    let column = column(name, panel.periodCount..<panel.periodCount + horizon)
    return column?.allSatisfy(\.isNaN) == false ? column : nil
  }

  private func column(_ name: String, _ times: Range<Int>) -> [Double]? {
    guard let byRegion = values[name] else { return nil }
    var result: [Double] = []
    result.reserveCapacity(panel.seriesCount * times.count)
    for key in panel.series {
      let own = byRegion[panel.regions[key.region]]
      for time in times {
        let ordinal = panel.firstPeriod.ordinal + time
        result.append(own?[ordinal] ?? byRegion[""]?[ordinal] ?? .nan)
      }
    }
    return result
  }
}
