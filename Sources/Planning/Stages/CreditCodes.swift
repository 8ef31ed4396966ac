public import Tables

/// Findings of the credit stage.
public enum CreditCodes {
  public static let noLimits = DiagnosticCode(
    "S421", "no partner has a credit limit",
    """
    The credit stage divides exposure among partners that buy on credit: the partners table needs `credit_limit` (and, \
    better, `terms_days`) for at least one of them.
    """)
  public static let fewDefaults = DiagnosticCode(
    "S422", "too few defaults to tell good payers from bad ones",
    """
    A regression of defaults on the partners' accounts needs at least ten of them, and accounts of the year before. With \
    fewer, every partner's chance is its own record, drawn strongly towards the average of all.
    """)

  public static let all = [noLimits, fewDefaults]
}
