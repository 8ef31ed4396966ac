import Optimization
import Probability

/// Defaults that a common factor ties together.
///
/// Source: Vasicek, "The distribution of loan portfolio value" (Risk 15, 2002): given Z, defaults are independent with
/// probability Φ((Φ⁻¹(p) − √ρ·Z) / √(1 − ρ)).
struct OneFactorDefaults {
  private(set) var losses = SparseVectors()

  init(_ partners: [CreditProblem.Partner], correlation: Double, count: Int, seed: UInt64) {
    var economy = RandomStream(seed: seed, key: RandomStream.key("economy"))
    let states = (0..<count).map { _ in economy.normal() }
    var defaults: [(scenario: Int32, partner: Int32)] = []
    var starts = [Int](repeating: 0, count: count + 1)
    for (index, partner) in partners.enumerated() where partner.defaultProbability > 0 && partner.lossGivenDefault > 0 {
      var own = RandomStream(seed: seed, key: RandomStream.key(partner.id))
      let threshold = partner.defaultProbability < 1 ? Normal.standard.quantile(partner.defaultProbability) : .infinity
      for scenario in 0..<count
      where correlation.squareRoot() * states[scenario] + (1 - correlation).squareRoot() * own.normal() < threshold {
        defaults.append((Int32(scenario), Int32(index)))
        starts[scenario + 1] += 1
      }
    }
    // By scenario, partners in order: a counting sort.
    for scenario in 0..<count { starts[scenario + 1] += starts[scenario] }
    var sorted = [Int32](repeating: 0, count: defaults.count)
    var next = starts
    for entry in defaults {
      sorted[next[Int(entry.scenario)]] = entry.partner
      next[Int(entry.scenario)] += 1
    }
    losses.reserveCapacity(vectors: count, entries: sorted.count)
    for scenario in 0..<count {
      for entry in starts[scenario]..<starts[scenario + 1] {
        losses.appendEntry(Int(sorted[entry]), partners[Int(sorted[entry])].lossGivenDefault)
      }
      losses.endVector()
    }
  }
}

/// The tail of a book so large that only the economy moves it.
///
/// Given Z, the loss of such a book is its mean Σ xᵢ·gᵢ·Φ((Φ⁻¹(pᵢ) − √ρ·Z) / √(1 − ρ)); every part falls with Z, so that
/// the worst 1 − α of outcomes are those of the lowest Z for all partners at once, and the tail is linear in x. The
/// coefficients are a partner's mean loss there, by the midpoint rule over the probabilities of Z: to about 10⁻³ of them.
/// As one scenario they make `TailLimitedProgram` an ordinary linear program.
///
/// Source: Gordy, "A risk-factor model foundation for ratings-based bank capital rules" (Journal of Financial
/// Intermediation 12, 2003).
struct LargeBookTail {
  private(set) var losses = SparseVectors()
  private static let points = 200

  init(_ partners: [CreditProblem.Partner], correlation: Double, confidence: Double) {
    let (shared, own) = (correlation.squareRoot(), (1 - correlation).squareRoot())
    let normal = Normal.standard
    let states = (0..<Self.points).map { point in
      shared * normal.quantile((1 - confidence) * (Double(point) + 0.5) / Double(Self.points))
    }
    losses.reserveCapacity(vectors: 1, entries: partners.count)
    for (index, partner) in partners.enumerated() where partner.defaultProbability > 0 && partner.lossGivenDefault > 0 {
      var chance = 1.0
      if partner.defaultProbability < 1 {
        let threshold = normal.quantile(partner.defaultProbability)
        chance = states.reduce(0) { $0 + normal.cumulative((threshold - $1) / own) } / Double(Self.points)
      }
      losses.appendEntry(index, chance * partner.lossGivenDefault)
    }
    losses.endVector()
  }
}
