import ChannelTypes
import Churn
import Testing

struct SegmentTests {
  static func customer(
    _ id: String, first: Int, last: Int, orders: Int, margin: Double, end: Int? = nil, renewals: Int = 0
  ) -> CustomerHistory.Customer {
    .init(
      id: id, partner: "P", segment: "", firstOrder: first, lastOrder: last, orders: orders, contractEnd: end,
      renewals: renewals, margin: margin)
  }

  /// Monthly buyers fall silent after months, yearly ones are not silent yet.
  @Test func dormancyIsJudgedByTheOwnCycle() throws {
    var customers = (0..<40).map {
      Self.customer("m\($0)", first: 0, last: 47, orders: 48 + $0, margin: 10 + Double($0))
    }
    customers.append(Self.customer("silent", first: 0, last: 42, orders: 43, margin: 900))
    customers.append(Self.customer("yearly", first: 0, last: 36, orders: 4, margin: 900))
    customers.append(Self.customer("bound", first: 0, last: 30, orders: 31, margin: 5, end: 60))
    customers.append(Self.customer("gone", first: 0, last: 10, orders: 11, margin: 900))
    customers.append(Self.customer("new", first: 47, last: 47, orders: 1, margin: 1))
    let history = CustomerHistory(customers: customers, today: 47, frequency: .month, partners: nil)
    let segments = Dictionary(uniqueKeysWithValues: PurchaseSegments().assign(history).map { ($0.id, $0) })
    let silent = try #require(segments["silent"])
    #expect(silent.segment == .dormant && silent.isToReactivate && silent.dormancy > 3)
    let yearly = try #require(segments["yearly"])
    #expect(yearly.dormancy < 2 && yearly.segment != .dormant && yearly.moneyScore == 5)
    #expect(segments["bound"]?.segment != .dormant && segments["bound"]?.segment != .lost)
    #expect(segments["gone"]?.segment == .lost)
    #expect(segments["new"]?.segment == .new)
    #expect(segments.values.contains { $0.segment == .highValue })
  }

  @Test func scoresAreFifthsAndTiesShareThem() {
    let equal = CustomerHistory(
      customers: (0..<10).map { Self.customer("\($0)", first: 0, last: 9, orders: 2, margin: Double($0 + 1)) },
      today: 10,
      frequency: .month, partners: nil)
    let segments = PurchaseSegments().assign(equal)
    #expect(Set(segments.map(\.frequencyScore)) == [3])
    #expect(segments.map(\.moneyScore) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
  }

  @Test func cohortsKeepWhoStillOrders() throws {
    let customers = [
      Self.customer("a", first: 0, last: 8, orders: 5, margin: 1),
      Self.customer("b", first: 1, last: 1, orders: 1, margin: 1),
      Self.customer("c", first: 2, last: 5, orders: 2, margin: 1),
      Self.customer("d", first: 4, last: 8, orders: 2, margin: 1),
    ]
    let history = CustomerHistory(customers: customers, today: 8, frequency: .month, partners: nil)
    let cohorts = RetentionCohort.triangle(history)
    #expect(cohorts.map(\.customers) == [3, 1])
    let (one, two): (Double, Double) = (1.0 / 3, 2.0 / 3)
    #expect(cohorts[0].retained == [1, two, one])
    #expect(abs(cohorts[0].repurchased - two) < 1e-15)
    #expect(cohorts[1].retained == [1, 1])
  }

  @Test func anInterventionSavesItsShareOfTheValueAtRisk() {
    let subject = ChurnEstimate.Subject(
      id: "a", partner: "", region: "", left: [0.3, 0.6], lower: 0, upper: 1, value: 100, mainReason: "")
    let saving = InterventionProposal(
      kind: .partner, subject: subject, intervention: .init(name: "x", cost: 10, effect: 0.5, kind: .partner))
    #expect(abs(saving.expectedSaved - 20) < 1e-12)
  }

  /// A contract that is never renewed is worth what is left of it; one more period of lifetime is worth about a margin.
  @Test func contractsAreValuedToTheirEndAndBeyond() throws {
    var customers = (0..<60).map { index in
      Self.customer("lost\(index)", first: 0, last: 3, orders: 2, margin: 12, end: 11, renewals: 0)
    }
    customers += (0..<60).map { index in
      Self.customer("there\(index)", first: 24, last: 30, orders: 3, margin: 12, end: 35, renewals: 0)
    }
    customers += (0..<30).map { index in
      Self.customer("renewed\(index)", first: 12, last: 30, orders: 3, margin: 24, end: 35, renewals: 1)
    }
    let history = CustomerHistory(customers: customers, today: 30, frequency: .month, partners: nil)
    let result = CustomerValuation(discountPerYear: 0, periods: 36).value(history)
    #expect(result.customers.count == 90 && result.remarks.isEmpty)
    let fresh = try #require(result.customers.first { $0.id == "there0" })
    let loyal = try #require(result.customers.first { $0.id == "renewed0" })
    // 12 over seven months served; five months are certain.
    #expect(abs(fresh.marginPerPeriod - 12.0 / 7) < 1e-12)
    #expect(fresh.estimate.lifetime > 5 && fresh.estimate.lifetime < 36)
    #expect(loyal.estimate.lifetime > fresh.estimate.lifetime)
    #expect(abs(fresh.estimate.valueOfOneMorePeriod - fresh.marginPerPeriod) < 1e-9)
  }
}
