public import ChannelTypes
public import Regression

/// A partner's own rhythm of orders, and how long it has been silent.
public struct OrderRhythm: Sendable, Hashable {
  /// Index into the history.
  public var partner: Int
  /// Revenue of the last twelve months, and of the twelve before.
  public var revenue: Money
  public var revenueBefore: Money
  /// Usual months from one month with an order to the next; NaN with fewer than two.
  public var cycle: Double
  /// Months since the last one with an order.
  public var silence: Int
  /// Silence in usual gaps.
  public var dormancy: Double

  /// Every partner with an order. Complexity: O(partners · months).
  public static func all(_ history: ChannelHistory) -> [OrderRhythm] {
    history.partners.indices.compactMap { OrderRhythm(history, $0) }
  }

  private init?(_ history: ChannelHistory, _ index: Int) {
    let months = history.orderedMonths(partner: index)
    guard let first = months.first, let last = months.last else { return nil }
    let end = history.monthCount
    partner = index
    revenue = history.revenue(partner: index, months: max(0, end - 12)..<end)
    revenueBefore = history.revenue(partner: index, months: max(0, end - 24)..<max(0, end - 12))
    cycle = months.count > 1 ? Double(last - first) / Double(months.count - 1) : .nan
    silence = end - 1 - last
    dormancy = cycle > 0 ? Double(silence) / cycle : .nan
  }
}

extension ChannelHistory {
  /// Months in which a partner bought (where sell-in is not reported, sold) something, ascending.
  func orderedMonths(partner: Int) -> [Int] {
    cells(partner: partner, months: 0..<monthCount).enumerated().compactMap { month, cell in
      let units = sellInUnits[cell] > 0 || sellInValue[cell] > .zero
      let sold = sellOutUnits[cell] > 0 || sellOutValue[cell] > .zero
      return (hasSellIn ? units : units || sold) ? month : nil
    }
  }

  /// How long partners stay: Kaplan and Meier's curve over months since signing, with those that signed before the
  /// history entering late. Nil where nobody has left.
  /// - Parameter inactiveMonths: months without an order after which a partner has left.
  public func partnerSurvival(inactiveMonths: Int) -> KaplanMeier? {
    var (times, events, entries): ([Double], [Bool], [Double]) = ([], [], [])
    for (index, partner) in partners.enumerated() {
      let months = orderedMonths(partner: index)
      guard let first = months.first, let last = months.last else { continue }
      // Signed at least as early as the first order; observed from the first month of the history on.
      let start = min(first, partner.signedOn?.containing(.month).map { $0.ordinal - firstMonth.ordinal } ?? first)
      let hasLeft = !partner.isActive || monthCount - 1 - last >= inactiveMonths
      let end = hasLeft ? last + 1 : monthCount
      let time = Double(end - start)
      let entry = Double(max(0, -start))
      guard time > entry else { continue }
      times.append(time)
      events.append(hasLeft)
      entries.append(entry)
    }
    guard events.contains(true), let response = try? SurvivalResponse(time: times, event: events, entry: entries) else {
      return nil
    }
    return try? KaplanMeier(response)
  }
}
