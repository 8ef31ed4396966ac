public import Tables

/// Findings of the history stage.
public enum HistoryCodes {
  public static let noHistory = DiagnosticCode(
    "S511", "the sales table has no months before the plan starts",
    """
    Scores, targets, incentives and alerts look at what every partner bought and sold by month. The sales table needs \
    rows with a period and a partner before `calendar.start`.
    """)

  public static let all = [noHistory]
}
