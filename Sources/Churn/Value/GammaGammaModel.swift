internal import Glibc
internal import LinearAlgebra
internal import Probability

/// The gamma-gamma model: how much customers spend on a purchase, when how often they buy says nothing about it.
///
/// A purchase's value is Gamma(p, ν) around the customer's own mean, with ν ~ Gamma(q, v). Source: Fader and Hardie,
/// "The Gamma-Gamma model of monetary value" (2013), after Colombo and Jiang (1999).
public struct GammaGammaModel: Sendable, Hashable, Codable {
  /// One customer with at least one purchase.
  public struct Spend: Sendable, Hashable {
    /// Number of purchases x > 0 that the mean is taken over.
    public var purchases: Double
    /// Mean value of a purchase, z > 0, in currency.
    public var mean: Double

    public init(purchases: Double, mean: Double) {
      self.purchases = purchases
      self.mean = mean
    }
  }

  /// A model with what its fit says about itself.
  public struct Fit: Sendable, Hashable {
    public let model: GammaGammaModel
    public let logLikelihood: Double
    public let customers: Int
    public let iterations: Int
  }

  public let p: Double
  public let q: Double
  /// In currency.
  public let v: Double

  public init(p: Double, q: Double, v: Double) {
    precondition(p > 0 && q > 0 && v > 0, "the parameters of a gamma-gamma model are positive")
    self.p = p
    self.q = q
    self.v = v
  }

  /// Mean value of a purchase over all customers, p v / (q − 1); nil for q ≤ 1, where it is infinite.
  public var populationMean: Double? { q > 1 ? p * v / (q - 1) : nil }

  /// E[mean value of a purchase | x, z] = p (v + x z) / (p x + q − 1): equation (5), the customer's own mean drawn towards
  /// that of all customers.
  public func expectedMean(_ spend: Spend) -> Double {
    p * (v + spend.purchases * spend.mean) / max(p * spend.purchases + q - 1, 1e-12)
  }

  /// Maximum likelihood by Newton's method. Cost: some ten passes over the customers.
  public static func fit(_ customers: [Spend]) throws(ValueError) -> Fit {
    guard !customers.isEmpty else { throw .noCustomers(needs: "purchases with a value") }
    for (row, customer) in customers.enumerated() {
      guard customer.purchases > 0, customer.mean > 0, customer.mean.isFinite, customer.purchases.isFinite else {
        throw .badFigure(row: row, "the number of purchases and their mean value must be above zero")
      }
    }
    // In units of the mean purchase, so that the parameters do not depend on the currency.
    let unit = customers.reduce(0) { $0 + $1.mean } / Double(customers.count)
    let scaled = customers.map { Spend(purchases: $0.purchases, mean: $0.mean / unit) }
    let starts: [[Double]] = [[2, 3, 1], [6, 4, 0.5], [0.5, 2, 2]]
    let found = starts.compactMap { start in
      LikelihoodSearch.maximise(from: start) { derivatives($0, scaled) }
    }
    guard let best = found.max(by: { $0.value < $1.value }) else { throw .noMaximum(model: "gamma-gamma") }
    let model = GammaGammaModel(p: best.parameters[0], q: best.parameters[1], v: best.parameters[2] * unit)
    return Fit(
      model: model, logLikelihood: best.value - Double(customers.count) * log(unit), customers: customers.count,
      iterations: best.iterations)
  }

  /// Σ ln Γ(p x + q) − ln Γ(p x) − ln Γ(q) + q ln v + (p x − 1) ln z + p x ln x − (p x + q) ln(v + x z): equation (1a), with
  /// its derivatives by p, q and v.
  private static func derivatives(_ parameters: [Double], _ customers: [Spend]) -> LikelihoodSearch.Derivatives {
    let (p, q, v) = (parameters[0], parameters[1], parameters[2])
    var total = LikelihoodSearch.Derivatives(parameters: 3)
    for customer in customers {
      let (x, z) = (customer.purchases, customer.mean)
      let (shape, sum) = (p * x + q, v + x * z)
      total.value +=
        logGamma(shape) - logGamma(p * x) - logGamma(q) + q * log(v) + (p * x - 1) * log(z) + p * x * log(x)
        - shape * log(sum)
      total.gradient[0] += x * (digamma(shape) - digamma(p * x) + log(x * z) - log(sum))
      total.gradient[1] += digamma(shape) - digamma(q) + log(v) - log(sum)
      total.gradient[2] += q / v - shape / sum
      let curve = trigamma(shape)
      total.hessian[0, 0] += x * x * (curve - trigamma(p * x))
      total.hessian[0, 1] += x * curve
      total.hessian[0, 2] -= x / sum
      total.hessian[1, 1] += curve - trigamma(q)
      total.hessian[1, 2] += 1 / v - 1 / sum
      total.hessian[2, 2] += shape / (sum * sum) - q / (v * v)
    }
    for i in 0..<3 { for j in 0..<i { total.hessian[i, j] = total.hessian[j, i] } }
    return total
  }
}
