public import ChannelTypes
import Tables

/// One figure of one region (or region/spend type) and period: promised by a run, or realised according to its tables.
public struct LedgerEntry: Sendable, Hashable {
  /// What is counted; promised and realised figures of the same measure can be held against one another.
  public enum Measure: String, Sendable, Hashable, CaseIterable {
    case sellOutUnits = "sell_out_units"
    case sellInUnits = "sell_in_units"
    case revenue, spend, incentives
    /// Shown as they were before and are after: a run promises none of them.
    case turnoverDays = "turnover_days"
    case responseHours = "response_hours"
    case share

    /// Whether amounts of regions add up.
    public var isSum: Bool {
      switch self {
      case .sellOutUnits, .sellInUnits, .revenue, .spend, .incentives: true
      case .turnoverDays, .responseHours, .share: false
      }
    }
  }

  public var measure: Measure
  /// The region; `region/spend type` for spend.
  public var id: String
  public var period: Period
  public var amount: Double
  /// Where the figure comes from: `forecast`, `target`, `sales`, `budget`.
  public var basis: String

  public init(_ measure: Measure, _ id: String, _ period: Period, _ amount: Double, basis: String) {
    self.measure = measure
    self.id = id
    self.period = period
    self.amount = amount
    self.basis = basis
  }

  /// `measure, id, period, amount, basis`.
  static func table(_ name: String, _ entries: [LedgerEntry]) -> Table {
    Table(
      name: name, rows: entries,
      columns: [
        .text("measure") { $0.measure.rawValue }, .text("id") { $0.id }, .text("period") { $0.period.description },
        .real("amount") { ($0.amount * 10_000).rounded() / 10_000 }, .text("basis") { $0.basis },
      ])
  }

  /// What `table` made of entries; rows that it cannot have made are left out.
  static func entries(_ table: Table) -> [LedgerEntry] {
    guard let measures = table.text("measure"), let ids = table.text("id"), let periods = table.text("period"),
      let amounts = table.numbers("amount")
    else { return [] }
    let bases = table.text("basis")
    return (0..<table.rowCount).compactMap { row in
      guard let measure = measures[row].flatMap(Measure.init), let period = periods[row].flatMap({ Period($0) }) else {
        return nil
      }
      return LedgerEntry(measure, ids[row] ?? "", period, amounts[row], basis: bases?[row] ?? "")
    }
  }
}
