public import Tables

/// Findings of the stage `awards`.
public enum AwardsCodes {
  public static let nothing = DiagnosticCode(
    "S541", "the stage `awards` has nothing to work on",
    """
    The stage reads the section `incentives` of the plan and the months of the sales table. Where one of them is \
    missing, the run goes on without it.
    """)

  public static let all = [nothing]
}
