public import ChannelTypes
import Probability

/// The ratios of the sheet, in its order. Days are of a year of 365; the accounts state no cost of sales, so that days
/// of stock and of payables are counted in revenue like those of receivables, and the three add up to one cycle.
public enum FinancialRatio: String, Sendable, Hashable, CaseIterable, Codable {
  /// Liabilities ÷ assets.
  case liabilitiesToAssets = "liabilities_to_assets"
  /// Current assets ÷ current liabilities.
  case currentRatio = "current_ratio"
  /// Cash from operations ÷ obligations of the next year (current liabilities).
  case cashFlowAdequacy = "cash_flow_adequacy"
  /// Receivables, stock and payables in days of revenue.
  case receivableDays = "dso"
  case stockDays = "dio"
  case payableDays = "dpo"
  /// DSO + DIO − DPO.
  case cashCycle = "cash_conversion_cycle"
  /// Revenue ÷ stock.
  case stockTurnover = "stock_turnover"
  /// Revenue against the year before, as a share.
  case revenueGrowth = "revenue_growth"
  /// What the partner bought from us ÷ its revenue: how much of its business hangs on one supplier.
  case ourShare = "our_share"
  /// Mean days from our invoice to its payment, weighted by amount.
  case collectionDays = "collection_days"
  /// Share of what fell due to us that was paid in time.
  case punctuality
  /// Months that cash lasts in the plan's shock of sales (`CreditStress`); unknown where nothing is burnt.
  case runwayMonths = "runway_months"

  /// Which way is better for whom they owe.
  public enum Preference: Sendable { case higher, lower, neither }

  public var preference: Preference {
    switch self {
    case .liabilitiesToAssets, .receivableDays, .stockDays, .payableDays, .cashCycle, .collectionDays: .lower
    case .currentRatio, .cashFlowAdequacy, .stockTurnover, .revenueGrowth, .punctuality, .runwayMonths: .higher
    case .ourShare: .neither
    }
  }

  /// NaN where a figure is not stated or a divisor is not above zero.
  ///
  /// - Parameters:
  ///   - before: the accounts of the year before, for growth.
  ///   - bought: what the partner bought from us in the year.
  ///   - runway: months that cash lasts.
  public func value(
    _ statement: FinancialStatement?, before: FinancialStatement? = nil, payments: Collections.Year? = nil,
    bought: Money? = nil, runway: Double = .nan
  ) -> Double {
    func ratio(_ above: Money?, _ below: Money?) -> Double {
      guard let above, let below, below > .zero else { return .nan }
      return above.double / below.double
    }
    func days(_ amount: Money?) -> Double { 365 * ratio(amount, statement?.revenue) }
    switch self {
    case .liabilitiesToAssets: return ratio(statement?.liabilities, statement?.assets)
    case .currentRatio: return ratio(statement?.currentAssets, statement?.currentLiabilities)
    case .cashFlowAdequacy: return ratio(statement?.operatingCash, statement?.currentLiabilities)
    case .receivableDays: return days(statement?.receivables)
    case .stockDays: return days(statement?.stock)
    case .payableDays: return days(statement?.payables)
    case .cashCycle: return days(statement?.receivables) + days(statement?.stock) - days(statement?.payables)
    case .stockTurnover: return ratio(statement?.revenue, statement?.stock)
    case .revenueGrowth: return ratio(statement?.revenue, before?.revenue) - 1
    case .ourShare: return ratio(bought, statement?.revenue)
    case .collectionDays: return payments?.collectionDays ?? .nan
    case .punctuality: return payments?.punctuality ?? .nan
    case .runwayMonths: return runway
    }
  }
}

/// Where a ratio is measured against.
public enum RatioBenchmark: Sendable, Hashable {
  /// The median of active partners of the same channel type in the same year; of all where fewer than five are known.
  case peers
  case value(Double)
}

/// Every partner's ratios over three years, against a benchmark.
public struct RatioSheet: Sendable {
  public struct Line: Sendable {
    public var partner: String
    public var ratio: FinancialRatio
    /// By the sheet's years; NaN where unknown.
    public var values: [Double]
    public var benchmark: Double
    /// `plan`, `peers:agent (23)`, `peers (140)`.
    public var benchmarkFrom: String?

    public init(
      partner: String, ratio: FinancialRatio, values: [Double], benchmark: Double = .nan, benchmarkFrom: String? = nil
    ) {
      self.partner = partner
      self.ratio = ratio
      self.values = values
      self.benchmark = benchmark
      self.benchmarkFrom = benchmarkFrom
    }

    public var latest: Double { values.last ?? .nan }

