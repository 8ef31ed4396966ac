import Allocation
import ChannelTypes
import Tables

/// The tables of the transfers stage: `transfers`, `shortage`.
enum TransfersTables {
  static func transfers(_ problem: InventoryProblem, _ solution: InventorySolution) -> Table {
    Table(
      name: "transfers", rows: solution.transfers,
      columns: [
        .text("product_id") { $0.product }, .text("from_partner") { problem.items[$0.giver].partner },
        .text("to_partner") { problem.items[$0.receiver].partner },
        .text("region") { problem.items[$0.giver].region }, .integer("quantity") { $0.units },
        .money("cost") { $0.cost }, .money("expected_saving") { Money(rounding: $0.expectedSaving) },
        .money("surplus_unit_value") { Money(rounding: $0.giverPrice) },
        .money("need_unit_value") { Money(rounding: $0.receiverPrice) },
      ])
  }

  private struct ShortageRow {
    var product: String
    var grade: String?
    var request: ShortageProblem.Request
    var units: Int
    var fillRate: Double {
      request.units > 0 ? (Double(units) / Double(request.units) * 1e6).rounded() / 1e6 : 1
    }
  }

  static func shortage(_ problem: ShortageProblem, _ solution: ShortageSolution, grades: [String: String]) -> Table {
    let rows: [ShortageRow] = problem.requests.indices.map { index in
      let request = problem.requests[index]
      return ShortageRow(
        product: problem.products[request.product].name, grade: grades[request.partner], request: request,
        units: solution.units[index])
    }
    return Table(
      name: "shortage", rows: rows,
      columns: [
        .text("product_id") { $0.product }, .text("partner_id") { $0.request.partner }, .text("grade") { $0.grade },
        .integer("tier") { $0.request.tier }, .real("weight") { $0.request.weight },
        .integer("requested") { $0.request.units }, .integer("floor") { $0.request.floor },
        .integer("quantity") { $0.units }, .real("fill_rate") { $0.fillRate },
      ])
  }

  static func shortageIndicators(_ problem: ShortageProblem, _ solution: ShortageSolution) -> [Indicator] {
    let requested = problem.requests.reduce(0) { $0 + $1.units }
    let given = solution.units.reduce(0, +)
    return [
      Indicator(
        "shortage_units", "Units of scarce products that partners need and do not get", Double(requested - given),
        unit: "units", better: .lower),
      Indicator(
        "scarce_fill_rate", "Share of scarce products' orders that is filled",
        requested > 0 ? Double(given) / Double(requested) : 1, unit: "share", better: .higher),
    ]
  }
}
