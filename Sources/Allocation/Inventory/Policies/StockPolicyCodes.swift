public import Tables

/// Findings about stock policies.
extension AllocationCodes {
  public static let roundedDemand = DiagnosticCode(
    "A120", "demand is rounded to whole units",
    """
    A policy that counts stock in whole units is exact for demand in whole units. Demand that can take any value is \
    rounded to the nearest multiple of `unit` first: a smaller unit comes nearer to it and takes longer.
    """)

  public static let approximateCost = DiagnosticCode(
    "A121", "the cost is an approximation",
    """
    The objective is the cost of a formula that simplifies what happens, and the decision is best by that formula. Where \
    the answer matters, use `method: exact`.
    """)

  static let stockPolicies = [roundedDemand, approximateCost]
}
