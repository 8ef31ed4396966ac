import Partners
public import Tables

/// Findings of the stage `alerts` and of its section of the plan.
public enum AlertsCodes {
  public static let nothing = DiagnosticCode(
    "S561", "the stage `alerts` has nothing to work on",
    """
    The stage reads the section `alerts` of the plan and the months of the sales table. Where one of them is \
    missing, the run goes on without it.
    """)
  public static let condition = DiagnosticCode(
    "S562", "the condition of an alert rule cannot be read",
    """
    A condition compares numbers: `orders < 0.6 * forecast.p50`. Comparisons (<, <=, >, >=, ==, !=) are joined by \
    `and`, `or`, `not` and brackets; numbers are calculated with + - * /, `abs(x)`, and looked at over months with \
    `mean(x, 12)`, `sum`, `min`, `max`, `change(x, 3)` (against three months before: -0.2 is a fifth less). 60 % is 0.6.
    """)
  public static let unknownName = DiagnosticCode(
    "S563", "the condition of an alert rule names something unknown",
    "A condition may use:\n"
      + AlertQuantity.allCases.map { "- `\($0.rawValue)`: \($0.meaning)" }.joined(separator: "\n"))
  public static let neverLong = DiagnosticCode(
    "S564", "an alert rule can never hold so long",
    """
    Stock, credit and the planned demand are known as they stand at the end of the history, not month by month. A rule \
    on them holds or not; it cannot hold for two months.
    """)
  public static let escalation = DiagnosticCode(
    "S565", "escalation would skip the warning",
    """
    An alert is watched, then a warning, then critical. Months and falls from which it is critical must be at least \
    those from which it is a warning.
    """)
  public static let unknownQuantity = DiagnosticCode(
    "S566", "a rule asks for something that nobody knows",
    """
    What a rule's condition asks for is not known of any partner or region in the last month: the table or the stage that \
    would give it is missing. The condition is then unknown, which is not the same as false, and the rule cannot fire. \
    alert_rates.csv counts such months in the column `unknown`.
    """)
  public static let noHistory = DiagnosticCode(
    "S567", "satisfaction is known for one date only",
    """
    A fall of satisfaction is measured against the partner's own earlier surveys. The table of partners has one value \
    each; with a column `satisfaction` in the table of deliveries, by month, own history is tested as well. Until then \
    partners are compared with those of the same channel.
    """)

  public static let all = [nothing, condition, unknownName, neverLong, escalation, unknownQuantity, noHistory]
}
