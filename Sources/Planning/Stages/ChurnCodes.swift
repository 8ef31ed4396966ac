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
    The churn model is a logistic regression with a ridge penalty chosen by cross-validation; its standard errors allow \
    for the dependence of rows of one partner. churn_quality.csv says how well it predicts partners and periods that it \
    had not seen, beside a model without covariates; churn_calibration.csv compares predicted and observed shares.

    A calibration slope below 1 means that predictions are too extreme, above 1 that they are too cautious. Where the \
    held-out log-loss is not below that of the model without covariates, the figures tell little about who leaves.
    """)

  public static let noMargin = DiagnosticCode(
    "S124", "Sales stand in for margin in the value at risk",
    """
    The value of a partner is its expected margin of twelve months: its sell-out times the margin of the products. The \
    plan names no products table with a `margin` column, so that the value is its sales.

    Name a products table with margins (a share of net sales) under data: in the plan.
    """)

  public static let all = [noTables, unsupported, fit, noMargin]
}
