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
  public static let contradictingTerms = DiagnosticCode(
    "S423", "terms or ratings of `credit` contradict one another",
    """
    Risk bands go from low over mid to high: each ends above the one before, and its terms are as short or shorter. A band \
    has days or pays before delivery, not both. Ratings end at rising chances of default.
    """)
  public static let contradictingGrid = DiagnosticCode(
    "S424", "the risk matrix contradicts itself",
    """
    The grid needs a row for each level of likelihood and a rating in it for each level of impact: one more than the \
    upper ends that are listed. Ends rise, and a likelier or graver risk is never rated lower.
    """)
  public static let noAccounts = DiagnosticCode(
    "S425", "no accounts to take ratios from",
    """
    Ratios, DuPont, runway and stress need the finance table. Without it they are left out, and chances of default rest \
    on invoices alone.
    """)
  public static let largeBook = DiagnosticCode(
    "S426", "the tail of the credit book is that of a large one",
    """
    Above two thousand partners the allocation takes the tail of losses as that of a book in which partners' own luck \
    averages out (Gordy 2003), which needs no scenarios. Its certificate is exact for that tail. What single large \
    exposures add is not in it; the expected shortfall in `concentration` is simulated and holds it.
    """)
  public static let noDemand = DiagnosticCode(
    "S427", "limits do not follow planned demand",
    """
    There is no planned demand, or no year of history before it to hold it against: every limit is planned for the sales \
    that it carries today.
    """)
  public static let noStock = DiagnosticCode(
    "S428", "limits do not follow stock",
    """
    The stock stage gave no standing of any partner, so that no link of stock to credit is applied.
    """)

  public static let all = [
    noLimits, fewDefaults, contradictingTerms, contradictingGrid, noAccounts, largeBook, noDemand, noStock,
  ]
}
