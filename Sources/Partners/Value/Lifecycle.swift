import ChannelTypes

/// Where a partner is between signing and leaving.
///
/// `ramp` while its tenure is below `rampMonths`; then `grow` and `decline` by its growth, `mature` between. Growth
/// is like for like: the reported months of the last twelve against the same months a year before, and only months in
/// which it had sold a year before; `ended` by its status, or where it has bought nothing for too long.
/// Source: requirement C17.9.
public struct Lifecycle: Sendable, Hashable {
  public enum Stage: String, Sendable, Hashable, CaseIterable { case ramp, grow, mature, decline, ended }

  public struct Rule: Sendable, Hashable {
    public var rampMonths = 12
    /// In percent a year.
    public var growFrom = 10.0
    public var declineFrom = -10.0
    /// Months without an order after which a partner has ended; nil for its status alone.
    public var inactiveMonths: Int?

    public init() {}
  }

  public var partner: Int
  public var tenureMonths: Int
  /// NaN where fewer than three months can be compared.
  public var growth: Double
  public var stage: Stage
  /// As it was a quarter before; nil for a partner that was not there.
  public var previous: Stage?

  /// Complexity: O(partners).
  public static func all(_ history: ChannelHistory, rule: Rule) -> [Lifecycle] {
    let hasSellIn = history.hasSellIn
    return history.partners.indices.map { partner in
      let now = stage(history, partner, end: history.monthCount, rule, hasSellIn)
      let before = stage(history, partner, end: history.monthCount - 3, rule, hasSellIn)
      let silence = history.orderedMonths(partner: partner).last.map { history.monthCount - 1 - $0 }
      let isSilent = rule.inactiveMonths.map { (silence ?? .max) >= $0 } ?? false
      let isActive = history.partners[partner].isActive && !isSilent
      return Lifecycle(
        partner: partner, tenureMonths: max(0, now.tenure), growth: now.growth,
        stage: isActive ? now.stage : .ended, previous: before.tenure > 0 ? before.stage : nil)
    }
  }

  private static func stage(
    _ history: ChannelHistory, _ partner: Int, end: Int, _ rule: Rule, _ hasSellIn: Bool
  ) -> (tenure: Int, growth: Double, stage: Stage) {
    let base = partner * history.monthCount
    let signed = history.partners[partner].signedOn?.containing(.month)
    let firstSale = (0..<max(0, end)).first { history.rowCounts[base + $0] > 0 }
    let first = signed.map { $0.ordinal - history.firstMonth.ordinal } ?? firstSale ?? end
    let tenure = end - first
    let amounts = hasSellIn ? history.sellInValue : history.sellOutValue
    var (now, before, matched) = (0.0, 0.0, 0)
    for month in max(12, end - 12)..<max(12, end)
    where history.rowCounts[base + month] > 0 && history.rowCounts[base + month - 12] > 0 {
      now += amounts[base + month].double
      before += amounts[base + month - 12].double
      matched += 1
    }
    let growth = matched >= 3 && before > 0 ? now / before - 1 : .nan
    let stage: Stage =
      tenure < rule.rampMonths
      ? .ramp : growth >= rule.growFrom / 100 ? .grow : growth <= rule.declineFrom / 100 ? .decline : .mature
    return (tenure, growth, stage)
  }
}
