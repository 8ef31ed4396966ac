public import ChannelTypes
public import Tables

/// What every partner bought and sold, month by month: the one reading of the sales table that scores, targets,
/// incentives, alerts and credit share.
///
/// Amounts have the shape partner × month, months contiguous: `partner · monthCount + month`. Money is exact; its sums
/// are those of the table's rows. A month before a partner's first row holds zeros.
public struct ChannelHistory: Sendable {
  public private(set) var partners: [Partner]
  public let firstMonth: Period
  public let monthCount: Int

  /// What partners bought.
  public private(set) var sellInValue: [Money]
  public private(set) var sellInUnits: [Double]
  /// What they sold on; zero where it is not reported (`reportsSellOut`).
  public private(set) var sellOutValue: [Money]
  public private(set) var sellOutUnits: [Double]
  public private(set) var returnedUnits: [Double]
  /// Days without stock, summed over products.
  public private(set) var stockOutDays: [Double]
  public private(set) var promotionDays: [Double]
  /// Rows of the table in each cell, and the first of them (−1 where there is none): evidence.
  public private(set) var rowCounts: [Int32]
  public private(set) var firstRows: [Int32]
  /// Rows of a cell that state sell-out.
  public private(set) var sellOutRows: [Int32]

  private var positions: [String: Int] = [:]

  /// - Parameters:
  ///   - partnerTable: partners in its order; those that only the sales name follow, sorted by id.
  ///   - historyFrom: earlier rows are not read.
  ///   - start: rows of the planned periods, from here on, are not read.
  /// - Returns: nil where the table has no dated row of a partner.
  /// Complexity: O(rows + partners · months).
  public init?(sales: Table, partners partnerTable: Table?, historyFrom: Period? = nil, until start: Period? = nil) {
    guard let periods = sales.periods("period"), let ids = sales.text("partner_id") else { return nil }
    // 1. Which months and whom.
    let first = historyFrom.flatMap { $0.containing(.month) }?.ordinal ?? Int.min
    let end = start.flatMap { $0.containing(.month) }?.ordinal ?? Int.max
    let ordinals = periods.ordinals(as: .month)
    let kept = ordinals.indices.filter {
      ordinals[$0] != Int.min && ordinals[$0] >= first && ordinals[$0] < end && ids.codes[$0] >= 0
    }
    guard let lowest = kept.lazy.map({ ordinals[$0] }).min(), let highest = kept.lazy.map({ ordinals[$0] }).max() else {
      return nil
    }
    firstMonth = Period(form: .month, ordinal: lowest)
    monthCount = highest - lowest + 1
    var everyone = partnerTable.map(Partner.all) ?? []
    var places: [String: Int] = [:]
    for (index, partner) in everyone.enumerated() { places[partner.id] = index }
    var seen = [Bool](repeating: false, count: ids.dictionary.count)
    for row in kept { seen[Int(ids.codes[row])] = true }
    let strangers = ids.dictionary.indices.filter { seen[$0] && places[ids.dictionary[$0]] == nil }
    for id in strangers.map({ ids.dictionary[$0] }).sorted() {
      places[id] = everyone.count
      everyone.append(Partner(id, row: -1))
    }
    (partners, positions) = (everyone, places)
    // 2. Sums of every cell, in one pass.
    let cells = partners.count * monthCount
    (sellInValue, sellOutValue) = (Array(repeating: .zero, count: cells), Array(repeating: .zero, count: cells))
    (sellInUnits, sellOutUnits) = (Array(repeating: 0, count: cells), Array(repeating: 0, count: cells))
    (returnedUnits, stockOutDays) = (Array(repeating: 0, count: cells), Array(repeating: 0, count: cells))
    promotionDays = Array(repeating: 0, count: cells)
    (rowCounts, sellOutRows) = (Array(repeating: 0, count: cells), Array(repeating: 0, count: cells))
    firstRows = Array(repeating: -1, count: cells)
    let owner = ids.dictionary.map { places[$0] ?? 0 }
    let cell = kept.map { owner[Int(ids.codes[$0])] * monthCount + ordinals[$0] - lowest }
    add(sales.money("sell_in_value"), kept, cell, to: \.sellInValue)
    add(sales.money("sell_out_value"), kept, cell, to: \.sellOutValue)
    for (name, path) in [
      ("sell_in_qty", \ChannelHistory.sellInUnits), ("sell_out_qty", \.sellOutUnits), ("returns_qty", \.returnedUnits),
      ("stockout_days", \.stockOutDays), ("promo_days", \.promotionDays),
    ] as [(String, WritableKeyPath<ChannelHistory, [Double]>)] {
      add(sales.numbers(name), kept, cell, to: path)
    }
    let sellOut = sales.numbers("sell_out_qty") ?? sales.numbers("sell_out_value")
    for (row, cell) in zip(kept, cell) {
      rowCounts[cell] += 1
      if firstRows[cell] < 0 { firstRows[cell] = Int32(row) }
      if let sellOut, !sellOut[row].isNaN { sellOutRows[cell] += 1 }
    }
  }

