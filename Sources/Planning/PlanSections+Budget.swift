public import ChannelTypes
public import Specifications
import Tables

/// `budget:` the money of one quarter and the limits on where it may go.
public struct BudgetSettings: Sendable {
  /// All the money of the quarter, reserve included.
  public var quarter: Located<Money>
  /// The part of the quarter that is kept back.
  public var reserve = Located(Percent(0))
  /// A reserve with a value of its own, in place of the percentage.
  public var reserveItem: BudgetReserveSettings?
  /// The instruments that money may be spent on, in the plan's order; empty for those of the budget table.
  public var spendTypes: [Located<String>] = []
  /// At least this much, reserve not counted.
  public var floors = BudgetLimits()
  /// At most this much.
  public var caps = BudgetLimits()
  /// Exactly this much, in cents.
  public var locked = BudgetLocks()
  /// Between two percentages of the money that may be placed.
  public var shares = BudgetShares()
  /// How far a region's budget may move from the last period's, up or down; nil for any distance.
  public var maxMove: Located<Percent>?
  /// On a line of this spend type: nothing, or at least this.
  public var minimumOrZero = AmountList()
  /// Strategic weights: how much a unit of margin counts; 1 where none is written.
  public var tilt = BudgetWeights()
  /// Whether the scores of a region's partners tilt its weight.
  public var followsScores = Located(false)
  /// Margin given up rather than move one unit of money away from where it is now.
  public var stabilityPenalty = 0.0
  /// What regions ask for: for the comparison.
  public var requests = AmountList()
  public var objective = BudgetObjective.expectedMargin
  /// How much the worst outcomes count; nil where only the expected margin does.
  public var risk: BudgetRiskSettings?
  /// Most money for keeping partners and customers, taken as far as it saves more than lines earn; nil for none.
  public var retentionCap: Located<Money>?
  /// Other budgets to solve for; nil for none.
  public var frontier: BudgetFrontierSettings?

  public init(quarter: Located<Money>) { self.quarter = quarter }

  /// The money kept back, to the cent.
  public var reserveAmount: Money { reserve.value.of(quarter.value) ?? .zero }
  /// The money that may be placed.
  public var spendable: Money { quarter.value - reserveAmount }
}

public enum BudgetObjective: String, Sendable, Hashable, CaseIterable { case expectedMargin = "expected_margin" }

extension BudgetSettings {
  /// Every region that a limit, share, weight or request names, with its place.
  var namedRegions: [(id: String, place: SourcePlace)] {
    named([floors.region, caps.region, locked.region, requests]) + placed(shares.region)
      + tilt.region.map { ($0.id, $0.weight.place) } + locked.cells.map { ($0.region, $0.amount.place) }
  }

  /// Every spend type that a limit, share, weight or minimum names, with its place.
  var namedSpendTypes: [(id: String, place: SourcePlace)] {
    named([floors.spendType, caps.spendType, locked.spendType, minimumOrZero]) + placed(shares.spendType)
      + tilt.spendType.map { ($0.id, $0.weight.place) } + locked.cells.map { ($0.spendType, $0.amount.place) }
  }

  private func named(_ lists: [AmountList]) -> [(id: String, place: SourcePlace)] {
    lists.flatMap { list in list.entries.map { ($0.id, list.place(ofID: $0.id)) } }
  }

  private func placed(_ bands: [BudgetShares.Band]) -> [(id: String, place: SourcePlace)] {
    bands.map { ($0.id, ($0.atLeast ?? $0.atMost)?.place ?? .default) }
  }
}

/// `budget.reserve:` amplitude · ln(1 + x / scale) is what keeping x ready is worth.
public struct BudgetReserveSettings: Sendable, Hashable {
  public var amplitude: Double
  public var scale: Double
  public var floor: Money
  public var cap: Money?

  public init(amplitude: Double, scale: Double, floor: Money = .zero, cap: Money? = nil) {
    self.amplitude = amplitude
    self.scale = scale
    self.floor = floor
    self.cap = cap
  }
}

/// `budget.objective.risk:` (1 − weight) · mean + weight · mean of the worst `1 − level` of outcomes.
public struct BudgetRiskSettings: Sendable, Hashable {
  public var level: Double
  public var weight: Double

  public init(level: Double = 0.9, weight: Double = 0.5) {
    self.level = level
    self.weight = weight
  }
}

/// `budget.frontier:` budgets in percent of the quarter's.
public struct BudgetFrontierSettings: Sendable, Hashable {
  public var from = 60.0
  public var to = 140.0
  public var points = 9

  public init() {}
}

/// Amounts by region and by spend type.
public struct BudgetLimits: Sendable {
  public var region = AmountList()
  public var spendType = AmountList()

  public init() {}
}

/// Amounts that must stay, by region, by spend type, and by both.
public struct BudgetLocks: Sendable {
  /// One region's money for one spend type.
  public struct Cell: Sendable {
    public var region: String
    public var spendType: String
    public var amount: Located<Money>
  }

  public var region = AmountList()
  public var spendType = AmountList()
  public var cells: [Cell] = []

  public init() {}
}

/// Percentages by region and by spend type, at least and at most.
public struct BudgetShares: Sendable {
  public struct Band: Sendable {
    public var id: String
    public var atLeast: Located<Percent>?
    public var atMost: Located<Percent>?

    public init(_ id: String, atLeast: Located<Percent>? = nil, atMost: Located<Percent>? = nil) {
      self.id = id
      self.atLeast = atLeast
      self.atMost = atMost
    }
  }

  public var region: [Band] = []
  public var spendType: [Band] = []

  public init() {}
}

/// Weights by region and by spend type, in the order of the plan.
public struct BudgetWeights: Sendable {
  public var region: [(id: String, weight: Located<Double>)] = []
  public var spendType: [(id: String, weight: Located<Double>)] = []

  public init() {}
}
