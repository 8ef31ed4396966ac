import ChannelTypes
import Partners
import Specifications
import Synchronization
import Tables

/// What people see of a settlement: tables, key figures, traces, and the result for later stages.
struct IncentivesReport {
  let inputs: IncentiveInputs
  /// Lines of the last period of each grain, and earlier ones with something payable.
  let published: [IncentiveSettlement.Line]
  let settlement: IncentiveSettlement
  let expected: [IncentiveForecast.Line]
  /// By planned period: what all partners are paid, draw by draw.
  let fan: [(period: Period, draws: [Double])]
  /// What all rules accrue over the planned periods in each draw of demand.
  private var accrualDraws: [Double] {
    fan.reduce(into: []) { sums, period in
      if sums.isEmpty {
        sums = period.draws
      } else {
        for (draw, amount) in period.draws.enumerated() { sums[draw] += amount }
      }
    }
  }
  let outlooks: [TierOutlook]
  let ledger: IncentiveLedger
  let currency: String
  let closePercent: Double

  init(
    inputs: IncentiveInputs, settlement: IncentiveSettlement, expected: [IncentiveForecast.Line],
    fan: [(period: Period, draws: [Double])] = [], ledger: IncentiveLedger, settings: IncentiveSettings,
    currency: String
  ) {
    self.inputs = inputs
    self.settlement = settlement
    self.expected = expected
    self.fan = fan
    self.ledger = ledger
    self.currency = currency
    closePercent = settings.closePercent.value
    published = settlement.lines.filter { $0.isLast || $0.payable != .zero }
    outlooks = Self.outlooks(inputs, settlement, expected, closePercent)
  }

  /// From the expected sales of the next period; without a forecast, from the sales of the last one.
  private static func outlooks(
    _ inputs: IncentiveInputs, _ settlement: IncentiveSettlement, _ expected: [IncentiveForecast.Line],
    _ closePercent: Double
  ) -> [TierOutlook] {
    if expected.isEmpty {
      return settlement.lines.filter(\.isLast).compactMap {
        inputs.outlook(
          partner: $0.partner, version: $0.version, period: $0.period, standing: $0.basis, links: $0.links,
          chances: [], closePercent: closePercent)
      }
    }
    return expected.filter(\.isNext).compactMap {
      inputs.outlook(
        partner: $0.partner, version: $0.version, period: $0.period, standing: $0.expectedSales, links: $0.links,
        chances: $0.chances, closePercent: closePercent)
    }
  }

  func partner(_ index: Int) -> Partner { inputs.history.partners[index] }
  func rule(_ version: Int) -> IncentiveRule { inputs.rules.versions[version] }

  /// Expected lines of one partner and period, in the order of both.
  private var accrualGroups: [[IncentiveForecast.Line]] {
    var groups: [[IncentiveForecast.Line]] = []
    for line in expected {
      if let last = groups.last?.last, last.partner == line.partner, last.period == line.period {
        groups[groups.count - 1].append(line)
      } else {
        groups.append([line])
      }
    }
    return groups
  }

  var result: IncentiveResult {
    IncentiveResult(
      payouts: published.map { line in
        let version = rule(line.version)
        return Payout(
          partner: partner(line.partner).id, period: line.period, rule: version.name, earned: line.earned,
          settled: line.settled, netted: line.netted, basis: line.basis, due: version.dueDay(of: line.period))
      },
      accruals: accrualGroups.map { lines in
        let total = lines.map(\.accrual).total()
        let sales = lines[0].expectedSales
        return Accrual(
          partner: partner(lines[0].partner).id, period: lines[0].period, expected: total,
          rate: sales > .zero ? total.double / sales.double : 0)
      })
  }

  func traces(sales: Table?, ledger: Table?) -> TraceBook {
    let firstRows = published.compactMap { line in
      inputs.history.rows(partner: line.partner, months: inputs.history.months(in: line.period)).first
    }
    let salesPlaces = RowPlaces(sales, rows: firstRows, column: "partner_id")
    let ledgerPlaces = RowPlaces(ledger, rows: published.compactMap(\.firstEntry), column: "amount")
    return IncentiveTraces(
      inputs, settled: published, accruals: accrualGroups, currency: currency,
      salesPlace: { salesPlaces[$0] }, ledgerPlace: { ledgerPlaces[$0] }
    ).book
  }

  var indicators: [Indicator] {
    let payable = published.map(\.payable)
    let earned = settlement.lines.filter(\.isLast).map { ($0.earned - $0.netted).double }.reduce(0, +)
    var indicators = [
      Indicator(
        "incentive_payable", "Incentives payable now", payable.filter { $0 > .zero }.total().double, unit: currency,
        better: .neutral),
      Indicator(
        "incentive_clawback", "Incentives paid too much", -payable.filter { $0 < .zero }.total().double,
        unit: currency, better: .lower),
      Indicator(
        "incentive_earned", "Incentives earned in the last quarter and year", earned, unit: currency),
      Indicator(
        "close_to_next_tier", "Partners close to a next tier",
        Double(Set(outlooks.filter(\.isClose).map(\.partner)).count), unit: "partners"),
    ]
    if !expected.isEmpty {
      indicators.append(
        Indicator(
          "incentive_accrual", "Incentives expected in the planned periods", expected.map(\.accrual).total().double,
          unit: currency, draws: accrualDraws))
    }
    return indicators
  }
}

/// Places of the first rows that traces cite: looked up in one scan of the file, and only when a trace is asked for.
final class RowPlaces: Sendable {
  private let table: Table?
  private let rows: [Int]
  private let column: String
  private let found = Mutex<[Int: SourcePlace]?>(nil)

  init(_ table: Table?, rows: [Int], column: String) {
    self.table = table
    self.rows = Array(Set(rows)).sorted()
    self.column = column
  }

  subscript(row: Int) -> SourcePlace? {
    found.withLock { places in
      if places == nil {
        let located = table?.source?.locate(rows.map { ($0, column) }) ?? []
        places = Dictionary(zip(rows, located.map(\.place)), uniquingKeysWith: { first, _ in first })
      }
      return places?[row]
    }
  }
}
