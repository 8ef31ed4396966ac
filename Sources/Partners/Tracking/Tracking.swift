public import ChannelTypes
public import Tables

/// Targets moved with their markets, and everybody's revenue against them: what has been and what is to be expected.
public struct Tracking: Sendable {
  public let revenue: RevenueTargets
  /// The other measures that have targets.
  public var others: [MeasureTargets] = []
  public let adjustments: [RegionAdjustment]
  public let outlook: TargetOutlook?
  /// The chance that the required uplift is to give, 0 to 1.
  public let assurance: Double
  /// By region and quarter: where its adjustment is.
  public private(set) var adjustmentIndex: [String: [Period: Int]] = [:]
  /// Open quarters and years of the outlook, and what it says of each node in them.
  private var slots: [Period: Int] = [:]
  private var chances: [TargetChance] = []

  /// A region's quarter with the market's change and what the rule makes of it.
  public struct RegionAdjustment: Sendable, Hashable {
    public var region: String
    public var quarter: Period
    public var market: MarketDemand.Change
    public var answer: ElasticRule.Answer
    public var isFallback: Bool
    /// Whether the quarter still has planned months.
    public var isPlanned: Bool
    /// The spread of the market's changes; NaN where it is not known.
    public var spread: Double
    public var maturity: String?
  }

  /// What a rule makes of every region and quarter of a span of months whose market is known.
  /// - Parameter maturity: of the regions' markets; regions without take the rule's common trigger.
  public static func adjustments(
    _ rule: ElasticRule, market: MarketDemand, quarters: [Period], maturity: [String: String]
  ) -> [RegionAdjustment] {
    market.regions.enumerated().flatMap { place, region in
      let spread = market.spread(region: place)
      return quarters.compactMap { quarter in
        market.change(region: region, quarter: quarter).map { change in
          let answer = rule.answer(change: change.change, maturity: maturity[region], spread: spread)
          let end = quarter.advanced(by: 1).firstDay.map { Period.month($0.year, $0.month).ordinal } ?? Int.min
          return RegionAdjustment(
            region: region, quarter: quarter, market: change, answer: answer, isFallback: market.isFallback[place],
            isPlanned: end > market.firstMonth.ordinal + market.monthCount, spread: spread,
            maturity: maturity[region])
        }
      }
    }
  }

  public init(
    revenue: RevenueTargets, adjustments: [RegionAdjustment], demand: TargetOutlook.Demand?, assurance: Double
  ) {
    self.revenue = revenue
    self.adjustments = adjustments
    self.assurance = assurance
    for (index, item) in adjustments.enumerated() { adjustmentIndex[item.region, default: [:]][item.quarter] = index }
    let outlook = demand.map { TargetOutlook(revenue, $0) }
    self.outlook = outlook
    guard let outlook else { return }
    let periods = outlook.quarters + outlook.years
    for (place, period) in periods.enumerated() { slots[period] = place }
    let cube = revenue.cube
    chances = cube.nodes.indices.flatMap { node in
      periods.map { period in
        guard let standing = cube.standing(node: node, in: period), standing.hasTarget, let target = standing.adjusted
        else { return TargetChance() }
        return outlook.chance(
          node: node, period: period, target: target, actual: standing.actual, assurance: assurance)
      }
    }
  }

  /// The chance of a node's target of a quarter or year; 0 or 1 of one that is over.
  public func chance(node: Int, _ standing: TargetStanding) -> TargetChance {
    var chance = TargetChance()
    guard standing.hasTarget, let target = standing.adjusted else { return chance }
    guard standing.openMonths == 0 else {
      return slots[standing.period].map { chances[node * slots.count + $0] } ?? chance
    }
    guard let actual = standing.actual else { return chance }
    chance.probability = actual >= target ? 1 : 0
    chance.expected = actual.double
    chance.shortfall = max(.zero, target - actual).double
    return chance
  }

  /// What is missing from a node's target of a period that is not over, draw by draw; their mean is the shortfall of its
  /// chance. Empty without a target or a forecast.
  public func shortfalls(node: Int, _ standing: TargetStanding) -> [Double] {
    guard standing.openMonths > 0, let target = standing.adjusted else { return [] }
    let need = target.double - (standing.actual?.double ?? 0)
    return outlook?.draws(node: node, period: standing.period).map { max(0, need - $0) } ?? []
  }

  /// What later stages read.
  /// - Parameter place: the line of the plan that the adjustments follow.
  /// Complexity: O(partners · quarters · draws · log draws).
  public func result(place: SourcePlace?) -> TrackingResult {
    let cube = revenue.cube
    let quarters = cube.periods(.quarter)
    let ofRegion = revenue.regionNodes.mapValues { node in
      quarters.map { cube.standing(node: node, in: $0)?.attainment ?? .nan }
    }
    var attainments: [Attainment] = []
    var deviations: [Double] = []
    var spread = RegionSpread()
    for node in revenue.parents.indices {
      let partner = cube.nodes[node]
      for (place, quarter) in quarters.enumerated() {
        guard let standing = cube.standing(node: node, in: quarter), standing.target != nil else { continue }
        let chance = chance(node: node, standing)
        attainments.append(
          Attainment(
            partner: partner.id, quarter: quarter, target: standing.target, adjustedTarget: standing.adjusted,
            actual: standing.actual, probability: chance.probability))
        let isOver = standing.openMonths == 0
        let deviation = isOver ? standing.attainment - (ofRegion[partner.region]?[place] ?? .nan) : .nan
        deviations.append(deviation)
        spread.add(deviation, region: partner.region)
      }
    }
    spread.settle()
    for index in attainments.indices {
      let region = revenue.partnerNodes[attainments[index].partner].map { cube.nodes[$0].region } ?? ""
      attainments[index].regionScore = spread.score(deviations[index], region: region)
    }
    return TrackingResult(
      adjustments: adjustments.map { item in
        TargetAdjustment(
          region: item.region, quarter: item.quarter, marketChange: item.market.change.fraction,
          targetFactor: item.answer.targetFactor, rewardCoefficient: item.answer.rewardCoefficient,
          isFallback: item.isFallback, place: place)
      }, attainments: attainments)
  }
}
