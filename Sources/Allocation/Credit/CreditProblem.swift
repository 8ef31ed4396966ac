public import Optimization
public import Tables

/// How much credit to give each partner: the exposures that earn most after expected losses and the cost of capital,
/// under limits on exposure, on expected loss and on the mean loss of the worst scenarios.
public struct CreditProblem: AllocationProblem {
  public struct Partner: Sendable {
    public var id: String
    /// The group (region) whose cap it shares; nil for none.
    public var group: String?
    /// The least and the most exposure, in money.
    public var floor: Double
    public var cap: Double
    /// What a unit of exposure earns in the period, before losses.
    public var margin: Double
    /// The chance of a default within the period, 0 to 1.
    public var defaultProbability: Double
    /// The share of the exposure that a default costs.
    public var lossGivenDefault: Double
    public var place: SourcePlace?

    public init(
      _ id: String, group: String? = nil, floor: Double = 0, cap: Double, margin: Double,
      defaultProbability: Double = 0, lossGivenDefault: Double = 1, at place: SourcePlace? = nil
    ) {
      self.id = id
      self.group = group
      self.floor = floor
      self.cap = cap
      self.margin = margin
      self.defaultProbability = defaultProbability
      self.lossGivenDefault = lossGivenDefault
      self.place = place
    }
  }

  /// A way to sell on credit: prepayment and short terms lose less, and earn less.
  public struct Terms: Sendable, Hashable {
    public var name: String
    /// The parts of a partner's margin and losses that remain under these terms.
    public var marginShare: Double
    public var lossShare: Double
    /// Open to partners up to this default probability.
    public var maximumDefaultProbability: Double

    public init(
      _ name: String, marginShare: Double = 1, lossShare: Double = 1, maximumDefaultProbability: Double = 1
    ) {
      self.name = name
      self.marginShare = marginShare
      self.lossShare = lossShare
      self.maximumDefaultProbability = maximumDefaultProbability
    }
  }

  public struct Limit: Sendable, Hashable {
    public var amount: Double
    public var place: SourcePlace?

    public init(_ amount: Double, at place: SourcePlace? = nil) {
      self.amount = amount
      self.place = place
    }
  }

  /// The mean loss of the worst scenarios (conditional value at risk): a limit on it, and what holding capital for it
  /// costs.
  public struct Tail: Sendable {
    /// The share of scenarios that are not looked at: 0.95 looks at the worst 5 %.
    public var confidence: Double
    public var limit: Limit?
    /// What a unit of mean tail loss costs in the period.
    public var capitalCost: Double
    public var scenarios: CreditScenarios

    public init(
      confidence: Double = 0.95, limit: Limit? = nil, capitalCost: Double = 0,
      scenarios: CreditScenarios = .oneFactor(correlation: 0.2, count: 10_000, seed: 1)
    ) {
      self.confidence = confidence
      self.limit = limit
      self.capitalCost = capitalCost
      self.scenarios = scenarios
    }
  }

  public var partners: [Partner]
  public var terms: [Terms]
  /// The most exposure of all partners together.
  public var total: Limit?
  /// The most exposure by group.
  public var groups: [(name: String, limit: Limit)]
  /// The most expected loss of all partners together.
  public var expectedLoss: Limit?
  public var tail: Tail?
  /// Exposures are published as multiples of this; 0 for as they are.
  public var unit: Double

  public init(
    partners: [Partner], terms: [Terms] = [Terms("normal")], total: Limit? = nil,
    groups: [(name: String, limit: Limit)] = [], expectedLoss: Limit? = nil, tail: Tail? = nil, unit: Double = 0
  ) {
    self.partners = partners
    self.terms = terms
    self.total = total
    self.groups = groups
    self.expectedLoss = expectedLoss
    self.tail = tail
    self.unit = unit
  }
}

/// Equally likely scenarios of defaults.
public enum CreditScenarios: Sendable {
  /// A partner defaults where √ρ·Z + √(1 − ρ)·ε lies below the quantile of its default probability: Z is the state of
  /// the economy, the same for all, ε a partner's own. Every partner's draws depend on its id and the seed alone.
  case oneFactor(correlation: Double, count: Int, seed: UInt64)
  /// The same defaults in a book so large that partners' own luck averages out and only the economy is left: the tail is
  /// then a sum over partners, known without draws. It leaves out what single large exposures add, so that it lies below
  /// the tail of a small or lumpy book.
  case largeBook(correlation: Double)
  /// Losses per unit of exposure: a vector of (partner, loss) for each scenario.
  case losses(SparseVectors)
}

extension CreditProblem {
  /// What is wrong with the problem's numbers.
  public var defects: [Diagnostic] {
    var found: [Diagnostic] = []
    func check(_ isFine: Bool, _ message: @autoclosure () -> String, _ place: SourcePlace?) {
      if !isFine { found.append(Diagnostic(AllocationCodes.improperValue, message(), at: place)) }
    }
    check(!partners.isEmpty, "there are no partners", nil)
    check(!terms.isEmpty, "there are no terms", nil)
    check(unit >= 0 && unit.isFinite, "the unit is not a number from 0 on", nil)
    for partner in partners {
      check(
        partner.floor >= 0 && partner.floor <= partner.cap && partner.cap.isFinite,
        "\(partner.id): the exposure must lie between a floor of 0 or more and a cap that is not below it",
        partner.place)
      check(partner.margin.isFinite, "\(partner.id): the margin is not a number", partner.place)
      check(
        (0...1).contains(partner.defaultProbability), "\(partner.id): the default probability must lie in 0…1",
        partner.place)
      check(
        partner.lossGivenDefault >= 0 && partner.lossGivenDefault.isFinite,
        "\(partner.id): the loss given default must be 0 or more", partner.place)
    }
    for terms in terms {
      let numbers = [terms.marginShare, terms.lossShare, terms.maximumDefaultProbability]
      check(numbers.allSatisfy { $0.isFinite && $0 >= 0 }, "\(terms.name): a share must be 0 or more", nil)
    }
    for limit in [total, expectedLoss, tail?.limit].compactMap({ $0 }) + groups.map(\.limit) {
      check(limit.amount >= 0 && !limit.amount.isNaN, "a limit must be 0 or more", limit.place)
    }
    if let tail {
      check(
        tail.confidence > 0 && tail.confidence < 1, "the confidence must lie between 0 and 1", tail.limit?.place)
      check(tail.capitalCost >= 0 && tail.capitalCost.isFinite, "the cost of capital must be 0 or more", nil)
      found += tail.scenarios.defects(partners: partners.count)
    }
    return found
  }
}

extension CreditScenarios {
  fileprivate func defects(partners: Int) -> [Diagnostic] {
    switch self {
    case .oneFactor(let correlation, let count, _):
      let isFine = (0..<1).contains(correlation) && count > 0 && count <= 1_000_000
      return isFine
        ? []
        : [
          Diagnostic(
            AllocationCodes.improperValue,
            "scenarios need a correlation from 0 to below 1 and a count of 1 to 1,000,000")
        ]
    case .largeBook(let correlation):
      return (0..<1).contains(correlation)
        ? [] : [Diagnostic(AllocationCodes.improperValue, "scenarios need a correlation from 0 to below 1")]
    case .losses(let losses):
      let isFine =
        losses.count > 0 && losses.values.allSatisfy { $0 >= 0 && $0.isFinite }
        && losses.indices.allSatisfy { (0..<partners).contains($0) }
      return isFine
        ? [] : [Diagnostic(AllocationCodes.improperValue, "losses of scenarios must be 0 or more, of known partners")]
    }
  }
}
