public import ChannelTypes

/// Simulated sales of one partner in the planned months, by version of a rule, in money: month × draw, draws contiguous.
public struct PartnerDraws: Sendable {
  public var drawCount: Int
  /// By version; versions that count the same sales may share one array.
  public var sales: [[Double]]

  public init(drawCount: Int, sales: [[Double]]) {
    self.drawCount = drawCount
    self.sales = sales
  }
}

/// What rules are expected to pay in planned periods, from the joint paths of the forecast.
///
///     expected payout = mean over draws of payout(sales of the draw)      never payout(mean sales)
///     accrual rate    = expected payout ÷ expected sales
///
/// The two differ where a tier lies inside the spread of sales: a payout is convex in sales on rising tiers, so that
/// the payout of the mean is too low (Jensen's inequality). Accruing at this rate from the first month on spreads the
/// tier that the year is expected to reach over the whole year; the settlement trues up what is left.
/// Draws come from a model, so their payouts are floating point; the mean is rounded once, to cents.
public struct IncentiveForecast: Sendable {
  public let inputs: IncentiveInputs
  /// The planned months.
  public let firstMonth: Period
  public let monthCount: Int
  /// Quarters and years that begin or end in the planned months and are covered by history and plan together.
  public let scopes: [Scope]
  private let settled: [Int: [Int: Money]]
  /// By version: whether another rule nets it.
  private let isNetted: [Bool]

  public struct Scope: Sendable {
    public var period: Period
    /// Months of the history, and of the plan, inside the period.
    var known: Range<Int>
    var planned: Range<Int>
    public var versions: [Int]
    /// The first period of its form.
    public var isNext: Bool
  }

  /// What one rule is expected to pay one partner in a period.
  public struct Line: Sendable, Hashable {
    public var partner: Int
    public var version: Int
    public var period: Period
    /// Sales until now, and until the end of the period on average.
    public var knownSales: Money
    public var expectedSales: Money
    /// The mean of the payouts, and what the mean sales would pay.
    public var expected: Money
    public var atExpectedSales: Money
    /// The part that other rules' expected payouts cover.
    public var netted: Money
    public var links: IncentiveLinks
    /// Chance that each tier of the rule is reached; empty for formulas without tiers.
    public var chances: [Double]
    public var isNext: Bool

    /// Expected payout, less what is netted, ÷ expected sales; 0 without sales.
    public var rate: Double { expectedSales > .zero ? (expected - netted).double / expectedSales.double : 0 }
    /// What is to be accrued.
    public var accrual: Money { expected - netted }
  }

  /// - Parameter settlement: for annual rules, what they net in quarters that are over.
  public init(_ inputs: IncentiveInputs, settlement: IncentiveSettlement?, firstMonth: Period, monthCount: Int) {
    self.inputs = inputs
    self.firstMonth = firstMonth
    self.monthCount = monthCount
    scopes = Self.scopes(inputs, firstMonth, monthCount)
    // Netted within years that are not over: partner → year · versions … → money.
    var settled: [Int: [Int: Money]] = [:]
    let years = Set(scopes.filter { $0.period.form == .year }.map(\.period.ordinal))
    for line in settlement?.lines ?? [] where line.period.form == .quarter {
      let year = line.period.ordinal / 4
      guard years.contains(year) else { continue }
      settled[line.partner, default: [:]][Self.key(year, line.version), default: .zero] += line.earned
    }
    self.settled = settled
    let netted = Set(inputs.rules.versions.flatMap(\.nets))
    isNetted = inputs.rules.versions.map { netted.contains($0.name) }
  }

  private static func key(_ year: Int, _ version: Int) -> Int { year * 4096 + version }

