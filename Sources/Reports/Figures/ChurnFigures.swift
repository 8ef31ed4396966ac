import Tables

/// Who may be lost, read from `churn`.
struct ChurnFigures {
  struct Row {
    /// `partner` or `customer`.
    var kind: String
    var id: String
    var region: String
    var probability: Double
    var lower: Double
    var upper: Double
    var value: Double
    var atRisk: Double
    var reason: String
  }

  /// Everyone, by value at risk.
  var rows: [Row]

  init?(_ view: RunView) {
    guard let table = view.filled("churn") else { return nil }
    let (kind, id, region) = (table.cells("kind"), table.cells("id"), table.cells("region"))
    let (probability, lower, upper) = (table.cells("probability"), table.cells("lower"), table.cells("upper"))
    let (value, atRisk, reason) = (table.cells("value"), table.cells("value_at_risk"), table.cells("main_reason"))
    rows = (0..<table.rowCount).map { row in
      Row(
        kind: kind.text(row), id: id.text(row), region: region.text(row), probability: probability.number(row),
        lower: lower.number(row), upper: upper.number(row), value: value.number(row), atRisk: atRisk.number(row),
        reason: reason.text(row))
    }
    rows = rows.enumerated().sorted { left, right in
      let (a, b) = (knownSum([left.element.atRisk]), knownSum([right.element.atRisk]))
      return a == b ? left.offset < right.offset : a > b
    }.map(\.element)
  }

  /// `partner`, `customer`: those that occur, in this order.
  var kinds: [String] {
    let present = Set(rows.map(\.kind))
    return ["partner", "customer"].filter(present.contains) + present.subtracting(["partner", "customer"]).sorted()
  }

  func rows(of kind: String) -> [Row] { rows.filter { $0.kind == kind } }
  /// Expected number that leave.
  func expected(_ kind: String) -> Double { knownSum(rows(of: kind).map(\.probability)) }
  func atRisk(_ kind: String) -> Double { knownSum(rows(of: kind).map(\.atRisk)) }
}

extension ChurnFigures {
  /// How many of each kind are expected to leave, and what that is worth.
  func table(currency: String) -> TextTable {
    var table = TextTable([
      .init(say("churn"), .left), .init(say("looked at")), .init(say("expected to leave")),
      .init(say("chance above 50 %")),
      .init(say("value at risk, \(currency)")),
    ])
    for kind in kinds {
      let rows = rows(of: kind)
      table.add(
        say(word: kind + "s"), NumberText.grouped(rows.count), NumberText.grouped(expected(kind), decimals: 1),
        NumberText.grouped(rows.count { $0.probability > 0.5 }), NumberText.grouped(atRisk(kind)))
    }
    return table
  }
}
