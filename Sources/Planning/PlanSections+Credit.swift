public import ChannelTypes
public import Partners
public import Specifications
public import Tables

/// `credit:` how much may be owed by whom, on which terms, and what could go wrong.
public struct CreditSettings: Sendable {
  /// All limits together; nil for what today's limits come to at planned demand.
  public var total: Located<Money>?
  /// An invoice that is unpaid so many days after it was due is a default.
  public var defaultDays = Located(60)
  /// What a default costs, in percent of what is owed.
  public var lossGivenDefault = Located(60.0)
  /// What a unit of sales on credit earns, in percent.
  public var margin = Located(20.0)
  /// Yearly cost of the capital behind the worst losses, in percent of them.
  public var capitalCost = Located(10.0)
  /// Most of what may be expected to be lost in a year, in percent of all limits; nil for no limit.
  public var expectedLoss: Located<Double>?
  /// Most of the mean of the worst losses, in percent of all limits; nil for no limit.
  public var tailLoss: Located<Double>?
  /// The share of the worst outcomes that is not looked at: 95 looks at the worst 5 %.
  public var level = Located(95.0)
  /// How far a partner's limit may move from what its sales need, in percent of that.
  public var maxMove = Located(50.0)
  /// Above this chance of default, in percent, a partner's risk is high.
  public var prepayAbove = Located(25.0)
  /// How alike partners' fortunes are: correlation of what drives their defaults.
  public var correlation = Located(0.15)
  /// Limits are whole multiples of this.
  public var unit = Located(Money(100))
  /// How far needed limits follow the planned demand of the region: 1 for in step, 0 for not at all.
  public var demandElasticity = Located(1.0)
  public var bands = BandSettings()
  /// Ratings from the best, each up to a chance of default in percent; what is above the last is rated `E`.
  public var ratings: [(name: String, upTo: Located<Double>)] = [
    ("A", Located(2)), ("B", Located(5)), ("C", Located(10)), ("D", Located(25)),
  ]
  public var stress = StressSettings()
  /// Benchmarks of ratios; a ratio that is not listed is held against its peers.
  public var benchmarks: [(ratio: FinancialRatio, value: Located<Double>)] = []
  public var matrix = RiskMatrix()
  public var extending = ExtensionSettings()
  public var cash = CashSettings()
  /// The emergency fund covers a year's losses with this confidence, in percent.
  public var fundLevel = Located(99.0)
  /// What slow stock is expected to lose of its value, in percent: the loss that is shared by shareholding.
  public var overstockLoss = Located(30.0)

  public init() {}

  /// `credit.bands:` terms and reviews by risk.
  public struct BandSettings: Sendable {
    /// Low risk up to this chance of default, in percent.
    public var lowUpTo = Located(8.0)
    /// Days to pay at most; nil for payment before delivery.
    public var days: [RiskBand: Located<Int>] = [.low: Located(60), .mid: Located(30)]
    /// Days until the partner's credit is looked at again.
    public var reviewDays: [RiskBand: Located<Int>] = [.low: Located(365), .mid: Located(180), .high: Located(90)]
    /// Where a band is written, for what cites it.
    public var places: [RiskBand: SourcePlace] = [:]

    public init() {}
  }

  /// `credit.stress:` shocks that partners should survive.
  public struct StressSettings: Sendable {
    /// The part of a partner's costs that falls with its sales, in percent.
    public var variableCost = Located(90.0)
    /// Months that its cash must last.
    public var months = Located(6.0)
    /// In the order of the plan; the runway of the ratio sheet is that of the first.
    public var shocks: [Located<CreditShock>] = [
      Located(CreditShock("mild", salesLoss: 0.1, delayDays: 10)),
      Located(CreditShock("severe", salesLoss: 0.3, delayDays: 15)),
    ]

    public init() {}
  }

  /// `credit.extension:` longer terms where a market grows, stricter service where it is mature.
  public struct ExtensionSettings: Sendable {
    /// Maturities of regions whose partners may get longer terms.
    public var maturities = ["emerging", "growing"]
    /// Risk bands that may.
    public var bands: [RiskBand] = [.low]
    /// Days more, ascending.
    public var days: [Located<Int>] = [Located(15), Located(30)]
    /// Sales that 30 days more bring, in percent.
    public var salesLift = Located(8.0)
    /// Extra exposure of all extensions together, in percent of all limits.
    public var exposure = Located(5.0)
    /// How much stricter service is measured in mature regions, in percent.
    public var matureService = Located(20.0)

    public init() {}
  }

  /// `credit.cash:` a discount for payment before delivery.
  public struct CashSettings: Sendable {
    /// In percent of the invoice.
    public var discount = Located(1.0)
    /// What partners pay for money, in percent a year.
    public var partnerRate = Located(8.0)

    public init() {}
  }

  var termsPolicy: CreditTermsPolicy {
    CreditTermsPolicy(
      lowUpTo: bands.lowUpTo.value / 100, highAbove: prepayAbove.value / 100, days: bands.days.mapValues(\.value),
      reviewDays: bands.reviewDays.mapValues(\.value), ratings: ratings.map { ($0.name, $0.upTo.value / 100) })
  }

  /// The plan's line that a band's terms come from.
  func place(of band: RiskBand) -> SourcePlace {
    bands.days[band]?.place ?? bands.places[band] ?? prepayAbove.place
  }
}
