public import Tables

/// Findings of the stage `value`.
public enum ValueCodes {
  public static let nothing = DiagnosticCode(
    "S581", "the stage `value` has nothing to work on",
    """
    The stage builds on the churn of partners and customers: who may leave, and what they are worth. Without a churn \
    model it is left out.
    """)
  public static let noBaskets = DiagnosticCode(
    "S582", "no product is bought beside another more often than by chance",
    """
    Cross-selling proposes a product where partners that buy another one buy it more often than the rest do: the \
    lower end of the lift's interval is above 1. Either all partners carry all products, or too few of them do; see \
    value.cross_sell.least_buyers.
    """)
  public static let noPotential = DiagnosticCode(
    "S583", "what places could bring is not known",
    """
    The potential of places comes from the column `potential` of the regions table: the yearly business that a city \
    offers. Without it only segments of customers are compared.
    """)

  public static let all = [nothing, noBaskets, noPotential]
}
