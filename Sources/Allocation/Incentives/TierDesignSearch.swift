import ChannelTypes

/// Branch and bound over tier menus, tier by tier from the lowest.
///
/// A menu that is fixed up to some tier already gives every partner a utility Uₚ that further tiers can only raise,
/// because they pay more wherever they apply. The supplier's profit from a partner is margin · v − payout(v) =
/// margin · v − effort(v) − utility ≤ (margin · b + e · margin² / 2) − Uₚ: the best that supplier and partner could reach
/// together, less what the partner keeps. The sum over partners bounds every completion.
///
/// Source: the bound is the participation argument of Mirrlees' principal-agent problem, here per partner; the search
/// is plain depth-first branch and bound (Land & Doig, Econometrica 28, 1960).
struct TierDesignSearch {
  private let problem: TierDesignProblem
  private let nodeLimit: Int?
  /// What supplier and partner could reach together, by partner.
  private let joint: [Double]
  private(set) var best: TierMenu
  private(set) var bestProfit: Double
  private(set) var nodes = 0
  private(set) var leaves = 0
  /// The largest bound of what a limit left unexplored.
  private(set) var openBound = -Double.infinity
  var wasStopped: Bool { openBound > -.infinity }

  init(_ problem: TierDesignProblem, nodeLimit: Int?) {
    self.problem = problem
    self.nodeLimit = nodeLimit
    joint = problem.partners.map { partner in
      let reached = max(0, problem.margin)
      return problem.margin * partner.baseline + partner.responsiveness * reached * reached / 2
    }
    best = TierMenu(problem.modes.first ?? .onExcess)
    // Without a scheme every partner sells its baseline and nothing is paid.
    bestProfit = problem.partners.reduce(0) { $0 + problem.margin * $1.baseline }
  }

  mutating func run() -> TierMenu {
    for mode in problem.modes { extend(TierMenu(mode)) }
    return best
  }

  private mutating func extend(_ menu: TierMenu) {
    let depth = menu.thresholds.count
    if depth == problem.tiers.count {
      finish(menu)
      return
    }
    let choices = problem.tiers[depth]
    for threshold in choices.thresholds where menu.thresholds.last.map({ threshold > $0 }) ?? true {
      for rate in choices.rates where menu.rates.last.map({ rate >= $0 }) ?? true {
        var next = menu
        next.thresholds.append(threshold)
        next.rates.append(rate)
        let bound = depth + 1 < problem.tiers.count ? self.bound(next) : .infinity
        if bound < bestProfit - 1e-9 { continue }
        nodes += 1
        if let nodeLimit, nodes > nodeLimit {
          openBound = max(openBound, min(bound, self.bound(menu)))
          return
        }
        extend(next)
      }
    }
  }

  /// No completion of the menu earns more.
  private func bound(_ menu: TierMenu) -> Double {
    zip(problem.partners, joint).reduce(0) { $0 + $1.1 - menu.response(of: $1.0).utility }
  }

  private mutating func finish(_ menu: TierMenu) {
    leaves += 1
    var (profit, paid) = (0.0, 0.0)
    for partner in problem.partners {
      let response = menu.response(of: partner)
      profit += problem.margin * response.sales - response.payout
      paid += response.payout
    }
    if let budget = problem.budget, paid > budget + 1e-9 { return }
    let tie = 1e-9 * max(1, abs(bestProfit))
    // Of equal menus the first in order of mode, thresholds, rates.
    if profit > bestProfit + tie || abs(profit - bestProfit) <= tie && precedes(menu) {
      best = menu
      bestProfit = profit
    }
  }

  private func precedes(_ menu: TierMenu) -> Bool {
    guard menu.mode == best.mode, !best.thresholds.isEmpty else { return false }
    let (one, other) = (menu.thresholds + menu.rates, best.thresholds + best.rates)
    return one.lexicographicallyPrecedes(other)
  }
}
