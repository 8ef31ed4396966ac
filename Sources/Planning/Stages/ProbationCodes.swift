public import Tables

/// Findings of the stage `probation`, and of its section of the plan.
public enum ProbationCodes {
  public static let nothing = DiagnosticCode(
    "S571", "the stage `probation` has nothing to work on",
    """
    The stage reads the section `probation` of the plan and the months of the sales table. Where one of them is \
    missing, or the history holds no whole quarter, the run goes on without it.
    """)
  public static let contradiction = DiagnosticCode(
    "S572", "values of `probation` contradict one another",
    """
    Bands must not overlap, a partner is reorganised before it has to go, decline lies below growth, and a share by \
    days may not rise with the days. A baseline is a number, the partner's own median, or a quantile of its peers.
    """)
  public static let unknownIndicator = DiagnosticCode(
    "S573", "an indicator of `probation` is known for nobody",
    """
    A baseline is stated for an indicator that neither the tables nor the stages of this run give: attainment needs \
    the stage `track`, score and gates the stage `scores`, turnover_days the stage `stock`, complaints the table \
    `incidents`, overdue_days the table `receivables`. Nobody is judged by it; what is unknown counts neither for nor \
    against a partner.
    """)
  public static let assumption = DiagnosticCode(
    "S574", "exits are priced without something",
    """
    The price of an exit rests on contracts, stock, invoices, expected demand, incentives and support. What is missing \
    is replaced by the plan's own terms or left out, as the note says; its line is not in the table then.
    """)

  public static let all = [nothing, contradiction, unknownIndicator, assumption]
}
