public import Tables

/// Findings of the forecast and drivers stages.
public enum ForecastCodes {
  public static let noSales = DiagnosticCode(
    "S101", "no series to forecast",
    """
    The forecast needs sales rows with a known partner, product, period and quantity. Every row of the table was \
    without one of them, or the table is empty.

    Look at the first rows of the sales table and at the mapping under data: in the plan.
    """)
}
