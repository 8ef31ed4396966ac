public import Tables

/// Findings of the forecast and drivers stages.
public enum ForecastCodes {
  public static let noSeries = DiagnosticCode(
    "S101", "no series to forecast",
    """
    The forecast needs sales rows with a known partner, product, period and quantity. Every row of the table was \
    without one of them, lies after the first planned period, or the table is empty.

    Look at the first rows of the sales table, at the mapping under data: and at calendar.start in the plan.
    """)
  public static let badDriver = DiagnosticCode(
    "S102", "unusable driver",
    """
    A name under forecast.drivers is neither a numeric column of the sales table nor a name in the drivers or events \
    table. Correct the name, map the column under data:, or take the driver out of the list.
    """)
  public static let standIn = DiagnosticCode(
    "S103", "sell-in stands in for sell-out",
    """
    Some series never state sell-out. What the maker shipped to the partner is then forecast instead. Shipments come in \
    larger steps than sales to end customers, and run ahead of them when stock builds up. Ask these partners for their \
    sell-out.
    """)
  public static let stockOuts = DiagnosticCode(
    "S104", "demand hidden by stock-outs",
    """
    Sales of a period in which stock was out are less than demand. Demand is taken as what was sold and what the days \
    without stock would have added at the rate of the days with stock; where these were few, at the usual rate of the \
    series. A period with stock for less than a tenth of its days is unknown.
    """)
  public static let silentPartners = DiagnosticCode(
    "S105", "partners that have stopped reporting",
    """
    A partner without any sales row for several periods at the end of the history is forecast as zero. The number of \
    periods is churn.partner.inactive_periods. If the reports are only late, raise it or fill them in.
    """)
  public static let gaps = DiagnosticCode(
    "S106", "periods without a report",
    """
    Where a partner reported other products in a period, a product without a row counts as zero. Where it reported \
    nothing, its sales are unknown: the models skip the period.
    """)
  public static let futureDrivers = DiagnosticCode(
    "S107", "drivers assumed for the planned periods",
    """
    The plan does not say what prices, promotions and other drivers will be. Prices stay at the median of the last \
    quarter of a year; other drivers take the mean of the same period in earlier years. Give planned values in the \
    drivers table (period, region, name, value) to forecast under a plan of prices and promotions.
    """)
  public static let fewWindows = DiagnosticCode(
    "S108", "too little history to compare models",
    """
    A model is chosen by forecasting periods that are already known. The history leaves no earlier period to forecast \
    from, so the mean of `auto`, exponential smoothing and drivers is used without a test.
    """)
  public static let noDriverEffects = DiagnosticCode(
    "S109", "no driver effects to estimate",
    """
    The driver regression needs a driver that varies within series, and at least ten rows with positive sales more than \
    it has series and columns.
    """)
  public static let negativeQuantities = DiagnosticCode(
    "S110", "negative quantities count as zero",
    """
    The quantities of a partner, product and period add up to less than zero, as when returns are netted from sales. \
    Demand is never negative, so the period counts as zero. Give returns in their own column, returns_qty, to keep \
    the demand that they hide.
    """)
  public static let assumedElasticity = DiagnosticCode(
    "S111", "how demand answers to price is assumed",
    """
    A change of price moves demand by the elasticity that the stage `drivers` fits to the history of prices, or by \
    `price.elasticity`. With neither, 1 % more price is taken to cost 1 % of demand, so that revenue stays.
    """)

  public static let all = [
    noSeries, badDriver, standIn, stockOuts, silentPartners, gaps, futureDrivers, fewWindows, noDriverEffects,
    negativeQuantities, assumedElasticity,
  ]
}
