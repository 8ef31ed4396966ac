public import Tables

/// Findings about an edited workbook.
public enum WorkbookCodes {
  public static let noPlanningSheet = DiagnosticCode(
    "P041", "The workbook has no sheet that can be edited",
    """
    `--workbook` takes a workbook that `sluice report RUN --excel FILE` wrote: its sheets `Plan budget` and \
    `Plan targets` say in their second row which run they come from. Edit that file and keep its first rows.
    """)
  public static let otherPlan = DiagnosticCode(
    "P042", "The workbook belongs to another plan",
    "The amounts of a workbook mean something only for the plan that its run was made from.")
  public static let improperAmount = DiagnosticCode(
    "P043", "A cell of the workbook holds no amount",
    """
    An amount is a number of 0 or more in the plan's currency, or nothing at all. What a formula shows counts; a text, \
    an error of the spreadsheet or a negative number is none.
    """)
  public static let improperLock = DiagnosticCode(
    "P044", "A lock is neither `yes` nor empty", "`yes` (是) holds the amount of the row; an empty cell leaves it free.")
  public static let nothingToHold = DiagnosticCode(
    "P045", "An edited cell stands in a row that cannot be held",
    """
    Rows without a region, and those for the reserve, for retention and for money that is not spent, follow from the \
    others; an amount there would have no effect.
    """)
  public static let fraction = DiagnosticCode(
    "P046", "An amount of the workbook was rounded",
    "Budgets are divided in cents: an amount with more decimals, such as the result of a formula, is rounded to cents.")
  public static let improperUnit = DiagnosticCode(
    "P047", "A target of the workbook is no multiple of the plan's unit",
    "Every target is a whole multiple of `targets.unit`; another amount could not be held exactly.")
  public static let unknownPeriod = DiagnosticCode(
    "P048", "The header of the targets sheet names no period",
    "Above the amounts of the user stand quarters and years, such as `2026Q1` and `2026`; they tell what is edited.")
  public static let changes = DiagnosticCode(
    "P049", "What an edited workbook changes",
    "Each changed cell becomes a value of the plan, as if it had been written there; `--set` still comes after it.")

  public static let all = [
    noPlanningSheet, otherPlan, improperAmount, improperLock, nothingToHold, fraction, improperUnit, unknownPeriod,
    changes,
  ]
}
