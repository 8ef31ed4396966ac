public import Tables

/// Findings about allocation problems: A1xx about their parts, A3xx about limits that contradict one another.
public enum AllocationCodes {
  public static let nothingToDivide = DiagnosticCode(
    "A101", "there is nothing to divide",
    """
    A budget is divided over lines, one per region and spend type. Lines come from the budget table: every pair of \
    region and spend type that has spend in the history and that `budget.spend_types` lists.

    Usual causes: the budget table is empty, the names under `budget.spend_types` do not match the table's, or its \
    periods lie outside the history.
    """)
  public static let negativeAmount = DiagnosticCode(
    "A102", "an amount of money is negative",
    """
    Budgets, floors, caps and spends are zero or more. A negative amount in a table is usually a reversal that was \
    booked without the entry that it reverses: net the two before they are read.
    """)
  public static let percentOutOfRange = DiagnosticCode(
    "A103", "a percentage is out of range",
    """
    `reserve_pct` is the share of the budget that is kept back: 0 to 100. `max_move_pct` is how far a region may move \
    from what it gets now: 0 keeps everything where it is, 30 allows 30 % up or down.
    """)
  public static let improperCurve = DiagnosticCode(
    "A104", "a response curve is not increasing",
    """
    A curve needs a positive scale, an amplitude of zero or more, in the power family an exponent between 0 and 1 and \
    in the Hill family a positive slope; a slope above 1 is an S-curve. A curve with amplitude zero is allowed: it says \
    that no effect was found.
    """)
  public static let duplicateLine = DiagnosticCode(
    "A105", "a budget line appears twice",
    """
    A pair of region and spend type names one line of the budget. Sum the spends of rows that mean the same line, or \
    give the spend types different names.
    """)
  public static let unknownScope = DiagnosticCode(
    "A106", "a limit names nothing in the budget",
    """
    Floors and caps under `budget.floors` and `budget.caps` name regions or spend types as the budget table writes \
    them. A limit on a name that does not occur would silently do nothing, so it is refused.
    """)
  public static let improperStock = DiagnosticCode(
    "A107", "a stock policy value is out of range",
    """
    Stock policies need a service level above 0 and below 1, review and lead times of zero days or more, and costs of \
    zero or more.
    """)
  public static let certified = DiagnosticCode(
    "A201", "how a decision was certified",
    """
    The method that found the bound: prices of the limits (a Lagrangian, exact for concave curves over nested scopes), \
    or supporting lines and branching with a linear solver (S-curves, minima, steps, unit prices, carry-over, risk).
    """)
  public static let trap = DiagnosticCode(
    "A202", "a simple split is a stationary trap",
    """
    Where curves are S-shaped, a division can earn the same on every line, so that no small move improves it, and still \
    be far from the best: money spread thinly may bring nothing anywhere. Searches by small steps stop there.
    """)
  public static let notSpent = DiagnosticCode(
    "A203", "money is left",
    """
    Not all of the budget is placed: further money would earn less than it is worth if it is kept, or limits and whole \
    steps leave no room for it. `spend_all` places it all the same.
    """)
  public static let stopped = DiagnosticCode(
    "A204", "the search ended early",
    """
    A limit of work was met before the gap between the decision and its bound was closed. The decision is feasible, and \
    the bound says how much better another one could be at most.
    """)
  public static let conflict = DiagnosticCode(
    "A301", "the budget cannot satisfy the plan",
    """
    The limits of the plan contradict one another: floors need more money than there is, caps leave no room for a \
    floor, or a region may not move as far as its floor asks.

    The message lists limits that already contradict one another; giving up any one of them resolves this conflict. \
    Below it stand repairs, each of which makes the whole plan feasible, with the margin that is lost against the best \
    plan without the limits in conflict. A repair can be tried without editing the plan: `--set budget.quarter=...`.
    """)
  public static let failed = DiagnosticCode(
    "A302", "the solver gave no answer",
    """
    The optimization library refused a call or stopped for numerical reasons. This is a defect of the engine, not of \
    the plan. Amounts of very different magnitude (a budget of a trillion beside a limit of a cent) are the usual \
    trigger: state amounts in a larger unit.
    """)

  public static let limitsCollide = DiagnosticCode(
    "A303", "limits contradict one another",
    """
    No decision satisfies all limits of the problem. The message lists limits that already contradict one another: \
    giving up any one of them resolves this conflict. Repairs below it say how far which limit would have to give way \
    so that the whole problem has a solution, the cheapest first.
    """)
  public static let curveAssumed = DiagnosticCode(
    "A119", "a response curve is an assumption",
    """
    The history cannot tell what this spend brings: it followed sales, so that cause and effect cannot be told apart, or \
    it hardly varied. The curve that stands in is a cautious belief: break-even at the present spend. Vary the spend on \
    purpose in some regions, drawn by lot, and enter the trial as an experiment.
    """)
  /// Findings of a problem's own values, in the words of its kind.
  public static let improperValue = DiagnosticCode(
    "A108", "a value of the problem makes no sense",
    """
    A number is out of the range that its meaning allows, or two numbers contradict one another: a floor above its cap, \
    a negative cost where costs cannot be negative, a service level of 1. The message names the key and the range.
    """)

  public static let noPrices = DiagnosticCode(
    "A109", "there are no prices",
    """
    What a unit more of a limit is worth can be told where amounts can be divided. Where vehicles, packs or minimum \
    quantities come whole, or where there are too many limits to tell each on both sides, prices are left out; solve \
    the problem again with the limit changed instead.
    """)

  public static let chosenCentres = DiagnosticCode(
    "A131", "the centres of territories were chosen for you",
    """
    Territories form around centres. Where the problem names only their number, the places with the least weighted \
    distance to everybody (p-median) are taken; the division is then the best around these, not around all choices.
    """)

  public static let all =
    [
      nothingToDivide, negativeAmount, percentOutOfRange, improperCurve, duplicateLine, unknownScope, improperStock,
      improperValue, curveAssumed, noPrices, chosenCentres, certified, trap, notSpent, stopped, conflict, failed,
      limitsCollide,
    ] + stockPolicies
}
