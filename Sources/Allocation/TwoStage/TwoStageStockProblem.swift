public import Tables

/// How much stock to place at every site before demand is known, when sites can send stock to one another once it is.
///
/// First stage: stock x at the sites, under a shared limit. Second stage, in each demand scenario: sell what is there,
/// ship between sites, lose the rest. What is left is sold off at its salvage value.
public struct TwoStageStockProblem: Sendable {
  public struct Site: Sendable {
    public var name: String
    /// Of a unit placed there.
    public var unitCost: Double
    /// Of a unit of demand that is not met: lost margin, penalty.
    public var shortageCost: Double
    /// What a unit is worth that nobody asked for.
    public var salvageValue = 0.0
    /// Units at least and at most; nil for as many as the shared limit allows.
    public var minimum = 0.0
    public var maximum: Double?
    public var place: SourcePlace?

    public init(_ name: String, unitCost: Double, shortageCost: Double) {
      self.name = name
      self.unitCost = unitCost
      self.shortageCost = shortageCost
    }
  }

  /// Units can go from one site's stock to another's customers.
  public struct Lane: Sendable {
    public var from: Int
    public var to: Int
    /// Of a unit.
    public var cost: Double
    public var place: SourcePlace?

    public init(from: Int, to: Int, cost: Double, at place: SourcePlace? = nil) {
      self.from = from
      self.to = to
      self.cost = cost
      self.place = place
    }
  }

  public struct Scenario: Sendable {
    public var name: String
    public var probability: Double
    /// Units, by site.
    public var demand: [Double]
    public var place: SourcePlace?

    public init(_ name: String, probability: Double, demand: [Double], at place: SourcePlace? = nil) {
      self.name = name
      self.probability = probability
      self.demand = demand
      self.place = place
    }
  }

  public var sites: [Site]
  public var lanes: [Lane]
  public var scenarios: [Scenario]
  /// Units over all sites; nil without limit.
  public var quantityLimit: Double?
  public var limitPlace: SourcePlace?

  public init(sites: [Site], lanes: [Lane], scenarios: [Scenario], quantityLimit: Double? = nil) {
    self.sites = sites
    self.lanes = lanes
    self.scenarios = scenarios
    self.quantityLimit = quantityLimit
  }

  /// Everything that is wrong with the problem, but for limits that contradict one another.
  public var defects: [Diagnostic] {
    var found: [Diagnostic] = []
    func report(_ message: String, _ place: SourcePlace?, hint: String? = nil) {
      found.append(Diagnostic(TwoStageCodes.improperStock, message, at: place, hint: hint))
    }
    func check(_ amount: Double, _ what: String, _ owner: String, _ place: SourcePlace?) {
      guard amount >= 0 && amount < 1e12 else {
        return report("the \(what) of \(owner) is \(amount), where zero or more is expected", place)
      }
    }
    if sites.isEmpty { report("there are no sites", nil) }
    if scenarios.isEmpty { report("there are no scenarios", nil) }
    for site in sites {
      check(site.unitCost, "unit cost", site.name, site.place)
      check(site.shortageCost, "shortage cost", site.name, site.place)
      check(site.salvageValue, "salvage value", site.name, site.place)
      check(site.minimum, "minimum", site.name, site.place)
      check(site.maximum ?? 0, "maximum", site.name, site.place)
      if site.salvageValue > site.unitCost, site.maximum == nil, quantityLimit == nil {
        report(
          "a unit at \(site.name) is worth more left over than it costs, and nothing limits how many are bought",
          site.place, hint: "give the site a maximum, or the problem a quantity limit")
      }
    }
    if let quantityLimit { check(quantityLimit, "quantity limit", "the problem", limitPlace) }
    for lane in lanes {
      guard sites.indices.contains(lane.from), sites.indices.contains(lane.to) else {
        report("a lane names a site that is not there", lane.place)
        continue
      }
      check(lane.cost, "cost", "the lane from \(sites[lane.from].name) to \(sites[lane.to].name)", lane.place)
    }
    var total = 0.0
    for scenario in scenarios {
      check(scenario.probability, "probability", "scenario \(scenario.name)", scenario.place)
      total += scenario.probability
      if scenario.demand.count != sites.count {
        report(
          "scenario \(scenario.name) has \(scenario.demand.count) demands for \(sites.count) sites", scenario.place)
      }
      for amount in scenario.demand { check(amount, "demand", "scenario \(scenario.name)", scenario.place) }
    }
    if !scenarios.isEmpty, abs(total - 1) > 1e-6 {
      report("the probabilities of the scenarios sum to \(total), not to 1", scenarios[0].place)
    }
    return found
  }
}

/// Findings about decisions over scenarios.
public enum TwoStageCodes {
  public static let improperStock = DiagnosticCode(
    "A161", "a two-stage problem is not proper",
    """
    Costs, demands and limits are zero or more, every scenario has a demand for every site, and probabilities sum to 1.
    """)
  public static let conflict = DiagnosticCode(
    "A361", "limits on stock contradict one another",
    """
    The sites' minimums need more units than the shared limit allows, or a site's minimum is above its maximum. The \
    conflict lists limits of which dropping any one resolves it.
    """)
  public static let noValue = DiagnosticCode(
    "A162", "the plan for the mean has no value",
    """
    The first decision that is best for mean data cannot be completed in some scenario, so that its expected value, and \
    with it the value of the stochastic solution, is infinite.
    """)

  public static let all = [improperStock, conflict, noValue]
}
