internal import Glibc

/// What customers are worth over the time that they stay.
public enum LifetimeValue {
  /// A customer's expected future, discounted to today.
  public struct Estimate: Sendable, Hashable {
    /// Σₜ Sₜ margin δᵗ in currency.
    public var value: Double
    /// Σₜ Sₜ: periods that it is expected to stay, within the horizon.
    public var lifetime: Double
    /// What one more period of lifetime is worth: every period's survival moves to the next, so that the value becomes
    /// margin + δ value.
    public var valueOfOneMorePeriod: Double
  }

  /// From a survival curve times margin.
  /// - Parameters:
  ///   - survival: chance of being there in each coming period, the first of them first.
  ///   - margin: per period, in currency.
  ///   - discountPerPeriod: d ≥ 0; a margin of period t counts (1 + d)^−t, the first one t = 1.
  public static func fromSurvival(
    _ survival: some Sequence<Double>, margin: Double, discountPerPeriod: Double
  ) -> Estimate {
    var (sum, lifetime, factor) = (0.0, 0.0, 1.0)
    for chance in survival {
      factor /= 1 + discountPerPeriod
      sum += chance * factor
      lifetime += chance
    }
    let kept = (margin + margin * sum) / (1 + discountPerPeriod) - margin * sum
    return Estimate(value: margin * sum, lifetime: lifetime, valueOfOneMorePeriod: kept)
  }

  /// Of a customer without a contract: expected purchases of every coming period (BG/NBD) times the expected value of a
  /// purchase (gamma-gamma), discounted.
  ///
  /// Source: Fader, Hardie and Lee, "RFM and CLV: using iso-value curves for customer base analysis" (Journal of Marketing
  /// Research 42, 2005), with purchases summed by period instead of integrated.
  /// - Parameters:
  ///   - periods: periods of the model's unit of time.
  ///   - valuePerPurchase: margin of a purchase.
  public static func fromPurchases(
    _ model: BetaGeometricModel, _ customer: BetaGeometricModel.Purchases, valuePerPurchase: Double, periods: Int,
    discountPerPeriod: Double
  ) -> Double {
    var (sum, before, factor) = (0.0, 0.0, 1.0)
    for period in stride(from: 1, through: periods, by: 1) {
      let until = model.expectedPurchases(customer, within: Double(period))
      factor /= 1 + discountPerPeriod
      sum += (until - before) * factor
      before = until
    }
    return sum * valuePerPurchase
  }

  /// The rate per period that compounds to a yearly rate.
  public static func periodRate(yearly rate: Double, periodsPerYear: Int) -> Double {
    expm1(log1p(rate) / Double(periodsPerYear))
  }
}
