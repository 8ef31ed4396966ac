internal import Glibc
internal import Probability

/// Which product a partner is likely to take next, judged by what others with the same goods take.
///
/// With n partners, n(A) of which buy product A,
///
///     lift(A → B)   = P(A, B) / (P(A) P(B)) = n n(A, B) / (n(A) n(B))
///     propensity    = P(B | A) = n(A, B) / n(A)
///
/// Above a lift of 1, who buys A buys B more often than others. The interval is normal on the logarithm, its variance by
/// the delta method on the multinomial shares p: (1 / p(A, B) − 1 / p(A) − 1 / p(B) + 2 p(A, B) / (p(A) p(B)) − 1) / n.
///
/// Source: Brin, Motwani, Ullman and Tsur, "Dynamic itemset counting and implication rules for market basket data"
/// (SIGMOD 1997) for the measure, under its first name *interest*.
public struct CrossSell: Sendable {
  /// What partners buy in a year: the products of a partner are contiguous.
  public struct Baskets: Sendable {
    public let partnerCount: Int
    public let productCount: Int
    /// Where each partner begins in `products` and `values`; one more than there are partners.
    public let starts: [Int]
    public let products: [Int32]
    public let values: [Double]

    /// - Parameter entries: partner, product and value; one a pair.
    public init(_ entries: [(partner: Int, product: Int, value: Double)], partnerCount: Int, productCount: Int) {
      let sorted = entries.filter { $0.value > 0 }.sorted { ($0.partner, $0.product) < ($1.partner, $1.product) }
      var starts = [Int](repeating: 0, count: partnerCount + 1)
      for entry in sorted { starts[entry.partner + 1] += 1 }
      for partner in 0..<partnerCount { starts[partner + 1] += starts[partner] }
      (self.partnerCount, self.productCount, self.starts) = (partnerCount, productCount, starts)
      products = sorted.map { Int32($0.product) }
      values = sorted.map(\.value)
    }

    public func entries(_ partner: Int) -> Range<Int> { starts[partner]..<starts[partner + 1] }
  }

  public struct Rule: Sendable, Hashable {
    /// Who buys this …
    public var antecedent: Int
    /// … also buys this.
    public var consequent: Int
    /// Partners that buy both, and that buy the first.
    public var both: Int
    public var first: Int
    public var lift: Double
    public var lower: Double
    public var upper: Double

    public var propensity: Double { Double(both) / Double(first) }
  }

  public struct Offer: Sendable, Hashable {
    public var partner: Int
    public var product: Int
    public var rule: Rule
    /// Propensity × the share of purchases that the product has among those who buy it × the partner's purchases.
    public var expectedValue: Double
  }

  /// Rules whose lift is above 1 with confidence, by consequent, the strongest lower bound first.
  public private(set) var rules: [Rule] = []
  private let baskets: Baskets
  /// Share of purchases that a product has among its buyers.
  private var shares: [Double]

  /// More products than this are too many for a table of pairs: those with the most buyers count.
  static let mostProducts = 500

