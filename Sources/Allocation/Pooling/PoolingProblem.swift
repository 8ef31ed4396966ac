import Probability
import Tables

/// Partners that hold their safety stock together: what it saves, and a fair split of the saving.
///
/// Demand over lead time and review period is uncertain with standard deviation σ_i at partner i, correlated by ρ_ij.
/// Alone, a partner holds z·σ_i; a group S holds z·√(Σ over i, j in S of ρ_ij·σ_i·σ_j), where z is the normal quantile of
/// the service level. n equal, independent partners need √n instead of n times the safety stock of one (Eppen, *Effects
/// of centralization on expected costs in a multi-location newsboy problem*, Management Science 25, 1979).
///
/// ```
/// v(S) = max(0, Σ over i in S of h_i·z·σ_i − min over i in S of h_i · z·σ_S − Σ over i in S of cost_i),   v({i}) = 0
/// ```
///
/// h_i: cost of holding a unit for a year; cost_i: what joining costs partner i a year (transport, handling). The split
/// is the Shapley value: what a partner adds, averaged over all orders of joining (Shapley, *A value for n-person games*,
/// 1953). Exact up to 16 partners; with more, the mean over seeded orders, with its standard error.
public struct PoolingProblem: AllocationProblem {
  public struct Partner: Sendable {
    public var name: String
    /// Of demand over lead time and review period, units.
    public var deviation: Double
    /// A unit for a year.
    public var holdingCost: Double
    /// A year.
    public var joiningCost: Double

    public init(_ name: String, deviation: Double, holdingCost: Double, joiningCost: Double = 0) {
      self.name = name
      self.deviation = deviation
      self.holdingCost = holdingCost
      self.joiningCost = joiningCost
    }
  }

  public var partners: [Partner]
  /// Partners × partners, with ones on the diagonal.
  public var correlations: [Double]
  public var serviceLevel: Double
  /// Orders of joining that are drawn where there are more than 16 partners.
  public var draws = 2_000
  public var seed: UInt64 = 1

  /// - Parameter correlation: between any two partners.
  public init(partners: [Partner], correlation: Double = 0, serviceLevel: Double = 0.95) {
    self.partners = partners
    self.serviceLevel = serviceLevel
    let count = partners.count
    correlations = (0..<count * count).map { $0 / max(1, count) == $0 % max(1, count) ? 1 : correlation }
  }

  var defect: Diagnostic? {
    func finding(_ text: String) -> Diagnostic { Diagnostic(AllocationCodes.improperValue, .error, text) }
    guard serviceLevel > 0.5, serviceLevel < 1 else { return finding("service_level must be above 0.5 and below 1") }
    guard correlations.count == partners.count * partners.count, correlations.allSatisfy({ $0 >= -1 && $0 <= 1 })
    else { return finding("correlations must lie between -1 and 1, one for every two partners") }
    for partner in partners {
      guard partner.deviation >= 0, partner.holdingCost >= 0, partner.joiningCost >= 0, partner.deviation.isFinite,
        partner.holdingCost.isFinite, partner.joiningCost.isFinite
      else { return finding("`\(partner.name)`: deviation and costs must be 0 or more") }
    }
    guard partners.count <= 2_000 else { return finding("at most 2000 partners can share one pool") }
    return nil
  }
}

public struct PoolingSolution: Sendable {
  /// Safety stock of all alone and of the pool, units.
  public var separateStock: Double
  public var pooledStock: Double
  /// v of all partners.
  public var saving: Double
  /// By partner; they add up to `saving`.
  public var shares: [Double]
  /// By partner, 0 where the split is exact.
  public var standardErrors: [Double]
  /// The most by which a group of up to 16 partners would do better on its own; 0 or less: nobody has a reason to leave.
  /// Nil with more partners.
  public var worstExcess: Double?
}
