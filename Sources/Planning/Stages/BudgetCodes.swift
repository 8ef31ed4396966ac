public import Tables

/// Findings of the budget stage.
public enum BudgetCodes {
  public static let noBudget = DiagnosticCode(
    "S301", "The plan places no budget",
    """
    The budget stage divides `budget.quarter` over regions and spend types. The plan has no `budget:` section, so there \
    is nothing to divide.
    """)
  public static let noHistory = DiagnosticCode(
    "S302", "The history is too short for response curves",
    """
    What spend brings is estimated from periods for which both the sales table and the budget table hold rows; at \
    least twelve are needed, two years are better. Check that both tables write the same regions, and that \
    `calendar.history_from` does not cut the history off.
    """)
  public static let salesStandIn = DiagnosticCode(
    "S303", "Sales stand in for margin",
    """
    Without a product table that gives margins, the return of spend is counted in sales, not in margin. Money then \
    looks as if it earned itself back too easily. Add `products` with the column `margin` (a share of net sales).
    """)
  public static let assumed = DiagnosticCode(
    "S304", "The return of a spend type is assumed, not measured",
    """
    Spend that follows sales, or that never varies, cannot show what it brings: sales would have been the same \
    without it for all the data can tell. The curve is then an assumption that proves nothing either way: at the \
    present spend one more unit of money returns one unit, less where more is spent and more where less is.

    To learn the true return, vary the spend in some regions on purpose, drawn by lot, for a few periods.
    """)
  public static let incompleteReports = DiagnosticCode(
    "S305", "Some partners did not report every period",
    """
    A partner without rows between two periods with rows counts as late. The outcome of its region is scaled up to \
    what the reporting partners usually make up; a period in which less than a third of a region reported is left out.
    """)
  public static let noOutcome = DiagnosticCode(
    "S306", "No region of the budget has sales",
    """
    The regions of the budget table and those of the sales (or of the partners table) have no name in common, or the \
    sales hold no value. Compare the spelling of the regions.
    """)
  public static let notAllocated = DiagnosticCode(
    "S307", "A spend type of the history is not in the plan",
    """
    The budget table holds spend of a type that `budget.spend_types` does not list. Its effect is estimated, so that \
    other types are not credited with it, but the plan gives it no money.
    """)

  public static let all = [noBudget, noHistory, salesStandIn, assumed, incompleteReports, noOutcome, notAllocated]
}
