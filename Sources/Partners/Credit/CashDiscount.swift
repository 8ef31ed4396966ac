/// Cash or credit with one partner: a discount for payment before delivery against what credit costs.
///
/// Of a unit of sales on d days of credit the maker carries d/365 of a unit; with p the chance of default, g the loss
/// given default and κ the maker's cost of capital a year, credit costs it (κ + p·g)·d/365. That is the most that it can
/// give as a discount. To the partner a discount δ for paying d days earlier earns δ/(1 − δ)·365/d a year; it agrees
/// where that is at least its own cost of money r, that is from δ = r·d / (365 + r·d) on.
///
/// Source: the implied rate of trade credit, for instance Brealey, Myers and Allen, *Principles of Corporate Finance*,
/// chapter on credit management.
public struct CashDiscount: Sendable, Hashable {
  public enum Choice: String, Sendable, Hashable {
    /// The declared discount serves both.
    case cash
    case credit
    /// Its risk band pays before delivery anyway, without a discount.
    case prepay
  }

  /// δ, as declared.
  public var discount: Double
  /// r, a year.
  public var partnerRate: Double
  public var lossGivenDefault: Double
  /// κ, a year.
  public var capitalCost: Double

  public init(discount: Double, partnerRate: Double, lossGivenDefault: Double, capitalCost: Double) {
    self.discount = discount
    self.partnerRate = partnerRate
    self.lossGivenDefault = lossGivenDefault
    self.capitalCost = capitalCost
  }

  public struct Outcome: Sendable, Hashable {
    /// Parts of sales: what credit costs the maker, which is the most that it can give.
    public var costOfCredit: Double
    /// The least discount for which the partner pays in cash.
    public var leastForPartner: Double
    /// What the declared discount earns the partner in a year.
    public var impliedRate: Double
    public var choice: Choice
    public var reason: String
    /// Whether some discount, if not the declared one, serves both.
    public var hasRoom: Bool { leastForPartner < costOfCredit }
  }

  /// - Parameters:
  ///   - days: of credit; 0 for payment before delivery.
  ///   - canPay: whether the partner's cash covers what it would pay earlier; nil where its accounts do not tell.
  public func outcome(probability: Double, days: Int, canPay: Bool?) -> Outcome {
    let share = Double(days) / 365
    let cost = (capitalCost + probability * lossGivenDefault) * share
    let least = partnerRate * share / (1 + partnerRate * share)
    let implied = days > 0 && discount < 1 ? discount / (1 - discount) / share : 0
    func outcome(_ choice: Choice, _ reason: String) -> Outcome {
      Outcome(costOfCredit: cost, leastForPartner: least, impliedRate: implied, choice: choice, reason: reason)
    }
    if days == 0 { return outcome(.prepay, "its risk band pays before delivery") }
    if discount > cost { return outcome(.credit, "the discount costs more than the credit") }
    if discount < least { return outcome(.credit, "the discount is below the partner's cost of money") }
    if canPay == false { return outcome(.credit, "its cash does not cover what it would pay earlier") }
    return outcome(.cash, canPay == nil ? "both gain; whether its cash suffices is not known" : "both gain")
  }
}
