import Probability

/// How evenly money is spread over partners, and over what they sell.
///
/// The Gini coefficient of amounts x, ascending: Σ (2i − n − 1) xᵢ ÷ (n Σ xᵢ), 0 where all get the same, near 1 where
/// one gets all (C. Gini, Variabilità e mutabilità, 1912; in this form G. Dixon et al., Ecology 68, 1987). Dispersion
/// is the coefficient of variation of payout ÷ sales, each partner counted by its sales: 0 where all get the same rate.
public struct Fairness: Sendable, Hashable {
  public var partners: Int
  public var sales: Double
  public var payouts: Double
  /// Of the amounts; NaN where nothing was paid.
  public var gini: Double
  /// NaN where nothing was sold or paid.
  public var dispersion: Double
  /// A tenth of the partners is below the low rate, and a tenth above the high one; NaN where nobody sold.
  public var lowRate: Double
  public var highRate: Double

  /// Payouts ÷ sales; NaN where nothing was sold.
  public var rate: Double { sales > 0 ? payouts / sales : .nan }

  /// - Parameter accounts: sales and payout of each partner, in money.
  /// Complexity: O(n log n).
  public init(_ accounts: [(sales: Double, payout: Double)]) {
    partners = accounts.count
    (sales, payouts) = (accounts.reduce(0) { $0 + $1.sales }, accounts.reduce(0) { $0 + $1.payout })
    gini = Self.gini(accounts.map(\.payout))
    let selling = accounts.filter { $0.sales > 0 }
    let (sold, paid) = (selling.reduce(0) { $0 + $1.sales }, selling.reduce(0) { $0 + $1.payout })
    let mean = sold > 0 ? paid / sold : .nan
    let square = selling.reduce(0) { sum, item in
      let distance = item.payout / item.sales - mean
      return sum + item.sales * distance * distance
    }
    dispersion = mean > 0 ? (square / sold).squareRoot() / mean : .nan
    let rates = selling.map { $0.payout / $0.sales }.sorted()
    func rate(_ share: Double) -> Double {
      rates.isEmpty ? .nan : rates.quantileOfAscending(share)
    }
    (lowRate, highRate) = (rate(0.1), rate(0.9))
  }

  /// Amounts below zero count as zero.
  public static func gini(_ amounts: [Double]) -> Double {
    let sorted = amounts.map { max(0, $0) }.sorted()
    let total = sorted.reduce(0, +)
    guard total > 0 else { return .nan }
    let count = Double(sorted.count)
    let weighted = sorted.enumerated().reduce(0) { $0 + (2 * Double($1.offset + 1) - count - 1) * $1.element }
    return weighted / (count * total)
  }
}
