internal import Glibc
internal import LinearAlgebra
internal import Probability

/// The shifted-beta-geometric model: how long customers with a contract keep renewing it.
///
/// Each has a chance θ of not renewing that does not change; θ ~ Beta(α, β) over the customers, so that the retention
/// rate of a cohort rises with age although no customer's does. Source: Fader and Hardie, "How to project customer
/// retention" (Journal of Interactive Marketing 21, 2007), and "Customer-base valuation in a contractual setting"
/// (Marketing Science 29, 2010) for residual lifetimes.
public struct ContractModel: Sendable, Hashable, Codable {
  /// Customers that began their contracts alike.
  public struct Tenure: Sendable, Hashable {
    /// Contract periods served, ≥ 1: of a lost customer those it paid for, of one that is there those completed (0 for one
    /// in its first period).
    public var periods: Int
    public var isLost: Bool
    /// How many such customers.
    public var customers: Double

    public init(periods: Int, isLost: Bool, customers: Double = 1) {
      self.periods = periods
      self.isLost = isLost
      self.customers = customers
    }
  }

  /// A model with what its fit says about itself.
  public struct Fit: Sendable, Hashable {
    public let model: ContractModel
    public let logLikelihood: Double
    public let iterations: Int
  }

  public let alpha: Double
  public let beta: Double

  public init(alpha: Double, beta: Double) {
    precondition(alpha > 0 && beta > 0, "the parameters of a beta distribution are positive")
    self.alpha = alpha
    self.beta = beta
  }

  /// Chance of renewing at the end of period t ≥ 1 of those that got so far: (β + t − 1) / (α + β + t − 1).
  public func retention(_ period: Int) -> Double {
    (beta + Double(period) - 1) / (alpha + beta + Double(period) - 1)
  }

  /// S(0), S(1), …, S(periods): the share that is still there after so many contract periods.
  public func survival(periods: Int) -> [Double] {
    var shares = [1.0]
    for period in stride(from: 1, through: periods, by: 1) { shares.append(shares[period - 1] * retention(period)) }
    return shares
  }

  /// Discounted expected residual periods of a customer about to renew for the n-th time: the renewal itself, should it
  /// come, counts in full. DERL(d | n) = (β + n − 1) / (α + β + n − 1) ₂F₁(1, β + n; α + β + n; 1 / (1 + d)).
  /// - Parameters:
  ///   - renewal: n ≥ 1.
  ///   - discount: d ≥ 0 per period; at 0 it is infinite for α ≤ 1, and the sum is then cut at `horizon`.
  ///   - horizon: renewals counted at most.
  public func discountedResidualPeriods(atRenewal renewal: Int, discount: Double, horizon: Int = 10_000) -> Double {
    var (share, factor, sum) = (1.0, 1.0, 0.0)
    for period in stride(from: renewal, to: renewal + horizon, by: 1) {
      share *= retention(period)
      sum += share * factor
      factor /= 1 + discount
      if share * factor < 1e-15 * sum { break }
    }
    return sum
  }

  /// Maximum likelihood by Newton's method: Σ n ln(B(α + 1, β + t − 1) / B(α, β)) over the lost and
  /// Σ n ln(B(α, β + t) / B(α, β)) over those that are there.
  public static func fit(_ tenures: [Tenure]) throws(ValueError) -> Fit {
    guard tenures.contains(where: { $0.isLost && $0.customers > 0 }) else {
      throw .noCustomers(needs: "ended a contract")
    }
    for (row, tenure) in tenures.enumerated()
    where tenure.periods < (tenure.isLost ? 1 : 0) || !(tenure.customers >= 0) {
      throw .badFigure(row: row, "it has served \(tenure.periods) contract periods")
    }
    var counts: [Tenure: Double] = [:]
    for tenure in tenures {
      counts[Tenure(periods: tenure.periods, isLost: tenure.isLost), default: 0] += tenure.customers
    }
    let groups = counts.keys.sorted { ($0.periods, $0.isLost ? 1 : 0) < ($1.periods, $1.isLost ? 1 : 0) }
      .map { Tenure(periods: $0.periods, isLost: $0.isLost, customers: counts[$0] ?? 0) }
    guard let best = LikelihoodSearch.maximise(from: [1, 2], { derivatives($0, groups) }) else {
      throw .noMaximum(model: "contract renewal")
    }
    return Fit(
      model: ContractModel(alpha: best.parameters[0], beta: best.parameters[1]), logLikelihood: best.value,
      iterations: best.iterations)
  }

  private static func derivatives(_ parameters: [Double], _ groups: [Tenure]) -> LikelihoodSearch.Derivatives {
    let (alpha, beta) = (parameters[0], parameters[1])
    var total = LikelihoodSearch.Derivatives(parameters: 2)
    for group in groups {
      // Factors lost ∈ {0, 1} of θ and `kept` of 1 − θ: B(α + lost, β + kept) / B(α, β).
      let lost = group.isLost ? 1.0 : 0.0
      let kept = Double(group.periods) - lost
      let n = group.customers
      let (a, b, s) = (alpha + lost, beta + kept, alpha + beta + lost + kept)
      total.value +=
        n * (logGamma(a) - logGamma(alpha) + logGamma(b) - logGamma(beta) + logGamma(alpha + beta) - logGamma(s))
      let both = digamma(alpha + beta) - digamma(s)
      total.gradient[0] += n * (digamma(a) - digamma(alpha) + both)
      total.gradient[1] += n * (digamma(b) - digamma(beta) + both)
      let curve = trigamma(alpha + beta) - trigamma(s)
      total.hessian[0, 0] += n * (trigamma(a) - trigamma(alpha) + curve)
      total.hessian[1, 1] += n * (trigamma(b) - trigamma(beta) + curve)
      total.hessian[0, 1] += n * curve
    }
    total.hessian[1, 0] = total.hessian[0, 1]
    return total
  }
}
