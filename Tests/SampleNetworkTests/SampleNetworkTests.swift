import ChannelTypes
import Tables
import Testing

@testable import SampleNetwork

/// Totals, determinism, and what `init --demo` needs.
struct SampleNetworkTests {
  @Test func salesAreAboutSixMillionAMonth() throws {
    let sales = try bundled.get().table("sales")
    let months = try sales.sums("sell_out_value", by: "period").sorted { $0.key < $1.key }
    #expect(months.count == 36)
    let lastYear = months.suffix(12).reduce(0) { $0 + $1.value } / 12
    #expect(abs(lastYear - 6_000_000) < 0.15 * 6_000_000)
    // Spend is a plausible part of sales.
    let spend = try bundled.get().table("budget").sums("amount", by: "period").values.reduce(0, +)
    let total = months.reduce(0) { $0 + $1.value }
    #expect((0.04...0.10).contains(spend / total))
  }

  @Test func sizesAreThoseOfTheSources() throws {
    let network = try bundled.get()
    #expect(network.tables.count == 24)
    #expect(try network.table("partners").rowCount == 150)
    #expect(try network.table("products").rowCount == 24)
    #expect(try network.table("regions").rowCount == 300)
    #expect(Set(try network.table("regions").texts("region")).count == 10)
    #expect(Set(try network.table("partners").texts("city")).count == 60)
    #expect((60_000...100_000).contains(try network.table("sales").rowCount))
    #expect(network.summary.hasPrefix("150 partners, 60 of 300 cities, 24 products, 36 months"))
  }

  @Test func theSameSeedGivesTheSameNetwork() throws {
    let (first, second, other) = (try small(), try small(), try small(seed: 2))
    for (left, right) in zip(first.tables, second.tables) { #expect(CSVWriter.text(left) == CSVWriter.text(right)) }
    #expect(first.truth == second.truth)
    #expect(CSVWriter.text(try first.table("sales")) != CSVWriter.text(try other.table("sales")))
    #expect(first.truth["elasticity"] != other.truth["elasticity"])
  }

  /// What is drawn for a partner does not depend on how many partners there are.
  @Test func partnersDoNotDependOnTheirNumber() throws {
    let geography = Geography(NetworkSpecification())
    let few = Partner(3, NetworkSpecification(partners: 150), geography, ProductCatalogue.all)
    let many = Partner(3, NetworkSpecification(partners: 900), geography, ProductCatalogue.all)
    #expect(few.size == many.size)
    #expect(few.lines.map(\.product) == many.lines.map(\.product))
    #expect(few.signed == many.signed)
  }

  @Test(arguments: [
    NetworkSpecification(partners: 3), NetworkSpecification(regions: 11), NetworkSpecification(products: 25),
    NetworkSpecification(months: 5), NetworkSpecification(listedCities: 5), NetworkSpecification(servedCities: 400),
  ])
  func impossibleSizesAreRefused(specification: NetworkSpecification) {
    #expect(throws: SampleNetworkError.self) { try SampleNetwork.generate(specification) }
  }

  @Test(arguments: [
    NetworkSpecification(partners: 10, regions: 2, listedCities: 2, servedCities: 2, products: 8, months: 18),
    NetworkSpecification(partners: 400, regions: 3, listedCities: 310, servedCities: 30, months: 40, seed: .max),
  ])
  func otherSizesWork(specification: NetworkSpecification) throws {
    let network = try SampleNetwork.generate(specification)
    #expect(try network.table("partners").rowCount == specification.partners)
    #expect(network.tables.allSatisfy { $0.rowCount > 0 })
    for table in network.tables {
      for column in table.columns {
        guard case .real(let values) = column.values else { continue }
        #expect(values.allSatisfy { !$0.isInfinite }, "\(table.name).\(column.name)")
      }
    }
  }

  /// The regions of the sources come first, and every region has a partner.
  @Test func theFirstAreasComeFirst() throws {
    let geography = Geography(NetworkSpecification())
    #expect(geography.regions.prefix(4).map(\.name) == ["shanghai", "east", "xian", "kunming"])
    #expect(geography.regions.allSatisfy { !$0.served.isEmpty })
    #expect(geography.regions.reduce(0) { $0 + $1.served.count } == 60)
    #expect(Set(geography.cities.map(\.name)).count == 300)
    // Shanghai to Xi'an is 1,220 km as the crow flies.
    let shanghai = try #require(geography.cities.firstIndex { $0.name == "shanghai" })
    let xian = try #require(geography.cities.firstIndex { $0.name == "xian" })
    #expect(abs(geography.kilometres(shanghai, xian) - 1220) < 20)
  }
}