  private mutating func add(
    _ values: [Money]?, _ rows: [Int], _ cells: [Int], to path: WritableKeyPath<ChannelHistory, [Money]>
  ) {
    guard let values else { return }
    var sums = [Money](repeating: .zero, count: partners.count * monthCount)
    for (row, cell) in zip(rows, cells) where values[row] != Unknown.money { sums[cell] += values[row] }
    self[keyPath: path] = sums
  }

  private mutating func add(
    _ values: [Double]?, _ rows: [Int], _ cells: [Int], to path: WritableKeyPath<ChannelHistory, [Double]>
  ) {
    guard let values else { return }
    var sums = [Double](repeating: 0, count: partners.count * monthCount)
    for (row, cell) in zip(rows, cells) where !values[row].isNaN { sums[cell] += values[row] }
    self[keyPath: path] = sums
  }
}

extension ChannelHistory {
  /// The index of a partner; nil where neither table names it.
  public func index(of partner: String) -> Int? { positions[partner] }

  /// The month after the last one.
  public var nextMonth: Period { firstMonth.advanced(by: monthCount) }
  public func month(_ index: Int) -> Period { firstMonth.advanced(by: index) }

  /// Which months of the history lie in a period (a month, a quarter, a year).
  public func months(in period: Period) -> Range<Int> {
    let inside = (0..<monthCount).filter { month($0).containing(period.form) == period }
    guard let first = inside.first, let last = inside.last else { return 0..<0 }
    return first..<last + 1
  }

  /// Quarters that the history covers whole, from the first to the last.
  public var wholeQuarters: [Period] {
    var quarters: [Period] = []
    for index in 0..<monthCount {
      guard let quarter = month(index).containing(.quarter), quarters.last != quarter else { continue }
      if months(in: quarter).count == 3 { quarters.append(quarter) }
    }
    return quarters
  }

  public func cells(partner: Int, months: Range<Int>) -> Range<Int> {
    partner * monthCount + months.lowerBound..<partner * monthCount + months.upperBound
  }

  /// What a partner bought in a period; where the table has no sell-in, what it sold.
  public func revenue(partner: Int, in period: Period) -> Money {
    revenue(partner: partner, months: months(in: period))
  }

  public func revenue(partner: Int, months: Range<Int>) -> Money {
    let cells = cells(partner: partner, months: months)
    return hasSellIn ? sellInValue[cells].total() : sellOutValue[cells].total()
  }

  /// Whether the table states what partners bought, in money.
  public var hasSellIn: Bool { sellInValue.contains { $0 != .zero } }

  /// Rows of the sales table behind a partner's figures of some months: how many, and the first.
  public func rows(partner: Int, months: Range<Int>) -> (count: Int, first: Int?) {
    let cells = cells(partner: partner, months: months)
    let first = cells.lazy.map { Int(self.firstRows[$0]) }.filter { $0 >= 0 }.min()
    return (cells.reduce(0) { $0 + Int(rowCounts[$1]) }, first)
  }

  /// Months from a partner's first row to the end; 0 where it has none.
  public func monthsActive(partner: Int) -> Int {
    let cells = cells(partner: partner, months: 0..<monthCount)
    guard let first = cells.first(where: { rowCounts[$0] > 0 }) else { return 0 }
    return cells.upperBound - first
  }
}
