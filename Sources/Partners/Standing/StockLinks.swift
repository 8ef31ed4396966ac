public import ChannelTypes
public import Tables

/// `inventory.links`: what turnover and slow stock do to rebates and credit limits.
///
/// A partner's factor is the product of the factors of its tables, rounded once to a ten-thousandth of a percent (ties
/// to even), and at least `atLeast`. Regions and new partners may have tables of their own: the first exception that
/// fits replaces the tables that it states.
public struct StockLinks: Sendable, Hashable {
  public enum Target: String, Sendable, Hashable, CaseIterable {
    case rebate
    case creditLimit = "credit_limit"
  }

  /// Tables for some partners only.
  public struct Exception: Sendable, Hashable {
    /// Partners of this region; nil for all.
    public var region: String?
    /// Partners signed fewer months ago; nil for all.
    public var newMonths: Int?
    public var tables: [StockLink]

    public init(region: String? = nil, newMonths: Int? = nil, tables: [StockLink]) {
      self.region = region
      self.newMonths = newMonths
      self.tables = tables
    }

    /// A partner whose age is not known is not new.
    func fits(region: String, months: Int?) -> Bool {
      if let own = self.region, own != region { return false }
      if let newMonths { return months.map { $0 < newMonths } ?? false }
      return true
    }
  }

  public var tables: [StockLink]
  public var exceptions: [Exception]
  public var targets: Set<Target>
  /// No factor falls below this; nil for no floor.
  public var atLeast: Percent?
  public var atLeastPlace: SourcePlace?

  public init(
    tables: [StockLink], exceptions: [Exception] = [], targets: Set<Target> = Set(Target.allCases),
    atLeast: Percent? = nil, atLeastPlace: SourcePlace? = nil
  ) {
    self.tables = tables
    self.exceptions = exceptions
    self.targets = targets
    self.atLeast = atLeast
    self.atLeastPlace = atLeastPlace
  }

  /// The tables of a partner, one for each measure at most, in the order of the measures.
  public func tables(region: String, monthsSinceSigning months: Int?) -> [StockLink] {
    let own = exceptions.first { $0.fits(region: region, months: months) }?.tables ?? []
    return StockLink.Measure.allCases.compactMap { measure in
      own.first { $0.measure == measure } ?? tables.first { $0.measure == measure }
    }
  }

  /// One table applied: what the audit line and the trace say.
  public struct Step: Sendable, Hashable {
    /// The key of the plan and the line of the knot that was reached.
    public var key: String
    public var place: SourcePlace?
    /// What was measured; infinite for stock that nobody is expected to buy, NaN for the floor.
    public var figure: Double
    /// The knot's figure; nil for the floor.
    public var reached: Money?
    public var shape: StockLink.Shape?
    public var factor: Percent
    /// The factor of all tables before and after this one.
    public var before: Percent
    public var after: Percent
  }

  /// The steps of a partner; the last one's `after` is its factor, 100 % where there is none.
  ///
  /// - Parameter turnoverDays: infinite for stock without demand; NaN without stock, where the link is not applied.
  public func steps(
    turnoverDays: Double, slowShare: Double, region: String, monthsSinceSigning months: Int?
  ) -> [Step] {
    var steps: [Step] = []
    // Millionths of millionths while factors are multiplied: with two tables nothing is lost before the one rounding.
    var product: Int128 = 1
    var scale: Int128 = 1
    var before = Percent(100)
    for table in tables(region: region, monthsSinceSigning: months) {
      let figure = table.measure == .turnoverDays ? turnoverDays : slowShare
      guard !figure.isNaN else { continue }
      let factor = table.factor(of: figure)
      let knot = table.knot(of: figure)
      product *= Int128(factor.tenThousandths)
      scale *= 1_000_000
      let after = Percent(tenThousandths: Int64((product * 1_000_000).dividedToEven(by: scale)))
      steps.append(
        Step(
          key: table.key, place: knot.place, figure: figure, reached: knot.figure, shape: table.shape, factor: factor,
          before: before, after: after))
      before = after
    }
    if let atLeast, before < atLeast {
      steps.append(
        Step(
          key: "inventory.links.at_least", place: atLeastPlace, figure: .nan, reached: nil, shape: nil,
          factor: atLeast, before: before, after: atLeast))
    }
    return steps
  }
}
