public import ChannelTypes
public import Tables

extension BudgetProblem {
  /// The lines that a limit speaks of: those that agree with every name given. Without any name it is the whole budget.
  public struct Scope: Hashable, Sendable {
    public var region: String?
    public var partner: String?
    public var spendType: String?
    public var period: String?
    public var line: String?

    public init(
      region: String? = nil, partner: String? = nil, spendType: String? = nil, period: String? = nil,
      line: String? = nil
    ) {
      self.region = region
      self.partner = partner
      self.spendType = spendType
      self.period = period
      self.line = line
    }

    public static let company = Scope()
    public static func region(_ name: String) -> Scope { Scope(region: name) }
    public static func partner(_ name: String) -> Scope { Scope(partner: name) }
    public static func spendType(_ name: String) -> Scope { Scope(spendType: name) }
    public static func period(_ name: String) -> Scope { Scope(period: name) }
    public static func line(_ name: String) -> Scope { Scope(line: name) }
    public static func cell(region: String, spendType: String) -> Scope {
      Scope(region: region, spendType: spendType)
    }

    public func contains(_ item: Item) -> Bool {
      (region == nil || region == item.region) && (partner == nil || partner == item.partner)
        && (spendType == nil || spendType == item.spendType) && (period == nil || period == item.period)
        && (line == nil || line == item.name)
    }

    private var parts: [(kind: String, name: String)] {
      [("region", region), ("partner", partner), ("spend_type", spendType), ("period", period), ("line", line)]
        .compactMap { kind, name in name.map { (kind, $0) } }
    }

    /// `region`, `spend_type`, `cell` for a region and spend type, `region+period`, `company` without any name.
    public var kind: String {
      let kinds = parts.map(\.kind)
      if kinds.isEmpty { return "company" }
      return kinds == ["region", "spend_type"] ? "cell" : kinds.joined(separator: "+")
    }

    /// The names joined by points: `east.ads`.
    public var name: String { parts.map(\.name).joined(separator: ".") }
  }

  public enum Side: String, Hashable, Sendable { case floor, cap }

  /// A percentage of what another scope gets.
  public struct Share: Hashable, Sendable {
    public var percent: Double
    /// The company: a share of the money that may be placed, spent or not.
    public var of: Scope

    public init(percent: Double, of scope: Scope = .company) {
      self.percent = percent
      of = scope
    }
  }

  /// A floor or a cap on the lines of a scope together: an amount, or a share of what a scope around it gets.
  public struct Limit: Sendable {
    public var scope: Scope
    public var side: Side
    /// Zero where `share` says it.
    public var amount: Money
    public var share: Share?
    /// Where the plan says so.
    public var place: SourcePlace?
    /// One side of an amount that must stay: a floor and a cap of the same amount make a lock.
    public var isLock = false

    public init(_ side: Side, _ scope: Scope, _ amount: Money, at place: SourcePlace? = nil) {
      self.scope = scope
      self.side = side
      self.amount = amount
      self.place = place
    }

    public init(_ side: Side, _ scope: Scope, _ share: Share, at place: SourcePlace? = nil) {
      self.init(side, scope, .zero, at: place)
      self.share = share
    }

    /// Both sides of an amount that the lines of a scope get exactly, in whole steps of the problem.
    public static func lock(_ scope: Scope, _ amount: Money, at place: SourcePlace? = nil) -> [Self] {
      [Side.floor, .cap].map { side in
        var limit = Self(side, scope, amount, at: place)
        limit.isLock = true
        return limit
      }
    }
  }
}

extension BudgetProblem.Limit {
  /// As the plan writes it: `floors.region.shanghai`, `locked.cell.east.ads`, `shares.region.shanghai.at_least`.
  public var key: String {
    guard share != nil else { return family + "." + scope.name }
    return family + "." + scope.name + (side == .floor ? ".at_least" : ".at_most")
  }

  /// The plan's table of limits of one kind: `floors.region`.
  var family: String {
    (isLock ? "locked" : share != nil ? "shares" : side == .floor ? "floors" : "caps") + "." + scope.kind
  }

  /// The amount where the money that may be placed is `spendable`; nil for a share of another scope.
  func amount(of spendable: Money) -> Money? {
    guard let share else { return amount }
    guard share.of == .company else { return nil }
    return Money(rounding: spendable.double * share.percent / 100, decimals: 4)
  }
}

/// Finds the lines of scopes without looking at every line for every limit.
struct BudgetLineIndex {
  private let items: [BudgetProblem.Item]
  private var line: [String: Int] = [:]
  private var region: [String: [Int]] = [:]
  private var spendType: [String: [Int]] = [:]

  init(_ items: [BudgetProblem.Item]) {
    self.items = items
    for (index, item) in items.enumerated() {
      line[item.name] = index
      region[item.region, default: []].append(index)
      spendType[item.spendType, default: []].append(index)
    }
  }

  /// Ascending.
  func members(of scope: BudgetProblem.Scope) -> [Int] {
    let candidates: [Int]
    if let name = scope.line {
      candidates = line[name].map { [$0] } ?? []
    } else if let name = scope.region {
      candidates = region[name] ?? []
    } else if let name = scope.spendType {
      candidates = spendType[name] ?? []
    } else {
      candidates = Array(items.indices)
    }
    return candidates.filter { scope.contains(items[$0]) }
  }
}
