public import Tables

/// Findings of the stage `track`.
public enum TrackCodes {
  public static let nothing = DiagnosticCode(
    "S521", "There is no target to follow",
    """
    The stage `track` compares what was sold with targets: those of the table of targets for months that are over, and \
    those that the stage `targets` makes for the months to come. The run has neither.
    """)
  public static let ownSales = DiagnosticCode(
    "S522", "The maker's own sales stand in for a region's market",
    """
    Targets move with the demand of the whole market, which the table `market_index` states by region and month. A \
    region without an index is judged by the maker's own sales there: a region that lost share to a rival then looks \
    like one whose market fell, and is rewarded with a lower target. Add the region to the table.
    """)
  public static let noForecast = DiagnosticCode(
    "S523", "Chances of targets are not known",
    """
    The chance of a target is the share of the forecast's sample paths that reach it. It needs a forecast by month, and \
    sales in the last twelve months to tell what a unit brings. Without them the columns of chance, expected revenue, \
    shortfall and uplift are empty.
    """)
  public static let curve = DiagnosticCode(
    "S524", "The plan's conversion curve is not that of the orders",
    """
    Prepayment targets are made from revenue targets by `targets.conversion`, the share of a prepayment that becomes \
    revenue after 0, 1, 2, … months. The table of orders shows another curve: its mean age differs by more than half a \
    month. Take the shares from conversion_curve.csv, or say why the future differs.
    """)
  public static let stuck = DiagnosticCode(
    "S525", "Prepayments or orders are stuck",
    """
    Money was paid or goods were ordered, and nothing was shipped for `targets.stuck_months` months. \
    revenue_from_orders.csv lists the balances by partner.
    """)
  public static let rewardSteps = DiagnosticCode(
    "S526", "Steps of the reward coefficient are out of order",
    """
    `targets.elastic.rewards` gives the coefficient of rewards from a fall of the market on. Falls ascend, and a deeper \
    fall never pays more than a smaller one.
    """)
  public static let noActual = DiagnosticCode(
    "S527", "A measure has targets but nothing to compare them with",
    """
    Prepayments are read from the table of orders, profit from the margins of the table of products, the share of the \
    market from the potential in the table of regions, coverage from its cities. Where the table is missing, targets of \
    the measure are listed without an actual.
    """)

  public static let unusedRewards = DiagnosticCode(
    "S528", "Steps of the reward coefficient have no effect",
    """
    `targets.elastic.rewards` gives the coefficient of rewards by the fall of the market, and `link_reward: false` says \
    that rewards do not follow it. One of the two is a mistake.
    """)

  public static let all = [nothing, ownSales, noForecast, curve, stuck, rewardSteps, noActual, unusedRewards]
}
