public import Tables

/// Findings of the stage `incentives`.
public enum IncentivesCodes {
  public static let nothing = DiagnosticCode(
    "S551", "the stage `incentives` has nothing to work on",
    """
    The stage reads the section `incentives` of the plan and the months of the sales table. Where one of them is \
    missing, the run goes on without it.
    """)

  public static let all = [nothing]
}
