import ChannelTypes
import Probability
import Tables

@testable import Partners

/// A made-up network for scores: partners of two channel types, twelve quarters, figures drawn by seed.
struct ScoreNetwork {
  var count = 24
  var seed: UInt64 = 1
  /// Multiplies money, as another currency does.
  var unit = 1
  /// The order of the table of partners.
  var order: [Int]?

  private func id(_ index: Int) -> String { "P\(100 + index)" }

  func partners() -> Table {
    Table(
      name: "partners", rows: order ?? Array(0..<count),
      columns: [
        .text("partner_id") { id($0) }, .text("region") { $0 % 3 == 0 ? "east" : "west" },
        .text("city") { "city\($0 % 5)" }, .text("channel_type") { $0 % 2 == 0 ? "online" : "agent" },
        .real("satisfaction") { Double(50 + $0 * 7 % 40) }, .real("staff") { Double(1 + $0 % 9) },
        .real("outlets") { Double(1 + $0 % 6) }, .real("dedicated_staff") { Double($0 % 3) },
        .real("customers_n") { Double(3 + $0 % 11) }, .money("working_capital") { Money(10_000 + 900 * $0) },
      ])
  }

  func sales() -> Table {
    struct Row {
      var partner: Int
      var month: Int
      var units: Int
    }
    var rows: [Row] = []
    for partner in 0..<count {
      var stream = RandomStream(seed: seed, key: UInt64(partner))
      for month in 0..<36 {
        let size = 10.0 + 3 * Double(partner)
        rows.append(Row(partner: partner, month: month, units: Int(size * (0.6 + stream.uniform()))))
      }
    }
    return Table(
      name: "sales", rows: rows,
      columns: [
        .period("period", form: .month) { Period.month(2023, 1).advanced(by: $0.month) },
        .text("partner_id") { id($0.partner) }, .real("sell_in_qty") { Double($0.units) },
        .real("sell_out_qty") { Double($0.units - $0.partner % 2) },
        .money("sell_in_value") { Money($0.units * 100 * unit) },
      ])
  }

  func records() -> ScoreRecords {
    let partners = partners()
    var records = ScoreRecords(history: ChannelHistory(sales: sales(), partners: partners)!)
    records.partners = partners
    records.regions = Table(
      name: "regions", rows: 0..<5,
      columns: [
        .text("region") { _ in "east" }, .text("city") { "city\($0)" },
        .money("potential") { Money((900_000 + 1000 * $0) * unit) },
        .real("population") { Double(1 + $0) * 1e6 },
      ])
    return records
  }

  /// Weights over what the network knows.
  static let weights = Scorecard.WeightSet(
    from: .quarter(2023, 1), weights: [(.sales, 0.3), (.growth, 0.3), (.share, 0.2), (.satisfaction, 0.2)])

  func card(_ change: (inout Scorecard) -> Void = { _ in }) -> Scorecard {
    var card = Scorecard()
    card.weightSets = [Self.weights]
    change(&card)
    return card
  }

  func evaluation(_ change: (inout Scorecard) -> Void = { _ in }) -> ScoreEvaluation {
    let card = card(change)
    return ScoreEvaluation(ScorePanel(records(), card), card)
  }
}
