import ChannelTypes
import Foundation
import Probability

extension ExitCase {
  /// Simulates the gain and decides; `seed` is the run's.
  public mutating func evaluate(_ facts: ExitFacts, _ terms: ExitTerms, seed: UInt64) {
    simulate(facts, terms, seed: seed)
    decide(terms)
  }

  /// Draws the gain: sales from the forecast's joint paths (a log-normal factor of mean 1 without them), the share
  /// that successors retain from a normal around the assignment's, cut to 0 … 1, and what is collected after notice
  /// from a beta around its mean with the weight of ten invoices. Exit and keeping share every draw, so that the
  /// interval is that of their difference. Sets `low`, `high`, `chance`.
  ///
  /// Complexity: O(draws log draws).
  mutating func simulate(_ facts: ExitFacts, _ terms: ExitTerms, seed: UInt64) {
    let draws = terms.draws
    guard draws > 0 else { return }
    var stream = RandomStream(seed: seed, key: RandomStream.key("probation/exit/" + partner))
    let flows = ExitFlows(facts, terms, retained: retainedSales)
    let rate = flows.marginRate - flows.incentiveRate
    let open = receivables.double
    let deposit = facts.contract.deposit.double
    let mean = open > 0 ? expectedCollected.double / open : 1
    // What does not vary: everything but margin, incentives, invoices and the deposit on the side of the exit.
    let fixed = lines.reduce(0.0) { sum, amounts in
      switch amounts.line {
      case .margin, .retainedMargin, .incentives: sum
      case .receivables, .deposit: sum - amounts.keep.double
      default: sum + amounts.gain.double
      }
    }
    var gains: [Double] = []
    gains.reserveCapacity(draws)
    for draw in 0..<draws {
      let z = stream.normal()
      let factor =
        facts.salesFactors.isEmpty
        ? exp(facts.salesSpread * z - facts.salesSpread * facts.salesSpread / 2)
        : facts.salesFactors[draw % facts.salesFactors.count]
      let retained = min(1, max(0, flows.retainedShare * (1 + terms.transferSpread * stream.normal())))
      let collected = open * stream.share(mean: mean, weight: 10)
      gains.append(
        fixed + rate * factor * flows.lost * (retained - 1) + collected + min(deposit, max(0, open - collected)))
    }
    let positive = gains.count { $0 > 0 }
    gains.sort()
    let tail = (1 - terms.level / 100) / 2
    low = Money(estimate: gains.quantileOfAscending(tail))
    high = Money(estimate: gains.quantileOfAscending(1 - tail))
    chance = Double(positive) / Double(draws)
  }

  /// What follows from state and price: nobody is sent away whom keeping is worth more.
  mutating func decide(_ terms: ExitTerms) {
    let certainty = terms.certainty
    let sellsNothing = lostSales == .zero && gain >= .zero
    let isBetter = sellsNothing || (gain > .zero && chance >= certainty.fraction)
    let odds = chance.isFinite ? "\(Int((chance * 100).rounded())) %" : "no share"
    let verdict =
      sellsNothing
      ? "it sells nothing, so nothing is lost"
      : gain > .zero
        ? "letting go is worth \(gain) more, in \(odds) of the draws" : "keeping is worth \(-gain) more"
    switch state {
    case .exit where isBetter && terms.measures.contains(.terminate):
      (recommendation, reason) = (.terminate, "grace is over; \(verdict)")
    case .exit where isBetter:
      (recommendation, reason) = (.renegotiate, "grace is over, but no measure of the plan ends a contract; \(verdict)")
    case .exit where gain > .zero:
      (recommendation, reason) = (.renegotiate, "grace is over, but an exit is not sure enough to pay: \(verdict)")
    case .exit: (recommendation, reason) = (.renegotiate, "grace is over, but an exit does not pay: \(verdict)")
    case .grace where isBetter: (recommendation, reason) = (.prepareExit, "in grace; \(verdict)")
    default: (recommendation, reason) = (.improve, "\(state.rawValue); \(verdict)")
    }
  }
}

extension RandomStream {
  /// A beta with the given mean: G(aw) / (G(aw) + G((1 − a)w)) of two gammas.
  fileprivate mutating func share(mean: Double, weight: Double) -> Double {
    guard mean > 1e-6, mean < 1 - 1e-6 else { return min(1, max(0, mean)) }
    let a = Gamma(shape: mean * weight, scale: 1).draw(&self)
    let b = Gamma(shape: (1 - mean) * weight, scale: 1).draw(&self)
    return a + b > 0 ? a / (a + b) : mean
  }
}
