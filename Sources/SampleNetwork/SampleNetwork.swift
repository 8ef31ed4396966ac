import ChannelTypes
import Glibc
public import Tables

/// A made-up dealer network with known truth: every input table, a plan that runs on them, and what an engine should
/// find.
///
///     let network = try SampleNetwork.generate(NetworkSpecification(partners: 150, seed: 1))
///     try network.write(to: "telecom-dealers", compressed: true)
///
/// The model is described in `Truth`. Time and memory grow with partners × products × months: about 80,000 sales rows
/// for the default sizes.
public struct SampleNetwork: Sendable {
  public let specification: NetworkSpecification
  /// One of every input table of a plan, named as there, in the order of the documentation.
  public let tables: [Table]
  /// The true elasticities, seasonal indices, responses, hazards, shifts and totals: the content of `truth.json`.
  public let truth: JSONValue
  /// Spend of the last quarter by region and by type, from which the sample plan takes its limits.
  let lastQuarter: LastQuarter

  /// Draws a network.
  public static func generate(_ specification: NetworkSpecification) throws(SampleNetworkError) -> SampleNetwork {
    try specification.validate()
    // 1. The world: map, products, truth, market, spend.
    let geography = Geography(specification)
    let products = Array(ProductCatalogue.all.prefix(specification.products))
    let truth = Truth(specification, geography, products)
    let market = Market(specification, geography, truth.levelShift)
    let spend = SpendHistory(specification, geography, truth, market)
    let partners = (0..<specification.partners).map { Partner($0, specification, geography, products) }
    // 2. What happened: sales and stock of every partner, their customers, papers and people.
    var simulation = SalesSimulation(specification, geography, products, truth, market, spend, partners)
    simulation.run()
    let histories = simulation.histories
    let customers = Customers(specification, truth, partners, histories)
    let documents = Documents(specification, partners, histories)
    let staff = Staff(specification, geography)
    let targets = Targets(specification, geography, truth, partners, histories, staff)
    // 3. The tables.
    let partnerIds = partners.map(\.id)
    let productIds = products.map(\.id)
    let tables = [
      simulation.sales.table(partners: partnerIds, products: productIds, promotions: simulation.promotions.names),
      PartnersTable.table(specification, geography, partners, histories, customers: customers.active),
      simulation.inventory.table(partners: partnerIds, products: productIds),
      customers.table(partners),
      spend.budgetTable(specification, geography, truth, market),
      targets.table(),
      geography.table(),
      ProductCatalogue.table(products, specification),
      documents.ordersTable(partners),
      ServiceRecords.deliveriesTable(specification, partners, histories),
      market.indexTable(specification, geography),
      ServiceRecords.incidentsTable(specification, partners, histories),
      Finance.table(specification, partners, histories, lateness: documents.lateness),
      documents.receivablesTable(partners),
      market.competitorsTable(specification, geography),
      SalesCalendar.table(specification),
      market.driversTable(specification, geography),
      NetworkDesign.candidatesTable(specification, geography),
      NetworkDesign.lanesTable(geography, partners),
      NetworkDesign.priceBookTable(specification, products),
      NetworkDesign.contractsTable(specification, geography, partners, histories),
      staff.table(geography),
      spend.experimentsTable(specification, geography, truth),
      IncentiveLedger.table(specification, products, partners, histories),
    ]
    let document = TruthDocument(
      specification: specification, geography: geography, products: products, truth: truth, spend: spend,
      simulation: simulation, customers: customers)
    return SampleNetwork(
      specification: specification, tables: tables, truth: document.value,
      lastQuarter: LastQuarter(specification, geography, spend))
  }

  /// A table by its name in the plan.
  public subscript(table name: String) -> Table? { tables.first { $0.name == name } }

