import Probability

/// A complaint, a service case, a case of diverted goods: a row of the table of incidents.
public struct Incident: Sendable, Hashable {
  /// Index in the history's partners.
  public var partner: Int
  /// Index in the history's months.
  public var month: Int
  /// `complaint`, `service`, `diversion`, `dumping`.
  public var kind: String
  /// What it was about: the table's own column `type`, or kind and severity.
  public var type: String
  /// Nil where the table does not say.
  public var isResolved: Bool?
  public var responseHours: Double

  public init(
    partner: Int, month: Int, kind: String, type: String, isResolved: Bool?, responseHours: Double = .nan
  ) {
    self.partner = partner
    self.month = month
    self.kind = kind
    self.type = type
    self.isResolved = isResolved
    self.responseHours = responseHours
  }

  public var isComplaint: Bool { kind == "complaint" || kind == "service" }
}

/// How often a type of complaint came, at all partners or at one.
public struct ComplaintCause: Sendable, Hashable {
  /// Nil for all partners together.
  public var partner: Int?
  public var type: String
  /// Cases of the last twelve months.
  public var count: Int
  /// Of all cases, and of all those at least as frequent; 0 … 1. NaN for a single partner.
  public var share: Double
  public var cumulativeShare: Double
  /// Whether it belongs to the few types that make up most cases.
  public var isVital: Bool
  /// Cases of the last three months, how many were to be expected at the rate before, and the chance of so many.
  public var recent: Int
  public var expected: Double
  public var chance: Double
  /// Whether the rate has risen beyond chance.
  public var isRising: Bool
  public var unresolved: Int
  /// Whether the same type came again at the same partner while earlier cases were not settled.
  public var isRepeated: Bool
}

/// Which complaints come again and again, which come more often than before, and which nobody settles.
///
/// *Pareto*: types by frequency over twelve months; the first that make up `paretoShare` are the vital few (Juran,
/// *Quality Control Handbook*, 1951).
/// *Rising*: with k₁ cases in the last m₁ months and k₀ in the m₀ before, the count k₁ given the sum is binomial with
/// chance m₁/(m₀+m₁) where the Poisson rate is the same; a small upper tail says that it rose (Przyborowski & Wilenski,
/// Biometrika 31, 1940). Of one partner, whose counts are small, the rate before is drawn towards that of all with the
/// weight of twelve months (a gamma prior), and the count to come is negative binomial.
/// *Repeats*: a partner with `repeats` or more unsettled cases of a type within `repeatMonths`.
public struct ComplaintReview: Sendable {
  public private(set) var causes: [ComplaintCause] = []

  private static let recentMonths = 3
  private static let earlierMonths = 12
  private static let priorMonths = 12.0

  /// - Parameter active: partners whose months count.
  /// Complexity: O(incidents + types · partners with cases).
  public init(_ incidents: [Incident], monthCount: Int, active: [Bool], settings: AlertTestSettings) {
    let complaints = incidents.filter { $0.isComplaint && $0.month < monthCount }
    let types = Set(complaints.map(\.type)).sorted()
    // 1. All partners together.
    let yearStart = max(0, monthCount - 12)
    var rows = types.map { type in
      let own = complaints.filter { $0.type == type }
      let (recent, earlier) = Self.counts(own, monthCount)
      let earlierLength = max(0, min(Self.earlierMonths, monthCount - Self.recentMonths))
      let share = Double(Self.recentMonths) / Double(Self.recentMonths + max(1, earlierLength))
      let chance = earlierLength > 0 ? Self.binomialUpperTail(recent, of: recent + earlier, share) : .nan
      return ComplaintCause(
        partner: nil, type: type, count: own.count { $0.month >= yearStart }, share: .nan, cumulativeShare: .nan,
        isVital: false, recent: recent,
        expected: earlierLength > 0 ? Double(earlier * Self.recentMonths) / Double(earlierLength) : .nan,
        chance: chance, isRising: chance < settings.chance, unresolved: own.count { $0.isResolved == false },
        isRepeated: false)
    }
    rows.sort { ($1.count, $0.type) < ($0.count, $1.type) }
    let total = rows.reduce(0) { $0 + $1.count }
    var sum = 0
    for index in rows.indices where total > 0 {
      rows[index].isVital = Double(sum) < settings.paretoShare * Double(total) && rows[index].count > 0
      sum += rows[index].count
      rows[index].share = Double(rows[index].count) / Double(total)
      rows[index].cumulativeShare = Double(sum) / Double(total)
    }
    causes = rows
    // 2. Single partners: only what is rising or repeated.
    let partners = Double(max(1, active.count { $0 }))
    for type in types {
      let own = complaints.filter { $0.type == type }
      let earlier = own.count { $0.month < monthCount - Self.recentMonths && $0.month >= monthCount - 15 }
      let months = Double(max(1, min(Self.earlierMonths, monthCount - Self.recentMonths)))
      let rate = Double(earlier) / (partners * months)
      for (partner, cases) in Dictionary(grouping: own, by: \.partner).sorted(by: { $0.key < $1.key })
      where active[partner] {
        let cause = Self.single(partner, type, cases, rate: rate, months: months, monthCount, settings)
        if cause.isRising || cause.isRepeated { causes.append(cause) }
      }
    }
  }

