public import ChannelTypes

/// What rules look at beside sales: everything that a settlement needs of one network.
public struct IncentiveInputs: Sendable {
  public var rules: IncentiveRules
  public let history: ChannelHistory
  /// The last quarter that the history covers whole.
  public let lastQuarter: Period?
  /// Sales of each version in the shape of the history (partner × month): plain, or weighted by its multipliers.
  public var bases: [[Money]]
  public var tracking: TrackingResult?
  public var standings: StockStandings?
  public var awards: AwardsResult?
  /// Yearly sales of such goods in the partner's city, by partner; nil where unknown.
  public var potentials: [Money?]

  public init(
    rules: IncentiveRules, history: ChannelHistory, bases: [[Money]]? = nil, tracking: TrackingResult? = nil,
    standings: StockStandings? = nil, awards: AwardsResult? = nil, potentials: [Money?]? = nil
  ) {
    self.rules = rules
    self.history = history
    lastQuarter = history.wholeQuarters.last
    let sales = history.hasSellIn ? history.sellInValue : history.sellOutValue
    self.bases = bases ?? rules.versions.map { $0.basis.isSellOut ? history.sellOutValue : sales }
    self.tracking = tracking
    self.standings = standings
    self.awards = awards
    self.potentials = potentials ?? [Money?](repeating: nil, count: history.partners.count)
  }

  /// Years that the history covers whole.
  public var wholeYears: [Period] {
    let years = Set(history.wholeQuarters.compactMap { $0.containing(.year) })
    return years.filter { history.months(in: $0).count == 12 }.sorted()
  }

  /// What a version looks at, for a partner and a settlement period with known or supposed sales.
  package func facts(_ version: IncentiveRule, partner: Int, period: Period, basis: Money) -> IncentiveFacts {
    var facts = IncentiveFacts(basis: basis, periodsPerYear: version.grain == .quarter ? 4 : 1)
    let known = history.partners[partner]
    switch version.formula {
    case .tiers: break
    case .aboveTarget: facts.target = target(known.id, period)
    case .grade:
      // A grade is of the last year: what it was before is not known.
      if let last = lastQuarter, Self.lastQuarter(of: period).ordinal >= last.ordinal {
        facts.gradeRate = awards?.grade(known.id)?.rebate
      }
    case .steps: facts.outlets = known.outlets.isFinite ? Int(min(max(known.outlets, 0), 1e6)) : nil
    case .market: facts.potential = potentials[partner]
    }
    return facts
  }

  /// The target as adjusted; of a year, the sum of its quarters where all have one.
  private func target(_ partner: String, _ period: Period) -> Money? {
    guard let tracking else { return nil }
    if period.form == .quarter { return tracking.attainment(partner: partner, quarter: period)?.adjustedTarget }
    let first = Self.lastQuarter(of: period).advanced(by: -3)
    var sum = Money.zero
    for offset in 0..<4 {
      let quarter = first.advanced(by: offset)
      guard let target = tracking.attainment(partner: partner, quarter: quarter)?.adjustedTarget else { return nil }
      sum += target
    }
    return sum
  }

  /// The quarter itself, or the fourth of a year.
  static func lastQuarter(of period: Period) -> Period {
    period.form == .year ? Period.quarter(period.ordinal, 4) : period
  }

  /// The factors of a payout. The region's coefficient is that of the period's last quarter; the stock is known as it
  /// stands now, so that its factor counts for the last quarter of the history and later.
  func links(_ version: IncentiveRule, partner: Int, period: Period) -> IncentiveLinks {
    var links = IncentiveLinks()
    let (known, quarter) = (history.partners[partner], Self.lastQuarter(of: period))
    if version.links.contains(.reward) {
      links.adjustment = tracking?.adjustment(region: known.region, quarter: quarter)
      links.reward = links.adjustment?.rewardCoefficient ?? links.reward
    }
    if version.links.contains(.turnover), let last = lastQuarter, quarter.ordinal >= last.ordinal,
      let standing = standings?[known.id]
    {
      links.turnover = standing.rebateFactor
      links.turnoverDays =
        standing.turnoverDays.isFinite ? Int(min(max(standing.turnoverDays, 0), 99_999).rounded()) : nil
    }
    return links
  }
}

/// What a payout is multiplied by; 100 % where a link does not apply or nothing is known.
public struct IncentiveLinks: Sendable, Hashable {
  public var reward = Percent(100)
  public var turnover = Percent(100)
  public var adjustment: TargetAdjustment?
  /// Days of stock behind the turnover factor.
  public var turnoverDays: Int?

  public init() {}

  public func applied(to amount: ExactAmount) -> ExactAmount { amount.times(reward).times(turnover) }
}

/// Every rule settled for every partner, against the ledger.
///
///     earned  = formula(sales of the period) · reward coefficient · turnover factor   one product, rounded once
///     payable = earned − settled                                                      below zero: to be taken back
///     settled = entries of the ledger + for rules that net others, what those earned in the periods inside
///
/// Because a netting rule deducts what the other rules earned, paid or payable, all payouts of one run together pay
/// each yuan once, and a second settlement after they are booked pays nothing. A netting rule that gives less than the
/// rules that it nets takes nothing back: it earns what they paid.
///
/// Settled are all quarters and years that the history covers whole. A period before the last one, of a rule with
/// links, that the ledger has settled by more than an advance is closed: its links are not known any more, committed
/// money is locked, and nothing is payable. Complexity: O(partners · periods · versions).
public struct IncentiveSettlement: Sendable {
  /// One rule, partner and period.
  public struct Line: Sendable, Hashable {
    /// Index into the history's partners, and into the versions of the rules.
    public var partner: Int
    public var version: Int
    public var period: Period
    public var basis: Money
    public var links: IncentiveLinks
    public var earned: Money
    /// The part of `settled` that other rules' payouts cover.
    public var netted = Money.zero
    /// The part of `earned` that only keeps what the netted rules paid: they paid more than the rule gives.
    public var kept = Money.zero
    /// The part of `settled` that stands in the ledger, with how many entries and the first of them.
    public var booked = Money.zero
    public var entries = 0
    public var firstEntry: Int?
    public var isClosed = false
    public var isLast = false

