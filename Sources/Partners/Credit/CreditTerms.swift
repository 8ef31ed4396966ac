public import ChannelTypes

/// How risky a partner is to sell to on credit.
public enum RiskBand: String, Sendable, Hashable, CaseIterable, Codable { case low, mid, high }

/// Which terms a risk band gets.
public struct CreditTermsPolicy: Sendable, Hashable {
  /// Low risk up to this chance of default; high risk above `highAbove`.
  public var lowUpTo: Double
  public var highAbove: Double
  /// Days to pay at most, by band; nil for payment before delivery.
  public var days: [RiskBand: Int]
  /// Days until a partner's credit is looked at again, by band.
  public var reviewDays: [RiskBand: Int]
  /// Ratings from the best, each up to a chance of default; what is above the last has `worstRating`.
  public var ratings: [(name: String, upTo: Double)]
  public var worstRating: String

  public init(
    lowUpTo: Double = 0.08, highAbove: Double = 0.25, days: [RiskBand: Int] = [.low: 60, .mid: 30],
    reviewDays: [RiskBand: Int] = [.low: 365, .mid: 180, .high: 90],
    ratings: [(name: String, upTo: Double)] = [("A", 0.02), ("B", 0.05), ("C", 0.1), ("D", 0.25)],
    worstRating: String = "E"
  ) {
    self.lowUpTo = lowUpTo
    self.highAbove = highAbove
    self.days = days
    self.reviewDays = reviewDays
    self.ratings = ratings
    self.worstRating = worstRating
  }

  public func band(_ probability: Double) -> RiskBand {
    probability <= lowUpTo ? .low : probability <= highAbove ? .mid : .high
  }

  public func rating(_ probability: Double) -> String {
    ratings.first { probability <= $0.upTo }?.name ?? worstRating
  }

  /// The chance of default above which a partner pays before delivery; 1 where no band does.
  public var prepaysAbove: Double {
    if days[.low] == nil { return 0 }
    if days[.mid] == nil { return lowUpTo }
    return days[.high] == nil ? highAbove : 1
  }

  /// Present terms, shortened to what the band allows; never longer.
  public func decide(_ probability: Double, presentDays: Int) -> CreditTerms {
    let band = band(probability)
    guard let most = days[band] else { return CreditTerms(band: band, change: .prepay, presentDays, days: 0) }
    return presentDays > most
      ? CreditTerms(band: band, change: .shorter, presentDays, days: most)
      : CreditTerms(band: band, change: .normal, presentDays, days: presentDays)
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.lowUpTo == right.lowUpTo && left.highAbove == right.highAbove && left.days == right.days
      && left.reviewDays == right.reviewDays && left.worstRating == right.worstRating
      && left.ratings.elementsEqual(right.ratings) { $0 == $1 }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(lowUpTo)
    hasher.combine(highAbove)
    hasher.combine(days)
  }
}

/// A partner's terms and what became of them.
public struct CreditTerms: Sendable, Hashable {
  public enum Change: String, Sendable, Hashable { case normal, shorter, prepay }

  public var band: RiskBand
  public var change: Change
  /// Days to pay today, at least 1, and from now on; 0 for payment before delivery.
  public var presentDays: Int
  public var days: Int

  public init(band: RiskBand, change: Change, _ presentDays: Int, days: Int) {
    self.band = band
    self.change = change
    self.presentDays = presentDays
    self.days = days
  }
}

/// How a partner's limit came about, step by step, exact to the cent:
///
///     demand     = present · demand factor
///     needed     = present · demand factor · days / present days       (the limit that the same sales need)
///     optimised  = what the allocation gives around `needed`
///     linked     = optimised · stock factor
///     limit      = linked, down to whole units
///
/// Products of several factors are taken in 128 bits and rounded once, to cents, ties to even.
public struct CreditLine: Sendable, Hashable {
  public var partner: String
  public var region: String
  public var present: Money
  /// Planned demand of its region against the same periods a year before.
  public var demandFactor: Percent
  public var terms: CreditTerms
  public private(set) var optimised = Money.zero
  /// What keeps the allocation from giving more or less, as `CreditSolution.Hold` names it.
  public private(set) var heldBy = ""
  public private(set) var stockFactor = Percent(100)
  /// Limits are whole multiples of this.
  public private(set) var unit = Money.zero

  public init(
    _ partner: String, region: String, present: Money, demandFactor: Percent = Percent(100), terms: CreditTerms
  ) {
    self.partner = partner
    self.region = region
    self.present = max(.zero, present)
    self.demandFactor = max(Percent(0), demandFactor)
    self.terms = terms
  }

  /// The same line with what the allocation gave it and what its stock makes of that.
  public func limited(to optimised: Money, heldBy: String, stockFactor: Percent, unit: Money) -> CreditLine {
    var line = self
    line.optimised = max(.zero, optimised)
    line.heldBy = heldBy
    line.stockFactor = max(Percent(0), stockFactor)
    line.unit = max(.zero, unit)
    return line
  }

  public var afterDemand: Money { Self.cents(present, demandFactor, 1, 1) }
  public var needed: Money { Self.cents(present, demandFactor, terms.days, terms.presentDays) }
  public var linked: Money { Self.cents(optimised, stockFactor, 1, 1) }

  public var limit: Money {
    guard unit > .zero else { return linked }
    return Money(tenThousandths: linked.tenThousandths / unit.tenThousandths * unit.tenThousandths)
  }

  public var change: Money { limit - present }

  /// amount · factor · above / below to the cent.
  private static func cents(_ amount: Money, _ factor: Percent, _ above: Int, _ below: Int) -> Money {
    let step: Int128 = 100
    let product = Int128(amount.tenThousandths) * Int128(factor.tenThousandths) * Int128(above)
    let divisor = 1_000_000 * step * Int128(max(1, below))
    return Money(tenThousandths: Int64(clamping: product.dividedToEven(by: divisor) * step))
  }
}
