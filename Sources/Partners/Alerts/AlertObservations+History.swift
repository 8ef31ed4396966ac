import ChannelTypes

/// Demand of partners and regions by month, as the alerts watch it.
public struct WatchedDemand: Sendable {
  /// Units that partners sold on, or bought where they do not report what they sold; NaN without a report.
  public let partners: WatchedPanel
  public let regions: WatchedPanel
  public let regionNames: [String]
  /// The region of every partner.
  public let regionOf: [Int]
  /// Whether what a partner bought stands in for what it sold.
  public let isSellIn: [Bool]
  public let course: ExpectedCourse
  public let regionCourse: ExpectedCourse

  /// Complexity: O(partners · months).
  public init(_ history: ChannelHistory) {
    let months = history.monthCount
    var values = [Double](repeating: .nan, count: history.partners.count * months)
    var isSellIn = [Bool](repeating: false, count: history.partners.count)
    // 1. Sell-out where it is reported in at least half of the months, sell-in elsewhere.
    for partner in history.partners.indices {
      let cells = history.cells(partner: partner, months: 0..<months)
      let (rows, reported) = cells.reduce((0, 0)) {
        ($0.0 + (history.rowCounts[$1] > 0 ? 1 : 0), $0.1 + (history.sellOutRows[$1] > 0 ? 1 : 0))
      }
      isSellIn[partner] = 2 * reported < rows
      for cell in cells where history.rowCounts[cell] > 0 {
        if isSellIn[partner] {
          values[cell] = max(0, history.sellInUnits[cell])
        } else if history.sellOutRows[cell] > 0 {
          values[cell] = max(0, history.sellOutUnits[cell])
        }
      }
    }
    self.isSellIn = isSellIn
    let names = Set(history.partners.map(\.region)).sorted()
    let channels = Set(history.partners.map { $0.channelType ?? "" }).sorted()
    let regionIndex = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let channelIndex = Dictionary(uniqueKeysWithValues: channels.enumerated().map { ($1, $0) })
    regionNames = names
    regionOf = history.partners.map { regionIndex[$0.region] ?? 0 }
    partners = WatchedPanel(
      values: values, seriesCount: history.partners.count, monthCount: months,
      groupings: [history.partners.map { channelIndex[$0.channelType ?? ""] ?? 0 }, regionOf])
    course = ExpectedCourse(partners)
    regions = Self.regions(history, course, partners, regionOf, count: names.count)
    regionCourse = ExpectedCourse(regions)
  }

  /// Sums by region. A month that a partner did not report counts as expected of it, unless it is gone: a report that
  /// comes late is no fall of the region.
  private static func regions(
    _ history: ChannelHistory, _ course: ExpectedCourse, _ panel: WatchedPanel, _ regionOf: [Int], count: Int
  ) -> WatchedPanel {
    let months = panel.monthCount
    var sums = [Double](repeating: 0, count: count * months)
    var known = [Bool](repeating: false, count: count * months)
    for partner in 0..<panel.seriesCount {
      let values = panel.values[partner * months..<(partner + 1) * months]
      guard let last = values.lastIndex(where: { !$0.isNaN }) else { continue }
      let lastMonth = last - values.startIndex
      let isGone = months - 1 - lastMonth > 2 || !history.partners[partner].isActive
      var level = Double.nan
      for month in 0..<months {
        let cell = partner * months + month
        let place = regionOf[partner] * months + month
        if !course.level[cell].isNaN { level = course.level[cell] }
        if !panel.values[cell].isNaN {
          sums[place] += panel.values[cell]
          known[place] = true
        } else if !level.isNaN, !(isGone && month > lastMonth) {
          let expected = course.units(series: partner, month: month, level: level)
          if expected.isFinite { sums[place] += expected }
        }
      }
    }
    let values = zip(sums, known).map { $1 ? $0 : Double.nan }
    return WatchedPanel(values: values, seriesCount: count, monthCount: months)
  }
}

