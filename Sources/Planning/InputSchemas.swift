public import Tables

/// The columns of every input table: the contract between a user's files and the stages.
///
/// The tables and their columns are those of the documentation, section “Input tables”. A schema lists what a stage may
/// read; further columns of a file are kept and can be used as drivers or selectors. Rates are percentages where the
/// name ends in `_pct` and shares between 0 and 1 elsewhere. Amounts are in the plan's currency.
public enum InputSchemas {
  /// The schema of one table; its name is the table's name in the plan.
  public static func schema(for table: InputTable) -> Schema {
    switch table {
    case .sales: sales
    case .partners: partners
    case .inventory: inventory
    case .customers: customers
    case .budget: budget
    case .targets: targets
    case .regions: regions
    case .products: products
    case .orders: orders
    case .deliveries: deliveries
    case .marketIndex: marketIndex
    case .incidents: incidents
    case .finance: finance
    case .receivables: receivables
    case .competitors: competitors
    case .events: seriesByName("events", "What happens: holidays, fairs, launches")
    case .drivers: seriesByName("drivers", "An outside figure that may move demand")
    case .candidates: candidates
    case .lanes: lanes
    case .priceBook: priceBook
    case .contracts: contracts
    case .staff: staff
    case .experiments: experiments
    case .incentiveLedger: incentiveLedger
    }
  }

  // Ranges that several columns share.
  static let nonNegative = 0.0...Double.infinity
  static let positive = Double.leastNormalMagnitude...Double.infinity
  static let percentage = 0.0...100.0
  static let share = 0.0...1.0
  /// What an amount is counted in: the plan's currency.
  static let currency = "currency"

  /// `events` and `drivers` have the same columns: named series by period, of one region or of all.
  private static func seriesByName(_ table: String, _ meaning: String) -> Schema {
    Schema(
      table, key: ["period", "region", "name"],
      [
        ColumnSchema("period", .period, required: true, "The period in which the value holds"),
        ColumnSchema("region", .text, "The region; `all` or empty means every region"),
        ColumnSchema("name", .text, required: true, meaning),
        ColumnSchema("value", .real, required: true, "The value of the series in the period"),
      ])
  }
}
