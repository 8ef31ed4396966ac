internal import ChannelTypes
internal import Glibc
internal import Regression

/// The churn of end customers.
///
/// **With a contract**, a customer is lost when the contract ends and is not renewed. A row is an occasion on which a
/// contract ended; the past occasions follow from the first order, the number of renewals and the end of the last
/// contract. A customer whose contract runs beyond the horizon cannot be lost within it.
///
/// **Without a contract**, a customer is lost after its last order once it has been silent for `silenceFactor` times its
/// usual gap between orders. Rows are windows of one horizon from the first order on; a window counts only where a
/// departure in it would have shown by now. For a customer that is silent for a shorter time, the chance that it has gone
/// already is added by Bayes' rule from its order rate (the reasoning of Schmittlein, Morrison and Colombo, "Counting
/// your customers", 1987, in discrete time).
///
/// Counts as of today (orders, revenue) never explain the past. Customers of partners that have left are judged up to
/// that day only: what ended there was the partner.
public struct CustomerChurn: Sendable, Hashable {
  /// Periods ahead; at least 1.
  public var horizon: Int
  /// How many usual gaps of silence make a customer lost.
  public var silenceFactor = 3.0

  public static let leastDepartures = 20

  public init(horizon: Int) { self.horizon = max(1, horizon) }

  /// - Parameters:
  ///   - inactivePeriods: after how many periods without sales a partner has left.
  ///   - seed: of the folds.
  public func fit(
    _ history: CustomerHistory, inactivePeriods: Int, seed: UInt64
  ) throws(ChurnError) -> ChurnEstimate {
    let context = CustomerContext(self, history, inactivePeriods: inactivePeriods)
    let past = context.pastRows()
    let departures = past.departures
    guard departures >= CustomerChurn.leastDepartures else {
      throw .fewDepartures(kind: .customer, departures: departures, needed: CustomerChurn.leastDepartures)
    }
    let features = CustomerContext.features
    let model = try ChurnModel(
      .customer, past, features: features, factors: ["segment", "contract"], departures: departures,
      horizon: horizon, seed: seed)
    let (current, orphaned) = context.currentRows()
    let predictions = try model.predict(
      current, features: features, factorPhrases: ["segment": "segment", "contract": "contract:"])
    let subjects = zip(current.subjects, predictions).map { context.subject($0, $1) }
    var remarks: [String] = []
    if history.leftOut > 0 { remarks.append("\(history.leftOut) rows without a first order are leads, not customers") }
    if orphaned > 0 { remarks.append("\(orphaned) customers of partners that have left are not rated") }
    return ChurnEstimate(
      kind: .customer, horizon: horizon, subjects: subjects.sortedByValueAtRisk, terms: model.fit.regression.terms,
      dropped: model.fit.regression.dropped, ridge: model.fit.ridge, evaluations: model.evaluations,
      departures: departures, remarks: remarks)
  }
}

/// The customers with what follows from their dates.
struct CustomerContext {
  private let specification: CustomerChurn
  private let history: CustomerHistory
  /// Index of each customer's partner in the partners' history, or a running number without one.
  private let partnerIndex: [Int]
  /// The first period without the partner; nil while it is there.
  private let partnerExit: [Int?]
  /// Usual periods between orders.
  private let gap: [Double]

  init(_ specification: CustomerChurn, _ history: CustomerHistory, inactivePeriods: Int) {
    self.specification = specification
    self.history = history
    var index: [String: Int] = [:]
    for (number, name) in (history.partners?.partners ?? []).enumerated() { index[name] = number }
    let known = index.count
    partnerIndex = history.customers.map { customer in
      if let number = index[customer.partner] { return number }
      let number = index.count
      index[customer.partner] = number
      return number
    }
    partnerExit = partnerIndex.map { partner in
      partner < known ? history.partners?.exit(partner, inactivePeriods: inactivePeriods) : nil
    }
    gap = CustomerContext.gaps(history.customers)
  }

