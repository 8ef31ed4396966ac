public import Tables

/// Findings of the stage `track`.
public enum TrackCodes {
  public static let nothing = DiagnosticCode(
    "S521", "the stage `track` has nothing to work on",
    """
    The stage reads the section `tracking` of the plan and the months of the sales table. Where one of them is \
    missing, the run goes on without it.
    """)

  public static let all = [nothing]
}
