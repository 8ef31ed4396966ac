public import ChannelTypes

/// What a group of places or customers could bring beside what it brings.
public struct GrowthPotential: Sendable, Hashable {
  /// `area` (region and city tier) or `segment` (region and segment of customers).
  public var level: String
  public var region: String
  /// City tier or segment.
  public var group: String
  /// Cities, or customers and prospects, in the group, and those without business so far.
  public var members: Int
  public var untouched: Int
  /// In a year.
  public var potential: Money
  public var actual: Money

  public init(
    level: String, region: String, group: String, members: Int = 0, untouched: Int = 0, potential: Money = .zero,
    actual: Money = .zero
  ) {
    self.level = level
    self.region = region
    self.group = group
    self.members = members
    self.untouched = untouched
    self.potential = potential
    self.actual = actual
  }

  /// potential − actual, at least zero.
  public var gap: Money { max(.zero, potential - actual) }

  /// The largest gap of each level first.
  public static func ranked(_ groups: [GrowthPotential]) -> [GrowthPotential] {
    groups.sorted { one, other in
      (one.level, other.gap, one.region, one.group) < (other.level, one.gap, other.region, other.group)
    }
  }

  /// Whether each group is among the `share` of its level with the largest gaps; at least one of a level is.
  public static func isHigh(_ ranked: [GrowthPotential], share: Double) -> [Bool] {
    var counts: [String: Int] = [:]
    for group in ranked { counts[group.level, default: 0] += 1 }
    var seen: [String: Int] = [:]
    return ranked.map { group in
      let place = seen[group.level, default: 0]
      seen[group.level] = place + 1
      return group.gap > .zero && Double(place) < max(1, share * Double(counts[group.level] ?? 0))
    }
  }
}

/// Revenue that partners may take with them.
public struct RevenueAtRisk: Sendable, Hashable {
  public var region: String
  /// Periods ahead.
  public var horizon: Int
  public var partners: Int
  /// Of the last twelve months.
  public var revenue: Money
  public var expectedDepartures: Double
  /// Σ chance × revenue.
  public var expectedLoss: Money
  /// √Σ p (1 − p) revenue²: partners leave independently of one another.
  public var deviation: Double

  /// By region in order of name, and over all (an empty region) last; horizons 1, 2, … .
  public static func all(_ partners: [ValueSubject], revenue: [String: Money]) -> [RevenueAtRisk] {
    let horizon = partners.map(\.left.count).min() ?? 0
    let groups = Dictionary(grouping: partners, by: \.region)
    return (groups.keys.sorted().map { ($0, groups[$0] ?? []) } + [("", partners)]).flatMap { region, members in
      (0..<horizon).map { step in
        var row = RevenueAtRisk(
          region: region, horizon: step + 1, partners: members.count, revenue: .zero, expectedDepartures: 0,
          expectedLoss: .zero, deviation: 0)
        var variance = 0.0
        for member in members {
          let (chance, own) = (member.left[step], revenue[member.partner] ?? .zero)
          row.revenue += own
          row.expectedDepartures += chance
          row.expectedLoss += Money(rounding: chance * own.double) ?? .zero
          variance += chance * (1 - chance) * own.double * own.double
        }
        row.deviation = variance.squareRoot()
        return row
      }
    }
  }
}
