import Tables

/// The six core tables.
extension InputSchemas {
  static let sales = Schema(
    "sales", key: ["period", "partner_id", "product_id", "order_id"], oneOf: [["sell_in_qty", "sell_out_qty"]],
    [
      ColumnSchema("period", .period, required: true, "The period of the sale"),
      ColumnSchema("partner_id", .text, required: true, "The partner that bought and resold"),
      ColumnSchema("product_id", .text, required: true, "The product"),
      ColumnSchema("region", .text, "The region of the sale, where it is not the partner's own"),
      ColumnSchema("city", .text, "The city of the sale, where it is not the partner's own"),
      ColumnSchema("sell_in_qty", .real, unit: "units", "Units that the maker shipped to the partner"),
      ColumnSchema("sell_out_qty", .real, unit: "units", "Units that the partner sold on to end customers"),
      ColumnSchema("sell_in_value", .money, unit: currency, "What the partner was invoiced"),
      ColumnSchema("sell_out_value", .money, unit: currency, "The sell-out at net prices"),
      ColumnSchema("list_price", .real, range: nonNegative, unit: currency, "The price before promotion, a unit"),
      ColumnSchema("net_price", .real, range: nonNegative, unit: currency, "The price paid, a unit, on average"),
      ColumnSchema("promo_id", .text, "The promotion that ran, empty where there was none"),
      ColumnSchema("promo_days", .real, range: 0...366, unit: "days", "Days of the period under promotion"),
      ColumnSchema("order_id", .text, "The order, where rows are order lines"),
      ColumnSchema("returns_qty", .real, range: nonNegative, unit: "units", "Units that the partner sent back"),
      ColumnSchema(
        "stockout_days", .real, range: 0...366, unit: "days", "Days without stock: the sell-out hides demand"),
    ])

  static let partners = Schema(
    "partners", key: ["partner_id"],
    [
      ColumnSchema("partner_id", .text, required: true, "The partner"),
      ColumnSchema("name", .text, "Its name, for people"),
      ColumnSchema("region", .text, required: true, "The region that it belongs to"),
      ColumnSchema("city", .text, "The city where it sits"),
      ColumnSchema(
        "channel_type", .text, required: true, vocabulary: ["online", "agent", "vertical", "cross_border", "direct"],
        "How it sells"),
      ColumnSchema("grade", .text, "Its grade of cooperation: bronze, silver, gold or the plan's own"),
      ColumnSchema("signed_on", .period, "The day of the first contract"),
      ColumnSchema("contract_end", .period, "The day on which the running contract ends"),
      ColumnSchema("outlets", .integer, range: nonNegative, unit: "outlets", "Points of sale"),
      ColumnSchema("staff", .integer, range: nonNegative, unit: "people", "People"),
      ColumnSchema("dedicated_staff", .integer, range: nonNegative, unit: "people", "People for our products only"),
      ColumnSchema("customers_n", .integer, range: nonNegative, unit: "customers", "End customers that it names"),
      ColumnSchema("working_capital", .money, unit: currency, "Money that it can put into stock"),
      ColumnSchema("credit_limit", .money, range: nonNegative, unit: currency, "Goods that it may owe for"),
      ColumnSchema("terms_days", .integer, range: nonNegative, unit: "days", "Days until an invoice is due"),
      ColumnSchema("lead_time_days", .real, range: nonNegative, unit: "days", "Days from order to delivery"),
      ColumnSchema("satisfaction", .real, range: percentage, unit: "points", "Its answer to the last survey, 0 to 100"),
      ColumnSchema("star_years", .integer, range: nonNegative, unit: "years", "Years in a row with the target met"),
      ColumnSchema("shareholding_pct", .real, range: percentage, unit: "%", "Its share in a joint company"),
      ColumnSchema("status", .text, "active, ended, or the user's own words"),
    ])

  static let inventory = Schema(
    "inventory", key: ["snapshot", "partner_id", "product_id"],
    [
      ColumnSchema("snapshot", .period, required: true, "The day, or the period at whose end, the stock was counted"),
      ColumnSchema("partner_id", .text, required: true, "The partner that holds the stock"),
      ColumnSchema("product_id", .text, required: true, "The product"),
      ColumnSchema("on_hand", .real, required: true, range: nonNegative, unit: "units", "Units in stock"),
      ColumnSchema("on_order", .real, range: nonNegative, unit: "units", "Units ordered and not yet received"),
      ColumnSchema("unit_cost", .money, range: nonNegative, unit: currency, "What a unit cost the partner"),
      ColumnSchema("oldest_receipt", .period, "The day on which the oldest unit came in"),
      ColumnSchema("last_sale", .period, "The day of the last sale"),
      ColumnSchema("moq", .real, range: nonNegative, unit: "units", "The smallest order that is accepted"),
      ColumnSchema("pack", .real, range: positive, unit: "units", "Orders come in multiples of this"),
    ])

  static let customers = Schema(
    "customers", key: ["customer_id"],
    [
      ColumnSchema("customer_id", .text, required: true, "The end customer or lead"),
      ColumnSchema("partner_id", .text, required: true, "The partner that serves it"),
      ColumnSchema(
        "stage", .text, vocabulary: ["potential", "intent", "near_close", "customer"], "How far the sale has come"),
      ColumnSchema("first_contact", .period, "The day of the first contact"),
      ColumnSchema("first_order", .period, "The day of the first order"),
      ColumnSchema("last_order", .period, "The day of the last order"),
      ColumnSchema("orders_n", .integer, range: nonNegative, unit: "orders", "Orders so far"),
      ColumnSchema("revenue", .money, unit: currency, "What it has paid so far"),
      ColumnSchema("margin", .money, unit: currency, "The contribution of that revenue"),
      ColumnSchema("renewals", .integer, range: nonNegative, unit: "renewals", "Contracts renewed so far"),
      ColumnSchema("expires_on", .period, "The day on which the running contract ends"),
      ColumnSchema("segment", .text, "The segment: enterprise, government, campus, home or the user's own"),
    ])

  static let budget = Schema(
    "budget", key: ["period", "region", "partner_id", "spend_type"],
    [
      ColumnSchema("period", .period, required: true, "The period in which the money was spent"),
      ColumnSchema("region", .text, required: true, "The region for which it was spent"),
      ColumnSchema("partner_id", .text, "The partner, where the money was for one alone"),
      ColumnSchema("spend_type", .text, required: true, "What the money was spent on"),
      ColumnSchema("amount", .money, required: true, range: nonNegative, unit: currency, "The money spent"),
      ColumnSchema("committed", .money, range: nonNegative, unit: currency, "The part that was promised beforehand"),
      ColumnSchema(
        "outcome_value", .money, unit: currency,
        "The margin that the books credit to the spend by codes and claims; not the same as the margin it caused"),
    ])

  static let targets = Schema(
    "targets", key: ["period", "level", "id", "measure"],
    [
      ColumnSchema("period", .period, required: true, "The period of the target"),
      ColumnSchema(
        "level", .text, required: true, vocabulary: ["region", "partner", "staff"], "Whose target it is: what `id` is"),
      ColumnSchema("id", .text, required: true, "The region, partner or member of staff"),
      ColumnSchema(
        "measure", .text, required: true, vocabulary: ["revenue", "prepayment", "share", "coverage", "profit"],
        "What is to be reached"),
      ColumnSchema("amount", .money, required: true, "The target; a share or coverage as a number from 0 to 1"),
      ColumnSchema("owner", .text, "The member of staff who answers for it"),
      ColumnSchema("pinned", .flag, "Whether a new plan must leave it as it is"),
    ])
}
