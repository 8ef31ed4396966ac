public import Tables

/// Findings of the stage `alerts`.
public enum AlertsCodes {
  public static let nothing = DiagnosticCode(
    "S561", "the stage `alerts` has nothing to work on",
    """
    The stage reads the section `alerts` of the plan and the months of the sales table. Where one of them is \
    missing, the run goes on without it.
    """)

  public static let all = [nothing]
}