  /// Periods between orders: the customer's own, drawn towards its segment's with the weight of two orders.
  static func gaps(_ customers: [CustomerHistory.Customer]) -> [Double] {
    var periods: [String: Double] = [:]
    var orders: [String: Double] = [:]
    for customer in customers {
      periods[customer.segment, default: 0] += Double(customer.lastOrder - customer.firstOrder)
      orders[customer.segment, default: 0] += Double(customer.orders - 1)
    }
    return customers.map { customer in
      let typical = max(0.25, (periods[customer.segment] ?? 0) / max(1, orders[customer.segment] ?? 0))
      let own = Double(customer.lastOrder - customer.firstOrder)
      return max(0.25, (own + 2 * typical) / (Double(customer.orders - 1) + 2))
    }
  }

  /// Periods of silence after which the customer is lost.
  private func patience(_ index: Int) -> Int {
    max(specification.horizon, Int((specification.silenceFactor * gap[index]).rounded(.up)))
  }

  func pastRows() -> ChurnRows {
    var rows = ChurnRows()
    for index in history.customers.indices {
      if let end = history.customers[index].contractEnd {
        appendOccasions(&rows, index, lastEnd: end)
      } else {
        appendWindows(&rows, index)
      }
    }
    // Windows need the silence after them to be seen; contract ends are seen at once.
    let windows = rows.origins.indices.filter { rows.levels["contract"]?[$0] == "none" }
    if let last = windows.map({ rows.origins[$0] }).max() { rows.comparableUntil = last }
    return rows
  }

  /// The contract ends that have passed: renewed, or for the last one not renewed.
  private func appendOccasions(_ rows: inout ChurnRows, _ index: Int, lastEnd: Int) {
    let customer = history.customers[index]
    let terms = customer.renewals + 1
    let length = Int((Double(lastEnd + 1 - customer.firstOrder) / Double(terms)).rounded())
    guard length >= 1 else { return }
    for term in 1...terms {
      let end = lastEnd - (terms - term) * length
      // What is known half a horizon before the contract ends.
      let origin = end - (specification.horizon + 1) / 2
      guard origin >= 0, origin >= customer.firstOrder, end <= history.today else { continue }
      if let exit = partnerExit[index], exit <= end { continue }
      append(&rows, index, origin, outcome: .init(span: 1, seen: 1, leftAt: term == terms ? 1 : nil))
    }
  }

  /// Windows of one horizon from the first order on, up to the one with the last order of a customer that is lost.
  private func appendWindows(_ rows: inout ChurnRows, _ index: Int) {
    let customer = history.customers[index]
    let visible = min(history.today - patience(index), (partnerExit[index] ?? .max) - 1)
    // An order close to the partner's end says nothing about the silence after it.
    let isLost = history.today - customer.lastOrder >= patience(index) && customer.lastOrder <= visible
    // A customer whose orders all lie before the calendar was not there when it began.
    guard customer.lastOrder >= 0 else { return }
    var origin = max(0, customer.firstOrder)
    while origin + specification.horizon <= visible {
      let leaves = isLost && customer.lastOrder < origin + specification.horizon
      let leftAt = leaves ? customer.lastOrder + 1 - origin : nil
      append(
        &rows, index, origin, outcome: .init(span: specification.horizon, seen: specification.horizon, leftAt: leftAt))
      if leaves { return }
      origin += specification.horizon
    }
  }

  /// Customers that may still be there, and how many were left out because their partner has gone.
  func currentRows() -> (ChurnRows, orphaned: Int) {
    var rows = ChurnRows()
    var orphaned = 0
    for (index, customer) in history.customers.enumerated() {
      let isThere =
        customer.contractEnd.map { $0 >= history.today }
        ?? (history.today - customer.lastOrder < patience(index))
      guard isThere else { continue }
      guard partnerExit[index] == nil else {
        orphaned += 1
        continue
      }
      append(
        &rows, index, history.today,
        outcome: .init(span: customer.contractEnd == nil ? specification.horizon : 1, seen: 0))
    }
    return (rows, orphaned)
  }

