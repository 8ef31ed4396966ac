public import ChannelTypes
import Probability

/// The sizes of a sample network and the seed of all its chance.
///
/// The same specification gives the same tables, bit for bit, on the same processor model; another seed gives another
/// network of the same kind.
public struct NetworkSpecification: Sendable, Hashable {
  /// Partners that ever signed; some end within the history. At least 10.
  public var partners: Int
  /// Regions, in the order in which the network grew; 2 to 10.
  public var regions: Int
  /// Cities in the `regions` table; at most 310, at least `servedCities`.
  public var listedCities: Int
  /// Cities with at least one partner when the history begins; at least one a region and at most one a partner.
  public var servedCities: Int
  /// Products, from the catalogue of 24; at least 8, so that every family is there.
  public var products: Int
  /// Months of history from 2023-01; 18 to 72.
  public var months: Int
  public var seed: UInt64

  public init(
    partners: Int = 150, regions: Int = 10, listedCities: Int = 300, servedCities: Int = 60, products: Int = 24,
    months: Int = 36, seed: UInt64 = 1
  ) {
    self.partners = partners
    self.regions = regions
    self.listedCities = listedCities
    self.servedCities = servedCities
    self.products = products
    self.months = months
    self.seed = seed
  }

  /// The first month of history.
  public static let firstMonth = Period.month(2023, 1)
  /// The last month of history.
  public var lastMonth: Period { NetworkSpecification.firstMonth.advanced(by: months - 1) }

  /// The month with a running number; 0 is the first, negative ones lie before it.
  func month(_ index: Int) -> Period { NetworkSpecification.firstMonth.advanced(by: index) }
  /// The calendar month, 0 for January.
  func season(_ index: Int) -> Int { (month(index).month ?? 1) - 1 }
  /// The first day of a month by its running number.
  func firstDay(_ index: Int) -> CivilDate {
    month(index).firstDay ?? CivilDate(year: 2023, month: 1, day: 1)
  }
  /// The number of days in a month.
  func days(_ index: Int) -> Int { firstDay(index + 1).daysSinceEpoch - firstDay(index).daysSinceEpoch }

  /// The stream of one purpose and one thing: what is drawn for a partner does not depend on how many there are.
  func stream(_ purpose: String, _ index: Int = 0) -> RandomStream {
    RandomStream(seed: seed, key: RandomStream.key(purpose) &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
  }

  public func validate() throws(SampleNetworkError) {
    try require("partners", partners, 10...100_000)
    try require("regions", regions, 2...10)
    try require("products", products, 8...24)
    try require("months", months, 18...72)
    try require("cities listed", listedCities, regions...310)
    try require("cities served", servedCities, regions...min(listedCities, partners))
  }

  private func require(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(SampleNetworkError) {
    if !range.contains(value) { throw .size(name: name, value: value, allowed: range) }
  }
}

/// Why no sample network could be made.
public enum SampleNetworkError: Error, Hashable, CustomStringConvertible {
  case size(name: String, value: Int, allowed: ClosedRange<Int>)

  public var description: String {
    switch self {
    case .size(let name, let value, let allowed):
      "a sample network with \(name) = \(value) cannot be made: allowed is \(allowed.lowerBound) to \(allowed.upperBound)"
    }
  }
}
