public import Tables

/// Findings of the stage `scores`.
public enum ScoresCodes {
  public static let nothing = DiagnosticCode(
    "S531", "the stage `scores` has nothing to work on",
    """
    The stage reads the section `scorecard` of the plan and the months of the sales table. Where one of them is \
    missing, the run goes on without it.
    """)

  public static let all = [nothing]
}
