public import ChannelTypes
public import Tables

/// An award out of a fixed pool: innovation of the year, strategic contribution.
///
/// The pool is cut into as many equal parts as there are winners, in cents; the first ranks take what is left over,
/// one cent each, so that a pool whose places are all taken is paid to the cent. A place that nobody takes is not
/// paid.
public struct PoolRule: Sendable, Hashable {
  public enum Measure: String, Sendable, Hashable, CaseIterable {
    /// Health score of the last quarter.
    case score
    /// Sales ÷ sales of the period before it.
    case growth
    /// Sales of products that are new.
    case newProducts = "new_products"
    case newCustomers = "new_customers"
    case sales
  }
  public enum Rhythm: String, Sendable, Hashable, CaseIterable { case quarter, year }

  public var name: String
  public var pool: Money
  public var winners = 3
  public var measure = Measure.sales
  public var every = Rhythm.year
  /// Only these partners compete; empty for all.
  public var nominated: [String] = []
  public var place: SourcePlace?

  public init(_ name: String, pool: Money) {
    self.name = name
    self.pool = pool
  }

  public struct Winner: Sendable, Hashable {
    public var partner: Int
    public var period: Period
    public var rank: Int
    /// In the unit of the measure.
    public var figure: Double
    public var amount: Money
  }

  /// - Parameter figures: by partner; not finite, or not above zero, does not compete. Ties go to the id that comes
  ///   first.
  public func award(_ figures: [Double], _ history: ChannelHistory, _ period: Period) -> [Winner] {
    let nominees = Set(nominated)
    let ranked = figures.indices.filter { partner in
      let facts = history.partners[partner]
      return figures[partner].isFinite && figures[partner] > 0 && facts.isActive
        && (nominees.isEmpty || nominees.contains(facts.id))
    }.sorted { (figures[$1], history.partners[$0].id) < (figures[$0], history.partners[$1].id) }
    let (part, rest) = (pool.tenThousandths / 100).quotientAndRemainder(dividingBy: Int64(winners))
    return ranked.prefix(winners).enumerated().map { rank, partner in
      Winner(
        partner: partner, period: period, rank: rank + 1, figure: figures[partner],
        amount: Money(tenThousandths: (part + (Int64(rank) < rest ? 1 : 0)) * 100))
    }
  }
}
