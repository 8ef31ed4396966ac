public import ChannelTypes
public import Tables

/// How to divide a budget over lines: what is known, and what the plan asks for.
///
/// A line is a region, a spend type and, where the plan goes that deep, a partner and a period; limits may speak of any
/// of them. Amounts are money of one planning period (or other units, such as days of staff); every curve gives the
/// expected margin from the amount of its line.
public struct BudgetProblem: Sendable {
  /// One line of the budget.
  public struct Item: Sendable {
    /// Empty where the line has none.
    public var region: String
    public var spendType: String
    public var partner: String?
    /// Periods follow one another in the order in which lines name them first.
    public var period: String?
    /// What the line is called; nil for region, partner, spend type and period joined by points.
    public var label: String?
    public var curve: ResponseCurve
    /// What is spent per period today: the last plan, or last year.
    public var now: Money
    /// What the region asks for.
    public var request: Money?
    /// How much a unit of margin on this line counts: strategic weight, tilt.
    public var weight = 1.0
    /// Nothing, or at least this.
    public var minimumOrZero: Money?
    /// The amount is a multiple of it; nil for the problem's.
    public var step: Money?
    /// What a unit costs where the curve counts units bought and not money; empty where it counts money.
    public var tiers: [PriceTier] = []
    /// The amount stays as it is now.
    public var isLocked = false
    /// Effective spend that earlier periods carry into the line's first.
    public var carriedIn = 0.0
    public var place: SourcePlace?

    public init(region: String, spendType: String, curve: ResponseCurve, now: Money) {
      self.region = region
      self.spendType = spendType
      self.curve = curve
      self.now = now
    }

    public var name: String {
      label ?? [region, partner ?? "", spendType, period ?? ""].filter { !$0.isEmpty }.joined(separator: ".")
    }
  }

  /// From `from` units on, a unit costs `price`.
  public struct PriceTier: Sendable, Hashable {
    public var from: Double
    public var price: Double

