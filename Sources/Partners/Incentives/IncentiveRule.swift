public import ChannelTypes
public import Tables

/// One version of one rule that pays partners: what it pays for, by which formula, in which periods.
///
/// A rule is a value. Several versions of a rule share its name and differ in the periods in which they are in force;
/// a settlement period has at most one (`IncentiveRules.version`).
public struct IncentiveRule: Sendable, Hashable {
  /// What is counted, and over which period: a quarter or a year.
  public enum Basis: String, Sendable, Hashable, CaseIterable {
    case quarterlySales = "quarterly_sales"
    case annualSales = "annual_sales"
    case quarterlySellOut = "quarterly_sell_out"
    case annualSellOut = "annual_sell_out"

    public var grain: PeriodForm { self == .quarterlySales || self == .quarterlySellOut ? .quarter : .year }
    public var isSellOut: Bool { self == .quarterlySellOut || self == .annualSellOut }
  }

  /// What a payout is multiplied by.
  public enum Link: String, Sendable, Hashable, CaseIterable {
    /// The reward coefficient of the partner's region in the (last) quarter of the period.
    case reward
    /// The rebate factor of the partner's stock, in the last quarter of the history and later.
    case turnover
  }

  /// Sales of these products count more, or less, than they amount to.
  public struct Multiplier: Sendable, Hashable {
    public enum Scope: String, Sendable, Hashable, CaseIterable { case product, role, family }
    public var scope: Scope
    public var id: String
    public var factor: Percent
    public var place: SourcePlace

    public init(_ scope: Scope, _ id: String, factor: Percent, at place: SourcePlace) {
      self.scope = scope
      self.id = id
      self.factor = factor
      self.place = place
    }
  }

  /// The key of the plan below `incentives`: `commission`, `rebates.annual`.
  public var name: String
  /// The kind of the entries of the ledger that settle it.
  public var ledgerKind: String
  /// How traces call it: `commission`, `rebate`.
  public var traceName: String
  public var basis: Basis
  public var formula: IncentiveFormula
  public var multipliers: [Multiplier] = []
  public var links: Set<Link> = []
  /// Rules whose payouts of the periods inside count towards this one: an annual rebate nets quarterly ones.
  public var nets: [String] = []
  /// Shares of the payout by form; they add up to 100 %.
  public var forms = [FormShare(.cash, Percent(100))]
  /// Days from the end of the period to the day on which the payout is due.
  public var paymentDays = 30
  /// The first and last settlement period in which the version is in force; nil for no bound.
  public var from: Period?
  public var to: Period?
  /// Where the version is written, and each of its tiers, rows or steps.
  public var place: SourcePlace
  public var places: [SourcePlace] = []

  public struct FormShare: Sendable, Hashable {
    public var form: Award.Form
    public var share: Percent

    public init(_ form: Award.Form, _ share: Percent) {
      self.form = form
      self.share = share
    }
  }

  public init(
    _ name: String, ledgerKind: String, traceName: String? = nil, basis: Basis, formula: IncentiveFormula,
    at place: SourcePlace = SourcePlace(file: "default")
  ) {
    self.name = name
    self.ledgerKind = ledgerKind
    self.traceName = traceName ?? name
    self.basis = basis
    self.formula = formula
    self.place = place
  }

  public var grain: PeriodForm { basis.grain }

  /// Whether the version settles a period of its grain.
  public func isInForce(in period: Period) -> Bool {
    guard period.form == grain else { return false }
    return (from.map { $0.ordinal <= period.ordinal } ?? true) && (to.map { period.ordinal <= $0.ordinal } ?? true)
  }

  /// The day on which the payout of a period is due.
  public func dueDay(of period: Period) -> CivilDate? {
    period.advanced(by: 1).firstDay.map { CivilDate(daysSinceEpoch: $0.daysSinceEpoch - 1 + paymentDays) }
  }

  /// An amount divided by form, the remainder of the rounding to the first form: the parts add up exactly.
  public func split(_ amount: Money) -> [(form: Award.Form, amount: Money)] {
    let rest = forms.dropFirst().map { ($0.form, $0.share.of(amount) ?? .zero) }
    guard let first = forms.first else { return [(.cash, amount)] }
    return [(first.form, amount - rest.map(\.1).total())] + rest
  }
}

/// The versions of all rules of a plan, in its order.
public struct IncentiveRules: Sendable {
  public let versions: [IncentiveRule]
  /// The names of the rules, each once, in the order of the plan.
  public let names: [String]
  private let groups: [String: [Int]]

  public init(_ versions: [IncentiveRule] = []) {
    self.versions = versions
    var groups: [String: [Int]] = [:]
    var names: [String] = []
    for (index, version) in versions.enumerated() {
      if groups[version.name] == nil { names.append(version.name) }
      groups[version.name, default: []].append(index)
    }
    (self.groups, self.names) = (groups, names)
  }

  public func versions(of name: String) -> [IncentiveRule] { (groups[name] ?? []).map { versions[$0] } }

  /// The one version of a rule that settles a period; nil where none is in force. Where versions overlap, which
  /// `check` reports as an error, the first of the plan counts.
  public func version(of name: String, in period: Period) -> IncentiveRule? {
    groups[name]?.first { versions[$0].isInForce(in: period) }.map { versions[$0] }
  }

  /// The versions in force in a period, in the order of the plan.
  public func inForce(in period: Period) -> [IncentiveRule] { names.compactMap { version(of: $0, in: period) } }

  /// Versions of one rule that are in force at the same time, and periods between versions that none covers.
  public func conflicts() -> (overlaps: [(IncentiveRule, IncentiveRule)], gaps: [(IncentiveRule, IncentiveRule)]) {
    var overlaps: [(IncentiveRule, IncentiveRule)] = []
    var gaps: [(IncentiveRule, IncentiveRule)] = []
    for name in names {
      // By basis: a version that settles years does not meet one that settles quarters.
      for grain in [PeriodForm.quarter, .year] {
        let sorted = versions(of: name).filter { $0.grain == grain }
          .sorted {
            ($0.from?.ordinal ?? .min, $0.to?.ordinal ?? .max) < ($1.from?.ordinal ?? .min, $1.to?.ordinal ?? .max)
          }
        for (left, right) in zip(sorted, sorted.dropFirst()) {
          let end = left.to?.ordinal ?? .max
          let begin = right.from?.ordinal ?? .min
          if begin <= end { overlaps.append((left, right)) } else if begin > end + 1 { gaps.append((left, right)) }
        }
      }
    }
    return (overlaps, gaps)
  }
}