  /// - Parameters:
  ///   - leastBuyers: of both products of a rule together.
  ///   - level: of the interval, above 0 and below 1.
  /// Complexity: O(partners · basket²).
  public init(_ baskets: Baskets, leastBuyers: Int = 5, level: Double = 0.95) {
    self.baskets = baskets
    // 1. Buyers of each product, and of each pair.
    var buyers = [Int](repeating: 0, count: baskets.productCount)
    var bought = [Double](repeating: 0, count: baskets.productCount)
    var spent = bought
    for partner in 0..<baskets.partnerCount {
      let entries = baskets.entries(partner)
      let total = entries.reduce(0) { $0 + baskets.values[$1] }
      for entry in entries {
        buyers[Int(baskets.products[entry])] += 1
        bought[Int(baskets.products[entry])] += baskets.values[entry]
        spent[Int(baskets.products[entry])] += total
      }
    }
    shares = zip(bought, spent).map { $1 > 0 ? $0 / $1 : 0 }
    let ranked = buyers.indices.filter { buyers[$0] > 0 }.sorted { (buyers[$1], $0) < (buyers[$0], $1) }
    let kept = Array(ranked.prefix(Self.mostProducts))
    var place = [Int](repeating: -1, count: baskets.productCount)
    for (index, product) in kept.enumerated() { place[product] = index }
    var pairs = [Int32](repeating: 0, count: kept.count * kept.count)
    for partner in 0..<baskets.partnerCount {
      let mine = baskets.entries(partner).map { place[Int(baskets.products[$0])] }.filter { $0 >= 0 }
      for one in mine { for other in mine where other != one { pairs[one * kept.count + other] += 1 } }
    }
    // 2. Rules that hold with confidence.
    let n = Double(baskets.entriesOwners)
    let z = Normal.standard.quantile((1 + level) / 2)
    for (b, consequent) in kept.enumerated() {
      var found: [Rule] = []
      for (a, antecedent) in kept.enumerated() where a != b {
        let both = Int(pairs[a * kept.count + b])
        guard both >= leastBuyers else { continue }
        let rule = Self.rule(antecedent, consequent, both, buyers[antecedent], buyers[consequent], n, z)
        if rule.lower > 1 { found.append(rule) }
      }
      rules += found.sorted { ($1.lower, $0.antecedent) < ($0.lower, $1.antecedent) }
    }
  }

  /// The lift of a pair with its interval.
  static func rule(
    _ antecedent: Int, _ consequent: Int, _ both: Int, _ first: Int, _ second: Int, _ n: Double, _ z: Double
  ) -> Rule {
    let (pBoth, pFirst, pSecond) = (Double(both) / n, Double(first) / n, Double(second) / n)
    let lift = pBoth / (pFirst * pSecond)
    let variance = (1 / pBoth - 1 / pFirst - 1 / pSecond + 2 * pBoth / (pFirst * pSecond) - 1) / n
    let margin = exp(z * max(0, variance).squareRoot())
    return Rule(
      antecedent: antecedent, consequent: consequent, both: both, first: first, lift: lift, lower: lift / margin,
      upper: lift * margin)
  }

  /// The products that a partner does not buy and is likeliest to, by expected value; at most `best` a partner.
  /// Complexity: O(partners · rules of the products that they lack).
  public func offers(best: Int) -> [Offer] {
    var rulesOf = [Range<Int>](repeating: 0..<0, count: baskets.productCount)
    for (index, rule) in rules.enumerated() {
      let known = rulesOf[rule.consequent]
      rulesOf[rule.consequent] = known.isEmpty ? index..<index + 1 : known.lowerBound..<index + 1
    }
    let offered = rulesOf.indices.filter { !rulesOf[$0].isEmpty }
    var owned = [Int](repeating: -1, count: baskets.productCount)
    var offers: [Offer] = []
    for partner in 0..<baskets.partnerCount {
      let entries = baskets.entries(partner)
      for entry in entries { owned[Int(baskets.products[entry])] = partner }
      let total = entries.reduce(0) { $0 + baskets.values[$1] }
      let mine = offered.compactMap { product -> Offer? in
        guard owned[product] != partner,
          let rule = rules[rulesOf[product]].first(where: { owned[$0.antecedent] == partner })
        else { return nil }
        return Offer(
          partner: partner, product: product, rule: rule, expectedValue: rule.propensity * shares[product] * total)
      }
      offers += mine.sorted { ($1.expectedValue, $0.product) < ($0.expectedValue, $1.product) }.prefix(best)
    }
    return offers
  }
}

extension CrossSell.Baskets {
  /// Partners that buy anything.
  fileprivate var entriesOwners: Int { (0..<partnerCount).count { starts[$0] < starts[$0 + 1] } }
}
