public import ChannelTypes
public import Partners
public import Tables

/// Shocks side by side: what each costs the maker and its dealers in a year, and whether the reserve bears it.
public struct StressSummary: Sendable {
  public struct Line: Sendable {
    public var scenario: String
    /// What is lost against the base; 0 where the scenario gains. Nil where the runs do not know it.
    public var makerLoss: Money?
    public var dealerLoss: Money?
    /// Expected loss on credit, more than in the base.
    public var creditLoss: Money?
    /// What a year is to survive: the maker's loss and what credit loses more.
    public var loss: Money
    /// Whether the reserve bears it.
    public var isCovered: Bool
    /// The chance that a year of the base loses no more than this scenario; NaN without losses.
    public var chanceWithin: Double
  }

  /// The reserve that shocks are held against.
  public let reserve: Money
  /// The worst first; then in the order given.
  public let lines: [Line]

  /// - Parameters:
  ///   - losses: of a year of the base.
  ///   - confidence: what the reserve is sized for where `reserve` is nil.
  public init(_ effects: [PolicyEffects], losses: LossDistribution?, confidence: Double, reserve: Money?) {
    let held = reserve ?? losses.flatMap { Money(rounding: $0.fund(confidence: confidence)) } ?? .zero
    self.reserve = held
    // A scenario of which nothing is known is no shock that was survived.
    let lines = effects.filter { !$0.lines.isEmpty }.map { effect -> Line in
      func loss(_ party: PolicyEffects.Party) -> Money? {
        effect.gain(party).flatMap { Money(rounding: max(0, -$0)) }
      }
      let credit = effect.lines.first { $0.measure == "credit_loss" }.flatMap { Money(rounding: $0.longRun) }
      let maker = loss(.maker)
      let sum = max(.zero, (maker ?? .zero) + (credit ?? .zero))
      return Line(
        scenario: effect.scenario, makerLoss: maker, dealerLoss: loss(.dealers), creditLoss: credit, loss: sum,
        isCovered: sum <= held, chanceWithin: losses?.chanceWithin(sum.double) ?? .nan)
    }
    self.lines = lines.enumerated().sorted {
      $0.element.loss != $1.element.loss ? $0.element.loss > $1.element.loss : $0.offset < $1.offset
    }.map(\.element)
  }

  /// `stress_summary`: money of a year, in the plan's currency.
  public var table: Table {
    let reserve = reserve
    return Table(
      name: "stress_summary", rows: lines,
      columns: [
        .text("scenario") { $0.scenario }, .money("maker_loss") { $0.makerLoss },
        .money("dealer_loss") { $0.dealerLoss }, .money("credit_loss_change") { $0.creditLoss },
        .money("loss") { $0.loss }, .money("reserve") { _ in reserve }, .integer("covered") { $0.isCovered ? 1 : 0 },
        .real("probability_within") { tabled($0.chanceWithin, 6) },
      ])
  }
}
