import Allocation
import ChannelTypes
import Partners
import Specifications
import Tables

/// What the credit stage knows of partners before and after limits are set.
struct CreditFacts: Sendable {
  let settings: CreditSettings
  let policy: CreditTermsPolicy
  /// The table of partners, of invoices and of accounts: evidence.
  let tables: (partners: Table, invoices: Table, accounts: Table?)
  /// Active partners, in the table's order.
  let members: [Partner]
  /// Known by id: their place in `members`.
  private let places: [String: Int]
  /// What the maker owns of a partner, in percent; by member.
  let shareholding: [Percent?]
  let statements: FinancialStatements
  let collections: Collections
  let observations: [DefaultModel.Observation]
  let model: DefaultModel
  /// By member.
  let chances: [DefaultModel.Assessment]
  /// Partners with a limit.
  private(set) var lines: [CreditLine] = []
  let demandRatios: [String: Double]
  /// Maturity by region, where the table of regions states one.
  let maturity: [String: String]
  let history: ChannelHistory?
  /// Stock at cost that sells too slowly, by partner.
  private(set) var slowStock: [String: Money] = [:]
  /// The day from which reviews are counted.
  let today: Period?
  private(set) var notes: [Diagnostic] = []

  /// Nil without partners or invoices.
  init?(_ context: StageContext, _ settings: CreditSettings) {
    guard let partnerTable = context.table(.partners), let invoices = context.table(.receivables) else { return nil }
    self.settings = settings
    policy = settings.termsPolicy
    tables = (partnerTable, invoices, context.table(.finance))
    members = Partner.all(partnerTable).filter(\.isActive)
    places = Dictionary(members.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let shares = partnerTable.numbers("shareholding_pct")
    shareholding = members.map { partner in
      guard let share = shares?[partner.row], share.isFinite, (0...100).contains(share) else { return nil }
      return Percent(tenThousandths: Int64((share * 10_000).rounded()))
    }
    statements = context.table(.finance).map { FinancialStatements($0) } ?? FinancialStatements()
    collections = Collections(invoices, defaultDays: settings.defaultDays.value)
    observations = DefaultModel.observations(collections, statements)
    let model = DefaultModel(observations)
    let statements = statements
    self.model = model
    chances = members.map { partner in
      model.assess(partner.id, statements.latest(partner.id).flatMap(DefaultModel.Predictors.init))
    }
    history = context.result(of: HistoryStage.self)
    maturity = Self.maturities(context.table(.regions))
    let start = context.plan.calendar.start?.value.firstDay.map(Period.day)
    today = start ?? collections.today
    let demand = context.result(of: DemandStage.self).map { planned in
      let measure = context.plan.forecast.measure
      return CreditDemand(
        planned, sales: context.table(.sales), isUnits: measure == .sellOutQuantity || measure == .sellInQuantity,
        elasticity: settings.demandElasticity.value)
    }
    demandRatios = demand?.ratios ?? [:]
    for (partner, chance) in zip(members, chances) {
      guard let limit = partner.creditLimit, limit > .zero else { continue }
      let days = partner.termsDays.isFinite ? Int(max(1, min(3650, partner.termsDays.rounded()))) : Self.assumedDays
      lines.append(
        CreditLine(
          partner.id, region: partner.region, present: limit,
          demandFactor: demand?.factor(partner.region) ?? Percent(100),
          terms: policy.decide(chance.probability, presentDays: days)))
    }
    addNotes(context)
  }

  /// Days to pay where the table states none.
  private static let assumedDays = 30

  func index(of partner: String) -> Int? { places[partner] }
  func chance(_ partner: String) -> DefaultModel.Assessment {
    places[partner].map { chances[$0] } ?? model.assess(partner, nil)
  }

  /// The facts with the limits of a solution and what stock makes of them. A link never raises a limit: the allocation
  /// has promised the total to others.
  func limited(by solution: CreditSolution, _ standings: StockStandings?) -> CreditFacts {
    var facts = self
    for (index, given) in solution.partners.enumerated() {
      let line = lines[index]
      let factor = standings?[line.partner]?.creditFactor ?? Percent(100)
      facts.lines[index] = line.limited(
        to: Money(rounding: given.exposure) ?? .zero, heldBy: given.heldBy.rawValue,
        stockFactor: min(Percent(100), factor), unit: settings.unit.value)
    }
    for standing in standings?.all ?? [] where standing.slowShare.isFinite {
      facts.slowStock[standing.partner] = Money(rounding: standing.stockValue.double * standing.slowShare)
    }
    return facts
  }

  /// The maturity that most of a region's rows state; of two as frequent ones the first in the alphabet.
  private static func maturities(_ table: Table?) -> [String: String] {
    guard let table, let regions = table.text("region"), let stated = table.text("maturity") else { return [:] }
    var counts: [String: [String: Int]] = [:]
    for row in 0..<table.rowCount {
      guard let region = regions[row], let maturity = stated[row] else { continue }
      counts[region, default: [:]][maturity, default: 0] += 1
    }
    return counts.compactMapValues { counts in
      counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
  }

  private mutating func addNotes(_ context: StageContext) {
    func note(_ code: DiagnosticCode, _ severity: Diagnostic.Severity, _ message: String) {
      notes.append(Diagnostic(code, severity, message))
    }
    if !model.isRegression {
      note(
        CreditCodes.fewDefaults, .warning,
        "\(model.defaults) defaults in \(model.observations) partner-years: chances of default are records drawn "
          + "towards the mean, not a regression")
    }
    if statements.all.isEmpty {
      note(CreditCodes.noAccounts, .note, "there are no accounts: no ratios, no runway, no stress")
    }
    if lines.count > CreditStage.largeBook {
      note(
        CreditCodes.largeBook, .note,
        "\(lines.count) partners: the allocation takes the tail of a large book, and its certificate is for that tail")
    }
    if demandRatios.isEmpty {
      note(CreditCodes.noDemand, .note, "no planned demand with a year before it: limits carry the sales of today")
    }
    if context.result(of: StockStage.self)?.standings.all.isEmpty ?? true {
      note(CreditCodes.noStock, .note, "no standing of stock: no link of stock to credit")
    }
  }
}
