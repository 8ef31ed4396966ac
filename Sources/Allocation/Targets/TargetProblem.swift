public import ChannelTypes
public import Tables

/// Annual goals divided over a network and a calendar: company → region → partner → person, year → quarter → month.
///
/// Every member of the network gets a reference from its potential, capability and strategy weight (or from what it
/// sold), spread over the months by seasonality; the targets are the amounts nearest to it that meet every total, pin,
/// floor, cap and growth limit, in whole units.
public struct TargetProblem: AllocationProblem {
  /// How nearness is measured.
  public enum Method: String, Sendable, Hashable, CaseIterable {
    /// Σ (x − f)² / 2f: equal relative changes cost the same, large ones more than in proportion.
    case leastSquares = "least_squares"
    /// Σ x ln(x/f) − x + f: proportional fitting within bounds.
    case kullbackLeibler = "proportional"
    /// The largest growth over the base is as small as possible; then the next largest.
    case minMaxGrowth = "min_max_growth"
    /// The largest relative change, up or down, is as small as possible.
    case minMaxChange = "min_max_change"
  }

  /// A leaf of the network: a partner, or a line of its own such as new customers.
  public struct Member: Sendable, Codable {
    public var id: String
    public var region = ""
    public var department = ""
    /// The person who answers for the target.
    public var owner = ""
    public var city = ""
    public var channel = ""
    /// A line for customers that are still to be won, beside those of the partners.
    public var isNewCustomers = false
    /// Size of the market; any unit, the same for all members.
    public var potential = 1.0
    /// What the member can make of it, relative to others.
    public var capability = 1.0
    /// How much more (or less) than its share the strategy asks for.
    public var strategy = 1.0
    /// What it did in the year before; growth limits and the growth methods start from it. Of ratios: the ratio now.
    public var base: Double?
    /// Of ratios: what the ratio is a share of, for weighted means.
    public var weight = 1.0

    public init(_ id: String) { self.id = id }
  }

  /// Whose targets a limit adds up.
  public enum Level: String, Sendable, Hashable, CaseIterable {
    case company, region, department, owner, city, channel, partner

    func id(of member: Member) -> String {
      switch self {
      case .company: ""
      case .region: member.region
      case .department: member.department
      case .owner: member.owner
      case .city: member.city
      case .channel: member.channel
      case .partner: member.id
      }
    }
  }

  /// Least and most of a sum of targets; a pin where both are the same.
  public struct Limit: Sendable {
    /// As the user knows it: `locked.region.xian`.
    public var name: String
    public var level: Level
    /// Empty for the company.
    public var id: String
    /// A month, quarter or year of the calendar; nil for all of it.
    public var period: Period?
    public var floor: Double?
    public var cap: Double?
    public var place: SourcePlace?

    public init(
      _ name: String, _ level: Level, _ id: String = "", period: Period? = nil, floor: Double? = nil,
      cap: Double? = nil, at place: SourcePlace? = nil
    ) {
      self.name = name
      self.level = level
      self.id = id
      self.period = period
      self.floor = floor
      self.cap = cap
      self.place = place
    }
  }

  /// How far a sum over a year may move from its base, in percent.
  public struct Growth: Sendable {
    public var level: Level
    public var atLeast: Double?
    public var atMost: Double?
    public var place: SourcePlace?

    public init(_ level: Level, atLeast: Double? = nil, atMost: Double? = nil, at place: SourcePlace? = nil) {
      self.level = level
      self.atLeast = atLeast
      self.atMost = atMost
      self.place = place
    }
  }

  /// Exponents of the reference: share ∝ potential^a · capability^b · strategy^c · base^d.
  public struct Split: Sendable, Hashable {
    public var potential = 1.0
    public var capability = 1.0
    public var strategy = 1.0
    public var base = 0.0

    public init() {}
  }

