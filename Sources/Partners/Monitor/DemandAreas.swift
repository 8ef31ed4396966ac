public import ChannelTypes
public import Tables

/// Where demand is: units and money sold in the last twelve months by region and tier of city, beside the people who
/// live there and the year before.
public struct DemandAreas: Sendable {
  public struct Area: Sendable, Hashable {
    public var region: String
    /// 1 for the largest cities.
    public var cityTier: Int
    public var cities = 0
    /// Cities in which a partner sits that bought or sold.
    public var servedCities = 0
    public var population = 0.0
    public var units = 0.0
    public var unitsBefore = 0.0
    public var value = Money.zero

    /// NaN where nobody is known to live there.
    public var unitsPerThousand: Double { population > 0 ? units / population * 1_000 : .nan }
    /// Change against the twelve months before; NaN where there was nothing.
    public var yearOnYear: Double { unitsBefore > 0 ? units / unitsBefore - 1 : .nan }
  }

  /// By region and tier.
  public let areas: [Area]

  /// Complexity: O(partners · months + cities).
  public init(history: ChannelHistory, regions: Table) {
    guard let names = regions.text("region"), let cities = regions.text("city"),
      let tiers = regions.numbers("city_tier")
    else {
      areas = []
      return
    }
    struct Key: Hashable {
      var region: String
      var tier: Int
    }
    struct City: Hashable {
      var region: String
      var name: String
    }
    let population = regions.numbers("population")
    var areas: [Key: Area] = [:]
    var tierOf: [City: Key] = [:]
    for row in 0..<regions.rowCount {
      guard let region = names[row], let city = cities[row], let tier = Int(exactly: tiers[row]) else { continue }
      let key = Key(region: region, tier: tier)
      tierOf[City(region: region, name: city)] = key
      areas[key, default: Area(region: region, cityTier: tier)].cities += 1
      let people = population?[row] ?? .nan
      if people.isFinite { areas[key]?.population += people }
    }
    let hasSellOut = history.sellOutUnits.contains { $0 != 0 }
    let (units, values) =
      hasSellOut ? (history.sellOutUnits, history.sellOutValue) : (history.sellInUnits, history.sellInValue)
    let now = max(0, history.monthCount - 12)..<history.monthCount
    let before = max(0, now.lowerBound - 12)..<now.lowerBound
    var served: Set<City> = []
    for (index, partner) in history.partners.enumerated() {
      let city = City(region: partner.region, name: partner.city ?? "")
      guard let key = tierOf[city] else { continue }
      let sold = units[history.cells(partner: index, months: now)].reduce(0, +)
      areas[key]?.units += sold
      // A shorter year before says nothing of growth.
      if before.count == 12 {
        areas[key]?.unitsBefore += units[history.cells(partner: index, months: before)].reduce(0, +)
      }
      areas[key]?.value += values[history.cells(partner: index, months: now)].total()
      if sold > 0, served.insert(city).inserted { areas[key]?.servedCities += 1 }
    }
    self.areas = areas.values.sorted { ($0.region, $0.cityTier) < ($1.region, $1.cityTier) }
  }
}
