/// How many terms of each kind an ARIMA model has: (p,d,q)(P,D,Q)ₘ in the notation of Box & Jenkins.
public struct ArimaOrder: Sendable, Hashable, Codable, CustomStringConvertible {
  /// Autoregressive terms, differences and moving-average terms at one spacing.
  public struct Terms: Sendable, Hashable, Codable {
    public var p: Int
    public var d: Int
    public var q: Int

    public init(p: Int = 0, d: Int = 0, q: Int = 0) {
      precondition(p >= 0 && d >= 0 && q >= 0, "an order is not negative")
      (self.p, self.d, self.q) = (p, d, q)
    }
  }

  /// At a spacing of one period.
  public var regular: Terms
  /// At a spacing of one season.
  public var seasonal: Terms
  /// Periods in a season; 1 for none, and then `seasonal` must be empty.
  public var season: Int
  /// Whether the differenced series has a mean: a mean without differences, a drift with one.
  public var hasConstant: Bool

  public init(_ regular: Terms, seasonal: Terms = Terms(), season: Int = 1, hasConstant: Bool = false) {
    precondition(season > 1 || seasonal == Terms(), "seasonal terms need a season")
    self.regular = regular
    self.seasonal = seasonal
    self.season = max(1, season)
    self.hasConstant = hasConstant
  }

  /// Values that the differences use up.
  var lostValues: Int { regular.d + seasonal.d * season }

  /// Coefficients of the four polynomials.
  var coefficientCount: Int { regular.p + regular.q + seasonal.p + seasonal.q }

  public var description: String {
    let text = "(\(regular.p),\(regular.d),\(regular.q))"
    let seasonalText = season > 1 ? "(\(seasonal.p),\(seasonal.d),\(seasonal.q))[\(season)]" : ""
    return text + seasonalText + (hasConstant ? " with constant" : "")
  }
}