  func subject(_ index: Int, _ prediction: ChurnModel.Prediction) -> ChurnEstimate.Subject {
    let customer = history.customers[index]
    var (left, interval, reason) = (prediction.left, prediction.interval, prediction.reason)
    if let end = customer.contractEnd {
      // Nothing can be lost before the contract ends.
      let chance = left.last ?? 0
      left = (1...specification.horizon).map { history.today + $0 >= end ? chance : 0 }
      if end > history.today + specification.horizon {
        interval = 0...0
        reason = "contract runs for \(end - history.today) more periods"
      }
    } else {
      let silence = history.today - customer.lastOrder
      let probability = left.last ?? 0
      let gone = chanceGone(index, probability)
      if gone > max(0.1, probability) {
        reason = "no order for \(silence) periods, usually every \(shortNumber(gap[index]))"
      }
      func joined(_ chance: Double) -> Double {
        let gone = chanceGone(index, chance)
        return gone + (1 - gone) * chance
      }
      left = left.map { gone + (1 - gone) * $0 }
      interval = joined(interval.lowerBound)...joined(interval.upperBound)
    }
    let years = Double(history.today - customer.firstOrder + 1) / Double(history.frequency.periodsPerYear)
    let known = history.partners.flatMap {
      partnerIndex[index] < $0.partners.count ? $0.regions[partnerIndex[index]] : nil
    }
    return ChurnEstimate.Subject(
      id: customer.id, partner: customer.partner, region: known ?? "", left: left, lower: interval.lowerBound,
      upper: interval.upperBound, value: max(0, customer.margin / max(years, 0.5)),
      mainReason: reason)
  }

  /// P(gone by today | silent since the last order) for a chance of leaving within the horizon: with a chance h of
  /// leaving in a period and a chance s of a period without order, (1 − h)^r s^r stayed, Σ (1 − h)^j s^j h left.
  private func chanceGone(_ index: Int, _ probability: Double) -> Double {
    let silence = history.today - history.customers[index].lastOrder
    guard silence > 0, probability < 1 else { return silence > 0 ? 1 : 0 }
    let leaves = 1 - exp(log1p(-probability) / Double(specification.horizon))
    let quiet = exp(-1 / gap[index])
    var staying = 1.0
    var gone = 0.0
    for _ in 0..<silence {
      gone += staying * leaves
      staying *= (1 - leaves) * quiet
    }
    return gone / (gone + staying)
  }

  /// What was known at the end of period `origin`.
  private func append(_ rows: inout ChurnRows, _ index: Int, _ origin: Int, outcome: ChurnRows.Outcome) {
    let customer = history.customers[index]
    let age = Double(max(0, origin - customer.firstOrder)) * 12 / Double(history.frequency.periodsPerYear)
    var figures = ["log_months_as_customer": log(1 + age)]
    if let partners = history.partners {
      let window = partners.quarter
      let partner = partnerIndex[index]
      let isKnown = partner < partners.partners.count
      let recent = origin - window + 1..<origin + 1
      let before = origin - 2 * window + 1..<origin - window + 1
      let empty = isKnown ? partners.mean(partners.stockoutShare, partner, recent) : .nan
      let now = isKnown ? partners.mean(partners.sales, partner, recent) : .nan
      let then = isKnown ? partners.mean(partners.sales, partner, before) : .nan
      let trend = log(now / then)
      figures["partner_stockout_days_pct"] = 100 * empty
      figures["partner_sales_trend"] = trend.isFinite ? min(max(trend, -1.5), 1.5) : .nan
    }
    rows.append(
      numbers: figures,
      levels: ["segment": customer.segment, "contract": customer.contractEnd == nil ? "none" : "ends"],
      outcome: outcome, subject: index, cluster: partnerIndex[index], origin: origin)
  }

  static let features = [
    ChurnFeature(name: "log_months_as_customer") { "customer for \(shortNumber(exp($0) - 1)) months" },
    ChurnFeature(name: "partner_stockout_days_pct") {
      "its partner was out of stock on \(Int($0.rounded())) % of days"
    },
    ChurnFeature(name: "partner_sales_trend") { value in
      "its partner's sales \(value < 0 ? "down" : "up") \(Int((100 * abs(exp(value) - 1)).rounded())) % on the quarter before"
    },
  ]
}