  private static func scopes(_ inputs: IncentiveInputs, _ firstMonth: Period, _ monthCount: Int) -> [Scope] {
    guard firstMonth.form == .month, monthCount > 0 else { return [] }
    var scopes: [Scope] = []
    for form in [PeriodForm.quarter, .year] {
      var seen: Period?
      for offset in 0..<monthCount {
        guard let period = firstMonth.advanced(by: offset).containing(form), period != seen else { continue }
        seen = period
        let planned = (0..<monthCount).filter { firstMonth.advanced(by: $0).containing(form) == period }
        let known = inputs.history.months(in: period).filter { inputs.history.month($0).ordinal < firstMonth.ordinal }
        guard planned.count + known.count == (form == .quarter ? 3 : 12) else { continue }
        let versions = inputs.rules.names.compactMap { name in
          inputs.rules.versions.firstIndex { $0.name == name && $0.isInForce(in: period) }
        }
        scopes.append(
          Scope(
            period: period, known: known.isEmpty ? 0..<0 : known[0]..<known[known.count - 1] + 1,
            planned: planned[0]..<planned[planned.count - 1] + 1, versions: versions,
            isNext: !scopes.contains { $0.period.form == form }))
      }
    }
    return scopes
  }

  /// All planned periods of one partner. Complexity: O(versions · periods · draws · (months + tiers)).
  public func lines(partner: Int, draws: PartnerDraws) -> [Line] {
    var accruals: [Double] = []
    return lines(partner: partner, draws: draws, accruals: &accruals)
  }

  /// - Parameter accruals: what all rules accrue in each draw: the mean is that of the lines up to rounding.
  public func lines(partner: Int, draws: PartnerDraws, accruals: inout [Double]) -> [Line] {
    guard draws.drawCount > 0 else { return [] }
    accruals = [Double](repeating: 0, count: draws.drawCount)
    var lines: [Line] = []
    // What each draw pays within a year under rules that others net: year and version → draws.
    var within: [Int: [Double]] = [:]
    for scope in scopes {
      for index in scope.versions {
        let version = inputs.rules.versions[index]
        let known = inputs.bases[index][inputs.history.cells(partner: partner, months: scope.known)].total()
        let facts = inputs.facts(version, partner: partner, period: scope.period, basis: known)
        guard version.formula.missing(in: facts) == nil else { continue }
        let sales = sales(draws, index, scope, known: known)
        let links = inputs.links(version, partner: partner, period: scope.period)
        let formula = FloatingFormula(version.formula, facts)
        let factor = links.reward.fraction * links.turnover.fraction
        var payouts = sales.map { formula.payout($0) * factor }
        if scope.period.form == .quarter, isNetted[index] {
          let key = Self.key(scope.period.ordinal / 4, index)
          within[key] = within[key].map { zip($0, payouts).map(+) } ?? payouts
        }
        let netted = version.nets.isEmpty ? [] : netted(partner, version, scope.period, within, draws.drawCount)
        for (draw, amount) in netted.enumerated() { payouts[draw] = max(payouts[draw], amount) }
        for draw in payouts.indices { accruals[draw] += payouts[draw] - (netted.isEmpty ? 0 : netted[draw]) }
        lines.append(
          line(partner, index, scope, facts, known, links, sales: sales, payouts: payouts, netted: netted, formula))
      }
    }
    return lines
  }

  /// Sales of a period, draw by draw.
  private func sales(_ draws: PartnerDraws, _ version: Int, _ scope: Scope, known: Money) -> [Double] {
    let count = draws.drawCount
    var sums = [Double](repeating: known.double, count: count)
    draws.sales[version].withUnsafeBufferPointer { sales in
      for month in scope.planned {
        for draw in 0..<count { sums[draw] += sales[month * count + draw] }
      }
    }
    return sums
  }

  private func line(
    _ partner: Int, _ index: Int, _ scope: Scope, _ facts: IncentiveFacts, _ known: Money, _ links: IncentiveLinks,
    sales: [Double], payouts: [Double], netted: [Double], _ formula: FloatingFormula
  ) -> Line {
    func mean(_ values: [Double]) -> Money {
      values.isEmpty ? .zero : Money(rounding: values.reduce(0, +) / Double(values.count)) ?? .zero
    }
    var expected = facts
    expected.basis = mean(sales)
    let covered = mean(netted)
    let entitlement = inputs.rules.versions[index].formula.entitlement(expected)
    return Line(
      partner: partner, version: index, period: scope.period, knownSales: known, expectedSales: expected.basis,
      expected: mean(payouts), atExpectedSales: max(covered, links.applied(to: entitlement).rounded()),
      netted: covered, links: links,
      chances: formula.thresholds.map { from in
        Double(sales.count { $0 >= from }) / Double(sales.count)
      }, isNext: scope.isNext)
  }

