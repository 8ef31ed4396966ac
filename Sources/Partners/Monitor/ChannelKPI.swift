/// The key figures by which a channel is watched: the one place that says what each of them is.
public enum ChannelKPI: String, Sendable, Hashable, CaseIterable {
  case sales, units
  case salesShare = "sales_share"
  case activePartners = "active_partners"
  case salesPerPartner = "sales_per_partner"
  case conversion
  case averageOrderValue = "average_order_value"

  public enum Unit: String, Sendable { case currency, units, share, partners }

  public var unit: Unit {
    switch self {
    case .sales, .salesPerPartner, .averageOrderValue: .currency
    case .units: .units
    case .salesShare, .conversion: .share
    case .activePartners: .partners
    }
  }

  /// Whether a change is a difference of shares; a change of other figures is a share of the earlier one.
  public var changesInPoints: Bool { unit == .share }

  /// For people: `Sales`.
  public var label: String {
    switch self {
    case .sales: "Sales"
    case .units: "Units sold"
    case .salesShare: "Share of the network's sales"
    case .activePartners: "Active partners"
    case .salesPerPartner: "Sales per active partner"
    case .conversion: "Conversion of leads"
    case .averageOrderValue: "Average order value"
    }
  }

  /// How it is computed, over the rows of one period and of one region or channel type.
  public var formula: String {
    switch self {
    case .sales: "sum of sell_in_value; of sell_out_value where sales has no sell_in_value"
    case .units: "sum of sell_out_qty; of sell_in_qty where sales has no sell_out_qty"
    case .salesShare: "sales of the region or channel type / sales of the network"
    case .activePartners: "number of partners with a purchase or a sale in the period"
    case .salesPerPartner: "sales / active_partners"
    case .conversion:
      "customers with first_contact in the period and first_order at most 3 months after its month / customers with "
        + "first_contact in the period; unknown until those months are over"
    case .averageOrderValue: "sum of amount of prepayments and orders dated in the period / their number"
    }
  }

  /// How `yoy` and `pop` are computed from it.
  public var change: String {
    changesInPoints ? "value - earlier value, as a share" : "value / earlier value - 1; unknown where it was zero"
  }

  /// The input tables that it is computed from.
  public var source: String {
    switch self {
    case .conversion: "customers"
    case .averageOrderValue: "orders"
    default: "sales"
    }
  }
}
