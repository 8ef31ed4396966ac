public import ChannelTypes
public import Tables

/// A partner's accounts of one year; nil or NaN where the table says nothing.
public struct FinancialStatement: Sendable, Hashable {
  public var partner: String
  public var year: Int
  public var revenue: Money?
  public var netProfit: Money?
  public var assets: Money?
  public var equity: Money?
  public var liabilities: Money?
  public var currentAssets: Money?
  public var currentLiabilities: Money?
  public var operatingCash: Money?
  public var receivables: Money?
  public var payables: Money?
  public var stock: Money?
  /// The credit bureau's score, 300 to 850.
  public var bureauScore = Double.nan
  /// The row of the table of accounts; −1 for one built in code.
  public var row: Int

  public init(_ partner: String, year: Int, row: Int = -1) {
    self.partner = partner
    self.year = year
    self.row = row
  }

  /// What stands in for cash: current assets that are neither receivables nor stock, never below zero. Accounts of
  /// dealers seldom state cash itself.
  public var cash: Money? {
    guard let currentAssets, let receivables, let stock else { return nil }
    return max(.zero, currentAssets - receivables - stock)
  }
}

/// The accounts of all partners, by partner and year.
public struct FinancialStatements: Sendable {
  /// Sorted by partner, then year.
  public let all: [FinancialStatement]
  private let ranges: [String: Range<Int>]

  public init(_ statements: [FinancialStatement] = []) {
    let sorted = statements.sorted { ($0.partner, $0.year) < ($1.partner, $1.year) }
    var ranges: [String: Range<Int>] = [:]
    var start = 0
    for index in sorted.indices where index + 1 == sorted.count || sorted[index + 1].partner != sorted[start].partner {
      ranges[sorted[index].partner] = start..<index + 1
      start = index + 1
    }
    all = sorted
    self.ranges = ranges
  }

  /// The rows of the table of accounts that name a partner and a year. Equity that is not stated is assets less
  /// liabilities. Complexity: O(rows · log rows).
  public init(_ table: Table) {
    guard let partners = table.text("partner_id"), let years = table.periods("year") else {
      self.init()
      return
    }
    let columns: [(WritableKeyPath<FinancialStatement, Money?>, [Money]?)] = [
      (\.revenue, table.money("revenue")), (\.netProfit, table.money("net_profit")),
      (\.assets, table.money("assets")), (\.equity, table.money("equity")),
      (\.liabilities, table.money("liabilities")), (\.currentAssets, table.money("current_assets")),
      (\.currentLiabilities, table.money("current_liabilities")), (\.operatingCash, table.money("op_cash")),
      (\.receivables, table.money("receivables")), (\.payables, table.money("payables")),
      (\.stock, table.money("stock")),
    ]
    let scores = table.numbers("bureau_score")
    self.init(
      (0..<table.rowCount).compactMap { row in
        guard let id = partners[row], let year = years[row]?.containing(.year) else { return nil }
        var statement = FinancialStatement(id, year: year.ordinal, row: row)
        for (path, values) in columns {
          if let values, values[row] != Unknown.money { statement[keyPath: path] = values[row] }
        }
        if statement.equity == nil, let assets = statement.assets, let liabilities = statement.liabilities {
          statement.equity = assets - liabilities
        }
        if let scores { statement.bureauScore = scores[row] }
        return statement
      })
  }

  /// A partner's accounts, earliest year first.
  public subscript(partner: String) -> ArraySlice<FinancialStatement> { all[ranges[partner] ?? 0..<0] }

  public func statement(_ partner: String, year: Int) -> FinancialStatement? { self[partner].last { $0.year == year } }
  /// Where in `all` the latest accounts of a partner stand.
  public func latestIndex(_ partner: String) -> Int? { ranges[partner].map { $0.upperBound - 1 } }
  public func latest(_ partner: String) -> FinancialStatement? { self[partner].last }
  public var lastYear: Int? { all.lazy.map(\.year).max() }
}
