public import ChannelTypes
public import Tables

/// How far leads and orders come, and what is lost or still open between stages.
public struct SalesFunnel: Sendable {
  public struct Step: Sendable, Hashable {
    public enum Kind: String, Sendable { case leads, orders }
    public var kind: Kind
    public var stage: String
    /// How many came at least so far: leads, or prepayments and orders.
    public var count: Int
    /// What they are worth: what customers have paid so far, or the documents of the stage. A
    /// prepayment is a part of what is shipped on it, so that amounts may rise.
    public var amount: Money
  }

  public let steps: [Step]

  /// - Parameters:
  ///   - until: the first month that does not count; documents of the twelve months before it are followed.
  /// Complexity: O(rows).
  public init(customers: Table?, orders: Table?, until: Period) {
    steps = (customers.map(Self.leads) ?? []) + (orders.map { Self.documents($0, until: until) } ?? [])
  }

  /// Each stage counts those that came at least so far; a second order is the last one.
  private static func leads(_ table: Table) -> [Step] {
    guard let stages = table.text("stage") else { return [] }
    let order = ["potential", "intent", "near_close", "customer"]
    let names = ["contacted", "intent", "near_close", "customer", "repeat_customer"]
    let (revenue, orders) = (table.money("revenue"), table.numbers("orders_n"))
    var counts = [Int](repeating: 0, count: names.count)
    var amounts = [Money](repeating: .zero, count: names.count)
    for row in 0..<table.rowCount {
      guard let stage = stages[row].flatMap(order.firstIndex(of:)) else { continue }
      let reached = stage == 3 && (orders?[row] ?? 0) >= 2 ? 4 : stage
      let amount = revenue.map { $0[row] == Unknown.money ? .zero : $0[row] } ?? .zero
      for step in 0...reached {
        counts[step] += 1
        amounts[step] += amount
      }
    }
    guard counts[0] > 0 else { return [] }
    return names.indices.filter { $0 < 4 || orders != nil }.map {
      Step(kind: .leads, stage: names[$0], count: counts[$0], amount: amounts[$0])
    }
  }

  /// Prepayments and orders of twelve months, and what of them has been shipped, invoiced and paid, along `ref`.
  private static func documents(_ table: Table, until: Period) -> [Step] {
    guard let ids = table.text("order_id"), let kinds = table.text("kind"), let dates = table.periods("date"),
      let amounts = table.money("amount"), let refs = table.text("ref"), let end = until.containing(.month)?.ordinal
    else { return [] }
    let months = dates.ordinals(as: .month)
    let rowOf = RowLookup(ids)
    let roots = ["prepayment", "order"]
    /// The document with which a chain begins; a chain that runs in a circle, or longer than any trade, has none.
    func root(_ row: Int) -> Int? {
      var current = row
      for _ in 0..<8 {
        if roots.contains(kinds[current] ?? "") { return current }
        guard let next = refs[current].flatMap({ rowOf[$0] }) else { return nil }
        current = next
      }
      return nil
    }
    let names = ["promised", "shipment", "invoice", "cash"]
    var reached = [Set<Int>](repeating: [], count: names.count)
    var sums = [Money](repeating: .zero, count: names.count)
    for row in 0..<table.rowCount where amounts[row] != Unknown.money {
      guard let kind = kinds[row], let first = root(row), months[first] < end, months[first] >= end - 12,
        let step = first == row ? 0 : names.firstIndex(of: kind)
      else { continue }
      reached[step].insert(first)
      sums[step] += amounts[row]
    }
    guard !reached[0].isEmpty else { return [] }
    return names.indices.map { Step(kind: .orders, stage: names[$0], count: reached[$0].count, amount: sums[$0]) }
  }
}
