internal import ChannelTypes
internal import Tables

/// Figures of trade: sales, growth, share, attainment, contracts, stock.
extension ScorePanel {
  /// Sales, like-for-like growth and sell-through from the history.
  mutating func measureSales(_ records: ScoreRecords) {
    let history = records.history
    let usesSellIn = history.hasSellIn
    let firstMonth = history.months(in: quarters[0]).lowerBound
    var isWhole = [Bool](repeating: false, count: isActive.count)
    for partner in partners.indices {
      var trailing: [(bought: Double, sold: Double, isReported: Bool)] = []
      for quarter in quarters.indices {
        let months = firstMonth + 3 * quarter..<firstMonth + 3 * quarter + 3
        let cells = history.cells(partner: partner, months: months)
        let rows = history.rows(partner: partner, months: months)
        let here = cell(partner, quarter)
        isActive[here] = rows.count > 0
        isWhole[here] = cells.allSatisfy { history.rowCounts[$0] > 0 }
        revenue[here] = (usesSellIn ? history.sellInValue[cells] : history.sellOutValue[cells]).total()
        let isReported = cells.allSatisfy { history.rowCounts[$0] == history.sellOutRows[$0] }
        trailing.append((history.sellInUnits[cells].reduce(0, +), history.sellOutUnits[cells].reduce(0, +), isReported))
        guard isActive[here] else { continue }
        let first = rows.first ?? -1
        set(.sales, partner, quarter, revenue[here].double, rows: rows.count, first: first)
        if quarter >= 4, isWhole[here], isWhole[cell(partner, quarter - 4)] {
          let before = revenue[cell(partner, quarter - 4)].double
          if before > 0 {
            set(.growth, partner, quarter, revenue[here].double / before - 1, rows: rows.count, first: first)
          }
        }
        let year = trailing.suffix(4)
        let bought = year.reduce(0) { $0 + $1.bought }
        if bought > 0, year.allSatisfy(\.isReported) {
          let sold = year.reduce(0) { $0 + $1.sold }
          set(.sellThrough, partner, quarter, sold / bought, rows: rows.count, first: first)
        }
      }
    }
  }

  /// Contract tiers and fulfilment; gives the annual target in force, quarter × partner, NaN for none.
  mutating func measureContracts(_ records: ScoreRecords) -> [Double] {
    var targets = [Double](repeating: .nan, count: isActive.count)
    var rows = [Int](repeating: -1, count: isActive.count)
    guard let table = records.contracts, let ids = table.text("partner_id"), let starts = table.periods("starts_on"),
      let ends = table.periods("ends_on")
    else { return targets }
    let annual = table.numbers("annual_target")
    let tierColumn = table.text("tier")
    tierNames = tierColumn?.dictionary ?? []
    let owner = ids.dictionary.map { records.history.index(of: $0) }
    let lastDays = quarters.map { ($0.advanced(by: 1).firstDay?.daysSinceEpoch ?? 0) - 1 }
    for row in 0..<table.rowCount {
      guard ids.codes[row] >= 0, let partner = owner[Int(ids.codes[row])],
        let from = starts[row]?.firstDay?.daysSinceEpoch,
        let to = ends[row]?.advanced(by: 1).firstDay?.daysSinceEpoch
      else { continue }
      for quarter in quarters.indices where lastDays[quarter] >= from && lastDays[quarter] < to {
        let here = cell(partner, quarter)
        targets[here] = annual?[row] ?? .nan
        rows[here] = row
        if let tierColumn { tiers[here] = tierColumn.codes[row] }
      }
    }
    for quarter in quarters.indices.dropFirst(3) {
      for partner in partners.indices {
        let year = (quarter - 3...quarter).map { cell(partner, $0) }
        guard year.allSatisfy({ isActive[$0] }), targets[year[3]] > 0 else { continue }
        let sales = year.map { revenue[$0] }.total().double
        set(.fulfilment, partner, quarter, sales / targets[year[3]], rows: 1, first: rows[year[3]])
      }
    }
    return targets
  }

  /// Attainment by the tracked targets; in quarters without any, by a quarter of the contract's annual target.
  mutating func measureAttainment(_ records: ScoreRecords, annualTargets: [Double]) {
    for quarter in quarters.indices {
      let period = quarters[quarter]
      let tracked = partners.map {
        records.track?.attainment(partner: $0.id, quarter: period)?.ratio ?? .nan
      }
      attainmentFromContracts[quarter] = tracked.allSatisfy { $0.isNaN }
      for partner in partners.indices {
        let here = cell(partner, quarter)
        guard isActive[here] else { continue }
        let ratio =
          attainmentFromContracts[quarter] ? revenue[here].double / (annualTargets[here] / 4) : tracked[partner]
        set(.attainment, partner, quarter, ratio, rows: 1, first: -1)
      }
    }
  }

