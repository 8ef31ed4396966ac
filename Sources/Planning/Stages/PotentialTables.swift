import ChannelTypes
import Partners
import Specifications
import Tables

/// `high_potential`: groups of places and of customers by what they could bring beside what they bring.
struct PotentialTables {
  let table: Table
  /// Whether the potential of places is known.
  let hasAreas: Bool

  init(_ context: StageContext, _ history: ChannelHistory?) {
    let areas = context.table(.regions).flatMap { Self.areas($0, history) } ?? []
    let segments = context.table(.customers).map { Self.segments($0, history) } ?? []
    hasAreas = !areas.isEmpty
    let ranked = GrowthPotential.ranked(areas + segments)
    let high = GrowthPotential.isHigh(ranked, share: context.plan.value.highPotential.value.fraction)
    table = Table(
      name: "high_potential", rows: zip(ranked, high).map { (group: $0, isHigh: $1) },
      columns: [
        .text("level") { $0.group.level }, .text("region") { $0.group.region }, .text("group") { $0.group.group },
        .integer("members") { $0.group.members }, .integer("untouched") { $0.group.untouched },
        .money("potential") { $0.group.potential }, .money("actual") { $0.group.actual },
        .money("gap") { $0.group.gap },
        .real("penetration") { row in
          row.group.potential > .zero ? tabled(row.group.actual.double / row.group.potential.double, 6) : .nan
        },
        .integer("high") { $0.isHigh ? 1 : 0 },
      ])
  }

  private struct Key: Hashable {
    var region: String
    var group: String
  }

  /// Region × city tier: the potential of the cities beside what partners there brought in the last twelve months.
  private static func areas(_ regions: Table, _ history: ChannelHistory?) -> [GrowthPotential]? {
    guard let region = regions.text("region"), let city = regions.text("city"),
      let potential = regions.money("potential")
    else { return nil }
    let tiers = regions.integers("city_tier")
    var actual: [String: Money] = [:]
    if let history {
      let months = max(0, history.monthCount - 12)..<history.monthCount
      for (index, partner) in history.partners.enumerated() {
        guard let city = partner.city else { continue }
        actual[city, default: .zero] += history.revenue(partner: index, months: months)
      }
    }
    var groups: [Key: GrowthPotential] = [:]
    for row in 0..<regions.rowCount {
      guard let name = region[row], let place = city[row], potential[row] != Unknown.money else { continue }
      let tier = tiers.map { $0[row] == Unknown.integer ? "" : "tier \($0[row])" } ?? ""
      let key = Key(region: name, group: tier)
      var group = groups[key] ?? GrowthPotential(level: "area", region: name, group: tier)
      let brought = actual[place] ?? .zero
      group.members += 1
      group.untouched += brought > .zero ? 0 : 1
      group.potential += potential[row]
      group.actual += brought
      groups[key] = group
    }
    return Array(groups.values)
  }

  /// Region × segment: customers and prospects at the yearly revenue of a customer of the segment, beside that of the
  /// customers alone.
  private static func segments(_ table: Table, _ history: ChannelHistory?) -> [GrowthPotential] {
    guard let partner = table.text("partner_id"), let stage = table.text("stage"), let segment = table.text("segment")
    else { return [] }
    let yearly = SegmentRevenue(table).perMonth.mapValues { Money(rounding: 12 * $0) ?? .zero }
    let regions = partner.dictionary.map { id in history.flatMap { $0.index(of: id).map($0.region(of:)) } ?? "" }
    var groups: [Key: GrowthPotential] = [:]
    for row in 0..<table.rowCount where partner.codes[row] >= 0 {
      guard let name = segment[row], let revenue = yearly[name] else { continue }
      let key = Key(region: regions[Int(partner.codes[row])], group: name)
      var group = groups[key] ?? GrowthPotential(level: "segment", region: key.region, group: name)
      let isCustomer = stage[row] == "customer"
      group.members += 1
      group.untouched += isCustomer ? 0 : 1
      group.potential += revenue
      if isCustomer { group.actual += revenue }
      groups[key] = group
    }
    return Array(groups.values)
  }
}

extension ChannelHistory {
  fileprivate func region(of index: Int) -> String { partners[index].region }
}
