import ChannelTypes
import Churn
import Glibc
import Probability
import Regression
import Tables
import Testing

/// Customers with known chances: homes leave with a monthly hazard, firms renew a contract of twelve months or do not.
struct SimulatedCustomers {
  static let periods = 48
  static let homeHazard = 0.05
  static let renewal = 0.75

  var history: CustomerHistory
  /// Homes that have in truth gone.
  var gone: Set<String> = []

  init(count: Int, seed: UInt64) {
    var customers: [CustomerHistory.Customer] = []
    for index in 0..<count {
      var stream = RandomStream(seed: seed, key: UInt64(index))
      let isHome = index % 2 == 0
      let start = stream.index(below: Self.periods - 1)
      var (last, orders, renewals, end) = (start, 1, 0, start + 11)
      for period in start + 1..<Self.periods {
        if isHome, stream.uniform() < Self.homeHazard {
          gone.insert("C\(index)")
          break
        }
        if !isHome, period == end + 1 {
          guard stream.uniform() < Self.renewal else { break }
          renewals += 1
          end += 12
        }
        if stream.uniform() < 0.4 {
          last = period
          orders += 1
        }
      }
      customers.append(
        .init(
          id: "C\(index)", partner: "P\(index % 40)", segment: isHome ? "home" : "enterprise", firstOrder: start,
          lastOrder: last, orders: orders, contractEnd: isHome ? nil : end, renewals: renewals,
          margin: 100 * Double(orders)))
    }
    history = CustomerHistory(customers: customers, today: Self.periods - 1, frequency: .month, partners: nil)
  }
}

struct CustomerChurnTests {
  static let simulated = SimulatedCustomers(count: 1600, seed: 3)
  static let estimate: ChurnEstimate? = try? CustomerChurn(horizon: 3).fit(
    simulated.history, inactivePeriods: 3, seed: 1)

