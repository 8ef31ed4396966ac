import Glibc
import Tables

/// The map: regions, the cities in them, and which cities the network serves.
struct Geography {
  struct Region {
    let name: String
    let maturity: String
    /// The region's share of the network's partners.
    let weight: Double
    /// The cities with partners, largest first.
    var served: [Int] = []
  }

  struct City {
    let name: String
    let province: String
    let region: Int
    let latitude: Double
    let longitude: Double
    let population: Int
    var neighbours: [Int] = []

    /// 1 above ten million people, then 5, 3 and 1.5 million.
    var tier: Int {
      switch population {
      case 10_000_000...: 1
      case 5_000_000...: 2
      case 3_000_000...: 3
      case 1_500_000...: 4
      default: 5
      }
    }
  }

  private(set) var regions: [Region]
  private(set) var cities: [City]

  /// How partners spread over the regions, in the order of `CityCatalogue.regions`.
  private static let weights = [0.13, 0.17, 0.10, 0.08, 0.13, 0.14, 0.09, 0.07, 0.04, 0.05]

  init(_ specification: NetworkSpecification) {
    let chosen = CityCatalogue.regions.prefix(specification.regions)
    let total = Geography.weights.prefix(specification.regions).reduce(0, +)
    regions = zip(chosen, Geography.weights).map {
      Region(name: $0.name, maturity: $0.maturity, weight: $1 / total)
    }
    cities = Geography.largest(specification.listedCities, of: Geography.parse(chosen.map(\.provinces)))
    serve(specification.servedCities)
    for index in cities.indices { cities[index].neighbours = nearest(to: index) }
  }

  private static func parse(_ provinces: [[CityCatalogue.Province]]) -> [City] {
    provinces.enumerated().flatMap { region, provinces in
      provinces.flatMap { province in
        province.cities.split(separator: ",").map { entry in
          let words = entry.split { $0 == " " || $0 == "\n" }
          return City(
            name: String(words[0]), province: province.name, region: region, latitude: Double(words[1]) ?? 0,
            longitude: Double(words[2]) ?? 0, population: (Int(words[3]) ?? 0) * 10_000)
        }
      }
    }
  }

  /// The largest cities, in the catalogue's order; the first of each region always stays.
  private static func largest(_ count: Int, of cities: [City]) -> [City] {
    let firsts = Set((0..<cities.count).filter { $0 == 0 || cities[$0].region != cities[$0 - 1].region })
    let ranked = cities.indices.sorted {
      (firsts.contains($0) ? 0 : 1, -cities[$0].population, $0) < (
        firsts.contains($1) ? 0 : 1, -cities[$1].population, $1
      )
    }
    return ranked.prefix(count).sorted().map { cities[$0] }
  }

  /// Opens cities from large to small within each region, regions in proportion to their weights.
  private mutating func serve(_ count: Int) {
    let ranked = regions.indices.map { region in
      cities.indices.filter { cities[$0].region == region }
        .sorted { (-cities[$0].population, $0) < (-cities[$1].population, $1) }
    }
    for region in regions.indices { regions[region].served = Array(ranked[region].prefix(1)) }
    var left = count - regions.count
    while left > 0 {
      // The next city goes where the served number lags its share most (Sainte-Laguë divisors).
      let open = regions.indices.filter { regions[$0].served.count < ranked[$0].count }
      guard
        let next = open.max(by: {
          (regions[$0].weight / Double(2 * regions[$0].served.count + 1), -$0)
            < (regions[$1].weight / Double(2 * regions[$1].served.count + 1), -$1)
        })
      else { return }
      regions[next].served.append(ranked[next][regions[next].served.count])
      left -= 1
    }
  }

  private func nearest(to city: Int) -> [Int] {
    let others = cities.indices.filter { $0 != city }.map { (kilometres(city, $0), $0) }.sorted { $0 < $1 }
    return others.prefix(4).filter { $0.0 < 400 }.map(\.1)
  }

  /// The distance on a sphere (haversine), in km.
  func kilometres(_ from: Int, _ to: Int) -> Double {
    let radians = Double.pi / 180
    let (a, b) = (cities[from], cities[to])
    let north = sin((b.latitude - a.latitude) * radians / 2)
    let east = sin((b.longitude - a.longitude) * radians / 2)
    let square = north * north + cos(a.latitude * radians) * cos(b.latitude * radians) * east * east
    return 2 * 6371 * asin(min(1, square.squareRoot()))
  }

  /// The market's yearly sales in a city: people times what a person of such a city spends on networks.
  func potential(_ city: Int) -> Double {
    let perHead = [0, 1.6, 1.3, 1.0, 0.8, 0.65][cities[city].tier]
    return Double(cities[city].population) * perHead
  }

  func table() -> Table {
    Table(
      name: "regions",
      columns: [
        .text("region", cities.map { regions[$0.region].name }),
        .text("city", cities.map(\.name)),
        .text("parent", cities.map(\.province)),
        .integer("city_tier", cities.map(\.tier)),
        .integer("population", cities.map(\.population)),
        .money("potential", cities.indices.map { money(potential($0), decimals: 0) }),
        .text("maturity", cities.map { regions[$0.region].maturity }),
        .real("lat", cities.map(\.latitude)),
        .real("lon", cities.map(\.longitude)),
        .text("neighbours", cities.map { $0.neighbours.map { cities[$0].name }.joined(separator: "|") }),
      ])
  }
}
