public import ChannelTypes
public import Tables

/// Conflicts with a partner over the last quarters: how grave and how lasting.
///
///     index = mean severity (1 … 5) × quarters with a conflict
///
/// Source: requirement C10.5 (severity × persistence).
public struct ConflictRecord: Sendable, Hashable {
  public enum Proposal: String, Sendable, Hashable, CaseIterable { case none, reorganise, exit }

  public struct Rule: Sendable, Hashable {
    /// Kinds of incidents that are conflicts.
    public var kinds: [String] = ["diversion", "dumping"]
    /// Quarters looked back at.
    public var quarters = 8
    /// The index from which a partner is to be reorganised, and from which it is to go.
    public var reorganiseFrom = 6.0
    public var exitFrom = 12.0

    public init() {}
  }

  public var partner: Int
  public var incidents: Int
  public var unresolved: Int
  public var meanSeverity: Double
  public var quarters: Int
  public var first: Period
  public var last: Period
  /// The first row of the table of incidents.
  public var firstRow: Int
  public var proposal: Proposal

  public var index: Double { meanSeverity * Double(quarters) }

  /// Active partners with a conflict, the worst first. Severity that is not stated counts as 1.
  public static func all(
    _ table: Table, history: ChannelHistory, lastQuarter: Period, rule: Rule
  ) -> [ConflictRecord] {
    guard let ids = table.text("partner_id"), let dates = table.periods("date"), let kinds = table.text("kind") else {
      return []
    }
    let severities = table.numbers("severity")
    let resolved = table.integers("resolved")
    let isConflict = kinds.dictionary.map { rule.kinds.contains($0) }
    let owner = ids.dictionary.map { history.index(of: $0) }
    let quarterOf = dates.ordinals(as: .quarter)
    let window = lastQuarter.ordinal - rule.quarters + 1...lastQuarter.ordinal
    var rows: [Int: [Int]] = [:]
    for row in 0..<table.rowCount where kinds.codes[row] >= 0 && ids.codes[row] >= 0 {
      guard isConflict[Int(kinds.codes[row])], window.contains(quarterOf[row]),
        let partner = owner[Int(ids.codes[row])], history.partners[partner].isActive
      else { continue }
      rows[partner, default: []].append(row)
    }
    let records = rows.map { partner, rows -> ConflictRecord in
      let severity = rows.map { row in
        let value = severities?[row] ?? .nan
        return value.isFinite ? value : 1
      }
      let ordinals = rows.map { quarterOf[$0] }
      var record = ConflictRecord(
        partner: partner, incidents: rows.count, unresolved: rows.count { resolved?[$0] == 0 },
        meanSeverity: severity.reduce(0, +) / Double(rows.count), quarters: Set(ordinals).count,
        first: Period(form: .quarter, ordinal: ordinals.min() ?? 0),
        last: Period(form: .quarter, ordinal: ordinals.max() ?? 0), firstRow: rows.min() ?? 0, proposal: .none)
      record.proposal =
        record.index >= rule.exitFrom ? .exit : record.index >= rule.reorganiseFrom ? .reorganise : .none
      return record
    }
    return records.sorted { $0.index != $1.index ? $0.index > $1.index : $0.partner < $1.partner }
  }
}
