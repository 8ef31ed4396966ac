import ChannelTypes

/// The return on equity as what is earned on sales, how often assets are turned over, and how far they are borrowed:
///
///     net profit / revenue · revenue / assets · assets / equity = net profit / equity
///
/// The product of the three published factors is the published return, to the last bit. Source: the DuPont system;
/// for instance Brealey, Myers and Allen, *Principles of Corporate Finance*, chapter on financial analysis.
public struct DuPont: Sendable, Hashable {
  /// Net profit ÷ revenue.
  public var margin: Double
  /// Revenue ÷ assets.
  public var assetTurnover: Double
  /// Assets ÷ equity.
  public var leverage: Double

  public init(margin: Double, assetTurnover: Double, leverage: Double) {
    self.margin = margin
    self.assetTurnover = assetTurnover
    self.leverage = leverage
  }

  /// Nil where `gap` names what is missing.
  public init?(_ statement: FinancialStatement) {
    guard Self.gap(in: statement) == nil, let profit = statement.netProfit, let revenue = statement.revenue,
      let assets = statement.assets, let equity = statement.equity
    else { return nil }
    self.init(
      margin: profit.double / revenue.double, assetTurnover: revenue.double / assets.double,
      leverage: assets.double / equity.double)
  }

  /// Why a year has no return on equity; nil where it has one. Where equity is used up, a loss over it would look like
  /// a gain.
  public static func gap(in statement: FinancialStatement) -> String? {
    let needed = [
      ("revenue", statement.revenue), ("net_profit", statement.netProfit), ("assets", statement.assets),
      ("equity", statement.equity),
    ]
    for (name, amount) in needed {
      guard let amount else { return "\(name) is not stated" }
      if name != "net_profit", amount <= .zero { return "\(name) is not above zero" }
    }
    return nil
  }

  public var returnOnEquity: Double { margin * assetTurnover * leverage }

  /// What each factor did to the return.
  public struct Effects: Sendable, Hashable {
    public var margin: Double
    public var assetTurnover: Double
    public var leverage: Double
    public var total: Double { margin + assetTurnover + leverage }

    /// The factor that moved the return most.
    public var driver: String {
      let sizes = [("margin", abs(margin)), ("asset_turnover", abs(assetTurnover)), ("leverage", abs(leverage))]
      return sizes.dropFirst().reduce(sizes[0]) { $1.1 > $0.1 ? $1 : $0 }.0
    }
  }

  /// The change of the return since an earlier year, factor by factor: each factor's change times the mean of the others
  /// over every order in which the three could have moved, so that nothing is left over. Logarithmic attributions need
  /// profits; this one holds for losses too.
  ///
  /// Source: Sun, "Changes in energy consumption and energy intensity: a complete decomposition model" (*Energy
  /// Economics* 20, 1998); the Shapley value of the factors.
  public func effects(since earlier: DuPont) -> Effects {
    /// ∫ of two linear paths: their product along the way from then to now.
    func between(_ first: KeyPath<DuPont, Double>, _ second: KeyPath<DuPont, Double>) -> Double {
      let (a0, a1) = (earlier[keyPath: first], self[keyPath: first])
      let (b0, b1) = (earlier[keyPath: second], self[keyPath: second])
      return (a0 * b0 + a1 * b1) / 3 + (a0 * b1 + a1 * b0) / 6
    }
    return Effects(
      margin: (margin - earlier.margin) * between(\.assetTurnover, \.leverage),
      assetTurnover: (assetTurnover - earlier.assetTurnover) * between(\.margin, \.leverage),
      leverage: (leverage - earlier.leverage) * between(\.margin, \.assetTurnover))
  }
}