  /// One line for people: what is in the network.
  public var summary: String {
    let sales = self[table: "sales"]?.rowCount ?? 0
    return "\(specification.partners) partners, \(specification.servedCities) of \(specification.listedCities) cities, "
      + "\(specification.products) products, \(specification.months) months, \(sales) sales rows"
  }

  /// The plan that goes with the tables; `compressed` says how the files are named.
  public func plan(compressed: Bool) -> String {
    SamplePlan(specification, tables.map(\.name), lastQuarter, lastYear, compressed: compressed).text
  }

  /// Writes `plan.yaml`, `truth.json`, `README.md` and `data/*.csv` (or `.csv.gz`) into a folder, which is made where it
  /// does not exist; its parent must. Files that are there are replaced.
  public func write(to directory: String, compressed: Bool = false) throws(FileError) {
    try SampleNetwork.makeFolder(directory)
    try SampleNetwork.makeFolder(directory + "/data")
    for table in tables {
      try CSVWriter.write(table, to: "\(directory)/data/\(table.name).csv" + (compressed ? ".gz" : ""))
    }
    try JSONWriter.write(truth, to: directory + "/truth.json")
    try AtomicFile.write(plan(compressed: compressed), to: directory + "/plan.yaml")
    try AtomicFile.write(DataCard(self, compressed: compressed).text, to: directory + "/README.md")
  }

  private static func makeFolder(_ path: String) throws(FileError) {
    guard mkdir(path, 0o755) != 0, errno != EEXIST else { return }
    let reason = String(cString: strerror(errno)).lowercased()
    if errno == ENOENT || errno == ENOTDIR { throw .noSuchDirectory(path: path) }
    throw .notWritable(path: path, reason: reason)
  }
}

/// What was spent in the last three months, in CNY.
struct LastQuarter: Sendable {
  let regions: [(name: String, amount: Double)]
  let types: [(name: String, amount: Double)]

  init(_ specification: NetworkSpecification, _ geography: Geography, _ spend: SpendHistory) {
    func sum(_ region: Int, _ type: Int) -> Double { spend.amount[region][type].suffix(3).reduce(0, +) }
    let types = SpendType.allCases.indices
    let regions = geography.regions.indices
    self.regions = regions.map { region in
      (geography.regions[region].name, types.reduce(0) { $0 + sum(region, $1) })
    }
    self.types = types.map { type in
      (SpendType.allCases[type].rawValue, regions.reduce(0) { $0 + sum($1, type) })
    }
  }

  var total: Double { regions.reduce(0) { $0 + $1.amount } }
}

/// What was sold to partners that are still there, in the last twelve months, by region in the order of the partners.
struct LastYear: Sendable {
  private(set) var regions: [(name: String, amount: Double)] = []

  init(sales: Table?, partners: Table?, lastMonth: Period) {
    guard let sales, let partners, let ids = partners.text("partner_id"), let names = partners.text("region"),
      let status = partners.text("status"), let periods = sales.periods("period"),
      let sellers = sales.text("partner_id"), let values = sales.money("sell_in_value")
    else { return }
    var regionOf: [String: String] = [:]
    for row in 0..<partners.rowCount where status[row] != "ended" {
      if let id = ids[row], let region = names[row] { regionOf[id] = region }
    }
    var amounts: [String: Money] = [:]
    var order: [String] = []
    for row in 0..<sales.rowCount {
      guard values[row] != Unknown.money, let period = periods[row], period.ordinal > lastMonth.ordinal - 12,
        let region = sellers[row].flatMap({ regionOf[$0] })
      else { continue }
      if amounts[region] == nil { order.append(region) }
      amounts[region, default: .zero] += values[row]
    }
    regions = order.map { ($0, amounts[$0]?.double ?? 0) }
  }

  var total: Double { regions.reduce(0) { $0 + $1.amount } }
}

extension SampleNetwork {
  var lastYear: LastYear {
    LastYear(sales: self[table: "sales"], partners: self[table: "partners"], lastMonth: specification.lastMonth)
  }
}
