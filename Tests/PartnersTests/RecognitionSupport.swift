import ChannelTypes
import Tables

@testable import Partners

/// Small networks with sales and targets as a test wants them.
enum SmallNetwork {
  struct Dealer {
    var id: String
    var region = "east"
    var grade: String?
    var outlets: Double = 3
    var satisfaction: Double = 80
    var starYears: Double = 0
    var status = "active"
    /// Sales by month from January 2023 on.
    var sales: [Money]
  }

  static func history(_ dealers: [Dealer]) throws -> ChannelHistory {
    let partners = Table(
      name: "partners", rows: dealers,
      columns: [
        .text("partner_id") { $0.id }, .text("region") { $0.region }, .text("grade") { $0.grade },
        .text("status") { $0.status }, .real("outlets") { $0.outlets }, .real("satisfaction") { $0.satisfaction },
        .real("star_years") { $0.starYears },
      ])
    let rows = dealers.flatMap { dealer in dealer.sales.enumerated().map { (dealer.id, $0.offset, $0.element) } }
    let sales = Table(
      name: "sales", rows: rows,
      columns: [
        .period("period", form: .month) { Period.month(2023, 1).advanced(by: $0.1) }, .text("partner_id") { $0.0 },
        .money("sell_in_value") { $0.2 },
      ])
    guard let history = ChannelHistory(sales: sales, partners: partners) else { throw Failure.noHistory }
    return history
  }

  enum Failure: Error { case noHistory }

  /// The same sales every month, for whole years.
  static func flat(_ id: String, _ monthly: Int, years: Int = 3) -> Dealer {
    Dealer(id: id, sales: Array(repeating: Money(monthly), count: 12 * years))
  }

  /// Attainment of every whole quarter against targets by partner and quarter.
  static func tracking(_ history: ChannelHistory, _ target: (Int, Period) -> Money?) -> TrackingResult {
    var attainments: [Attainment] = []
    for (index, partner) in history.partners.enumerated() {
      for quarter in history.wholeQuarters {
        let goal = target(index, quarter)
        attainments.append(
          Attainment(
            partner: partner.id, quarter: quarter, target: goal, adjustedTarget: goal,
            actual: history.revenue(partner: index, in: quarter), probability: .nan))
      }
    }
    return TrackingResult(attainments: attainments)
  }

  static let ladder = GradeLadder(levels: [
    level("bronze", 300_000, 1, 1), level("silver", 600_000, 2, 2), level("gold", 1_200_000, 5, 3, fund: 30_000),
  ])

  static func level(
    _ name: String, _ sales: Int, _ coverage: Int, _ rebate: Int, fund: Int = 0
  ) -> GradeLadder.Level {
    var level = GradeLadder.Level(name, sales: Money(sales), coverage: coverage, rebate: Percent(rebate))
    level.fund = Money(fund)
    return level
  }
}