  private static func single(
    _ partner: Int, _ type: String, _ cases: [Incident], rate: Double, months: Double, _ monthCount: Int,
    _ settings: AlertTestSettings
  ) -> ComplaintCause {
    let (recent, earlier) = counts(cases, monthCount)
    // Gamma posterior of the rate: shape = prior cases + own, weight = prior months + own.
    let shape = priorMonths * rate + Double(earlier)
    let expected = shape / (priorMonths + months) * Double(recentMonths)
    var chance = Double.nan
    if shape > 0 {
      let predicted = NegativeBinomial(mean: expected, size: shape)
      chance = max(0, 1 - (0..<recent).reduce(0) { $0 + predicted.mass($1) })
    }
    let open = cases.count { $0.isResolved == false && $0.month >= monthCount - settings.repeatMonths }
    return ComplaintCause(
      partner: partner, type: type, count: cases.count { $0.month >= max(0, monthCount - 12) }, share: .nan,
      cumulativeShare: .nan, isVital: false, recent: recent, expected: expected, chance: chance,
      isRising: recent >= 2 && chance < settings.chance, unresolved: open, isRepeated: open >= settings.repeats)
  }

  private static func counts(_ cases: [Incident], _ monthCount: Int) -> (recent: Int, earlier: Int) {
    let start = monthCount - recentMonths
    return (
      cases.count { $0.month >= start },
      cases.count { $0.month < start && $0.month >= start - earlierMonths }
    )
  }

  /// P(X ≥ count) for X binomial.
  static func binomialUpperTail(_ count: Int, of trials: Int, _ probability: Double) -> Double {
    guard count > 0 else { return 1 }
    let distribution = Binomial(trials: trials, probability: probability)
    return min(1, (count...max(count, trials)).reduce(0) { $0 + distribution.mass($1) })
  }
}

/// Whether a partner's satisfaction fell against its own history and against its peers.
///
/// Own: the last value against the median of those before, in units of the usual change (1.4826 · median |x − median|,
/// pooled over the partners; at least one point). Peers: the last value against the median of its group likewise.
/// A value alarms beyond the standard normal quantile of the chance allowed; a fall must also be worth
/// `satisfactionDrop` points. Robust scale: Hampel (JASA 69, 1974).
public struct SatisfactionReview: Sendable {
  public struct Finding: Sendable, Hashable {
    public var partner: Int
    public var value: Double
    /// Median of its own earlier values; NaN with fewer than four.
    public var before: Double
    /// Median of its peers.
    public var peers: Double
    public var fell: Bool
    public var isBelowPeers: Bool
  }

  public private(set) var findings: [Finding] = []

  /// - Parameters:
  ///   - values: partner × month, NaN where there was no survey.
  ///   - groups: a group's number of every partner; negative for partners that do not count.
  public init(_ values: [Double], monthCount: Int, groups: [Int], settings: AlertTestSettings) {
    let limit = Normal.standard.quantile(1 - settings.chance)
    let series = groups.indices.map { partner in
      values[partner * monthCount..<(partner + 1) * monthCount].filter { !$0.isNaN }
    }
    let deviations = series.filter { $0.count >= 5 }.flatMap { own in
      let centre = Self.median(own.dropLast())
      return own.dropLast().map { abs($0 - centre) }
    }
    let usual = max(1, 1.4826 * Self.median(deviations))
    var peers: [Int: [Double]] = [:]
    for (partner, own) in series.enumerated() where groups[partner] >= 0 {
      if let last = own.last { peers[groups[partner], default: []].append(last) }
    }
    let centres = peers.mapValues { Self.median($0) }
    let scales = peers.mapValues { all in
      let centre = Self.median(all)
      return max(1, 1.4826 * Self.median(all.map { abs($0 - centre) }))
    }
    for (partner, own) in series.enumerated() where groups[partner] >= 0 {
      guard let last = own.last, let centre = centres[groups[partner]], let scale = scales[groups[partner]] else {
        continue
      }
      let before = own.count >= 5 ? Self.median(own.dropLast()) : Double.nan
      let drop = before - last
      let fell = drop >= settings.satisfactionDrop && drop > limit * usual
      let isBelow = (peers[groups[partner]]?.count ?? 0) >= 8 && centre - last > limit * scale
      guard fell || isBelow else { continue }
      findings.append(
        Finding(partner: partner, value: last, before: before, peers: centre, fell: fell, isBelowPeers: isBelow))
    }
  }

  private static func median(_ values: some Collection<Double>) -> Double {
    values.isEmpty ? 0 : values.sorted().quantileOfAscending(0.5)
  }
}
