import Tables

/// Who and what the network is made of: regions, products, contracts, staff, candidates, lanes, prices.
extension InputSchemas {
  static let regions = Schema(
    "regions", key: ["region", "city"],
    [
      ColumnSchema("region", .text, required: true, "The region"),
      ColumnSchema("city", .text, "The city; empty in a row about the region as a whole"),
      ColumnSchema("parent", .text, "The unit above: the province of a city, the country of a region"),
      ColumnSchema("city_tier", .integer, range: 1...6, "1 for the largest cities"),
      ColumnSchema("population", .integer, range: nonNegative, unit: "people", "People who live there"),
      ColumnSchema("potential", .money, range: nonNegative, unit: currency, "The market's yearly sales of such goods"),
      ColumnSchema("maturity", .text, vocabulary: ["emerging", "growing", "mature"], "The age of the market"),
      ColumnSchema("lat", .real, range: -90...90, unit: "degrees", "Latitude"),
      ColumnSchema("lon", .real, range: -180...180, unit: "degrees", "Longitude"),
      ColumnSchema("neighbours", .text, "Neighbouring cities (of a region: regions), separated by `|`"),
    ])

  static let products = Schema(
    "products", key: ["product_id"],
    [
      ColumnSchema("product_id", .text, required: true, "The product"),
      ColumnSchema("family", .text, "Products that share how they react to price"),
      ColumnSchema(
        "role", .text, vocabulary: ["bullet", "defensive", "standard", "new"],
        "Attacks on price, carries the low season, goes into large projects, or is new"),
      ColumnSchema("launched_on", .period, "The day of the launch"),
      ColumnSchema("shelf_days", .integer, range: nonNegative, unit: "days", "Days until a unit in stock is stale"),
      ColumnSchema("margin", .real, range: -1...1, unit: "share", "The maker's contribution, a share of net sales"),
    ])

  static let candidates = Schema(
    "candidates", key: ["candidate_id"],
    [
      ColumnSchema("candidate_id", .text, required: true, "The firm that may become a partner"),
      ColumnSchema("name", .text, "Its name, for people"),
      ColumnSchema("region", .text, required: true, "The region"),
      ColumnSchema("city", .text, required: true, "The city where it sits"),
      ColumnSchema(
        "channel_type", .text, vocabulary: ["online", "agent", "vertical", "cross_border", "direct"], "How it sells"),
      ColumnSchema("outlets", .integer, range: nonNegative, unit: "outlets", "Points of sale"),
      ColumnSchema("staff", .integer, range: nonNegative, unit: "people", "People"),
      ColumnSchema("dedicated_staff", .integer, range: nonNegative, unit: "people", "People for our products only"),
      ColumnSchema("customers_n", .integer, range: nonNegative, unit: "customers", "End customers that it serves"),
      ColumnSchema("working_capital", .money, range: nonNegative, unit: currency, "Money that it can put into stock"),
      ColumnSchema("fixed_office", .flag, "Whether it has an office of its own"),
      ColumnSchema("shares_data", .flag, "Whether it agrees to report its sell-out"),
      ColumnSchema("years_in_trade", .real, range: nonNegative, unit: "years", "Years in the trade"),
      ColumnSchema("rival_brands", .integer, range: nonNegative, unit: "brands", "Rival brands that it carries"),
      ColumnSchema("bureau_score", .real, range: nonNegative, unit: "points", "The credit bureau's score, 300 to 850"),
      ColumnSchema(
        "signing_cost", .money, range: nonNegative, unit: currency, "What signing and starting it would cost"),
      ColumnSchema("expected_monthly_sales", .money, range: nonNegative, unit: currency, "The field staff's guess"),
    ])

  static let lanes = Schema(
    "lanes", key: ["from_partner", "to_partner"],
    [
      ColumnSchema("from_partner", .text, required: true, "Who would send stock"),
      ColumnSchema("to_partner", .text, required: true, "Who would receive it"),
      ColumnSchema("cost_per_unit", .money, required: true, range: nonNegative, unit: currency, "Freight a unit"),
      ColumnSchema("days", .real, required: true, range: nonNegative, unit: "days", "Days on the road"),
      ColumnSchema("distance_km", .real, range: nonNegative, unit: "km", "The distance"),
      ColumnSchema("truck_cost", .money, range: nonNegative, unit: currency, "The fixed cost of one trip"),
      ColumnSchema("capacity", .real, range: nonNegative, unit: "units", "Units that fit one trip"),
    ])

  static let priceBook = Schema(
    "price_book", key: ["product_id", "region", "valid_from"],
    [
      ColumnSchema("product_id", .text, required: true, "The product"),
      ColumnSchema("region", .text, required: true, "The region; `all` means every region"),
      ColumnSchema("valid_from", .period, required: true, "The first day of the prices"),
      ColumnSchema("valid_to", .period, "Their last day; empty while they hold"),
      ColumnSchema(
        "list_price", .money, required: true, range: nonNegative, unit: currency, "The price to end customers"),
      ColumnSchema("dealer_price", .money, range: nonNegative, unit: currency, "The price to partners, before rebates"),
      ColumnSchema("floor_price", .money, range: nonNegative, unit: currency, "The lowest price that is allowed"),
      ColumnSchema("unit_cost", .money, range: nonNegative, unit: currency, "What a unit costs the maker"),
    ])

  static let contracts = Schema(
    "contracts", key: ["contract_id"],
    [
      ColumnSchema("contract_id", .text, required: true, "The contract"),
      ColumnSchema("partner_id", .text, required: true, "The partner"),
      ColumnSchema("starts_on", .period, required: true, "Its first day"),
      ColumnSchema("ends_on", .period, required: true, "Its last day"),
      ColumnSchema("tier", .text, "The kind of contract: provincial_agent, city_distributor or the user's own"),
      ColumnSchema("territory", .text, "The cities that it covers, separated by `|`"),
      ColumnSchema("exclusive", .flag, "Whether nobody else may sell there"),
      ColumnSchema("annual_target", .money, range: nonNegative, unit: currency, "The sales agreed for a year"),
      ColumnSchema("notice_days", .integer, range: nonNegative, unit: "days", "Days of notice before the end"),
      ColumnSchema("deposit", .money, range: nonNegative, unit: currency, "Money that the partner has deposited"),
      ColumnSchema("buyback_pct", .real, range: percentage, unit: "%", "Share of its cost paid for stock taken back"),
      ColumnSchema("compensation_pct", .real, range: percentage, unit: "%", "Paid on a year's sales at an early end"),
      ColumnSchema("profit_split_pct", .real, range: percentage, unit: "%", "The partner's share of joint profit"),
    ])

  static let staff = Schema(
    "staff", key: ["staff_id"],
    [
      ColumnSchema("staff_id", .text, required: true, "The member of staff"),
      ColumnSchema("name", .text, "The name, for people"),
      ColumnSchema("department", .text, required: true, "The department: channel, sales, service or the user's own"),
      ColumnSchema("role", .text, "director, region_manager, representative, field_engineer or the user's own"),
      ColumnSchema("region", .text, "The region that the person works in; empty for all"),
      ColumnSchema("manager", .text, "The staff_id of the person above"),
      ColumnSchema("hired_on", .period, "The first day"),
      ColumnSchema("left_on", .period, "The last day; empty while in service"),
      ColumnSchema("days_per_month", .real, range: 0...31, unit: "days", "Working days for partners"),
      ColumnSchema("calls_per_day", .real, range: nonNegative, unit: "calls", "Calls to prospects that a day holds"),
      ColumnSchema("monthly_cost", .money, range: nonNegative, unit: currency, "What the person costs a month"),
    ])
}
