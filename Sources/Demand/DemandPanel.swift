public import ChannelTypes

/// One series of a panel: a product at a partner. Numbers are indexes into the panel's lists.
public struct SeriesKey: Hashable, Sendable, Codable {
  public var partner: Int
  public var product: Int
  /// Where the partner's latest row places it.
  public var region: Int
  public var city: Int

  public init(partner: Int, product: Int, region: Int, city: Int) {
    self.partner = partner
    self.product = product
    self.region = region
    self.city = city
  }
}

/// Sales of partner × product over a common calendar, in contiguous columns.
///
/// Every column has the shape series × period, periods contiguous: the value of series `s` in period `t` (0 = the
/// first) is at `s · periodCount + t`. NaN is unknown, 0 is zero. Series are sorted by partner id, then product id.
public struct DemandPanel: Sendable, Codable {
  public var partners: [String]
  public var products: [String]
  /// Names of regions and cities; the empty name stands for “not stated”.
  public var regions: [String]
  public var cities: [String]
  public var series: [SeriesKey]

  public var firstPeriod: Period
  public var periodCount: Int
  public var frequency: Frequency

  /// What was reported, in units.
  public var observed: [Double]
  /// What would have been sold with stock on hand: `observed` after the stock-out treatment, in units.
  public var demand: [Double]
  /// Variables that may explain demand.
  public var drivers: [DriverColumn]
  /// Per partner: whether it still reports. Demand of inactive partners is forecast as zero.
  public var isActive: [Bool]

  public init(
    partners: [String], products: [String], regions: [String], cities: [String], series: [SeriesKey],
    firstPeriod: Period, periodCount: Int, frequency: Frequency, observed: [Double], demand: [Double]? = nil,
    drivers: [DriverColumn] = [], isActive: [Bool]? = nil
  ) {
    precondition(observed.count == series.count * periodCount, "a panel must fill series × periods")
    self.partners = partners
    self.products = products
    self.regions = regions
    self.cities = cities
    self.series = series
    self.firstPeriod = firstPeriod
    self.periodCount = periodCount
    self.frequency = frequency
    self.observed = observed
    self.demand = demand ?? observed
    self.drivers = drivers
    self.isActive = isActive ?? [Bool](repeating: true, count: partners.count)
  }

  public var seriesCount: Int { series.count }

  /// The period after the last observed one: where forecasts start.
  public var nextPeriod: Period { firstPeriod.advanced(by: periodCount) }

  /// Where the values of a series lie in every column.
  public func range(ofSeries index: Int) -> Range<Int> { index * periodCount..<(index + 1) * periodCount }

  public func partnerName(_ index: Int) -> String { partners[series[index].partner] }
  public func productName(_ index: Int) -> String { products[series[index].product] }
  public func regionName(_ index: Int) -> String { regions[series[index].region] }
  public func cityName(_ index: Int) -> String { cities[series[index].city] }
}

/// One explaining variable over series × period, and over the planned periods where its future is known.
public struct DriverColumn: Sendable, Codable {
  /// How demand depends on the variable.
  public enum Form: String, Sendable, Hashable, Codable {
    /// log demand on log x: a change of x by 1 % changes demand by `estimate` %.
    case elasticity
    /// log demand on x: a change of x by 1 multiplies demand by exp(`estimate`).
    case semiElasticity = "semi_elasticity"
  }

  public var name: String
  public var form: Form
  /// Series × period; NaN is unknown.
  public var values: [Double]
  /// Series × planned period, NaN where the plan says nothing; empty where it says nothing at all.
  public var planned: [Double]

  public init(name: String, form: Form, values: [Double], planned: [Double] = []) {
    self.name = name
    self.form = form
    self.values = values
    self.planned = planned
  }
}
