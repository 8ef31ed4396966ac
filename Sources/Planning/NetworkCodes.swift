public import Tables

/// Findings about how tables fit one another, the calendar and the plan.
public enum NetworkCodes {
  public static let unknownPartner = DiagnosticCode(
    "D201", "The partners table has no such partner",
    """
    A row names a partner that the partners table does not list, so its region and terms are unknown. Usual causes: a \
    slip in the id, a partner that was renamed or merged, an old partners table. Correct the row or add the partner.
    """)
  public static let unknownProduct = DiagnosticCode(
    "D202", "The products table has no such product",
    "A row names a product that the products table does not list. Correct the row or add the product.")
  public static let unknownRegion = DiagnosticCode(
    "D203", "There is no such region",
    """
    Regions are those of the regions table, or of the partners table where there is none. Money, sales and targets of \
    a region that does not exist would reach nobody.
    """)
  public static let missingPeriods = DiagnosticCode(
    "D204", "Periods are missing from a table",
    """
    Between the first and the last period of the table there are periods without a single row. A period without \
    sales is written as zeros; one without rows counts as not reported, and models bridge it.
    """)
  public static let staleSnapshot = DiagnosticCode(
    "D205", "The stock was counted before the last sales",
    """
    Stock actions start from the latest snapshot. Where sales go on after it, the stock has changed since; export a \
    newer snapshot.
    """)
  public static let coarsePeriods = DiagnosticCode(
    "D206", "The sales are coarser than the calendar",
    """
    Sales by quarter or year cannot be forecast by month. Set `calendar.frequency` to the period of the sales, or \
    export them by the calendar's period.
    """)
  public static let startAfterGap = DiagnosticCode(
    "D207", "The plan does not start where the sales end",
    """
    `calendar.start` is the first planned period. Where it comes later than the period after the last sales, the \
    periods between are unknown; where it comes earlier, sales from then on are known already. Leave it out to start \
    right after the last sales.
    """)
  public static let noHistory = DiagnosticCode(
    "D208", "No sales are left after history_from",
    "`calendar.history_from` is later than the last period of the sales table.")
  public static let unknownLimitRegion = DiagnosticCode(
    "P020", "A limit names a region that is not in the data",
    "A floor or cap for a region that the tables do not know would have no effect.")
  public static let spendTypeWithoutHistory = DiagnosticCode(
    "P021", "A spend type has no history",
    """
    The budget table has no row of this spend type, so its response cannot be estimated and rests on an assumption. \
    Correct the name, or take its figures as a guess.
    """)
  public static let unknownDriver = DiagnosticCode(
    "P022", "A driver is not in the data",
    """
    Drivers are numeric columns of the sales table, its own or further ones, or names of the drivers table. The \
    forecast goes on without this one.
    """)
  public static let unknownFactorName = DiagnosticCode(
    "P023", "A factor names nothing in the tables",
    """
    The keys of `demand` are regions; those of `supply`, `price` and `cost` are regions, product families, products, or \
    `all`. A name that is none of them would change nothing.
    """)
  public static let ambiguousFactorName = DiagnosticCode(
    "P024", "A factor's name could be several things",
    """
    A region, a product family or a product have the same name. Say which is meant: `region:east`, `family:switch`, \
    `product:switch-24`.
    """)

  public static let all = [
    unknownPartner, unknownProduct, unknownRegion, missingPeriods, staleSnapshot, coarsePeriods, startAfterGap,
    noHistory, unknownLimitRegion, spendTypeWithoutHistory, unknownDriver, unknownFactorName, ambiguousFactorName,
  ]
}