    public var settled: Money { netted + booked }
    public var payable: Money { earned - settled }
  }

  public let lines: [Line]
  /// By rule: partners and periods without a line because a fact is missing, and which.
  public let missing: [Missing]

  public struct Missing: Sendable, Hashable {
    public var rule: String
    public var fact: String
    public var partners: Int
    public var firstPartner: String
  }

  public init(_ inputs: IncentiveInputs, ledger: IncentiveLedger) {
    let quarters = inputs.history.wholeQuarters
    let years = inputs.wholeYears
    let periods = quarters + years
    let lastYear = years.last
    let scopes = periods.map { period in
      Scope(
        period: period, months: inputs.history.months(in: period), versions: Self.versions(inputs.rules, period),
        isLast: period == quarters.last || period == lastYear)
    }
    var lines: [Line] = []
    var lacking: [String: [String: (count: Int, first: Int)]] = [:]
    for partner in inputs.history.partners.indices {
      let start = lines.count
      for scope in scopes {
        lines += Self.settle(inputs, ledger, partner, scope, earlier: lines[start...], &lacking)
      }
    }
    self.lines = lines
    missing = lacking.keys.sorted().flatMap { rule in
      (lacking[rule] ?? [:]).sorted { $0.key < $1.key }.map { fact, found in
        Missing(
          rule: rule, fact: fact, partners: found.count,
          firstPartner: inputs.history.partners[found.first].id)
      }
    }
  }

  private struct Scope {
    var period: Period
    var months: Range<Int>
    /// Version and the position of its name.
    var versions: [(version: Int, name: Int)]
    var isLast: Bool
  }

  private static func versions(_ rules: IncentiveRules, _ period: Period) -> [(version: Int, name: Int)] {
    rules.names.enumerated().compactMap { position, name in
      rules.versions.firstIndex { $0.name == name && $0.isInForce(in: period) }.map { ($0, position) }
    }
  }

  private static func settle(
    _ inputs: IncentiveInputs, _ ledger: IncentiveLedger, _ partner: Int, _ scope: Scope,
    earlier: ArraySlice<Line>, _ lacking: inout [String: [String: (count: Int, first: Int)]]
  ) -> [Line] {
    let cells = inputs.history.cells(partner: partner, months: scope.months)
    let hasSales = cells.contains { inputs.history.rowCounts[$0] > 0 }
    var lines: [Line] = []
    var pools: [String: Money] = [:]
    for (index, name) in scope.versions {
      let version = inputs.rules.versions[index]
      let own = ledger.balance(partner: partner, rule: name, period: scope.period)
      let pool = ledger.pool(partner: partner, kind: version.ledgerKind, period: scope.period)
      guard hasSales || own != nil || pool != nil else { continue }
      let basis = inputs.bases[index][cells].total()
      let facts = inputs.facts(version, partner: partner, period: scope.period, basis: basis)
      let isAlone = scope.versions.count { inputs.rules.versions[$0.version].ledgerKind == version.ledgerKind } == 1
      if let fact = version.formula.missing(in: facts), own == nil, pool == nil || !isAlone {
        if scope.isLast {
          lacking[version.name, default: [:]][fact, default: (0, partner)].count += 1
        }
        continue
      }
      let links = inputs.links(version, partner: partner, period: scope.period)
      var line = Line(
        partner: partner, version: index, period: scope.period, basis: basis, links: links,
        earned: links.applied(to: version.formula.entitlement(facts)).rounded())
      line.isLast = scope.isLast
      line.booked = own?.amount ?? .zero
      line.entries = (own?.count ?? 0) + (pool?.count ?? 0)
      line.firstEntry = [own?.firstRow, pool?.firstRow].compactMap(\.self).min()
      line.isClosed =
        !scope.isLast && !version.links.isEmpty && (own?.isSettled == true || pool?.isSettled == true)
      if let pool, pools[version.ledgerKind] == nil { pools[version.ledgerKind] = pool.amount }
      if !version.nets.isEmpty {
        line.netted = earlier.lazy.filter {
          $0.period.containing(.year) == scope.period && version.nets.contains(inputs.rules.versions[$0.version].name)
        }.map(\.earned).total()
        line.kept = max(.zero, line.netted - line.earned)
        line.earned += line.kept
      }
      lines.append(line)
    }
    Self.share(&pools, among: &lines, inputs.rules)
    for index in lines.indices where lines[index].isClosed { lines[index].earned = lines[index].settled }
    return lines
  }

  /// Serves the rules of a kind from what the ledger paid without naming one: in the order of the plan, each up to what
  /// it earned; what is left over was paid too much, under the first.
  private static func share(_ pools: inout [String: Money], among lines: inout [Line], _ rules: IncentiveRules) {
    for kind in pools.keys {
      var left = pools[kind] ?? .zero
      let members = lines.indices.filter { rules.versions[lines[$0].version].ledgerKind == kind }
      for index in members where left > .zero {
        let part = min(left, max(.zero, lines[index].payable))
        lines[index].booked += part
        left -= part
      }
      if left != .zero, let first = members.first { lines[first].booked += left }
    }
  }
}