    /// Change a year: the least-squares slope over the years that are known; NaN with fewer than two.
    public var trend: Double {
      let known = values.indices.filter { values[$0].isFinite }
      guard known.count >= 2 else { return .nan }
      let middle = known.reduce(0) { $0 + Double($1) } / Double(known.count)
      let above = known.reduce(0) { $0 + (Double($1) - middle) * values[$1] }
      return above / known.reduce(0) { $0 + (Double($1) - middle) * (Double($1) - middle) }
    }

    /// Against the benchmark; nil where either is unknown or no side is better.
    public var standing: Standing? {
      guard latest.isFinite, benchmark.isFinite else { return nil }
      switch ratio.preference {
      case .neither: return nil
      case .higher: return latest == benchmark ? .level : latest > benchmark ? .better : .worse
      case .lower: return latest == benchmark ? .level : latest < benchmark ? .better : .worse
      }
    }

    /// How far it is on the worse side of the benchmark, as a share of the benchmark (growth: as it is, because it may
    /// be near zero); 0 on the better side, NaN where that is not known.
    public var shortfall: Double {
      guard let standing else { return .nan }
      guard standing == .worse else { return 0 }
      let gap = abs(latest - benchmark)
      return ratio == .revenueGrowth || benchmark == 0 ? gap : gap / abs(benchmark)
    }
  }

  public enum Standing: String, Sendable { case better, level, worse }

  /// Ascending; the last is the latest year of any account.
  public let years: [Int]
  /// Partner by partner, ratios in their order.
  public private(set) var lines: [Line]

  static let fewestPeers = 5

  /// - Parameters:
  ///   - bought: what a partner bought from us in a year, by partner index and year.
  ///   - runway: months that cash lasts by partner index and year.
  /// Complexity: O(partners · ratios · log partners).
  public init(
    partners: [Partner], statements: FinancialStatements, collections: Collections,
    benchmarks: [FinancialRatio: RatioBenchmark] = [:], bought: (Int, Int) -> Money?, runway: (Int, Int) -> Double
  ) {
    let lastInvoice = collections.records.lazy.compactMap { $0.years.last?.year }.max()
    let last = statements.lastYear ?? collections.today?.containing(.year)?.ordinal ?? lastInvoice ?? 0
    let years = Array(last - 2...last)
    self.years = years
    var lines: [Line] = []
    lines.reserveCapacity(partners.count * FinancialRatio.allCases.count)
    for (index, partner) in partners.enumerated() {
      let own = statements[partner.id]
      let payments = collections[partner.id]?.years ?? []
      let facts = years.map { year in
        (
          own.last { $0.year == year }, own.last { $0.year == year - 1 }, payments.last { $0.year == year },
          bought(index, year), runway(index, year)
        )
      }
      for ratio in FinancialRatio.allCases {
        let values = facts.map { ratio.value($0.0, before: $0.1, payments: $0.2, bought: $0.3, runway: $0.4) }
        lines.append(Line(partner: partner.id, ratio: ratio, values: values))
      }
    }
    self.lines = lines
    for ratio in FinancialRatio.allCases { measure(ratio, partners, benchmarks[ratio] ?? .peers) }
  }

  /// The lines of a partner, by its index.
  public func lines(ofPartner index: Int) -> ArraySlice<Line> {
    let count = FinancialRatio.allCases.count
    return lines[index * count..<(index + 1) * count]
  }

  private mutating func measure(_ ratio: FinancialRatio, _ partners: [Partner], _ benchmark: RatioBenchmark) {
    let place = FinancialRatio.allCases.firstIndex(of: ratio) ?? 0
    let count = FinancialRatio.allCases.count
    if case .value(let value) = benchmark {
      for index in partners.indices {
        lines[index * count + place].benchmark = value
        lines[index * count + place].benchmarkFrom = "plan"
      }
      return
    }
    var groups: [String: [Double]] = [:]
    var everyone: [Double] = []
    for (index, partner) in partners.enumerated() where partner.isActive {
      let value = lines[index * count + place].latest
      guard value.isFinite else { continue }
      everyone.append(value)
      if let type = partner.channelType { groups[type, default: []].append(value) }
    }
    let all = (median: Self.median(everyone), name: "peers (\(everyone.count))")
    let medians = groups.filter { $0.value.count >= Self.fewestPeers }.mapValues(Self.median)
    let names = groups.reduce(into: [:]) { $0[$1.key] = "peers:\($1.key) (\($1.value.count))" }
    for (index, partner) in partners.enumerated() where !everyone.isEmpty {
      let type = partner.channelType ?? ""
      lines[index * count + place].benchmark = medians[type] ?? all.median
      lines[index * count + place].benchmarkFrom = medians[type] == nil ? all.name : names[type]
    }
  }

  private static func median(_ values: [Double]) -> Double {
    values.sorted().quantileOfAscending(0.5)
  }
}