  public var members: [Member]
  /// The months of the plan, ascending.
  public var months: [Period]
  /// Weight of each month, of any sum; by region where a region has a season of its own.
  public var seasonality: [Double]
  public var regionSeasonality: [String: [Double]] = [:]
  public var split = Split()
  public var method = Method.leastSquares
  /// Annual totals, pins, floors and caps.
  public var limits: [Limit]
  public var growth: [Growth] = []
  /// Sums that keep their share of the reference exactly: `month`, `region`.
  public var heldMonths = false
  public var heldLevel: Level?
  /// Targets are whole multiples of this, in the plan's currency.
  public var unit: Double
  /// How many levels the min-max methods settle one after the other.
  public var fairnessLevels = 4
  /// Share of a prepayment that turns into revenue after 0, 1, 2, … months; nil for revenue targets only.
  public var conversion: [Double]?
  /// Whether targets are ratios that aggregate by weighted mean (share, coverage, conversion) and are not rounded.
  public var isRatio = false
  public var unitPlace: SourcePlace?

  public init(members: [Member], months: [Period], seasonality: [Double]? = nil, limits: [Limit], unit: Double = 1) {
    self.members = members
    self.months = months
    self.seasonality = seasonality ?? months.map { _ in 1 }
    self.limits = limits
    self.unit = unit
  }

  /// What is wrong with the problem before its limits are compared.
  public func findings() -> [Diagnostic] {
    var found: [Diagnostic] = []
    func complain(_ message: String, at place: SourcePlace? = nil, hint: String? = nil) {
      found.append(Diagnostic(AllocationCodes.improperValue, .error, message, at: place, hint: hint))
    }
    if members.isEmpty { complain("there is nobody to divide targets among") }
    if months.isEmpty { complain("there is no month to plan") }
    if months.contains(where: { $0.form != .month }) { complain("targets are planned by month") }
    if !(unit > 0 && unit.isFinite) { complain("the unit of rounding must be above 0", at: unitPlace) }
    func isProper(_ values: [Double]) -> Bool {
      values.count == months.count && values.allSatisfy { $0 >= 0 && $0.isFinite } && values.reduce(0, +) > 0
    }
    if !isProper(seasonality) { complain("seasonality needs a weight of 0 or more for each of \(months.count) months") }
    for (region, values) in regionSeasonality.sorted(by: { $0.key < $1.key }) where !isProper(values) {
      complain("the seasonality of \(region) needs a weight of 0 or more for each of \(months.count) months")
    }
    var seen: Set<String> = []
    for member in members {
      if !seen.insert(member.id).inserted { complain("`\(member.id)` is listed twice") }
      let numbers = [member.potential, member.capability, member.strategy, member.weight, member.base ?? 0]
      if numbers.contains(where: { !($0 >= 0 && $0.isFinite) }) {
        complain("potential, capability, strategy, weight and base of `\(member.id)` must be 0 or more")
      }
    }
    for limit in limits {
      for amount in [limit.floor, limit.cap] {
        if let amount, !(amount >= 0 && amount.isFinite) {
          complain("`\(limit.name)` must be 0 or more", at: limit.place)
        }
      }
      if limit.level != .company, !members.contains(where: { limit.level.id(of: $0) == limit.id }) {
        complain(
          "`\(limit.name)`: there is no \(limit.level.rawValue) `\(limit.id)`", at: limit.place,
          hint: Suggestion.closest(to: limit.id, among: Set(members.map(limit.level.id)).sorted()).map {
            "did you mean `\($0)`?"
          })
      }
      if let period = limit.period, !months.contains(where: { $0.containing(period.form) == period }) {
        complain("`\(limit.name)`: \(period) is not in the plan's months", at: limit.place)
      }
    }
    for growth in growth where members.contains(where: { $0.base == nil }) {
      complain("growth limits need the base of every member", at: growth.place)
    }
    if method == .minMaxGrowth || method == .minMaxChange, members.contains(where: { $0.base == nil }) {
      complain("`\(method.rawValue)` needs the base of every member")
    }
    if let conversion {
      let sum = conversion.reduce(0, +)
      if conversion.isEmpty || conversion.contains(where: { !($0 >= 0) }) || !(sum > 0 && sum <= 1 + 1e-9) {
        complain("the conversion curve needs shares of 0 or more that sum to more than 0 and at most 1")
      }
    }
    return found
  }
}
