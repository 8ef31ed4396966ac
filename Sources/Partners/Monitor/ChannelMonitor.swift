public import ChannelTypes
public import Tables

/// The key figures of a channel by month, quarter and year: of the network, of every region and channel type, with
/// their change against the period before and the same period of the year before.
///
/// Only whole periods count: a quarter that the history covers in part has no row. What a table does not cover yet is
/// unknown, not zero; a ratio without a denominator is unknown (n/a).
public struct ChannelMonitor: Sendable {
  public enum Scope: Sendable, Hashable {
    case network
    case region(String)
    case channelType(String)
  }

  public struct Point: Sendable, Hashable {
    public var kpi: ChannelKPI
    public var scope: Scope
    public var period: Period
    /// NaN where it cannot be told.
    public var value: Double
    /// Change against the same period of the year before, and against the period before; NaN where there is none.
    public var yearOnYear: Double
    public var periodOnPeriod: Double
  }

  public let scopes: [Scope]
  private let history: ChannelHistory
  /// The scopes of each partner.
  private let scopesOfPartner: [[Int]]
  private var flows: [Flow: [Double]] = [:]

  /// What is summed by scope and month: `scope · monthCount + month`, NaN in months that a table does not cover.
  private enum Flow { case sales, units, orders, orderAmount, contacts, converted }

  /// Complexity: O(partners · months + rows of orders and customers).
  public init(history: ChannelHistory, orders: Table?, customers: Table?) {
    self.history = history
    // 1. Scopes: the network, then regions and channel types in the order of their names.
    let regions = Set(history.partners.map(\.region)).subtracting([""]).sorted()
    let channels = Set(history.partners.compactMap(\.channelType)).sorted()
    let scopes = [Scope.network] + regions.map(Scope.region) + channels.map(Scope.channelType)
    let place = Dictionary(uniqueKeysWithValues: scopes.enumerated().map { ($1, $0) })
    self.scopes = scopes
    scopesOfPartner = history.partners.map { partner in
      [0]
        + [Scope.region(partner.region), partner.channelType.map(Scope.channelType)].compactMap { scope in
          scope.flatMap { place[$0] }
        }
    }
    // 2. What is summed.
    let hasSellOut = history.sellOutUnits.contains { $0 != 0 }
    flows[.sales] = sum((history.hasSellIn ? history.sellInValue : history.sellOutValue).map(\.double))
    flows[.units] = sum(hasSellOut ? history.sellOutUnits : history.sellInUnits)
    if let orders { add(orders: orders) }
    if let customers { add(customers: customers) }
  }

  /// Amounts by partner and month, summed by scope.
  private func sum(_ values: [Double]) -> [Double] {
    let months = history.monthCount
    var sums = [Double](repeating: 0, count: scopes.count * months)
    for (partner, scopes) in scopesOfPartner.enumerated() {
      for scope in scopes {
        for month in 0..<months { sums[scope * months + month] += values[partner * months + month] }
      }
    }
    return sums
  }

  private mutating func add(orders: Table) {
    guard let owners = orders.text("partner_id"), let kinds = orders.text("kind"), let dates = orders.periods("date"),
      let amounts = orders.money("amount")
    else { return }
    let months = dates.ordinals(as: .month)
    let rows = (0..<orders.rowCount).filter { row in
      amounts[row] != Unknown.money && (kinds[row] == "prepayment" || kinds[row] == "order")
    }
    (flows[.orders], flows[.orderAmount]) = (
      sum(rows, owners, months) { _ in 1 }, sum(rows, owners, months) { amounts[$0].double }
    )
  }

  /// Months after that of the first contact in which a first order counts as its success.
  static let conversionMonths = 3

  /// By the month of the first contact; the last months, whose leads still have time, are not known.
  private mutating func add(customers: Table) {
    guard let owners = customers.text("partner_id"),
      let contacts = customers.periods("first_contact")?.ordinals(as: .month),
      let orders = customers.periods("first_order")?.ordinals(as: .month)
    else { return }
    let rows = Array(0..<customers.rowCount)
    flows[.contacts] = sum(rows, owners, contacts) { _ in 1 }
    flows[.converted] = sum(rows, owners, contacts) { row in
      orders[row] != Int.min && orders[row] <= contacts[row] + Self.conversionMonths ? 1 : 0
    }
    let count = history.monthCount
    for scope in scopes.indices {
      for month in max(0, count - Self.conversionMonths)..<count { flows[.converted]?[scope * count + month] = .nan }
    }
  }

