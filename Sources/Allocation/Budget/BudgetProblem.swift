public import ChannelTypes
public import Tables

/// How to divide a budget over regions and spend types: what is known, and what the plan asks for.
///
/// Amounts are money of one planning period; every curve gives the expected margin of a period from the spend of that
/// period in one region on one spend type.
public struct BudgetProblem: Sendable {
  /// One line of the budget.
  public struct Item: Sendable {
    public var region: String
    public var spendType: String
    public var curve: ResponseCurve
    /// What is spent per period today.
    public var now: Money

    public init(region: String, spendType: String, curve: ResponseCurve, now: Money) {
      self.region = region
      self.spendType = spendType
      self.curve = curve
      self.now = now
    }
  }

  /// What a floor or cap speaks of.
  public enum Scope: Hashable, Sendable {
    case region(String)
    case spendType(String)
    case cell(region: String, spendType: String)
  }

  public enum Side: String, Hashable, Sendable { case floor, cap }

  /// A floor or a cap on a region, a spend type, or one of both.
  public struct Limit: Sendable {
    public var scope: Scope
    public var side: Side
    public var amount: Money
    /// Where the plan says so.
    public var place: SourcePlace?

    public init(_ side: Side, _ scope: Scope, _ amount: Money, at place: SourcePlace? = nil) {
      self.scope = scope
      self.side = side
      self.amount = amount
      self.place = place
    }
  }

  /// How far the plan may move from today: each region (or each line) stays within `percent` of what it gets now.
  /// What gets nothing now is not held: a percentage of nothing says nothing.
  public struct MoveLimit: Sendable {
    public enum Grain: Sendable { case region, line }
    public var percent: Double
    public var grain: Grain
    public var place: SourcePlace?

    public init(percent: Double, grain: Grain = .region, at place: SourcePlace? = nil) {
      self.percent = percent
      self.grain = grain
      self.place = place
    }
  }

  public var items: [Item]
  /// The whole budget, reserve included.
  public var total: Money
  public var totalPlace: SourcePlace?
  /// The share of `total` that is kept back.
  public var reservePercent = 0.0
  public var reservePlace: SourcePlace?
  public var limits: [Limit] = []
  public var moveLimit: MoveLimit?
  /// The margin that a unit of money is worth if it is not spent: at 1, money is spent while it earns itself back.
  public var valueOfUnspent = 1.0
  /// Spend everything, also where it does not pay.
  public var mustSpendAll = false
  /// How much further money to place in the answer to “what if there were more”.
  public var nextAmount: Money

  public init(items: [Item], total: Money, at place: SourcePlace? = nil) {
    self.items = items
    self.total = total
    totalPlace = place
    nextAmount = Money(tenThousandths: total.tenThousandths / 10).rounded(decimals: 0)
  }

  /// What is kept back, in whole cents.
  public var reserve: Money { Money(rounding: total.double * reservePercent / 100) ?? .zero }
  /// What may be placed, in whole cents.
  public var spendable: Money { (total - reserve).wholeCents(.down) }
  public var regions: [String] { items.map(\.region).uniqued() }
  public var spendTypes: [String] { items.map(\.spendType).uniqued() }

  /// What is wrong with the problem before its limits are even compared.
  public func findings() -> [Diagnostic] {
    var found: [Diagnostic] = []
    if items.isEmpty {
      found.append(Diagnostic(AllocationCodes.nothingToDivide, .error, "there is no budget line to divide"))
    }
    if total < .zero {
      found.append(
        Diagnostic(AllocationCodes.negativeAmount, .error, "the budget \(total) is negative", at: totalPlace))
    }
    if !(0...100).contains(reservePercent) {
      found.append(
        Diagnostic(
          AllocationCodes.percentOutOfRange, .error, "reserve_pct \(reservePercent) is not between 0 and 100",
          at: reservePlace))
    }
    if let move = moveLimit, !(move.percent >= 0 && move.percent.isFinite) {
      found.append(
        Diagnostic(
          AllocationCodes.percentOutOfRange, .error, "max_move_pct \(move.percent) is not a percentage of 0 or more",
          at: move.place))
    }
    var seen: Set<Scope> = []
    for item in items {
      let line = "\(item.region), \(item.spendType)"
      if item.now < .zero {
        found.append(
          Diagnostic(AllocationCodes.negativeAmount, .error, "the present spend \(item.now) of \(line) is negative"))
      }
      if item.curve.function == nil {
        found.append(
          Diagnostic(
            AllocationCodes.improperCurve, .error, "the response curve of \(line) is not increasing and concave"))
      }
      if !seen.insert(.cell(region: item.region, spendType: item.spendType)).inserted {
        found.append(Diagnostic(AllocationCodes.duplicateLine, .error, "\(line) appears twice in the budget"))
      }
    }
    let (regions, spendTypes) = (Set(regions), Set(spendTypes))
    for limit in limits {
      if limit.amount < .zero {
        found.append(
          Diagnostic(
            AllocationCodes.negativeAmount, .error, "\(limit.key) \(limit.amount) is negative", at: limit.place))
      }
      let isKnown =
        switch limit.scope {
        case .region(let name): regions.contains(name)
        case .spendType(let name): spendTypes.contains(name)
        case .cell: seen.contains(limit.scope)
        }
      if !isKnown {
        found.append(
          Diagnostic(
            AllocationCodes.unknownScope, .error, "\(limit.key): no budget line has this name", at: limit.place,
            hint: "the budget knows the regions \(self.regions.joined(separator: ", ")) and the spend types "
              + self.spendTypes.joined(separator: ", ")))
      }
    }
    return found
  }
}

extension BudgetProblem.Limit {
  /// As the plan writes it: `floors.region.shanghai`.
  public var key: String { family + "." + scope.name }

  /// The plan's table of limits of one kind: `floors.region`.
  var family: String { (side == .floor ? "floors" : "caps") + "." + scope.kind }
}

extension BudgetProblem.Scope {
  var kind: String {
    switch self {
    case .region: "region"
    case .spendType: "spend_type"
    case .cell: "cell"
    }
  }
  var name: String {
    switch self {
    case .region(let name), .spendType(let name): name
    case .cell(let region, let spendType): region + "." + spendType
    }
  }

  func contains(_ item: BudgetProblem.Item) -> Bool {
    switch self {
    case .region(let name): item.region == name
    case .spendType(let name): item.spendType == name
    case .cell(let region, let spendType): item.region == region && item.spendType == spendType
    }
  }
}

extension Money {
  /// The nearest whole cents on one side.
  func wholeCents(_ rule: FloatingPointRoundingRule) -> Money {
    let cents = tenThousandths.quotientAndRemainder(dividingBy: 100)
    let up = rule == .up && cents.remainder > 0
    let down = rule == .down && cents.remainder < 0
    return Money(tenThousandths: (cents.quotient + (up ? 1 : down ? -1 : 0)) * 100)
  }
}

extension Sequence where Element: Hashable {
  /// The distinct elements in order of first appearance.
  func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
