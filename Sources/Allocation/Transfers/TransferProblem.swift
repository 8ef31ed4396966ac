/// One product: who has too much, who has too little, what it costs to move a unit, and what it saves.
///
///     maximise   Σ (saving_i + benefit_j − cost_ij) · y_ij + Σ promotion_i · z_i
///     subject to Σ over j of y_ij + z_i ≤ surplus_i      for every giver i
///                Σ over i of y_ij ≤ shortage_j           for every receiver j
///                y, z ≥ 0
///
/// y: units moved, z: units promoted where they are. A giver's stock goes whichever way is worth more. Surpluses and
/// shortages are whole, so that a basic optimum is whole as well (transportation problem).
public struct TransferProblem: Sendable {
  public struct Surplus: Sendable {
    public var units: Int
    /// What it saves to be rid of a unit, before any cost.
    public var saving: Double
    /// What a unit gains if it is promoted instead; nil where it cannot be.
    public var promotion: Double?

    public init(units: Int, saving: Double, promotion: Double? = nil) {
      self.units = units
      self.saving = saving
      self.promotion = promotion
    }
  }

  public struct Shortage: Sendable {
    public var units: Int
    /// What a unit more is worth there.
    public var benefit: Double

    public init(units: Int, benefit: Double) {
      self.units = units
      self.benefit = benefit
    }
  }

  /// A way to move units; what is not listed cannot be used. Of equal gains an arc that is near is taken.
  public struct Arc: Sendable {
    /// Indices of the surplus and the shortage.
    public var from: Int
    public var to: Int
    public var cost: Double
    public var isNear: Bool

    public init(from: Int, to: Int, cost: Double, isNear: Bool) {
      self.from = from
      self.to = to
      self.cost = cost
      self.isNear = isNear
    }
  }

  public var surpluses: [Surplus]
  public var shortages: [Shortage]
  public var arcs: [Arc]

  public init(surpluses: [Surplus], shortages: [Shortage], arcs: [Arc]) {
    self.surpluses = surpluses
    self.shortages = shortages
    self.arcs = arcs
  }

  /// What a unit gains on an arc.
  func gain(_ arc: Arc) -> Double { surpluses[arc.from].saving + shortages[arc.to].benefit - arc.cost }
}

public struct TransferSolution: Sendable {
  /// Units moved, for each arc that is used.
  public var moved: [(arc: Int, units: Int)] = []
  /// Units promoted, by surplus.
  public var promoted: [Int]
  /// By surplus: what a unit more of it would gain; by shortage: what a unit more of need would. On an arc that is used
  /// the two make up its gain.
  public var surplusPrices: [Double]
  public var shortagePrices: [Double]
  /// The net gain of the whole units.
  public var objective: Double
  /// No transfers and promotions gain more.
  public var bound: Double
}
