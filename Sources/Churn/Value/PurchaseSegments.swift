internal import ChannelTypes

/// Segments of customers by recency, frequency and money, and by how long they have been silent beside their own habit.
///
/// Scores are fifths of the customers (5 is best; equal figures have equal scores): Hughes, "Strategic Database
/// Marketing" (1994). Dormancy is the silence since the last order over the customer's usual gap between orders.
public struct PurchaseSegments: Sendable, Hashable {
  /// In the order in which they are tried.
  public enum Segment: String, Sendable, Hashable, CaseIterable {
    /// Silent for more than `lostGaps` usual gaps, and without a running contract.
    case lost
    /// Silent for more than `dormantGaps` usual gaps, and without a running contract.
    case dormant
    /// Silent for more than `slippingGaps` usual gaps: still within reach.
    case slipping
    /// Among the upper two fifths in frequency and in money.
    case highValue = "high_value"
    /// First order within the last quarter of a year.
    case new
    /// Among the upper two fifths in frequency.
    case loyal
    /// Among the upper two fifths in money: few orders, large ones.
    case bigTicket = "big_ticket"
    case occasional
  }

  public var slippingGaps = 2.0
  public var dormantGaps = 3.0
  public var lostGaps = 8.0

  public init() {}

  public struct Customer: Sendable, Hashable {
    public var id: String
    public var partner: String
    /// Periods since the last order.
    public var silence: Int
    public var orders: Int
    /// Margin so far, in currency.
    public var margin: Double
    public var recencyScore: Int
    public var frequencyScore: Int
    public var moneyScore: Int
    /// Usual periods between orders.
    public var cycle: Double
    /// Silence in usual gaps.
    public var dormancy: Double
    public var segment: Segment
    /// Dormant, and among the upper two fifths in money: first on the list to win back.
    public var isToReactivate: Bool
  }

  /// In the order of the table.
  public func assign(_ history: CustomerHistory) -> [Customer] {
    let customers = history.customers
    let gaps = CustomerContext.gaps(customers)
    let silences = customers.map { max(0, history.today - $0.lastOrder) }
    let recency = PurchaseSegments.fifths(silences.map { -Double($0) })
    let frequency = PurchaseSegments.fifths(customers.map { Double($0.orders) })
    let money = PurchaseSegments.fifths(customers.map(\.margin))
    let quarter = max(1, history.frequency.periodsPerYear / 4)
    return customers.indices.map { index in
      let customer = customers[index]
      let dormancy = Double(silences[index]) / gaps[index]
      let isBound = (customer.contractEnd ?? .min) >= history.today
      let segment: Segment =
        if !isBound, dormancy > lostGaps {
          .lost
        } else if !isBound, dormancy > dormantGaps {
          .dormant
        } else if !isBound, dormancy > slippingGaps {
          .slipping
        } else if frequency[index] >= 4, money[index] >= 4 {
          .highValue
        } else if history.today - customer.firstOrder < quarter {
          .new
        } else if frequency[index] >= 4 {
          .loyal
        } else if money[index] >= 4 {
          .bigTicket
        } else {
          .occasional
        }
      return Customer(
        id: customer.id, partner: customer.partner, silence: silences[index], orders: customer.orders,
        margin: customer.margin, recencyScore: recency[index], frequencyScore: frequency[index],
        moneyScore: money[index], cycle: gaps[index], dormancy: dormancy, segment: segment,
        isToReactivate: segment == .dormant && money[index] >= 4)
    }
  }

  /// 1 … 5 by rank; ties share the fifth of their middle.
  static func fifths(_ values: [Double]) -> [Int] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var scores = [Int](repeating: 1, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      let middle = Double(start + end) / 2 / Double(order.count)
      for position in start..<end { scores[order[position]] = min(5, Int(middle * 5) + 1) }
      start = end
    }
    return scores
  }
}

/// How many customers of each cohort order again, and how many are still there after so many quarters.
public struct RetentionCohort: Sendable, Hashable {
  /// First period of the cohort's quarter, counted from the start of the calendar.
  public var firstPeriod: Int
  public var customers: Int
  /// Share that ordered more than once.
  public var repurchased: Double
  /// Share still ordering, or under contract, k quarters after their first order, for k = 0, 1, … that have passed.
  public var retained: [Double]

  /// Cohorts by the quarter of the first order, oldest first. A customer counts as there in every quarter up to its last
  /// order, or to the end of its contract.
  public static func triangle(_ history: CustomerHistory) -> [RetentionCohort] {
    let quarter = max(1, history.frequency.periodsPerYear / 4)
    let groups = Dictionary(grouping: history.customers) { customer in
      Int((Double(customer.firstOrder) / Double(quarter)).rounded(.down))
    }
    return groups.keys.sorted().compactMap { key in
      guard let members = groups[key] else { return nil }
      let count = Double(members.count)
      let ages = max(0, (history.today + 1 - (key + 1) * quarter) / quarter)
      let retained = (0...ages).map { age in
        Double(members.count { max($0.lastOrder, $0.contractEnd ?? .min) >= $0.firstOrder + age * quarter }) / count
      }
      return RetentionCohort(
        firstPeriod: key * quarter, customers: members.count,
        repurchased: Double(members.count { $0.orders > 1 }) / count, retained: retained)
    }
  }
}
