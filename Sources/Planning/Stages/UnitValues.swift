import ChannelTypes
import Demand
import Tables

/// What a unit of each series was worth in the last year of the history: value over units of the partner and product,
/// of the product where the partner had none.
enum UnitValues {
  /// - Parameters:
  ///   - isSellOut: whether sell-out or sell-in is valued.
  ///   - end: the period after the last one that counts, in the panel's form.
  /// - Returns: by series of the panel, in money; 1 for a panel of values that the table does not hold, 0 without values.
  /// Complexity: O(rows + series).
  static func bySeries(
    _ sales: Table, _ panel: DemandPanel, isSellOut: Bool, measure: Measure, before end: Int
  ) -> [Double] {
    let isValue = measure == .sellInValue || measure == .sellOutValue
    let name = isSellOut ? "sell_out" : "sell_in"
    guard let values = sales.numbers(name + "_value"),
      let units = sales.numbers(isValue ? measure.rawValue : name + "_qty"), let ids = sales.text("partner_id"),
      let products = sales.text("product_id"), let periods = sales.periods("period")
    else { return [Double](repeating: isValue ? 1 : 0, count: panel.seriesCount) }
    let ordinals = periods.ordinals(as: panel.firstPeriod.form)
    let year = panel.frequency.periodsPerYear
    var partnerIndex: [String: Int] = [:]
    for (index, id) in panel.partners.enumerated() { partnerIndex[id] = index }
    var productIndex: [String: Int] = [:]
    for (index, id) in panel.products.enumerated() { productIndex[id] = index }
    let partnerOf = ids.dictionary.map { partnerIndex[$0] ?? -1 }
    let productOf = products.dictionary.map { productIndex[$0] ?? -1 }
    var seriesOf: [Int: Int] = [:]
    seriesOf.reserveCapacity(panel.seriesCount)
    for (index, key) in panel.series.enumerated() { seriesOf[key.partner * panel.products.count + key.product] = index }
    var own = [(value: Double, units: Double)](repeating: (0, 0), count: panel.seriesCount)
    var all = [(value: Double, units: Double)](repeating: (0, 0), count: panel.products.count)
    for row in 0..<sales.rowCount where ordinals[row] < end && ordinals[row] >= end - year {
      guard ids.codes[row] >= 0, products.codes[row] >= 0, !values[row].isNaN, !units[row].isNaN else { continue }
      let (partner, product) = (partnerOf[Int(ids.codes[row])], productOf[Int(products.codes[row])])
      guard partner >= 0, product >= 0 else { continue }
      all[product].value += values[row]
      all[product].units += units[row]
      guard let series = seriesOf[partner * panel.products.count + product] else { continue }
      own[series].value += values[row]
      own[series].units += units[row]
    }
    return panel.series.indices.map { index in
      let (mine, everyone) = (own[index], all[panel.series[index].product])
      if mine.units > 0, mine.value > 0 { return mine.value / mine.units }
      return everyone.units > 0 ? max(0, everyone.value / everyone.units) : 0
    }
  }
}
