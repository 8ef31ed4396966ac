import Allocation
import ChannelTypes
import Partners
import Tables

/// Money to keep partners and customers, taken from the budget as far as it saves more there than lines would earn.
///
/// Proposals are bought in the order of what they save per unit of money, r₁ ≥ r₂ ≥ …; C_k is what the first k cost.
/// λ(B) is what one more unit of a budget B earns on the lines. The best k is the largest with r_k ≥ λ(B − C_k): r falls
/// and λ rises in k, so that k lies between the numbers of proposals that save more than the highest and the lowest λ,
/// and is found by bisection over solutions of the budget problem. (The last proposal is whole, so that the split is at
/// most one proposal short of the best: Dantzig 1957.)
struct BudgetRetention {
  let funded: [RetentionProposal]
  let cost: Money
  /// What the funded proposals are expected to save.
  let saved: Money
  /// What one more unit would have saved or earned where the split was made.
  let marginal: Double

  /// - Parameter cap: most money for retention.
  init(_ value: ValueResult, cap: Money, _ problem: BudgetProblem) {
    let all = value.funded(by: cap)
    var costs = [Money.zero]
    for proposal in all { costs.append(costs[costs.count - 1] + proposal.cost) }
    func price(_ count: Int) -> Double {
      var probe = problem
      probe.take(costs[count])
      return probe.priceOfTotal() ?? .infinity
    }
    let rates = all.map { $0.expectedSaved.double / $0.cost.double }
    func count(above price: Double) -> Int { rates.prefix { $0 >= price }.count }
    var (low, high) = all.isEmpty ? (0, 0) : (count(above: price(all.count)), count(above: price(0)))
    while low < high {
      let middle = (low + high + 1) / 2
      if rates[middle - 1] >= price(middle) {
        low = middle
      } else {
        high = middle - 1
      }
    }
    funded = Array(all.prefix(low))
    cost = costs[low]
    saved = funded.map(\.expectedSaved).total()
    marginal = low < all.count ? all[low].expectedSaved.double / max(all[low].cost.double, 0.01) : 0
  }

  /// `rank, intervention, kind, id, partner_id, region, cost, expected_saved, saved_per_unit`.
  var table: Table {
    Table(
      name: "retention_budget", rows: funded.enumerated().map { (rank: $0 + 1, proposal: $1) },
      columns: [
        .integer("rank") { $0.rank }, .text("intervention") { $0.proposal.name },
        .text("kind") { $0.proposal.kind.rawValue }, .text("id") { $0.proposal.id },
        .text("partner_id") { $0.proposal.partner }, .text("region") { $0.proposal.region },
        .money("cost") { $0.proposal.cost }, .money("expected_saved") { $0.proposal.expectedSaved },
        .real("saved_per_unit") {
          ($0.proposal.expectedSaved.double / max($0.proposal.cost.double, 0.01) * 10_000).rounded() / 10_000
        },
      ])
  }
}
