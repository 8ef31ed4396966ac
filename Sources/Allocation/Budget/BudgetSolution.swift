public import ChannelTypes
public import Tables

/// A budget divided as well as its limits allow, with the proof and the comparison with today.
public struct BudgetSolution: Sendable {
  /// One line of the problem.
  public struct Line: Sendable {
    public var name: String
    public var region: String
    public var partner: String?
    public var spendType: String
    public var period: String?
    public var now: Money
    public var plan: Money
    /// The least and the most that the line alone may get.
    public var floor: Money
    public var cap: Money
    /// What one more unit of money on this line would earn at `plan`.
    public var marginalReturn: Double
    public var marginNow: Double
    public var marginPlan: Double
    /// The limit that keeps the line from a better amount; empty where only the total, or the value of money not spent,
    /// does.
    public var heldBy: String

    public var change: Money { plan - now }
  }

  public struct RegionLine: Sendable {
    public var region: String
    public var now: Money
    public var plan: Money
    /// What one more unit of money for this region would earn, spent where it earns most in it.
    public var marginalReturn: Double
    public var heldBy: String

    public var change: Money { plan - now }
  }

  /// What one more unit of a limit is worth: margin per unit of money.
  public struct ShadowPrice: Sendable {
    /// `quarter`, `floors.region.shanghai`, `max_move_pct 30 (xian)`.
    public var limit: String
    public var place: SourcePlace?
    /// Of the limit; percent where it is a share.
    public var value: Double
    public var price: Double
    /// The slopes of the optimum below and above the limit's value.
    public var left: Double
    public var right: Double
    /// The values of the limit between which the prices change by less than a tenth; both the value itself where that
    /// was not looked for.
    public var from: Double
    public var to: Double
  }

  /// The expected margin of one way to divide money.
  public struct Comparison: Sendable {
    /// `now`, `pro_rata`, `requests`, `equal`, `plan`, `plan_at_present_total`
    public var allocation: String
    public var total: Money
    public var expectedMargin: Double
  }

  /// Where further money would go.
  public struct Next: Sendable {
    public var amount: Money
    /// What each region would get of it, in the order of `regions`; limits may leave some of it unplaced.
    public var perRegion: [Money]
    /// The same by line.
    public var perLine: [Money]
    /// The margin that it would add.
    public var worth: Double
  }

  /// One budget of the frontier.
  public struct FrontierPoint: Sendable {
    /// The whole budget, reserve and money for other uses included.
    public var total: Money
    public var spent: Money
    /// What each item of the problem gets, in its order.
    public var amounts: [Double]
    public var expectedMargin: Double
    public var objective: Double
    public var bound: Double
    /// What one more unit of the budget would add to the objective.
    public var price: Double
  }

  /// A division from which no small move improves anything although a better one exists.
  public struct Trap: Sendable {
    /// `equal` or `pro_rata`.
    public var allocation: String
    public var expectedMargin: Double
    /// What it leaves on the table, as a share of the plan's.
    public var lostShare: Double
  }

  /// The outcome over the draws of the curves.
  public struct RiskFigures: Sendable {
    public var level: Double
    public var mean: Double
    /// Mean of the worst `1 − level`.
    public var tailMean: Double
    public var tailMeanNow: Double
    /// The share of draws in which the plan earns more than today's division, net of the money it adds.
    public var chanceBetterThanNow: Double
  }

  public var lines: [Line]
  public var regions: [RegionLine]
  /// Kept back, whether by a percentage or as an item.
  public var reserve: Money
  public var notSpent: Money
  /// Why money is not spent; nil where all is.
  public var reasonNotSpent: String?
  /// Σ margin of the published amounts.
  public var expectedMargin: Double
  /// What was maximised, at the published amounts.
  public var objective: Double
  /// No allocation within the limits has a larger objective.
  public var bound: Double
  public var shadowPrices: [ShadowPrice]
  /// At the plan's total: `pro_rata` (today's shares), `requests` (their shares), `equal`, `plan`; at their own totals
  /// `now` and, where the limits allow it, the best division of today's money.
  public var comparisons: [Comparison]
  public var next: Next?
  public var frontier: [FrontierPoint] = []
  public var traps: [Trap] = []
  public var risk: RiskFigures?
  /// How it was certified.
  public var method: String
  /// False where a limit of work ended the search before the gap was closed.
  public var isComplete: Bool

  /// |bound − objective| / max(1, |objective|), for the published, rounded amounts.
  public var relativeGap: Double { abs(bound - objective) / max(1, abs(objective)) }
  /// What the lines get together.
  public var spent: Money { lines.map(\.plan).total() }

  /// Expected margin of the plan above today's.
  public var gain: Double { expectedMargin - (margin(of: "now") ?? 0) }
  /// The part of `gain` that comes from moving the same money; nil where the limits do not allow today's total.
  public var gainFromMoving: Double? {
    guard let moved = margin(of: "plan_at_present_total"), let now = margin(of: "now") else { return nil }
    return moved - now
  }

  public func margin(of allocation: String) -> Double? {
    comparisons.first { $0.allocation == allocation }?.expectedMargin
  }
}

/// Why a budget has no solution.
public enum BudgetFailure: Error, Sendable {
  /// The problem itself is wrong: unknown names, negative amounts, improper curves.
  case invalid([Diagnostic])
  /// The limits contradict one another.
  case infeasible(BudgetConflict)
  /// The limits can be met, but not with whole steps and minima.
  case noWholeAmounts
  /// The solver failed: a defect, not the user's doing.
  case failed(String)
}