  @Test func contractsLapseAtTheRateOfTheTruth() throws {
    let estimate = try #require(Self.estimate)
    let customers = Dictionary(uniqueKeysWithValues: Self.simulated.history.customers.map { ($0.id, $0) })
    let firms = estimate.subjects.filter { customers[$0.id]?.contractEnd != nil }
    let today = SimulatedCustomers.periods - 1
    let due = firms.filter { (customers[$0.id]?.contractEnd ?? 0) <= today + 3 }
    #expect(due.count > 30)
    for subject in due { #expect(abs(subject.probability - (1 - SimulatedCustomers.renewal)) < 0.06) }
    for subject in firms where (customers[subject.id]?.contractEnd ?? 0) > today + 3 {
      #expect(subject.probability == 0)
      #expect(subject.mainReason.hasPrefix("contract runs"))
    }
  }

  @Test func homesLeaveAtTheRateOfTheTruth() throws {
    let estimate = try #require(Self.estimate)
    let customers = Dictionary(uniqueKeysWithValues: Self.simulated.history.customers.map { ($0.id, $0) })
    let homes = estimate.subjects.filter { customers[$0.id]?.contractEnd == nil }
    let today = SimulatedCustomers.periods - 1
    let fresh = homes.filter { customers[$0.id]?.lastOrder == today }
    #expect(fresh.count > 20)
    // 1 − 0.95³ = 0.143; that departures are dated by the last order brings them forward a little.
    let mean = fresh.reduce(0) { $0 + $1.probability } / Double(fresh.count)
    #expect(abs(mean - 0.143) < 0.05)
    // Silence raises the chance, and the chance that someone has gone already is about right.
    let silent = homes.filter { today - (customers[$0.id]?.lastOrder ?? 0) >= 4 }
    #expect(silent.count > 20)
    #expect(silent.allSatisfy { $0.probability > mean })
    let predicted = silent.reduce(0) { $0 + $1.probability } / Double(silent.count)
    let gone = Double(silent.count { Self.simulated.gone.contains($0.id) }) / Double(silent.count)
    let expected = gone + (1 - gone) * 0.143
    #expect(abs(predicted - expected) < 0.15)
  }

  @Test func heldOutPredictionsAreCalibrated() throws {
    let estimate = try #require(Self.estimate)
    let calibration = try #require(estimate.calibration)
    #expect(try #require(calibration.auc) > 0.55)
    let slope = try #require(calibration.slope)
    #expect(slope > 0.8 && slope < 1.25)
    #expect(calibration.logLoss < (try #require(estimate.evaluations.last)).calibration.logLoss)
  }

  @Test func customersOfPartnersThatLeftAreNotRated() throws {
    let periods = SimulatedCustomers.periods
    // Partner P0 stops selling twelve periods before today.
    let names = (0..<40).map { "P\($0)" }
    let sales = (0..<40).flatMap { partner in
      (0..<periods).map { partner == 0 && $0 >= periods - 12 ? 0.0 : 100 }
    }
    let partners = PartnerHistory(
      partners: names, regions: names.map { _ in "north" }, channels: names, firstPeriod: .month(2022, 1),
      periodCount: periods, frequency: .month, sales: sales, margin: sales, sellIn: sales,
      stockoutShare: sales.map { _ in 0 }, signed: names.map { _ in nil }, isEnded: names.map { _ in false })
    let history = CustomerHistory(
      customers: Self.simulated.history.customers, today: periods - 1, frequency: .month, partners: partners)
    let estimate = try CustomerChurn(horizon: 3).fit(history, inactivePeriods: 3, seed: 1)
    #expect(estimate.subjects.allSatisfy { $0.partner != "P0" })
    #expect(estimate.subjects.contains { $0.partner == "P1" && $0.region == "north" })
    #expect(estimate.remarks.contains { $0.contains("partners that have left") })
  }

  @Test func tooFewDeparturesAreRefused() {
    let few = SimulatedCustomers(count: 30, seed: 3)
    #expect(throws: ChurnError.self) { try CustomerChurn(horizon: 3).fit(few.history, inactivePeriods: 3, seed: 1) }
  }
}

struct ChurnTableTests {
  @Test func historyIsAddedUpByPartnerAndMonth() throws {
    let days = ["2025-01-10", "2025-01-20", "2025-03-05", "2025-02-01"].map { Period($0) }
    let sales = Table(
      name: "sales",
      columns: [
        .period("period", form: .day, days), .text("partner_id", ["A", "A", "A", "B"]),
        .text("product_id", ["x", "y", "x", "y"]), .money("sell_out_value", [100, 50, 70, 20].map { Money($0) }),
        .real("stockout_days", [3.1, .nan, 0, 28]),
      ])
    let products = Table(name: "products", columns: [.text("product_id", ["x", "y"]), .real("margin", [0.2, 0.4])])
    let partners = Table(
      name: "partners",
      columns: [
        .text("partner_id", ["B", "C"]), .text("region", ["east", "west"]), .text("status", ["Ended", "active"]),
        .period("signed_on", form: .day, ["2024-11-30", nil].map { $0.flatMap { Period($0) } }),
      ])
    let incidents = Table(
      name: "incidents",
      columns: [
        .text("partner_id", ["A", "Z"]), .period("date", form: .day, ["2025-03-31", "2025-01-01"].map { Period($0) }),
      ])
    let history = try #require(
      PartnerHistory(
        .init(sales: sales, partners: partners, products: products, incidents: incidents), frequency: .month))
    #expect(history.partners == ["B", "C", "A"])
    #expect(history.firstPeriod == .month(2025, 1))
    #expect(history.periodCount == 3)
    #expect(history.sales[6] == 150 && history.sales[7].isNaN && history.sales[8] == 70)
    #expect(history.margin[6] == 40)
    #expect(abs(history.stockoutShare[6] - 0.1) < 1e-15)
    #expect(history.stockoutShare[1] == 1)
    #expect(history.isEnded == [true, false, false])
    #expect(history.signed == [-2, nil, nil])
    #expect(history.incidents == [0, 0, 0, 0, 0, 0, 0, 0, 1])
    let later = PartnerHistory(
      .init(sales: sales), frequency: .month, historyFrom: .month(2025, 2), until: .month(2025, 3))
    #expect(later?.partners == ["B"] && later?.periodCount == 1)
  }

  @Test func leadsAreNoCustomers() throws {
    let table = Table(
      name: "customers",
      columns: [
        .text("customer_id", ["1", "2"]), .text("partner_id", ["A", "A"]),
        .period("first_order", form: .day, [Period("2025-01-10"), nil]),
        .period("last_order", form: .day, [Period("2025-04-10"), nil]), .integer("orders_n", [4, nil]),
        .period("expires_on", form: .day, [Period("2026-01-09"), nil]),
      ])
    let history = try #require(CustomerHistory(table, partners: nil))
    #expect(history.customers.count == 1 && history.leftOut == 1)
    let customer = history.customers[0]
    #expect(customer.lastOrder - customer.firstOrder == 3)
    #expect(customer.contractEnd.map { $0 - customer.firstOrder } == 12)
    #expect(history.today == customer.lastOrder)
  }
}