  /// Share of the market, outlets for people, and the money that a city leaves.
  mutating func measureMarket(_ records: ScoreRecords) {
    guard let table = records.regions, let cities = table.text("city") else { return measureRivals(records) }
    let (potential, people) = (table.numbers("potential"), table.numbers("population"))
    let rows = RowLookup(cities)
    let place = partners.map { $0.city.flatMap { rows[$0] } }
    let last = quarters.count - 1
    var taken: [Int: (sales: Double, partners: Double)] = [:]
    for partner in partners.indices {
      guard let row = place[partner] else { continue }
      if isActive[cell(partner, last)] {
        let year = (max(0, last - 3)...last).map { revenue[cell(partner, $0)] }.total().double
        taken[row, default: (0, 0)].sales += year
        taken[row, default: (0, 0)].partners += 1
      }
      for quarter in quarters.indices where isActive[cell(partner, quarter)] {
        if let size = potential?[row], size > 0 {
          let share = 4 * revenue[cell(partner, quarter)].double / size
          set(.share, partner, quarter, share, rows: 1, first: row)
        }
      }
      if let people = people?[row], people > 0 {
        // Outlets are known as of today only.
        set(.storeCoverage, partner, last, partners[partner].outlets / people * 1e6, rows: 1, first: row)
      }
    }
    for partner in partners.indices {
      guard let row = place[partner], let size = potential?[row], let city = taken[row], size.isFinite else { continue }
      headroom[partner] = max(0, size - city.sales) / max(1, city.partners)
    }
    if potential == nil { measureRivals(records) }
  }

  /// Without potentials: the partner's part of our sales in its region, times what rivals leave of the market.
  private mutating func measureRivals(_ records: ScoreRecords) {
    guard let table = records.competitors, let regions = table.text("region"), let periods = table.periods("period"),
      let shares = table.numbers("share")
    else { return }
    shareFromRivals = true
    struct Key: Hashable {
      var region: String
      var quarter: Int
    }
    var rivals: [Key: (sum: Double, periods: Set<Int32>, rows: Int, first: Int)] = [:]
    let position = position(of: periods.ordinals(as: .quarter))
    for row in 0..<table.rowCount {
      guard let region = regions[row], let quarter = position[row], shares[row].isFinite else { continue }
      var entry = rivals[Key(region: region, quarter: quarter)] ?? (0, [], 0, row)
      entry.sum += shares[row]
      entry.rows += 1
      entry.periods.insert(periods.ordinals[row])
      rivals[Key(region: region, quarter: quarter)] = entry
    }
    for quarter in quarters.indices {
      var ours: [String: Double] = [:]
      for partner in partners.indices {
        ours[partners[partner].region, default: 0] += revenue[cell(partner, quarter)].double
      }
      for partner in partners.indices where isActive[cell(partner, quarter)] {
        let region = partners[partner].region
        guard let entry = rivals[Key(region: region, quarter: quarter)], let sales = ours[region], sales > 0 else {
          continue
        }
        let left = max(0, 1 - entry.sum / Double(entry.periods.count))
        let share = revenue[cell(partner, quarter)].double / sales * left
        set(.share, partner, quarter, share, rows: entry.rows, first: entry.first)
      }
    }
  }

  /// Days of stock: today's standing, and for earlier quarters today's units rolled back by what came and went
  /// (stock before = stock after − bought + sold + returned), as far as every month is reported.
  mutating func measureStock(_ records: ScoreRecords) {
    let last = quarters.count - 1
    if let standings = records.stock {
      for partner in partners.indices where isActive[cell(partner, last)] {
        guard let standing = standings[partners[partner].id] else { continue }
        set(.turnoverDays, partner, last, standing.turnoverDays, rows: 1, first: -1)
      }
    }
    guard let counted = countedStock(records) else { return }
    let history = records.history
    let firstMonth = history.months(in: quarters[0]).lowerBound
    let daysOfQuarter = 365.25 / 4
    for partner in partners.indices {
      guard let count = counted[partner] else { continue }
      var units = count.units
      for quarter in quarters.indices.reversed() {
        let months = firstMonth + 3 * quarter..<firstMonth + 3 * quarter + 3
        let cells = history.cells(partner: partner, months: months)
        guard cells.allSatisfy({ history.rowCounts[$0] > 0 && history.sellOutRows[$0] > 0 }), units >= 0 else { break }
        let sold = history.sellOutUnits[cells].reduce(0, +)
        if sold > 0, self[.turnoverDays, partner, quarter].isNaN {
          set(.turnoverDays, partner, quarter, units / sold * daysOfQuarter, rows: count.rows, first: count.first)
        }
        units += sold + history.returnedUnits[cells].reduce(0, +) - history.sellInUnits[cells].reduce(0, +)
      }
    }
  }

  /// Units on hand by partner at the last count, where that was at the end of the last quarter.
  private func countedStock(_ records: ScoreRecords) -> [Int: (units: Double, rows: Int, first: Int)]? {
    guard let table = records.inventory, let ids = table.text("partner_id"), let days = table.periods("snapshot"),
      let units = table.numbers("on_hand"), let latest = days.ordinals.max(), latest != Unknown.ordinal,
      Period(form: days.form, ordinal: Int(latest)).containing(.quarter) == quarters.last,
      records.history.nextMonth.containing(.quarter) != quarters.last
    else { return nil }
    let owner = ids.dictionary.map { records.history.index(of: $0) }
    var stock: [Int: (units: Double, rows: Int, first: Int)] = [:]
    for row in 0..<table.rowCount where days.ordinals[row] == latest && units[row].isFinite {
      guard ids.codes[row] >= 0, let partner = owner[Int(ids.codes[row])] else { continue }
      stock[partner, default: (0, 0, row)].units += units[row]
      stock[partner, default: (0, 0, row)].rows += 1
    }
    return stock
  }
}
