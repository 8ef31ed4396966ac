/// How often, of two rows, the one with the higher risk has the event first.
///
/// A pair counts where one row has the event and the other is at risk then and later (or censored at the same time). A
/// pair with equal risks counts one half. Source: Harrell, Lee, Mark, "Multivariable prognostic models" (1996); ties in
/// risk as in scikit-survival, where risks closer than `tolerance` are equal. Cost: O(n log n).
public struct Concordance: Sendable, Hashable, Codable {
  /// Weighted numbers of comparable pairs.
  public let concordant: Double
  public let discordant: Double
  public let tiedRisk: Double

  /// The share of concordant pairs, with ties as halves; one half where no pair can be compared.
  public var index: Double {
    let pairs = concordant + discordant + tiedRisk
    return pairs > 0 ? (concordant + tiedRisk / 2) / pairs : 0.5
  }

  /// - Parameters:
  ///   - risk: one value per row; higher means earlier events.
  ///   - response: pairs are formed within strata; a row with an entry is compared from then on.
  ///   - weights: a pair counts the product of its rows' weights.
  ///   - eventWeights: a further factor for pairs in which this row has the event; zero leaves it out.
  public init(
    risk: [Double], _ response: SurvivalResponse, weights: [Double]? = nil, eventWeights: [Double]? = nil,
    tolerance: Double = 1e-8
  ) {
    precondition(risk.count == response.count, "the risks do not fit the response")
    var rowsOf = [[Int]](repeating: [], count: response.strata?.names.count ?? 1)
    for i in risk.indices { rowsOf[response.strata?.codes[i] ?? 0].append(i) }
    var totals = (concordant: 0.0, discordant: 0.0, tied: 0.0)
    for rows in rowsOf where rows.count > 1 {
      Concordance.count(rows, risk, response, weights, eventWeights, tolerance, &totals)
    }
    (concordant, discordant, tiedRisk) = totals
  }

  /// Goes through one stratum from the last time to the first, with the weights of the rows at risk in a tree that is
  /// ordered by risk.
  private static func count(
    _ rows: [Int], _ risk: [Double], _ response: SurvivalResponse, _ weights: [Double]?, _ eventWeights: [Double]?,
    _ tolerance: Double, _ totals: inout (concordant: Double, discordant: Double, tied: Double)
  ) {
    let sorted = Array(Set(rows.map { risk[$0] })).sorted()
    let rank = { (value: Double) in RiskSets.countUpTo(value, sorted, 0..<sorted.count) }
    var tree = PrefixSums(count: sorted.count)
    let (time, event) = (response.time, response.event)
    let leaving = rows.sorted { (time[$0], event[$0] ? 1 : 0) > (time[$1], event[$1] ? 1 : 0) }
    let entering = response.entry.map { entry in rows.sorted { entry[$0] > entry[$1] } } ?? []
    var (position, entered) = (0, 0)
    while position < leaving.count {
      // 1. At one time: leave out those that are not yet under observation.
      let now = time[leaving[position]]
      var end = position
      while end < leaving.count, time[leaving[end]] == now { end += 1 }
      // Those who end their observation now were there before the events: add the censored ones first.
      let here = leaving[position..<end]
      for row in here where !event[row] { tree.add(weights?[row] ?? 1, at: rank(risk[row]) - 1) }
      if let entry = response.entry {
        while entered < entering.count, entry[entering[entered]] >= now {
          tree.add(-(weights?[entering[entered]] ?? 1), at: rank(risk[entering[entered]]) - 1)
          entered += 1
        }
      }
      // 2. Compare the events with everyone else at risk.
      for row in here where event[row] {
        let factor = (weights?[row] ?? 1) * (eventWeights?[row] ?? 1)
        guard factor > 0 else { continue }
        let below = tree.sum(before: lowerBound(risk[row] - tolerance, sorted))
        let notAbove = tree.sum(before: rank(risk[row] + tolerance))
        totals.concordant += factor * below
        totals.tied += factor * (notAbove - below)
        totals.discordant += factor * (tree.total - notAbove)
      }
      for row in here where event[row] { tree.add(weights?[row] ?? 1, at: rank(risk[row]) - 1) }
      position = end
    }
  }

  private static func lowerBound(_ value: Double, _ sorted: [Double]) -> Int {
    RiskSets.countUpTo(value.nextDown, sorted, 0..<sorted.count)
  }
}

/// Sums of the first values of a list whose elements change.
///
/// Source: Fenwick, "A new data structure for cumulative frequency tables" (1994). Cost: O(log n) for either operation.
struct PrefixSums {
  private var tree: [Double]
  private(set) var total = 0.0

  init(count: Int) { tree = [Double](repeating: 0, count: count + 1) }

  mutating func add(_ value: Double, at index: Int) {
    total += value
    var node = index + 1
    while node < tree.count {
      tree[node] += value
      node += node & -node
    }
  }

  /// The sum of the values before an index.
  func sum(before index: Int) -> Double {
    var (sum, node) = (0.0, index)
    while node > 0 {
      sum += tree[node]
      node -= node & -node
    }
    return sum
  }
}

extension CoxFit {
  /// The concordance of the linear predictor with what happened.
  public func concordance(
    _ design: DesignMatrix, _ response: SurvivalResponse, weights: [Double]? = nil
  ) -> Concordance {
    Concordance(risk: linearPredictor(design), response, weights: weights, tolerance: 0)
  }
}