extension AlertObservations {
  /// What the sales table and the incidents tell of partners; other stages' results are set by whoever has them.
  public init(partnersOf history: ChannelHistory, _ demand: WatchedDemand, incidents: [Incident]?) {
    self.init(subjects: history.partners.map { "partner:\($0.id)" }, monthCount: history.monthCount)
    let cells = cellCount
    // A column that is zero throughout is one that the table does not have.
    func known(_ values: [Double], per rows: Bool = false) -> [Double] {
      guard values.contains(where: { $0 != 0 }) else { return [Double](repeating: .nan, count: cells) }
      return (0..<cells).map { cell in
        let count = history.rowCounts[cell]
        return count > 0 ? values[cell] / (rows ? Double(count) : 1) : .nan
      }
    }
    self[.orders] = known(history.sellInUnits)
    self[.orderValue] = known(history.sellInValue.map(\.double))
    self[.sellOut] = (0..<cells).map { history.sellOutRows[$0] > 0 ? history.sellOutUnits[$0] : .nan }
    self[.returns] = known(history.returnedUnits)
    self[.stockOutDays] = known(history.stockOutDays, per: true)
    self[.promotionDays] = known(history.promotionDays, per: true)
    set(demand.course)
    var silent = [Double](repeating: .nan, count: cells)
    for partner in history.partners.indices {
      var months = Double.nan
      for cell in history.cells(partner: partner, months: 0..<monthCount) {
        months = history.rowCounts[cell] > 0 ? 0 : months + 1
        silent[cell] = months
      }
    }
    self[.monthsSilent] = silent
    if !demand.isSellIn.allSatisfy({ $0 }) { setStuffing() }
    if let incidents { set(incidents, history) }
  }

  /// The same of regions: sums over their partners.
  public init(
    regionsOf history: ChannelHistory, _ demand: WatchedDemand, partners: AlertObservations
  ) {
    self.init(subjects: demand.regionNames.map { "region:\($0)" }, monthCount: history.monthCount)
    for quantity in [
      AlertQuantity.orders, .orderValue, .sellOut, .returns, .complaints, .unresolved, .diversions, .stockValue,
      .excessStockValue,
    ] {
      var sums = [Double](repeating: .nan, count: cellCount)
      let values = partners[quantity]
      for partner in history.partners.indices {
        for month in 0..<monthCount where !values[partner * monthCount + month].isNaN {
          let cell = demand.regionOf[partner] * monthCount + month
          sums[cell] = (sums[cell].isNaN ? 0 : sums[cell]) + values[partner * monthCount + month]
        }
      }
      self[quantity] = sums
    }
    setStuffing()
    // Late reports are filled in as expected.
    self[.sellOut] = demand.regions.values
    set(demand.regionCourse)
  }

  private mutating func set(_ course: ExpectedCourse) {
    for (quantity, z) in [(AlertQuantity.expectedLow, -1.2816), (.expected, 0), (.expectedHigh, 1.2816)] {
      self[quantity] = (0..<cellCount).map { cell in
        course.units(series: cell / monthCount, month: cell % monthCount, z: z)
      }
    }
  }

  /// Sell-in ÷ sell-out over three months.
  private mutating func setStuffing() {
    let (bought, sold) = (self[.orders], self[.sellOut])
    var index = [Double](repeating: .nan, count: cellCount)
    for subject in subjects.indices {
      for month in 2..<max(2, monthCount) {
        let cell = subject * monthCount + month
        let out = sold[cell - 2...cell].reduce(0, +)
        if out > 0 { index[cell] = bought[cell - 2...cell].reduce(0, +) / out }
      }
    }
    self[.stuffingIndex] = index
  }

  private mutating func set(_ incidents: [Incident], _ history: ChannelHistory) {
    // Months in which the partner was there: no case is zero, not unknown.
    let start = self[.monthsSilent].map { $0.isNaN ? Double.nan : 0 }
    var (complaints, unresolved, diversions) = (start, start, start)
    var hours = [Double](repeating: 0, count: cellCount)
    var answers = hours
    for incident in incidents where incident.month < monthCount {
      let cell = incident.partner * monthCount + incident.month
      if incident.isComplaint {
        complaints[cell] = (complaints[cell].isNaN ? 0 : complaints[cell]) + 1
        if incident.isResolved == false { unresolved[cell] = (unresolved[cell].isNaN ? 0 : unresolved[cell]) + 1 }
      } else {
        diversions[cell] = (diversions[cell].isNaN ? 0 : diversions[cell]) + 1
      }
      if !incident.responseHours.isNaN {
        (hours[cell], answers[cell]) = (hours[cell] + incident.responseHours, answers[cell] + 1)
      }
    }
    self[.complaints] = complaints
    self[.unresolved] = unresolved
    self[.diversions] = diversions
    self[.responseHours] = zip(hours, answers).map { $1 > 0 ? $0 / $1 : .nan }
  }
}