  /// What rules that count towards an annual one earned in quarters that are over, and pay in the others, by draw.
  private func netted(
    _ partner: Int, _ version: IncentiveRule, _ period: Period, _ within: [Int: [Double]], _ count: Int
  ) -> [Double] {
    guard period.form == .year else { return [] }
    var sums = [Double](repeating: 0, count: count)
    for (index, other) in inputs.rules.versions.enumerated() where version.nets.contains(other.name) {
      let key = Self.key(period.ordinal, index)
      let over = settled[partner]?[key]?.double ?? 0
      for draw in sums.indices { sums[draw] += over + (within[key]?[draw] ?? 0) }
    }
    return sums
  }
}

/// A formula in floating point, for draws: the same amounts as `IncentiveFormula.entitlement` up to rounding.
struct FloatingFormula {
  private enum Form {
    case tiers(FloatingTiers)
    case aboveTarget(rate: Double, target: Double)
    case share(Double)
    case steps([(from: Double, amount: Double)])
    case market([(from: Double, tiers: FloatingTiers)])
  }
  private let form: Form

  init(_ formula: IncentiveFormula, _ facts: IncentiveFacts) {
    switch formula {
    case .tiers(let schedule): form = .tiers(FloatingTiers(schedule))
    case .aboveTarget(let rate): form = .aboveTarget(rate: rate.fraction, target: facts.target?.double ?? .infinity)
    case .grade: form = .share(facts.gradeRate?.fraction ?? 0)
    case .steps(let steps, let cap, let perOutlet):
      let count = perOutlet ? Double(facts.outlets ?? 0) : 1
      form = .steps(steps.map { ($0.from.double, min($0.amount.double * count, cap?.double ?? .infinity)) })
    case .market(let rows):
      // A row counts from the sales on that make up its penetration.
      let potential = (facts.potential?.double ?? 0) / Double(facts.periodsPerYear)
      form = .market(rows.map { ($0.penetration.fraction * potential, FloatingTiers($0.schedule)) })
    }
  }

  /// Sales from which the tiers begin; empty for formulas without.
  var thresholds: [Double] {
    switch form {
    case .tiers(let tiers): tiers.from
    case .steps(let steps): steps.map(\.from)
    case .aboveTarget(_, let target): [target]
    case .share, .market: []
    }
  }

  func payout(_ sales: Double) -> Double {
    switch form {
    case .tiers(let tiers): return tiers.payout(sales)
    case .aboveTarget(let rate, let target): return sales > target ? rate * (sales - target) : 0
    case .share(let rate): return rate * max(0, sales)
    case .steps(let steps): return steps.last { sales >= $0.from }?.amount ?? 0
    case .market(let rows): return rows.last { sales >= $0.from }?.tiers.payout(sales) ?? 0
    }
  }
}

struct FloatingTiers {
  let from: [Double]
  private let rates: [Double]
  /// What the tiers below pay in full; zero for tiers on the whole.
  private let below: [Double]
  private let isOnWhole: Bool

  init(_ schedule: TierSchedule) {
    from = schedule.tiers.map(\.from.double)
    rates = schedule.tiers.map(\.rate.fraction)
    isOnWhole = schedule.mode == .onWhole
    var sums: [Double] = []
    for index in from.indices {
      sums.append(index == 0 ? 0 : sums[index - 1] + rates[index - 1] * (from[index] - from[index - 1]))
    }
    below = sums
  }

  func payout(_ sales: Double) -> Double {
    var tier = -1
    while tier + 1 < from.count, sales >= from[tier + 1] { tier += 1 }
    guard tier >= 0 else { return 0 }
    return isOnWhole ? rates[tier] * sales : below[tier] + rates[tier] * (sales - from[tier])
  }
}
