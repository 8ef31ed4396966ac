import ChannelTypes
import Churn
import Partners
import Tables

/// Tables of the value stage about those who may leave: `value_quadrants`, `lifetime`, `retention_plan`.
enum RetentionTables {
  /// By kind, region and quadrant: how many, what they are worth, and what is at risk, in the plan's currency. The rows
  /// of a kind add up to all of its subjects.
  static func quadrants(_ result: ValueResult) -> Table {
    struct Group: Hashable {
      var kind: ValueSubject.Kind
      var region: String
      var quadrant: ValueQuadrant
    }
    struct Sum {
      var count = 0
      var probability = 0.0
      var yearly = 0.0
      var lifetime = 0.0
      var atRisk = Money.zero
    }
    var sums: [Group: Sum] = [:]
    for (subject, quadrant) in zip(result.subjects, result.quadrants) {
      let group = Group(kind: subject.kind, region: subject.region, quadrant: quadrant)
      var sum = sums[group] ?? Sum()
      sum.count += 1
      sum.probability += subject.probability
      sum.yearly += subject.yearlyValue
      sum.lifetime += subject.lifetimeValue
      sum.atRisk += subject.valueAtRisk
      sums[group] = sum
    }
    func place(_ quadrant: ValueQuadrant) -> Int { ValueQuadrant.allCases.firstIndex(of: quadrant) ?? 0 }
    let rows = sums.sorted { one, other in
      let (a, b) = (one.key, other.key)
      return (b.kind.rawValue, a.region, place(a.quadrant)) < (a.kind.rawValue, b.region, place(b.quadrant))
    }
    return Table(
      name: "value_quadrants", rows: rows,
      columns: [
        .text("kind") { $0.key.kind.rawValue }, .text("region") { $0.key.region },
        .text("quadrant") { $0.key.quadrant.rawValue }, .integer("count") { $0.value.count },
        .real("mean_probability") { tabled($0.value.probability / Double($0.value.count), 6) },
        .money("yearly_value") { Money(rounding: $0.value.yearly) },
        .money("lifetime_value") { $0.value.lifetime.isNaN ? nil : Money(rounding: $0.value.lifetime) },
        .money("value_at_risk") { $0.value.atRisk },
      ])
  }

  /// By segment of customers, and over all partners: `arpu` is revenue a customer and month so far;
  /// `value_of_one_more_period` what keeping one of them a period longer is worth on average.
  static func lifetimes(_ result: ValueResult, _ churn: ChurnResult, _ customers: Table?) -> Table {
    struct Group {
      var kind: String
      var segment: String
      var count = 0
      var lifetime = 0.0
      var value = 0.0
      var more = 0.0
      var margin = 0.0
      var arpu = Double.nan
    }
    let arpu = customers.map(SegmentRevenue.init)
    var groups: [String: Group] = [:]
    for customer in churn.values?.customers ?? [] {
      var group = groups[customer.segment] ?? Group(kind: "customer", segment: customer.segment)
      group.count += 1
      group.lifetime += customer.estimate.lifetime
      group.value += customer.estimate.value
      group.more += customer.estimate.valueOfOneMorePeriod
      group.margin += customer.marginPerPeriod
      group.arpu = arpu?.perMonth[customer.segment] ?? .nan
      groups[customer.segment] = group
    }
    var partners = Group(kind: "partner", segment: "")
    for subject in result.subjects where subject.kind == .partner {
      partners.count += 1
      partners.lifetime += subject.lifetime
      partners.value += subject.lifetimeValue
      partners.more += subject.valueOfOneMorePeriod
      partners.margin += subject.yearlyValue / 12
    }
    let rows = ([partners] + groups.keys.sorted().compactMap { groups[$0] }).filter { $0.count > 0 }
    func mean(_ sum: Double, _ group: Group) -> Money? { Money(rounding: sum / Double(group.count)) }
    return Table(
      name: "lifetime", rows: rows,
      columns: [
        .text("kind") { $0.kind }, .text("segment") { $0.segment.isEmpty ? nil : $0.segment },
        .integer("count") { $0.count }, .money("arpu") { $0.arpu.isNaN ? nil : Money(rounding: $0.arpu) },
        .money("margin_per_period") { mean($0.margin, $0) },
        .real("expected_periods") { tabled($0.lifetime / Double($0.count)) },
        .money("lifetime_value") { mean($0.value, $0) }, .money("value_of_one_more_period") { mean($0.more, $0) },
      ])
  }

  /// Interventions by what they are expected to save beyond their cost; the sums up to each row are what a budget of
  /// `cumulative_cost` buys in this order.
  static func plan(_ result: ValueResult) -> Table {
    var (cost, saved) = (Money.zero, Money.zero)
    let rows = result.proposals.enumerated().map { rank, proposal in
      cost += proposal.cost
      saved += proposal.expectedSaved
      return (rank: rank + 1, proposal: proposal, cost: cost, saved: saved)
    }
    return Table(
      name: "retention_plan", rows: rows,
      columns: [
        .integer("rank") { $0.rank }, .text("intervention") { $0.proposal.name },
        .text("kind") { $0.proposal.kind.rawValue }, .text("id") { $0.proposal.id },
        .text("partner_id") { $0.proposal.partner }, .text("region") { $0.proposal.region },
        .real("assumed_effect") { $0.proposal.effect }, .money("cost") { $0.proposal.cost },
        .money("expected_saved") { $0.proposal.expectedSaved }, .money("net") { $0.proposal.net },
        .money("cumulative_cost") { $0.cost }, .money("cumulative_saved") { $0.saved },
      ])
  }
}

/// Revenue of customers by segment, a month of being one.
struct SegmentRevenue {
  /// Σ revenue ÷ Σ months from the first order to the last.
  private(set) var perMonth: [String: Double] = [:]

  init(_ table: Table) {
    guard let revenue = table.numbers("revenue"), let first = table.periods("first_order"),
      let last = table.periods("last_order")
    else { return }
    let segments = table.text("segment")
    var sums: [String: (revenue: Double, months: Double)] = [:]
    for row in 0..<table.rowCount where !revenue[row].isNaN {
      guard let from = first[row]?.containing(.month), let to = last[row]?.containing(.month) else { continue }
      var sum = sums[segments?[row] ?? ""] ?? (0, 0)
      sum.revenue += revenue[row]
      sum.months += Double(max(0, to.ordinal - from.ordinal) + 1)
      sums[segments?[row] ?? ""] = sum
    }
    perMonth = sums.compactMapValues { $0.months > 0 ? $0.revenue / $0.months : nil }
  }
}
