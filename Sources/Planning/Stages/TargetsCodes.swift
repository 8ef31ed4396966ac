public import Tables

/// Findings of the targets stage.
public enum TargetsCodes {
  public static let noTargets = DiagnosticCode(
    "S501", "The plan states no annual targets",
    """
    The targets stage divides `targets.annual` over regions, partners, persons and months. The plan has no `targets:` \
    section with an amount for a year, so there is nothing to divide.
    """)
  public static let noHistory = DiagnosticCode(
    "S502", "No partner has sales to start from",
    """
    A partner's share of the target starts from what it sold in the twelve months before the plan. The sales table \
    holds no monthly sales value of a partner in that time: check its periods, `calendar.start`, and that it has \
    `sell_in_value` or `sell_out_value`.
    """)
  public static let noOwner = DiagnosticCode(
    "S503", "Targets have no owner",
    """
    Targets of persons need the staff table: each partner goes to a representative of its region, or to its manager \
    where there is none. Without one, the tables by person show no name.
    """)

  public static let all = [noTargets, noHistory, noOwner]
}
