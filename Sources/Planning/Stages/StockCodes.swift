public import Tables

/// Findings of the stock stage.
public enum StockCodes {
  public static let notUnits = DiagnosticCode(
    "S401", "the forecast is not in units",
    """
    Stock is counted in units, so its levels need a forecast of units: `forecast.measure: sell_out_qty` or \
    `sell_in_qty`. A forecast of values says nothing about how many boxes will be missing.
    """)
  public static let noStock = DiagnosticCode(
    "S402", "there is no stock to look at",
    """
    The inventory table has no rows. The stage needs the latest count of each product at each partner: snapshot, \
    partner, product, units on hand.
    """)
  public static let assumedLeadTime = DiagnosticCode(
    "S403", "lead times are assumed",
    """
    A partner without `lead_time_days` gets the median of the others, or 14 days where nobody has one. Safety stock \
    grows with the root of the lead time: fill in the column of the partners table.
    """)
  public static let unknownPrices = DiagnosticCode(
    "S404", "costs or prices of stock are not known",
    """
    What an action saves is priced with the unit cost of the inventory table and the price of the sales table \
    (`sell_out_value`, else `net_price` or `sell_in_value`). Where either is missing the units are right, but the \
    saving is left empty, and moving or promoting such stock is only worth what holding it costs.
    """)
  public static let notForecast = DiagnosticCode(
    "S405", "stock without a forecast",
    """
    The product was never sold by the partner in the history, so no demand is expected and nothing is ordered. Stock \
    of new products looks like this until the first sales are reported.
    """)

  public static let ended = DiagnosticCode(
    "S406", "stock of partners that have ended",
    """
    The latest count of a partner whose status says that it has ended is no stock that anything can be done with: it is \
    left out. Correct the status in the partners table where the partner is still there.
    """)
  public static let noFlow = DiagnosticCode(
    "S407", "orders cannot be compared with sales",
    """
    Goods pushed into the channel and orders that swing more than demand are seen by comparing sell-in with sell-out, \
    month by month. The sales table has to report both; the columns are left empty where it does not.
    """)
  public static let improperLink = DiagnosticCode(
    "S408", "A link of stock to rebates or credit does not fall",
    """
    A table of `inventory.links` is a list of knots, figure and factor: days of stock (`dio_days`) or a share of it \
    (`slow_share`) in ascending order, each once, and factors that fall or stay. A factor that rises would reward \
    stock that lies longer.
    """)

  public static let all = [notUnits, noStock, assumedLeadTime, unknownPrices, notForecast, ended, noFlow, improperLink]
}