    public init(from: Double, price: Double) {
      self.from = from
      self.price = price
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

  /// A reserve that competes with the lines: what having it ready is worth.
  public struct ReserveItem: Sendable {
    public var curve: ResponseCurve
    public var floor: Money
    public var cap: Money?
    public var place: SourcePlace?

    public init(curve: ResponseCurve, floor: Money = .zero, cap: Money? = nil, at place: SourcePlace? = nil) {
      self.curve = curve
      self.floor = floor
      self.cap = cap
      self.place = place
    }
  }

  /// How uncertain the curves are: equally likely draws, each of which multiplies every line's curve by a factor.
  public struct Draws: Sendable {
    /// Draw-major: `factors[draw * items + item]`, zero or more.
    public var factors: [Double]
    public var count: Int

    public init(factors: [Double], count: Int) {
      self.factors = factors
      self.count = count
    }
  }

  /// How much the worst outcomes count: (1 − weight) · mean + weight · mean of the worst `1 − level`.
  public struct Risk: Sendable, Hashable {
    public var level: Double
    public var weight: Double
    public var place: SourcePlace?

    public init(level: Double, weight: Double, at place: SourcePlace? = nil) {
      self.level = level
      self.weight = weight
      self.place = place
    }
  }

  /// Budgets from `from` to `to` percent of the plan's, evenly spaced.
  public struct FrontierRequest: Sendable, Hashable {
    public var from: Double
    public var to: Double
    public var points: Int

    public init(from: Double = 50, to: Double = 150, points: Int = 11) {
      self.from = from
      self.to = to
      self.points = points
    }
  }

  /// What a solution tells beside the amounts, the bound and the prices at the optimum.
  public struct Analyses: OptionSet, Sendable, Hashable {
    public let rawValue: Int
    /// The best expected margins of other ways to divide the same money.
    public static let comparisons = Analyses(rawValue: 1)
    /// Lines that a local search would get stuck at.
    public static let traps = Analyses(rawValue: 2)
    /// Where the next amount would go.
    public static let next = Analyses(rawValue: 4)
    /// Figures over the draws.
    public static let risk = Analyses(rawValue: 8)
    public static let all: Analyses = [.comparisons, .traps, .next, .risk]

    public init(rawValue: Int) { self.rawValue = rawValue }
  }

  public var items: [Item]
  /// The whole budget, reserve included.
  public var total: Money
  public var totalPlace: SourcePlace?
  /// Money of the plan's whole that was taken off `total` for another use. Limits, prices and frontiers are told of the
  /// whole, as the plan states it.
  public var setAside = Money.zero
  /// The share of `total` that is kept back.
  public var reservePercent = 0.0
  public var reservePlace: SourcePlace?
  /// A reserve with a value of its own, instead of a percentage.
  public var reserveItem: ReserveItem?
  public var limits: [Limit] = []
  public var moveLimit: MoveLimit?
  /// Margin that is given up rather than move one unit of money away from where it is now.
  public var stabilityPenalty = 0.0
  /// The part of the effect of a period's spend that is felt again in the next period, 0 … 1: a line's curve is then
  /// one of its effective spend xₜ + carryOver · xₜ₋₁ + carryOver² · xₜ₋₂ + …
  public var carryOver = 0.0
  /// Only adds to what there is now: nothing is taken away from any line.
  public var isIncremental = false
  /// The margin that a unit of money is worth if it is not spent: at 1, money is spent while it earns itself back.
  public var valueOfUnspent = 1.0
  /// Spend everything, also where it does not pay.
  public var mustSpendAll = false
  /// Published amounts are multiples of it.
  public var step = Money(tenThousandths: 100)
  public var draws: Draws?
  public var risk: Risk?
  public var frontier: FrontierRequest?
  /// How much further money to place in the answer to “what if there were more”.
  public var nextAmount: Money
  /// Relative gap at which the search over S-curves, minima and steps ends, and how many nodes it may take.
  public var searchGap = 1e-7
  public var searchNodes = 20_000
  /// Whether every price is told on both sides, with the range in which it holds: some thirty solves per limit.
  public var hasPriceRanges = false
  /// What is told beside the amounts; less answers sooner.
  public var analyses = Analyses.all
  /// What the plan calls the whole amount.
  public var totalKey = "quarter"
  /// What stands before the plan's keys in messages about conflicts.
  public var keyPrefix = "budget."

  public init(items: [Item], total: Money, at place: SourcePlace? = nil) {
    self.items = items
    self.total = total
    totalPlace = place
    nextAmount = Money(tenThousandths: total.tenThousandths / 10).rounded(decimals: 0)
  }

  /// What the plan states, reserve and other uses included.
  public var whole: Money { total + setAside }
  /// The reserve in percent of the whole.
  var reservePercentOfWhole: Double {
    setAside == .zero ? reservePercent : reservePercent * total.double / whole.double
  }

  /// Takes money off the total for another use; the reserve stays the same share of the whole.
  public mutating func take(_ amount: Money) {
    guard amount > .zero, amount < total else { return }
    reservePercent *= total.double / (total - amount).double
    total = total - amount
    setAside = setAside + amount
  }

  /// What a percentage keeps back, in whole steps.
  public var reserve: Money {
    guard reserveItem == nil else { return .zero }
    return Money(rounding: total.double * reservePercent / 100) ?? .zero
  }
  /// What may be placed, in whole steps.
  public var spendable: Money { (total - reserve).multiple(of: step, .down) }
  public var regions: [String] { items.map(\.region).filter { !$0.isEmpty }.uniqued() }
  public var spendTypes: [String] { items.map(\.spendType).filter { !$0.isEmpty }.uniqued() }

  func amount(of limit: Limit) -> Money { limit.amount(of: spendable) ?? .zero }
}

extension Money {
  /// The nearest multiple of a step on one side.
  func multiple(of step: Money, _ rule: FloatingPointRoundingRule) -> Money {
    let unit = max(1, step.tenThousandths)
    let parts = tenThousandths.quotientAndRemainder(dividingBy: unit)
    let up = rule == .up && parts.remainder > 0
    let down = rule == .down && parts.remainder < 0
    return Money(tenThousandths: (parts.quotient + (up ? 1 : down ? -1 : 0)) * unit)
  }
}
