import Tables

/// What happened: orders, deliveries, the market, incidents, money, experiments.
extension InputSchemas {
  static let orders = Schema(
    "orders", key: ["order_id"],
    [
      ColumnSchema("order_id", .text, required: true, "The document"),
      ColumnSchema("partner_id", .text, required: true, "The partner"),
      ColumnSchema("product_id", .text, "The product; empty where the document covers several"),
      ColumnSchema(
        "kind", .text, vocabulary: ["prepayment", "order", "shipment", "invoice", "cash"], "What the document is"),
      ColumnSchema("date", .period, required: true, "Its day"),
      ColumnSchema("amount", .money, required: true, unit: currency, "Its amount"),
      ColumnSchema("qty", .real, unit: "units", "Its units"),
      ColumnSchema(
        "ref", .text, "The order_id of the document that it follows: a shipment's prepayment, a cash's order"),
    ])

  static let deliveries = Schema(
    "deliveries", key: ["period", "partner_id"],
    [
      ColumnSchema("period", .period, required: true, "The period"),
      ColumnSchema("partner_id", .text, required: true, "The partner"),
      ColumnSchema(
        "promised_days", .real, range: nonNegative, unit: "days", "Days to delivery as promised, on average"),
      ColumnSchema("actual_days", .real, range: nonNegative, unit: "days", "Days to delivery as they were, on average"),
    ])

  static let marketIndex = Schema(
    "market_index", key: ["period", "region"],
    [
      ColumnSchema("period", .period, required: true, "The period"),
      ColumnSchema("region", .text, required: true, "The region"),
      ColumnSchema(
        "index", .real, required: true, range: nonNegative, "The whole market's demand, first year = 100; not our sales"
      ),
    ])

  static let incidents = Schema(
    "incidents",
    [
      ColumnSchema("date", .period, required: true, "The day"),
      ColumnSchema("partner_id", .text, required: true, "The partner concerned"),
      ColumnSchema("kind", .text, vocabulary: ["complaint", "diversion", "dumping", "service"], "What it was"),
      ColumnSchema("severity", .integer, range: 1...5, "1 slight to 5 grave"),
      ColumnSchema("response_hours", .real, range: nonNegative, unit: "hours", "Hours until the first answer"),
      ColumnSchema("resolved", .flag, "Whether it is settled"),
    ])

  static let finance = Schema(
    "finance", key: ["partner_id", "year"],
    [
      ColumnSchema("partner_id", .text, required: true, "The partner"),
      ColumnSchema("year", .period, required: true, "The business year"),
      ColumnSchema("revenue", .money, unit: currency, "Revenue from all its brands"),
      ColumnSchema("net_profit", .money, unit: currency, "Profit after tax"),
      ColumnSchema("assets", .money, range: nonNegative, unit: currency, "Assets at the end of the year"),
      ColumnSchema("equity", .money, unit: currency, "Assets less liabilities"),
      ColumnSchema("liabilities", .money, range: nonNegative, unit: currency, "Liabilities at the end of the year"),
      ColumnSchema("current_assets", .money, range: nonNegative, unit: currency, "The part due within a year"),
      ColumnSchema("current_liabilities", .money, range: nonNegative, unit: currency, "The part due within a year"),
      ColumnSchema("op_cash", .money, unit: currency, "Cash from operations"),
      ColumnSchema("receivables", .money, range: nonNegative, unit: currency, "What its customers owe"),
      ColumnSchema("payables", .money, range: nonNegative, unit: currency, "What it owes its suppliers"),
      ColumnSchema("stock", .money, range: nonNegative, unit: currency, "Stock at cost"),
      ColumnSchema("bureau_score", .real, range: nonNegative, unit: "points", "The credit bureau's score, 300 to 850"),
    ])

  static let receivables = Schema(
    "receivables", key: ["invoice_id"],
    [
      ColumnSchema("invoice_id", .text, required: true, "The invoice"),
      ColumnSchema("partner_id", .text, required: true, "The partner that owes"),
      ColumnSchema("issued", .period, required: true, "The day of issue"),
      ColumnSchema("due", .period, required: true, "The day on which it is due"),
      ColumnSchema("paid", .period, "The day on which it was paid; empty while open"),
      ColumnSchema("amount", .money, required: true, unit: currency, "The amount"),
    ])

  static let competitors = Schema(
    "competitors", key: ["period", "region", "rival"],
    [
      ColumnSchema("period", .period, required: true, "The period"),
      ColumnSchema("region", .text, required: true, "The region"),
      ColumnSchema("rival", .text, required: true, "The rival"),
      ColumnSchema("outlets", .integer, range: nonNegative, unit: "outlets", "Its points of sale"),
      ColumnSchema("price", .real, range: nonNegative, "Its price level; 1 is ours"),
      ColumnSchema("share", .real, range: share, unit: "share", "Its share of the market"),
      ColumnSchema("promo", .real, range: nonNegative, unit: "days", "Days on which it ran promotions"),
    ])

  static let experiments = Schema(
    "experiments", key: ["experiment_id", "region"],
    [
      ColumnSchema("experiment_id", .text, required: true, "The experiment"),
      ColumnSchema("region", .text, required: true, "A region that took part"),
      ColumnSchema("arm", .text, required: true, vocabulary: ["treatment", "control"], "Changed or left as it was"),
      ColumnSchema("spend_type", .text, "What was changed, where it was a spend"),
      ColumnSchema("starts", .period, required: true, "The first period of the change"),
      ColumnSchema("ends", .period, required: true, "Its last period"),
      ColumnSchema("extra_spend", .money, unit: currency, "Money added in each period (below zero: taken away)"),
      ColumnSchema("randomised", .flag, "Whether the treated regions were drawn by lot"),
      ColumnSchema("lift_value", .money, unit: currency, "The extra margin over the whole experiment, as read out"),
      ColumnSchema(
        "lift_standard_error", .money, range: nonNegative, unit: currency, "The uncertainty of that reading"),
    ])

  static let incentiveLedger = Schema(
    "incentive_ledger", key: ["entry_id"],
    [
      ColumnSchema("entry_id", .text, required: true, "The entry"),
      ColumnSchema("date", .period, required: true, "The day on which it was booked"),
      ColumnSchema("partner_id", .text, required: true, "Who receives"),
      ColumnSchema(
        "kind", .text, required: true,
        vocabulary: ["commission", "rebate", "bonus", "loyalty", "points", "store_fit", "fund", "award", "clawback"],
        "What is paid for"),
      ColumnSchema("amount", .money, required: true, unit: currency, "Money to the partner; below zero: taken back"),
      ColumnSchema("period", .period, "The quarter or month that it settles"),
      ColumnSchema("points", .integer, unit: "points", "Points granted, for entries that are points"),
      ColumnSchema("product_id", .text, "The product, for first orders of a new one"),
      ColumnSchema("ref", .text, "What it rests on: a document, a rule of the plan, an earlier entry"),
    ])
}
