import ChannelTypes
import Demand
import Partners
import Tables

/// The tables of the monitor stage: `kpi_definitions`, `kpi_series`, `funnel`, `rival_share`, `demand_areas`,
/// `price_gaps`.
enum MonitorTables {
  /// `kpi_definitions`: the printed formula of every figure that the run could compute.
  static func definitions(_ points: [ChannelMonitor.Point], currency: String) -> Table {
    let known = Set(points.map(\.kpi))
    return Table(
      name: "kpi_definitions", rows: ChannelKPI.allCases.filter(known.contains),
      columns: [
        .text("kpi") { $0.rawValue }, .text("label") { $0.label }, .text("formula") { $0.formula },
        .text("unit") { unit($0, currency) }, .text("change") { $0.change }, .text("source") { $0.source },
      ])
  }

  /// `kpi_series`: by figure, scope and period. `region` and `channel_type` are both empty for the network. `yoy` and
  /// `pop` are shares of the earlier value (for shares: differences), empty where the earlier one is unknown or zero.
  /// `new_year_differs`: 1 where the Lunar New Year falls otherwise into the period of the year before.
  static func series(_ points: [ChannelMonitor.Point], currency: String, holidays: HolidayCalendar?) -> Table {
    Table(
      name: "kpi_series", rows: points,
      columns: [
        .text("kpi") { $0.kpi.rawValue },
        .text("region") { if case .region(let name) = $0.scope { name } else { nil } },
        .text("channel_type") { if case .channelType(let name) = $0.scope { name } else { nil } },
        .text("grain") { grain($0.period) }, .text("period") { $0.period.description },
        .real("value") { tabled($0.value, 6) }, .text("unit") { unit($0.kpi, currency) },
        .real("yoy") { tabled($0.yearOnYear, 6) }, .real("pop") { tabled($0.periodOnPeriod, 6) },
        .integer("new_year_differs") { point in
          guard holidays == .cn, point.period.form != .year else { return nil }
          let before = point.period.advanced(by: point.period.form == .month ? -12 : -4)
          return ChineseEvents.lunarNewYearDiffers(point.period, before) ? 1 : 0
        },
      ])
  }

  private static func unit(_ kpi: ChannelKPI, _ currency: String) -> String {
    kpi.unit == .currency ? currency : kpi.unit.rawValue
  }

  private static func grain(_ period: Period) -> String { period.form.frequency?.rawValue ?? "" }

  /// `funnel`: how many leads, and how many of twelve months' prepayments and orders, came at least so far.
  /// `share_of_previous` and `lost` compare their number with that of the stage before.
  static func funnel(_ funnel: SalesFunnel) -> Table {
    struct Row {
      var step: SalesFunnel.Step
      var previous: SalesFunnel.Step?
    }
    let rows = funnel.steps.indices.map { index in
      let step = funnel.steps[index]
      let previous = index > 0 && funnel.steps[index - 1].kind == step.kind ? funnel.steps[index - 1] : nil
      return Row(step: step, previous: previous)
    }
    return Table(
      name: "funnel", rows: rows,
      columns: [
        .text("kind") { $0.step.kind.rawValue }, .text("stage") { $0.step.stage }, .integer("count") { $0.step.count },
        .money("amount") { $0.step.amount },
        .real("share_of_previous") { row in
          guard let previous = row.previous, previous.count > 0 else { return .nan }
          return tabled(Double(row.step.count) / Double(previous.count), 6)
        },
        .integer("lost") { row in row.previous.map { $0.count - row.step.count } },
      ])
  }

  /// `rival_share`: by region (empty: all), quarter and firm; `rival` is empty for ourselves. `share`, `yoy` and `pop`
  /// are shares of the market, `market` money of the quarter.
  static func rivals(_ shares: RivalShares) -> Table {
    Table(
      name: "rival_share", rows: shares.lines,
      columns: [
        .text("region") { $0.region }, .period("period", form: .quarter) { $0.quarter }, .text("rival") { $0.rival },
        .real("share") { tabled($0.share, 6) }, .real("yoy") { tabled($0.yearOnYear, 6) },
        .real("pop") { tabled($0.periodOnPeriod, 6) },
        .money("market") { $0.market.isFinite ? Money(rounding: $0.market) : nil },
        .integer("same_market") { $0.isSameMarket ? 1 : 0 },
      ])
  }

  /// `demand_areas`: demand of the last twelve months by region and tier of city.
  static func areas(_ areas: DemandAreas) -> Table {
    Table(
      name: "demand_areas", rows: areas.areas,
      columns: [
        .text("region") { $0.region }, .integer("city_tier") { $0.cityTier }, .integer("cities") { $0.cities },
        .integer("served_cities") { $0.servedCities }, .real("population") { $0.population },
        .real("units") { tabled($0.units) }, .money("value") { $0.value },
        .real("units_per_1000") { tabled($0.unitsPerThousand, 6) }, .real("yoy") { tabled($0.yearOnYear, 6) },
      ])
  }

  /// `price_gaps`: what the same products cost partners of another region more, as shares of the price there: before
  /// freight, freight, after it; over the last three months. `freight_from`: lanes or plan.
  static func gaps(_ gaps: PriceGaps) -> Table {
    Table(
      name: "price_gaps", rows: gaps.pairs,
      columns: [
        .text("from_region") { $0.from }, .text("to_region") { $0.to }, .integer("products") { $0.products },
        .real("gap") { tabled($0.gap, 6) }, .real("freight") { tabled($0.freight, 6) },
        .real("net_gap") { tabled($0.net, 6) }, .text("freight_from") { $0.hasLanes ? "lanes" : "plan" },
        .text("widest_product") { $0.widestProduct }, .real("widest_net_gap") { tabled($0.widestNet, 6) },
      ])
  }
}
