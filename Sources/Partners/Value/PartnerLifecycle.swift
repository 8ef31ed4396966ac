public import ChannelTypes
public import Regression

/// Where a partner stands in its life with the maker, by age and growth.
public enum LifecycleStage: String, Sendable, Hashable, CaseIterable {
  /// Signed less than the ramp ago.
  case ramp
  case grow, mature, decline
  /// Its status says so, or it has bought nothing for too long.
  case ended
}

/// What the months of a partner say of its life: stage, own rhythm of orders, silence.
public struct PartnerLifecycle: Sendable, Hashable {
  public var partner: String
  public var region: String
  public var stage: LifecycleStage
  /// Months since it signed, or since its first sale.
  public var tenure: Int
  /// Revenue of the last twelve months, and of the twelve before.
  public var revenue: Money
  public var revenueBefore: Money
  /// revenue ÷ revenueBefore − 1; NaN without a year before.
  public var growth: Double
  /// Usual months from one month with an order to the next; NaN with fewer than two.
  public var cycle: Double
  /// Months since the last one with an order.
  public var silence: Int
  /// Silence in usual gaps.
  public var dormancy: Double

  /// Rules of the plan.
  public struct Rules: Sendable, Hashable {
    public var rampMonths = 12
    /// Growth above and below which a partner grows or declines, as shares.
    public var growing = 0.1
    public var declining = 0.1
    /// Months without a sale after which a partner has ended.
    public var inactiveMonths = 3

    public init() {}
  }

  /// Every partner with a sale. Complexity: O(partners · months).
  public static func all(_ history: ChannelHistory, _ rules: Rules) -> [PartnerLifecycle] {
    history.partners.indices.compactMap { PartnerLifecycle(history, $0, rules) }
  }

  private init?(_ history: ChannelHistory, _ index: Int, _ rules: Rules) {
    let months = history.ordered(partner: index)
    guard let first = months.first, let last = months.last else { return nil }
    let person = history.partners[index]
    let end = history.monthCount
    (partner, region) = (person.id, person.region)
    let signed = person.signedOn?.containing(.month).map { history.firstMonth.ordinal - $0.ordinal }
    tenure = max(0, end + (signed.map { max($0, -first) } ?? -first))
    revenue = history.revenue(partner: index, months: max(0, end - 12)..<end)
    revenueBefore = history.revenue(partner: index, months: max(0, end - 24)..<max(0, end - 12))
    growth = end >= 24 && revenueBefore > .zero ? revenue.double / revenueBefore.double - 1 : .nan
    cycle = months.count > 1 ? Double(last - first) / Double(months.count - 1) : .nan
    silence = end - 1 - last
    dormancy = cycle > 0 ? Double(silence) / cycle : .nan
    stage =
      if !person.isActive || silence >= rules.inactiveMonths {
        .ended
      } else if tenure < rules.rampMonths {
        .ramp
      } else if growth > rules.growing {
        .grow
      } else if growth < -rules.declining {
        .decline
      } else {
        .mature
      }
  }
}

extension ChannelHistory {
  /// Months in which a partner bought (where sell-in is not reported, sold) something, ascending.
  func ordered(partner: Int) -> [Int] {
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
      let months = ordered(partner: index)
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
