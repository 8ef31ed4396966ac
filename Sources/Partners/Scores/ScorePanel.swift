public import ChannelTypes
public import Tables

/// What scores are computed from: the history, and the records that are there.
public struct ScoreRecords: Sendable {
  public var history: ChannelHistory
  public var track: TrackingResult?
  public var stock: StockStandings?
  public var partners: Table?
  public var incidents: Table?
  public var orders: Table?
  public var customers: Table?
  public var receivables: Table?
  public var finance: Table?
  public var contracts: Table?
  public var regions: Table?
  public var competitors: Table?
  public var deliveries: Table?
  public var inventory: Table?

  public init(history: ChannelHistory) { self.history = history }
}

/// The figures of every partner and quarter, each with the rows that it rests on; unknown is NaN, never zero.
///
/// Cells have the shape indicator × quarter × partner, partners contiguous, so that peers are a stretch of memory.
/// Complexity of building: O(rows of the tables + indicators · quarters · partners).
public struct ScorePanel: Sendable {
  public let partners: [Partner]
  /// Quarters that the history covers whole, ascending.
  public let quarters: [Period]
  public internal(set) var values: [Double]
  /// Rows behind each value, and the first of them (−1 where there is none or it comes from an upstream stage).
  public internal(set) var rowCounts: [Int32]
  public internal(set) var firstRows: [Int32]
  /// Whether a partner reported in a quarter: quarter × partner.
  public internal(set) var isActive: [Bool]
  /// The tier of the contract in force at the quarter's end: quarter × partner, into `tierNames`; −1 for none.
  public internal(set) var tiers: [Int32]
  public internal(set) var tierNames: [String] = []
  /// The worst hours of a complaint in the quarter, and the most days that an invoice was overdue at its end.
  public internal(set) var worstComplaintHours: [Double]
  public internal(set) var overdueDays: [Double]
  /// Money left in the partner's city for each partner there, by partner; NaN where unknown.
  public internal(set) var headroom: [Double]
  /// Quarters whose attainment rests on contracts, for want of targets.
  public internal(set) var attainmentFromContracts: [Bool]
  /// Whether market shares come from rivals' shares, for want of potentials.
  public internal(set) var shareFromRivals = false
  /// Money bought: quarter × partner.
  public internal(set) var revenue: [Money]

  public init(_ records: ScoreRecords, _ card: Scorecard) {
    let history = records.history
    partners = history.partners
    quarters = history.wholeQuarters
    let cells = partners.count * quarters.count
    let all = cells * ScoreIndicator.allCases.count
    values = Array(repeating: .nan, count: all)
    rowCounts = Array(repeating: 0, count: all)
    firstRows = Array(repeating: -1, count: all)
    isActive = Array(repeating: false, count: cells)
    tiers = Array(repeating: -1, count: cells)
    worstComplaintHours = Array(repeating: .nan, count: cells)
    overdueDays = Array(repeating: .nan, count: cells)
    headroom = Array(repeating: .nan, count: partners.count)
    attainmentFromContracts = Array(repeating: false, count: quarters.count)
    revenue = Array(repeating: .zero, count: cells)
    guard !quarters.isEmpty else { return }
    measureSales(records)
    let targets = measureContracts(records)
    measureAttainment(records, annualTargets: targets)
    measureMarket(records)
    measureStock(records)
    measureService(records, card)
    measureCustomers(records, card)
    measureMoney(records, card)
    measureSurveys(records)
  }

  // MARK: Cells

  /// The cell of a quarter and a partner.
  public func cell(_ partner: Int, _ quarter: Int) -> Int { quarter * partners.count + partner }

  /// Where the figures of an indicator in a quarter begin.
  func start(_ indicator: ScoreIndicator, _ quarter: Int) -> Int {
    (indicator.index * quarters.count + quarter) * partners.count
  }

  public subscript(indicator: ScoreIndicator, partner: Int, quarter: Int) -> Double {
    values[start(indicator, quarter) + partner]
  }

  mutating func set(
    _ indicator: ScoreIndicator, _ partner: Int, _ quarter: Int, _ value: Double, rows: Int, first: Int
  ) {
    guard value.isFinite else { return }
    let cell = start(indicator, quarter) + partner
    values[cell] = value
    rowCounts[cell] = Int32(clamping: rows)
    firstRows[cell] = Int32(clamping: first)
  }

  /// Rows of the table behind a value.
  public func rowCount(_ indicator: ScoreIndicator, _ partner: Int, _ quarter: Int) -> Int {
    Int(rowCounts[start(indicator, quarter) + partner])
  }

  /// The table behind an indicator in a quarter.
  public func source(_ indicator: ScoreIndicator, quarter: Int) -> String {
    switch indicator {
    case .attainment: attainmentFromContracts[quarter] ? "contracts" : "targets"
    case .share: shareFromRivals ? "competitors" : "regions"
    default: indicator.table
    }
  }

  public func tier(_ partner: Int, _ quarter: Int) -> String? {
    let code = tiers[cell(partner, quarter)]
    return code < 0 ? nil : tierNames[Int(code)]
  }

  /// The position of a date among the quarters; may lie outside.
  func position(of ordinals: [Int]) -> [Int?] {
    ordinals.map { $0 == Int.min ? nil : $0 - quarters[0].ordinal }
  }
}

/// Sums of dated rows by partner and quarter, from three quarters before the first: what trailing years need.
struct DatedSums {
  static let lead = 3
  let partnerCount: Int
  let quarterCount: Int
  private(set) var sums: [Double]
  private(set) var counts: [Int32]
  private(set) var first: [Int32]

  init(partners: Int, quarters: Int) {
    (partnerCount, quarterCount) = (partners, quarters)
    let cells = partners * (quarters + DatedSums.lead)
    sums = Array(repeating: 0, count: cells)
    counts = Array(repeating: 0, count: cells)
    first = Array(repeating: -1, count: cells)
  }

  mutating func add(_ value: Double, partner: Int, quarter: Int, row: Int) {
    guard quarter >= -DatedSums.lead, quarter < quarterCount else { return }
    let cell = (quarter + DatedSums.lead) * partnerCount + partner
    sums[cell] += value
    counts[cell] += 1
    if first[cell] < 0 || Int32(clamping: row) < first[cell] { first[cell] = Int32(clamping: row) }
  }

  /// Sum, rows and first row of the four quarters that end with this one, none before `earliest`.
  func trailing(
    partner: Int, quarter: Int, since earliest: Int = -DatedSums.lead
  ) -> (sum: Double, count: Int, first: Int) {
    var result = (sum: 0.0, count: 0, first: -1)
    for q in max(earliest, quarter - 3, -DatedSums.lead)...max(quarter, earliest, -DatedSums.lead) where q <= quarter {
      let cell = (q + DatedSums.lead) * partnerCount + partner
      result.sum += sums[cell]
      result.count += Int(counts[cell])
      if first[cell] >= 0, result.first < 0 || Int(first[cell]) < result.first { result.first = Int(first[cell]) }
    }
    return result
  }
}
