public import ChannelTypes
public import Specifications

/// `credit:` how much may be owed by whom.
public struct CreditSettings: Sendable {
  /// All limits together; nil for as much as today.
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
  /// How far a partner's limit may move, in percent of it.
  public var maxMove = Located(50.0)
  /// Above this chance of default, in percent, a partner pays before delivery.
  public var prepayAbove = Located(25.0)
  /// How alike partners' fortunes are: correlation of what drives their defaults.
  public var correlation = Located(0.15)

  public init() {}
}