  /// Values of rows by scope and month; months before the first row are not known.
  private func sum(
    _ rows: [Int], _ owners: TextColumn, _ months: [Int], _ value: (Int) -> Double
  ) -> [Double]? {
    let count = history.monthCount
    let partnerOf = owners.dictionary.map { history.index(of: $0) }
    var sums = [Double](repeating: 0, count: scopes.count * count)
    var first = count
    for row in rows where owners.codes[row] >= 0 && months[row] != Int.min {
      let month = months[row] - history.firstMonth.ordinal
      // What comes before the history says at least that the table goes back so far.
      first = max(0, min(first, month))
      guard (0..<count).contains(month), let partner = partnerOf[Int(owners.codes[row])] else { continue }
      for scope in scopesOfPartner[partner] { sums[scope * count + month] += value(row) }
    }
    guard first < count else { return nil }
    for scope in scopes.indices { for month in 0..<first { sums[scope * count + month] = .nan } }
    return sums
  }
}

extension ChannelMonitor {
  /// A period that the history covers whole, and its months.
  private struct Span {
    var period: Period
    var months: Range<Int>
  }

  private func spans(_ form: PeriodForm) -> [Span] {
    let length = form == .month ? 1 : form == .quarter ? 3 : 12
    var spans: [Span] = []
    for month in 0..<history.monthCount {
      guard let period = history.month(month).containing(form) else { continue }
      if spans.last?.period == period {
        spans[spans.count - 1].months = spans[spans.count - 1].months.lowerBound..<month + 1
      } else {
        spans.append(Span(period: period, months: month..<month + 1))
      }
    }
    return spans.filter { $0.months.count == length }
  }

  /// All points of months, quarters and years, by figure, scope and period; figures whose table is missing have none.
  public func points() -> [Point] {
    [PeriodForm.month, .quarter, .year].flatMap { form -> [Point] in
      let spans = spans(form)
      let active = activePartners(spans)
      let perYear = form == .month ? 12 : form == .quarter ? 4 : 1
      return ChannelKPI.allCases.flatMap { kpi -> [Point] in
        scopes.indices.flatMap { scope -> [Point] in
          if kpi == .salesShare, scope == 0 { return [] }
          let values = spans.indices.map { value(kpi, scope, $0, spans, active) }
          return points(kpi, scopes[scope], spans.map(\.period), values, perYear: perYear)
        }
      }
    }
  }

  private func points(
    _ kpi: ChannelKPI, _ scope: Scope, _ periods: [Period], _ values: [Double?], perYear: Int
  ) -> [Point] {
    values.indices.compactMap { index in
      guard let value = values[index] else { return nil }
      func change(_ distance: Int) -> Double {
        guard index >= distance, periods[index - distance] == periods[index].advanced(by: -distance),
          let earlier = values[index - distance]
        else { return .nan }
        if kpi.changesInPoints { return value - earlier }
        return earlier > 0 ? value / earlier - 1 : .nan
      }
      return Point(
        kpi: kpi, scope: scope, period: periods[index], value: value, yearOnYear: change(perYear),
        periodOnPeriod: change(1))
    }
  }

  /// Nil where no table tells, NaN where there is nothing to divide by.
  private func value(_ kpi: ChannelKPI, _ scope: Int, _ span: Int, _ spans: [Span], _ active: [Double]) -> Double? {
    let months = spans[span].months
    func total(_ flow: Flow, _ scope: Int) -> Double? {
      guard let values = flows[flow] else { return nil }
      let sum = values[scope * history.monthCount + months.lowerBound..<scope * history.monthCount + months.upperBound]
        .reduce(0, +)
      return sum.isFinite ? sum : nil
    }
    func ratio(_ top: Double?, _ bottom: Double?) -> Double? {
      guard let top, let bottom else { return nil }
      return bottom > 0 ? top / bottom : .nan
    }
    let partners = active[scope * spans.count + span]
    switch kpi {
    case .sales: return total(.sales, scope)
    case .units: return total(.units, scope)
    case .salesShare: return ratio(total(.sales, scope), total(.sales, 0))
    case .activePartners: return partners
    case .salesPerPartner: return ratio(total(.sales, scope), partners)
    case .conversion: return ratio(total(.converted, scope), total(.contacts, scope))
    case .averageOrderValue: return ratio(total(.orderAmount, scope), total(.orders, scope))
    }
  }

  /// By scope and span: partners that bought or sold something.
  private func activePartners(_ spans: [Span]) -> [Double] {
    var counts = [Double](repeating: 0, count: scopes.count * spans.count)
    for (partner, scopes) in scopesOfPartner.enumerated() {
      for (index, span) in spans.enumerated() {
        let isActive = history.cells(partner: partner, months: span.months).contains { cell in
          history.sellInUnits[cell] > 0 || history.sellOutUnits[cell] > 0 || history.sellInValue[cell] > .zero
            || history.sellOutValue[cell] > .zero
        }
        if isActive { for scope in scopes { counts[scope * spans.count + index] += 1 } }
      }
    }
    return counts
  }
}
