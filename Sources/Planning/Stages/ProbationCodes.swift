public import Tables

/// Findings of the stage `probation`.
public enum ProbationCodes {
  public static let nothing = DiagnosticCode(
    "S571", "the stage `probation` has nothing to work on",
    """
    The stage reads the section `probation` of the plan and the months of the sales table. Where one of them is \
    missing, the run goes on without it.
    """)

  public static let all = [nothing]
}
