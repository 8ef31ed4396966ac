public import Tables

/// Findings of the churn stage.
public enum ChurnCodes {
  public static let noTables = DiagnosticCode(
    "S121", "No table to see churn in",
    """
    Churn is seen in what partners sell and in when end customers order. The plan names neither a sales table nor a \
    customers table with rows that have a partner and a date.

    Name one of them under data: in the plan; the other is optional.
    """)

  public static let unsupported = DiagnosticCode(
    "S122", "The data do not support a churn model",
    """
    A churn model compares those who left with those who stayed. It needs at least ten partners (twenty customers) that \
    left, and a history that shows both the months before and the months after.

    A longer sales history gives more departures. Where partners leave without a status, a smaller \
    churn.partner.inactive_periods sees them sooner, at the price of counting pauses as departures.
    """)

  public static let fit = DiagnosticCode(
    "S123", "How the churn model was fitted",
    """
    The churn model is a discrete-time hazard: the chance of leaving in each coming month, from a logistic regression on \
    smooth curves of what was known, with a ridge penalty chosen by cross-validation over whole partners; its standard \
    errors allow for the dependence of rows of one partner. churn_survival.csv adds the months up. churn_quality.csv says how well it predicts partners and periods that it \
    had not seen, beside a model without covariates; churn_calibration.csv compares predicted and observed shares.

    A calibration slope below 1 means that predictions are too extreme, above 1 that they are too cautious. Where the \
    held-out log-loss is not below that of the model without covariates, the figures tell little about who leaves.
    churn_lift.csv says how many of those who left were among the tenths with the highest chances.
    """)

  public static let noMargin = DiagnosticCode(
    "S124", "Sales stand in for margin in the value at risk",
    """
    The value of a partner is its expected margin of twelve months: its sell-out times the margin of the products. The \
    plan names no products table with a `margin` column, so that the value is its sales.

    Name a products table with margins (a share of net sales) under data: in the plan.
    """)

  public static let interventions = DiagnosticCode(
    "S125", "What acting against churn is worth",
    """
    churn_interventions.csv ranks partners and customers by what acting is expected to save: chance of leaving within the \
    horizon × share kept × expected margin of twelve months − cost. The share kept is an assumption, because no table \
    says what would have happened without the intervention; only a test with a control group can measure it.

    Give your own under churn.interventions: a list of {name, cost, saves, applies_to}, saves between 0 and 1, applies_to \
    partner or customer. Without it, a visit to a partner (cost 2000, saves 0.2) and an offer to a customer (cost 100, \
    saves 0.1) stand in.
    """)

  public static let value = DiagnosticCode(
    "S126", "Customers without a lifetime value",
    """
    Customers without a contract are valued by a model of how often they buy and when they stop (BG/NBD, with gamma-gamma \
    for the margin of an order); customers with one by the chance of renewing it (shifted beta-geometric). Each model \
    needs customers that ordered again, or contracts that ended.

    The customers table needs first_order, last_order, orders_n and margin (or revenue), and for contracts expires_on and \
    renewals.
    """)

  public static let all = [noTables, unsupported, fit, noMargin, interventions, value]
}
